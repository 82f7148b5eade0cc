//! Columns as constants (`Patient::NAME`), and what a typed query asks for. A filter on a field that the token's holder
//! may not read finds nothing: the store narrows the rows to those in which they may.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use super::{FieldType, RowId};
use crate::condition::{Condition, Term};
use crate::panel::Sort;
use crate::predicate::Op;
use crate::store::Position;

/// A field of `M` that holds a `T`.
pub struct Column<M, T> {
    field: usize,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M, T> fmt::Debug for Column<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column({})", self.field)
    }
}

impl<M, T> Column<M, T> {
    /// For `admin!`.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(field: usize) -> Self {
        Self { field, of: PhantomData }
    }

    /// Index into the model's fields.
    #[must_use]
    pub fn field(self) -> usize {
        self.field
    }

    /// Smallest first, nulls before all others.
    pub fn ascending(self) -> Order<M> {
        Order { sort: Sort { field: self.field, descending: false }, of: PhantomData }
    }

    /// Largest first, nulls behind all others.
    pub fn descending(self) -> Order<M> {
        Order { sort: Sort { field: self.field, descending: true }, of: PhantomData }
    }

    /// There is no value.
    pub fn is_null(self) -> Filter<M> {
        Filter::of(Condition::IsNull(Term::Field(self.field)))
    }
}

impl<M, T: FieldType> Column<M, T> {
    fn compare(self, op: Op, value: T) -> Filter<M> {
        Filter::of(Condition::Compare { left: Term::Field(self.field), op, right: Term::Value(value.into_value()) })
    }

    /// `==`
    pub fn eq(self, value: impl Into<T>) -> Filter<M> {
        self.compare(Op::Eq, value.into())
    }

    /// `!=`; a row without a value is not among them, as in SQL.
    pub fn ne(self, value: impl Into<T>) -> Filter<M> {
        self.compare(Op::Ne, value.into())
    }

    /// `<`
    pub fn lt(self, value: impl Into<T>) -> Filter<M> {
        self.compare(Op::Lt, value.into())
    }

    /// `<=`
    pub fn le(self, value: impl Into<T>) -> Filter<M> {
        self.compare(Op::Le, value.into())
    }

    /// `>`
    pub fn gt(self, value: impl Into<T>) -> Filter<M> {
        self.compare(Op::Gt, value.into())
    }

    /// `>=`
    pub fn ge(self, value: impl Into<T>) -> Filter<M> {
        self.compare(Op::Ge, value.into())
    }

    /// One of these; none of an empty set.
    pub fn one_of(self, values: impl IntoIterator<Item = T>) -> Filter<M> {
        let set = values.into_iter().map(FieldType::into_value).collect();
        Filter::of(Condition::In { term: Term::Field(self.field), set })
    }
}

impl<M> Column<M, String> {
    /// Contains this text, ASCII letter case apart.
    pub fn contains(self, text: impl Into<String>) -> Filter<M> {
        Filter::of(Condition::Contains { field: self.field, text: text.into() })
    }
}

/// A field of `M` that links it to any number of rows, each of which an `I` numbers.
pub struct Links<M, I> {
    field: usize,
    of: PhantomData<fn() -> (M, I)>,
}

impl<M, I> Clone for Links<M, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, I> Copy for Links<M, I> {}

impl<M, I> fmt::Debug for Links<M, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Links({})", self.field)
    }
}

impl<M, I: RowId> Links<M, I> {
    /// For `admin!`.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(field: usize) -> Self {
        Self { field, of: PhantomData }
    }

    /// Index into the model's fields.
    #[must_use]
    pub fn field(self) -> usize {
        self.field
    }

    /// It is linked to this row, and the token's holder may see that one by its label.
    pub fn has(self, row: I) -> Filter<M> {
        self.has_one_of([row])
    }

    /// It is linked to at least one of these.
    pub fn has_one_of(self, rows: impl IntoIterator<Item = I>) -> Filter<M> {
        let to = rows.into_iter().filter_map(|id| id.key().number()).collect();
        Filter::of(Condition::Linked { field: self.field, to: Some(to), among: None })
    }

    /// It is linked to nothing that the token's holder may see.
    pub fn is_empty(self) -> Filter<M> {
        Filter::of(Condition::Not(Box::new(Condition::Linked { field: self.field, to: None, among: None })))
    }
}

/// A condition on rows of `M`; `&`, `|` and `!` combine them.
#[must_use]
pub struct Filter<M> {
    condition: Condition,
    of: PhantomData<fn() -> M>,
}

impl<M> Filter<M> {
    fn of(condition: Condition) -> Self {
        Self { condition, of: PhantomData }
    }
}

impl<M> BitAnd for Filter<M> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::of(Condition::All(vec![self.condition, other.condition]))
    }
}

impl<M> BitOr for Filter<M> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::of(Condition::Any(vec![self.condition, other.condition]))
    }
}

impl<M> Not for Filter<M> {
    type Output = Self;

    fn not(self) -> Self {
        Self::of(Condition::Not(Box::new(self.condition)))
    }
}

impl<M> fmt::Debug for Filter<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.condition, f)
    }
}

/// By what rows of `M` are ordered; made by [`Column::ascending`] and [`Column::descending`].
#[must_use]
#[derive(Debug)]
pub struct Order<M> {
    sort: Sort,
    of: PhantomData<fn() -> M>,
}

impl<M> Clone for Order<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Order<M> {}

/// Which rows of `M`, in which order, how many at once, and from where on. [`super::Model::query`] begins one.
#[must_use]
#[derive(Debug)]
pub struct Query<M> {
    pub(super) filter: Condition,
    pub(super) sort: Option<Sort>,
    pub(super) limit: u32,
    pub(super) position: Position,
    of: PhantomData<fn() -> M>,
}

/// Rows that a query gives at most, unless it says otherwise: the size of a page.
const ROWS: u32 = 50;

impl<M> Query<M> {
    pub(super) fn all() -> Self {
        Self { filter: Condition::Always, sort: None, limit: ROWS, position: Position::First, of: PhantomData }
    }

    /// These rows alone; said twice, both must hold.
    pub fn filter(mut self, filter: Filter<M>) -> Self {
        self.filter = self.filter.and(filter.condition);
        self
    }

    /// In this order; rows that are level by their number.
    pub fn order(mut self, by: Order<M>) -> Self {
        self.sort = Some(by.sort);
        self
    }

    /// So many at most; the store gives at most 200.
    pub fn limit(mut self, rows: u32) -> Self {
        self.limit = rows;
        self
    }

    /// The same rows from somewhere else on.
    pub(super) fn at(&self, position: Position) -> Self {
        Self { position, ..self.clone() }
    }
}

// Whatever the model is: a query holds none of its rows.
impl<M> Clone for Query<M> {
    fn clone(&self) -> Self {
        Self { filter: self.filter.clone(), position: self.position.clone(), ..*self }
    }
}

//! One predicate, two readings: a store turns a [`Condition`] into SQL, [`Condition::matches`] reads it against a row
//! in hand, and the two must agree. Binding fills in who asks and when, so that neither reading can forget it.
//!
//! Nulls follow SQL: a comparison with null is unknown, `not` of unknown is unknown, and only true lets a row through.

use std::cmp::Ordering;

use chrono::{DateTime, Duration, Utc};

use crate::kind::{FieldSet, Kind};
use crate::panel::Model;
use crate::predicate::{Op, Operand, Predicate};
use crate::value::{Row, Value};

/// Who asks, and when: all that a predicate may know beside the row.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Id of the person.
    pub person: i64,
    /// `me.NAME` by index; null where the person lacks it.
    pub attributes: Vec<Value>,
    /// The moment of the request.
    pub now: DateTime<Utc>,
}

/// A predicate with everything but the row filled in.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Every row.
    Always,
    /// No row.
    Never,
    /// All hold; empty: every row.
    All(Vec<Condition>),
    /// At least one holds; empty: no row.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// Two sides compare so.
    Compare {
        /// Left side.
        left: Term,
        /// How.
        op: Op,
        /// Right side.
        right: Term,
    },
    /// There is no value.
    IsNull(Term),
    /// The field's value is one of these.
    In {
        /// Left side.
        term: Term,
        /// The set.
        set: Vec<Value>,
    },
    /// This is found in one of these text fields, as [`Condition::looked_for`] says it; in a field that is null it is
    /// not. Only for texts and fields of which the store has an index.
    Found {
        /// Where.
        fields: FieldSet,
        /// What to find.
        text: String,
    },
    /// At least one link of the field leads to one of these rows.
    Linked {
        /// Of links, by index.
        field: usize,
        /// Where to; none: anywhere.
        to: Option<Vec<i64>>,
        /// The rows of the other model that whoever asks may see by their label; other links count as if they were not
        /// there. Of a row in hand these have been left out before. The store puts it in; without it nothing is linked.
        among: Option<Box<Among>>,
    },
    /// The text field contains this text, ASCII letter case apart.
    Contains {
        /// By index.
        field: usize,
        /// What to find.
        text: String,
    },
    /// A word of the text field begins with this text, ASCII letter case apart: it stands at the start, or behind a
    /// blank.
    Begins {
        /// By index.
        field: usize,
        /// What to find.
        text: String,
    },
}

/// Rows of one model.
#[derive(Debug, Clone)]
pub struct Among {
    pub(crate) model: &'static Model,
    pub(crate) rows: Condition,
}

impl PartialEq for Among {
    fn eq(&self, other: &Self) -> bool {
        self.model.index == other.model.index && self.rows == other.rows
    }
}

/// One side of a bound comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// The row's primary key.
    Id,
    /// A field of the row, by index.
    Field(usize),
    /// A value.
    Value(Value),
}

impl Predicate {
    /// Fills in who asks and when. A person who lacks a `me` attribute that the predicate mentions gets
    /// [`Condition::Never`], also under `not`: a missing attribute must not widen anything.
    #[must_use]
    pub fn bind(&self, model: &Model, asker: &Asker) -> Condition {
        self.bind_inner(model, asker).unwrap_or(Condition::Never)
    }

    fn bind_inner(&self, model: &Model, asker: &Asker) -> Option<Condition> {
        Some(match self {
            Self::And(parts) => Condition::All(bind_all(parts, model, asker)?),
            Self::Or(parts) => Condition::Any(bind_all(parts, model, asker)?),
            Self::Not(inner) => Condition::Not(Box::new(inner.bind_inner(model, asker)?)),
            Self::Compare { left, op, right } => {
                let kind = left.kind(model).or_else(|| right.kind(model));
                Condition::Compare { left: left.bind(kind, asker)?, op: *op, right: right.bind(kind, asker)? }
            }
            Self::IsNull(operand) => Condition::IsNull(operand.bind(operand.kind(model), asker)?),
            Self::In { operand, set } => {
                let kind = operand.kind(model);
                let term = operand.bind(kind, asker)?;
                let set = set
                    .iter()
                    .map(|o| match o.bind(kind, asker) {
                        Some(Term::Value(value)) => Some(value),
                        // A set holds constants; `admin!` lets nothing else in.
                        _ => None,
                    })
                    .collect::<Option<Vec<_>>>()?;
                Condition::In { term, set }
            }
        })
    }
}

fn bind_all(parts: &[Predicate], model: &Model, asker: &Asker) -> Option<Vec<Condition>> {
    parts.iter().map(|part| part.bind_inner(model, asker)).collect()
}

impl Operand {
    fn kind(&self, model: &Model) -> Option<Kind> {
        match self {
            Self::Field(field) => model.fields.get(*field).map(|f| f.kind),
            _ => None,
        }
    }

    /// `None`: the person lacks the attribute.
    fn bind(&self, kind: Option<Kind>, asker: &Asker) -> Option<Term> {
        Some(match self {
            Self::Field(field) => Term::Field(*field),
            Self::Me => Term::Value(Value::Int(asker.person)),
            Self::MeAttribute(index) => match asker.attributes.get(*index) {
                Some(value) if !value.is_null() => Term::Value(value.clone()),
                _ => return None,
            },
            Self::Now { offset } => {
                let at =
                    Duration::try_seconds(*offset).and_then(|by| asker.now.checked_add_signed(by)).unwrap_or(asker.now);
                Term::Value(match kind {
                    Some(Kind::Date) => Value::Date(at.date_naive()),
                    Some(Kind::Time) => Value::Time(at.time()),
                    _ => Value::Timestamp(at),
                })
            }
            Self::Literal(literal) => Term::Value(literal.value(kind.unwrap_or(Kind::String))),
        })
    }
}

impl Op {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }
}

impl Condition {
    /// Both hold, without needless nesting.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, one) | (one, Self::Always) => one,
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (Self::All(mut parts), one) => {
                parts.push(one);
                Self::All(parts)
            }
            (one, other) => Self::All(vec![one, other]),
        }
    }

    /// Whether the row in hand fulfils it: `None` is SQL's unknown. A field that was not fetched is unknown too.
    #[must_use]
    pub fn matches(&self, row: &Row) -> Option<bool> {
        match self {
            Self::Always => Some(true),
            Self::Never => Some(false),
            Self::All(parts) => three_valued(parts, row, false),
            Self::Any(parts) => three_valued(parts, row, true),
            Self::Not(inner) => inner.matches(row).map(|b| !b),
            Self::Compare { left, op, right } => {
                let (left, right) = (left.value(row)?, right.value(row)?);
                left.compare(&right).map(|order| op.holds(order))
            }
            Self::IsNull(term) => term.value(row).map(|v| v.is_null()),
            Self::In { term, set } => {
                let value = term.value(row)?;
                // SQL: `x in ()` is false whatever x is.
                if set.is_empty() {
                    return Some(false);
                }
                let mut unknown = false;
                for candidate in set {
                    match value.compare(candidate) {
                        Some(Ordering::Equal) => return Some(true),
                        Some(_) => {}
                        None => unknown = true,
                    }
                }
                if unknown { None } else { Some(false) }
            }
            Self::Found { fields, text } => {
                let finds = |field: usize| Self::looked_for(field, text).matches(row).unwrap_or(false);
                Some((0..128).any(|field| fields.contains(field) && finds(field)))
            }
            Self::Linked { field, to, .. } => {
                let links = row.get(*field)?.linked();
                Some(to.as_ref().map_or(!links.is_empty(), |to| links.iter().any(|link| to.contains(link))))
            }
            Self::Contains { field, text } => match row.get(*field)? {
                Value::Text(hay) => Some(hay.to_ascii_lowercase().contains(&text.to_ascii_lowercase())),
                _ => None,
            },
            Self::Begins { field, text } => match row.get(*field)? {
                Value::Text(hay) => {
                    Some(hay.to_ascii_lowercase().split(' ').any(|word| word.starts_with(&text.to_ascii_lowercase())))
                }
                _ => None,
            },
        }
    }

    /// What somebody means who looks for this text in a field: whatever contains it; of one or two letters or digits,
    /// which nearly every text contains somewhere, the words that begin with them.
    #[must_use]
    pub fn looked_for(field: usize, text: &str) -> Self {
        let text = text.to_owned();
        if is_short(&text) { Self::Begins { field, text } } else { Self::Contains { field, text } }
    }

    /// The fields that it reads.
    #[must_use]
    pub fn reads(&self) -> FieldSet {
        let of = |term: &Term| match term {
            Term::Field(field) => FieldSet::NONE.with(*field),
            Term::Id | Term::Value(_) => FieldSet::NONE,
        };
        match self {
            Self::Always | Self::Never => FieldSet::NONE,
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().fold(FieldSet::NONE, |all, part| all.union(part.reads()))
            }
            Self::Not(inner) => inner.reads(),
            Self::Compare { left, right, .. } => of(left).union(of(right)),
            Self::IsNull(term) | Self::In { term, .. } => of(term),
            Self::Found { fields, .. } => *fields,
            Self::Contains { field, .. } | Self::Begins { field, .. } | Self::Linked { field, .. } => {
                FieldSet::NONE.with(*field)
            }
        }
    }

    /// With what each question about links may see.
    #[must_use]
    pub(crate) fn linked_among(self, visible: &impl Fn(usize) -> Option<Among>) -> Self {
        let each = |parts: Vec<Self>| parts.into_iter().map(|part| part.linked_among(visible)).collect();
        match self {
            Self::All(parts) => Self::All(each(parts)),
            Self::Any(parts) => Self::Any(each(parts)),
            Self::Not(inner) => Self::Not(Box::new(inner.linked_among(visible))),
            Self::Linked { field, to, .. } => Self::Linked { field, to, among: visible(field).map(Box::new) },
            other => other,
        }
    }

    /// Only true lets through: false and unknown do not.
    #[must_use]
    pub fn lets_through(&self, row: &Row) -> bool {
        self.matches(row) == Some(true)
    }
}

/// `decisive` true: or; false: and.
fn three_valued(parts: &[Condition], row: &Row, decisive: bool) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part.matches(row) {
            Some(b) if b == decisive => return Some(decisive),
            Some(_) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(!decisive) }
}

/// Whether a text is so short that it is looked for at the beginning of words. Of other scripts two signs are a word.
pub(crate) fn is_short(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Term {
    fn value(&self, row: &Row) -> Option<Value> {
        match self {
            Self::Id => Some(row.id.into()),
            Self::Field(field) => row.get(*field).cloned(),
            Self::Value(value) => Some(value.clone()),
        }
    }
}

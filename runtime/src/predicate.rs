//! A condition as the block wrote it, as static data. Who asks and when is filled in by [`crate::condition`].

use crate::kind::FieldSet;
use crate::value::Literal;

/// A condition as the block wrote it, over fields of one model.
#[derive(Debug, Clone, Copy)]
pub enum Predicate {
    /// All hold.
    And(&'static [Predicate]),
    /// At least one holds.
    Or(&'static [Predicate]),
    /// It does not hold.
    Not(&'static Predicate),
    /// Two sides compare so.
    Compare {
        /// Left side.
        left: Operand,
        /// How.
        op: Op,
        /// Right side.
        right: Operand,
    },
    /// There is no value.
    IsNull(Operand),
    /// The value is one of these.
    In {
        /// Left side.
        operand: Operand,
        /// The set.
        set: &'static [Operand],
    },
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub enum Operand {
    /// A field of the model, by index.
    Field(usize),
    /// The person signed in.
    Me,
    /// `me.NAME`, by index into [`crate::panel::Panel::actor`].
    MeAttribute(usize),
    /// The moment of the request, and so many seconds more.
    Now {
        /// Seconds; negative: ago.
        offset: i64,
    },
    /// A constant.
    Literal(Literal),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl Predicate {
    /// The fields that it reads.
    #[must_use]
    pub fn reads(&self) -> FieldSet {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().fold(FieldSet::NONE, |set, part| set.union(part.reads()))
            }
            Self::Not(inner) => inner.reads(),
            Self::Compare { left, right, .. } => left.reads().union(right.reads()),
            Self::IsNull(operand) => operand.reads(),
            Self::In { operand, set } => set.iter().fold(operand.reads(), |all, o| all.union(o.reads())),
        }
    }

    /// Whether it asks who asks: the same words then let other rows through for somebody else.
    #[must_use]
    pub fn names_me(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::names_me),
            Self::Not(inner) => inner.names_me(),
            Self::Compare { left, right, .. } => left.is_me() || right.is_me(),
            Self::IsNull(operand) => operand.is_me(),
            Self::In { operand, set } => operand.is_me() || set.iter().any(Operand::is_me),
        }
    }
}

impl Operand {
    fn is_me(&self) -> bool {
        matches!(self, Self::Me | Self::MeAttribute(_))
    }

    fn reads(&self) -> FieldSet {
        match self {
            Self::Field(field) => FieldSet::NONE.with(*field),
            _ => FieldSet::NONE,
        }
    }
}

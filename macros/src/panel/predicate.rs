//! Conditions over the fields of a model, with the place of each part.

use super::{AttributeId, ChoiceId, FieldId, Place};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    /// As written, digits and one point: exact for decimals, parsed for floats.
    Number(String),
    Text(String),
    Choice(ChoiceId, usize),
}

#[derive(Debug, Clone)]
pub(crate) enum Predicate {
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
    Not(Box<Predicate>),
    Compare {
        left: Operand,
        op: Op,
        right: Operand,
        place: Place,
    },
    IsNull {
        operand: Operand,
        negated: bool,
        place: Place,
    },
    In {
        operand: Operand,
        set: Vec<Operand>,
        place: Place,
    },
    /// Could not be resolved; an error has been reported. Opaque to every rule.
    Broken,
}

#[derive(Debug, Clone)]
pub(crate) struct Operand {
    pub(crate) kind: OperandKind,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum OperandKind {
    Field(FieldId),
    /// The person signed in, compared with an `Actor` field.
    Me,
    MeAttribute(AttributeId),
    /// With an offset in seconds: `now - 7d`.
    Now(i64),
    Literal(Literal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

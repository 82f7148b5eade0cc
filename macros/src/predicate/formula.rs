//! Conditions as formulas over the variables that tell worlds apart, and their truth where only some of those are
//! known: the set of truth values that are still possible. It never rules out a value that some world has.

/// A set of the three truth values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truth(u8);

impl Truth {
    pub(super) const TRUE: Self = Self(1);
    pub(super) const FALSE: Self = Self(2);
    pub(super) const UNKNOWN: Self = Self(4);
    pub(super) const ANY: Self = Self(7);

    pub(super) fn may_be(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }

    fn or_else(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn when(self, condition: bool) -> Self {
        if condition { self } else { Self(0) }
    }

    fn not(self) -> Self {
        Self::TRUE
            .when(self.may_be(Self::FALSE))
            .or_else(Self::FALSE.when(self.may_be(Self::TRUE)))
            .or_else(Self::UNKNOWN.when(self.may_be(Self::UNKNOWN)))
    }

    fn and(self, other: Self) -> Self {
        let not_false = Self(Self::TRUE.0 | Self::UNKNOWN.0);
        let unknown = (self.may_be(Self::UNKNOWN) && other.may_be(not_false))
            || (other.may_be(Self::UNKNOWN) && self.may_be(not_false));
        Self::TRUE
            .when(self.may_be(Self::TRUE) && other.may_be(Self::TRUE))
            .or_else(Self::FALSE.when(self.may_be(Self::FALSE) || other.may_be(Self::FALSE)))
            .or_else(Self::UNKNOWN.when(unknown))
    }
}

/// A value that is compared; `missing` is the variable that says whether it is null, if it can be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thing {
    pub(super) node: usize,
    pub(super) missing: Option<usize>,
}

impl Thing {
    pub(super) fn is_missing(self, values: &[Option<u8>]) -> bool {
        self.missing.is_some_and(|v| values[v] == Some(1))
    }

    fn is_present(self, values: &[Option<u8>]) -> bool {
        self.missing.is_none_or(|v| values[v] == Some(0))
    }
}

/// What tells two worlds apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Variable {
    /// Whether a thing is there (0) or null (1).
    Missing,
    /// `low - high` is less than, equal to or greater than `apart`.
    Relation { low: Thing, high: Thing, apart: i128, whole_numbers: bool },
    /// True, false or unknown, and nothing more is known.
    Opaque,
}

impl Variable {
    pub(super) fn values(&self) -> u8 {
        match self {
            Self::Missing => 2,
            Self::Relation { .. } | Self::Opaque => 3,
        }
    }
}

#[derive(Debug)]
pub(super) enum Formula {
    And(Vec<Formula>),
    Or(Vec<Formula>),
    Not(Box<Formula>),
    /// True in exactly these relations (less, equal, greater), unknown where a side is null.
    Relation(usize, [bool; 3]),
    Missing(usize),
    Opaque(usize),
    Fixed(Truth),
}

/// A whole condition: false as soon as the person lacks an attribute of `me` that it mentions, also under `not`.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) body: Formula,
    /// Variables that say whether a mentioned attribute is missing.
    pub(super) attributes: Vec<usize>,
}

impl Whole {
    pub(super) fn truth(&self, variables: &[Variable], values: &[Option<u8>]) -> Truth {
        let missing = |wanted| self.attributes.iter().any(|v| values[*v] == wanted);
        if missing(Some(1)) {
            return Truth::FALSE;
        }
        let body = self.body.truth(variables, values);
        if missing(None) { body.or_else(Truth::FALSE) } else { body }
    }
}

impl Formula {
    fn truth(&self, variables: &[Variable], values: &[Option<u8>]) -> Truth {
        match self {
            Self::And(parts) => parts.iter().fold(Truth::TRUE, |all, part| all.and(part.truth(variables, values))),
            Self::Or(parts) => {
                parts.iter().fold(Truth::TRUE, |none, part| none.and(part.truth(variables, values).not())).not()
            }
            Self::Not(inner) => inner.truth(variables, values).not(),
            Self::Relation(v, holds) => relation(&variables[*v], values[*v], *holds, values),
            Self::Missing(v) => match values[*v] {
                Some(1) => Truth::TRUE,
                Some(_) => Truth::FALSE,
                None => Truth::TRUE.or_else(Truth::FALSE),
            },
            Self::Opaque(v) => values[*v].map_or(Truth::ANY, |value| Truth(1 << value)),
            Self::Fixed(truth) => *truth,
        }
    }
}

fn relation(variable: &Variable, value: Option<u8>, holds: [bool; 3], values: &[Option<u8>]) -> Truth {
    let Variable::Relation { low, high, .. } = variable else {
        return Truth::ANY;
    };
    if low.is_missing(values) || high.is_missing(values) {
        return Truth::UNKNOWN;
    }
    let known = match value {
        Some(value) if holds[usize::from(value)] => Truth::TRUE,
        Some(_) => Truth::FALSE,
        None => Truth::TRUE.or_else(Truth::FALSE),
    };
    if low.is_present(values) && high.is_present(values) { known } else { known.or_else(Truth::UNKNOWN) }
}

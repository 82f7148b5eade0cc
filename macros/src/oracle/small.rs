//! A panel in as few words as can hold every kind of mistake: models of at most five fields, conditions over values
//! that can be counted. Everything is named by its number.

/// A whole panel; the first role is the first owner's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Small {
    pub(super) models: Vec<Model>,
    pub(super) roles: Vec<Role>,
    pub(super) forbids: Vec<Forbid>,
    /// `forbid one_person`.
    pub(super) apart: Vec<[Step; 2]>,
    /// `reauth`: verbs over all models, and actions.
    pub(super) reauth: Vec<Proof>,
    /// `None`: no such clause.
    pub(super) recovery: Option<Recovery>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Model {
    /// The first one is a line of text.
    pub(super) fields: Vec<Field>,
    /// Which fields each action writes.
    pub(super) actions: Vec<Vec<usize>>,
    pub(super) label: usize,
    pub(super) search: Vec<usize>,
    pub(super) filter: Vec<usize>,
    pub(super) sort: Vec<usize>,
}

#[allow(clippy::struct_excessive_bools, reason = "one for each modifier")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Field {
    pub(super) kind: Kind,
    pub(super) optional: bool,
    pub(super) readonly: bool,
    pub(super) transfers: bool,
    pub(super) sensitive: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Text,
    Flag,
    /// `Low`, `Mid`, `High`.
    Grade,
    Count,
    /// A person that somebody names.
    Person,
    /// Whoever created the row.
    Author,
    Secret,
    Key(usize, Then),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Then {
    Restrict,
    Cascade,
    SetNull,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Role {
    pub(super) under: Vec<usize>,
    pub(super) beside: Option<usize>,
    pub(super) grants: Vec<Grant>,
    pub(super) people: Vec<Over>,
    /// `view Audit`.
    pub(super) log: bool,
    pub(super) factor: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grant {
    pub(super) verbs: Vec<Verb>,
    /// `None`: a star.
    pub(super) model: Option<usize>,
    pub(super) fields: Option<Vec<usize>>,
    pub(super) when: Option<When>,
    pub(super) lent: bool,
    pub(super) reveal: bool,
}

/// Over a star an action is every action of that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Verb {
    View,
    Create,
    Edit,
    Delete,
    Export,
    Import,
    Act(usize),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Over {
    pub(super) verb: OverVerb,
    /// `None`: a star, which is every role below.
    pub(super) whom: Option<Vec<usize>>,
    pub(super) lent: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum OverVerb {
    Assign,
    Reset,
    Lock,
    Unlock,
    Revoke,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Forbid {
    pub(super) roles: Vec<usize>,
    pub(super) verbs: Vec<Verb>,
    pub(super) model: Option<usize>,
    pub(super) fields: Option<Vec<usize>>,
    pub(super) when: Option<When>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub(super) verb: Verb,
    pub(super) model: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Proof {
    Verb(Verb),
    /// The first model's or the second's action of that number.
    Action(usize, usize),
}

#[allow(clippy::struct_excessive_bools, reason = "one for each clause")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Recovery {
    pub(super) by_email: bool,
    pub(super) by_administrator: bool,
    pub(super) codes: bool,
    pub(super) break_glass: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum When {
    /// Of a field and a value of its kind.
    Is(usize, Order, i8),
    /// The value may be missing.
    Missing(usize, bool),
    Among(usize, Vec<i8>),
    /// Of a field that names a person: oneself, or not.
    Mine(usize, bool),
    And(Box<When>, Box<When>),
    Or(Box<When>, Box<When>),
    Not(Box<When>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Order {
    Same,
    Other,
    Less,
    More,
    AtMost,
    AtLeast,
}

/// The value of a field, as its number within [`Kind::values`]; `None`: it is missing.
pub(super) type Value = Option<i8>;

impl Kind {
    /// Everything that a field of the kind can hold in a small world.
    pub(super) fn values(self) -> &'static [i8] {
        match self {
            Self::Secret => &[0],
            Self::Flag | Self::Key(..) => &[0, 1],
            // Of texts conditions name two, and there are others.
            Self::Text | Self::Grade | Self::Person | Self::Author => &[0, 1, 2],
            // Conditions speak of 1 and 2: what lies below, between and above is there.
            Self::Count => &[0, 1, 2, 3],
        }
    }
}

impl Field {
    pub(super) const fn of(kind: Kind) -> Self {
        Self { kind, optional: false, readonly: false, transfers: false, sensitive: false }
    }

    /// Written by the panel alone.
    pub(super) fn is_automatic(&self) -> bool {
        self.kind == Kind::Author
    }
}

impl Verb {
    /// Granted field by field.
    pub(super) fn is_of_fields(self) -> bool {
        !matches!(self, Self::Delete | Self::Act(_))
    }

    pub(super) fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Edit | Self::Import)
    }
}

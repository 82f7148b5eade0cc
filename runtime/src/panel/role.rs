//! One role: its cells, stars spelled out, and its authority over people.

use crate::kind::FieldSet;
use crate::panel::Clause;
use crate::predicate::Predicate;

/// One role and all that it holds.
#[derive(Debug)]
pub struct Role {
    /// Index into [`Panel::roles`](crate::panel::Panel::roles).
    pub index: usize,
    /// As declared and as stored with a person.
    pub name: &'static str,
    /// In words.
    pub title: &'static str,
    /// Doc comment: the job description.
    pub doc: &'static str,
    /// The roles directly above (`under X`), as declared either way round.
    pub under: &'static [usize],
    /// As high as these over people.
    pub beside: &'static [usize],
    /// Every right over models, stars spelled out.
    pub cells: &'static [Cell],
    /// Rights over the framework's own tables.
    pub framework: &'static [FrameworkCell],
    /// Authority over people.
    pub people: &'static [PeopleCell],
    /// The clauses as written, for `policy show` and explain.
    pub grants: &'static [Clause],
    /// A second factor is required.
    pub factor_required: bool,
    /// At least so many people hold it, always.
    pub keep: u32,
}

impl Role {
    /// Whether it holds authority over people by itself, without a loan.
    #[must_use]
    pub fn rules(&self) -> bool {
        self.people.iter().any(|cell| !cell.lendable)
    }
}

/// One right: this verb on this model, these fields of these rows.
#[derive(Debug)]
pub struct Cell {
    /// What may be done.
    pub verb: Verb,
    /// Index into [`Panel::models`](crate::panel::Panel::models).
    pub model: usize,
    /// Which fields (all of the model for delete and actions).
    pub fields: FieldSet,
    /// Which rows; none: all.
    pub when: Option<Predicate>,
    /// `may`: not held, can be lent.
    pub lendable: bool,
    /// `reveal`: why personal data may leave with it, in an export.
    pub reveal: Option<&'static str>,
    /// The clause that says so: index into [`Role::grants`].
    pub grant: usize,
}

impl Cell {
    /// A right that is held, in every row.
    #[must_use]
    pub const fn new(verb: Verb, model: usize, fields: FieldSet, grant: usize) -> Self {
        Self { verb, model, fields, when: None, lendable: false, reveal: None, grant }
    }

    /// Whether it holds all that another holds, and more; a star beside a named model makes such pairs.
    #[must_use]
    pub fn says_more(&self, narrow: &Self) -> bool {
        let same_right = self.verb == narrow.verb && self.model == narrow.model && (!self.lendable || narrow.lendable);
        let all_fields = self.fields.intersection(narrow.fields) == narrow.fields;
        let more = self.fields != narrow.fields || narrow.when.is_some() || self.lendable != narrow.lendable;
        same_right && self.when.is_none() && all_fields && more
    }
}

impl Verb {
    /// Where it stands when verbs are read in order: view first, actions last.
    #[must_use]
    pub fn place(self) -> usize {
        match self {
            Self::View => 0,
            Self::Create => 1,
            Self::Edit => 2,
            Self::Delete => 3,
            Self::Export => 4,
            Self::Import => 5,
            Self::Act(action) => 6 + action,
        }
    }

    /// Granted field by field; delete and actions take a row as a whole.
    #[must_use]
    pub fn is_of_fields(self) -> bool {
        !matches!(self, Self::Delete | Self::Act(_))
    }
}

/// What may be done with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Read.
    View,
    /// Insert.
    Create,
    /// Change.
    Edit,
    /// Remove.
    Delete,
    /// Take away in bulk.
    Export,
    /// Bring in, in bulk.
    Import,
    /// A declared action: index into [`Model::actions`](crate::panel::Model::actions).
    Act(usize),
}

/// A right over a table of the framework.
#[derive(Debug)]
pub struct FrameworkCell {
    /// View or Export.
    pub verb: Verb,
    /// Which table.
    pub subject: Framework,
    /// The clause that says so.
    pub grant: usize,
}

/// The framework's own pages that can be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framework {
    /// The audit log.
    Audit,
    /// Who there is.
    People,
}

/// Authority over people who hold a role.
#[derive(Debug)]
pub struct PeopleCell {
    /// What may be done.
    pub verb: PeopleVerb,
    /// Over holders of this role (for assign: giving it).
    pub target: usize,
    /// `may`: not held, can be lent.
    pub lendable: bool,
    /// The clause that says so.
    pub grant: usize,
}

/// What may be done with people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeopleVerb {
    /// Give a role.
    Assign,
    /// Start a reset of the password.
    Reset,
    /// Lock an account.
    Lock,
    /// Unlock it.
    Unlock,
    /// End sessions.
    Revoke,
}

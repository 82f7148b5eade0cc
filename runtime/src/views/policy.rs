//! Who may do what, as a grid and in words. It shows the block's own clauses and no data.

use serde::Serialize;

use super::{Frame, LoanLine, Text};

#[derive(Debug, Serialize)]
pub(crate) struct PolicyPage {
    pub(crate) frame: Frame,
    /// Columns of the grid and sections below it.
    pub(crate) roles: Vec<RoleView>,
    pub(crate) rows: Vec<MatrixRow>,
    /// What the letters stand for, in a sentence.
    pub(crate) letters: Text,
    pub(crate) forbids: Vec<Text>,
    /// What is lent to the viewer now.
    pub(crate) lent: Vec<LoanLine>,
    pub(crate) accepted: Option<Vec<Accepted>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct RoleView {
    /// `r-owner`.
    pub(crate) anchor: Text,
    pub(crate) label: Text,
    pub(crate) doc: Text,
    /// "under Owner".
    pub(crate) rank: Text,
    /// "May assign Clinician, Reception", "A second factor is required".
    pub(crate) facts: Vec<Text>,
    pub(crate) grants: Vec<GrantRow>,
}

#[derive(Debug, Serialize)]
pub(crate) struct GrantRow {
    /// `g-owner-0`.
    pub(crate) anchor: Text,
    pub(crate) model: Text,
    pub(crate) verb: Text,
    /// The row scope in words; none: every row.
    pub(crate) rows: Option<Text>,
    /// Field names; none: every field.
    pub(crate) fields: Option<Text>,
    pub(crate) lendable: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct MatrixRow {
    pub(crate) label: Text,
    /// One a role.
    pub(crate) cells: Vec<MatrixCell>,
}

#[derive(Debug, Serialize)]
pub(crate) struct MatrixCell {
    /// Anchor of the first grant that fills the cell; none: nothing is granted.
    pub(crate) href: Option<Text>,
    /// The whole cell in words.
    pub(crate) title: Text,
    pub(crate) marks: Vec<Mark>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Mark {
    /// One or two letters.
    pub(crate) letter: Text,
    /// `all`, `some`, `may`.
    pub(crate) reach: &'static str,
}

/// An exception from a policy rule that the block accepts.
#[derive(Debug, Serialize)]
pub(crate) struct Accepted {
    pub(crate) rule: Text,
    pub(crate) place: Text,
    pub(crate) reason: Text,
    /// `YYYY-MM-DD` or "for good".
    pub(crate) until: Text,
    pub(crate) overdue: bool,
}

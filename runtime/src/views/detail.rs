//! One row. Fields that the viewer may not see are absent, not blanked.

use serde::Serialize;

use super::{Cell, Frame, RowView, Text};

#[derive(Debug, Serialize)]
pub(crate) struct DetailPage {
    pub(crate) frame: Frame,
    pub(crate) version: i64,
    pub(crate) sections: Vec<FactSection>,
    pub(crate) related: Vec<Related>,
    /// Created, changed, by whom, as far as the viewer may see it.
    pub(crate) about: Vec<Fact>,
    /// What changed of it, for whoever sees it.
    pub(crate) past: Text,
    /// The audit page about this row, for those who may view the audit log.
    pub(crate) history: Option<Text>,
    /// Declared actions that the viewer may start on this row.
    pub(crate) actions: Vec<Act>,
    pub(crate) edit: Option<Text>,
    pub(crate) delete: Option<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FactSection {
    pub(crate) title: Text,
    pub(crate) facts: Vec<Fact>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    pub(crate) label: Text,
    pub(crate) cell: Cell,
    /// Takes the whole width.
    pub(crate) wide: bool,
}

/// Rows of another model that point here.
#[derive(Debug, Serialize)]
pub(crate) struct Related {
    pub(crate) title: Text,
    pub(crate) count: Text,
    pub(crate) columns: Vec<Text>,
    pub(crate) rows: Vec<RowView>,
    /// The list of that model, filtered to this row; none: all are shown.
    pub(crate) all: Option<Text>,
    pub(crate) new: Option<Text>,
}

/// A button that starts a declared action.
#[derive(Debug, Serialize)]
pub(crate) struct Act {
    pub(crate) label: Text,
    pub(crate) href: Text,
    /// Doc comment of the action.
    pub(crate) help: Text,
}

//! The home page.

use serde::Serialize;

use super::{Empty, Frame, RowView, Text};

#[derive(Debug, Serialize)]
pub(crate) struct HomePage {
    pub(crate) frame: Frame,
    pub(crate) counters: Vec<Counter>,
    pub(crate) latest: Vec<Latest>,
    /// Said when there is nothing else.
    pub(crate) empty: Option<Empty>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Counter {
    pub(crate) label: Text,
    /// "1,234" or "10,000+".
    pub(crate) number: Text,
    pub(crate) href: Text,
}

/// The newest rows of a model.
#[derive(Debug, Serialize)]
pub(crate) struct Latest {
    pub(crate) title: Text,
    pub(crate) columns: Vec<Text>,
    pub(crate) rows: Vec<RowView>,
    pub(crate) all: Option<Text>,
    pub(crate) new: Option<Text>,
}

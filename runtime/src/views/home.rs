//! The home page.

use serde::Serialize;

use super::{Empty, Frame, RowView, Text};

#[derive(Debug, Serialize)]
pub(crate) struct HomePage {
    pub(crate) frame: Frame,
    pub(crate) counters: Vec<Counter>,
    pub(crate) charts: Vec<Chart>,
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

/// Rows by day, drawn as bars, with a table for those who do not see them. Lengths are in the drawing's own units.
#[derive(Debug, Serialize)]
pub(crate) struct Chart {
    pub(crate) title: Text,
    pub(crate) width: usize,
    pub(crate) height: u64,
    /// The number that the full height stands for.
    pub(crate) highest: Text,
    /// First and last day.
    pub(crate) from: Text,
    pub(crate) to: Text,
    pub(crate) bars: Vec<Bar>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Bar {
    pub(crate) x: usize,
    pub(crate) y: u64,
    pub(crate) height: u64,
    pub(crate) day: Text,
    pub(crate) number: Text,
}

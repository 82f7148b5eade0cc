//! The life of one row, newest first, and the question before an earlier version comes back. Only fields that the
//! viewer may see, in the row as it was then, are put in.

use serde::Serialize;

use super::{Change, Filter, Frame, Text};

#[derive(Debug, Serialize)]
pub(crate) struct HistoryPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    /// One field or all; kind `select`.
    pub(crate) fields: Filter,
    pub(crate) events: Vec<Past>,
    /// Where the older ones are.
    pub(crate) older: Option<Text>,
    /// The page of the newest, when this is not it.
    pub(crate) newest: Option<Text>,
    /// Said when the walk back ended before the row's start.
    pub(crate) cut_short: bool,
}

/// One change.
#[derive(Debug, Serialize)]
pub(crate) struct Past {
    pub(crate) version: i64,
    pub(crate) time: Text,
    /// RFC 3339.
    pub(crate) stamp: Text,
    pub(crate) actor: Text,
    /// In words: "changed".
    pub(crate) what: Text,
    pub(crate) tone: &'static str,
    pub(crate) changes: Vec<Change>,
    /// Where the row gets back what this change left, for those who may edit it; none: it is what stands now.
    pub(crate) restore: Option<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct RestorePage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    pub(crate) version: i64,
    /// "The version of 2026-11-20 14:02, by anna@example.org".
    pub(crate) lead: Text,
    pub(crate) changes: Vec<Restored>,
    /// Differ too, and stay as they are.
    pub(crate) left: Vec<Left>,
    /// About the row as a whole.
    pub(crate) errors: Vec<Text>,
    /// Somebody saved while this page was looked at.
    pub(crate) stale: bool,
    pub(crate) cancel: Text,
}

/// A field that gets back a value.
#[derive(Debug, Serialize)]
pub(crate) struct Restored {
    pub(crate) label: Text,
    pub(crate) now: Option<Text>,
    pub(crate) then: Option<Text>,
    pub(crate) error: Option<Text>,
}

/// A field that does not, and why.
#[derive(Debug, Serialize)]
pub(crate) struct Left {
    pub(crate) label: Text,
    pub(crate) why: Text,
}

//! The audit log. Values of fields that the viewer may not see are left out by whoever fills this in.

use serde::Serialize;

use super::{Chip, Filter, Frame, Step, Text};

#[derive(Debug, Serialize)]
pub(crate) struct AuditPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    pub(crate) seal: Seal,
    /// Where the log leaves as a file, as it is filtered.
    pub(crate) export: Option<Text>,
    /// Address typed into the filter by person.
    pub(crate) who: Text,
    /// Model and event; kind `select`.
    pub(crate) filters: Vec<Filter>,
    /// `YYYY-MM-DD` or empty.
    pub(crate) from: Text,
    pub(crate) to: Text,
    /// Only this row's events.
    pub(crate) subject: Option<Subject>,
    pub(crate) chips: Vec<Chip>,
    pub(crate) events: Vec<Event>,
    pub(crate) shown: Text,
    pub(crate) steps: Vec<Step>,
}

/// Whether the chain of hashes is whole.
#[derive(Debug, Serialize)]
pub(crate) struct Seal {
    /// `good`, `bad`, or empty while unknown.
    pub(crate) tone: &'static str,
    /// "Chain whole up to 14:02, number 1,234".
    pub(crate) text: Text,
    /// Where the whole chain is read and checked.
    pub(crate) check: Option<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Subject {
    pub(crate) id: Text,
    /// Its model; empty: any.
    pub(crate) of: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Event {
    pub(crate) seq: i64,
    pub(crate) time: Text,
    /// RFC 3339.
    pub(crate) stamp: Text,
    /// Who, or "nobody signed in".
    pub(crate) actor: Text,
    /// In words: "changed".
    pub(crate) what: Text,
    /// Mark beside it: `t0` … `t5`, `bad`, `yes`.
    pub(crate) tone: &'static str,
    /// "Patient 17 Anna Berg".
    pub(crate) subject: Text,
    /// Where the subject's page is, if the viewer may see it.
    pub(crate) href: Option<Text>,
    /// "phone, email".
    pub(crate) summary: Text,
    pub(crate) correlation: Text,
    /// Where the request came from, if that is known.
    pub(crate) address: Option<Text>,
    pub(crate) changes: Vec<Change>,
}

/// One field before and after; none: it had no value.
#[derive(Debug, Serialize)]
pub(crate) struct Change {
    pub(crate) label: Text,
    pub(crate) before: Option<Text>,
    pub(crate) after: Option<Text>,
}

//! The question before a delete: what goes along, what stays, what forbids it.

use serde::Serialize;

use super::{Frame, Text};

#[derive(Debug, Serialize)]
pub(crate) struct DeletePage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    pub(crate) cancel: Text,
    pub(crate) version: i64,
    /// What will be gone, in a sentence.
    pub(crate) lead: Text,
    /// Reasons why it can't be done; when there are any, no button is shown.
    pub(crate) refused: Vec<Text>,
    /// By model.
    pub(crate) goes: Vec<Goes>,
    /// At most the first 20.
    pub(crate) named: Vec<Named>,
    /// How many are not named; none: all are.
    pub(crate) unnamed: Option<Text>,
    /// What loses its link and stays.
    pub(crate) kept: Vec<Text>,
    /// To be typed when more than 100 rows go.
    pub(crate) confirm: Option<Text>,
    pub(crate) confirm_error: Option<Text>,
    /// "Delete Anna Berg and 12 more".
    pub(crate) button: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Goes {
    pub(crate) label: Text,
    pub(crate) count: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Named {
    pub(crate) kind: Text,
    pub(crate) label: Text,
    pub(crate) href: Option<Text>,
}

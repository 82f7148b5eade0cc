//! The question before an export: which columns, which format, how many rows.

use serde::Serialize;

use super::{Frame, Text};

#[derive(Debug, Serialize)]
pub(crate) struct ExportPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    pub(crate) cancel: Text,
    /// How many rows, and of which list.
    pub(crate) lead: Text,
    /// The filters in force, in words; empty: none.
    pub(crate) filter: Text,
    /// Why the block lets personal data go along.
    pub(crate) reasons: Vec<Text>,
    pub(crate) columns: Vec<ExportColumn>,
    pub(crate) formats: Vec<FormatView>,
    /// What is wrong with the form.
    pub(crate) error: Option<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ExportColumn {
    /// As it stands in the head of the file.
    pub(crate) name: Text,
    pub(crate) label: Text,
    pub(crate) checked: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct FormatView {
    pub(crate) word: &'static str,
    pub(crate) label: &'static str,
    pub(crate) help: &'static str,
    pub(crate) checked: bool,
}

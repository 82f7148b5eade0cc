//! Many rows at once: imports, what is done with ticked rows, and the jobs that all of it runs as.

use serde::Serialize;

use super::{FieldView, Frame, Hidden, Link, OptionView, Text};

/// The upload of a file.
#[derive(Debug, Serialize)]
pub(crate) struct ImportPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    pub(crate) cancel: Text,
    pub(crate) lead: Text,
    /// Names of the columns that a file may have, and what they take.
    pub(crate) columns: Vec<Link>,
    /// Empty files to fill in.
    pub(crate) templates: Vec<Link>,
    /// Why the last file was not taken.
    pub(crate) error: Option<Text>,
}

/// Which column means which field.
#[derive(Debug, Serialize)]
pub(crate) struct ColumnsPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    pub(crate) cancel: Text,
    pub(crate) lead: Text,
    pub(crate) columns: Vec<ColumnView>,
    /// What rows can be matched by; the first is: not at all. Empty: the viewer may not change rows.
    pub(crate) keys: Vec<OptionView>,
    /// All rows may go in as one.
    pub(crate) as_one: bool,
    pub(crate) error: Option<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ColumnView {
    /// `m.N`.
    pub(crate) name: Text,
    /// As the file calls it.
    pub(crate) label: Text,
    /// What stands in the first rows.
    pub(crate) samples: Vec<Text>,
    pub(crate) options: Vec<OptionView>,
}

/// What a list offers for many rows at once.
#[derive(Debug, Serialize)]
pub(crate) struct BulkBar {
    pub(crate) action: Text,
    pub(crate) choices: Vec<OptionView>,
    /// "all 12,340 that match".
    pub(crate) all: Text,
}

/// The question before something is done with many rows.
#[derive(Debug, Serialize)]
pub(crate) struct BulkPage {
    pub(crate) frame: Frame,
    pub(crate) action: Text,
    pub(crate) cancel: Text,
    pub(crate) lead: Text,
    /// The first of them.
    pub(crate) named: Vec<Text>,
    /// How many are not named; none: all are.
    pub(crate) unnamed: Option<Text>,
    /// What was chosen on the list.
    pub(crate) hidden: Vec<Hidden>,
    /// Of an edit.
    pub(crate) fields: Vec<BulkField>,
    /// A word to be typed where there are many.
    pub(crate) confirm: Option<Text>,
    pub(crate) error: Option<Text>,
    pub(crate) button: Text,
    pub(crate) danger: bool,
}

/// A field that an edit may write.
#[derive(Debug, Serialize)]
pub(crate) struct BulkField {
    /// It is to be written.
    pub(crate) checked: bool,
    /// Of links: those chosen are taken out, not added.
    pub(crate) removes: bool,
    pub(crate) field: FieldView,
}

/// One's own jobs.
#[derive(Debug, Serialize)]
pub(crate) struct WorkPage {
    pub(crate) frame: Frame,
    pub(crate) jobs: Vec<JobLine>,
}

#[derive(Debug, Serialize)]
pub(crate) struct JobLine {
    pub(crate) href: Text,
    /// "Import of patients".
    pub(crate) label: Text,
    /// "done: 1,204; failed: 3".
    pub(crate) count: Text,
    /// In words.
    pub(crate) state: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) at: Text,
    pub(crate) stamp: Text,
}

/// One job.
#[derive(Debug, Serialize)]
pub(crate) struct JobPage {
    pub(crate) frame: Frame,
    /// In words.
    pub(crate) state: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) running: bool,
    pub(crate) seen: u64,
    /// None: it is not known how many there are.
    pub(crate) total: Option<u64>,
    /// "1,204 of 12,340 looked at, 1,201 done, 3 failed."
    pub(crate) counts: Text,
    pub(crate) note: Text,
    pub(crate) faults: Vec<FaultView>,
    /// "and 204 more".
    pub(crate) unnamed: Option<Text>,
    /// Where its end is asked for.
    pub(crate) cancel: Option<Text>,
    /// After a trial: the same in earnest.
    pub(crate) again: Option<Again>,
    pub(crate) back: Link,
}

#[derive(Debug, Serialize)]
pub(crate) struct FaultView {
    /// "Line 17", "Patient 17".
    pub(crate) label: Text,
    pub(crate) href: Option<Text>,
    /// Title of a field, or empty.
    pub(crate) field: Text,
    pub(crate) text: Text,
}

/// A form that does the same in earnest.
#[derive(Debug, Serialize)]
pub(crate) struct Again {
    pub(crate) action: Text,
    pub(crate) fields: Vec<Hidden>,
    pub(crate) label: Text,
    /// What to look at first.
    pub(crate) back: Link,
}

//! The form of a row, new or old. It keeps what was typed whatever was wrong with it, and says where.
//!
//! Names that are not fields carry a dot, which no field name can: `bw.version`, `bw.then`, `bw.find`, `was.FIELD` (the
//! text the form started from) and `find.FIELD`. Only the forgery token stands without one.

use serde::Serialize;

use super::{Frame, Hidden, OptionView, PickView, Text};

#[derive(Debug, Serialize)]
pub(crate) struct FormPage {
    pub(crate) frame: Frame,
    /// Where the form is posted.
    pub(crate) action: Text,
    /// The version that the form started from; none: a new row.
    pub(crate) version: Option<i64>,
    pub(crate) sections: Vec<FormSection>,
    /// Rows of other models that are filled in along with it.
    pub(crate) inlines: Vec<InlineView>,
    /// Everything that is wrong, for the summary on top.
    pub(crate) errors: Vec<FormError>,
    /// Somebody else saved meanwhile.
    pub(crate) stale: Option<Stale>,
    /// The second way to save.
    pub(crate) then: Then,
    pub(crate) cancel: Text,
    pub(crate) delete: Option<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FormSection {
    pub(crate) title: Text,
    pub(crate) fields: Vec<FieldView>,
}

/// The rows of another model that point at this one. Names of their controls: `in.N.PLACE.FIELD`.
#[derive(Debug, Serialize)]
pub(crate) struct InlineView {
    /// `in-N`.
    pub(crate) id: Text,
    pub(crate) title: Text,
    pub(crate) rows: Vec<InlineRow>,
    /// The button that adds an empty one.
    pub(crate) add: Option<More>,
    /// Said when there are more than are shown.
    pub(crate) rest: Option<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct InlineRow {
    /// `in-N-PLACE`.
    pub(crate) id: Text,
    /// What it is called.
    pub(crate) legend: Text,
    /// Its own page; none: it is new.
    pub(crate) href: Option<Text>,
    pub(crate) fields: Vec<FieldView>,
    /// The version that it was shown at.
    pub(crate) version: Option<Hidden>,
    pub(crate) remove: Option<Tick>,
    /// About the row as a whole.
    pub(crate) errors: Vec<Text>,
}

#[derive(Debug, Serialize)]
pub(crate) struct More {
    pub(crate) value: Text,
    pub(crate) label: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Tick {
    pub(crate) name: Text,
    pub(crate) checked: bool,
}

/// "Save and go on" or "Save and add another".
#[derive(Debug, Serialize)]
pub(crate) struct Then {
    /// `stay` or `another`.
    pub(crate) value: &'static str,
    pub(crate) label: Text,
}

/// One line of the summary.
#[derive(Debug, Serialize)]
pub(crate) struct FormError {
    /// Id of the field; empty: it concerns the whole row.
    pub(crate) id: Text,
    pub(crate) label: Text,
    pub(crate) text: Text,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Widget {
    /// One line; `input` says of what.
    Line,
    /// Many lines.
    Area,
    Tick,
    /// Up to five choices.
    Radio,
    Select,
    /// A select with type-to-find.
    Pick,
    /// A tick for each of many, and a select with type-to-find that adds one more.
    Many,
    /// Write-only.
    Secret,
    /// Seen, not changed.
    Fixed,
}

/// One field of the form. [`FieldView::new`] gives a plain line.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one control, not a state")]
pub(crate) struct FieldView {
    /// `f-NAME`.
    pub(crate) id: Text,
    pub(crate) name: Text,
    pub(crate) label: Text,
    /// What the row is called that it belongs to, where a form holds several; else empty.
    pub(crate) row: Text,
    pub(crate) widget: Widget,
    /// Type of the input: `text`, `email`, `url`, `number`, `date`, `time`, `datetime-local`.
    pub(crate) input: &'static str,
    /// As typed, or as stored.
    pub(crate) value: Text,
    /// Of `Tick`.
    pub(crate) checked: bool,
    pub(crate) required: bool,
    pub(crate) wide: bool,
    /// Fixed-width letters: JSON.
    pub(crate) code: bool,
    pub(crate) rows: u8,
    pub(crate) options: Vec<OptionView>,
    pub(crate) pick: Option<PickView>,
    pub(crate) max_len: Option<u32>,
    pub(crate) min: Option<Text>,
    pub(crate) max: Option<Text>,
    pub(crate) step: Option<Text>,
    pub(crate) inputmode: Option<&'static str>,
    /// "UTC".
    pub(crate) unit: Option<Text>,
    pub(crate) placeholder: Text,
    pub(crate) help: Text,
    pub(crate) error: Option<Text>,
    /// The text that the form started from, so that a stale save can show three versions; none: a new row or a secret.
    pub(crate) was: Option<Text>,
    /// What somebody else saved meanwhile, where both changed it.
    pub(crate) theirs: Option<Text>,
}

impl FieldView {
    /// A line of text without any bound.
    pub(crate) fn new(name: &'static str, label: &'static str) -> Self {
        Self {
            id: format!("f-{name}").into(),
            name: name.into(),
            label: label.into(),
            row: Text::default(),
            widget: Widget::Line,
            input: "text",
            value: Text::default(),
            checked: false,
            required: false,
            wide: false,
            code: false,
            rows: 6,
            options: Vec::new(),
            pick: None,
            max_len: None,
            min: None,
            max: None,
            step: None,
            inputmode: None,
            unit: None,
            placeholder: Text::default(),
            help: Text::default(),
            error: None,
            was: None,
            theirs: None,
        }
    }
}

/// A save that came too late: field by field, all versions.
#[derive(Debug, Serialize)]
pub(crate) struct Stale {
    /// "Anna Berg was saved by somebody else meanwhile".
    pub(crate) title: Text,
    pub(crate) text: Text,
    /// About rows of inlines that are not there any more.
    pub(crate) gone: Vec<Text>,
    pub(crate) rows: Vec<StaleRow>,
}

#[derive(Debug, Serialize)]
pub(crate) struct StaleRow {
    pub(crate) id: Text,
    pub(crate) label: Text,
    pub(crate) base: Text,
    pub(crate) theirs: Text,
    pub(crate) yours: Text,
    /// Whose value stands in the form below: "yours", "theirs".
    pub(crate) taken: Text,
    /// Both changed it, to different values.
    pub(crate) conflict: bool,
}

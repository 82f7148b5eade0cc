//! One row of an inline: which it is, what stands in it, and whether anybody touched it.

use crate::form::Posted;
use crate::key::RowKey;
use crate::pages::edit_fields::Draft;
use crate::pages::stale::Difference;
use crate::panel::{Field, Kind, Model};
use crate::store::ListedRow;
use crate::value::Value;

/// Which row of an inline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Row(RowKey),
    New(usize),
}

impl Place {
    /// Of a row of this model. No key is spelled like a new row.
    pub(super) fn parse(model: &Model, text: &str) -> Option<Self> {
        match text.strip_prefix('n') {
            Some(count) => count.parse().ok().filter(|n: &usize| *n < 1_000).map(Self::New),
            None => model.key_of_segment(text).map(Self::Row),
        }
    }

    pub(super) fn text(self) -> String {
        match self {
            Self::Row(id) => id.segment().to_string(),
            Self::New(count) => format!("n{count}"),
        }
    }
}

/// One row of an inline.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) place: Place,
    /// None: it is new.
    pub(super) found: Option<ListedRow>,
    pub(super) draft: Draft,
    pub(super) posted: Option<Posted>,
    pub(super) remove: bool,
    /// About the row as a whole.
    pub(super) errors: Vec<String>,
    /// What it writes; filled in by [`super::Inlines::read`].
    pub(super) values: Vec<(usize, Value)>,
    /// Where it differs from what somebody else saved meanwhile; filled in by [`super::Inlines::late`].
    pub(super) compared: Vec<Difference>,
}

impl Child {
    pub(super) fn of(place: Place, found: Option<ListedRow>, draft: Draft) -> Self {
        let (errors, values, compared) = (Vec::new(), Vec::new(), Vec::new());
        Self { place, found, draft, posted: None, remove: false, errors, values, compared }
    }

    /// A new row that nobody touched.
    pub(super) fn is_blank(&self, model: &'static Model) -> bool {
        let untouched = Draft::blank(model, self.draft.offered);
        let mut offered = model.fields.iter().filter(|field| self.draft.offered.contains(field.index));
        matches!(self.place, Place::New(_)) && offered.all(|field| said(field, &self.draft) == said(field, &untouched))
    }
}

/// What of a form belongs to one row of an inline, names as that row's own form would have them.
pub(super) struct Part {
    pub(super) number: usize,
    pub(super) place: Place,
    pub(super) pairs: Vec<(String, String)>,
}

/// What a control says; one that is only ticked or not says no where nobody touched it.
fn said<'d>(field: &Field, draft: &'d Draft) -> &'d str {
    match draft.text(field.index) {
        "" if field.kind == Kind::Bool && !field.optional => "false",
        text => text,
    }
}

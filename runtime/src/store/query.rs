//! What can be asked of a store, as data. Every question about rows carries the [`Terms`] of whoever asks, so that none
//! can be put without them; what a database makes of it is no concern of this file.

use chrono::NaiveDate;

use crate::authorize::Terms;
use crate::condition::Condition;
use crate::key::RowKey;
use crate::panel::{FieldSet, Sort};
use crate::value::{Row, Value};

/// Rows a list page may ask for at most.
pub const LARGEST_PAGE: u32 = 200;
/// Rows that a walk over a whole list fetches at once at most.
pub const LARGEST_BATCH: u32 = 2_000;
/// Rows are counted exactly up to here.
pub const COUNT_BOUND: u64 = 10_000;
/// What a search by an index finds is counted exactly up to here at most.
pub const FOUND_BOUND: u64 = 1_000;
/// Rows a picker offers at most, the current value aside.
pub const PICKER_ROWS: u32 = 50;
/// Rows a delete preview names a model at most.
pub const PREVIEW_LABELS: u32 = 20;

/// One page of a list.
#[derive(Debug, Clone)]
pub struct ListQuery<'a> {
    /// Of the viewer, for the verb they read with (view, export).
    pub terms: &'a Terms,
    /// Fields to fetch; [`Terms::reads`] come along by themselves, so that [`Terms::fields_of`] can be asked of each
    /// row.
    pub columns: FieldSet,
    /// Beside the scope. The store narrows the scope to rows in which the viewer may read every field that is named
    /// here, so that a filter can't tell what the page hides.
    pub filter: Condition,
    /// The search box.
    pub search: Option<Search<'a>>,
    /// The order; ties are broken by id in the same direction. None: newest id first. Rows in which the viewer may not
    /// read the sort field are left out.
    pub sort: Option<Sort>,
    /// Which page.
    pub position: Position,
    /// Rows, 1 to [`LARGEST_PAGE`]; others are clamped.
    pub size: u32,
    /// Foreign keys that are shown with the text of the row they point at.
    pub labels: &'a [LabelOf<'a>],
    /// Whether to count.
    pub count: bool,
}

/// Text to look for in some fields, ASCII letter case apart; each field only where the viewer may read it.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// What to find; white space at its ends is ignored, empty finds everything.
    pub text: &'a str,
    /// Where.
    pub fields: FieldSet,
}

/// Which page of a list. Pages are sought by key, so that the last costs as much as the first.
#[derive(Debug, Clone, PartialEq)]
pub enum Position {
    /// The first.
    First,
    /// The last.
    Last,
    /// The one after this key.
    After(Key),
    /// The one before it.
    Before(Key),
}

/// Where a row stands in an order: its value in the sort field (null without one) and its id.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// In the sort field.
    pub value: Value,
    /// Primary key.
    pub id: RowKey,
}

/// A foreign key whose target's text is wanted.
#[derive(Debug, Clone, Copy)]
pub struct LabelOf<'a> {
    /// A field of kind Model or Actor, by index.
    pub field: usize,
    /// The viewer's view terms over the model that it points at; none: they have none, the text is hidden. A person
    /// (kind Actor) needs none: the address of mail is the label.
    pub terms: Option<&'a Terms>,
}

/// What is known of the target of a foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// The key is null.
    None,
    /// There is a target; it is not visible to the viewer.
    Hidden,
    /// Its text.
    Text(String),
}

/// One page of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// In order.
    pub rows: Vec<ListedRow>,
    /// Of all pages; none when it was not asked for.
    pub count: Option<Count>,
    /// Where the next page starts, if there is one: [`Position::After`].
    pub next: Option<Key>,
    /// Where the page before ends, if there is one: [`Position::Before`].
    pub previous: Option<Key>,
}

/// A row and the text of what it points at.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedRow {
    /// With the columns asked for and what the terms read.
    pub row: Row,
    /// One for each [`LabelOf`] of the query, in its order.
    pub labels: Vec<Label>,
    /// By field of links among the columns: the rows that they lead to and the viewer may see by their label, in the
    /// order of those. The row holds the same numbers and no others.
    pub links: Vec<(usize, Vec<Candidate>)>,
}

impl ListedRow {
    /// The rows that the links of this field lead to, as far as the viewer may see them.
    #[must_use]
    pub fn linked(&self, field: usize) -> &[Candidate] {
        self.links.iter().find(|(of, _)| *of == field).map_or(&[], |(_, linked)| linked)
    }
}

/// A count that stops at [`COUNT_BOUND`]; of what a search finds at [`FOUND_BOUND`], or at a page where finding as many
/// would take much longer than finding the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Exactly(u64),
    /// More than so many.
    MoreThan(u64),
}

/// One row.
#[derive(Debug, Clone)]
pub struct GetQuery<'a> {
    /// Of the viewer.
    pub terms: &'a Terms,
    /// Primary key.
    pub id: RowKey,
    /// Fields to fetch; [`Terms::reads`] come along.
    pub columns: FieldSet,
    /// Foreign keys that are shown with text.
    pub labels: &'a [LabelOf<'a>],
}

/// The choices of one foreign key of a form.
#[derive(Debug, Clone, Copy)]
pub struct PickerQuery<'a> {
    /// What is picked.
    pub from: PickFrom<'a>,
    /// Only rows whose label contains this, ASCII letter case apart.
    pub text: Option<&'a str>,
    /// Offered in any case, if the viewer may see it.
    pub current: Option<RowKey>,
}

/// Where a picker picks.
#[derive(Debug, Clone, Copy)]
pub enum PickFrom<'a> {
    /// Rows of a model, within these view terms.
    Model(&'a Terms),
    /// People of the panel.
    People {
        /// Nobody but this one.
        only: Option<i64>,
    },
}

/// Which rows are to be named.
#[derive(Debug, Clone, Copy)]
pub struct NamesQuery<'a> {
    /// Of what; only rows whose label these terms let through are named.
    pub from: PickFrom<'a>,
    /// Primary keys, each once, a few hundred at most.
    pub ids: &'a [RowKey],
}

/// One choice of a picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Primary key.
    pub id: RowKey,
    /// Text.
    pub label: String,
}

/// What one picker offers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidates {
    /// The current value first if it is not among the first [`PICKER_ROWS`], the rest by label.
    pub rows: Vec<Candidate>,
    /// There are more than are offered.
    pub more: bool,
}

/// How many rows the viewer may see, for the home page.
#[derive(Debug, Clone)]
pub struct CountQuery<'a> {
    /// View terms.
    pub terms: &'a Terms,
    /// Only these rows; the scope is narrowed to rows in which its fields may be read.
    pub filter: Condition,
}

/// How many rows each value of a field would leave.
#[derive(Debug, Clone)]
pub struct FacetQuery {
    /// By index: one of few values, or one that holds whole numbers (a key, a person).
    pub field: usize,
    /// Only these rows: what else is asked of the list.
    pub filter: Condition,
    /// The values that are counted; empty: the most frequent ones.
    pub values: Vec<Value>,
}

/// Rows by day, for the home page.
#[derive(Debug, Clone)]
pub struct ChartQuery<'a> {
    /// View terms.
    pub terms: &'a Terms,
    /// Only these rows.
    pub filter: Condition,
    /// A date or timestamp field, by index.
    pub field: usize,
    /// First day, UTC.
    pub from: NaiveDate,
    /// Last day, UTC, inclusive.
    pub to: NaiveDate,
}

/// What deleting a row takes along, breaks or runs against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletePreview {
    /// In the order of the walk; no group is empty.
    pub groups: Vec<DeleteGroup>,
    /// Whether some row holds it: the delete would be refused.
    pub held: bool,
}

/// Rows of one model that a delete reaches through one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteGroup {
    /// Index into [`crate::panel::Panel::models`].
    pub model: usize,
    /// The key that points up, by index.
    pub key: usize,
    /// What becomes of them.
    pub effect: crate::panel::OnDelete,
    /// How many, within the viewer's scope or not.
    pub count: u64,
    /// The first [`PREVIEW_LABELS`] that the viewer may see.
    pub labels: Vec<Candidate>,
}

//! The list page: one model, a page of rows, and the state that the address holds.

use serde::Serialize;

use super::{BulkBar, Frame, Link, Text};

/// A page of rows.
#[derive(Debug, Serialize)]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    /// "patient", for the button.
    pub(crate) singular: Text,
    /// Address of the list without its state.
    pub(crate) action: Text,
    pub(crate) count: Count,
    /// None: no field that the viewer may read is searched.
    pub(crate) search: Option<SearchView>,
    pub(crate) filters: Vec<Filter>,
    /// State that the filter form hands on: sort and size.
    pub(crate) keep: Vec<Hidden>,
    /// Filters in force.
    pub(crate) chips: Vec<Chip>,
    /// What was counted of the filters; none: nobody asked.
    pub(crate) facets: Vec<Facet>,
    /// The list with what can be counted, or without it again; none: there is nothing to count.
    pub(crate) counts: Option<Text>,
    /// The list without any filter.
    pub(crate) clear: Text,
    pub(crate) columns: Vec<Column>,
    /// The template gets them as `lines`, written already.
    #[serde(skip)]
    pub(crate) rows: Vec<RowView>,
    /// "50 of 10,000+".
    pub(crate) shown: Text,
    /// Where it is counted further.
    pub(crate) further: Option<Text>,
    pub(crate) sizes: Vec<Size>,
    /// First, previous, next, last.
    pub(crate) steps: Vec<Step>,
    /// Where a new row is made, if the viewer may.
    pub(crate) new: Option<Text>,
    /// Where these rows can be taken away, if the viewer may.
    pub(crate) export: Option<Text>,
    /// Where rows come in from a file, if the viewer may.
    pub(crate) import: Option<Text>,
    /// What can be done with many rows at once; none: nothing.
    pub(crate) bulk: Option<BulkBar>,
    /// For each row the value of its tick box; empty where nothing can be done with many.
    #[serde(skip)]
    pub(crate) ticks: Vec<Text>,
    /// Said when there are no rows.
    pub(crate) empty: Empty,
}

/// How many rows there are, "10,000+" beyond the bound of counting.
#[derive(Debug, Serialize)]
pub(crate) struct Count {
    pub(crate) text: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct SearchView {
    pub(crate) value: Text,
    /// "Search name, email".
    pub(crate) placeholder: Text,
}

/// One filter of the bar.
#[derive(Debug, Serialize)]
pub(crate) struct Filter {
    pub(crate) label: Text,
    /// `f.FIELD`.
    pub(crate) name: Text,
    /// `select` stands in the bar; `choice`, `many`, `text`, `part`, `whole` and `range` open.
    pub(crate) kind: &'static str,
    pub(crate) active: bool,
    /// What an opening filter says closed: "any", "since 2026-11-01".
    pub(crate) summary: Text,
    /// Of `select`, `choice` and `many`.
    pub(crate) options: Vec<OptionView>,
    /// Type-to-find for foreign keys.
    pub(crate) pick: Option<PickView>,
    /// `date`, `datetime-local`, `number`, `text`.
    pub(crate) input: &'static str,
    pub(crate) step: Option<&'static str>,
    /// Start of a range, or the whole text.
    pub(crate) from: Text,
    pub(crate) to: Text,
    /// A part of the text.
    pub(crate) has: Text,
    /// Of `range`: the span of days or the day in force, which the form hands on.
    pub(crate) word: Text,
    pub(crate) presets: Vec<Preset>,
    /// With or without a value; none: it always has one.
    pub(crate) nulls: Vec<OptionView>,
}

/// A span of days by its name.
#[derive(Debug, Serialize)]
pub(crate) struct Preset {
    pub(crate) label: Text,
    pub(crate) href: Text,
    pub(crate) current: bool,
}

/// How many rows each choice of one filter would leave.
#[derive(Debug, Serialize)]
pub(crate) struct Facet {
    pub(crate) label: Text,
    pub(crate) choices: Vec<FacetChoice>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FacetChoice {
    pub(crate) label: Text,
    /// "1,204", "10,000+".
    pub(crate) count: Text,
    /// The list with this choice, or without it where it is in force.
    pub(crate) href: Text,
    pub(crate) current: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct OptionView {
    pub(crate) value: Text,
    pub(crate) label: Text,
    pub(crate) selected: bool,
}

/// Type-to-find over candidates.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PickView {
    /// Address that answers with candidates; `q` is added.
    pub(crate) href: Text,
    /// There are more candidates than the select holds.
    pub(crate) more: bool,
    /// Name of the search box for those without a script: `find.FIELD`.
    pub(crate) name: Text,
    /// What was typed there.
    pub(crate) query: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Hidden {
    pub(crate) name: Text,
    pub(crate) value: Text,
}

/// A filter in force and the address without it.
#[derive(Debug, Serialize)]
pub(crate) struct Chip {
    pub(crate) label: Text,
    pub(crate) value: Text,
    pub(crate) remove: Text,
}

#[derive(Debug, Serialize)]
pub(crate) struct Column {
    pub(crate) label: Text,
    /// Sorts by this column, or the other way round; none: not sortable for the viewer.
    pub(crate) href: Option<Text>,
    /// `ascending`, `descending`, or empty.
    pub(crate) dir: &'static str,
    /// `num` for figures.
    pub(crate) kind: &'static str,
}

#[derive(Debug, Serialize)]
pub(crate) struct RowView {
    /// The row's own page.
    pub(crate) href: Text,
    /// One a column; the first is the link.
    pub(crate) cells: Vec<Cell>,
}

/// A value as shown.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Cell {
    pub(crate) text: Text,
    /// Empty, `num`, `when` (a moment), `none` (no value, or not visible), `long`, `code`.
    pub(crate) kind: &'static str,
    /// Where the value leads: a related row that the viewer may open, or an outside address.
    pub(crate) href: Option<Text>,
    /// The address is outside the panel.
    pub(crate) outside: bool,
    /// Of `when`: RFC 3339.
    pub(crate) stamp: Text,
    /// More, on hover.
    pub(crate) title: Option<Text>,
    /// A mark beside choices and yes/no: `t0` … `t5`, `yes`, `no`.
    pub(crate) tone: Option<&'static str>,
    /// Rows that links lead to, on the row's own page; the text names them all.
    pub(crate) links: Vec<Link>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Size {
    pub(crate) label: Text,
    pub(crate) href: Text,
    pub(crate) current: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) label: Text,
    /// None: there is no such page.
    pub(crate) href: Option<Text>,
    /// `first`, `left`, `right`, `last`.
    pub(crate) icon: &'static str,
    /// `prev`, `next`, or empty.
    pub(crate) rel: &'static str,
}

/// What to say and do where there is nothing to show.
#[derive(Debug, Serialize)]
pub(crate) struct Empty {
    pub(crate) title: Text,
    pub(crate) text: Text,
    pub(crate) link: Option<Link>,
}

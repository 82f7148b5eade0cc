//! The list of a model: one page of the rows that the viewer may see, with only the columns that they may see.

mod facets;
mod filters;
mod paging;

use super::keys::Keys;
use super::picker::Source;
use super::{frame, row, show, terms, terms_if_any, words};
use crate::authorize::Terms;
use crate::context::Cx;
use crate::error::Error;
use crate::list_state::{ListState, is_sortable};
use crate::panel::{Field, FieldSet, Kind, Model, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::cursor::Cursors;
use crate::store::{self, Candidates, ListQuery, Listed, PickerQuery, Position, Search};
use crate::views::{BulkBar, Column, Count, Empty, Hidden, Link, ListPage, OptionView, SearchView, Text};

/// Rows a page, as they are offered.
const SIZES: [u32; 4] = [25, 50, 100, 200];

pub(super) async fn page(cx: &Cx<'_>, model: &'static Model) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let visible = view.fields_somewhere();
    let state = ListState::read(&cx.query, model, &view, cx.today())?;
    let cursors = cx.app.store.cursors().await?;
    let position = state.position(&cx.app.store, &view).await?;
    let columns = row::columns(model, model.list, visible);
    let filtered_keys = state.filters.iter().filter(|f| f.is_active()).map(|f| f.field.index);
    let fetched = row::set(&columns)
        .union(FieldSet(model.label.iter().fold(FieldSet::NONE, |set, f| set.with(*f)).0))
        .union(filtered_keys.fold(FieldSet::NONE, FieldSet::with))
        .intersection(visible);
    let keys = Keys::among(cx, model, fetched);
    let searched = model.search.iter().fold(FieldSet::NONE, |set, f| set.with(*f)).intersection(visible);
    let search = (!state.q.is_empty() && !searched.is_empty()).then_some(Search { text: &state.q, fields: searched });
    let labels = keys.labels();
    let query = ListQuery {
        terms: &view,
        columns: fetched,
        filter: state.condition(),
        search,
        sort: state.sort,
        position: position.clone(),
        size: state.size,
        labels: &labels,
        count: true,
    };
    let mut listed = cx.app.store.list(&query).await?;
    if state.counts && search.is_some() && matches!(listed.count, Some(store::Count::MoreThan(_))) {
        listed.count = Some(cx.app.store.count_to_bound(&query).await?);
    }
    let looked = looked_for(cx, &state).await?;
    let counted = if state.counts { facets::count(cx, &view, &state, search).await? } else { Vec::new() };

    let path = cx.link(&Route::Model(model, Page::List));
    let (state, keys, listed, looked) = (&state, &keys, &listed, &looked);
    let list = List {
        cx,
        model,
        view: &view,
        state,
        cursors,
        position: &position,
        path: &path,
        visible,
        keys,
        listed,
        looked,
    };
    let count = listed.count.map_or_else(String::new, words::count);
    let bulk = list.bulk(&count);
    let new = terms_if_any(cx, Verb::Create, model).map(|_| Text::from(cx.link(&Route::Model(model, Page::New))));
    show(&ListPage {
        singular: model.title.to_lowercase().into(),
        action: path.clone().into(),
        search: (!searched.is_empty()).then(|| list.search(searched)),
        filters: list.filters(),
        keep: list.keep(),
        chips: list.chips(),
        facets: list.facets(counted),
        counts: list.counts(),
        clear: state.address(&path, |name| name == "q" || name.starts_with("f."), &[]).into(),
        columns: list.columns(&columns),
        rows: listed.rows.iter().map(|one| row::line(cx, model, &view, &columns, keys, one)).collect(),
        shown: format!("{} of {count}", listed.rows.len()).into(),
        further: list.further(),
        sizes: list.sizes(),
        steps: list.steps(),
        export: list.export(),
        import: terms_if_any(cx, Verb::Import, model).map(|_| cx.link(&Route::Model(model, Page::Import)).into()),
        ticks: if bulk.is_some() {
            listed.rows.iter().map(|one| format!("{}.{}", one.row.id.segment(), one.row.version).into()).collect()
        } else {
            Vec::new()
        },
        bulk,
        empty: list.empty(new.clone()),
        new,
        count: Count { text: count.into() },
        frame: frame::frame(cx, model.plural, Vec::new()),
    })
}

/// Candidates for the one foreign key that somebody without a script looks for, if any.
async fn looked_for(cx: &Cx<'_>, state: &ListState) -> Result<Option<(usize, Candidates)>, Error> {
    let Some(filter) = state.filters.iter().find(|filter| !filter.look.is_empty()) else { return Ok(None) };
    let Some(source) = Source::of(cx, filter.field)? else { return Ok(None) };
    let pick = PickerQuery { from: source.from(), text: Some(&filter.look), current: None };
    let found = cx.app.store.candidates(&[pick]).await?.into_iter().next().unwrap_or_default();
    Ok(Some((filter.field.index, found)))
}

struct List<'a> {
    cx: &'a Cx<'a>,
    model: &'static Model,
    view: &'a Terms,
    state: &'a ListState,
    cursors: &'a Cursors,
    position: &'a Position,
    path: &'a str,
    visible: FieldSet,
    keys: &'a Keys,
    listed: &'a Listed,
    looked: &'a Option<(usize, Candidates)>,
}

impl List<'_> {
    fn search(&self, searched: FieldSet) -> SearchView {
        let titles: Vec<String> = self
            .model
            .fields
            .iter()
            .filter(|field| searched.contains(field.index))
            .map(|field| field.title.to_lowercase())
            .collect();
        SearchView { value: self.state.q.clone().into(), placeholder: format!("Search {}", titles.join(", ")).into() }
    }

    fn columns(&self, columns: &[&'static Field]) -> Vec<Column> {
        let sort = self.state.sort;
        let mut views: Vec<Column> = columns
            .iter()
            .map(|field| {
                let here = sort.filter(|sort| sort.field == field.index);
                let next = if here.is_some_and(|s| !s.descending) {
                    format!("-{}", field.name)
                } else {
                    field.name.to_owned()
                };
                Column {
                    label: field.title.into(),
                    href: is_sortable(field)
                        .then(|| self.state.address(self.path, |n| n == "sort", &[("sort", &next)]).into()),
                    dir: here.map_or("", |s| if s.descending { "descending" } else { "ascending" }),
                    kind: match field.kind {
                        Kind::I32 | Kind::I64 | Kind::F64 | Kind::Decimal { .. } => "num",
                        _ => "",
                    },
                }
            })
            .collect();
        if views.is_empty() {
            views.push(Column { label: self.model.title.into(), href: None, dir: "", kind: "" });
        }
        views
    }

    /// What the filter form hands on beside its own controls: order, size, and filters that have no control of theirs.
    fn keep(&self) -> Vec<Hidden> {
        let hidden = |name: String, value: String| Hidden { name: name.into(), value: value.into() };
        let mut keep = Vec::new();
        if let Some(sort) = self.state.sort.filter(|_| self.state.sort_named)
            && let Some(field) = self.model.fields.get(sort.field)
        {
            let sign = if sort.descending { "-" } else { "" };
            keep.push(hidden("sort".to_owned(), format!("{sign}{}", field.name)));
        }
        if self.state.counts {
            keep.push(hidden("counts".to_owned(), "1".to_owned()));
        }
        if self.state.size != 50 {
            keep.push(hidden("size".to_owned(), self.state.size.to_string()));
        }
        for filter in self.state.filters.iter().filter(|f| !self.model.filter.contains(&f.field.index)) {
            for text in &filter.is {
                keep.push(hidden(format!("f.{}", filter.field.name), text.clone()));
            }
        }
        keep
    }

    /// What can be done with many of these rows at once.
    fn bulk(&self, count: &str) -> Option<BulkBar> {
        let model = self.model;
        let may = |verb| terms_if_any(self.cx, verb, model).is_some();
        let mut choices = Vec::new();
        if may(Verb::Edit) {
            choices.push(option("edit", "Change fields", true));
        }
        for (number, action) in model.actions.iter().enumerate().filter(|(number, _)| may(Verb::Act(*number))) {
            choices.push(option(action.name, action.title, number == 0 && choices.is_empty()));
        }
        if may(Verb::Delete) {
            choices.push(option("delete", "Delete", choices.is_empty()));
        }
        let path = self.cx.link(&Route::Model(model, Page::Bulk));
        (!choices.is_empty()).then(|| BulkBar {
            action: self.state.address(&path, |name| name == "size", &[]).into(),
            choices,
            all: if self.state.narrows() { format!("all {count} that match") } else { format!("all {count}") }.into(),
        })
    }

    /// The export of these very rows.
    fn export(&self) -> Option<Text> {
        terms_if_any(self.cx, Verb::Export, self.model)?;
        let path = self.cx.link(&Route::Model(self.model, Page::Export));
        Some(self.state.address(&path, |name| name == "size", &[]).into())
    }

    fn empty(&self, new: Option<Text>) -> Empty {
        let plural = self.model.plural.to_lowercase();
        if self.state.narrows() {
            Empty {
                title: format!("No {plural} match").into(),
                text: "Nothing that you may see fulfils all of these filters. Take one away, or clear them all.".into(),
                link: Some(Link { label: "Clear all filters".into(), href: self.path.to_owned().into() }),
            }
        } else if let Some(href) = new {
            Empty {
                title: format!("No {plural} yet").into(),
                text: format!("Add the first {}; it will be listed here.", self.model.title.to_lowercase()).into(),
                link: Some(Link { label: format!("New {}", self.model.title.to_lowercase()).into(), href }),
            }
        } else {
            Empty {
                title: format!("No {plural} to see").into(),
                text: format!("There are none within what your role, {}, may see.", self.cx.actor.role.title).into(),
                link: None,
            }
        }
    }
}

fn option(value: &'static str, label: &'static str, selected: bool) -> OptionView {
    OptionView { value: value.into(), label: label.into(), selected }
}

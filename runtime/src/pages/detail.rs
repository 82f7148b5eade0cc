//! One row, as far as the viewer may see it, and what they may do with it.

use super::keys::Keys;
use super::{frame, row, show, shown, terms, terms_if_any};
use crate::authorize::{Terms, authorize_framework};
use crate::condition::{Condition, Term};
use crate::context::Cx;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{Field, FieldSet, Framework, Inline, Kind, Model, Verb};
use crate::predicate::Op;
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::{GetQuery, ListQuery, ListedRow, Position};
use crate::views::{Act, Cell, DetailPage, Fact, FactSection, Link, Related, Text};

/// Related rows shown with a row; the rest is on their own list.
const RELATED: usize = 5;

pub(super) async fn page(cx: &Cx<'_>, model: &'static Model, id: RowKey) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let edit = terms_if_any(cx, Verb::Edit, model);
    let delete = terms_if_any(cx, Verb::Delete, model);
    let actions: Vec<(usize, Terms)> = (0..model.actions.len())
        .filter_map(|action| Some((action, terms_if_any(cx, Verb::Act(action), model)?)))
        .collect();
    // Whether a button is shown depends on fields that the viewer may not see; they are fetched, never shown.
    let read_by_buttons = [&edit, &delete]
        .into_iter()
        .flatten()
        .chain(actions.iter().map(|(_, terms)| terms))
        .fold(FieldSet::NONE, |all, terms| all.union(terms.reads()));
    let keys = Keys::among(cx, model, view.fields_somewhere());
    let query =
        GetQuery { terms: &view, id, columns: view.fields_somewhere().union(read_by_buttons), labels: &keys.labels() };
    let found = cx.app.store.get(&query).await?.ok_or(Error::NotFound)?;
    let visible = view.fields_of(&found.row);
    let name = row::name(model, &found.row, visible);

    let mut related = Vec::new();
    for inline in model.inlines {
        related.extend(rows_of(cx, inline, id).await?);
    }
    let link = |page| Text::from(cx.link(&Route::Model(model, page)));
    show(&DetailPage {
        version: found.row.version,
        sections: sections(cx, model, visible, &keys, &found),
        related,
        about: about(cx, model, visible, &keys, &found),
        past: link(Page::History(id)),
        history: authorize_framework(cx.panel(), &cx.actor, Verb::View, Framework::Audit)
            .is_ok()
            .then(|| format!("{}?model={}&id={}", cx.link(&Route::Audit), model.name, as_value(id)).into()),
        actions: actions
            .iter()
            .filter(|(_, terms)| terms.covers(&found.row))
            .filter_map(|(index, _)| {
                let action = model.actions.get(*index)?;
                Some(Act { label: action.title.into(), href: link(Page::Act(id, *index)), help: action.doc.into() })
            })
            .collect(),
        edit: edit.filter(|terms| terms.covers(&found.row)).map(|_| link(Page::Edit(id))),
        delete: delete.filter(|terms| terms.covers(&found.row)).map(|_| link(Page::Delete(id))),
        frame: frame::frame(cx, name, vec![Link { label: model.plural.into(), href: link(Page::List) }]),
    })
}

fn fact(cx: &Cx<'_>, field: &Field, keys: &Keys, found: &ListedRow) -> Option<Fact> {
    Some(Fact {
        label: field.title.into(),
        cell: shown::of(cx, field, found, keys)?,
        wide: matches!(field.kind, Kind::Text | Kind::Json),
    })
}

fn sections(cx: &Cx<'_>, model: &'static Model, visible: FieldSet, keys: &Keys, found: &ListedRow) -> Vec<FactSection> {
    let sections = model.sections.iter().map(|section| FactSection {
        title: section.title.into(),
        facts: section
            .fields
            .iter()
            .filter_map(|index| model.fields.get(*index))
            .filter(|field| visible.contains(field.index) && field.automatic.is_none())
            .filter_map(|field| fact(cx, field, keys, found))
            .collect(),
    });
    sections.filter(|section| !section.facts.is_empty()).collect()
}

fn about(cx: &Cx<'_>, model: &'static Model, visible: FieldSet, keys: &Keys, found: &ListedRow) -> Vec<Fact> {
    let plain = |label: &'static str, text: String| Fact {
        label: label.into(),
        cell: Cell { text: text.into(), ..Cell::default() },
        wide: false,
    };
    let mut about = vec![plain(model.key.title(), found.row.id.to_string())];
    if model.adopted.is_none() {
        about.push(plain("Version", found.row.version.to_string()));
    }
    let automatic = model.fields.iter().filter(|f| f.automatic.is_some() && visible.contains(f.index));
    about.extend(automatic.filter_map(|field| fact(cx, field, keys, found)));
    about
}

/// A key within the query of an address, whatever stands in it.
fn as_value(key: RowKey) -> String {
    form_urlencoded::byte_serialize(key.to_string().as_bytes()).collect()
}

/// Rows of another model that point here; nothing when the viewer may not see the model, or not the key.
async fn rows_of(cx: &Cx<'_>, inline: &'static Inline, id: RowKey) -> Result<Option<Related>, Error> {
    let model = super::target(cx, inline.model)?;
    let Some(key) = model.fields.get(inline.key) else { return Ok(None) };
    let Some(view) = terms_if_any(cx, Verb::View, model).filter(|t| t.fields_somewhere().contains(inline.key)) else {
        return Ok(None);
    };
    let columns = row::columns(model, inline.fields, view.fields_somewhere());
    let fetched = model.label.iter().fold(row::set(&columns), |set, field| set.with(*field));
    let keys = Keys::among(cx, model, fetched.intersection(view.fields_somewhere()));
    let listed = cx
        .app
        .store
        .list(&ListQuery {
            terms: &view,
            columns: fetched.intersection(view.fields_somewhere()),
            filter: Condition::Compare { left: Term::Field(inline.key), op: Op::Eq, right: Term::Value(id.into()) },
            search: None,
            sort: model.sort.iter().find(|s| view.fields_somewhere().contains(s.field)).copied(),
            position: Position::First,
            size: u32::try_from(RELATED).unwrap_or(1),
            labels: &keys.labels(),
            count: false,
        })
        .await?;
    let list = cx.link(&Route::Model(model, Page::List));
    let more = listed.next.is_some();
    let may_create =
        terms_if_any(cx, Verb::Create, model).is_some_and(|terms| terms.fields_somewhere().contains(inline.key));
    Ok(Some(Related {
        title: model.plural.into(),
        count: format!("{}{}", listed.rows.len(), if more { "+" } else { "" }).into(),
        columns: row::titles(model, &columns),
        rows: listed.rows.iter().map(|one| row::line(cx, model, &view, &columns, &keys, one)).collect(),
        all: more.then(|| format!("{list}?f.{}={}", key.name, as_value(id)).into()),
        new: may_create
            .then(|| format!("{}?{}={}", cx.link(&Route::Model(model, Page::New)), key.name, as_value(id)).into()),
    }))
}

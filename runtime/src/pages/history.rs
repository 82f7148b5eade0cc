//! What happened to one row: who changed which field, when, from what to what. Anybody who may see the row may read this,
//! and of each change only the fields that they may see both in the row as it was and as it became; a change of which
//! nothing is left does not appear.

use std::collections::BTreeMap;

use form_urlencoded::Serializer;

use super::edit_fields::changeable;
use super::picker::Source;
use super::{audit as log, frame, row, show, shown, terms, terms_if_any};
use crate::audit::past::{Moment, Past, fields, value};
use crate::audit::{Change as Kept, EntryPosition, EntryQuery, EventId};
use crate::authorize::Terms;
use crate::context::Cx;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{Field, FieldSet, Kind, Model, Sensitivity, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::{GetQuery, Label, ListedRow, NamesQuery};
use crate::value::{Row, Value, timestamp_text};
use crate::views::{Change, Filter, HistoryPage, Link, OptionView, Past as PastView, Text};

/// Changes a page.
const SIZE: usize = 30;
/// Entries that the walk back reads at once, and how often.
const STRIDE: u32 = 200;
const STRIDES: usize = 10;

/// The row as the viewer may see it, with everything that says what they may see and change of it.
pub(super) async fn fetch(cx: &Cx<'_>, view: &Terms, edit: Option<&Terms>, id: RowKey) -> Result<ListedRow, Error> {
    let read_by_edit = edit.map_or(FieldSet::NONE, Terms::reads);
    let query = GetQuery { terms: view, id, columns: view.fields_somewhere().union(read_by_edit), labels: &[] };
    cx.app.store.get(&query).await?.ok_or(Error::NotFound)
}

/// Whether a walk through the past goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Walk {
    On,
    Enough,
}

/// Walks back from the row as it is now, newest first; `step` gets each change and what it was called when it was more
/// than a plain change. Whether the walk ended before the row's start, being too long.
pub(crate) async fn walk(
    cx: &Cx<'_>,
    model: &'static Model,
    now: Row,
    mut step: impl FnMut(Moment, Option<Text>) -> Walk,
) -> Result<bool, Error> {
    let id = now.id;
    let mut past = Past::of(model, now);
    let mut position = EntryPosition::Newest;
    // What a commit was called stands in the log behind the change that it made, so that it is met before.
    let mut called: Option<(uuid::Uuid, Text)> = None;
    for _ in 0..STRIDES {
        let query =
            EntryQuery { model: Some(model.name), row: Some(id), position, size: STRIDE, ..EntryQuery::default() };
        let found = cx.app.store.entries(&query).await?;
        for entry in found.entries {
            // A row that is there was made anew since: what came before happened to another.
            if entry.event == EventId::RowDeleted.text() {
                return Ok(false);
            }
            if let Some(name) = name_of(model, &entry) {
                called = Some((entry.origin.request, name));
                continue;
            }
            let name = called.take().filter(|(request, _)| *request == entry.origin.request).map(|(_, name)| name);
            let Some(moment) = past.undo(entry) else { continue };
            let made = moment.before.is_none();
            if step(moment, name) == Walk::Enough || made {
                return Ok(false);
            }
        }
        match found.older {
            Some(seq) => position = EntryPosition::OlderThan(seq),
            None => return Ok(false),
        }
    }
    Ok(true)
}

fn name_of(model: &'static Model, entry: &crate::audit::Entry) -> Option<Text> {
    match EventId::from_text(&entry.event)? {
        EventId::RowRestored => Some("restored".into()),
        EventId::RowActed => {
            let action = entry.changes.iter().find(|fact| fact.field == "action")?.after.as_deref()?;
            model.actions.iter().find(|known| known.name == action).map(|known| known.title.to_lowercase().into())
        }
        _ => None,
    }
}

/// Fields of a change that the viewer may see, as the row was and as it became.
fn seen(view: &Terms, moment: &Moment) -> FieldSet {
    let after = view.fields_of(&moment.after);
    moment.before.as_ref().map_or(after, |before| after.intersection(view.fields_of(before)))
}

struct Asked {
    field: Option<&'static Field>,
    older: Option<i64>,
}

fn read(cx: &Cx<'_>, model: &'static Model, visible: FieldSet) -> Result<Asked, Error> {
    let no = || Error::BadRequest("The history has no such filter.".to_owned());
    let mut asked = Asked { field: None, older: None };
    for (name, text) in cx.query.iter().filter(|(name, text)| !text.is_empty() && *name != frame::DONE) {
        match name {
            "field" => {
                let field = model.field_by_name(text).filter(|field| visible.contains(field.index));
                asked.field = Some(field.ok_or_else(no)?);
            }
            "older" => asked.older = Some(text.parse().map_err(|_| no())?),
            _ => return Err(no()),
        }
    }
    Ok(asked)
}

pub(super) async fn page(cx: &Cx<'_>, model: &'static Model, id: RowKey) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let edit = terms_if_any(cx, Verb::Edit, model);
    let found = fetch(cx, &view, edit.as_ref(), id).await?;
    let visible = view.fields_of(&found.row);
    let asked = read(cx, model, visible)?;
    let wanted = asked.field.map_or(visible, |field| visible.intersection(FieldSet::NONE.with(field.index)));
    let may_restore = edit.is_some_and(|edit| {
        !edit.fields_of(&found.row).intersection(changeable(model)).intersection(visible).is_empty()
    });

    let mut met: Vec<(Moment, Option<Text>, FieldSet, bool)> = Vec::new();
    let mut more = false;
    let mut is_newest = true;
    let cut_short = walk(cx, model, found.row.clone(), |moment, name| {
        let of_it = seen(&view, &moment).intersection(wanted);
        let newest = std::mem::replace(&mut is_newest, false);
        let is_asked = asked.older.is_none_or(|seq| moment.entry.seq < seq);
        let shows = fields(model, &moment.entry).any(|(field, _)| of_it.contains(field));
        if is_asked && shows {
            if met.len() == SIZE {
                more = true;
                return Walk::Enough;
            }
            met.push((moment, name, of_it, newest));
        }
        Walk::On
    })
    .await?;

    let pointed = met.iter().flat_map(|(moment, _, seen, _)| references(model, moment, *seen)).collect();
    let names = Names::of(cx, model, pointed).await?;
    let path = cx.link(&Route::Model(model, Page::History(id)));
    let address = |older: Option<i64>| -> Text {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(asked.field.map(|field| ("field", field.name)));
        query.extend_pairs(older.map(|seq| ("older", seq.to_string())));
        let query = query.finish();
        if query.is_empty() { path.clone() } else { format!("{path}?{query}") }.into()
    };
    let older = met.last().filter(|_| more).map(|(moment, ..)| address(Some(moment.entry.seq)));
    let events = met
        .into_iter()
        .filter_map(|(moment, name, seen, newest)| {
            let restore = may_restore && !newest;
            let changes: Vec<Change> = fields(model, &moment.entry)
                .filter(|(field, _)| seen.contains(*field))
                .filter_map(|(field, kept)| names.change(cx, model, field, kept))
                .collect();
            if changes.is_empty() {
                return None;
            }
            Some(PastView {
                // An adopted table counts no versions; the entries of the log are in order too.
                version: if model.adopted.is_some() { moment.entry.seq } else { moment.after.version },
                time: moment.entry.at.format("%Y-%m-%d %H:%M:%S").to_string().into(),
                stamp: timestamp_text(moment.entry.at).into(),
                actor: moment.entry.actor.as_ref().map_or("–".into(), |actor| actor.email.clone().into()),
                tone: if name.is_some() { "t4" } else { log::tone(&moment.entry.event) },
                what: name.unwrap_or_else(|| log::in_words(&moment.entry.event).to_owned().into()),
                changes,
                restore: restore.then(|| cx.link(&Route::Model(model, Page::Restore(id, moment.entry.seq))).into()),
            })
        })
        .collect();
    let name = row::name(model, &found.row, visible);
    let link = |page| Text::from(cx.link(&Route::Model(model, page)));
    let crumbs = vec![
        Link { label: model.plural.into(), href: link(Page::List) },
        Link { label: name.clone().into(), href: link(Page::Detail(id)) },
    ];
    show(&HistoryPage {
        frame: frame::frame(cx, format!("History of {name}"), crumbs),
        action: path.clone().into(),
        fields: by_field(model, visible, asked.field),
        events,
        older,
        newest: asked.older.map(|_| address(None)),
        cut_short,
    })
}

fn by_field(model: &'static Model, visible: FieldSet, chosen: Option<&'static Field>) -> Filter {
    let mut options = vec![OptionView { value: "".into(), label: "any".into(), selected: chosen.is_none() }];
    options.extend(model.fields.iter().filter(|field| visible.contains(field.index)).map(|field| OptionView {
        value: field.name.into(),
        label: field.title.into(),
        selected: chosen.is_some_and(|chosen| chosen.index == field.index),
    }));
    Filter {
        label: "Field".into(),
        name: "field".into(),
        kind: "select",
        active: chosen.is_some(),
        summary: "".into(),
        options,
        pick: None,
        input: "text",
        step: None,
        from: "".into(),
        to: "".into(),
        has: "".into(),
        word: "".into(),
        presets: Vec::new(),
        nulls: Vec::new(),
    }
}

/// The foreign keys that a change names.
fn references<'m>(
    model: &'static Model,
    moment: &'m Moment,
    seen: FieldSet,
) -> impl Iterator<Item = (usize, RowKey)> + use<'m> {
    fields(model, &moment.entry).filter(move |(field, _)| seen.contains(*field)).flat_map(move |(field, kept)| {
        [&kept.before, &kept.after]
            .into_iter()
            .filter_map(move |text| {
                let of_key = model.fields.get(field).is_some_and(|f| matches!(f.kind, Kind::Model(..) | Kind::Actor));
                match value(model, field, kept, text.as_deref()) {
                    Some(Value::Links(to)) => Some(to.into_iter().map(|id| (field, id.into())).collect()),
                    Some(value) if of_key => Some(vec![(field, RowKey::of(&value)?)]),
                    _ => None,
                }
            })
            .flatten()
    })
}

/// What the rows are called that earlier and present values point at, as far as the viewer may see them now.
pub(super) struct Names {
    of: BTreeMap<(usize, RowKey), String>,
    /// Fields of links whose every end the viewer sees: what has no name there is gone.
    whole: FieldSet,
}

impl Names {
    /// One statement, and none when nothing points anywhere.
    pub(super) async fn of(
        cx: &Cx<'_>,
        model: &'static Model,
        references: Vec<(usize, RowKey)>,
    ) -> Result<Self, Error> {
        let mut wanted: BTreeMap<usize, Vec<RowKey>> = BTreeMap::new();
        for (field, id) in references {
            let ids = wanted.entry(field).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let mut sources = Vec::new();
        for (field, ids) in wanted {
            let Some(of) = model.fields.get(field) else { continue };
            // A person is named by the address of mail wherever the field is seen, as on the row's own page.
            let source = if of.kind == Kind::Actor { Some(Source::People { only: None }) } else { Source::of(cx, of)? };
            sources.extend(source.map(|source| (field, ids, source)));
        }
        let queries: Vec<NamesQuery<'_>> =
            sources.iter().map(|(_, ids, source)| NamesQuery { from: source.from(), ids }).collect();
        let found = if queries.is_empty() { Vec::new() } else { cx.app.store.names(&queries).await? };
        let named = sources
            .iter()
            .zip(found)
            .flat_map(|((field, ..), named)| named.into_iter().map(|one| ((*field, one.id), one.label)));
        let view = terms_if_any(cx, Verb::View, model);
        let whole =
            model.many().filter(|(field, _)| view.as_ref().is_some_and(|view| view.sees_every_link(field.index)));
        let whole = whole.fold(FieldSet::NONE, |all, (field, _)| all.with(field.index));
        Ok(Self { of: named.collect(), whole })
    }

    /// A value in words; none: there is no value.
    pub(super) fn say(&self, cx: &Cx<'_>, field: &Field, value: &Value) -> Option<Text> {
        let label = match value {
            Value::Null => return None,
            Value::Links(to) => {
                let mut labels: Vec<String> = self.seen(field, to).map(|(_, label)| label.to_owned()).collect();
                labels.sort_unstable();
                match to.len() - labels.len() {
                    0 => {}
                    1 if self.whole.contains(field.index) => labels.push("1 that is gone".to_owned()),
                    gone if self.whole.contains(field.index) => labels.push(format!("{gone} that are gone")),
                    _ => {}
                }
                return (!labels.is_empty()).then(|| labels.join(", ").into());
            }
            value => {
                let key = RowKey::of(value).filter(|_| matches!(field.kind, Kind::Model(..) | Kind::Actor));
                key.and_then(|key| self.of.get(&(field.index, key))).map(|text| Label::Text(text.clone()))
            }
        };
        Some(shown::whole(cx, field, value, label.as_ref()).text)
    }

    /// Of these links those that the viewer may see, with what they lead to.
    fn seen<'n>(&'n self, field: &Field, to: &'n [i64]) -> impl Iterator<Item = (i64, &'n str)> + use<'n> {
        let field = field.index;
        to.iter().filter_map(move |id| Some((*id, self.of.get(&(field, RowKey::Number(*id)))?.as_str())))
    }

    /// A set of links without those that the viewer may not see.
    fn without_unseen(&self, field: &Field, value: Value) -> Value {
        match value {
            Value::Links(to) => Value::links(self.seen(field, &to).map(|(id, _)| id).collect()),
            value => value,
        }
    }

    fn change(&self, cx: &Cx<'_>, model: &'static Model, index: usize, kept: &Kept) -> Option<Change> {
        let field = model.fields.get(index)?;
        let say = |text: Option<&str>| -> Option<Text> {
            let text = text?;
            match value(model, index, kept, Some(text)) {
                Some(value) => self.say(cx, field, &value),
                None if kept.label == Sensitivity::Secret || field.kind == Kind::Secret => Some("set".into()),
                None => Some(text.to_owned().into()),
            }
        };
        let (before, after) = (say(kept.before.as_deref()), say(kept.after.as_deref()));
        // Only links changed that the viewer may not see: to them nothing did.
        let is_seen = field.links().is_none() || before != after;
        is_seen.then(|| Change { label: field.title.into(), before, after })
    }
}

/// Links as the row had them, as far as they lead anywhere today that the asker may see: the row in hand has no others
/// either, and no others can be made.
pub(crate) async fn seen_links(cx: &Cx<'_>, model: &'static Model, then: &mut Row) -> Result<(), Error> {
    let had = model.many().filter_map(|(field, _)| Some((field, then.get(field.index)?.clone())));
    let had: Vec<(&'static Field, Value)> = had.collect();
    let references = had.iter().flat_map(|(field, to)| to.linked().iter().map(|id| (field.index, RowKey::Number(*id))));
    let names = Names::of(cx, model, references.collect()).await?;
    for (field, to) in had {
        then.set(field.index, names.without_unseen(field, to));
    }
    Ok(())
}

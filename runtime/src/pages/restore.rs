//! An earlier version of a row brought back: shown first, field by field, and then done as an edit like any other,
//! within the same terms, checks and version. Fields that the asker may not edit are named and left; fields that they
//! may not see, now or as the row was then, are not mentioned.

use http::StatusCode;

use super::edit::{parents, to_row};
use super::edit_fields::changeable;
use super::history::{Names, Walk, fetch, seen_links, walk};
use super::keys::Keys;
use super::{frame, is_post, record_refusal, refuse_strange, row, show, terms};
use crate::audit::{Change, Entry, Event, EventId};
use crate::authorize::Terms;
use crate::context::{CSRF_FIELD, Cx};
use crate::error::{Error, FieldFault};
use crate::form;
use crate::key::RowKey;
use crate::panel::{Field, FieldSet, Kind, Model, Sensitivity, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::{ListedRow, Updated};
use crate::value::{Row, Value};
use crate::views::{Left, Link, RestorePage, Restored, Text};

pub(super) async fn page(cx: &Cx<'_>, model: &'static Model, id: RowKey, seq: i64) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let edit = terms(cx, Verb::Edit, model)?;
    let restoring = Restoring::read(cx, model, &view, &edit, id, seq).await?;
    if !is_post(cx) {
        return restoring.page(Vec::new(), false, StatusCode::OK).await;
    }
    let known = [form::VERSION, CSRF_FIELD];
    let strange: Vec<String> =
        cx.posted.iter().map(|(name, _)| name).filter(|name| !known.contains(name)).map(str::to_owned).collect();
    if !strange.is_empty() {
        return refuse_strange(cx, model, Some(id), &strange).await;
    }
    let version: i64 = cx
        .posted
        .get(form::VERSION)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Error::BadRequest("The form does not say which version it started from.".to_owned()))?;
    if version != restoring.found.row.version {
        return restoring.page(Vec::new(), true, StatusCode::CONFLICT).await;
    }
    let views = Keys::among(cx, model, view.fields_somewhere()).views();
    let values = restoring.differing.iter().map(|(field, then)| (field.index, then.clone())).collect();
    let saved = async {
        let mut write = cx.app.store.write(cx.context()).await?;
        match write.update(&edit, id, Some(version), values, parents(cx, &views)).await? {
            Updated::Changed(row, _) => {
                let event = Event::about_row(EventId::RowRestored, model, id);
                let entry = Change::fact("entry", Sensitivity::Internal, seq.to_string());
                let recorded = write.record(event.with(entry));
                write.commit(recorded).await?;
                Ok((row, "restored"))
            }
            Updated::Unchanged(row) => Ok((row, "unchanged")),
        }
    };
    match saved.await {
        Ok((row, done)) => Ok(to_row(cx, model, &row, false, done)),
        Err(Error::Stale(_)) => {
            let restoring = Restoring::read(cx, model, &view, &edit, id, seq).await?;
            restoring.page(Vec::new(), true, StatusCode::CONFLICT).await
        }
        Err(error) => {
            let status = error.status();
            let faults = match error {
                Error::Fields(faults) => faults,
                Error::Check(message) => vec![of_the_row(message.to_owned())],
                Error::Beyond(message) => {
                    record_refusal(cx, &message).await;
                    vec![of_the_row(message)]
                }
                other => return Err(other),
            };
            restoring.page(faults, false, status).await
        }
    }
}

/// A fault of no field.
fn of_the_row(message: String) -> FieldFault {
    FieldFault { field: usize::MAX, message }
}

struct Restoring<'a> {
    cx: &'a Cx<'a>,
    model: &'static Model,
    found: ListedRow,
    visible: FieldSet,
    entry: Entry,
    seq: i64,
    /// Fields that get back a value.
    differing: Vec<(&'static Field, Value)>,
    left: Vec<(&'static Field, &'static str)>,
}

impl<'a> Restoring<'a> {
    async fn read(
        cx: &'a Cx<'a>,
        model: &'static Model,
        view: &Terms,
        edit: &Terms,
        id: RowKey,
        seq: i64,
    ) -> Result<Self, Error> {
        let found = fetch(cx, view, Some(edit), id).await?;
        if !edit.covers(&found.row) {
            let model = model.title.to_lowercase();
            return Err(Error::Beyond(format!(
                "You may see this {model}, but your role may not change it as it is now."
            )));
        }
        let mut then: Option<(Entry, Row)> = None;
        walk(cx, model, found.row.clone(), |moment, _| {
            if moment.entry.seq != seq {
                return Walk::On;
            }
            then = Some((moment.entry, moment.after));
            Walk::Enough
        })
        .await?;
        let (entry, mut then) = then.ok_or(Error::NotFound)?;
        seen_links(cx, model, &mut then).await?;
        let visible = view.fields_of(&found.row);
        let told = visible.intersection(view.fields_of(&then));
        // As if there were no such version: it was made while the row was none of the asker's.
        if told.is_empty() {
            return Err(Error::NotFound);
        }
        let may = changeable(model).intersection(edit.fields_of(&found.row));
        let (mut differing, mut left) = (Vec::new(), Vec::new());
        for field in model.fields.iter().filter(|f| told.contains(f.index) && f.automatic.is_none()) {
            let now = found.row.get(field.index);
            match then.get(field.index) {
                Some(value) if Some(value) == now => {}
                None if now.is_none() => {}
                _ if !field.is_writable() => left.push((field, "it is written by the panel's actions only")),
                None => left.push((field, "what it held is not kept")),
                Some(_) if field.kind == Kind::Secret => left.push((field, "what it held is not kept")),
                Some(_) if !may.contains(field.index) => left.push((field, "your role may not edit it")),
                Some(value) => differing.push((field, value.clone())),
            }
        }
        Ok(Self { cx, model, found, visible, entry, seq, differing, left })
    }

    async fn page(&self, faults: Vec<FieldFault>, stale: bool, status: StatusCode) -> Result<Response, Error> {
        let (cx, model, id) = (self.cx, self.model, self.found.row.id);
        let now = |field: &Field| self.found.row.get(field.index);
        let references = self.differing.iter().flat_map(|(field, then)| {
            [now(field), Some(then)].into_iter().flatten().filter_map(|value| match (field.kind, value) {
                (Kind::Model(..) | Kind::Actor, value) => Some(vec![(field.index, RowKey::of(value)?)]),
                (_, Value::Links(to)) => Some(to.iter().map(|id| (field.index, RowKey::Number(*id))).collect()),
                _ => None,
            })
        });
        let references = references.flatten();
        let names = Names::of(cx, model, references.collect()).await?;
        let (at_fields, of_row): (Vec<FieldFault>, Vec<FieldFault>) =
            faults.into_iter().partition(|fault| self.differing.iter().any(|(field, _)| field.index == fault.field));
        let changes = self.differing.iter().map(|(field, then)| Restored {
            label: field.title.into(),
            now: now(field).and_then(|value| names.say(cx, field, value)),
            then: names.say(cx, field, then),
            error: at_fields.iter().find(|fault| fault.field == field.index).map(|fault| fault.message.clone().into()),
        });
        let name = row::name(model, &self.found.row, self.visible);
        let link = |page| Text::from(cx.link(&Route::Model(model, page)));
        let by = self.entry.actor.as_ref().map_or_else(String::new, |actor| format!(", by {}", actor.email));
        let view = RestorePage {
            action: link(Page::Restore(id, self.seq)),
            version: self.found.row.version,
            lead: format!("The version of {} UTC{by}", self.entry.at.format("%Y-%m-%d %H:%M:%S")).into(),
            changes: changes.collect(),
            left: self.left.iter().map(|(field, why)| Left { label: field.title.into(), why: (*why).into() }).collect(),
            errors: of_row
                .into_iter()
                .map(|fault| {
                    let field = model.fields.get(fault.field).filter(|field| self.visible.contains(field.index));
                    match field {
                        Some(field) => format!("{}: {}", field.title, fault.message).into(),
                        None if fault.field == usize::MAX => fault.message.into(),
                        None => "A field that is not open to you stands in the way.".into(),
                    }
                })
                .collect(),
            stale,
            cancel: link(Page::History(id)),
            frame: frame::frame(
                cx,
                format!("Restore {name}"),
                vec![
                    Link { label: model.plural.into(), href: link(Page::List) },
                    Link { label: name.into(), href: link(Page::Detail(id)) },
                    Link { label: "History".into(), href: link(Page::History(id)) },
                ],
            ),
        };
        Ok(show(&view)?.with_status(status))
    }
}

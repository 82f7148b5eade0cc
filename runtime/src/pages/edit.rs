//! New and edit: the form, and what happens to it when it comes back. Only fields within the asker's terms are offered,
//! anything else that comes back refuses the whole form, only what differs is written, and only onto the version that was
//! seen.

use http::StatusCode;

use super::edit_fields::{Controls, Draft, candidates, fillable, secrets};
use super::row::Keys;
use super::{frame, is_post, record_refusal, refuse_strange, row, show, stale, terms, terms_if_any};
use crate::audit::Context;
use crate::authorize::{Terms, authorize_framework};
use crate::constraint;
use crate::context::Cx;
use crate::error::Error;
use crate::form::{self, Posted};
use crate::panel::{FieldSet, Framework, Kind, Model, Verb};
use crate::password::Password;
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::{GetQuery, ListedRow, Parents, Updated};
use crate::value::{Row, Value};
use crate::views::{FormError, FormPage, Link, Stale, Then};

/// Longest secret, code points; the hasher takes no more.
const LONGEST_SECRET: u32 = 256;

/// Messages about the row as a whole; those about fields are in the draft.
type WholeRow = Vec<String>;

pub(super) async fn new(cx: &Cx<'_>, model: &'static Model) -> Result<Response, Error> {
    let create = terms(cx, Verb::Create, model)?;
    let offered = fillable(model).intersection(create.fields_somewhere());
    if !is_post(cx) {
        let draft = Draft::new(cx, model, offered);
        return new_form(cx, model, &draft, WholeRow::new(), StatusCode::OK).await;
    }
    let posted = match Posted::sort_out(model, offered, &cx.posted) {
        Ok(posted) => posted,
        Err(names) => return refuse_strange(cx, model, None, &names).await,
    };
    let mut draft = Draft::posted(model, offered, None, &posted);
    if posted.find {
        return new_form(cx, model, &draft, WholeRow::new(), StatusCode::OK).await;
    }
    let mut values = read(cx, model, &mut draft, &posted, None);
    values.extend(hash_secrets(cx, model, &mut draft, &posted, true).await?);
    if !draft.errors.is_empty() {
        return new_form(cx, model, &draft, WholeRow::new(), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let views = Keys::among(cx, model, offered).views();
    let parents = parents(cx, &views);
    let saved = async {
        let mut write = cx.app.store.write(Context::of(&cx.actor, cx.request_id)).await?;
        let inserted = write.insert(&create, values, parents).await?;
        write.commit(inserted.recorded).await?;
        Ok(inserted.row)
    };
    match saved.await {
        Ok(_) if posted.then == "another" => Ok(go(cx, &Route::Model(model, Page::New), "created")),
        Ok(row) => Ok(to_row(cx, model, &row, false, "created")),
        Err(error) => {
            let (whole, status) = at_fields(cx, error, &mut draft).await?;
            new_form(cx, model, &draft, whole, status).await
        }
    }
}

pub(super) async fn edit(cx: &Cx<'_>, model: &'static Model, id: i64) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let edit = terms(cx, Verb::Edit, model)?;
    let keys = Keys::among(cx, model, view.fields_somewhere());
    let found = fetch(cx, &view, &edit, &keys, id).await?;
    let editing = Editing::of(cx, model, &view, &edit, &keys, &found)?;
    if !is_post(cx) {
        let draft = Draft::stored(model, editing.offered, &found.row);
        return editing.form(draft, WholeRow::new(), None, StatusCode::OK).await;
    }
    let posted = match Posted::sort_out(model, editing.offered, &cx.posted) {
        Ok(posted) => posted,
        Err(names) => return refuse_strange(cx, model, Some(id), &names).await,
    };
    let version = posted
        .version
        .ok_or_else(|| Error::BadRequest("The form does not say which version it started from.".to_owned()))?;
    let mut draft = Draft::posted(model, editing.offered, Some(&found.row), &posted);
    if posted.find {
        return editing.form(draft, WholeRow::new(), None, StatusCode::OK).await;
    }
    if version != found.row.version {
        return editing.stale(draft, &posted).await;
    }
    let mut values = read(cx, model, &mut draft, &posted, Some(&found.row));
    values.extend(hash_secrets(cx, model, &mut draft, &posted, false).await?);
    if !draft.errors.is_empty() {
        return editing.form(draft, WholeRow::new(), None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let views = keys.views();
    let parents = parents(cx, &views);
    let saved = async {
        if values.is_empty() {
            return Ok((None, "unchanged"));
        }
        let mut write = cx.app.store.write(Context::of(&cx.actor, cx.request_id)).await?;
        match write.update(&edit, id, Some(version), values, parents).await? {
            Updated::Changed(row, recorded) => {
                write.commit(recorded).await?;
                Ok((Some(row), "saved"))
            }
            Updated::Unchanged(row) => Ok((Some(row), "unchanged")),
        }
    };
    match saved.await {
        Ok((row, done)) => Ok(to_row(cx, model, row.as_ref().unwrap_or(&found.row), posted.then == "stay", done)),
        Err(Error::Stale(_)) => {
            // Somebody was faster between reading and writing; the newest row is shown as any other.
            let found = fetch(cx, &view, &edit, &keys, id).await?;
            let editing = Editing::of(cx, model, &view, &edit, &keys, &found)?;
            editing.stale(draft, &posted).await
        }
        Err(error) => {
            let (whole, status) = at_fields(cx, error, &mut draft).await?;
            editing.form(draft, whole, None, status).await
        }
    }
}

pub(super) fn parents<'a>(cx: &Cx<'_>, views: &'a [Terms]) -> Parents<'a> {
    let people = authorize_framework(cx.panel(), &cx.actor, Verb::View, Framework::People).is_ok();
    Parents::Within { views, people }
}

async fn fetch(cx: &Cx<'_>, view: &Terms, edit: &Terms, keys: &Keys, id: i64) -> Result<ListedRow, Error> {
    let query =
        GetQuery { terms: view, id, columns: view.fields_somewhere().union(edit.reads()), labels: &keys.labels() };
    cx.app.store.get(&query).await?.ok_or(Error::NotFound)
}

/// What the posted texts mean, for the fields whose text differs from what the form showed; errors go into the draft.
fn read(
    cx: &Cx<'_>,
    model: &'static Model,
    draft: &mut Draft,
    posted: &Posted,
    stored: Option<&Row>,
) -> Vec<(usize, Value)> {
    let mut values = Vec::new();
    let offered = draft.offered;
    for field in model.fields.iter().filter(|field| offered.contains(field.index)) {
        let Some(text) = posted.text(field.index).filter(|_| field.kind != Kind::Secret) else { continue };
        let before = stored.and_then(|row| row.get(field.index));
        // A form holds less than a value can (a browser has no microseconds): an untouched text changes nothing.
        if before.is_some_and(|value| form::spell(field, value) == text) {
            continue;
        }
        let value = form::read(field, text)
            .and_then(|value| constraint::violation(cx.panel(), field, &value, cx.now).map_or(Ok(value), Err));
        match value {
            Ok(value) => values.push((field.index, value)),
            Err(why) => draft.errors.push((field.index, why)),
        }
    }
    values
}

/// Hashes of the secrets that were typed; an empty control leaves a secret as it is. Hashing costs, so nothing is hashed
/// for a form that comes back anyway.
async fn hash_secrets(
    cx: &Cx<'_>,
    model: &'static Model,
    draft: &mut Draft,
    posted: &Posted,
    is_new: bool,
) -> Result<Vec<(usize, Value)>, Error> {
    let offered = draft.offered.intersection(secrets(model));
    let mut typed = Vec::new();
    for field in model.fields.iter().filter(|field| offered.contains(field.index)) {
        let text = posted.text(field.index).unwrap_or_default();
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let (min, max) = (field.min_len.unwrap_or(1), field.max_len.unwrap_or(LONGEST_SECRET).min(LONGEST_SECRET));
        if text.is_empty() {
            if is_new && !field.optional {
                draft.errors.push((field.index, "This is needed.".to_owned()));
            }
        } else if length < min || length > max {
            draft.errors.push((field.index, format!("{min} to {max} characters; this has {length}.")));
        } else {
            typed.push((field.index, Password::typed(text)));
        }
    }
    if !draft.errors.is_empty() {
        return Ok(Vec::new());
    }
    let mut hashes = Vec::with_capacity(typed.len());
    for (field, secret) in typed {
        let busy = |_| Error::Unavailable("no place to hash a secret".to_owned());
        let place = cx.app.hasher.place().map_err(busy)?;
        hashes.push((field, Value::SecretHash(cx.app.hasher.hash(place, secret).await?)));
    }
    Ok(hashes)
}

/// Puts a refusal of the store where it belongs in the form; any other error goes on. Reaching beyond one's rows is
/// recorded like any other refusal, although the form comes back.
async fn at_fields(cx: &Cx<'_>, error: Error, draft: &mut Draft) -> Result<(WholeRow, StatusCode), Error> {
    let status = error.status();
    match error {
        Error::Fields(faults) => {
            draft.errors.extend(faults.into_iter().map(|fault| (fault.field, fault.message)));
            Ok((WholeRow::new(), status))
        }
        Error::Check(message) => Ok((vec![message.to_owned()], status)),
        Error::Beyond(message) => {
            record_refusal(cx, &message).await;
            Ok((vec![message], status))
        }
        other => Err(other),
    }
}

fn errors(model: &'static Model, draft: &Draft, whole: WholeRow) -> Vec<FormError> {
    let of_row = whole.into_iter().map(|text| FormError { id: "".into(), label: "".into(), text: text.into() });
    let of_fields = draft.errors.iter().filter_map(|(index, text)| {
        let field = model.fields.get(*index)?;
        // A field that the viewer has no control for has no place to lead to either.
        let offered = draft.offered.contains(*index);
        Some(FormError {
            id: if offered { format!("f-{}", field.name) } else { String::new() }.into(),
            label: if offered { field.title } else { "" }.into(),
            text: if offered { text.clone() } else { "A field that is not open to you is missing.".to_owned() }.into(),
        })
    });
    of_row.chain(of_fields).collect()
}

fn go(cx: &Cx<'_>, route: &Route<'_>, done: &str) -> Response {
    Response::see_other(&format!("{}?{}={done}", cx.link(route), frame::DONE))
}

/// To the row's page; to the list when the row has left what this person sees.
pub(super) fn to_row(cx: &Cx<'_>, model: &'static Model, row: &Row, stay: bool, done: &str) -> Response {
    let seen = terms_if_any(cx, Verb::View, model).is_some_and(|view| view.covers(row));
    let page = match (seen, stay) {
        (true, true) => Page::Edit(row.id),
        (true, false) => Page::Detail(row.id),
        (false, _) => Page::List,
    };
    go(cx, &Route::Model(model, page), done)
}

async fn new_form(
    cx: &Cx<'_>,
    model: &'static Model,
    draft: &Draft,
    whole: WholeRow,
    status: StatusCode,
) -> Result<Response, Error> {
    let candidates = candidates(cx, model, draft).await?;
    let controls = Controls { cx, model, draft, candidates: &candidates, stored: None };
    let list = cx.link(&Route::Model(model, Page::List));
    let title = format!("New {}", model.title.to_lowercase());
    let view = FormPage {
        frame: frame::frame(cx, title, vec![Link { label: model.plural.into(), href: list.clone().into() }]),
        action: cx.link(&Route::Model(model, Page::New)).into(),
        version: None,
        sections: controls.sections(),
        errors: errors(model, draft, whole),
        stale: None,
        then: Then { value: "another", label: "Save and add another".into() },
        cancel: list.into(),
        delete: None,
    };
    Ok(show(&view)?.with_status(status))
}

/// A row under the asker's pen.
struct Editing<'a> {
    cx: &'a Cx<'a>,
    model: &'static Model,
    found: &'a ListedRow,
    visible: FieldSet,
    offered: FieldSet,
    keys: &'a Keys,
}

impl<'a> Editing<'a> {
    fn of(
        cx: &'a Cx<'a>,
        model: &'static Model,
        view: &Terms,
        edit: &Terms,
        keys: &'a Keys,
        found: &'a ListedRow,
    ) -> Result<Self, Error> {
        if !edit.covers(&found.row) {
            let model = model.title.to_lowercase();
            return Err(Error::Beyond(format!(
                "You may see this {model}, but your role may not change it as it is now."
            )));
        }
        let visible = view.fields_of(&found.row);
        // A field that can't be seen can't be filled in either: the form would have to show what stands in it.
        let shown_or_secret = visible.union(secrets(model));
        let offered = fillable(model).intersection(edit.fields_of(&found.row)).intersection(shown_or_secret);
        Ok(Self { cx, model, found, visible, offered, keys })
    }

    async fn stale(&self, mut draft: Draft, posted: &Posted) -> Result<Response, Error> {
        draft.errors.clear();
        let differences = stale::merge(self.model, &mut draft, posted, &self.found.row);
        self.form(draft, WholeRow::new(), Some(differences), StatusCode::CONFLICT).await
    }

    async fn form(
        &self,
        draft: Draft,
        whole: WholeRow,
        late: Option<Vec<stale::Difference>>,
        status: StatusCode,
    ) -> Result<Response, Error> {
        let (cx, model, id) = (self.cx, self.model, self.found.row.id);
        let candidates = candidates(cx, model, &draft).await?;
        let controls = Controls {
            cx,
            model,
            draft: &draft,
            candidates: &candidates,
            stored: Some((self.found, self.visible, self.keys)),
        };
        let name = row::name(model, &self.found.row, self.visible);
        let stale: Option<Stale> = late.map(|differences| stale::view(&controls, &name, &differences));
        let link = |page| cx.link(&Route::Model(model, page));
        let may_delete = terms_if_any(cx, Verb::Delete, model).is_some_and(|terms| terms.covers(&self.found.row));
        let view = FormPage {
            frame: frame::frame(cx, name, vec![Link { label: model.plural.into(), href: link(Page::List).into() }]),
            action: link(Page::Edit(id)).into(),
            version: Some(self.found.row.version),
            sections: controls.sections(),
            errors: errors(model, &draft, whole),
            stale,
            then: Then { value: "stay", label: "Save and go on".into() },
            cancel: link(Page::Detail(id)).into(),
            delete: may_delete.then(|| link(Page::Delete(id)).into()),
        };
        Ok(show(&view)?.with_status(status))
    }
}

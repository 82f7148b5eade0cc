//! New rows and changes: the same fields, readers, checks and transactions as those of a form. What lies outside of what
//! this person may write refuses the whole, by name.

use http::{HeaderValue, StatusCode, header};
use serde_json::Map;

use super::given::{self, Object};
use super::{conflict, problem, rows};
use crate::context::Cx;
use crate::error::Error;
use crate::form::Posted as Texts;
use crate::intake::Posted;
use crate::key::RowKey;
use crate::pages::edit::{fetch, open_fields, parents};
use crate::pages::edit_fields::{Draft, fillable};
use crate::pages::edit_values::{hash_secrets, read};
use crate::pages::keys::Keys;
use crate::pages::{record_strange, terms, terms_if_any};
use crate::panel::{FieldSet, Model, Verb};
use crate::response::Response;
use crate::route::{ApiPage, Page, Route};
use crate::store::{Updated, proved};
use crate::value::{Row, Value};

/// POST to a list.
pub(super) async fn create(cx: &Cx<'_>, model: &'static Model, posted: &mut Posted) -> Result<Response, Error> {
    let create = terms(cx, Verb::Create, model)?;
    proved(&create)?;
    let offered = fillable(model).intersection(create.fields_somewhere());
    let (body, _place) = posted.json(cx.app, &cx.actor, Route::Model(model, Page::New)).await?;
    let object = Object::parse(&body)?;
    let values = match values(cx, model, &object, offered, None).await? {
        Ok(values) => values,
        Err(refused) => return Ok(refused),
    };
    let views = Keys::among(cx, model, offered).views();
    let mut write = cx.app.store.write(cx.context()).await?;
    let inserted = write.insert(&create, values, parents(cx, &views)).await?;
    write.commit(inserted.recorded).await?;
    let (id, version) = (inserted.row.id, inserted.row.version);
    let view = terms_if_any(cx, Verb::View, model);
    let answer = rows::saved(cx, view.as_ref(), (id, version), StatusCode::CREATED).await?;
    let place = ApiPage::Row(model, id);
    Ok(match HeaderValue::from_str(&cx.link(&Route::Api(place))) {
        Ok(spelled) if place.is_asked_for() => answer.with_header(header::LOCATION, spelled),
        _ => answer,
    })
}

/// PATCH of a row: only what is named changes, and only onto the version that was seen.
pub(super) async fn change(
    cx: &Cx<'_>,
    model: &'static Model,
    id: RowKey,
    posted: &mut Posted,
) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let edit = terms(cx, Verb::Edit, model)?;
    proved(&edit)?;
    let keys = Keys::among(cx, model, view.fields_somewhere());
    let found = fetch(cx, &view, &edit, &keys, id).await?;
    let (visible, offered) = open_fields(&view, &edit, &found.row)?;
    let (body, _place) = posted.json(cx.app, &cx.actor, Route::Model(model, Page::Edit(id))).await?;
    let mut object = Object::parse(&body)?;
    let Some(version) = object.version(given::version_of(cx)?)? else { return Ok(unversioned()) };
    // Also of what can't be read: what the row holds by now is the better answer.
    let late = async |now: &Row, visible: FieldSet| conflict::tell(cx, &view, (now, visible), version, &object).await;
    let is_strange = !object.texts(model, offered).strange.is_empty();
    if version != found.row.version && !is_strange {
        return late(&found.row, visible).await;
    }
    let values = match values(cx, model, &object, offered, Some(&found.row)).await? {
        Ok(values) => values,
        Err(refused) => return Ok(refused),
    };
    let views = keys.views();
    let saved = async {
        let mut write = cx.app.store.write(cx.context()).await?;
        match write.update(&edit, id, Some(version), values, parents(cx, &views)).await? {
            Updated::Changed(row, recorded) => write.commit(recorded).await.map(|()| row.version),
            Updated::Unchanged(row) => write.roll_back().await.map(|()| row.version),
        }
    };
    match saved.await {
        Ok(version) => rows::saved(cx, Some(&view), (id, version), StatusCode::OK).await,
        Err(Error::Stale(_)) => {
            // Somebody was faster between reading and writing.
            let found = fetch(cx, &view, &edit, &keys, id).await?;
            let visible = view.fields_of(&found.row);
            late(&found.row, visible).await
        }
        Err(other) => Err(other),
    }
}

/// What was sent as values, or the refusal of it.
async fn values(
    cx: &Cx<'_>,
    model: &'static Model,
    object: &Object<'_>,
    offered: FieldSet,
    stored: Option<&Row>,
) -> Result<Result<Vec<(usize, Value)>, Response>, Error> {
    let given = object.texts(model, offered);
    if !given.strange.is_empty() {
        record_strange(cx, model, stored.map(|row| row.id), &given.strange).await?;
        // Not there, not to be seen and not to be written: the same words for all three.
        let no = |name: &String| (given::told(name), "This is no field that you may write here.".to_owned());
        return Ok(Err(problem::at_fields(given.strange.iter().map(no))));
    }
    let posted = Texts::of(given.texts);
    let mut draft = Draft::posted(model, offered, stored, &posted);
    draft.errors.extend(given.errors);
    let mut values = read(cx, model, &mut draft, &posted, stored);
    if draft.errors.is_empty() {
        values.extend(hash_secrets(cx, model, &mut draft, &posted, stored.is_none()).await?);
    }
    if draft.errors.is_empty() {
        return Ok(Ok(values));
    }
    let named = |(field, text): (usize, String)| Some((model.fields.get(field)?.name.to_owned(), text));
    Ok(Err(problem::at_fields(draft.errors.into_iter().filter_map(named))))
}

/// Nobody changes what they have not seen.
pub(super) fn unversioned() -> Response {
    let text = "Say which version of the row you saw: its `version`, or `If-Match` with the `ETag` that came with it.";
    problem::response(StatusCode::PRECONDITION_REQUIRED, text, Map::new())
}

//! The pages behind the sign-in, one file a screen. Each asks authorize.rs for terms before it asks the store for rows,
//! and puts into its view only what those terms let through. Nothing here looks at a cookie for authority or at a raw
//! body.

pub(crate) mod account;
pub(crate) mod act;
mod again;
mod audit;
mod bulk;
mod delete;
mod detail;
pub(crate) mod edit;
pub(crate) mod edit_fields;
pub(crate) mod edit_values;
mod export;
pub(crate) mod factor;
pub(crate) mod first;
mod frame;
mod groups;
pub(crate) mod history;
mod home;
mod import;
mod inlines;
pub(crate) mod keys;
mod list;
mod loans;
pub(crate) mod login;
pub(crate) mod passkey;
mod people;
mod person_attributes;
mod picker;
mod policy;
pub(crate) mod prove;
pub(crate) mod recovery;
mod refusal;
mod restore;
mod row;
mod shown;
mod stale;
#[cfg(test)]
mod tests;
pub(crate) mod words;
mod work;

use http::{Method, StatusCode};

use crate::audit::{Change, Event, EventId};
use crate::authorize::{Terms, authorize};
use crate::context::Cx;
use crate::error::Error;
use crate::key::RowKey;
use crate::page;
use crate::panel::{Model, Sensitivity, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::proved;

pub(crate) use again::keeps;
pub(crate) use frame::door;
pub(crate) use refusal::{
    away as refusal_away, forged, inside as refusal_inside, left as refusal_left, older as refusal_older,
    outside as refusal_outside, refuse,
};

/// The page that a signed-in person asked for. Pages around the sign-in and actions are answered elsewhere.
pub(crate) async fn answer(cx: &Cx<'_>) -> Result<Response, Error> {
    match cx.route {
        Route::Home => home::page(cx).await,
        Route::Audit => audit::page(cx).await,
        Route::AuditExport => audit::export::page(cx).await,
        Route::Policy => policy::page(cx).await,
        Route::People(page) => people::page(cx, page).await,
        Route::Work(page) => work::page(cx, page).await,
        Route::Model(model, page) => match page {
            Page::List => list::page(cx, model).await,
            Page::New => edit::new(cx, model).await,
            Page::Export => export::page(cx, model).await,
            Page::Import => import::page(cx, model).await,
            Page::Template => import::template(cx, model),
            Page::Upload(id) => import::columns(cx, model, id).await,
            Page::Bulk => bulk::page(cx, model).await,
            Page::Detail(id) => detail::page(cx, model, id).await,
            Page::Edit(id) => edit::edit(cx, model, id).await,
            Page::Delete(id) => delete::page(cx, model, id).await,
            Page::History(id) => history::page(cx, model, id).await,
            Page::Restore(id, seq) => restore::page(cx, model, id, seq).await,
            Page::Pick(field) => picker::answer(cx, model, field).await,
            Page::Act(..) => Err(Error::NotFound),
        },
        Route::Static(file) => static_file(cx, file),
        Route::SignIn
        | Route::SignOut
        | Route::First
        | Route::Join
        | Route::Recovery
        | Route::Factor(_)
        | Route::Api(_)
        | Route::Account(_) => Err(Error::NotFound),
    }
}

/// A static file, for anybody: it holds nothing but the look.
pub(crate) fn static_file<Who>(cx: &Cx<'_, Who>, file: &str) -> Result<Response, Error> {
    let asset = cx.app.assets.find(file).ok_or(Error::NotFound)?;
    Ok(Response::immutable(asset.content_type, asset.bytes.clone()))
}

/// A rendered page with status 200.
pub(crate) fn show<P: page::Page>(view: &P) -> Result<Response, Error> {
    let html = page::render(view).map_err(|fault| Error::Bug(format!("template {}: {fault:#}", P::TEMPLATE)))?;
    Ok(Response::new("text/html; charset=utf-8", html))
}

fn is_post(cx: &Cx<'_>) -> bool {
    cx.method == Method::POST
}

/// The terms of the asker, or the refusal.
pub(crate) fn terms(cx: &Cx<'_>, verb: Verb, model: &'static Model) -> Result<Terms, Error> {
    let terms = authorize(cx.panel(), &cx.actor, verb, model).granted()?;
    // What changes rows is shown first; the store asks for the proof when it is done.
    if verb == Verb::View {
        proved(&terms)?;
    }
    Ok(terms)
}

/// The terms of the asker, if there are any.
pub(crate) fn terms_if_any(cx: &Cx<'_>, verb: Verb, model: &'static Model) -> Option<Terms> {
    let terms = authorize(cx.panel(), &cx.actor, verb, model).granted().ok()?;
    (verb != Verb::View || proved(&terms).is_ok()).then_some(terms)
}

/// The model that a foreign key points at.
fn target(cx: &Cx<'_>, index: usize) -> Result<&'static Model, Error> {
    cx.panel().models.get(index).ok_or_else(|| Error::Bug(format!("no model {index}")))
}

/// A no to somebody who is signed in, in the audit log: the right that is missing, and the page. The answer is a no in
/// any case, so that a log that can't be written is told to whoever runs the panel, not to the visitor.
pub(crate) async fn record_refusal(cx: &Cx<'_>, right: &str) {
    let event = match cx.route {
        Route::Model(model, page) => {
            let row = match page {
                Page::Detail(id)
                | Page::Edit(id)
                | Page::Delete(id)
                | Page::History(id)
                | Page::Restore(id, _)
                | Page::Act(id, _) => Some(id),
                Page::List
                | Page::New
                | Page::Export
                | Page::Import
                | Page::Template
                | Page::Upload(_)
                | Page::Bulk
                | Page::Pick(_) => None,
            };
            Event::about_row(EventId::RightRefused, model, row)
        }
        Route::Api(page) => match page.about() {
            Some((model, row)) => Event::about_row(EventId::RightRefused, model, row),
            None => Event::plain(EventId::RightRefused),
        },
        _ => Event::plain(EventId::RightRefused),
    };
    let event = event.with(Change::fact("right", Sensitivity::Internal, right)).with(Change::fact(
        "page",
        Sensitivity::Internal,
        format!("{} {}", cx.method, cx.route),
    ));
    if let Err(error) = cx.app.store.record(cx.context(), event).await {
        tracing::error!(%error, "a refusal was not recorded");
    }
}

/// A form held names that its page never offered: recorded, refused, and nothing of it used.
async fn refuse_strange(cx: &Cx<'_>, model: &Model, row: Option<RowKey>, names: &[String]) -> Result<Response, Error> {
    record_strange(cx, model, row, names).await?;
    refusal::with(
        cx,
        StatusCode::UNPROCESSABLE_ENTITY,
        "This form can't be saved",
        "It holds fields that are not open to you, or that it did not offer. Nothing of it was saved, and it was recorded."
            .into(),
    )
}

/// Keeps the names that somebody sent without having been offered them.
pub(crate) async fn record_strange(
    cx: &Cx<'_>,
    model: &Model,
    row: Option<RowKey>,
    names: &[String],
) -> Result<(), Error> {
    // The names are a visitor's word: cut short, and few of them.
    let told: Vec<String> = names
        .iter()
        .take(8)
        .map(|name| name.chars().filter(|c| !c.is_control()).take(40).collect::<String>())
        .collect();
    let event = Event::about_row(EventId::FormRefused, model, row).with(Change::fact(
        "fields",
        Sensitivity::Internal,
        told.join(", "),
    ));
    cx.app.store.record(cx.context(), event).await
}

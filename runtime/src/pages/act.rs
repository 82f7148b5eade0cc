//! Declared actions: authorize.rs is asked, then the body that the user wrote runs, in one transaction with its event.

use http::{Method, header};

use super::terms_if_any;
use crate::action::{self, ActionResult};
use crate::authorize::{Terms, authorize, verb_in_words};
use crate::context::Cx;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{Model, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::session::Jar;
use crate::store::GetQuery;

/// POST: runs it, and goes back to the row. GET: to the row, where the button is.
pub(crate) async fn run(cx: &Cx<'_>, model: &'static Model, id: RowKey, action: usize) -> Result<Response, Error> {
    let row = cx.link(&Route::Model(model, Page::Detail(id)));
    if cx.method != Method::POST {
        return Ok(Response::see_other(&row));
    }
    let version = match cx.posted.get("bw.version") {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|_| Error::BadRequest("The version of the row is no number.".into()))?),
    };
    let done = perform(cx, model, id, action, version).await?;
    Ok(Response::see_other(&format!("{row}?done=acted"))
        .with_header(header::SET_COOKIE, Jar::Said.say(&done.message, &cx.app.settings.public_url)))
}

/// Asks for the right and runs the body. `version` is the one that the person saw; none: whichever it is.
pub(crate) async fn perform(
    cx: &Cx<'_>,
    model: &'static Model,
    id: RowKey,
    action: usize,
    version: Option<i64>,
) -> ActionResult {
    let terms = authorize(cx.panel(), &cx.actor, Verb::Act(action), model).granted()?;
    let context = cx.context();
    match action::perform(&cx.app.store, cx.app.actions, context, &cx.actor, terms.clone(), id, version).await {
        Err(Error::NotFound) => Err(why_not(cx, &terms, id).await?),
        other => other,
    }
}

/// A row that the person sees, but may not do this with, is told as a no, so that the try is recorded: approving what
/// one wrote oneself is what an auditor looks for. Any other row is not there.
async fn why_not(cx: &Cx<'_>, terms: &Terms, id: RowKey) -> Result<Error, Error> {
    let model = terms.model();
    let Some(view) = terms_if_any(cx, Verb::View, model) else { return Ok(Error::NotFound) };
    let query = GetQuery { terms: &view, id, columns: terms.reads(), labels: &[] };
    Ok(match cx.app.store.get(&query).await? {
        Some(found) if !terms.covers(&found.row) => Error::Beyond(format!(
            "You may see this {}, but your role may not {} it as it is now.",
            model.title.to_lowercase(),
            verb_in_words(model, terms.verb()),
        )),
        _ => Error::NotFound,
    })
}

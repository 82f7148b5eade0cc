//! Declared actions: authorize.rs is asked, then the body that the user wrote runs, in one transaction with its event.

use http::{Method, header};

use crate::action;
use crate::audit::Context;
use crate::authorize::authorize;
use crate::context::Cx;
use crate::error::Error;
use crate::panel::{Model, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::session::Jar;

/// POST: runs it, and goes back to the row. GET: to the row, where the button is.
pub(crate) async fn run(cx: &Cx<'_>, model: &'static Model, id: i64, action: usize) -> Result<Response, Error> {
    let row = cx.link(&Route::Model(model, Page::Detail(id)));
    if cx.method != Method::POST {
        return Ok(Response::see_other(&row));
    }
    let terms = authorize(cx.panel(), &cx.actor, Verb::Act(action), model).granted()?;
    let version = match cx.posted.get("bw.version") {
        None | Some("") => None,
        Some(text) => Some(text.parse().map_err(|_| Error::BadRequest("The version of the row is no number.".into()))?),
    };
    let context = Context::of(&cx.actor, cx.request_id);
    let done = action::perform(&cx.app.store, cx.app.actions, context, &cx.actor, terms, id, version).await?;
    Ok(Response::see_other(&format!("{row}?done=acted"))
        .with_header(header::SET_COOKIE, Jar::Said.say(&done.message, &cx.app.settings.public_url)))
}

//! "Forgotten your password?": the answer is the same page for every address. A panel that offers no link by mail has
//! no such page.

use http::Method;

use crate::context::{Cx, Nobody};
use crate::error::Error;
use crate::mail::words::span;
use crate::pages::{door, show};
use crate::recovery;
use crate::response::Response;
use crate::route::Route;
use crate::views::RecoveryPage;

/// GET: the form. POST: one request.
pub(crate) async fn page(cx: &Cx<'_, Nobody>) -> Result<Response, Error> {
    let panel = cx.panel();
    if !recovery::is_offered(panel) {
        return Err(Error::NotFound);
    }
    let asked = cx.method == Method::POST;
    if asked {
        recovery::ask(cx, cx.posted.get("email").unwrap_or_default()).await?;
    }
    show(&RecoveryPage {
        frame: door(cx, if asked { "Look into your mail" } else { "Forgotten password" }),
        action: cx.link(&Route::Recovery).into(),
        sign_in: cx.link(&Route::SignIn).into(),
        asked,
        good_for: span(panel.recovery.by_email.unwrap_or_default()).into(),
    })
}

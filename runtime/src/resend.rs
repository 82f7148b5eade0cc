//! Forms that came when nobody could say who sends them, or when their session was over: what was typed goes back to its
//! sender with the answer, and is taken later from the same person, in the same browser, within a short time. It grants
//! nothing: whoever sends a form again has their own session and its rights.

use http::header;

use crate::authorize::Actor;
use crate::context::{CSRF_FIELD, Cx, Nobody};
use crate::error::Error;
use crate::forgery;
use crate::intake::{Posted, Sender};
use crate::pages;
use crate::response::Response;
use crate::session::Jar;
use crate::token::Token;

/// While the database is away nobody knows whose session it is. That a form is of the session that the browser holds can
/// be told without it, and then it goes back into the page. The error where there is none to give back.
pub(crate) async fn while_away(cx: &mut Cx<'_, Nobody>, posted: &mut Posted, error: Error) -> Result<Response, Error> {
    if !error.may_pass() || !pages::keeps(cx.route) || matches!(posted, Posted::Nothing | Posted::File(_)) {
        return Err(error);
    }
    let Some(token) = Jar::Session.read(cx.headers, &cx.app.settings.public_url) else { return Err(error) };
    // As much as of anybody: the token may be made up.
    if !take_of(cx, posted, Sender::Anybody, &token).await? {
        return Err(error);
    }
    tracing::error!(%error);
    pages::refusal_away(cx, &error)
}

/// A form of a session that is over. `ended`: it just turned out to be, and this is its token. None: the form is of none, or
/// its page holds nothing that was typed.
pub(crate) async fn without_session(
    cx: &mut Cx<'_, Nobody>,
    posted: &mut Posted,
    ended: Option<Token>,
) -> Result<Option<Response>, Error> {
    if !pages::keeps(cx.route) || matches!(posted, Posted::Nothing | Posted::File(_)) {
        return Ok(None);
    }
    let is_new = ended.is_some();
    let public_url = &cx.app.settings.public_url;
    let Some(token) = ended.or_else(|| Jar::Left.read(cx.headers, public_url)) else { return Ok(None) };
    // Sent again before the sign-in. Only what was a session is worth the reading.
    if !is_new && cx.app.store.session(&token.hash(), cx.now).await?.is_none() {
        return Ok(None);
    }
    if !take_of(cx, posted, Sender::Left, &token).await? {
        return Ok(None);
    }
    cx.turn = cx.app.turns.next().await;
    let answer = pages::refusal_left(cx)?;
    Ok(Some(if is_new { answer.with_header(header::SET_COOKIE, Jar::Left.set(&token, public_url)) } else { answer }))
}

/// Of somebody who is on their way back in, and sends their form before they are through: its page once more.
pub(crate) fn too_early<Who>(cx: &mut Cx<'_, Who>, carried: Option<String>) -> Option<Result<Response, Error>> {
    let token = Jar::Left.read(cx.headers, &cx.app.settings.public_url)?;
    if !pages::keeps(cx.route) || forgery::check_token(&token, carried.as_deref()).is_err() {
        return None;
    }
    cx.csrf = carried.unwrap_or_default();
    Some(pages::refusal_left(cx))
}

/// Whether this form is of a session of the same person that is over, and of this browser.
pub(crate) async fn is_of_before(cx: &Cx<'_, Nobody>, actor: &Actor, carried: Option<&str>) -> Result<bool, Error> {
    let Some(token) = Jar::Left.read(cx.headers, &cx.app.settings.public_url) else { return Ok(false) };
    if !pages::keeps(cx.route) || forgery::check_token(&token, carried).is_err() {
        return Ok(false);
    }
    let session = cx.app.store.session(&token.hash(), cx.now).await?;
    Ok(session.is_some_and(|session| session.revoked && session.person == actor.asker.person))
}

/// Reads the form into the request; whether it is of the session of this token.
async fn take_of(
    cx: &mut Cx<'_, Nobody>,
    posted: &mut Posted,
    sender: Sender<'_>,
    token: &Token,
) -> Result<bool, Error> {
    let (fields, _) = posted.form(cx.app, sender).await?;
    let carried = fields.get(CSRF_FIELD).map(str::to_owned);
    if forgery::check_token(token, carried.as_deref()).is_err() {
        return Ok(false);
    }
    cx.csrf = carried.unwrap_or_default();
    cx.posted = fields.without(CSRF_FIELD);
    Ok(true)
}

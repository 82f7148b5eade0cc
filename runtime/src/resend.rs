//! Forms that came when nobody could say who sends them, when their session was over, or when it had got another token
//! by a proof in another tab: what was typed goes back to its sender with the answer, and is taken when they send it
//! again, from the same person, in the same browser. It grants nothing: whoever sends a form again has their own
//! session and its rights.
//!
//! ```text
//!  of the session's token ───────────────────────────────▶ carried out
//!  of an older token of it (known by its mark) ──────────▶ comes back with the new one
//!  of a session that is over, told so to its browser less
//!  than a quarter of an hour ago: the same person ───────▶ carried out, once
//!                                 nobody is signed in yet ▶ comes back
//!  anything else ────────────────────────────────────────▶ not believed
//! ```

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

/// A session that turned out to be over with this request.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    pub(crate) token: Token,
    pub(crate) session: i64,
}

/// What a form of somebody who is signed in is, that does not carry the token of their session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Older {
    /// Of a session of theirs that is over, sent again: to be carried out.
    SentAgain,
    /// Of an older token of a session of theirs: to be given back.
    ComesBack,
    /// Neither.
    Unknown,
}

/// While the database is away nobody knows whose session it is. That a form is of the session that the browser holds
/// can be told without it, and then it goes back into the page. The error where there is none to give back.
pub(crate) async fn while_away(cx: &mut Cx<'_, Nobody>, posted: &mut Posted, error: Error) -> Result<Response, Error> {
    if !error.may_pass() || !pages::keeps(cx.route) || matches!(posted, Posted::Nothing | Posted::File(_)) {
        return Err(error);
    }
    let Some(token) = Jar::Session.read(cx.headers, &cx.app.settings.public_url) else { return Err(error) };
    // As much as of anybody: the token may be made up.
    let carried = read(cx, posted, Sender::Anybody).await?;
    if forgery::check_token(&token, Some(&carried)).is_err() {
        return Err(error);
    }
    tracing::error!(%error);
    pages::refusal_away(cx, &error)
}

/// A form of a session that is over. None: the form is of none, or its page holds nothing that was typed.
pub(crate) async fn without_session(
    cx: &mut Cx<'_, Nobody>,
    posted: &mut Posted,
    ended: Option<Ended>,
) -> Result<Option<Response>, Error> {
    if !pages::keeps(cx.route) || matches!(posted, Posted::Nothing | Posted::File(_)) {
        return Ok(None);
    }
    let is_new = ended.is_some();
    // Sent again before the sign-in. Only what was a session is worth the reading.
    let Some(ended) = (match ended {
        Some(ended) => Some(ended),
        None => left(cx).await?.map(|(ended, _)| ended),
    }) else {
        return Ok(None);
    };
    let carried = read(cx, posted, Sender::Left).await?;
    if forgery::check_token(&ended.token, Some(&carried)).is_err() && !has_mark_of(cx, ended.session, &carried).await? {
        return Ok(None);
    }
    cx.turn = cx.app.turns.next().await;
    let answer = pages::refusal_left(cx)?;
    if !is_new {
        return Ok(Some(answer));
    }
    let left = cx.app.store.marks().await?.left(&ended.token, cx.now);
    Ok(Some(answer.with_header(header::SET_COOKIE, Jar::Left.leave(&left, &cx.app.settings.public_url))))
}

/// Of somebody who is on their way back in, and sends their form before they are through: its page once more.
pub(crate) async fn too_early<Who>(cx: &mut Cx<'_, Who>, carried: Option<String>) -> Result<Option<Response>, Error> {
    let Some(carried) = carried.filter(|_| pages::keeps(cx.route)) else { return Ok(None) };
    let Some((ended, _)) = left(cx).await? else { return Ok(None) };
    if forgery::check_token(&ended.token, Some(&carried)).is_err() && !has_mark_of(cx, ended.session, &carried).await? {
        return Ok(None);
    }
    cx.csrf = carried;
    pages::refusal_left(cx).map(Some)
}

/// What a form is that does not carry the token of this session.
pub(crate) async fn older(cx: &Cx<'_, Nobody>, actor: &Actor, carried: Option<&str>) -> Result<Older, Error> {
    let Some(carried) = carried.filter(|_| pages::keeps(cx.route)) else { return Ok(Older::Unknown) };
    if has_mark_of(cx, actor.session, carried).await? {
        return Ok(Older::ComesBack);
    }
    let Some((ended, person)) = left(cx).await? else { return Ok(Older::Unknown) };
    if person != Some(actor.asker.person) {
        return Ok(Older::Unknown);
    }
    if forgery::check_token(&ended.token, Some(carried)).is_ok() {
        return Ok(Older::SentAgain);
    }
    let is_older = has_mark_of(cx, ended.session, carried).await?;
    Ok(if is_older { Older::ComesBack } else { Older::Unknown })
}

/// What the forms of this session carry; where its mark can't be made, without one.
pub(crate) async fn form_token<Who>(cx: &Cx<'_, Who>, token: &Token, session: i64) -> String {
    let mark = cx.app.store.marks().await.ok().map(|marks| marks.of_session(session));
    forgery::form_token(token, mark.as_deref())
}

/// The session of which this browser was told that it is over, not too long ago; and whose it was, if it is.
async fn left<Who>(cx: &Cx<'_, Who>) -> Result<Option<(Ended, Option<i64>)>, Error> {
    let store = &cx.app.store;
    let Some(words) = Jar::Left.words(cx.headers, &cx.app.settings.public_url) else { return Ok(None) };
    let Some(token) = store.marks().await?.read_left(&words, cx.now) else { return Ok(None) };
    let Some(row) = store.session(&token.hash(), cx.now).await? else { return Ok(None) };
    Ok(Some((Ended { token, session: row.session }, row.revoked.then_some(row.person))))
}

async fn has_mark_of<Who>(cx: &Cx<'_, Who>, session: i64, carried: &str) -> Result<bool, Error> {
    let Some(mark) = forgery::mark_in(carried) else { return Ok(false) };
    Ok(cx.app.store.marks().await?.is_of_session(session, mark))
}

/// Reads the form into the request; what it carries.
async fn read(cx: &mut Cx<'_, Nobody>, posted: &mut Posted, sender: Sender<'_>) -> Result<String, Error> {
    let (fields, _) = posted.form(cx.app, sender).await?;
    let carried = fields.get(CSRF_FIELD).unwrap_or_default().to_owned();
    carried.clone_into(&mut cx.csrf);
    cx.posted = fields.without(CSRF_FIELD);
    Ok(carried)
}

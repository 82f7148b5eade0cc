//! Sign-in and sign-out. The answer to a failed sign-in says nothing about why.

use http::{HeaderValue, StatusCode, header};

use crate::audit::Context;
use crate::context::{Cx, Nobody};
use crate::error::Error;
use crate::pages::{door, passkey, show};
use crate::recovery;
use crate::response::Response;
use crate::route::Route;
use crate::session::{EndReason, Halfway, Jar};
use crate::signin::{self, Outcome};
use crate::token::Token;
use crate::views::{Note, SignInPage, Tone};

/// GET: the form. POST: one try.
pub(crate) async fn page(cx: &Cx<'_, Nobody>) -> Result<Response, Error> {
    if cx.method != http::Method::POST {
        let next = cx.query.get("next").and_then(own_path).unwrap_or_default();
        return form(cx, "", next, None);
    }
    let email = cx.posted.get("email").unwrap_or_default();
    let password = cx.posted.get("password").unwrap_or_default();
    let next = cx.posted.get("next").and_then(own_path).unwrap_or_default();
    let tried = match passkey::answer_in(cx, passkey::ANSWER).filter(|_| cx.panel().factors.alone) {
        Some(answer) => signin::passkey::try_passkey(cx, answer).await?,
        None => signin::try_password(cx, email, password).await?,
    };
    match tried {
        Outcome::In(token) => Ok(let_in(cx, &token, next)),
        Outcome::Refused => {
            let text = if passkey::answer_in(cx, passkey::ANSWER).is_some() {
                "That did not work. The passkey is not known here, or the account can't be signed in to with it; after \
                 several tries, wait a little before the next."
            } else {
                "That did not work. Check the e-mail address and the password; after several tries, wait a little before \
                 the next."
            };
            Ok(form(cx, email, next, Some(text))?.with_status(StatusCode::UNPROCESSABLE_ENTITY))
        }
        Outcome::Busy => {
            let text = "Many people are signing in at this moment. Please try again in a few seconds.";
            let answer = form(cx, email, next, Some(text))?;
            cx.turn.turned_away().await;
            Ok(answer
                .with_status(StatusCode::SERVICE_UNAVAILABLE)
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("3")))
        }
    }
}

/// Ends the session, at once and for good.
pub(crate) async fn sign_out(cx: &Cx<'_>) -> Result<Response, Error> {
    if cx.method != http::Method::POST {
        return Ok(Response::see_other(&cx.link(&Route::Home)));
    }
    out(cx, cx.context(), cx.actor.session).await
}

/// The same before the second factor.
pub(crate) async fn sign_out_halfway(cx: &Cx<'_, Halfway>) -> Result<Response, Error> {
    if cx.method != http::Method::POST {
        return Ok(Response::see_other(&cx.link(&Route::Home)));
    }
    out(cx, cx.context(), cx.actor.session).await
}

async fn out<Who>(cx: &Cx<'_, Who>, context: Context, session: i64) -> Result<Response, Error> {
    let mut write = cx.app.store.write(context).await?;
    let ended = write.end_session(session, EndReason::SignedOut).await?;
    if let Some(recorded) = ended {
        write.commit(recorded).await?;
    }
    let cookie = Jar::Session.clear(&cx.app.settings.public_url);
    Ok(Response::see_other(&cx.link(&Route::SignIn)).with_header(header::SET_COOKIE, cookie))
}

/// The session's cookie in hand, to where the person wanted to go.
pub(super) fn let_in(cx: &Cx<'_, Nobody>, token: &Token, next: &str) -> Response {
    let public_url = &cx.app.settings.public_url;
    let to = if next.is_empty() { cx.link(&Route::Home) } else { format!("{}{next}", public_url.base_path()) };
    let answer = Response::see_other(&to)
        .with_header(header::SET_COOKIE, Jar::Session.set(token, public_url))
        .with_header(header::SET_COOKIE, Jar::Door.clear(public_url));
    match Jar::device(cx.headers, public_url) {
        Some(device) => answer.with_header(header::SET_COOKIE, Jar::Device.set(&device, public_url)),
        None => answer,
    }
}

fn form(cx: &Cx<'_, Nobody>, email: &str, next: &str, fault: Option<&'static str>) -> Result<Response, Error> {
    let mut frame = door(cx, "Sign in");
    frame.notes.extend(fault.map(|text| Note { tone: Tone::Bad, text: text.into(), link: None }));
    show(&SignInPage {
        frame,
        action: cx.link(&Route::SignIn).into(),
        email: email.chars().take(254).collect::<String>().into(),
        next: next.to_owned().into(),
        passkey: passkey::asking(cx).filter(|_| cx.panel().factors.alone),
        without: passkey::without(cx),
        recovery: recovery::is_offered(cx.panel()).then(|| cx.link(&Route::Recovery).into()),
        help: if recovery::is_offered(cx.panel()) {
            "".into()
        } else {
            "Forgotten the password? Ask an administrator of the panel for a link to a new one.".into()
        },
    })
}

/// A path of this panel, and nothing that a browser could take for another host.
pub(super) fn own_path(next: &str) -> Option<&str> {
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (plain && next.starts_with('/') && !next.starts_with("//") && next.len() <= 2_000).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_way_back_stays_within_the_panel() {
        for good in ["/", "/patients?q=a%20b&page=2", "/patients/4/edit"] {
            assert_eq!(own_path(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "patients",
            "/a\r\nX: y",
            "/\t/evil.example",
        ] {
            assert_eq!(own_path(bad), None, "{bad:?}");
        }
    }
}

//! The second factor: the step between the password and the panel, and setting one up. A secret is shown on the page of
//! an enrolment and recovery codes on the answer to it, and nowhere else, ever.

use http::{Method, StatusCode, header};

use super::login::own_path;
use super::{door, frame, passkey, show};
use crate::context::Cx;
use crate::error::Error;
use crate::factor::check::{Outcome, Seat, raise, try_code, try_passkey};
use crate::factor::{Offer, codes, offer, step_of};
use crate::response::Response;
use crate::route::{AccountPage, FactorPage, Route};
use crate::session::{EndReason, Halfway, Jar};
use crate::store::Recorded;
use crate::token::Token;
use crate::views::{self, CodesPage, EnrolPage, Note, Text, Tone};

/// Field with a recovery code, apart from the field with a code of the app: phones show another keyboard for each.
const SAVED: &str = "recovery_code";

const WRONG_CODE: &str = "That did not work. Each code is good once, and only for a minute or so; after several tries, wait \
                          a little before the next.";
const WRONG_PASSKEY: &str = "That did not work. Ask for the passkey anew and answer within five minutes; after several \
                             tries, wait a little before the next.";

pub(super) fn seat<'a>(cx: &'a Cx<'_, Halfway>, token: &'a Token) -> Seat<'a> {
    Seat {
        person: cx.actor.person,
        email: &cx.actor.email,
        session: cx.actor.session,
        held: cx.actor.held,
        token,
        context: cx.context(),
    }
}

/// Of somebody who is in, and proved of late that it is they.
pub(super) fn seat_inside<'a>(cx: &'a Cx<'_>, token: &'a Token) -> Result<Seat<'a>, Error> {
    if !cx.actor.is_fresh() {
        return Err(Error::ProofNeeded);
    }
    Ok(Seat {
        person: cx.actor.asker.person,
        email: &cx.actor.email,
        session: cx.actor.session,
        held: cx.actor.held,
        token,
        context: cx.context(),
    })
}

/// GET: the form. POST: one try.
pub(crate) async fn step(cx: &Cx<'_, Halfway>, token: &Token) -> Result<Response, Error> {
    if cx.method != Method::POST {
        return form(cx, None);
    }
    let seat = seat(cx, token);
    let typed = cx.posted.get("code").or_else(|| cx.posted.get(SAVED)).unwrap_or_default();
    let (tried, fault) = match passkey::answer_in(cx, passkey::ANSWER) {
        Some(answer) => (try_passkey(cx, &seat, answer).await?, WRONG_PASSKEY),
        None => (try_code(cx, &seat, typed).await?, WRONG_CODE),
    };
    match tried {
        Outcome::Proved { token, by_saved_code } => {
            let to = if by_saved_code {
                format!("{}?{}=code_used", cx.link(&Route::Account(AccountPage::Overview)), frame::DONE)
            } else {
                onward(cx)
            };
            Ok(with_session(cx, Response::see_other(&to), &token))
        }
        Outcome::Refused => Ok(form(cx, Some(fault))?.with_status(StatusCode::UNPROCESSABLE_ENTITY)),
        Outcome::Busy => {
            let text = "Many people are signing in at this moment. Please try again in a few seconds.";
            Ok(form(cx, Some(text))?
                .with_status(StatusCode::SERVICE_UNAVAILABLE)
                .with_header(header::RETRY_AFTER, http::HeaderValue::from_static("3")))
        }
    }
}

fn form(cx: &Cx<'_, Halfway>, fault: Option<&'static str>) -> Result<Response, Error> {
    let mut frame = door(cx, "Your second factor");
    frame.notes.extend(fault.map(|text| Note { tone: Tone::Bad, text: text.into(), link: None }));
    show(&views::FactorPage {
        frame,
        action: cx.link(&Route::Factor(FactorPage::Step)).into(),
        next: next(cx).to_owned().into(),
        code: cx.actor.held.codes_count(cx.panel().factors),
        passkey: passkey::asking(cx).filter(|_| cx.actor.held.passkeys),
        without: cx.actor.held.passkeys.then(|| {
            if cx.app.passkeys.is_some() {
                passkey::without(cx)
            } else {
                "Your passkeys can't be used here now: the panel takes none, or not at this address.".into()
            }
        }),
        saved_codes: cx.panel().recovery.codes.is_some(),
        open: cx.posted.get(SAVED).is_some(),
        sign_out: cx.link(&Route::SignOut).into(),
    })
}

/// For somebody whose role requires a factor, at their first sign-in.
pub(crate) async fn enrol_first(cx: &Cx<'_, Halfway>, token: &Token) -> Result<Response, Error> {
    let lead = "Your role asks for a second factor. Scan this with an authenticator app on your phone.";
    enrolment(cx, &seat(cx, token), lead, None, passkey_instead(cx)).await
}

/// Where a passkey is added in place of an app; none: there are none here.
fn passkey_instead<Who>(cx: &Cx<'_, Who>) -> Option<Text> {
    cx.app.passkeys.is_some().then(|| cx.link(&Route::Factor(FactorPage::Passkey)).into())
}

/// For somebody who is in: a first factor, or another one instead.
pub(crate) async fn enrol(cx: &Cx<'_>, token: &Token) -> Result<Response, Error> {
    if !cx.panel().factors.totp {
        return Err(Error::NotFound);
    }
    let seat = seat_inside(cx, token)?;
    let lead = if cx.actor.held.totp {
        "Scan this with the authenticator app that shall take the place of the one you have. Until you confirm it, the \
         old one stays; then it is worth nothing."
    } else {
        "Scan this with an authenticator app on your phone. From then on, signing in asks for a code of it."
    };
    let cancel = cx.link(&Route::Account(AccountPage::Overview));
    enrolment(cx, &seat, lead, Some(cancel), None).await
}

async fn enrolment<Who>(
    cx: &Cx<'_, Who>,
    seat: &Seat<'_>,
    lead: &'static str,
    cancel: Option<String>,
    passkey: Option<Text>,
) -> Result<Response, Error> {
    let app = cx.app;
    let newest = app.store.newest_factor(seat.person).await?;
    let secret = app.secrets.to_seal(&app.store).await?;
    let offered = secret.offered(seat.person, seat.session, newest);
    let page = |error: Option<Text>| {
        let Offer { text, address, size, path } = offer(offered.as_slice(), cx.panel().name, seat.email)?;
        let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let view = EnrolPage {
            frame: door(cx, "Set up your second factor"),
            action: cx.link(&Route::Factor(FactorPage::Enrol)).into(),
            next: next(cx).to_owned().into(),
            lead: lead.into(),
            size,
            path: path.into(),
            secret: text.into(),
            address: address.into(),
            error,
            passkey: passkey.clone(),
            cancel: cancel.clone().map(Into::into),
            sign_out: cx.link(&Route::SignOut).into(),
        };
        Ok::<_, Error>(show(&view)?.with_status(status))
    };
    if cx.method != Method::POST {
        return page(None);
    }
    let typed: String = cx.posted.get("code").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let Some(step) = step_of(offered.as_slice(), &typed, cx.now)? else {
        return page(Some("This is not the code that the app shows now. Is the clock of your phone right?".into()));
    };
    let (shown, kept) = match cx.panel().recovery.codes {
        Some(count) => match codes::make(&app.hasher, &cx.address, count).await? {
            Some(made) => made,
            None => return Err(Error::Unavailable("too many password hashes are waiting".to_owned())),
        },
        None => (Vec::new(), Vec::new()),
    };
    let sealed = secret.seal(seat.person, offered.as_slice())?;
    let mut write = app.store.write(seat.context.clone()).await?;
    let (accepted, _) = write.enrol(seat.person, &sealed, step).await?;
    let _: Recorded = write.replace_codes(seat.person, &kept).await?;
    let device = Jar::device(cx.headers, &app.settings.public_url).map(|token| token.hash());
    write.end_other_sessions(seat.person, seat.session, device, EndReason::FactorChanged).await?;
    let token = raise(cx, seat, write, &accepted).await?;
    let onward = if cancel.is_some() {
        format!("{}?{}=factor", cx.link(&Route::Account(AccountPage::Overview)), frame::DONE)
    } else {
        onward(cx)
    };
    if shown.is_empty() {
        return Ok(with_session(cx, Response::see_other(&onward), &token));
    }
    let answer = codes_page(cx, seat.email, "Your second factor is set up. ", &shown, onward)?;
    Ok(with_session(cx, answer, &token))
}

/// The codes, on this answer and nowhere else.
pub(super) fn codes_page<Who>(
    cx: &Cx<'_, Who>,
    email: &str,
    before: &'static str,
    codes: &[String],
    next: String,
) -> Result<Response, Error> {
    let panel = cx.panel().name;
    let text = format!("Recovery codes of {email} for {panel}, each good once\n\n{}\n", codes.join("\n"));
    let encoded = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC);
    show(&CodesPage {
        frame: door(cx, "Your recovery codes"),
        lead: format!(
            "{before}Keep these codes where you find them without your phone: each lets you in once instead of a code of \
             your app. They are shown only now, and those from before are no longer good."
        )
        .into(),
        file: format!("data:text/plain;charset=utf-8,{encoded}").into(),
        name: format!("{}-recovery-codes.txt", panel.to_lowercase()).into(),
        codes: codes.iter().map(|code| code.clone().into()).collect(),
        next: next.into(),
    })
}

/// Where the person wanted to go; a path of this panel.
pub(super) fn next<'a, Who>(cx: &'a Cx<'_, Who>) -> &'a str {
    cx.posted.get("next").or_else(|| cx.query.get("next")).and_then(own_path).unwrap_or_default()
}

pub(super) fn onward<Who>(cx: &Cx<'_, Who>) -> String {
    match next(cx) {
        "" => cx.link(&Route::Home),
        next => format!("{}{next}", cx.app.settings.public_url.base_path()),
    }
}

pub(super) fn with_session<Who>(cx: &Cx<'_, Who>, answer: Response, token: &Token) -> Response {
    answer.with_header(header::SET_COOKIE, Jar::Session.set(token, &cx.app.settings.public_url))
}

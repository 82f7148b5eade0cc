//! Passkeys: what a browser is to ask a key for, as JSON for the script; and the page on which one is added. The
//! sign-in, the factor step and the wall take the answers, each its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, StatusCode};

use super::factor::{codes_page, next, onward, with_session};
use super::{door, frame, show};
use crate::context::{Cx, Nobody};
use crate::device;
use crate::error::Error;
use crate::factor::check::{Seat, raise};
use crate::factor::codes;
use crate::passkey::challenge::{self, Bound, Purpose};
use crate::passkey::check::{Refused, party, refuse};
use crate::passkey::{AT_MOST, Asked, Wrong};
use crate::response::Response;
use crate::route::{AccountPage, FactorPage, Route};
use crate::session::{EndReason, Halfway, Jar};
use crate::signin::passkey::known_device;
use crate::store::{NewPasskey, Recorded};
use crate::token::Token;
use crate::views::{self, Note, Tone};

/// Field with the answer of a key, as the script writes it.
pub(super) const ANSWER: &str = "passkey";
/// Bytes of an answer; the largest that keys give are some 2 KiB.
const LARGEST_ANSWER: usize = 16 * 1024;
/// Characters of a passkey's name.
const NAME: usize = 60;
/// Bytes of what an authenticator calls its person.
const HANDLE: usize = 16;
/// The same in letters of six bits.
const HANDLE_LETTERS: usize = 22;

/// The answer of a key in a form of the panel; none: there is none, or nothing that one gives.
pub(super) fn answer_in<'a, Who>(cx: &'a Cx<'_, Who>, field: &str) -> Option<&'a str> {
    cx.posted.get(field).filter(|answer| !answer.is_empty() && answer.len() <= LARGEST_ANSWER)
}

/// Where the script asks for a challenge, as far as there are passkeys here at all.
pub(super) fn asking<Who>(cx: &Cx<'_, Who>) -> Option<views::Text> {
    cx.app.passkeys.is_some().then(|| cx.link(&Route::Factor(FactorPage::Challenge)).into())
}

/// Why there may be no button: what stands on the page until the script knows better.
pub(super) fn without<Who>(cx: &Cx<'_, Who>) -> views::Text {
    let url = &cx.app.settings.public_url;
    format!("A passkey needs JavaScript, a browser that knows passkeys, and this panel opened at {}.", url.origin())
        .into()
}

async fn asked<Who>(cx: &Cx<'_, Who>, bound: Bound, who: &str, asked: &Asked) -> Result<Response, Error> {
    if !challenge::keep(cx.app, bound, who, asked, cx.now).await? {
        let text = "Too many passkeys were asked for. Wait some minutes.";
        return Ok(Response::text(text).with_status(StatusCode::TOO_MANY_REQUESTS));
    }
    Ok(Response::new("application/json", asked.options.clone()))
}

fn posted<Who>(cx: &Cx<'_, Who>) -> Result<(), Error> {
    if cx.method == Method::POST { Ok(()) } else { Err(Error::NotFound) }
}

/// Before the door, where a passkey signs in by itself: the same for everybody, since nobody is named.
pub(crate) async fn ask_anybody(cx: &Cx<'_, Nobody>) -> Result<Response, Error> {
    posted(cx)?;
    let party = party(cx.app)?;
    let door = Jar::Door.read(cx.headers, &cx.app.settings.public_url).ok_or(Error::NotFound)?;
    if !cx.panel().factors.alone {
        return Err(Error::NotFound);
    }
    // Where somebody signed in before, a stranger behind the same address uses up nothing of theirs.
    let who = known_device(cx).await?.map_or_else(|| cx.address.clone(), |device| format!("device {device}"));
    asked(cx, Bound::to_browser(&door), &who, &party.ask_anybody()?).await
}

/// For somebody known: one of their keys.
async fn ask_known<Who>(cx: &Cx<'_, Who>, person: i64, session: i64, purpose: Purpose) -> Result<Response, Error> {
    posted(cx)?;
    let party = party(cx.app)?;
    let keys = cx.app.store.passkeys_of(person).await?;
    if keys.is_empty() {
        return Err(Error::NotFound);
    }
    asked(cx, Bound::to_session(session, purpose), &session.to_string(), &party.ask(&keys)?).await
}

/// Between the password and the panel.
pub(crate) async fn ask_at_the_step(cx: &Cx<'_, Halfway>) -> Result<Response, Error> {
    ask_known(cx, cx.actor.person, cx.actor.session, Purpose::Step).await
}

/// At the wall.
pub(crate) async fn ask_for_proof(cx: &Cx<'_>) -> Result<Response, Error> {
    ask_known(cx, cx.actor.asker.person, cx.actor.session, Purpose::Proof).await
}

/// For a new key: what is kept says what the authenticator shall call its person.
async fn ask_for_new<Who>(cx: &Cx<'_, Who>, person: i64, email: &str, session: i64) -> Result<Response, Error> {
    posted(cx)?;
    let party = party(cx.app)?;
    let known = cx.app.store.passkeys_of(person).await?;
    let handle = match known.first() {
        Some(row) => row.handle.clone(),
        None => Token::fresh()?.hash().into_iter().take(HANDLE).collect(),
    };
    let mut new = party.ask_for_new(&handle, email, &known)?;
    new.state = format!("{}{}", URL_SAFE_NO_PAD.encode(&handle), new.state);
    asked(cx, Bound::to_session(session, Purpose::Add), &session.to_string(), &new).await
}

/// For who must have a factor and has none yet.
pub(crate) async fn ask_for_first(cx: &Cx<'_, Halfway>) -> Result<Response, Error> {
    ask_for_new(cx, cx.actor.person, &cx.actor.email, cx.actor.session).await
}

/// For who is in.
pub(crate) async fn ask_for_another(cx: &Cx<'_>) -> Result<Response, Error> {
    if !cx.actor.is_fresh() {
        return Err(Error::ProofNeeded);
    }
    ask_for_new(cx, cx.actor.asker.person, &cx.actor.email, cx.actor.session).await
}

/// For somebody whose role requires a factor, at their first sign-in.
pub(crate) async fn add_first(cx: &Cx<'_, Halfway>, token: &Token) -> Result<Response, Error> {
    let lead = "Your role asks for a second factor. A passkey is one: your device or a security key proves that it is you, \
                with your finger, face or PIN.";
    let app = cx.panel().factors.totp.then(|| cx.link(&Route::Factor(FactorPage::Enrol)));
    adding(cx, &super::factor::seat(cx, token), lead, None, app).await
}

/// For somebody who is in.
pub(crate) async fn add(cx: &Cx<'_>, token: &Token) -> Result<Response, Error> {
    let seat = super::factor::seat_inside(cx, token)?;
    let lead = "Your device or a security key will prove that it is you, with your finger, face or PIN. Nothing of that \
                leaves the device, and no other site can ask for it.";
    adding(cx, &seat, lead, Some(cx.link(&Route::Account(AccountPage::Overview))), None).await
}

async fn adding<Who>(
    cx: &Cx<'_, Who>,
    seat: &Seat<'_>,
    lead: &'static str,
    cancel: Option<String>,
    app: Option<String>,
) -> Result<Response, Error> {
    party(cx.app)?;
    let page = |fault: Option<&'static str>| {
        let mut frame = door(cx, "Add a passkey");
        frame.notes.extend(fault.map(|text| Note { tone: Tone::Bad, text: text.into(), link: None }));
        let agent = cx.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let name = cx.posted.get("name").map_or_else(|| device::named(agent), str::to_owned);
        let view = views::PasskeyPage {
            frame,
            action: cx.link(&Route::Factor(FactorPage::Passkey)).into(),
            ask: cx.link(&Route::Factor(FactorPage::NewChallenge)).into(),
            next: next(cx).to_owned().into(),
            lead: lead.into(),
            name: name_of(&name).into(),
            without: without(cx),
            app: app.clone().map(Into::into),
            cancel: cancel.clone().map(Into::into),
            sign_out: cx.link(&Route::SignOut).into(),
        };
        let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        Ok::<_, Error>(show(&view)?.with_status(status))
    };
    if cx.method != Method::POST {
        return page(None);
    }
    let Some(answer) = answer_in(cx, ANSWER) else {
        return page(Some("No passkey came with this. Nothing was changed."));
    };
    let new = match made(cx, seat, answer).await? {
        Ok(new) => new,
        Err(why) => {
            let refused = Refused { why, row: None };
            refuse(cx.app, seat.context.clone(), seat.person, Purpose::Add, &refused).await?;
            return page(Some(
                "That did not work, and nothing was changed. Ask for it anew and answer within five minutes.",
            ));
        }
    };
    keep(cx, seat, &new, cancel.is_some(), page).await
}

/// The new key in an answer; the challenge is used up in any case.
async fn made<Who>(cx: &Cx<'_, Who>, seat: &Seat<'_>, answer: &str) -> Result<Result<NewPasskey, Wrong>, Error> {
    let bound = Bound::to_session(seat.session, Purpose::Add);
    let Some(kept) = challenge::take(cx.app, bound, cx.now).await? else { return Ok(Err(Wrong::CHALLENGE)) };
    let (handle, state) = kept.split_at_checked(HANDLE_LETTERS).unwrap_or_default();
    let Ok(handle) = URL_SAFE_NO_PAD.decode(handle) else { return Ok(Err(Wrong::UNREADABLE)) };
    Ok(party(cx.app)?.new_key(answer, state).map(|new| NewPasskey { handle, ..new }))
}

async fn keep<Who>(
    cx: &Cx<'_, Who>,
    seat: &Seat<'_>,
    new: &NewPasskey,
    from_account: bool,
    page: impl Fn(Option<&'static str>) -> Result<Response, Error>,
) -> Result<Response, Error> {
    let app = cx.app;
    let (shown, kept) = match cx.panel().recovery.codes.filter(|_| !seat.held.any()) {
        Some(count) => match codes::make(&app.hasher, &cx.address, count).await? {
            Some(made) => made,
            None => return Err(Error::Unavailable("too many password hashes are waiting".to_owned())),
        },
        None => (Vec::new(), Vec::new()),
    };
    let name = name_of(cx.posted.get("name").unwrap_or_default());
    let mut write = app.store.write(seat.context.clone()).await?;
    let held = usize::try_from(write.passkeys(seat.person).await?).unwrap_or(usize::MAX);
    if held >= AT_MOST {
        write.roll_back().await?;
        return page(Some("You have as many passkeys as one can have here. Remove one first."));
    }
    let Some((accepted, _)) = write.add_passkey(seat.person, &name, new).await? else {
        write.roll_back().await?;
        return page(Some("This passkey is in use already. Choose another device or key."));
    };
    if !shown.is_empty() {
        let _: Recorded = write.replace_codes(seat.person, &kept).await?;
    }
    if !cx.panel().factors.totp {
        // Where passkeys alone are declared, what can be phished ends with the first of them.
        write.remove_app(seat.person).await?;
    }
    let device = Jar::device(cx.headers, &app.settings.public_url).map(|token| token.hash());
    write.end_other_sessions(seat.person, seat.session, device, EndReason::FactorChanged).await?;
    let token = raise(cx, seat, write, &accepted).await?;
    let onward = if from_account {
        format!("{}?{}=passkey", cx.link(&Route::Account(AccountPage::Overview)), frame::DONE)
    } else {
        onward(cx)
    };
    if shown.is_empty() {
        return Ok(with_session(cx, Response::see_other(&onward), &token));
    }
    let answer = codes_page(cx, seat.email, "Your passkey is set up. ", &shown, onward)?;
    Ok(with_session(cx, answer, &token))
}

/// A name as it is kept: one line, never empty.
pub(super) fn name_of(typed: &str) -> String {
    let line: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name: String = line.trim().chars().take(NAME).collect();
    if name.is_empty() { "Passkey".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_name_is_one_line_and_something() {
        assert_eq!(name_of("  Blue key\r\nBcc: x "), "Blue key  Bcc: x");
        assert_eq!(name_of("\u{7}"), "Passkey");
        assert_eq!(name_of(&"é".repeat(80)).chars().count(), 60);
    }
}

//! Signing in: a try is counted, then exactly one hash is computed, then a session starts or the failure is recorded.
//! Unknown, wrong, locked, switched off, without a password and over the limit all take the same steps and the same
//! statements; only the audit log knows which it was.

pub(crate) mod passkey;

use chrono::{DateTime, Utc};
use http::header;

use crate::app::App;
use crate::audit::{ActorRef, Change, Context, Event, EventId};
use crate::context::{Cx, Nobody};
use crate::error::Error;
use crate::mail::Notice;
use crate::panel::{By, Sensitivity, ThrottleName};
use crate::password::{self, Password};
use crate::session::Jar;
use crate::store::{NewSession, PasswordHash, PersonRow, Recorded, Write};
use crate::throttle::{self, Ask, Tried};
use crate::token::Token;
use crate::{device, email, session};

/// What came of a try.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A session with this token started.
    In(Token),
    /// No; the visitor is not told why.
    Refused,
    /// Too many hashes are waiting; nothing was tried and nothing counted.
    Busy,
}

/// One try.
pub(crate) async fn try_password(cx: &Cx<'_, Nobody>, typed_email: &str, password: &str) -> Result<Outcome, Error> {
    let app = cx.app;
    // The place in the queue comes first: who is turned away has used up none of the tries.
    let Ok(place) = app.hasher.place_for(&cx.address) else { return Ok(Outcome::Busy) };
    let email = email::fold(typed_email);
    // Asked of everybody, with a token or without, so that the statements are the same.
    let device = Jar::device(cx.headers, &app.settings.public_url).map_or([0; 32], |token| token.hash());
    let device = app.store.device(&device, &email, cx.now).await?;
    let asks = asks(app, &email, &cx.address, device);
    let allowed = app.store.reserve(&asks, cx.now).await?;
    let person = app.store.person_by_email(&email).await?;
    let state = state(app, person.as_ref(), allowed, cx.now);
    let hash = match (&person, state) {
        (Some(person), State::MayTry) => person.password_hash.clone(),
        _ => None,
    };
    let typed = Password::typed(password);
    cx.turn.pass_on();
    let right = app.hasher.verify(place, typed.clone(), hash.as_ref().map(|hash| hash.0.clone())).await?;
    if right && let (Some(person), Some(hash)) = (&person, &hash) {
        let stronger = if app.hasher.is_outdated(&hash.0) { strengthened(app, typed).await? } else { None };
        if let Some(token) = let_in(cx, person, hash, stronger, &asks).await? {
            return Ok(Outcome::In(token));
        }
    }
    let id = if state == State::OverTheLimit { EventId::SigninThrottled } else { EventId::SigninFailed };
    // What belongs to nobody and does not look like an address may be a password in the wrong field.
    let is_address = person.is_some() || email::is_plainly_one(&email);
    let account = if is_address { email.as_str() } else { "(not an address)" };
    let event = Event::about(id, crate::store::PERSON, person.map(|person| person.id))
        .with(Change::fact("account", Sensitivity::Personal, account))
        .with(Change::fact("reason", Sensitivity::Internal, state.text()));
    let mut write = app.store.write(cx.context()).await?;
    if state == State::OverTheLimit {
        app.record_held_off(write, &format!("{account} {}", cx.address), event).await?;
    } else {
        let recorded = write.record(event);
        write.commit(recorded).await?;
    }
    Ok(Outcome::Refused)
}

/// In, if the account is what it was when the hash of it was taken: a password that was changed or taken away while
/// this one waited for its turn lets nobody in, and does not come back under a stronger hash.
async fn let_in(
    cx: &Cx<'_, Nobody>,
    person: &PersonRow,
    verified: &PasswordHash,
    stronger: Option<PasswordHash>,
    asks: &[Ask],
) -> Result<Option<Token>, Error> {
    let token = Token::fresh()?;
    let mut write = cx.app.store.write(context_of(cx, person)).await?;
    let now = write.person(person.id).await?;
    let is_same = now.as_ref().and_then(|now| now.password_hash.as_ref()).is_some_and(|hash| hash.0 == verified.0);
    if !is_same || state(cx.app, now.as_ref(), true, cx.now) != State::MayTry {
        write.roll_back().await?;
        return Ok(None);
    }
    if let Some(stronger) = stronger {
        write.strengthen_hash(person.id, &stronger).await?;
    }
    write.forgive(asks).await?;
    let role = now.as_ref().map_or("", |now| now.role.as_str());
    let (_, recorded) = start(cx, &mut write, person.id, role, &token).await?;
    write.commit(recorded).await?;
    Ok(Some(token))
}

/// Starts a session within a transaction; its id. The caller commits.
pub(crate) async fn start(
    cx: &Cx<'_, Nobody>,
    write: &mut Write,
    person: i64,
    role: &str,
    token: &Token,
) -> Result<(i64, Recorded), Error> {
    let agent = cx.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let new = NewSession {
        token: token.hash(),
        person,
        expires_at: session::expires_at(cx.panel(), role, cx.now),
        at_most: cx.panel().session.at_most,
        address: &cx.address,
        agent,
    };
    let started = write.start_session(&new).await?;
    let known_by = Jar::device(cx.headers, &cx.app.settings.public_url).map(|device| device.hash());
    // One without a token is as new as one with a token that nobody knows.
    if write.is_new_device(person, &known_by.unwrap_or([0; 32])).await? {
        write.tell(person, Notice::NewBrowser, &device::named(agent)).await?;
    }
    if let Some(token) = known_by {
        write.know_device(person, &token).await?;
    }
    Ok(started)
}

/// Records what a person does who is not signed in yet but has just proved who they are.
pub(crate) fn context_of(cx: &Cx<'_, Nobody>, person: &PersonRow) -> Context {
    let mut context = cx.context();
    context.actor = Some(ActorRef { person: person.id, email: person.email.clone(), session: None });
    context
}

/// The keys that hold tries of this account back, of whatever name; recovery and `user unlock` clear them.
#[must_use]
pub(crate) fn account_keys(panel: &crate::panel::Panel, email: &str) -> Vec<[u8; 32]> {
    panel
        .throttles
        .iter()
        .filter(|throttle| throttle.limits.iter().any(|limit| limit.by == By::Account))
        .map(|throttle| throttle::key(throttle.name, By::Account, email))
        .collect()
}

/// Whether a link may let this person in: neither locked nor switched off, and of a role of this panel.
pub(crate) fn may_be_let_in(panel: &crate::panel::Panel, person: &PersonRow, now: DateTime<Utc>) -> bool {
    !person.inactive
        && person.locked_until.is_none_or(|until| until <= now)
        && panel.roles.iter().any(|role| role.name == person.role)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    MayTry,
    OverTheLimit,
    Unknown,
    NoPassword,
    Locked,
    Inactive,
    NoRole,
}

impl State {
    fn text(self) -> &'static str {
        match self {
            Self::MayTry => "wrong",
            Self::OverTheLimit => "over_the_limit",
            Self::Unknown => "unknown",
            Self::NoPassword => "no_password",
            Self::Locked => "locked",
            Self::Inactive => "inactive",
            Self::NoRole => "no_role",
        }
    }
}

fn state(app: &App, person: Option<&PersonRow>, allowed: bool, now: DateTime<Utc>) -> State {
    match person {
        _ if !allowed => State::OverTheLimit,
        None => State::Unknown,
        Some(person) if person.inactive => State::Inactive,
        Some(person) if person.locked_until.is_some_and(|until| now < until) => State::Locked,
        Some(person) if !app.panel.roles.iter().any(|role| role.name == person.role) => State::NoRole,
        Some(person) if person.password_hash.is_none() => State::NoPassword,
        Some(_) => State::MayTry,
    }
}

/// What a try counts on. From a device that the account is known by, it counts on the device, by the same limits, in
/// place of account and address: a stranger's guessing, also from behind the same address, holds nobody back where they
/// signed in before, and what is guessed from there is held against it alone.
fn asks(app: &App, email: &str, address: &str, device: Option<i64>) -> Vec<Ask> {
    // There is no session, person or token yet to count by.
    let tried = Tried { account: Some(email), address: Some(address), ..Tried::default() };
    let mut asks = throttle::asks(app.panel, ThrottleName::Login, &tried);
    if let Some(device) = device {
        for ask in &mut asks {
            let in_place_of = if ask.rule.by == By::Account { "device" } else { "device for address" };
            ask.key = throttle::own_key(ThrottleName::Login, in_place_of, &device.to_string());
        }
    }
    asks
}

/// A stronger hash of the same password, if there is a place for it now; else at another sign-in.
async fn strengthened(app: &App, password: Password) -> Result<Option<PasswordHash>, Error> {
    match app.hasher.place() {
        Ok(place) => Ok(Some(PasswordHash(app.hasher.hash(place, password).await?))),
        Err(password::Busy) => Ok(None),
    }
}

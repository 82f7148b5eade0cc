//! One's own account: sessions, password, second factor, recovery codes, and what happened lately. Everything here is
//! about the asker and nobody else; whatever weakens the account asks for a fresh proof of identity.

mod passkeys;
mod tokens;

use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode, header};

use super::{audit, factor, frame, is_post, show};
use crate::audit::{Entry, EntryQuery, EventId};
use crate::context::Cx;
use crate::device;
use crate::error::Error;
use crate::factor::codes;
use crate::password::{Password, Rules};
use crate::prove::{self, Checked};
use crate::response::Response;
use crate::route::{AccountPage, FactorPage, Route};
use crate::session::{EndReason, Held, Jar};
use crate::store::{PERSON, PasswordHash, Recorded};
use crate::token::{Hash, Token};
use crate::views::{self, Note, OwnEvent, OwnSession, Text, Tone};

/// Entries of the log on the page.
const EVENTS: u32 = 15;
/// Recovery codes from which on the page asks for new ones.
const FEW: u64 = 3;

pub(crate) async fn answer(cx: &Cx<'_>, page: AccountPage, token: &Token) -> Result<Response, Error> {
    if page == AccountPage::Overview || !is_post(cx) {
        // A button's address, opened by itself, or come back to from the wall.
        return if page == AccountPage::Overview { overview(cx, Faults::default()).await } else { Ok(back(cx, "")) };
    }
    match page {
        AccountPage::Overview => overview(cx, Faults::default()).await,
        AccountPage::Password => password(cx, token).await,
        AccountPage::FactorOff => factor_off(cx).await,
        AccountPage::Codes => new_codes(cx).await,
        AccountPage::PasskeyName(id) => passkeys::rename(cx, id).await,
        AccountPage::PasskeyOff(id) => passkeys::remove(cx, id).await,
        AccountPage::NewToken => tokens::make(cx).await,
        AccountPage::TokenOff(id) => tokens::end(cx, id).await,
        AccountPage::EndOthers => end_others(cx).await,
        AccountPage::End(id) => end(cx, id).await,
    }
}

#[derive(Debug, Default)]
struct Faults {
    old: Option<Text>,
    password: Option<Text>,
    again: Option<Text>,
    /// What is wrong with the API token that was asked for.
    token: Option<Text>,
}

async fn overview(cx: &Cx<'_>, faults: Faults) -> Result<Response, Error> {
    let store = &cx.app.store;
    let me = cx.actor.asker.person;
    let link = |page| Text::from(cx.link(&Route::Account(page)));
    let sessions: Vec<OwnSession> = store
        .sessions_of(me, cx.now)
        .await?
        .into_iter()
        .map(|session| OwnSession {
            device: device::named(&session.agent).into(),
            address: session.address.into(),
            since: moment(session.created_at),
            seen: moment(session.seen_at),
            end: (session.id != cx.actor.session).then(|| link(AccountPage::End(session.id))),
        })
        .collect();
    let query = EntryQuery { model: Some(PERSON), row: Some(me.into()), size: EVENTS, ..EntryQuery::default() };
    let events = store.entries(&query).await?.entries.iter().map(|entry| event(cx, entry)).collect();
    let held = cx.actor.held;
    let keys = if held.passkeys { store.passkeys_of(me).await? } else { Vec::new() };
    let with_codes = held.any() && cx.panel().recovery.codes.is_some();
    let codes = if with_codes { store.codes(me).await? } else { crate::store::Codes::default() };
    let factors = cx.panel().factors;
    let mut frame = frame::frame(cx, "Your account", Vec::new());
    if with_codes && codes.left <= FEW {
        let text = match codes.left {
            0 => "You have no recovery codes left. Make new ones below, so that a lost device does not lock you out."
                .into(),
            1 => "One recovery code is left. Make new ones below.".into(),
            left => format!("{left} recovery codes are left. Make new ones below."),
        };
        frame.notes.push(Note { tone: Tone::Warn, text: text.into(), link: None });
    }
    let Faults { old, password, again, token } = faults;
    let status = if [&old, &password, &again, &token].into_iter().any(Option::is_some) {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let view = views::AccountPage {
        frame,
        email: cx.actor.email.clone().into(),
        end_others: (sessions.len() > 1).then(|| link(AccountPage::EndOthers)),
        sessions,
        change_password: link(AccountPage::Password),
        old_error: old,
        password_error: password,
        again_error: again,
        min: rules(cx).min,
        has_app: held.totp,
        enrol: factors.totp.then(|| cx.link(&Route::Factor(FactorPage::Enrol)).into()),
        remove: (held.totp && may_lose(cx, Held { totp: false, ..held })).then(|| link(AccountPage::FactorOff)),
        passkeys: passkeys::lines(cx, &keys),
        add_passkey: cx.app.passkeys.is_some().then(|| cx.link(&Route::Factor(FactorPage::Passkey)).into()),
        no_passkeys: (factors.passkey && cx.app.passkeys.is_none()).then(|| {
            let origin = cx.app.settings.public_url.origin();
            format!("Passkeys are made for a name, and this panel is reached at a number, {origin}.").into()
        }),
        new_codes: with_codes.then(|| link(AccountPage::Codes)),
        codes: format!("{} of {} are left", codes.left, codes.made).into(),
        few_codes: codes.left <= FEW,
        tokens: tokens::view(cx, token).await?,
        events,
    };
    Ok(show(&view)?.with_status(status))
}

/// Whether a role that requires a factor is content with what would be left.
fn may_lose(cx: &Cx<'_>, left: Held) -> bool {
    !cx.actor.role.factor_required || left.fits(cx.panel().factors)
}

/// What strangers do at an account, by whom nobody knows: from where is its person's business.
const TRIES: [EventId; 5] = [
    EventId::SigninFailed,
    EventId::SigninThrottled,
    EventId::RecoveryAsked,
    EventId::RecoveryThrottled,
    EventId::PasskeyRefused,
];

fn moment(at: DateTime<Utc>) -> Text {
    at.format("%Y-%m-%d %H:%M").to_string().into()
}

fn event(cx: &Cx<'_>, entry: &Entry) -> OwnEvent {
    let me = cx.actor.asker.person;
    let by = match &entry.actor {
        Some(actor) if actor.person == me => "",
        Some(_) => "by an administrator",
        None => "",
    };
    let said = |name: &str| entry.changes.iter().find(|change| change.field == name)?.after.as_deref();
    // Entries of older versions have it among their facts. From where an administrator works is nobody else's business,
    // also in what the panel did for them after their request.
    let address = said("address").or_else(|| {
        let is_mine = match &entry.actor {
            Some(actor) => actor.person == me,
            None => TRIES.iter().any(|event| event.text() == entry.event),
        };
        entry.origin.address.as_deref().filter(|_| is_mine)
    });
    let reason = said("reason").map(|reason| reason.replace('_', " "));
    let from = address.filter(|address| !address.is_empty()).map(|address| format!("from {address}"));
    let detail = [reason, from].into_iter().flatten().collect::<Vec<_>>().join(", ");
    OwnEvent {
        at: moment(entry.at),
        what: audit::in_words(&entry.event).to_owned().into(),
        tone: audit::tone(&entry.event),
        by: by.into(),
        detail: detail.into(),
    }
}

fn back(cx: &Cx<'_>, done: &str) -> Response {
    let path = cx.link(&Route::Account(AccountPage::Overview));
    if done.is_empty() {
        Response::see_other(&path)
    } else {
        Response::see_other(&format!("{path}?{}={done}", frame::DONE))
    }
}

/// Another password: the old one is asked for, the other sessions end, and this one goes on under another token.
async fn password(cx: &Cx<'_>, token: &Token) -> Result<Response, Error> {
    let field = |name| cx.posted.get(name).unwrap_or_default();
    let chosen = Password::typed(field("password"));
    if let Err(why) = chosen.may_be_chosen(&rules(cx)) {
        return overview(cx, Faults { password: Some(why.into()), ..Faults::default() }).await;
    }
    if field("password") != field("again") {
        let fault = Some("This is not the same as above.".into());
        return overview(cx, Faults { again: fault, ..Faults::default() }).await;
    }
    let old = |text: &'static str| Faults { old: Some(text.into()), ..Faults::default() };
    let asks = match prove::check_password(cx, field("old")).await? {
        Checked::Right(asks) => asks,
        Checked::Wrong => return overview(cx, old("That is not your password. Nothing was changed.")).await,
        Checked::TooMany => {
            let fault = old("Too many tries. Wait some minutes before the next; nothing was changed.");
            return Ok(overview(cx, fault).await?.with_status(StatusCode::TOO_MANY_REQUESTS));
        }
        Checked::Busy => {
            let fault = old("Many people are signing in at this moment. Please try again in a few seconds.");
            let answer = overview(cx, fault).await?.with_status(StatusCode::SERVICE_UNAVAILABLE);
            return Ok(answer.with_header(header::RETRY_AFTER, HeaderValue::from_static("3")));
        }
    };
    let Ok(place) = cx.app.hasher.place_for(&cx.address) else {
        return Err(Error::Unavailable("too many password hashes are waiting".to_owned()));
    };
    let hash = PasswordHash(cx.app.hasher.hash(place, chosen).await?);
    let (me, session, new) = (cx.actor.asker.person, cx.actor.session, Token::fresh()?);
    let mut write = cx.app.store.write(cx.context()).await?;
    write.forgive(&asks).await?;
    let _: Recorded = write.change_own_password(me, session, this_device(cx), &hash).await?;
    match write.prove_session(me, session, &token.hash(), &new.hash()).await? {
        Some(recorded) => write.commit(recorded).await?,
        None => return Err(Error::BadRequest("This was sent twice at once; the first one counts.".to_owned())),
    }
    let cookie = Jar::Session.set(&new, &cx.app.settings.public_url);
    Ok(back(cx, "password").with_header(header::SET_COOKIE, cookie))
}

/// This browser, which stays known where all others are forgotten.
fn this_device(cx: &Cx<'_>) -> Option<Hash> {
    Some(Jar::device(cx.headers, &cx.app.settings.public_url)?.hash())
}

fn rules<'a>(cx: &'a Cx<'_>) -> Rules<'a> {
    Rules::of(cx.panel(), &cx.actor.email).for_role(cx.panel(), cx.actor.role.name)
}

fn fresh(cx: &Cx<'_>) -> Result<(), Error> {
    if cx.actor.is_fresh() { Ok(()) } else { Err(Error::ProofNeeded) }
}

async fn factor_off(cx: &Cx<'_>) -> Result<Response, Error> {
    fresh(cx)?;
    let me = cx.actor.asker.person;
    let mut write = cx.app.store.write(cx.context()).await?;
    if !write.still_stands(&cx.actor).await? {
        return Err(Error::NotFound);
    }
    let Some(recorded) = write.remove_app(me).await? else {
        write.roll_back().await?;
        return Ok(back(cx, ""));
    };
    let left = write.held(me).await?;
    if !may_lose(cx, left) {
        return Err(Error::Beyond(
            "Your role requires a second factor; you can set up another one instead.".to_owned(),
        ));
    }
    write
        .end_other_sessions(cx.actor.asker.person, cx.actor.session, this_device(cx), EndReason::FactorChanged)
        .await?;
    write.commit(recorded).await?;
    Ok(back(cx, "no_factor"))
}

async fn new_codes(cx: &Cx<'_>) -> Result<Response, Error> {
    fresh(cx)?;
    let Some(count) = cx.panel().recovery.codes.filter(|_| cx.actor.held.any()) else { return Err(Error::NotFound) };
    let Some((shown, kept)) = codes::make(&cx.app.hasher, &cx.address, count).await? else {
        return Err(Error::Unavailable("too many password hashes are waiting".to_owned()));
    };
    let mut write = cx.app.store.write(cx.context()).await?;
    if !write.still_stands(&cx.actor).await? {
        return Err(Error::NotFound);
    }
    let recorded = write.replace_codes(cx.actor.asker.person, &kept).await?;
    write.commit(recorded).await?;
    factor::codes_page(cx, &cx.actor.email, "", &shown, cx.link(&Route::Account(AccountPage::Overview)))
}

async fn end_others(cx: &Cx<'_>) -> Result<Response, Error> {
    let (me, session) = (cx.actor.asker.person, cx.actor.session);
    let mut write = cx.app.store.write(cx.context()).await?;
    match write.end_other_sessions(me, session, this_device(cx), EndReason::EndedByOwner).await? {
        Some(recorded) => write.commit(recorded).await?,
        None => write.roll_back().await?,
    }
    Ok(back(cx, "others"))
}

async fn end(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    // Somebody else's session is, here, one that is not there; a session never changes hands.
    let own = cx.app.store.sessions_of(cx.actor.asker.person, cx.now).await?;
    if id == cx.actor.session || !own.iter().any(|session| session.id == id) {
        return Err(Error::NotFound);
    }
    let mut write = cx.app.store.write(cx.context()).await?;
    match write.end_session(id, EndReason::EndedByOwner).await? {
        Some(recorded) => write.commit(recorded).await?,
        None => write.roll_back().await?,
    }
    Ok(back(cx, "session"))
}

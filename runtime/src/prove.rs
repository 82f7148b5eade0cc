//! A fresh proof of identity within a session: a try is counted, then the password costs one hash, then, where the
//! person has a second factor, a code of it is looked at; the session goes on under another token, or the failure is
//! recorded. Nothing but such a proof moves the moment of the last one.

use crate::audit::{Change, Event, EventId};
use crate::context::Cx;
use crate::error::Error;
use crate::factor::check;
use crate::panel::{Sensitivity, ThrottleName};
use crate::passkey::challenge::{Bound, Purpose};
use crate::passkey::check::{self as answers, Refused};
use crate::password::Password;
use crate::store::{PERSON, Presented};
use crate::throttle::{self, Ask, Tried};
use crate::token::Token;

/// What came of a try.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is them; the session's token is this one now.
    Proved(Token),
    /// Not their password, or not a code of their factor.
    Wrong,
    /// Too many tries before; nothing was verified.
    TooMany,
    /// Too many hashes are waiting; nothing was tried and nothing counted.
    Busy,
}

/// A password that was looked at.
#[derive(Debug)]
pub(crate) enum Checked {
    /// It is theirs. What it counted on is to be [forgiven](check::forgive) when all else is right too.
    Right(Vec<Ask>),
    /// As in [`Outcome`].
    Wrong,
    /// As in [`Outcome`].
    TooMany,
    /// As in [`Outcome`].
    Busy,
}

/// One try. `old` is the token that the request came with; `code` is of the factor, or a recovery code.
pub(crate) async fn try_proof(cx: &Cx<'_>, old: &Token, password: &str, code: &str) -> Result<Outcome, Error> {
    let app = cx.app;
    let me = cx.actor.asker.person;
    // The place for a recovery code's hash first: who is turned away has used up none of the tries.
    let saved = cx.actor.held.any() && !check::is_code(code);
    let Ok(place) = saved.then(|| app.hasher.place_for(&cx.address)).transpose() else { return Ok(Outcome::Busy) };
    let mut asks = match check_password(cx, password).await? {
        Checked::Right(asks) => asks,
        Checked::Wrong => return Ok(Outcome::Wrong),
        Checked::TooMany => return Ok(Outcome::TooMany),
        Checked::Busy => return Ok(Outcome::Busy),
    };
    let mut shown: Option<Presented> = None;
    if cx.actor.held.any() {
        // Codes are counted by account wherever they are asked for; here only behind the right password, so that
        // whoever has nothing but a session's cookie can't use the tries of its person up.
        let by_account = check::account_ask(&cx.actor.email);
        let allowed = saved || app.store.reserve(&[by_account], cx.now).await?;
        asks.push(by_account);
        let counts = allowed && (saved || cx.actor.held.codes_count(cx.panel().factors));
        shown = Some(check::look(app, me, code, place, counts, cx.now).await?);
    }
    let new = Token::fresh()?;
    let mut write = app.store.write(cx.context()).await?;
    if let Some(shown) = shown
        && write.accept(me, shown).await?.is_none()
    {
        write.roll_back().await?;
        record(cx, EventId::ProofFailed).await?;
        return Ok(Outcome::Wrong);
    }
    write.forgive(&asks).await?;
    // Bound to the token that the request came with: of one form sent twice at once, one goes on.
    match write.prove_session(me, cx.actor.session, &old.hash(), &new.hash()).await? {
        Some(recorded) => write.commit(recorded).await?,
        None => return Err(Error::BadRequest("This was sent twice at once; the first one counts.".to_owned())),
    }
    Ok(Outcome::Proved(new))
}

/// One try with a passkey, which its person has unlocked: it stands for the password and the factor.
pub(crate) async fn try_passkey(cx: &Cx<'_>, old: &Token, answer: &str) -> Result<Outcome, Error> {
    let app = cx.app;
    let (me, session) = (cx.actor.asker.person, cx.actor.session);
    let asks = asks(cx);
    if !app.store.reserve(&asks, cx.now).await? {
        record(cx, EventId::ProofThrottled).await?;
        return Ok(Outcome::TooMany);
    }
    let context = cx.context();
    let bound = Bound::to_session(session, Purpose::Proof);
    let refused = match answers::look(app, me, bound, answer, true, cx.now).await? {
        Ok(signed) => {
            let new = Token::fresh()?;
            let mut write = app.store.write(context.clone()).await?;
            if write.accept_passkey(me, &signed).await?.is_some() {
                write.forgive(&asks).await?;
                match write.prove_session(me, session, &old.hash(), &new.hash()).await? {
                    Some(recorded) => write.commit(recorded).await?,
                    None => {
                        return Err(Error::BadRequest("This was sent twice at once; the first one counts.".to_owned()));
                    }
                }
                return Ok(Outcome::Proved(new));
            }
            write.roll_back().await?;
            Refused::meanwhile()
        }
        Err(refused) => refused,
    };
    answers::refuse(app, context, me, Purpose::Proof, &refused).await?;
    Ok(Outcome::Wrong)
}

/// Whether this is the asker's password; counted before, and recorded when it is not.
pub(crate) async fn check_password(cx: &Cx<'_>, typed: &str) -> Result<Checked, Error> {
    let app = cx.app;
    let Ok(place) = app.hasher.place_for(&cx.address) else { return Ok(Checked::Busy) };
    let asks = asks(cx);
    if !app.store.reserve(&asks, cx.now).await? {
        record(cx, EventId::ProofThrottled).await?;
        return Ok(Checked::TooMany);
    }
    let me = cx.actor.asker.person;
    let person = app.store.person_by_email(&cx.actor.email).await?.filter(|person| person.id == me);
    let hash = person.and_then(|person| person.password_hash).map(|hash| hash.0);
    if !app.hasher.verify(place, Password::typed(typed), hash).await? {
        record(cx, EventId::ProofFailed).await?;
        return Ok(Checked::Wrong);
    }
    Ok(Checked::Right(asks))
}

async fn record(cx: &Cx<'_>, id: EventId) -> Result<(), Error> {
    let event = Event::about(id, PERSON, Some(cx.actor.asker.person)).with(Change::fact(
        "page",
        Sensitivity::Internal,
        format!("{} {}", cx.method, cx.route),
    ));
    let context = cx.context();
    if id == EventId::ProofThrottled {
        let write = cx.app.store.write(context).await?;
        return cx.app.record_held_off(write, &cx.actor.asker.person.to_string(), event).await;
    }
    cx.app.store.record(context, event).await
}

fn asks(cx: &Cx<'_>) -> Vec<Ask> {
    let tried = Tried {
        account: Some(&cx.actor.email),
        address: Some(&cx.address),
        session: Some(cx.actor.session),
        actor: Some(cx.actor.asker.person),
        token: None,
    };
    throttle::asks(cx.panel(), ThrottleName::Reauth, &tried)
}

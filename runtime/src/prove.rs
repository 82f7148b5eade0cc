//! A fresh proof of identity within a session: a try is counted, then one hash is computed, then the session goes on
//! under another token or the failure is recorded. Nothing but such a proof moves the moment of the last one.

use crate::audit::{Change, Context, Event, EventId};
use crate::context::Cx;
use crate::error::Error;
use crate::panel::{By, Sensitivity, ThrottleName};
use crate::password::Password;
use crate::store::PERSON;
use crate::throttle::{self, Ask, Tried};
use crate::token::Token;

/// What came of a try.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is them; the session's token is this one now.
    Proved(Token),
    /// Not their password.
    Wrong,
    /// Too many tries before; nothing was verified.
    TooMany,
    /// Too many hashes are waiting; nothing was tried and nothing counted.
    Busy,
}

/// One try. `old` is the token that the request came with.
pub(crate) async fn try_password(cx: &Cx<'_>, old: &Token, typed: &str) -> Result<Outcome, Error> {
    let app = cx.app;
    let Ok(place) = app.hasher.place() else { return Ok(Outcome::Busy) };
    let asks = asks(cx);
    if !app.store.reserve(&asks, cx.now).await? {
        record(cx, EventId::ProofThrottled).await?;
        return Ok(Outcome::TooMany);
    }
    let me = cx.actor.asker.person;
    let person = app.store.person_by_email(&cx.actor.email).await?.filter(|person| person.id == me);
    let hash = person.and_then(|person| person.password_hash).map(|hash| hash.0);
    if !app.hasher.verify(place, Password::typed(typed), hash).await? {
        record(cx, EventId::ProofFailed).await?;
        return Ok(Outcome::Wrong);
    }
    let new = Token::fresh()?;
    let mut write = app.store.write(Context::of(&cx.actor, cx.request_id)).await?;
    for ask in &asks {
        match ask.rule.by {
            By::Address => write.give_back_try(&ask.key).await?,
            _ => write.clear_throttle(&ask.key).await?,
        }
    }
    // Bound to the token that the request came with: of one form sent twice at once, one goes on.
    match write.prove_session(me, cx.actor.session, &old.hash(), &new.hash()).await? {
        Some(recorded) => write.commit(recorded).await?,
        None => return Err(Error::BadRequest("This was sent twice at once; the first one counts.".to_owned())),
    }
    Ok(Outcome::Proved(new))
}

async fn record(cx: &Cx<'_>, id: EventId) -> Result<(), Error> {
    let event = Event::about(id, PERSON, Some(cx.actor.asker.person))
        .with(Change::fact("address", Sensitivity::Personal, cx.address.as_str()))
        .with(Change::fact("page", Sensitivity::Internal, format!("{} {}", cx.method, cx.route)));
    cx.app.store.record(Context::of(&cx.actor, cx.request_id), event).await
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

//! Signing in with a passkey alone, where the block says so: the key tells whose it is, nothing is typed, and no list
//! of keys is handed to anybody. It opens only an account that a password would open, too.

use crate::context::{Cx, Nobody};
use crate::error::Error;
use crate::panel::ThrottleName;
use crate::passkey::Wrong;
use crate::passkey::challenge::{Bound, Purpose};
use crate::passkey::check::{event, look_for_anybody};
use crate::session::Jar;
use crate::signin::{Outcome, State, context_of, start, state};
use crate::store::{PersonRow, Signed};
use crate::throttle::{self, Ask, Tried};
use crate::token::Token;

/// One try.
pub(crate) async fn try_passkey(cx: &Cx<'_, Nobody>, answer: &str) -> Result<Outcome, Error> {
    let app = cx.app;
    let Some(door) = Jar::Door.read(cx.headers, &app.settings.public_url) else { return Ok(Outcome::Refused) };
    // Nobody is named, so that it counts on the address alone; where somebody signed in before, on that device, so that
    // no stranger behind the same address holds them back.
    let tried = Tried { address: Some(&cx.address), ..Tried::default() };
    let mut asks = throttle::asks(app.panel, ThrottleName::Login, &tried);
    if let Some(device) = known_device(cx).await? {
        let key = throttle::own_key(ThrottleName::Login, "device with a passkey", &device.to_string());
        for ask in &mut asks {
            ask.key = key;
        }
    }
    let allowed = app.store.reserve(&asks, cx.now).await?;
    let (row, looked_at) = look_for_anybody(app, Bound::to_browser(&door), answer, allowed, cx.now).await?;
    let person = app.store.person(row.as_ref().map_or(0, |row| row.person)).await?;
    let state = state(app, person.as_ref(), allowed, cx.now);
    if let (Ok(signed), Some(person), State::MayTry) = (&looked_at, &person, state)
        && let Some(token) = let_in(cx, person, signed, &asks).await?
    {
        return Ok(Outcome::In(token));
    }
    let why = match (looked_at, state) {
        (Err(why), _) => why.0,
        (Ok(_), State::MayTry) => "used or removed meanwhile",
        (Ok(_), other) => other.text(),
    };
    let refused = event(person.as_ref().map(|person| person.id), Purpose::SignIn, why, row.as_ref());
    let mut write = app.store.write(cx.context()).await?;
    if !allowed {
        app.record_held_off(write, &cx.address, refused).await?;
        return Ok(Outcome::Refused);
    }
    if why == Wrong::COUNTER.0
        && let Some(row) = &row
    {
        write.suspect_passkey(row).await?;
    }
    let recorded = write.record(refused);
    write.commit(recorded).await?;
    Ok(Outcome::Refused)
}

/// The device that speaks, if anybody signed in with it before. It names nobody: the key does.
pub(crate) async fn known_device(cx: &Cx<'_, Nobody>) -> Result<Option<i64>, Error> {
    // Asked of everybody, with a token or without, so that the statements are the same.
    let device = Jar::device(cx.headers, &cx.app.settings.public_url).map_or([0; 32], |token| token.hash());
    cx.app.store.device_of_anybody(&device, cx.now).await
}

/// In, with the trust of a factor: a passkey is one, and was unlocked by its person.
async fn let_in(
    cx: &Cx<'_, Nobody>,
    person: &PersonRow,
    signed: &Signed,
    asks: &[Ask],
) -> Result<Option<Token>, Error> {
    let (first, token) = (Token::fresh()?, Token::fresh()?);
    let mut write = cx.app.store.write(context_of(cx, person)).await?;
    let now = write.person(person.id).await?;
    let Some(now) = now.filter(|now| state(cx.app, Some(now), true, cx.now) == State::MayTry) else {
        write.roll_back().await?;
        return Ok(None);
    };
    let Some(accepted) = write.accept_passkey(now.id, signed).await? else {
        write.roll_back().await?;
        return Ok(None);
    };
    write.forgive(asks).await?;
    let (session, _) = start(cx, &mut write, now.id, &now.role, &first).await?;
    let at_most = cx.panel().session.at_most;
    match write.raise_session(&accepted, session, &first.hash(), &token.hash(), at_most).await? {
        Some(recorded) => write.commit(recorded).await?,
        None => return Err(Error::Bug("a session that was started just now is over".to_owned())),
    }
    Ok(Some(token))
}

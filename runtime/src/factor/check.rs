//! One try at the second factor: counted first, then looked at, then accepted or recorded. A wrong code, one that was
//! used before and one that came after too many take the same steps and the same statements.

use crate::app::App;
use crate::audit::{Change, Context, Event, EventId};
use crate::context::Cx;
use crate::error::Error;
use crate::factor::{codes, step_of};
use crate::panel::{By, Sensitivity, ThrottleName};
use crate::passkey::challenge::{Bound, Purpose};
use crate::passkey::check::{self as answers, Refused};
use crate::session::Held;
use crate::store::{Accepted, PERSON, Presented, Write};
use crate::throttle::{self, Ask, Rule, Tried};
use crate::token::Token;

/// Whose factor it is, and in which session; `token` is the one that the request came with.
#[derive(Debug)]
pub(crate) struct Seat<'a> {
    pub(crate) person: i64,
    pub(crate) email: &'a str,
    pub(crate) session: i64,
    pub(crate) held: Held,
    pub(crate) token: &'a Token,
    pub(crate) context: Context,
}

/// What came of a try.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is them; the session's token is this one now. `by_saved_code`: with a recovery code.
    Proved { token: Token, by_saved_code: bool },
    /// No; which of the reasons it was stands in the audit log.
    Refused,
    /// Too many hashes are waiting; nothing was tried and nothing counted.
    Busy,
}

/// Holds for every account, whatever the block counts by: somebody who knows the password gets a new session, and with
/// it new tries, as often as they like.
const BY_ACCOUNT: Rule = Rule { by: By::Account, count: 10, window: 900, wait: Some((1, 900)), cap: Some(100) };
/// Where the block counts by no session (ASVS 5.0, 6.6.3).
const BY_SESSION: Rule = Rule { by: By::Session, count: 5, window: 600, wait: None, cap: None };

/// The key that holds tries at an account's factor back, beside what the block counts; what lets somebody in again
/// clears it.
#[must_use]
pub(crate) fn account_key(email: &str) -> [u8; 32] {
    throttle::own_key(ThrottleName::Factor, "fixed", email)
}

/// The limit on an account's factor, wherever it is asked for.
#[must_use]
pub(crate) fn account_ask(email: &str) -> Ask {
    Ask { key: account_key(email), rule: BY_ACCOUNT }
}

/// What a code counts on.
fn asks<Who>(cx: &Cx<'_, Who>, seat: &Seat<'_>) -> Vec<Ask> {
    let tried = Tried {
        account: Some(seat.email),
        address: Some(&cx.address),
        session: Some(seat.session),
        actor: Some(seat.person),
        token: None,
    };
    let mut asks = throttle::asks(cx.panel(), ThrottleName::Factor, &tried);
    asks.push(account_ask(seat.email));
    if !asks.iter().any(|ask| ask.rule.by == By::Session) {
        asks.push(Ask {
            key: throttle::key(ThrottleName::Factor, By::Session, &seat.session.to_string()),
            rule: BY_SESSION,
        });
    }
    asks
}

/// What a recovery code counts on: by session only. It holds 80 bits, and it is the way back of somebody whose account
/// is held by another's guessing.
fn saved_asks(seat: &Seat<'_>) -> Vec<Ask> {
    let value = format!("recovery code, session {}", seat.session);
    vec![Ask { key: throttle::key(ThrottleName::Factor, By::Session, &value), rule: BY_SESSION }]
}

/// One try to get from a password to the panel.
pub(crate) async fn try_code<Who>(cx: &Cx<'_, Who>, seat: &Seat<'_>, typed: &str) -> Result<Outcome, Error> {
    let app = cx.app;
    let saved = !is_code(typed);
    let asks = if saved { saved_asks(seat) } else { asks(cx, seat) };
    // The place in the queue comes first: who is turned away has used up none of the tries.
    let Ok(place) = saved.then(|| app.hasher.place_for(&cx.address)).transpose() else { return Ok(Outcome::Busy) };
    let allowed = app.store.reserve(&asks, cx.now).await?;
    let counts = allowed && (saved || seat.held.codes_count(cx.panel().factors));
    let shown = look(app, seat.person, typed, place, counts, cx.now).await?;
    let mut write = app.store.write(seat.context.clone()).await?;
    let Some(accepted) = write.accept(seat.person, shown).await? else {
        let id = if allowed { EventId::FactorFailed } else { EventId::FactorThrottled };
        let event = failure(seat.person, id, saved);
        if allowed {
            let recorded = write.record(event);
            write.commit(recorded).await?;
        } else {
            app.record_held_off(write, &seat.person.to_string(), event).await?;
        }
        return Ok(Outcome::Refused);
    };
    write.forgive(&asks).await?;
    if saved {
        write.clear_throttle(&account_key(seat.email)).await?;
    }
    let token = raise(cx, seat, write, &accepted).await?;
    Ok(Outcome::Proved { token, by_saved_code: saved })
}

/// What a passkey counts on: by session only. Nobody guesses a signature, and the account's own limit, which somebody
/// else may have used up, must not hold it back.
fn passkey_asks(seat: &Seat<'_>) -> Vec<Ask> {
    let value = format!("passkey, session {}", seat.session);
    vec![Ask { key: throttle::key(ThrottleName::Factor, By::Session, &value), rule: BY_SESSION }]
}

/// One try to get from a password to the panel, with a passkey.
pub(crate) async fn try_passkey<Who>(cx: &Cx<'_, Who>, seat: &Seat<'_>, answer: &str) -> Result<Outcome, Error> {
    let app = cx.app;
    let asks = passkey_asks(seat);
    let allowed = app.store.reserve(&asks, cx.now).await?;
    let bound = Bound::to_session(seat.session, Purpose::Step);
    let refused = match answers::look(app, seat.person, bound, answer, allowed, cx.now).await? {
        Ok(signed) => {
            let mut write = app.store.write(seat.context.clone()).await?;
            if let Some(accepted) = write.accept_passkey(seat.person, &signed).await? {
                write.forgive(&asks).await?;
                let token = raise(cx, seat, write, &accepted).await?;
                return Ok(Outcome::Proved { token, by_saved_code: false });
            }
            write.roll_back().await?;
            Refused::meanwhile()
        }
        Err(refused) => refused,
    };
    if allowed {
        answers::refuse(app, seat.context.clone(), seat.person, Purpose::Step, &refused).await?;
    } else {
        let event = answers::event(Some(seat.person), Purpose::Step, refused.why.0, refused.row.as_ref());
        let write = app.store.write(seat.context.clone()).await?;
        app.record_held_off(write, &seat.person.to_string(), event).await?;
    }
    Ok(Outcome::Refused)
}

/// Raises the session's trust with what was accepted, and commits.
pub(crate) async fn raise<Who>(
    cx: &Cx<'_, Who>,
    seat: &Seat<'_>,
    mut write: Write,
    accepted: &Accepted,
) -> Result<Token, Error> {
    let token = Token::fresh()?;
    let at_most = cx.panel().session.at_most;
    let raised = write.raise_session(accepted, seat.session, &seat.token.hash(), &token.hash(), at_most).await?;
    match raised {
        Some(recorded) => write.commit(recorded).await?,
        // The session ended meanwhile, or another request was quicker: nothing of this one happened.
        None => return Err(Error::BadRequest("This was sent twice at once; the first one counts.".to_owned())),
    }
    Ok(token)
}

/// What a typed text matches; nothing of it counts yet. `place` is there for a recovery code, and costs one hash.
pub(crate) async fn look(
    app: &App,
    person: i64,
    typed: &str,
    place: Option<crate::password::Slot>,
    allowed: bool,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Presented, Error> {
    if let Some(place) = place {
        let (mark, secret) = match codes::read(typed) {
            Some(typed) => (typed.mark, typed.secret),
            // The same work for what is no code at all.
            None => (String::new(), crate::password::Password::typed("")),
        };
        let found = app.store.saved_code(person, &mark).await?;
        let hash = found.as_ref().filter(|_| allowed).map(|code| code.hash.0.clone());
        let right = app.hasher.verify(place, secret, hash).await?;
        return Ok(Presented::Saved(found.filter(|_| right).map_or(0, |code| code.id)));
    }
    let nothing = Presented::Step { factor: 0, step: 0 };
    let Some(factor) = app.store.factor(person).await? else { return Ok(nothing) };
    let secret = app.secrets.get()?.open(person, &factor.sealed)?;
    let step = step_of(&secret, &digits(typed), now)?.filter(|_| allowed);
    Ok(step.map_or(nothing, |step| Presented::Step { factor: factor.id, step }))
}

/// What failed, for the log; the code itself stands nowhere.
pub(crate) fn failure(person: i64, id: EventId, saved: bool) -> Event {
    Event::about(id, PERSON, Some(person)).with(Change::fact(
        "how",
        Sensitivity::Internal,
        if saved { "recovery_code" } else { "totp" },
    ))
}

/// Whether this is meant as a code of the app: digits, however they are grouped. Everything else is a recovery code.
pub(crate) fn is_code(typed: &str) -> bool {
    let plain = digits(typed);
    plain.len() <= 8 && plain.bytes().all(|byte| byte.is_ascii_digit())
}

fn digits(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect()
}

//! One answer to a challenge: the challenge is taken away first, then the answer is looked at. What is refused is
//! recorded with its reason; the visitor hears the same of every reason.

use chrono::{DateTime, Utc};

use super::challenge::{self, Bound, Purpose};
use super::{RelyingParty, Wrong};
use crate::app::App;
use crate::audit::{Change, Context, Event, EventId};
use crate::error::Error;
use crate::panel::Sensitivity;
use crate::store::{PERSON, PasskeyRow, Signed};

/// An answer that is not good.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) why: Wrong,
    /// The key that it names, whosever that is.
    pub(crate) row: Option<PasskeyRow>,
}

impl Refused {
    /// Right when it was looked at, and the key was used or removed before it could count.
    pub(crate) fn meanwhile() -> Self {
        Self { why: Wrong("used or removed meanwhile"), row: None }
    }
}

/// The panel, to those who ask for keys; a panel without passkeys has no such page.
pub(crate) fn party(app: &App) -> Result<&RelyingParty, Error> {
    app.passkeys.as_ref().ok_or(Error::NotFound)
}

/// Whether an answer is by a key of this person. `allowed`: a try was reserved for it; else nothing is verified, by the
/// same statements.
pub(crate) async fn look(
    app: &App,
    person: i64,
    bound: Bound,
    answer: &str,
    allowed: bool,
    now: DateTime<Utc>,
) -> Result<Result<Signed, Refused>, Error> {
    let party = party(app)?;
    let state = challenge::take(app, bound, now).await?;
    let row = app.store.passkey(&party.credential(answer).unwrap_or_default()).await?;
    let looked_at = match (&state, &row) {
        _ if !allowed => Err(Wrong("held off")),
        (None, _) => Err(Wrong::CHALLENGE),
        (Some(state), Some(row)) if row.person == person => party.signed(answer, state, row),
        _ => Err(Wrong::UNKNOWN),
    };
    Ok(looked_at.map_err(|why| Refused { why, row }))
}

/// Whose key an answer is by, told by the key alone; the row that was found is handed back in either case.
pub(crate) async fn look_for_anybody(
    app: &App,
    bound: Bound,
    answer: &str,
    allowed: bool,
    now: DateTime<Utc>,
) -> Result<(Option<PasskeyRow>, Result<Signed, Wrong>), Error> {
    let party = party(app)?;
    let state = challenge::take(app, bound, now).await?;
    let row = app.store.passkey(&party.credential(answer).unwrap_or_default()).await?;
    let looked_at = match (&state, &row) {
        _ if !allowed => Err(Wrong("held off")),
        (None, _) => Err(Wrong::CHALLENGE),
        (Some(state), Some(row)) => party.signed_by_anybody(answer, state, row),
        (Some(_), None) => Err(Wrong::UNKNOWN),
    };
    Ok((row, looked_at))
}

/// The record of an answer that was refused.
pub(crate) fn event(person: Option<i64>, purpose: Purpose, why: &str, row: Option<&PasskeyRow>) -> Event {
    let fact = |name: &str, value: &str| Change::fact(name, Sensitivity::Internal, value);
    let event = Event::about(EventId::PasskeyRefused, PERSON, person)
        .with(fact("what for", purpose.text()))
        .with(fact("reason", why));
    match row {
        Some(row) => event.with(fact("passkey", &row.id.to_string())),
        None => event,
    }
}

/// Records it, and tells whose key it is if there may be a copy of it.
pub(crate) async fn refuse(
    app: &App,
    context: Context,
    person: i64,
    purpose: Purpose,
    refused: &Refused,
) -> Result<(), Error> {
    let mut write = app.store.write(context).await?;
    if refused.why == Wrong::COUNTER
        && let Some(row) = &refused.row
    {
        write.suspect_passkey(row).await?;
    }
    let recorded = write.record(event(Some(person), purpose, refused.why.0, refused.row.as_ref()));
    write.commit(recorded).await
}

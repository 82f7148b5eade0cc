//! The queue's other end: claims what is due, composes it, and hands it over; a failure is tried again after a growing
//! wait, until nobody waits for it any more. A link is minted here and nowhere before: the queue knows that one was
//! asked for, never which.
//!
//! ```text
//!  queued ──claim──▶ claimed ──▶ sent
//!    ▲                 │ └─────▶ dropped   (nobody to tell, or not allowed in)
//!    └── wait grows ◀──┴───────▶ given up  (its time is over; recorded)
//! ```

use std::sync::{Arc, Weak};
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::Address;
use tracing::Instrument as _;
use uuid::Uuid;

use super::message::{self, Parts};
use super::{Notice, words};
use crate::app::App;
use crate::audit::Context;
use crate::error::Error;
use crate::mail::way::Way;
use crate::route::Route;
use crate::store::{MailEnd, MailRow, NewLink, Purpose, aside};
use crate::throttle::later;
use crate::token::Token;

/// Between two looks at the queue that nothing asked for: what another process queued, and what waits to be tried
/// again.
const LOOK: Duration = Duration::from_secs(30);
/// A claim that was not settled in this time is taken for abandoned, seconds. Sending gives up after a minute.
const LEASE: u64 = 300;
/// The first wait after a failure, and the longest, seconds.
const WAITS: (u64, u64) = (30, 3_600);

/// Sends until the application is dropped. One a process; several processes share the queue.
pub(crate) async fn run(app: Weak<App>, bell: Arc<tokio::sync::Notify>) {
    loop {
        // Whether the bell rang or the time is over, it looks.
        let _ = tokio::time::timeout(LOOK, bell.notified()).await;
        let Some(app) = app.upgrade() else { return };
        let looking = async {
            if let Err(error) = aside(deliver_due(&app)).await {
                tracing::warn!(%error, "the queue of mail could not be worked on");
            }
        };
        looking.instrument(tracing::error_span!("queue", request = %Uuid::now_v7())).await;
    }
}

/// Sends everything that is due now; how many mails went out.
pub(crate) async fn deliver_due(app: &App) -> Result<u32, Error> {
    let Some(way) = &app.settings.mail else { return Ok(0) };
    let mut sent = 0;
    while app.store.mail_is_due(app.clock.now()).await? {
        let claim = Uuid::now_v7().to_string();
        let now = app.clock.now();
        let Some(row) = app.store.claim_mail(&claim, now, later(now, LEASE)).await? else { break };
        // The request that queued it, and not the look at the queue that found it.
        let span = tracing::error_span!(parent: None, "mail", mail = row.id, request = %row.origin.request);
        sent += u32::from(deliver(app, way, &row, &claim).instrument(span).await?);
    }
    Ok(sent)
}

async fn deliver(app: &App, way: &Way, row: &MailRow, claim: &str) -> Result<bool, Error> {
    let now = app.clock.now();
    let over = now >= row.give_up_at;
    let prepared = if over { Prepared::Hopeless } else { prepare(app, way, row, claim).await? };
    let fault = match prepared {
        Prepared::Mail(message, name) => match way.send(&message, &name).await {
            Ok(()) => {
                app.store.end_mail(row.id, claim, MailEnd::Sent, app.clock.now()).await?;
                return Ok(true);
            }
            Err(fault) => fault,
        },
        Prepared::Lost => return Ok(false),
        Prepared::Nobody => {
            app.store.end_mail(row.id, claim, MailEnd::Dropped, app.clock.now()).await?;
            return Ok(false);
        }
        Prepared::Hopeless => {
            let mut write = app.store.write(Context::of_nobody(row.origin.clone(), now)).await?;
            match write.give_up_mail(row, claim).await? {
                Some(recorded) => write.commit(recorded).await?,
                None => write.roll_back().await?,
            }
            tracing::error!(notice = row.notice, fault = row.fault, "a mail was given up");
            return Ok(false);
        }
    };
    tracing::warn!(notice = row.notice, fault, tries = row.tries, "a mail was not sent; it is tried again");
    let due = again_at(row.tries, app.clock.now()).min(row.give_up_at);
    app.store.postpone_mail(row.id, claim, due, &fault).await?;
    Ok(false)
}

enum Prepared {
    /// With the name of its file, where it becomes one.
    Mail(Box<lettre::Message>, String),
    /// There is nobody to tell.
    Nobody,
    /// Its time is over, or it can never be sent.
    Hopeless,
    /// Another process has it, or a newer one replaced it.
    Lost,
}

async fn prepare(app: &App, way: &Way, row: &MailRow, claim: &str) -> Result<Prepared, Error> {
    let (Some(notice), Some(person)) = (Notice::from_text(&row.notice), &row.person) else {
        return Ok(Prepared::Nobody);
    };
    let Ok(to) = person.email.parse::<Address>() else { return Ok(Prepared::Hopeless) };
    let now = app.clock.now();
    let mut link = None;
    if notice.carries_link() {
        if !crate::signin::may_be_let_in(app.panel, person, now) {
            return Ok(Prepared::Nobody);
        }
        let Some(token) = mint(app, notice, person.id, row, claim, now).await? else { return Ok(Prepared::Lost) };
        link = Some(format!("{}?token={}", app.address(&Route::Join), token.text()));
    }
    let good_for = words::span(notice.link_lifetime(app.panel));
    let words = words::of(notice, app.panel.name, &person.email, &row.detail, &good_for);
    // The same mail twice carries the same id; one with another link is another mail.
    let edition = if link.is_some() { row.tries } else { 0 };
    let stamp = row.created_at.timestamp_micros();
    let home = app.address(&Route::Home);
    let message = message::compose(&Parts {
        panel: app.panel,
        from: way.from(),
        to: &to,
        home: home.trim_end_matches('/'),
        words: &words,
        link: link.as_deref(),
        id: format!("{stamp}.{}.{edition}@{}", row.id, way.from().domain()),
        at: now,
    })?;
    let name = format!("{}-{}-{}.eml", now.format("%Y%m%dT%H%M%S"), row.id, row.tries);
    Ok(Prepared::Mail(Box::new(message), name))
}

/// A new link, which ends every older one of this person. None: the claim on the mail is gone.
async fn mint(
    app: &App,
    notice: Notice,
    person: i64,
    mail: &MailRow,
    claim: &str,
    now: DateTime<Utc>,
) -> Result<Option<Token>, Error> {
    let token = Token::fresh()?;
    let mut write = app.store.write(Context::of_nobody(mail.origin.clone(), now)).await?;
    if !write.mail_is_claimed(mail.id, claim).await? {
        write.roll_back().await?;
        return Ok(None);
    }
    let expires_at = later(now, notice.link_lifetime(app.panel));
    let new = NewLink { token: token.hash(), purpose: Purpose::Join, person: Some(person), expires_at };
    let recorded = write.issue_link(&new).await?;
    write.commit(recorded).await?;
    Ok(Some(token))
}

/// When it is tried again after so many tries.
fn again_at(tries: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let (shortest, longest) = WAITS;
    let factor = 1_u64.checked_shl(tries.saturating_sub(1)).unwrap_or(u64::MAX);
    later(now, shortest.saturating_mul(factor).min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_an_hour() {
        let start = crate::testing::now();
        let waits: Vec<i64> = (1..10).map(|tries| (again_at(tries, start) - start).num_seconds()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert_eq!((again_at(u32::MAX, start) - start).num_seconds(), 3_600);
    }
}

//! The queue of mail: what is to be told to whom, written in the transaction of what it tells. It holds no link and no
//! token, only that one is to be minted when the mail is sent.

use chrono::{DateTime, Utc};

use super::account::PersonRow;
use super::authority::PERSON;
use super::statements::mail;
use super::{Recorded, Store, Write};
use crate::audit::{Change, Event, EventId, Origin};
use crate::error::Error;
use crate::mail::{Notice, is_declared};
use crate::panel::Sensitivity;
use crate::throttle::later;

/// A mail that was claimed.
#[derive(Debug, Clone)]
pub(crate) struct MailRow {
    /// Primary key.
    pub(crate) id: i64,
    /// [`Notice::text`].
    pub(crate) notice: String,
    /// What the words need beside the person: a role, a name.
    pub(crate) detail: String,
    /// When it was queued.
    pub(crate) created_at: DateTime<Utc>,
    /// Until when it is tried.
    pub(crate) give_up_at: DateTime<Utc>,
    /// Tries, this one among them.
    pub(crate) tries: u32,
    /// Why the last one failed.
    pub(crate) fault: String,
    /// The request that queued it; one of its own where none did.
    pub(crate) origin: Origin,
    /// Whom to tell, as they are now; none: nobody.
    pub(crate) person: Option<PersonRow>,
}

/// How a mail left the queue. The text never changes once released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailEnd {
    /// Handed over.
    Sent,
    /// There was nobody to tell.
    Dropped,
    /// It could not be handed over in time.
    GivenUp,
}

impl MailEnd {
    /// Its stable text.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Dropped => "dropped",
            Self::GivenUp => "given_up",
        }
    }
}

/// A mail to be queued.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct NewMail<'a> {
    pub(in crate::store) origin: &'a Origin,
    pub(in crate::store) person: Option<i64>,
    pub(in crate::store) notice: &'static str,
    pub(in crate::store) detail: &'a str,
    pub(in crate::store) give_up_at: DateTime<Utc>,
}

/// What waits, for `doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailState {
    /// Waiting to be sent.
    pub(crate) queued: u64,
    /// Since when the oldest waits.
    pub(crate) oldest: Option<DateTime<Utc>>,
    /// Given up in the last 30 days.
    pub(crate) given_up: u64,
    /// Why the newest failed that was not sent.
    pub(crate) fault: Option<String>,
}

impl Store {
    /// Whether a mail waits for its sender, in one statement.
    pub(crate) async fn mail_is_due(&self, now: DateTime<Utc>) -> Result<bool, Error> {
        self.database.mail_is_due(now).await
    }

    /// Takes the mail that is due the longest, until `leased`; of several processes one gets it.
    pub(crate) async fn claim_mail(
        &self,
        claim: &str,
        now: DateTime<Utc>,
        leased: DateTime<Utc>,
    ) -> Result<Option<MailRow>, Error> {
        self.database.claim_mail(claim, now, leased).await
    }

    /// A claimed mail leaves the queue; nothing happens when the claim is gone.
    pub(crate) async fn end_mail(&self, id: i64, claim: &str, end: MailEnd, now: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.database.begin().await?;
        mail::end(&mut tx, id, claim, end, now).await?;
        Ok(tx.commit_without_event().await?)
    }

    /// A claimed mail is due again later, and anybody's.
    pub(crate) async fn postpone_mail(
        &self,
        id: i64,
        claim: &str,
        due: DateTime<Utc>,
        fault: &str,
    ) -> Result<(), Error> {
        self.database.postpone_mail(id, claim, due, fault).await
    }

    /// What waits and what was given up.
    pub(crate) async fn mail_state(&self) -> Result<MailState, Error> {
        self.database.mail_state().await
    }
}

impl Write {
    /// Tells a person by mail, if the block has a `mail` clause: queued in this transaction, sent after it. `detail` is
    /// what the words of the notice need; never a secret.
    pub(crate) async fn tell(&mut self, person: i64, notice: Notice, detail: &str) -> Result<(), Error> {
        self.queue_mail(Some(person), notice, detail).await
    }

    /// As [`Write::tell`]; with nobody to tell, the same statements run and nothing will be sent.
    pub(crate) async fn queue_mail(&mut self, person: Option<i64>, notice: Notice, detail: &str) -> Result<(), Error> {
        let panel = self.panel();
        if !is_declared(panel) {
            return Ok(());
        }
        let (now, origin) = (self.context().now(), self.context().origin.clone());
        if notice.carries_link() {
            mail::replace_links(self.transaction(), person, now).await?;
        }
        let give_up_at = later(now, notice.patience(panel));
        self.has_mail();
        let new = NewMail { origin: &origin, person, notice: notice.text(), detail, give_up_at };
        mail::insert(self.transaction(), &new, now).await
    }

    /// Whether this claim on a mail still holds.
    pub(crate) async fn mail_is_claimed(&mut self, id: i64, claim: &str) -> Result<bool, Error> {
        mail::is_claimed(self.transaction(), id, claim).await
    }

    /// Gives a claimed mail up; `None`: the claim is gone.
    pub(crate) async fn give_up_mail(&mut self, row: &MailRow, claim: &str) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        if !mail::end(self.transaction(), row.id, claim, MailEnd::GivenUp, now).await? {
            return Ok(None);
        }
        let event = Event::about(EventId::MailGivenUp, PERSON, row.person.as_ref().map(|person| person.id))
            .with(Change::fact("notice", Sensitivity::Internal, row.notice.as_str()))
            .with(Change::fact("tries", Sensitivity::Internal, row.tries.to_string()))
            .with(Change::fact("reason", Sensitivity::Internal, row.fault.as_str()));
        Ok(Some(self.record(event)))
    }
}

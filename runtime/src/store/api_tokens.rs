//! API tokens: made, used, ended. What is kept of one signs nobody in. Each is recorded with its making and its end,
//! and its person is told of both.

use chrono::{DateTime, Utc};

use super::authority::about;
use super::statements::{api_tokens, sessions};
use super::{Recorded, Store, Write};
use crate::audit::{Change, EventId};
use crate::error::Error;
use crate::loan::Lent;
use crate::mail::Notice;
use crate::panel::Sensitivity;
use crate::session::{EndReason, Held};
use crate::token;
use crate::value::timestamp_text;

/// A token that somebody came with, and its person, as one statement found them.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, none a state of the others")]
#[derive(Debug, Clone)]
pub(crate) struct ApiTokenRow {
    /// Primary key.
    pub(crate) id: i64,
    /// As its person calls it.
    pub(crate) name: String,
    /// It changes nothing.
    pub(crate) reads_only: bool,
    /// Over then.
    pub(crate) expires_at: DateTime<Utc>,
    /// Ended before its time.
    pub(crate) ended: bool,
    /// Last request, to the minute.
    pub(crate) used_at: Option<DateTime<Utc>>,
    /// Id of the person.
    pub(crate) person: i64,
    /// Their address.
    pub(crate) email: String,
    /// Stored name of their role.
    pub(crate) role: String,
    /// Switched off.
    pub(crate) inactive: bool,
    /// Locked until then.
    pub(crate) locked_until: Option<DateTime<Utc>>,
    /// They chose a password, and nobody took it away.
    pub(crate) has_password: bool,
    /// A JSON object by attribute name.
    pub(crate) attributes: String,
    /// Which second factors they have.
    pub(crate) held: Held,
    /// What is lent to them at the moment of the question, for the role that they hold.
    pub(crate) lent: Vec<Lent>,
    /// A loan's time is over, and nobody has written that down yet.
    pub(crate) lent_is_over: bool,
}

/// A token as its person sees it.
#[derive(Debug, Clone)]
pub(crate) struct OwnApiToken {
    /// Primary key.
    pub(crate) id: i64,
    /// As they call it.
    pub(crate) name: String,
    /// It changes nothing.
    pub(crate) reads_only: bool,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
    /// Over then.
    pub(crate) expires_at: DateTime<Utc>,
    /// Last request, to the minute.
    pub(crate) used_at: Option<DateTime<Utc>>,
    /// Where that came from.
    pub(crate) used_from: String,
}

/// A token to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewApiToken<'a> {
    /// What is kept of it.
    pub(crate) token: token::Hash,
    /// Whose.
    pub(crate) person: i64,
    /// As they call it.
    pub(crate) name: &'a str,
    /// It changes nothing.
    pub(crate) reads_only: bool,
    /// Over then.
    pub(crate) expires_at: DateTime<Utc>,
    /// Tokens that the person may have, this one among them.
    pub(crate) at_most: u64,
}

impl Store {
    /// The API token of this hash, its person and what is lent to them now, whatever their state, in one statement.
    pub(crate) async fn api_token(
        &self,
        token: &token::Hash,
        now: DateTime<Utc>,
    ) -> Result<Option<ApiTokenRow>, Error> {
        self.database.api_token(token, now).await
    }

    /// API tokens of a person that are not over, the newest first, in one statement.
    pub(crate) async fn api_tokens_of(&self, person: i64, now: DateTime<Utc>) -> Result<Vec<OwnApiToken>, Error> {
        self.database.api_tokens_of(person, now).await
    }

    /// Writes down that a token was used now, and from where; no event: it decides nothing.
    pub(crate) async fn touch_api_token(&self, id: i64, address: &str, now: DateTime<Utc>) -> Result<(), Error> {
        self.database.touch_api_token(id, address, now).await
    }
}

impl Write {
    /// Makes one; `None`: the person has as many as they may.
    pub(crate) async fn make_api_token(&mut self, new: &NewApiToken<'_>) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        let Some(id) = api_tokens::make(self.transaction(), new, now).await? else { return Ok(None) };
        let rights = if new.reads_only { "may only read" } else { "may change what its person may" };
        self.tell(new.person, Notice::TokenMade, &format!("{}, which {rights}", called(new.name))).await?;
        let event = about(EventId::TokenMade, new.person)
            .with(number(id))
            .with(named(new.name))
            .with(Change::fact("reads only", Sensitivity::Internal, if new.reads_only { "yes" } else { "no" }))
            .with(Change::fact("ends", Sensitivity::Internal, timestamp_text(new.expires_at)));
        Ok(Some(self.record(event)))
    }

    /// Ends one of a person's own; `None`: they have no such token, or it was over already.
    pub(crate) async fn end_api_token(
        &mut self,
        person: i64,
        id: i64,
        reason: EndReason,
    ) -> Result<Option<Recorded>, Error> {
        self.end_api_tokens(api_tokens::Ending::One(person, id), reason).await
    }

    /// What ends sessions for the sake of security ends the tokens of the same people.
    pub(super) async fn end_api_tokens_with(
        &mut self,
        which: sessions::Ending,
        reason: EndReason,
    ) -> Result<Option<Recorded>, Error> {
        if !reason.ends_api_tokens() {
            return Ok(None);
        }
        match which {
            sessions::Ending::AllOf(person) | sessions::Ending::AllBut(person, _) => {
                self.end_api_tokens(api_tokens::Ending::AllOf(person), reason).await
            }
            sessions::Ending::OfRole(role) => self.end_api_tokens(api_tokens::Ending::OfRole(role), reason).await,
            sessions::Ending::One(_) | sessions::Ending::Beyond(..) => Ok(None),
        }
    }

    /// The way to `ended_at`, for everybody.
    async fn end_api_tokens(
        &mut self,
        which: api_tokens::Ending,
        reason: EndReason,
    ) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        let ended = api_tokens::end(self.transaction(), which, reason, now).await?;
        let mut recorded = None;
        for (id, person, name) in ended {
            self.tell(person, Notice::TokenEnded, &called(&name)).await?;
            let event = about(EventId::TokenEnded, person).with(number(id)).with(named(&name)).with(Change::fact(
                "reason",
                Sensitivity::Internal,
                reason.text(),
            ));
            recorded = Some(self.record(event));
        }
        Ok(recorded)
    }
}

fn called(name: &str) -> String {
    format!("the API token “{name}”")
}

fn number(id: i64) -> Change {
    Change::fact("token", Sensitivity::Internal, id.to_string())
}

fn named(name: &str) -> Change {
    Change::fact("name", Sensitivity::Personal, name)
}

//! One-use links: made, looked up, used up, and ended with the password that they stood in for.

use chrono::{DateTime, Utc};

use super::account::{LinkRow, NewLink, Purpose};
use super::authority::PERSON;
use super::statements::{mail, tokens};
use super::{Recorded, Store, Write};
use crate::audit::{Change, Event, EventId};
use crate::error::Error;
use crate::panel::Sensitivity;
use crate::token;

impl Store {
    /// The link with this token, if it may be used now.
    pub async fn link(
        &self,
        token: &token::Hash,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<Option<LinkRow>, Error> {
        self.database.link(token, purpose, now).await
    }
}

impl Write {
    /// Makes a one-use link; older ones of its kind are no longer good.
    pub async fn issue_link(&mut self, new: &NewLink) -> Result<Recorded, Error> {
        let now = self.context().now();
        tokens::issue(self.transaction(), new, now).await?;
        Ok(self.record(link_event(EventId::LinkIssued, new.purpose, new.person)))
    }

    /// Uses a link up; `None`: there is none that may be used now.
    pub async fn take_link(
        &mut self,
        token: &token::Hash,
        purpose: Purpose,
    ) -> Result<Option<(LinkRow, Recorded)>, Error> {
        let now = self.context().now();
        let Some(link) = tokens::take(self.transaction(), token, purpose, now).await? else { return Ok(None) };
        let event = link_event(EventId::LinkUsed, purpose, link.person.as_ref().map(|person| person.id));
        let recorded = self.record(event);
        Ok(Some((link, recorded)))
    }

    /// Links that were made for an older password let nobody in, nor do those that wait to be mailed.
    pub(super) async fn end_links(&mut self, person: i64) -> Result<(), Error> {
        tokens::end_unused(self.transaction(), Purpose::Join, person).await?;
        let now = self.context().now();
        mail::replace_links(self.transaction(), Some(person), now).await
    }
}

fn link_event(id: EventId, purpose: Purpose, person: Option<i64>) -> Event {
    Event::about(id, PERSON, person).with(Change::fact("purpose", Sensitivity::Internal, purpose.text()))
}

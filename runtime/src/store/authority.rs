//! Questions and changes about people, sessions, links and counted tries. Every change of authority is recorded in the
//! transaction that makes it.

use chrono::{DateTime, Utc};

use super::account::{NewPerson, NewSession, OwnSession, PasswordHash, PersonRow, SessionRow};
use super::statements::{devices, jobs, mail, passkeys, people, sessions, throttle, tokens, uploads};
use super::{Recorded, Store, Write};
use crate::audit::{Change, Context, Event, EventId};
use crate::authorize::Actor;
use crate::error::Error;
use crate::mail::Notice;
use crate::panel::Sensitivity;
use crate::session::{EndReason, Trust};
use crate::token;

/// Until when somebody is locked whom only an unlock lets in again: 9999-12-31.
const LOCKED: i64 = 253_402_214_400;

/// What events about people name as their model.
pub const PERSON: &str = "Person";

impl Store {
    /// The session with this token, its person and what is lent to them now, whatever their state, in one statement.
    pub async fn session(&self, token: &token::Hash, now: DateTime<Utc>) -> Result<Option<SessionRow>, Error> {
        self.database.session(token, now).await
    }

    /// The session of this id with its person, as [`Store::session`], and why it ended, if it did.
    pub(crate) async fn session_of_work(
        &self,
        session: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<(SessionRow, Option<String>)>, Error> {
        self.database.session_of_work(session, now).await
    }

    /// Writes down that the session was used now; no event: it decides nothing but when the session ends by itself.
    pub(crate) async fn touch_session(&self, session: i64, now: DateTime<Utc>) -> Result<(), Error> {
        self.database.touch_session(session, now).await
    }

    /// Sessions of a person that are not over, the newest first, in one statement.
    pub(crate) async fn sessions_of(&self, person: i64, now: DateTime<Utc>) -> Result<Vec<OwnSession>, Error> {
        self.database.sessions_of(person, now).await
    }

    /// The device of this token, if the person with this folded address signed in there before; in one statement.
    pub(crate) async fn device(
        &self,
        token: &token::Hash,
        email: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, Error> {
        self.database.device(token, email, now).await
    }

    /// The device of this token, if anybody signed in there before; in one statement.
    pub(crate) async fn device_of_anybody(
        &self,
        token: &token::Hash,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, Error> {
        self.database.device_of_anybody(token, now).await
    }

    /// The person with this folded address, in one statement.
    pub async fn person_by_email(&self, email: &str) -> Result<Option<PersonRow>, Error> {
        self.database.person_by_email(email).await
    }

    /// The person of this id, in one statement.
    pub async fn person(&self, id: i64) -> Result<Option<PersonRow>, Error> {
        self.database.person(id).await
    }

    /// Their attributes, a JSON object by name.
    pub async fn attributes(&self, person: i64) -> Result<String, Error> {
        self.database.attributes(person).await
    }

    /// Everybody, by address.
    pub async fn people(&self) -> Result<Vec<PersonRow>, Error> {
        self.database.people().await
    }

    /// How many hold this role.
    pub async fn holders(&self, role: &str) -> Result<u64, Error> {
        self.database.holders(role).await
    }

    /// Removes sessions, links, counts, jobs and settled mails that have meant nothing for 30 days.
    pub(crate) async fn sweep(&self, now: DateTime<Utc>, cap: u32) -> Result<u64, Error> {
        let before = now - chrono::Duration::days(30);
        let mut tx = self.database.begin().await?;
        let sessions = sessions::forget(&mut tx, before).await?;
        let links = tokens::forget(&mut tx, before).await?;
        let counts = throttle::forget(&mut tx, before, cap).await?;
        let mails = mail::forget(&mut tx, before).await?;
        let devices = devices::forget(&mut tx, now).await?;
        let jobs = jobs::forget(&mut tx, before).await?;
        let challenges = passkeys::forget(&mut tx, now).await?;
        let uploads = uploads::forget(&mut tx, now).await?;
        tx.commit_without_event().await?;
        Ok(sessions + links + counts + mails + devices + jobs + challenges + uploads)
    }

    /// Records one thing that changed no row: a refusal, a failed sign-in.
    pub async fn record(&self, context: Context, event: Event) -> Result<(), Error> {
        let mut write = self.write(context).await?;
        let recorded = write.record(event);
        write.commit(recorded).await
    }
}

impl Write {
    /// How many hold this role, within this transaction.
    pub async fn holders(&mut self, role: &str) -> Result<u64, Error> {
        people::holders(self.transaction(), role).await
    }

    /// The person with this folded address, within this transaction.
    pub async fn person_by_email(&mut self, email: &str) -> Result<Option<PersonRow>, Error> {
        people::find(self.transaction(), email).await
    }

    /// The person of this id, within this transaction.
    pub async fn person(&mut self, id: i64) -> Result<Option<PersonRow>, Error> {
        people::by_id(self.transaction(), id).await
    }

    /// Holders of a role who are neither locked nor switched off, without this person.
    pub async fn usable_holders_beside(&mut self, role: &str, person: i64) -> Result<u64, Error> {
        let now = self.context().now();
        people::usable_holders_beside(self.transaction(), role, person, now).await
    }

    /// Whether who asks still has the session, the role and the loans with which the request began.
    pub async fn still_stands(&mut self, actor: &Actor) -> Result<bool, Error> {
        let now = self.context().now();
        let stands =
            sessions::stands(self.transaction(), actor.session, actor.asker.person, actor.role.name, now).await?;
        Ok(stands && (actor.lent.is_empty() || self.lent_to(actor.asker.person).await? == actor.lent))
    }

    /// Gives a person another role, which ends every session that they have, and with the old role what was lent for
    /// it.
    pub(crate) async fn assign(&mut self, person: &PersonRow, role: &str) -> Result<Recorded, Error> {
        if !people::set_role(self.transaction(), person.id, role).await? {
            return Err(Error::NotFound);
        }
        self.end(sessions::Ending::AllOf(person.id), EndReason::RoleChanged).await?;
        self.take_back_all(person.id).await?;
        let title = self.role_title(role);
        self.tell(person.id, Notice::RoleChanged, title).await?;
        let change = Change {
            field: "role".to_owned(),
            label: Sensitivity::Internal,
            before: Some(person.role.clone()),
            after: Some(role.to_owned()),
        };
        Ok(self.record(about(EventId::PersonAssigned, person.id).with(change)))
    }

    /// Their attributes, within this transaction.
    pub async fn attributes(&mut self, person: i64) -> Result<String, Error> {
        people::attributes(self.transaction(), person).await
    }

    /// Writes their attributes, a JSON object by name; `changes` is what differs.
    pub(crate) async fn set_attributes(
        &mut self,
        person: i64,
        json: &str,
        changes: Vec<Change>,
    ) -> Result<Recorded, Error> {
        if !people::set_attributes(self.transaction(), person, json).await? {
            return Err(Error::NotFound);
        }
        let event = about(EventId::PersonUpdated, person);
        Ok(self.record(changes.into_iter().fold(event, crate::audit::Event::with)))
    }

    /// Locks a person until somebody unlocks them, which ends every session that they have.
    pub(crate) async fn lock(&mut self, person: i64) -> Result<Recorded, Error> {
        if !people::set_locked_until(self.transaction(), person, DateTime::from_timestamp(LOCKED, 0)).await? {
            return Err(Error::NotFound);
        }
        self.end(sessions::Ending::AllOf(person), EndReason::Locked).await?;
        self.tell(person, Notice::Locked, "").await?;
        Ok(self.record(about(EventId::PersonLocked, person)))
    }

    /// Ends every session of a person; `None`: they have none.
    pub(crate) async fn end_sessions(&mut self, person: i64, reason: EndReason) -> Result<Option<Recorded>, Error> {
        self.end(sessions::Ending::AllOf(person), reason).await
    }

    /// Ends every session of a person but this one; `None`: they have no other. Of their devices this browser's stays.
    pub(crate) async fn end_other_sessions(
        &mut self,
        person: i64,
        session: i64,
        device: Option<token::Hash>,
        reason: EndReason,
    ) -> Result<Option<Recorded>, Error> {
        let ended = self.end(sessions::Ending::AllBut(person, session), reason).await?;
        if let Some(device) = device {
            self.know_device(person, &device).await?;
        }
        Ok(ended)
    }

    /// Ends every session of whoever holds this role; `None`: there is none.
    pub(crate) async fn end_sessions_of_role(
        &mut self,
        role: &'static str,
        reason: EndReason,
    ) -> Result<Option<Recorded>, Error> {
        self.end(sessions::Ending::OfRole(role), reason).await
    }

    /// Adds a person; `None`: the address is taken.
    pub async fn create_person(&mut self, new: &NewPerson<'_>) -> Result<Option<(i64, Recorded)>, Error> {
        if self.person_by_email(new.email).await?.is_some() {
            return Ok(None);
        }
        let now = self.context().now();
        let Some(id) = people::insert(self.transaction(), new, now).await? else { return Ok(None) };
        if new.password_hash.is_some() {
            // Whoever has none yet gets a link, and is told with it.
            let title = self.role_title(new.role);
            self.tell(id, Notice::AccountMade, title).await?;
        }
        let mut event = about(EventId::PersonCreated, id)
            .with(Change::fact("email", Sensitivity::Personal, new.email))
            .with(Change::fact("role", Sensitivity::Internal, new.role));
        if new.attributes != "{}" {
            event = event.with(Change::fact("attributes", Sensitivity::Personal, new.attributes.as_str()));
        }
        Ok(Some((id, self.record(event))))
    }

    /// Sets a password, which ends every session that the person has.
    pub async fn set_password(&mut self, person: i64, hash: &PasswordHash) -> Result<Recorded, Error> {
        if !people::set_password_hash(self.transaction(), person, Some(hash)).await? {
            return Err(Error::NotFound);
        }
        self.end_links(person).await?;
        self.end(sessions::Ending::AllOf(person), EndReason::PasswordChanged).await?;
        self.tell(person, Notice::PasswordSet, "").await?;
        Ok(self.record(about(EventId::PasswordSet, person)))
    }

    /// Sets one's own password from within a session, which ends every other session; `device` is of this browser.
    pub(crate) async fn change_own_password(
        &mut self,
        person: i64,
        session: i64,
        device: Option<token::Hash>,
        hash: &PasswordHash,
    ) -> Result<Recorded, Error> {
        if !people::set_password_hash(self.transaction(), person, Some(hash)).await? {
            return Err(Error::NotFound);
        }
        self.end_links(person).await?;
        self.end_other_sessions(person, session, device, EndReason::PasswordChanged).await?;
        self.tell(person, Notice::PasswordSet, "").await?;
        Ok(self.record(about(EventId::PasswordSet, person)))
    }

    /// Takes a password away, which ends every session that the person has: only a link lets them in again.
    pub(crate) async fn clear_password(&mut self, person: i64) -> Result<Recorded, Error> {
        if !people::set_password_hash(self.transaction(), person, None).await? {
            return Err(Error::NotFound);
        }
        self.end_links(person).await?;
        self.end(sessions::Ending::AllOf(person), EndReason::Reset).await?;
        Ok(self.record(about(EventId::PasswordCleared, person)))
    }

    /// A role as people read it.
    fn role_title<'a>(&self, role: &'a str) -> &'a str {
        self.panel().role_by_name(role).map_or(role, |role| role.title)
    }

    /// Keeps the same password under a stronger hash; ends nothing.
    pub(crate) async fn strengthen_hash(&mut self, person: i64, hash: &PasswordHash) -> Result<(), Error> {
        people::set_password_hash(self.transaction(), person, Some(hash)).await?;
        Ok(())
    }

    /// Whether the person is known to sign in with other devices, and not with this one.
    pub(crate) async fn is_new_device(&mut self, person: i64, token: &token::Hash) -> Result<bool, Error> {
        let now = self.context().now();
        devices::is_new(self.transaction(), person, token, now).await
    }

    /// The person signed in with this device, so that their tries from it are counted apart from others' from now on.
    pub(crate) async fn know_device(&mut self, person: i64, token: &token::Hash) -> Result<(), Error> {
        let now = self.context().now();
        devices::know(self.transaction(), person, token, now).await
    }

    /// Lets a locked person in again. What tries from their devices are held against goes with the devices.
    pub async fn unlock(&mut self, person: i64) -> Result<Recorded, Error> {
        devices::forget_all(self.transaction(), person).await?;
        if !people::set_locked_until(self.transaction(), person, None).await? {
            return Err(Error::NotFound);
        }
        self.tell(person, Notice::Unlocked, "").await?;
        Ok(self.record(about(EventId::PersonUnlocked, person)))
    }

    /// Starts a session and ends the oldest beyond as many as the person may have.
    pub async fn start_session(&mut self, new: &NewSession<'_>) -> Result<(i64, Recorded), Error> {
        let now = self.context().now();
        let id = sessions::start(self.transaction(), new, now).await?;
        let keep = new.at_most.max(1);
        self.end(sessions::Ending::Beyond(new.person, Trust::Password, keep), EndReason::Evicted).await?;
        let event = about(EventId::SessionStarted, new.person).with(Change::fact(
            "session",
            Sensitivity::Internal,
            id.to_string(),
        ));
        Ok((id, self.record(event)))
    }

    /// Gives a session another token after a fresh proof of identity; `None`: it is over, or `old` is not its token any
    /// more.
    pub async fn prove_session(
        &mut self,
        person: i64,
        session: i64,
        old: &token::Hash,
        new: &token::Hash,
    ) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        if !sessions::prove(self.transaction(), session, old, new, now).await? {
            return Ok(None);
        }
        let event = about(EventId::SessionProved, person).with(Change::fact(
            "session",
            Sensitivity::Internal,
            session.to_string(),
        ));
        Ok(Some(self.record(event)))
    }

    /// Ends one session; `None`: it was over already.
    pub async fn end_session(&mut self, session: i64, reason: EndReason) -> Result<Option<Recorded>, Error> {
        self.end(sessions::Ending::One(session), reason).await
    }

    /// The way to `revoked_at`, for everybody.
    pub(super) async fn end(&mut self, which: sessions::Ending, reason: EndReason) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        // Whoever held a session may hold the device, too.
        match which {
            sessions::Ending::AllOf(person) | sessions::Ending::AllBut(person, _) => {
                devices::forget_all(self.transaction(), person).await?;
            }
            sessions::Ending::OfRole(role) => devices::forget_of_role(self.transaction(), role).await?,
            // One that ends is no sign of a thief.
            sessions::Ending::One(_) | sessions::Ending::Beyond(..) => {}
        }
        let ended = sessions::end(self.transaction(), which, reason, now).await?;
        let mut recorded = None;
        for (session, person) in ended {
            let event = about(EventId::SessionEnded, person)
                .with(Change::fact("session", Sensitivity::Internal, session.to_string()))
                .with(Change::fact("reason", Sensitivity::Internal, reason.text()));
            recorded = Some(self.record(event));
        }
        let with_tokens = self.end_api_tokens_with(which, reason).await?;
        Ok(recorded.or(with_tokens))
    }
}

pub(super) fn about(id: EventId, person: i64) -> Event {
    Event::about(id, PERSON, Some(person))
}

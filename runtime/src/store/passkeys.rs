//! Passkeys and the challenges that they answer. What is kept of a key is public: it verifies signatures and makes
//! none. A challenge is answered once, whatever came of the answer, and an answer counts only as long as its key's
//! count of signatures goes up.

use chrono::{DateTime, Utc};

use super::authority::about;
use super::factors::Accepted;
use super::statements::passkeys;
use super::{Recorded, Store, Write};
use crate::audit::{Change, EventId};
use crate::error::Error;
use crate::mail::Notice;
use crate::panel::Sensitivity;

/// A passkey of a person.
#[derive(Debug, Clone)]
pub struct PasskeyRow {
    /// Primary key.
    pub id: i64,
    /// Whose.
    pub person: i64,
    /// What the authenticator calls it.
    pub credential: Vec<u8>,
    /// What the authenticator calls its person: 16 random bytes, the same for all keys of one.
    pub handle: Vec<u8>,
    /// The public key and what was said of it when it was made, a JSON object.
    pub public: String,
    /// Signatures that it says it made; 0: it does not count.
    pub counter: i64,
    /// As its person calls it.
    pub name: String,
    /// It may be on more than one device: its maker keeps a copy.
    pub synced: bool,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last proved who they are.
    pub used_at: Option<DateTime<Utc>>,
}

/// A passkey to be kept.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// As in [`PasskeyRow`].
    pub credential: Vec<u8>,
    /// As in [`PasskeyRow`].
    pub handle: Vec<u8>,
    /// As in [`PasskeyRow`].
    pub public: String,
    /// As in [`PasskeyRow`].
    pub counter: i64,
    /// How it is reached, as the browser says: `usb`, `internal` …, parted by blanks.
    pub transports: String,
    /// As in [`PasskeyRow`].
    pub synced: bool,
}

/// A signature that is right; whether it counts is still to be decided (`Write::accept_passkey`).
#[derive(Debug, Clone)]
pub struct Signed {
    /// Id of the passkey.
    pub id: i64,
    /// Its count with this signature.
    pub counter: i64,
    /// As in [`PasskeyRow`].
    pub synced: bool,
}

/// A challenge to be answered, and what it is bound to.
#[derive(Debug)]
pub struct NewChallenge<'a> {
    /// The session or the browser, and what for; there is one challenge of each.
    pub bound: [u8; 32],
    /// What the answer is checked against, a JSON object.
    pub state: &'a str,
    /// Until then it may be answered.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// The passkeys of a person, the oldest first, in one statement.
    pub(crate) async fn passkeys_of(&self, person: i64) -> Result<Vec<PasskeyRow>, Error> {
        self.database.passkeys_of(person).await
    }

    /// The passkey that its authenticator calls so, in one statement.
    pub(crate) async fn passkey(&self, credential: &[u8]) -> Result<Option<PasskeyRow>, Error> {
        self.database.passkey(credential).await
    }

    /// Keeps a challenge in place of the one before it.
    pub(crate) async fn keep_challenge(&self, new: &NewChallenge<'_>) -> Result<(), Error> {
        let mut tx = self.database.begin().await?;
        passkeys::keep_challenge(&mut tx, new).await?;
        Ok(tx.commit_without_event().await?)
    }

    /// Takes a challenge away to be answered: nobody gets it twice, from whichever process.
    pub(crate) async fn take_challenge(&self, bound: &[u8; 32], now: DateTime<Utc>) -> Result<Option<String>, Error> {
        let mut tx = self.database.begin().await?;
        let state = passkeys::take_challenge(&mut tx, bound, now).await?;
        tx.commit_without_event().await?;
        Ok(state)
    }
}

impl Write {
    /// Gives a person one more passkey; `None`: it is somebody's already. Making it was a proof of it.
    pub(crate) async fn add_passkey(
        &mut self,
        person: i64,
        name: &str,
        new: &NewPasskey,
    ) -> Result<Option<(Accepted, Recorded)>, Error> {
        let now = self.context().now();
        let Some(id) = passkeys::insert(self.transaction(), person, name, new, now).await? else { return Ok(None) };
        self.tell(person, Notice::FactorAdded, &called(name)).await?;
        let recorded = self.record(about(EventId::PasskeyAdded, person).with(number(id)).with(named(name)));
        Ok(Some((Accepted::by_passkey(person), recorded)))
    }

    /// Lets a signature count; `None`: the key is gone, is not this person's, or its count of signatures did not go up,
    /// as with a copy of it. One statement in any case, and the record of one that counts.
    pub(crate) async fn accept_passkey(&mut self, person: i64, signed: &Signed) -> Result<Option<Accepted>, Error> {
        let now = self.context().now();
        if !passkeys::count(self.transaction(), person, signed, now).await? {
            return Ok(None);
        }
        let _: Recorded = self.record(about(EventId::PasskeyUsed, person).with(number(signed.id)));
        Ok(Some(Accepted::by_passkey(person)))
    }

    /// Calls a passkey of this person something else; `None`: they have no such key.
    pub(crate) async fn rename_passkey(&mut self, person: i64, id: i64, name: &str) -> Result<Option<Recorded>, Error> {
        let Some(before) = passkeys::name(self.transaction(), person, id).await? else { return Ok(None) };
        passkeys::rename(self.transaction(), person, id, name).await?;
        let change = Change { before: Some(before), ..named(name) };
        Ok(Some(self.record(about(EventId::PasskeyRenamed, person).with(number(id)).with(change))))
    }

    /// Takes one passkey of this person away; `None`: they have no such key. Which sessions end is the caller's to say.
    pub(crate) async fn remove_passkey(&mut self, person: i64, id: i64) -> Result<Option<Recorded>, Error> {
        let Some(name) = passkeys::name(self.transaction(), person, id).await? else { return Ok(None) };
        passkeys::remove(self.transaction(), person, Some(id)).await?;
        self.forget_codes_without_factor(person).await?;
        self.tell(person, Notice::FactorRemoved, &called(&name)).await?;
        Ok(Some(self.record(about(EventId::PasskeyRemoved, person).with(number(id)).with(named(&name)))))
    }

    /// Takes all passkeys of a person away; how many there were.
    pub(super) async fn remove_passkeys(&mut self, person: i64) -> Result<u64, Error> {
        passkeys::remove(self.transaction(), person, None).await
    }

    /// How many passkeys a person has, within this transaction.
    pub(crate) async fn passkeys(&mut self, person: i64) -> Result<u64, Error> {
        passkeys::held(self.transaction(), person).await
    }

    /// A key signed that was signed with elsewhere since: somebody may have a copy of it. Its person is told.
    pub(crate) async fn suspect_passkey(&mut self, row: &PasskeyRow) -> Result<(), Error> {
        self.tell(row.person, Notice::PasskeySuspect, &row.name).await
    }
}

fn called(name: &str) -> String {
    format!("the passkey “{name}”")
}

fn number(id: i64) -> Change {
    Change::fact("passkey", Sensitivity::Internal, id.to_string())
}

fn named(name: &str) -> Change {
    Change::fact("name", Sensitivity::Personal, name)
}

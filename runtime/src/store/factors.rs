//! Second factors and recovery codes. A code counts once, decided by the database in the transaction that lets it
//! count, and only what was counted there ([`Accepted`]) raises a session's trust.

use super::account::PasswordHash;
use super::authority::about;
use super::statements::{factors, sessions};
use super::{Recorded, Store, Write};
use crate::audit::{Change, EventId};
use crate::error::Error;
use crate::mail::Notice;
use crate::panel::Sensitivity;
use crate::session::{EndReason, Held, Trust};
use crate::token;

/// What mails call the one kind of factor.
const NAME: &str = "an authenticator app";

/// The second factor of a person.
#[derive(Debug, Clone)]
pub struct FactorRow {
    /// Primary key.
    pub id: i64,
    /// Its secret, as [`crate::secret::Secret::seal`] made it.
    pub sealed: Vec<u8>,
}

/// A recovery code that was not used yet.
#[derive(Debug, Clone)]
pub struct SavedCode {
    /// Primary key.
    pub id: i64,
    /// PHC string.
    pub hash: PasswordHash,
}

/// A recovery code to be kept.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// Its public letters, which say which hash to check.
    pub mark: String,
    /// PHC string.
    pub hash: PasswordHash,
}

/// What somebody showed, and what it matched before the transaction. It has still to be accepted (`Write::accept`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// A code of the factor with this id, for the time step of this number; both 0: it matched nothing.
    Step {
        /// Id of the factor.
        factor: i64,
        /// Number of the step: seconds since 1970 by 30.
        step: i64,
    },
    /// The recovery code with this id; 0: it matched nothing.
    Saved(i64),
}

/// A second factor was proved in this transaction: the one thing that raises a session's trust.
#[must_use]
#[derive(Debug)]
pub struct Accepted {
    person: i64,
    how: &'static str,
}

impl Accepted {
    /// Only what counts signatures makes one.
    pub(super) fn by_passkey(person: i64) -> Self {
        Self { person, how: "passkey" }
    }
}

/// Recovery codes of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Codes {
    /// Made, used ones included.
    pub made: u64,
    /// Still good.
    pub left: u64,
}

impl Store {
    /// The factor of a person, in one statement.
    pub(crate) async fn factor(&self, person: i64) -> Result<Option<FactorRow>, Error> {
        self.database.factor(person).await
    }

    /// The unused recovery code with these public letters, in one statement.
    pub(crate) async fn saved_code(&self, person: i64, mark: &str) -> Result<Option<SavedCode>, Error> {
        self.database.saved_code(person, mark).await
    }

    /// How many recovery codes a person has, in one statement.
    pub(crate) async fn codes(&self, person: i64) -> Result<Codes, Error> {
        self.database.codes(person).await
    }

    /// Id of the newest factor that a person has or had; 0: none ever.
    pub(crate) async fn newest_factor(&self, person: i64) -> Result<i64, Error> {
        self.database.newest_factor(person).await
    }

    /// One factor of anybody and its person, to see whether the key that sealed it is at hand.
    pub(crate) async fn any_factor(&self) -> Result<Option<(i64, FactorRow)>, Error> {
        self.database.any_factor().await
    }

    /// Ids of everybody who has a factor, of whichever kind.
    pub(crate) async fn people_with_factor(&self) -> Result<Vec<i64>, Error> {
        self.database.people_with_factor().await
    }
}

impl Write {
    /// Lets a code count, if it has not counted before; `None`: it matched nothing, or somebody was quicker. One
    /// statement in any case.
    pub(crate) async fn accept(&mut self, person: i64, shown: Presented) -> Result<Option<Accepted>, Error> {
        let now = self.context().now();
        let (counted, how) = match shown {
            Presented::Step { factor, step } => {
                (factors::take_step(self.transaction(), person, factor, step).await?, "totp")
            }
            Presented::Saved(code) => {
                (factors::take_code(self.transaction(), person, code, now).await?, "recovery_code")
            }
        };
        if counted && how == "recovery_code" {
            let _: Recorded = self.record(about(EventId::CodeUsed, person));
            let left = factors::codes_left(self.transaction(), person).await?;
            self.tell(person, Notice::CodeUsed, &left.to_string()).await?;
        }
        Ok(counted.then_some(Accepted { person, how }))
    }

    /// Gives a person this factor instead of the one they have, if any. The step that confirmed it has counted.
    pub async fn enrol(&mut self, person: i64, sealed: &[u8], step: i64) -> Result<(Accepted, Recorded), Error> {
        let now = self.context().now();
        factors::remove(self.transaction(), person, now).await?;
        factors::insert(self.transaction(), person, sealed, step, now).await?;
        self.tell(person, Notice::FactorAdded, NAME).await?;
        let recorded = self.record(about(EventId::FactorEnrolled, person).with(kind()));
        Ok((Accepted { person, how: "totp" }, recorded))
    }

    /// Takes a person's app away, and where no passkey is left their recovery codes; `None`: they have none. Which
    /// sessions end is the caller's to say.
    pub(crate) async fn remove_app(&mut self, person: i64) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        if !factors::remove(self.transaction(), person, now).await? {
            return Ok(None);
        }
        self.forget_codes_without_factor(person).await?;
        self.tell(person, Notice::FactorRemoved, NAME).await?;
        let event = about(EventId::FactorRemoved, person).with(kind());
        Ok(Some(self.record(event.with(Change::fact("by", Sensitivity::Internal, "themselves")))))
    }

    /// Takes every factor of a person and their recovery codes away; `None`: they have none. Which sessions end is the
    /// caller's to say; `why` and `by` go into the log.
    pub(crate) async fn remove_factors(&mut self, person: i64, by: &str, why: &str) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        let app = factors::remove(self.transaction(), person, now).await?;
        let passkeys = self.remove_passkeys(person).await?;
        if !app && passkeys == 0 {
            return Ok(None);
        }
        factors::replace_codes(self.transaction(), person, &[], now).await?;
        let mut event = about(EventId::FactorRemoved, person);
        if app {
            self.tell(person, Notice::FactorRemoved, NAME).await?;
            event = event.with(kind());
        }
        if passkeys > 0 {
            let all = if passkeys == 1 { "a passkey".to_owned() } else { format!("{passkeys} passkeys") };
            self.tell(person, Notice::FactorRemoved, &all).await?;
            event = event.with(Change::fact("passkeys", Sensitivity::Internal, passkeys.to_string()));
        }
        event = event.with(Change::fact("by", Sensitivity::Internal, by));
        if !why.is_empty() {
            event = event.with(Change::fact("why", Sensitivity::Internal, why));
        }
        Ok(Some(self.record(event)))
    }

    /// Which factors a person has, within this transaction; of two who add or remove at once, one waits for the other.
    pub(crate) async fn held(&mut self, person: i64) -> Result<Held, Error> {
        let passkeys = self.passkeys(person).await? > 0;
        Ok(Held { totp: factors::there(self.transaction(), person).await?, passkeys })
    }

    /// With the last factor the recovery codes go, which stand for it.
    pub(super) async fn forget_codes_without_factor(&mut self, person: i64) -> Result<(), Error> {
        let now = self.context().now();
        if !self.held(person).await?.any() {
            factors::replace_codes(self.transaction(), person, &[], now).await?;
        }
        Ok(())
    }

    /// Gives a person these recovery codes instead of all that they have.
    pub(crate) async fn replace_codes(&mut self, person: i64, codes: &[NewCode]) -> Result<Recorded, Error> {
        let now = self.context().now();
        factors::replace_codes(self.transaction(), person, codes, now).await?;
        if !codes.is_empty() {
            self.tell(person, Notice::CodesMade, "").await?;
        }
        let count = Change::fact("count", Sensitivity::Internal, codes.len().to_string());
        Ok(self.record(about(EventId::CodesIssued, person).with(count)))
    }

    /// Raises a session's trust and gives it another token; `None`: it is over, or `old` is not its token any more.
    /// Ends the oldest beyond `at_most`.
    pub(crate) async fn raise_session(
        &mut self,
        accepted: &Accepted,
        session: i64,
        old: &token::Hash,
        new: &token::Hash,
        at_most: u32,
    ) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        if !sessions::raise(self.transaction(), accepted.person, session, old, new, now).await? {
            return Ok(None);
        }
        let beyond = sessions::Ending::Beyond(accepted.person, Trust::Factor, at_most.max(1));
        self.end(beyond, EndReason::Evicted).await?;
        let event = about(EventId::FactorProved, accepted.person)
            .with(Change::fact("session", Sensitivity::Internal, session.to_string()))
            .with(Change::fact("how", Sensitivity::Internal, accepted.how));
        Ok(Some(self.record(event)))
    }
}

fn kind() -> Change {
    Change::fact("kind", Sensitivity::Internal, "totp")
}

//! Looking after the audit log as a whole: its head, writing it out, and removing its oldest entries without breaking
//! the chain. Nothing here changes an entry.

use chrono::{DateTime, Duration, Utc};

use super::statements::retention::{self, Kept};
use super::{Recorded, Store, Write};
use crate::audit::chain::{Checkpoint, Verified, hex};
use crate::audit::{Change, Event, EventId};
use crate::error::Error;
use crate::panel::Sensitivity;

/// Days for which entries stay at least, whoever asks.
pub const LEAST_DAYS: i64 = 90;

impl Store {
    /// Reads the whole audit log and says whether it is as it was written, and whether the entry of a checkpoint that
    /// was kept outside is still the same.
    pub async fn verify_audit_against(&self, checkpoint: Checkpoint) -> Result<Verified, Error> {
        self.database.verify_audit(Some(checkpoint)).await
    }

    /// The newest entry: what to keep outside.
    pub async fn checkpoint(&self) -> Result<Checkpoint, Error> {
        self.database.audit_head().await
    }

    /// Entries after this one as JSON, one a line, oldest first, with the place of the last; none: there are no more.
    /// The changes and every other column stand there as they were hashed.
    pub async fn audit_lines(
        &self,
        after: i64,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> Result<Option<(Vec<String>, i64)>, Error> {
        const AT_ONCE: i64 = 1_000;
        let found = self.database.audit_after(after, from, to, AT_ONCE).await?;
        let Some(last) = found.last().map(|(entry, _)| entry.seq) else { return Ok(None) };
        let lines = found.iter().map(line).collect::<Result<_, _>>()?;
        Ok(Some((lines, last)))
    }
}

impl Write {
    /// Removes the entries from before then; none: there are none. An entry says so, and the rest stays chained to it.
    ///
    /// # Errors
    /// [`Error::Beyond`] for entries younger than [`LEAST_DAYS`].
    pub async fn prune_audit(&mut self, before: DateTime<Utc>) -> Result<Option<(u64, Recorded)>, Error> {
        let now = self.context().now();
        if before > now - Duration::days(LEAST_DAYS) {
            return Err(Error::Beyond(format!("The entries of the last {LEAST_DAYS} days stay.")));
        }
        let Some((last, removed)) = retention::prune(self.transaction(), before, now).await? else { return Ok(None) };
        let fact = |name: &str, value: String| Change::fact(name, Sensitivity::Internal, value);
        let event = Event::plain(EventId::AuditPruned)
            .with(fact("through", last.seq.to_string()))
            .with(fact("hash", hex(&last.hash)))
            .with(fact("entries", removed.to_string()))
            .with(fact("before", before.format("%Y-%m-%d").to_string()));
        Ok(Some((removed, self.record(event))))
    }
}

fn line((entry, hash): &Kept) -> Result<String, Error> {
    let text = |value: &str| {
        serde_json::to_string(value).map_err(|why| Error::Bug(format!("an entry does not become JSON: {why}")))
    };
    let optional = |value: Option<&str>| value.map_or_else(|| Ok("null".to_owned()), text);
    let number = |value: Option<i64>| value.map_or_else(|| "null".to_owned(), |value| value.to_string());
    Ok(format!(
        "{{\"seq\":{},\"at\":{},\"request\":{},\"actor\":{},\"actor_email\":{},\"session\":{},\"address\":{},\"event\":{},\"model\":{},\
         \"row\":{},\"changes\":{},\"hash\":\"{}\"}}",
        entry.seq,
        text(&entry.at)?,
        text(&entry.request)?,
        number(entry.actor),
        optional(entry.actor_email.as_deref())?,
        number(entry.session),
        optional(entry.address.as_deref())?,
        text(&entry.event)?,
        optional(entry.model.as_deref())?,
        number(entry.row),
        entry.changes,
        hex(hash)
    ))
}

//! The queue of mail. A claim is one statement: of two processes that look at once, the second finds nothing to take.

use chrono::{DateTime, Utc};

use super::people::person;
use crate::audit::Origin;
use crate::error::Error;
use crate::store::database::Database;
use crate::store::mail::{MailEnd, MailRow, MailState, NewMail};
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;

impl Database {
    pub(in crate::store) async fn mail_is_due(&self, now: DateTime<Utc>) -> Result<bool, Error> {
        let sql = Sql::new(
            "SELECT 1 FROM bw_mail WHERE state = 'queued' AND due_at <= $1 \
             AND (claimed_until IS NULL OR claimed_until <= $1) LIMIT 1",
        )
        .bind(now);
        Ok(self.reading().await?.row(sql).await?.is_some())
    }

    pub(in crate::store) async fn claim_mail(
        &self,
        claim: &str,
        now: DateTime<Utc>,
        leased: DateTime<Utc>,
    ) -> Result<Option<MailRow>, Error> {
        let mut tx = self.begin().await?;
        // The conditions stand in both places: where rows are locked one by one, the outer ones are looked at once more
        // after the wait for whoever was first.
        let sql = Sql::new(
            "UPDATE bw_mail SET claim = $1, claimed_until = $2, tries = tries + 1 \
             WHERE state = 'queued' AND due_at <= $3 AND (claimed_until IS NULL OR claimed_until <= $3) AND id = \
             (SELECT id FROM bw_mail WHERE state = 'queued' AND due_at <= $3 \
             AND (claimed_until IS NULL OR claimed_until <= $3) ORDER BY due_at, id LIMIT 1) RETURNING id",
        )
        .bind(claim)
        .bind(leased)
        .bind(now);
        let Some(claimed) = tx.row(sql).await? else {
            tx.rollback().await?;
            return Ok(None);
        };
        let sql = Sql::new(
            "SELECT m.id, m.notice, m.detail, m.created_at, m.give_up_at, m.tries, m.fault, \
             m.request_id, m.address, p.id, p.email, p.role, p.password_hash, p.inactive, p.locked_until, p.created_at \
             FROM bw_mail m LEFT JOIN bw_people p ON p.id = m.person WHERE m.id = $1",
        )
        .bind(claimed.whole(0)?);
        let found = tx.row(sql).await?.ok_or_else(|| Error::Bug("a claimed mail is gone".to_owned()))?;
        let mail = MailRow {
            id: found.whole(0)?,
            notice: found.words(1)?,
            detail: found.words(2)?,
            created_at: found.moment(3)?,
            give_up_at: found.moment(4)?,
            tries: u32::try_from(found.count(5)?).unwrap_or(u32::MAX),
            fault: found.words(6)?,
            origin: Origin::kept(found.text(7)?.as_deref(), found.text(8)?),
            person: found.int(9)?.map(|_| person(&found, 9)).transpose()?,
        };
        tx.commit_without_event().await?;
        Ok(Some(mail))
    }

    pub(in crate::store) async fn postpone_mail(
        &self,
        id: i64,
        claim: &str,
        due: DateTime<Utc>,
        fault: &str,
    ) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        let sql = Sql::new(
            "UPDATE bw_mail SET due_at = $1, fault = $2, claim = NULL, claimed_until = NULL \
             WHERE id = $3 AND claim = $4 AND state = 'queued'",
        )
        .bind(due)
        .bind(fault)
        .bind(id)
        .bind(claim);
        tx.execute(sql).await?;
        Ok(tx.commit_without_event().await?)
    }

    pub(in crate::store) async fn mail_state(&self) -> Result<MailState, Error> {
        let sql = Sql::new(
            "SELECT sum(CASE WHEN state = 'queued' THEN 1 ELSE 0 END), \
             min(CASE WHEN state = 'queued' THEN created_at END), \
             sum(CASE WHEN state = 'given_up' THEN 1 ELSE 0 END), \
             (SELECT fault FROM bw_mail WHERE state IN ('queued', 'given_up') AND fault <> '' ORDER BY id DESC LIMIT 1) \
             FROM bw_mail",
        );
        let found = self.reading().await?.row(sql).await?;
        let found = found.ok_or_else(|| Error::Bug("a count gave no row".to_owned()))?;
        let count = |column| Ok::<_, Error>(found.int(column)?.and_then(|n| u64::try_from(n).ok()).unwrap_or(0));
        Ok(MailState {
            queued: count(0)?,
            oldest: found.optional_moment(1)?,
            given_up: count(2)?,
            fault: found.text(3)?,
        })
    }
}

pub(in crate::store) async fn insert(tx: &mut Transaction, new: &NewMail<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    let sql = Sql::new(
        "INSERT INTO bw_mail (person, notice, detail, state, created_at, due_at, give_up_at, request_id, address) \
         VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)",
    )
    .bind(new.person)
    .bind(new.notice)
    .bind(new.detail)
    // For nobody, the same statement and nothing to send.
    .bind(if new.person.is_some() { "queued" } else { MailEnd::Dropped.text() })
    .bind(now)
    .bind(new.give_up_at)
    .bind(new.origin.request.to_string())
    .bind(new.origin.address.as_deref());
    tx.execute(sql).await?;
    Ok(())
}

/// Mails of this person that would carry a link and are not sent yet: a newer one takes their place.
pub(in crate::store) async fn replace_links(
    tx: &mut Transaction,
    person: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let sql = Sql::new(
        "UPDATE bw_mail SET state = 'replaced', done_at = $1 WHERE person = $2 AND state = 'queued' \
         AND notice IN ('reset_asked', 'reset_started', 'invited')",
    )
    .bind(now)
    .bind(person);
    tx.execute(sql).await?;
    Ok(())
}

pub(in crate::store) async fn is_claimed(tx: &mut Transaction, id: i64, claim: &str) -> Result<bool, Error> {
    let sql = Sql::new("SELECT 1 FROM bw_mail WHERE id = $1 AND claim = $2 AND state = 'queued'").bind(id).bind(claim);
    Ok(tx.row(sql).await?.is_some())
}

/// Takes a claimed mail out of the queue; false: the claim is gone.
pub(in crate::store) async fn end(
    tx: &mut Transaction,
    id: i64,
    claim: &str,
    end: MailEnd,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_mail SET state = $1, done_at = $2 WHERE id = $3 AND claim = $4 AND state = 'queued'")
        .bind(end.text())
        .bind(now)
        .bind(id)
        .bind(claim);
    Ok(tx.execute(sql).await? == 1)
}

/// Removes what was settled before then.
pub(in crate::store) async fn forget(tx: &mut Transaction, before: DateTime<Utc>) -> Result<u64, Error> {
    let sql = Sql::new("DELETE FROM bw_mail WHERE state <> 'queued' AND created_at < $1").bind(before);
    Ok(tx.execute(sql).await?)
}

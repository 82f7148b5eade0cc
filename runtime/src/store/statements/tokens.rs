//! One-use links. `used_at` is written by one function; a new link ends the older ones of its kind.

use chrono::{DateTime, Utc};

use super::people::person;
use crate::error::Error;
use crate::store::account::{LinkRow, NewLink, Purpose};
use crate::store::answer::Answer;
use crate::store::database::Database;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;
use crate::token;

impl Database {
    pub(in crate::store) async fn link(
        &self,
        token: &token::Hash,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<Option<LinkRow>, Error> {
        let found = self.reading().await?.row(usable(token, purpose, now)).await?;
        found.as_ref().map(link).transpose()
    }
}

/// Makes one; older ones for the same purpose and person are no longer good.
pub(in crate::store) async fn issue(tx: &mut Transaction, new: &NewLink, now: DateTime<Utc>) -> Result<(), Error> {
    // Of several made at once, the last alone is good.
    tx.hold(format!("{} {:?}", new.purpose.text(), new.person).as_bytes()).await?;
    let older =
        Sql::new("DELETE FROM bw_tokens WHERE purpose = $1 AND person IS NOT DISTINCT FROM $2 AND used_at IS NULL")
            .bind(new.purpose.text())
            .bind(new.person);
    tx.execute(older).await?;
    let sql = Sql::new(
        "INSERT INTO bw_tokens (token_hash, purpose, person, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(new.token.as_slice())
    .bind(new.purpose.text())
    .bind(new.person)
    .bind(now)
    .bind(new.expires_at);
    tx.execute(sql).await?;
    Ok(())
}

/// Ends those of a person that nobody used.
pub(in crate::store) async fn end_unused(tx: &mut Transaction, purpose: Purpose, person: i64) -> Result<(), Error> {
    let sql = Sql::new("DELETE FROM bw_tokens WHERE purpose = $1 AND person = $2 AND used_at IS NULL")
        .bind(purpose.text())
        .bind(person);
    tx.execute(sql).await?;
    Ok(())
}

/// Uses a link up; `None`: there is none that may be used now.
pub(in crate::store) async fn take(
    tx: &mut Transaction,
    token: &token::Hash,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<LinkRow>, Error> {
    let Some(found) = tx.row(usable(token, purpose, now)).await?.as_ref().map(link).transpose()? else {
        return Ok(None);
    };
    let sql = Sql::new("UPDATE bw_tokens SET used_at = $1 WHERE id = $2 AND used_at IS NULL").bind(now).bind(found.id);
    Ok((tx.execute(sql).await? == 1).then_some(found))
}

/// Removes links whose time has been over since before then.
pub(in crate::store) async fn forget(tx: &mut Transaction, before: DateTime<Utc>) -> Result<u64, Error> {
    let sql = Sql::new("DELETE FROM bw_tokens WHERE expires_at < $1").bind(before);
    Ok(tx.execute(sql).await?)
}

fn usable(token: &token::Hash, purpose: Purpose, now: DateTime<Utc>) -> Sql {
    Sql::new(
        "SELECT t.id, p.id, p.email, p.role, p.password_hash, p.inactive, p.locked_until, p.created_at \
         FROM bw_tokens t LEFT JOIN bw_people p ON p.id = t.person \
         WHERE t.token_hash = $1 AND t.purpose = $2 AND t.used_at IS NULL AND t.expires_at > $3",
    )
    .bind(token.as_slice())
    .bind(purpose.text())
    .bind(now)
}

fn link(found: &Answer) -> Result<LinkRow, Error> {
    let person = found.int(1)?.map(|_| person(found, 1)).transpose()?;
    Ok(LinkRow { id: found.whole(0)?, person })
}

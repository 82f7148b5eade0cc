//! Browsers in which a person signed in before. All that a row is good for is that tries from it are counted apart.

use chrono::{DateTime, Duration, Utc};

use crate::error::Error;
use crate::session::DEVICE_DAYS;
use crate::store::database::Database;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;
use crate::token;

/// Devices that are kept of one person; the one not used for longest goes.
const KEPT: i64 = 10;

impl Database {
    pub(in crate::store) async fn device(
        &self,
        token: &token::Hash,
        email: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, Error> {
        let sql = Sql::new(
            "SELECT d.id FROM bw_devices d JOIN bw_people p ON p.id = d.person WHERE d.token_hash = $1 AND p.email = $2 \
             AND d.seen_at > $3",
        )
        .bind(token.as_slice())
        .bind(email)
        .bind(now - Duration::days(DEVICE_DAYS));
        self.reading().await?.row(sql).await?.map(|found| found.whole(0)).transpose()
    }

    pub(in crate::store) async fn device_of_anybody(
        &self,
        token: &token::Hash,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, Error> {
        let sql = Sql::new("SELECT min(id) FROM bw_devices WHERE token_hash = $1 AND seen_at > $2")
            .bind(token.as_slice())
            .bind(now - Duration::days(DEVICE_DAYS));
        self.reading().await?.row(sql).await?.map_or(Ok(None), |found| found.int(0))
    }
}

/// Whether this person is known to sign in elsewhere, and not with this token.
pub(in crate::store) async fn is_new(
    tx: &mut Transaction,
    person: i64,
    token: &token::Hash,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let mut sql = Sql::new("SELECT count(*), max(CASE WHEN token_hash = ");
    sql.push_bind(token.as_slice()).push(" AND seen_at > ").push_bind(now - Duration::days(DEVICE_DAYS));
    sql.push(" THEN 1 ELSE 0 END) FROM bw_devices WHERE person = ").push_bind(person);
    let Some(found) = tx.row(sql).await? else { return Ok(false) };
    Ok(found.count(0)? > 0 && found.int(1)? != Some(1))
}

/// The person signed in there now.
pub(in crate::store) async fn know(
    tx: &mut Transaction,
    person: i64,
    token: &token::Hash,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let sql = Sql::new(
        "INSERT INTO bw_devices (token_hash, person, created_at, seen_at) VALUES ($1, $2, $3, $3) \
         ON CONFLICT (token_hash, person) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(token.as_slice())
    .bind(person)
    .bind(now);
    tx.execute(sql).await?;
    let mut sql = Sql::new("DELETE FROM bw_devices WHERE person = ");
    sql.push_bind(person).push(" AND id NOT IN (SELECT id FROM bw_devices WHERE person = ").push_bind(person);
    sql.push(" ORDER BY seen_at DESC, id DESC LIMIT ").number(KEPT).push(")");
    tx.execute(sql).await?;
    Ok(())
}

/// None of this person's is known any more.
pub(in crate::store) async fn forget_all(tx: &mut Transaction, person: i64) -> Result<(), Error> {
    tx.execute(Sql::new("DELETE FROM bw_devices WHERE person = $1").bind(person)).await?;
    Ok(())
}

/// None of those who hold this role.
pub(in crate::store) async fn forget_of_role(tx: &mut Transaction, role: &str) -> Result<(), Error> {
    let sql = Sql::new("DELETE FROM bw_devices WHERE person IN (SELECT id FROM bw_people WHERE role = $1)").bind(role);
    tx.execute(sql).await?;
    Ok(())
}

/// Removes those that nobody used for too long.
pub(in crate::store) async fn forget(tx: &mut Transaction, now: DateTime<Utc>) -> Result<u64, Error> {
    let sql = Sql::new("DELETE FROM bw_devices WHERE seen_at <= $1").bind(now - Duration::days(DEVICE_DAYS));
    Ok(tx.execute(sql).await?)
}

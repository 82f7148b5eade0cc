//! Passkeys and challenges. A key's count of signatures is written by one statement, which lets it only go up; a
//! challenge is read by the statement that deletes it.

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::store::answer::Answer;
use crate::store::database::Database;
use crate::store::passkeys::{NewChallenge, NewPasskey, PasskeyRow, Signed};
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;

const COLUMNS: &str =
    "SELECT id, person, credential, handle, public_key, counter, name, synced, created_at, used_at FROM bw_passkeys ";

impl Database {
    pub(in crate::store) async fn passkeys_of(&self, person: i64) -> Result<Vec<PasskeyRow>, Error> {
        let mut sql = Sql::new(COLUMNS);
        sql.push("WHERE person = ").push_bind(person).push(" ORDER BY id");
        self.reading().await?.rows(sql).await?.iter().map(passkey).collect()
    }

    pub(in crate::store) async fn passkey(&self, credential: &[u8]) -> Result<Option<PasskeyRow>, Error> {
        let mut sql = Sql::new(COLUMNS);
        sql.push("WHERE credential = ").push_bind(credential);
        self.reading().await?.row(sql).await?.as_ref().map(passkey).transpose()
    }
}

/// Gives its id; none: the authenticator's name for it is taken.
pub(in crate::store) async fn insert(
    tx: &mut Transaction,
    person: i64,
    name: &str,
    new: &NewPasskey,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    let sql = Sql::new(
        "INSERT INTO bw_passkeys (person, credential, handle, public_key, counter, name, transports, synced, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (credential) DO NOTHING RETURNING id",
    )
    .bind(person)
    .bind(new.credential.as_slice())
    .bind(new.handle.as_slice())
    .bind(new.public.as_str())
    .bind(new.counter)
    .bind(name)
    .bind(new.transports.as_str())
    .bind(new.synced)
    .bind(now);
    tx.row(sql).await?.map(|found| found.whole(0)).transpose()
}

/// Writes a signature down; false: there is no such key of this person, or it signed as often as that before. A key
/// that does not count says 0 each time.
pub(in crate::store) async fn count(
    tx: &mut Transaction,
    person: i64,
    signed: &Signed,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let sql = Sql::new(
        "UPDATE bw_passkeys SET counter = $1, synced = $2, used_at = $3 WHERE id = $4 AND person = $5 \
         AND (counter < $1 OR (counter = 0 AND $1 = 0))",
    )
    .bind(signed.counter)
    .bind(signed.synced)
    .bind(now)
    .bind(signed.id)
    .bind(person);
    Ok(tx.execute(sql).await? == 1)
}

/// What its person calls it; none: they have no such key.
pub(in crate::store) async fn name(tx: &mut Transaction, person: i64, id: i64) -> Result<Option<String>, Error> {
    let sql = Sql::new("SELECT name FROM bw_passkeys WHERE id = $1 AND person = $2").bind(id).bind(person);
    tx.row(sql).await?.map(|found| found.words(0)).transpose()
}

pub(in crate::store) async fn rename(tx: &mut Transaction, person: i64, id: i64, name: &str) -> Result<(), Error> {
    let sql =
        Sql::new("UPDATE bw_passkeys SET name = $1 WHERE id = $2 AND person = $3").bind(name).bind(id).bind(person);
    tx.execute(sql).await?;
    Ok(())
}

/// Removes one of a person's keys, or all; how many went.
pub(in crate::store) async fn remove(tx: &mut Transaction, person: i64, id: Option<i64>) -> Result<u64, Error> {
    let mut sql = Sql::new("DELETE FROM bw_passkeys WHERE person = ");
    sql.push_bind(person);
    if let Some(id) = id {
        sql.push(" AND id = ").push_bind(id);
    }
    Ok(tx.execute(sql).await?)
}

pub(in crate::store) async fn held(tx: &mut Transaction, person: i64) -> Result<u64, Error> {
    // Of two who add or remove at once, each counts what the one before did.
    tx.hold(format!("factors of {person}").as_bytes()).await?;
    let sql = Sql::new("SELECT count(*) FROM bw_passkeys WHERE person = $1").bind(person);
    tx.row(sql).await?.as_ref().map_or(Ok(0), |found| found.count(0))
}

pub(in crate::store) async fn keep_challenge(tx: &mut Transaction, new: &NewChallenge<'_>) -> Result<(), Error> {
    let sql = Sql::new(
        "INSERT INTO bw_challenges (bound, state, expires_at) VALUES ($1, $2, $3) \
         ON CONFLICT (bound) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at",
    )
    .bind(new.bound.as_slice())
    .bind(new.state)
    .bind(new.expires_at);
    tx.execute(sql).await?;
    Ok(())
}

/// One that is over goes as well, and answers nothing.
pub(in crate::store) async fn take_challenge(
    tx: &mut Transaction,
    bound: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<String>, Error> {
    let sql = Sql::new("DELETE FROM bw_challenges WHERE bound = $1 RETURNING state, expires_at").bind(bound.as_slice());
    let Some(found) = tx.row(sql).await? else { return Ok(None) };
    let alive = now < found.moment(1)?;
    Ok(alive.then_some(found.words(0)?))
}

/// Removes challenges that nobody answered in time.
pub(in crate::store) async fn forget(tx: &mut Transaction, now: DateTime<Utc>) -> Result<u64, Error> {
    Ok(tx.execute(Sql::new("DELETE FROM bw_challenges WHERE expires_at <= $1").bind(now)).await?)
}

fn passkey(found: &Answer) -> Result<PasskeyRow, Error> {
    Ok(PasskeyRow {
        id: found.whole(0)?,
        person: found.whole(1)?,
        credential: found.bytes(2)?,
        handle: found.bytes(3)?,
        public: found.words(4)?,
        counter: found.whole(5)?,
        name: found.words(6)?,
        synced: found.yes(7)?,
        created_at: found.moment(8)?,
        used_at: found.optional_moment(9)?,
    })
}

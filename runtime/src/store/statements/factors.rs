//! Second factors and recovery codes. `last_step` and `used_at` are written here and nowhere else, each by a statement
//! that changes a row at most once.

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::store::account::PasswordHash;
use crate::store::answer::Answer;
use crate::store::database::Database;
use crate::store::factors::{Codes, FactorRow, NewCode, SavedCode};
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;

/// The one kind so far: RFC 6238, SHA-1, six digits, 30 s.
const TOTP: &str = "totp";

impl Database {
    pub(in crate::store) async fn factor(&self, person: i64) -> Result<Option<FactorRow>, Error> {
        let sql = Sql::new("SELECT id, sealed FROM bw_factors WHERE person = $1 AND removed_at IS NULL").bind(person);
        self.reading().await?.row(sql).await?.as_ref().map(|found| factor(found, 0)).transpose()
    }

    pub(in crate::store) async fn saved_code(&self, person: i64, mark: &str) -> Result<Option<SavedCode>, Error> {
        let sql =
            Sql::new("SELECT id, code_hash FROM bw_recovery_codes WHERE person = $1 AND mark = $2 AND used_at IS NULL")
                .bind(person)
                .bind(mark);
        let found = self.reading().await?.row(sql).await?;
        found
            .as_ref()
            .map(|found| Ok(SavedCode { id: found.whole(0)?, hash: PasswordHash(found.words(1)?) }))
            .transpose()
    }

    pub(in crate::store) async fn codes(&self, person: i64) -> Result<Codes, Error> {
        let sql = Sql::new(
            "SELECT count(*), count(CASE WHEN used_at IS NULL THEN 1 END) FROM bw_recovery_codes WHERE person = $1",
        )
        .bind(person);
        match self.reading().await?.row(sql).await? {
            Some(found) => Ok(Codes { made: found.count(0)?, left: found.count(1)? }),
            None => Ok(Codes::default()),
        }
    }

    pub(in crate::store) async fn newest_factor(&self, person: i64) -> Result<i64, Error> {
        let sql = Sql::new("SELECT coalesce(max(id), 0) FROM bw_factors WHERE person = $1").bind(person);
        self.reading().await?.row(sql).await?.as_ref().map_or(Ok(0), |found| found.whole(0))
    }

    pub(in crate::store) async fn any_factor(&self) -> Result<Option<(i64, FactorRow)>, Error> {
        let sql =
            Sql::new("SELECT person, id, sealed FROM bw_factors WHERE removed_at IS NULL ORDER BY id DESC LIMIT 1");
        let found = self.reading().await?.row(sql).await?;
        found.as_ref().map(|found| Ok((found.whole(0)?, factor(found, 1)?))).transpose()
    }

    pub(in crate::store) async fn people_with_factor(&self) -> Result<Vec<i64>, Error> {
        let sql =
            Sql::new("SELECT person FROM bw_factors WHERE removed_at IS NULL UNION SELECT person FROM bw_passkeys");
        self.reading().await?.rows(sql).await?.iter().map(|found| found.whole(0)).collect()
    }
}

/// Uses a time step up; false: it, or a later one, was used before.
pub(in crate::store) async fn take_step(tx: &mut Transaction, person: i64, id: i64, step: i64) -> Result<bool, Error> {
    let sql = Sql::new(
        "UPDATE bw_factors SET last_step = $1 WHERE id = $2 AND person = $3 AND last_step < $1 AND removed_at IS NULL",
    )
    .bind(step)
    .bind(id)
    .bind(person);
    Ok(tx.execute(sql).await? == 1)
}

/// Uses a recovery code up; false: it was used before.
pub(in crate::store) async fn take_code(
    tx: &mut Transaction,
    person: i64,
    id: i64,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_recovery_codes SET used_at = $1 WHERE id = $2 AND person = $3 AND used_at IS NULL")
        .bind(now)
        .bind(id)
        .bind(person);
    Ok(tx.execute(sql).await? == 1)
}

/// How many recovery codes are still good.
pub(in crate::store) async fn codes_left(tx: &mut Transaction, person: i64) -> Result<u64, Error> {
    let sql = Sql::new("SELECT count(*) FROM bw_recovery_codes WHERE person = $1 AND used_at IS NULL").bind(person);
    tx.row(sql).await?.as_ref().map_or(Ok(0), |found| found.count(0))
}

pub(in crate::store) async fn insert(
    tx: &mut Transaction,
    person: i64,
    sealed: &[u8],
    step: i64,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let sql =
        Sql::new("INSERT INTO bw_factors (person, kind, sealed, last_step, created_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(person)
            .bind(TOTP)
            .bind(sealed)
            .bind(step)
            .bind(now);
    tx.execute(sql).await?;
    Ok(())
}

/// Whether a person has one.
pub(in crate::store) async fn there(tx: &mut Transaction, person: i64) -> Result<bool, Error> {
    let sql = Sql::new("SELECT 1 FROM bw_factors WHERE person = $1 AND removed_at IS NULL").bind(person);
    Ok(tx.row(sql).await?.is_some())
}

/// Removes the factor and forgets its secret; false: there is none.
pub(in crate::store) async fn remove(tx: &mut Transaction, person: i64, now: DateTime<Utc>) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_factors SET removed_at = $1, sealed = $2 WHERE person = $3 AND removed_at IS NULL")
        .bind(now)
        .bind(Vec::<u8>::new())
        .bind(person);
    Ok(tx.execute(sql).await? == 1)
}

pub(in crate::store) async fn replace_codes(
    tx: &mut Transaction,
    person: i64,
    codes: &[NewCode],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    tx.execute(Sql::new("DELETE FROM bw_recovery_codes WHERE person = $1").bind(person)).await?;
    for code in codes {
        let sql =
            Sql::new("INSERT INTO bw_recovery_codes (person, mark, code_hash, created_at) VALUES ($1, $2, $3, $4)")
                .bind(person)
                .bind(code.mark.as_str())
                .bind(code.hash.0.as_str())
                .bind(now);
        tx.execute(sql).await?;
    }
    Ok(())
}

fn factor(found: &Answer, at: usize) -> Result<FactorRow, Error> {
    Ok(FactorRow { id: found.whole(at)?, sealed: found.bytes(at + 1)? })
}

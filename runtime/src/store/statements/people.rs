//! People of the panel. `role`, `password_hash` and `locked_until` are written here and nowhere else.

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::store::account::{NewPerson, PasswordHash, PersonRow};
use crate::store::answer::Answer;
use crate::store::bound::Bound;
use crate::store::database::Database;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;

const COLUMNS: &str = "id, email, role, password_hash, inactive, locked_until, created_at";

impl Database {
    pub(in crate::store) async fn person_by_email(&self, email: &str) -> Result<Option<PersonRow>, Error> {
        let found = self.reading().await?.row(by_email(email)).await?;
        found.as_ref().map(|found| person(found, 0)).transpose()
    }

    pub(in crate::store) async fn person(&self, id: i64) -> Result<Option<PersonRow>, Error> {
        let found = self.reading().await?.row(of_id(id)).await?;
        found.as_ref().map(|found| person(found, 0)).transpose()
    }

    pub(in crate::store) async fn attributes(&self, id: i64) -> Result<String, Error> {
        let found = self.reading().await?.row(attributes_of(id)).await?.ok_or(Error::NotFound)?;
        found.words(0)
    }

    pub(in crate::store) async fn people(&self) -> Result<Vec<PersonRow>, Error> {
        let mut sql = Sql::new("SELECT ");
        sql.push(COLUMNS).push(" FROM bw_people ORDER BY email");
        self.reading().await?.rows(sql).await?.iter().map(|found| person(found, 0)).collect()
    }

    pub(in crate::store) async fn holders(&self, role: &str) -> Result<u64, Error> {
        let found = self.reading().await?.row(holders_of(role)).await?;
        found.as_ref().map_or(Ok(0), |found| found.count(0))
    }
}

pub(in crate::store) async fn find(tx: &mut Transaction, email: &str) -> Result<Option<PersonRow>, Error> {
    let mut sql = by_email(email);
    sql.locking();
    let found = tx.row(sql).await?;
    found.as_ref().map(|found| person(found, 0)).transpose()
}

pub(in crate::store) async fn holders(tx: &mut Transaction, role: &str) -> Result<u64, Error> {
    let found = tx.row(holders_of(role)).await?;
    found.as_ref().map_or(Ok(0), |found| found.count(0))
}

pub(in crate::store) async fn by_id(tx: &mut Transaction, id: i64) -> Result<Option<PersonRow>, Error> {
    let mut sql = of_id(id);
    sql.locking();
    let found = tx.row(sql).await?;
    found.as_ref().map(|found| person(found, 0)).transpose()
}

/// Holders of a role who can sign in, without this one. Whoever was invited and has no password yet can't.
pub(in crate::store) async fn usable_holders_beside(
    tx: &mut Transaction,
    role: &str,
    id: i64,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    // All of them are held, this one too, in one order: whoever else is about to take one of them away waits, and then
    // counts what is left. A count alone would let two go at once.
    let mut sql = Sql::new(
        "SELECT id FROM bw_people WHERE role = $1 AND inactive = FALSE AND (locked_until IS NULL OR locked_until <= $2) \
         AND password_hash IS NOT NULL ORDER BY id",
    )
    .bind(role)
    .bind(now);
    sql.locking();
    let holders = tx.rows(sql).await?.iter().map(|found| found.whole(0)).collect::<Result<Vec<_>, _>>()?;
    Ok(holders.into_iter().filter(|holder| *holder != id).count() as u64)
}

pub(in crate::store) async fn attributes(tx: &mut Transaction, id: i64) -> Result<String, Error> {
    let mut sql = attributes_of(id);
    sql.locking();
    let found = tx.row(sql).await?.ok_or(Error::NotFound)?;
    found.words(0)
}

pub(in crate::store) async fn set_attributes(tx: &mut Transaction, id: i64, json: &str) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_people SET attributes = $1 WHERE id = $2")
        .bind(Bound::Json(Some(json.to_owned())))
        .bind(id);
    Ok(tx.execute(sql).await? == 1)
}

pub(in crate::store) async fn set_role(tx: &mut Transaction, id: i64, role: &str) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_people SET role = $1 WHERE id = $2").bind(role).bind(id);
    Ok(tx.execute(sql).await? == 1)
}

/// Adds one; `None`: the address is taken.
pub(in crate::store) async fn insert(
    tx: &mut Transaction,
    new: &NewPerson<'_>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Error> {
    let sql = Sql::new(
        "INSERT INTO bw_people (email, role, password_hash, created_at, attributes) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (email) DO NOTHING RETURNING id",
    )
    .bind(new.email)
    .bind(new.role)
    .bind(new.password_hash.as_ref().map(|hash| hash.0.as_str()))
    .bind(now)
    .bind(Bound::Json(Some(new.attributes.clone())));
    tx.row(sql).await?.map(|found| found.whole(0)).transpose()
}

pub(in crate::store) async fn set_password_hash(
    tx: &mut Transaction,
    id: i64,
    hash: Option<&PasswordHash>,
) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_people SET password_hash = $1, must_change = FALSE WHERE id = $2")
        .bind(hash.map(|hash| hash.0.as_str()))
        .bind(id);
    Ok(tx.execute(sql).await? == 1)
}

pub(in crate::store) async fn set_locked_until(
    tx: &mut Transaction,
    id: i64,
    until: Option<DateTime<Utc>>,
) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_people SET locked_until = $1 WHERE id = $2").bind(until).bind(id);
    Ok(tx.execute(sql).await? == 1)
}

fn attributes_of(id: i64) -> Sql {
    Sql::new("SELECT attributes FROM bw_people WHERE id = $1").bind(id)
}

fn of_id(id: i64) -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM bw_people WHERE id = ").push_bind(id);
    sql
}

fn by_email(email: &str) -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM bw_people WHERE email = ").push_bind(email);
    sql
}

fn holders_of(role: &str) -> Sql {
    Sql::new("SELECT count(*) FROM bw_people WHERE role = $1").bind(role)
}

/// A person from [`COLUMNS`], the first of them at `at`.
pub(in crate::store) fn person(found: &Answer, at: usize) -> Result<PersonRow, Error> {
    Ok(PersonRow {
        id: found.whole(at)?,
        email: found.words(at + 1)?,
        role: found.words(at + 2)?,
        password_hash: found.text(at + 3)?.map(PasswordHash),
        inactive: found.yes(at + 4)?,
        locked_until: found.optional_moment(at + 5)?,
        created_at: found.moment(at + 6)?,
    })
}

//! People of the panel. `role`, `password_hash` and `locked_until` are written here and nowhere else.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

use super::lane::Transaction;
use super::{Sqlite, row};
use crate::error::Error;
use crate::store::account::{NewPerson, PasswordHash, PersonRow};
use crate::store::sql::Sql;
use crate::value::timestamp_text;

const COLUMNS: &str = "id, email, role, password_hash, inactive, locked_until, created_at";

impl Sqlite {
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
        row::words(&found, 0)
    }

    pub(in crate::store) async fn people(&self) -> Result<Vec<PersonRow>, Error> {
        let mut sql = Sql::new("SELECT ");
        sql.push(COLUMNS).push(" FROM bw_people ORDER BY email");
        self.reading().await?.rows(sql).await?.iter().map(|found| person(found, 0)).collect()
    }

    pub(in crate::store) async fn holders(&self, role: &str) -> Result<u64, Error> {
        let found = self.reading().await?.row(holders_of(role)).await?;
        found.as_ref().map_or(Ok(0), |found| row::count(found, 0))
    }
}

pub(in crate::store) async fn find(tx: &mut Transaction, email: &str) -> Result<Option<PersonRow>, Error> {
    let found = tx.row(by_email(email)).await?;
    found.as_ref().map(|found| person(found, 0)).transpose()
}

pub(in crate::store) async fn holders(tx: &mut Transaction, role: &str) -> Result<u64, Error> {
    let found = tx.row(holders_of(role)).await?;
    found.as_ref().map_or(Ok(0), |found| row::count(found, 0))
}

pub(in crate::store) async fn by_id(tx: &mut Transaction, id: i64) -> Result<Option<PersonRow>, Error> {
    let found = tx.row(of_id(id)).await?;
    found.as_ref().map(|found| person(found, 0)).transpose()
}

/// Holders of a role who can sign in, without this one.
pub(in crate::store) async fn usable_holders_beside(
    tx: &mut Transaction,
    role: &str,
    id: i64,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    let sql = Sql::new(
        "SELECT count(*) FROM bw_people WHERE role = $1 AND id <> $2 AND inactive = 0 \
         AND (locked_until IS NULL OR locked_until <= $3)",
    )
    .bind(role)
    .bind(id)
    .bind(timestamp_text(now));
    tx.row(sql).await?.as_ref().map_or(Ok(0), |found| row::count(found, 0))
}

pub(in crate::store) async fn attributes(tx: &mut Transaction, id: i64) -> Result<String, Error> {
    let found = tx.row(attributes_of(id)).await?.ok_or(Error::NotFound)?;
    row::words(&found, 0)
}

pub(in crate::store) async fn set_attributes(tx: &mut Transaction, id: i64, json: &str) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_people SET attributes = $1 WHERE id = $2").bind(json).bind(id);
    Ok(tx.execute(sql).await? == 1)
}

pub(in crate::store) async fn set_role(tx: &mut Transaction, id: i64, role: &str) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_people SET role = $1 WHERE id = $2").bind(role).bind(id);
    Ok(tx.execute(sql).await? == 1)
}

pub(in crate::store) async fn insert(
    tx: &mut Transaction,
    new: &NewPerson<'_>,
    now: DateTime<Utc>,
) -> Result<i64, Error> {
    let sql = Sql::new(
        "INSERT INTO bw_people (email, role, password_hash, created_at, attributes) VALUES ($1, $2, $3, $4, $5) \
         RETURNING id",
    )
    .bind(new.email)
    .bind(new.role)
    .bind(new.password_hash.as_ref().map(|hash| hash.0.as_str()))
    .bind(timestamp_text(now))
    .bind(new.attributes.as_str());
    match tx.row(sql).await? {
        Some(found) => row::whole(&found, 0),
        None => Err(Error::Bug("a person was inserted and has no id".to_owned())),
    }
}

pub(in crate::store) async fn set_password_hash(
    tx: &mut Transaction,
    id: i64,
    hash: &PasswordHash,
) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_people SET password_hash = $1, must_change = 0 WHERE id = $2")
        .bind(hash.0.as_str())
        .bind(id);
    Ok(tx.execute(sql).await? == 1)
}

pub(in crate::store) async fn set_locked_until(
    tx: &mut Transaction,
    id: i64,
    until: Option<DateTime<Utc>>,
) -> Result<bool, Error> {
    let sql = Sql::new("UPDATE bw_people SET locked_until = $1 WHERE id = $2").bind(until.map(timestamp_text)).bind(id);
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
pub(super) fn person(found: &SqliteRow, at: usize) -> Result<PersonRow, Error> {
    Ok(PersonRow {
        id: row::whole(found, at)?,
        email: row::words(found, at + 1)?,
        role: row::words(found, at + 2)?,
        password_hash: row::text(found, at + 3)?.map(PasswordHash),
        inactive: row::whole(found, at + 4)? != 0,
        locked_until: optional_moment(found, at + 5)?,
        created_at: moment(found, at + 6)?,
    })
}

/// A moment that may be null.
pub(super) fn optional_moment(found: &SqliteRow, column: usize) -> Result<Option<DateTime<Utc>>, Error> {
    row::text(found, column)?
        .map(|text| {
            row::moment(&text).ok_or_else(|| Error::Bug(format!("column {column} of an answer holds no moment")))
        })
        .transpose()
}

/// A moment.
pub(super) fn moment(found: &SqliteRow, column: usize) -> Result<DateTime<Utc>, Error> {
    optional_moment(found, column)?.ok_or_else(|| Error::Bug(format!("column {column} of an answer is null")))
}

//! Uploads: rows of a file as JSON, some hundred a part, so that reading them never holds more than a part.

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::store::database::Database;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;
use crate::store::work::{KEPT_UPLOADS, UploadPart, UploadRow};

impl Database {
    pub(in crate::store) async fn upload(&self, id: i64, now: DateTime<Utc>) -> Result<Option<UploadRow>, Error> {
        let sql = Sql::new(
            "SELECT id, person, session, model, name, format, columns, row_count FROM bw_uploads \
             WHERE id = $1 AND ready = $2 AND expires_at > $3",
        )
        .bind(id)
        .bind(true)
        .bind(now);
        let Some(found) = self.reading().await?.row(sql).await? else { return Ok(None) };
        Ok(Some(UploadRow {
            id: found.whole(0)?,
            person: found.whole(1)?,
            session: found.whole(2)?,
            model: found.words(3)?,
            name: found.words(4)?,
            format: found.words(5)?,
            columns: from_json(&found.words(6)?)?,
            rows: found.count(7)?,
        }))
    }

    pub(in crate::store) async fn upload_part(&self, upload: i64, after: u64) -> Result<Option<UploadPart>, Error> {
        let sql = Sql::new(
            "SELECT first_row, content FROM bw_upload_parts WHERE upload = $1 AND first_row > $2 \
             ORDER BY first_row LIMIT 1",
        )
        .bind(upload)
        .bind(whole(after));
        let Some(found) = self.reading().await?.row(sql).await? else { return Ok(None) };
        Ok(Some(UploadPart { first: found.count(0)?, rows: from_json(&found.words(1)?)? }))
    }
}

pub(in crate::store) async fn insert(
    tx: &mut Transaction,
    new: &UploadRow,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<i64, Error> {
    let sql = Sql::new(
        "INSERT INTO bw_uploads (person, session, model, name, format, columns, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(new.person)
    .bind(new.session)
    .bind(new.model.as_str())
    .bind(new.name.as_str())
    .bind(new.format.as_str())
    .bind("[]")
    .bind(now)
    .bind(until);
    match tx.row(sql).await? {
        Some(found) => found.whole(0),
        None => Err(Error::Bug("an upload was kept and has no id".to_owned())),
    }
}

pub(in crate::store) async fn add(tx: &mut Transaction, upload: i64, part: &UploadPart) -> Result<(), Error> {
    let sql = Sql::new("INSERT INTO bw_upload_parts (upload, first_row, content) VALUES ($1, $2, $3)")
        .bind(upload)
        .bind(whole(part.first))
        .bind(to_json(&part.rows)?);
    tx.execute(sql).await?;
    Ok(())
}

pub(in crate::store) async fn finish(tx: &mut Transaction, upload: &UploadRow) -> Result<(), Error> {
    let sql = Sql::new("UPDATE bw_uploads SET columns = $1, row_count = $2, ready = $3 WHERE id = $4")
        .bind(to_json(&upload.columns)?)
        .bind(whole(upload.rows))
        .bind(true)
        .bind(upload.id);
    tx.execute(sql).await?;
    Ok(())
}

pub(in crate::store) async fn remove(tx: &mut Transaction, upload: i64) -> Result<(), Error> {
    tx.execute(Sql::new("DELETE FROM bw_uploads WHERE id = $1").bind(upload)).await?;
    Ok(())
}

/// Removes the oldest files of a person beyond what is kept.
pub(in crate::store) async fn keep_newest(tx: &mut Transaction, person: i64) -> Result<(), Error> {
    let mut sql = Sql::new("DELETE FROM bw_uploads WHERE person = ");
    sql.push_bind(person).push(" AND id NOT IN (SELECT id FROM bw_uploads WHERE person = ").push_bind(person);
    sql.push(" ORDER BY id DESC LIMIT ").number(i64::from(KEPT_UPLOADS)).push(")");
    tx.execute(sql).await?;
    Ok(())
}

/// Removes what is too old.
pub(in crate::store) async fn forget(tx: &mut Transaction, now: DateTime<Utc>) -> Result<u64, Error> {
    let sql = Sql::new("DELETE FROM bw_uploads WHERE expires_at <= $1").bind(now);
    Ok(tx.execute(sql).await?)
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|why| Error::Bug(format!("an upload does not become JSON: {why}")))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|why| Error::Bug(format!("an upload does not read: {why}")))
}

//! Rows that point at others, by a key or by links: as many at a time as a statement takes, by number, so that a delete
//! goes through any number of them.

use super::by_number::{IDS, push_ids};
use super::change::{named, read_whole, whole_rows};
use super::select::MAIN;
use super::{adopted, links};
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{Field, Model};
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;
use crate::value::Row;

/// Rows that point at others, in the laid-out reading and in the database's own.
const POINTING: &str = "pointing";

/// How many rows point at some others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Pointing {
    /// Rows that the panel serves.
    pub(in crate::store) served: u64,
    /// Rows of an adopted table that it does not serve, for what they are known by or for how they spell the key, and
    /// that the database takes to point there all the same: it would change or remove them along, with no page, right
    /// or entry.
    pub(in crate::store) unserved: u64,
}

impl Transaction {
    /// How many rows of this model have a key that points at one of these of another.
    pub(in crate::store) async fn count_pointing(
        &mut self,
        model: &'static Model,
        key: &'static Field,
        to: &'static Model,
        ids: &[RowKey],
    ) -> Result<Pointing, Error> {
        let mut count = Pointing { served: 0, unserved: 0 };
        for ids in ids.chunks(IDS) {
            let mut sql = Sql::new("SELECT count(*) FROM ");
            sql.table(model).push(" AS ").push(POINTING).push(" WHERE ").name(key.name);
            push_ids(&mut sql, ids);
            let served = self.row(sql).await?.map_or(Ok(0), |answer| answer.count(0))?;
            count.served += served;
            if model.adopted.is_some() {
                let mut sql = Sql::new("SELECT count(*) FROM ");
                sql.name(model.table).push(" AS ").push(POINTING).push(" JOIN ");
                adopted::push_target(&mut sql, to, ids, |sql| {
                    sql.push(POINTING).push(".").name(key.column);
                });
                let all = self.row(sql).await?.map_or(Ok(0), |answer| answer.count(0))?;
                count.unserved += all.saturating_sub(served);
            }
        }
        Ok(count)
    }

    /// Rows with every field whose key points at one of these or whose links lead to one, by number, some hundreds;
    /// `after`: those behind it.
    pub(in crate::store) async fn load_pointing(
        &mut self,
        model: &'static Model,
        key: usize,
        ids: &[RowKey],
        after: Option<RowKey>,
    ) -> Result<Vec<Row>, Error> {
        let mut sql = whole_rows(model);
        push_pointing(&mut sql, model, key, ids, after)?;
        sql.locking();
        let answers = self.rows(sql).await?;
        let mut rows = answers.iter().map(|answer| read_whole(model, answer)).collect::<Result<Vec<_>, _>>()?;
        self.load_links(model, &mut rows).await?;
        Ok(rows)
    }

    /// As [`Transaction::load_pointing`], their numbers alone, which they keep until the end.
    pub(in crate::store) async fn ids_pointing(
        &mut self,
        model: &'static Model,
        key: usize,
        ids: &[RowKey],
        after: Option<RowKey>,
    ) -> Result<Vec<RowKey>, Error> {
        let mut sql = Sql::new("SELECT ");
        MAIN.column(&mut sql, "id");
        sql.push(" FROM ").table(model).push(" AS ");
        MAIN.push(&mut sql);
        sql.push(" WHERE ");
        push_pointing(&mut sql, model, key, ids, after)?;
        sql.locking();
        self.rows(sql).await?.iter().map(|answer| answer.row_key(model.key, 0)).collect()
    }
}

/// Which rows point at these, and in which order.
fn push_pointing(
    sql: &mut Sql,
    model: &'static Model,
    key: usize,
    ids: &[RowKey],
    after: Option<RowKey>,
) -> Result<(), Error> {
    match model.fields.get(key).and_then(Field::links) {
        None => {
            MAIN.column(sql, named(model, key)?);
            push_ids(sql, ids);
        }
        Some(links) => {
            links::push_linking(sql, MAIN, links);
            push_ids(sql, ids);
            sql.push(")");
        }
    }
    if let Some(after) = after {
        sql.push(" AND ");
        MAIN.column(sql, "id");
        sql.by_bytes(model.key).push(" > ").push_bind(after);
    }
    sql.push(" ORDER BY ");
    MAIN.column(sql, "id");
    sql.by_bytes(model.key).push(" LIMIT ").number(i64::try_from(IDS).unwrap_or(i64::MAX));
    Ok(())
}

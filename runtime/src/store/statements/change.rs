//! Reading and changing rows within a transaction. Nothing here decides; [`crate::store::write`] did before it asked.

use std::collections::HashSet;

use super::by_number::{IDS, push_ids};
use super::page::one_row;
use super::refused::incomplete;
use super::select::{MAIN, label_scope, push_field};
use super::{adopted, condition, links, refused};
use crate::authorize::Terms;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{FieldSet, Kind, Model, Panel};
use crate::store::answer::Answer;
use crate::store::fit;
use crate::store::query::{GetQuery, ListedRow};
use crate::store::sql::{Sql, parts};
use crate::store::transaction::Transaction;
use crate::value::{Row, Value};

/// Values a statement binds at most. SQLite's own bound is 32,766, but it finds a parameter's number and name by
/// walking through all of them: ten times as many take ten times as long a value (three fifths of loading 100,000
/// rows).
const BINDS: usize = 1_000;

/// What a foreign key is about to point at.
#[derive(Debug)]
pub(in crate::store) enum Pointed<'a> {
    /// A row within these terms.
    Within(&'a Terms),
    /// A row whose label lies within these terms.
    Named(&'a Terms),
    /// Any row of this model.
    Any(&'static Model),
    /// A person.
    Person,
    /// Nothing that may be pointed at.
    Nothing,
}

impl Transaction {
    /// One row within the terms, as a page reads it.
    pub(in crate::store) async fn get(
        &mut self,
        panel: &'static Panel,
        query: &GetQuery<'_>,
    ) -> Result<Option<ListedRow>, Error> {
        let (sql, columns) = one_row(panel, query)?;
        let Some(answer) = self.row(sql).await? else { return Ok(None) };
        let mut listed = columns.read(&answer)?;
        if listed.row.id != query.id {
            return Ok(None);
        }
        links::attach(self, panel, query.terms, query.columns, std::slice::from_mut(&mut listed)).await?;
        Ok(Some(listed))
    }

    /// A row with every field, whoever may see it.
    pub(in crate::store) async fn load(&mut self, model: &'static Model, id: RowKey) -> Result<Option<Row>, Error> {
        let mut sql = whole_rows(model);
        MAIN.column(&mut sql, "id");
        sql.push(" = ").push_bind(id).locking();
        if model.adopted.is_some() && model.many().next().is_some() {
            // The version is made of the links too, as they are once the row is held.
            self.row(sql.clone()).await?;
        }
        let Some(answer) = self.row(sql).await? else { return Ok(None) };
        let mut row = read_whole(model, &answer)?;
        // A column that takes letters of either case for the same finds a row by a key that it has not.
        if row.id != id {
            return Ok(None);
        }
        self.load_links(model, std::slice::from_mut(&mut row)).await?;
        Ok(Some(row))
    }

    /// Rows with every field that have one of these values in a field; without a field: of these ids.
    pub(in crate::store) async fn load_having(
        &mut self,
        model: &'static Model,
        field: Option<usize>,
        values: &[Value],
    ) -> Result<Vec<Row>, Error> {
        let (name, kind) = match field.map(|field| model.fields.get(field)) {
            None => ("id", model.key.kind()),
            Some(Some(field)) => (field.name, field.kind),
            Some(None) => return Err(Error::Bug(format!("{} has no such field", model.name))),
        };
        let mut rows = Vec::new();
        for values in values.chunks(IDS) {
            let mut sql = whole_rows(model);
            MAIN.column(&mut sql, name);
            push_values(&mut sql, kind, values)?;
            sql.locking();
            for answer in self.rows(sql).await? {
                rows.push(read_whole(model, &answer)?);
            }
        }
        self.load_links(model, &mut rows).await?;
        Ok(rows)
    }

    /// Which of these values stand in this field of some row, as text.
    pub(in crate::store) async fn taken(
        &mut self,
        model: &'static Model,
        field: usize,
        values: &[Value],
    ) -> Result<HashSet<String>, Error> {
        let kind = model.fields.get(field).map_or(Kind::Secret, |field| field.kind);
        let name = named(model, field)?;
        let mut taken = HashSet::new();
        for values in values.chunks(IDS) {
            let mut sql = Sql::new("SELECT ");
            MAIN.column(&mut sql, name);
            sql.push(" FROM ").table(model).push(" AS ");
            MAIN.push(&mut sql);
            sql.push(" WHERE ");
            MAIN.column(&mut sql, name);
            push_values(&mut sql, kind, values)?;
            for answer in self.rows(sql).await? {
                taken.insert(answer.value(kind, 0)?.to_text());
            }
        }
        Ok(taken)
    }

    /// Ids of the newest rows, newest first.
    pub(in crate::store) async fn newest_ids(
        &mut self,
        model: &'static Model,
        at_most: u32,
    ) -> Result<Vec<RowKey>, Error> {
        let mut sql = Sql::new("SELECT id FROM ");
        sql.table(model).push(" AS all_rows ORDER BY id DESC LIMIT ").push_bind(i64::from(at_most));
        self.rows(sql).await?.iter().map(|answer| answer.row_key(model.key, 0)).collect()
    }

    /// For each target, whether the row is there and may be pointed at; in one statement.
    pub(in crate::store) async fn may_be_pointed_at(
        &mut self,
        targets: &[(Pointed<'_>, RowKey)],
    ) -> Result<Vec<bool>, Error> {
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new("SELECT ");
        for (i, (target, id)) in targets.iter().enumerate() {
            if i > 0 {
                sql.push(", ");
            }
            match target {
                Pointed::Nothing => {
                    sql.push("(1 = 0)");
                    continue;
                }
                Pointed::Person => sql.push("EXISTS (SELECT 1 FROM bw_people AS "),
                Pointed::Any(model) => sql.push("EXISTS (SELECT 1 FROM ").table(model).push(" AS "),
                Pointed::Within(terms) | Pointed::Named(terms) => {
                    sql.push("EXISTS (SELECT 1 FROM ").table(terms.model()).push(" AS ")
                }
            };
            MAIN.push(&mut sql);
            sql.push(" WHERE ");
            MAIN.column(&mut sql, "id");
            sql.push(" = ").push_bind(*id);
            let scope = match target {
                Pointed::Within(terms) => Some((terms, terms.scope())),
                Pointed::Named(terms) => Some((terms, label_scope(terms))),
                Pointed::Any(_) | Pointed::Person | Pointed::Nothing => None,
            };
            if let Some((terms, scope)) = scope {
                sql.push(" AND ");
                condition::push(&mut sql, MAIN, terms.model(), &scope);
            }
            // It stays as it is until what points at it is written.
            sql.holding().push(")");
        }
        let Some(answer) = self.row(sql).await? else { return Err(Error::Bug("a check gave no answer".to_owned())) };
        (0..targets.len()).map(|i| answer.yes(i)).collect()
    }

    /// Inserts rows, all fields of each; their ids in order.
    pub(in crate::store) async fn insert(&mut self, model: &'static Model, rows: &[Row]) -> Result<Vec<RowKey>, Error> {
        let ids = self.insert_columns(model, rows).await?;
        self.insert_links(model, rows, &ids).await?;
        Ok(ids)
    }

    async fn insert_columns(&mut self, model: &'static Model, rows: &[Row]) -> Result<Vec<RowKey>, Error> {
        if model.adopted.is_some() {
            return self.insert_adopted(model, rows).await;
        }
        let mut ids = Vec::with_capacity(rows.len());
        for rows in parts(rows, (BINDS / (model.fields.len() + 1)).clamp(1, IDS)) {
            let mut sql = Sql::new("INSERT INTO ");
            sql.name(model.table).push(" (\"version\"");
            for field in model.columns() {
                sql.push(", ").name(field.name);
            }
            for (i, row) in rows.iter().enumerate() {
                sql.push(if i == 0 { ") VALUES (" } else { "), (" });
                sql.push_bind(1_i64);
                for field in model.columns() {
                    let value = row.get(field.index).ok_or_else(|| incomplete(model))?;
                    sql.push(", ").push_bind(fit::stored(field.kind, value)?);
                }
            }
            sql.push(") RETURNING id");
            let first = rows.first().ok_or_else(|| incomplete(model))?;
            let answers =
                self.rows(sql).await.map_err(|fault| refused::at_field(model, fault, first, FieldSet::ALL))?;
            let mut chunk = answers.iter().map(|a| a.whole(0)).collect::<Result<Vec<_>, _>>()?;
            // SQLite does not promise the order of RETURNING; it does number new rows upwards.
            chunk.sort_unstable();
            ids.extend(chunk.into_iter().map(RowKey::Number));
        }
        Ok(ids)
    }

    /// Writes these fields of the row and counts its version up; whether it was still at this version.
    pub(in crate::store) async fn update(
        &mut self,
        model: &'static Model,
        after: &Row,
        changed: FieldSet,
        version: i64,
    ) -> Result<bool, Error> {
        if model.adopted.is_some() {
            let of_columns = model.columns().any(|field| changed.contains(field.index));
            let held = !of_columns || self.update_adopted(model, after, changed).await?;
            self.update_links(model, after, changed).await?;
            return Ok(held);
        }
        let mut sql = Sql::new("UPDATE ");
        sql.name(model.table).push(" SET \"version\" = \"version\" + 1");
        for field in model.columns().filter(|f| changed.contains(f.index)) {
            let value = after.get(field.index).ok_or_else(|| incomplete(model))?;
            sql.push(", ").name(field.name).push(" = ").push_bind(fit::stored(field.kind, value)?);
        }
        sql.push(" WHERE id = ").push_bind(after.id).push(" AND \"version\" = ").push_bind(version);
        let held = self.execute(sql).await.map_err(|fault| refused::at_field(model, fault, after, changed))? == 1;
        if held {
            self.update_links(model, after, changed).await?;
        }
        Ok(held)
    }

    /// Writes these fields of `like` into all of these rows and counts their versions up; how many there were.
    pub(in crate::store) async fn update_alike(
        &mut self,
        model: &'static Model,
        ids: &[RowKey],
        like: &Row,
        changed: FieldSet,
    ) -> Result<u64, Error> {
        if model.adopted.is_some() {
            return self.update_adopted_alike(model, ids, like, changed).await;
        }
        let mut sql = Sql::new("UPDATE ");
        sql.name(model.table).push(" SET \"version\" = \"version\" + 1");
        for field in model.columns().filter(|f| changed.contains(f.index)) {
            let value = like.get(field.index).ok_or_else(|| incomplete(model))?;
            sql.push(", ").name(field.name).push(" = ").push_bind(fit::stored(field.kind, value)?);
        }
        sql.push(" WHERE id");
        push_ids(&mut sql, ids);
        self.execute(sql).await.map_err(|fault| refused::at_field(model, fault, like, changed))
    }

    /// Removes rows; how many there were.
    pub(in crate::store) async fn remove(&mut self, model: &'static Model, ids: &[RowKey]) -> Result<u64, Error> {
        let mut removed = 0;
        for ids in ids.chunks(IDS) {
            self.remove_links(model, ids).await?;
            let mut sql = Sql::new("DELETE FROM ");
            sql.name(model.table).push(" WHERE ").name(model.key_column());
            push_ids(&mut sql, ids);
            removed += self.execute(sql).await.map_err(|fault| refused::of_the_row(model, fault))?;
        }
        Ok(removed)
    }
}

pub(super) fn named(model: &'static Model, field: usize) -> Result<&'static str, Error> {
    model.fields.get(field).map(|f| f.name).ok_or_else(|| Error::Bug(format!("{} has no field {field}", model.name)))
}

fn push_values(sql: &mut Sql, kind: Kind, values: &[Value]) -> Result<(), Error> {
    sql.push(" IN (");
    for (i, value) in values.iter().enumerate() {
        sql.push(if i == 0 { "" } else { ", " }).push_bind(fit::stored(kind, value)?);
    }
    sql.push(")");
    Ok(())
}

pub(super) fn whole_rows(model: &'static Model) -> Sql {
    let mut sql = Sql::new("SELECT ");
    MAIN.column(&mut sql, "id");
    sql.push(", ");
    MAIN.column(&mut sql, "version");
    for field in model.columns() {
        sql.push(", ");
        push_field(&mut sql, MAIN, field);
    }
    sql.push(" FROM ").table(model).push(" AS ");
    MAIN.push(&mut sql);
    sql.push(" WHERE ");
    sql
}

pub(super) fn read_whole(model: &'static Model, answer: &Answer) -> Result<Row, Error> {
    let mut row = Row::new(answer.row_key(model.key, 0)?, adopted::version(model, answer, 1)?, model.fields.len());
    for (place, field) in model.columns().enumerate() {
        row.set(field.index, answer.value(field.kind, 2 + place)?);
    }
    Ok(row)
}

//! Tables that the panel did not make, laid out for every statement as if it had: their columns under the names of the
//! fields and in the types that comparing, ordering and reading go by. It reads and writes rows of them and never
//! alters a table.

use sha2::{Digest as _, Sha256};

use super::by_number::push_ids;
use super::refused::incomplete;
use super::{links, refused};
use crate::error::Error;
use crate::key::LONGEST;
use crate::key::RowKey;
use crate::panel::{Field, FieldSet, KeyKind, Kind, Model};
use crate::store::answer::Answer;
use crate::store::bound::Bound;
use crate::store::dialect::scaling;
use crate::store::fit;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;
use crate::value::Row;

/// The table itself, within what is laid over it.
const INNER: &str = "kept";

impl Sql {
    /// What rows of the model are read from; an alias must follow.
    pub(in crate::store) fn table(&mut self, model: &'static Model) -> &mut Self {
        let Some(key) = model.adopted else { return self.name(model.table) };
        self.push("(SELECT ");
        push_key(self, model.key, key);
        self.push(" AS \"id\", ");
        push_version(self, model);
        self.push(" AS \"version\"");
        for field in model.columns() {
            self.push(", ");
            push_read(self, field);
            self.push(" AS ").name(field.name);
        }
        self.push(" FROM ").name(model.table).push(" AS ").push(INNER);
        push_served(self, model.key, key);
        self.push(")")
    }
}

/// Which of its rows there are for the panel: those that a key of this kind can name, letter by letter. SQLite keeps
/// whatever it is given in any column: none, numbers, bytes, a text of any length or with a NUL in it, a UUID in capitals.
fn push_served(sql: &mut Sql, kind: KeyKind, key: &'static str) {
    match kind {
        KeyKind::Number => sql.each(
            |sqlite| {
                sqlite.push(" WHERE typeof(");
                column(sqlite, key);
                sqlite.push(") = 'integer'");
            },
            |_| {},
        ),
        KeyKind::Uuid => sql.each(
            |sqlite| {
                sqlite.push(" WHERE ");
                column(sqlite, key);
                sqlite.push(" GLOB '").push(UUID).push("'");
            },
            |_| {},
        ),
        KeyKind::Text => {
            // As `NOT … >` PostgreSQL takes it to be true of most rows, which it is of all.
            sql.push(" WHERE NOT octet_length(");
            push_key(sql, kind, key);
            sql.push(") > ").number(i64::try_from(LONGEST).unwrap_or(i64::MAX)).push(" AND ");
            push_key(sql, kind, key);
            sql.push(" <> ''");
            sql.each(
                |sqlite| {
                    sqlite.push(" AND typeof(");
                    column(sqlite, key);
                    sqlite.push(") = 'text' AND instr(");
                    column(sqlite, key);
                    sqlite.push(", char(0)) = 0");
                },
                |_| {},
            );
        }
    }
}

/// The one spelling of a UUID, as [`RowKey`] prints it.
const UUID: &str = concat!(
    "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-",
    "[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-",
    "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]"
);

/// The key of a row, or of the one that it points at. A text keeps the collation of its column, which is the one that
/// its index has: two are the same in it or are not, and the order is asked for where there is one (see
/// [`Sql::by_bytes`]).
fn push_key(sql: &mut Sql, key: KeyKind, name: &'static str) {
    column(sql, name);
    match key {
        KeyKind::Number => {}
        KeyKind::Uuid => {
            sql.either("", "::uuid");
        }
        KeyKind::Text => {
            sql.either("", "::text");
        }
    }
}

/// `table AS kept ON key = …`, these rows of the table alone: whether two are the same is left to the database, which
/// goes by the column that is pointed at, as it does where it enforces a key.
pub(super) fn push_target(sql: &mut Sql, model: &'static Model, ids: &[RowKey], pointing: impl FnOnce(&mut Sql)) {
    let native = if model.key == KeyKind::Uuid { "::uuid" } else { "" };
    sql.name(model.table).push(" AS ").push(INNER).push(" ON ");
    column(sql, model.key_column());
    sql.either("", native).push(" = ");
    pointing(sql);
    sql.either("", native).push(" WHERE ");
    push_key(sql, model.key, model.key_column());
    push_ids(sql, ids);
}

/// Qualified, since SQLite takes a quoted name that it does not know for a text.
fn column(sql: &mut Sql, name: &'static str) {
    sql.push(INNER).push(".").name(name);
}

/// The values of the row as one text, behind a key that leaves the database with nothing else: whoever sees the version
/// must not be able to try out what stands in fields that they may not view. Of bytes only the length.
fn push_version(sql: &mut Sql, model: &'static Model) {
    sql.push("(SELECT value FROM bw_settings WHERE name = 'version_key')").either("", " || ROW(");
    for (i, field) in model.columns().enumerate() {
        sql.either(" || ',' || quote(", if i == 0 { "" } else { ", " });
        match field.kind {
            Kind::Bytes => {
                sql.either("length(", "octet_length(");
                column(sql, field.column);
                sql.push(")");
            }
            _ => column(sql, field.column),
        }
        sql.either(")", "");
    }
    for (_, links) in model.many() {
        sql.either(" || ',' || coalesce(", ", ");
        links::push_all(sql, links, |sql| column(sql, model.key_column()));
        sql.either(", '')", "");
    }
    sql.either("", ")::text");
}

/// The version of a row: counted by the table, or made of the values of an adopted one.
pub(super) fn version(model: &'static Model, answer: &Answer, at: usize) -> Result<i64, Error> {
    if model.adopted.is_none() {
        return answer.whole(at);
    }
    let digest = Sha256::digest(answer.words(at)?.as_bytes());
    Ok(digest.iter().take(8).fold(0_i64, |number, byte| number << 8 | i64::from(*byte)) & i64::MAX)
}

/// A column as the store wants it: text compared by bytes, moments and decimals as its own tables keep them.
fn push_read(sql: &mut Sql, field: &'static Field) {
    match field.kind {
        Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Choice(_) | Kind::Secret => {
            column(sql, field.column);
            sql.either(" COLLATE BINARY", "::text COLLATE \"C\"");
        }
        Kind::Model(_, _, key) => {
            push_key(sql, key, field.column);
            // What it points at is compared by bytes; PostgreSQL finds rows by the index of the column's own collation.
            sql.either(if key == KeyKind::Text { " COLLATE BINARY" } else { "" }, "");
        }
        Kind::Bool | Kind::I32 | Kind::I64 | Kind::Actor | Kind::Bytes | Kind::Many(_) => {
            column(sql, field.column);
        }
        Kind::F64 => {
            column(sql, field.column);
            sql.either("", "::double precision");
        }
        Kind::Decimal { precision, scale } => sql.each(
            |sqlite| {
                sqlite.push("CAST(round(");
                column(sqlite, field.column);
                sqlite.push(scaling(scale.into())).push(") AS INTEGER)");
            },
            |postgres| {
                column(postgres, field.column);
                postgres.push("::numeric(").number(precision.into()).push(", ").number(scale.into()).push(")");
            },
        ),
        Kind::Date => {
            column(sql, field.column);
            sql.either("", "::date");
        }
        Kind::Time => {
            column(sql, field.column);
            sql.either("", "::time");
        }
        Kind::Timestamp => push_moment(sql, field.column),
        Kind::Uuid => {
            column(sql, field.column);
            sql.either("", "::uuid");
        }
        Kind::Json => {
            column(sql, field.column);
            sql.either("", "::jsonb");
        }
    }
}

/// SQLite's own way to write a moment (`2026-11-22 08:05:00`, with or without a fraction; a day alone is its midnight)
/// as the store's. PostgreSQL takes a moment without a zone for UTC, the zone of all our connections.
fn push_moment(sql: &mut Sql, name: &'static str) {
    sql.each(
        |sqlite| {
            for (before, after) in [
                ("CASE length(", ") WHEN 10 THEN "),
                ("", " || 'T00:00:00.000000Z' ELSE "),
                ("substr(", ", 1, 10) || 'T' || "),
                ("substr(", ", 12, 8) || '.' || "),
                ("substr(rtrim(substr(", ", 21), 'Z') || '000000', 1, 6) || 'Z' END"),
            ] {
                sqlite.push(before);
                column(sqlite, name);
                sqlite.push(after);
            }
        },
        |postgres| {
            column(postgres, name);
            postgres.push("::timestamptz");
        },
    );
}

/// A value as the column of an adopted table takes it.
fn push_write(sql: &mut Sql, model: &'static Model, field: &'static Field, value: Bound) {
    const TENS: [&str; 19] = [
        "",
        " / 10.0",
        " / 100.0",
        " / 1000.0",
        " / 10000.0",
        " / 100000.0",
        " / 1000000.0",
        " / 10000000.0",
        " / 100000000.0",
        " / 1000000000.0",
        " / 10000000000.0",
        " / 100000000000.0",
        " / 1000000000000.0",
        " / 10000000000000.0",
        " / 100000000000000.0",
        " / 1000000000000000.0",
        " / 10000000000000000.0",
        " / 100000000000000000.0",
        " / 1000000000000000000.0",
    ];
    let plain = |sql: &mut Sql, number: i64| {
        sql.push("$").number(number);
    };
    match field.kind {
        Kind::Timestamp => sql.either_with(
            value,
            |sqlite, number| {
                sqlite.push("replace(substr($").number(number).push(", 1, 19), 'T', ' ') || CASE substr($");
                sqlite.number(number).push(", 20, 7) WHEN '.000000' THEN '' ELSE substr($");
                sqlite.number(number).push(", 20, 7) END");
            },
            plain,
        ),
        Kind::Decimal { scale, .. } => sql.either_with(
            value,
            |sqlite, number| {
                sqlite.push("$").number(number).push(TENS.get(usize::from(scale)).copied().unwrap_or(TENS[18]));
            },
            plain,
        ),
        // The column may be of an enumerated type, whose name only the table knows.
        Kind::Choice(_) => sql.either_with(value, plain, |postgres, number| {
            postgres.push("(json_populate_record(NULL::").name(model.table).push(", json_build_object(");
            postgres.literal(field.column).push(", $").number(number).push("))).").name(field.column);
        }),
        _ => {
            sql.push_bind(value);
        }
    }
}

impl Transaction {
    /// Inserts rows of an adopted table; their ids in order. What has no value is left to the table's own defaults.
    pub(super) async fn insert_adopted(&mut self, model: &'static Model, rows: &[Row]) -> Result<Vec<RowKey>, Error> {
        let mut ids = Vec::with_capacity(rows.len());
        for row in rows {
            let mut given = Vec::new();
            for field in model.columns() {
                let value = row.get(field.index).ok_or_else(|| incomplete(model))?;
                if !value.is_null() {
                    given.push((field.column, Some(field), fit::stored(field.kind, value)?));
                }
            }
            if let RowKey::Uuid(uuid) = row.id {
                given.push((model.key_column(), None, uuid.into()));
            }
            let mut sql = Sql::new("INSERT INTO ");
            sql.name(model.table);
            for (i, (column, ..)) in given.iter().enumerate() {
                sql.push(if i == 0 { " (" } else { ", " }).name(column);
            }
            sql.push(if given.is_empty() { " DEFAULT VALUES" } else { ") VALUES (" });
            let some = !given.is_empty();
            for (i, (_, field, value)) in given.into_iter().enumerate() {
                sql.push(if i == 0 { "" } else { ", " });
                match field {
                    Some(field) => push_write(&mut sql, model, field, value),
                    None => drop(sql.push_bind(value)),
                }
            }
            sql.push(if some { ") RETURNING " } else { " RETURNING " }).name(model.key_column());
            // Without the blanks that a column of fixed length fills it up with.
            sql.either("", if model.key == KeyKind::Text { "::text" } else { "" });
            let answer = self.row(sql).await.map_err(|fault| refused::at_field(model, fault, row, FieldSet::ALL))?;
            let id = answer.map(|answer| answer.key(model.key, 0)).transpose()?.flatten();
            ids.push(id.ok_or(Error::Check("The table gives new rows no number, so that none can be made here."))?);
        }
        Ok(ids)
    }

    /// Writes these fields of a row of an adopted table, which this transaction holds since it read it.
    pub(super) async fn update_adopted(
        &mut self,
        model: &'static Model,
        after: &Row,
        changed: FieldSet,
    ) -> Result<bool, Error> {
        Ok(self.update_adopted_alike(model, &[after.id], after, changed).await? == 1)
    }

    /// The same for many rows, which all get the same values; how many there were.
    pub(super) async fn update_adopted_alike(
        &mut self,
        model: &'static Model,
        ids: &[RowKey],
        after: &Row,
        changed: FieldSet,
    ) -> Result<u64, Error> {
        if !model.columns().any(|field| changed.contains(field.index)) {
            // What changes stands in a table of links, and the version is made of that too.
            return Ok(ids.len() as u64);
        }
        let mut sql = Sql::new("UPDATE ");
        sql.name(model.table);
        for (i, field) in model.columns().filter(|f| changed.contains(f.index)).enumerate() {
            let value = after.get(field.index).ok_or_else(|| incomplete(model))?;
            sql.push(if i == 0 { " SET " } else { ", " }).name(field.column).push(" = ");
            push_write(&mut sql, model, field, fit::stored(field.kind, value)?);
        }
        sql.push(" WHERE ").name(model.key_column());
        push_ids(&mut sql, ids);
        self.execute(sql).await.map_err(|fault| refused::at_field(model, fault, after, changed))
    }
}

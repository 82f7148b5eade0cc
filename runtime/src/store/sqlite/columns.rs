//! Tables as SQLite statements, and their columns read back from such a statement. A column's kind stands in its
//! definition, as a comment where two kinds are stored alike, so that a change of kind can't pass unseen.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::panel::{Field, Kind, Model, OnDelete, Panel};
use crate::store::bound::Bound;
use crate::store::fit;
use crate::store::sql::{Dialect, Sql};
use crate::value::{Literal, Value};

pub(super) fn create_table(panel: &'static Panel, model: &'static Model, name: &'static str) -> Sql {
    let mut sql = Sql::new("CREATE TABLE ");
    sql.name(name);
    sql.push(" (\n  \"id\" INTEGER PRIMARY KEY AUTOINCREMENT,\n  \"version\" INTEGER NOT NULL DEFAULT 1");
    for field in model.columns() {
        sql.push(",\n  ");
        push_definition(&mut sql, panel, field);
    }
    sql.push("\n) STRICT");
    sql
}

/// The type, with the kind where two kinds are stored alike.
pub(super) fn storage(kind: Kind) -> &'static str {
    const DECIMALS: [&str; 19] = [
        "INTEGER /* decimal .0 */",
        "INTEGER /* decimal .1 */",
        "INTEGER /* decimal .2 */",
        "INTEGER /* decimal .3 */",
        "INTEGER /* decimal .4 */",
        "INTEGER /* decimal .5 */",
        "INTEGER /* decimal .6 */",
        "INTEGER /* decimal .7 */",
        "INTEGER /* decimal .8 */",
        "INTEGER /* decimal .9 */",
        "INTEGER /* decimal .10 */",
        "INTEGER /* decimal .11 */",
        "INTEGER /* decimal .12 */",
        "INTEGER /* decimal .13 */",
        "INTEGER /* decimal .14 */",
        "INTEGER /* decimal .15 */",
        "INTEGER /* decimal .16 */",
        "INTEGER /* decimal .17 */",
        "INTEGER /* decimal .18 */",
    ];
    match kind {
        Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Choice(_) => "TEXT",
        Kind::Bool | Kind::I32 | Kind::I64 | Kind::Actor => "INTEGER",
        Kind::Model(_, _, key) => storage(key.kind()),
        Kind::F64 => "REAL",
        Kind::Decimal { scale, .. } => DECIMALS.get(usize::from(scale)).copied().unwrap_or(DECIMALS[18]),
        Kind::Date => "TEXT /* date */",
        Kind::Time => "TEXT /* time */",
        Kind::Timestamp => "TEXT /* timestamp */",
        Kind::Uuid => "TEXT /* uuid */",
        Kind::Json => "TEXT /* json */",
        Kind::Secret => "TEXT /* secret */",
        // Links are kept in tables of their own; no statement asks for a column of theirs.
        Kind::Bytes | Kind::Many(_) => "BLOB",
    }
}

pub(super) fn definition(panel: &'static Panel, field: &'static Field) -> String {
    let mut sql = Sql::default();
    push_definition(&mut sql, panel, field);
    sql.into_text(Dialect::Sqlite)
}

pub(super) fn push_definition(sql: &mut Sql, panel: &'static Panel, field: &'static Field) {
    sql.name(field.name).push(" ").push(storage(field.kind));
    if !field.optional {
        sql.push(" NOT NULL");
    }
    match field.kind {
        Kind::Choice(choice) => {
            let variants = panel.choices.get(choice).map_or(&[][..], |c| c.variants);
            sql.push(" CHECK (").name(field.name).push(" IN (");
            for (i, variant) in variants.iter().enumerate() {
                sql.push(if i == 0 { "" } else { ", " }).literal(variant.name);
            }
            sql.push("))");
        }
        Kind::Bool => {
            sql.push(" CHECK (").name(field.name).push(" IN (0, 1))");
        }
        Kind::Json => {
            sql.push(" CHECK (json_valid(").name(field.name).push("))");
        }
        Kind::Actor => {
            sql.push(" REFERENCES bw_people (id) ON DELETE ");
            sql.push(if field.optional { "SET NULL" } else { "RESTRICT" });
        }
        Kind::Model(model, effect, _) => {
            if let Some(model) = panel.models.get(model) {
                sql.push(" REFERENCES ").name(model.table).push(" (");
                match model.adopted {
                    None => sql.push("id"),
                    Some(key) => sql.name(key),
                };
                sql.push(") ON DELETE ");
                sql.push(match effect {
                    OnDelete::Restrict => "RESTRICT",
                    OnDelete::Cascade => "CASCADE",
                    OnDelete::SetNull => "SET NULL",
                });
            }
        }
        _ => {}
    }
}

/// ` DEFAULT …`, for a column that joins a table with rows. The block's constants are static; other values of a default
/// are numbers.
pub(super) fn push_default(sql: &mut Sql, field: &'static Field, default: &Value) -> Result<(), Error> {
    sql.push(" DEFAULT ");
    match (default, field.default) {
        (Value::Int(int), _) => sql.number(*int),
        (Value::Bool(bool), _) => sql.number(i64::from(*bool)),
        (Value::Decimal(_), _) => match fit::stored(field.kind, default)? {
            Bound::Decimal(Some(int), _) => sql.number(int),
            _ => return Err(Error::Bug(format!("the default of {} is no decimal", field.name))),
        },
        (Value::Float(_), Some(Literal::Number(text))) | (_, Some(Literal::Text(text))) => sql.literal(text),
        (Value::Float(_), Some(Literal::Int(int))) => sql.number(int),
        _ => return Err(Error::Bug(format!("the default of {} can't be written down", field.name))),
    };
    Ok(())
}

/// Column definitions of a CREATE TABLE, by name.
pub(super) fn columns_of(sql: &str) -> BTreeMap<String, String> {
    let Some(start) = sql.find('(') else { return BTreeMap::new() };
    let (mut parts, mut part, mut depth, mut quote) = (Vec::new(), String::new(), 0_u32, None);
    for c in sql[start + 1..].chars() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => break,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    parts.push(part);
    parts
        .into_iter()
        .filter_map(|part| {
            let part = part.trim();
            let name = match part.strip_prefix('"') {
                Some(rest) => rest.split('"').next()?,
                None => part.split_whitespace().next()?,
            };
            Some((name.to_owned(), part.to_owned()))
        })
        .collect()
}

pub(super) fn without_default(definition: &str) -> &str {
    definition.rfind(" DEFAULT ").map_or(definition, |at| &definition[..at])
}

/// The type of a definition, with its comment.
pub(super) fn storage_in(definition: &str) -> &str {
    let rest = definition.strip_prefix('"').and_then(|d| d.split_once("\" ")).map_or(definition, |(_, rest)| rest);
    if let Some((_, after)) = rest.split_once(" /* ")
        && let Some(end) = after.find("*/")
    {
        return &rest[..rest.len() - after.len() + end + 2];
    }
    rest.split(' ').next().unwrap_or(rest)
}

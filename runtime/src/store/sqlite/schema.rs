//! The schema as SQLite statements: what the panel asks for, what is there, and the steps between. A column's kind stands
//! in its definition, as a comment where two kinds are stored alike, so that a change of kind can't pass unseen.

use std::collections::{BTreeMap, BTreeSet};

use super::Sqlite;
use super::fault::Fault;
use super::framework;
use super::lane::Transaction;
use super::row;
use crate::audit::{Change, Context, Event, EventId};
use crate::constraint;
use crate::error::Error;
use crate::migrate::{Plan, Step};
use crate::panel::{Field, FieldSet, Kind, Model, OnDelete, Panel, Sensitivity};
use crate::store::sql::Sql;
use crate::value::{Value, timestamp_text};

const WHAT_IS_THERE: &str =
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

impl Sqlite {
    /// The steps from what is there to what the panel asks for.
    pub(in crate::store) async fn plan(&self, panel: &'static Panel) -> Result<Plan, Error> {
        let answers = self.reading().await?.rows(Sql::new(WHAT_IS_THERE)).await?;
        plan(panel, &There::read(&answers)?)
    }

    /// Takes those steps, in one transaction with its event.
    pub(in crate::store) async fn migrate(&self, panel: &'static Panel, context: &Context) -> Result<Plan, Error> {
        let mut transaction = self.writer.begin_loose().await?;
        let answers = transaction.rows(Sql::new(WHAT_IS_THERE)).await?;
        let plan = plan(panel, &There::read(&answers)?)?;
        if plan.is_empty() {
            return Ok(plan);
        }
        for step in &plan.steps {
            transaction.execute(Sql::of_step(step)).await.map_err(|fault| failed(step, fault))?;
        }
        if !transaction.rows(Sql::new("PRAGMA foreign_key_check")).await?.is_empty() {
            return Err(Error::Setup(
                "the schema: rows point at rows that are not there; nothing was changed".to_owned(),
            ));
        }
        record(&mut transaction, context, &plan).await?;
        transaction.commit_loose().await?;
        Ok(plan)
    }
}

async fn record(transaction: &mut Transaction, context: &Context, plan: &Plan) -> Result<(), Error> {
    let sql = Sql::new("INSERT INTO bw_migrations (at, hash, sql) VALUES ($1, $2, $3)")
        .bind(timestamp_text(context.now()))
        .bind(plan.hash())
        .bind(plan.sql());
    transaction.execute(sql).await?;
    let event = Event::plain(EventId::SchemaMigrated)
        .with(Change::fact("hash", Sensitivity::Internal, plan.hash()))
        .with(Change::fact("steps", Sensitivity::Internal, plan.steps.len().to_string()));
    transaction.journal(context, &[event]).await?;
    let mut sql = Sql::new("PRAGMA user_version = ");
    sql.number(framework::VERSION);
    transaction.execute(sql).await?;
    Ok(())
}

fn failed(step: &Step, fault: Fault) -> Error {
    let why = match fault {
        Fault::Unique(columns) => format!("rows share a value in {}", columns.join(", ")),
        Fault::ForeignKey => "rows point at rows that are not there".to_owned(),
        Fault::Other(Error::Bug(why)) if why.contains("NOT NULL constraint") => "some rows have no value".to_owned(),
        Fault::Other(Error::Bug(why)) if why.contains("CHECK constraint") => {
            "some rows hold a value that the block no longer lists".to_owned()
        }
        Fault::Other(error) => error.to_string(),
    };
    Error::Setup(format!("the schema: could not {}: {why}; nothing was changed", step.what))
}

/// Tables and indexes in the file, by name.
#[derive(Debug, Default)]
struct There {
    tables: BTreeMap<String, String>,
    /// Name of the index or trigger, and its table.
    attached: BTreeMap<String, String>,
}

impl There {
    fn read(answers: &[sqlx::sqlite::SqliteRow]) -> Result<Self, Error> {
        let mut there = Self::default();
        for answer in answers {
            let (kind, name) = (row::words(answer, 0)?, row::words(answer, 1)?);
            if kind == "table" {
                there.tables.insert(name, row::words(answer, 3)?);
            } else {
                there.attached.insert(name, row::words(answer, 2)?);
            }
        }
        Ok(there)
    }
}

fn plan(panel: &'static Panel, there: &There) -> Result<Plan, Error> {
    let mut steps = Vec::new();
    for (name, sql) in framework::TABLES.iter().chain(framework::INDEXES) {
        if !there.tables.contains_key(*name) && !there.attached.contains_key(*name) {
            steps.push(Step { what: format!("create {name}"), sql: (*sql).to_owned() });
            if *name == "bw_audit_head" {
                steps.push(Step {
                    what: "start the audit log".to_owned(),
                    sql: "INSERT INTO bw_audit_head (one, seq, hash) VALUES (1, 0, zeroblob(32))".to_owned(),
                });
            }
        }
    }
    for model in panel.models {
        let mut rebuilt = false;
        match there.tables.get(model.table) {
            None => steps.push(Step {
                what: format!("create table {}", model.table),
                sql: create_table(panel, model, model.table).into_text(),
            }),
            Some(sql) => rebuilt = alter(panel, model, sql, there, &mut steps)?,
        }
        let wanted = indexes(panel, model);
        for index in &wanted {
            if rebuilt || !there.attached.contains_key(&index.name()) {
                steps.push(Step { what: format!("create index {}", index.name()), sql: index.create() });
            }
        }
        if !rebuilt {
            drop_unwanted(model, &wanted, there, &mut steps);
        }
    }
    Ok(Plan { steps })
}

/// What a table that is there lacks; whether it is built anew.
fn alter(
    panel: &'static Panel,
    model: &'static Model,
    sql: &str,
    there: &There,
    steps: &mut Vec<Step>,
) -> Result<bool, Error> {
    let table = model.table;
    let columns = columns_of(sql);
    for name in columns.keys().filter(|n| !matches!(n.as_str(), "id" | "version")) {
        if model.field_by_name(name).is_none() {
            return Err(Error::Setup(format!(
                "the schema: table {table} has a column {name} that the block does not have (or a newer build added \
                 it); dropping it loses its data, so write by hand: DROP INDEX IF EXISTS \"ix_{table}_{name}\"; DROP \
                 INDEX IF EXISTS \"uq_{table}_{name}\"; ALTER TABLE \"{table}\" DROP COLUMN \"{name}\";"
            )));
        }
    }
    let mut differs = Vec::new();
    for field in model.fields {
        let name = field.name;
        let wanted = definition(panel, field);
        match columns.get(name) {
            None => {
                let default = constraint::default_of(field);
                if !field.optional && (default.is_null() || matches!(field.kind, Kind::Model(..) | Kind::Actor)) {
                    return Err(Error::Setup(format!(
                        "the schema: table {table} lacks the column {name}, which is required and has no default, so \
                         that rows would have no value; give it a default, make it Option, or write by hand: ALTER \
                         TABLE \"{table}\" ADD COLUMN {wanted} DEFAULT …;"
                    )));
                }
                let mut sql = Sql::new("ALTER TABLE ");
                sql.name(table).push(" ADD COLUMN ");
                push_definition(&mut sql, panel, field);
                if !field.optional {
                    push_default(&mut sql, field, &default)?;
                }
                steps.push(Step { what: format!("add column {name} to {table}"), sql: sql.into_text() });
            }
            Some(found) if without_default(found) == wanted => {}
            Some(found) => {
                let (is, becomes) = (storage_in(found), storage(field.kind));
                if is != becomes {
                    return Err(Error::Setup(format!(
                        "the schema: column {name} of table {table} is {is} and the block wants {becomes}; what \
                         becomes of its values is yours to say, so write by hand: ALTER TABLE \"{table}\" RENAME \
                         COLUMN \"{name}\" TO \"{name}_old\"; ALTER TABLE \"{table}\" ADD COLUMN \"{name}\" {becomes}; \
                         UPDATE \"{table}\" SET \"{name}\" = … ; ALTER TABLE \"{table}\" DROP COLUMN \"{name}_old\";"
                    )));
                }
                differs.push(name);
            }
        }
    }
    if differs.is_empty() {
        return Ok(false);
    }
    let ours: BTreeSet<String> = indexes_thinkable(model).map(|i| i.name()).collect();
    if let Some((stranger, _)) = there.attached.iter().find(|(name, on)| *on == table && !ours.contains(*name)) {
        return Err(Error::Setup(format!(
            "the schema: table {table} must be built anew for its column {}, and {stranger} would be lost; drop it \
             first: DROP INDEX \"{stranger}\"; (or DROP TRIGGER)",
            differs.join(", ")
        )));
    }
    rebuild(panel, model, &differs, steps);
    Ok(true)
}

/// SQLite changes a column's rules only by building the table anew. Foreign keys are off meanwhile and checked after.
fn rebuild(panel: &'static Panel, model: &'static Model, differs: &[&str], steps: &mut Vec<Step>) {
    const NEW: &str = "bw_rebuilt";
    let what = |part: &str| format!("{part} {} for {}", model.table, differs.join(", "));
    let mut push = |part: &str, sql: Sql| steps.push(Step { what: what(part), sql: sql.into_text() });
    push("build anew", create_table(panel, model, NEW));
    let mut sql = Sql::new("INSERT INTO ");
    sql.name(NEW).push(" (");
    push_names(&mut sql, model);
    sql.push(") SELECT ");
    push_names(&mut sql, model);
    sql.push(" FROM ").name(model.table);
    push("copy", sql);
    // Ids are never used again, also those of rows that are gone.
    let mut sql = Sql::new("DELETE FROM sqlite_sequence WHERE name = ");
    sql.literal(NEW);
    push("keep the ids of", sql);
    let mut sql = Sql::new("INSERT INTO sqlite_sequence (name, seq) SELECT ");
    sql.literal(NEW).push(", seq FROM sqlite_sequence WHERE name = ").literal(model.table);
    push("keep the ids of", sql);
    let mut sql = Sql::new("DROP TABLE ");
    sql.name(model.table);
    push("replace", sql);
    let mut sql = Sql::new("ALTER TABLE ");
    sql.name(NEW).push(" RENAME TO ").name(model.table);
    push("replace", sql);
}

fn push_names(sql: &mut Sql, model: &'static Model) {
    sql.push("\"id\", \"version\"");
    for field in model.fields {
        sql.push(", ").name(field.name);
    }
}

fn create_table(panel: &'static Panel, model: &'static Model, name: &'static str) -> Sql {
    let mut sql = Sql::new("CREATE TABLE ");
    sql.name(name);
    sql.push(" (\n  \"id\" INTEGER PRIMARY KEY AUTOINCREMENT,\n  \"version\" INTEGER NOT NULL DEFAULT 1");
    for field in model.fields {
        sql.push(",\n  ");
        push_definition(&mut sql, panel, field);
    }
    sql.push("\n) STRICT");
    sql
}

/// The type, with the kind where two kinds are stored alike.
fn storage(kind: Kind) -> &'static str {
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
        Kind::Bool | Kind::I32 | Kind::I64 | Kind::Actor | Kind::Model(..) => "INTEGER",
        Kind::F64 => "REAL",
        Kind::Decimal { scale, .. } => DECIMALS.get(usize::from(scale)).copied().unwrap_or(DECIMALS[18]),
        Kind::Date => "TEXT /* date */",
        Kind::Time => "TEXT /* time */",
        Kind::Timestamp => "TEXT /* timestamp */",
        Kind::Uuid => "TEXT /* uuid */",
        Kind::Json => "TEXT /* json */",
        Kind::Secret => "TEXT /* secret */",
        Kind::Bytes => "BLOB",
    }
}

fn definition(panel: &'static Panel, field: &'static Field) -> String {
    let mut sql = Sql::default();
    push_definition(&mut sql, panel, field);
    sql.into_text()
}

fn push_definition(sql: &mut Sql, panel: &'static Panel, field: &'static Field) {
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
        Kind::Model(model, effect) => {
            if let Some(model) = panel.models.get(model) {
                sql.push(" REFERENCES ").name(model.table).push(" (id) ON DELETE ");
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
fn push_default(sql: &mut Sql, field: &'static Field, default: &Value) -> Result<(), Error> {
    sql.push(" DEFAULT ");
    match (default, field.default) {
        (Value::Int(int), _) => sql.number(*int),
        (Value::Bool(bool), _) => sql.number(i64::from(*bool)),
        (Value::Decimal(_), _) => match row::stored(field.kind, default)? {
            crate::store::sql::Bound::Int(Some(int)) => sql.number(int),
            _ => return Err(Error::Bug(format!("the default of {} is no decimal", field.name))),
        },
        (Value::Float(_), Some(crate::value::Literal::Number(text))) | (_, Some(crate::value::Literal::Text(text))) => {
            sql.literal(text)
        }
        (Value::Float(_), Some(crate::value::Literal::Int(int))) => sql.number(int),
        _ => return Err(Error::Bug(format!("the default of {} can't be written down", field.name))),
    };
    Ok(())
}

/// Column definitions of a CREATE TABLE, by name.
fn columns_of(sql: &str) -> BTreeMap<String, String> {
    let Some(start) = sql.find('(') else { return BTreeMap::new() };
    let (mut parts, mut part, mut depth, mut quote) = (Vec::new(), String::new(), 0_u32, None);
    for c in sql[start + 1..].chars() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => break,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            (None, _) => {}
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

fn without_default(definition: &str) -> &str {
    definition.rfind(" DEFAULT ").map_or(definition, |at| &definition[..at])
}

/// The type of a definition, with its comment.
fn storage_in(definition: &str) -> &str {
    let rest = definition.strip_prefix('"').and_then(|d| d.split_once("\" ")).map_or(definition, |(_, rest)| rest);
    if let Some((_, after)) = rest.split_once(" /* ")
        && let Some(end) = after.find("*/")
    {
        return &rest[..rest.len() - after.len() + end + 2];
    }
    rest.split(' ').next().unwrap_or(rest)
}

/// An index over one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Index {
    table: &'static str,
    field: &'static str,
    unique: bool,
}

impl Index {
    fn prefix(self) -> &'static str {
        if self.unique { "uq" } else { "ix" }
    }

    fn name(self) -> String {
        format!("{}_{}_{}", self.prefix(), self.table, self.field)
    }

    /// The id is the last column of every index without being named, so that this also serves an order by field and id.
    fn create(self) -> String {
        let mut sql = Sql::new(if self.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
        sql.name_of(self.prefix(), &[self.table, self.field]).push(" ON ").name(self.table).push(" (");
        sql.name(self.field).push(")");
        sql.into_text()
    }
}

/// For keys, unique fields, filters, orders and scopes.
fn indexes(panel: &'static Panel, model: &'static Model) -> Vec<Index> {
    let scopes = panel
        .roles
        .iter()
        .flat_map(|role| role.cells)
        .filter(|cell| cell.model == model.index)
        .filter_map(|cell| cell.when.as_ref())
        .fold(FieldSet::NONE, |all, when| all.union(when.reads()));
    model
        .fields
        .iter()
        .filter_map(|field| {
            let is_key = matches!(field.kind, Kind::Actor | Kind::Model(..));
            let wanted = field.unique
                || field.index_wanted
                || is_key
                || model.filter.contains(&field.index)
                || model.sort.iter().any(|s| s.field == field.index)
                || scopes.contains(field.index);
            wanted.then_some(Index { table: model.table, field: field.name, unique: field.unique })
        })
        .collect()
}

/// Every index that this file could ever have made.
fn indexes_thinkable(model: &'static Model) -> impl Iterator<Item = Index> {
    model
        .fields
        .iter()
        .flat_map(|field| [true, false].map(|unique| Index { table: model.table, field: field.name, unique }))
}

fn drop_unwanted(model: &'static Model, wanted: &[Index], there: &There, steps: &mut Vec<Step>) {
    for index in indexes_thinkable(model).filter(|i| !wanted.contains(i) && there.attached.contains_key(&i.name())) {
        let mut sql = Sql::new("DROP INDEX ");
        sql.name_of(index.prefix(), &[index.table, index.field]);
        steps.push(Step { what: format!("drop index {}", index.name()), sql: sql.into_text() });
    }
}

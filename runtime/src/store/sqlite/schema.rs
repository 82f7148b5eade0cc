//! The steps from the schema that is there to the one that the panel asks for, and taking them. It refuses what would
//! lose or bend values; that is a person's decision.

use std::collections::BTreeSet;

use super::columns::{
    columns_of, create_table, definition, push_default, push_definition, storage, storage_in, without_default,
};
use super::there::{FOLDED, There};
use super::{fulltext, path_of};
use crate::audit::Context;
use crate::constraint;
use crate::error::Error;
use crate::migrate::{Part, Plan, Step, adopted_is_there};
use crate::panel::{Kind, Model, Panel};
use crate::store::fault::Fault;
use crate::store::framework;
use crate::store::indexes::{self, Index};
use crate::store::link_tables;
use crate::store::pool::Reading;
use crate::store::sql::{Dialect, Sql};
use crate::store::statements::migrations;
use crate::store::transaction::Transaction;

const WHAT_IS_THERE: &str =
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

const COLUMNS: &str = "SELECT m.name, c.name FROM sqlite_schema AS m JOIN pragma_table_xinfo(m.name) AS c \
     WHERE m.type = 'table' ORDER BY c.cid";

/// The steps from what is there to what the panel asks for.
pub(in crate::store) async fn plan(panel: &'static Panel, part: Part, lane: &mut Reading) -> Result<Plan, Error> {
    let (tables, columns) = (lane.rows(Sql::new(WHAT_IS_THERE)).await?, lane.rows(Sql::new(COLUMNS)).await?);
    steps(panel, part, &There::read(&tables, &columns, &lane.rows(Sql::new(FOLDED)).await?)?)
}

/// All steps of an empty file.
pub(in crate::store) fn plan_from_nothing(panel: &'static Panel, part: Part) -> Result<Plan, Error> {
    steps(panel, part, &There::default())
}

/// All steps, if there is no file yet.
pub(in crate::store) fn plan_for_none(panel: &'static Panel, part: Part, url: &str) -> Result<Option<Plan>, Error> {
    if std::path::Path::new(path_of(url)?).exists() { Ok(None) } else { plan_from_nothing(panel, part).map(Some) }
}

/// Takes those steps, in one transaction with its event.
pub(in crate::store) async fn migrate(
    mut transaction: Transaction,
    panel: &'static Panel,
    part: Part,
    context: &Context,
) -> Result<Plan, Error> {
    let tables = transaction.rows(Sql::new(WHAT_IS_THERE)).await?;
    let columns = transaction.rows(Sql::new(COLUMNS)).await?;
    let there = There::read(&tables, &columns, &transaction.rows(Sql::new(FOLDED)).await?)?;
    let plan = steps(panel, part, &there)?;
    if plan.is_empty() {
        return Ok(plan);
    }
    for step in &plan.steps {
        transaction.execute(Sql::of_step(step)).await.map_err(|fault| failed(step, fault))?;
    }
    keys_hold(&mut transaction, panel).await?;
    migrations::record(&mut transaction, context, &plan).await?;
    transaction.execute(version_is(panel)).await?;
    transaction.commit_without_event().await?;
    Ok(plan)
}

/// Keys are not watched while a schema is changed, and so are looked at before it is kept.
pub(in crate::store) async fn keys_hold(transaction: &mut Transaction, panel: &'static Panel) -> Result<(), Error> {
    for broken in transaction.rows(Sql::new("PRAGMA foreign_key_check")).await? {
        // What was wrong with a table before the panel adopted it is not the panel's to refuse.
        let table = broken.words(0)?;
        if panel.models.iter().all(|model| model.adopted.is_none() || model.table != table) {
            return Err(Error::Setup(
                "the schema: rows point at rows that are not there; nothing was changed".to_owned(),
            ));
        }
    }
    Ok(())
}

/// The file's own number belongs to whoever made the file.
fn version_is(panel: &'static Panel) -> Sql {
    if panel.models.iter().all(|model| model.adopted.is_none()) {
        let mut sql = Sql::new("PRAGMA user_version = ");
        sql.number(framework::VERSION);
        return sql;
    }
    Sql::new(
        "INSERT INTO bw_settings (name, value) VALUES ('schema', $1) ON CONFLICT (name) DO UPDATE SET value = \
         excluded.value",
    )
    .bind(framework::VERSION.to_string())
}

fn failed(step: &Step, fault: Fault) -> Error {
    let why = match fault {
        Fault::Unique(columns) => format!("rows share a value in {}", columns.join(", ")),
        Fault::ForeignKey(_) => "rows point at rows that are not there".to_owned(),
        Fault::Rule(rule) => rule.in_words(),
        Fault::Lost(why) => why,
        Fault::Silent(why) => why.to_owned(),
        Fault::Other(error) => error.to_string(),
    };
    Error::Setup(format!("the schema: could not {}: {why}; nothing was changed", step.what))
}

fn steps(panel: &'static Panel, part: Part, there: &There) -> Result<Plan, Error> {
    let mut steps = Vec::new();
    for made in framework::all(Dialect::Sqlite).filter(|_| part != Part::Block) {
        if !there.tables.contains_key(made.name) && !there.attached.contains_key(made.name) {
            steps.extend(made.steps());
        }
    }
    let lacks = |table: &str, column: &str| {
        part != Part::Block && there.columns.get(table).is_some_and(|columns| columns.iter().all(|name| name != column))
    };
    steps.extend(framework::added(Dialect::Sqlite, lacks));
    for model in panel.models.iter().filter(|_| part != Part::Framework) {
        if model.adopted.is_some() {
            let columns = there.columns.get(model.table);
            let folded = there.folded.get(model.table).map(String::as_str);
            adopted_is_there(model, columns.map(|columns| columns.iter().map(String::as_str).collect()), folded)?;
            continue;
        }
        let mut rebuilt = false;
        match there.tables.get(model.table) {
            None => steps.push(Step {
                what: format!("create table {}", model.table),
                sql: create_table(panel, model, model.table).into_text(Dialect::Sqlite),
            }),
            Some(sql) => rebuilt = alter(panel, model, sql, there, &mut steps)?,
        }
        let wanted = indexes::wanted(panel, model);
        for index in &wanted {
            if rebuilt || !there.attached.contains_key(&index.name()) {
                steps.push(Step { what: format!("create index {}", index.name()), sql: index.create(Dialect::Sqlite) });
            }
        }
        if !rebuilt {
            drop_unwanted(model, &wanted, there, &mut steps);
        }
        fulltext::steps(model, there, rebuilt, &mut steps);
    }
    if part != Part::Framework {
        link_tables::steps(panel, Dialect::Sqlite, there, &mut steps)?;
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
        if model.columns().all(|field| field.name != name) {
            let mut drops = fulltext::before_dropping(model, name, there);
            for (index, on) in &there.attached {
                if on == table && index.contains(&format!("_{name}")) {
                    drops.extend(["DROP INDEX \"", index, "\"; "]);
                }
            }
            return Err(Error::Setup(format!(
                "the schema: table {table} has a column {name} that the block does not have (or a newer build added \
                 it); dropping it loses its data, so write by hand: {drops}ALTER TABLE \"{table}\" DROP COLUMN \
                 \"{name}\";"
            )));
        }
    }
    let mut differs = Vec::new();
    for field in model.columns() {
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
                steps.push(Step { what: format!("add column {name} to {table}"), sql: sql.into_text(Dialect::Sqlite) });
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
    let ours: BTreeSet<String> = indexes::thinkable(model).map(Index::name).chain(fulltext::triggers(model)).collect();
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
    let mut push = |part: &str, sql: Sql| steps.push(Step { what: what(part), sql: sql.into_text(Dialect::Sqlite) });
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
    for field in model.columns() {
        sql.push(", ").name(field.name);
    }
}

fn drop_unwanted(model: &'static Model, wanted: &[Index], there: &There, steps: &mut Vec<Step>) {
    for index in indexes::thinkable(model).filter(|i| !wanted.contains(i) && there.attached.contains_key(&i.name())) {
        steps.push(Step { what: format!("drop index {}", index.name()), sql: index.drop(Dialect::Sqlite) });
    }
}

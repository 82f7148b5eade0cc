//! The steps from the schema that is there to the one that the panel asks for, and taking them, one process at a time.
//! It refuses what would lose or bend values; that is a person's decision.

use super::VERSION_COMMENT;
use super::columns::{
    add_key, check_is, check_name, converts, create_table, definition, key_name, push_check, push_default,
    push_definition, push_new_type, storage, target, wants_check,
};
use super::there::{Column, There, Trigrams};
use crate::audit::Context;
use crate::constraint;
use crate::error::Error;
use crate::migrate::{Part, Plan, Step, adopted_is_there};
use crate::panel::{Field, Kind, Model, Panel};
use crate::store::fault::Fault;
use crate::store::framework;
use crate::store::indexes::{self, Index};
use crate::store::link_tables;
use crate::store::sql::{Dialect, Sql};
use crate::store::statements::migrations;
use crate::store::transaction::Transaction;

/// Longest name, bytes; the server cuts longer ones.
const LONGEST_NAME: usize = 63;

/// The steps from what is there to what the panel asks for.
pub(in crate::store) async fn plan(
    panel: &'static Panel,
    part: Part,
    mut transaction: Transaction,
) -> Result<Plan, Error> {
    let there = There::read(&mut transaction).await?;
    transaction.rollback().await?;
    steps(panel, part, &there)
}

/// All steps of an empty database on this server.
pub(in crate::store) async fn plan_from_nothing(
    panel: &'static Panel,
    part: Part,
    mut transaction: Transaction,
) -> Result<Plan, Error> {
    let trigrams = match There::read(&mut transaction).await?.trigrams {
        Trigrams::Not => Trigrams::Not,
        Trigrams::There | Trigrams::ToMake => Trigrams::ToMake,
    };
    transaction.rollback().await?;
    steps(panel, part, &There { trigrams, ..There::default() })
}

/// Takes those steps, in one transaction with its event. Of several processes that start at once, one takes them and
/// the others find nothing left to do.
pub(in crate::store) async fn migrate(
    mut transaction: Transaction,
    panel: &'static Panel,
    part: Part,
    context: &Context,
) -> Result<Plan, Error> {
    transaction.hold(b"schema").await?;
    let plan = steps(panel, part, &There::read(&mut transaction).await?)?;
    if plan.is_empty() {
        transaction.rollback().await?;
        return Ok(plan);
    }
    for step in &plan.steps {
        transaction.execute(Sql::of_step(step)).await.map_err(|fault| failed(step, fault))?;
    }
    migrations::record(&mut transaction, context, &plan).await?;
    let mut sql = Sql::new("COMMENT ON TABLE bw_migrations IS '");
    sql.push(VERSION_COMMENT).number(framework::VERSION).push("'");
    transaction.execute(sql).await?;
    transaction.commit_without_event().await?;
    Ok(plan)
}

fn failed(step: &Step, fault: Fault) -> Error {
    let why = match fault {
        Fault::Unique(columns) => format!("rows share a value in {}", columns.join(", ")),
        Fault::ForeignKey(_) => "rows point at rows that are not there".to_owned(),
        Fault::Lost(why) => why,
        Fault::Silent(why) => why.to_owned(),
        Fault::Rule(rule) => rule.in_words(),
        Fault::Other(error) => error.to_string(),
    };
    Error::Setup(format!("the schema: could not {}: {why}; nothing was changed", step.what))
}

fn step(what: String, sql: Sql) -> Step {
    Step { what, sql: sql.into_text(Dialect::Postgres) }
}

fn steps(panel: &'static Panel, part: Part, there: &There) -> Result<Plan, Error> {
    let mut steps = Vec::new();
    for made in framework::all(Dialect::Postgres).filter(|_| part != Part::Block) {
        if !there.tables.contains_key(made.name) && !there.indexes.contains_key(made.name) {
            steps.extend(made.steps());
        }
    }
    let lacks = |table: &str, column: &str| {
        part != Part::Block && there.tables.get(table).is_some_and(|columns| !columns.contains_key(column))
    };
    steps.extend(framework::added(Dialect::Postgres, lacks));
    // Keys come last: the table that one points at may be made later than its own.
    let mut keys = Vec::new();
    for model in panel.models.iter().filter(|_| part != Part::Framework) {
        if model.adopted.is_some() {
            let columns = there.tables.get(model.table);
            let folded = columns.and_then(|columns| columns.get(model.key_column())?.folded.as_deref());
            adopted_is_there(model, columns.map(|columns| columns.keys().map(String::as_str).collect()), folded)?;
            continue;
        }
        let names = model.columns().map(|field| field.name).chain([model.table]);
        if let Some(name) = names.into_iter().find(|name| name.len() > LONGEST_NAME) {
            return Err(Error::Setup(format!(
                "the schema: {name} of table {} is longer than the {LONGEST_NAME} bytes that a name may have",
                model.table
            )));
        }
        match there.tables.get(model.table) {
            None => {
                steps.push(step(format!("create table {}", model.table), create_table(panel, model)));
                for field in model.columns() {
                    comment(model, field, &mut steps);
                    key(panel, model, field, None, &mut keys);
                }
            }
            Some(columns) => {
                let gone =
                    |name: &&String| !matches!(name.as_str(), "id" | "version") && model.field_by_name(name).is_none();
                if let Some(name) = columns.keys().find(gone) {
                    let table = model.table;
                    return Err(Error::Setup(format!(
                        "the schema: table {table} has a column {name} that the block does not have (or a newer build \
                         added it); dropping it loses its data, so write by hand: ALTER TABLE \"{table}\" DROP COLUMN \
                         \"{name}\";"
                    )));
                }
                for field in model.columns() {
                    let column = columns.get(field.name);
                    match column {
                        None => add(panel, model, field, &mut steps)?,
                        Some(column) => alter(panel, model, field, column, &mut steps)?,
                    }
                    key(panel, model, field, column, &mut keys);
                }
            }
        }
        for_indexes(panel, model, there, &mut steps);
    }
    steps.extend(keys);
    if part != Part::Framework {
        link_tables::steps(panel, Dialect::Postgres, there, &mut steps)?;
    }
    Ok(Plan { steps })
}

fn comment(model: &'static Model, field: &'static Field, steps: &mut Vec<Step>) {
    if field.kind == Kind::Secret {
        let mut sql = Sql::new("COMMENT ON COLUMN ");
        sql.name(model.table).push(".").name(field.name).push(" IS ").literal(super::columns::SECRET);
        steps.push(step(format!("mark {} of {} as secret", field.name, model.table), sql));
    }
}

fn add(
    panel: &'static Panel,
    model: &'static Model,
    field: &'static Field,
    steps: &mut Vec<Step>,
) -> Result<(), Error> {
    let (table, name) = (model.table, field.name);
    let default = constraint::default_of(field);
    if !field.optional && (default.is_null() || matches!(field.kind, Kind::Model(..) | Kind::Actor)) {
        let wanted = definition(panel, model, field);
        return Err(Error::Setup(format!(
            "the schema: table {table} lacks the column {name}, which is required and has no default, so that rows \
             would have no value; give it a default, make it Option, or write by hand: ALTER TABLE \"{table}\" ADD \
             COLUMN {wanted} DEFAULT …;"
        )));
    }
    let mut sql = Sql::new("ALTER TABLE ");
    sql.name(table).push(" ADD COLUMN ");
    push_definition(&mut sql, panel, model, field);
    if !field.optional {
        push_default(&mut sql, field, &default)?;
    }
    steps.push(step(format!("add column {name} to {table}"), sql));
    comment(model, field, steps);
    Ok(())
}

/// What a column that is there lacks, its key aside.
fn alter(
    panel: &'static Panel,
    model: &'static Model,
    field: &'static Field,
    column: &Column,
    steps: &mut Vec<Step>,
) -> Result<(), Error> {
    let (table, name) = (model.table, field.name);
    let (is, becomes) = (column.storage(), storage(field.kind));
    let alter = || {
        let mut sql = Sql::new("ALTER TABLE ");
        sql.name(table).push(" ALTER COLUMN ").name(name);
        sql
    };
    if is != becomes {
        if !converts(&is, &becomes) {
            return Err(Error::Setup(format!(
                "the schema: column {name} of table {table} is {is} and the block wants {becomes}; what becomes of its \
                 values is yours to say, so write by hand: ALTER TABLE \"{table}\" RENAME COLUMN \"{name}\" TO \
                 \"{name}_old\"; ALTER TABLE \"{table}\" ADD COLUMN \"{name}\" {becomes}; UPDATE \"{table}\" SET \
                 \"{name}\" = … ; ALTER TABLE \"{table}\" DROP COLUMN \"{name}_old\";"
            )));
        }
        let mut sql = alter();
        push_new_type(&mut sql, field.kind);
        steps.push(step(format!("make {name} of {table} {becomes}"), sql));
    }
    if column.required == field.optional {
        let mut sql = alter();
        sql.push(if field.optional { " DROP NOT NULL" } else { " SET NOT NULL" });
        let what = if field.optional { "let" } else { "require" };
        steps.push(step(format!("{what} {name} of {table}{}", if field.optional { " be empty" } else { "" }), sql));
    }
    let ours = check_name(model, field);
    let found = column.checks.iter().find(|(name, _)| *name == ours);
    let stands = found.is_some_and(|(_, definition)| check_is(panel, field, definition));
    if found.is_some() && !stands {
        let mut sql = Sql::new("ALTER TABLE ");
        sql.name(table).push(" DROP CONSTRAINT ").name_of("ck", &[table, name]);
        steps.push(step(format!("drop the check of {name} of {table}"), sql));
    }
    if wants_check(field) && !stands {
        let mut sql = Sql::new("ALTER TABLE ");
        sql.name(table).push(" ADD ");
        push_check(&mut sql, panel, model, field);
        steps.push(step(format!("check {name} of {table}"), sql));
    }
    Ok(())
}

fn key(
    panel: &'static Panel,
    model: &'static Model,
    field: &'static Field,
    column: Option<&Column>,
    steps: &mut Vec<Step>,
) {
    let (table, name) = (model.table, field.name);
    let wanted = target(panel, field);
    let there = column.map_or(&[][..], |column| column.keys.as_slice());
    if wanted.is_some_and(|(to, effect)| there.iter().any(|key| key.to == to && key.effect == effect)) {
        return;
    }
    if there.iter().any(|key| key.name == key_name(model, field)) {
        let mut sql = Sql::new("ALTER TABLE ");
        sql.name(table).push(" DROP CONSTRAINT ").name_of("fk", &[table, name]);
        steps.push(step(format!("drop the key {name} of {table}"), sql));
    }
    if wanted.is_some() {
        steps.push(step(format!("make {name} of {table} a key"), add_key(panel, model, field)));
    }
}

fn for_indexes(panel: &'static Panel, model: &'static Model, there: &There, steps: &mut Vec<Step>) {
    let wanted = indexes::wanted(panel, model);
    for index in wanted.iter().filter(|index| !there.indexes.contains_key(&index.name())) {
        let sql = index.create(Dialect::Postgres);
        steps.push(Step { what: format!("create index {}", index.name()), sql });
    }
    for index in indexes::thinkable(model) {
        if !wanted.contains(&index) && there.indexes.contains_key(&index.name()) {
            let sql = index.drop(Dialect::Postgres);
            steps.push(Step { what: format!("drop index {}", index.name()), sql });
        }
    }
    for field in model.fields {
        let index = Index::of_trigrams(model, field);
        let is_there = there.indexes.contains_key(&index.name());
        if !indexes::searched(model).any(|searched| searched.index == field.index) {
            if is_there {
                let sql = index.drop(Dialect::Postgres);
                steps.push(Step { what: format!("drop index {}", index.name()), sql });
            }
        } else if !is_there && there.trigrams != Trigrams::Not {
            const EXTENSION: &str = "CREATE EXTENSION IF NOT EXISTS pg_trgm";
            if there.trigrams == Trigrams::ToMake && !steps.iter().any(|step| step.sql == EXTENSION) {
                steps.push(Step { what: "take the extension pg_trgm".to_owned(), sql: EXTENSION.to_owned() });
            }
            let sql = index.create(Dialect::Postgres);
            steps.push(Step { what: format!("create index {}", index.name()), sql });
        }
    }
}

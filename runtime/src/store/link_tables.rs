//! The tables of links: two keys, together the primary key, and an index the other way round. Both rows of a link take
//! it along when they go. It makes what is missing and refuses what is there and is something else.

use crate::error::Error;
use crate::migrate::Step;
use crate::panel::{Field, Links, Model, Panel};
use crate::store::sql::{Dialect, Sql, joined};

/// What is there already: the columns of a table, and whether there is an index.
pub(super) trait There {
    /// Names of its columns; none: there is no such table.
    fn columns(&self, table: &str) -> Option<Vec<&str>>;
    /// Whether there is an index of this name.
    fn has_index(&self, name: &str) -> bool;
    /// All tables.
    fn tables(&self) -> Vec<&str>;
}

/// The steps to the tables of links that the panel wants; those of the models stand there before.
///
/// # Errors
/// [`Error::Setup`] for a table of that name with other columns, and for links that the block no longer declares.
pub(super) fn steps(
    panel: &'static Panel,
    dialect: Dialect,
    there: &impl There,
    steps: &mut Vec<Step>,
) -> Result<(), Error> {
    for model in panel.models {
        for (field, links) in model.many() {
            if links.adopted {
                adopted_is_there(links, there)?;
                continue;
            }
            match there.columns(links.table) {
                None => steps.push(Step {
                    what: format!("create table {} for {} of {}", links.table, field.name, model.table),
                    sql: create(panel, model, links, dialect)?,
                }),
                Some(columns) if [links.from, links.to].iter().all(|end| columns.contains(end)) => {}
                Some(_) => {
                    return Err(Error::Setup(format!(
                        "the schema: table {} should hold the links of {} of {}, and has no columns {} and {}; rename it, \
                         or the field",
                        links.table, field.name, model.table, links.from, links.to
                    )));
                }
            }
            let name = joined("ix", &[links.table, links.to]);
            if !there.has_index(&name) {
                let mut sql = Sql::new("CREATE INDEX ");
                sql.name_of("ix", &[links.table, links.to]).push(" ON ").name(links.table).push(" (");
                sql.name(links.to).push(", ").name(links.from).push(")");
                steps.push(Step { what: format!("create index {name}"), sql: sql.into_text(dialect) });
            }
        }
    }
    left_over(panel, there)
}

/// Nothing else of it is looked at.
fn adopted_is_there(links: &'static Links, there: &impl There) -> Result<(), Error> {
    let Some(columns) = there.columns(links.table) else {
        return Err(Error::Setup(format!(
            "the schema: the block adopts a table {} of links, which is not there; a panel makes none among tables that it \
             did not make",
            links.table
        )));
    };
    match [links.from, links.to].into_iter().find(|end| !columns.contains(end)) {
        None => Ok(()),
        Some(end) => Err(Error::Setup(format!(
            "the schema: the block adopts a table {} of links with a column {end}, which is not there",
            links.table
        ))),
    }
}

fn create(
    panel: &'static Panel,
    model: &'static Model,
    links: &'static Links,
    dialect: Dialect,
) -> Result<String, Error> {
    let target = panel
        .models
        .get(links.model)
        .ok_or_else(|| Error::Bug(format!("the links of {} lead to no model", links.table)))?;
    let mut sql = Sql::new("CREATE TABLE ");
    sql.name(links.table).push(" (");
    for (end, of) in [(links.from, model), (links.to, target)] {
        sql.push("\n  ")
            .name(end)
            .either(" INTEGER", " bigint")
            .push(" NOT NULL REFERENCES ")
            .name(of.table)
            .push(" (");
        sql.name(of.key_column()).push(") ON DELETE CASCADE,");
    }
    sql.push("\n  PRIMARY KEY (").name(links.from).push(", ").name(links.to).push(")\n)");
    sql.either(" STRICT, WITHOUT ROWID", "");
    Ok(sql.into_text(dialect))
}

/// Links that an older build kept: dropping them is for a person to say, as it is with a column.
fn left_over(panel: &'static Panel, there: &impl There) -> Result<(), Error> {
    let ours = |table: &str| {
        let links = |model: &'static Model| model.many().any(|(_, links): (&Field, _)| links.table == table);
        panel.models.iter().any(|model| model.table == table || links(model))
    };
    for model in panel.models.iter().filter(|model| model.adopted.is_none()) {
        let from = format!("{}_id", model.table);
        let is_of_links = |table: &str| {
            table.strip_prefix(model.table).is_some_and(|rest| rest.starts_with('_'))
                && there.columns(table).is_some_and(|columns| {
                    columns.len() == 2
                        && columns.iter().any(|column| *column == from)
                        && columns.iter().all(|column| column.ends_with("_id"))
                })
        };
        if let Some(table) = there.tables().into_iter().find(|table| !ours(table) && is_of_links(table)) {
            return Err(Error::Setup(format!(
                "the schema: table {table} holds links of {} that the block does not have (or a newer build added them); \
                 dropping it loses them, so write by hand: DROP TABLE \"{table}\";",
                model.table
            )));
        }
    }
    Ok(())
}

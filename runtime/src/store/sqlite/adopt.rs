//! The schema of a file that this program did not make, as plain data. What a column holds is told by its values as
//! much as by its type, which SQLite lets anything stand under. The file is opened for reading alone.

pub(super) mod said;
mod values;

use std::path::Path;
use std::sync::Arc;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use self::said::Said;
use self::values::hold;
use super::there::FOLDED;
use super::{BUSY, no_database, path_of};
use crate::adopt::{Column, Effect, Holds, Key, Schema, Start, Table};
use crate::error::Error;
use crate::store::lane::{Door, Lane};
use crate::store::sql::Sql;

const TABLES: &str = "SELECT t.name, t.wr, s.sql FROM pragma_table_list AS t JOIN sqlite_schema AS s ON s.name = t.name \
     WHERE t.schema = 'main' AND t.type = 'table' AND s.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND \
     t.name NOT LIKE 'bw\\_%' ESCAPE '\\' ORDER BY t.name";
const COLUMNS: &str = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo($1) ORDER BY cid";
const KEYS: &str =
    "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list($1) ORDER BY id, seq";
const UNIQUES: &str = "SELECT l.name, i.name FROM pragma_index_list($1) AS l JOIN pragma_index_info(l.name) AS i WHERE \
     l.\"unique\" = 1 AND l.partial = 0 AND l.origin <> 'pk' ORDER BY l.name, i.seqno";

/// All tables of the file.
pub(in crate::store) async fn schema(url: &str) -> Result<Schema, Error> {
    let path = path_of(url)?;
    let file = Path::new(path);
    if !file.is_file() {
        return Err(Error::Setup(format!("the database {path}: there is no such file")));
    }
    let options =
        SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY).disable_statement_logging();
    let door = Door::Sqlite(Box::new(options));
    let mut lane = Lane::open(&door, Arc::default()).await.map_err(|fault| no_database(fault, path))?;
    let found = lane.rows(Sql::new(TABLES)).await.map_err(|fault| no_database(fault, path))?;
    let mut schema = Schema {
        name: file.file_stem().and_then(|stem| stem.to_str()).unwrap_or("Adopted").to_owned(),
        // Where the file lies on one machine is true of that one alone.
        fallback: file.is_relative().then(|| format!("sqlite:{path}")),
        tables: Vec::new(),
    };
    for answer in &found {
        let (name, sql) = (answer.words(0)?, answer.words(2)?);
        schema.tables.push(table(&mut lane, name, answer.whole(1)? == 1, &sql).await?);
    }
    for answer in lane.rows(Sql::new(FOLDED)).await? {
        let (table, column) = (answer.words(0)?, answer.words(1)?);
        let table = schema.tables.iter_mut().find(|one| one.name == table);
        if let Some(column) = table.and_then(|table| table.columns.iter_mut().find(|one| one.name == column)) {
            column.folded = Some(answer.words(2)?);
        }
    }
    // A key that names no column points at the primary one.
    let primary: Vec<(String, Vec<String>)> =
        schema.tables.iter().map(|table| (table.name.to_lowercase(), table.key.clone())).collect();
    for key in schema.tables.iter_mut().flat_map(|table| &mut table.keys) {
        let to = primary.iter().find(|(name, _)| *name == key.to.to_lowercase());
        if key.to_columns.is_empty() {
            key.to_columns = to.map(|(_, columns)| columns.clone()).unwrap_or_default();
        }
    }
    let names: Vec<String> = schema.tables.iter().map(|table| table.name.clone()).collect();
    for key in schema.tables.iter_mut().flat_map(|table| &mut table.keys) {
        if let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(&key.to)) {
            key.to.clone_from(name);
        }
    }
    Ok(schema)
}

async fn table(lane: &mut Lane, name: String, without_rowid: bool, sql: &str) -> Result<Table, Error> {
    let said = Said::of(sql);
    let mut table = Table { comment: said.comment.clone(), checks: said.checks.clone(), ..Table::default() };
    let mut key: Vec<(i64, String)> = Vec::new();
    let mut key_is = String::new();
    for answer in lane.rows(Sql::new(COLUMNS).bind(name.as_str())).await? {
        let (column, is) = (answer.words(0)?, answer.words(1)?);
        let place = answer.whole(4)?;
        if place > 0 {
            key.push((place, column.clone()));
            key_is.clone_from(&is);
        }
        let hidden = answer.whole(5)?;
        table.columns.push(Column {
            comment: said.of_column(&column),
            holds: Holds::Nothing(String::new()),
            required: answer.whole(2)? == 1,
            start: start(answer.text(3)?.as_deref()),
            // 2 and 3: generated, kept or not.
            computed: hidden >= 2,
            folded: None,
            name: column,
            is,
        });
    }
    key.sort();
    table.key = key.into_iter().map(|(_, column)| column).collect();
    // Only a key of exactly this type is the number that SQLite gives each row.
    table.numbered = table.key.len() == 1 && key_is.eq_ignore_ascii_case("INTEGER") && !without_rowid;
    keys(lane, &name, &mut table).await?;
    let mut last = String::new();
    for answer in lane.rows(Sql::new(UNIQUES).bind(name.as_str())).await? {
        let (index, column) = (answer.words(0)?, answer.text(1)?.unwrap_or_default());
        if index != last {
            table.uniques.push(Vec::new());
            last = index;
        }
        if let Some(columns) = table.uniques.last_mut() {
            columns.push(column);
        }
    }
    table.name = name;
    hold(lane, &mut table).await?;
    Ok(table)
}

async fn keys(lane: &mut Lane, name: &str, table: &mut Table) -> Result<(), Error> {
    let mut last = None;
    for answer in lane.rows(Sql::new(KEYS).bind(name)).await? {
        let id = answer.whole(0)?;
        if last != Some(id) {
            last = Some(id);
            table.keys.push(Key {
                columns: Vec::new(),
                to: answer.words(1)?,
                to_columns: Vec::new(),
                effect: match answer.words(4)?.as_str() {
                    "CASCADE" => Effect::Cascades,
                    "SET NULL" | "SET DEFAULT" => Effect::Nulls,
                    _ => Effect::Refused,
                },
            });
        }
        if let Some(key) = table.keys.last_mut() {
            key.columns.push(answer.words(2)?);
            key.to_columns.extend(answer.text(3)?);
        }
    }
    Ok(())
}

fn start(said: Option<&str>) -> Start {
    let Some(said) = said else { return Start::Nothing };
    let said = said.trim().trim_start_matches('(').trim_end_matches(')').trim();
    if let Some(text) = said.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Start::Constant(text.replace("''", "'"));
    }
    let number = said.strip_prefix(['-', '+']).unwrap_or(said);
    if !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Start::Constant(said.trim_start_matches('+').to_owned());
    }
    match said.to_ascii_uppercase().as_str() {
        "NULL" => Start::Nothing,
        "TRUE" => Start::Constant("1".to_owned()),
        "FALSE" => Start::Constant("0".to_owned()),
        "CURRENT_TIMESTAMP" | "DATETIME('NOW'" => Start::Now,
        _ => Start::Computed,
    }
}

pub(in crate::store) use self::values::is_long;

#[cfg(test)]
mod tests {
    use super::{Start, start};

    #[test]
    fn defaults_are_read() {
        let text = |text: &str| Start::Constant(text.to_owned());
        assert_eq!(start(Some("'it''s'")), text("it's"));
        assert_eq!((start(Some("(0)")), start(Some("-1.5"))), (text("0"), text("-1.5")));
        assert_eq!((start(Some("NULL")), start(None)), (Start::Nothing, Start::Nothing));
        assert_eq!(start(Some("CURRENT_TIMESTAMP")), Start::Now);
        assert_eq!(start(Some("lower(hex(randomblob(8)))")), Start::Computed);
    }
}

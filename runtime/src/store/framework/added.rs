//! Columns that tables of the framework got after they were first made: a database of an older version is given them.
//! Each may be empty, since the rows that are there have nothing for it.

use super::spelled_out;
use crate::migrate::Step;
use crate::store::sql::Dialect;

/// Table, column, and what it is.
const ADDED: &[(&str, &str, &str)] = &[
    ("bw_jobs", "address", "{text}"),
    ("bw_mail", "request_id", "{text}"),
    ("bw_mail", "address", "{text}"),
    ("bw_audit", "address", "{text}"),
    ("bw_audit", "row_key", "{text}"),
];

/// What tables that are there lack of what they got later. `lacks`: the table is there without this column.
pub(in crate::store) fn added(dialect: Dialect, lacks: impl Fn(&str, &str) -> bool) -> impl Iterator<Item = Step> {
    ADDED.iter().filter(move |(table, column, _)| lacks(table, column)).map(move |(table, column, is)| Step {
        what: format!("add column {column} to {table}"),
        sql: format!("ALTER TABLE {table} ADD COLUMN {}", spelled_out(&format!("{column} {is}"), dialect)),
    })
}

#[cfg(test)]
mod tests {
    use super::ADDED;
    use crate::store::framework::TABLES;

    #[test]
    fn a_new_database_has_the_same_columns() {
        for (table, column, is) in ADDED {
            let (_, made) = TABLES.iter().find(|(name, _)| name == table).unwrap();
            let line = format!("{column} {is}");
            assert!(made.lines().any(|found| found.trim().trim_end_matches(',') == line), "{table} lacks {line}");
        }
    }
}

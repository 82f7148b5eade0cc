//! What is in the database's schema already, read from its catalogue. It reads and decides nothing.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::store::link_tables;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;

/// Tables of the first schema of the search path, their columns, rules and indexes.
#[derive(Debug, Default)]
pub(super) struct There {
    /// Columns by name, by table.
    pub(super) tables: BTreeMap<String, BTreeMap<String, Column>>,
    /// Table of each index, by the index's name.
    pub(super) indexes: BTreeMap<String, String>,
    /// Whether indexes over trigrams can be made.
    pub(super) trigrams: Trigrams,
}

/// What it takes to make an index over trigrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Trigrams {
    /// Nothing.
    There,
    /// `CREATE EXTENSION pg_trgm`, which we may do.
    ToMake,
    /// Somebody else's help.
    #[default]
    Not,
}

/// A column.
#[derive(Debug, Default)]
pub(super) struct Column {
    /// Its type, as the catalogue spells it.
    pub(super) is: String,
    /// NOT NULL.
    pub(super) required: bool,
    /// Our comment on it, if there is one.
    pub(super) comment: Option<String>,
    /// Checks of this column alone: name and definition.
    pub(super) checks: Vec<(String, String)>,
    /// The type or the collation that takes texts for the same that differ in their bytes.
    pub(super) folded: Option<String>,
    /// Keys of this column alone.
    pub(super) keys: Vec<Key>,
}

/// A foreign key.
#[derive(Debug)]
pub(super) struct Key {
    /// Name of the constraint.
    pub(super) name: String,
    /// The table that it points at.
    pub(super) to: String,
    /// `r`, `c`, `n`, `a` or `d`, as the catalogue says what a delete does.
    pub(super) effect: String,
}

const COLUMNS: &str = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
     col_description(c.oid, a.attnum), CASE WHEN format_type(a.atttypid, NULL) = 'citext' THEN 'citext' ELSE (SELECT \
     l.collname::text FROM pg_collation l WHERE l.oid = a.attcollation AND NOT l.collisdeterministic) END FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
     AND NOT a.attisdropped WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')";
const RULES: &str = "SELECT c.relname::text, a.attname::text, k.conname::text, k.contype::text, f.relname::text, \
     k.confdeltype::text, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
     JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] LEFT JOIN pg_class f ON f.oid = \
     k.confrelid WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('c', 'f') AND \
     cardinality(k.conkey) = 1";
const INDEXES: &str = "SELECT i.relname::text, t.relname::text FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
     JOIN pg_class t ON t.oid = x.indrelid WHERE i.relnamespace = current_schema()::regnamespace";
const TRIGRAMS: &str = "SELECT EXISTS (SELECT 1 FROM pg_opclass WHERE opcname = 'gin_trgm_ops' AND \
     pg_opclass_is_visible(oid)), EXISTS (SELECT 1 FROM pg_available_extension_versions WHERE name = 'pg_trgm' AND \
     trusted AND NOT installed) AND NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') AND \
     has_database_privilege(current_database(), 'CREATE')";

impl There {
    /// Reads it, as this transaction sees it.
    pub(super) async fn read(transaction: &mut Transaction) -> Result<Self, Error> {
        let mut there = Self::default();
        for answer in transaction.rows(Sql::new(COLUMNS)).await? {
            let columns = there.tables.entry(answer.words(0)?).or_default();
            let Some(name) = answer.text(1)? else { continue };
            let column = Column {
                is: answer.words(2)?,
                required: answer.yes(3)?,
                comment: answer.text(4)?,
                folded: answer.text(5)?,
                ..Column::default()
            };
            columns.insert(name, column);
        }
        for answer in transaction.rows(Sql::new(RULES)).await? {
            let (table, column, name) = (answer.words(0)?, answer.words(1)?, answer.words(2)?);
            let Some(column) = there.tables.get_mut(&table).and_then(|columns| columns.get_mut(&column)) else {
                continue;
            };
            if answer.words(3)? == "c" {
                column.checks.push((name, answer.words(6)?));
            } else {
                column.keys.push(Key { name, to: answer.words(4)?, effect: answer.words(5)? });
            }
        }
        for answer in transaction.rows(Sql::new(INDEXES)).await? {
            there.indexes.insert(answer.words(0)?, answer.words(1)?);
        }
        if let Some(answer) = transaction.row(Sql::new(TRIGRAMS)).await? {
            there.trigrams = match (answer.yes(0)?, answer.yes(1)?) {
                (true, _) => Trigrams::There,
                (false, true) => Trigrams::ToMake,
                (false, false) => Trigrams::Not,
            };
        }
        Ok(there)
    }
}

impl link_tables::There for There {
    fn columns(&self, table: &str) -> Option<Vec<&str>> {
        Some(self.tables.get(table)?.keys().map(String::as_str).collect())
    }

    fn has_index(&self, name: &str) -> bool {
        self.indexes.contains_key(name)
    }

    fn tables(&self) -> Vec<&str> {
        self.tables.keys().map(String::as_str).collect()
    }
}

impl Column {
    /// Its type, with our comment where two kinds are stored alike.
    pub(super) fn storage(&self) -> String {
        match self.comment.as_deref() {
            Some(super::columns::SECRET) => format!("{} /* secret */", self.is),
            _ => self.is.clone(),
        }
    }
}

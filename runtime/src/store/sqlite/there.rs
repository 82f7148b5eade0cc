//! What is in the file already, as its schema tells it. It reads and decides nothing.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::store::answer::Answer;
use crate::store::link_tables;

/// Tables and indexes in the file, by name.
#[derive(Debug, Default)]
pub(super) struct There {
    pub(super) tables: BTreeMap<String, String>,
    /// Name of the index or trigger, and its table.
    pub(super) attached: BTreeMap<String, String>,
    /// Columns of each table.
    pub(super) columns: BTreeMap<String, Vec<String>>,
}

impl There {
    pub(super) fn read(tables: &[Answer], columns: &[Answer]) -> Result<Self, Error> {
        let mut there = Self::default();
        for answer in columns {
            there.columns.entry(answer.words(0)?).or_default().push(answer.words(1)?);
        }
        for answer in tables {
            let (kind, name) = (answer.words(0)?, answer.words(1)?);
            if kind == "table" {
                there.tables.insert(name, answer.words(3)?);
            } else {
                there.attached.insert(name, answer.words(2)?);
            }
        }
        Ok(there)
    }
}

impl link_tables::There for There {
    fn columns(&self, table: &str) -> Option<Vec<&str>> {
        let columns = self.columns.get(table)?;
        Some(columns.iter().map(String::as_str).collect())
    }

    fn has_index(&self, name: &str) -> bool {
        self.attached.contains_key(name)
    }

    fn tables(&self) -> Vec<&str> {
        self.tables.keys().map(String::as_str).collect()
    }
}

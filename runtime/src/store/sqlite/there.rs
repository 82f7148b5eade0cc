//! What is in the file already, as its schema tells it. It reads and decides nothing.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::store::answer::Answer;
use crate::store::link_tables;

/// Keys that compare texts otherwise than by their bytes: table, column, collation. The collation of the index is asked
/// for, as rows are pointed at by that.
pub(super) const FOLDED: &str = "SELECT m.name, x.name, x.coll FROM sqlite_schema AS m JOIN pragma_index_list(m.name) AS \
     l JOIN pragma_index_xinfo(l.name) AS x WHERE m.type = 'table' AND l.origin = 'pk' AND x.\"key\" = 1 AND x.coll <> \
     'BINARY' AND x.name IS NOT NULL";

/// Tables and indexes in the file, by name.
#[derive(Debug, Default)]
pub(super) struct There {
    pub(super) tables: BTreeMap<String, String>,
    /// Name of the index or trigger, and its table.
    pub(super) attached: BTreeMap<String, String>,
    /// Columns of each table.
    pub(super) columns: BTreeMap<String, Vec<String>>,
    /// How each table's key compares texts that is not by their bytes.
    pub(super) folded: BTreeMap<String, String>,
}

impl There {
    pub(super) fn read(tables: &[Answer], columns: &[Answer], folded: &[Answer]) -> Result<Self, Error> {
        let mut there = Self::default();
        for answer in folded {
            there.folded.insert(answer.words(0)?, answer.words(2)?);
        }
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

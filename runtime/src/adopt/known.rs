//! By what a panel could know the rows of a table that was there before it. Whether the table is served is decided
//! elsewhere.

use super::{Holds, Table};

/// Longest text that rows are known by, bytes: [`crate::key::LONGEST`].
pub(super) const LONGEST_KEY: u32 = 64;

/// What the rows of a table are known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KnownBy {
    Number,
    Uuid,
    /// A text, at most so long; none: the table does not say.
    Text(Option<u32>),
}

/// What the rows of a table are known by; none: by nothing that a panel could know them by.
pub(super) fn known_by(table: &Table) -> Option<KnownBy> {
    let [key] = table.key.as_slice() else { return None };
    match table.columns.iter().find(|column| column.name == *key)?.holds {
        Holds::Whole(_) => Some(KnownBy::Number),
        Holds::Uuid => Some(KnownBy::Uuid),
        Holds::Text { longest, .. } => Some(KnownBy::Text(longest)),
        _ => None,
    }
}

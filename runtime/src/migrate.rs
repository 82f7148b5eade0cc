//! The schema that a panel asks for, and the steps from the one that is there. It adds and never takes away: a column
//! that changed its type or is gone from the block is refused with a sentence, because dropping data is a person's
//! decision.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// Steps that bring the database to the panel's schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// In order.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// In words: "create table patients".
    pub what: String,
    /// The statement.
    pub sql: String,
}

impl Plan {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether there was nothing of the framework before: a database that was made just now.
    #[must_use]
    pub fn is_from_nothing(&self) -> bool {
        self.steps.iter().any(|step| step.what == "create bw_people")
    }

    /// All statements, each ended by a semicolon, as `migrate --dry-run` prints them.
    #[must_use]
    pub fn sql(&self) -> String {
        self.steps.iter().fold(String::new(), |mut text, step| {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{};", step.sql);
            text
        })
    }

    /// SHA-256 of the statements, in hex, as the table of migrations keeps it.
    #[must_use]
    pub fn hash(&self) -> String {
        Sha256::digest(self.sql().as_bytes()).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

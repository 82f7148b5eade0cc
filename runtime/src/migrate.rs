//! The schema that a panel asks for, and the steps from the one that is there. It adds and never takes away: a column
//! that changed its type or is gone from the block is refused with a sentence, because dropping data is a person's
//! decision.

pub(crate) mod files;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::panel::{KeyKind, Model};

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
        digest(&self.sql())
    }
}

/// SHA-256 in hex.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Of which tables a plan speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All.
    Whole,
    /// The framework's own, which belong to the version of this program.
    Framework,
    /// Those of the block.
    Block,
}

/// Whether an adopted table is there with all that the block names of it; nothing else of it is looked at.
///
/// # Errors
/// [`Error::Setup`] with what is not there.
pub(crate) fn adopted_is_there(
    model: &'static Model,
    columns: Option<Vec<&str>>,
    folded: Option<&str>,
) -> Result<(), Error> {
    let table = model.table;
    let Some(columns) = columns else {
        return Err(Error::Setup(format!(
            "the schema: the block adopts a table {table}, which is not there; take `adopted` out for the panel to make it"
        )));
    };
    if let (KeyKind::Text, Some(folded)) = (model.key, folded) {
        let key = model.key_column();
        return Err(Error::Setup(format!(
            "the schema: the block adopts a table {table} by its key {key}, of which the database takes texts for the same that \
             are spelled otherwise ({folded}); a panel tells rows apart byte by byte and would miss what points at them: let the \
             column compare by bytes, or take the model out of the block"
        )));
    }
    let named = model.columns().map(|field| field.column).chain([model.key_column()]);
    match named.into_iter().find(|name| !columns.contains(name)) {
        None => Ok(()),
        Some(name) => Err(Error::Setup(format!(
            "the schema: the block adopts a table {table} with a column {name}, which is not there; a panel adds nothing \
             to a table that it did not make"
        ))),
    }
}

//! An existing schema as a block: what is read of it, as plain data, and the program that is written from that. It
//! reads a database and changes nothing in it; what can't be served is said, never passed over.

mod block;
mod checks;
mod field;
mod judge;
mod judged;
mod known;
mod names;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use crate::error::Error;

/// A database's tables, the framework's own left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Schema {
    /// A name for the panel: that of the file or of the database.
    pub(crate) name: String,
    /// What the block's `database` clause falls back to; none: the URL may hold a secret, or be true of one place only.
    pub(crate) fallback: Option<String>,
    /// In the order of their names.
    pub(crate) tables: Vec<Table>,
}

/// One table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) columns: Vec<Column>,
    /// Columns of the primary key, in its order.
    pub(crate) key: Vec<String>,
    /// New rows get their number from the database.
    pub(crate) numbered: bool,
    pub(crate) keys: Vec<Key>,
    /// Columns of which no two rows share all values.
    pub(crate) uniques: Vec<Vec<String>>,
    /// Conditions on a row, as the database spells them.
    pub(crate) checks: Vec<String>,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// Its type as declared.
    pub(crate) is: String,
    pub(crate) holds: Holds,
    pub(crate) required: bool,
    pub(crate) start: Start,
    /// The database computes it.
    pub(crate) computed: bool,
    /// The type or the collation by which texts are the same that differ in their bytes; of SQLite's keys alone.
    pub(crate) folded: Option<String>,
    pub(crate) comment: String,
}

/// What stands in a column, by its type and by the values that are there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Holds {
    /// Text, at most so long, with more than one line or not.
    Text {
        longest: Option<u32>,
        lines: bool,
    },
    /// Whole numbers of so many bits.
    Whole(u8),
    /// Numbers with a fraction, inexact.
    Float,
    /// Exact numbers: digits in all, and after the point.
    Decimal(u8, u8),
    /// Yes or no.
    YesNo,
    Day,
    Time,
    Moment,
    Uuid,
    Json,
    Bytes,
    /// One of these, of the enumerated type of this name.
    OneOf(String, Vec<String>),
    /// Something that can only be shown as text, and why.
    Odd(String),
    /// Nothing that a field could hold, and why.
    Nothing(String),
}

/// What a new row gets without being told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Start {
    Nothing,
    /// A constant, as the text of its value.
    Constant(String),
    /// The moment of the insert.
    Now,
    /// What the database works out.
    Computed,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) columns: Vec<String>,
    pub(crate) to: String,
    pub(crate) to_columns: Vec<String>,
    pub(crate) effect: Effect,
}

/// What a delete does to the rows that point at what goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Refused,
    Cascades,
    Nulls,
}

/// A program with the block of an existing database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Adopted {
    /// The whole source file.
    pub program: String,
    /// What the block leaves out or can't do, a line each; it stands in the program as well.
    pub said: Vec<String>,
}

/// Reads the schema of the database at this URL and writes a block for it. Nothing in the database is changed.
///
/// # Errors
/// [`Error::Setup`] when there is no such database, or it can't be read; [`Error::BadRequest`] when none of its tables
/// can be served.
pub async fn adopt(url: &str) -> Result<Adopted, Error> {
    let schema = crate::store::schema_at(url).await?;
    written(&schema)
}

fn written(schema: &Schema) -> Result<Adopted, Error> {
    let judged = judge::judge(schema);
    if judged.models.is_empty() {
        let why = judged.left_out.join(" ");
        return Err(Error::BadRequest(format!("the database has no table that a panel can serve. {why}")));
    }
    Ok(Adopted { program: block::program(schema, &judged), said: judged.said() })
}

/// A program that adopts the database whose URL is its only word: the block goes to the standard output, what it leaves
/// out to the standard error.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     bailiwick::adopt::main()
/// }
/// ```
#[must_use]
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let url = match words.as_slice() {
        [url] => url.to_str(),
        [flag, url] if flag == "--database" => url.to_str(),
        _ => None,
    };
    let Some(url) = url else {
        let _ = writeln!(
            std::io::stderr(),
            "error: one word is needed, the URL of the database: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME"
        );
        return ExitCode::from(2);
    };
    let threads = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(threads) => threads,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "error: the program can't start: {why}");
            return ExitCode::FAILURE;
        }
    };
    match threads.block_on(adopt(url)) {
        Ok(adopted) => {
            tell(&adopted);
            ExitCode::SUCCESS
        }
        Err(error) => {
            let line = match &error {
                Error::BadRequest(line) => line.clone(),
                error => error.to_string(),
            };
            let _ = writeln!(std::io::stderr(), "error: {line}");
            ExitCode::from(if matches!(error, Error::Setup(_)) { 2 } else { 1 })
        }
    }
}

/// The block to the standard output, the rest beside it. A reader who went away is no error.
pub(crate) fn tell(adopted: &Adopted) {
    for line in &adopted.said {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    let _ = write!(std::io::stdout(), "{}", adopted.program);
}

//! What SQLite says, sorted: a rule of the table was broken, the database is not there in time, or this program is
//! wrong. Its messages go to the log; a visitor never sees one.

use crate::error::Error;

/// A statement that failed.
#[derive(Debug)]
pub(in crate::store) enum Fault {
    /// Another row has this value in these columns (`table.column`).
    Unique(Vec<String>),
    /// A key points at no row, or a row that is pointed at would go.
    ForeignKey,
    /// Anything else.
    Other(Error),
}

// Primary result codes, https://www.sqlite.org/rescode.html
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const NOMEM: i32 = 7;
const READONLY: i32 = 8;
const INTERRUPT: i32 = 9;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;
const CONSTRAINT_FOREIGNKEY: i32 = 787;
const CONSTRAINT_TRIGGER: i32 = 1811;
const CONSTRAINT_UNIQUE: i32 = 2067;

impl Fault {
    /// As a failed attempt to open, in words.
    pub(in crate::store) fn at_open(self, path: &str) -> Error {
        match self {
            Self::Other(Error::Setup(why)) => Error::Setup(why),
            Self::Other(Error::Unavailable(why) | Error::Bug(why)) => {
                Error::Setup(format!("the database {path}: {why}"))
            }
            _ => Error::Setup(format!("the database {path} can't be opened")),
        }
    }

    /// Whether the connection is of no further use.
    pub(super) fn breaks_connection(&self) -> bool {
        matches!(self, Self::Other(_))
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unique(columns) => Self::Bug(format!("a unique value was there already: {}", columns.join(", "))),
            Fault::ForeignKey => Self::Bug("a foreign key points at no row".to_owned()),
            Fault::Other(error) => error,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(said) = &error else {
            return Self::Other(match error {
                sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => Error::Unavailable(error.to_string()),
                _ => Error::Bug(error.to_string()),
            });
        };
        let code: i32 = said.code().and_then(|code| code.parse().ok()).unwrap_or_default();
        match code {
            CONSTRAINT_UNIQUE => {
                let columns = said.message().rsplit(": ").next().unwrap_or_default();
                return Self::Unique(columns.split(", ").map(str::to_owned).collect());
            }
            CONSTRAINT_FOREIGNKEY | CONSTRAINT_TRIGGER => return Self::ForeignKey,
            _ => {}
        }
        Self::Other(match code & 0xff {
            BUSY | LOCKED => Error::Unavailable("another process holds the database".to_owned()),
            INTERRUPT => Error::Unavailable("a statement took longer than it may".to_owned()),
            NOMEM => Error::Unavailable("the database is out of memory".to_owned()),
            READONLY => Error::Unavailable("it can't be written to".to_owned()),
            IOERR => Error::Unavailable(format!("reading or writing failed ({})", said.message())),
            CORRUPT => Error::Unavailable("the file is damaged".to_owned()),
            FULL => Error::Unavailable("the disk is full".to_owned()),
            CANTOPEN => Error::Unavailable("the file can't be opened or made".to_owned()),
            NOTADB => Error::Unavailable("the file is not a SQLite database".to_owned()),
            _ => Error::Bug(format!("SQLite {code}: {}", said.message())),
        })
    }
}

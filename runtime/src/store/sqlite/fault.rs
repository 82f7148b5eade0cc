//! What SQLite says, sorted.

use crate::error::Error;
use crate::store::fault::{About, Fault, Named, Rule};

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
const MISMATCH: i32 = 20;
const CONSTRAINT_CHECK: i32 = 275;
const CONSTRAINT_FOREIGNKEY: i32 = 787;
const CONSTRAINT_NOTNULL: i32 = 1299;
const CONSTRAINT_PRIMARYKEY: i32 = 1555;
const CONSTRAINT_TRIGGER: i32 = 1811;
const CONSTRAINT_UNIQUE: i32 = 2067;
const CONSTRAINT_DATATYPE: i32 = 3091;

/// What a failed statement was.
pub(super) fn sorted(error: &sqlx::Error) -> Fault {
    let sqlx::Error::Database(said) = error else {
        return Fault::Other(match error {
            sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => Error::Unavailable(error.to_string()),
            _ => Error::Bug(error.to_string()),
        });
    };
    let code: i32 = said.code().and_then(|code| code.parse().ok()).unwrap_or_default();
    match code {
        CONSTRAINT_UNIQUE | CONSTRAINT_PRIMARYKEY => {
            let columns = said.message().rsplit(": ").next().unwrap_or_default();
            return Fault::Unique(columns.split(", ").map(str::to_owned).collect());
        }
        CONSTRAINT_FOREIGNKEY => return Fault::ForeignKey(Vec::new()),
        // What restricts a delete is a trigger to it; so is one of the table's own, with words of its own.
        CONSTRAINT_TRIGGER if said.message().contains("FOREIGN KEY") => return Fault::ForeignKey(Vec::new()),
        CONSTRAINT_NOTNULL | CONSTRAINT_CHECK => {
            // Behind the colon stands the column; of a check the condition itself, or the name that it was given.
            let named = said.message().split_once(": ").map_or("", |(_, named)| named);
            let said = format!("SQLite {code}: {named}");
            if code == CONSTRAINT_NOTNULL {
                return Fault::rule(About::Missing, words(named), said);
            }
            // Table and schema are not told.
            let check = Named { schema: String::new(), table: String::new(), name: named.to_owned() };
            let check = Some(Box::new(check));
            return Fault::Rule(Rule { what: About::Own, columns: words(named), said, check });
        }
        CONSTRAINT_DATATYPE => {
            // `cannot store TEXT value in INTEGER column products.weight`
            let column = said.message().rsplit('.').next().unwrap_or_default();
            return Fault::rule(About::Own, vec![column.to_owned()], format!("SQLite {code}"));
        }
        CONSTRAINT_TRIGGER | MISMATCH => return Fault::rule(About::Own, Vec::new(), format!("SQLite {code}")),
        _ => {}
    }
    Fault::Other(match code & 0xff {
        BUSY | LOCKED => Error::Unavailable("another process holds the database".to_owned()),
        INTERRUPT => Error::TooLong,
        NOMEM => Error::Unavailable("the database is out of memory".to_owned()),
        READONLY => Error::Unavailable("it can't be written to".to_owned()),
        IOERR => Error::Unavailable(format!("reading or writing failed ({})", said.message())),
        CORRUPT => Error::Unavailable("the file is damaged".to_owned()),
        FULL => Error::Full,
        CANTOPEN => Error::Unavailable("the file can't be opened or made".to_owned()),
        NOTADB => Error::Unavailable("the file is not a SQLite database".to_owned()),
        _ => Error::Bug(format!("SQLite {code}: {}", said.message())),
    })
}

/// Whether somebody else holds the file.
pub(super) fn is_held(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|said| said.code()?.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, BUSY | LOCKED))
}

/// What may be the name of a column in what SQLite says; which ones are, the model knows.
pub(super) fn words(said: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    said.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

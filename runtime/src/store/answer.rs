//! A row of an answer, and its columns by type, whichever database gave it. What does not read as asked is a mistake of
//! this program.

use std::fmt;

use chrono::{DateTime, Utc};

use super::fit::{Class, class, scale};
use super::{postgres, sqlite};
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{KeyKind, Kind};
use crate::value::Value;

/// One row.
pub(in crate::store) enum Answer {
    /// Of SQLite.
    Sqlite(sqlx::sqlite::SqliteRow),
    /// Of PostgreSQL.
    Postgres(sqlx::postgres::PgRow),
}

impl fmt::Debug for Answer {
    // It holds somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(…)")
    }
}

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        pub(in crate::store) fn $name(&self, column: usize) -> Result<$type, Error> {
            match self {
                Self::Sqlite(row) => sqlite::answer::$name(row, column),
                Self::Postgres(row) => postgres::answer::$name(row, column),
            }
            .map_err(|why| Error::Bug(format!("column {column} of an answer: {why}")))
        }
    )*};
}

impl Answer {
    columns! {
        /// A whole number.
        int: Option<i64>;
        /// Yes or no.
        bool: Option<bool>;
        /// Text, or a moment, UUID or JSON document in its canonical text.
        text: Option<String>;
        /// Bytes.
        blob: Option<Vec<u8>>;
        /// A moment.
        optional_moment: Option<DateTime<Utc>>;
    }

    /// A whole number that is never null.
    pub(in crate::store) fn whole(&self, column: usize) -> Result<i64, Error> {
        there(column, self.int(column)?)
    }

    /// The key of a row, of this kind; none: null.
    pub(in crate::store) fn key(&self, kind: KeyKind, column: usize) -> Result<Option<RowKey>, Error> {
        match self.value(kind.kind(), column)? {
            Value::Null => Ok(None),
            value => match RowKey::of(&value) {
                Some(key) => Ok(Some(key)),
                None => Err(Error::Bug(format!("column {column} of an answer holds a text that is no key"))),
            },
        }
    }

    /// The key of a row that is never null.
    pub(in crate::store) fn row_key(&self, kind: KeyKind, column: usize) -> Result<RowKey, Error> {
        there(column, self.key(kind, column)?)
    }

    /// A count.
    pub(in crate::store) fn count(&self, column: usize) -> Result<u64, Error> {
        u64::try_from(self.whole(column)?).map_err(|_| Error::Bug(format!("column {column} of an answer is negative")))
    }

    /// Yes or no, never null.
    pub(in crate::store) fn yes(&self, column: usize) -> Result<bool, Error> {
        there(column, self.bool(column)?)
    }

    /// Text that is never null, as [`Answer::text`].
    pub(in crate::store) fn words(&self, column: usize) -> Result<String, Error> {
        there(column, self.text(column)?)
    }

    /// Bytes that are never null.
    pub(in crate::store) fn bytes(&self, column: usize) -> Result<Vec<u8>, Error> {
        there(column, self.blob(column)?)
    }

    /// A moment that is never null.
    pub(in crate::store) fn moment(&self, column: usize) -> Result<DateTime<Utc>, Error> {
        there(column, self.optional_moment(column)?)
    }

    /// The value of a field of this kind.
    pub(in crate::store) fn value(&self, kind: Kind, column: usize) -> Result<Value, Error> {
        let (class, scale) = (class(kind), scale(kind));
        let value = match class {
            Class::Int => self.int(column)?.map(Value::Int),
            Class::Bool => self.bool(column)?.map(Value::Bool),
            Class::Text => self.text(column)?.map(Value::Text),
            Class::Json => self.text(column)?.map(Value::Json),
            Class::Secret => self.text(column)?.map(|_| Value::SecretHash(String::new())),
            Class::Bytes => self.blob(column)?.map(Value::Bytes),
            Class::Timestamp => self.optional_moment(column)?.map(Value::Timestamp),
            _ => match self {
                Self::Sqlite(row) => sqlite::answer::value(row, column, class, scale),
                Self::Postgres(row) => postgres::answer::value(row, column, class, scale),
            }
            .map_err(|why| Error::Bug(format!("column {column} of an answer does not read as {kind:?}: {why}")))?,
        };
        Ok(value.unwrap_or(Value::Null))
    }
}

fn there<T>(column: usize, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::Bug(format!("column {column} of an answer is null")))
}

//! Columns of SQLite: no and yes as 0 and 1, decimals as whole numbers of their smallest unit, days, moments, UUIDs and
//! JSON as text.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::store::fit::Class;
use crate::value::Value;

type Read<T> = Result<Option<T>, String>;

pub(in crate::store) fn int(row: &SqliteRow, column: usize) -> Read<i64> {
    row.try_get(column).map_err(|e| e.to_string())
}

pub(in crate::store) fn bool(row: &SqliteRow, column: usize) -> Read<bool> {
    Ok(int(row, column)?.map(|whole| whole != 0))
}

/// Of an adopted table a number may stand where text was declared; SQLite spells it out.
pub(in crate::store) fn text(row: &SqliteRow, column: usize) -> Read<String> {
    row.try_get_unchecked(column).map_err(|e| e.to_string())
}

pub(in crate::store) fn blob(row: &SqliteRow, column: usize) -> Read<Vec<u8>> {
    row.try_get(column).map_err(|e| e.to_string())
}

pub(in crate::store) fn optional_moment(row: &SqliteRow, column: usize) -> Read<DateTime<Utc>> {
    text(row, column)?
        .map(|text| DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc()).map_err(|_| "no moment".to_owned()))
        .transpose()
}

/// The classes that no other getter reads.
pub(in crate::store) fn value(row: &SqliteRow, column: usize, class: Class, scale: u32) -> Read<Value> {
    Ok(match class {
        // Adopted tables keep whole ones as integers.
        Class::Float => row.try_get_unchecked::<Option<f64>, _>(column).map_err(|e| e.to_string())?.map(Value::Float),
        Class::Decimal => int(row, column)?.map(|digits| Value::Decimal(Decimal::new(digits, scale))),
        _ => match text(row, column)? {
            None => None,
            Some(text) => Some(match class {
                Class::Date => Value::Date(text.parse().map_err(|_| "no date")?),
                Class::Time => Value::Time(text.parse().map_err(|_| "no time")?),
                Class::Uuid => Value::Uuid(text.parse().map_err(|_| "no UUID")?),
                _ => Value::Text(text),
            }),
        },
    })
}

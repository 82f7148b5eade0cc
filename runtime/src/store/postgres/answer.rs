//! Columns of PostgreSQL, by the type that the server says they have.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;
use sqlx::postgres::{PgRow, PgValueFormat};
use sqlx::{Column as _, Decode, Postgres, Row as _, Type, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use crate::store::fit::Class;
use crate::value::{Value, timestamp_text};

type Read<T> = Result<Option<T>, String>;

fn read<'r, T: Decode<'r, Postgres> + Type<Postgres>>(row: &'r PgRow, column: usize) -> Read<T> {
    row.try_get::<Option<T>, _>(column).map_err(|e| e.to_string())
}

fn type_of(row: &PgRow, column: usize) -> Result<&str, String> {
    row.try_column(column).map(|column| column.type_info().name()).map_err(|e| e.to_string())
}

pub(in crate::store) fn int(row: &PgRow, column: usize) -> Read<i64> {
    match type_of(row, column)? {
        "INT2" => Ok(read::<i16>(row, column)?.map(i64::from)),
        "INT4" => Ok(read::<i32>(row, column)?.map(i64::from)),
        _ => read(row, column),
    }
}

pub(in crate::store) fn bool(row: &PgRow, column: usize) -> Read<bool> {
    read(row, column)
}

pub(in crate::store) fn text(row: &PgRow, column: usize) -> Read<String> {
    Ok(match type_of(row, column)? {
        "TIMESTAMPTZ" => read::<DateTime<Utc>>(row, column)?.map(timestamp_text),
        "UUID" => read::<Uuid>(row, column)?.map(|uuid| uuid.to_string()),
        "BOOL" => read::<bool>(row, column)?.map(|yes| yes.to_string()),
        "INT2" | "INT4" | "INT8" => int(row, column)?.map(|whole| whole.to_string()),
        "JSON" | "JSONB" => document(row, column)?,
        // A type for itself, of catalogue columns.
        "\"CHAR\"" => read::<i8>(row, column)?.map(|byte| char::from(byte.cast_unsigned()).to_string()),
        _ => read(row, column)?,
    })
}

/// The text of a JSON document, as the server spells it.
fn document(row: &PgRow, column: usize) -> Read<String> {
    let raw = row.try_get_raw(column).map_err(|e| e.to_string())?;
    if raw.is_null() {
        return Ok(None);
    }
    let bytes = raw.as_bytes().map_err(|e| e.to_string())?;
    let is_versioned = raw.format() == PgValueFormat::Binary && raw.type_info().name() == "JSONB";
    let text = if is_versioned { bytes.get(1..).unwrap_or_default() } else { bytes };
    String::from_utf8(text.to_vec()).map(Some).map_err(|e| e.to_string())
}

pub(in crate::store) fn blob(row: &PgRow, column: usize) -> Read<Vec<u8>> {
    read(row, column)
}

pub(in crate::store) fn optional_moment(row: &PgRow, column: usize) -> Read<DateTime<Utc>> {
    read(row, column)
}

/// The classes that no other getter reads.
pub(in crate::store) fn value(row: &PgRow, column: usize, class: Class, scale: u32) -> Read<Value> {
    Ok(match class {
        Class::Float => read::<f64>(row, column)?.map(Value::Float),
        Class::Decimal => read::<Decimal>(row, column)?.map(|mut decimal| {
            // Zero comes without its digits after the point.
            decimal.rescale(scale);
            Value::Decimal(decimal)
        }),
        Class::Date => read::<NaiveDate>(row, column)?.map(Value::Date),
        Class::Time => read::<NaiveTime>(row, column)?.map(Value::Time),
        Class::Uuid => read::<Uuid>(row, column)?.map(Value::Uuid),
        _ => text(row, column)?.map(Value::Text),
    })
}

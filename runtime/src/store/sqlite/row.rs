//! Values of a model as SQLite keeps them, and back: decimals as scaled integers, moments as text whose order is time
//! order. A secret goes in as its hash and never comes out.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, SubsecRound as _, Timelike as _, Utc};
use rust_decimal::Decimal;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::error::Error;
use crate::panel::Kind;
use crate::store::sql::Bound;
use crate::value::{Value, timestamp_text};

/// What a comparison knows of a kind: values of different classes are never comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Text,
    Json,
    Int,
    Float,
    Bool,
    Decimal,
    Date,
    Time,
    Timestamp,
    Uuid,
    Bytes,
    /// Comparable with nothing.
    Secret,
}

pub(super) fn class(kind: Kind) -> Class {
    match kind {
        Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Choice(_) => Class::Text,
        Kind::Json => Class::Json,
        Kind::I32 | Kind::I64 | Kind::Actor | Kind::Model(..) => Class::Int,
        Kind::F64 => Class::Float,
        Kind::Bool => Class::Bool,
        Kind::Decimal { .. } => Class::Decimal,
        Kind::Date => Class::Date,
        Kind::Time => Class::Time,
        Kind::Timestamp => Class::Timestamp,
        Kind::Uuid => Class::Uuid,
        Kind::Bytes => Class::Bytes,
        Kind::Secret => Class::Secret,
    }
}

/// Digits after the point of a column.
pub(super) fn scale(kind: Kind) -> u32 {
    match kind {
        Kind::Decimal { scale, .. } => u32::from(scale),
        _ => 0,
    }
}

/// A value beside a column of this kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fit {
    /// The column can hold exactly this.
    Exact(Bound),
    /// The column can hold this and the next larger, but nothing between, where the value lies.
    After(Bound),
    /// Null, or of another class: comparing is unknown.
    Incomparable,
}

/// How a value lies among those that a column of this kind can hold.
pub(super) fn fit(kind: Kind, value: &Value) -> Fit {
    match (class(kind), value) {
        (Class::Text, Value::Text(text)) | (Class::Json, Value::Json(text)) => Fit::Exact(text.as_str().into()),
        (Class::Int, Value::Int(int)) => Fit::Exact((*int).into()),
        (Class::Float, Value::Float(float)) if !float.is_nan() => Fit::Exact(Bound::Float(Some(*float))),
        (Class::Bool, Value::Bool(bool)) => Fit::Exact((*bool).into()),
        (Class::Decimal, Value::Decimal(decimal)) => fit_decimal(scale(kind), *decimal),
        (Class::Date, Value::Date(date)) => fit_date(*date),
        (Class::Time, Value::Time(time)) => {
            let seconds = time.with_nanosecond(0).unwrap_or(*time);
            let bound = Bound::from(time_text(seconds));
            if seconds == *time { Fit::Exact(bound) } else { Fit::After(bound) }
        }
        (Class::Timestamp, Value::Timestamp(at)) => fit_timestamp(*at),
        (Class::Uuid, Value::Uuid(uuid)) => Fit::Exact(uuid.to_string().into()),
        (Class::Bytes, Value::Bytes(bytes)) => Fit::Exact(bytes.as_slice().into()),
        _ => Fit::Incomparable,
    }
}

fn fit_decimal(scale: u32, decimal: Decimal) -> Fit {
    // Columns hold at most 18 digits: nothing in them is as large as this.
    let beyond = || Fit::After(if decimal.is_sign_negative() { i64::MIN } else { i64::MAX }.into());
    let (digits, own) = (decimal.mantissa(), decimal.scale());
    let (scaled, exact) = if own <= scale {
        (digits.checked_mul(10_i128.pow(scale - own)), true)
    } else {
        let by = 10_i128.pow(own - scale);
        (Some(digits.div_euclid(by)), digits.rem_euclid(by) == 0)
    };
    match scaled.map(i64::try_from) {
        Some(Ok(scaled)) if exact => Fit::Exact(scaled.into()),
        Some(Ok(scaled)) => Fit::After(scaled.into()),
        _ => beyond(),
    }
}

fn fit_date(date: NaiveDate) -> Fit {
    match date.year() {
        0..=9999 => Fit::Exact(date.to_string().into()),
        ..0 => Fit::After("".into()),
        _ => Fit::After("9999-12-31".into()),
    }
}

fn fit_timestamp(at: DateTime<Utc>) -> Fit {
    match at.year() {
        0..=9999 => {
            let micros = at.trunc_subsecs(6);
            // Truncation goes towards the past: chrono counts the fraction upwards from the whole second.
            let bound = Bound::from(timestamp_text(micros));
            if micros == at { Fit::Exact(bound) } else { Fit::After(bound) }
        }
        ..0 => Fit::After("".into()),
        _ => Fit::After("9999-12-31T23:59:59.999999Z".into()),
    }
}

fn time_text(time: NaiveTime) -> String {
    time.format("%H:%M:%S").to_string()
}

/// A value as it is written.
///
/// # Errors
/// [`Error::Bug`] for a value of another type; what a person can get wrong was refused before.
pub(super) fn stored(kind: Kind, value: &Value) -> Result<Bound, Error> {
    if value.is_null() {
        return Ok(null(kind));
    }
    if let (Kind::Secret, Value::SecretHash(hash)) = (kind, value) {
        return Ok(hash.as_str().into());
    }
    match fit(kind, value) {
        Fit::Exact(bound) => Ok(bound),
        _ => Err(Error::Bug(format!("{value:?} is no value of a column of kind {kind:?}"))),
    }
}

fn null(kind: Kind) -> Bound {
    match class(kind) {
        Class::Int | Class::Bool | Class::Decimal => Bound::Int(None),
        Class::Float => Bound::Float(None),
        Class::Bytes => Bound::Blob(None),
        _ => Bound::Text(None),
    }
}

/// The value in this column of an answer.
pub(super) fn loaded(kind: Kind, row: &SqliteRow, column: usize) -> Result<Value, Error> {
    let bad = |what: String| Error::Bug(format!("column {column} of an answer does not read as {kind:?}: {what}"));
    let value = match class(kind) {
        Class::Int => int(row, column)?.map(Value::Int),
        Class::Bool => int(row, column)?.map(|i| Value::Bool(i != 0)),
        Class::Decimal => int(row, column)?.map(|i| Value::Decimal(Decimal::new(i, scale(kind)))),
        Class::Float => row.try_get::<Option<f64>, _>(column).map_err(|e| bad(e.to_string()))?.map(Value::Float),
        Class::Bytes => row.try_get::<Option<Vec<u8>>, _>(column).map_err(|e| bad(e.to_string()))?.map(Value::Bytes),
        textual => match text(row, column)? {
            None => None,
            Some(text) => Some(match textual {
                Class::Json => Value::Json(text),
                Class::Date => Value::Date(text.parse().map_err(|_| bad("no date".to_owned()))?),
                Class::Time => Value::Time(text.parse().map_err(|_| bad("no time".to_owned()))?),
                Class::Timestamp => Value::Timestamp(moment(&text).ok_or_else(|| bad("no moment".to_owned()))?),
                Class::Uuid => Value::Uuid(text.parse().map_err(|_| bad("no UUID".to_owned()))?),
                Class::Secret => Value::SecretHash(String::new()),
                _ => Value::Text(text),
            }),
        },
    };
    Ok(value.unwrap_or(Value::Null))
}

/// A moment as the store writes it.
pub(in crate::store) fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

/// An integer column.
pub(in crate::store) fn int(row: &SqliteRow, column: usize) -> Result<Option<i64>, Error> {
    row.try_get(column).map_err(|e| Error::Bug(format!("column {column} of an answer: {e}")))
}

/// An integer column that is never null.
pub(in crate::store) fn whole(row: &SqliteRow, column: usize) -> Result<i64, Error> {
    int(row, column)?.ok_or_else(|| Error::Bug(format!("column {column} of an answer is null")))
}

/// A count.
pub(in crate::store) fn count(row: &SqliteRow, column: usize) -> Result<u64, Error> {
    u64::try_from(whole(row, column)?).map_err(|_| Error::Bug(format!("column {column} of an answer is negative")))
}

/// A text column.
pub(in crate::store) fn text(row: &SqliteRow, column: usize) -> Result<Option<String>, Error> {
    row.try_get(column).map_err(|e| Error::Bug(format!("column {column} of an answer: {e}")))
}

/// A text column that is never null.
pub(in crate::store) fn words(row: &SqliteRow, column: usize) -> Result<String, Error> {
    text(row, column)?.ok_or_else(|| Error::Bug(format!("column {column} of an answer is null")))
}

/// A column of bytes that is never null.
pub(in crate::store) fn bytes(row: &SqliteRow, column: usize) -> Result<Vec<u8>, Error> {
    row.try_get(column).map_err(|e| Error::Bug(format!("column {column} of an answer: {e}")))
}

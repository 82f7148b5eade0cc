//! Values beside the columns that hold them: what a column of a kind can keep exactly, and where every other value lies
//! among those. A secret goes in as its hash and never comes out.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, SubsecRound as _, Timelike as _, Utc};
use rust_decimal::Decimal;

use super::bound::Bound;
use crate::error::Error;
use crate::panel::Kind;
use crate::value::Value;

/// What a comparison knows of a kind: values of different classes are never comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Class {
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
    /// No column: kept in a table of its own.
    Links,
}

pub(in crate::store) fn class(kind: Kind) -> Class {
    match kind {
        Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Choice(_) => Class::Text,
        Kind::Json => Class::Json,
        Kind::I32 | Kind::I64 | Kind::Actor => Class::Int,
        Kind::Model(_, _, key) => class(key.kind()),
        Kind::F64 => Class::Float,
        Kind::Bool => Class::Bool,
        Kind::Decimal { .. } => Class::Decimal,
        Kind::Date => Class::Date,
        Kind::Time => Class::Time,
        Kind::Timestamp => Class::Timestamp,
        Kind::Uuid => Class::Uuid,
        Kind::Bytes => Class::Bytes,
        Kind::Secret => Class::Secret,
        Kind::Many(_) => Class::Links,
    }
}

/// Digits after the point of a column.
pub(in crate::store) fn scale(kind: Kind) -> u32 {
    match kind {
        Kind::Decimal { scale, .. } => u32::from(scale),
        _ => 0,
    }
}

/// A value beside a column of this kind.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store) enum Fit {
    /// The column can hold exactly this.
    Exact(Bound),
    /// The column can hold this and the next larger, but nothing between, where the value lies.
    After(Bound),
    /// Null, or of another class: comparing is unknown.
    Incomparable,
}

/// How a value lies among those that a column of this kind can hold.
pub(in crate::store) fn fit(kind: Kind, value: &Value) -> Fit {
    match (class(kind), value) {
        (Class::Text, Value::Text(text)) | (Class::Json, Value::Json(text)) => fit_text(text),
        (Class::Int, Value::Int(int)) => Fit::Exact((*int).into()),
        (Class::Float, Value::Float(float)) if !float.is_nan() => Fit::Exact(Bound::Float(Some(*float))),
        (Class::Bool, Value::Bool(bool)) => Fit::Exact((*bool).into()),
        (Class::Decimal, Value::Decimal(decimal)) => fit_decimal(scale(kind), *decimal),
        (Class::Date, Value::Date(date)) => fit_date(*date),
        (Class::Time, Value::Time(time)) => {
            let seconds = time.with_nanosecond(0).unwrap_or(*time);
            let bound = Bound::from(seconds);
            if seconds == *time { Fit::Exact(bound) } else { Fit::After(bound) }
        }
        (Class::Timestamp, Value::Timestamp(at)) => fit_timestamp(*at),
        (Class::Uuid, Value::Uuid(uuid)) => Fit::Exact((*uuid).into()),
        (Class::Bytes, Value::Bytes(bytes)) => Fit::Exact(bytes.as_slice().into()),
        _ => Fit::Incomparable,
    }
}

fn fit_decimal(scale: u32, decimal: Decimal) -> Fit {
    // Columns hold at most 18 digits: nothing in them is as large as this.
    let digits_of = |digits| Bound::Decimal(Some(digits), scale);
    let beyond = || Fit::After(digits_of(if decimal.is_sign_negative() { i64::MIN } else { i64::MAX }));
    let (digits, own) = (decimal.mantissa(), decimal.scale());
    let (scaled, exact) = if own <= scale {
        (digits.checked_mul(10_i128.pow(scale - own)), true)
    } else {
        let by = 10_i128.pow(own - scale);
        (Some(digits.div_euclid(by)), digits.rem_euclid(by) == 0)
    };
    match scaled.map(i64::try_from) {
        Some(Ok(scaled)) if exact => Fit::Exact(digits_of(scaled)),
        Some(Ok(scaled)) => Fit::After(digits_of(scaled)),
        _ => beyond(),
    }
}

/// No column holds a NUL, and the texts without one that lie before a text with one are those up to its first.
fn fit_text(text: &str) -> Fit {
    match text.split_once('\0') {
        None => Fit::Exact(text.into()),
        Some((before, _)) => Fit::After(before.into()),
    }
}

/// Columns hold the years 0 to 9999.
fn fit_date(date: NaiveDate) -> Fit {
    match date.year() {
        0..=9999 => Fit::Exact(date.into()),
        ..0 => Fit::After(LAST_BEFORE.into()),
        _ => Fit::After(LAST.into()),
    }
}

fn fit_timestamp(at: DateTime<Utc>) -> Fit {
    match at.year() {
        0..=9999 => {
            // Truncation goes towards the past: chrono counts the fraction upwards from the whole second.
            let micros = at.trunc_subsecs(6);
            if micros == at { Fit::Exact(micros.into()) } else { Fit::After(micros.into()) }
        }
        year => {
            let day = if year < 0 { LAST_BEFORE } else { LAST };
            Fit::After(day.and_time(LAST_OF_DAY).and_utc().into())
        }
    }
}

/// The day before the first that a column holds.
const LAST_BEFORE: NaiveDate = match NaiveDate::from_ymd_opt(-1, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// The last day that a column holds.
const LAST: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};
const LAST_OF_DAY: NaiveTime = match NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// A value as it is written.
///
/// # Errors
/// [`Error::Bug`] for a value of another type; what a person can get wrong was refused before.
pub(in crate::store) fn stored(kind: Kind, value: &Value) -> Result<Bound, Error> {
    if value.is_null() {
        return Ok(null(kind));
    }
    if let (Kind::Secret, Value::SecretHash(hash)) = (kind, value) {
        return Ok(hash.as_str().into());
    }
    match fit(kind, value) {
        Fit::Exact(Bound::Text(text)) if kind == Kind::Json => Ok(Bound::Json(text)),
        Fit::Exact(bound) => Ok(bound),
        _ => Err(Error::Bug(format!("{value:?} is no value of a column of kind {kind:?}"))),
    }
}

fn null(kind: Kind) -> Bound {
    match class(kind) {
        Class::Int => Bound::Int(None),
        Class::Bool => Bound::Bool(None),
        Class::Decimal => Bound::Decimal(None, scale(kind)),
        Class::Float => Bound::Float(None),
        Class::Date => Bound::Date(None),
        Class::Time => Bound::Time(None),
        Class::Timestamp => Bound::Moment(None),
        Class::Uuid => Bound::Uuid(None),
        Class::Json => Bound::Json(None),
        Class::Bytes => Bound::Blob(None),
        Class::Text | Class::Secret | Class::Links => Bound::Text(None),
    }
}

//! What is bound to a statement, whatever the database: each keeps it in a type of its own, and text of a statement it
//! never becomes.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

use crate::key::RowKey;

/// What a value is bound as. Typed also when null; each database keeps it in its own type.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store) enum Bound {
    /// Whole numbers.
    Int(Option<i64>),
    /// Floats.
    Float(Option<f64>),
    /// Yes or no.
    Bool(Option<bool>),
    /// An exact number: its digits, and how many of them stand after the point.
    Decimal(Option<i64>, u32),
    /// A day.
    Date(Option<NaiveDate>),
    /// A time of day.
    Time(Option<NaiveTime>),
    /// A moment.
    Moment(Option<DateTime<Utc>>),
    /// A UUID.
    Uuid(Option<Uuid>),
    /// A JSON document, as text.
    Json(Option<String>),
    /// Text.
    Text(Option<String>),
    /// Text to be found within another: see [`super::sql::Sql::push_contains`].
    Part(String),
    /// Text to be found by an index of parts in these columns: see [`super::sql::Sql::push_numbers_found`].
    Found(Vec<&'static str>, String),
    /// As [`Bound::Found`], parts of it, letters, digits and blanks alone: see [`super::parts::rough_parts`].
    FoundRoughly(Vec<&'static str>, Vec<String>),
    /// As [`Bound::Found`], for the beginning of a word.
    Begins(Vec<&'static str>, String),
    /// Whole numbers, as one value.
    Numbers(Vec<i64>),
    /// Bytes.
    Blob(Option<Vec<u8>>),
}

macro_rules! bound_from {
    ($($variant:ident: $type:ty),*) => {$(
        impl From<$type> for Bound {
            fn from(value: $type) -> Self {
                Self::$variant(Some(value))
            }
        }

        impl From<Option<$type>> for Bound {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value)
            }
        }
    )*};
}

bound_from!(Int: i64, Bool: bool, Date: NaiveDate, Time: NaiveTime, Moment: DateTime<Utc>, Uuid: Uuid, Text: String, Blob: Vec<u8>);

impl From<RowKey> for Bound {
    fn from(key: RowKey) -> Self {
        match key {
            RowKey::Number(number) => number.into(),
            RowKey::Uuid(uuid) => uuid.into(),
            RowKey::Text(text) => text.as_str().into(),
        }
    }
}

impl From<&str> for Bound {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<Option<&str>> for Bound {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<&[u8]> for Bound {
    fn from(value: &[u8]) -> Self {
        Self::Blob(Some(value.to_vec()))
    }
}

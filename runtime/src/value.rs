//! One value of a row, whatever the database calls its type, and the literal that the block wrote. Reading a value from
//! a form or a database stands elsewhere; this file only knows what a value is and how two compare.

use std::cmp::Ordering;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::key::RowKey;
use crate::kind::{FieldSet, Kind};

/// A value of one field of one row.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// String, Text, Email, Url; a choice by its declared name.
    Text(String),
    /// I32, I64, a foreign key, a person.
    Int(i64),
    /// F64.
    Float(f64),
    /// Bool.
    Bool(bool),
    /// Decimal, exact.
    Decimal(Decimal),
    /// Date.
    Date(NaiveDate),
    /// Time of day.
    Time(NaiveTime),
    /// A moment, UTC.
    Timestamp(DateTime<Utc>),
    /// Uuid.
    Uuid(Uuid),
    /// JSON, as text.
    Json(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// The Argon2id hash of a `Secret`; no reading of it exists but writing it to the database.
    SecretHash(String),
    /// Links: the numbers of the rows that they lead to, rising, each once.
    Links(Vec<i64>),
    /// A change of links, whichever there are: these more, those no longer. Only on its way into a row.
    Relink {
        /// Rows to link.
        add: Vec<i64>,
        /// Rows to link no longer.
        remove: Vec<i64>,
    },
}

impl fmt::Debug for Value {
    // Rows end up in logs through `Debug` of the structs around them; the kind is enough to find a bug, the content is
    // somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Text(_) => "Text(…)",
            Self::Int(_) => "Int(…)",
            Self::Float(_) => "Float(…)",
            Self::Bool(_) => "Bool(…)",
            Self::Decimal(_) => "Decimal(…)",
            Self::Date(_) => "Date(…)",
            Self::Time(_) => "Time(…)",
            Self::Timestamp(_) => "Timestamp(…)",
            Self::Uuid(_) => "Uuid(…)",
            Self::Json(_) => "Json(…)",
            Self::Bytes(_) => "Bytes(…)",
            Self::SecretHash(_) => "SecretHash(…)",
            Self::Links(_) => "Links(…)",
            Self::Relink { .. } => "Relink(…)",
        })
    }
}

impl Value {
    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether there is no value, or a set of links without any.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Links(links) => links.is_empty(),
            _ => false,
        }
    }

    /// These links, rising, each once.
    #[must_use]
    pub fn links(mut to: Vec<i64>) -> Self {
        to.sort_unstable();
        to.dedup();
        Self::Links(to)
    }

    /// Where the links lead; nowhere for any other value.
    #[must_use]
    pub fn linked(&self) -> &[i64] {
        if let Self::Links(to) = self { to } else { &[] }
    }

    /// How two values of one type compare; `None` when either is null or the types differ, as SQL's unknown.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            // Both databases compare text by bytes (SQLite: BINARY, PostgreSQL: COLLATE "C").
            (Self::Text(a), Self::Text(b)) | (Self::Json(a), Self::Json(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Decimal(a), Self::Decimal(b)) => Some(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::Timestamp(a), Self::Timestamp(b)) => Some(a.cmp(b)),
            (Self::Uuid(a), Self::Uuid(b)) => Some(a.cmp(b)),
            (Self::Bytes(a), Self::Bytes(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// The canonical text: what a form field is filled with, an audit row keeps and an export writes. Empty for null.
    /// Timestamps are RFC 3339 in UTC with microseconds; a secret is never spelled out.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(s) | Self::Json(s) => s.clone(),
            Self::Int(i) => i.to_string(),
            Self::Float(f) => f.to_string(),
            Self::Bool(b) => b.to_string(),
            Self::Decimal(d) => d.to_string(),
            Self::Date(d) => d.to_string(),
            Self::Time(t) => t.format("%H:%M:%S").to_string(),
            Self::Timestamp(t) => timestamp_text(*t),
            Self::Uuid(u) => u.to_string(),
            Self::Bytes(b) => format!("{} bytes", b.len()),
            Self::SecretHash(_) => "(secret)".to_owned(),
            Self::Links(to) => numbers(to, ","),
            Self::Relink { add, remove } => format!("+{} -{}", numbers(add, ","), numbers(remove, ",")),
        }
    }

    /// The value of a field of this kind whose canonical text this is; `None` when it is not such a text. A secret and
    /// bytes don't read back: their text does not hold them.
    #[must_use]
    pub fn from_text(kind: Kind, text: &str) -> Option<Self> {
        Some(match kind {
            Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Choice(_) => Self::Text(text.to_owned()),
            Kind::Bool => Self::Bool(text.parse().ok()?),
            Kind::I32 | Kind::I64 | Kind::Actor => Self::Int(text.parse().ok()?),
            Kind::Model(_, _, key) => RowKey::read(key, text)?.into(),
            Kind::F64 => Self::Float(text.parse().ok().filter(|f: &f64| f.is_finite())?),
            Kind::Decimal { .. } => Self::Decimal(text.parse().ok()?),
            Kind::Date => Self::Date(text.parse().ok()?),
            Kind::Time => Self::Time(text.parse().ok()?),
            Kind::Timestamp => Self::Timestamp(DateTime::parse_from_rfc3339(text).ok()?.to_utc()),
            Kind::Uuid => Self::Uuid(text.parse().ok()?),
            Kind::Json => Self::Json(text.to_owned()),
            Kind::Many(_) => {
                let to = text.split(',').filter(|part| !part.is_empty()).map(|part| part.parse().ok());
                Self::links(to.collect::<Option<_>>()?)
            }
            Kind::Secret | Kind::Bytes => return None,
        })
    }
}

/// These numbers with something between.
pub(crate) fn numbers(numbers: &[i64], between: &str) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(between)
}

/// RFC 3339, UTC, six digits after the second: fixed width, so that text order is time order.
#[must_use]
pub fn timestamp_text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A constant that the block wrote.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a point, as written.
    Number(&'static str),
    /// Text; a choice by its declared name; a date, time or timestamp as text.
    Text(&'static str),
}

impl Literal {
    /// The value that the constant stands for in a field of this kind. `admin!` has checked that it fits; what does not
    /// is null, which matches nothing.
    #[must_use]
    pub fn value(self, kind: Kind) -> Value {
        match (self, kind) {
            (Self::Null, _) => Value::Null,
            (Self::Bool(b), _) => Value::Bool(b),
            (Self::Int(i), Kind::F64) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a literal beyond 2^53 in a float field was written as such"
                )]
                let float = i as f64;
                Value::Float(float)
            }
            (Self::Int(i), Kind::Decimal { .. }) => Value::Decimal(Decimal::from(i)),
            (Self::Int(i), _) => Value::Int(i),
            (Self::Number(n), Kind::F64) => n.parse().map_or(Value::Null, Value::Float),
            (Self::Number(n), _) => n.parse().map_or(Value::Null, Value::Decimal),
            (Self::Text(s), Kind::Date) => s.parse().map_or(Value::Null, Value::Date),
            (Self::Text(s), Kind::Time) => s.parse().map_or(Value::Null, Value::Time),
            (Self::Text(s), Kind::Timestamp) => {
                DateTime::parse_from_rfc3339(s).map_or(Value::Null, |t| Value::Timestamp(t.with_timezone(&Utc)))
            }
            (Self::Text(s), Kind::Uuid) => s.parse().map_or(Value::Null, Value::Uuid),
            (Self::Text(s), Kind::Json) => Value::Json(s.to_owned()),
            (Self::Text(s), _) => Value::Text(s.to_owned()),
        }
    }
}

/// A row of a model: its identity, and the fields that were fetched.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Primary key.
    pub id: RowKey,
    /// Counts up with each change.
    pub version: i64,
    fetched: FieldSet,
    values: Vec<Value>,
}

impl Row {
    /// A row of a model of so many fields, none of them fetched yet.
    #[must_use]
    pub fn new(id: impl Into<RowKey>, version: i64, fields: usize) -> Self {
        Self { id: id.into(), version, fetched: FieldSet::NONE, values: vec![Value::Null; fields] }
    }

    /// Puts a value in; a field index outside the model is ignored.
    pub fn set(&mut self, field: usize, value: Value) {
        if let Some(slot) = self.values.get_mut(field) {
            *slot = value;
            self.fetched = self.fetched.with(field);
        }
    }

    /// The value, or `None` when the field was not fetched (which is not the same as null).
    #[must_use]
    pub fn get(&self, field: usize) -> Option<&Value> {
        if self.fetched.contains(field) { self.values.get(field) } else { None }
    }

    /// From now on the field counts as not fetched.
    pub(crate) fn forget(&mut self, field: usize) {
        if field < self.values.len() {
            self.fetched = FieldSet(self.fetched.0 & !FieldSet::NONE.with(field).0);
        }
    }

    /// Which fields were fetched.
    #[must_use]
    pub fn fetched(&self) -> FieldSet {
        self.fetched
    }
}

//! The rows of some terms as SQL for a person to read: what a statement of the store holds behind its WHERE, with its
//! values beside it. Nothing here is ever run.

use chrono::{DateTime, Utc};

use super::bound::Bound;
use super::sql::{Dialect, Sql};
use super::statements::{condition, select::MAIN};
use crate::authorize::Terms;

/// As SQLite and as PostgreSQL read it, and the values of `$1`, `$2` …, each in the words that `named` has for it, else
/// as it is.
#[must_use]
pub fn scope(terms: &Terms, named: &dyn Fn(&Shown) -> Option<String>) -> ([String; 2], Vec<String>) {
    let mut sql = Sql::default();
    condition::push(&mut sql, MAIN, terms.model(), &terms.scope());
    let texts = [Dialect::Sqlite, Dialect::Postgres].map(|dialect| sql.clone().into_text(dialect));
    let (_, bound) = sql.into_parts(Dialect::Sqlite);
    let words = bound.iter().map(|value| {
        let shown = shown(value);
        named(&shown).unwrap_or_else(|| shown.to_string())
    });
    (texts, words.collect())
}

/// A bound value, as far as a reader may want to name it.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// A whole number.
    Int(i64),
    /// A moment.
    Moment(DateTime<Utc>),
    /// Text.
    Text(String),
    /// Anything else, as it reads.
    Other(String),
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Moment(value) => write!(f, "{}", value.format("%Y-%m-%d %H:%M:%S UTC")),
            Self::Text(value) => write!(f, "'{}'", value.replace('\'', "''")),
            Self::Other(value) => f.write_str(value),
        }
    }
}

fn shown(bound: &Bound) -> Shown {
    fn other<T: std::fmt::Display>(value: Option<&T>) -> Shown {
        Shown::Other(value.map_or_else(|| "NULL".to_owned(), ToString::to_string))
    }
    match bound {
        Bound::Int(Some(value)) => Shown::Int(*value),
        Bound::Moment(Some(value)) => Shown::Moment(*value),
        Bound::Text(Some(value))
        | Bound::Json(Some(value))
        | Bound::Part(value)
        | Bound::Found(_, value)
        | Bound::Begins(_, value) => Shown::Text(value.clone()),
        Bound::FoundRoughly(_, parts) => Shown::Text(parts.join(" ")),
        Bound::Decimal(Some(digits), scale) => Shown::Other(rust_decimal::Decimal::new(*digits, *scale).to_string()),
        Bound::Int(None) | Bound::Moment(None) | Bound::Text(None) | Bound::Json(None) | Bound::Decimal(None, _) => {
            other::<i64>(None)
        }
        Bound::Float(value) => other(value.as_ref()),
        Bound::Bool(value) => other(value.as_ref()),
        Bound::Date(value) => other(value.as_ref()),
        Bound::Time(value) => other(value.as_ref()),
        Bound::Uuid(value) => other(value.as_ref()),
        Bound::Numbers(value) => Shown::Other(format!("{} numbers", value.len())),
        Bound::Blob(value) => Shown::Other(format!("{} bytes", value.as_ref().map_or(0, Vec::len))),
    }
}

//! What a table does not take, as a sentence at the field that it is about: the one that the database names, or the only
//! one among those written that it can be. Where that can't be told it is a sentence about the row.

use crate::error::Error;
use crate::panel::{Field, FieldSet, Kind, Model};
use crate::store::fault::{About, Rule};
use crate::value::{Row, Value};

/// A rule of the table that the block does not know.
pub(super) const OWN: &str = "The table refuses this: a rule of its own does not hold.";

/// The refusal of a row on its way into the table.
pub(super) fn by_rule(model: &'static Model, rule: &Rule, row: &Row, written: FieldSet) -> Error {
    tracing::info!(table = model.table, why = rule.said, "a rule of a table does not hold");
    let mut named: Vec<&'static Field> = Vec::new();
    for field in rule.columns.iter().filter_map(|column| model.field_by_column(column)) {
        if !named.iter().any(|known| known.index == field.index) {
            named.push(field);
        }
    }
    let may_be = |field: &&'static Field| {
        let value = row.get(field.index).filter(|value| !value.is_null());
        written.contains(field.index) && value.is_some_and(|value| is_about(rule.what, field, value))
    };
    let field = match named.as_slice() {
        [] => only(model.columns().filter(may_be)),
        [one] => Some(*one),
        // A check over several columns is about the row.
        _ => None,
    };
    match (rule.what, field) {
        (About::Missing, Some(field)) => Error::field(field.index, "This is needed."),
        (About::Missing, None) => Error::Check("The table asks for a value that is not here."),
        (About::Length(Some(most)), Some(field)) => Error::field(field.index, format!("At most {most} characters.")),
        (About::Length(None), Some(field)) => Error::field(field.index, "This is longer than the table takes."),
        (About::Length(_), None) => Error::Check("A text is longer than the table takes."),
        (About::Range, Some(field)) => Error::field(field.index, "This number is beyond what the table takes."),
        (About::Range, None) => Error::Check("A number is beyond what the table takes."),
        (About::Text, Some(field)) => Error::field(field.index, "The table can't keep this text as it is."),
        (About::Text, None) => Error::Check("The table can't keep a text as it is."),
        (About::Own, Some(field)) => Error::field(field.index, OWN),
        (About::Own, None) => Error::Check(OWN),
    }
}

/// Whether a rule can be about this value, where the database does not say which one it is.
fn is_about(what: About, field: &Field, value: &Value) -> bool {
    let is_number = matches!(field.kind, Kind::I32 | Kind::I64 | Kind::F64 | Kind::Decimal { .. });
    match (what, value) {
        (About::Length(Some(most)), Value::Text(text)) => text.chars().count() > most,
        (About::Length(None) | About::Text, Value::Text(_) | Value::Json(_)) => true,
        (About::Range, _) => is_number,
        _ => false,
    }
}

fn only<T>(mut of: impl Iterator<Item = T>) -> Option<T> {
    of.next().filter(|_| of.next().is_none())
}

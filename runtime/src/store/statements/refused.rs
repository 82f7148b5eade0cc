//! What a table does not take, as a sentence at the field that it is about: the one that the database names, or the
//! only one among those written that it can be. Where that can't be told it is a sentence about the row.

use crate::error::{Error, FieldFault};
use crate::panel::{Field, FieldSet, Kind, Model};
use crate::store::fault::{About, Fault, Rule};
use crate::value::{Row, Value};

/// Of a key.
pub(in crate::store) const NOT_THERE: &str = "What this points at is gone, or not open to you.";
/// A rule of the table that the block does not know.
const OWN: &str = "The table refuses this: a rule of its own does not hold.";

/// Of a row that has no value for a field of its model, not even null.
pub(super) fn incomplete(model: &Model) -> Error {
    Error::Bug(format!("a row of {} lacks a field on its way to the database", model.name))
}

/// The refusal of a row on its way into the table; `written`: the values that were.
pub(in crate::store) fn at_field(model: &'static Model, fault: Fault, row: &Row, written: FieldSet) -> Error {
    let fields = fields_of(model, fault.columns());
    let at_all = |message: &str| {
        Error::Fields(fields.iter().map(|f| FieldFault { field: f.index, message: message.to_owned() }).collect())
    };
    match (&fault, fields.as_slice()) {
        (Fault::Rule(rule), _) => by_rule(model, rule, row, written),
        (Fault::Unique(columns), [_, ..]) if columns.len() > 1 => {
            at_all("Another row has these values together already.")
        }
        (Fault::Unique(_), [_, ..]) => at_all("Another row has this value already."),
        // The row that it pointed at went while this was being written.
        (Fault::ForeignKey(_), [field, ..]) if matches!(field.kind, Kind::Model(..) | Kind::Actor) => {
            Error::field(field.index, NOT_THERE)
        }
        (Fault::ForeignKey(_), [field, ..]) => {
            Error::field(field.index, "The table that this points at has no row for this.")
        }
        _ => of_the_row(model, fault),
    }
}

/// What is no mistake of this program, though the block knows nothing of it: somebody gave the table a rule by hand, or
/// another application's table points at it.
pub(in crate::store) fn of_the_row(model: &'static Model, fault: Fault) -> Error {
    let why = match &fault {
        Fault::ForeignKey(_) => {
            "Rows of another table stand in the way: they hold this one, or lack what it points at."
        }
        Fault::Unique(_) => "Another row has these values already.",
        Fault::Rule(_) => OWN,
        Fault::Lost(_) | Fault::Silent(_) | Fault::Other(_) => return fault.into(),
    };
    tracing::info!(table = model.table, columns = ?fault.columns(), "a rule of a table does not hold");
    Error::Check(why)
}

/// The fields of these columns; of an expression, those of the columns in it.
fn fields_of(model: &'static Model, columns: &[String]) -> Vec<&'static Field> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut fields: Vec<&'static Field> = Vec::new();
    for column in columns {
        let column = column.rsplit('.').next().unwrap_or_default();
        let found: Vec<_> = match model.field_by_column(column) {
            Some(field) => vec![field],
            None => column.split(|c| !is_part(c)).filter_map(|word| model.field_by_column(word)).collect(),
        };
        for field in found {
            if !fields.iter().any(|known| known.index == field.index) {
                fields.push(field);
            }
        }
    }
    fields
}

fn by_rule(model: &'static Model, rule: &Rule, row: &Row, written: FieldSet) -> Error {
    tracing::info!(table = model.table, why = rule.said, "a rule of a table does not hold");
    let named = fields_of(model, &rule.columns);
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

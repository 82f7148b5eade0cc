//! Which fields a form can hold at all, rights apart.

use crate::panel::{FieldSet, Kind, Model};

/// Fields that a form can hold at all: those that a form may write and whose kind has a control.
pub(crate) fn fillable(model: &Model) -> FieldSet {
    model
        .fields
        .iter()
        .filter(|field| field.is_writable() && field.kind != Kind::Bytes)
        .fold(FieldSet::NONE, |set, field| set.with(field.index))
}

/// Those of them that a form of a row that is there can hold: not what the row is known by.
pub(crate) fn changeable(model: &Model) -> FieldSet {
    let key = model.key_field().map_or(FieldSet::NONE, |key| FieldSet::NONE.with(key.index));
    FieldSet(fillable(model).0 & !key.0)
}

/// Fields that are filled in without ever being shown.
pub(crate) fn secrets(model: &Model) -> FieldSet {
    model
        .fields
        .iter()
        .filter(|field| field.kind == Kind::Secret)
        .fold(FieldSet::NONE, |set, field| set.with(field.index))
}

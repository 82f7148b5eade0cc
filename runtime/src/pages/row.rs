//! Rows with what a page needs around them: what a row is called, which of its fields show.

use super::keys::Keys;
use super::shown;
use crate::authorize::Terms;
use crate::context::Cx;
use crate::panel::{Field, FieldSet, Model};
use crate::route::{Page, Route};
use crate::store::ListedRow;
use crate::value::{Row, Value};
use crate::views::{Cell, RowView, Text};

/// What a row is called by somebody who sees these fields of it.
pub(super) fn name(model: &Model, row: &Row, visible: FieldSet) -> String {
    let words: Vec<String> = model
        .label
        .iter()
        .filter(|field| visible.contains(**field))
        .filter_map(|field| row.get(*field))
        .filter(|value| !value.is_null())
        .map(Value::to_text)
        .filter(|text| !text.trim().is_empty())
        .collect();
    if words.is_empty() { format!("{} {}", model.title, row.id) } else { words.join(" ") }
}

/// One line of a table; the first cell always says something, since it is the link.
pub(super) fn line(
    cx: &Cx<'_>,
    model: &'static Model,
    terms: &Terms,
    columns: &[&'static Field],
    keys: &Keys,
    listed: &ListedRow,
) -> RowView {
    let visible = terms.fields_of(&listed.row);
    let mut cells: Vec<Cell> = columns
        .iter()
        .map(|field| match shown::short(cx, field, listed, keys) {
            Some(cell) if visible.contains(field.index) => cell,
            _ => shown::hidden(),
        })
        .collect();
    match cells.first_mut() {
        Some(first) if first.kind == "none" || first.text.trim().is_empty() => {
            first.text = name(model, &listed.row, visible).into();
            first.kind = "";
        }
        Some(_) => {}
        None => cells.push(Cell { text: name(model, &listed.row, visible).into(), ..Cell::default() }),
    }
    RowView { href: cx.link(&Route::Model(model, Page::Detail(listed.row.id))).into(), cells }
}

/// Columns of a table: those declared, as far as the viewer may see them; without any, the label.
pub(super) fn columns(model: &'static Model, declared: &[usize], visible: FieldSet) -> Vec<&'static Field> {
    let some = |indexes: &[usize]| -> Vec<&'static Field> {
        indexes.iter().filter(|i| visible.contains(**i)).filter_map(|i| model.fields.get(*i)).collect()
    };
    let columns = some(declared);
    if columns.is_empty() { some(model.label) } else { columns }
}

/// Titles over the columns.
pub(super) fn titles(model: &Model, columns: &[&'static Field]) -> Vec<Text> {
    if columns.is_empty() { vec![model.title.into()] } else { columns.iter().map(|field| field.title.into()).collect() }
}

/// The set of these fields.
pub(super) fn set(fields: &[&Field]) -> FieldSet {
    fields.iter().fold(FieldSet::NONE, |set, field| set.with(field.index))
}

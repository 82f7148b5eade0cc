//! JSON lines: one object a line, keys in the order of the columns. Numbers that JSON readers bend (decimals) are text.

use super::{Cell, spell};
use crate::value::Value;

/// Rows as JSON lines.
#[derive(Debug)]
pub(crate) struct Writer {
    /// `"name":`, once for all rows.
    keys: Vec<Vec<u8>>,
    pub(super) out: Vec<u8>,
}

impl Writer {
    pub(super) fn new(names: &[String]) -> Self {
        let key = |name: &String| {
            let mut key = Vec::new();
            push_text(&mut key, name);
            key.push(b':');
            key
        };
        Self { keys: names.iter().map(key).collect(), out: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) {
        self.out.push(b'{');
        let mut first = true;
        for (key, cell) in self.keys.iter().zip(cells) {
            if matches!(cell, Cell::Hidden) {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            self.out.extend_from_slice(key);
            push(&mut self.out, cell);
        }
        self.out.extend_from_slice(b"}\n");
    }
}

fn push(out: &mut Vec<u8>, cell: &Cell<'_>) {
    match cell {
        Cell::Hidden | Cell::Value(Value::Null) => out.extend_from_slice(b"null"),
        Cell::Words(text) => push_text(out, text),
        Cell::Value(value @ (Value::Int(_) | Value::Bool(_) | Value::Float(_))) => {
            out.extend_from_slice(spell(value).as_bytes());
        }
        // Within JSON, a line end can only stand between two tokens.
        Cell::Value(Value::Json(text)) => {
            out.extend(text.bytes().map(|b| if matches!(b, b'\n' | b'\r') { b' ' } else { b }));
        }
        Cell::Value(value) => push_text(out, &spell(value)),
    }
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    // Writing to a Vec can't fail, and neither can a text as JSON.
    let _ = serde_json::to_writer(out, text);
}

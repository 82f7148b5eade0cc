//! JSON lines: one object a line, keys in the order of the columns. Numbers that JSON readers bend (decimals) are text.

use serde_json::{Map, Value as Json};

use super::table::{LONGEST_ROW, Table, Unreadable};
use super::{Cell, spell};
use crate::value::{Value, numbers};

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
        Cell::Value(Value::Links(to)) => {
            out.push(b'[');
            out.extend_from_slice(numbers(to, ",").as_bytes());
            out.push(b']');
        }
        Cell::Value(Value::Json(text)) => {
            out.extend(text.bytes().map(|b| if matches!(b, b'\n' | b'\r') { b' ' } else { b }));
        }
        Cell::Value(value) => push_text(out, &spell(value)),
    }
}

/// One value as it stands in a file.
pub(crate) fn text_of(cell: &Cell<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    push(&mut out, cell);
    out
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    // Writing to a Vec can't fail, and neither can a text as JSON.
    let _ = serde_json::to_writer(out, text);
}

/// JSON lines as rows. A name that is not in an object is not given there; null is an empty value.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(super) table: Table,
    rest: Vec<u8>,
    line: u64,
}

impl Reader {
    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<(), Unreadable> {
        let mut piece = piece;
        while let Some(at) = piece.iter().position(|byte| *byte == b'\n') {
            let (line, after) = piece.split_at(at);
            self.keep(line)?;
            self.row()?;
            piece = after.get(1..).unwrap_or_default();
        }
        self.keep(piece)
    }

    pub(super) fn end(&mut self) -> Result<(), Unreadable> {
        self.row()?;
        if self.table.count == 0 { Err(Unreadable::at(0, "the file holds no row")) } else { Ok(()) }
    }

    fn keep(&mut self, piece: &[u8]) -> Result<(), Unreadable> {
        if self.rest.len() + piece.len() > LONGEST_ROW {
            return Err(Unreadable::too_long(self.line + 1));
        }
        self.rest.extend_from_slice(piece);
        Ok(())
    }

    fn row(&mut self) -> Result<(), Unreadable> {
        self.line += 1;
        let line = self.line;
        let text = str::from_utf8(&self.rest).map_err(|_| Unreadable::at(line, "it is not UTF-8"))?;
        let text = if line == 1 { text.trim_start_matches('\u{feff}') } else { text }.trim();
        if text.is_empty() {
            self.rest.clear();
            return Ok(());
        }
        let object: Map<String, Json> = serde_json::from_str(text)
            .map_err(|why| Unreadable::at(line, format!("it is no JSON object (column {})", why.column())))?;
        self.rest.clear();
        let mut cells = vec![None; self.table.columns.len()];
        for (name, value) in object {
            let known = self.table.columns.iter().position(|known| *known == name);
            let place = if let Some(place) = known {
                place
            } else {
                cells.push(None);
                self.table.add_column(line, name)?
            };
            if let Some(cell) = cells.get_mut(place) {
                *cell = Some(match value {
                    Json::Null => String::new(),
                    Json::String(text) => text,
                    other => other.to_string(),
                });
            }
        }
        self.table.add(line, cells)
    }
}

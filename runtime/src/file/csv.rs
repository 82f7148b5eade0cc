//! CSV: RFC 4180 with a byte order mark, without which the most used spreadsheet takes UTF-8 for something else.

use super::{Cell, formula, spell};
use crate::value::Value;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Rows as CSV.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) out: Vec<u8>,
}

impl Writer {
    pub(super) fn new(names: &[String]) -> Self {
        let mut writer = Self { out: BYTE_ORDER_MARK.to_vec() };
        for (i, name) in names.iter().enumerate() {
            writer.cell(i, name);
        }
        writer.out.extend_from_slice(b"\r\n");
        writer
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) {
        for (i, cell) in cells.iter().enumerate() {
            match cell {
                Cell::Hidden => self.cell(i, ""),
                Cell::Words(text) => self.text(i, text),
                Cell::Value(Value::Text(text) | Value::Json(text)) => self.text(i, text),
                Cell::Value(value) => self.cell(i, &spell(value)),
            }
        }
        self.out.extend_from_slice(b"\r\n");
    }

    fn text(&mut self, place: usize, text: &str) {
        if formula::is_live(text) {
            self.cell(place, &format!("'{text}"));
        } else {
            self.cell(place, text);
        }
    }

    fn cell(&mut self, place: usize, text: &str) {
        if place > 0 {
            self.out.push(b',');
        }
        let quoted = text.bytes().any(|b| matches!(b, b'"' | b',' | b'\r' | b'\n')) || text.trim() != text;
        if !quoted {
            self.out.extend_from_slice(text.as_bytes());
            return;
        }
        self.out.push(b'"');
        for byte in text.bytes() {
            if byte == b'"' {
                self.out.push(b'"');
            }
            self.out.push(byte);
        }
        self.out.push(b'"');
    }
}

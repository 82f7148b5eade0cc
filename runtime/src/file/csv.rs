//! CSV: RFC 4180 with a byte order mark, without which the most used spreadsheet takes UTF-8 for something else.

use std::io::Write as _;

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::table::{LONGEST_ROW, MOST_COLUMNS, Table, Unreadable};
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
            writer.part(i);
            writer.cell(name);
        }
        writer.out.extend_from_slice(b"\r\n");
        writer
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) {
        for (i, cell) in cells.iter().enumerate() {
            self.part(i);
            match cell {
                Cell::Hidden | Cell::Value(Value::Null) => {}
                Cell::Words(text) => self.text(text),
                Cell::Value(Value::Text(text) | Value::Json(text)) => self.text(text),
                // Most columns of most tables: without a text of its own. Writing to a Vec can't fail.
                Cell::Value(Value::Int(number)) => drop(write!(self.out, "{number}")),
                Cell::Value(value) => self.cell(&spell(value)),
            }
        }
        self.out.extend_from_slice(b"\r\n");
    }

    fn part(&mut self, place: usize) {
        if place > 0 {
            self.out.push(b',');
        }
    }

    fn text(&mut self, text: &str) {
        if formula::is_live(text) {
            self.cell(&format!("'{text}"));
        } else {
            self.cell(text);
        }
    }

    fn cell(&mut self, text: &str) {
        let quoted = text.bytes().any(|b| matches!(b, b'"' | b',' | b'\r' | b'\n'))
            || text.starts_with(char::is_whitespace)
            || text.ends_with(char::is_whitespace);
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

/// CSV as rows, with commas, semicolons or tabs between the cells, whichever the head has.
#[derive(Default)]
pub(crate) struct Reader {
    pub(super) table: Table,
    core: Option<csv_core::Reader>,
    /// Bytes before the head is whole.
    before: Vec<u8>,
    record: Vec<u8>,
    ends: Vec<usize>,
    length: usize,
    cells: usize,
    /// Where the newest record began.
    line: u64,
    has_head: bool,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Reader {
    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<(), Unreadable> {
        if self.core.is_some() {
            return self.read(piece);
        }
        if self.before.len() + piece.len() > LONGEST_ROW && !self.before.contains(&b'\n') {
            // As much of it as may be looked at.
            let room = LONGEST_ROW.saturating_sub(self.before.len());
            if !piece.iter().take(room).any(|byte| *byte == b'\n') {
                return Err(Unreadable::too_long(1));
            }
        }
        self.before.extend_from_slice(piece);
        if self.before.contains(&b'\n') { self.begin() } else { Ok(()) }
    }

    pub(super) fn end(&mut self) -> Result<(), Unreadable> {
        if self.core.is_none() {
            self.begin()?;
        }
        self.read(&[])?;
        if self.has_head { Ok(()) } else { Err(Unreadable::at(0, "the file is empty")) }
    }

    fn begin(&mut self) -> Result<(), Unreadable> {
        let head = self.before.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let has = |byte: u8| head.contains(&byte);
        let delimiter = match (has(b','), has(b';'), has(b'\t')) {
            (false, true, _) => b';',
            (false, false, true) => b'\t',
            _ => b',',
        };
        self.core = Some(ReaderBuilder::new().delimiter(delimiter).build());
        self.record = vec![0; 4 * 1024];
        self.ends = vec![0; MOST_COLUMNS + 1];
        let before = std::mem::take(&mut self.before);
        if before.is_empty() { Ok(()) } else { self.read(&before) }
    }

    /// An empty piece is the end.
    fn read(&mut self, mut piece: &[u8]) -> Result<(), Unreadable> {
        let is_end = piece.is_empty();
        loop {
            let Some(core) = &mut self.core else { return Ok(()) };
            let (result, read, written, ended) = core.read_record(
                piece,
                self.record.get_mut(self.length..).unwrap_or_default(),
                self.ends.get_mut(self.cells..).unwrap_or_default(),
            );
            let consumed = piece.get(..read).and_then(<[u8]>::last).copied();
            let here = core.line();
            piece = piece.get(read..).unwrap_or_default();
            self.length += written;
            self.cells += ended;
            match result {
                ReadRecordResult::OutputFull => {
                    if self.record.len() >= LONGEST_ROW {
                        return Err(Unreadable::too_long(here));
                    }
                    self.record.resize((self.record.len() * 2).min(LONGEST_ROW), 0);
                }
                ReadRecordResult::OutputEndsFull => {
                    let why = format!("a file may have at most {MOST_COLUMNS} columns");
                    return Err(Unreadable::at(here, why));
                }
                ReadRecordResult::Record => {
                    // Where it began: blank lines before it are passed over unseen, so it is counted from its end.
                    let within = self.record.iter().take(self.length).filter(|byte| **byte == b'\n').count() as u64;
                    self.line = here.saturating_sub(within + u64::from(consumed == Some(b'\n')));
                    self.row()?;
                    (self.length, self.cells) = (0, 0);
                    // An empty piece is no end, unless it was one to begin with.
                    if piece.is_empty() && !is_end {
                        return Ok(());
                    }
                }
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Ok(()),
            }
            if piece.is_empty() && !is_end && result != ReadRecordResult::OutputFull {
                return Ok(());
            }
        }
    }

    fn row(&mut self) -> Result<(), Unreadable> {
        let mut cells = Vec::with_capacity(self.cells);
        let mut start = 0;
        for end in self.ends.iter().take(self.cells) {
            let bytes = self.record.get(start..*end).unwrap_or_default();
            let text = str::from_utf8(bytes).map_err(|_| Unreadable::at(self.line, "it is not UTF-8"))?;
            cells.push(text);
            start = *end;
        }
        if self.has_head {
            let cells = cells.into_iter().map(|text| Some(formula::revived(text).to_owned())).collect();
            return self.table.add(self.line, cells);
        }
        self.has_head = true;
        self.table.head(self.line, cells.into_iter().map(str::to_owned).collect())
    }
}

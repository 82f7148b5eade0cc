//! A table as a file: CSV, JSON lines or XLSX, written and read row by row in constant memory. It knows values and
//! names, never rights: whoever writes puts in only what may leave.

mod csv;
mod formula;
mod json_lines;
pub(crate) mod reader;
mod sheet;
mod sheet_measure;
mod sheet_reader;
pub(crate) mod table;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::error::Error;
use crate::value::{Value, numbers};

pub(crate) use self::json_lines::text_of as json_of;
pub(crate) use self::sheet_reader::read as read_sheets;

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Comma-separated, RFC 4180, UTF-8.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// A workbook of Office Open XML.
    Sheet,
}

impl Format {
    /// In the order in which they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::Csv, Self::JsonLines, Self::Sheet];

    /// The word of forms, commands and the audit log.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Sheet => "xlsx",
        }
    }

    /// The format of this word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    /// The format of a file with this name.
    pub(crate) fn of_file(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "xlsx" => Some(Self::Sheet),
            _ => None,
        }
    }

    /// As shown.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::JsonLines => "JSON lines",
            Self::Sheet => "XLSX",
        }
    }

    /// What it is good for.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::Csv => {
                "Opens in any spreadsheet. A text that a spreadsheet would take for a formula gets an apostrophe in front."
            }
            Self::JsonLines => "For programs: one object a line.",
            Self::Sheet => "A workbook for Excel and LibreOffice. It starts to arrive when all of it is written.",
        }
    }

    /// Value of `Content-Type`.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl; charset=utf-8",
            Self::Sheet => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// One cell to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    /// Not for this reader in this row.
    Hidden,
    /// Words about a value: the label of what a key points at.
    Words(&'a str),
    /// A value.
    Value(&'a Value),
}

/// A value as text that reads back as the same value.
pub(crate) fn spell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) | Value::Json(text) => Cow::Borrowed(text),
        Value::Bytes(bytes) => Cow::Owned(STANDARD.encode(bytes)),
        // No reader gets as far as here with one.
        Value::SecretHash(_) => Cow::Borrowed(""),
        // No spreadsheet takes them for one number.
        Value::Links(to) => Cow::Owned(numbers(to, "|")),
        other => Cow::Owned(other.to_text()),
    }
}

/// A file in the making.
#[derive(Debug)]
pub(crate) enum Writer {
    Csv(csv::Writer),
    JsonLines(json_lines::Writer),
    Sheet(Box<sheet::Writer>),
}

/// What is left when the last row is written.
#[derive(Debug)]
pub(crate) enum Rest {
    /// These bytes.
    Bytes(Bytes),
    /// The whole file, from its start, on disk and without a name.
    File(std::fs::File),
}

impl Writer {
    /// A file with these columns. `title` names the sheet of a workbook.
    pub(crate) fn new(format: Format, title: &str, names: Vec<String>) -> Result<Self, Error> {
        Ok(match format {
            Format::Csv => Self::Csv(csv::Writer::new(&names)),
            Format::JsonLines => Self::JsonLines(json_lines::Writer::new(&names)),
            Format::Sheet => Self::Sheet(Box::new(sheet::Writer::new(title, names)?)),
        })
    }

    /// One more row, a cell for each column.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        match self {
            Self::Csv(writer) => writer.row(cells),
            Self::JsonLines(writer) => writer.row(cells),
            Self::Sheet(writer) => return writer.row(cells),
        }
        Ok(())
    }

    /// Bytes that can go out.
    pub(crate) fn ready(&self) -> usize {
        match self {
            Self::Csv(writer) => writer.out.len(),
            Self::JsonLines(writer) => writer.out.len(),
            Self::Sheet(_) => 0,
        }
    }

    /// The bytes that can go out.
    pub(crate) fn take(&mut self) -> Bytes {
        Bytes::from(match self {
            Self::Csv(writer) => std::mem::take(&mut writer.out),
            Self::JsonLines(writer) => std::mem::take(&mut writer.out),
            Self::Sheet(_) => Vec::new(),
        })
    }

    /// The end of the file. A workbook is packed here, which takes a while: not for the threads that answer requests.
    pub(crate) fn finish(self) -> Result<Rest, Error> {
        Ok(match self {
            Self::Csv(writer) => Rest::Bytes(Bytes::from(writer.out)),
            Self::JsonLines(writer) => Rest::Bytes(Bytes::from(writer.out)),
            Self::Sheet(writer) => Rest::File(writer.finish()?),
        })
    }
}

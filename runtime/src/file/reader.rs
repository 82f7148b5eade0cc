//! Files on their way in, read bit by bit: what came is taken as rows become whole, and a file that does not read is
//! refused.

use super::table::{Table, Unreadable};
use super::{Format, csv, json_lines};

/// A file that comes in pieces. XLSX can't be read in pieces: see [`super::read_sheets`].
#[derive(Debug)]
pub(crate) enum Reader {
    Csv(Box<csv::Reader>),
    JsonLines(json_lines::Reader),
}

impl Reader {
    /// For this format; none for XLSX.
    pub(crate) fn new(format: Format) -> Option<Self> {
        match format {
            Format::Csv => Some(Self::Csv(Box::default())),
            Format::JsonLines => Some(Self::JsonLines(json_lines::Reader::default())),
            Format::Sheet => None,
        }
    }

    /// The next piece.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Result<(), Unreadable> {
        match self {
            Self::Csv(reader) => reader.feed(piece),
            Self::JsonLines(reader) => reader.feed(piece),
        }
    }

    /// There is no more.
    pub(crate) fn end(&mut self) -> Result<(), Unreadable> {
        match self {
            Self::Csv(reader) => reader.end(),
            Self::JsonLines(reader) => reader.end(),
        }
    }

    /// What was read.
    pub(crate) fn table(&mut self) -> &mut Table {
        match self {
            Self::Csv(reader) => &mut reader.table,
            Self::JsonLines(reader) => &mut reader.table,
        }
    }
}

//! What was read of a file: names of columns first, then rows. Every bound is looked at before anything is allocated
//! for what lies beyond it, and what does not read refuses the whole file with the line.

use std::fmt;

/// Rows of a file.
pub(crate) const MOST_ROWS: u64 = 1_000_000;
/// Columns of a file.
pub(crate) const MOST_COLUMNS: usize = 200;
/// Rows that are kept together.
pub(crate) const PART_ROWS: usize = 500;
/// Bytes from which on rows are kept together, however few they are.
const PART_BYTES: usize = 1024 * 1024;
/// Bytes of a row.
pub(crate) const LONGEST_ROW: usize = 1024 * 1024;

/// A row: its line in the file, and what each cell says; none: not given.
pub(crate) type Line = (u64, Vec<Option<String>>);

/// Why a file can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Line of the file, from 1; 0: the file as a whole.
    pub(crate) line: u64,
    /// A sentence without its end.
    pub(crate) why: String,
}

impl Unreadable {
    pub(crate) fn at(line: u64, why: impl Into<String>) -> Self {
        Self { line, why: why.into() }
    }

    /// A row that is longer than any may be.
    pub(super) fn too_long(line: u64) -> Self {
        Self::at(line, format!("a row may have at most {} MiB", LONGEST_ROW / (1024 * 1024)))
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}.", self.why),
            line => write!(f, "Line {line}: {}.", self.why),
        }
    }
}

/// What was read and not taken yet.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Names of the columns.
    pub(crate) columns: Vec<String>,
    /// Rows in order.
    pub(crate) lines: Vec<Line>,
    /// Rows in all, taken ones too.
    pub(crate) count: u64,
    /// Bytes of the cells in `lines`.
    bytes: usize,
}

impl Table {
    /// The next rows to be kept together: as many as may be, or all when there is no more. `None`: not yet.
    pub(crate) fn part(&mut self, is_end: bool) -> Option<Vec<Line>> {
        if self.lines.is_empty() || (!is_end && self.lines.len() < PART_ROWS && self.bytes < PART_BYTES) {
            return None;
        }
        let (mut count, mut bytes) = (0, 0);
        for (_, cells) in self.lines.iter().take(PART_ROWS) {
            if bytes >= PART_BYTES {
                break;
            }
            bytes += length(cells);
            count += 1;
        }
        let rest = self.lines.split_off(count);
        let part = std::mem::replace(&mut self.lines, rest);
        self.bytes = self.bytes.saturating_sub(bytes);
        Some(part)
    }

    /// The head of the file.
    pub(crate) fn head(&mut self, line: u64, names: Vec<String>) -> Result<(), Unreadable> {
        for (i, name) in names.into_iter().enumerate() {
            let name = name.trim();
            let name = if name.is_empty() { format!("Column {}", i + 1) } else { name.to_owned() };
            self.add_column(line, name)?;
        }
        Ok(())
    }

    /// One more column; its place.
    pub(crate) fn add_column(&mut self, line: u64, name: String) -> Result<usize, Unreadable> {
        if self.columns.len() >= MOST_COLUMNS {
            return Err(Unreadable::at(line, format!("a file may have at most {MOST_COLUMNS} columns")));
        }
        if self.columns.contains(&name) {
            let name: String = name.chars().take(60).collect();
            return Err(Unreadable::at(line, format!("two columns are called {name}")));
        }
        self.columns.push(name);
        Ok(self.columns.len() - 1)
    }

    /// One more row; one without any value is passed over.
    pub(crate) fn add(&mut self, line: u64, cells: Vec<Option<String>>) -> Result<(), Unreadable> {
        if cells.iter().all(|cell| cell.as_deref().is_none_or(str::is_empty)) {
            return Ok(());
        }
        if cells.len() > self.columns.len() {
            let why = format!("this row has {} cells where the head has {}", cells.len(), self.columns.len());
            return Err(Unreadable::at(line, why));
        }
        if cells.iter().flatten().any(|text| text.contains('\0')) {
            return Err(Unreadable::at(line, "it holds a character that can't be stored (NUL)"));
        }
        self.count += 1;
        if self.count > MOST_ROWS {
            return Err(Unreadable::at(line, format!("a file may have at most {MOST_ROWS} rows; send it in parts")));
        }
        self.bytes += length(&cells);
        self.lines.push((line, cells));
        Ok(())
    }
}

fn length(cells: &[Option<String>]) -> usize {
    cells.iter().flatten().map(String::len).sum()
}

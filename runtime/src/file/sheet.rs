//! XLSX. Rows go to a file without a name and are packed at the end, so that memory does not grow with them. Texts are
//! text by their type: none of them is a formula, whatever it starts with.

use std::fmt;
use std::fs::File;
use std::io::{Seek as _, SeekFrom};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{Cell, formula, spell};
use crate::error::Error;
use crate::value::Value;

/// Rows of a sheet, its head among them; more go on in a further sheet.
const LARGEST_SHEET: u32 = 1_048_576;
/// Whole numbers beyond this many bits are written as text: a cell's number is a float.
const EXACT: i64 = 1 << 53;
/// Significant digits of a decimal that a float keeps.
const DIGITS: u32 = 15;

/// Rows as XLSX.
pub(crate) struct Writer {
    book: Workbook,
    title: String,
    names: Vec<String>,
    sheets: usize,
    next: u32,
    /// Keeps a text a text when somebody edits the cell.
    quoted: Format,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("sheets", &self.sheets).field("next", &self.next).finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) fn new(title: &str, names: Vec<String>) -> Result<Self, Error> {
        // A name of a sheet has at most 31 characters, and not each of them.
        let title: String = title.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(24).collect();
        let mut writer = Self {
            book: Workbook::new(),
            title: if title.trim().is_empty() { "Rows".to_owned() } else { title },
            names,
            sheets: 0,
            next: 0,
            quoted: Format::new().set_quote_prefix(),
        };
        writer.add_sheet()?;
        Ok(writer)
    }

    fn add_sheet(&mut self) -> Result<(), Error> {
        self.sheets += 1;
        let name = if self.sheets == 1 { self.title.clone() } else { format!("{} {}", self.title, self.sheets) };
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(fault)?;
        sheet.set_name(name).map_err(fault)?;
        for (column, name) in (0_u16..).zip(&self.names) {
            sheet.write_string(0, column, name).map_err(fault)?;
        }
        self.next = 1;
        Ok(())
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        if self.next >= LARGEST_SHEET {
            self.add_sheet()?;
        }
        let row = self.next;
        self.next += 1;
        let sheet = self.book.worksheet_from_index(self.sheets - 1).map_err(fault)?;
        for (column, cell) in (0_u16..).zip(cells) {
            put(sheet, &self.quoted, row, column, cell).map_err(fault)?;
        }
        Ok(())
    }

    /// The packed workbook.
    pub(super) fn finish(mut self) -> Result<File, Error> {
        let mut file = tempfile::tempfile().map_err(Error::of_temporary_file)?;
        self.book.save_to_writer(&mut file).map_err(fault)?;
        file.seek(SeekFrom::Start(0)).map_err(Error::of_temporary_file)?;
        Ok(file)
    }
}

fn put(sheet: &mut Worksheet, quoted: &Format, row: u32, column: u16, cell: &Cell<'_>) -> Result<(), XlsxError> {
    match cell {
        Cell::Hidden | Cell::Value(Value::Null) => {}
        Cell::Value(Value::Bool(yes)) => {
            sheet.write_boolean(row, column, *yes)?;
        }
        Cell::Value(Value::Float(number)) => {
            sheet.write_number(row, column, *number)?;
        }
        Cell::Value(value @ Value::Int(number)) => match exact(*number) {
            Some(float) => {
                sheet.write_number(row, column, float)?;
            }
            None => text(sheet, quoted, row, column, &spell(value))?,
        },
        Cell::Value(value @ Value::Decimal(decimal)) => {
            let short = decimal.mantissa().unsigned_abs() < 10_u128.pow(DIGITS);
            match spell(value).parse::<f64>() {
                Ok(float) if short => {
                    sheet.write_number(row, column, float)?;
                }
                _ => text(sheet, quoted, row, column, &spell(value))?,
            }
        }
        Cell::Words(words) => text(sheet, quoted, row, column, words)?,
        Cell::Value(value) => text(sheet, quoted, row, column, &spell(value))?,
    }
    Ok(())
}

/// UTF-16 units that a cell can hold (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3).
const LONGEST: usize = 32_767;

/// A text that no cell can hold ends with a sentence that says so.
fn cut(text: &str) -> Option<String> {
    let length = text.encode_utf16().count();
    if length <= LONGEST {
        return None;
    }
    let note = format!(" [cut: {length} characters are more than a cell holds; CSV and JSON lines have them all]");
    let mut left = LONGEST - note.len();
    let kept = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    });
    Some(kept.collect::<String>() + &note)
}

fn text(sheet: &mut Worksheet, quoted: &Format, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    let shorter = cut(text);
    let text = shorter.as_deref().unwrap_or(text);
    if formula::is_live(text) {
        sheet.write_string_with_format(row, column, text, quoted)?;
    } else {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}

fn exact(number: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "within 53 bits nothing is lost")]
    (-EXACT..=EXACT).contains(&number).then_some(number as f64)
}

fn fault(why: XlsxError) -> Error {
    match why {
        XlsxError::IoError(why) => Error::of_temporary_file(why),
        XlsxError::ZipError(why) => Error::of_temporary_file(why.into()),
        why => Error::Bug(format!("a workbook was not written: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::read_sheets;

    #[test]
    fn a_text_that_no_cell_holds_is_cut_and_says_so() {
        let mut writer = Writer::new("Notes", vec!["note".to_owned()]).expect("a workbook");
        // Each of these letters is two of the units that a cell counts.
        let (whole, long) = ("a".repeat(LONGEST), "\u{1F33F}".repeat(LONGEST / 2 + 1));
        for note in [&whole, &long, &format!("={}", "1".repeat(LONGEST))] {
            writer.row(&[Cell::Words(note.as_str())]).expect("a row");
        }
        let mut notes = Vec::new();
        let keep = |lines: Vec<crate::file::table::Line>| {
            notes.extend(lines.into_iter().filter_map(|(_, cells)| cells.into_iter().next().flatten()));
            Ok(())
        };
        read_sheets(writer.finish().expect("packed"), keep).expect("a workbook that reads");
        assert_eq!(notes.len(), 3);
        assert_eq!(notes[0], whole, "what fits is not touched");
        let kept = notes[1].trim_start_matches('\u{1F33F}');
        assert_eq!(kept, " [cut: 32768 characters are more than a cell holds; CSV and JSON lines have them all]");
        for note in &notes[1..] {
            assert!((LONGEST - 1..=LONGEST).contains(&note.encode_utf16().count()));
        }
        assert!(notes[2].starts_with("=111") && notes[2].contains("[cut: 32768 characters"));
    }
}

//! XLSX as rows, cell by cell, of a workbook that [`super::sheet_measure`] has found to be no bomb.

use std::fs::File;
use std::io::{BufReader, Seek as _, SeekFrom};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};

use super::sheet_measure::measure;
use super::table::{LONGEST_ROW, Line, MOST_COLUMNS, Table, Unreadable};

/// Whole numbers up to here are exact in a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads every sheet that has the head of the first; rows go to `out` as they come. Names of the columns and the number
/// of rows. Takes its time: not for the threads that answer requests.
pub(crate) fn read(
    mut file: File,
    mut out: impl FnMut(Vec<Line>) -> Result<(), Unreadable>,
) -> Result<(Vec<String>, u64), Unreadable> {
    measure(&mut file)?;
    let broken = |_| Unreadable::at(0, "the workbook does not read");
    file.seek(SeekFrom::Start(0)).map_err(|_| Unreadable::at(0, "the workbook does not read"))?;
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(broken)?;
    let mut table = Table::default();
    for (number, name) in book.sheet_names().into_iter().enumerate() {
        let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
        let mut row: Option<(u32, Vec<Option<String>>)> = None;
        let mut bytes = 0;
        let mut head: Option<Vec<String>> = None;
        loop {
            let cell = cells.next_cell().map_err(|_| {
                Unreadable::at(row.as_ref().map_or(0, |(at, _)| u64::from(*at) + 1), "the workbook does not read here")
            })?;
            let (place, text) = match &cell {
                Some(cell) => (Some(cell.get_position()), words(cell.get_value())),
                None => (None, None),
            };
            if let Some((at, done)) = row.take_if(|(at, _)| place.is_none_or(|(here, _)| here != *at)) {
                let line = u64::from(at) + 1;
                if head.is_none() {
                    let names: Vec<String> = done.into_iter().map(Option::unwrap_or_default).collect();
                    if number > 0 && names != table.columns {
                        // Another table; whoever meant it sends it by itself.
                        break;
                    }
                    if number == 0 {
                        table.head(line, names.clone())?;
                    }
                    head = Some(names);
                } else {
                    let mut done = done;
                    done.resize(done.len().max(table.columns.len()), Some(String::new()));
                    table.add(line, done)?;
                    while let Some(lines) = table.part(false) {
                        out(lines)?;
                    }
                }
            }
            let Some((at, column)) = place else { break };
            let column = column as usize;
            let Some(text) = text else { continue };
            if column >= MOST_COLUMNS {
                let why = format!("a file may have at most {MOST_COLUMNS} columns");
                return Err(Unreadable::at(u64::from(at) + 1, why));
            }
            bytes = if row.is_some() { bytes } else { 0 } + text.len();
            if bytes > LONGEST_ROW {
                return Err(Unreadable::too_long(u64::from(at) + 1));
            }
            let (_, cells) = row.get_or_insert((at, Vec::new()));
            cells.resize(cells.len().max(column + 1), Some(String::new()));
            if let Some(cell) = cells.get_mut(column) {
                *cell = Some(text);
            }
        }
    }
    while let Some(lines) = table.part(true) {
        out(lines)?;
    }
    if table.columns.is_empty() {
        return Err(Unreadable::at(0, "the workbook is empty"));
    }
    Ok((table.columns, table.count))
}

/// The text of a cell as a form would take it.
fn words(value: &DataRef<'_>) -> Option<String> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < EXACT => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) => moment(at),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        // What a spreadsheet could not work out; no field takes it, and the row says so.
        DataRef::Error(what) => format!("{what:?}"),
    })
}

fn moment(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let number = at.as_f64();
    if number < 1.0 || at.is_duration() {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else if number.fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

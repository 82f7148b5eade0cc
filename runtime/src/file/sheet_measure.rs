//! How large a workbook is before anything is kept of it. It is a zip: all of it is unpacked into nothing and counted,
//! as a whole, by what a reader holds of it at once, and by what stands within one cell. What the zip says about itself
//! is not believed.

use std::fs::File;
use std::io::{BufReader, Read};

use zip::ZipArchive;

use super::table::Unreadable;

/// Bytes that a workbook may unpack to.
const UNPACKED: u64 = 256 * 1024 * 1024;
/// Bytes of what is no sheet (shared texts, styles), all of which is held in memory while it is read.
const SHARED: u64 = 32 * 1024 * 1024;
/// Bytes of an announcement of how much there is, which may lie across two pieces.
const LONGEST_ANNOUNCEMENT: usize = 256;
/// Files within it.
const ENTRIES: usize = 2_000;
/// Bytes within one cell; a spreadsheet takes 32,767 characters.
const CELL: usize = 1024 * 1024;
/// How deep a cell lies: within `worksheet`, `sheetData` and `row`.
const DEPTH_OF_CELL: usize = 4;

/// Refuses what is too large, with its row where it lies in one.
pub(super) fn measure(file: &mut File) -> Result<(), Unreadable> {
    let broken = || Unreadable::at(0, "this is no XLSX workbook");
    let mut zip = ZipArchive::new(BufReader::new(&mut *file)).map_err(|_| broken())?;
    if zip.len() > ENTRIES {
        return Err(Unreadable::at(0, "the workbook holds more files than a workbook has"));
    }
    let (mut left, mut left_to_share) = (UNPACKED, SHARED);
    let mut piece = vec![0; 64 * 1024];
    for number in 0..zip.len() {
        let mut entry = zip.by_index(number).map_err(|_| broken())?;
        let is_sheet = entry.name().is_ok_and(|name| is_sheet(&name));
        let (mut sheet, mut announced) = (Sheet::default(), Vec::new());
        loop {
            let read = entry.read(&mut piece).map_err(|_| broken())?;
            if read == 0 {
                break;
            }
            let bytes = piece.get(..read).unwrap_or_default();
            left = taken(left, read)?;
            if is_sheet {
                sheet.read(bytes)?;
            } else {
                left_to_share = taken(left_to_share, read)?;
                announced.extend_from_slice(bytes);
                believable(&announced)?;
                announced.drain(..announced.len().saturating_sub(LONGEST_ANNOUNCEMENT));
            }
        }
    }
    Ok(())
}

/// The reader makes room for as many shared texts as are announced, before there is any.
fn believable(bytes: &[u8]) -> Result<(), Unreadable> {
    const WORD: &[u8] = b"uniqueCount";
    // Each takes at least as many bytes as the tag of an empty one.
    const MOST: u64 = SHARED / 5;
    for (at, _) in bytes.windows(WORD.len()).enumerate().filter(|(_, word)| *word == WORD) {
        let after = bytes.iter().skip(at + WORD.len());
        let number: String = after
            .skip_while(|b| !b.is_ascii_digit())
            .take_while(|b| b.is_ascii_digit())
            .map(|b| char::from(*b))
            .collect();
        if !number.is_empty() && number.parse::<u64>().map_or(true, |number| number > MOST) {
            return Err(Unreadable::at(0, "the workbook announces more texts than it can hold"));
        }
    }
    Ok(())
}

/// As every spreadsheet calls them. Whatever has another name is bounded as what is held in memory, which is safe.
fn is_sheet(path: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    let number = name.strip_prefix("sheet").and_then(|name| name.strip_suffix(".xml"));
    folder.ends_with("worksheets") && number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn taken(left: u64, read: usize) -> Result<u64, Unreadable> {
    left.checked_sub(read as u64).ok_or_else(|| {
        let why = format!(
            "the workbook unpacks to more than {} MiB, or to more than {} MiB beside its sheets",
            UNPACKED / (1024 * 1024),
            SHARED / (1024 * 1024)
        );
        Unreadable::at(0, why)
    })
}

/// A sheet as tags and what stands between them. It knows no names: a reader of cells holds what lies within one
/// element at the depth of a cell, and that is what is bounded.
#[derive(Debug, Default)]
struct Sheet {
    depth: usize,
    /// Elements at the depth of a row.
    rows: u64,
    /// Bytes since the last tag began or ended.
    run: usize,
    /// Bytes since an element at the depth of a cell began.
    cell: usize,
    in_tag: bool,
    /// First byte of the tag: `/`, `?`, `!`, or of a name.
    first: Option<u8>,
    quote: Option<u8>,
    last: u8,
}

impl Sheet {
    fn read(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        for byte in bytes {
            self.run += 1;
            self.cell = if self.depth >= DEPTH_OF_CELL { self.cell + 1 } else { 0 };
            if self.run > CELL || self.cell > CELL {
                let why = format!("a cell may have at most {} MiB", CELL / (1024 * 1024));
                return Err(Unreadable::at(self.rows, why));
            }
            match (self.in_tag, self.quote, *byte) {
                (false, _, b'<') => (self.in_tag, self.first, self.run) = (true, None, 0),
                (true, Some(quote), byte) if byte == quote => self.quote = None,
                (false, ..) | (true, Some(_), _) => {}
                (true, None, b'>') => self.end_of_tag(),
                (true, None, byte) => self.within_tag(byte)?,
            }
            self.last = *byte;
        }
        Ok(())
    }

    fn within_tag(&mut self, byte: u8) -> Result<(), Unreadable> {
        if self.first.is_none() {
            // Comments and the like could hide what is a tag and what is none.
            if byte == b'!' {
                return Err(Unreadable::at(self.rows, "the workbook holds something that no spreadsheet writes"));
            }
            self.first = Some(byte);
        } else if matches!(byte, b'"' | b'\'') {
            self.quote = Some(byte);
        }
        Ok(())
    }

    fn end_of_tag(&mut self) {
        (self.in_tag, self.run) = (false, 0);
        match self.first {
            Some(b'/') => self.depth = self.depth.saturating_sub(1),
            Some(b'?') => {}
            _ => {
                self.rows += u64::from(self.depth + 2 == DEPTH_OF_CELL);
                // One that is empty ends where it begins.
                self.depth += usize::from(self.last != b'/');
            }
        }
    }
}

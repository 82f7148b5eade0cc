//! Files on their way in: what was written reads back, and what is too large, broken or a bomb is refused with its line
//! before anything is held of it.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::file::reader::Reader;
use crate::file::table::{LONGEST_ROW, Line, Unreadable};
use crate::file::{Cell, Format, Rest, Writer, read_sheets};
use crate::value::Value;

fn read(format: Format, pieces: &[&[u8]]) -> Result<(Vec<String>, Vec<Line>), Unreadable> {
    let mut reader = Reader::new(format).expect("a format that comes in pieces");
    for piece in pieces {
        reader.feed(piece)?;
    }
    reader.end()?;
    let table = reader.table();
    Ok((table.columns.clone(), table.lines.clone()))
}

fn refusal(format: Format, pieces: &[&[u8]]) -> String {
    read(format, pieces).expect_err("it is refused").to_string()
}

fn sheet(bytes: &[u8]) -> Result<(Vec<String>, Vec<Line>), Unreadable> {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    let mut lines = Vec::new();
    let (columns, count) = read_sheets(file, |more| {
        lines.extend(more);
        Ok(())
    })?;
    assert_eq!(count, lines.len() as u64);
    Ok((columns, lines))
}

fn some(cells: &[&str]) -> Vec<Option<String>> {
    cells.iter().map(|text| Some((*text).to_owned())).collect()
}

const TEXTS: [&str; 8] =
    ["Anna", "=1+1", "'=1", "two\nlines, \"quoted\"", " spaces ", "Zoë 漢", "+49 170", "O'Neill; Berg\tFalk"];

#[test]
fn what_was_written_reads_back() {
    for format in Format::ALL {
        let mut writer = Writer::new(format, "Rows", vec!["id".to_owned(), "name".to_owned()]).expect("a file");
        for (id, text) in (1..).zip(TEXTS) {
            let (id, text) = (Value::Int(id), Value::Text(text.to_owned()));
            writer.row(&[Cell::Value(&id), Cell::Value(&text)]).expect("a row");
        }
        let mut bytes = Vec::new();
        match writer.finish().expect("a file") {
            Rest::Bytes(all) => bytes.extend_from_slice(&all),
            Rest::File(mut file) => {
                file.seek(SeekFrom::Start(0)).expect("the start");
                file.read_to_end(&mut bytes).expect("readable");
            }
        }
        let (columns, lines) = match format {
            Format::Sheet => sheet(&bytes).expect("it reads"),
            // In whatever pieces it comes.
            _ => read(format, &bytes.chunks(7).collect::<Vec<_>>()).expect("it reads"),
        };
        assert_eq!(columns, ["id", "name"]);
        let texts: Vec<_> = lines.iter().filter_map(|(_, cells)| cells.get(1).cloned().flatten()).collect();
        assert_eq!(texts, TEXTS, "{format:?}");
    }
}

#[test]
fn heads_and_rows_say_what_is_given() {
    let (columns, lines) = read(Format::Csv, &[b"Name;;Born\r\nAnna;x;\r\n\r\nBen\r\n"]).expect("semicolons");
    assert_eq!(columns, ["Name", "Column 2", "Born"]);
    assert_eq!(lines, [(2, some(&["Anna", "x", ""])), (4, some(&["Ben"]))], "a short row does not give the rest");
    let lines = read(Format::JsonLines, &[b"{\"a\":1,\"b\":null}\n\n{\"c\":[true],\"a\":\"x\"}"]).expect("objects").1;
    assert_eq!(lines[0], (1, some(&["1", ""])));
    assert_eq!(lines[1], (3, vec![Some("x".to_owned()), None, Some("[true]".to_owned())]));
}

#[test]
fn what_can_not_be_kept_is_refused_with_its_line() {
    let cases: [(Format, &[u8], &str); 9] = [
        (Format::Csv, b"a\nx\0y\n", "Line 2: it holds a character that can't be stored (NUL)."),
        (Format::Csv, b"a\nb\n\xff\n", "Line 3: it is not UTF-8."),
        (Format::Csv, b"a\nb,c\n", "Line 2: this row has 2 cells where the head has 1."),
        (Format::Csv, b"a,a\n", "Line 1: two columns are called a."),
        (Format::Csv, b"", "the file is empty."),
        (Format::JsonLines, b"{\"a\":1}\n[1]\n", "Line 2: it is no JSON object (column 0)."),
        (Format::JsonLines, b"{\"a\":\"\xff\"}", "Line 1: it is not UTF-8."),
        (Format::JsonLines, b"{\"a\":\"x\\u0000\"}", "Line 1: it holds a character that can't be stored (NUL)."),
        (Format::JsonLines, b"\n", "the file holds no row."),
    ];
    for (format, bytes, why) in cases {
        assert_eq!(refusal(format, &[bytes]), why);
    }
    let wide = "x,".repeat(300);
    assert!(refusal(Format::Csv, &[wide.as_bytes(), b"\n"]).contains("at most 200 columns"));
}

#[test]
fn a_line_without_an_end_is_refused_before_it_is_held() {
    let piece = vec![b'x'; 64 * 1024];
    for format in [Format::Csv, Format::JsonLines] {
        for head in [&b""[..], b"a,b\n"] {
            let mut reader = Reader::new(format).expect("in pieces");
            if format == Format::Csv {
                reader.feed(head).expect("a head");
            }
            // What would be a gigabyte ends within the bound.
            let refused = (0..16 * 1024).find_map(|n| reader.feed(&piece).err().map(|why| (n, why)));
            let (pieces, why) = refused.expect("refused");
            assert!(pieces <= LONGEST_ROW / piece.len() + 1, "after {pieces} pieces");
            assert!(why.to_string().contains("at most 1 MiB"), "{why}");
        }
    }
}

#[test]
fn a_bomb_is_measured_and_not_unpacked() {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).expect("an entry");
    let zeros = vec![b'0'; 1024 * 1024];
    for _ in 0..40 {
        zip.write_all(&zeros).expect("packed");
    }
    let bytes = zip.finish().expect("a zip").into_inner();
    assert!(bytes.len() < 100_000, "a bomb is small: {}", bytes.len());
    assert!(sheet(&bytes).expect_err("refused").to_string().contains("unpacks to more than"));
    assert!(sheet(b"PK\x03\x04 no workbook").expect_err("refused").to_string().contains("no XLSX workbook"));
}

/// A workbook of these files.
fn workbook(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("packed");
    }
    zip.finish().expect("a zip").into_inner()
}

/// One that a spreadsheet would open, with this sheet and these shared texts.
fn with_sheet(sheet: &[u8], shared: &[u8]) -> Vec<u8> {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let list = |inner: String| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inner}</Relationships>"
        )
    };
    let one = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let book = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{RELATIONS}\"><sheets>\
         <sheet name=\"Rows\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    workbook(&[
        ("_rels/.rels", list(one("r1", "officeDocument", "xl/workbook.xml")).as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", list(one("r1", "worksheet", "worksheets/sheet1.xml")).as_bytes()),
        ("xl/sharedStrings.xml", shared),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

/// A sheet with a head and a second row of this cell.
fn cell(text: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?><worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>name</t></is></c></row>\
         <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is>{text}</is></c></row></sheetData></worksheet>"
    )
    .into_bytes()
}

#[test]
fn a_workbook_holds_no_more_at_once_than_a_cell_may() {
    let shared = b"<sst count=\"0\" uniqueCount=\"0\"></sst>";
    let (columns, lines) = sheet(&with_sheet(&cell("<t>Anna</t>"), shared)).expect("it reads");
    assert_eq!((columns, lines), (vec!["name".to_owned()], vec![(2, some(&["Anna"]))]));
    let long = format!("<t>{}</t>", "x".repeat(3 * 1024 * 1024));
    // In many pieces, between tags that close at once, it is as long.
    let parts = "<r a='>'><t>xxxxxxxxxxxxxxxx</t><b/></r>".repeat(80 * 1024);
    for text in [long, parts] {
        let refused = sheet(&with_sheet(&cell(&text), shared)).expect_err("refused");
        assert_eq!(refused.to_string(), "Line 2: a cell may have at most 1 MiB.");
    }
    let hidden = sheet(&with_sheet(&cell("<![CDATA[</is></c></row>]]>"), shared)).expect_err("refused");
    assert_eq!(hidden.to_string(), "Line 2: the workbook holds something that no spreadsheet writes.");
}

#[test]
fn what_a_workbook_announces_is_not_believed() {
    for count in ["99999999999", "18446744073709551615", "99999999999999999999999"] {
        let shared = format!("<sst uniqueCount = '{count}'></sst>");
        let refused = sheet(&with_sheet(&cell("<t>Anna</t>"), shared.as_bytes())).expect_err("refused");
        assert_eq!(refused.to_string(), "the workbook announces more texts than it can hold.");
    }
}

#[test]
fn rows_are_kept_together_by_bytes_too() {
    let mut reader = Reader::new(Format::Csv).expect("in pieces");
    reader.feed(b"a\n").expect("a head");
    let row = [vec![b'x'; LONGEST_ROW / 2], b"\n".to_vec()].concat();
    let mut parts = Vec::new();
    for _ in 0..9 {
        reader.feed(&row).expect("a row");
        parts.extend(reader.table().part(false).map(|lines| lines.len()));
    }
    reader.end().expect("an end");
    parts.extend(reader.table().part(true).map(|lines| lines.len()));
    assert_eq!(parts, [2, 2, 2, 2, 1]);
    assert!(reader.table().part(true).is_none());
}

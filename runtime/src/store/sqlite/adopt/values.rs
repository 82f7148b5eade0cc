//! What stands in the columns of a file, told by their types and by the values that are there: SQLite lets anything
//! stand under any type.

use crate::adopt::{Holds, Table};
use crate::error::Error;
use crate::store::answer::Answer;
use crate::store::lane::Lane;
use crate::store::sql::Sql;

/// Rows of a table that are looked at.
const LOOKED_AT: i64 = 20_000;

/// What a column of this type might hold, likeliest first; the condition under which a value is none of that.
fn likely(is: &str, name: &str) -> Vec<(Holds, &'static [&'static str])> {
    /// Around the column's name.
    const NO_NUMBER: &[&str] = &["typeof(", ") NOT IN ('integer', 'real', 'null')"];
    const NO_INTEGER: &[&str] = &["typeof(", ") NOT IN ('integer', 'null')"];
    const NO_BOOL: &[&str] = &["typeof(", ") NOT IN ('integer', 'null') OR ", " NOT IN (0, 1)"];
    const NO_DAY: &[&str] = &["", " IS NOT NULL AND date(", ") IS NOT ", ""];
    const NO_TIME: &[&str] = &["", " IS NOT NULL AND time(", ") IS NOT ", ""];
    const NO_MOMENT: &[&str] = &[
        "",
        " IS NOT NULL AND date(",
        ") IS NOT ",
        " AND NOT (typeof(",
        ") = 'text' AND datetime(substr(",
        ", 1, 19)) IS substr(",
        ", 1, 19) AND (length(",
        ") = 19 OR substr(",
        ", 20) GLOB '.[0-9]*' AND substr(",
        ", 21) NOT GLOB '*[^0-9]*'))",
    ];
    const NO_UUID: &[&str] =
        &["", " IS NOT NULL AND (length(", ") <> 36 OR ", " GLOB '*[^0-9a-f-]*' OR substr(", ", 15, 1) = '-')"];
    const NO_JSON: &[&str] = &["", " IS NOT NULL AND NOT json_valid(", ")"];
    const NO_BYTES: &[&str] = &["typeof(", ") NOT IN ('blob', 'null')"];
    const NO_TEXT: &[&str] = &["typeof(", ") = 'blob' OR instr(", ", char(0)) > 0"];
    let upper = is.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    let arguments: Vec<u32> = upper
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(inside, _)| inside.split(',').filter_map(|number| number.trim().parse().ok()).collect())
        .unwrap_or_default();
    let text = (Holds::Text { longest: None, lines: false }, NO_TEXT);
    let mut likely: Vec<(Holds, &'static [&'static str])> = Vec::new();
    if has(&["BOOL"]) || upper == "TINYINT(1)" {
        likely.push((Holds::YesNo, NO_BOOL));
        likely.push((Holds::Whole(64), NO_INTEGER));
    } else if has(&["DATETIME", "TIMESTAMP"]) {
        likely.extend([(Holds::Moment, NO_MOMENT)]);
    } else if has(&["DATE"]) {
        likely.extend([(Holds::Day, NO_DAY), (Holds::Moment, NO_MOMENT)]);
    } else if has(&["TIME"]) {
        likely.push((Holds::Time, NO_TIME));
    } else if has(&["INT"]) {
        let bits = if has(&["SMALL", "TINY", "INT2"]) { 16 } else { 64 };
        likely.push((Holds::Whole(bits), NO_INTEGER));
    } else if has(&["UUID", "GUID", "UNIQUEIDENTIFIER"]) {
        likely.push((Holds::Uuid, NO_UUID));
    } else if has(&["JSON"]) {
        likely.push((Holds::Json, NO_JSON));
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        let says = |words: &[&str]| words.iter().any(|word| name.to_ascii_lowercase().ends_with(word));
        if arguments.is_empty() && says(&["_at", "_on", "date", "time"]) {
            likely.extend([(Holds::Day, NO_DAY), (Holds::Moment, NO_MOMENT)]);
        }
        likely.push((Holds::Text { longest: arguments.first().copied(), lines: false }, NO_TEXT));
    } else if has(&["BLOB", "BINARY"]) {
        likely.push((Holds::Bytes, NO_BYTES));
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        likely.push((Holds::Float, NO_NUMBER));
    } else if has(&["DEC", "NUM", "MONEY"]) {
        // A column of this affinity keeps 15 digits for sure.
        let (digits, scale) = match arguments.as_slice() {
            [digits, scale, ..] => (*digits, *scale),
            [digits] => (*digits, 0),
            [] => (15, 2),
        };
        if (1..=15).contains(&digits)
            && scale <= digits
            && let (Ok(digits), Ok(scale)) = (u8::try_from(digits), u8::try_from(scale))
        {
            likely.push((Holds::Decimal(digits, scale), NO_NUMBER));
        }
        likely.push((Holds::Float, NO_NUMBER));
    }
    if !likely.iter().any(|(holds, _)| matches!(holds, Holds::Text { .. })) {
        let why =
            if is.is_empty() { "it has no type".to_owned() } else { format!("its values are not all what {is} says") };
        likely.push((Holds::Odd(why), text.1));
    }
    likely
}

/// What the values say of each column, in one statement.
pub(super) async fn hold(lane: &mut Lane, table: &mut Table) -> Result<(), Error> {
    let guesses: Vec<Vec<(Holds, &'static [&'static str])>> =
        table.columns.iter().map(|column| likely(&column.is, &column.name)).collect();
    let mut sql = Sql::new("SELECT count(*)");
    for (column, guesses) in table.columns.iter().zip(&guesses) {
        sql.push(", max(instr(CAST(").found(&column.name).push(" AS TEXT), char(10)) > 0), count(").found(&column.name);
        sql.push(")");
        for (holds, around) in guesses {
            sql.push(", count(*) FILTER (WHERE ");
            for (i, part) in around.iter().enumerate() {
                if i > 0 {
                    sql.found(&column.name);
                }
                sql.push(part);
            }
            if let Holds::Decimal(_, scale) = holds {
                // A fraction finer than the type says would be rounded away before a person's eyes.
                sql.push(" OR abs(round(").found(&column.name).push(", ").number((*scale).into()).push(") - ");
                sql.found(&column.name).push(") > 0.000000001");
            }
            sql.push(")");
        }
    }
    sql.push(" FROM (SELECT * FROM ").found(&table.name).push(" LIMIT ").number(LOOKED_AT).push(")");
    let Some(answer) = lane.row(sql).await? else { return Ok(()) };
    let mut at = 1;
    for (column, guesses) in table.columns.iter_mut().zip(guesses) {
        let lines = answer.int(at)? == Some(1);
        let some = answer.whole(at + 1)? > 0;
        at += 2;
        let first = at;
        at += guesses.len();
        column.holds = decided(&answer, first, guesses, some)?
            .unwrap_or_else(|| Holds::Nothing(format!("its values don't read as text, and not as {}", column.is)));
        if let Holds::Text { longest, .. } = column.holds {
            column.holds = Holds::Text { longest, lines: lines || is_long(&column.name, longest) };
        }
    }
    Ok(())
}

/// The first guess that no value speaks against. That text is a day or a moment takes a value that says so.
fn decided(
    answer: &Answer,
    first: usize,
    guesses: Vec<(Holds, &'static [&'static str])>,
    some: bool,
) -> Result<Option<Holds>, Error> {
    let by_name = guesses.len() == 3;
    for (i, (holds, _)) in guesses.into_iter().enumerate() {
        let proved = some || !(by_name && matches!(holds, Holds::Day | Holds::Moment));
        if answer.whole(first + i)? == 0 && proved {
            return Ok(Some(holds));
        }
    }
    Ok(None)
}

/// Whether text of this name runs over lines, where no value tells.
pub(in crate::store) fn is_long(name: &str, longest: Option<u32>) -> bool {
    let name = name.to_ascii_lowercase();
    let says = ["note", "description", "comment", "body", "content", "text", "remarks", "biography"];
    longest.is_none_or(|longest| longest > 255) && says.iter().any(|word| name.contains(word))
}

//! What PostgreSQL says, sorted by its code (<https://www.postgresql.org/docs/current/errcodes-appendix.html>). The
//! detail of a message, which quotes values, goes nowhere.

use sqlx::postgres::PgDatabaseError;

use crate::error::Error;
use crate::store::fault::{About, Fault, Named, Rule};

/// What a failed statement was.
pub(super) fn sorted(error: &sqlx::Error) -> Fault {
    match error {
        sqlx::Error::Database(said) => match said.try_downcast_ref::<PgDatabaseError>() {
            Some(said) => of_code(said),
            None => Fault::Other(Error::Bug(said.message().to_owned())),
        },
        sqlx::Error::Io(error) => Fault::Lost(error.to_string()),
        sqlx::Error::Tls(error) => Fault::Lost(format!("the connection could not be secured ({error})")),
        // What was said in the middle of a breakdown makes no sense to the driver.
        sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            Fault::Lost("the connection broke off in the middle".to_owned())
        }
        _ => Fault::Other(Error::Bug(error.to_string())),
    }
}

fn of_code(said: &PgDatabaseError) -> Fault {
    let (code, message) = (said.code(), said.message());
    // Messages quote values.
    let rule = |what, columns| Fault::rule(what, columns, format!("PostgreSQL {code}"));
    let unavailable = |why: &str| Fault::Other(Error::Unavailable(why.to_owned()));
    match (code.get(..2).unwrap_or_default(), code) {
        (_, "23505") => Fault::Unique(columns(said)),
        (_, "23503") => Fault::ForeignKey(columns(said)),
        (_, "57014") => Fault::Other(Error::TooLong),
        (_, "57P01" | "57P02" | "57P03" | "57P05" | "25P03") | ("08", _) => Fault::Lost(message.to_owned()),
        (_, "40001" | "40P01" | "55P03") => unavailable("another change was in the way"),
        (_, "53100") => Fault::Other(Error::Full),
        (_, "53300") => unavailable("the server takes no more connections"),
        (_, "25006") => unavailable("it can't be written to"),
        ("28", _) | (_, "3D000" | "55000") => unavailable(message),
        ("53" | "58", _) => unavailable(&format!("PostgreSQL {code}: {message}")),
        // The schema was changed under a prepared statement; a new connection prepares it anew.
        (_, "0A000") if message.contains("cached plan") => unavailable("the schema changed meanwhile"),
        (_, "23502") => rule(About::Missing, said.column().map(str::to_owned).into_iter().collect()),
        (_, "23514") => {
            let columns = of_check(said.table(), said.constraint());
            let check = if columns.is_empty() { named(said) } else { None };
            let said = format!("PostgreSQL {code}: {}", said.constraint().unwrap_or_default());
            Fault::Rule(Rule { what: About::Own, columns, said, check })
        }
        // `value too long for type character varying(40)`, in whichever language: the number alone is read.
        (_, "22001") => rule(About::Length(number_in(message)), Vec::new()),
        (_, "22003") => rule(About::Range, Vec::new()),
        // Of a text that no index takes: the block's own are short enough, an adopted table's need not be.
        (_, "54000" | "22021" | "22P05") => rule(About::Text, Vec::new()),
        // Data that do not fit, integrity, a view's own condition, what a trigger raised.
        ("22" | "23" | "44", _) | (_, "P0001") => rule(About::Own, Vec::new()),
        _ => Fault::Other(Error::Bug(format!("PostgreSQL {code}: {message}"))),
    }
}

/// The columns of a broken rule. They stand in the detail alone: `Key (a, b)=(…) …`, in whichever language.
fn columns(said: &PgDatabaseError) -> Vec<String> {
    said.detail().map(in_detail).unwrap_or_default()
}

fn in_detail(detail: &str) -> Vec<String> {
    let named = detail.split_once('(').and_then(|(_, rest)| rest.split_once(")=("));
    named.map_or_else(Vec::new, |(columns, _)| columns.split(", ").map(|c| c.trim_matches('"').to_owned()).collect())
}

/// The column that a check is about, where the server named the check itself: `TABLE_COLUMN_check`, and a number where
/// there are several.
fn of_check(table: Option<&str>, check: Option<&str>) -> Vec<String> {
    let of = |table: &str, check: &str| {
        let rest = check.strip_prefix(table)?.strip_prefix('_')?;
        Some(rest.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix("_check")?.to_owned())
    };
    table.zip(check).and_then(|(table, check)| of(table, check)).into_iter().collect()
}

/// A check that has a name of its own, to be asked for; `TABLE_check` may be about several columns, or about one.
fn named(said: &PgDatabaseError) -> Option<Box<Named>> {
    let (schema, table, name) = (said.schema()?, said.table()?, said.constraint()?);
    Some(Box::new(Named { schema: schema.to_owned(), table: table.to_owned(), name: name.to_owned() }))
}

/// The number in parentheses.
fn number_in(message: &str) -> Option<usize> {
    message.rsplit_once('(')?.1.split_once(')')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_column_of_a_check_and_the_length_of_a_text_are_read_from_what_the_server_says() {
        let of = |check| super::of_check(Some("products"), Some(check));
        assert_eq!(of("products_unit_price_check"), ["unit_price"]);
        assert_eq!(of("products_unit_price_check1"), ["unit_price"]);
        assert!(of("products_check").is_empty() && of("positive").is_empty() && of("product_unit_check").is_empty());
        assert_eq!(super::number_in("value too long for type character varying(40)"), Some(40));
        assert_eq!(super::number_in("Wert zu lang für Typ character varying(5)"), Some(5));
        assert_eq!(super::number_in("value too long"), None);
    }

    #[test]
    fn the_columns_of_a_broken_rule_are_found_in_its_detail() {
        let of = super::in_detail;
        assert_eq!(of("Key (email)=(a@example.org) already exists."), ["email"]);
        assert_eq!(of("Schlüssel »(site, \"when\")=(1, 2)« existiert bereits."), ["site", "when"]);
        assert_eq!(of("no key at all"), Vec::<String>::new());
    }
}

//! The schema of a database that this program did not make, as plain data, read from its catalogue; of columns whose
//! type says too little, also from their values. It reads and changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::adopt::{Column, Effect, Holds, Key, Schema, Start, Table};
use crate::error::Error;
use crate::store::pool::Reading;
use crate::store::sql::Sql;
use crate::store::sqlite::adopt::is_long;

/// Rows of a table that are looked at.
const LOOKED_AT: i64 = 20_000;

const COLUMNS: &str = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), \
     format_type(CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END, CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE \
     a.atttypmod END), t.typtype::text, a.attnotnull OR t.typnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, \
     a.attgenerated::text, col_description(c.oid, a.attnum), t.typname::text, (SELECT \
     json_agg(e.enumlabel::text ORDER BY e.enumsortorder)::text FROM pg_enum e WHERE e.enumtypid = t.oid), \
     obj_description(c.oid, 'pg_class'), CASE WHEN 'citext' IN (t.typname, format_type(t.typbasetype, NULL)) THEN 'citext' ELSE \
     (SELECT l.collname::text FROM pg_collation l WHERE l.oid = a.attcollation AND NOT l.collisdeterministic) END FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND \
     NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = \
     a.attnum WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT \
     c.relispartition AND c.relname NOT LIKE 'bw\\_%' ORDER BY c.relname::text COLLATE \"C\", a.attnum";
const RULES: &str = "SELECT c.relname::text, k.contype::text, (SELECT json_agg(a.attname::text ORDER BY n.place)::text FROM \
     unnest(k.conkey) WITH ORDINALITY AS n (number, place) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = \
     n.number), f.relname::text, (SELECT json_agg(a.attname::text ORDER BY n.place)::text FROM unnest(k.confkey) WITH \
     ORDINALITY AS n (number, place) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.number), \
     k.confdeltype::text, pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT \
     JOIN pg_class f ON f.oid = k.confrelid WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('p', \
     'f', 'c') ORDER BY c.relname, k.conname";
const UNIQUES: &str = "SELECT t.relname::text, (SELECT json_agg(a.attname::text ORDER BY n.place)::text FROM \
     unnest(x.indkey::smallint[]) WITH ORDINALITY AS n (number, place) JOIN pg_attribute a ON a.attrelid = x.indrelid AND \
     a.attnum = n.number WHERE n.place <= x.indnkeyatts) FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid WHERE \
     t.relnamespace = current_schema()::regnamespace AND x.indisunique AND NOT x.indisprimary AND x.indpred IS NULL AND \
     x.indexprs IS NULL ORDER BY x.indexrelid";

/// All tables of the first schema of the search path.
pub(in crate::store) async fn schema(url: &str) -> Result<Schema, Error> {
    let database = super::open(url, Arc::default()).await?;
    let mut lane = database.reading().await?;
    let name = lane.row(Sql::new("SELECT current_database()::text")).await?;
    let name = name.map_or_else(|| Ok(String::new()), |answer| answer.words(0))?;
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for answer in lane.rows(Sql::new(COLUMNS)).await? {
        let table = tables.entry(answer.words(0)?).or_default();
        table.comment = answer.text(12)?.unwrap_or_default();
        let (identity, computed) = (answer.words(7)?, !answer.words(8)?.is_empty());
        let default = answer.text(6)?;
        let (is, base) = (answer.words(2)?, answer.words(3)?);
        let name = answer.words(1)?;
        let listed = answer.text(11)?.map(|labels| listed(&labels)).transpose()?;
        table.columns.push(Column {
            holds: match listed {
                Some(labels) => Holds::OneOf(answer.words(10)?, labels),
                None => holds(&base, &name),
            },
            required: answer.yes(5)?,
            start: if identity.is_empty() && !computed { start(default.as_deref()) } else { Start::Computed },
            computed,
            comment: answer.text(9)?.unwrap_or_default(),
            folded: answer.text(13)?,
            name,
            is,
        });
    }
    rules(&mut lane, &mut tables).await?;
    for (name, table) in &mut tables {
        table.name.clone_from(name);
        let key = table.columns.iter().find(|column| table.key.as_slice() == [column.name.clone()]);
        table.numbered = key.is_some_and(|key| key.start == Start::Computed && !key.computed);
        look(&mut lane, table).await?;
    }
    // A URL may hold a password.
    Ok(Schema { name, fallback: None, tables: tables.into_values().collect() })
}

fn listed(json: &str) -> Result<Vec<String>, Error> {
    serde_json::from_str(json).map_err(|why| Error::Bug(format!("a list of names does not read: {why}")))
}

async fn rules(lane: &mut Reading, tables: &mut BTreeMap<String, Table>) -> Result<(), Error> {
    for answer in lane.rows(Sql::new(RULES)).await? {
        let Some(table) = tables.get_mut(&answer.words(0)?) else { continue };
        let columns = answer.text(2)?.map(|names| listed(&names)).transpose()?.unwrap_or_default();
        match answer.words(1)?.as_str() {
            "p" => table.key = columns,
            "c" => table.checks.extend(answer.text(6)?),
            _ => table.keys.push(Key {
                columns,
                to: answer.words(3)?,
                to_columns: answer.text(4)?.map(|names| listed(&names)).transpose()?.unwrap_or_default(),
                effect: match answer.words(5)?.as_str() {
                    "c" => Effect::Cascades,
                    "n" | "d" => Effect::Nulls,
                    _ => Effect::Refused,
                },
            }),
        }
    }
    for answer in lane.rows(Sql::new(UNIQUES)).await? {
        if let (Some(table), Some(names)) = (tables.get_mut(&answer.words(0)?), answer.text(1)?) {
            table.uniques.push(listed(&names)?);
        }
    }
    Ok(())
}

fn start(said: Option<&str>) -> Start {
    let Some(said) = said else { return Start::Nothing };
    let constant = said.rsplit_once("::").map_or(said, |(constant, of)| {
        if of.contains(['(', '\'']) && !of.starts_with("numeric(") && !of.starts_with("character") {
            said
        } else {
            constant
        }
    });
    let constant = constant.trim().trim_start_matches('(').trim_end_matches(')');
    if let Some(text) = constant.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Start::Constant(text.replace("''", "'"));
    }
    let number = constant.strip_prefix('-').unwrap_or(constant);
    if !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Start::Constant(constant.to_owned());
    }
    match constant {
        "true" | "false" => Start::Constant(constant.to_owned()),
        "NULL" => Start::Nothing,
        "now(" | "CURRENT_TIMESTAMP" | "transaction_timestamp(" => Start::Now,
        _ => Start::Computed,
    }
}

fn holds(is: &str, name: &str) -> Holds {
    let (plain, arguments) = match is.split_once('(') {
        Some((plain, rest)) => (plain.trim().to_owned() + rest.split_once(')').map_or("", |(_, rest)| rest), rest),
        None => (is.to_owned(), ""),
    };
    let numbers: Vec<u32> = arguments
        .split_once(')')
        .map(|(inside, _)| inside.split(',').filter_map(|number| number.trim().parse().ok()).collect())
        .unwrap_or_default();
    let longest = numbers.first().copied();
    match plain.as_str() {
        "text" | "character varying" | "character" | "citext" => Holds::Text { longest, lines: is_long(name, longest) },
        "smallint" => Holds::Whole(16),
        "integer" => Holds::Whole(32),
        "bigint" => Holds::Whole(64),
        "real" | "double precision" => Holds::Float,
        "numeric" => match numbers.as_slice() {
            [digits, scale] if *digits <= 18 && scale <= digits => {
                Holds::Decimal(u8::try_from(*digits).unwrap_or(18), u8::try_from(*scale).unwrap_or(0))
            }
            _ => Holds::Odd(format!("{is} can hold more than 18 digits")),
        },
        "boolean" => Holds::YesNo,
        "date" => Holds::Day,
        "time without time zone" => Holds::Time,
        "timestamp without time zone" | "timestamp with time zone" => Holds::Moment,
        "uuid" => Holds::Uuid,
        "json" | "jsonb" => Holds::Json,
        "bytea" => Holds::Bytes,
        _ => Holds::Odd(format!("no field holds {is}")),
    }
}

/// What only the values say: lines of text, and days that no calendar has.
async fn look(lane: &mut Reading, table: &mut Table) -> Result<(), Error> {
    let mut sql = Sql::new("SELECT count(*)");
    for column in &table.columns {
        match column.holds {
            Holds::Text { .. } => {
                sql.push(", count(*) FILTER (WHERE strpos(").found(&column.name).push("::text, chr(10)) > 0)");
            }
            Holds::Day | Holds::Moment => {
                sql.push(", count(*) FILTER (WHERE NOT isfinite(").found(&column.name);
                sql.push(") OR extract(year FROM ").found(&column.name).push(") NOT BETWEEN 1 AND 9999)");
            }
            _ => {
                sql.push(", 0::bigint");
            }
        }
    }
    sql.push(" FROM (SELECT * FROM ").found(&table.name).push(" LIMIT ").number(LOOKED_AT).push(") AS looked_at");
    let Some(answer) = lane.row(sql).await? else { return Ok(()) };
    for (at, column) in table.columns.iter_mut().enumerate() {
        let some = answer.whole(at + 1)? > 0;
        match &mut column.holds {
            Holds::Text { lines, .. } => *lines |= some,
            Holds::Day | Holds::Moment if some => {
                column.holds = Holds::Odd("it holds infinity, or a year that no field holds".to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Holds, Start, holds, start};

    #[test]
    fn defaults_are_read() {
        let text = |text: &str| Start::Constant(text.to_owned());
        assert_eq!(start(Some("'Don''t'::character varying")), text("Don't"));
        assert_eq!(start(Some("'open'::order_state")), text("open"));
        assert_eq!((start(Some("0")), start(Some("(-1)"))), (text("0"), text("-1")));
        assert_eq!((start(Some("0.00")), start(Some("'-1'::integer"))), (text("0.00"), text("-1")));
        assert_eq!((start(Some("true")), start(Some("now()"))), (text("true"), Start::Now));
        assert_eq!(start(Some("nextval('a_id_seq'::regclass)")), Start::Computed);
        assert_eq!(start(Some("NULL::character varying")), Start::Nothing);
        assert_eq!(start(Some("gen_random_uuid()")), Start::Computed);
    }

    #[test]
    fn types_are_read() {
        assert_eq!(holds("character varying(40)", "city"), Holds::Text { longest: Some(40), lines: false });
        assert_eq!(holds("timestamp(3) without time zone", "at"), Holds::Moment);
        assert_eq!(holds("numeric(10,2)", "price"), Holds::Decimal(10, 2));
        assert!(matches!(holds("numeric", "price"), Holds::Odd(_)) && matches!(holds("integer[]", "x"), Holds::Odd(_)));
    }
}

//! Where the two databases differ in what a statement says, each difference under a name. Everything else that the
//! store composes is SQL that both understand; nothing here decides what is asked.

use super::bound::Bound;
use super::parts::rough_parts;
use super::sql::Sql;
use super::sqlite::fulltext;
use super::statements::condition::Alias;
use crate::condition::is_short;
use crate::panel::{Field, FieldSet, KeyKind, Kind, Model};

impl Sql {
    /// At the end of a `SELECT` of a transaction: its rows change under nobody else until the end of it. SQLite has one
    /// writer, which holds the whole file.
    pub(in crate::store) fn locking(&mut self) -> &mut Self {
        self.either("", " FOR UPDATE")
    }

    /// As [`Sql::locking`], for rows that may be read and pointed at meanwhile, not changed.
    pub(in crate::store) fn holding(&mut self) -> &mut Self {
        self.either("", " FOR SHARE")
    }

    /// How many rows hold a text decides how they are best found: of PostgreSQL, a plan for any text walks through a
    /// whole table for one that nobody holds (277 ms of a million rows, and 0.1 ms by the index of parts).
    fn look_for_text(&mut self) -> &mut Self {
        self.planned_for_values = true;
        self
    }

    /// Whether the text of this column contains this one, ASCII letter case apart: `lower()` of SQLite knows ASCII
    /// only, and so does that of PostgreSQL under the collation "C", which all our text columns have.
    pub(in crate::store) fn push_contains(&mut self, alias: Alias, column: &'static str, text: &str) {
        let text = text.to_ascii_lowercase();
        if self.passes_by() {
            // PostgreSQL takes every `LIKE` to the index of parts that it can, where it has been asked already.
            self.either("(instr(lower(", "(strpos(lower(");
            alias.column(self, column);
            self.push("), ").push_bind(Bound::Text(Some(text))).push(") > 0)");
            return;
        }
        self.look_for_text().either("(instr(lower(", "(lower(");
        alias.column(self, column);
        self.either("), ", ") LIKE ").push_bind(Bound::Part(text)).either(") > 0)", ")");
    }

    /// Whether a word of this column's text begins with this one, as [`Sql::push_contains`] compares.
    pub(in crate::store) fn push_begins(&mut self, alias: Alias, column: &'static str, text: &str) {
        self.look_for_text().either("(instr(' ' || lower(", "((' ' || lower(");
        alias.column(self, column);
        self.either("), ", ")) LIKE ").push_bind(Bound::Part(format!(" {}", text.to_ascii_lowercase())));
        self.either(") > 0)", ")");
    }

    /// ` IN (` these numbers `)`, as one value, so that the statement is the same however many they are.
    pub(in crate::store) fn push_in_numbers(&mut self, numbers: &[i64]) {
        self.either(" IN (SELECT value FROM json_each(", " = ANY(").push_bind(Bound::Numbers(numbers.to_vec()));
        self.either("))", ")");
    }

    /// Before a column of a condition that is read along the way: the index that there is for it is not what the rows
    /// are to be found by. PostgreSQL decides that by what it knows of the values.
    pub(in crate::store) fn push_passing_by(&mut self) {
        if self.passes_by() {
            self.either("+", "");
        }
    }

    /// `SELECT` of the numbers of rows that hold this text in one of these fields, ASCII letter case apart, by the
    /// index of parts: of SQLite a table of its own, of PostgreSQL one that `LIKE` knows of. A short text is looked for
    /// at the beginning of words.
    pub(in crate::store) fn push_numbers_found(&mut self, model: &'static Model, fields: FieldSet, text: &str) {
        self.push_found(model, fields, (text, false), false);
    }

    /// As [`Sql::push_numbers_found`], `SELECT` of the rows themselves, in the order in which the index tells them.
    /// `roughly`: there may be rows among them that do not hold it.
    pub(in crate::store) fn push_rows_found(
        &mut self,
        model: &'static Model,
        fields: FieldSet,
        text: &str,
        roughly: bool,
    ) {
        self.push_found(model, fields, (text, roughly), true);
    }

    fn push_found(&mut self, model: &'static Model, fields: FieldSet, (text, roughly): (&str, bool), rows: bool) {
        let columns = names(model, fields);
        let begins = is_short(text);
        let parts = if roughly { rough_parts(&text.to_ascii_lowercase()) } else { Vec::new() };
        let bound = match (begins, parts.is_empty()) {
            (true, _) => Bound::Begins(columns.clone(), text.to_owned()),
            (false, false) => Bound::FoundRoughly(columns.clone(), parts),
            (false, true) => Bound::Found(columns.clone(), text.to_owned()),
        };
        self.look_for_text().either_with(
            bound,
            |sqlite, value| {
                let index = |sql: &mut Self| {
                    sql.name_of(fulltext::PREFIX, &[model.table]);
                };
                sqlite.push("SELECT ");
                if rows {
                    // The index is gone through, and the table asked for each row.
                    sqlite.name(model.table).push(".* FROM ");
                    index(sqlite);
                    sqlite.push(" CROSS JOIN ").name(model.table).push(" ON ").name(model.table).push(".\"id\" = ");
                    index(sqlite);
                    sqlite.push(".rowid");
                } else {
                    sqlite.push("rowid AS id FROM ");
                    index(sqlite);
                }
                push_match(sqlite, model, value);
            },
            |postgres, value| {
                postgres.push(if rows { "SELECT * FROM " } else { "SELECT \"id\" FROM " }).name(model.table);
                postgres.push(" WHERE ");
                push_like(postgres, None, &columns, begins, value);
                // Always so, and not to be told from an index: out of one that holds nothing but the text, a frequent
                // one would be gathered from A on, through all that stands before it.
                postgres.push(" AND \"version\" >= 0");
            },
        );
    }

    /// Whether an index of parts finds this text in one of these fields, asked of the rows under an alias; unknown, not
    /// no, may be what it says of a null.
    pub(in crate::store) fn push_is_found(
        &mut self,
        alias: Alias,
        model: &'static Model,
        fields: FieldSet,
        text: &str,
    ) {
        let columns = names(model, fields);
        let begins = is_short(text);
        let bound = if begins { Bound::Begins } else { Bound::Found };
        self.look_for_text().either_with(
            bound(columns.clone(), text.to_owned()),
            |sqlite, value| {
                sqlite.push("(");
                alias.column(sqlite, "id");
                sqlite.push(" IN (SELECT rowid FROM ").name_of(fulltext::PREFIX, &[model.table]);
                push_match(sqlite, model, value);
                sqlite.push("))");
            },
            |postgres, value| push_like(postgres, Some(alias), &columns, begins, value),
        );
    }

    /// After a key that is a text and that rows are put in order by: byte by byte, whatever its column says.
    pub(in crate::store) fn by_bytes(&mut self, key: KeyKind) -> &mut Self {
        if key == KeyKind::Text { self.either(" COLLATE BINARY", " COLLATE \"C\"") } else { self }
    }

    /// The catalogue of tables, its names under `name`.
    pub(in crate::store) fn push_tables(&mut self) -> &mut Self {
        self.either(
            "sqlite_schema",
            "(SELECT relname AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace) AS tables",
        )
    }

    /// The day of a day or a moment (UTC), as text.
    pub(in crate::store) fn push_day(&mut self, alias: Alias, field: &'static Field) {
        self.either("substr(", if field.kind == Kind::Timestamp { "to_char(timezone('UTC', " } else { "to_char((" });
        alias.column(self, field.name);
        self.either(", 1, 10)", "), 'YYYY-MM-DD')");
    }

    /// A JSON column as the text that it is compared as.
    pub(in crate::store) fn push_json(&mut self, alias: Alias, column: &'static str) {
        alias.column(self, column);
        self.either("", "::text COLLATE \"C\"");
    }

    /// A null that stands in a column of this kind.
    pub(in crate::store) fn push_null(&mut self, kind: Kind) {
        self.push("NULL").either(
            "",
            match kind {
                Kind::String
                | Kind::Text
                | Kind::Email
                | Kind::Url
                | Kind::Choice(_)
                | Kind::Secret
                | Kind::Many(_)
                | Kind::Model(_, _, KeyKind::Text) => "::text",
                Kind::I32 => "::integer",
                Kind::I64 | Kind::Actor | Kind::Model(_, _, KeyKind::Number) => "::bigint",
                Kind::Bool => "::boolean",
                Kind::F64 => "::double precision",
                Kind::Decimal { .. } => "::numeric",
                Kind::Date => "::date",
                Kind::Time => "::time",
                Kind::Timestamp => "::timestamptz",
                Kind::Uuid | Kind::Model(_, _, KeyKind::Uuid) => "::uuid",
                Kind::Json => "::jsonb",
                Kind::Bytes => "::bytea",
            },
        );
    }

    /// ` * 1000`, where decimals are kept as whole numbers of their smallest unit and this side has so many digits
    /// fewer after the point. PostgreSQL keeps the point itself.
    pub(in crate::store) fn push_scaling(&mut self, digits: u32) {
        self.either(scaling(digits), "");
    }

    /// A bound JSON document whose text is kept to the letter, blanks and order of keys too: what the audit log hashes.
    pub(in crate::store) fn push_verbatim_json(&mut self, text: String) -> &mut Self {
        self.push_bind(text).either("", "::json")
    }
}

/// ` * 1000`, for so many digits.
pub(in crate::store) fn scaling(digits: u32) -> &'static str {
    const TIMES: [&str; 19] = [
        "",
        " * 10",
        " * 100",
        " * 1000",
        " * 10000",
        " * 100000",
        " * 1000000",
        " * 10000000",
        " * 100000000",
        " * 1000000000",
        " * 10000000000",
        " * 100000000000",
        " * 1000000000000",
        " * 10000000000000",
        " * 100000000000000",
        " * 1000000000000000",
        " * 10000000000000000",
        " * 100000000000000000",
        " * 1000000000000000000",
    ];
    TIMES.get(digits as usize).copied().unwrap_or(TIMES[18])
}

fn names(model: &'static Model, fields: FieldSet) -> Vec<&'static str> {
    model.fields.iter().filter(|field| fields.contains(field.index)).map(|field| field.name).collect()
}

/// `WHERE` SQLite's index of parts matches the value of this number.
fn push_match(sql: &mut Sql, model: &'static Model, value: i64) {
    sql.push(" WHERE ").name_of(fulltext::PREFIX, &[model.table]).push(" MATCH $").number(value);
}

/// Whether one of these columns is `LIKE` the value of this number, as PostgreSQL's index of parts knows it.
fn push_like(sql: &mut Sql, alias: Option<Alias>, columns: &[&'static str], begins: bool, value: i64) {
    let column = |sql: &mut Sql, name: &'static str| match alias {
        Some(alias) => alias.column(sql, name),
        None => {
            sql.name(name);
        }
    };
    for (i, name) in columns.iter().enumerate() {
        sql.push(if i == 0 { "(lower(" } else { " OR lower(" });
        column(sql, name);
        if begins {
            sql.push(") LIKE ($").number(value).push(" || '%') OR lower(");
            column(sql, name);
            sql.push(") LIKE ('% ' || $").number(value).push(" || '%')");
        } else {
            sql.push(") LIKE $").number(value);
        }
    }
    sql.push(")");
}

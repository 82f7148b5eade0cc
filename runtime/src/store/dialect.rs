//! Where the two databases differ in what a statement says, each difference under a name. Everything else that the
//! store composes is SQL that both understand; nothing here decides what is asked.

use super::bound::Bound;
use super::sql::Sql;
use super::sqlite::fulltext;
use super::statements::condition::Alias;
use crate::condition::is_short;
use crate::panel::{Field, FieldSet, Kind, Model};

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
        self.look_for_text().either("(instr(lower(", "(lower(");
        alias.column(self, column);
        self.either("), ", ") LIKE ").push_bind(Bound::Part(text.to_ascii_lowercase())).either(") > 0)", ")");
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
    /// at the beginning of words. `roughly`: there may be rows among them that do not hold it.
    pub(in crate::store) fn push_numbers_found(
        &mut self,
        model: &'static Model,
        fields: FieldSet,
        text: &str,
        roughly: bool,
    ) {
        self.push_found(model, fields, (text, roughly), false);
    }

    /// As [`Sql::push_numbers_found`], `SELECT` of the rows themselves, in the order in which the index tells them.
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
        let columns: Vec<&'static str> =
            model.fields.iter().filter(|field| fields.contains(field.index)).map(|field| field.name).collect();
        let begins = is_short(text);
        let bound = match (begins, roughly) {
            (true, _) => Bound::Begins,
            (false, true) => Bound::FoundRoughly,
            (false, false) => Bound::Found,
        };
        self.look_for_text().either_with(
            bound(columns.clone(), text.to_owned()),
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
                sqlite.push(" WHERE ");
                index(sqlite);
                sqlite.push(" MATCH $").number(value);
            },
            |postgres, value| {
                postgres.push(if rows { "SELECT * FROM " } else { "SELECT \"id\" FROM " }).name(model.table);
                for (i, column) in columns.iter().enumerate() {
                    postgres.push(if i == 0 { " WHERE (lower(" } else { " OR lower(" }).name(column);
                    if begins {
                        postgres.push(") LIKE ($").number(value).push(" || '%') OR lower(").name(column);
                        postgres.push(") LIKE ('% ' || $").number(value).push(" || '%')");
                    } else {
                        postgres.push(") LIKE $").number(value);
                    }
                }
                postgres.push(")");
            },
        );
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
                | Kind::Many(_) => "::text",
                Kind::I32 => "::integer",
                Kind::I64 | Kind::Actor | Kind::Model(..) => "::bigint",
                Kind::Bool => "::boolean",
                Kind::F64 => "::double precision",
                Kind::Decimal { .. } => "::numeric",
                Kind::Date => "::date",
                Kind::Time => "::time",
                Kind::Timestamp => "::timestamptz",
                Kind::Uuid => "::uuid",
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

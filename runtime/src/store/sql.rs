//! The text of a statement and what is bound to it. Text comes only from this program (`&'static str`) and from the
//! panel's names, which are quoted; every value is bound. This is the one place that vouches for composed SQL.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;

use super::bound::Bound;
use super::placeholders::{MANY, renumber, without_numbers};

/// Whose SQL it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A statement in the making. For a fixed text with `$1 …` in it: [`Sql::new`] and then [`Sql::bind`] in order. For a
/// composed one: [`Sql::push`], [`Sql::name`], [`Sql::push_bind`]. Where the databases differ: the named functions of
/// [`super::dialect`]; it is spelled out when a connection takes it, so that whoever composes need not know for whom.
#[derive(Clone, Default)]
pub(in crate::store) struct Sql {
    text: String,
    /// What stands at this place of the text, by dialect.
    forks: Vec<(usize, [Cow<'static, str>; 2])>,
    bound: Vec<Bound>,
    /// Conditions are written so that no index is chosen for them.
    passing_by: bool,
    /// How it is best answered depends on its values, and on how many rows hold them: it is planned each time.
    pub(in crate::store) planned_for_values: bool,
}

impl Sql {
    /// Starts with this text.
    pub(in crate::store) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Binds a value to the next `$N` that stands in the fixed text.
    #[must_use]
    pub(in crate::store) fn bind(mut self, value: impl Into<Bound>) -> Self {
        self.bound.push(value.into());
        self
    }

    /// More text.
    pub(in crate::store) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Conditions that are written between this and its counterpart are read along a list in its order, whatever else
    /// there are indexes for.
    pub(in crate::store) fn pass_by(&mut self, passing_by: bool) -> &mut Self {
        self.passing_by = passing_by;
        self
    }

    /// Whether it is so: see [`Sql::pass_by`].
    pub(in crate::store) fn passes_by(&self) -> bool {
        self.passing_by
    }

    /// Text that each database has a word of its own for. Only the named functions of [`super::dialect`] use it.
    pub(in crate::store) fn either(&mut self, sqlite: &'static str, postgres: &'static str) -> &mut Self {
        self.forks.push((self.text.len(), [sqlite.into(), postgres.into()]));
        self
    }

    /// As [`Sql::either`], where more than a word differs: each part is composed by itself and may name, by its number,
    /// the one value that is bound for both.
    pub(in crate::store) fn either_with(
        &mut self,
        value: Bound,
        sqlite: impl FnOnce(&mut Self, i64),
        postgres: impl FnOnce(&mut Self, i64),
    ) {
        self.bound.push(value);
        let number = i64::try_from(self.bound.len()).unwrap_or(i64::MAX);
        let (mut first, mut second) = (Self::default(), Self::default());
        sqlite(&mut first, number);
        postgres(&mut second, number);
        self.forks.push((self.text.len(), [first.text.into(), second.text.into()]));
    }

    /// As [`Sql::either`], where each part is composed by itself.
    pub(in crate::store) fn each(&mut self, sqlite: impl FnOnce(&mut Self), postgres: impl FnOnce(&mut Self)) {
        let (mut first, mut second) = (Self::default(), Self::default());
        sqlite(&mut first);
        postgres(&mut second);
        self.forks.push((self.text.len(), [first.text.into(), second.text.into()]));
    }

    /// The placeholder of one more bound value.
    pub(in crate::store) fn push_bind(&mut self, value: impl Into<Bound>) -> &mut Self {
        self.bound.push(value.into());
        // Writing to a string can't fail.
        let _ = write!(self.text, "${}", self.bound.len());
        self
    }

    /// A name of the panel (table, column), quoted.
    pub(in crate::store) fn name(&mut self, name: &'static str) -> &mut Self {
        self.quoted(name, '"')
    }

    /// A name that a catalogue gave, quoted: for reading a schema that is nobody's panel yet, never for a panel's rows.
    pub(in crate::store) fn found(&mut self, name: &str) -> &mut Self {
        self.text.push('"');
        self.text.push_str(&name.replace('"', "\"\""));
        self.text.push('"');
        self
    }

    /// A constant of the panel as a text literal; only for schema statements, which can't bind.
    pub(in crate::store) fn literal(&mut self, text: &'static str) -> &mut Self {
        self.quoted(text, '\'')
    }

    /// A number of this program: an alias, a limit, a literal of the schema.
    pub(in crate::store) fn number(&mut self, number: i64) -> &mut Self {
        let _ = write!(self.text, "{number}");
        self
    }

    /// A name made of names of the panel, quoted: `prefix_a_b`, see [`joined`].
    pub(in crate::store) fn name_of(&mut self, prefix: &'static str, parts: &[&'static str]) -> &mut Self {
        self.text.push('"');
        self.text.push_str(&joined(prefix, parts).replace('"', "\"\""));
        self.text.push('"');
        self
    }

    fn quoted(&mut self, text: &'static str, quote: char) -> &mut Self {
        self.text.push(quote);
        for c in text.chars() {
            if c == quote {
                self.text.push(quote);
            }
            self.text.push(c);
        }
        self.text.push(quote);
        self
    }

    /// The text, for a plan that a person reads and `apply` runs.
    pub(in crate::store) fn into_text(self, dialect: Dialect) -> String {
        if self.forks.is_empty() {
            return self.text;
        }
        let mut text = String::with_capacity(self.text.len() + 64);
        let mut from = 0;
        for (at, words) in self.forks {
            text.push_str(&self.text[from..at]);
            text.push_str(&words[dialect as usize]);
            from = at;
        }
        text.push_str(&self.text[from..]);
        text
    }

    /// A step of a plan that this program composed.
    pub(in crate::store) fn of_step(step: &crate::migrate::Step) -> Self {
        Self { text: step.sql.clone(), ..Self::default() }
    }

    /// The text of a migration file, which whoever applies it vouches for; nothing of a request can reach it.
    pub(in crate::store) fn script(text: &str) -> AssertSqlSafe<String> {
        AssertSqlSafe(text.to_owned())
    }

    /// Its text as far as it is the same for every database.
    #[cfg(test)]
    pub(in crate::store) fn text(&self) -> &str {
        &self.text
    }

    /// Several statements as one text, run one after the other by a database that takes that (SQLite). Their values are
    /// numbered through.
    pub(in crate::store) fn in_a_row(all: Vec<Self>) -> Self {
        let mut whole = Self::default();
        for mut sql in all {
            let bound = std::mem::take(&mut sql.bound);
            if !whole.text.is_empty() {
                whole.text.push_str("; ");
            }
            renumber(&sql.into_text(Dialect::Sqlite), whole.bound.len(), &mut whole.text);
            whole.bound.extend(bound);
        }
        whole
    }

    /// Text and values, for a driver.
    pub(in crate::store) fn into_parts(mut self, dialect: Dialect) -> (AssertSqlSafe<String>, Vec<Bound>) {
        let bound = std::mem::take(&mut self.bound);
        let text = self.into_text(dialect);
        let text = match dialect {
            Dialect::Sqlite if bound.len() >= MANY => without_numbers(&text, bound.len()).unwrap_or(text),
            _ => text,
        };
        (AssertSqlSafe(text), bound)
    }
}

/// All of it in parts, whose lengths are few: a connection keeps a statement of every other length prepared, and those
/// of thousands of values are large.
pub(in crate::store) fn parts<T>(all: &[T], longest: usize) -> impl Iterator<Item = &[T]> {
    let mut rest = all;
    std::iter::from_fn(move || {
        let lengths = [longest, longest / 5, longest / 25, longest / 125, 1];
        let length = lengths.into_iter().find(|length| (1..=rest.len()).contains(length))?;
        let (part, after) = rest.split_at(length);
        rest = after;
        Some(part)
    })
}

/// `prefix_a_b`; beyond the 63 bytes that PostgreSQL reads of a name, the rest of it as a hash.
pub(in crate::store) fn joined(prefix: &'static str, parts: &[&'static str]) -> String {
    let mut name = parts.iter().fold(prefix.to_owned(), |name, part| name + "_" + part);
    if name.len() > 63 {
        let digest = Sha256::digest(name.as_bytes());
        let end = name.char_indices().map(|(at, _)| at).take_while(|at| *at <= 54).last().unwrap_or_default();
        name.truncate(end);
        name.push('_');
        for byte in digest.iter().take(4) {
            // Writing to a string can't fail.
            let _ = write!(name, "{byte:02x}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Sql, parts};

    #[test]
    fn values_of_statements_in_a_row_are_numbered_through() {
        let first = Sql::new("INSERT INTO t VALUES ($1, '$1', $2)").bind(1).bind(2);
        let second = Sql::new("UPDATE u SET a = $2 WHERE \"$1\" = $1").bind(3).bind(4);
        let row = Sql::in_a_row(vec![first, second, Sql::new("COMMIT")]);
        assert_eq!(row.bound.len(), 4);
        assert_eq!(
            row.into_text(Dialect::Sqlite),
            "INSERT INTO t VALUES ($1, '$1', $2); UPDATE u SET a = $4 WHERE \"$1\" = $3; COMMIT"
        );
    }

    #[test]
    fn parts_have_few_lengths_and_leave_nothing_out() {
        for count in [0, 1, 7, 499, 500, 1_234] {
            let all: Vec<usize> = (0..count).collect();
            let found: Vec<&[usize]> = parts(&all, 500).collect();
            assert_eq!(found.concat(), all);
            assert!(found.iter().all(|part| [500, 100, 20, 4, 1].contains(&part.len())), "{count}");
        }
    }
}

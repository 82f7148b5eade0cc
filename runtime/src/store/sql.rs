//! The text of a statement and what is bound to it. Text comes only from this program (`&'static str`) and from the
//! panel's names, which are quoted; every value is bound. This is the one place that vouches for composed SQL.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;

/// What a value is bound as. Typed also when null.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store) enum Bound {
    /// Integers, booleans, scaled decimals.
    Int(Option<i64>),
    /// Floats.
    Float(Option<f64>),
    /// Text.
    Text(Option<String>),
    /// Bytes.
    Blob(Option<Vec<u8>>),
}

impl From<i64> for Bound {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Bound {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Bound {
    fn from(value: bool) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<String> for Bound {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<&str> for Bound {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<Option<String>> for Bound {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<Option<&str>> for Bound {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<Vec<u8>> for Bound {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(Some(value))
    }
}

impl From<&[u8]> for Bound {
    fn from(value: &[u8]) -> Self {
        Self::Blob(Some(value.to_vec()))
    }
}

/// A statement in the making. For a fixed text with `$1 …` in it: [`Sql::new`] and then [`Sql::bind`] in order. For a
/// composed one: [`Sql::push`], [`Sql::name`], [`Sql::push_bind`].
#[derive(Clone, Default)]
pub(in crate::store) struct Sql {
    text: String,
    bound: Vec<Bound>,
}

impl Sql {
    /// Starts with this text.
    pub(in crate::store) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), bound: Vec::new() }
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

    /// A constant of the panel as a text literal; only for schema statements, which can't bind.
    pub(in crate::store) fn literal(&mut self, text: &'static str) -> &mut Self {
        self.quoted(text, '\'')
    }

    /// A number of this program: an alias, a limit, a literal of the schema.
    pub(in crate::store) fn number(&mut self, number: i64) -> &mut Self {
        let _ = write!(self.text, "{number}");
        self
    }

    /// A name made of names of the panel, quoted: `prefix_a_b`.
    pub(in crate::store) fn name_of(&mut self, prefix: &'static str, parts: &[&'static str]) -> &mut Self {
        self.text.push('"');
        self.text.push_str(prefix);
        for part in parts {
            self.text.push('_');
            self.text.push_str(&part.replace('"', "\"\""));
        }
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
    pub(in crate::store) fn into_text(self) -> String {
        self.text
    }

    /// A step of a plan that this program composed.
    pub(in crate::store) fn of_step(step: &crate::migrate::Step) -> Self {
        Self { text: step.sql.clone(), bound: Vec::new() }
    }

    /// Text and values, for a driver.
    pub(in crate::store) fn into_parts(self) -> (AssertSqlSafe<String>, Vec<Bound>) {
        (AssertSqlSafe(self.text), self.bound)
    }
}

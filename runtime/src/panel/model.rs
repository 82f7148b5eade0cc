//! One model: a table, its fields, its pages and its rules.

use crate::key::RowKey;
use crate::kind::{KeyKind, Kind, Links};
use crate::predicate::Predicate;
use crate::value::Literal;

/// One model: a table, its pages and its rules.
#[derive(Debug)]
pub struct Model {
    /// Index into [`Panel::models`](crate::panel::Panel::models).
    pub index: usize,
    /// As declared: `Patient`.
    pub name: &'static str,
    /// Doc comment.
    pub doc: &'static str,
    /// In words: "Patient".
    pub title: &'static str,
    /// In words: "Patients".
    pub plural: &'static str,
    /// Path segment: `patients`.
    pub slug: &'static str,
    /// Table name in the database.
    pub table: &'static str,
    /// The key of a table that the panel did not make and never alters: one column. None: the panel's own table, whose
    /// key is `id`.
    pub adopted: Option<&'static str>,
    /// What its rows are known by; anything but a number only in an adopted table.
    pub key: KeyKind,
    /// Declared fields. Every table also has `id` (64-bit, never reused) and `version` (counts up with each change); of
    /// an adopted table the version is made of the row's values.
    pub fields: &'static [Field],
    /// Fields whose text names a row; empty: the title and id do.
    pub label: &'static [usize],
    /// Columns of the list page, before rights.
    pub list: &'static [usize],
    /// Fields that the search box looks in, before rights.
    pub search: &'static [usize],
    /// Fields offered as filters, before rights.
    pub filter: &'static [usize],
    /// Default order, before rights; ties are broken by id.
    pub sort: &'static [Sort],
    /// Groups of the form; every field is in one.
    pub sections: &'static [Section],
    /// Related rows shown with a row of this model.
    pub inlines: &'static [Inline],
    /// What every row must fulfil.
    pub checks: &'static [Check],
    /// Declared actions.
    pub actions: &'static [Action],
}

/// Default order by one field.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    /// Index into [`Model::fields`].
    pub field: usize,
    /// Largest first.
    pub descending: bool,
}

/// A titled group of fields of the form.
#[derive(Debug)]
pub struct Section {
    /// Empty for the one that collects fields in no declared group.
    pub title: &'static str,
    /// Indexes into [`Model::fields`].
    pub fields: &'static [usize],
}

/// Rows of another model that point at a row of this one.
#[derive(Debug)]
pub struct Inline {
    /// The other model.
    pub model: usize,
    /// Its foreign key that points here.
    pub key: usize,
    /// Its columns.
    pub fields: &'static [usize],
    /// Its rows are added, changed and removed in the form of this model, as far as the asker may.
    pub in_form: bool,
}

/// A condition on every row; checked before a write, in the same transaction.
#[derive(Debug)]
pub struct Check {
    /// Shown when it does not hold.
    pub message: &'static str,
    /// Must be true or unknown (a null operand).
    pub predicate: Predicate,
}

/// A declared action.
#[derive(Debug)]
pub struct Action {
    /// As declared: `approve`.
    pub name: &'static str,
    /// In words: "Approve".
    pub title: &'static str,
    /// Doc comment.
    pub doc: &'static str,
    /// Fields that it may write; any other write by its body is refused.
    pub writes: &'static [usize],
    /// Whether it may send mail.
    pub mails: bool,
}

/// One field.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a table of independent words of the block, not a state")]
pub struct Field {
    /// Index into [`Model::fields`].
    pub index: usize,
    /// As declared, and the column name of the panel's own tables.
    pub name: &'static str,
    /// The column of an adopted table.
    pub column: &'static str,
    /// In words: "Created at".
    pub title: &'static str,
    /// Doc comment or `help "…"`.
    pub help: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Null is a value of it.
    pub optional: bool,
    /// No two rows share a value.
    pub unique: bool,
    /// Asked for an index.
    pub index_wanted: bool,
    /// What a new row gets when the form leaves it out.
    pub default: Option<Literal>,
    /// Code points of text, bytes of `Bytes`; inclusive.
    pub min_len: Option<u32>,
    /// Code points of text, bytes of `Bytes`; inclusive.
    pub max_len: Option<u32>,
    /// Smallest value.
    pub min: Option<Literal>,
    /// Largest value.
    pub max: Option<Literal>,
    /// A regular expression that the whole text must match; it compiled while compiling.
    pub pattern: Option<&'static str>,
    /// Must lie before now (a date: not after today, UTC).
    pub past: bool,
    /// Must lie after now (a date: not before today, UTC).
    pub future: bool,
    /// Never written by a form.
    pub readonly: bool,
    /// Written by the framework.
    pub automatic: Option<Automatic>,
    /// How far the value may travel.
    pub sensitivity: Sensitivity,
    /// A change of it may carry the row out of the scope of whoever makes it.
    pub transfers: bool,
}

impl Field {
    /// A field with nothing said beyond its type.
    #[must_use]
    pub const fn new(index: usize, name: &'static str, title: &'static str, kind: Kind) -> Self {
        Self {
            index,
            name,
            column: name,
            title,
            help: "",
            kind,
            optional: false,
            unique: false,
            index_wanted: false,
            default: None,
            min_len: None,
            max_len: None,
            min: None,
            max: None,
            pattern: None,
            past: false,
            future: false,
            readonly: false,
            automatic: None,
            sensitivity: Sensitivity::Internal,
            transfers: false,
        }
    }

    /// Whether a form may ever write it, rights apart.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !self.readonly && self.automatic.is_none()
    }

    /// The links that it is made of; none: it is a column.
    #[must_use]
    pub fn links(&self) -> Option<&'static Links> {
        if let Kind::Many(links) = self.kind { Some(links) } else { None }
    }
}

/// Who writes an automatic field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// The time of the insert.
    Created,
    /// The time of the newest change.
    Updated,
    /// The person who inserts.
    Author,
}

/// How far a value may travel, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Anywhere.
    Public,
    /// Inside the panel: what a field is without a word.
    Internal,
    /// About a person.
    Personal,
    /// Granted only by naming the model.
    Sensitive,
    /// Never read.
    Secret,
}

impl Model {
    /// The field of this name.
    #[must_use]
    pub fn field_by_name(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The field that is kept in this column.
    #[must_use]
    pub fn field_by_column(&self, column: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.column == column)
    }

    /// The fields that are columns of its table.
    pub fn columns(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.fields.iter().filter(|field| field.links().is_none())
    }

    /// The fields that are links to rows of a model, kept in tables of their own.
    pub fn many(&self) -> impl Iterator<Item = (&'static Field, &'static Links)> + use<> {
        self.fields.iter().filter_map(|field| Some((field, field.links()?)))
    }

    /// The field that is the key of its rows: a text that whoever makes a row types, and that never changes.
    #[must_use]
    pub fn key_field(&self) -> Option<&'static Field> {
        let column = self.adopted.filter(|_| self.key == KeyKind::Text)?;
        self.field_by_column(column)
    }

    /// The key that a person or a program spelled, if it is of this table's kind. How long the block has it is asked of
    /// new rows alone: what the table holds, a list shows, and a page opens.
    #[must_use]
    pub fn key_of(&self, text: &str) -> Option<RowKey> {
        RowKey::parse(self.key, text)
    }

    /// The key that a segment of a path names, in its one spelling: see [`RowKey::segment`].
    #[must_use]
    pub fn key_of_segment(&self, segment: &str) -> Option<RowKey> {
        RowKey::of_segment(self.key, segment)
    }

    /// The column by which rows are known.
    #[must_use]
    pub fn key_column(&self) -> &'static str {
        self.adopted.unwrap_or("id")
    }
}

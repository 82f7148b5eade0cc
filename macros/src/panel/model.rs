//! Choices and models: tables, fields, pages.

use std::rc::Rc;

use proc_macro2::Ident;

use super::{ChoiceId, FieldId, Literal, ModelId, Place, Predicate};

#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: Ident,
    /// As shown: the given text, else the name in words.
    pub(crate) title: String,
    /// As kept in a table: the given text, else the name.
    pub(crate) stored: String,
    pub(crate) doc: String,
}

#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    /// "Patient", "Patients": in words.
    pub(crate) title: String,
    pub(crate) plural: String,
    /// Path segment: "patients".
    pub(crate) slug: String,
    /// Table name: snake case of the name unless `table "…"` is given.
    pub(crate) table: String,
    /// The name of the key of a table that the panel did not make and never alters; none: its own.
    pub(crate) adopted: Option<String>,
    pub(crate) key: Key,
    pub(crate) fields: Vec<Field>,
    /// The fields whose text names a row; never empty after resolve unless there is no candidate (then the id is
    /// shown).
    pub(crate) label: Vec<FieldId>,
    pub(crate) list: Vec<(FieldId, Place)>,
    pub(crate) search: Vec<(FieldId, Place)>,
    pub(crate) filter: Vec<(FieldId, Place)>,
    pub(crate) sort: Vec<Sort>,
    pub(crate) sections: Vec<Section>,
    pub(crate) inlines: Vec<Inline>,
    pub(crate) checks: Vec<Check>,
    pub(crate) actions: Vec<Action>,
}

/// What the rows of a table are known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Number,
    Uuid,
    /// The text in this field.
    Text(FieldId),
}

#[derive(Debug)]
pub(crate) struct Sort {
    pub(crate) field: FieldId,
    pub(crate) descending: bool,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) fields: Vec<FieldId>,
}

#[derive(Debug)]
pub(crate) struct Inline {
    pub(crate) child: ModelId,
    /// The child's foreign key that points here.
    pub(crate) key: FieldId,
    pub(crate) fields: Vec<FieldId>,
    /// Its rows are added, changed and removed in the form of this model.
    pub(crate) in_form: bool,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) message: String,
    pub(crate) predicate: Rc<Predicate>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    /// In words: "Approve".
    pub(crate) title: String,
    pub(crate) writes: Vec<(FieldId, Place)>,
    pub(crate) mails: bool,
    /// False when none of `writes`, `mails`, `pure` stands there.
    pub(crate) declares_effects: bool,
    pub(crate) place: Place,
}

#[allow(clippy::struct_excessive_bools, reason = "one for each modifier that is a word alone")]
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Ident,
    /// The column of an adopted table, where its name is another, and where that stands.
    pub(crate) column: Option<(String, Place)>,
    pub(crate) doc: String,
    /// In words: "Created at".
    pub(crate) title: String,
    pub(crate) kind: Kind,
    pub(crate) kind_place: Place,
    pub(crate) optional: bool,
    pub(crate) is_label: bool,
    pub(crate) search: Option<Place>,
    pub(crate) unique: bool,
    pub(crate) index: bool,
    pub(crate) default: Option<Literal>,
    /// Characters (code points) for text; inclusive.
    pub(crate) min_len: Option<u32>,
    pub(crate) max_len: Option<u32>,
    pub(crate) min: Option<Literal>,
    pub(crate) max: Option<Literal>,
    pub(crate) pattern: Option<String>,
    pub(crate) past: bool,
    pub(crate) future: bool,
    pub(crate) readonly: bool,
    pub(crate) created: bool,
    pub(crate) updated: bool,
    pub(crate) author: bool,
    pub(crate) sensitivity: Sensitivity,
    /// Over the word that labels it, else over the name.
    pub(crate) sensitivity_place: Place,
    pub(crate) transfers: bool,
    /// Of many: where its links are kept.
    pub(crate) links: Option<Links>,
    pub(crate) help: String,
    pub(crate) place: Place,
}

/// The table of the links of one field: a row for each, which holds the numbers of both ends.
#[derive(Debug)]
pub(crate) struct Links {
    pub(crate) target: ModelId,
    pub(crate) table: String,
    /// The column of the row that the field belongs to.
    pub(crate) from: String,
    /// The column of the row that it leads to.
    pub(crate) to: String,
    /// The panel did not make it and never alters it.
    pub(crate) adopted: bool,
}

/// Characters of a line of text that does not say how long it may be. PostgreSQL keeps at most 2,704 bytes in a row of
/// an index, and a character takes four at most; what is left is for the other columns of the index.
pub(crate) const LONGEST_LINE: u32 = 600;

impl Field {
    /// Written by the framework, never by a form.
    pub(crate) fn is_automatic(&self) -> bool {
        self.created || self.updated || self.author
    }

    /// Links to rows of another model, none of which is a value too.
    pub(crate) fn is_many(&self) -> bool {
        matches!(self.kind, Kind::Many(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    String,
    Text,
    Email,
    Url,
    Bool,
    I32,
    I64,
    F64,
    /// At most 18 digits in all: SQLite keeps it as a scaled 64-bit integer.
    Decimal {
        precision: u8,
        scale: u8,
    },
    Date,
    Time,
    Timestamp,
    Uuid,
    Json,
    Secret,
    Bytes,
    Choice(ChoiceId),
    /// A person of the panel.
    Actor,
    Model(ModelId, OnDelete),
    /// Any number of rows of a model, linked by a table of their own.
    Many(ModelId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OnDelete {
    Restrict,
    Cascade,
    SetNull,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sensitivity {
    Public,
    Internal,
    Personal,
    Sensitive,
    Secret,
}

impl Model {
    pub(crate) fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.0]
    }

    pub(crate) fn field_ids(&self) -> impl Iterator<Item = FieldId> + use<> {
        (0..self.fields.len()).map(FieldId)
    }
}

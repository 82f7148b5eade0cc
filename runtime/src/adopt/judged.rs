//! What of a schema a panel can serve, as the block is written from it; decided elsewhere.

use super::known::KnownBy;

/// What the block is written from.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) choices: Vec<Choice>,
    pub(super) models: Vec<Model>,
    /// Tables that no model stands for, each with the reason.
    pub(super) left_out: Vec<String>,
    /// A name for the first role that no model has.
    pub(super) role: String,
}

#[derive(Debug)]
pub(super) struct Choice {
    pub(super) name: String,
    /// Name in the block, and text in the table.
    pub(super) variants: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) table: String,
    pub(super) key: String,
    pub(super) known_by: KnownBy,
    pub(super) comment: String,
    pub(super) fields: Vec<Field>,
    /// Columns that are no fields, and rights that are not given, each with the reason.
    pub(super) notes: Vec<String>,
    pub(super) list: Vec<String>,
    pub(super) filter: Vec<String>,
    /// Model, and its field that points here.
    pub(super) inlines: Vec<(String, String)>,
    pub(super) creates: bool,
    pub(super) edits: bool,
    pub(super) deletes: bool,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts about a column, independent of one another")]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) column: String,
    pub(super) is: Type,
    pub(super) optional: bool,
    /// Modifiers, in the order in which they are written.
    pub(super) words: Vec<String>,
    pub(super) comment: String,
    pub(super) note: Option<String>,
    pub(super) label: bool,
    pub(super) private: bool,
    pub(super) writable: bool,
}

/// The type of a field, as far as it matters for where the field is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    Line,
    Plain(&'static str),
    Decimal(u8, u8),
    Choice(String),
    Model(String),
    /// Links to rows of a model.
    Many(String),
    /// Too long for a list.
    Long(&'static str),
}

impl Judged {
    /// What whoever adopts must know, a line each.
    pub(super) fn said(&self) -> Vec<String> {
        let mut said = self.left_out.clone();
        for model in &self.models {
            said.extend(model.notes.iter().map(|note| format!("{}: {note}", model.table)));
            let noted = model.fields.iter().filter_map(|field| Some((field, field.note.as_ref()?)));
            said.extend(noted.map(|(field, note)| format!("{}: {}: {note}", model.table, field.column)));
        }
        said
    }
}

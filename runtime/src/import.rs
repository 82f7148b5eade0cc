//! What a file may bring in: which columns mean which fields, and the text of a cell read exactly as a form would read
//! it. Nobody imports what they could not type.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::authorize::Terms;
use crate::error::Error;
use crate::form;
use crate::key::RowKey;
use crate::panel::KeyKind;
use crate::panel::{Field, Kind, Model, Panel, Sensitivity};
use crate::store::{Incoming, MatchBy};
use crate::value::Value;

/// Rows that may go in as one; more hold the database for too long.
pub(crate) const MOST_AS_ONE: u64 = 100_000;

/// An import as it was asked for, kept with its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// Which upload.
    pub(crate) upload: i64,
    /// For each column of the file the name of a field, or none.
    pub(crate) columns: Vec<Option<String>>,
    /// `id` or the name of a unique field: rows that have it are changed.
    pub(crate) key: Option<String>,
    /// All rows or none.
    pub(crate) as_one: bool,
    /// Nothing is kept.
    pub(crate) dry: bool,
}

/// The same, names resolved.
#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    fields: Vec<Option<&'static Field>>,
    key: Option<(usize, MatchBy, Kind)>,
}

/// Fields that a file may fill in: what the import holds and a form would take from this person.
pub(crate) fn fields(import: &Terms, create: Option<&Terms>, edit: Option<&Terms>) -> Vec<&'static Field> {
    let typed = [create, edit]
        .into_iter()
        .flatten()
        .fold(crate::panel::FieldSet::NONE, |all, terms| all.union(terms.fields_somewhere()));
    let open = import.fields_somewhere().intersection(typed);
    import
        .model()
        .fields
        .iter()
        .filter(|field| open.contains(field.index) && field.is_writable())
        .filter(|field| !matches!(field.kind, Kind::Secret | Kind::Bytes) && field.sensitivity != Sensitivity::Secret)
        .collect()
}

/// What rows can be matched by.
pub(crate) fn keys(model: &Model, fields: &[&'static Field]) -> Vec<(&'static str, &'static str)> {
    let unique = fields.iter().filter(|field| field.unique).map(|field| (field.name, field.title));
    let own = has_own_key(model, fields).then_some(("id", model.key.title()));
    own.into_iter().chain(unique).collect()
}

/// Whether what rows are known by is a column beside these fields. A text is one of the fields, but for whoever may not
/// write it.
pub(crate) fn has_own_key(model: &Model, fields: &[&'static Field]) -> bool {
    model.key_field().is_none_or(|key| fields.iter().all(|field| field.index != key.index))
}

/// Which column means which field, by name or title.
pub(crate) fn guess(columns: &[String], fields: &[&'static Field]) -> Vec<Option<&'static str>> {
    let plain =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let mut taken = Vec::new();
    columns
        .iter()
        .map(|column| {
            if column.trim().eq_ignore_ascii_case("id") {
                return Some("id");
            }
            let wanted = plain(column);
            let field = fields.iter().find(|field| {
                !taken.contains(&field.index) && (plain(field.name) == wanted || plain(field.title) == wanted)
            })?;
            taken.push(field.index);
            Some(field.name)
        })
        .collect()
}

impl Mapping {
    /// Resolves what was asked for.
    ///
    /// # Errors
    /// [`Error::BadRequest`] with a sentence.
    pub(crate) fn new(asked: &Asked, key: KeyKind, fields: &[&'static Field]) -> Result<Self, Error> {
        let no = |text: String| Error::BadRequest(text);
        let mut mapped: Vec<Option<&'static Field>> = Vec::new();
        let mut id = None;
        for (place, name) in asked.columns.iter().enumerate() {
            let field = match name.as_deref() {
                None => None,
                Some("id") => {
                    if id.replace(place).is_some() {
                        return Err(no(format!("Two columns are taken for the {} of the row.", key.word())));
                    }
                    None
                }
                Some(name) => {
                    let field = fields.iter().find(|field| field.name == name);
                    Some(*field.ok_or_else(|| no("This import does not offer that field.".to_owned()))?)
                }
            };
            if let Some(field) = field
                && mapped.iter().flatten().any(|known| known.index == field.index)
            {
                return Err(no(format!("Two columns are taken for {}.", field.title)));
            }
            mapped.push(field);
        }
        let key = match asked.key.as_deref() {
            None => None,
            Some("id") => {
                let place = id.ok_or_else(|| no(format!("No column is taken for the {} of the row.", key.word())))?;
                Some((place, MatchBy::Id, key.kind()))
            }
            Some(name) => {
                let place =
                    mapped.iter().position(|field| field.is_some_and(|field| field.name == name && field.unique));
                let place = place.ok_or_else(|| no("The field to match by is in no column.".to_owned()))?;
                mapped.get(place).copied().flatten().map(|field| (place, MatchBy::Field(field.index), field.kind))
            }
        };
        if mapped.iter().all(Option::is_none) {
            return Err(no("No column is taken for any field.".to_owned()));
        }
        Ok(Self { fields: mapped, key })
    }

    /// What rows are matched by.
    pub(crate) fn key(&self) -> Option<MatchBy> {
        self.key.map(|(_, key, _)| key)
    }

    /// A row of the file as values.
    ///
    /// # Errors
    /// What does not read, by field.
    pub(crate) fn read(
        &self,
        panel: &'static Panel,
        cells: &[Option<String>],
        now: DateTime<Utc>,
    ) -> Result<Incoming, Vec<(Option<usize>, String)>> {
        let mut values = Vec::with_capacity(self.fields.len());
        let (mut blank, mut faults) = (Vec::new(), Vec::new());
        let text = |place: usize| cells.get(place).and_then(Option::as_deref);
        for (place, field) in self.fields.iter().enumerate() {
            let (Some(field), Some(text)) = (field, text(place)) else { continue };
            let read = form::read(field, &as_typed(panel, field, &form::one_line_end(text)));
            let read = read.map(|value| crate::constraint::normal(field.kind, value));
            // An empty cell of a new row leaves to the block what an untouched control of a form would send.
            if text.is_empty() && field.default.is_some() {
                blank.push((field.index, read));
                continue;
            }
            match read {
                Ok(value) => values.push((field.index, value)),
                Err(why) => faults.push((Some(field.index), why)),
            }
        }
        let mut key = Value::Null;
        if let Some((place, by, kind)) = self.key {
            let text = text(place).unwrap_or_default();
            // Blanks are part of a text that is a key.
            let text = if kind == Kind::String { text } else { text.trim() };
            key = match by {
                MatchBy::Id if text.is_empty() => Value::Null,
                MatchBy::Id => {
                    let key = match kind {
                        Kind::Uuid => RowKey::read(KeyKind::Uuid, text),
                        Kind::String => RowKey::read(KeyKind::Text, text),
                        _ => RowKey::read(KeyKind::Number, text),
                    };
                    if key.is_none() {
                        let why = match kind {
                            Kind::Uuid => "The key of the row must be a UUID.",
                            Kind::String => "The key of the row is longer than a key can be.",
                            _ => "The number of the row must be a whole number.",
                        };
                        faults.push((None, why.to_owned()));
                    }
                    key.map_or(Value::Null, Value::from)
                }
                MatchBy::Field(index) => {
                    let value = values.iter().find(|(field, _)| *field == index).map(|(_, value)| value.clone());
                    crate::constraint::normal(kind, value.unwrap_or(Value::Null))
                }
            };
        }
        if faults.is_empty() {
            return Ok(Incoming { values, blank, key });
        }
        // Such a row goes no further. Whatever else is wrong with it is told now and not at the next try.
        let held = self.fields.iter().flatten();
        faults.extend(held.filter_map(|field| {
            let (_, value) = values.iter().find(|(index, _)| *index == field.index)?;
            Some((Some(field.index), crate::constraint::violation(panel, field, value, now)?))
        }));
        Err(faults)
    }
}

/// What a person would have typed or chosen for this: spreadsheets write TRUE, and people the words that they see.
fn as_typed(panel: &'static Panel, field: &Field, text: &str) -> String {
    match field.kind {
        Kind::Bool => text.trim().to_ascii_lowercase(),
        Kind::Choice(choice) => {
            let variants = panel.choices.get(choice).map_or(&[][..], |choice| choice.variants);
            let trimmed = text.trim();
            if variants.iter().any(|variant| variant.name == trimmed) {
                return text.to_owned();
            }
            let by_title = variants.iter().find(|variant| variant.title == trimmed);
            by_title.map_or_else(|| text.to_owned(), |variant| variant.name.to_owned())
        }
        _ => text.to_owned(),
    }
}

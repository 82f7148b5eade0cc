//! What may stand in a row: defaults filled in, values, checks and foreign keys held to the block, and what terms let
//! somebody fill in.

use uuid::Uuid;

use super::{Parents, Write};
use crate::authorize::{Terms, verb_in_words};
use crate::constraint;
use crate::error::{Error, FieldFault};
use crate::key::{LONGEST, RowKey};
use crate::panel::{Automatic, Field, FieldSet, KeyKind, Kind, Model, Verb};
use crate::store::statements::change::Pointed;
use crate::store::statements::refused::NOT_THERE;
use crate::value::{Row, Value};

/// Targets that one statement looks up.
pub(super) const TARGETS: usize = 100;

impl Write {
    /// A new row: what was given, else automatic, else default, else null.
    pub(super) fn filled_in(
        &self,
        model: &'static Model,
        values: Vec<(usize, Value)>,
    ) -> Result<(Row, FieldSet), Error> {
        let mut row = Row::new(0, 1, model.fields.len());
        if model.key == KeyKind::Uuid {
            row.id = Uuid::now_v7().into();
        }
        let mut given = FieldSet::NONE;
        for (index, value) in values {
            let field = field_of(model, index)?;
            row.set(index, constraint::normal(field.kind, value));
            given = given.with(index);
        }
        for field in model.fields.iter().filter(|f| !given.contains(f.index)) {
            let value = match (field.automatic, &self.context.actor) {
                (Some(Automatic::Created | Automatic::Updated), _) => Value::Timestamp(self.context.now()),
                (Some(Automatic::Author), Some(actor)) => Value::Int(actor.person),
                _ => constraint::default_of(field),
            };
            row.set(field.index, value);
        }
        Ok((row, given))
    }

    /// Every one of these fields holds what it may.
    pub(super) fn may_stand(&self, model: &'static Model, fields: FieldSet, row: &Row) -> Result<(), Error> {
        let faults: Vec<FieldFault> = model
            .fields
            .iter()
            .filter(|field| fields.contains(field.index))
            .filter_map(|field| {
                let value = row.get(field.index)?;
                let message = constraint::violation(self.panel, field, value, self.context.now())
                    .or_else(|| no_key(model, field, value))?;
                Some(FieldFault { field: field.index, message })
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::Fields(faults)) }
    }

    pub(super) fn checks_hold(&self, model: &'static Model, row: &Row) -> Result<(), Error> {
        for check in model.checks {
            // True or unknown passes, as a check of a database does.
            if check.predicate.bind(model, &self.context.asker).matches(row) == Some(false) {
                return Err(Error::Check(check.message));
            }
        }
        Ok(())
    }

    /// Every foreign key among these fields points at a row that is there and that its writer may see.
    ///
    /// Links that the row has had `before` are no question: they stay as they are.
    pub(super) async fn may_point(
        &mut self,
        terms: &Terms,
        fields: FieldSet,
        before: Option<&Row>,
        row: &Row,
        parents: Parents<'_>,
    ) -> Result<(), Error> {
        let mut pointed = self.pointed(terms, fields, row, parents);
        pointed.retain(|(field, _, id)| {
            let had = before.and_then(|before| before.get(field.index)).map_or(&[][..], Value::linked);
            id.number().is_none_or(|id| !had.contains(&id))
        });
        let (keys, targets): (Vec<&Field>, Vec<_>) =
            pointed.into_iter().map(|(field, target, id)| (field, (target, id))).unzip();
        let mut seen = Vec::with_capacity(targets.len());
        for targets in targets.chunks(TARGETS) {
            seen.extend(self.transaction.may_be_pointed_at(targets).await?);
        }
        let mut faults: Vec<FieldFault> = keys
            .iter()
            .zip(seen)
            .filter(|(_, seen)| !seen)
            .map(|(field, _)| FieldFault { field: field.index, message: NOT_THERE.to_owned() })
            .collect();
        faults.dedup();
        if faults.is_empty() { Ok(()) } else { Err(Error::Fields(faults)) }
    }

    /// What the foreign keys among these fields point at.
    pub(super) fn pointed<'p>(
        &self,
        terms: &'p Terms,
        fields: FieldSet,
        row: &Row,
        parents: Parents<'p>,
    ) -> Vec<(&'static Field, Pointed<'p>, RowKey)> {
        let mut pointed = Vec::new();
        for field in terms.model().fields.iter().filter(|f| fields.contains(f.index)) {
            if let Some(links) = field.links() {
                for id in row.get(field.index).map_or(&[][..], Value::linked) {
                    let target = match (parents, self.panel.models.get(links.model)) {
                        (Parents::AnyThatExists, Some(model)) => Pointed::Any(model),
                        (Parents::AnyThatExists, None) => Pointed::Nothing,
                        // What is offered is what may be linked: rows whose label the writer sees.
                        (Parents::Within { .. }, _) => {
                            terms.over_links(field.index).map_or(Pointed::Nothing, Pointed::Named)
                        }
                    };
                    pointed.push((field, target, RowKey::Number(*id)));
                }
                continue;
            }
            if !matches!(field.kind, Kind::Actor | Kind::Model(..)) {
                continue;
            }
            let Some(value) = row.get(field.index).filter(|value| !value.is_null()) else { continue };
            let Some(id) = RowKey::of(value) else {
                // No row has a key like that.
                pointed.push((field, Pointed::Nothing, RowKey::Number(0)));
                continue;
            };
            let target = match (field.kind, parents) {
                (Kind::Actor, Parents::Within { people: false, .. })
                    if self.context.actor.as_ref().is_none_or(|actor| id != actor.person) =>
                {
                    Pointed::Nothing
                }
                (Kind::Actor, _) => Pointed::Person,
                (Kind::Model(to, _, _), Parents::AnyThatExists) => {
                    self.panel.models.get(to).map_or(Pointed::Nothing, Pointed::Any)
                }
                (Kind::Model(to, _, _), Parents::Within { views, .. }) => {
                    views.iter().find(|v| v.model().index == to).map_or(Pointed::Nothing, Pointed::Within)
                }
                _ => continue,
            };
            pointed.push((field, target, id));
        }
        pointed
    }
}

/// Why a text can't be what a row is known by.
fn no_key(model: &Model, field: &Field, value: &Value) -> Option<String> {
    let is_key = model.key_field().is_some_and(|key| key.index == field.index);
    match value {
        Value::Text(text) if is_key && text.is_empty() => Some("This is needed.".to_owned()),
        // Nobody could tell it from none, on a page or in a file.
        Value::Text(text) if is_key && text.trim().is_empty() => {
            Some("What a row is known by can't be blanks alone.".to_owned())
        }
        Value::Text(text) if is_key && text.len() > LONGEST => {
            Some(format!("What a row is known by has at most {LONGEST} bytes; this has {}.", text.len()))
        }
        _ => None,
    }
}

pub(super) fn field_of(model: &'static Model, index: usize) -> Result<&'static Field, Error> {
    model.fields.get(index).ok_or_else(|| Error::Bug(format!("{} has no field {index}", model.name)))
}

/// A form never writes what is read-only or automatic; an action writes what it declares.
pub(super) fn may_fill_in(terms: &Terms, fields: FieldSet) -> Result<(), Error> {
    let model = terms.model();
    let declared = match terms.verb() {
        Verb::Act(action) => model.actions.get(action).map(|a| a.writes),
        _ => None,
    };
    for field in model.fields.iter().filter(|f| fields.contains(f.index)) {
        let may = match declared {
            Some(writes) => writes.contains(&field.index) && field.automatic.is_none(),
            None => field.is_writable() && terms.fields_somewhere().contains(field.index),
        };
        if !may {
            let verb = verb_in_words(model, terms.verb());
            return Err(Error::Beyond(format!("You may not write {} here ({verb} {}).", field.title, model.plural)));
        }
    }
    Ok(())
}

pub(super) fn outside(terms: &Terms) -> Error {
    let verb = verb_in_words(terms.model(), terms.verb());
    Error::Beyond(format!("This lies outside the {} that you may {verb}.", terms.model().plural))
}

pub(super) fn wrong_verb(terms: &Terms, what: &str) -> Error {
    Error::Bug(format!("terms for {:?} were given to {what} {}", terms.verb(), terms.model().plural))
}

/// What leaves a write never carries a hash.
pub(super) fn veil_secrets(model: &'static Model, row: &mut Row) {
    for field in model.fields.iter().filter(|f| f.kind == Kind::Secret) {
        if row.get(field.index).is_some_and(|value| !value.is_null()) {
            row.set(field.index, Value::SecretHash(String::new()));
        }
    }
}

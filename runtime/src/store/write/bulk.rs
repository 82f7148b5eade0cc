//! Many rows in one transaction: rows of an import, each held to what a form would be held to, with a few statements
//! for all of them.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::fitting::{TARGETS, may_fill_in, outside, veil_secrets, wrong_verb};
use super::{Parents, Write};
use crate::audit::Event;
use crate::authorize::Terms;
use crate::error::{Error, FieldFault};
use crate::key::RowKey;
use crate::panel::{FieldSet, Model, Verb};
use crate::store::proved;
use crate::store::write::Updated;
use crate::value::{Row, Value};

/// Said of a value that must be one of its kind.
const TAKEN: &str = "Another row has this value already.";

/// How rows come in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Importing<'a> {
    /// The right to bring rows in.
    pub(crate) import: &'a Terms,
    /// The right to make what comes in; nobody imports what they could not type.
    pub(crate) create: Option<&'a Terms>,
    /// The right to change rows that are there.
    pub(crate) edit: Option<&'a Terms>,
    /// What tells that a row is there already.
    pub(crate) key: Option<MatchBy>,
    /// What the keys may point at.
    pub(crate) parents: Parents<'a>,
    /// Nothing is kept.
    pub(crate) dry: bool,
}

/// What tells that a row is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchBy {
    /// What it is known by.
    Id,
    /// A unique field.
    Field(usize),
}

/// One row that comes in.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    /// What is given, by field.
    pub(crate) values: Vec<(usize, Value)>,
    /// Fields with a default whose cells are empty, and what a form makes of that: a new row gets the default, one that
    /// is there gets this.
    pub(crate) blank: Vec<(usize, Result<Value, String>)>,
    /// What it is matched by; null: it is new.
    pub(crate) key: Value,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Came {
    /// A row was made, or would be.
    Created,
    /// A row was changed, or would be.
    Changed,
    /// Nothing differed.
    Unchanged,
    /// Nothing of it; why, by field where it is about one.
    Refused(Why),
}

/// Why a row stays out, by field where it is about one.
pub(crate) type Why = Vec<(Option<usize>, String)>;

/// What earlier rows of the same file had: what they are matched by, and, in a dry run, the values of unique fields
/// that they would take. Of each only a part of its SHA-256, so that a million rows fit.
#[derive(Debug, Default)]
pub(crate) struct Met {
    seen: HashSet<u128>,
    /// The last row that is in it.
    pub(crate) through: u64,
}

impl Met {
    /// Takes it in; whether no row before had it. `None`: what rows are matched by. Null is never met.
    pub(crate) fn is_first(&mut self, field: Option<usize>, value: &Value) -> bool {
        if value.is_null() {
            return true;
        }
        let digest = Sha256::new()
            .chain_update(field.map_or(u64::MAX, |field| field as u64).to_be_bytes())
            .chain_update(value.to_text().as_bytes())
            .finalize();
        self.seen.insert(digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte)))
    }
}

impl Write {
    /// Brings rows in. The answers stand in the order of the rows. An error is one of the whole; a row's own fault is
    /// among the answers and touches no other row.
    pub(crate) async fn import_rows(
        &mut self,
        how: &Importing<'_>,
        met: &mut Met,
        rows: Vec<Incoming>,
    ) -> Result<Vec<Came>, Error> {
        if how.import.verb() != Verb::Import {
            return Err(wrong_verb(how.import, "import"));
        }
        for terms in [Some(how.import), how.create, how.edit].into_iter().flatten() {
            proved(terms)?;
        }
        let model = how.import.model();
        let there = self.there(model, how.key, &rows).await?;
        let mut came = vec![Came::Unchanged; rows.len()];
        let mut new: Vec<(usize, Row, FieldSet)> = Vec::new();
        for (place, incoming) in rows.into_iter().enumerate() {
            let known = there.get(&incoming.key.to_text()).filter(|_| !incoming.key.is_null());
            came[place] = match known {
                _ if how.key.is_some() && !met.is_first(None, &incoming.key) => {
                    let why = "An earlier row of the file is found by the same; one row can't be written twice.";
                    Came::Refused(vec![(None, why.to_owned())])
                }
                Some(row) => self.changed(how, met, row, incoming).await?,
                None if how.key == Some(MatchBy::Id) && !incoming.key.is_null() => {
                    let (title, key) = (model.title.to_lowercase(), model.key.word());
                    Came::Refused(vec![(None, format!("There is no {title} of this {key}."))])
                }
                None => match self.made(how, model, incoming.values)? {
                    Ok((row, given)) => {
                        new.push((place, row, given));
                        Came::Created
                    }
                    Err(why) => Came::Refused(why),
                },
            };
        }
        self.point_or_refuse(how, &mut new, &mut came).await?;
        self.unique_or_refuse(how, model, met, &mut new, &mut came).await?;
        // What the tables of a panel take, the block says. An adopted one may have rules of its own: those are met only
        // by writing, also for a trial.
        if new.is_empty() || (how.dry && model.adopted.is_none()) {
            return Ok(came);
        }
        let (places, rows): (Vec<usize>, Vec<Row>) = new.into_iter().map(|(place, row, _)| (place, row)).unzip();
        let mark = self.mark().await?;
        match self.made_at_once(model, &rows).await {
            Ok(()) if how.dry => self.undo_to(mark).await?,
            Ok(()) => self.keep(mark).await?,
            Err(error) => {
                // Somebody else took a value in between, or a rule of an adopted table does not hold: each by itself
                // says which row it was.
                refused(error)?;
                self.undo_to(mark).await?;
                for (place, row) in places.into_iter().zip(&rows) {
                    let mark = self.mark().await?;
                    match self.made_at_once(model, std::slice::from_ref(row)).await {
                        Ok(()) if how.dry => self.undo_to(mark).await?,
                        Ok(()) => self.keep(mark).await?,
                        Err(error) => {
                            came[place] = Came::Refused(refused(error)?);
                            self.undo_to(mark).await?;
                        }
                    }
                }
            }
        }
        self.write_down().await?;
        Ok(came)
    }

    /// Inserts rows that were found fit.
    async fn made_at_once(&mut self, model: &'static Model, rows: &[Row]) -> Result<(), Error> {
        let ids = self.transaction.insert(model, rows).await?;
        if ids.len() != rows.len() {
            return Err(Error::Bug("an insert gave another number of ids than of rows".to_owned()));
        }
        for (row, id) in rows.iter().zip(ids) {
            let mut row = row.clone();
            row.id = id;
            self.as_the_table_has_it(model, &mut row).await?;
            veil_secrets(model, &mut row);
            self.pending.push(Event::created(model, &row));
        }
        Ok(())
    }

    /// Rows that are there already, by the text of what they are matched by.
    async fn there(
        &mut self,
        model: &'static Model,
        key: Option<MatchBy>,
        rows: &[Incoming],
    ) -> Result<HashMap<String, Row>, Error> {
        let Some(key) = key else { return Ok(HashMap::new()) };
        let values: Vec<Value> = rows.iter().map(|row| row.key.clone()).filter(|value| !value.is_null()).collect();
        let field = match key {
            MatchBy::Id => None,
            MatchBy::Field(field) => Some(field),
        };
        let found = self.transaction.load_having(model, field, &values).await?;
        let text = |row: &Row| match field {
            None => row.id.to_string(),
            Some(field) => row.get(field).map_or_else(String::new, Value::to_text),
        };
        Ok(found.into_iter().map(|row| (text(&row), row)).collect())
    }

    /// A row that is there, changed as a form would.
    async fn changed(
        &mut self,
        how: &Importing<'_>,
        met: &mut Met,
        row: &Row,
        incoming: Incoming,
    ) -> Result<Came, Error> {
        let Some(edit) = how.edit else {
            return Ok(Came::Refused(vec![(None, "This row is there already, and you may not change it.".to_owned())]));
        };
        // A row outside the terms is not told from one that holds the value by chance.
        if !edit.covers(row) || !how.import.covers(row) {
            return Ok(Came::Refused(vec![(None, TAKEN.to_owned())]));
        }
        let mut values = incoming.values;
        for (field, value) in incoming.blank {
            match value {
                Ok(value) => values.push((field, value)),
                Err(why) => return Ok(Came::Refused(vec![(Some(field), why)])),
            }
        }
        let open = how.import.fields_of(row);
        let differs = |(field, value): &(usize, Value)| row.get(*field) != Some(value);
        if let Some((field, _)) = values.iter().filter(|one| differs(one)).find(|(field, _)| !open.contains(*field)) {
            return Ok(Came::Refused(vec![(Some(*field), "You may not write this in this row.".to_owned())]));
        }
        // What is undone after each row takes no value; the rows before in the file would.
        let unique = |field: usize| edit.model().fields.get(field).is_some_and(|field| field.unique);
        let taken = values.iter().filter(|one| how.dry && differs(one) && unique(one.0));
        if let Some((field, _)) = taken.filter(|(field, value)| !met.is_first(Some(*field), value)).last() {
            return Ok(Came::Refused(vec![(Some(*field), TAKEN.to_owned())]));
        }
        let mark = self.mark().await?;
        let came = match self.update(edit, row.id, None, values, how.parents).await {
            Ok(Updated::Changed(..)) => Came::Changed,
            Ok(Updated::Unchanged(_)) => Came::Unchanged,
            Err(error) => Came::Refused(refused(error)?),
        };
        if how.dry || matches!(came, Came::Refused(_)) {
            self.undo_to(mark).await?;
        } else {
            self.keep(mark).await?;
        }
        Ok(came)
    }

    /// A new row as a form would make it, but for what only the database knows.
    fn made(
        &self,
        how: &Importing<'_>,
        model: &'static Model,
        values: Vec<(usize, Value)>,
    ) -> Result<Result<(Row, FieldSet), Why>, Error> {
        let Some(create) = how.create else {
            let why = format!("You may not create {}.", model.plural.to_lowercase());
            return Ok(Err(vec![(None, why)]));
        };
        let (row, given) = self.filled_in(model, values)?;
        let fits = may_fill_in(create, given)
            .and_then(|()| may_fill_in(how.import, given))
            .and_then(|()| self.may_stand(model, FieldSet::ALL, &row))
            .and_then(|()| {
                let within = create.allow_insert(given, &row) && how.import.allow_insert(given, &row);
                if within { Ok(()) } else { Err(outside(create)) }
            })
            .and_then(|()| self.checks_hold(model, &row));
        Ok(match fits {
            Ok(()) => Ok((row, given)),
            Err(error) => Err(refused(error)?),
        })
    }

    /// Leaves out rows with a key that points where the writer may not look.
    async fn point_or_refuse(
        &mut self,
        how: &Importing<'_>,
        new: &mut Vec<(usize, Row, FieldSet)>,
        came: &mut [Came],
    ) -> Result<(), Error> {
        let mut known: HashMap<(usize, RowKey), bool> = HashMap::new();
        let mut asked = Vec::new();
        for (_, row, given) in new.iter() {
            for (field, target, id) in self.pointed(how.import, *given, row, how.parents) {
                if known.insert((field.index, id), false).is_none() {
                    asked.push((field.index, target, id));
                }
            }
        }
        while !asked.is_empty() {
            let rest = asked.split_off(asked.len().min(TARGETS));
            let (fields, targets): (Vec<usize>, Vec<_>) =
                asked.into_iter().map(|(field, target, id)| (field, (target, id))).unzip();
            let seen = self.transaction.may_be_pointed_at(&targets).await?;
            for ((field, (_, id)), seen) in fields.iter().zip(&targets).zip(seen) {
                known.insert((*field, *id), seen);
            }
            asked = rest;
        }
        new.retain(|(place, row, given)| {
            let faults: Vec<(Option<usize>, String)> = self
                .pointed(how.import, *given, row, how.parents)
                .into_iter()
                .filter(|(field, _, id)| known.get(&(field.index, *id)) != Some(&true))
                .map(|(field, _, id)| {
                    (Some(field.index), format!("There is none of this {} that you may see.", id.kind().word()))
                })
                .collect();
            if faults.is_empty() {
                return true;
            }
            came[*place] = Came::Refused(faults);
            false
        });
        Ok(())
    }

    /// Leaves out rows with a value that another row has, of the table or before it in the file.
    async fn unique_or_refuse(
        &mut self,
        how: &Importing<'_>,
        model: &'static Model,
        met: &mut Met,
        new: &mut Vec<(usize, Row, FieldSet)>,
        came: &mut [Came],
    ) -> Result<(), Error> {
        for field in model.fields.iter().filter(|field| field.unique) {
            let of = |row: &Row| row.get(field.index).filter(|value| !value.is_null()).cloned();
            let values: Vec<Value> = new.iter().filter_map(|(_, row, _)| of(row)).collect();
            let taken = self.transaction.taken(model, field.index, &values).await?;
            let mut here = HashSet::new();
            new.retain(|(place, row, _)| {
                let Some(value) = of(row) else { return true };
                let text = value.to_text();
                let free = !taken.contains(&text)
                    && here.insert(text)
                    && (!how.dry || met.is_first(Some(field.index), &value));
                if !free {
                    came[*place] = Came::Refused(vec![(Some(field.index), TAKEN.to_owned())]);
                }
                free
            });
        }
        Ok(())
    }
}

/// An error of one row as sentences; any other is one of the whole.
pub(crate) fn refused(error: Error) -> Result<Vec<(Option<usize>, String)>, Error> {
    match error {
        Error::Fields(faults) => {
            Ok(faults.into_iter().map(|FieldFault { field, message }| (Some(field), message)).collect())
        }
        Error::Check(message) => Ok(vec![(None, message.to_owned())]),
        Error::Stale(_) => Ok(vec![(None, "Somebody changed this meanwhile, so it was left as it is.".to_owned())]),
        Error::NotFound => {
            Ok(vec![(None, "It is gone, or it lies outside the rows in which you may do this.".to_owned())])
        }
        Error::Beyond(_) | Error::Held { .. } | Error::BadRequest(_) | Error::Refused(_) => {
            Ok(vec![(None, error.visitor())])
        }
        other => Err(other),
    }
}

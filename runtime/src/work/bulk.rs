//! Deletes, edits and declared actions over many rows: those that were ticked, or all that a list's address means.
//! Every row is asked about by itself, exactly as if it had been done by hand.

use serde::{Deserialize, Serialize};

use super::{For, Stepped, Worker, faults};
use crate::action;
use crate::authorize::{Terms, authorize_framework};
use crate::error::Error;
use crate::fields::Fields;
use crate::form;
use crate::key::RowKey;
use crate::list_state::ListState;
use crate::panel::{FieldSet, Framework, Model, Verb};
use crate::store::{JobFault, JobRow, JobState, JobStep, Key, ListQuery, Parents, Position, Search, Write};
use crate::value::Value;

/// Rows of a step.
const STEP: u32 = 50;

/// What was asked for, kept with its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// `delete`, `edit`, or the name of an action.
    pub(crate) what: String,
    /// The list's address, as pairs.
    pub(crate) list: Vec<(String, String)>,
    /// Rows that were ticked, with the versions that were seen; none: all of the list.
    pub(crate) ticked: Option<Vec<(RowKey, i64)>>,
    /// Of an edit: fields by name, and what was typed.
    pub(crate) values: Vec<(String, String)>,
}

/// The verb behind the word.
pub(crate) fn verb(model: &Model, what: &str) -> Option<Verb> {
    match what {
        "delete" => Some(Verb::Delete),
        "edit" => Some(Verb::Edit),
        name => model.actions.iter().position(|action| action.name == name).map(Verb::Act),
    }
}

struct Rows {
    these: Vec<(RowKey, Option<i64>)>,
    place: String,
    last: bool,
}

/// How far a step went.
enum Went {
    /// Through all of its rows.
    Through,
    /// Not on: the person asked for the end.
    NotOn,
}

impl Worker<'_> {
    pub(super) async fn bulk(&self, job: &JobRow, who: &For<'_>) -> Result<Stepped, Error> {
        let model = self.model(job)?;
        let asked: Asked = serde_json::from_str(&job.params)
            .map_err(|why| Error::Bug(format!("job {} does not read: {why}", job.id)))?;
        let verb = verb(model, &asked.what)
            .ok_or_else(|| Error::Bug(format!("{} has no action {}", model.name, asked.what)))?;
        let view = self.terms(who, Verb::View, model)?;
        let terms = self.terms(who, verb, model)?;
        let rows = self.rows(job, &asked, &view).await?;
        if rows.these.is_empty() {
            return Ok(Stepped::Over(JobState::Done, String::new()));
        }
        let last = rows.last;
        let kept = match verb {
            Verb::Act(_) => self.act(job, who, &terms, rows).await?,
            _ => self.change(job, who, &asked, &terms, rows).await?,
        };
        Ok(match kept {
            None => Stepped::Lost,
            Some(Went::Through) if last => Stepped::Over(JobState::Done, String::new()),
            Some(_) => Stepped::More,
        })
    }

    /// The next rows.
    async fn rows(&self, job: &JobRow, asked: &Asked, view: &Terms) -> Result<Rows, Error> {
        if let Some(ticked) = &asked.ticked {
            let from: usize = job.place.parse().unwrap_or(0);
            let to = (from + STEP as usize).min(ticked.len());
            let rows = ticked.get(from..to).unwrap_or_default();
            return Ok(Rows {
                these: rows.iter().map(|(id, version)| (*id, Some(*version))).collect(),
                place: to.to_string(),
                last: to >= ticked.len(),
            });
        }
        let model = view.model();
        let list = asked.list.iter().cloned().collect::<Fields>();
        // Its days were fixed when it was asked for.
        let state = ListState::read(&list, model, view, self.app.clock.now().date_naive())?;
        let searched = model.search.iter().fold(FieldSet::NONE, |set, field| set.with(*field));
        let searched = searched.intersection(view.fields_somewhere());
        let page = self
            .app
            .store
            .batch(&ListQuery {
                terms: view,
                columns: FieldSet::NONE,
                filter: state.condition(),
                search: (!state.q.is_empty() && !searched.is_empty())
                    .then_some(Search { text: &state.q, fields: searched }),
                // By number, newest first: rows that come in meanwhile are not met, and a change moves none.
                sort: None,
                position: match RowKey::read(model.key, &job.place) {
                    Some(id) => Position::After(Key { value: Value::Null, id }),
                    None => Position::First,
                },
                size: STEP,
                labels: &[],
                count: false,
            })
            .await?;
        let rows: Vec<(RowKey, Option<i64>)> = page.rows.iter().map(|listed| (listed.row.id, None)).collect();
        let place = rows.last().map_or_else(|| job.place.clone(), |(id, _)| id.to_string());
        Ok(Rows { these: rows, place, last: page.next.is_none() })
    }

    /// Deletes or edits, all of a step in one transaction; a row that fails is undone by itself.
    async fn change(
        &self,
        job: &JobRow,
        who: &For<'_>,
        asked: &Asked,
        terms: &Terms,
        rows: Rows,
    ) -> Result<Option<Went>, Error> {
        let model = terms.model();
        let values = values(model, asked)?;
        let views = self.views(who);
        let people = authorize_framework(self.app.panel, who.actor, Verb::View, Framework::People).is_ok();
        let parents = Parents::Within { views: &views, people };
        let mut step = JobStep { place: rows.place, ..JobStep::default() };
        let mut write = self.app.store.write_apart(who.context.clone()).await?;
        for (id, version) in rows.these {
            step.seen += 1;
            let mark = write.mark().await?;
            let done = match terms.verb() {
                Verb::Delete => write.delete(terms, id, version).await.map(drop),
                _ => write.update(terms, id, version, values.clone(), parents).await.map(drop),
            };
            match done {
                Ok(()) => {
                    write.keep(mark).await?;
                    step.done += 1;
                }
                // Nothing of the step stays: where the disk is full, the database may have undone all of it already.
                Err(error) if error.may_pass() => return Err(error),
                Err(error) => {
                    write.undo_to(mark).await?;
                    step.failed += 1;
                    step.faults.extend(of_row(id, faults(model, 0, error)?));
                }
            }
        }
        Ok(self.finish(job, write, &step).await?.map(|_| Went::Through))
    }

    /// Runs a declared action: each row in a transaction of its own, as its body expects.
    async fn act(&self, job: &JobRow, who: &For<'_>, terms: &Terms, rows: Rows) -> Result<Option<Went>, Error> {
        let (model, at) = (terms.model(), rows.these.len());
        for (number, (id, version)) in rows.these.into_iter().enumerate() {
            // A step that is broken off goes on behind the last row that was done.
            let place = match (job.place.parse::<usize>(), version) {
                (from, Some(_)) => (from.unwrap_or(0) + number + 1).to_string(),
                (_, None) if number + 1 == at => rows.place.clone(),
                (_, None) => id.to_string(),
            };
            let mut step = JobStep { place, seen: 1, ..JobStep::default() };
            let mut write = self.app.store.write_apart(who.context.clone()).await?;
            let done =
                action::perform_within(&mut write, self.app.actions, who.actor, terms.clone(), id, version).await;
            let kept = match done {
                Ok(_) => {
                    step.done = 1;
                    self.finish(job, write, &step).await?
                }
                Err(error) if error.may_pass() => return Err(error),
                Err(error) => {
                    write.roll_back().await?;
                    if error.status().is_server_error() {
                        tracing::error!(row = ?id, %error, "an action failed");
                    }
                    step.failed = 1;
                    let message = error.visitor();
                    let faults = faults(model, 0, error);
                    let told = faults.unwrap_or_else(|_| vec![JobFault { line: 0, field: String::new(), message }]);
                    step.faults = of_row(id, told);
                    self.app.store.advance_job(job.id, self.lease(), &step).await?
                }
            };
            match kept {
                None => return Ok(None),
                Some(true) if number + 1 < at => return Ok(Some(Went::NotOn)),
                Some(_) => {}
            }
        }
        Ok(Some(Went::Through))
    }

    /// Commits what a step did together with how far the job came; whether the person asked for the end. `None`:
    /// nothing was kept.
    pub(super) async fn finish(&self, job: &JobRow, mut write: Write, step: &JobStep) -> Result<Option<bool>, Error> {
        if !write.has_events() {
            write.roll_back().await?;
            return self.app.store.advance_job(job.id, self.lease(), step).await;
        }
        let kept = write.advance_job(job.id, self.lease(), step).await?;
        match kept {
            Some(_) => write.commit_events().await?,
            None => write.roll_back().await?,
        }
        Ok(kept)
    }
}

/// These faults, of this row: it is named by its number, or by its key before what is wrong.
fn of_row(id: RowKey, mut faults: Vec<JobFault>) -> Vec<JobFault> {
    for fault in &mut faults {
        match id.number() {
            Some(number) => fault.line = number,
            None => fault.message = format!("{id}: {}", fault.message),
        }
    }
    faults
}

/// What an edit writes.
fn values(model: &'static Model, asked: &Asked) -> Result<Vec<(usize, Value)>, Error> {
    asked
        .values
        .iter()
        .map(|(name, text)| {
            let field = model.field_by_name(name).ok_or_else(|| Error::Bug(format!("{} has no {name}", model.name)))?;
            let read = |text: &str| {
                form::read(field, text).map_err(|why| Error::BadRequest(format!("{}: {why}", field.title)))
            };
            let links = |text: &str| read(text).map(|value| value.linked().to_vec());
            let value = match (field.links(), text.strip_prefix('+'), text.strip_prefix('-')) {
                (Some(_), Some(add), _) => Value::Relink { add: links(add)?, remove: Vec::new() },
                (Some(_), _, Some(remove)) => Value::Relink { add: Vec::new(), remove: links(remove)? },
                _ => read(text)?,
            };
            Ok((field.index, value))
        })
        .collect()
}

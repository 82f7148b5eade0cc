//! `forbid one_person a, b` on a row in hand: who did one of the steps on it does none of the others. It is read from
//! the audit log within the transaction of the later step, under the write lock, so that two steps at once come one
//! after the other. Steps over different models meet in no row; of those only the policy is judged.

use chrono::NaiveDate;

use super::statements::hands::{self, Hand};
use super::statements::people;
use super::write::Write;
use crate::audit::{Change, Event, EventId};
use crate::authorize::{Terms, verb_in_words};
use crate::error::Error;
use crate::panel::{Apart, Automatic, Model, Sensitivity, Verb};
use crate::value::{Row, Value};

const RULE: &str = "one_person";

impl Write {
    /// Whether this person may take this step on this row, as far as the block's `forbid one_person` goes.
    ///
    /// # Errors
    /// [`Error::Beyond`] when they took another of the steps on it.
    pub(crate) async fn kept_apart(&mut self, terms: &Terms, row: &Row) -> Result<(), Error> {
        let (model, verb) = (terms.model(), terms.verb());
        let Some(person) = self.context().actor.as_ref().map(|actor| actor.person) else { return Ok(()) };
        let clauses: Vec<&'static Apart> =
            self.panel.one_person.iter().filter(|clause| clause.steps.contains(&(verb, model.index))).collect();
        if clauses.is_empty() {
            return Ok(());
        }
        let hands = hands::of(self.transaction(), model.name, row.id, person).await?;
        for clause in clauses {
            let others = clause.steps.iter().filter(|(other, of)| *of == model.index && *other != verb);
            let done = others.map(|(other, _)| *other).find(|other| did(model, *other, row, person, &hands));
            let Some(done) = done else { continue };
            match self.excepted(person, model).await? {
                Some(reason) => {
                    let event = Event::about_row(EventId::RuleExcepted, model, row.id)
                        .with(Change::fact("rule", Sensitivity::Internal, clause.text))
                        .with(Change::fact("reason", Sensitivity::Internal, reason));
                    // Committed with the step that it is about.
                    self.record_once(event);
                }
                None => {
                    return Err(Error::Beyond(format!(
                        "You {} this {}, so somebody else has to {} it: the panel keeps the two apart.",
                        past(model, done),
                        model.title.to_lowercase(),
                        verb_in_words(model, verb)
                    )));
                }
            }
        }
        Ok(())
    }

    /// Records what a change may come by more than once; it is committed with the change.
    fn record_once(&mut self, event: Event) {
        if !self.pending.contains(&event) {
            self.pending.push(event);
        }
    }

    /// The reason of an exception that the block accepts for their role, the model or the panel, and whose day is not
    /// over.
    async fn excepted(&mut self, person: i64, model: &Model) -> Result<Option<&'static str>, Error> {
        let panel = self.panel;
        let today = self.context().now().date_naive();
        let role = people::by_id(self.transaction(), person).await?.map(|person| person.role);
        let found = panel.accepts.iter().find(|accept| {
            let owner =
                accept.owner == panel.name || accept.owner == model.name || role.as_deref() == Some(accept.owner);
            let runs = accept.until.is_none_or(|until| until.parse::<NaiveDate>().is_ok_and(|until| today <= until));
            accept.rule == RULE && owner && runs
        });
        Ok(found.map(|accept| accept.reason))
    }
}

/// Whether this person took that step on this row.
fn did(model: &Model, verb: Verb, row: &Row, person: i64, hands: &[Hand]) -> bool {
    let event = |id: EventId| hands.iter().any(|hand| hand.event == id.text());
    match verb {
        // Rows that came in bulk name their author, if anything.
        Verb::Create => event(EventId::RowCreated) || is_author(model, row, person),
        // What an action wrote is that action's step, not an edit.
        Verb::Edit => hands.iter().any(|hand| hand.event == EventId::RowUpdated.text() && !hand.by_action),
        Verb::Import => event(EventId::RowCreated) || event(EventId::RowUpdated),
        Verb::Act(action) => {
            let name = model.actions.get(action).map_or("", |action| action.name);
            hands.iter().any(|hand| hand.action.as_deref() == Some(name))
        }
        // A deleted row has no later step; looking and exporting leave the row as it is.
        Verb::Delete | Verb::View | Verb::Export => false,
    }
}

fn is_author(model: &Model, row: &Row, person: i64) -> bool {
    model
        .fields
        .iter()
        .filter(|field| field.automatic == Some(Automatic::Author))
        .any(|field| row.get(field.index) == Some(&Value::Int(person)))
}

fn past(model: &Model, verb: Verb) -> String {
    match verb {
        Verb::Create => "created".to_owned(),
        Verb::Edit => "changed".to_owned(),
        Verb::Import => "imported".to_owned(),
        other => format!("did “{}” with", verb_in_words(model, other)),
    }
}

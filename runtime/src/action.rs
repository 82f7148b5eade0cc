//! Declared actions: how a page reaches the body that the user wrote, and what the body may do. It gets the row, a
//! context and a token; all that it writes happens in one transaction, in the fields that the block declares.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, Utc};

use crate::audit::{Change, Context, Event, EventId};
use crate::authorize::{Actor, Terms};
use crate::caught::caught;
use crate::error::Error;
use crate::grant::{May, VerbOn};
use crate::key::RowKey;
use crate::panel::{self, FieldSet, Sensitivity, Verb};
use crate::store::{GetQuery, Parents, Recorded, Store, Updated, Write, proved};
use crate::typed::{Input, Model, RowId, readable_fields, typed};
use crate::value::Row;

/// What the body of an action answers.
pub type ActionResult = Result<Done, Error>;

/// An action that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What the page says then.
    pub message: String,
}

/// The words with which the body of an action ends.
pub trait ActionAnswer: Sized {
    /// Done, and what the page says.
    fn done(message: impl Into<String>) -> Self;
    /// Not done, and why: a sentence for the person. Nothing that the body wrote stays.
    fn refused(why: impl Into<String>) -> Self;
}

impl ActionAnswer for ActionResult {
    fn done(message: impl Into<String>) -> Self {
        Ok(Done { message: message.into() })
    }

    fn refused(why: impl Into<String>) -> Self {
        Err(Error::BadRequest(why.into()))
    }
}

/// Runs an action on a row: one transaction with the body's writes, their events and the event of the action.
/// `version` is the one that the person saw; none: whichever it is.
///
/// The caller has had the terms from [`authorize`](crate::authorize::authorize).
///
/// # Errors
/// [`Error::ProofNeeded`] when the terms lack it, [`Error::NotFound`] for a row outside them, [`Error::Stale`] for
/// another version, and the body's own; then nothing was written.
pub async fn perform(
    store: &Store,
    actions: &dyn Actions,
    context: Context,
    actor: &Actor,
    terms: Terms,
    id: RowKey,
    version: Option<i64>,
) -> ActionResult {
    proved(&terms)?;
    // Nobody knows how long a body takes: whoever is done already does not wait for its end.
    let mut write = store.write_apart(context).await?;
    let (done, recorded) = perform_within(&mut write, actions, actor, terms, id, version).await?;
    write.commit(recorded).await?;
    Ok(done)
}

/// As [`perform`], in a transaction that has more to it and is committed by its owner; not after an error.
pub(crate) async fn perform_within(
    write: &mut Write,
    actions: &dyn Actions,
    actor: &Actor,
    terms: Terms,
    id: RowKey,
    version: Option<i64>,
) -> Result<(Done, Recorded), Error> {
    proved(&terms)?;
    let row = read(write, &terms, id).await?;
    if version.is_some_and(|seen| seen != row.version) {
        return Err(Error::Stale(Box::new(row)));
    }
    if !terms.covers(&row) {
        return Err(Error::NotFound);
    }
    write.kept_apart(&terms, &row).await?;
    let call = Call::new(actor, terms, row, write)?;
    let (model, action) = (call.terms.model(), call.action);
    let done = caught(async { actions.run(call).await }).await;
    let done = done.map_err(|_| Error::Bug(format!("the body of the action {} panicked", action.name)))??;
    // The body went on all the same, and with the statement that failed the whole transaction did.
    if let Some(refusal) = write.refusal() {
        return Err(refusal);
    }
    let event =
        Event::about_row(EventId::RowActed, model, id).with(Change::fact("action", Sensitivity::Internal, action.name));
    let recorded = write.record(event);
    Ok((done, recorded))
}

/// The row, which nobody else changes until this is over.
async fn read(write: &mut Write, terms: &Terms, id: RowKey) -> Result<Row, Error> {
    write.hold(terms.model(), id).await?;
    let query = GetQuery { terms, id, columns: readable_fields(terms.model()), labels: &[] };
    write.get(&query).await?.map(|found| found.row).ok_or(Error::NotFound)
}

/// What the body of an action may do.
pub struct ActionCx<'a> {
    actor: &'a Actor,
    terms: Terms,
    action: &'static panel::Action,
    write: &'a mut Write,
}

impl ActionCx<'_> {
    /// Who asked for the action.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        self.actor
    }

    /// The moment of the request.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.actor.asker.now
    }

    /// Changes a row of the action's model, within its transaction.
    ///
    /// # Errors
    /// [`Error::Beyond`] for another model and for a field that the action's `writes` does not name;
    /// [`Error::NotFound`] for a row outside the rows in which the person holds the action; and those of a form. Where
    /// the table itself refuses it the action is refused, also if its body goes on.
    pub async fn update<I: RowId>(&mut self, id: I, change: <I::Model as Model>::Change) -> Result<(), Error> {
        let (model, action) = (self.terms.model(), self.action);
        let given = change.given();
        let of = I::Model::MODEL;
        if of.index != model.index || of.name != model.name {
            return Err(Error::Bug(format!(
                "the action {} of {} wrote {}, of which it declares nothing",
                action.name, model.name, of.name
            )));
        }
        let declared = action.writes.iter().fold(FieldSet::NONE, |all, field| all.with(*field));
        let undeclared = model.fields.iter().find(|f| given.fields().contains(f.index) && !declared.contains(f.index));
        if let Some(field) = undeclared {
            return Err(Error::Bug(format!(
                "the action {} of {} wrote {}, which its `writes` does not name",
                action.name, model.name, field.name
            )));
        }
        // The key that an action writes was chosen by its body; what a person chose, the body has to look up.
        let parents = Parents::AnyThatExists;
        match self.write.update(&self.terms, id.key(), None, given.into_values(), parents).await {
            // `perform` commits with the event of the action itself.
            Ok(Updated::Changed(..) | Updated::Unchanged(_)) => Ok(()),
            Err(why) => {
                self.write.was_refused(&why);
                Err(why)
            }
        }
    }
}

impl fmt::Debug for ActionCx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionCx").field("action", &self.action.name).finish_non_exhaustive()
    }
}

/// One run of one action, ready to be handed to its body. It exists only where the right was granted.
pub struct Call<'a> {
    actor: &'a Actor,
    terms: Terms,
    action: &'static panel::Action,
    number: usize,
    row: Row,
    write: &'a mut Write,
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("action", &self.action.name).field("row", &self.row.id).finish_non_exhaustive()
    }
}

impl<'a> Call<'a> {
    fn new(actor: &'a Actor, terms: Terms, row: Row, write: &'a mut Write) -> Result<Self, Error> {
        let Verb::Act(number) = terms.verb() else {
            return Err(Error::Bug("an action was asked for on terms of something else".to_owned()));
        };
        let action = terms.model().actions.get(number).ok_or(Error::NotFound)?;
        if !terms.covers(&row) {
            return Err(Error::NotFound);
        }
        Ok(Self { actor, terms, action, number, row, write })
    }

    /// Index into [`panel::Panel::models`].
    #[must_use]
    pub fn model(&self) -> usize {
        self.terms.model().index
    }

    /// Index into [`panel::Model::actions`].
    #[must_use]
    pub fn action(&self) -> usize {
        self.number
    }

    /// What the body gets.
    ///
    /// # Errors
    /// [`Error::Bug`] when it is opened for another action than its own, or the row does not fit its type.
    pub fn open<V: VerbOn<M>, M: Model>(self) -> Result<(M, ActionCx<'a>, May<V, M>), Error> {
        let may = May::on(self.actor, self.terms.clone())
            .ok_or_else(|| Error::Bug(format!("the action {} was opened as another", self.action.name)))?;
        let row = typed(&self.row)?;
        let cx = ActionCx { actor: self.actor, terms: self.terms, action: self.action, write: self.write };
        Ok((row, cx, may))
    }

    /// For an action that no body answers to.
    #[must_use]
    pub fn unknown(self) -> Running<'a> {
        Box::pin(async move { Err(Error::Bug(format!("the action {} has no body", self.action.name))) })
    }
}

/// A body at work.
pub type Running<'a> = Pin<Box<dyn Future<Output = ActionResult> + Send + 'a>>;

/// The bodies of a panel's actions; `admin!` writes it.
pub trait Actions: Send + Sync {
    /// Hands the call to the body of its action.
    fn run<'a>(&self, call: Call<'a>) -> Running<'a>;
}

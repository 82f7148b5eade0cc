//! A change: one transaction on the one writing connection. Every mutation is checked against its terms on the row as
//! it is read here, and leaves an event behind; [`Write::commit`] asks for the proof of at least one.

pub(crate) mod bulk;
mod fitting;
mod linking;
mod marks;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

use fitting::{field_of, may_fill_in, outside, veil_secrets, wrong_verb};
use marks::Since;

use crate::audit::{Change, Context, Event, EventId};
use crate::authorize::Terms;
use crate::constraint;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{Automatic, FieldSet, Model, Panel, Sensitivity, Verb};
use crate::store::pool::Among;
use crate::store::query::{GetQuery, ListedRow};
use crate::store::transaction::Transaction;
use crate::store::{Store, deletion, proved};
use crate::value::{Row, Value};

/// A transaction under way. Dropped, nothing of it happened.
#[derive(Debug)]
pub struct Write {
    pub(super) panel: &'static Panel,
    context: Context,
    transaction: Transaction,
    pub(super) pending: Vec<Event>,
    /// Some of what happened stands in the log already.
    written_down: bool,
    /// Where it can be undone to, innermost last.
    marks: Vec<Since>,
    mark: u64,
    bell: Arc<Notify>,
    mailed: bool,
    /// Why a statement of somebody else's code failed, who may have passed over it.
    refusal: Option<Error>,
}

/// The proof that something was recorded in a [`Write`]; only the store makes it, and committing asks for it.
#[must_use]
#[derive(Debug)]
pub struct Recorded {
    mark: u64,
}

/// A row that was inserted.
#[derive(Debug)]
pub struct Inserted {
    /// As stored, with every field; what the viewer may see of it is the page's concern.
    pub row: Row,
    /// For [`Write::commit`].
    pub recorded: Recorded,
}

/// What came of an update.
#[derive(Debug)]
pub enum Updated {
    /// The row as stored now, with every field, and the proof for [`Write::commit`].
    Changed(Row, Recorded),
    /// Nothing differed; nothing was written.
    Unchanged(Row),
}

/// Which rows a written foreign key may point at.
#[derive(Debug, Clone, Copy)]
pub enum Parents<'a> {
    /// Rows that the writer may see.
    Within {
        /// Their view terms, looked up by model; a model without terms: none.
        views: &'a [Terms],
        /// Whether they may view the people of the panel: then any person, else themselves alone. A key to a person is
        /// shown with the person's address, so that whoever may write any could read them all.
        people: bool,
    },
    /// Any row that exists. For the command line and for actions' own writing; never for what a person filled in.
    AnyThatExists,
}

impl Write {
    pub(super) async fn begin(store: &Store, context: Context, among: Among) -> Result<Self, Error> {
        static MARKS: AtomicU64 = AtomicU64::new(0);
        Ok(Self {
            panel: store.panel,
            context,
            transaction: store.database.begin_change(among).await?,
            pending: Vec::new(),
            written_down: false,
            marks: Vec::new(),
            mark: MARKS.fetch_add(1, Ordering::Relaxed),
            bell: store.bell(),
            mailed: false,
            refusal: None,
        })
    }

    /// For the statements about people, sessions, links and counted tries.
    pub(in crate::store) fn transaction(&mut self) -> &mut Transaction {
        &mut self.transaction
    }

    /// Something was queued: the sender is told when this is committed.
    pub(in crate::store) fn has_mail(&mut self) {
        self.mailed = true;
    }

    /// The panel.
    pub(in crate::store) fn panel(&self) -> &'static Panel {
        self.panel
    }

    /// Who, when, and in which request.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// A row within the terms, as it is in this transaction.
    pub async fn get(&mut self, query: &GetQuery<'_>) -> Result<Option<ListedRow>, Error> {
        self.transaction.get(self.panel, query).await
    }

    /// Keeps in mind why this failed, if nothing more can be done in this change.
    pub(crate) fn was_refused(&mut self, why: &Error) {
        if self.transaction.has_failed() {
            self.refusal.get_or_insert_with(|| why.clone());
        }
    }

    /// Why nothing more can be done in it.
    pub(crate) fn refusal(&mut self) -> Option<Error> {
        self.refusal.take().filter(|_| self.transaction.has_failed())
    }

    /// Holds a row, if it is there, until this is over: what is read of it then is what a change will find.
    pub(crate) async fn hold(&mut self, model: &'static Model, id: RowKey) -> Result<(), Error> {
        self.transaction.load(model, id).await?;
        Ok(())
    }

    /// Inserts a row of `terms.model()`. `values` are what the person filled in, by field index; defaults and automatic
    /// fields are filled in here.
    ///
    /// # Errors
    /// [`Error::Fields`] for values that may not stand there, [`Error::Check`], [`Error::Beyond`] for what lies outside
    /// the terms.
    pub async fn insert(
        &mut self,
        terms: &Terms,
        values: Vec<(usize, Value)>,
        parents: Parents<'_>,
    ) -> Result<Inserted, Error> {
        if !matches!(terms.verb(), Verb::Create | Verb::Import) {
            return Err(wrong_verb(terms, "insert"));
        }
        proved(terms)?;
        let model = terms.model();
        let (mut row, given) = self.filled_in(model, values)?;
        may_fill_in(terms, given)?;
        self.may_stand(model, FieldSet::ALL, &row)?;
        if !terms.allow_insert(given, &row) {
            return Err(outside(terms));
        }
        self.checks_hold(model, &row)?;
        self.may_point(terms, given, None, &row, parents).await?;
        let ids = self.transaction.insert(model, std::slice::from_ref(&row)).await?;
        row.id = ids.first().copied().ok_or_else(|| Error::Bug("an insert gave no id".to_owned()))?;
        self.as_the_table_has_it(model, &mut row).await?;
        veil_secrets(model, &mut row);
        let recorded = self.record(Event::created(model, &row));
        Ok(Inserted { row, recorded })
    }

    /// Changes a row. Only values that differ are written. `version` is the one the person saw; none: whichever it is
    /// (for actions, which read the row in this transaction). An action writes only what it declares.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the row is not within the terms, [`Error::Stale`] when it is at another version by now,
    /// and those of [`Write::insert`].
    pub async fn update(
        &mut self,
        terms: &Terms,
        id: RowKey,
        version: Option<i64>,
        values: Vec<(usize, Value)>,
        parents: Parents<'_>,
    ) -> Result<Updated, Error> {
        if !matches!(terms.verb(), Verb::Edit | Verb::Import | Verb::Act(_)) {
            return Err(wrong_verb(terms, "update"));
        }
        let model = terms.model();
        let before = self.row_within(terms, id, version).await?;
        let mut after = before.clone();
        let mut changed = FieldSet::NONE;
        for (index, value) in values {
            let field = field_of(model, index)?;
            let value = self.with_unseen(terms, field, &before, constraint::normal(field.kind, value), parents).await?;
            if before.get(index) != Some(&value) {
                after.set(index, value);
                changed = changed.with(index);
            }
        }
        if changed.is_empty() {
            return Ok(Updated::Unchanged(before));
        }
        may_fill_in(terms, changed)?;
        // Whatever points at the row does so by it, and the log knows the row by it.
        if let Some(key) = model.key_field().filter(|key| changed.contains(key.index)) {
            return Err(Error::field(key.index, "This is what the row is known by; it can't be changed."));
        }
        self.may_stand(model, changed, &after)?;
        for field in model.fields.iter().filter(|f| f.automatic == Some(Automatic::Updated)) {
            after.set(field.index, Value::Timestamp(self.context.now()));
            changed = changed.with(field.index);
        }
        if !terms.allow_change(&before, &after) {
            return Err(outside(terms));
        }
        self.checks_hold(model, &after)?;
        self.may_point(terms, changed, Some(&before), &after, parents).await?;
        if !self.transaction.update(model, &after, changed, before.version).await? {
            return Err(Error::Bug("a row changed under the write lock".to_owned()));
        }
        after.version = before.version + 1;
        self.as_the_table_has_it(model, &mut after).await?;
        veil_secrets(model, &mut after);
        let recorded = self.record(Event::updated(model, &before, &after, changed));
        Ok(Updated::Changed(after, recorded))
    }

    /// Removes a row and what goes along with it, each recorded by itself.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`] as for [`Write::update`], [`Error::Held`] when rows hold it.
    pub async fn delete(&mut self, terms: &Terms, id: RowKey, version: Option<i64>) -> Result<Recorded, Error> {
        if terms.verb() != Verb::Delete {
            return Err(wrong_verb(terms, "delete"));
        }
        let row = self.row_within(terms, id, version).await?;
        deletion::carry_out(self, terms.model(), row).await?;
        Ok(Recorded { mark: self.mark })
    }

    /// Inserts rows in bulk from the command line, without terms, with one event for all; every field may be given,
    /// what is not given is filled in as for [`Write::insert`]. The ids, in order.
    pub async fn seed(
        &mut self,
        model: &'static Model,
        rows: Vec<Vec<(usize, Value)>>,
    ) -> Result<(Vec<RowKey>, Recorded), Error> {
        let mut filled = Vec::with_capacity(rows.len());
        for values in rows {
            let (row, _) = self.filled_in(model, values)?;
            self.may_stand(model, FieldSet::ALL, &row)?;
            self.checks_hold(model, &row)?;
            filled.push(row);
        }
        let ids = self.transaction.insert(model, &filled).await?;
        let count = Change::fact("count", Sensitivity::Internal, ids.len().to_string());
        let recorded = self.record(Event::about(EventId::RowsSeeded, model.name, None).with(count));
        Ok((ids, recorded))
    }

    /// Ids of the newest rows of a model, newest first, without terms: for loading rows from the command line, which
    /// must find what an earlier load left.
    pub async fn newest_ids(&mut self, model: &'static Model, at_most: u32) -> Result<Vec<RowKey>, Error> {
        self.transaction.newest_ids(model, at_most).await
    }

    /// Records something beside the rows: an action that ran, a refused form, an export.
    pub fn record(&mut self, event: Event) -> Recorded {
        self.pending.push(event);
        Recorded { mark: self.mark }
    }

    /// Makes it all happen, with its events, or nothing of it.
    ///
    /// Without the proof of an event it does not compile:
    ///
    /// ```compile_fail
    /// async fn save(write: bailiwick::store::Write) -> Result<(), bailiwick::Error> {
    ///     write.commit().await
    /// }
    /// ```
    ///
    /// With it, it does:
    ///
    /// ```
    /// use bailiwick::audit::{Event, EventId};
    ///
    /// async fn save(mut write: bailiwick::store::Write) -> Result<(), bailiwick::Error> {
    ///     let recorded = write.record(Event::plain(EventId::RowsExported));
    ///     write.commit(recorded).await
    /// }
    /// ```
    pub async fn commit(self, proof: Recorded) -> Result<(), Error> {
        if proof.mark != self.mark || (self.pending.is_empty() && !self.written_down) {
            return Err(Error::Bug("a commit with the proof of another change".to_owned()));
        }
        if self.pending.is_empty() {
            self.transaction.commit_without_event().await?;
        } else {
            self.transaction.journal_and_commit(&self.context, &self.pending).await?;
        }
        if self.mailed {
            self.bell.notify_one();
        }
        Ok(())
    }

    /// The work of [`Write::commit`], of which nothing stays: for what must not be told from it by the time it takes.
    pub(crate) async fn rehearse(mut self, proof: Recorded) -> Result<(), Error> {
        if proof.mark != self.mark {
            return Err(Error::Bug("a rehearsal with the proof of another change".to_owned()));
        }
        self.transaction.journal(&self.context, &self.pending).await?;
        self.roll_back().await
    }

    /// Undoes it. Dropping does the same, but gives up the connection.
    pub async fn roll_back(self) -> Result<(), Error> {
        Ok(self.transaction.rollback().await?)
    }

    /// Defaults and triggers of an adopted table may have filled in what was not given.
    async fn as_the_table_has_it(&mut self, model: &'static Model, row: &mut Row) -> Result<(), Error> {
        if model.adopted.is_some() {
            let gone = || Error::Check("The table did not keep the row.");
            *row = self.transaction.load(model, row.id).await?.ok_or_else(gone)?;
        }
        Ok(())
    }

    /// The row as it is now, if it is within the terms and at this version.
    async fn row_within(&mut self, terms: &Terms, id: RowKey, version: Option<i64>) -> Result<Row, Error> {
        proved(terms)?;
        let row = self.transaction.load(terms.model(), id).await?.ok_or(Error::NotFound)?;
        if !terms.covers(&row) {
            return Err(Error::NotFound);
        }
        if version.is_some_and(|seen| seen != row.version) {
            return Err(Error::Stale(Box::new(row)));
        }
        self.kept_apart(terms, &row).await?;
        Ok(row)
    }
}

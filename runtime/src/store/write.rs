//! A change: one transaction on the one writing connection. Every mutation is checked against its terms on the row as
//! it is read here, and leaves an event behind; [`Write::commit`] asks for the proof of at least one.

use crate::audit::{Context, Event};
use crate::authorize::Terms;
use crate::error::Error;
use crate::panel::Model;
use crate::store::Store;
use crate::store::query::{GetQuery, ListedRow};
use crate::value::{Row, Value};

/// A transaction under way. Dropped, nothing of it happened.
#[derive(Debug)]
pub struct Write {
    context: Context,
}

/// The proof that something was recorded in a [`Write`]; only the store makes it, and committing asks for it.
#[must_use]
#[derive(Debug)]
pub struct Recorded {
    _write: u64,
}

/// A row that was inserted.
#[derive(Debug)]
pub struct Inserted {
    /// As stored.
    pub row: Row,
    /// For [`Write::commit`].
    pub recorded: Recorded,
}

/// What came of an update.
#[derive(Debug)]
pub enum Updated {
    /// The row as stored now, and the proof for [`Write::commit`].
    Changed(Row, Recorded),
    /// Nothing differed; nothing was written.
    Unchanged(Row),
}

/// Which rows a written foreign key may point at.
#[derive(Debug, Clone, Copy)]
pub enum Parents<'a> {
    /// Rows within these view terms, looked up by model; a model without terms: none.
    Within(&'a [Terms]),
    /// Any row that exists. For the command line and for actions' own writing; never for what a person filled in.
    AnyThatExists,
}

impl Write {
    pub(super) async fn begin(_store: &Store, context: Context) -> Result<Self, Error> {
        Ok(Self { context })
    }

    /// Who, when, and in which request.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// A row as it is within this transaction.
    pub async fn get(&mut self, query: &GetQuery<'_>) -> Result<Option<ListedRow>, Error> {
        let _ = query;
        Err(Error::Bug("writing is not in place yet".to_owned()))
    }

    /// Inserts a row of `terms.model()`. `values` are what the person filled in, by field index; defaults and automatic
    /// fields are filled in here.
    pub async fn insert(
        &mut self,
        terms: &Terms,
        values: Vec<(usize, Value)>,
        parents: Parents<'_>,
    ) -> Result<Inserted, Error> {
        let _ = (terms, values, parents);
        Err(Error::Bug("writing is not in place yet".to_owned()))
    }

    /// Changes a row. Only values that differ are written. `version` is the one the person saw; none: whichever it is
    /// (for actions, which read the row in this transaction).
    pub async fn update(
        &mut self,
        terms: &Terms,
        id: i64,
        version: Option<i64>,
        values: Vec<(usize, Value)>,
        parents: Parents<'_>,
    ) -> Result<Updated, Error> {
        let _ = (terms, id, version, values, parents);
        Err(Error::Bug("writing is not in place yet".to_owned()))
    }

    /// Removes a row and what goes along with it, each recorded by itself.
    pub async fn delete(&mut self, terms: &Terms, id: i64, version: Option<i64>) -> Result<Recorded, Error> {
        let _ = (terms, id, version);
        Err(Error::Bug("writing is not in place yet".to_owned()))
    }

    /// Inserts rows in bulk from the command line, without terms, with one event for all.
    pub async fn seed(
        &mut self,
        model: &'static Model,
        rows: &[Vec<(usize, Value)>],
    ) -> Result<(Vec<i64>, Recorded), Error> {
        let _ = (model, rows);
        Err(Error::Bug("writing is not in place yet".to_owned()))
    }

    /// Records something beside the rows: an action that ran, a refused form, an export.
    pub fn record(&mut self, event: Event) -> Recorded {
        let _ = event;
        Recorded { _write: 0 }
    }

    /// Makes it all happen, with its events, or nothing of it.
    pub async fn commit(self, proof: Recorded) -> Result<(), Error> {
        let _ = proof;
        Err(Error::Bug("writing is not in place yet".to_owned()))
    }
}

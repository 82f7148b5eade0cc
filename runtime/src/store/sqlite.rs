//! The SQLite store.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::audit::chain::Verified;
use crate::audit::{Context, EntryPage, EntryQuery};
use crate::error::Error;
use crate::migrate::Plan;
use crate::panel::Panel;
use crate::store::query::{
    Candidates, ChartQuery, Count, CountQuery, GetQuery, ListQuery, Listed, ListedRow, PickerQuery,
};

#[derive(Debug)]
pub(super) struct Sqlite {}

fn not_yet<T>() -> Result<T, Error> {
    Err(Error::Bug("the store is not in place yet".to_owned()))
}

impl Sqlite {
    pub(super) async fn open(_url: &str, _statements: Arc<AtomicU64>) -> Result<Self, Error> {
        not_yet()
    }
    pub(super) async fn list(&self, _panel: &'static Panel, _query: &ListQuery<'_>) -> Result<Listed, Error> {
        not_yet()
    }
    pub(super) async fn get(&self, _panel: &'static Panel, _query: &GetQuery<'_>) -> Result<Option<ListedRow>, Error> {
        not_yet()
    }
    pub(super) async fn candidates(
        &self,
        _panel: &'static Panel,
        _pickers: &[PickerQuery<'_>],
    ) -> Result<Vec<Candidates>, Error> {
        not_yet()
    }
    pub(super) async fn counts(&self, _queries: &[CountQuery<'_>]) -> Result<Vec<Count>, Error> {
        not_yet()
    }
    pub(super) async fn chart(&self, _query: &ChartQuery<'_>) -> Result<Vec<(chrono::NaiveDate, u64)>, Error> {
        not_yet()
    }
    pub(super) async fn entries(&self, _query: &EntryQuery<'_>) -> Result<EntryPage, Error> {
        not_yet()
    }
    pub(super) async fn verify_audit(&self) -> Result<Verified, Error> {
        not_yet()
    }
    pub(super) async fn plan(&self, _panel: &'static Panel) -> Result<Plan, Error> {
        not_yet()
    }
    pub(super) async fn apply(&self, _plan: &Plan, _context: &Context) -> Result<(), Error> {
        not_yet()
    }
}

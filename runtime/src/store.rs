//! Where rows are kept. Callers put questions as data ([`query`]) and changes through a [`Write`]; which database
//! answers, and in which dialect, nothing outside this folder knows. No row leaves without [`Terms`], and no change
//! commits without its event.

mod account;
mod adopt;
mod answer;
mod apart;
mod api_tokens;
mod authority;
mod bound;
pub mod cursor;
mod database;
mod deletion;
mod dialect;
mod factors;
mod fault;
mod fit;
mod framework;
mod group;
#[cfg(test)]
pub(crate) mod heard;
mod indexes;
mod lane;
mod link_tables;
mod links;
mod loans;
mod mail;
mod parts;
mod passkeys;
mod placeholders;
mod pool;
mod postgres;
pub mod query;
pub mod retention;
pub mod shown;
mod sql;
mod sqlite;
mod statements;
mod transaction;
mod tries;
mod work;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Notify, OnceCell};

use crate::audit::chain::Verified;
use crate::audit::{Context, EntryPage, EntryQuery};
use crate::authorize::Terms;
use crate::error::Error;
use crate::key::RowKey;
use crate::marks::Marks;
use crate::migrate::files::{File, Taken};
use crate::migrate::{Part, Plan};
use crate::panel::Panel;

use cursor::Cursors;
use database::Database;
use pool::Among;

pub use account::{
    Ask, LinkRow, NewLink, NewPerson, NewSession, OwnSession, PasswordHash, PersonRow, Purpose, SessionRow,
};
pub(crate) use adopt::schema_at;
pub(crate) use api_tokens::{ApiTokenRow, NewApiToken, OwnApiToken};
pub use authority::PERSON;
pub use factors::{Accepted, Codes, FactorRow, NewCode, Presented, SavedCode};
pub(crate) use lane::aside;
pub use loans::{EXPIRED, GROUP, GroupRow, LoanQuery, LoanRow, NewLoan, RENEWED};
pub(crate) use mail::{MailEnd, MailRow, MailState};
pub use passkeys::{NewChallenge, NewPasskey, PasskeyRow, Signed};
pub use query::{
    COUNT_BOUND, Candidate, Candidates, ChartQuery, Count, CountQuery, DeleteGroup, DeletePreview, FacetQuery,
    GetQuery, Key, LARGEST_BATCH, LARGEST_PAGE, Label, LabelOf, ListQuery, Listed, ListedRow, NamesQuery, PICKER_ROWS,
    PREVIEW_LABELS, PickFrom, PickerQuery, Position, Search,
};
#[cfg(test)]
pub(crate) use sqlite::hurried;
pub use work::{JobFault, JobRow, JobState, JobStep, KEPT_FAULTS, Lease, NewJob, SHOWN_JOBS, UploadPart, UploadRow};
pub(crate) use write::bulk::{Came, Importing, Incoming, MatchBy, Met, refused};
pub use write::{Inserted, Parents, Recorded, Updated, Write};

/// A database of one panel. Cheap to clone; all clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    panel: &'static Panel,
    database: Arc<Database>,
    statements: Arc<AtomicU64>,
    /// Rung when something was queued for the sender of mail.
    bell: Arc<Notify>,
    /// Read once: it never changes.
    sealing: Arc<OnceCell<(Cursors, Marks)>>,
}

impl Store {
    /// Opens `sqlite:PATH`, making the file if there is none, or `postgres://USER:PASSWORD@HOST/NAME`. Applies no
    /// schema: see [`Store::plan`].
    ///
    /// # Errors
    /// [`Error::Setup`] with one line when it is not a database, was written by a newer version, can't be written to,
    /// made or reached. It is left as it was. No password of the URL is in the line.
    pub async fn open(panel: &'static Panel, url: &str) -> Result<Self, Error> {
        let statements = Arc::new(AtomicU64::new(0));
        let database = Arc::new(Database::open(url, Arc::clone(&statements)).await?);
        Ok(Self { panel, database, statements, bell: Arc::default(), sealing: Arc::default() })
    }

    /// The whole schema, if there is no database at this URL yet; none if there is one. Makes nothing.
    ///
    /// # Errors
    /// [`Error::Setup`] for a URL that names no database.
    pub fn plan_for_none(panel: &'static Panel, url: &str) -> Result<Option<Plan>, Error> {
        Self::part_for_none(panel, Part::Whole, url)
    }

    /// As [`Store::plan_for_none`], for a part of the schema.
    pub(crate) fn part_for_none(panel: &'static Panel, part: Part, url: &str) -> Result<Option<Plan>, Error> {
        if url.starts_with("sqlite:") { sqlite::plan_for_none(panel, part, url) } else { Ok(None) }
    }

    /// The panel whose rows it keeps.
    #[must_use]
    pub fn panel(&self) -> &'static Panel {
        self.panel
    }

    /// Rings when a change was committed that is told by mail.
    pub(crate) fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// Which database it is: `SQLite 3.50.2`, `PostgreSQL 17.2`.
    pub async fn version(&self) -> Result<String, Error> {
        self.database.version().await
    }

    /// SQL statements so far, without begin and commit and what works in the background. For tests that hold pages to
    /// their number.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// One page of rows: one statement, and one more when the count is asked for and not known without.
    pub async fn list(&self, query: &ListQuery<'_>) -> Result<Listed, Error> {
        self.database.list(self.panel, query, LARGEST_PAGE).await
    }

    /// As [`Store::list`], for a walk over the whole list: up to [`LARGEST_BATCH`] rows in one statement.
    pub async fn batch(&self, query: &ListQuery<'_>) -> Result<Listed, Error> {
        self.database.list(self.panel, query, LARGEST_BATCH).await
    }

    /// How many rows a list has, however many: up to the longest time of a statement. Pages count up to a bound.
    pub async fn count(&self, query: &ListQuery<'_>) -> Result<u64, Error> {
        self.database.count_all(query).await
    }

    /// How many rows a list has, up to [`query::COUNT_BOUND`]: where a page of a search told less exactly.
    pub async fn count_to_bound(&self, query: &ListQuery<'_>) -> Result<Count, Error> {
        self.database.count_to_bound(query).await
    }

    /// One row, in one statement; `None` when there is none within the terms.
    pub async fn get(&self, query: &GetQuery<'_>) -> Result<Option<ListedRow>, Error> {
        self.database.get(self.panel, query).await
    }

    /// What all pickers of a form offer, in one statement for 40 of them; one answer for each question, in order.
    pub async fn candidates(&self, pickers: &[PickerQuery<'_>]) -> Result<Vec<Candidates>, Error> {
        self.database.candidates(self.panel, pickers).await
    }

    /// What some rows are called, in one statement for 40 questions; one answer for each, in order, without rows that
    /// are not there or that the viewer may not see.
    pub async fn names(&self, queries: &[NamesQuery<'_>]) -> Result<Vec<Vec<Candidate>>, Error> {
        self.database.names(self.panel, queries).await
    }

    /// Counts for the home page, in one statement; one answer for each question, in order.
    pub async fn counts(&self, queries: &[CountQuery<'_>]) -> Result<Vec<Count>, Error> {
        self.database.counts(queries).await
    }

    /// How many rows each value of some fields would leave, within these (view) terms and among the rows in which this
    /// is found, in one statement; one answer for each question, in order: of listed values their places in the list,
    /// of others the most frequent ones by key.
    pub async fn facets(
        &self,
        terms: &Terms,
        queries: &[FacetQuery],
        search: Option<Search<'_>>,
    ) -> Result<Vec<Vec<(RowKey, Count)>>, Error> {
        self.database.facets(terms, queries, search).await
    }

    /// Rows by day, every day of the span in order, in one statement.
    pub async fn chart(&self, query: &ChartQuery<'_>) -> Result<Vec<(chrono::NaiveDate, u64)>, Error> {
        self.database.chart(query).await
    }

    /// What deleting this row would take along; `None` when it is not within the (delete) terms. `views` are the
    /// viewer's view terms over other models: rows outside are counted, never named. One statement a key that points
    /// at something that goes.
    pub async fn delete_preview(
        &self,
        terms: &Terms,
        id: RowKey,
        views: &[Terms],
    ) -> Result<Option<DeletePreview>, Error> {
        deletion::preview(self, terms, id, views).await
    }

    /// Starts a change. It holds the one writing connection until it is committed or dropped; dropped, nothing of it
    /// happened.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the connection is not free within 2 s, or another process holds the file for 5 s.
    pub async fn write(&self, context: Context) -> Result<Write, Error> {
        Write::begin(self, context, Among::Others).await
    }

    /// As [`Store::write`], for a change that takes a while: it shares its commit with nobody.
    pub(crate) async fn write_apart(&self, context: Context) -> Result<Write, Error> {
        Write::begin(self, context, Among::None).await
    }

    /// As [`Store::write_apart`], for seconds: people who want to save meanwhile wait longer than usual where there is
    /// one writer, and are told why if that is not enough.
    pub(crate) async fn write_for_long(&self, context: Context) -> Result<Write, Error> {
        Write::begin(self, context, Among::NoneForLong).await
    }

    /// A page of the audit log, in one statement.
    pub async fn entries(&self, query: &EntryQuery<'_>) -> Result<EntryPage, Error> {
        self.database.entries(query).await
    }

    /// Reads the whole audit log and says whether it is as it was written.
    pub async fn verify_audit(&self) -> Result<Verified, Error> {
        self.database.verify_audit(None).await
    }

    /// What places in lists are sealed with, on their way into an address and back.
    ///
    /// # Errors
    /// [`Error::Setup`] when the database keeps no key for it.
    pub async fn cursors(&self) -> Result<&Cursors, Error> {
        Ok(&self.sealing().await?.0)
    }

    /// By what forms and sessions are known again.
    ///
    /// # Errors
    /// As [`Store::cursors`].
    pub(crate) async fn marks(&self) -> Result<&Marks, Error> {
        Ok(&self.sealing().await?.1)
    }

    async fn sealing(&self) -> Result<&(Cursors, Marks), Error> {
        let lost =
            || Error::Setup("the table bw_settings has lost `cursor_key`: no list can be paged through".to_owned());
        let made = self.sealing.get_or_try_init(|| async {
            let key = self.database.setting("cursor_key").await?.ok_or_else(lost)?;
            Ok::<_, Error>((Cursors::with(key.as_bytes()), Marks::with(key.as_bytes())))
        });
        made.await
    }

    /// What the schema lacks.
    ///
    /// # Errors
    /// [`Error::Setup`] when the schema differs in a way that is not added to but taken away from: the sentence names
    /// table and column and the line to write by hand.
    pub async fn plan(&self) -> Result<Plan, Error> {
        self.database.plan(self.panel, Part::Whole).await
    }

    /// Applies what the schema lacks, in one transaction with its event. Returns what was applied.
    pub async fn migrate(&self, context: Context) -> Result<Plan, Error> {
        let plan = self.database.migrate(self.panel, Part::Whole, &context).await?;
        self.cursors().await?;
        Ok(plan)
    }

    /// What a part of the schema lacks.
    pub(crate) async fn plan_of(&self, part: Part) -> Result<Plan, Error> {
        self.database.plan(self.panel, part).await
    }

    /// What this part takes in a database in which there is nothing.
    pub(crate) async fn plan_from_nothing(&self, part: Part) -> Result<Plan, Error> {
        self.database.plan_from_nothing(self.panel, part).await
    }

    /// Applies what a part of the schema lacks, as [`Store::migrate`].
    pub(crate) async fn migrate_part(&self, part: Part, context: Context) -> Result<Plan, Error> {
        self.database.migrate(self.panel, part, &context).await
    }

    /// The migration files that were applied, in order.
    pub(crate) async fn taken(&self) -> Result<Vec<Taken>, Error> {
        self.database.taken().await
    }

    /// Applies a migration file, in one transaction with its record; whether nobody had applied it before. Not `runs`:
    /// it is only recorded, for a schema that is there already.
    pub(crate) async fn apply(&self, file: &File, runs: bool, context: Context) -> Result<bool, Error> {
        file.suits(self.database.name())?;
        self.database.apply(self.panel, file, runs, &context).await
    }

    /// Which database it is, as migration files name it.
    pub(crate) fn database_name(&self) -> &'static str {
        self.database.name()
    }
}

/// What the block's `reauth` lists is not done on an old proof of identity, whichever page asks.
pub(crate) fn proved(terms: &Terms) -> Result<(), Error> {
    if terms.lacks_proof() { Err(Error::ProofNeeded) } else { Ok(()) }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
impl Store {
    /// Runs a statement on the writing connection, past every rule: what an attacker with the file could do.
    pub(crate) async fn execute_for_test(&self, text: &'static str) -> u64 {
        self.try_for_test(text).await.expect("a statement that runs")
    }

    /// As [`Store::execute_for_test`], for a statement that may fail.
    pub(crate) async fn try_for_test(&self, text: &'static str) -> Result<u64, Error> {
        self.database.meddle(sql::Sql::new(text)).await
    }

    /// From now on there is no room for one more page in the file, as far as changes go; of SQLite alone. It lasts
    /// until a statement failed for it.
    pub(crate) async fn fill_up_for_test(&self) {
        let mut filling = self.database.begin().await.expect("a transaction");
        filling.rows(sql::Sql::new("PRAGMA max_page_count = 1")).await.expect("as it says");
        filling.rollback().await.expect("the connection goes back");
    }

    /// When what was under way is over: a database goes on with a statement whose request went away.
    pub(crate) async fn settled_for_test(&self) {
        let mut others = self.database.begin().await.expect("a transaction");
        if !others.is_the_only_one() {
            let all = sql::Sql::new("LOCK TABLE bw_people, bw_sessions, bw_audit IN SHARE MODE");
            others.execute(all).await.expect("tables in which nobody writes");
        }
        others.commit_without_event().await.expect("a commit");
    }

    /// The first column of the first row, as text, on a reading connection.
    pub(crate) async fn ask_for_test(&self, text: &'static str) -> String {
        let mut lane = self.database.reading().await.expect("a connection");
        let rows = lane.rows(sql::Sql::new(text)).await.expect("a statement that runs");
        let row = rows.first().expect("a row");
        match row {
            answer::Answer::Sqlite(row) => sqlx::Row::try_get_unchecked::<String, _>(row, 0).expect("a column"),
            answer::Answer::Postgres(_) => row.words(0).expect("a column"),
        }
    }

    /// How a statement fails on a reading connection.
    pub(crate) async fn fail_for_test(&self, text: &'static str) -> Error {
        let mut lane = self.database.reading().await.expect("a connection");
        lane.rows(sql::Sql::new(text)).await.expect_err("a statement that fails").into()
    }
}

//! One connection, and the few that a store keeps. A statement that runs longer than 5 s is interrupted in the database
//! itself, and a connection that was left in the middle of one (its request went away) is closed rather than reused.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{Arguments as _, ConnectOptions as _, SqliteConnection};
use tokio::sync::{OwnedMutexGuard, Semaphore, SemaphorePermit};

use super::fault::Fault;
use crate::error::Error;
use crate::store::sql::{Bound, Sql};

/// Longest a statement may run (defaults.md: SQL 5 s).
const STATEMENT_MS: u64 = 5_000;
/// Longest wait for a connection (defaults.md: pool 2 s).
const WAIT: Duration = Duration::from_secs(2);
/// Connections that read.
const READERS: usize = 4;
/// Steps of SQLite's machine between two looks at the clock.
const STEPS_A_LOOK: i32 = 50_000;

/// One connection.
pub(in crate::store) struct Lane {
    connection: SqliteConnection,
    deadline: Arc<AtomicU64>,
    born: Instant,
    statements: Arc<AtomicU64>,
    /// In the middle of a statement, or broken by one.
    unfit: bool,
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lane")
    }
}

impl Lane {
    pub(super) async fn open(options: &SqliteConnectOptions, statements: Arc<AtomicU64>) -> Result<Self, Fault> {
        let mut connection = options.connect().await?;
        let born = Instant::now();
        let deadline = Arc::new(AtomicU64::new(u64::MAX));
        let until = Arc::clone(&deadline);
        connection
            .lock_handle()
            .await?
            .set_progress_handler(STEPS_A_LOOK, move || millis_since(born) <= until.load(Ordering::Relaxed));
        Ok(Self { connection, deadline, born, statements, unfit: false })
    }

    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<SqliteRow>, Fault> {
        let (text, bound) = sql.into_parts();
        let arguments = arguments(bound)?;
        self.start();
        self.statements.fetch_add(1, Ordering::Relaxed);
        let answer = sqlx::query_with(text, arguments).fetch_all(&mut self.connection).await;
        self.finish(answer)
    }

    /// The first row.
    pub(in crate::store) async fn row(&mut self, sql: Sql) -> Result<Option<SqliteRow>, Fault> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// Runs it; how many rows it changed.
    pub(in crate::store) async fn execute(&mut self, sql: Sql) -> Result<u64, Fault> {
        let (text, bound) = sql.into_parts();
        let arguments = arguments(bound)?;
        self.start();
        self.statements.fetch_add(1, Ordering::Relaxed);
        let answer = sqlx::query_with(text, arguments).execute(&mut self.connection).await;
        Ok(self.finish(answer)?.rows_affected())
    }

    /// `BEGIN …`, `COMMIT`, `ROLLBACK`: not counted.
    pub(super) async fn control(&mut self, text: &'static str) -> Result<(), Fault> {
        self.start();
        let answer = sqlx::query(text).execute(&mut self.connection).await;
        self.finish(answer)?;
        Ok(())
    }

    fn start(&mut self) {
        self.unfit = true;
        self.deadline.store(millis_since(self.born).saturating_add(STATEMENT_MS), Ordering::Relaxed);
    }

    fn finish<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, Fault> {
        let answer = answer.map_err(Fault::from);
        self.unfit = answer.as_ref().is_err_and(Fault::breaks_connection);
        answer
    }
}

fn millis_since(born: Instant) -> u64 {
    u64::try_from(born.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn arguments(bound: Vec<Bound>) -> Result<SqliteArguments, Fault> {
    let mut arguments = SqliteArguments::default();
    for value in bound {
        match value {
            Bound::Int(value) => arguments.add(value),
            Bound::Float(value) => arguments.add(value),
            Bound::Text(value) => arguments.add(value),
            Bound::Blob(value) => arguments.add(value),
        }
        .map_err(|error| Fault::Other(Error::Bug(format!("a value can't be bound: {error}"))))?;
    }
    Ok(arguments)
}

/// The connections that read.
#[derive(Debug)]
pub(super) struct Readers {
    options: SqliteConnectOptions,
    statements: Arc<AtomicU64>,
    permits: Semaphore,
    idle: Mutex<Vec<Lane>>,
}

impl Readers {
    pub(super) fn new(options: SqliteConnectOptions, statements: Arc<AtomicU64>) -> Self {
        Self { options, statements, permits: Semaphore::new(READERS), idle: Mutex::new(Vec::new()) }
    }

    /// A connection for reading.
    pub(super) async fn lane(&self) -> Result<Reading<'_>, Fault> {
        let Ok(Ok(permit)) = tokio::time::timeout(WAIT, self.permits.acquire()).await else {
            return Err(Fault::Other(Error::Unavailable("all reading connections are busy".to_owned())));
        };
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let lane = match idle {
            Some(lane) => lane,
            None => Lane::open(&self.options, Arc::clone(&self.statements)).await?,
        };
        Ok(Reading { lane: Some(lane), in_snapshot: false, readers: self, _permit: permit })
    }
}

/// A reading connection on loan.
pub(in crate::store) struct Reading<'a> {
    /// There until dropped.
    lane: Option<Lane>,
    in_snapshot: bool,
    readers: &'a Readers,
    _permit: SemaphorePermit<'a>,
}

impl Reading<'_> {
    fn lane(&mut self) -> Result<&mut Lane, Fault> {
        self.lane.as_mut().ok_or_else(|| Fault::Other(Error::Bug("a reading connection is gone".to_owned())))
    }

    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<SqliteRow>, Fault> {
        self.lane()?.rows(sql).await
    }

    /// The first row.
    pub(in crate::store) async fn row(&mut self, sql: Sql) -> Result<Option<SqliteRow>, Fault> {
        self.lane()?.row(sql).await
    }

    /// From here to [`Reading::end`], every statement sees one state. Without the end the connection is closed.
    pub(super) async fn begin(&mut self) -> Result<(), Fault> {
        self.in_snapshot = true;
        self.lane()?.control("BEGIN").await
    }

    /// The end of what [`Reading::begin`] started.
    pub(super) async fn end(mut self) -> Result<(), Fault> {
        self.lane()?.control("COMMIT").await?;
        self.in_snapshot = false;
        Ok(())
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if let Some(lane) = self.lane.take()
            && !lane.unfit
            && !self.in_snapshot
        {
            self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(lane);
        }
    }
}

/// The one connection that writes.
#[derive(Debug)]
pub(super) struct Writer {
    options: SqliteConnectOptions,
    statements: Arc<AtomicU64>,
    lane: Arc<tokio::sync::Mutex<Option<Lane>>>,
}

impl Writer {
    pub(super) fn new(options: SqliteConnectOptions, statements: Arc<AtomicU64>, lane: Lane) -> Self {
        Self { options, statements, lane: Arc::new(tokio::sync::Mutex::new(Some(lane))) }
    }

    /// Begins a transaction that holds the write lock of the file from the start.
    pub(super) async fn begin(&self) -> Result<Transaction, Fault> {
        let Ok(mut home) = tokio::time::timeout(WAIT, Arc::clone(&self.lane).lock_owned()).await else {
            return Err(Fault::Other(Error::Unavailable("the writing connection is busy".to_owned())));
        };
        let mut lane = match home.take() {
            Some(lane) => lane,
            None => Lane::open(&self.options, Arc::clone(&self.statements)).await?,
        };
        lane.control("BEGIN IMMEDIATE").await?;
        Ok(Transaction { lane, home })
    }

    /// A connection beside all others.
    #[cfg(test)]
    pub(super) async fn stranger(&self) -> Result<Lane, Fault> {
        Lane::open(&self.options, Arc::default()).await
    }

    /// As [`Writer::begin`], on a connection of its own without foreign keys, for a change of the schema.
    pub(super) async fn begin_loose(&self) -> Result<Transaction, Fault> {
        let Ok(home) = tokio::time::timeout(WAIT, Arc::clone(&self.lane).lock_owned()).await else {
            return Err(Fault::Other(Error::Unavailable("the writing connection is busy".to_owned())));
        };
        let loose = self.options.clone().foreign_keys(false);
        let mut lane = Lane::open(&loose, Arc::clone(&self.statements)).await?;
        lane.control("BEGIN IMMEDIATE").await?;
        Ok(Transaction { lane, home })
    }
}

/// A transaction on the writing connection. Dropped without its end, the connection is closed, which rolls back.
#[derive(Debug)]
pub(in crate::store) struct Transaction {
    lane: Lane,
    home: OwnedMutexGuard<Option<Lane>>,
}

impl Transaction {
    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<SqliteRow>, Fault> {
        self.lane.rows(sql).await
    }

    /// The first row.
    pub(in crate::store) async fn row(&mut self, sql: Sql) -> Result<Option<SqliteRow>, Fault> {
        self.lane.row(sql).await
    }

    /// Runs it; how many rows it changed.
    pub(in crate::store) async fn execute(&mut self, sql: Sql) -> Result<u64, Fault> {
        self.lane.execute(sql).await
    }

    /// Makes it last. By itself only for what is no event (counts of tries, the time a session was seen last); all else
    /// goes through [`crate::store::Write::commit`].
    pub(in crate::store) async fn commit_without_event(self) -> Result<(), Fault> {
        self.finish("COMMIT").await
    }

    /// Undoes it, and keeps the connection.
    pub(in crate::store) async fn rollback(self) -> Result<(), Fault> {
        self.finish("ROLLBACK").await
    }

    /// Makes it last, and gives up the connection that [`Writer::begin_loose`] opened.
    pub(super) async fn commit_loose(mut self) -> Result<(), Fault> {
        self.lane.control("COMMIT").await
    }

    async fn finish(mut self, how: &'static str) -> Result<(), Fault> {
        self.lane.control(how).await?;
        *self.home = Some(self.lane);
        Ok(())
    }
}

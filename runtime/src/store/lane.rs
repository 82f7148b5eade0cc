//! One connection, whichever database it leads to, and the few that a store keeps. A connection that was left in the
//! middle of a statement (its request went away) or broke is closed rather than reused.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::Answer;
use super::fault::Fault;
use super::sql::Sql;
use super::{postgres, sqlite};
use crate::error::Error;

/// Longest a statement may run (defaults.md: SQL 5 s).
pub(in crate::store) const STATEMENT: Duration = Duration::from_secs(5);
/// Longest wait for a connection (defaults.md: pool 2 s).
const WAIT: Duration = Duration::from_secs(2);

/// Where a connection leads to. Its options hold the password of the database and are never shown.
#[derive(Clone)]
pub(in crate::store) enum Door {
    /// A file.
    Sqlite(Box<SqliteConnectOptions>),
    /// A server.
    Postgres(Box<PgConnectOptions>),
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Sqlite(…)",
            Self::Postgres(_) => "Postgres(…)",
        })
    }
}

enum Connection {
    Sqlite(Box<sqlite::Connection>),
    Postgres(Box<postgres::Connection>),
}

tokio::task_local! {
    static ASIDE: ();
}

/// Work that nobody asked for by a request: its statements are not counted as a page's.
pub(crate) async fn aside<F: Future>(work: F) -> F::Output {
    ASIDE.scope((), work).await
}

/// One connection.
pub(in crate::store) struct Lane {
    connection: Connection,
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
    pub(in crate::store) async fn open(door: &Door, statements: Arc<AtomicU64>) -> Result<Self, Fault> {
        let connection = match door {
            Door::Sqlite(options) => Connection::Sqlite(Box::new(sqlite::Connection::open(options).await?)),
            Door::Postgres(options) => Connection::Postgres(Box::new(postgres::Connection::open(options).await?)),
        };
        Ok(Self { connection, statements, unfit: false })
    }

    fn take_time(&mut self) {
        match &mut self.connection {
            Connection::Sqlite(connection) => connection.take_time(),
            // The door says it.
            Connection::Postgres(_) => {}
        }
    }

    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        self.unfit = true;
        self.note(&sql);
        let answer = match &mut self.connection {
            Connection::Sqlite(connection) => connection.rows(sql).await,
            Connection::Postgres(connection) => connection.rows(sql).await,
        };
        self.finish(answer)
    }

    /// The first row.
    pub(in crate::store) async fn row(&mut self, sql: Sql) -> Result<Option<Answer>, Fault> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// Runs it; how many rows it changed.
    pub(in crate::store) async fn execute(&mut self, sql: Sql) -> Result<u64, Fault> {
        self.note(&sql);
        self.run(sql).await
    }

    #[cfg_attr(not(test), expect(unused_variables, reason = "tests listen to the text"))]
    fn note(&self, sql: &Sql) {
        if ASIDE.try_with(|()| ()).is_err() {
            self.statements.fetch_add(1, Ordering::Relaxed);
        }
        #[cfg(test)]
        super::heard::note(sql.text());
    }

    /// Runs all statements of a text.
    async fn script(&mut self, text: &str) -> Result<(), Fault> {
        self.unfit = true;
        let text = Sql::script(text);
        let answer = match &mut self.connection {
            Connection::Sqlite(connection) => connection.script(text).await,
            Connection::Postgres(connection) => connection.script(text).await,
        };
        self.finish(answer)
    }

    /// `BEGIN …`, `COMMIT`, `ROLLBACK`: not counted.
    async fn control(&mut self, sqlite: &'static str, postgres: &'static str) -> Result<(), Fault> {
        let mut sql = Sql::default();
        sql.either(sqlite, postgres);
        self.run(sql).await?;
        Ok(())
    }

    async fn run(&mut self, sql: Sql) -> Result<u64, Fault> {
        self.unfit = true;
        let answer = match &mut self.connection {
            Connection::Sqlite(connection) => connection.execute(sql).await,
            Connection::Postgres(connection) => connection.execute(sql).await,
        };
        self.finish(answer)
    }

    fn finish<T>(&mut self, answer: Result<T, Fault>) -> Result<T, Fault> {
        self.unfit = answer.as_ref().is_err_and(Fault::breaks_connection);
        answer
    }
}

/// Connections of one use, at most so many at once.
#[derive(Debug)]
pub(in crate::store) struct Pool {
    door: Door,
    statements: Arc<AtomicU64>,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Lane>>,
}

impl Pool {
    pub(in crate::store) fn new(door: Door, size: usize, statements: Arc<AtomicU64>) -> Arc<Self> {
        Arc::new(Self { door, statements, permits: Arc::new(Semaphore::new(size)), idle: Mutex::new(Vec::new()) })
    }

    /// A connection for reading.
    pub(in crate::store) async fn reading(self: &Arc<Self>) -> Result<Reading, Fault> {
        let (loan, idle) = self.loan().await?;
        let untried = idle && matches!(self.door, Door::Postgres(_));
        Ok(Reading { loan, untried })
    }

    /// A connection in a transaction; on SQLite it holds the write lock of the file from the start.
    pub(in crate::store) async fn begin(self: &Arc<Self>) -> Result<Transaction, Fault> {
        const BEGIN: [&str; 2] = ["BEGIN IMMEDIATE", "BEGIN"];
        let (mut loan, idle) = self.loan().await?;
        match loan.lane()?.control(BEGIN[0], BEGIN[1]).await {
            // The server went away while the connection was idle. It may be back.
            Err(Fault::Lost(_)) if idle => {
                loan.replace().await?;
                loan.lane()?.control(BEGIN[0], BEGIN[1]).await?;
            }
            begun => begun?,
        }
        loan.keep = false;
        Ok(Transaction { loan, failed: false, home: true })
    }

    /// As [`Pool::begin`], in the place of all of the pool's, on a connection through another door that is closed
    /// afterwards. Its statements take as long as they need.
    pub(in crate::store) async fn begin_through(self: &Arc<Self>, door: &Door) -> Result<Transaction, Fault> {
        let permit = self.permit().await?;
        let mut lane = Lane::open(door, Arc::clone(&self.statements)).await?;
        lane.take_time();
        let mut loan = Loan { lane: Some(lane), pool: Arc::clone(self), keep: false, _permit: permit };
        loan.lane()?.control("BEGIN IMMEDIATE", "BEGIN").await?;
        Ok(Transaction { loan, failed: false, home: false })
    }

    /// A connection beside all others.
    #[cfg(test)]
    pub(in crate::store) async fn stranger(&self) -> Result<Lane, Fault> {
        Lane::open(&self.door, Arc::default()).await
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Fault> {
        match tokio::time::timeout(WAIT, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Fault::Other(Error::Unavailable("all connections to the database are busy".to_owned()))),
        }
    }

    /// A connection, and whether it was used before. Waiting for it and making it together take 2 s at most.
    async fn loan(self: &Arc<Self>) -> Result<(Loan, bool), Fault> {
        let started = tokio::time::Instant::now();
        let permit = self.permit().await?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let was_idle = idle.is_some();
        let lane = match idle {
            Some(lane) => lane,
            None => self.connect(WAIT.saturating_sub(started.elapsed())).await?,
        };
        Ok((Loan { lane: Some(lane), pool: Arc::clone(self), keep: true, _permit: permit }, was_idle))
    }

    async fn connect(&self, within: Duration) -> Result<Lane, Fault> {
        match tokio::time::timeout(within, Lane::open(&self.door, Arc::clone(&self.statements))).await {
            Ok(lane) => lane,
            Err(_) => Err(Fault::Lost("the database does not answer".to_owned())),
        }
    }
}

/// A connection on loan; it goes back when dropped, if it is fit for the next.
#[derive(Debug)]
struct Loan {
    /// There until dropped.
    lane: Option<Lane>,
    pool: Arc<Pool>,
    keep: bool,
    _permit: OwnedSemaphorePermit,
}

impl Loan {
    fn lane(&mut self) -> Result<&mut Lane, Fault> {
        self.lane.as_mut().ok_or_else(|| Fault::Other(Error::Bug("a connection is gone".to_owned())))
    }

    /// A new connection in the place of one that was lost; the other idle ones were lost with it.
    async fn replace(&mut self) -> Result<(), Fault> {
        self.lane = None;
        self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.lane = Some(self.pool.connect(WAIT).await?);
        Ok(())
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(lane) = self.lane.take()
            && self.keep
            && !lane.unfit
        {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(lane);
        }
    }
}

/// A reading connection.
#[derive(Debug)]
pub(in crate::store) struct Reading {
    loan: Loan,
    /// Not used since it was taken from among the idle ones, and leads to a server.
    untried: bool,
}

impl Reading {
    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        let again = std::mem::take(&mut self.untried).then(|| sql.clone());
        match (self.loan.lane()?.rows(sql).await, again) {
            // The server went away while the connection was idle. It may be back, and nothing was changed.
            (Err(Fault::Lost(_)), Some(sql)) => {
                self.loan.replace().await?;
                self.loan.lane()?.rows(sql).await
            }
            (answer, _) => answer,
        }
    }

    /// The first row.
    pub(in crate::store) async fn row(&mut self, sql: Sql) -> Result<Option<Answer>, Fault> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// From here to [`Reading::end`], every statement sees one state. Without the end the connection is closed.
    pub(in crate::store) async fn begin(&mut self) -> Result<(), Fault> {
        self.loan.keep = false;
        let snapshot = ["BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"];
        match self.loan.lane()?.control(snapshot[0], snapshot[1]).await {
            Err(Fault::Lost(_)) if std::mem::take(&mut self.untried) => {
                self.loan.replace().await?;
                self.loan.lane()?.control(snapshot[0], snapshot[1]).await
            }
            begun => begun,
        }
    }

    /// The end of what [`Reading::begin`] started.
    pub(in crate::store) async fn end(mut self) -> Result<(), Fault> {
        self.loan.lane()?.control("COMMIT", "COMMIT").await?;
        self.loan.keep = true;
        Ok(())
    }
}

/// A transaction. Dropped without its end, the connection is closed, which rolls back.
#[derive(Debug)]
pub(in crate::store) struct Transaction {
    loan: Loan,
    failed: bool,
    /// Whether the connection goes back to the pool.
    home: bool,
}

impl Transaction {
    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        let answer = self.loan.lane()?.rows(sql).await;
        self.failed |= answer.is_err();
        answer
    }

    /// The first row.
    pub(in crate::store) async fn row(&mut self, sql: Sql) -> Result<Option<Answer>, Fault> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// Runs it; how many rows it changed.
    pub(in crate::store) async fn execute(&mut self, sql: Sql) -> Result<u64, Fault> {
        let answer = self.loan.lane()?.execute(sql).await;
        self.failed |= answer.is_err();
        answer
    }

    /// Whether nobody else can write before its end, whatever it holds: SQLite has one writer.
    pub(in crate::store) fn is_the_only_one(&self) -> bool {
        self.loan.lane.as_ref().is_some_and(|lane| matches!(lane.connection, Connection::Sqlite(_)))
    }

    /// Runs all statements of a migration file.
    pub(in crate::store) async fn script(&mut self, text: &str) -> Result<(), Fault> {
        let answer = self.loan.lane()?.script(text).await;
        self.failed |= answer.is_err();
        answer
    }

    /// Waits for every other transaction that holds this key, and holds it until the end: for what is decided by a row
    /// that may not be there yet. On SQLite a transaction holds everything.
    pub(in crate::store) async fn hold(&mut self, key: &[u8]) -> Result<(), Fault> {
        let lane = self.loan.lane()?;
        if matches!(lane.connection, Connection::Sqlite(_)) {
            return Ok(());
        }
        let answer = postgres::hold(lane, key).await;
        self.failed |= answer.is_err();
        answer
    }

    /// What follows can be undone by itself.
    pub(in crate::store) async fn savepoint(&mut self) -> Result<(), Fault> {
        if self.failed {
            return Err(Fault::Other(Error::Bug("a savepoint after a statement that failed".to_owned())));
        }
        self.execute(Sql::new("SAVEPOINT bw_row")).await.map(drop)
    }

    /// What followed the savepoint stays.
    pub(in crate::store) async fn release_savepoint(&mut self) -> Result<(), Fault> {
        self.execute(Sql::new("RELEASE SAVEPOINT bw_row")).await.map(drop)
    }

    /// What followed the savepoint did not happen, nor what failed in it.
    pub(in crate::store) async fn undo_to_savepoint(&mut self) -> Result<(), Fault> {
        self.execute(Sql::new("ROLLBACK TO SAVEPOINT bw_row")).await?;
        self.failed = false;
        self.release_savepoint().await
    }

    /// Makes it last. By itself only for what is no event (counts of tries, the time a session was seen last); all else
    /// goes through [`crate::store::Write::commit`].
    ///
    /// Refused after a statement that failed: PostgreSQL would roll back and say that it committed.
    pub(in crate::store) async fn commit_without_event(self) -> Result<(), Fault> {
        if self.failed {
            return Err(Fault::Other(Error::Bug("a commit after a statement that failed".to_owned())));
        }
        self.finish("COMMIT").await
    }

    /// Undoes it, and keeps the connection.
    pub(in crate::store) async fn rollback(self) -> Result<(), Fault> {
        self.finish("ROLLBACK").await
    }

    async fn finish(mut self, how: &'static str) -> Result<(), Fault> {
        self.loan.lane()?.control(how, how).await?;
        self.loan.keep = self.home;
        Ok(())
    }
}

//! One connection, whichever database it leads to. It says of itself whether it was left in the middle of a statement
//! or broke by one; such a one is of no further use.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use tracing::Instrument as _;

use super::answer::Answer;
use super::fault::Fault;
use super::sql::Sql;
use super::{postgres, sqlite};
use crate::error::Error;

/// Longest a statement may run (defaults.md: SQL 5 s).
pub(in crate::store) const STATEMENT: Duration = Duration::from_secs(5);

/// Where a connection leads to. Its options hold the password of the database and are never shown.
#[derive(Clone)]
pub(in crate::store) enum Door {
    /// A file.
    Sqlite(Box<SqliteConnectOptions>),
    /// A server.
    Postgres(Box<postgres::Way>),
}

impl Door {
    /// Whether somebody answers behind it, where nobody did last time: waits for a word, so long at most.
    pub(super) async fn answers(&self, within: Duration) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(way) => way.answers(within).await,
        }
    }
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

/// Work that goes on to its end also if whoever waits for it goes away.
pub(super) async fn through<T: Send + 'static>(
    work: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    let work = work.in_current_span();
    let done = if ASIDE.try_with(|()| ()).is_ok() { tokio::spawn(aside(work)) } else { tokio::spawn(work) };
    done.await.unwrap_or_else(|_| Err(Error::Unavailable("a transaction was given up".to_owned()).into()))
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
            Door::Postgres(way) => Connection::Postgres(Box::new(postgres::Connection::open(way).await?)),
        };
        Ok(Self { connection, statements, unfit: false })
    }

    pub(super) fn take_time(&mut self) {
        match &mut self.connection {
            Connection::Sqlite(connection) => connection.take_time(),
            // The door says it.
            Connection::Postgres(_) => {}
        }
    }

    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        self.note(&sql).await;
        self.unfit = true;
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
        self.note(&sql).await;
        self.run(sql).await
    }

    #[cfg_attr(not(test), expect(unused_variables, clippy::unused_async, reason = "tests listen, and cut off"))]
    async fn note(&self, sql: &Sql) {
        if ASIDE.try_with(|()| ()).is_err() {
            self.statements.fetch_add(1, Ordering::Relaxed);
        }
        #[cfg(test)]
        {
            super::heard::note(sql.text());
            super::heard::may_go_on().await;
        }
    }

    /// Whether it leads to a file, where whoever is in a transaction is the only one who writes.
    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self.connection, Connection::Sqlite(_))
    }

    /// Whether it may be used again.
    pub(super) fn is_fit(&self) -> bool {
        !self.unfit
    }

    /// The answer of a question that follows `begin`, on SQLite handed over together with it: each handing over to the
    /// thread that the file is read and written on, and back, costs as much as a small statement.
    pub(super) async fn begin_with(&mut self, begin: &'static str, question: Sql) -> Result<Vec<Answer>, Fault> {
        self.note(&question).await;
        self.unfit = true;
        let answer = match &mut self.connection {
            Connection::Sqlite(connection) => connection.rows(Sql::in_a_row(vec![Sql::new(begin), question])).await,
            Connection::Postgres(_) => Err(Error::Bug("two statements in one on PostgreSQL".to_owned()).into()),
        };
        self.finish(answer)
    }

    /// Runs statements and then the end of a transaction; on SQLite handed over together. What follows one that fails
    /// is not run.
    pub(super) async fn end_with(&mut self, last: Vec<Sql>, end: Option<&'static str>) -> Result<(), Fault> {
        if self.is_sqlite() {
            for sql in &last {
                self.note(sql).await;
            }
            let all: Vec<Sql> = last.into_iter().chain(end.map(Sql::new)).collect();
            if !all.is_empty() {
                self.run(Sql::in_a_row(all)).await?;
            }
            return Ok(());
        }
        for sql in last {
            self.execute(sql).await?;
        }
        match end {
            Some(end) => self.control(end, end).await.map_err(Fault::at_the_end),
            None => Ok(()),
        }
    }

    /// Runs all statements of a text.
    pub(super) async fn script(&mut self, text: &str) -> Result<(), Fault> {
        self.unfit = true;
        let text = Sql::script(text);
        let answer = match &mut self.connection {
            Connection::Sqlite(connection) => connection.script(text).await,
            Connection::Postgres(connection) => connection.script(text).await,
        };
        self.finish(answer)
    }

    /// `BEGIN …`, `COMMIT`, `ROLLBACK`: not counted.
    pub(super) async fn control(&mut self, sqlite: &'static str, postgres: &'static str) -> Result<(), Fault> {
        #[cfg(test)]
        super::heard::may_go_on().await;
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

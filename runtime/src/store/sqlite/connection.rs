//! One connection to a file. A statement that runs longer than 5 s is interrupted in the database itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions};
use sqlx::{Arguments as _, AssertSqlSafe, ConnectOptions as _, SqliteConnection};

use super::BUSY;
use super::adopt::said::Said;
use super::fault::{is_held, sorted, words};
use crate::error::Error;
use crate::store::answer::Answer;
use crate::store::bound::Bound;
use crate::store::fault::Fault;
use crate::store::lane::STATEMENT;
use crate::store::sql::{Dialect, Sql};
use crate::value::timestamp_text;

/// Steps of SQLite's machine between two looks at the clock.
const STEPS_A_LOOK: i32 = 50_000;

/// Between two tries to open a file that others are making.
const AGAIN: Duration = Duration::from_millis(10);

/// One connection.
pub(in crate::store) struct Connection {
    inner: SqliteConnection,
    deadline: Arc<AtomicU64>,
    born: Instant,
    patient: bool,
}

impl Connection {
    /// Opens the file. While several processes make it at the same moment, SQLite tells some of them that it is held
    /// without having waited: they would wait for each other.
    pub(in crate::store) async fn open(options: &SqliteConnectOptions) -> Result<Self, Fault> {
        let asked = Instant::now();
        let mut connection = loop {
            match options.connect().await {
                Err(error) if is_held(&error) && asked.elapsed() < BUSY => tokio::time::sleep(AGAIN).await,
                opened => break opened.map_err(|e| sorted(&e))?,
            }
        };
        let born = Instant::now();
        let deadline = Arc::new(AtomicU64::new(u64::MAX));
        let until = Arc::clone(&deadline);
        connection
            .lock_handle()
            .await
            .map_err(|e| sorted(&e))?
            .set_progress_handler(STEPS_A_LOOK, move || millis_since(born) <= until.load(Ordering::Relaxed));
        Ok(Self { inner: connection, deadline, born, patient: false })
    }

    /// From now on a statement may take its time: building a table anew is no request.
    pub(in crate::store) fn take_time(&mut self) {
        self.patient = true;
        self.deadline.store(u64::MAX, Ordering::Relaxed);
    }

    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        let (text, bound) = sql.into_parts(Dialect::Sqlite);
        let arguments = arguments(bound)?;
        self.start();
        match sqlx::query_with(text, arguments).fetch_all(&mut self.inner).await {
            Ok(rows) => Ok(rows.into_iter().map(Answer::Sqlite).collect()),
            Err(error) => Err(self.placed(sorted(&error)).await),
        }
    }

    /// Runs it; how many rows it changed.
    pub(in crate::store) async fn execute(&mut self, sql: Sql) -> Result<u64, Fault> {
        let (text, bound) = sql.into_parts(Dialect::Sqlite);
        let arguments = arguments(bound)?;
        self.start();
        match sqlx::query_with(text, arguments).execute(&mut self.inner).await {
            Ok(done) => Ok(done.rows_affected()),
            Err(error) => Err(self.placed(sorted(&error)).await),
        }
    }

    /// Of a check with a name of its own SQLite says that name; which columns it is about stands in the statement that
    /// made its table, of which it says nothing.
    async fn placed(&mut self, mut fault: Fault) -> Fault {
        const TABLES: &str = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND instr(sql, ?1) > 0";
        if let Fault::Rule(rule) = &mut fault
            && let Some(check) = rule.check.take()
            && let Ok(tables) =
                sqlx::query_scalar::<_, String>(TABLES).bind(&check.name).fetch_all(&mut self.inner).await
        {
            let insides = tables.iter().filter_map(|sql| Said::check_of(sql, &check.name));
            let columns: Vec<String> = insides.flat_map(|inside| words(&inside)).collect();
            if !columns.is_empty() {
                rule.columns = columns;
            }
        }
        fault
    }

    /// Runs all statements of a text, however long they take.
    pub(in crate::store) async fn script(&mut self, text: AssertSqlSafe<String>) -> Result<(), Fault> {
        self.deadline.store(u64::MAX, Ordering::Relaxed);
        sqlx::raw_sql(text).execute(&mut self.inner).await.map_err(|e| sorted(&e))?;
        Ok(())
    }

    fn start(&mut self) {
        if self.patient {
            return;
        }
        let limit = u64::try_from(longest().as_millis()).unwrap_or(u64::MAX);
        self.deadline.store(millis_since(self.born).saturating_add(limit), Ordering::Relaxed);
    }
}

#[cfg(not(test))]
fn longest() -> Duration {
    STATEMENT
}

#[cfg(test)]
fn longest() -> Duration {
    hurry::SHORTER.try_with(|shorter| *shorter).unwrap_or(STATEMENT)
}

/// For tests: statements that are cut off at the first look at the clock.
#[cfg(test)]
pub(in crate::store) mod hurry {
    use std::time::Duration;

    tokio::task_local! {
        pub(super) static SHORTER: Duration;
    }

    pub(crate) async fn hurried<F: Future>(work: F) -> F::Output {
        SHORTER.scope(Duration::ZERO, work).await
    }
}

fn millis_since(born: Instant) -> u64 {
    u64::try_from(born.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Values as columns keep them; moments as text of fixed width, whose order is time order.
fn arguments(bound: Vec<Bound>) -> Result<SqliteArguments, Fault> {
    let mut arguments = SqliteArguments::default();
    for value in bound {
        match value {
            Bound::Int(value) | Bound::Decimal(value, _) => arguments.add(value),
            Bound::Float(value) => arguments.add(value),
            Bound::Bool(value) => arguments.add(value.map(i64::from)),
            Bound::Date(value) => arguments.add(value.map(|day| day.to_string())),
            Bound::Time(value) => arguments.add(value.map(|time| time.format("%H:%M:%S").to_string())),
            Bound::Moment(value) => arguments.add(value.map(timestamp_text)),
            Bound::Uuid(value) => arguments.add(value.map(|uuid| uuid.to_string())),
            Bound::Text(value) | Bound::Json(value) => arguments.add(value),
            Bound::Part(value) => arguments.add(value),
            Bound::Found(columns, text) => arguments.add(super::fulltext::question(&columns, &text)),
            Bound::FoundRoughly(columns, parts) => arguments.add(super::fulltext::rough_question(&columns, &parts)),
            Bound::Begins(columns, text) => arguments.add(super::fulltext::question(&columns, &format!(" {text}"))),
            Bound::Numbers(value) => arguments.add(serde_json::Value::from(value).to_string()),
            Bound::Blob(value) => arguments.add(value),
        }
        .map_err(|error| Fault::Other(Error::Bug(format!("a value can't be bound: {error}"))))?;
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::Connection;
    use crate::store::sql::Sql;

    #[tokio::test]
    async fn a_statement_has_its_time_and_one_of_a_migration_as_much_as_it_needs() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("a.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let mut connection = Connection::open(&options).await.expect("a connection");
        connection.rows(Sql::new("SELECT 1")).await.expect("a row");
        assert!(connection.deadline.load(Ordering::Relaxed) < u64::MAX);
        connection.take_time();
        connection.rows(Sql::new("SELECT 1")).await.expect("a row");
        assert_eq!(connection.deadline.load(Ordering::Relaxed), u64::MAX);
    }
}

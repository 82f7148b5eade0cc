//! Where a test keeps its rows: a file in its directory, or, when `BAILIWICK_TEST_STORE` is `postgres`, a database of
//! its own on the server that `BAILIWICK_TEST_POSTGRES` names. It stands for itself, so that tests of other packages of
//! the workspace take it in as a module of theirs.
#![allow(dead_code, reason = "each package that takes it in uses its own part of it")]

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::{Mutex, PoisonError};

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _};

/// Directories of tests and the databases that were made for them.
static MADE: Mutex<Vec<(PathBuf, String)>> = Mutex::new(Vec::new());

/// Whether this run is about PostgreSQL.
pub(crate) fn on_postgres() -> bool {
    std::env::var("BAILIWICK_TEST_STORE").is_ok_and(|store| store == "postgres")
}

/// One of the two, by the database of this run.
pub(crate) fn either<T>(sqlite: T, postgres: T) -> T {
    if on_postgres() { postgres } else { sqlite }
}

/// The database of this directory: empty when first asked for, the same from then on.
pub(crate) fn url(directory: &Path) -> String {
    if !on_postgres() {
        return format!("sqlite:{}", directory.join("clinic.db").display());
    }
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, name)) = made.iter().find(|(of, _)| of == directory) {
        return of_name(name);
    }
    // Those of tests that are over have lost their directory.
    let (kept, over): (Vec<_>, Vec<_>) = made.drain(..).partition(|(of, _)| of.exists());
    *made = kept;
    let name = format!("bailiwick_test_{}_{}", std::process::id(), number());
    made.push((directory.to_owned(), name.clone()));
    drop(made);
    let mut statements: Vec<String> =
        over.iter().map(|(_, name)| format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).collect();
    statements.push(format!("CREATE DATABASE {name} TEMPLATE template0"));
    // A test that asks may or may not be in a runtime of its own.
    let server = server();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut connection = server.connect().await.expect("the server that BAILIWICK_TEST_POSTGRES names");
            for statement in statements {
                sqlx::raw_sql(AssertSqlSafe(statement))
                    .execute(&mut connection)
                    .await
                    .expect("a database for the test");
            }
        });
    })
    .join()
    .expect("a database for the test");
    of_name(&name)
}

fn number() -> usize {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

fn server_url() -> String {
    std::env::var("BAILIWICK_TEST_POSTGRES").expect("the URL of a server: run this as `./test with-postgres COMMAND`")
}

fn server() -> PgConnectOptions {
    PgConnectOptions::from_str(&server_url()).expect("a URL that reads").disable_statement_logging()
}

fn of_name(name: &str) -> String {
    let server = server_url();
    let (place, options) = server.split_once('?').unwrap_or((&server, ""));
    let (place, _) = place.rsplit_once('/').expect("a URL with the name of a database");
    format!("{place}/{name}?{options}")
}

/// One value out of the database, past the panel.
pub(crate) async fn ask<T>(url: &str, text: &'static str, bound: &[i64]) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    if on_postgres() {
        let options = PgConnectOptions::from_str(url).expect("a URL that reads");
        let mut connection = options.connect().await.expect("the database");
        let query = bound.iter().fold(sqlx::query_scalar::<_, T>(text), |query, value| query.bind(*value));
        query.fetch_one(&mut connection).await.expect("a value")
    } else {
        let path = url.strip_prefix("sqlite:").expect("a file");
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut connection = options.connect().await.expect("the file");
        let query = bound.iter().fold(sqlx::query_scalar::<_, T>(text), |query, value| query.bind(*value));
        query.fetch_one(&mut connection).await.expect("a value")
    }
}

/// Runs statements beside the panel, past every rule: what somebody with the keys of the database could do.
pub(crate) async fn run(url: &str, text: &'static str) {
    if on_postgres() {
        let options = PgConnectOptions::from_str(url).expect("a URL that reads");
        let mut connection = options.connect().await.expect("the database");
        sqlx::raw_sql(text).execute(&mut connection).await.expect("a statement that runs");
    } else {
        let path = url.strip_prefix("sqlite:").expect("a file");
        let mut connection = SqliteConnectOptions::new().filename(path).connect().await.expect("the file");
        sqlx::raw_sql(text).execute(&mut connection).await.expect("a statement that runs");
    }
}

/// Closes a database of PostgreSQL to everybody and ends every connection to it, or opens it again.
pub(crate) async fn let_in(url: &str, yes: bool) {
    let place = url.split_once('?').map_or(url, |(place, _)| place);
    let name = place.rsplit('/').next().expect("a name").to_owned();
    let mut connection = server().connect().await.expect("the server");
    let allow = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {yes}");
    sqlx::raw_sql(AssertSqlSafe(allow)).execute(&mut connection).await.expect("a statement that runs");
    let end = format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'");
    sqlx::raw_sql(AssertSqlSafe(end)).execute(&mut connection).await.expect("a statement that runs");
}

/// Everything that is kept, in one heap of bytes, to look for what must not be in it.
pub(crate) async fn all_that_is_kept(directory: &Path) -> Vec<u8> {
    const EVERYTHING: &str = "SELECT coalesce(string_agg(query_to_xml(format('SELECT * FROM %I', relname), true, false, \
         '')::text, ''), '') FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'";
    if !on_postgres() {
        return std::fs::read(directory.join("clinic.db")).expect("the file");
    }
    let options = PgConnectOptions::from_str(&url(directory)).expect("a URL that reads");
    let mut connection = options.connect().await.expect("the database");
    sqlx::raw_sql("SET xmlbinary = hex").execute(&mut connection).await.expect("a setting");
    let text: String = sqlx::query_scalar(EVERYTHING).fetch_one(&mut connection).await.expect("all tables");
    let mut kept = text.clone().into_bytes();
    for hex in text.split(|c: char| !c.is_ascii_hexdigit()).filter(|part| part.len() >= 64 && part.len() % 2 == 0) {
        kept.extend((0..hex.len()).step_by(2).filter_map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok()));
    }
    kept
}

//! The SQLite side of the store: WAL, synchronous=FULL, foreign keys on, one connection that writes and four that read.
//! A file that is not a database, or that a newer version wrote, is left as it was.

pub(in crate::store) mod adopt;
pub(in crate::store) mod answer;
mod columns;
mod connection;
mod fault;
pub(in crate::store) mod fulltext;
mod schema;
mod there;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use super::database::Database;
use super::fault::Fault;
use super::framework;
use super::lane::{Door, Lane};
use super::pool::{Among, Pool};
use super::sql::Sql;
use crate::error::Error;

pub(in crate::store) use connection::Connection;
#[cfg(test)]
pub(crate) use connection::hurry::hurried;
pub(in crate::store) use schema::{keys_hold, migrate, plan, plan_for_none, plan_from_nothing};

/// Longest wait for another process that writes (defaults.md: busy 5 s).
const BUSY: Duration = Duration::from_secs(5);
/// KiB (as SQLite wants it: negative) of pages that the one writing connection may hold: those that a large change is
/// not done with would else be written out and read back.
const WRITING_CACHE: &str = "-16384";
/// Pages (of 4 KiB) that are written beside the file before they are moved into it: a page that many changes touch is
/// then moved once for all of them.
const BESIDE: &str = "4000";
/// Connections that read.
const READERS: usize = 4;
/// Rows of an answer that may wait to be taken: the thread that reads them hands over a batch without stopping in
/// between.
const IN_HAND: usize = 2_048;
/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;

/// Opens the file that a `sqlite:PATH` names, or makes it.
pub(in crate::store) async fn open(url: &str, statements: Arc<AtomicU64>) -> Result<Database, Error> {
    let path = path_of(url)?;
    look_at(path).await?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .synchronous(SqliteSynchronous::Full)
        .statement_cache_capacity(PREPARED)
        .row_buffer_size(IN_HAND)
        .disable_statement_logging();
    let writing = options
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("cache_size", WRITING_CACHE)
        .pragma("wal_autocheckpoint", BESIDE);
    // A schema is changed without foreign keys, which are checked after.
    let building = Door::Sqlite(Box::new(writing.clone().foreign_keys(false)));
    let writers = Pool::new(Door::Sqlite(Box::new(writing)), 1, Arc::clone(&statements));
    // Taking the write lock once tells a read-only disk here and not at the first save.
    let probe = writers.begin(Among::None, false).await.map_err(|f| f.at_open(path))?;
    probe.rollback().await.map_err(|f| f.at_open(path))?;
    // A reading connection can't write, whatever statement reaches it.
    let reading = Door::Sqlite(Box::new(options.pragma("query_only", "ON")));
    Ok(Database { readers: Pool::new(reading, READERS, statements), writers, building })
}

fn path_of(url: &str) -> Result<&str, Error> {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" {
        return Err(Error::Setup(
            "the database: sqlite: needs the path of a file, as in sqlite:clinic.db; nothing kept in memory outlives \
             the program"
                .to_owned(),
        ));
    }
    if path.contains('?') {
        return Err(Error::Setup(format!("the database {path}: a sqlite: URL takes a path and no options")));
    }
    Ok(path)
}

/// Refuses what must not be touched, before anything could touch it; makes an empty file where there is none.
async fn look_at(path: &str) -> Result<(), Error> {
    let setup = |why: &str| Err(Error::Setup(format!("the database {path}: {why}")));
    let file = Path::new(path);
    if file.is_dir() {
        return setup("it is a directory");
    }
    if !file.exists() {
        match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() && !parent.is_dir() => {
                return setup(&format!("the directory {} does not exist", parent.display()));
            }
            _ => match make(file) {
                Ok(()) => return Ok(()),
                // Another process was quicker: it is looked at like any other.
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return setup(&format!("it can't be made here ({e})")),
            },
        }
    }
    // SQLite alone opens the file: closing it by another way would drop the locks that this process holds on it through
    // another store (POSIX).
    let options =
        SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY).disable_statement_logging();
    let mut lane =
        Lane::open(&Door::Sqlite(Box::new(options)), Arc::default()).await.map_err(|f| no_database(f, path))?;
    let version = lane.row(Sql::new(WHOSE)).await.map_err(|f| no_database(f, path))?;
    let version = match &version {
        // A number that somebody else gave the file says nothing about us.
        Some(answer) if answer.whole(0)? == 0 => 0,
        Some(answer) if answer.whole(1)? == 0 => answer.whole(2)?,
        Some(_) => {
            let kept = lane.row(Sql::new("SELECT value FROM bw_settings WHERE name = 'schema'")).await?;
            let kept = kept.map(|answer| answer.words(0)).transpose()?.and_then(|text| text.parse().ok());
            match kept {
                Some(version) => version,
                None => lane.row(Sql::new(WHOSE)).await?.map_or(Ok(0), |answer| answer.whole(2))?,
            }
        }
        None => 0,
    };
    if version > framework::VERSION {
        return setup(&format!(
            "a newer version of this program wrote it (schema {version}, this one knows {}); nothing was changed",
            framework::VERSION
        ));
    }
    Ok(())
}

/// Whether there are tables of ours, whether one of them keeps settings, and the file's own number.
const WHOSE: &str = "SELECT count(*) FILTER (WHERE name = 'bw_migrations'), count(*) FILTER (WHERE name = 'bw_settings'), \
     (SELECT user_version FROM pragma_user_version) FROM sqlite_schema WHERE type = 'table'";

fn no_database(fault: Fault, path: &str) -> Error {
    match fault.at_open(path) {
        Error::Setup(why) if why.ends_with("is not a SQLite database") => {
            Error::Setup(format!("{why}; nothing was changed"))
        }
        error => error,
    }
}

/// Readable for nobody but the account that runs the program.
fn make(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

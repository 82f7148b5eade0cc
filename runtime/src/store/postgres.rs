//! The PostgreSQL side of the store: any number of processes over one database, of the version 13 or newer, in UTF-8.
//! Eight connections that read and eight that write, a process, and now and then one that asks whether it is there. The
//! password of its URL appears in no error, no log and no `Debug`.

pub(in crate::store) mod adopt;
pub(in crate::store) mod answer;
mod checks;
mod columns;
mod connection;
mod fault;
mod pulse;
mod schema;
mod there;
mod url;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use sqlx::ConnectOptions as _;

use super::database::Database;
use super::framework;
use super::lane::{Door, STATEMENT};
use super::pool::Pool;
use super::sql::Sql;
use crate::error::Error;

pub(in crate::store) use connection::{Connection, hold};
pub(in crate::store) use pulse::Way;
pub(in crate::store) use schema::{migrate, plan, plan_from_nothing};

/// Connections that read, and as many that write.
const LANES: usize = 8;
/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;
/// The oldest version that is known to understand all that is said to it.
const OLDEST: i64 = 13;

/// Looks at the database that the URL names, and changes nothing in it.
pub(in crate::store) async fn open(url: &str, statements: Arc<AtomicU64>) -> Result<Database, Error> {
    let (options, place) = url::read(url)?;
    let options = options
        .application_name("bailiwick")
        .statement_cache_capacity(PREPARED)
        .options([("statement_timeout", STATEMENT.as_millis().to_string())])
        // A process that stopped in the middle of a change must not keep the others waiting.
        .options([("idle_in_transaction_session_timeout", "60s")])
        .disable_statement_logging();
    // A reading connection can't write, whatever statement reaches it.
    let reading = options.clone().options([("default_transaction_read_only", "on")]);
    // A migration may take its time: building an index on a large table is no request.
    let building = options.clone().options([("statement_timeout", "0")]);
    let pulse = pulse::Pulse::of(options.clone());
    let checks = Arc::new(checks::Checks::of(reading.clone()));
    let watched = |options| {
        let (pulse, checks) = (Some(Arc::clone(&pulse)), Arc::clone(&checks));
        Door::Postgres(Box::new(Way { options, pulse, checks }))
    };
    let database = Database {
        readers: Pool::new(watched(reading), LANES, Arc::clone(&statements)),
        writers: Pool::new(watched(options), LANES, statements),
        building: Door::Postgres(Box::new(Way { options: building, pulse: None, checks: Arc::clone(&checks) })),
    };
    look_at(&database, &place).await?;
    Ok(database)
}

async fn look_at(database: &Database, place: &str) -> Result<(), Error> {
    const WHAT: &str = "SELECT current_setting('server_version_num')::bigint, current_setting('server_version'), \
         current_setting('server_encoding'), current_schema(), pg_is_in_recovery(), \
         obj_description(to_regclass('bw_migrations'), 'pg_class')";
    let setup = |why: String| Err(Error::Setup(format!("the database {place}: {why}")));
    let mut lane = database.readers.reading().await.map_err(|fault| fault.at_open(place))?;
    let answer = lane.row(Sql::new(WHAT)).await.map_err(|fault| fault.at_open(place))?;
    let Some(answer) = answer else { return setup("it does not answer".to_owned()) };
    if answer.whole(0)? < OLDEST * 10_000 {
        return setup(format!("PostgreSQL {} is too old; it takes {OLDEST} or newer", answer.words(1)?));
    }
    let encoding = answer.words(2)?;
    if encoding != "UTF8" {
        return setup(format!("its encoding is {encoding} and must be UTF8"));
    }
    if answer.text(3)?.is_none() {
        return setup("no schema of its search_path exists".to_owned());
    }
    if answer.yes(4)? {
        return setup("it is a standby, which can't be written to".to_owned());
    }
    let version = answer.text(5)?.and_then(|text| text.strip_prefix(VERSION_COMMENT)?.parse::<i64>().ok());
    if let Some(version) = version
        && version > framework::VERSION
    {
        return setup(format!(
            "a newer version of this program wrote it (schema {version}, this one knows {}); nothing was changed",
            framework::VERSION
        ));
    }
    Ok(())
}

/// What the comment on `bw_migrations` starts with; the number of the schema follows.
const VERSION_COMMENT: &str = "bailiwick schema ";

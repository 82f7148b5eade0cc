//! Which columns a check is about that somebody gave a name of its own: a server names the check and not them. Each is
//! asked for once, when it was first broken, on a connection of its own: the one that met it is in the middle of a
//! transaction that failed. Where nobody answers, the check is about the row.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::store::fault::{Fault, Named};

/// Longest that a sentence waits for its place.
const WAIT: Duration = Duration::from_secs(1);
const COLUMNS: &str = "SELECT a.attname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n \
     ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE n.nspname \
     = $1 AND c.relname = $2 AND k.conname = $3";

/// Checks that were broken, and their columns.
pub(super) struct Checks {
    options: PgConnectOptions,
    known: Mutex<HashMap<Named, Vec<String>>>,
}

impl Checks {
    pub(super) fn of(options: PgConnectOptions) -> Self {
        Self { options, known: Mutex::default() }
    }

    /// The fault with the columns that it is about.
    pub(super) async fn placed(&self, mut fault: Fault) -> Fault {
        if let Fault::Rule(rule) = &mut fault
            && let Some(check) = rule.check.take()
        {
            rule.columns = self.columns(*check).await;
        }
        fault
    }

    async fn columns(&self, check: Named) -> Vec<String> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(columns) = known().get(&check) {
            return columns.clone();
        }
        let asked = Box::pin(tokio::time::timeout(WAIT, self.ask(&check))).await;
        let Ok(Ok(columns)) = asked else { return Vec::new() };
        known().insert(check, columns.clone());
        columns
    }

    async fn ask(&self, check: &Named) -> Result<Vec<String>, sqlx::Error> {
        let mut connection = self.options.connect().await?;
        let asked = sqlx::query_scalar(COLUMNS).bind(&check.schema).bind(&check.table).bind(&check.name);
        let columns = asked.fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(columns)
    }
}

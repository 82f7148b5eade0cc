//! A database that is open: its connections, and which of the two it is. The questions that are put to it stand in
//! [`super::statements`].

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::lane::Door;
use super::pool::{Among, Pool, Reading};
use super::sql::Sql;
use super::statements::migrations;
use super::transaction::Transaction;
use super::{postgres, sqlite};
use crate::audit::Context;
use crate::error::Error;
use crate::migrate::files::{File, Taken};
use crate::migrate::{Part, Plan};
use crate::panel::Panel;

/// The connections of one store.
#[derive(Debug)]
pub(in crate::store) struct Database {
    /// They can't write.
    pub(in crate::store) readers: Arc<Pool>,
    /// For transactions.
    pub(in crate::store) writers: Arc<Pool>,
    /// For a change of the schema.
    pub(in crate::store) building: Door,
}

impl Database {
    /// Opens what the URL names.
    pub(in crate::store) async fn open(url: &str, statements: Arc<AtomicU64>) -> Result<Self, Error> {
        match url.split_once(':').map_or("", |(scheme, _)| scheme) {
            "sqlite" => sqlite::open(url, statements).await,
            "postgres" | "postgresql" => postgres::open(url, statements).await,
            // The URL itself may hold a password.
            _ => Err(Error::Setup(
                "the database: its URL must start with sqlite: or postgres:, as in sqlite:clinic.db".to_owned(),
            )),
        }
    }

    /// A connection for reading.
    pub(in crate::store) async fn reading(&self) -> Result<Reading, Error> {
        Ok(self.readers.reading().await?)
    }

    /// A transaction.
    pub(in crate::store) async fn begin(&self) -> Result<Transaction, Error> {
        Ok(self.writers.begin(Among::Others, false).await?)
    }

    /// A transaction that writes into the audit log.
    pub(in crate::store) async fn begin_change(&self, among: Among) -> Result<Transaction, Error> {
        Ok(self.writers.begin(among, true).await?)
    }

    /// Its name and version, in words.
    pub(in crate::store) async fn version(&self) -> Result<String, Error> {
        let mut sql = Sql::new("SELECT ");
        sql.either("sqlite_version()", "split_part(current_setting('server_version'), ' ', 1)");
        let answer = self.reading().await?.row(sql).await?;
        let version = answer.map_or_else(|| Ok(String::new()), |answer| answer.words(0))?;
        Ok(format!("{} {version}", self.name()))
    }

    /// Which of the two it is, as migration files name it.
    pub(in crate::store) fn name(&self) -> &'static str {
        match self.building {
            Door::Sqlite(_) => "SQLite",
            Door::Postgres(_) => "PostgreSQL",
        }
    }

    /// The steps from the schema that is there to what the panel asks for.
    pub(in crate::store) async fn plan(&self, panel: &'static Panel, part: Part) -> Result<Plan, Error> {
        match self.building {
            Door::Sqlite(_) => sqlite::plan(panel, part, &mut self.reading().await?).await,
            Door::Postgres(_) => postgres::plan(panel, part, self.begin().await?).await,
        }
    }

    /// All steps of a database in which there is nothing.
    pub(in crate::store) async fn plan_from_nothing(&self, panel: &'static Panel, part: Part) -> Result<Plan, Error> {
        match self.building {
            Door::Sqlite(_) => sqlite::plan_from_nothing(panel, part),
            Door::Postgres(_) => postgres::plan_from_nothing(panel, part, self.begin().await?).await,
        }
    }

    /// Takes those steps, in one transaction with its event.
    pub(in crate::store) async fn migrate(
        &self,
        panel: &'static Panel,
        part: Part,
        context: &Context,
    ) -> Result<Plan, Error> {
        let transaction = self.writers.begin_through(&self.building).await?;
        match self.building {
            Door::Sqlite(_) => sqlite::migrate(transaction, panel, part, context).await,
            Door::Postgres(_) => postgres::migrate(transaction, panel, part, context).await,
        }
    }

    /// Applies a file, in one transaction with its record and its event; whether it was not applied already.
    pub(in crate::store) async fn apply(
        &self,
        panel: &'static Panel,
        file: &File,
        runs: bool,
        context: &Context,
    ) -> Result<bool, Error> {
        let mut transaction = self.writers.begin_through(&self.building).await?;
        transaction.hold(b"schema").await?;
        if migrations::taken(&mut transaction).await?.iter().any(|taken| taken.name == file.name) {
            transaction.rollback().await?;
            return Ok(false);
        }
        if runs {
            transaction.script(&file.sql).await.map_err(|fault| migrations::refused(file, fault))?;
            if matches!(self.building, Door::Sqlite(_)) {
                sqlite::keys_hold(&mut transaction, panel).await?;
            }
        }
        migrations::record_file(&mut transaction, context, file).await?;
        transaction.commit_without_event().await?;
        Ok(true)
    }

    /// The files that were applied, in order.
    pub(in crate::store) async fn taken(&self) -> Result<Vec<Taken>, Error> {
        let mut transaction = self.begin().await?;
        let taken = migrations::taken(&mut transaction).await?;
        transaction.rollback().await?;
        Ok(taken)
    }

    /// Runs a statement outside of any transaction, on a connection of its own.
    #[cfg(test)]
    pub(in crate::store) async fn meddle(&self, sql: Sql) -> Result<u64, Error> {
        Ok(self.writers.stranger().await?.execute(sql).await?)
    }
}

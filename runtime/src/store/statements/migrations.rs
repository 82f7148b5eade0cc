//! What was done to the schema, as the database keeps it: by itself, and by migration files.

use crate::audit::{Change, Context, Event, EventId};
use crate::error::Error;
use crate::migrate::Plan;
use crate::migrate::files::{File, Taken};
use crate::panel::Sensitivity;
use crate::store::fault::Fault;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;

/// Writes down the steps that were taken in this transaction, with their event.
pub(in crate::store) async fn record(
    transaction: &mut Transaction,
    context: &Context,
    plan: &Plan,
) -> Result<(), Error> {
    let sql = Sql::new("INSERT INTO bw_migrations (at, hash, sql) VALUES ($1, $2, $3)")
        .bind(context.now())
        .bind(plan.hash())
        .bind(plan.sql());
    transaction.execute(sql).await?;
    let event = Event::plain(EventId::SchemaMigrated)
        .with(Change::fact("hash", Sensitivity::Internal, plan.hash()))
        .with(Change::fact("steps", Sensitivity::Internal, plan.steps.len().to_string()));
    transaction.journal(context, &[event]).await
}

/// The files that were applied, in order; none where there is no table of them yet.
pub(in crate::store) async fn taken(transaction: &mut Transaction) -> Result<Vec<Taken>, Error> {
    let mut sql = Sql::new("SELECT count(*) FROM ");
    sql.push_tables().push(" WHERE name = 'bw_migration_files'");
    if transaction.row(sql).await?.map_or(Ok(0), |answer| answer.count(0))? == 0 {
        return Ok(Vec::new());
    }
    let sql = Sql::new("SELECT name, hash, at FROM bw_migration_files ORDER BY name");
    let answers = transaction.rows(sql).await?;
    answers.iter().map(|a| Ok(Taken { name: a.words(0)?, hash: a.words(1)?, at: a.words(2)? })).collect()
}

/// Writes down that this file was applied in this transaction, with its event.
pub(in crate::store) async fn record_file(
    transaction: &mut Transaction,
    context: &Context,
    file: &File,
) -> Result<(), Error> {
    let sql = Sql::new("INSERT INTO bw_migration_files (name, hash, at) VALUES ($1, $2, $3)")
        .bind(file.name.as_str())
        .bind(file.hash())
        .bind(context.now());
    transaction.execute(sql).await?;
    let event = Event::plain(EventId::SchemaMigrated)
        .with(Change::fact("file", Sensitivity::Internal, file.name.clone()))
        .with(Change::fact("hash", Sensitivity::Internal, file.hash()));
    transaction.journal(context, &[event]).await
}

/// Why a file could not be applied, in words for whoever wrote it.
pub(in crate::store) fn refused(file: &File, fault: Fault) -> Error {
    let why = match fault {
        Fault::Unique(columns) => format!("rows share a value in {}", columns.join(", ")),
        Fault::ForeignKey(_) => "rows point at rows that are not there".to_owned(),
        Fault::Rule(rule) => format!("{} ({})", rule.in_words(), rule.said),
        Fault::Lost(why) | Fault::Other(Error::Bug(why) | Error::Unavailable(why)) => why,
        Fault::Silent(why) => why.to_owned(),
        Fault::Other(error) => error.to_string(),
    };
    Error::Setup(format!("the migration {}: {why}; nothing of it was applied", file.name))
}

//! What was done to the schema, as the database keeps it.

use crate::audit::{Change, Context, Event, EventId};
use crate::error::Error;
use crate::migrate::Plan;
use crate::panel::Sensitivity;
use crate::store::lane::Transaction;
use crate::store::sql::Sql;

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

//! What goes along with a row when there is very much of it.

use crate::audit::chain::Verified;
use crate::audit::{Event, EventId};
use crate::authorize::Actor;
use crate::error::Error;
use crate::panel::Verb;
use crate::store::Store;
use crate::testing::{self, DOCTOR, PATIENT, VISIT, actor, context, new_patient, patient, terms, visit};
use crate::value::Value;

const MANY: u64 = 3_000;

async fn count(store: &Store, sql: &'static str) -> u64 {
    store.ask_for_test(sql).await.parse().unwrap()
}

/// Deletes it; how many statements that took.
async fn delete(store: &Store, who: &Actor, model: usize, id: i64) -> Result<u64, Error> {
    let before = store.statements();
    let mut write = store.write(context(who)).await?;
    let recorded = write.delete(&terms(who, Verb::Delete, model), id.into(), Some(1)).await?;
    write.commit(recorded).await?;
    Ok(store.statements() - before)
}

async fn patients_with_second(store: &Store, doctor: i64, second: i64) -> Vec<i64> {
    let rows = (0..MANY).map(|number| {
        let mut values = new_patient(&format!("Patient {number}"), doctor);
        values.push((patient::SECOND, Value::Int(second)));
        values
    });
    testing::seed(store, PATIENT, rows.collect()).await
}

#[tokio::test]
async fn thousands_are_loosened_by_few_statements_and_each_is_recorded() {
    let (_directory, store) = testing::store().await;
    let (berg, adams) = testing::two_doctors(&store).await;
    patients_with_second(&store, berg, adams).await;
    let entries = count(&store, "SELECT count(*) FROM bw_audit").await;
    let statements = delete(&store, &actor("Owner", None), DOCTOR, adams).await.unwrap();
    assert!(statements < 60, "{statements} statements for {MANY} rows");
    assert_eq!(count(&store, "SELECT count(*) FROM patients WHERE second IS NULL AND version = 2").await, MANY);
    assert_eq!(
        count(&store, "SELECT count(DISTINCT row_id) FROM bw_audit WHERE event = 'row.updated' AND model = 'Patient'")
            .await,
        MANY
    );
    assert_eq!(count(&store, "SELECT count(*) FROM bw_audit").await, entries + MANY + 1);
    assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { .. }));
}

#[tokio::test]
async fn thousands_go_along_by_few_statements_and_each_is_recorded() {
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    let id = testing::add_patient(&store, new_patient("Abel", berg)).await;
    let minutes = |i: u64| testing::minutes(i64::try_from(i).unwrap());
    let visits = (0..MANY).map(|i| vec![(visit::PATIENT, Value::Int(id)), (visit::AT, minutes(i))]).collect();
    testing::seed(&store, VISIT, visits).await;
    let statements = delete(&store, &actor("Owner", None), PATIENT, id).await.unwrap();
    assert!(statements < 60, "{statements} statements for {MANY} rows");
    assert_eq!(count(&store, "SELECT count(*) FROM visits").await, 0);
    let gone = "SELECT count(DISTINCT row_id) FROM bw_audit WHERE event = 'row.deleted' AND model = 'Visit'";
    assert_eq!(count(&store, gone).await, MANY);
    assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { .. }));
}

/// What was written down early is in the log; undone, it is not, and what was recorded before the mark still is.
#[tokio::test]
async fn what_is_undone_takes_thousands_of_events_along_and_none_from_before() {
    let (_directory, store) = testing::store().await;
    let (berg, adams) = testing::two_doctors(&store).await;
    patients_with_second(&store, berg, adams).await;
    let owner = actor("Owner", None);
    let entries = count(&store, "SELECT count(*) FROM bw_audit").await;
    let mut write = store.write(context(&owner)).await.unwrap();
    let before = write.record(Event::plain(EventId::RowsExported));
    let mark = write.mark().await.unwrap();
    let _ = write.delete(&terms(&owner, Verb::Delete, DOCTOR), adams.into(), Some(1)).await.unwrap();
    write.undo_to(mark).await.unwrap();
    write.commit(before).await.unwrap();
    assert_eq!(count(&store, "SELECT count(*) FROM patients WHERE second IS NULL").await, 0);
    assert_eq!(count(&store, "SELECT count(*) FROM bw_audit").await, entries + 1);
    assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { entries: all } if all == entries + 1));
}

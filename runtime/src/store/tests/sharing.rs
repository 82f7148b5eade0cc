//! Those who wait for SQLite's one writer at the same time share a commit, and nothing else: nobody is told that they
//! are done before the database has it, and what becomes of one is nothing to the others. On PostgreSQL, whose writers
//! do not wait for each other, there is nothing to share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use crate::action::{self, Actions, Call, Done, Running};
use crate::audit::chain::Verified;
use crate::error::Error;
use crate::panel::Verb;
use crate::store::sql::Sql;
use crate::store::{Parents, Recorded, Store, Write};
use crate::testing::{self, INVOICE, PATIENT, actor, context, new_patient, place, terms};
use crate::value::Value;

/// A change with a new row in it that is not committed.
async fn begun(store: &Store, doctor: i64, name: &str) -> (Write, Recorded) {
    let owner = actor("Owner", None);
    let mut write = store.write(context(&owner)).await.unwrap();
    let create = terms(&owner, Verb::Create, PATIENT);
    let inserted = write.insert(&create, new_patient(name, doctor), Parents::AnyThatExists).await.unwrap();
    (write, inserted.recorded)
}

async fn count(store: &Store) -> String {
    store.ask_for_test("SELECT count(*) FROM patients").await
}

/// One who is done, and one who went on in the same transaction and is not.
struct Two {
    _directory: tempfile::TempDir,
    store: Store,
    doctor: i64,
    first: JoinHandle<Result<(), Error>>,
    second: (Write, Recorded),
}

impl Two {
    async fn meet() -> Self {
        let (directory, store) = testing::store().await;
        let (doctor, _) = testing::two_doctors(&store).await;
        let (write, recorded) = begun(&store, doctor, "First").await;
        let (tell, told) = oneshot::channel();
        let waiting = store.clone();
        tokio::spawn(async move {
            let _ = tell.send(begun(&waiting, doctor, "Second").await);
        });
        while !store.database.writers.others_wait() {
            tokio::task::yield_now().await;
        }
        let first = tokio::spawn(write.commit(recorded));
        let second = told.await.unwrap();
        // In the file, for everybody else, there is nothing of either, and so nobody is told anything.
        assert!(!first.is_finished(), "acknowledged before the commit");
        assert_eq!(count(&store).await, "0");
        Self { _directory: directory, store, doctor, first, second }
    }

    async fn ends_with(store: &Store, names: &str) {
        let there = "SELECT coalesce(group_concat(name, ' '), '') FROM (SELECT name FROM patients ORDER BY id)";
        assert_eq!(store.ask_for_test(there).await, names);
        let recorded = "SELECT count(*) FROM bw_audit WHERE event = 'row.created' AND model = 'Patient'";
        assert_eq!(store.ask_for_test(recorded).await, count(store).await, "an entry a row");
        assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { .. }));
        // And it goes on.
        store.write(testing::command_line()).await.unwrap().roll_back().await.unwrap();
    }
}

#[tokio::test]
async fn two_who_are_done_are_told_by_one_commit() {
    if place::on_postgres() {
        return;
    }
    let two = Two::meet().await;
    let (write, recorded) = two.second;
    write.commit(recorded).await.unwrap();
    two.first.await.unwrap().unwrap();
    Two::ends_with(&two.store, "First Second").await;
}

#[tokio::test]
async fn who_takes_it_back_or_goes_away_takes_nobody_along() {
    if place::on_postgres() {
        return;
    }
    let two = Two::meet().await;
    two.second.0.roll_back().await.unwrap();
    two.first.await.unwrap().unwrap();
    Two::ends_with(&two.store, "First").await;

    let two = Two::meet().await;
    drop(two.second);
    two.first.await.unwrap().unwrap();
    Two::ends_with(&two.store, "First").await;

    // In the middle of a statement that failed.
    let mut two = Two::meet().await;
    let wrong = two.second.0.transaction().execute(Sql::new("INSERT INTO patients (id) VALUES (NULL)")).await;
    assert!(wrong.is_err());
    let (write, recorded) = two.second;
    assert!(matches!(write.commit(recorded).await, Err(Error::Bug(_))));
    two.first.await.unwrap().unwrap();
    Two::ends_with(&two.store, "First").await;
}

/// Inserts until there is no room; what was said then, and the proof of what fitted.
async fn fill(write: &mut Write, doctor: i64) -> (Error, Option<Recorded>) {
    // SQLite refuses to grow the file, with the answer that it gives where the disk has no room.
    write.transaction().rows(Sql::new("PRAGMA max_page_count = 1")).await.unwrap();
    let create = terms(&actor("Owner", None), Verb::Create, PATIENT);
    let mut recorded = None;
    for number in 0..20_000 {
        let new = new_patient(&format!("Patient {number} {}", "x".repeat(60)), doctor);
        match write.insert(&create, new, Parents::AnyThatExists).await {
            Ok(inserted) => recorded = Some(inserted.recorded),
            Err(error) => return (error, recorded),
        }
    }
    panic!("the file is never full");
}

/// The control: if the commit does not come about, nobody was told that it did.
#[tokio::test]
async fn without_the_commit_all_are_told_that_nothing_was_kept() {
    if place::on_postgres() {
        return;
    }
    let mut two = Two::meet().await;
    // A full disk takes the whole transaction along.
    let (full, _) = fill(&mut two.second.0, two.doctor).await;
    assert_eq!(full, Error::Full);
    let (write, recorded) = two.second;
    assert!(write.commit(recorded).await.is_err());
    assert!(matches!(two.first.await.unwrap(), Err(Error::Unavailable(_))));
    Two::ends_with(&two.store, "").await;
}

#[tokio::test]
async fn a_change_that_takes_long_lets_nobody_wait_who_is_done_and_others_longer_for_their_turn() {
    if place::on_postgres() {
        return;
    }
    let (_directory, store) = testing::store().await;
    let (doctor, _) = testing::two_doctors(&store).await;
    let (write, recorded) = begun(&store, doctor, "First").await;
    let waiting = store.clone();
    let long = tokio::spawn(async move { waiting.write_for_long(testing::command_line()).await });
    tokio::task::yield_now().await;
    write.commit(recorded).await.unwrap();
    assert_eq!(count(&store).await, "1", "committed before the long one began");
    let long = long.await.unwrap().unwrap();

    // What nobody filled in is turned away in time, and told why; a person's change waits.
    let started = Instant::now();
    assert_eq!(store.database.begin().await.unwrap_err(), Error::Busy);
    assert!(started.elapsed() < std::time::Duration::from_secs(4));
    let waiting = store.clone();
    let person = tokio::spawn(async move { begun(&waiting, doctor, "Second").await });
    let also = store.database.begin().await.unwrap_err();
    assert_eq!((also, person.is_finished()), (Error::Busy, false), "it waits beyond the usual 2 s");
    long.roll_back().await.unwrap();
    let (write, recorded) = person.await.unwrap();
    write.commit(recorded).await.unwrap();
    Two::ends_with(&store, "First Second").await;
}

#[tokio::test]
async fn a_full_disk_is_said_and_leaves_nothing_half() {
    if place::on_postgres() {
        return;
    }
    let (_directory, store) = testing::store().await;
    let (doctor, _) = testing::two_doctors(&store).await;
    let mut write = store.write(context(&actor("Owner", None))).await.unwrap();
    let (full, recorded) = fill(&mut write, doctor).await;
    assert_eq!(full, Error::Full);
    assert_eq!(full.status(), http::StatusCode::SERVICE_UNAVAILABLE);
    assert!(full.visitor().contains("no room left"), "{}", full.visitor());
    assert!(write.commit(recorded.expect("some fitted")).await.is_err(), "nothing half");
    assert_eq!(count(&store).await, "0");
    assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { .. }));
    // With room again it goes on.
    let (write, recorded) = begun(&store, doctor, "First").await;
    write.commit(recorded).await.unwrap();
    Two::ends_with(&store, "First").await;
}

/// A body that waits for somebody.
#[derive(Clone, Default)]
struct Slow {
    begun: Arc<AtomicBool>,
    may_end: Arc<Notify>,
}

impl Actions for Slow {
    fn run<'a>(&self, _: Call<'a>) -> Running<'a> {
        let slow = self.clone();
        Box::pin(async move {
            slow.begun.store(true, Ordering::SeqCst);
            slow.may_end.notified().await;
            Ok(Done { message: "Approved.".to_owned() })
        })
    }
}

/// What the body of an action waits for, which is the user's own, is nothing to those who are done before it.
#[tokio::test]
async fn nobody_who_is_done_waits_for_the_body_of_an_action() {
    if place::on_postgres() {
        return;
    }
    let (_directory, store) = testing::store().await;
    let (doctor, _) = testing::two_doctors(&store).await;
    let patient = testing::seed(&store, PATIENT, vec![new_patient("Anna", doctor)]).await[0];
    let amount = Value::Decimal("12.50".parse().unwrap());
    let invoice = testing::seed(&store, INVOICE, vec![vec![(0, Value::Int(patient)), (1, amount)]]).await[0];
    let (write, recorded) = begun(&store, doctor, "First").await;
    let slow = Slow::default();
    let (at, body) = (store.clone(), slow.clone());
    let acting = tokio::spawn(async move {
        let owner = actor("Owner", None);
        let may = terms(&owner, Verb::Act(0), INVOICE);
        action::perform(&at, &body, context(&owner), &owner, may, invoice.into(), None).await.map(drop)
    });
    // It stands in line for the one writer.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let first = tokio::spawn(write.commit(recorded));
    while !slow.begun.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    assert!(first.is_finished(), "done, and waiting for somebody else's body");
    first.await.unwrap().unwrap();
    slow.may_end.notify_one();
    acting.await.unwrap().unwrap();
}

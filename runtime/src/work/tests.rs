//! A step that takes longer than a lease.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Held, LEASE};
use crate::clock::Clock;
use crate::error::Error;
use crate::store::{JobStep, Lease, NewJob};
use crate::testing::{self, actor, context, place};

#[tokio::test]
async fn the_lease_of_a_long_step_is_renewed_from_beside_it_and_nobody_else_takes_the_job() {
    let (_directory, store) = testing::store().await;
    store
        .execute_for_test(
            "INSERT INTO bw_people (id, email, role, created_at) VALUES (7, 'anna@example.org', 'Owner', \
             '2026-11-21T12:00:00.000000Z')",
        )
        .await;
    let owner = actor("Owner", None);
    let new = NewJob { kind: "import", model: "Patient", params: "{}".to_owned(), total: Some(100), facts: Vec::new() };
    let mut write = store.write(context(&owner)).await.unwrap();
    let (job, recorded) = write.start_job(&new).await.unwrap();
    write.commit(recorded).await.unwrap();

    let seconds = Arc::new(AtomicI64::new(0));
    let hands = Arc::clone(&seconds);
    let clock = Clock::new(move || testing::now() + chrono::Duration::seconds(hands.load(Ordering::SeqCst)));
    let until = |now: DateTime<Utc>| now + LEASE;
    let lease = |owner: &'static str| Lease { owner, until: until(clock.now()) };
    let claimed = store.claim_job(lease("one"), clock.now()).await.unwrap().unwrap();
    assert_eq!(claimed.id, job);

    // The step: a transaction that stays open.
    let mut step = store.write_for_long(context(&owner)).await.unwrap();
    let held = Held::every(
        Duration::from_millis(1),
        store.clone(),
        clock.clone(),
        (job, "one".to_owned()),
        Arc::new(AtomicU64::new(42)),
    );
    seconds.store(8, Ordering::SeqCst);
    if place::on_postgres() {
        let renewed =
            "SELECT count(*) FROM bw_jobs WHERE lease_until > '2026-11-21T12:00:00Z'::timestamptz AND seen = 42";
        while store.ask_for_test(renewed).await != "1" {
            tokio::task::yield_now().await;
        }
        let first_end = until(testing::now());
        let lasts = store.ask_for_test("SELECT (extract(epoch FROM max(lease_until)) * 1000000)::bigint FROM bw_jobs");
        assert!(lasts.await.parse::<i64>().unwrap() > first_end.timestamp_micros());
        // Beyond the lease that it was claimed with, and another process asks.
        let later = first_end + chrono::Duration::seconds(5);
        assert!(store.claim_job(lease("two"), later).await.unwrap().is_none());
    } else {
        // The one writer is the step's: whoever else asks is turned away.
        assert_eq!(store.claim_job(lease("two"), clock.now()).await.unwrap_err(), Error::Busy);
    }

    // The control: nobody renews it, and once it is over the job is the next one's, who is not disturbed any more.
    drop(held);
    let after = clock.now() + LEASE + LEASE;
    if place::on_postgres() {
        seconds.store((after - testing::now()).num_seconds(), Ordering::SeqCst);
        assert!(store.claim_job(lease("two"), after).await.unwrap().is_some());
        assert!(step.advance_job(job, lease("one"), &JobStep::default()).await.unwrap().is_none());
    }
    step.roll_back().await.unwrap();
}

//! A flood of sign-ins from one network address: it takes what it can get, and neither the places of others nor more
//! memory than is said.

use http::StatusCode;

use super::browser::{House, PASSWORD};
use crate::Limits;
use crate::audit::chain::Verified;
use crate::audit::{EntryQuery, EventId};

const ANNA: &str = "anna@clinic.example";

#[tokio::test]
async fn five_hundred_at_once_from_one_address_leave_others_their_places() {
    let house = House::with("http://127.0.0.1:8000", Limits::default()).await;
    house.person(ANNA, "Owner").await;
    let mut flood = Vec::new();
    for _ in 0..500 {
        let mut browser = house.browser();
        browser.peer = "203.0.113.9:1".parse().unwrap();
        browser.get("/sign-in").await;
        flood.push(browser);
    }
    let mut anna = house.browser();
    anna.get("/sign-in").await;
    let before = house.app().hasher.work().0;
    // All of them take their place, or none, at their first step; hers is the last.
    let tries = flood.iter_mut().map(|browser| async {
        browser.post("/sign-in", &[("email", "nobody@clinic.example"), ("password", "x")]).await.status
    });
    let hers = async {
        let answer = anna.post("/sign-in", &[("email", ANNA), ("password", PASSWORD)]).await;
        (answer.status, house.app().hasher.work().0 - before)
    };
    let (tries, (status, hashes)) = tokio::join!(join_all(tries), hers);
    assert_eq!(status, StatusCode::SEE_OTHER);
    let turned_away = tries.iter().filter(|status| **status == StatusCode::SERVICE_UNAVAILABLE).count();
    let taken = 500 - turned_away;
    // A third of the places at a time; some come free while the last of the flood still arrive.
    assert!((1..=100).contains(&taken), "{taken} of the flood got a place");
    assert!(hashes <= u64::try_from(taken).unwrap() + 1, "{hashes} hashes before hers was done");
    // 19 MiB each, four at most: 76 MiB.
    assert!(house.app().hasher.most_at_once() <= 4);
}

#[tokio::test]
async fn a_flood_of_tries_at_one_account_is_a_handful_of_entries_with_its_count() {
    let house = House::with("http://127.0.0.1:8000", Limits::default()).await;
    house.person(ANNA, "Owner").await;
    let mut guesser = house.browser();
    for _ in 0..105 {
        let answer = guesser.sign_in(ANNA, "a guess of many").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody is told");
    }
    let entries = async |event: EventId| {
        let query = EntryQuery { event: Some(event), size: 200, ..EntryQuery::default() };
        house.app().store.entries(&query).await.unwrap().entries
    };
    assert_eq!(entries(EventId::SigninFailed).await.len(), 5, "every one that was looked at");
    let held_off = entries(EventId::SigninThrottled).await;
    let counts: Vec<&str> = held_off
        .iter()
        .filter_map(|entry| entry.changes.iter().find(|change| change.field == "count in 10 minutes")?.after.as_deref())
        .collect();
    assert_eq!(counts, ["64", "32", "16", "8", "4", "2", "1"], "of 100, newest first");
    let verified = house.app().store.verify_audit().await.unwrap();
    assert!(matches!(verified, Verified::Whole { .. }), "{verified:?}");
    // Another stretch, another first.
    house.advance(601);
    let waits = guesser.sign_in(ANNA, "a guess of many").await;
    assert_eq!(waits.status, StatusCode::UNPROCESSABLE_ENTITY);
    guesser.sign_in(ANNA, "a guess of many").await;
    assert!(entries(EventId::SigninThrottled).await.len() > held_off.len());
}

#[tokio::test]
async fn who_is_signed_in_does_not_stand_behind_those_at_the_door() {
    let house = House::with("http://127.0.0.1:8000", Limits::default()).await;
    house.person(ANNA, "Owner").await;
    let mut anna = house.signed_in(ANNA).await;
    let mut stranger = house.browser();
    let mut held = Vec::new();
    for _ in 0..crate::turn::AT_ONCE {
        held.push(house.app().turns.next().await);
    }
    let waiting = tokio::spawn(async move { stranger.get("/sign-in").await.status });
    assert_eq!(anna.get("/doctors").await.status, StatusCode::OK);
    assert!(!waiting.is_finished(), "the stranger waits for a turn");
    drop(held);
    assert_eq!(waiting.await.unwrap(), StatusCode::OK);
}

#[tokio::test]
async fn who_is_turned_away_waits_for_it_and_nobody_waits_for_them() {
    let house = House::with("http://127.0.0.1:8000", Limits { hash_queue: 0, ..Limits::default() }).await;
    let hasher = &house.app().hasher;
    let held: Vec<_> = std::iter::from_fn(|| hasher.place().ok()).collect();
    let mut away = tokio::task::JoinSet::new();
    for _ in 0..2 * crate::turn::AT_ONCE {
        let mut browser = house.browser();
        browser.get("/sign-in").await;
        away.spawn(async move {
            let started = std::time::Instant::now();
            let answer = browser.post("/sign-in", &[("email", ANNA), ("password", "x")]).await;
            (answer.status, started.elapsed())
        });
    }
    assert_eq!(house.browser().get("/sign-in").await.status, StatusCode::OK);
    assert_eq!(house.browser().get("/sign-in?next=%2Fdoctors").await.status, StatusCode::OK);
    for (status, waited) in away.join_all().await {
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(waited >= crate::turn::TURNED_AWAY, "nobody is told at once: {waited:?}");
    }
    drop(held);
}

/// As they come, all at once.
async fn join_all<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|cx| {
        for (one, done) in &mut running {
            if done.is_none()
                && let std::task::Poll::Ready(output) = one.as_mut().poll(cx)
            {
                *done = Some(output);
            }
        }
        if running.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(running.iter_mut().filter_map(|(_, done)| done.take()).collect())
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}

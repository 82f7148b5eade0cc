//! Guessing a password: of two hundred tries at once exactly as many reach the hash of the account as the block allows,
//! whichever process they arrive at.

use chrono::Duration;
use tokio::task::JoinSet;

use crate::clinic::{Clinic, PANEL};
use crate::house::{House, PASSWORD, email};
use crate::visitor::{Visitor, in_process};
use bailiwick::panel::{By, ThrottleName};

const TRIES: usize = 200;

/// How many wrong tries by account the block lets through at once.
fn allowed() -> i64 {
    let login = PANEL.throttle(ThrottleName::Login).expect("the block limits sign-ins");
    let by_account = login.limits.iter().find(|limit| limit.by == By::Account);
    by_account.expect("by account").count.into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_guesses_at_once_are_as_many_as_the_block_allows() {
    let house = House::open().await;
    // Another process over the same database counts with this one: nothing is remembered outside of it.
    let now = house.now();
    let twin = Clinic::builder()
        .public_url("http://127.0.0.1:8000")
        .clock(bailiwick::Clock::new(move || now))
        .service(&house.url())
        .await
        .expect("a second panel");
    let account = email("Owner");
    let mut guesses = JoinSet::new();
    for number in 0..TRIES {
        let service = if number % 2 == 0 { house.service.clone() } else { twin.clone() };
        guesses.spawn(async move {
            let mut visitor = Visitor::new(in_process(service));
            visitor.sign_in("/sign-in", account, &format!("guess number {number} of many")).await.status()
        });
    }
    let mut statuses = Vec::new();
    while let Some(status) = guesses.join_next().await {
        statuses.push(status.expect("a guess that came back"));
    }
    // Who found the queue of hashes full was told to come again, and has not tried.
    let busy = i64::try_from(statuses.iter().filter(|status| **status == 503).count()).expect("small");
    let refused = i64::try_from(statuses.iter().filter(|status| **status == 422).count()).expect("small");
    assert_eq!((busy + refused, statuses.len()), (200, TRIES), "{statuses:?}");
    let verified = house.service.app().hasher.work().1 + twin.app().hasher.work().1;
    assert_eq!(i64::try_from(verified).expect("small"), allowed(), "hashes of the account that were computed");
    let failed = "SELECT count(*) FROM bw_audit WHERE event = 'signin.failed'";
    let throttled = "SELECT count(*) FROM bw_audit WHERE event = 'signin.throttled'";
    assert_eq!(house.number(failed, &[]).await, allowed());
    assert!(refused > allowed(), "more came than were let through");
    // The 1st, 2nd, 4th … in each process.
    assert!((1..=16).contains(&house.number(throttled, &[]).await));

    // The right password is no better now; a moment later it is, and then the account is free again.
    let mut owner = house.visitor();
    owner.sign_in("/sign-in", account, PASSWORD).await.expect(422);
    house.wait(Duration::minutes(16));
    owner.sign_in("/sign-in", account, PASSWORD).await.expect(303);
}

/// The statements are compared in the runtime, where no mail is under way beside them.
#[tokio::test]
async fn every_failed_sign_in_looks_the_same() {
    let house = House::open().await;
    let mut pages = Vec::new();
    for account in [email("Owner"), "nobody@example.org"] {
        let mut visitor = house.visitor();
        let before = house.service.app().hasher.work().0;
        let answer = visitor.sign_in("/sign-in", account, "not the password of anybody").await.expect(422);
        let after = house.service.app().hasher.work().0;
        let text = answer.text.replace(account, "…");
        let token = text.split_once("name=\"_csrf\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
        let token = token.expect("a form").0.to_owned();
        pages.push((text.replace(&token, "…"), after - before));
    }
    assert_eq!(pages[0], pages[1], "an account that exists, and none: same bytes and hashes");
    assert_eq!(pages[0].1, 1, "one hash");
}

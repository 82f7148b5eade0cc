//! Three processes over one database: none remembers anything about who may do what. What happens at one holds at the
//! next request of the others, and a limit is as exact as in one.

use std::collections::BTreeMap;

use chrono::Utc;
use tokio::task::JoinSet;

use crate::clinic::PANEL;
use crate::house::{House, PASSWORD, email};
use crate::program::Server;
use crate::visitor::{Visitor, over_the_wire};
use bailiwick::panel::{By, ThrottleName};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_at_one_of_three_processes_holds_at_the_others() {
    let house = House::open().await;
    let servers = [(); 3].map(|()| Server::start(house.directory()));
    let at = |which: usize| over_the_wire(servers[which].address);

    // Signed in at the first, served by all.
    let mut desk = Visitor::new(at(0));
    desk.sign_in("/sign-in", email("Reception"), PASSWORD).await.expect(303);
    let mut elsewhere = desk.clone().going(at(2));
    desk.get("/patients").await.expect(200);
    elsewhere.get("/patients").await.expect(200);

    // Another role, given at the second, is the end of the session at the third.
    let mut owner = Visitor::new(at(1));
    owner.sign_in_with_code("/sign-in", email("Owner"), PASSWORD, Utc::now()).await.expect(303);
    owner.get("/people").await.expect(200);
    let person = house.person_id(email("Reception")).await;
    owner.post(&format!("/people/{person}/assign"), &[("role", "Auditor")]).await.expect(303);
    elsewhere.get("/patients").await.expect(303);
    desk.get("/patients").await.expect(303);
    let mut auditor = Visitor::new(at(2));
    auditor.sign_in("/sign-in", email("Reception"), PASSWORD).await.expect(303);
    auditor.get("/audit").await.expect(200);
    auditor.clone().going(at(0)).get("/audit").await.expect(200);

    // A lock at the first is felt at the second, a sign-out at the second at the third.
    owner.clone().going(at(0)).post(&format!("/people/{person}/lock"), &[]).await.expect(303);
    auditor.going(at(1)).get("/audit").await.expect(303);
    let mut copied = owner.clone().going(at(2));
    copied.get("/patients").await.expect(200);
    owner.post("/sign-out", &[]).await.expect(303);
    copied.get("/patients").await.expect(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_at_three_processes_are_counted_as_at_one() {
    let house = House::open().await;
    let servers = [(); 3].map(|()| Server::start(house.directory()));
    let mut guesses = JoinSet::new();
    for number in 0..90 {
        let way = over_the_wire(servers[number % 3].address);
        guesses.spawn(async move {
            let mut visitor = Visitor::new(way);
            visitor.sign_in("/sign-in", email("Manager"), &format!("guess number {number} of many")).await.status()
        });
    }
    let mut answers: BTreeMap<u16, u32> = BTreeMap::new();
    while let Some(status) = guesses.join_next().await {
        *answers.entry(status.expect("a guess that came back")).or_default() += 1;
    }
    let login = PANEL.throttle(ThrottleName::Login).expect("the block limits sign-ins");
    let by_account = login.limits.iter().find(|limit| limit.by == By::Account).expect("by account").count;
    let failed = "SELECT count(*) FROM bw_audit WHERE event = 'signin.failed'";
    let verified = house.number(failed, &[]).await;
    // Each wait that passes meanwhile (1 s, 2 s, 4 s …) lets one more through; three that do not count together would
    // let three times as many.
    assert!((i64::from(by_account)..=i64::from(by_account) + 5).contains(&verified), "{verified}: {answers:?}");
}

//! Two thousand guesses over four processes of the clinic, with a power cut in the middle: as many reach the hash of an
//! account as the block allows, and no more after the restart. The limit by address is what is counted, since it has no
//! growing waits: however long a slow machine takes within the window, the number is the same.

use tokio::task::JoinSet;

use crate::clinic::PANEL;
use crate::house::{House, PASSWORD, STAFF};
use crate::program::Server;
use crate::visitor::{Visitor, over_the_wire};
use bailiwick::panel::{By, ThrottleName};

const PROCESSES: usize = 4;
const GUESSES: usize = 2_000;
/// Connections at once.
const AT_ONCE: usize = 400;

/// Guesses, spread over processes and accounts; how many were answered and how many sent away for want of a free place.
async fn guess(doors: &[Visitor], numbers: std::ops::Range<usize>) -> (usize, usize) {
    let mut under_way = JoinSet::new();
    let (mut refused, mut busy) = (0, 0);
    let mut count = |status: u16| match status {
        422 => refused += 1,
        503 => busy += 1,
        other => panic!("a guess was answered with {other}"),
    };
    for number in numbers {
        if under_way.len() == AT_ONCE {
            count(under_way.join_next().await.expect("one of many").expect("a guess that came back"));
        }
        let mut visitor = doors[number % doors.len()].clone();
        let account = STAFF[number / doors.len() % STAFF.len()].1;
        under_way.spawn(async move {
            let password = format!("guess number {number} of many");
            let fields = [("email", account), ("password", password.as_str())];
            visitor.try_to_post("/sign-in", &fields).await.expect("an answer").status()
        });
    }
    while let Some(status) = under_way.join_next().await {
        count(status.expect("a guess that came back"));
    }
    (refused, busy)
}

async fn doors(servers: &[Server]) -> Vec<Visitor> {
    let mut doors = Vec::new();
    for server in servers {
        let mut visitor = Visitor::new(over_the_wire(server.address));
        visitor.get("/sign-in").await.expect(200);
        doors.push(visitor);
    }
    doors
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_guesses_over_four_processes_and_a_restart_are_as_many_as_the_block_allows() {
    let house = House::open().await;
    let login = PANEL.throttle(ThrottleName::Login).expect("the block limits sign-ins");
    let limit = |by| login.limits.iter().find(|limit| limit.by == by).expect("such a limit").count;
    let allowed = i64::from(limit(By::Address));
    let accounts = i64::try_from(STAFF.len()).expect("small");
    assert!(i64::from(limit(By::Account)) * accounts > allowed, "the address is what ends it");
    let mut answered = 0;
    for half in [0..GUESSES / 2, GUESSES / 2..GUESSES] {
        let servers: Vec<Server> = (0..PROCESSES).map(|_| Server::start(house.directory())).collect();
        let (refused, _) = guess(&doors(&servers).await, half).await;
        answered += refused;
        for server in servers {
            server.kill();
        }
        let wrong =
            "SELECT count(*) FROM bw_audit WHERE event = 'signin.failed' AND CAST(changes AS TEXT) LIKE '%\"wrong\"%'";
        let verified = house.number(wrong, &[]).await;
        // Who finds no place in the queue of hashes is turned away uncounted, so that it may be fewer.
        assert!(verified > 0 && verified <= allowed, "held against a hash: {verified} of {allowed}");
        let failed = "SELECT count(*) FROM bw_audit WHERE event = 'signin.failed'";
        assert_eq!(house.number(failed, &[]).await, verified, "let through in all");
    }
    assert!(i64::try_from(answered).expect("small") > 3 * allowed, "more came than were let through: {answered}");
    let throttled = "SELECT count(*) FROM bw_audit WHERE event = 'signin.throttled'";
    // A handful for each account and process: the 1st, 2nd, 4th … of ten minutes, with the count.
    let kept = house.number(throttled, &[]).await;
    let processes = 2 * i64::try_from(PROCESSES).expect("small");
    assert!((1..=processes * accounts * 8).contains(&kept), "{kept} entries of {answered} tries");
    // From there the right password is no better now.
    let server = Server::start(house.directory());
    let mut visitor = Visitor::new(over_the_wire(server.address));
    visitor.sign_in("/sign-in", STAFF[0].1, PASSWORD).await.expect(422);
}

//! Two thousand tries on one key over four processes: as many are let through as the rule allows. The control is the
//! same with looking and counting in two transactions, where more are.

use tokio::task::JoinSet;

use crate::panel::{By, ThrottleName};
use crate::store::Store;
use crate::testing::{self, PANEL, now};
use crate::throttle::{self, Ask, Rule};

const PROCESSES: usize = 4;
/// At once, over all processes.
const GUESSERS: usize = 200;
/// One after the other, of each of them.
const GUESSES: usize = 10;
const RULE: Rule = Rule { by: By::Account, count: 5, window: 900, wait: None, cap: None };

/// How many of all are let through.
async fn let_through(apart: bool) -> usize {
    let (directory, first) = testing::store().await;
    let mut stores = vec![first];
    while stores.len() < PROCESSES {
        stores.push(Store::open(&PANEL, &testing::url(&directory)).await.unwrap());
    }
    let ask = Ask { key: throttle::key(ThrottleName::Login, By::Account, "anna@example.org"), rule: RULE };
    let mut guessers = JoinSet::new();
    for number in 0..GUESSERS {
        let store = stores[number % PROCESSES].clone();
        guessers.spawn(async move {
            let mut through = 0;
            let mut left = GUESSES;
            while left > 0 {
                let tried = if apart {
                    store.database.reserve_apart(&ask, now()).await
                } else {
                    store.reserve(&[ask], now()).await
                };
                match tried {
                    Ok(may) => (through, left) = (through + usize::from(may), left - 1),
                    // The database was busy: nothing was said, and nothing counted.
                    Err(why) => assert!(why.may_pass(), "{why}"),
                }
            }
            through
        });
    }
    guessers.join_all().await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_thousand_tries_over_four_processes_as_many_pass_as_are_allowed() {
    assert_eq!(let_through(false).await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looked_at_apart_from_being_counted_more_would_pass() {
    let passed = let_through(true).await;
    assert!(passed > 5, "{passed}");
}

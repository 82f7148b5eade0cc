//! The database server stands still, with all its connections open, or is killed and comes back: everybody is told in
//! time, nothing that was acknowledged is lost, and of what was cut off at its very end nobody claims to know more than
//! is known.
//!
//! How long "in time" is stands with the bounds (`store/pool.rs`, `store/postgres/pulse.rs`), where the compiler holds
//! them to 2 s and 1 s; here it is seen that the answers come by those bounds and not by another.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use http::StatusCode;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use super::browser::{Answer, Browser, House};
use super::resend::{kept, names, send_again};
use crate::audit::chain::Verified;
use crate::error::Error;
use crate::testing::server::Server;
use crate::testing::{command_line, place};

const ANNA: &str = "anna@clinic.example";
const IN_DOUBT: &str = "it may have been saved, or not";
/// Whoever adds a doctor waits at the end of the transaction for whoever holds this key.
const AT_THE_END: &str = "CREATE FUNCTION at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM \
     pg_advisory_xact_lock_shared(4711); RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER at_the_end AFTER INSERT ON doctors \
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_the_end()";

/// A panel over a server that can be stopped, and somebody in front of it. None: not on PostgreSQL, or not to be had.
async fn over_a_server() -> Option<(Server, House, Browser)> {
    let server = if place::on_postgres() { Server::start()? } else { return None };
    let house = House::over(server.url()).await;
    house.person(ANNA, "Owner").await;
    let browser = house.signed_in(ANNA).await;
    Some((server, house, browser))
}

fn is_turned_away(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert!(!answer.header("retry-after").is_empty());
}

async fn is_whole(house: &House) {
    assert!(matches!(house.app().store.verify_audit().await.unwrap(), Verified::Whole { .. }));
}

/// Posts in a task of its own.
fn adds(browser: &Browser, name: &str) -> tokio::task::JoinHandle<Answer> {
    let (mut browser, name) = (browser.clone(), name.to_owned());
    tokio::spawn(async move { browser.post("/doctors/new", &[("name", &name), ("speciality", "General")]).await })
}

/// A connection past the panel.
async fn beside(server: &Server) -> PgConnection {
    PgConnectOptions::from_str(&server.url()).unwrap().connect().await.unwrap()
}

async fn number(connection: &mut PgConnection, question: &'static str) -> i64 {
    sqlx::query_scalar(question).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn a_server_that_stands_still_is_told_of_in_time_and_asked_again_at_once_when_it_goes_on() {
    let Some((server, house, mut browser)) = over_a_server().await else { return };
    for round in 0..2 {
        let name = format!("Nobody {round}");
        let typed = [("name", name.as_str()), ("speciality", "General")];
        browser.get("/doctors/new").await;
        let csrf = browser.csrf.clone();
        server.freeze();
        // More at once than there are connections; some find one that is open, some ask for another, some wait in line.
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..24 {
            let mut browser = browser.clone();
            asking.spawn(async move { browser.get("/patients").await });
        }
        asking.join_all().await.iter().for_each(is_turned_away);
        // By that way, and by no other: each of its bounds is held to 2 s where it stands.
        let store = &house.app().store;
        assert_eq!(
            store.write(command_line()).await.unwrap_err(),
            Error::Unavailable("the database does not answer".to_owned())
        );
        let answer = browser.post_with("/doctors/new", Some(&csrf), &typed).await;
        is_turned_away(&answer);
        let form = kept(&answer);
        server.thaw();
        // The first request after its return.
        assert_eq!(browser.get("/patients").await.status, StatusCode::OK);
        assert!(!names(&house).await.contains(&name));
        let answer = send_again(&mut browser, &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert!(names(&house).await.contains(&name));
    }
    is_whole(&house).await;
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_is_there_with_the_first_request() {
    let Some((server, _house, mut browser)) = over_a_server().await else { return };
    for frozen_before in [false, true] {
        if frozen_before {
            server.freeze();
            is_turned_away(&browser.get("/patients").await);
        }
        server.kill();
        is_turned_away(&browser.get("/patients").await);
        is_turned_away(&browser.get("/patients").await);
        server.start_again();
        assert_eq!(browser.get("/patients").await.status, StatusCode::OK, "frozen before: {frozen_before}");
    }
}

#[tokio::test]
async fn a_statement_that_takes_long_for_a_reason_is_waited_for() {
    let Some((server, house, browser)) = over_a_server().await else { return };
    house.sql(AT_THE_END).await;
    let mut beside = beside(&server).await;
    number(&mut beside, "SELECT 1::bigint FROM pg_advisory_lock(4711)").await;
    let adding = adds(&browser, "Berg");
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND query = 'COMMIT'";
    while number(&mut beside, waits).await == 0 {
        tokio::task::yield_now().await;
    }
    // Somebody asks meanwhile whether the server is there, and more than once.
    let before = server.connections();
    while server.connections() < before + 2 {
        assert!(!adding.is_finished(), "it is waited for");
        tokio::task::yield_now().await;
    }
    number(&mut beside, "SELECT 1::bigint FROM pg_advisory_unlock(4711)").await;
    assert_eq!(adding.await.unwrap().status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_save_that_was_cut_off_at_its_very_end_is_said_to_be_in_doubt_and_may_be_either() {
    let Some((server, house, browser)) = over_a_server().await else { return };
    house.sql(AT_THE_END).await;
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND query = 'COMMIT'";
    let mut beside = beside(&server).await;
    let mut kept_one = false;
    for round in 0..5 {
        // The first is ended by the server; the others go on when it does, unless that takes it longer than a statement
        // may.
        let ended = round == 0;
        let name = format!("Doubtful {round}");
        number(&mut beside, "SELECT 1::bigint FROM pg_advisory_lock(4711)").await;
        let adding = adds(&browser, &name);
        while number(&mut beside, waits).await == 0 {
            tokio::task::yield_now().await;
        }
        server.freeze();
        let answer = adding.await.unwrap();
        is_turned_away(&answer);
        assert!(answer.text.contains("Saved, or perhaps not"), "{}", answer.text);
        assert!(answer.text.contains(IN_DOUBT) && !answer.text.contains("othing of this was saved"), "{}", answer.text);
        assert!(kept(&answer).1.contains(&("name".to_owned(), name.clone())), "what was typed is kept");
        server.thaw();
        if ended {
            let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'advisory'";
            number(&mut beside, end).await;
            while number(&mut beside, waits).await > 0 {
                tokio::task::yield_now().await;
            }
        }
        number(&mut beside, "SELECT 1::bigint FROM pg_advisory_unlock(4711)").await;
        house.app().store.settled_for_test().await;
        let is_there = names(&house).await.contains(&name);
        assert!(!(ended && is_there));
        kept_one |= is_there;
        is_whole(&house).await;
        if kept_one {
            break;
        }
    }
    assert!(kept_one, "to say that nothing was saved would have been wrong");
    beside.close().await.unwrap();
}

#[tokio::test]
async fn what_was_acknowledged_before_the_server_stood_still_or_died_is_there_and_the_rest_was_not_claimed() {
    let Some((server, house, browser)) = over_a_server().await else { return };
    for dies in [false, true] {
        let saving = (0..4).map(|number| {
            let browser = browser.clone();
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for turn in 0.. {
                    let name = format!("{dies} {number} {turn}");
                    let answer = adds(&browser, &name).await.unwrap();
                    if answer.status != StatusCode::SEE_OTHER {
                        return (acknowledged, name, answer);
                    }
                    acknowledged.push(name);
                }
                unreachable!("the server stops")
            })
        });
        let saving: Vec<_> = saving.collect();
        while names(&house).await.iter().filter(|name| name.starts_with(&dies.to_string())).count() < 12 {
            tokio::task::yield_now().await;
        }
        server.freeze();
        let mut done = Vec::new();
        for saving in saving {
            done.push(saving.await.unwrap());
        }
        if dies {
            server.kill();
            server.start_again();
        } else {
            server.thaw();
        }
        house.app().store.settled_for_test().await;
        let there: BTreeSet<String> = all_names(&server).await;
        for (acknowledged, cut_off, answer) in done {
            assert!(acknowledged.iter().all(|name| there.contains(name)), "dies: {dies}");
            is_turned_away(&answer);
            assert!(!there.contains(&cut_off) || answer.text.contains(IN_DOUBT), "{cut_off}: {}", answer.text);
        }
        is_whole(&house).await;
    }
}

async fn all_names(server: &Server) -> BTreeSet<String> {
    let names = sqlx::query_scalar::<_, String>("SELECT name FROM doctors");
    names.fetch_all(&mut beside(server).await).await.unwrap().into_iter().collect()
}

//! What a visitor can see or measure of a sign-in that fails, of asking for a link, and of a link that is no good, is
//! the same for every state that an account can be in: status, headers, bytes, hashes, and the list of statements.

use super::browser::{Answer, Browser, House, PASSWORD};
use super::mail::MAILED;
use crate::store::{NewLink, Purpose, heard};
use crate::testing::command_line;
use crate::throttle::later;
use crate::token::Token;

/// Of every browser of the tests, unless they say otherwise.
const PEER: &str = "198.51.100.7";
const WRONG: &str = "a lamp beside the sea";

/// States of an account; for each, `NAME@clinic.example` is in it, or nobody.
const STATES: [&str; 8] = ["active", "unknown", "locked", "inactive", "norole", "nopassword", "limited", "invited"];

#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
    hashes: u64,
    statements: Vec<String>,
}

fn address(name: &str) -> String {
    format!("{name}@clinic.example")
}

async fn house() -> House {
    let house = House::of_mailed(&MAILED).await;
    for name in ["active", "locked", "inactive", "norole", "limited"] {
        house.person(&address(name), "Owner").await;
    }
    for name in ["nopassword", "invited"] {
        house.person_with(&address(name), "Owner", None).await;
    }
    let invited = id_of(&house, "invited").await.expect("somebody");
    issue(&house, Purpose::Join, invited).await;
    spoil(&house).await;
    house
}

/// Takes the way in away, whichever way it is named.
async fn spoil(house: &House) {
    house.sql("UPDATE bw_people SET locked_until = '2027-01-01T00:00:00.000000Z' WHERE email LIKE 'locked%'").await;
    house.sql("UPDATE bw_people SET inactive = TRUE WHERE email LIKE 'inactive%'").await;
    house.sql("UPDATE bw_people SET role = 'Gone' WHERE email LIKE 'norole%'").await;
}

async fn id_of(house: &House, name: &str) -> Option<i64> {
    house.app().store.person_by_email(&address(name)).await.unwrap().map(|person| person.id)
}

async fn issue(house: &House, purpose: Purpose, person: i64) -> Token {
    let token = Token::fresh().unwrap();
    let mut write = house.app().store.write(command_line()).await.unwrap();
    let expires_at = later(house.app().clock.now(), 1_800);
    let new = NewLink { token: token.hash(), purpose, person: Some(person), expires_at };
    let recorded = write.issue_link(&new).await.unwrap();
    write.commit(recorded).await.unwrap();
    token
}

/// One post, measured. `email` is written the same in every answer.
async fn seen(house: &House, browser: &mut Browser, path: &str, fields: &[(&str, &str)], email: &str) -> Seen {
    let hashes = house.app().hasher.work().0;
    heard::take();
    let answer: Answer = browser.post(path, fields).await;
    let statements = heard::take();
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    Seen {
        status: answer.status.as_u16(),
        headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
        text: answer.text.replace(email, "EMAIL"),
        hashes: house.app().hasher.work().0 - hashes,
        statements,
    }
}

fn all_alike(all: &[(&str, Seen)], status: u16, hashes: u64) {
    assert_eq!(all.len(), 8);
    let (_, first) = &all[0];
    assert_eq!((first.status, first.hashes), (status, hashes));
    assert!(!first.statements.is_empty(), "statements were heard");
    for (name, seen) in all {
        similar_asserts::assert_eq!(seen, first, "{name}");
    }
}

#[tokio::test]
async fn failed_sign_ins_look_and_cost_alike() {
    let house = house().await;
    // Five are looked at, two are held off: of those to come, each second is not kept, and nobody can tell.
    for i in 0..7 {
        let mut elsewhere = house.browser();
        elsewhere.peer = format!("{}:1", if i < 5 { format!("10.0.0.{i}") } else { PEER.to_owned() }).parse().unwrap();
        elsewhere.sign_in(&address("limited"), WRONG).await;
    }
    let mut browser = house.browser();
    browser.get("/sign-in").await;
    let mut all = Vec::new();
    for name in STATES {
        let email = address(name);
        let password = if name == "active" { WRONG } else { PASSWORD };
        all.push((
            name,
            seen(&house, &mut browser, "/sign-in", &[("email", &email), ("password", password)], &email).await,
        ));
    }
    all_alike(&all, 422, 1);
    let kept = house.app().store.ask_for_test("SELECT count(*) FROM bw_audit WHERE event = 'signin.throttled'").await;
    assert_eq!(kept, "2", "the third was not kept");
}

/// The control: what is not the same is seen not to be, by what a visitor gets and by what it costs.
#[tokio::test]
async fn a_sign_in_that_is_let_in_is_told_from_one_that_is_not() {
    let house = house().await;
    let email = address("active");
    let mut all = Vec::new();
    for password in [WRONG, PASSWORD] {
        let mut browser = house.browser();
        browser.get("/sign-in").await;
        all.push(seen(&house, &mut browser, "/sign-in", &[("email", &email), ("password", password)], &email).await);
    }
    let (no, yes) = (&all[0], &all[1]);
    assert_ne!(no.status, yes.status);
    assert_ne!(no.headers, yes.headers);
    assert_ne!(no.text, yes.text);
    assert_ne!(no.statements, yes.statements);
    let mut browser = house.browser();
    let unread = seen(&house, &mut browser, "/sign-in", &[("email", &email), ("password", WRONG)], &email).await;
    assert_ne!(no.hashes, unread.hashes, "a form that is not believed costs no hash");
}

#[tokio::test]
async fn asking_for_a_link_looks_and_costs_alike() {
    let house = house().await;
    for i in 0..5 {
        let mut elsewhere = house.browser();
        // The last two are held off, from where the next will come.
        elsewhere.peer =
            format!("{}:1", if i < 3 { format!("10.0.0.{i}") } else { "10.0.1.6".to_owned() }).parse().unwrap();
        elsewhere.get("/recovery").await;
        elsewhere.post("/recovery", &[("email", &address("limited"))]).await;
    }
    let before = house.app().store.mail_state().await.unwrap().queued;
    let mut browser = house.browser();
    browser.get("/recovery").await;
    let mut all = Vec::new();
    for (i, name) in STATES.into_iter().enumerate() {
        browser.peer = format!("10.0.1.{i}:1").parse().unwrap();
        let email = address(name);
        all.push((name, seen(&house, &mut browser, "/recovery", &[("email", &email)], &email).await));
    }
    all_alike(&all, 200, 0);
    // Three of the eight are told: who is active, has no password yet, or was invited.
    assert_eq!(house.app().store.mail_state().await.unwrap().queued - before, 3);
}

#[tokio::test]
async fn a_link_that_is_no_good_looks_and_costs_alike() {
    let house = House::of_mailed(&MAILED).await;
    let mut links: Vec<(&str, Token)> = vec![("unknown", Token::fresh().unwrap())];
    for name in ["used", "expired", "replaced", "locked", "inactive", "norole", "elsewhere"] {
        house.person(&address(name), "Owner").await;
        let id = id_of(&house, name).await.expect("somebody");
        let purpose = if name == "elsewhere" { Purpose::First } else { Purpose::Join };
        links.push((name, issue(&house, purpose, id).await));
        match name {
            "used" => house.sql("UPDATE bw_tokens SET used_at = created_at").await,
            "expired" => house.advance(1_800),
            "replaced" => drop(issue(&house, purpose, id).await),
            _ => {}
        }
    }
    spoil(&house).await;
    let mut browser = house.browser();
    browser.get("/sign-in").await;
    let mut all = Vec::new();
    for (name, token) in links {
        let opened = browser.get(&format!("/join?token={}", token.text())).await;
        assert_eq!(opened.location(), "/join", "{name}");
        let chosen = [("password", "another lamp, another lake"), ("again", "another lamp, another lake")];
        all.push((name, seen(&house, &mut browser, "/join", &chosen, &address(name)).await));
    }
    all_alike(&all, 404, 0);
}

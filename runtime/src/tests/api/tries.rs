//! Tokens that are none: the same answer after the same work for every reason, counted by address exactly; and requests with
//! a good one, counted by the token.

use std::sync::Arc;

use http::StatusCode;

use super::{ANNA, OWNER, PARTS, Program, TRIES, clinic, make, of};
use crate::audit::{EntryQuery, EventId};
use crate::panel::{By, Limit, Panel, Throttle};
use crate::store::heard;
use crate::token::Token;

fn unknown() -> String {
    Token::fresh().unwrap().api_text()
}

#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
    statements: Vec<String>,
}

async fn seen(program: &Program) -> Seen {
    heard::take();
    let answer = program.get("/api/doctors").await;
    let statements = heard::take();
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    Seen {
        status: answer.status.as_u16(),
        headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
        text: answer.text,
        statements,
    }
}

#[tokio::test]
async fn every_token_that_is_no_good_looks_and_costs_alike() {
    let clinic = clinic().await;
    let house = &clinic.house;
    let mut all: Vec<(&str, Program)> = vec![
        ("unknown", Program::of(house, Some(unknown()))),
        ("nonsense", Program::of(house, Some("bwk_x".to_owned()))),
        ("another scheme", Program::of(house, None).with("authorization", "Basic YTpi")),
    ];
    for name in ["ended", "expired", "locked", "inactive", "norole", "nopassword"] {
        let email: &'static str = format!("{name}@clinic.example").leak();
        house.person(email, "Owner").await;
        all.push((name, clinic.program(email).await));
    }
    house.sql("UPDATE bw_api_tokens SET ended_at = created_at, ended_why = 'ended_by_owner' WHERE person = (SELECT id FROM bw_people WHERE email LIKE 'ended%')").await;
    house.sql("UPDATE bw_api_tokens SET expires_at = created_at WHERE person = (SELECT id FROM bw_people WHERE email LIKE 'expired%')").await;
    house.sql("UPDATE bw_people SET locked_until = '2027-01-01T00:00:00.000000Z' WHERE email LIKE 'locked%'").await;
    house.sql("UPDATE bw_people SET inactive = TRUE WHERE email LIKE 'inactive%'").await;
    house.sql("UPDATE bw_people SET role = 'Gone' WHERE email LIKE 'norole%'").await;
    house.sql("UPDATE bw_people SET password_hash = NULL WHERE email LIKE 'nopassword%'").await;
    let mut looked = Vec::new();
    for (i, (name, program)) in all.iter_mut().enumerate() {
        program.peer = format!("10.0.0.{i}:1").parse().unwrap();
        looked.push((*name, seen(program).await));
    }
    let first = &looked[0].1;
    assert_eq!(first.status, 401);
    assert!(first.headers.iter().any(|(name, value)| name == "www-authenticate" && value == "Bearer"));
    assert!(first.statements.len() > 4, "statements were heard");
    for (name, seen) in &looked {
        similar_asserts::assert_eq!(seen, first, "{name}");
    }
    let query = EntryQuery { event: Some(EventId::TokenRefused), size: 50, ..EntryQuery::default() };
    let entries = house.app().store.entries(&query).await.unwrap().entries;
    assert_eq!(entries.len(), all.len(), "each is recorded, with its reason");
    // The control: a good one is told from them, and nothing at all from something.
    let good = seen(&clinic.program(OWNER).await).await;
    assert!(good.status == 200 && good.statements != first.statements);
    assert!(seen(&Program::of(house, None)).await.statements.is_empty(), "nothing was tried");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_100_parallel_tries_over_two_processes_as_many_are_looked_at_as_the_block_says() {
    let clinic = clinic().await;
    let house = &clinic.house;
    let second = house.again().await;
    let anna = clinic.program(ANNA).await;
    let turn = Arc::new(tokio::sync::Semaphore::new(16));
    let mut tries = tokio::task::JoinSet::new();
    for i in 0..100 {
        let at = if i % 2 == 0 { house } else { &second };
        let (program, turn) = (Program::of(at, Some(unknown())), Arc::clone(&turn));
        tries.spawn(async move {
            let _turn = turn.acquire().await.expect("nobody closes it");
            // The writing connection has room for so many at a time; who is turned away tries again.
            loop {
                let answer = program.get("/api/doctors").await;
                if answer.status != StatusCode::SERVICE_UNAVAILABLE {
                    return answer;
                }
            }
        });
    }
    let answers = tries.join_all().await;
    let looked_at = answers.iter().filter(|answer| answer.status == StatusCode::UNAUTHORIZED).count();
    assert_eq!(looked_at, TRIES as usize);
    let held_off: Vec<_> = answers.iter().filter(|answer| answer.status != StatusCode::UNAUTHORIZED).collect();
    for answer in &held_off {
        answer.is(429);
        assert_eq!(answer.header("retry-after"), "600");
        assert_eq!(answer.text, held_off[0].text);
    }
    // A stranger holds nobody off who has a token, behind the same address; nobody from elsewhere; and nobody for good.
    anna.get("/api/doctors").await.is(200);
    let mut elsewhere = Program::of(house, Some(unknown()));
    elsewhere.get("/api/doctors").await.is(429);
    elsewhere.peer = "203.0.113.9:1".parse().unwrap();
    elsewhere.get("/api/doctors").await.is(401);
    house.advance(600);
    Program::of(&second, Some(unknown())).get("/api/doctors").await.is(401);
}

const SLOW: Throttle = Throttle {
    limits: &[
        Limit { count: 3, window: 60, by: By::Token },
        Limit { count: 5, window: 60, by: By::Account },
        Limit { count: TRIES, window: 600, by: By::Address },
    ],
    ..super::TOKEN
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_good_token_is_used_as_often_as_the_block_says_whatever_comes_of_it() {
    static PANEL: Panel = Panel { throttles: &[Throttle { ..PARTS.throttles[0] }, SLOW], ..PARTS };
    let house = of(&PANEL).await;
    house.person(OWNER, "Owner").await;
    let mut browser = house.signed_in(OWNER).await;
    let tokens = [make(&mut browser, "read").await, make(&mut browser, "read").await];
    let second = house.again().await;
    let mut tries = tokio::task::JoinSet::new();
    for i in 0..12 {
        let program = Program::of(if i % 2 == 0 { &house } else { &second }, Some(tokens[0].clone()));
        tries.spawn(async move { program.get("/api/nothing").await.status });
    }
    let answers = tries.join_all().await;
    let through = answers.iter().filter(|status| **status == StatusCode::NOT_FOUND).count();
    assert_eq!(through, 3, "{answers:?}");
    // Another token of the same person has limits of its own, up to what its person has.
    let another = Program::of(&house, Some(tokens[1].clone()));
    for status in [404, 404, 429] {
        another.get("/api/nothing").await.is(status);
    }
    house.advance(59);
    let late = another.get("/api/nothing").await;
    late.is(429);
    assert_eq!(late.header("retry-after"), "1");
    house.advance(1);
    another.get("/api/nothing").await.is(404);
    let query = EntryQuery { event: Some(EventId::TokenThrottled), size: 50, ..EntryQuery::default() };
    assert!(!house.app().store.entries(&query).await.unwrap().entries.is_empty());
}

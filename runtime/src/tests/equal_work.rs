//! What a visitor can see or measure of a failed sign-in is the same, whatever was wrong.

use super::browser::{Answer, House, PASSWORD};

const WRONG: &str = "a lamp beside the sea";

#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
    hashes: u64,
    statements: u64,
}

fn seen(answer: &Answer, email: &str, hashes: u64, statements: u64) -> Seen {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    Seen {
        status: answer.status.as_u16(),
        headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
        text: answer.text.replace(email, "EMAIL"),
        hashes,
        statements,
    }
}

#[tokio::test]
async fn failed_sign_ins_look_and_cost_alike() {
    let house = House::open().await;
    for name in ["wrong", "locked", "inactive", "norole", "limited"] {
        house.person(&format!("{name}@clinic.example"), "Owner").await;
    }
    house.person_with("nopassword@clinic.example", "Owner", None).await;
    house.sql("UPDATE bw_people SET locked_until = '2027-01-01T00:00:00.000000Z' WHERE email LIKE 'locked%'").await;
    house.sql("UPDATE bw_people SET inactive = TRUE WHERE email LIKE 'inactive%'").await;
    house.sql("UPDATE bw_people SET role = 'Gone' WHERE email LIKE 'norole%'").await;
    let mut browser = house.browser();
    browser.get("/sign-in").await;
    for i in 0..5 {
        let mut elsewhere = house.browser();
        elsewhere.peer = format!("10.0.0.{i}:1").parse().unwrap();
        elsewhere.sign_in("limited@clinic.example", WRONG).await;
    }
    let mut all: Vec<(&str, Seen)> = Vec::new();
    for (name, password) in [
        ("wrong", WRONG),
        ("unknown", WRONG),
        ("locked", PASSWORD),
        ("inactive", PASSWORD),
        ("norole", PASSWORD),
        ("nopassword", PASSWORD),
        ("limited", PASSWORD),
    ] {
        let email = format!("{name}@clinic.example");
        let (hashes, statements) = (house.app().hasher.work().0, house.app().store.statements());
        let answer = browser.post("/sign-in", &[("email", &email), ("password", password)]).await;
        let hashes = house.app().hasher.work().0 - hashes;
        let statements = house.app().store.statements() - statements;
        all.push((name, seen(&answer, &email, hashes, statements)));
    }
    let (_, first) = &all[0];
    assert_eq!((first.status, first.hashes), (422, 1));
    for (name, seen) in &all[1..] {
        similar_asserts::assert_eq!(seen, first, "{name}");
    }
}

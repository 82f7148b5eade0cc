//! What a program sends that is no request for anything: told at its place, and read no further than it may be.

use super::{DESK, OWNER, Program, clinic, of};
use crate::panel::{Panel, Reauth, Verb};

#[tokio::test]
async fn what_is_no_json_is_told_with_line_and_column() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    let answer = owner.post("/api/doctors", "{\"name\":\n \"Kai\",,}").await.is(400);
    assert_eq!(answer["detail"], "This is no JSON: it breaks at line 2, column 8.");
    for body in ["[]", "7", "{\"name\":\"a\",\"name\":\"b\"}", "{\"name\":"] {
        owner.post("/api/doctors", body).await.is(400);
    }
    let form = owner.clone().with("content-type", "application/x-www-form-urlencoded");
    form.post("/api/doctors", "name=Kai").await.is(415);
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(9 * 1024 * 1024));
    owner.post("/api/doctors", &large).await.is(413);
    // A long text goes in where the person may write one, and not where they may not.
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(100 * 1024));
    owner.post("/api/doctors", &long).await.is(422);
    clinic.program(DESK).await.post("/api/visits", &long).await.is(403);
    // Nothing is read of whoever is nobody.
    Program::of(&clinic.house, None).post("/api/doctors", &large).await.is(401);
    assert_eq!(clinic.house.app().store.ask_for_test("SELECT count(*) FROM doctors").await, "2");
}

/// What the block puts behind the wall is behind it for good here: a token is no proof of anything, also right after it was
/// made behind one.
#[tokio::test]
async fn what_asks_for_a_fresh_proof_is_not_for_programs() {
    static WALLED: Panel = Panel {
        reauth: &[Reauth::Verb(Verb::Create), Reauth::Action(3, 0), Reauth::Verb(Verb::Delete)],
        ..super::PARTS
    };
    let house = of(&WALLED).await;
    house.person(OWNER, "Owner").await;
    let mut browser = house.signed_in(OWNER).await;
    let owner = Program::of(&house, Some(super::make(&mut browser, "write").await));
    let answer = owner.post("/api/doctors", "{\"name\":\"Kai\"}").await.is(403);
    assert!(answer["detail"].as_str().unwrap().contains("in the browser only"), "{answer}");
    owner.send(http::Method::DELETE, "/api/doctors/1?version=1", "").await.is(403);
    owner.post("/api/invoices/1/approve", "").await.is(403);
    // The control: the same person does it in the browser.
    let answer = browser.post("/doctors/new", &[("name", "Kai"), ("speciality", "General"), ("active", "true")]).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text);
    // What is not behind the wall is not.
    let changed = owner.patch("/api/doctors/1", "{\"name\":\"Kay\",\"version\":\"1\"}").await.is(200);
    assert_eq!(changed["name"], "Kay");
}

//! What a program sends that is no request for anything: told at its place, and read no further than it may be.

use super::{DESK, OWNER, Program, clinic, of};
use crate::audit::{Context, Origin};
use crate::panel::{Field, Kind, Model, Panel, Reauth, Verb};
use crate::testing::{DOCTORS, INVOICES, PATIENTS, SAMPLE, SAMPLES, VISITS, text};
use crate::value::Value;

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

/// Each name is held against all others: in a large body there could be a million of them.
#[tokio::test]
async fn an_object_has_no_more_names_than_a_form_has_fields() {
    let clinic = clinic().await;
    let (owner, reads) = (clinic.program(OWNER).await, clinic.with_token(OWNER, "read").await);
    let names = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("\"n{number}\":0")).collect();
        format!("{{{}}}", names.join(","))
    };
    let most = clinic.house.app().limits.fields;
    owner.post("/api/doctors", &names(most + 1)).await.is(413);
    owner.patch(&format!("/api/doctors/{}", clinic.berg), &names(most + 1)).await.is(413);
    reads.post(&format!("/api/invoices/{}/approve", clinic.invoice), &names(most + 1)).await.is(413);
    // The control: as many as may be are looked at.
    owner.post("/api/doctors", &names(most)).await.is(422);
}

/// Whatever JSON can say and a column can't hold is told at its field, or is held as it was sent.
#[tokio::test]
async fn values_that_only_json_can_say_are_told_or_kept_and_never_a_fault() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    let deep = format!("{{\"json\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    for (body, status) in [
        (r#"{"string":"a\u0000b"}"#, 422),
        (r#"{"string":"\ud800"}"#, 422),
        (r#"{"\ud800":"x"}"#, 400),
        (r#"{"json":{"a":1,"a":2}}"#, 201),
        ("{\"json\":{\n\"a\":\r\n1}}", 201),
        (r#"{"json":"\ud800"}"#, 422),
        (r#"{"json":"\u0000"}"#, 422),
        (deep.as_str(), 422),
        (r#"{"f64":1e400}"#, 422),
        (r#"{"f64":"NaN"}"#, 422),
        (r#"{"i64":9223372036854775808}"#, 422),
        (r#"{"i64":1.0}"#, 422),
        (r#"{"i32":2147483648}"#, 422),
        (r#"{"dec2":1.005}"#, 422),
        (r#"{"dec2":1e2}"#, 201),
        (r#"{"dec2":99999999999999999999999999999999999999}"#, 422),
        (r#"{"key":1e0}"#, 422),
        (r#"{"bytes":"x"}"#, 422),
        (r#"{"choice":"Nothing"}"#, 422),
        (r#"{"timestamp":"2026-02-30T00:00:00Z"}"#, 422),
    ] {
        let answer = owner.post("/api/samples", body).await;
        assert_eq!(answer.status.as_u16(), status, "{body:.60}");
    }
    assert_eq!(owner.get("/api/samples/2").await.is(200)["json"], serde_json::json!({ "a": 1 }));
    owner.get("/api/samples").await.is(200);
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

/// A program sends back what it read, in the spelling in which it read it.
#[tokio::test]
async fn what_stands_there_already_is_not_held_against_the_bounds_again() {
    static DATED: Panel = Panel {
        models: &[
            DOCTORS,
            PATIENTS,
            VISITS,
            INVOICES,
            Model {
                fields: &[
                    Field::new(0, "string", "String", Kind::String),
                    Field { future: true, ..Field::new(1, "due", "Due", Kind::Timestamp) },
                ],
                list: &[0, 1],
                filter: &[],
                search: &[],
                sort: &[],
                ..SAMPLES
            },
        ],
        ..super::PARTS
    };
    let house = of(&DATED).await;
    // It was ahead when it was written.
    let yesterday = Context::of_nobody(Origin::own(), house.app().clock.now() - chrono::Duration::days(1));
    let mut write = house.app().store.write(yesterday).await.unwrap();
    let due = Value::Timestamp(house.app().clock.now() - chrono::Duration::hours(1));
    let (ids, recorded) = write.seed(&DATED.models[SAMPLE], vec![vec![(0, text("a")), (1, due)]]).await.unwrap();
    write.commit(recorded).await.unwrap();
    house.person(OWNER, "Owner").await;
    let mut browser = house.signed_in(OWNER).await;
    let owner = Program::of(&house, Some(super::make(&mut browser, "write").await));
    let path = format!("/api/samples/{}", ids[0]);
    let mut row = owner.get(&path).await.is(200);
    let due = row["due"].as_str().expect("a moment").to_owned();
    let changed = format!("{{\"string\":\"b\",\"due\":\"{due}\",\"version\":\"1\"}}");
    row["string"] = "b".into();
    row["version"] = "2".into();
    assert_eq!(owner.patch(&path, &changed).await.is(200), row);
    // Another moment that is over is none.
    let earlier = "{\"due\":\"2020-01-01T00:00:00Z\",\"version\":\"2\"}";
    let refused = owner.patch(&path, earlier).await.is(422);
    assert!(refused.to_string().contains("must lie in the future"), "{refused}");
}

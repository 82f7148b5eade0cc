//! A program in the name of a receptionist: its token comes from the account page, its rows from `/api`, and both go
//! when somebody with the right says so.

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::Full;
use serde_json::{Value as Json, json};

use crate::house::{House, PASSWORD, email};
use crate::program::clinic;
use crate::visitor::{Form, Visitor, Way};

struct Program {
    way: Way,
    token: String,
}

impl Program {
    /// Status and object.
    async fn call(&self, method: Method, path: &str, body: Option<Json>) -> (u16, Json) {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = Bytes::from(body.map_or_else(String::new, |body| body.to_string()));
        let answer = (self.way)(request.body(Full::new(body)).expect("a request")).await.expect("an answer");
        assert!(answer.headers().contains_key("x-request-id"));
        let json = serde_json::from_slice(answer.body()).unwrap_or(Json::Null);
        (answer.status().as_u16(), json)
    }

    async fn get(&self, path: &str) -> (u16, Json) {
        self.call(Method::GET, path, None).await
    }
}

/// Fills in the form of the account page; the password is asked for where the last proof is old.
async fn token_of(visitor: &mut Visitor, may: &str) -> String {
    let mut form = Form::of(&visitor.get("/account").await.expect(200), "#make-token");
    form.set("name", "Front desk display").set("days", "30").set("may", may);
    let shown = visitor.submit(&form).await.expect(200);
    shown
        .page()
        .select(&crate::visitor::select("#token"))
        .next()
        .and_then(|input| input.attr("value"))
        .expect("a token")
        .to_owned()
}

#[tokio::test]
async fn a_token_from_the_account_page_works_the_front_desk_and_ends() {
    let house = House::open().await;
    let mut desk = house.signed_in("Reception").await;
    let program = Program { way: house.way(), token: token_of(&mut desk, "write").await };
    assert!(!desk.get("/account").await.expect(200).text.contains(&program.token), "shown once");

    let new = json!({ "name": "Ida Holm", "born": "1984-02-12", "doctor": house.doctors[0].0, "phone": "22 33 44 55" });
    let (status, made) = program.call(Method::POST, "/api/patients", Some(new)).await;
    assert_eq!((status, made["version"].as_str()), (201, Some("1")), "{made}");
    let path = format!("/api/patients/{}", made["id"]);
    let (status, row) = program.get(&path).await;
    assert_eq!((status, row["doctor.label"].as_str()), (200, Some("Dr. Ada Berg")), "{row}");
    assert!(row.get("notes").is_none(), "sensitive, and not the desk's: {row}");
    let change = json!({ "phone": "66 77 88 99", "version": "1" });
    let (status, row) = program.call(Method::PATCH, &path, Some(change.clone())).await;
    assert_eq!((status, row["phone"].as_str()), (200, Some("66 77 88 99")), "{row}");
    let (status, late) = program.call(Method::PATCH, &path, Some(change)).await;
    assert_eq!((status, late["version"].as_str()), (409, Some("2")), "{late}");
    let (status, no) = program.call(Method::PATCH, &path, Some(json!({ "notes": "x", "version": "2" }))).await;
    assert_eq!((status, no["errors"]["notes"].is_string()), (422, true), "{no}");
    let (status, wrong) = program.call(Method::POST, "/api/patients", Some(json!({ "name": "", "phone": "x" }))).await;
    let errors = wrong["errors"].as_object().expect("by field");
    assert!(status == 422 && errors.contains_key("name") && errors.contains_key("phone"), "{wrong}");
    let (status, list) = program.get("/api/patients?q=holm").await;
    assert_eq!((status, list["count"]["exact"].as_u64()), (200, Some(1)), "{list}");
    for (path, expected) in [("/api/invoices", 403), ("/api/people", 404), ("/api/audit", 404)] {
        assert_eq!(program.get(path).await.0, expected, "{path}");
    }

    // The page of the row tells what happened to it; the desk sees its token in use, and a manager ends all of them.
    assert!(desk.get("/account").await.expect(200).words().contains("Front desk display"));
    let mut manager = house.signed_in("Manager").await;
    let person = house.person_id(email("Reception")).await;
    let page = manager.get(&format!("/people/{person}")).await.expect(200);
    assert!(page.words().contains("API tokens 1"), "{}", page.words());
    manager.post(&format!("/people/{person}/revoke"), &[]).await.expect(303);
    let (status, refused) = program.get(&path).await;
    assert_eq!((status, refused["status"].as_u64()), (401, Some(401)));
}

/// What the clinic puts behind the wall stays there, also for whoever holds the right: deletes and approvals.
#[tokio::test]
async fn what_the_clinic_asks_a_password_for_is_not_for_programs() {
    let house = House::open().await;
    let mut manager = house.signed_in("Manager").await;
    let program = Program { way: house.way(), token: token_of(&mut manager, "write").await };
    let path = format!("/api/doctors/{}", house.doctors[1].0);
    let (status, told) = program.call(Method::DELETE, &format!("{path}?version=1"), None).await;
    assert_eq!(status, 403);
    assert!(told["detail"].as_str().is_some_and(|text| text.contains("in the browser only")), "{told}");
    assert_eq!(program.get(&path).await.0, 200);
    // Once the proof is old, a token is made behind the password and the code, by whoever has one.
    let mut clinician = house.signed_in("Clinician").await;
    house.wait(chrono::Duration::minutes(11));
    let mut form = Form::of(&clinician.get("/account").await.expect(200), "#make-token");
    form.set("name", "Rounds").set("days", "1").set("may", "read");
    let wall = clinician.submit(&form).await.expect(401);
    let mut proof = Form::of(&wall, "form.stack");
    proof.set("bw.proof", PASSWORD);
    let shown = clinician.submit(&proof).await.expect(200);
    assert!(shown.text.contains("bwk_"));
}

#[test]
fn the_api_is_described_for_machines() {
    let directory = tempfile::tempdir().expect("a directory");
    let said = clinic(directory.path(), &["openapi"]).expect(0);
    let document: Json = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!((document["openapi"].as_str(), document["info"]["title"].as_str()), (Some("3.1.0"), Some("Clinic")));
    for path in ["/api/patients", "/api/patients/{id}", "/api/invoices/{id}/approve"] {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
    let new = &document["components"]["schemas"]["NewPatient"];
    assert_eq!(new["required"], json!(["name", "born", "doctor"]));
    assert_eq!(new["properties"]["phone"]["pattern"], "^(?:\\+?[0-9 ]{6,20})$");
    assert!(!directory.path().join("clinic.db").exists(), "it opens no database");
}

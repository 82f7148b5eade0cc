//! What a program reads is what the pages show its person: rows, fields, lists, and nothing of the rest of the panel.

use http::{Method, StatusCode};

use super::{ANNA, DESK, OWNER, Program, clinic, make, of};
use crate::panel::{Cell, FieldSet, Panel, Role, Verb};
use crate::testing::{PATIENT, patient};
use crate::tests::browser::House;

#[tokio::test]
async fn each_role_reads_the_rows_and_fields_of_its_own() {
    let clinic = clinic().await;
    let row = format!("/api/patients/{}", clinic.of_berg);
    let owner = clinic.program(OWNER).await.get(&row).await;
    let seen = owner.is(200);
    assert_eq!(seen["name"], "Ida Holm");
    assert_eq!((seen["version"].as_str(), owner.header("etag")), (Some("1"), "\"1\""));
    assert_eq!((seen["doctor"].as_i64(), seen["doctor.label"].as_str()), (Some(clinic.berg), Some("Berg General")));
    assert_eq!((seen["born"].as_str(), seen["notes"].as_str()), (Some("1980-02-03"), Some("")));
    assert!(seen["second"].is_null() && seen.get("second").is_some(), "nothing is null, and hidden is not there");
    assert!(seen.get("pin").is_none(), "a secret is never read");

    let desk = clinic.program(DESK).await;
    let seen = desk.get(&row).await.is(200);
    assert!(seen.get("notes").is_none() && seen.get("pin").is_none(), "{seen}");
    // They may not view doctors, so that the number is all there is.
    assert!(seen.get("doctor").is_some() && seen.get("doctor.label").is_none(), "{seen}");
    assert!(!desk.get("/api/patients").await.text.contains("notes"));
    let refused = desk.get("/api/doctors").await.is(403);
    assert_eq!(refused["detail"], "Your role, Reception, may not view Doctors. Held by: Owner, Clinician.");
    // What they may not see is no filter and no order either.
    for query in ["f.notes.has=x", "sort=notes", "sort=pin", "size=201", "nothing=1"] {
        desk.get(&format!("/api/patients?{query}")).await.is(400);
    }

    let anna = clinic.program(ANNA).await;
    let other = anna.get(&format!("/api/patients/{}", clinic.of_adams)).await;
    let nothing = anna.get("/api/patients/4711").await;
    assert_eq!((other.status, &other.text), (StatusCode::NOT_FOUND, &nothing.text), "as if it were not there");
    let list = anna.get("/api/patients").await.is(200);
    assert_eq!((list["rows"].as_array().unwrap().len(), list["count"]["exact"].as_u64()), (1, Some(1)));
    assert_eq!(list["rows"][0]["name"], "Ida Holm");
}

#[tokio::test]
async fn a_list_leads_on_and_back_under_what_was_asked() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    let first = owner.get("/api/doctors?size=1&sort=name").await.is(200);
    assert_eq!((first["rows"][0]["name"].as_str(), first["previous"].is_null()), (Some("Adams"), true));
    assert_eq!(first["rows"][0]["speciality"], "General");
    assert_eq!(first["rows"][0]["active"], true);
    assert_eq!(first["count"]["exact"], 2);
    let next = first["next"].as_str().unwrap();
    let second = owner.get(&format!("/api/doctors?{next}")).await.is(200);
    assert_eq!((second["rows"][0]["name"].as_str(), second["next"].is_null()), (Some("Berg"), true));
    let back = second["previous"].as_str().unwrap();
    assert_eq!(owner.get(&format!("/api/doctors?{back}")).await.is(200)["rows"], first["rows"]);
    let found = owner.get("/api/doctors?q=erg").await.is(200);
    assert_eq!(found["rows"].as_array().unwrap().len(), 1);
    let none = owner.get("/api/doctors?f.speciality=Heart").await.is(200);
    assert_eq!((none["rows"].as_array().unwrap().len(), none["count"]["exact"].as_u64()), (0, Some(0)));
}

/// A program would take every row for a find.
#[tokio::test]
async fn a_search_where_there_is_none_is_refused() {
    static UNSEARCHED: Panel = Panel {
        roles: &[
            Role { ..super::PARTS.roles[0] },
            Role { index: 1, ..super::PARTS.roles[1] },
            Role {
                index: 2,
                cells: &[Cell::new(Verb::View, PATIENT, FieldSet(1 << patient::BORN), 0)],
                ..super::PARTS.roles[2]
            },
        ],
        ..super::PARTS
    };
    let house = of(&UNSEARCHED).await;
    let mut programs = Vec::new();
    for (email, role) in [(OWNER, "Owner"), (DESK, "Reception")] {
        house.person(email, role).await;
        let mut browser = house.signed_in(email).await;
        programs.push(Program::of(&house, Some(make(&mut browser, "read").await)));
    }
    let [owner, desk] = &programs[..] else { panic!("two") };
    desk.get("/api/patients?q=Holm").await.is(400);
    desk.get("/api/patients").await.is(200);
    owner.get("/api/patients?q=Holm").await.is(200);
}

#[tokio::test]
async fn nothing_but_rows_is_there_for_a_program() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    for path in [
        "/api",
        "/api/",
        "/api/people",
        "/api/audit",
        "/api/account",
        "/api/account/tokens",
        "/api/policy",
        "/api/work",
        "/api/doctors/new",
        "/api/doctors/export",
        "/api/doctors/01",
        "/api/doctors/1/edit",
        "/api/doctors/1/history",
    ] {
        owner.get(path).await.is(404);
    }
    let row = format!("/api/doctors/{}", clinic.berg);
    for (method, path, allow) in [
        (Method::PUT, row.as_str(), "GET, HEAD, PATCH, DELETE"),
        (Method::POST, row.as_str(), "GET, HEAD, PATCH, DELETE"),
        (Method::DELETE, "/api/doctors", "GET, HEAD, POST"),
        (Method::OPTIONS, "/api/doctors", "GET, HEAD, POST"),
        (Method::GET, &format!("/api/invoices/{}/approve", clinic.invoice), "POST"),
    ] {
        let answer = owner.send(method, path, "").await;
        answer.is(405);
        assert_eq!(answer.header("allow"), allow);
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
    }
    owner.send(Method::HEAD, &row, "").await.is(200);
}

#[tokio::test]
async fn cookies_mean_nothing_here_and_tokens_nothing_elsewhere() {
    let clinic = clinic().await;
    let browser = clinic.house.signed_in(OWNER).await;
    let jar: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let nobody = Program::of(&clinic.house, None).with("cookie", &jar.join("; "));
    let answer = nobody.get("/api/doctors").await;
    answer.is(401);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    // The control: the same cookies are somebody's elsewhere.
    assert_eq!(nobody.get("/doctors").await.status, StatusCode::OK);
    // A session's token is no API token, whatever is put in front of it.
    let session = &browser.cookies["bw"];
    for token in [session.clone(), format!("bwk_{session}")] {
        Program::of(&clinic.house, Some(token)).get("/api/doctors").await.is(401);
    }
    let owner = clinic.program(OWNER).await;
    owner.get("/api/doctors").await.is(200);
    for path in ["/", "/doctors", "/people", "/audit", "/account", "/doctors/export"] {
        let answer = owner.get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/sign-in"), "{path}");
    }
}

/// What stands between a program and the panel may read a request in another way than the panel: what could be read in two
/// ways is nobody's, or means nothing.
#[tokio::test]
async fn what_could_be_read_in_two_ways_is_nothing() {
    let clinic = clinic().await;
    let owner = clinic.program(OWNER).await;
    let held = owner.token.clone().unwrap();
    let mut twice = Program::of(&clinic.house, None);
    for _ in 0..2 {
        twice.headers.append("authorization", format!("Bearer {held}").parse().unwrap());
    }
    twice.get("/api/doctors").await.is(401);
    for carried in [
        held.clone(),
        format!("Bearer{held}"),
        format!("Bearer {held}, Bearer {held}"),
        format!("Bearer {held}="),
        format!("Basic {held}"),
    ] {
        let mut program = Program::of(&clinic.house, None).with("authorization", &carried);
        program.peer = format!("10.0.1.{}:1", carried.len() % 250).parse().unwrap();
        program.get("/api/doctors").await.is(401);
    }
    Program::of(&clinic.house, None).with("authorization", &format!("bearer {held}")).get("/api/doctors").await.is(200);
    let row = format!("/api/doctors/{}", clinic.berg);
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        owner.clone().with(name, "DELETE").send(Method::GET, &format!("{row}?version=1&_method=DELETE"), "").await;
        owner.clone().with(name, "DELETE").post(&row, "{}").await.is(405);
    }
    owner.get(&row).await.is(200);
    for path in
        ["//api/doctors", "/%61pi/doctors", "/API/doctors", "/api//doctors", "/./api/doctors", "/api/../doctors"]
    {
        let answer = owner.get(path).await;
        assert!(!answer.text.contains("Berg") && answer.status != StatusCode::OK, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_block_without_the_clause_has_no_api() {
    let house = House::open().await;
    house.person(OWNER, "Owner").await;
    let nobody = Program::of(&house, Some(format!("bwk_{}", "A".repeat(43))));
    for path in ["/api", "/api/doctors"] {
        let (there, elsewhere) = (nobody.get(path).await, nobody.get("/nothing/there").await);
        assert_eq!((there.status, elsewhere.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
        assert!(there.header("www-authenticate").is_empty());
    }
    let mut browser = house.signed_in(OWNER).await;
    assert_eq!(browser.get("/api/doctors").await.status, StatusCode::NOT_FOUND);
    assert!(!browser.get("/account").await.text.contains("API token"));
    let answer = browser.post("/account/tokens", &[("name", "x"), ("days", "1"), ("may", "read")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    // The control: with the clause it is there.
    let house = of(&super::PANEL).await;
    assert_eq!(Program::of(&house, None).get("/api/doctors").await.status, StatusCode::UNAUTHORIZED);
}

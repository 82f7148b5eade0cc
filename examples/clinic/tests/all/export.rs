//! What leaves the panel as a file: the rows and fields of the role, once a proof of identity is fresh, within the
//! limit, and never without a trace.

use chrono::Duration;

use crate::authenticator::{SECRET, code_of};
use crate::clinic::{NewDoctor, NewPatient, Speciality};
use crate::house::{House, PASSWORD};
use crate::visitor::{Answer, Form, Visitor};

async fn filled() -> House {
    let house = House::open().await;
    for (name, doctor, notes) in [
        ("Anna Berg", 0, "allergic to cats"),
        ("=HYPERLINK(\"http://evil.example\")", 0, ""),
        ("O'Neill, \"Zoë\"", 1, ""),
    ] {
        let new = NewPatient {
            name: name.to_owned(),
            email: (name == "Anna Berg").then(|| "anna@example.org".to_owned()),
            phone: None,
            born: "1980-02-03".parse().expect("a day"),
            doctor: house.doctors[doctor],
            languages: None,
            notes: Some(notes.to_owned()),
        };
        house.row::<NewPatient>(new, &[]).await;
    }
    house
}

pub(crate) async fn export(visitor: &mut Visitor, path: &str, columns: &[&str], format: &str) -> Answer {
    visitor.get(path).await.expect(200);
    let mut fields: Vec<(&str, &str)> = columns.iter().map(|column| ("column", *column)).collect();
    fields.push(("format", format));
    visitor.post(path, &fields).await
}

#[tokio::test]
async fn a_list_leaves_as_it_is_filtered_and_ordered() {
    let house = filled().await;
    let mut owner = house.signed_in("Owner").await;
    let list = owner.get("/patients?f.doctor=1&sort=name").await.expect(200);
    let path = list.hrefs().into_iter().find(|href| href.starts_with("/patients/export")).expect("a button");
    let page = owner.get(&path).await.expect(200);
    assert!(page.words().contains("2 patients that match") && page.words().contains("the yearly letter to patients"));
    let file = owner.submit(&Form::of(&page, "main form")).await.expect(200);
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"patients-2026-11-21.csv\"");
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').split("\r\n").collect();
    assert_eq!(lines[0], "id,name,email,phone,doctor,doctor.label,created_at");
    assert_eq!(
        lines[1], "2,\"'=HYPERLINK(\"\"http://evil.example\"\")\",,,1,Dr. Ada Berg,2026-11-21T10:00:00.000000Z",
        "the formula is text"
    );
    assert_eq!(lines[2], "1,Anna Berg,anna@example.org,,1,Dr. Ada Berg,2026-11-21T10:00:00.000000Z");
    assert_eq!(lines[3..], [""]);
    assert!(!file.text.contains("allergic"), "what the export does not hold stays");

    let record =
        "SELECT CAST(changes AS TEXT) FROM bw_audit WHERE event = 'rows.exported' AND row_id IS NULL AND $1 = 1";
    let record = house.text(record, 1).await;
    for told in ["\"csv\"", "Doctor: 1", "\"2\"", "whole", "the yearly letter to patients"] {
        assert!(record.contains(told), "{told} in {record}");
    }
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'export.started'", &[]).await, 1);
}

#[tokio::test]
async fn only_the_fields_of_the_role_leave() {
    let house = filled().await;
    let mut manager = house.signed_in("Manager").await;
    let page = manager.get("/patients/export").await.expect(200);
    let offered: Vec<String> = page.attributes("value").into_iter().filter(|v| v.len() < 20).collect();
    assert!(offered.contains(&"doctor.label".to_owned()) && !offered.contains(&"email".to_owned()), "{offered:?}");
    for strange in ["email", "notes", "email.label", "version"] {
        export(&mut manager, "/patients/export", &["name", strange], "csv").await.expect(400);
    }
    export(&mut manager, "/patients/export", &["name"], "exe").await.expect(400);
    export(&mut manager, "/patients/export", &[], "csv").await.expect(422);
    let file = export(&mut manager, "/patients/export?q=Zo%C3%AB", &["name", "doctor"], "jsonl").await.expect(200);
    assert_eq!(file.text, "{\"name\":\"O'Neill, \\\"Zoë\\\"\",\"doctor\":2}\n");
    // The author of an invoice is an address of mail, and nobody said why that should leave.
    let page = manager.get("/invoices/export").await.expect(200);
    assert!(!page.attributes("value").contains(&"author.label".to_owned()));
}

#[tokio::test]
async fn without_the_right_there_is_a_no_and_a_trace() {
    let house = filled().await;
    for role in ["Reception", "Auditor", "Clinician"] {
        let mut visitor = house.signed_in(role).await;
        visitor.get("/patients/export").await.expect(403);
        visitor.post("/patients/export", &[("column", "name"), ("format", "csv")]).await.expect(403);
    }
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event LIKE '%export%'", &[]).await, 0);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'right.refused'", &[]).await, 6);
}

#[tokio::test]
async fn an_old_proof_is_asked_for_anew_and_the_export_goes_on() {
    let house = filled().await;
    let mut owner = house.signed_in("Owner").await;
    house.wait(Duration::minutes(11));
    let wall = export(&mut owner, "/doctors/export", &["name", "speciality"], "csv").await.expect(401);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event LIKE '%export%'", &[]).await, 0);
    let mut form = Form::of(&wall, "main form");
    // A code counts once, and the one of the sign-in is of another moment.
    form.set("bw.proof", PASSWORD).set("bw.code", &code_of(&SECRET, house.now()));
    let file = owner.submit(&form).await.expect(200);
    assert!(file.text.contains("Dr. Ada Berg,General"), "choices leave by their name: {}", file.text);
}

#[tokio::test]
async fn the_limit_of_the_block_holds() {
    let house = filled().await;
    let other = NewDoctor {
        name: "Dr. Cy Holm".to_owned(),
        speciality: Some(Speciality::Skin),
        active: Some(true),
        languages: None,
    };
    house.row::<NewDoctor>(other, &[]).await;
    let mut owner = house.signed_in("Owner").await;
    for _ in 0..10 {
        export(&mut owner, "/doctors/export", &["id", "speciality"], "xlsx").await.expect(200);
    }
    let no = export(&mut owner, "/doctors/export", &["id"], "csv").await.expect(429);
    assert!(no.words().contains("Too many exports"));
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'export.throttled'", &[]).await, 1);
    let mut manager = house.signed_in("Manager").await;
    export(&mut manager, "/patients/export", &["id"], "csv").await.expect(200);
    house.wait(Duration::minutes(61));
    let mut owner = house.signed_in("Owner").await;
    export(&mut owner, "/doctors/export", &["id"], "csv").await.expect(200);
}

//! What people type, and what they send who mean no good: nothing typed is lost, nothing half is saved, and every
//! refusal says what to do.

use bailiwick::typed::Decimal;
use bailiwick::value::Value;
use chrono::{Duration, NaiveDate};
use http::Method;

use crate::clinic::{Invoice, NewInvoice, NewPatient, NewVisit, Patient, PatientId};
use crate::house::House;
use crate::house::number;
use crate::visitor::{Answer, Form, Visitor};

async fn patient(house: &House, name: &str, doctor: usize) -> i64 {
    let new = NewPatient {
        name: name.to_owned(),
        email: Some(format!("{}@example.org", name.to_lowercase().replace(' ', "."))),
        phone: None,
        born: NaiveDate::from_ymd_opt(1966, 3, 9).expect("a day"),
        doctor: house.doctors[doctor],
        languages: None,
        notes: None,
    };
    number(house.row::<NewPatient>(new, &[(Patient::CREATED_AT.field(), Value::Timestamp(house.now()))]).await.id)
}

/// A new patient whose form is filled in rightly.
async fn filled(visitor: &mut Visitor, house: &House) -> Form {
    let mut form = visitor.form("/patients/new").await;
    form.set("name", "Rita Right").set("born", "1999-12-31").set("doctor", &house.doctors[0].0.to_string());
    form
}

/// The message under the control of a field.
fn error_at(answer: &Answer, field: &str) -> String {
    answer.texts(&format!("#f-{field}-error")).join(" ")
}

#[tokio::test]
async fn a_value_that_does_not_fit_comes_back_with_a_message_at_its_field() {
    let house = House::open().await;
    let mut manager = house.signed_in("Manager").await;
    let long = "x".repeat(121);
    for (field, typed, says) in [
        ("name", "", ""),
        ("name", long.as_str(), "120"),
        ("email", "rita at example", ""),
        ("phone", "call me <b>", ""),
        ("born", "31.12.1999", "2026-11-21"),
        ("born", "2027-01-01", ""),
        ("doctor", "", ""),
        ("doctor", "first", ""),
        ("doctor", "999999", ""),
    ] {
        let mut form = filled(&mut manager, &house).await;
        form.set("notes", "A long story.\r\nIn two lines.").set(field, typed);
        let again = manager.submit(&form).await.expect(422);
        let error = error_at(&again, field);
        assert!(!error.is_empty() && error.contains(says), "{field} {typed:?}: {error:?} in {}", again.words());
        let shown = Form::of(&again, "form#record");
        for kept in ["name", "born", "notes", "email", "phone"] {
            assert_eq!(shown.value(kept), form.value(kept), "{kept} is kept as it was typed");
        }
    }
    assert_eq!(house.number("SELECT count(*) FROM patient", &[]).await, 0);
    manager.submit(&filled(&mut manager.clone(), &house).await).await.expect(303);
    assert_eq!(house.number("SELECT count(*) FROM patient", &[]).await, 1);
}

#[tokio::test]
async fn an_address_that_somebody_has_is_said_at_the_field() {
    let house = House::open().await;
    patient(&house, "Uma Unique", 0).await;
    let other = patient(&house, "Otto Other", 0).await;
    let mut manager = house.signed_in("Manager").await;
    let mut form = filled(&mut manager, &house).await;
    form.set("email", "uma.unique@example.org");
    let again = manager.submit(&form).await.expect(422);
    assert!(!error_at(&again, "email").is_empty(), "{}", again.words());
    assert_eq!(Form::of(&again, "form#record").value("email"), "uma.unique@example.org");
    let mut form = manager.form(&format!("/patients/{other}/edit")).await;
    form.set("email", "uma.unique@example.org").set("phone", "030 1234567");
    let again = manager.submit(&form).await.expect(422);
    assert!(!error_at(&again, "email").is_empty());
    assert_eq!(house.number("SELECT version FROM patient WHERE id = $1", &[other]).await, 1);
}

#[tokio::test]
async fn a_check_of_the_block_holds_for_the_row_as_a_whole() {
    let house = House::open().await;
    let patient = patient(&house, "Vera Visit", 0).await;
    let mut manager = house.signed_in("Manager").await;
    let mut form = manager.form("/visits/new").await;
    form.set("patient", &patient.to_string()).set("doctor", &house.doctors[0].0.to_string());
    form.set("at", "2026-11-22T09:00").set("state", "Done");
    let again = manager.submit(&form).await.expect(422);
    assert!(again.words().contains("a visit in the future is not done"), "{}", again.words());
    assert_eq!(Form::of(&again, "form#record").value("state"), "Done");
    let again = manager.submit(form.set("state", "Held by nobody")).await.expect(422);
    assert!(again.words().contains("Choose one of the values offered."), "{}", again.words());
    manager.submit(form.set("state", "Booked")).await.expect(303);
}

#[tokio::test]
async fn an_address_that_was_tampered_with_gets_a_sentence() {
    let house = House::open().await;
    for number in 0..60 {
        patient(&house, &format!("Number {number}"), 0).await;
    }
    let mut owner = house.signed_in("Owner").await;
    let first = owner.get("/patients").await.expect(200);
    let next = first.hrefs().into_iter().find(|href| href.contains("after=")).expect("a second page");
    let second = owner.get(&next).await.expect(200);
    assert!(second.texts("table.grid tbody tr").len() == 10, "{}", second.words());
    let (_, cursor) = next.split_once("after=").expect("a cursor");
    let tampered = [
        format!("/patients?after={}x", &cursor[..cursor.len() - 4]),
        format!("/patients?after={}", cursor.chars().rev().collect::<String>()),
        format!("/patients?sort=name&before={cursor}%00"),
        format!("/patients?after={}", "A".repeat(9_000)),
        "/patients?after=MTo".to_owned(),
        "/patients?after=%27%20OR%201=1--".to_owned(),
        "/patients?at=middle".to_owned(),
        "/patients?sort=nothing".to_owned(),
        "/patients?sort=name;DROP%20TABLE%20patients".to_owned(),
        "/patients?sort=--name".to_owned(),
        "/patients?size=0".to_owned(),
        "/patients?size=201".to_owned(),
        "/patients?size=-1".to_owned(),
        "/patients?size=99999999999999999999".to_owned(),
        "/patients?f.doctor=first".to_owned(),
        "/patients?f.doctor=99999999999999999999".to_owned(),
        "/patients?f.created_at.from=yesterday".to_owned(),
        "/patients?f.created_at.upto=2026-01-01".to_owned(),
        "/patients?f.nothing=1".to_owned(),
        "/patients?f.name=Anna".to_owned(),
        "/patients?whatever=1".to_owned(),
        "/visits?f.state.null=2".to_owned(),
        "/audit?event=nothing.happened".to_owned(),
        "/audit?id=x".to_owned(),
        "/audit?older=x".to_owned(),
        "/audit?whatever=1".to_owned(),
    ];
    for path in tampered {
        let answer = owner.get(&path).await.expect(400);
        assert!(answer.words().len() > 40, "{path}: {}", answer.words());
    }
    // What looks like an attack and is only an odd search is searched for.
    for path in [
        "/patients?q=%27%3B--",
        "/patients?q=%25_%5C",
        "/patients?q=%00",
        "/patients?f.doctor=999999",
        "/patients?size=200",
    ] {
        owner.get(path).await.expect(200);
    }
    for odd in ["/patients?q=%ff%fe", "/%ff", "/patients/%00", "/patients?q=&sort=&size=&after="] {
        let status = owner.get(odd).await.status();
        assert!([200, 400, 404].contains(&status), "{odd}: {status}");
    }
}

#[tokio::test]
async fn more_than_a_form_may_hold_is_not_read() {
    let house = House::open().await;
    let mut manager = house.signed_in("Manager").await;
    let limit = house.service.app().limits;
    let mut form = filled(&mut manager, &house).await;
    form.set("notes", &"n".repeat(limit.largest()));
    manager.submit(&form).await.expect(413);
    let many = (0..=limit.fields).map(|n| format!("f{n}=1")).collect::<Vec<_>>().join("&");
    manager.send(Method::POST, "/patients/new", Some(many.clone())).await.expect(413);
    // Nobody signed in makes the panel read more either.
    house.visitor().send(Method::POST, "/sign-in", Some("x".repeat(limit.form + 1))).await.expect(413);
    assert_eq!(house.number("SELECT count(*) FROM patient", &[]).await, 0);
    form.set("notes", &"n".repeat(20_000));
    manager.submit(&form).await.expect(303);
}

#[tokio::test]
async fn a_late_save_shows_both_versions_and_loses_nothing() {
    let house = House::open().await;
    let id = patient(&house, "Lena Late", 0).await;
    let path = format!("/patients/{id}/edit");
    let (mut manager, mut owner) = (house.signed_in("Manager").await, house.signed_in("Owner").await);
    let mut late = manager.form(&path).await;
    let mut early = owner.form(&path).await;
    early.set("name", "Lena Early").set("phone", "030 111111");
    owner.submit(&early).await.expect(303);
    late.set("name", "Lena Typed").set("notes", "Typed for ten minutes.");
    let both = manager.submit(&late).await.expect(409);
    let table = both.texts("table.diff.three").join(" ");
    for word in ["Lena Late", "Lena Early", "Lena Typed", "030 111111"] {
        assert!(table.contains(word), "{word} in {table}");
    }
    let merged = Form::of(&both, "form#record");
    assert_eq!(merged.value("name"), "Lena Typed", "both changed it: what was typed stays in the form");
    assert_eq!(merged.value("phone"), "030 111111", "only they changed it");
    assert_eq!(merged.value("notes"), "Typed for ten minutes.", "only we changed it");
    assert_eq!(house.text("SELECT name FROM patient WHERE id = $1", id).await, "Lena Early", "nothing is saved yet");
    manager.submit(&merged).await.expect(303);
    assert_eq!(house.text("SELECT name FROM patient WHERE id = $1", id).await, "Lena Typed");
    assert_eq!(house.text("SELECT phone FROM patient WHERE id = $1", id).await, "030 111111");
    // Without a version a form can't be late, and can't be saved.
    manager.post(&path, &[("phone", "030 222222")]).await.expect(400);
    assert_eq!(house.number("SELECT version FROM patient WHERE id = $1", &[id]).await, 3);
    // Nor can a row be deleted that is not the one that was looked at.
    manager.post(&format!("/patients/{id}/delete"), &[("bw.version", "2")]).await.expect(409);
    manager.post(&format!("/patients/{id}/delete"), &[]).await.expect(400);
    manager.post(&format!("/patients/{id}/delete"), &[("bw.version", "3")]).await.expect(303);
}

#[tokio::test]
async fn saving_what_is_the_same_writes_nothing() {
    let house = House::open().await;
    let id = patient(&house, "Sam Same", 0).await;
    let mut manager = house.signed_in("Manager").await;
    let events = "SELECT count(*) FROM bw_audit";
    let before = house.number(events, &[]).await;
    let form = manager.form(&format!("/patients/{id}/edit")).await;
    manager.submit(&form).await.expect(303);
    assert_eq!(house.number("SELECT version FROM patient WHERE id = $1", &[id]).await, 1);
    assert_eq!(house.number(events, &[]).await, before);
}

#[tokio::test]
async fn a_delete_names_what_goes_along_and_what_stands_in_the_way() {
    let house = House::open().await;
    let id = patient(&house, "Della Delete", 0).await;
    for day in 1..=3 {
        let visit = NewVisit {
            patient: PatientId(id),
            doctor: house.doctors[0],
            at: house.now() + Duration::days(day),
            state: None,
            note: None,
        };
        house.row::<NewVisit>(visit, &[]).await;
    }
    let mut owner = house.signed_in("Owner").await;
    let invoice = NewInvoice { patient: PatientId(id), amount: Decimal::new(1, 0), state: None };
    let created = (Invoice::CREATED_AT.field(), Value::Timestamp(house.now()));
    let author = (Invoice::AUTHOR.field(), Value::Int(house.person_id("owner@example.org").await));
    let invoice = house.row::<NewInvoice>(invoice, &[created, author]).await.id;
    let path = format!("/patients/{id}/delete");
    let asked = owner.get(&path).await.expect(200);
    assert!(asked.words().to_lowercase().contains("1 invoice"), "{}", asked.words());
    assert!(asked.texts("button.destroy").is_empty(), "no button where it can't be");
    let refused = owner.post(&path, &[("bw.version", "1")]).await.expect(409);
    assert!(refused.words().to_lowercase().contains("invoice"), "{}", refused.words());
    assert_eq!(house.number("SELECT count(*) FROM visit", &[]).await, 3, "nothing went along");

    let mut form = Form::of(&owner.get(&format!("/invoices/{invoice}/delete")).await, "main form");
    owner.submit(form.set("bw.version", "1")).await.expect(303);
    let asked = owner.get(&path).await.expect(200);
    assert!(asked.texts("table.plain").join(" ").contains("Visits 3"), "{}", asked.words());
    owner.submit(&Form::of(&asked, "main form")).await.expect(303);
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE id = $1", &[id]).await, 0);
    assert_eq!(house.number("SELECT count(*) FROM visit", &[]).await, 0);
    let deleted = "SELECT count(*) FROM bw_audit WHERE event = 'row.deleted' AND model IN ('Patient', 'Visit')";
    assert_eq!(house.number(deleted, &[]).await, 4, "each is recorded by itself");
    owner.get(&format!("/patients/{id}")).await.expect(404);
}

#[tokio::test]
async fn a_key_points_only_at_what_its_writer_sees() {
    let house = House::open().await;
    let (near, far) = (patient(&house, "Nina Near", 0).await, patient(&house, "Fred Far", 1).await);
    let mut clinician = house.signed_in("Clinician").await;
    let picked = clinician.get("/visits/pick/patient").await.expect(200);
    assert!(picked.text.contains("Nina Near") && !picked.text.contains("Fred Far"), "{}", picked.text);
    let mut form = clinician.form("/visits/new").await;
    form.set("doctor", &house.doctors[0].0.to_string()).set("at", "2026-12-01T10:00");
    let refused = clinician.submit(form.set("patient", &far.to_string())).await.expect(422);
    assert!(!error_at(&refused, "patient").is_empty(), "{}", refused.words());
    assert!(!refused.text.contains("Fred Far"), "the refusal does not tell who it is");
    // A visit of another doctor is outside of what a clinician may create.
    form.set("patient", &near.to_string()).set("doctor", &house.doctors[1].0.to_string());
    let status = clinician.submit(&form).await.status();
    assert!([403, 422].contains(&status), "{status}");
    assert_eq!(house.number("SELECT count(*) FROM visit", &[]).await, 0);
    form.set("doctor", &house.doctors[0].0.to_string());
    let visit = clinician.submit(&form).await.expect(303).row();
    // `transfers`: handing it on is what the word allows, and then it is gone from their sight.
    let mut form = clinician.form(&format!("/visits/{visit}/edit")).await;
    form.set("doctor", &house.doctors[1].0.to_string());
    clinician.submit(&form).await.expect(303);
    clinician.get(&format!("/visits/{visit}")).await.expect(404);
}

#[tokio::test]
async fn what_changed_stands_in_the_audit_log() {
    let house = House::open().await;
    let mut owner = house.signed_in("Owner").await;
    let mut form = filled(&mut owner, &house).await;
    let id = owner.submit(form.set("phone", "030 4711")).await.expect(303).row();
    let mut form = owner.form(&format!("/patients/{id}/edit")).await;
    owner.submit(form.set("phone", "030 4712")).await.expect(303);
    let log = owner.get(&format!("/audit?model=Patient&id={id}")).await.expect(200);
    let events = log.texts("ol.logs > li");
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events[0].contains("030 4711") && events[0].contains("030 4712"), "newest first: {}", events[0]);
    assert!(events.iter().all(|event| event.contains("owner@example.org")), "{events:?}");
}

//! What a list can be asked for, in its address.

use std::collections::BTreeSet;

use http::StatusCode;
use scraper::{Html, Selector};

use super::{Clinic, refused};
use crate::authorize::Actor;
use crate::panel::{Cell, Field, FieldSet, Kind, Model, Panel, Role, Sort, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::testing::{
    CLINIC, DOCTORS, INVOICES, PATIENT, PATIENTS, SAMPLE, SAMPLES, VISIT, VISITS, actor, add_patient, minutes,
    new_patient, patient, seed, text, visit,
};
use crate::value::{Literal, Value};

/// Four bytes a character, and nothing in it that a database could press together.
fn long(characters: usize, seed: u32) -> String {
    let mut state = seed;
    let one = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from_u32(0x2_0000 + (state >> 16) % 0xa000).expect("a character")
    };
    (0..characters).map(one).collect()
}

const STRING: usize = 0;
const TEXT: usize = 1;
const STRING2: usize = 2;

/// Rows by a text of any length, that rows are filtered by; and a unique one, as long as an index may have it.
const LONG: Model = Model {
    fields: &[
        Field { optional: true, ..Field::new(STRING, "string", "String", Kind::String) },
        Field { optional: true, ..Field::new(TEXT, "text", "Text", Kind::Text) },
        Field {
            optional: true,
            unique: true,
            max_len: Some(600),
            ..Field::new(STRING2, "string2", "String2", Kind::String)
        },
    ],
    list: &[STRING],
    filter: &[STRING, STRING2, TEXT],
    sort: &[Sort { field: STRING, descending: false }],
    ..SAMPLES
};

static LONG_TEXTS: Panel = Panel { models: &[DOCTORS, PATIENTS, VISITS, INVOICES, LONG], ..CLINIC };

/// The address that a link of the page says, by its text.
fn link(page: &str, label: &str) -> Option<String> {
    let links = Selector::parse("a").expect("a selector");
    let page = Html::parse_document(page);
    page.select(&links)
        .find(|link| link.text().collect::<String>().trim() == label)
        .and_then(|link| Some(link.value().attr("href")?.to_owned()))
}

#[tokio::test]
async fn a_list_goes_by_texts_of_any_length() {
    let clinic = Clinic::of(&LONG_TEXTS).await;
    let owner = actor("Owner", None);
    // Alike far beyond what an address or an index could hold.
    let same = long(4_000, 1);
    let rows = (0..5).map(|n| {
        vec![(STRING, text(&format!("{same}{n}"))), (TEXT, text(&long(4_000, n))), (STRING2, text(&long(600, n + 9)))]
    });
    let ids = seed(&clinic.app.store, SAMPLE, rows.collect()).await;
    let mut seen: BTreeSet<i64> = BTreeSet::new();
    let mut next = Some("/samples?size=2".to_owned());
    while let Some(address) = next {
        assert!(address.len() < 1_000, "an address that a server takes");
        let page = clinic.page(&owner, &address).await;
        seen.extend(ids.iter().copied().filter(|id| page.contains(&format!("/samples/{id}\""))));
        let before = link(&page, "Previous");
        assert_eq!(before.is_some(), address.contains("after="));
        if let Some(before) = before {
            clinic.page(&owner, &before).await;
        }
        next = link(&page, "Next");
    }
    assert_eq!(seen.len(), 5, "every page can be reached");
    // The control: when the row at the place says something else, it is not the place any more.
    let next = link(&clinic.page(&owner, "/samples?size=2").await, "Next").expect("a next page");
    assert_eq!(refused(clinic.get(&owner, &next).await), StatusCode::OK);
    clinic.app.store.execute_for_test("UPDATE samples SET string = 'short'").await;
    assert_eq!(refused(clinic.get(&owner, &next).await), StatusCode::BAD_REQUEST);

    // And a text that is as long as it may be is known to stand there twice.
    let twice = form_urlencoded::Serializer::new(String::new()).append_pair("string2", &long(600, 9)).finish();
    let answer = clinic.post(&owner, "/samples/new", &twice).await.expect("the form again");
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = form_urlencoded::Serializer::new(String::new()).append_pair("string2", &long(600, 99)).finish();
    assert_eq!(refused(clinic.post(&owner, "/samples/new", &new).await), StatusCode::SEE_OTHER);
}

/// Patients whose notes can be filtered by, too.
const NOTED: Model =
    Model { filter: &[patient::DOCTOR, patient::CREATED_AT, patient::EMAIL, patient::NOTES], ..PATIENTS };

static WITH_NOTES: Panel = Panel { models: &[DOCTORS, NOTED, VISITS, INVOICES, SAMPLES], ..CLINIC };

async fn names(clinic: &Clinic, question: &str) -> Vec<&'static str> {
    let page = clinic.page(&actor("Owner", None), &format!("/patients?{question}")).await;
    let page = Html::parse_document(&page);
    let rows: Vec<String> =
        page.select(&Selector::parse("tbody tr").expect("a selector")).map(|row| row.text().collect()).collect();
    let of = |name: &'static str| rows.iter().filter(move |row| row.contains(name)).map(move |_| name);
    ["Abel", "Bruno", "Carla", "Omar"].into_iter().flat_map(of).collect()
}

#[tokio::test]
async fn every_kind_of_filter_is_there() {
    let clinic = Clinic::of(&WITH_NOTES).await;
    let rows = [("Abel", -1, 1), ("Bruno", -8 * 24 * 60, 2), ("Carla", 36 * 60, 2)].map(|(name, minute, doctor)| {
        let mut values = new_patient(name, doctor);
        values.push((patient::CREATED_AT, minutes(minute)));
        values.push((patient::NOTES, text(&format!("{name} likes 50% tea_"))));
        values
    });
    seed(&clinic.app.store, PATIENT, rows.to_vec()).await;
    // Omar was made at the very moment of the test, 2026-11-21 12:00, as anybody is.
    for (question, expected) in [
        ("f.created_at=today", &["Abel", "Omar"][..]),
        ("f.created_at=last-7-days", &["Abel", "Omar"]),
        ("f.created_at=last-9-days", &["Abel", "Bruno", "Omar"]),
        ("f.created_at=next-3-days", &["Abel", "Carla", "Omar"]),
        ("f.created_at=from-today", &["Abel", "Carla", "Omar"]),
        ("f.created_at=this-month", &["Abel", "Bruno", "Carla", "Omar"]),
        ("f.created_at=last-month", &[]),
        ("f.created_at=2026-11-13", &["Bruno"]),
        ("f.created_at=2026-11-13&f.created_at=2026-11-23", &["Bruno", "Carla"]),
        ("f.created_at=today&f.created_at.from=2026-11-13&f.created_at.to=2026-11-13", &["Bruno"]),
        ("f.doctor=1&f.doctor=2", &["Abel", "Bruno", "Carla", "Omar"]),
        ("f.doctor=1&f.doctor=01&f.doctor=1", &["Abel", "Omar"]),
        ("f.doctor=2&f.created_at=from-today", &["Carla"]),
        ("f.email.null=1", &["Abel", "Bruno", "Carla"]),
        ("f.email.null=0", &["Omar"]),
        ("f.email.has=EXAMPLE.org", &["Omar"]),
        ("f.email=omar@example.org", &["Omar"]),
        ("f.notes.has=50%25+TEA_", &["Abel", "Bruno", "Carla"]),
        ("f.notes.has=_ea", &[]),
    ] {
        assert_eq!(names(&clinic, question).await, expected, "{question}");
    }
    for question in [
        "f.created_at=yesterday",
        "f.created_at=today&f.created_at=last-month",
        "f.created_at=last-0-days",
        "f.created_at.has=2026",
        "f.doctor.has=1",
        "f.notes=x",
        "f.email.null=2",
        "f.email.null=1&f.email.null=0",
        "counts=2",
    ] {
        let answer = clinic.get(&actor("Owner", None), &format!("/patients?{question}")).await;
        assert_eq!(refused(answer), StatusCode::BAD_REQUEST, "{question}");
    }
}

#[tokio::test]
async fn a_span_of_days_stays_a_word_and_can_be_taken_off() {
    let clinic = Clinic::of(&WITH_NOTES).await;
    let owner = actor("Owner", None);
    let page = clinic.page(&owner, "/patients").await;
    for (label, word) in [("Today", "today"), ("Last 7 days", "last-7-days"), ("Last month", "last-month")] {
        assert_eq!(link(&page, label).as_deref(), Some(format!("/patients?f.created_at={word}").as_str()));
    }
    // The day is in no address of the page, so that it means tomorrow's tomorrow.
    let page = clinic.page(&owner, "/patients?f.created_at=last-7-days&sort=name&f.email.null=0").await;
    assert!(
        !page.contains("f.created_at.from=") && page.contains("f.created_at=last-7-days&amp;f.email.null=0&amp;sort")
    );
    let chips = Html::parse_document(&page);
    let chips: Vec<String> = chips
        .select(&Selector::parse(".chips li").expect("a selector"))
        .map(|chip| chip.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(chips, ["Created at last 7 days, remove", "Email not empty, remove", "Clear all"]);
    assert!(page.contains("href=\"/patients?sort=name&amp;f.email.null=0\" data-swap><span class=\"dim\">Created at"));
    // The form hands the word on beside its own controls.
    assert!(page.contains("<input type=\"hidden\" name=\"f.created_at\" value=\"last-7-days\">"));
    // Of one's own days, the word is gone from every address.
    let page = clinic.page(&owner, "/patients?f.created_at=last-7-days&f.created_at.from=2026-11-01").await;
    assert!(!page.contains("f.created_at=last-7-days&amp;f.created_at.from") && page.contains("from 2026-11-01"));
    let person = "INSERT INTO bw_people (id, email, role, created_at) VALUES (7, 'anna@example.org', 'Owner', \
                  '2026-11-21T12:00:00.000000Z')";
    clinic.app.store.execute_for_test(person).await;
    // What is done with all of them, and what the log says of it, are about the days that were meant.
    let form = "do=delete&all=1&bw.sure=1&bw.confirm=delete";
    let answer = clinic.post(&owner, "/patients/bulk?f.created_at=last-7-days", form).await;
    assert_eq!(refused(answer), StatusCode::SEE_OTHER);
    let asked = clinic.app.store.ask_for_test("SELECT CAST(params AS TEXT) FROM bw_jobs").await;
    assert!(asked.contains("2026-11-15") && asked.contains("2026-11-21") && !asked.contains("last-7-days"), "{asked}");
}

const IS_DRAFT: Predicate = Predicate::Compare {
    left: Operand::Field(visit::STATE),
    op: Op::Eq,
    right: Operand::Literal(Literal::Text("Draft")),
};

static DRAFTS: Role = Role {
    cells: &[
        Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0),
        Cell { when: Some(IS_DRAFT), ..Cell::new(Verb::View, VISIT, FieldSet::ALL, 0) },
    ],
    ..CLINIC.roles[2]
};

/// Visits by patient, too, whom somebody may not see.
const BY_PATIENT: Model = Model { filter: &[visit::STATE, visit::AT, visit::PATIENT], search: &[], ..VISITS };

static BY_PATIENTS: Panel = Panel { models: &[DOCTORS, PATIENTS, BY_PATIENT, INVOICES, SAMPLES], ..CLINIC };

/// What was counted, in words.
fn counted(page: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    page.select(&Selector::parse(".facet a").expect("a selector"))
        .map(|choice| choice.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[tokio::test]
async fn choices_are_counted_when_asked_within_rights_and_beside_the_other_filters() {
    let clinic = Clinic::of(&BY_PATIENTS).await;
    let owner = actor("Owner", None);
    let ida = add_patient(&clinic.app.store, new_patient("Ida", clinic.doctors.1)).await;
    let row = |patient: i64, state: &str, minute| {
        vec![(visit::PATIENT, Value::Int(patient)), (visit::AT, minutes(minute)), (visit::STATE, text(state))]
    };
    let rows = vec![row(clinic.patient, "Done", -10), row(ida, "Done", -90_000), row(ida, "Draft", -20)];
    seed(&clinic.app.store, VISIT, rows).await;
    let plain = clinic.page(&owner, "/visits").await;
    assert_eq!((counted(&plain), link(&plain, "Count choices").as_deref()), (vec![], Some("/visits?counts=1")));
    let before = clinic.app.store.statements();
    let page = clinic.page(&owner, "/visits?counts=1").await;
    assert_eq!(clinic.app.store.statements() - before, 3, "all filters in one statement, and the names in one");
    assert_eq!(counted(&page), ["Draft 2", "Done 2", "Omar Haddad 2", "Ida 2"]);
    assert_eq!(link(&page, "Hide counts").as_deref(), Some("/visits"));
    // One's own filter is left out, the others are not.
    let page = clinic.page(&owner, "/visits?counts=1&f.state=Done&f.at=this-month").await;
    assert_eq!(counted(&page), ["Draft 2", "Done 1", "Omar Haddad 1"]);
    assert!(page.contains("href=\"/visits?counts=1&amp;f.at=this-month\" data-swap aria-current=\"true\">Done"));
    // Rows outside of one's own are none, and neither is the number of what one may not see.
    let drafts = Actor { role: &DRAFTS, ..actor("Reception", None) };
    let page = clinic.page(&drafts, "/visits?counts=1").await;
    assert_eq!(counted(&page), ["Draft 2", "Done 0", "Omar Haddad 1", "Ida 1"]);
    let page = clinic.page(&actor("Clinician", Some(clinic.doctors.1)), "/visits?counts=1").await;
    assert_eq!(counted(&page), ["Draft 2", "Done 2", "Ida 2"]);
    // More rows than are gone through: each value is counted by itself, the rare and old one too.
    let more = (0..40).map(|n| row(ida, "Draft", n)).collect();
    seed(&clinic.app.store, VISIT, more).await;
    let page = clinic.page(&owner, "/visits?counts=1").await;
    assert_eq!(counted(&page), ["Draft 42", "Done 2", "Ida 42"]);
    let page = clinic.page(&owner, "/patients?counts=1&q=ida").await;
    assert_eq!(counted(&page), ["Adams General 1"], "among what is found");
}

/// The page of a search tells at least how many are found; somebody who wants to know asks, and is told.
#[tokio::test]
async fn what_a_search_finds_is_counted_further_when_asked() {
    let clinic = Clinic::new().await;
    let owner = actor("Owner", None);
    let rows = (0..70).map(|n| new_patient(if n % 7 == 0 { "Omar" } else { "Ida Berg" }, clinic.doctors.1));
    seed(&clinic.app.store, PATIENT, rows.collect()).await;
    let page = clinic.page(&owner, "/patients?q=ida&size=25").await;
    let further = link(&page, "Count what is found").expect("a link");
    assert_eq!(further, "/patients?q=ida&size=25&counts=1");
    assert!(page.contains("+</span> <a"), "at least so many: {page}");
    let page = clinic.page(&owner, &further).await;
    assert!(page.contains("25 of 60</span></p>"), "{page}");
    assert_eq!(link(&page, "Count what is found"), None);
    // What is told exactly has no more to tell.
    let page = clinic.page(&owner, "/patients?q=omar&size=25").await;
    assert_eq!(link(&page, "Count what is found"), None);
}

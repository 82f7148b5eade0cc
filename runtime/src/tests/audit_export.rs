//! The audit log as a file: for whoever may see it and export it, as far as they may see what it tells of, once a proof
//! is fresh, within the limit of exports, and never without a trace.

use http::StatusCode;
use serde_json::Value as Json;

use super::browser::{Answer, Browser, House, NoActions};
use crate::Limits;
use crate::audit::{EntryQuery, Event, EventId};
use crate::panel::{Cell, FieldSet, Framework, FrameworkCell, Panel, Reauth, Role, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::testing::{CLINIC, PATIENT, add_patient, command_line, new_patient, patient, text, two_doctors};
use crate::value::Literal;

const WATCHER: &str = "watcher@clinic.example";
const READER: &str = "reader@clinic.example";

const BERG: Predicate = Predicate::Compare {
    left: Operand::Field(patient::NAME),
    op: Op::Eq,
    right: Operand::Literal(Literal::Text("Berg")),
};
const NO_NOTES: FieldSet = FieldSet(0b1010_1111);
const VIEW: FrameworkCell = FrameworkCell { verb: Verb::View, subject: Framework::Audit, grant: 0 };
const EXPORT: FrameworkCell = FrameworkCell { verb: Verb::Export, subject: Framework::Audit, grant: 0 };
const BARE: Role = Role { people: &[], keep: 0, ..CLINIC.roles[2] };

static PANEL: Panel = Panel {
    roles: &[
        Role {
            index: 0,
            name: "Watcher",
            title: "Watcher",
            cells: &[Cell { when: Some(BERG), ..Cell::new(Verb::View, PATIENT, NO_NOTES, 0) }],
            framework: &[VIEW, EXPORT],
            ..BARE
        },
        Role { index: 1, name: "Reader", title: "Reader", cells: &[], framework: &[VIEW], ..BARE },
    ],
    reauth: &[Reauth::Verb(Verb::Export)],
    ..CLINIC
};

async fn house() -> House {
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    let house = House::of(&PANEL, &NoActions, "http://127.0.0.1:8000", limits).await;
    house.person(WATCHER, "Watcher").await;
    house.person(READER, "Reader").await;
    let doctor = two_doctors(&house.app().store).await.0;
    for (name, email, notes) in [("Berg", "b@of.berg", "of berg alone"), ("Adams", "a@of.adams", "of adams alone")] {
        let mut values = new_patient(name, doctor);
        values.extend([(patient::EMAIL, text(email)), (patient::NOTES, text(notes))]);
        add_patient(&house.app().store, values).await;
    }
    house
}

async fn file(browser: &mut Browser, path: &str, format: &str) -> Answer {
    browser.get(path).await;
    let columns = ["seq", "at", "who", "event", "model", "row", "field", "before", "after", "readable"];
    let mut fields: Vec<(&str, &str)> = columns.iter().map(|column| ("column", *column)).collect();
    fields.push(("format", format));
    browser.post(path, &fields).await
}

fn lines(answer: &Answer) -> Vec<Json> {
    answer.text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

async fn trail(house: &House, event: EventId) -> Vec<String> {
    let query = EntryQuery { event: Some(event), size: 200, ..EntryQuery::default() };
    let found = house.app().store.entries(&query).await.unwrap().entries;
    let words =
        |change: &crate::audit::Change| format!("{}={}", change.field, change.after.clone().unwrap_or_default());
    found.iter().map(|entry| entry.changes.iter().map(words).collect::<Vec<_>>().join(" ")).collect()
}

#[tokio::test]
async fn the_file_tells_what_the_page_tells() {
    let house = house().await;
    let mut watcher = house.signed_in(WATCHER).await;
    let page = watcher.get("/audit?model=Patient").await.text;
    assert!(page.contains("href=\"/audit/export?model=Patient\""), "as it is filtered");
    let answer = file(&mut watcher, "/audit/export?model=Patient", "jsonl").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"audit-2026-11-21.jsonl\"");
    for (hidden, why) in [("a@of.adams", "a row that they don't see"), ("alone", "a field that they don't see")] {
        assert!(!answer.text.contains(hidden), "{why}");
    }
    let lines = lines(&answer);
    assert!(lines.iter().all(|line| line["model"] == "Patient" && line["event"] == "row.created"));
    let of = |field: &'static str| lines.iter().filter(move |line| line["field"] == field);
    let emails: Vec<(Option<&str>, Option<bool>)> =
        of("email").map(|line| (line.get("after").and_then(Json::as_str), line["readable"].as_bool())).collect();
    assert_eq!(emails, [(None, Some(false)), (Some("b@of.berg"), Some(true))], "newest first");
    assert!(of("notes").all(|line| line["readable"] == false && line.get("after").is_none()));
    assert_eq!(of("notes").count(), 2, "that it was written is told");
    assert_eq!(trail(&house, EventId::AuditExported).await.len(), 1);
    let told = &trail(&house, EventId::AuditExported).await[0];
    for word in ["format=jsonl", "filter=model: Patient", "count=2", "ended=whole"] {
        assert!(told.contains(word), "{told}");
    }
    let begun = trail(&house, EventId::ExportStarted).await;
    assert!(begun.len() == 1 && begun[0].contains("format=jsonl"), "{begun:?}");
}

#[tokio::test]
async fn every_entry_leaves_once_however_many_there_are() {
    let house = house().await;
    let mut write = house.app().store.write(command_line()).await.unwrap();
    let mut recorded = write.record(Event::plain(EventId::RowsSeeded));
    for _ in 0..1_300 {
        recorded = write.record(Event::plain(EventId::RowsSeeded));
    }
    write.commit(recorded).await.unwrap();
    let mut watcher = house.signed_in(WATCHER).await;
    let answer = file(&mut watcher, "/audit/export", "jsonl").await;
    let mut numbers: Vec<i64> = lines(&answer).iter().map(|line| line["seq"].as_i64().expect("a number")).collect();
    assert!(numbers.is_sorted_by(|newer, older| newer >= older), "newest first");
    numbers.dedup();
    let newest = numbers[0];
    assert!(newest > 1_300);
    assert!(numbers.iter().rev().copied().eq(1..=newest), "all of them, once each");
    let sheet = file(&mut watcher, "/audit/export", "xlsx").await;
    assert!(sheet.text.starts_with("PK"), "a workbook");
    let table = file(&mut watcher, "/audit/export?event=rows.seeded", "csv").await.text;
    assert_eq!(
        table.trim_start_matches('\u{feff}').lines().count(),
        1_303,
        "a head, and a line for each of these and of what was loaded before"
    );
}

#[tokio::test]
async fn without_the_right_or_a_fresh_proof_nothing_leaves() {
    let house = house().await;
    let mut reader = house.signed_in(READER).await;
    assert!(!reader.get("/audit").await.text.contains("/audit/export"));
    assert_eq!(reader.get("/audit/export").await.status, StatusCode::FORBIDDEN);
    assert_eq!(file(&mut reader, "/audit/export", "csv").await.status, StatusCode::FORBIDDEN);
    let mut watcher = house.signed_in(WATCHER).await;
    house.advance(601);
    assert_eq!(file(&mut watcher, "/audit/export", "csv").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(trail(&house, EventId::ExportStarted).await.len(), 0);
    assert_eq!(trail(&house, EventId::RightRefused).await.len(), 3);
}

#[tokio::test]
async fn what_was_not_offered_is_refused_and_the_limit_of_exports_holds() {
    let house = house().await;
    let mut watcher = house.signed_in(WATCHER).await;
    watcher.get("/audit/export").await;
    for wrong in [[("column", "hash"), ("format", "csv")], [("column", "seq"), ("format", "pdf")]] {
        assert_eq!(watcher.post("/audit/export", &wrong).await.status, StatusCode::BAD_REQUEST);
        watcher.get("/audit/export").await;
    }
    let none = watcher.post("/audit/export", &[("format", "csv")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..10 {
        assert_eq!(file(&mut watcher, "/audit/export?event=rows.seeded", "csv").await.status, StatusCode::OK);
    }
    for _ in 0..5 {
        let answer = file(&mut watcher, "/audit/export?event=rows.seeded", "csv").await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let kept = trail(&house, EventId::ExportThrottled).await;
    assert_eq!(kept.len(), 3, "the first, the second and the fourth: {kept:?}");
}

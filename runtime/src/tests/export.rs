//! Exports from the inside: constant pieces, a break that is noticed, a workbook that reads back.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use calamine::{Data, Reader as _, Xlsx};
use http_body_util::BodyExt as _;
use tokio::sync::Semaphore;

use crate::authorize::{Actor, Terms, authorize};
use crate::clock::Clock;
use crate::condition::Condition;
use crate::export::{Export, columns};
use crate::file::{Cell, Format, Rest, Writer};
use crate::panel::{self, FieldSet, Model, Panel, Role, Sensitivity, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::response::Body;
use crate::store::{NewPerson, NewSession, Store};
use crate::testing::{
    CLINIC, DOCTOR, DOCTORS, INVOICE, INVOICES, PANEL, PATIENT, PATIENTS, SAMPLES, VISITS, actor, command_line,
    context, invoice, new_patient, now, patient, place, seed, store, store_of, terms, text,
};
use crate::token::Token;
use crate::value::{Literal, Value};

async fn many(store: &Store, rows: usize) {
    let doctor = seed(store, DOCTOR, vec![vec![(0, text("Berg"))]]).await[0];
    let name = "x".repeat(100);
    seed(store, PATIENT, (0..rows).map(|n| new_patient(&format!("{name}{n}"), doctor)).collect()).await;
}

async fn start(store: &Store, format: Format) -> Body {
    start_in(store, format, None).await
}

async fn start_in(store: &Store, format: Format, session: Option<i64>) -> Body {
    let owner = actor("Owner", None);
    let (view, export) = (terms(&owner, Verb::View, PATIENT), terms(&owner, Verb::Export, PATIENT));
    let targets = vec![terms(&owner, Verb::View, DOCTOR)];
    started(store, (&PANEL, view, export), targets, format, session).await
}

async fn started(
    store: &Store,
    (panel, view, export): (&'static Panel, Terms, Terms),
    targets: Vec<Terms>,
    format: Format,
    session: Option<i64>,
) -> Body {
    let owner = actor("Owner", None);
    let export = Export {
        columns: columns(panel, &view, &export, &targets),
        view,
        right: export,
        targets,
        filter: Condition::Always,
        search: None,
        sort: None,
        format,
        in_words: String::new(),
        session,
        label: Sensitivity::Personal,
    };
    let place = Arc::new(Semaphore::new(1)).acquire_owned().await.expect("a place");
    Body::parts(export.start(store.clone(), Clock::new(now), context(&owner), place).await.expect("it begins"))
}

async fn ended(store: &Store) -> String {
    // The event is written by the task that was sending.
    loop {
        let ended = store
            .ask_for_test(place::either(
                "SELECT coalesce((SELECT json_extract(changes, '$[#-1].after') FROM bw_audit \
                 WHERE event = 'rows.exported'), '')",
                "SELECT coalesce((SELECT changes::jsonb -> -1 ->> 'after' FROM bw_audit WHERE event = \
                 'rows.exported'), '')",
            ))
            .await;
        if !ended.is_empty() {
            return ended;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn every_row_arrives_once_and_no_secret() {
    let (_directory, store) = store().await;
    many(&store, 4_100).await;
    let file = start(&store, Format::JsonLines).await.collect().await.expect("a whole file").to_bytes();
    let file = String::from_utf8(file.to_vec()).expect("UTF-8");
    let mut ids: Vec<i64> = file
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).expect("an object a line");
            assert!(row.get("pin").is_none() && row["doctor.label"] == "Berg General", "{line}");
            row["id"].as_i64().expect("a number")
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4_100);
    assert_eq!(ended(&store).await, "whole");
}

const fn in_state(state: &'static str) -> Predicate {
    Predicate::Compare {
        left: Operand::Field(invoice::STATE),
        op: Op::Eq,
        right: Operand::Literal(Literal::Text(state)),
    }
}

/// Invoices leave, drafts without a reason for what is personal; a patient is called by their address.
static TWO_CLAUSES: Panel = Panel {
    models: &[DOCTORS, Model { label: &[patient::EMAIL], ..PATIENTS }, VISITS, INVOICES, SAMPLES],
    roles: &[Role {
        cells: &[
            panel::Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0),
            panel::Cell::new(Verb::View, INVOICE, FieldSet::ALL, 0),
            panel::Cell { when: Some(in_state("Draft")), ..panel::Cell::new(Verb::Export, INVOICE, FieldSet::ALL, 1) },
            panel::Cell {
                when: Some(in_state("Done")),
                reveal: Some("the books"),
                ..panel::Cell::new(Verb::Export, INVOICE, FieldSet::ALL, 2)
            },
        ],
        ..CLINIC.roles[0]
    }],
    ..CLINIC
};

#[tokio::test]
async fn the_reason_of_one_clause_is_none_for_the_rows_of_another() {
    let (_directory, store) = store_of(&TWO_CLAUSES).await;
    let doctor = seed(&store, DOCTOR, vec![vec![(0, text("Berg"))]]).await[0];
    let mut values = new_patient("Zoe", doctor);
    values.push((patient::EMAIL, text("zoe@of.patients")));
    let zoe = seed(&store, PATIENT, vec![values]).await[0];
    let mut write = store.write(command_line()).await.expect("a transaction");
    let new = NewPerson { email: "bert@of.people", role: "Owner", password_hash: None, attributes: "{}".to_owned() };
    let (bert, recorded) = write.create_person(&new).await.expect("a statement").expect("a new person");
    write.commit(recorded).await.expect("a commit");
    let in_state = |state: &str| {
        let amount = Value::Decimal("1.00".parse().expect("a decimal"));
        vec![
            (invoice::PATIENT, Value::Int(zoe)),
            (invoice::AMOUNT, amount),
            (invoice::STATE, text(state)),
            (invoice::AUTHOR, Value::Int(bert)),
        ]
    };
    seed(&store, INVOICE, vec![in_state("Draft"), in_state("Done")]).await;
    let owner = Actor { role: &TWO_CLAUSES.roles[0], ..actor("Owner", None) };
    let terms = |verb, model: usize| {
        authorize(&TWO_CLAUSES, &owner, verb, &TWO_CLAUSES.models[model]).granted().expect("a right")
    };
    let (view, export) = (terms(Verb::View, INVOICE), terms(Verb::Export, INVOICE));
    let targets = vec![terms(Verb::View, PATIENT)];
    let body = started(&store, (&TWO_CLAUSES, view, export), targets, Format::JsonLines, None).await;
    let file = body.collect().await.expect("a whole file").to_bytes();
    let rows: Vec<serde_json::Value> = String::from_utf8_lossy(&file)
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object a line"))
        .collect();
    assert_eq!(rows.len(), 2);
    for row in &rows {
        if row["state"] == "Done" {
            assert_eq!(
                (&row["patient.label"], &row["author.label"]),
                (&"zoe@of.patients".into(), &"bert@of.people".into())
            );
        } else {
            let text = row.to_string();
            assert!(!text.contains("of.patients") && !text.contains("of.people"), "{text}");
            assert_eq!(row["patient"], zoe, "the key itself leaves");
        }
    }
}

#[tokio::test]
async fn an_export_that_breaks_off_breaks_the_connection_and_says_so() {
    let (_directory, store) = store().await;
    many(&store, 10_000).await;
    let mut body = start(&store, Format::Csv).await;
    let first = body.frame().await.expect("a first piece").expect("in order").into_data().expect("bytes");
    assert!(first.starts_with(b"\xef\xbb\xbfid,name,"));
    store.execute_for_test("ALTER TABLE patients RENAME TO elsewhere").await;
    let mut broke = false;
    while let Some(frame) = body.frame().await {
        broke |= frame.is_err();
    }
    assert!(broke, "whoever has half of it must not take it for the whole");
    assert_eq!(ended(&store).await, "broken off");
}

#[tokio::test]
async fn who_is_demoted_on_the_way_gets_no_more_of_it() {
    let (_directory, store) = store().await;
    many(&store, 12_000).await;
    let mut write = store.write(command_line()).await.expect("a transaction");
    let new = NewPerson { email: "anna@example.org", role: "Owner", password_hash: None, attributes: "{}".to_owned() };
    let (person, _) = write.create_person(&new).await.expect("a statement").expect("a new person");
    let session = NewSession {
        token: Token::fresh().expect("random bytes").hash(),
        person,
        expires_at: now() + chrono::Duration::hours(1),
        at_most: 1,
        address: "",
        agent: "",
    };
    let (session, recorded) = write.start_session(&session).await.expect("a session");
    write.commit(recorded).await.expect("a commit");
    let mut body = start_in(&store, Format::Csv, Some(session)).await;
    body.frame().await.expect("a first piece").expect("in order");
    store.execute_for_test("UPDATE bw_people SET role = 'Clinician'").await;
    let mut broke = false;
    while let Some(frame) = body.frame().await {
        broke |= frame.is_err();
    }
    assert!(broke);
    assert_eq!(ended(&store).await, "broken off");
}

#[tokio::test]
async fn a_reader_who_leaves_ends_it() {
    let (_directory, store) = store().await;
    many(&store, 10_000).await;
    let mut body = start(&store, Format::Csv).await;
    body.frame().await.expect("a first piece").expect("in order");
    drop(body);
    assert_eq!(ended(&store).await, "the reader went away");
}

#[test]
fn a_workbook_holds_texts_as_texts() {
    let names = vec!["id".to_owned(), "name".to_owned(), "amount".to_owned()];
    let mut writer = Writer::new(Format::Sheet, "Patients: [all]", names).expect("a workbook");
    let amount = Value::Decimal("12.50".parse().expect("a decimal"));
    let (id, large) = (Value::Int(7), Value::Int(i64::MAX));
    for name in ["=1+1", "'=1", "Zoë"] {
        let name = Value::Text(name.to_owned());
        writer.row(&[Cell::Value(&id), Cell::Value(&name), Cell::Value(&amount)]).expect("a row");
    }
    writer.row(&[Cell::Value(&large), Cell::Hidden, Cell::Value(&Value::Null)]).expect("a row");
    let Rest::File(mut file) = writer.finish().expect("packed") else { panic!("a workbook is a file") };
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).expect("readable");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(Bytes::from(bytes))).expect("a workbook");
    let range = book.worksheet_range("Patients all").expect("its sheet");
    let texts: Vec<String> = range.rows().map(|row| row[1].to_string()).collect();
    assert_eq!(texts, ["name", "=1+1", "'=1", "Zoë", ""]);
    assert_eq!(range.get_value((1, 2)), Some(&Data::Float(12.5)));
    assert_eq!(range.get_value((4, 0)), Some(&Data::String(i64::MAX.to_string())));
    assert!(book.worksheet_formula("Patients all").expect("its sheet").is_empty(), "no cell is a formula");
}

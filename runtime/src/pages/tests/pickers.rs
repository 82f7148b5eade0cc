//! What a picker offers: the rows that its reader may view, wherever it stands; and what is posted past it.

use http::StatusCode;

use super::{Clinic, html, refused};
use crate::authorize::Actor;
use crate::panel::KeyKind;
use crate::panel::{Cell, Field, FieldSet, Kind, Model, OnDelete, Panel, Role, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::testing::{
    CLINIC, DOCTOR, DOCTORS, INVOICES, PATIENT, PATIENTS, SAMPLES, VISIT, VISITS, actor, add_patient, doctor,
    new_patient, patient, visit,
};
use crate::value::Value;

const MINE: Predicate =
    Predicate::Compare { left: Operand::Field(patient::DOCTOR), op: Op::Eq, right: Operand::MeAttribute(0) };

/// Writes any visit, and views the patients of one doctor.
static BOOKS: Role = Role {
    cells: &[
        Cell::new(Verb::View, DOCTOR, FieldSet::ALL, 0),
        Cell { when: Some(MINE), ..Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0) },
        Cell::new(Verb::View, VISIT, FieldSet::ALL, 0),
        Cell::new(Verb::Create, VISIT, FieldSet::ALL, 0),
        Cell::new(Verb::Edit, VISIT, FieldSet::ALL, 0),
    ],
    ..CLINIC.roles[1]
};

#[tokio::test]
async fn a_picker_offers_what_its_reader_may_view_and_the_write_looks_again() {
    let clinic = Clinic::new().await;
    let hidden = add_patient(&clinic.app.store, new_patient("Zora Hill", clinic.doctors.1)).await;
    let books = Actor { role: &BOOKS, ..actor("Clinician", Some(clinic.doctors.0)) };
    let owner = actor("Owner", None);
    let asked = ["/visits/new", "/visits/1/edit", "/visits/pick/patient", "/visits/pick/patient?q=h"];
    for target in asked {
        let page = clinic.page(&books, target).await;
        assert!(page.contains("Omar Haddad") && !page.contains("Zora"), "{target}: {page}");
        // The control: who may view both is offered both.
        assert!(clinic.page(&owner, target).await.contains("Zora Hill"), "{target}");
    }
    // Asked for by name there is nobody either.
    assert!(!clinic.page(&books, "/visits/pick/patient?q=Zora").await.contains("Zora"));
    assert!(clinic.page(&owner, "/visits/pick/patient?q=Zora").await.contains("Zora Hill"));
    // Posted past the picker: as if there were no such row, and nothing is written.
    let form = |patient: i64| format!("patient={patient}&at=2026-12-01T10%3A00&state=Draft");
    let past = |id: i64| {
        let (clinic, books) = (&clinic, &books);
        async move {
            let answer = clinic.post(books, "/visits/new", &form(id)).await.expect("the form again");
            (answer.status, html(&answer).replace(&format!("value=\"{id}\" selected"), "value=\"ID\" selected"))
        }
    };
    let (of_hidden, of_none) = (past(hidden).await, past(987_654_321).await);
    assert_eq!(of_hidden.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(of_hidden, of_none, "a row out of sight and none at all");
    assert!(!of_hidden.1.contains("Zora"));
    let edit = format!("{}&bw.version=1", form(hidden));
    assert_eq!(refused(clinic.post(&books, "/visits/1/edit", &edit).await), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(clinic.get(&owner, "/visits/2").await.is_err(), "nothing was written");
    // The control: what was offered is taken.
    assert_eq!(refused(clinic.post(&books, "/visits/new", &form(clinic.patient)).await), StatusCode::SEE_OTHER);
}

/// A model whose rows are called by their number alone, and one that is called by a choice.
static UNNAMED: Panel = Panel {
    models: &[
        Model { label: &[doctor::SPECIALITY], search: &[], ..DOCTORS },
        PATIENTS,
        VISITS,
        Model {
            fields: &[
                Field::new(0, "visit", "Visit", Kind::Model(VISIT, OnDelete::Restrict, KeyKind::Number)),
                Field::new(1, "doctor", "Doctor", Kind::Model(DOCTOR, OnDelete::Restrict, KeyKind::Number)),
            ],
            list: &[0],
            filter: &[],
            actions: &[],
            ..INVOICES
        },
        SAMPLES,
    ],
    ..CLINIC
};

#[tokio::test]
async fn a_picker_of_rows_without_a_text_to_be_called_by_finds_them_by_number() {
    let clinic = Clinic::of(&UNNAMED).await;
    let owner = actor("Owner", None);
    let visits: Vec<_> = (1..=120)
        .map(|n| vec![(visit::PATIENT, Value::Int(clinic.patient)), (visit::AT, crate::testing::minutes(n))])
        .collect();
    let mut write = clinic.app.store.write(crate::testing::command_line()).await.expect("a transaction");
    let (_, recorded) = write.seed(&UNNAMED.models[VISIT], visits).await.expect("rows");
    write.commit(recorded).await.expect("a commit");
    for field in ["visit", "doctor"] {
        // Long enough for an index, of which there is none.
        let page = clinic.page(&owner, &format!("/invoices/pick/{field}?q=berg")).await;
        assert_eq!(page, r#"{"options":[],"more":false}"#, "{field}");
    }
    let page = clinic.page(&owner, "/invoices/pick/visit?q=107").await;
    assert!(page.starts_with(r#"{"options":[{"value":"107","#) && page.ends_with(r#"],"more":false}"#), "{page}");
}

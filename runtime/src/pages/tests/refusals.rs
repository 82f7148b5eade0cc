//! What is refused gets a sentence, and a no is in the audit log, wherever it is said.

use http::StatusCode;

use super::{Clinic, refused};
use crate::audit::EventId;
use crate::authorize::Actor;
use crate::error::Error;
use crate::panel::{Cell, FieldSet, Role, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::testing::{CLINIC, INVOICE, actor, seed, text};
use crate::value::{Literal, Value};

#[tokio::test]
async fn a_form_that_reaches_beyond_one_s_rows_comes_back_and_is_recorded() {
    let clinic = Clinic::new().await;
    let mine = actor("Clinician", Some(clinic.doctors.0));
    let form = |doctor: i64| format!("name=Zoe+Lind&born=1980-01-01&doctor={doctor}");
    let answer = clinic.post(&mine, "/patients/new", &form(clinic.doctors.1)).await;
    assert_eq!(refused(answer), StatusCode::FORBIDDEN);
    assert_eq!(clinic.events(EventId::RightRefused).await, 1);
    // The control: for oneself it is saved, and nothing is recorded as refused.
    let answer = clinic.post(&mine, "/patients/new", &form(clinic.doctors.0)).await;
    assert_eq!(refused(answer), StatusCode::SEE_OTHER);
    assert_eq!(clinic.events(EventId::RightRefused).await, 1);
}

const DRAFT: Predicate =
    Predicate::Compare { left: Operand::Field(2), op: Op::Eq, right: Operand::Literal(Literal::Text("Draft")) };

static APPROVES: Role = Role {
    cells: &[
        Cell { when: Some(DRAFT), ..Cell::new(Verb::Act(0), INVOICE, FieldSet::ALL, 0) },
        Cell::new(Verb::View, INVOICE, FieldSet::ALL, 0),
    ],
    ..CLINIC.roles[1]
};

static APPROVES_BLINDLY: Role = Role {
    cells: &[Cell { when: Some(DRAFT), ..Cell::new(Verb::Act(0), INVOICE, FieldSet::ALL, 0) }],
    ..CLINIC.roles[1]
};

#[tokio::test]
async fn an_action_on_a_row_that_one_sees_and_may_not_touch_is_a_no_and_not_a_gap() {
    let clinic = Clinic::new().await;
    let invoice = vec![(0, Value::Int(clinic.patient)), (1, Value::Decimal(3.into())), (2, text("Done"))];
    let id = seed(&clinic.app.store, INVOICE, vec![invoice]).await[0];
    let target = format!("/invoices/{id}/do/approve");
    let sees = Actor { role: &APPROVES, ..actor("Clinician", None) };
    match clinic.post(&sees, &target, "").await {
        Err(Error::Beyond(why)) => assert!(why.contains("may not approve it"), "{why}"),
        other => panic!("{:?}", other.map(|answer| answer.status)),
    }
    assert_eq!(refused(clinic.post(&sees, "/invoices/4711/do/approve", "").await), StatusCode::NOT_FOUND);
    let blind = Actor { role: &APPROVES_BLINDLY, ..actor("Clinician", None) };
    assert_eq!(refused(clinic.post(&blind, &target, "").await), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn addresses_that_were_tampered_with_get_a_sentence() {
    let clinic = Clinic::new().await;
    let owner = actor("Owner", None);
    for question in [
        "after=zzz",
        "before=MTo",
        "at=middle",
        "sort=nope",
        "sort=--name",
        "sort=doctor",
        "size=0",
        "size=201",
        "size=x",
        "f.doctor=x",
        "f.doctor=1;drop",
        "f.nope=1",
        "f.created_at.from=soon",
        "f.created_at.up=1",
        "x=1",
        "f.doctor.null=2",
        "find.notes=x",
    ] {
        match clinic.get(&owner, &format!("/patients?{question}")).await {
            Err(Error::BadRequest(why)) => assert!(why.ends_with('.') && !why.contains("SELECT"), "{why}"),
            other => panic!("{question}: {:?}", other.map(|answer| answer.status)),
        }
    }
    for question in [
        "q=o",
        "sort=-name&size=25",
        "f.doctor=1",
        "f.created_at.from=2026-11-21&f.created_at.to=2026-11-21",
        "at=last",
    ] {
        assert!(clinic.page(&owner, &format!("/patients?{question}")).await.contains("Omar"), "{question}");
    }
}

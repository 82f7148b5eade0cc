//! What the audit page shows to somebody who may not see every row.

use super::browser::{House, NoActions};
use crate::Limits;
use crate::panel::{Cell, FieldSet, Framework, FrameworkCell, Panel, Role, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::testing::{CLINIC, PATIENT, add_patient, new_patient, patient, text};
use crate::value::Literal;

const BERG: Predicate = Predicate::Compare {
    left: Operand::Field(patient::NAME),
    op: Op::Eq,
    right: Operand::Literal(Literal::Text("Berg")),
};

const NO_NOTES: FieldSet = FieldSet(0b1010_1111);

static PANEL: Panel = Panel {
    roles: &[Role {
        index: 0,
        name: "Watcher",
        title: "Watcher",
        cells: &[Cell { when: Some(BERG), ..Cell::new(Verb::View, PATIENT, NO_NOTES, 0) }],
        framework: &[FrameworkCell { verb: Verb::View, subject: Framework::Audit, grant: 0 }],
        people: &[],
        keep: 0,
        ..CLINIC.roles[2]
    }],
    ..CLINIC
};

#[tokio::test]
async fn values_show_for_rows_that_the_viewer_may_see_now() {
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    let house = House::of(&PANEL, &NoActions, "http://127.0.0.1:8000", limits).await;
    house.person("watcher@clinic.example", "Watcher").await;
    let store = &house.app().store;
    let doctor = crate::testing::two_doctors(store).await.0;
    for (name, email, notes) in [("Berg", "b@of.berg", "of berg alone"), ("Adams", "a@of.adams", "of adams alone")] {
        let mut values = new_patient(name, doctor);
        values.extend([(patient::EMAIL, text(email)), (patient::NOTES, text(notes))]);
        add_patient(store, values).await;
    }
    let mut watcher = house.signed_in("watcher@clinic.example").await;
    let page = watcher.get("/audit").await.text;
    assert!(page.contains("b@of.berg"), "a row that they see");
    assert!(!page.contains("a@of.adams"), "a row that they don't");
    assert!(!page.contains("of berg alone"), "a field that they don't");
    house.sql("UPDATE patients SET name = 'Bergson' WHERE name = 'Berg'").await;
    assert!(!watcher.get("/audit").await.text.contains("b@of.berg"), "seen no more");
    house.sql("UPDATE patients SET name = 'Berg' WHERE name = 'Bergson'").await;
    assert!(watcher.get("/audit").await.text.contains("b@of.berg"), "the control");
    house.sql("DELETE FROM patients WHERE name = 'Berg'").await;
    assert!(!watcher.get("/audit").await.text.contains("b@of.berg"), "gone");
}

use super::*;
use crate::panel::Cell;
use crate::predicate::{Op, Operand, Predicate};
use crate::testing::{PANEL, PATIENT, SAMPLE, actor, date, patient, terms, text};
use crate::value::{Row, Value};

/// A patient with every field fetched, of this doctor.
fn row(doctor: i64) -> Row {
    let mut row = Row::new(1, 1, PANEL.models[PATIENT].fields.len());
    row.set(patient::NAME, text("Berg"));
    row.set(patient::EMAIL, Value::Null);
    row.set(patient::BORN, date("1980-02-03"));
    row.set(patient::DOCTOR, Value::Int(doctor));
    row.set(patient::NOTES, text("private"));
    row.set(patient::CREATED_AT, Value::Null);
    row.set(patient::PIN, Value::Null);
    row.set(patient::SECOND, Value::Null);
    row
}

fn with(mut row: Row, field: usize, value: Value) -> Row {
    row.set(field, value);
    row
}

/// The fields of the terms in a row, as a person reads them.
fn names(fields: FieldSet) -> Vec<&'static str> {
    PANEL.models[PATIENT].fields.iter().filter(|f| fields.contains(f.index)).map(|f| f.name).collect()
}

#[test]
fn without_a_grant_the_answer_is_no_and_says_who_holds_it() {
    let reception = actor("Reception", None);
    let refusal = authorize(&PANEL, &reception, Verb::Delete, &PANEL.models[PATIENT]).granted().unwrap_err();
    assert_eq!(refusal.right, "delete Patients");
    assert_eq!(refusal.held_by, ["Owner"]);
}

#[test]
fn a_lendable_cell_is_not_held() {
    static LENT: Role = Role {
        index: 0,
        name: "Lent",
        title: "Lent",
        doc: "",
        under: &[],
        beside: &[],
        cells: &[Cell { lendable: true, ..Cell::new(Verb::Export, PATIENT, FieldSet::ALL, 0) }],
        framework: &[],
        people: &[],
        grants: &[],
        factor_required: false,
        keep: 0,
    };
    let who = Actor { role: &LENT, ..actor("Owner", None) };
    assert!(authorize(&PANEL, &who, Verb::Export, &PANEL.models[PATIENT]).granted().is_err());
}

#[test]
fn rows_of_another_doctor_are_outside() {
    let view = terms(&actor("Clinician", Some(3)), Verb::View, PATIENT);
    assert!(view.covers(&row(3)));
    assert!(!view.covers(&row(4)));
    assert!(view.fields_of(&row(4)).is_empty());
}

#[test]
fn who_lacks_the_attribute_sees_no_row_at_all() {
    let view = terms(&actor("Clinician", None), Verb::View, PATIENT);
    assert_eq!(view.scope(), Condition::Never);
    assert!(!view.covers(&row(3)));
}

#[test]
fn a_field_that_was_not_fetched_counts_against() {
    let view = terms(&actor("Clinician", Some(3)), Verb::View, PATIENT);
    assert!(!view.covers(&Row::new(1, 1, 8)));
}

#[test]
fn fields_are_those_that_are_named() {
    let view = terms(&actor("Reception", None), Verb::View, PATIENT);
    assert_eq!(names(view.fields_everywhere()), ["name", "email", "born", "doctor", "created_at", "second"]);
    assert_eq!(view.scope_with(FieldSet::NONE.with(patient::NAME)), Condition::Always);
    assert_eq!(view.scope_with(FieldSet::NONE.with(patient::NOTES)), Condition::Never);
}

#[test]
fn a_field_of_some_rows_narrows_the_rows_that_may_be_filtered_by_it() {
    static BOTH: Role = Role {
        index: 0,
        name: "Both",
        title: "Both",
        doc: "",
        under: &[],
        beside: &[],
        cells: &[
            Cell::new(Verb::View, PATIENT, FieldSet(1 << patient::NAME), 0),
            Cell {
                when: Some(Predicate::Compare {
                    left: Operand::Field(patient::DOCTOR),
                    op: Op::Eq,
                    right: Operand::MeAttribute(0),
                }),
                ..Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0)
            },
        ],
        framework: &[],
        people: &[],
        grants: &[],
        factor_required: false,
        keep: 0,
    };
    let view = terms(&Actor { role: &BOTH, ..actor("Owner", Some(3)) }, Verb::View, PATIENT);
    assert_eq!(view.scope(), Condition::Always);
    let by_notes = view.scope_with(FieldSet::NONE.with(patient::NOTES));
    assert_eq!((by_notes.matches(&row(3)), by_notes.matches(&row(4))), (Some(true), Some(false)));
    assert_eq!(names(view.fields_of(&row(4))), ["name"]);
    assert_eq!(names(view.fields_everywhere()), ["name"]);
}

#[test]
fn a_change_stays_within_fields_and_rows() {
    let edit = terms(&actor("Reception", None), Verb::Edit, PATIENT);
    let before = row(3);
    assert!(edit.allow_change(&before, &with(before.clone(), patient::EMAIL, text("a@example.org"))));
    assert!(!edit.allow_change(&before, &with(before.clone(), patient::NAME, text("Adams"))));
    let edit = terms(&actor("Clinician", Some(3)), Verb::Edit, PATIENT);
    assert!(edit.allow_change(&before, &with(before.clone(), patient::NAME, text("Adams"))));
    assert!(!edit.allow_change(&row(4), &with(row(4), patient::NAME, text("Adams"))));
    // `transfers`: the row may be handed on, though it leaves the scope; a row of somebody else's can't be fetched so.
    assert!(edit.allow_change(&before, &with(before.clone(), patient::DOCTOR, Value::Int(4))));
    assert!(!edit.allow_change(&row(4), &with(row(4), patient::DOCTOR, Value::Int(3))));
}

#[test]
fn a_new_row_stays_within_fields_and_rows() {
    let create = terms(&actor("Clinician", Some(3)), Verb::Create, PATIENT);
    let given = FieldSet::NONE.with(patient::NAME).with(patient::DOCTOR);
    assert!(create.allow_insert(given, &row(3)));
    assert!(!create.allow_insert(given, &row(4)));
    let create = terms(&actor("Reception", None), Verb::Create, PATIENT);
    assert!(create.allow_insert(given, &row(4)));
    assert!(!create.allow_insert(given.with(patient::NOTES), &row(4)));
}

#[test]
fn the_star_of_one_model_is_nothing_for_another() {
    let reception = actor("Reception", None);
    assert!(authorize(&PANEL, &reception, Verb::View, &PANEL.models[SAMPLE]).granted().is_err());
    assert!(authorize_framework(&PANEL, &actor("Owner", None), Verb::View, Framework::Audit).is_err());
}

#[test]
fn a_token_takes_rights_away_and_gives_none() {
    use super::{Through, authorize_framework, authorize_people};
    use crate::panel::{Framework, FrameworkCell, PeopleCell, PeopleVerb};

    static RULER: Role = Role {
        framework: &[
            FrameworkCell { verb: Verb::View, subject: Framework::Audit, grant: 0 },
            FrameworkCell { verb: Verb::View, subject: Framework::People, grant: 0 },
        ],
        people: &[PeopleCell { verb: PeopleVerb::Lock, target: 1, lendable: false, grant: 0 }],
        ..crate::testing::CLINIC.roles[0]
    };
    let through = |reads_only| Some(Through { token: 1, name: "x".to_owned(), reads_only });
    let person = Actor { role: &RULER, ..actor("Owner", None) };
    for (who, rules, writes) in [
        (person.clone(), true, true),
        (Actor { through: through(false), ..person.clone() }, false, true),
        (Actor { through: through(true), ..person.clone() }, false, false),
    ] {
        let may = |verb| authorize(&PANEL, &who, verb, &PANEL.models[PATIENT]).granted().is_ok();
        assert!(may(Verb::View), "looking is what any token may");
        for verb in [Verb::Create, Verb::Edit, Verb::Delete, Verb::Export] {
            assert_eq!(may(verb), writes, "{verb:?}");
        }
        assert_eq!(authorize_framework(&PANEL, &who, Verb::View, Framework::Audit).is_ok(), rules);
        assert!(authorize_framework(&PANEL, &who, Verb::View, Framework::People).is_ok());
        assert_eq!(authorize_people(&PANEL, &who, PeopleVerb::Lock, &PANEL.roles[1]).is_ok(), rules);
    }
}

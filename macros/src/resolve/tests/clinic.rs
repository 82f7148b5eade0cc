//! The panel of the specimen, name by name.

use super::{CLINIC, names_in, read};
use crate::panel::{By, FieldId, Kind, OnDelete, PeopleVerb, Sensitivity, ThrottleName, Verb};

#[test]
fn it_resolves_without_a_word() {
    let (panel, diags) = read(CLINIC);
    assert_eq!(diags.list(), []);
    assert_eq!(panel.name, "Clinic");
    assert_eq!(panel.models.len(), 5);
    assert_eq!(panel.roles.len(), 5);
    assert_eq!(panel.accepts.len(), 1);
    assert_eq!(panel.throttles.len(), 6);
    assert_eq!(panel.dashboard.len(), 4);
    assert_eq!(panel.reauth.len(), 5);
}

#[test]
fn names_and_kinds() {
    let (panel, _) = read(CLINIC);
    let patient = &panel.models[1];
    assert_eq!(
        (patient.title.as_str(), patient.plural.as_str(), patient.slug.as_str(), patient.table.as_str()),
        ("Patient", "Patients", "patients", "patient")
    );
    assert_eq!(patient.fields[4].kind, Kind::Model(crate::panel::ModelId(0), OnDelete::Restrict));
    assert_eq!(patient.fields[1].sensitivity, Sensitivity::Personal);
    assert_eq!(patient.label, [FieldId(0)]);
    // Two declared groups, and the fields in neither.
    assert_eq!(patient.sections.iter().map(|section| section.fields.len()).collect::<Vec<_>>(), [5, 2, 1]);
    assert_eq!((patient.inlines[0].child.0, patient.inlines[0].key), (2, FieldId(0)));
    assert_eq!(panel.models[3].fields[1].kind, Kind::Decimal { precision: 10, scale: 2 });
    // Nothing in a visit is a line of text.
    assert_eq!(panel.models[2].label, []);
}

#[test]
fn stars_leave_out_what_is_sensitive_and_automatic() {
    let (panel, _) = read(CLINIC);
    assert_eq!(
        names_in(&panel, "Auditor", Verb::View, "Patient"),
        ["name", "email", "phone", "born", "doctor", "languages", "created_at"]
    );
    assert!(names_in(&panel, "Manager", Verb::View, "Patient").contains(&"notes".to_owned()));
    assert_eq!(names_in(&panel, "Manager", Verb::Create, "Invoice"), ["patient", "amount"]);
    assert_eq!(names_in(&panel, "Reception", Verb::Edit, "Patient"), ["email", "phone", "languages"]);
    assert_eq!(names_in(&panel, "Manager", Verb::Act(crate::panel::ActionId(0)), "Invoice").len(), 5);
}

#[test]
fn a_star_over_people_is_every_role_below() {
    let (panel, _) = read(CLINIC);
    let targets = |role: usize, verb: PeopleVerb| -> Vec<usize> {
        let cells = panel.roles[role].people.iter().filter(|cell| cell.verb == verb);
        cells.map(|cell| cell.target.0).collect()
    };
    assert_eq!(targets(0, PeopleVerb::Assign), [1, 2, 3, 4, 0]);
    assert_eq!(targets(0, PeopleVerb::Reset), [1, 2, 3, 4]);
    assert_eq!(targets(1, PeopleVerb::Lock), [2, 3]);
}

#[test]
fn lending_forbids_and_limits() {
    let (panel, _) = read(CLINIC);
    assert_eq!(panel.roles[2].cells.iter().filter(|cell| cell.lendable).count(), 1);
    assert_eq!(panel.forbids[0].models.len(), 5);
    assert_eq!(panel.forbids[0].text, "forbid Auditor create, edit, delete, export *");
    assert_eq!(panel.one_person[0].steps.len(), 2);
    let login = panel.throttles.iter().find(|throttle| throttle.name == ThrottleName::Login).expect("declared");
    assert_eq!((login.limits[1].by, login.limits[1].window), (By::Address, 600));
    assert_eq!(panel.recovery.by_email.map(|(seconds, _)| seconds), Some(1800));
}

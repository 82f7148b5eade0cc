//! What is held in words that mean other rows for somebody else, and what becomes of a no.

use http::StatusCode;

use super::{ALL_PATIENTS, BARE, BERG, EDIT, address, form, house_of, over, scene};
use crate::audit::{EntryQuery, EventId};
use crate::panel::{Cell, Clause, FieldSet, Panel, PeopleCell, PeopleVerb, Role, Verb};
use crate::predicate::Predicate;
use crate::testing::{CLINIC, MINE, PATIENT, patient};

const GIVES: &[PeopleCell] = &[over(PeopleVerb::Assign, 1)];

const fn owner_with(cells: &'static [Cell]) -> Role {
    Role { index: 0, name: "Owner", title: "Owner", cells, people: GIVES, ..BARE }
}

const fn clinician_with(cells: &'static [Cell], grants: &'static [Clause]) -> Role {
    Role { index: 1, name: "Clinician", title: "Clinician", cells, grants, ..BARE }
}

const fn held(when: Predicate) -> [Cell; 2] {
    [ALL_PATIENTS, Cell { when: Some(when), ..EDIT }]
}

const fn lendable(when: Predicate) -> [Cell; 2] {
    let cell = Cell::new(Verb::Edit, PATIENT, FieldSet(1 << patient::EMAIL), 0);
    [ALL_PATIENTS, Cell { when: Some(when), lendable: true, ..cell }]
}

/// Both edit the patients of "their" doctor, in the same words.
static NAMING_ME: Panel = Panel {
    roles: &[
        owner_with(&const { held(MINE) }),
        clinician_with(
            &const { lendable(MINE) },
            &[Clause { text: "may edit Patient { email } when doctor == me.doctor", line: 0 }],
        ),
    ],
    ..CLINIC
};

/// Both edit the same patient.
static NAMING_NOBODY: Panel = Panel {
    roles: &[
        owner_with(&const { held(BERG) }),
        clinician_with(
            &const { lendable(BERG) },
            &[Clause { text: "may edit Patient { email } when name == \"Berg\"", line: 0 }],
        ),
    ],
    ..CLINIC
};

#[tokio::test]
async fn a_right_over_rows_of_me_is_not_the_same_right_for_somebody_else() {
    for (panel, status) in [(&NAMING_ME, StatusCode::FORBIDDEN), (&NAMING_NOBODY, StatusCode::SEE_OTHER)] {
        let house = house_of(panel).await;
        crate::testing::two_doctors(&house.app().store).await;
        house.person_knowing(&address("owner"), "Owner", r#"{"doctor":1}"#).await;
        let desk = house.person_knowing(&address("desk"), "Clinician", r#"{"doctor":2}"#).await;
        let mut owner = house.signed_in(&address("owner")).await;
        let answer = owner.post(&format!("/people/{desk}/lend"), &form("2026-12-31", "a reason")).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let loans = house.app().store.loans(&crate::store::LoanQuery::default()).await.unwrap();
        assert_eq!(loans.len(), usize::from(status == StatusCode::SEE_OTHER));
    }
}

#[tokio::test]
async fn a_refused_addition_to_a_group_is_recorded() {
    let mut scene = scene().await;
    scene.owner.post("/people/groups", &[("name", "Night shift")]).await;
    let lent = scene.owner.post("/people/groups/1/lend", &form("2026-12-31", "nights")).await;
    assert_eq!(lent.status, StatusCode::SEE_OTHER, "{}", lent.text);
    let store = scene.house.app().store.clone();
    let refusals = async || {
        let query = EntryQuery { event: Some(EventId::RightRefused), size: 50, ..EntryQuery::default() };
        store.entries(&query).await.unwrap().entries.len()
    };
    assert_eq!(refusals().await, 0);
    let themselves = scene.owner.post("/people/groups/1/add", &[("email", &address("owner"))]).await;
    assert_eq!(themselves.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refusals().await, 1, "nobody lends to themselves, and the try stays on record");
    // An address that stands for nobody is a slip of the hand.
    let nobody = scene.owner.post("/people/groups/1/add", &[("email", "nobody@clinic.example")]).await;
    assert_eq!((nobody.status, refusals().await), (StatusCode::UNPROCESSABLE_ENTITY, 1));
}

//! Somebody in front of a panel in which the owner may bring patients in, and nobody anything else.

use super::browser::{Browser, CLINIC_AT_THE_DOOR, House, NoActions};
use crate::Limits;
use crate::panel::{Cell, FieldSet, Panel, Role, Verb};
use crate::testing::{CLINIC, DOCTOR, PATIENT};

pub(super) const ANNA: &str = "anna@clinic.example";

static IMPORTING: Panel = Panel {
    roles: &[
        Role {
            cells: &[
                Cell::new(Verb::Import, PATIENT, FieldSet::ALL, 0),
                Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0),
                Cell::new(Verb::Create, PATIENT, FieldSet::ALL, 0),
                Cell::new(Verb::View, DOCTOR, FieldSet::ALL, 0),
            ],
            ..CLINIC.roles[0]
        },
        Role { ..CLINIC.roles[1] },
        Role { ..CLINIC.roles[2] },
    ],
    ..CLINIC_AT_THE_DOOR
};

/// Them, signed in, where there are two doctors.
pub(super) async fn importer() -> (House, Browser) {
    let limits = Limits { hash_queue: 1_000, ..Limits::of(&IMPORTING) };
    let house = House::of(&IMPORTING, &NoActions, "http://127.0.0.1:8000", limits).await;
    house.person(ANNA, "Owner").await;
    crate::testing::two_doctors(&house.app().store).await;
    let mut browser = house.signed_in(ANNA).await;
    browser.get("/patients/import").await;
    (house, browser)
}

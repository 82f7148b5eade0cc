//! Rows within and outside of every role's reach, and what fills in or changes a form of each model.

use bailiwick::panel::Model;
use bailiwick::typed::{Decimal, FieldType as _, Model as _, PersonId};
use bailiwick::value::{Row, Value};
use chrono::{Duration, NaiveDate};

use crate::clinic::{
    Doctor, DoctorId, Invoice, InvoiceState, Language, NewDoctor, NewInvoice, NewLanguage, NewPatient, NewVisit,
    Patient, PatientId, Visit, VisitState,
};
use crate::house::House;
use crate::house::number;

/// A row to knock at.
pub(super) struct Specimen {
    pub(super) model: &'static Model,
    pub(super) what: &'static str,
    pub(super) row: Row,
    /// Other rows point at it that don't go along.
    pub(super) held: bool,
}

impl Specimen {
    pub(super) fn path(&self) -> String {
        format!("/{}/{}", self.model.slug, self.row.id)
    }
}

/// The rows of one walk; `me` is whoever walks, with this role.
pub(super) async fn specimens(house: &House, role: &str, me: i64) -> Vec<Specimen> {
    let other = house.person(&format!("author.{}@example.org", role.to_lowercase()), "Manager", None).await;
    let (mine, theirs) = (house.doctors[0], house.doctors[1]);
    let new_doctor = NewDoctor { name: "Dr. Free".to_owned(), speciality: None, active: None, languages: None };
    let free = house.row::<NewDoctor>(new_doctor, &[]).await;
    let patient = async |name: &str, doctor: DoctorId| {
        let new = NewPatient {
            name: name.to_owned(),
            email: None,
            phone: None,
            born: NaiveDate::from_ymd_opt(1980, 2, 29).expect("a day"),
            doctor,
            languages: None,
            notes: Some("Something between them and their doctor.".to_owned()),
        };
        let created = (Patient::CREATED_AT.field(), Value::Timestamp(house.now()));
        house.row::<NewPatient>(new, &[created]).await
    };
    let near = patient("Nora Near", mine).await;
    let far = patient("Fritz Far", theirs).await;
    let billed = patient("Bella Billed", mine).await;
    let visit = async |doctor: DoctorId| {
        let new = NewVisit {
            patient: PatientId(number(billed.id)),
            doctor,
            at: house.now() + Duration::days(3),
            state: Some(VisitState::Booked),
            note: None,
        };
        house.row::<NewVisit>(new, &[]).await
    };
    let (near_visit, far_visit) = (visit(mine).await, visit(theirs).await);
    let invoice = async |author: i64, state: InvoiceState| {
        let new =
            NewInvoice { patient: PatientId(number(billed.id)), amount: Decimal::new(4250, 2), state: Some(state) };
        let also = [
            (Invoice::AUTHOR.field(), PersonId(author).into_value()),
            (Invoice::CREATED_AT.field(), Value::Timestamp(house.now())),
        ];
        house.row::<NewInvoice>(new, &also).await
    };
    let drafted = invoice(other, InvoiceState::Draft).await;
    let own = invoice(me, InvoiceState::Draft).await;
    let approved = invoice(other, InvoiceState::Approved).await;
    let language = NewLanguage { name: format!("Language of the {role}") };
    let language = house.row::<NewLanguage>(language, &[]).await;
    let of = |model, what, row, held| Specimen { model, what, row, held };
    vec![
        of(Doctor::MODEL, "without patients", free, false),
        of(Patient::MODEL, "of the first doctor", near, false),
        of(Patient::MODEL, "of the second doctor", far, false),
        of(Patient::MODEL, "with invoices", billed, true),
        of(Visit::MODEL, "of the first doctor", near_visit, false),
        of(Visit::MODEL, "of the second doctor", far_visit, false),
        of(Invoice::MODEL, "draft of somebody else", drafted, false),
        of(Invoice::MODEL, "draft of one's own", own, false),
        of(Invoice::MODEL, "approved", approved, false),
        of(Language::MODEL, "spoken by nobody", language, false),
    ]
}

/// A change that is fine in any row, for the first of these fields that a form offers.
pub(super) const CHANGES: [(&str, &str); 5] = [
    ("speciality", "Heart"),
    ("phone", "+49 30 5550 1234"),
    ("state", "Arrived"),
    ("amount", "43.10"),
    ("name", "Somebody Else"),
];

/// What fills a form of each model, where the form offers it.
pub(super) fn filled_in(house: &House, specimens: &[Specimen]) -> Vec<(&'static str, String)> {
    let billed = specimens.iter().find(|one| one.held).map_or(0, |one| number(one.row.id));
    vec![
        ("name", "Newly Made".to_owned()),
        ("born", "1990-05-17".to_owned()),
        ("doctor", house.doctors[0].0.to_string()),
        ("patient", billed.to_string()),
        ("at", "2026-12-01T09:30".to_owned()),
        ("amount", "12.50".to_owned()),
    ]
}

//! A small clinic as static tables, written by hand, and a store of it in a directory of its own: what the tests of the
//! runtime stand on. Time is [`now`], everywhere.

pub(crate) mod place;

use chrono::{DateTime, Utc};
use tempfile::TempDir;
use uuid::Uuid;

use crate::audit::Context;
use crate::authorize::{Actor, Terms, authorize};
use crate::condition::Asker;
use crate::panel::*;
use crate::predicate::{Op, Operand, Predicate};
use crate::store::{Parents, Store};
use crate::value::{Literal, Value};

pub(crate) const DOCTOR: usize = 0;
pub(crate) const PATIENT: usize = 1;
pub(crate) const VISIT: usize = 2;
pub(crate) const INVOICE: usize = 3;
pub(crate) const SAMPLE: usize = 4;

pub(crate) mod doctor {
    pub(crate) const NAME: usize = 0;
    pub(crate) const SPECIALITY: usize = 1;
    pub(crate) const ACTIVE: usize = 2;

    use crate::panel::{Field, Kind};
    use crate::value::Literal;

    pub(crate) const NAME_FIELD: Field =
        Field { min_len: Some(1), max_len: Some(80), ..Field::new(0, "name", "Name", Kind::String) };
    pub(crate) const SPECIALITY_FIELD: Field =
        Field { default: Some(Literal::Text("General")), ..Field::new(1, "speciality", "Speciality", Kind::Choice(0)) };
    pub(crate) const ACTIVE_FIELD: Field =
        Field { default: Some(Literal::Bool(true)), ..Field::new(2, "active", "Active", Kind::Bool) };
}

pub(crate) mod patient {
    pub(crate) const NAME: usize = 0;
    pub(crate) const EMAIL: usize = 1;
    pub(crate) const BORN: usize = 2;
    pub(crate) const DOCTOR: usize = 3;
    pub(crate) const NOTES: usize = 4;
    pub(crate) const CREATED_AT: usize = 5;
    pub(crate) const PIN: usize = 6;
    pub(crate) const SECOND: usize = 7;
}

pub(crate) mod visit {
    pub(crate) const PATIENT: usize = 0;
    pub(crate) const AT: usize = 1;
    pub(crate) const STATE: usize = 2;
}

pub(crate) mod invoice {
    pub(crate) const PATIENT: usize = 0;
    pub(crate) const AMOUNT: usize = 1;
    pub(crate) const STATE: usize = 2;
    pub(crate) const AUTHOR: usize = 3;
}

const SPECIALITY: Choice = Choice {
    name: "Speciality",
    variants: &[
        Variant { name: "General", title: "General" },
        Variant { name: "Heart", title: "Heart" },
        Variant { name: "Skin", title: "Skin and hair" },
    ],
};
const STATE: Choice = Choice {
    name: "State",
    variants: &[Variant { name: "Draft", title: "Draft" }, Variant { name: "Done", title: "Done" }],
};

pub(crate) const MODEL: Model = Model {
    index: 0,
    name: "",
    doc: "",
    title: "",
    plural: "",
    slug: "",
    table: "",
    adopted: None,
    fields: &[],
    label: &[],
    list: &[],
    search: &[],
    filter: &[],
    sort: &[],
    sections: &[],
    inlines: &[],
    checks: &[],
    actions: &[],
};

pub(crate) const DOCTORS: Model = Model {
    index: DOCTOR,
    name: "Doctor",
    title: "Doctor",
    plural: "Doctors",
    slug: "doctors",
    table: "doctors",
    sections: &[Section { title: "", fields: &[0, 1, 2] }],
    fields: &[doctor::NAME_FIELD, doctor::SPECIALITY_FIELD, doctor::ACTIVE_FIELD],
    label: &[0, 1],
    list: &[0, 1, 2],
    search: &[0],
    filter: &[1, 2],
    sort: &[Sort { field: 0, descending: false }],
    ..MODEL
};

pub(crate) const PATIENTS: Model = Model {
    index: PATIENT,
    name: "Patient",
    title: "Patient",
    plural: "Patients",
    slug: "patients",
    table: "patients",
    sections: &[Section { title: "", fields: &[0, 1, 2, 3, 4, 5, 6, 7] }],
    fields: &[
        Field { min_len: Some(1), max_len: Some(120), ..Field::new(0, "name", "Name", Kind::String) },
        Field {
            optional: true,
            unique: true,
            sensitivity: Sensitivity::Personal,
            ..Field::new(1, "email", "Email", Kind::Email)
        },
        Field { past: true, sensitivity: Sensitivity::Personal, ..Field::new(2, "born", "Born", Kind::Date) },
        Field { transfers: true, ..Field::new(3, "doctor", "Doctor", Kind::Model(DOCTOR, OnDelete::Restrict)) },
        Field {
            default: Some(Literal::Text("")),
            sensitivity: Sensitivity::Sensitive,
            ..Field::new(4, "notes", "Notes", Kind::Text)
        },
        Field { automatic: Some(Automatic::Created), ..Field::new(5, "created_at", "Created at", Kind::Timestamp) },
        Field { optional: true, sensitivity: Sensitivity::Secret, ..Field::new(6, "pin", "Pin", Kind::Secret) },
        Field { optional: true, ..Field::new(7, "second", "Second doctor", Kind::Model(DOCTOR, OnDelete::SetNull)) },
    ],
    label: &[0],
    list: &[0, 3, 2, 5],
    search: &[0, 1],
    filter: &[3, 5],
    sort: &[Sort { field: 5, descending: true }],
    inlines: &[Inline { model: VISIT, key: 0, fields: &[1, 2], in_form: false }],
    ..MODEL
};

pub(crate) const VISITS: Model = Model {
    index: VISIT,
    name: "Visit",
    title: "Visit",
    plural: "Visits",
    slug: "visits",
    table: "visits",
    sections: &[Section { title: "", fields: &[0, 1, 2] }],
    fields: &[
        Field::new(0, "patient", "Patient", Kind::Model(PATIENT, OnDelete::Cascade)),
        Field::new(1, "at", "At", Kind::Timestamp),
        Field { default: Some(Literal::Text("Draft")), ..Field::new(2, "state", "State", Kind::Choice(1)) },
    ],
    list: &[1, 0, 2],
    filter: &[2, 1],
    sort: &[Sort { field: 1, descending: true }],
    checks: &[Check {
        message: "a visit in the future is not done",
        predicate: Predicate::Not(&Predicate::And(&[
            Predicate::Compare { left: Operand::Field(2), op: Op::Eq, right: Operand::Literal(Literal::Text("Done")) },
            Predicate::Compare { left: Operand::Field(1), op: Op::Gt, right: Operand::Now { offset: 0 } },
        ])),
    }],
    ..MODEL
};

pub(crate) const INVOICES: Model = Model {
    index: INVOICE,
    name: "Invoice",
    title: "Invoice",
    plural: "Invoices",
    slug: "invoices",
    table: "invoices",
    sections: &[Section { title: "", fields: &[0, 1, 2, 3, 4] }],
    fields: &[
        Field::new(0, "patient", "Patient", Kind::Model(PATIENT, OnDelete::Restrict)),
        Field {
            min: Some(Literal::Int(0)),
            ..Field::new(1, "amount", "Amount", Kind::Decimal { precision: 10, scale: 2 })
        },
        Field {
            default: Some(Literal::Text("Draft")),
            readonly: true,
            ..Field::new(2, "state", "State", Kind::Choice(1))
        },
        Field { optional: true, automatic: Some(Automatic::Author), ..Field::new(3, "author", "Author", Kind::Actor) },
        Field { automatic: Some(Automatic::Updated), ..Field::new(4, "updated_at", "Updated at", Kind::Timestamp) },
    ],
    list: &[1, 0, 2],
    filter: &[2],
    actions: &[Action { name: "approve", title: "Approve", doc: "", writes: &[2], mails: false }],
    ..MODEL
};

/// A field of every kind, all of them nullable, for the two readings of a predicate.
pub(crate) const SAMPLES: Model = Model {
    index: SAMPLE,
    name: "Sample",
    title: "Sample",
    plural: "Samples",
    slug: "samples",
    table: "samples",
    fields: &[
        Field { optional: true, ..Field::new(0, "string", "String", Kind::String) },
        Field { optional: true, ..Field::new(1, "text", "Text", Kind::Text) },
        Field { optional: true, ..Field::new(2, "bool", "Bool", Kind::Bool) },
        Field { optional: true, ..Field::new(3, "i32", "I32", Kind::I32) },
        Field { optional: true, ..Field::new(4, "i64", "I64", Kind::I64) },
        Field { optional: true, ..Field::new(5, "f64", "F64", Kind::F64) },
        Field { optional: true, ..Field::new(6, "dec2", "Dec2", Kind::Decimal { precision: 18, scale: 2 }) },
        Field { optional: true, ..Field::new(7, "dec5", "Dec5", Kind::Decimal { precision: 18, scale: 5 }) },
        Field { optional: true, ..Field::new(8, "date", "Date", Kind::Date) },
        Field { optional: true, ..Field::new(9, "time", "Time", Kind::Time) },
        Field { optional: true, ..Field::new(10, "timestamp", "Timestamp", Kind::Timestamp) },
        Field { optional: true, ..Field::new(11, "uuid", "Uuid", Kind::Uuid) },
        Field { optional: true, ..Field::new(12, "json", "Json", Kind::Json) },
        Field { optional: true, ..Field::new(13, "secret", "Secret", Kind::Secret) },
        Field { optional: true, ..Field::new(14, "bytes", "Bytes", Kind::Bytes) },
        Field { optional: true, ..Field::new(15, "choice", "Choice", Kind::Choice(1)) },
        Field { optional: true, ..Field::new(16, "key", "Key", Kind::Model(SAMPLE, OnDelete::SetNull)) },
        Field { optional: true, ..Field::new(17, "string2", "String2", Kind::String) },
        Field { optional: true, ..Field::new(18, "timestamp2", "Timestamp2", Kind::Timestamp) },
    ],
    ..MODEL
};

pub(crate) const MINE: Predicate =
    Predicate::Compare { left: Operand::Field(patient::DOCTOR), op: Op::Eq, right: Operand::MeAttribute(0) };

const ALL_OF: [Verb; 5] = [Verb::View, Verb::Create, Verb::Edit, Verb::Delete, Verb::Export];

const fn everything() -> [Cell; 26] {
    let mut cells = [const { Cell::new(Verb::Act(0), INVOICE, FieldSet::ALL, 0) }; 26];
    let mut i = 0;
    while i < 25 {
        cells[i] = Cell::new(ALL_OF[i % 5], i / 5, FieldSet::ALL, 0);
        i += 1;
    }
    cells
}

const ROLE: Role = Role {
    index: 0,
    name: "",
    title: "",
    doc: "",
    under: &[],
    beside: &[],
    cells: &[],
    framework: &[],
    people: &[],
    grants: &[],
    factor_required: false,
    keep: 0,
};

/// Everything but the pin and the notes of a patient.
pub(crate) const AT_THE_DESK: FieldSet = FieldSet(0b1010_1111);

/// See the module.
pub(crate) static PANEL: Panel = CLINIC;

/// The same, to vary.
pub(crate) const CLINIC: Panel = Panel {
    name: "Clinic",
    doc: "",
    brand: Brand { light: "#0b6e4f", on_light: "#ffffff", dark: "#4fd1a5", on_dark: "#000000" },
    database: Setting { env: None, fallback: None },
    public_url: Setting { env: None, fallback: None },
    proxies: &[],
    mail: Setting { env: None, fallback: None },
    actor: &[Attribute { name: "doctor", doc: "", kind: Kind::Model(DOCTOR, OnDelete::SetNull) }],
    choices: &[SPECIALITY, STATE],
    models: &[DOCTORS, PATIENTS, VISITS, INVOICES, SAMPLES],
    roles: &[
        Role { name: "Owner", title: "Owner", cells: &const { everything() }, keep: 1, ..ROLE },
        Role {
            index: 1,
            name: "Clinician",
            title: "Clinician",
            cells: &[
                Cell::new(Verb::View, DOCTOR, FieldSet::ALL, 0),
                Cell { when: Some(MINE), ..Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0) },
                Cell { when: Some(MINE), ..Cell::new(Verb::Edit, PATIENT, FieldSet::ALL, 0) },
                Cell { when: Some(MINE), ..Cell::new(Verb::Create, PATIENT, FieldSet::ALL, 0) },
                Cell::new(Verb::View, VISIT, FieldSet::ALL, 0),
            ],
            ..ROLE
        },
        Role {
            index: 2,
            name: "Reception",
            title: "Reception",
            cells: &[
                Cell::new(Verb::View, PATIENT, AT_THE_DESK, 0),
                Cell::new(Verb::Create, PATIENT, AT_THE_DESK, 0),
                Cell::new(Verb::Edit, PATIENT, FieldSet(1 << patient::EMAIL), 0),
            ],
            ..ROLE
        },
    ],
    forbids: &[],
    one_person: &[],
    password: Password { min: 15, min_with_factor: 8, blocklist: true },
    session: Session { idle: 1_800, absolute: 43_200, reauth: 600, at_most: 5 },
    throttles: &[],
    recovery: Recovery { by_email: None, by_administrator: Some(86_400), codes: None, break_glass: true },
    reauth: &[],
    dashboard: &[],
    accepts: &[],
    file: file!(),
    lock_passed_over: false,
};

/// The moment at which every test happens: 2026-11-21 12:00 UTC.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).expect("a moment of this century")
}

/// An empty store with its schema, and the directory that it is deleted with.
pub(crate) async fn store() -> (TempDir, Store) {
    store_of(&PANEL).await
}

/// The same for a panel that varies [`CLINIC`].
pub(crate) async fn store_of(panel: &'static Panel) -> (TempDir, Store) {
    let directory = tempfile::tempdir().expect("a directory for the test");
    let store = Store::open(panel, &url(&directory)).await.expect("a new database");
    store.migrate(Context::of_nobody(Uuid::nil(), now())).await.expect("a schema");
    (directory, store)
}

/// The database of [`store`] in this directory.
pub(crate) fn url(directory: &TempDir) -> String {
    place::url(directory.path())
}

/// Somebody of this role; `doctor` is their `me.doctor`.
pub(crate) fn actor(role: &str, doctor: Option<i64>) -> Actor {
    Actor {
        role: PANEL.role_by_name(role).expect("a role of the test panel"),
        email: "anna@example.org".to_owned(),
        session: 1,
        has_factor: false,
        fresh_until: now() + chrono::Duration::minutes(10),
        lent: Vec::new(),
        asker: Asker { person: 7, attributes: vec![doctor.map_or(Value::Null, Value::Int)], now: now() },
    }
}

/// Their terms; panics on a refusal.
pub(crate) fn terms(actor: &Actor, verb: Verb, model: usize) -> Terms {
    authorize(&PANEL, actor, verb, &PANEL.models[model]).granted().expect("a right of the test panel")
}

/// Their request.
pub(crate) fn context(actor: &Actor) -> Context {
    Context::of(actor, Uuid::nil())
}

/// The context of the command line.
pub(crate) fn command_line() -> Context {
    Context::of_nobody(Uuid::nil(), now())
}

/// Inserts rows without terms; their ids.
pub(crate) async fn seed(store: &Store, model: usize, rows: Vec<Vec<(usize, Value)>>) -> Vec<i64> {
    let mut write = store.write(command_line()).await.expect("the writing connection");
    let (ids, recorded) = write.seed(&PANEL.models[model], rows).await.expect("rows that fit");
    write.commit(recorded).await.expect("a commit");
    ids
}

/// Two doctors: their ids.
pub(crate) async fn two_doctors(store: &Store) -> (i64, i64) {
    let rows = ["Berg", "Adams"].map(|name| vec![(doctor::NAME, text(name))]);
    let ids = seed(store, DOCTOR, rows.to_vec()).await;
    (ids[0], ids[1])
}

/// What a new patient needs.
pub(crate) fn new_patient(name: &str, doctor: i64) -> Vec<(usize, Value)> {
    vec![(patient::NAME, text(name)), (patient::BORN, date("1980-02-03")), (patient::DOCTOR, Value::Int(doctor))]
}

/// Inserts a patient as the owner; their id.
pub(crate) async fn add_patient(store: &Store, values: Vec<(usize, Value)>) -> i64 {
    let owner = actor("Owner", None);
    let mut write = store.write(Context { actor: None, ..context(&owner) }).await.expect("the writing connection");
    let create = terms(&owner, Verb::Create, PATIENT);
    let inserted = write.insert(&create, values, Parents::AnyThatExists).await.expect("a patient that fits");
    write.commit(inserted.recorded).await.expect("a commit");
    inserted.row.id
}

/// Text.
pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A day.
pub(crate) fn date(text: &str) -> Value {
    Value::Date(text.parse().expect("a date"))
}

/// So many minutes after [`now`].
pub(crate) fn minutes(minutes: i64) -> Value {
    Value::Timestamp(now() + chrono::Duration::minutes(minutes))
}

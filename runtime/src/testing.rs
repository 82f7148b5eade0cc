//! A small clinic as static tables, written by hand, and a store of it in a directory of its own: what the tests of the
//! runtime stand on. Time is [`now`], everywhere.

pub(crate) mod links;
mod models;
pub(crate) mod place;
pub(crate) mod server;

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) use models::*;

use crate::audit::{Context, Origin};
use crate::authorize::{Actor, Terms, authorize};
use crate::condition::{Asker, Condition};
use crate::key::RowKey;
use crate::panel::KeyKind;
use crate::panel::*;
use crate::predicate::{Op, Operand, Predicate};
use crate::store::{ListQuery, Parents, Position, Store};
use crate::value::{Row, Value};

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
    actor: &[Attribute { name: "doctor", doc: "", kind: Kind::Model(DOCTOR, OnDelete::SetNull, KeyKind::Number) }],
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
    session: Session {
        idle: 1_800,
        absolute: 43_200,
        reauth: 600,
        at_most: 5,
        ruling_idle: 1_800,
        ruling_absolute: 43_200,
    },
    factors: Factors { totp: true, passkey: false, alone: false },
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
    store.migrate(Context::of_nobody(nowhere(), now())).await.expect("a schema");
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
        held: crate::session::Held::default(),
        fresh_until: now() + chrono::Duration::minutes(10),
        lent: Vec::new(),
        through: None,
        asker: Asker { person: 7, attributes: vec![doctor.map_or(Value::Null, Value::Int)], now: now() },
    }
}

/// Their terms; panics on a refusal.
pub(crate) fn terms(actor: &Actor, verb: Verb, model: usize) -> Terms {
    authorize(&PANEL, actor, verb, &PANEL.models[model]).granted().expect("a right of the test panel")
}

/// Every row within these terms, of a table of at most 200, newest first.
pub(crate) fn all(terms: &Terms) -> ListQuery<'_> {
    ListQuery {
        terms,
        columns: FieldSet::ALL,
        filter: Condition::Always,
        search: None,
        sort: None,
        position: Position::First,
        size: 200,
        labels: &[],
        count: false,
    }
}

/// Which of two rows comes first: nulls are the smallest of all, and the number decides between rows that are level.
pub(crate) fn in_list(a: &Row, b: &Row, sort: Option<Sort>) -> Ordering {
    let value = |row: &Row| sort.and_then(|sort| row.get(sort.field).cloned()).filter(|value| !value.is_null());
    let rising = match (value(a), value(b)) {
        (Some(a), Some(b)) => a.compare(&b).expect("of one type"),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    let rising = rising.then(a.id.cmp(&b.id));
    if sort.is_none_or(|sort| sort.descending) { rising.reverse() } else { rising }
}

/// A request of a test.
pub(crate) fn nowhere() -> Origin {
    Origin { request: Uuid::nil(), address: None }
}

/// Their request.
pub(crate) fn context(actor: &Actor) -> Context {
    Context::of(actor, nowhere())
}

/// The context of the command line.
pub(crate) fn command_line() -> Context {
    Context::of_nobody(nowhere(), now())
}

/// The number that a row of the panel's own tables is known by.
pub(crate) fn number(key: RowKey) -> i64 {
    key.number().expect("a row with a number")
}

/// Inserts rows without terms; their ids.
pub(crate) async fn seed(store: &Store, model: usize, rows: Vec<Vec<(usize, Value)>>) -> Vec<i64> {
    let mut write = store.write(command_line()).await.expect("the writing connection");
    let (ids, recorded) = write.seed(&store.panel().models[model], rows).await.expect("rows that fit");
    write.commit(recorded).await.expect("a commit");
    ids.into_iter().map(number).collect()
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
    number(inserted.row.id)
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

use crate::error::Error;
use crate::panel::KeyKind;
use crate::panel::{Choice, Field, FieldSet, Kind, Model, OnDelete, Panel, Role, Variant, Verb};
use crate::store::{GetQuery, Store};
use crate::testing::place::either;
use crate::testing::{self, CLINIC, DOCTOR, DOCTORS, PANEL, PATIENTS, VISITS, command_line, doctor, text};
use crate::value::{Literal, Value};

const STATE: Choice =
    Choice { name: "State", variants: &[Variant { name: "Draft", title: "" }, Variant { name: "Done", title: "" }] };

/// The clinic with other doctors.
const fn clinic_of(models: &'static [Model], choices: &'static [Choice]) -> Panel {
    Panel { models, choices, roles: &[], ..CLINIC }
}

/// Opens the same file with another panel and brings it up to date.
async fn become_panel(directory: &tempfile::TempDir, panel: &'static Panel) -> Result<Store, Error> {
    let store = Store::open(panel, &testing::url(directory)).await?;
    store.migrate(command_line()).await?;
    Ok(store)
}

async fn refusal(directory: &tempfile::TempDir, panel: &'static Panel) -> String {
    let store = Store::open(panel, &testing::url(directory)).await.unwrap();
    let whole = either(
        "SELECT group_concat(sql) FROM sqlite_schema",
        "SELECT string_agg(concat(table_name, column_name, data_type, is_nullable), ',' ORDER BY table_name, \
         column_name) FROM information_schema.columns WHERE table_schema = current_schema()",
    );
    let before = store.ask_for_test(whole).await;
    let planned = store.plan().await;
    let Err(Error::Setup(line)) = store.migrate(command_line()).await else { panic!("migrated: {planned:?}") };
    assert_eq!(store.ask_for_test(whole).await, before);
    line
}

#[tokio::test]
async fn a_schema_that_is_there_needs_nothing() {
    let (directory, store) = testing::store().await;
    assert!(store.plan().await.unwrap().is_empty());
    drop(store);
    let store = become_panel(&directory, &PANEL).await.unwrap();
    assert_eq!(store.ask_for_test("SELECT count(*) FROM bw_migrations").await, "1");
    assert_eq!(store.ask_for_test("SELECT count(*) FROM bw_audit WHERE event = 'schema.migrated'").await, "1");
    if crate::testing::place::on_postgres() {
        return;
    }
    assert_eq!(store.ask_for_test("SELECT count(*) FROM pragma_foreign_key_check").await, "0");
    assert_eq!(store.ask_for_test("PRAGMA integrity_check").await, "ok");
    assert_eq!(
        store
            .ask_for_test("SELECT min(strict) FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
            .await,
        "1"
    );
}

#[tokio::test]
async fn a_new_column_joins_rows_that_are_there() {
    const FEWER: [Model; 1] = [Model { fields: &[doctor::NAME_FIELD], label: &[0], list: &[], filter: &[], ..DOCTORS }];
    static BEFORE: Panel = clinic_of(&FEWER, CLINIC.choices);
    let directory = tempfile::tempdir().unwrap();
    let store = become_panel(&directory, &BEFORE).await.unwrap();
    let mut write = store.write(command_line()).await.unwrap();
    let rows = vec![vec![(doctor::NAME, text("Berg"))]];
    let (ids, recorded) = write.seed(&BEFORE.models[DOCTOR], rows).await.unwrap();
    write.commit(recorded).await.unwrap();
    drop(store);

    let store = become_panel(&directory, &PANEL).await.unwrap();
    assert!(store.plan().await.unwrap().is_empty());
    let owner = testing::actor("Owner", None);
    let terms = testing::terms(&owner, Verb::View, DOCTOR);
    let query = GetQuery { terms: &terms, id: ids[0], columns: FieldSet::ALL, labels: &[] };
    let row = store.get(&query).await.unwrap().unwrap().row;
    assert_eq!(row.get(doctor::SPECIALITY), Some(&text("General")));
    assert_eq!(row.get(doctor::ACTIVE), Some(&Value::Bool(true)));
    assert_eq!(store.ask_for_test("SELECT count(*) FROM bw_migrations").await, "2");
}

#[tokio::test]
async fn a_wider_choice_keeps_every_row_and_id() {
    const NARROW: [Choice; 2] =
        [Choice { name: "Speciality", variants: &[Variant { name: "General", title: "General" }] }, STATE];
    static BEFORE: Panel = clinic_of(&[DOCTORS, PATIENTS, VISITS], &NARROW);
    let directory = tempfile::tempdir().unwrap();
    let store = become_panel(&directory, &BEFORE).await.unwrap();
    store.execute_for_test("INSERT INTO doctors (id, name, speciality, active) VALUES (1, 'Berg', 'General', TRUE), (9, 'Gone', 'General', TRUE)").await;
    if crate::testing::place::on_postgres() {
        // There, an id that was given by hand is not counted.
        store.execute_for_test("ALTER TABLE doctors ALTER COLUMN id RESTART WITH 10").await;
    }
    store.execute_for_test("INSERT INTO patients (name, born, doctor, notes, created_at) VALUES ('Abel', '1980-01-01', 1, '', '2026-11-21T12:00:00.000000Z')").await;
    store
        .execute_for_test("INSERT INTO visits (patient, at, state) VALUES (1, '2026-11-21T12:00:00.000000Z', 'Draft')")
        .await;
    store.execute_for_test("DELETE FROM doctors WHERE id = 9").await;
    drop(store);

    let store = become_panel(&directory, &PANEL).await.unwrap();
    assert!(store.plan().await.unwrap().is_empty());
    for (table, count) in [
        ("SELECT count(*) FROM doctors", "1"),
        ("SELECT count(*) FROM patients", "1"),
        ("SELECT count(*) FROM visits", "1"),
    ] {
        assert_eq!(store.ask_for_test(table).await, count, "{table}");
    }
    let ids =
        testing::seed(&store, DOCTOR, vec![vec![(doctor::NAME, text("Adams")), (doctor::SPECIALITY, text("Skin"))]])
            .await;
    assert_eq!(ids, [10], "an id is never used again");
    assert_eq!(
        store
            .ask_for_test(either(
                "SELECT count(*) FROM pragma_foreign_key_list('patients') WHERE \"table\" = 'doctors'",
                "SELECT count(*) FROM pg_constraint WHERE conrelid = 'patients'::regclass AND confrelid = \
                 'doctors'::regclass",
            ))
            .await,
        "2"
    );

    // The way back: a value that is in use can't be taken away.
    drop(store);
    let line = refusal(&directory, &BEFORE_WITH_ALL).await;
    assert!(line.contains("doctors") && line.contains("a value that the block no longer lists"), "{line}");
}

static BEFORE_WITH_ALL: Panel = Panel {
    choices: &[Choice { name: "Speciality", variants: &[Variant { name: "General", title: "General" }] }, STATE],
    ..CLINIC
};

#[tokio::test]
async fn what_would_lose_or_bend_data_is_refused_with_the_line_to_write() {
    const ROLES: &[Role] = &[];
    const fn of(fields: &'static [Field]) -> Model {
        Model { fields, label: &[], list: &[], search: &[], filter: &[], sort: &[], ..DOCTORS }
    }
    const NAME: Field = doctor::NAME_FIELD;
    const SPECIALITY: Field = doctor::SPECIALITY_FIELD;
    const ACTIVE: Field = doctor::ACTIVE_FIELD;
    static DROPPED: Panel = Panel { models: &[of(&[NAME, SPECIALITY])], roles: ROLES, ..CLINIC };
    static RETYPED: Panel =
        Panel { models: &[of(&[Field { kind: Kind::Date, ..NAME }, SPECIALITY, ACTIVE])], roles: ROLES, ..CLINIC };
    static REQUIRED: Panel = Panel {
        models: &[of(&[NAME, SPECIALITY, ACTIVE, Field::new(3, "room", "Room", Kind::I32)])],
        roles: ROLES,
        ..CLINIC
    };
    static KEY: Panel = Panel {
        models: &[of(&[
            NAME,
            SPECIALITY,
            ACTIVE,
            Field::new(3, "chief", "Chief", Kind::Model(0, OnDelete::Restrict, KeyKind::Number)),
        ])],
        roles: ROLES,
        ..CLINIC
    };
    let (directory, store) = testing::store().await;
    drop(store);
    for (panel, words) in [
        (&DROPPED, ["table doctors", "column active", "DROP COLUMN \"active\";"]),
        (&RETYPED, ["column name of table doctors", either("TEXT /* date */", "wants date"), "UPDATE \"doctors\""]),
        (
            &REQUIRED,
            [
                "table doctors",
                "column room",
                either("ADD COLUMN \"room\" INTEGER NOT NULL", "ADD COLUMN \"room\" integer NOT NULL"),
            ],
        ),
        (&KEY, ["table doctors", "column chief", "REFERENCES \"doctors\""]),
    ] {
        let line = refusal(&directory, panel).await;
        for word in words {
            assert!(line.contains(word), "{word} is not in: {line}");
        }
    }
}

#[tokio::test]
async fn a_decimal_does_not_change_its_scale_unseen() {
    const fn of(scale: u8, precision: u8) -> Model {
        Model {
            index: 0,
            name: "Price",
            table: "prices",
            fields: if scale == 2 && precision == 10 {
                &F10_2
            } else if scale == 2 {
                &F12_2
            } else {
                &F10_3
            },
            ..testing::MODEL
        }
    }
    const F10_2: [Field; 1] = [Field::new(0, "amount", "Amount", Kind::Decimal { precision: 10, scale: 2 })];
    const F12_2: [Field; 1] = [Field::new(0, "amount", "Amount", Kind::Decimal { precision: 12, scale: 2 })];
    const F10_3: [Field; 1] = [Field::new(0, "amount", "Amount", Kind::Decimal { precision: 10, scale: 3 })];
    static BEFORE: Panel = Panel { models: &[of(2, 10)], roles: &[], ..CLINIC };
    static WIDER: Panel = Panel { models: &[of(2, 12)], roles: &[], ..CLINIC };
    static FINER: Panel = Panel { models: &[of(3, 10)], roles: &[], ..CLINIC };
    let directory = tempfile::tempdir().unwrap();
    drop(become_panel(&directory, &BEFORE).await.unwrap());
    let plan = Store::open(&WIDER, &testing::url(&directory)).await.unwrap().plan().await.unwrap();
    assert_eq!(plan.sql(), either("", "ALTER TABLE \"prices\" ALTER COLUMN \"amount\" TYPE numeric(12,2);\n"));
    let line = refusal(&directory, &FINER).await;
    let words = either(["decimal .2", "decimal .3"], ["numeric(10,2)", "numeric(10,3)"]);
    assert!(words.iter().all(|word| line.contains(word)), "{line}");
}

#[tokio::test]
async fn a_required_column_needs_its_values_first() {
    const fn of(optional: bool) -> [Field; 1] {
        [Field { optional, ..Field::new(0, "name", "Name", Kind::String) }]
    }
    const MAYBE: [Field; 1] = of(true);
    const ALWAYS: [Field; 1] = of(false);
    static BEFORE: Panel = Panel {
        models: &[Model { name: "Room", table: "rooms", fields: &MAYBE, ..testing::MODEL }],
        roles: &[],
        ..CLINIC
    };
    static AFTER: Panel = Panel {
        models: &[Model { name: "Room", table: "rooms", fields: &ALWAYS, ..testing::MODEL }],
        roles: &[],
        ..CLINIC
    };
    let directory = tempfile::tempdir().unwrap();
    let store = become_panel(&directory, &BEFORE).await.unwrap();
    store.execute_for_test("INSERT INTO rooms (name) VALUES (NULL)").await;
    drop(store);
    let line = refusal(&directory, &AFTER).await;
    assert!(line.contains("rooms") && line.contains("some rows have no value"), "{line}");
    let store = Store::open(&AFTER, &testing::url(&directory)).await.unwrap();
    store.execute_for_test("UPDATE rooms SET name = 'Blue' WHERE name IS NULL").await;
    store.migrate(command_line()).await.unwrap();
    assert_eq!(store.ask_for_test("SELECT name FROM rooms").await, "Blue");
    assert!(store.plan().await.unwrap().is_empty());
}

#[test]
fn a_default_reads_like_its_field() {
    let field = Field { default: Some(Literal::Text("General")), ..Field::new(0, "x", "X", Kind::Choice(0)) };
    assert_eq!(crate::constraint::default_of(&field), text("General"));
}

#[tokio::test]
async fn of_several_that_start_at_once_one_builds_the_schema() {
    let directory = tempfile::tempdir().unwrap();
    let url = testing::url(&directory);
    // On SQLite the first of them has to make the file.
    drop(Store::open(&PANEL, &url).await.unwrap());
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let url = url.clone();
        all.spawn(async move {
            let store = Store::open(&PANEL, &url).await?;
            store.migrate(command_line()).await
        });
    }
    let plans = all.join_all().await;
    let worked = plans.iter().filter(|plan| plan.as_ref().is_ok_and(|plan| !plan.is_empty())).count();
    assert_eq!((plans.iter().filter(|plan| plan.is_ok()).count(), worked), (4, 1), "{plans:?}");
}

#[tokio::test]
async fn the_kinds_of_postgresql_are_its_own() {
    if !crate::testing::place::on_postgres() {
        return;
    }
    let (_directory, store) = testing::store().await;
    let types = "SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM \
         pg_attribute a WHERE a.attrelid = 'samples'::regclass AND a.attnum > 2 AND NOT a.attisdropped";
    assert_eq!(
        store.ask_for_test(types).await,
        "string text, text text, bool boolean, i32 integer, i64 bigint, f64 double precision, dec2 numeric(18,2), dec5 \
         numeric(18,5), date date, time time without time zone, timestamp timestamp with time zone, uuid uuid, json \
         jsonb, secret text, bytes bytea, choice text, key bigint, string2 text, timestamp2 timestamp with time zone"
    );
    // What no form lets through, the table refuses too.
    for wrong in [
        "INSERT INTO samples (f64) VALUES ('NaN')",
        "INSERT INTO samples (f64) VALUES ('Infinity')",
        "INSERT INTO samples (choice) VALUES ('Elsewhere')",
        "INSERT INTO samples (key) VALUES (99)",
        "INSERT INTO samples (json) VALUES ('{')",
    ] {
        assert!(store.try_for_test(wrong).await.is_err(), "{wrong}");
    }
    // A column of hashes is not turned into one of text unseen: then they could be read.
    let secret = "SELECT col_description('patients'::regclass, attnum) FROM pg_attribute WHERE attrelid = \
         'patients'::regclass AND attname = 'pin'";
    assert_eq!(store.ask_for_test(secret).await, "bailiwick: secret");
}

//! A migration takes the time that it needs, however short a statement of a request is cut.

use crate::error::Error;
use crate::migrate::files::File;
use crate::panel::{Field, Model, Panel};
use crate::store::sql::Sql;
use crate::store::{Store, hurried};
use crate::testing::{self, CLINIC, DOCTORS, INVOICES, PATIENTS, SAMPLES, VISITS, command_line, doctor, place};

static INDEXED: Panel = Panel {
    models: &[
        Model {
            fields: &[
                doctor::NAME_FIELD,
                doctor::SPECIALITY_FIELD,
                Field { index_wanted: true, ..doctor::ACTIVE_FIELD },
            ],
            filter: &[1, 2],
            ..DOCTORS
        },
        PATIENTS,
        VISITS,
        INVOICES,
        SAMPLES,
    ],
    ..CLINIC
};

static BARE: Panel =
    Panel { models: &[Model { filter: &[1], ..DOCTORS }, PATIENTS, VISITS, INVOICES, SAMPLES], ..CLINIC };

const MANY: &str = "INSERT INTO doctors (version, name, speciality, active) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL \
     SELECT i + 1 FROM n WHERE i < 60000) SELECT 1, 'Dr. ' || i, 'General', 1 FROM n";

/// Steps enough to be cut off, and gone through in a moment.
const LONG: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) SELECT count(*) FROM n";

#[tokio::test]
async fn no_statement_of_a_migration_is_cut_off() {
    hurried(async {
        let (directory, store) = testing::store_of(&BARE).await;
        if place::on_postgres() {
            // There, the connection says it.
            let file = File {
                name: "0001_told.sql".to_owned(),
                sql: "CREATE TABLE told AS SELECT current_setting('statement_timeout') AS most".to_owned(),
            };
            assert!(store.apply(&file, true, command_line()).await.unwrap());
            assert_eq!(store.ask_for_test("SELECT most FROM told").await, "0");
            assert_eq!(store.ask_for_test("SELECT current_setting('statement_timeout')").await, "5s", "the control");
            return;
        }
        let error = store.fail_for_test(LONG).await;
        assert_eq!(error, Error::TooLong, "the control");
        // Who changes something is not told to ask for less: they may have waited for somebody else.
        let mut change = store.database.begin().await.unwrap();
        let late = Error::from(change.execute(Sql::new(LONG)).await.unwrap_err());
        assert!(matches!(late, Error::Unavailable(_)), "{late:?}");
        drop(change);
        // By a file.
        let file = File { name: "0001_long.sql".to_owned(), sql: format!("CREATE TABLE long AS {LONG}") };
        assert!(store.apply(&file, true, command_line()).await.unwrap());
        // By itself, where there are no files: an index over many rows.
        place::run(&testing::url(&directory), MANY).await;
        let grown = Store::open(&INDEXED, &testing::url(&directory)).await.unwrap();
        assert!(!grown.plan().await.unwrap().is_empty());
        grown.migrate(command_line()).await.unwrap();
        assert!(grown.plan().await.unwrap().is_empty());
    })
    .await;
}

//! Migration files: planned, read, applied in order, and held to; a panel over a database that took others serves
//! nobody.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use tempfile::TempDir;

use super::browser::NoActions;
use crate::builder::Builder;
use crate::cli;
use crate::error::Error;
use crate::panel::{Field, Kind, Model, Panel};
use crate::testing::{CLINIC, DOCTORS, PATIENTS, doctor, place, url};

/// A doctor with these fields.
const fn doctor_of(fields: &'static [Field]) -> Model {
    Model { fields, label: &[0], list: &[], filter: &[], ..DOCTORS }
}

const PATIENT: Model = Model {
    fields: &[Field::new(0, "name", "Name", Kind::String)],
    list: &[],
    filter: &[],
    sort: &[],
    search: &[0],
    inlines: &[],
    ..PATIENTS
};
const FEWER: [Model; 2] = [doctor_of(&[doctor::NAME_FIELD]), PATIENT];
const MORE: [Model; 2] = [
    doctor_of(&[doctor::NAME_FIELD, Field { optional: true, ..Field::new(1, "room", "Room", Kind::String) }]),
    PATIENT,
];
const REQUIRED: [Model; 2] = [doctor_of(&[doctor::NAME_FIELD, Field::new(1, "floor", "Floor", Kind::I64)]), PATIENT];
static BEFORE: Panel = Panel { models: &FEWER, roles: &[], ..CLINIC };
static AFTER: Panel = Panel { models: &MORE, roles: &[], ..CLINIC };
static UNDECIDED: Panel = Panel { models: &REQUIRED, roles: &[], ..CLINIC };

/// A directory with a database in it, and one for the files.
struct Desk {
    directory: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn files(&self) -> std::path::PathBuf {
        self.directory.path().join("migrations")
    }

    fn builder(&self, panel: &'static Panel) -> Builder {
        Builder::new(panel, &NoActions).public_url("http://127.0.0.1:8000").migrations_in(self.files())
    }

    fn run(&self, panel: &'static Panel, words: &[&str]) -> ExitCode {
        let database = url(&self.directory);
        let all = ["clinic", "--database", &database].into_iter().chain(words.iter().copied()).map(OsString::from);
        cli::run(&self.builder(panel), all)
    }

    #[track_caller]
    fn does(&self, panel: &'static Panel, words: &[&str]) {
        assert_eq!(self.run(panel, words), ExitCode::SUCCESS, "{words:?}");
    }

    #[track_caller]
    fn finds(&self, panel: &'static Panel, words: &[&str]) {
        assert_eq!(self.run(panel, words), ExitCode::from(1), "{words:?}");
    }

    /// Why it does not serve.
    fn refusal(&self, panel: &'static Panel) -> String {
        let database = url(&self.directory);
        wait(async {
            match self.builder(panel).service(&database).await {
                Err(Error::Setup(line)) => line,
                other => panic!("served, or {:?}", other.map(|_| ())),
            }
        })
    }

    fn serves(&self, panel: &'static Panel) {
        let database = url(&self.directory);
        wait(async { self.builder(panel).service(&database).await.map(drop) }).unwrap();
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.files())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn ask(&self, text: &'static str) -> i64 {
        let database = url(&self.directory);
        wait(place::ask(&database, text, &[]))
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}

fn write(directory: &Path, name: &str, sql: &str) {
    std::fs::write(directory.join(name), format!("-- bailiwick migration\n{sql}\n")).unwrap();
}

#[test]
fn a_schema_comes_from_files_that_a_person_reads_and_applies() {
    let desk = Desk::new();
    desk.does(&BEFORE, &["migrate", "plan"]);
    let names = desk.names();
    assert_eq!(names, ["0001_create_table_doctors_and_more.sql"]);
    let text = std::fs::read_to_string(desk.files().join(&names[0])).unwrap();
    assert!(text.contains("CREATE TABLE \"doctors\"") && !text.contains("bw_"), "the block's tables alone: {text}");

    // Not applied: nobody is served, and it says what to do.
    let line = desk.refusal(&BEFORE);
    assert!(
        line.contains("0001_create_table_doctors_and_more.sql is not applied") && line.contains("migrate apply"),
        "{line}"
    );
    desk.finds(&BEFORE, &["migrate", "status"]);
    desk.finds(&BEFORE, &["migrate", "drift"]);
    desk.does(&BEFORE, &["migrate", "apply"]);
    desk.does(&BEFORE, &["migrate", "apply"]);
    desk.does(&BEFORE, &["migrate", "status"]);
    desk.does(&BEFORE, &["migrate", "drift"]);
    desk.does(&BEFORE, &["doctor"]);
    desk.serves(&BEFORE);
    assert_eq!(desk.ask("SELECT count(*) FROM bw_audit WHERE CAST(changes AS TEXT) LIKE '%0001_create%'"), 1);

    // The block grows: the panel does not help itself, a file does.
    let line = desk.refusal(&AFTER);
    assert!(line.contains("add column room to doctors") && line.contains("migrate plan"), "{line}");
    desk.finds(&AFTER, &["migrate", "drift"]);
    desk.does(&AFTER, &["migrate", "plan", "--name", "room of a doctor"]);
    assert_eq!(desk.names()[1], "0002_room_of_a_doctor.sql");
    desk.finds(&AFTER, &["migrate", "plan"]);
    desk.does(&AFTER, &["migrate"]);
    desk.serves(&AFTER);

    // What can't be decided is refused with the line, which goes into a file by hand.
    desk.finds(&UNDECIDED, &["migrate", "plan"]);
    assert_eq!(desk.names().len(), 2);
    let line = desk.refusal(&UNDECIDED);
    assert!(line.contains("DROP COLUMN \"room\"") || line.contains("ADD COLUMN"), "{line}");
    let floor = place::either("INTEGER", "bigint");
    write(
        &desk.files(),
        "0003_floor.sql",
        &format!(
            "ALTER TABLE \"doctors\" DROP COLUMN \"room\";\nALTER TABLE \"doctors\" ADD COLUMN \"floor\" {floor} NOT NULL DEFAULT 1;"
        ),
    );
    desk.does(&UNDECIDED, &["migrate", "apply"]);
    desk.serves(&UNDECIDED);
}

#[test]
fn unknown_missing_and_changed_files_are_named_and_nobody_is_served() {
    let desk = Desk::new();
    desk.does(&BEFORE, &["migrate", "plan", "--name", "all"]);
    desk.does(&BEFORE, &["migrate", "apply"]);
    let first = desk.files().join("0001_all.sql");
    let text = std::fs::read_to_string(&first).unwrap();

    std::fs::write(&first, text.clone() + "-- more\n").unwrap();
    let line = desk.refusal(&BEFORE);
    assert!(line.contains("0001_all.sql is not what the database took"), "{line}");
    desk.finds(&BEFORE, &["migrate", "apply"]);
    desk.finds(&BEFORE, &["migrate", "status"]);
    desk.finds(&BEFORE, &["doctor"]);
    std::fs::write(&first, &text).unwrap();
    desk.serves(&BEFORE);

    // A newer program's file.
    write(&desk.files(), "0002_newer.sql", "CREATE TABLE newer (a TEXT);");
    desk.does(&BEFORE, &["migrate", "apply"]);
    std::fs::remove_file(desk.files().join("0002_newer.sql")).unwrap();
    let line = desk.refusal(&BEFORE);
    assert!(line.contains("0002_newer.sql") && line.contains("does not know"), "{line}");

    // No files at all: the schema must not begin to grow by itself again.
    std::fs::remove_dir_all(desk.files()).unwrap();
    let line = desk.refusal(&AFTER);
    assert!(line.contains("0001_all.sql") && line.contains("no migration files here"), "{line}");
    assert_eq!(desk.ask("SELECT count(*) FROM bw_migration_files"), 2);
}

#[test]
fn a_file_happens_whole_or_not_at_all() {
    let desk = Desk::new();
    desk.does(&BEFORE, &["migrate", "plan", "--name", "all"]);
    desk.does(&BEFORE, &["migrate", "apply"]);
    write(
        &desk.files(),
        "0002_half.sql",
        "CREATE TABLE half (a INTEGER);\nINSERT INTO half VALUES (1);\nINSERT INTO nowhere VALUES (1);",
    );
    assert_eq!(desk.run(&BEFORE, &["migrate", "apply"]), ExitCode::from(2));
    let tables = place::either(
        "SELECT count(*) FROM sqlite_schema WHERE name = 'half'",
        "SELECT count(*) FROM pg_class WHERE relname = 'half'",
    );
    assert_eq!((desk.ask(tables), desk.ask("SELECT count(*) FROM bw_migration_files")), (0, 1));
    // One that would end the transaction, one for another database, one out of order.
    write(&desk.files(), "0002_half.sql", "CREATE TABLE half (a INTEGER); COMMIT; DROP TABLE nowhere;");
    assert_eq!(desk.run(&BEFORE, &["migrate", "apply"]), ExitCode::from(2));
    assert_eq!(desk.ask(tables), 0);
    let other = place::either("PostgreSQL", "SQLite");
    std::fs::write(
        desk.files().join("0002_half.sql"),
        format!("-- bailiwick migration for {other}\nCREATE TABLE half (a INTEGER);\n"),
    )
    .unwrap();
    assert_eq!(desk.run(&BEFORE, &["migrate", "apply"]), ExitCode::from(2));
    assert_eq!(desk.ask(tables), 0);
    std::fs::remove_file(desk.files().join("0002_half.sql")).unwrap();
    write(&desk.files(), "0000_early.sql", "CREATE TABLE half (a INTEGER);");
    desk.finds(&BEFORE, &["migrate", "apply"]);
    assert_eq!(desk.ask(tables), 0);
}

#[test]
fn without_files_the_schema_grows_by_itself_and_a_baseline_begins_with_them() {
    let desk = Desk::new();
    desk.serves(&BEFORE);
    desk.does(&BEFORE, &["migrate", "plan"]);
    assert!(!desk.files().exists(), "nothing to write");
    desk.finds(&BEFORE, &["migrate", "apply"]);
    desk.finds(&AFTER, &["migrate", "plan", "--baseline"]);
    desk.does(&BEFORE, &["migrate", "plan", "--baseline"]);
    assert_eq!(desk.names(), ["0001_baseline.sql"]);
    desk.serves(&BEFORE);
    assert!(desk.refusal(&AFTER).contains("migrate plan"));
    // Elsewhere the same file makes the same schema.
    let other = Desk::new();
    std::fs::create_dir(other.files()).unwrap();
    std::fs::copy(desk.files().join("0001_baseline.sql"), other.files().join("0001_baseline.sql")).unwrap();
    other.does(&BEFORE, &["migrate", "apply"]);
    other.serves(&BEFORE);
    other.does(&BEFORE, &["migrate", "drift"]);
}

#[test]
fn files_may_be_within_the_program() {
    static FILES: [(&str, &str); 1] = [("0001_extra.sql", "-- bailiwick migration\nCREATE TABLE extra (a INTEGER);\n")];
    let desk = Desk::new();
    let database = url(&desk.directory);
    let line = wait(async {
        let builder = Builder::new(&BEFORE, &NoActions).public_url("http://127.0.0.1:8000").migrations(&FILES);
        builder.service(&database).await.map(drop).unwrap_err().to_string()
    });
    assert!(line.contains("0001_extra.sql is not applied"), "{line}");
}

#[test]
fn two_processes_that_apply_at_once_apply_once() {
    let desk = Desk::new();
    desk.does(&BEFORE, &["migrate", "plan", "--name", "all"]);
    let codes: Vec<ExitCode> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..3).map(|_| scope.spawn(|| desk.run(&BEFORE, &["migrate", "apply"]))).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(codes, [ExitCode::SUCCESS; 3]);
    assert_eq!(desk.ask("SELECT count(*) FROM bw_migration_files"), 1);
}

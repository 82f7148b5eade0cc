use crate::error::Error;
use crate::store::Store;
use crate::testing::{self, PANEL, place};

async fn refusal(url: &str) -> String {
    match Store::open(&PANEL, url).await {
        Err(Error::Setup(line)) => {
            assert!(!line.contains('\n'), "one line: {line}");
            line
        }
        other => panic!("expected a refusal of {url}, got {other:?}"),
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    for content in [&b"remember the milk, and a little more text"[..], b"short"] {
        std::fs::write(&path, content).unwrap();
        let line = refusal(&format!("sqlite:{}", path.display())).await;
        assert!(line.contains("notes.txt: the file is not a SQLite database"), "{line}");
        assert_eq!(std::fs::read(&path).unwrap(), content);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "nothing beside it");
    }
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("clinic.db");
    let mut content = b"SQLite format 3\0".to_vec();
    content.extend([0x5a; 8_000]);
    std::fs::write(&path, &content).unwrap();
    let line = refusal(&format!("sqlite:{}", path.display())).await;
    assert!(line.contains("not a SQLite database"), "{line}");
    assert_eq!(std::fs::read(&path).unwrap(), content);
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let (directory, store) = testing::store().await;
    if place::on_postgres() {
        store.execute_for_test("COMMENT ON TABLE bw_migrations IS 'bailiwick schema 99'").await;
        let line = refusal(&testing::url(&directory)).await;
        assert!(line.contains("a newer version of this program wrote it (schema 99"), "{line}");
        return;
    }
    store.execute_for_test("PRAGMA user_version = 99").await;
    store.execute_for_test("PRAGMA wal_checkpoint(TRUNCATE)").await;
    drop(store);
    let path = directory.path().join("clinic.db");
    let before = std::fs::read(&path).unwrap();
    let line = refusal(&testing::url(&directory)).await;
    assert!(line.contains("a newer version of this program wrote it (schema 99"), "{line}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let line = refusal(&format!("sqlite:{}/nowhere/clinic.db", directory.path().display())).await;
    assert!(line.contains("nowhere does not exist"), "{line}");
    assert!(refusal(&format!("sqlite:{}", directory.path().display())).await.contains("it is a directory"));
    assert!(refusal("sqlite::memory:").await.contains("needs the path of a file"));
    assert!(refusal("sqlite:").await.contains("needs the path of a file"));
    assert!(refusal("sqlite:clinic.db?mode=memory").await.contains("no options"));
    for (url, words) in [
        ("postgres://anna:hunter2@127.0.0.1:1/clinic", "the database clinic on 127.0.0.1:1: "),
        ("postgres://anna:hunter2@[::1/clinic", "does not read"),
        ("postgres://anna@127.0.0.1:1/clinic?passwort=hunter2", "has the option passwort"),
        ("postgres://anna@127.0.0.1:1/clinic?sslmode=hunter2", "an option that does not read"),
        ("mysql://anna:hunter2@db/clinic", "must start with sqlite: or postgres:"),
    ] {
        let line = refusal(url).await;
        assert!(line.contains(words), "{words} is not in: {line}");
        assert!(!line.contains("hunter2"), "a password in a message: {line}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_place_that_takes_no_file_is_named() {
    let line = refusal("sqlite:/proc/clinic.db").await;
    assert!(line.contains("can't be made here"), "{line}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (directory, _store) = testing::store().await;
    if place::on_postgres() {
        return;
    }
    let mode = std::fs::metadata(directory.path().join("clinic.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn it_runs_as_the_defaults_say() {
    let (_directory, store) = testing::store().await;
    let defaults = place::either(
        &[
            ("PRAGMA journal_mode", "wal"),
            ("PRAGMA synchronous", "2"),
            ("PRAGMA foreign_keys", "1"),
            ("PRAGMA busy_timeout", "5000"),
        ][..],
        &[
            ("SELECT current_setting('statement_timeout')", "5s"),
            ("SELECT current_setting('idle_in_transaction_session_timeout')", "1min"),
            ("SELECT current_setting('default_transaction_read_only')", "on"),
            ("SELECT current_setting('application_name')", "bailiwick"),
            ("SELECT current_setting('random_page_cost')", "1.1"),
        ][..],
    );
    for &(pragma, value) in defaults {
        assert_eq!(store.ask_for_test(pragma).await, value, "{pragma}");
    }
}

#[tokio::test]
async fn what_a_server_was_told_of_its_disks_stays() {
    const TOLD: &str = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET random_page_cost = 3', current_database()); \
         END $$";
    if !place::on_postgres() {
        return;
    }
    let (directory, store) = testing::store().await;
    drop(store);
    let url = place::url(directory.path());
    place::run(&url, TOLD).await;
    let store = Store::open(&PANEL, &url).await.expect("the database");
    assert_eq!(store.ask_for_test("SELECT current_setting('random_page_cost')").await, "3");
}

#[tokio::test]
async fn a_statement_without_end_is_interrupted() {
    // Three nested walks over a million numbers each would take days.
    const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) \
         SELECT count(*) FROM n AS a, n AS b, n AS c";
    let (_directory, store) = testing::store().await;
    let started = std::time::Instant::now();
    let error = store.fail_for_test(place::either(ENDLESS, "SELECT pg_sleep(60)")).await;
    assert_eq!(error, Error::TooLong);
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(store.ask_for_test("SELECT 1").await, "1");
}

#[tokio::test]
async fn a_request_that_goes_away_leaves_no_connection_half_used() {
    const LONG: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) SELECT \
         count(*) FROM n";
    let (_directory, store) = testing::store().await;
    let long = place::either(LONG, "SELECT pg_sleep(4)::text");
    for _ in 0..8 {
        let gone = tokio::time::timeout(std::time::Duration::from_millis(20), store.ask_for_test(long)).await;
        assert!(gone.is_err(), "the statement was not long enough to be left");
    }
    assert_eq!(store.ask_for_test("SELECT 1").await, "1");
    let write = store.write(testing::command_line()).await.unwrap();
    write.roll_back().await.unwrap();
}

#[tokio::test]
async fn a_reading_connection_can_t_write() {
    let (_directory, store) = testing::store().await;
    let error = store.fail_for_test("DELETE FROM bw_audit").await;
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}

/// SQLite keeps one count of its locks on a file for the whole process; closing the file by another way takes them all
/// from it (POSIX), unseen, and another process may then clear the log away under it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn another_store_on_the_same_file_leaves_the_locks_of_the_first() {
    use std::os::unix::fs::MetadataExt as _;
    let (directory, store) = testing::store().await;
    if place::on_postgres() {
        return;
    }
    assert_eq!(store.ask_for_test("SELECT count(*) FROM doctors").await, "0");
    let inode = format!(":{} ", std::fs::metadata(directory.path().join("clinic.db")).unwrap().ino());
    let held = || std::fs::read_to_string("/proc/locks").is_ok_and(|locks| locks.contains(&inode));
    // Some systems show nobody their locks.
    if held() {
        let other = Store::open(&PANEL, &testing::url(&directory)).await.unwrap();
        assert!(held(), "the locks are gone");
        drop(other);
        assert_eq!(store.ask_for_test("SELECT count(*) FROM doctors").await, "0");
    }
}

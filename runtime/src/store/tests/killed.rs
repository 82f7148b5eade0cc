//! kill -9 while migration files are applied: each has happened whole, with its record and its event, or not at all.
//! The control applies a file apart from its record, and there the same check must find a mismatch.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::migrate::files::File;
use crate::store::Store;
use crate::testing::{self, PANEL, command_line, place};

const URL: &str = "BAILIWICK_KILLED_URL";
const APART: &str = "BAILIWICK_KILLED_APART";
/// Kills in an ordinary run; as many as one likes by `BAILIWICK_KILLS`.
const ROUNDS: u64 = 20;

/// Of three things that each file leaves (a table, a row, an event), those that are not as many as files are recorded.
const UNMATCHED: [&str; 2] = [
    "SELECT CAST(abs(t - f) + abs(d - f) + abs(e - f) AS TEXT) FROM (SELECT (SELECT count(*) FROM sqlite_schema WHERE name \
     LIKE 'step%') AS t, (SELECT count(*) FROM doctors) AS d, (SELECT count(*) FROM bw_migration_files) AS f, (SELECT \
     count(*) FROM bw_audit WHERE changes LIKE '%_step.sql%') AS e) AS counted",
    "SELECT CAST(abs(t - f) + abs(d - f) + abs(e - f) AS TEXT) FROM (SELECT (SELECT count(*) FROM pg_class WHERE relname \
     LIKE 'step%' AND relkind = 'r') AS t, (SELECT count(*) FROM doctors) AS d, (SELECT count(*) FROM bw_migration_files) \
     AS f, (SELECT count(*) FROM bw_audit WHERE changes::text LIKE '%_step.sql%') AS e) AS counted",
];

fn file(number: usize) -> File {
    let yes = place::either("1", "true");
    File {
        name: format!("{number:04}_step.sql"),
        sql: format!(
            "CREATE TABLE step{number} (a INTEGER);\nINSERT INTO step{number} WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL \
             SELECT i + 1 FROM n WHERE i < 2000) SELECT i FROM n;\nINSERT INTO doctors (version, name, speciality, active) \
             VALUES (1, 'Dr. {number}', 'General', {yes});"
        ),
    }
}

/// The child: applies one file after the other until it is killed. As a test of its own it has nothing to do.
#[tokio::test]
async fn child() {
    let Ok(url) = std::env::var(URL) else { return };
    let apart = std::env::var(APART).is_ok();
    let store = Store::open(&PANEL, &url).await.unwrap();
    for number in store.taken().await.unwrap().len().. {
        let file = file(number);
        if apart {
            place::run(&url, String::leak(file.sql.clone())).await;
        }
        assert!(store.apply(&file, !apart, command_line()).await.unwrap());
        println!("written {number}");
    }
}

fn apply_and_kill(url: &str, apart: bool, round: u64) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "store::tests::killed::child", "--nocapture", "--test-threads=1"]);
    command.env(URL, url).stdout(Stdio::piped()).stderr(Stdio::null());
    if apart {
        command.env(APART, "1");
    }
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut applied = 0;
    while applied < 1 + round % 3 {
        let line = lines.next().expect("the child applies files until it is killed").unwrap();
        applied += u64::from(line.contains("written"));
    }
    // A different moment within the next file each round.
    let moment = Instant::now() + Duration::from_micros(round * 3_700 % 60_000);
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_migration_file_happens_whole_or_not_at_all_whenever_its_process_dies() {
    let (directory, store) = testing::store().await;
    let rounds = std::env::var("BAILIWICK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(ROUNDS);
    for round in 0..rounds {
        apply_and_kill(&testing::url(&directory), false, round);
        assert_eq!(store.ask_for_test(place::either(UNMATCHED[0], UNMATCHED[1])).await, "0", "round {round}");
    }
    assert!(u64::try_from(store.taken().await.unwrap().len()).unwrap() >= rounds, "the children did apply files");
    let verified = store.verify_audit().await.unwrap();
    assert!(matches!(verified, crate::audit::chain::Verified::Whole { .. }), "{verified:?}");
}

#[tokio::test]
async fn applied_apart_from_its_record_a_kill_would_be_seen() {
    for round in 0..4 * ROUNDS {
        let (directory, store) = testing::store().await;
        apply_and_kill(&testing::url(&directory), true, round);
        if store.ask_for_test(place::either(UNMATCHED[0], UNMATCHED[1])).await != "0" {
            return;
        }
    }
    panic!("{} kills between a file and its record went unseen: the check sees nothing", 4 * ROUNDS);
}

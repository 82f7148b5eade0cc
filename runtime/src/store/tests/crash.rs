//! kill -9 while rows are written: no row without its entry, no entry without its row. The control writes the two apart,
//! and there the same check must find a mismatch.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::audit::Event;
use crate::panel::Verb;
use crate::store::{Parents, Store};
use crate::testing::{self, PANEL, SAMPLE};
use crate::value::{Row, Value};

const URL: &str = "BAILIWICK_CRASH_URL";
const APART: &str = "BAILIWICK_CRASH_APART";
const ROUNDS: u64 = 12;

/// Rows without their entry and entries without their row.
const UNMATCHED: &str = "SELECT (SELECT count(*) FROM samples WHERE id NOT IN (SELECT row_id FROM bw_audit WHERE event \
     = 'row.created')) + (SELECT count(*) FROM bw_audit WHERE event = 'row.created' AND row_id NOT IN (SELECT id FROM \
     samples))";

/// The child: writes until it is killed. As a test of its own, without an address, it has nothing to do.
#[tokio::test]
async fn child() {
    let Ok(url) = std::env::var(URL) else { return };
    let apart = std::env::var(APART).is_ok();
    let store = Store::open(&PANEL, &url).await.unwrap();
    loop {
        if apart {
            write_apart(&store).await;
        } else {
            write_together(&store).await;
        }
        println!("written");
    }
}

async fn write_together(store: &Store) {
    let owner = testing::actor("Owner", None);
    let mut write = store.write(testing::context(&owner)).await.unwrap();
    let create = testing::terms(&owner, Verb::Create, SAMPLE);
    let inserted = write.insert(&create, vec![(3, Value::Int(1))], Parents::AnyThatExists).await.unwrap();
    write.commit(inserted.recorded).await.unwrap();
}

async fn write_apart(store: &Store) {
    let model = &PANEL.models[SAMPLE];
    let mut row = Row::new(0, 1, model.fields.len());
    (0..model.fields.len()).for_each(|field| row.set(field, Value::Null));
    let mut transaction = store.database.begin().await.unwrap();
    row.id = transaction.insert(model, std::slice::from_ref(&row)).await.unwrap()[0];
    transaction.commit_without_event().await.unwrap();
    let mut transaction = store.database.begin().await.unwrap();
    transaction.journal(&testing::command_line(), &[Event::created(model, &row)]).await.unwrap();
    transaction.commit_without_event().await.unwrap();
}

/// Lets a child write some rows and kills it somewhere in the middle of the next.
fn write_and_kill(url: &str, apart: bool, round: u64) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "store::tests::crash::child", "--nocapture", "--test-threads=1"]);
    command.env(URL, url).stdout(Stdio::piped()).stderr(Stdio::null());
    if apart {
        command.env(APART, "1");
    }
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut written = 0;
    while written < 3 + round % 5 {
        let line = lines.next().expect("the child writes until it is killed").unwrap();
        written += u64::from(line.ends_with("written"));
    }
    // A different moment within the next write each round.
    let moment = Instant::now() + Duration::from_micros(round * 370 % 4_100);
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_kill_leaves_no_row_without_its_entry() {
    let (directory, store) = testing::store().await;
    for round in 0..ROUNDS {
        write_and_kill(&testing::url(&directory), false, round);
        assert_eq!(store.ask_for_test(UNMATCHED).await, "0", "round {round}");
    }
    let rows: u64 = store.ask_for_test("SELECT count(*) FROM samples").await.parse().unwrap();
    assert!(rows >= 3 * ROUNDS, "{rows} rows: the children did write");
    let verified = store.verify_audit().await.unwrap();
    assert!(matches!(verified, crate::audit::chain::Verified::Whole { .. }), "{verified:?}");
}

#[tokio::test]
async fn written_apart_a_kill_would_be_seen() {
    let (directory, store) = testing::store().await;
    for round in 0..20 * ROUNDS {
        write_and_kill(&testing::url(&directory), true, round);
        if store.ask_for_test(UNMATCHED).await != "0" {
            return;
        }
    }
    panic!("{} kills between a row and its entry went unseen: the check sees nothing", 20 * ROUNDS);
}

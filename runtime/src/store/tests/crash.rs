//! kill -9 while rows are written: no row without its entry, no entry without its row. The control writes the two
//! apart, and there the same check must find a mismatch.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::audit::Event;
use crate::panel::Verb;
use crate::store::{Parents, Store, Updated};
use crate::testing::{self, PANEL, SAMPLE};
use crate::value::{Row, Value};

const URL: &str = "BAILIWICK_CRASH_URL";
const APART: &str = "BAILIWICK_CRASH_APART";
/// Kills in an ordinary run; as many as one likes by `BAILIWICK_KILLS`.
const ROUNDS: u64 = 60;
/// Who write at once.
const AT_ONCE: usize = 4;
const KILLS: &str = "BAILIWICK_KILLS";

/// Rows without as many entries as they have versions, rows without the entry of their beginning, and entries of a
/// beginning whose row is neither there nor recorded as gone.
const UNMATCHED: &str = "SELECT (SELECT count(*) FROM samples s WHERE s.version <> (SELECT count(*) FROM bw_audit a WHERE \
     a.model = 'Sample' AND a.row_id = s.id AND a.event IN ('row.created', 'row.updated'))) + (SELECT count(*) FROM \
     samples WHERE id NOT IN (SELECT row_id FROM bw_audit WHERE event = 'row.created')) + (SELECT count(*) FROM bw_audit \
     WHERE event = 'row.created' AND row_id NOT IN (SELECT id FROM samples) AND row_id NOT IN (SELECT row_id FROM \
     bw_audit WHERE event = 'row.deleted'))";

/// The child: writes until it is killed. As a test of its own, without an address, it has nothing to do.
#[tokio::test]
async fn child() {
    let Ok(url) = std::env::var(URL) else { return };
    let apart = std::env::var(APART).is_ok();
    let store = Store::open(&PANEL, &url).await.unwrap();
    if apart {
        loop {
            write_apart(&store).await;
            println!("written");
        }
    }
    // Several at once, so that some of them share their commits.
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        all.spawn(write_on(store.clone()));
    }
    all.join_all().await;
}

async fn write_on(store: Store) {
    for number in 0_u64.. {
        let (id, version) = insert(&store).await;
        println!("written made {id} {version}");
        println!("written saved {id} {}", update(&store, id, version).await);
        if number % 3 == 0 {
            delete(&store, id).await;
            println!("written gone {id} 0");
        }
    }
}

async fn insert(store: &Store) -> (i64, i64) {
    let owner = testing::actor("Owner", None);
    let mut write = store.write(testing::context(&owner)).await.unwrap();
    let create = testing::terms(&owner, Verb::Create, SAMPLE);
    let inserted = write.insert(&create, vec![(3, Value::Int(1))], Parents::AnyThatExists).await.unwrap();
    write.commit(inserted.recorded).await.unwrap();
    (testing::number(inserted.row.id), inserted.row.version)
}

async fn update(store: &Store, id: i64, version: i64) -> i64 {
    let owner = testing::actor("Owner", None);
    let mut write = store.write(testing::context(&owner)).await.unwrap();
    let edit = testing::terms(&owner, Verb::Edit, SAMPLE);
    let change = vec![(3, Value::Int(2))];
    let updated = write.update(&edit, id.into(), Some(version), change, Parents::AnyThatExists).await.unwrap();
    let Updated::Changed(row, recorded) = updated else { panic!("it differs") };
    write.commit(recorded).await.unwrap();
    row.version
}

async fn delete(store: &Store, id: i64) {
    let owner = testing::actor("Owner", None);
    let mut write = store.write(testing::context(&owner)).await.unwrap();
    let recorded = write.delete(&testing::terms(&owner, Verb::Delete, SAMPLE), id.into(), None).await.unwrap();
    write.commit(recorded).await.unwrap();
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

/// Lets a child write some rows and kills it somewhere in the middle of the next; what it said was done.
fn write_and_kill(url: &str, apart: bool, round: u64) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "store::tests::crash::child", "--nocapture", "--test-threads=1"]);
    command.env(URL, url).stdout(Stdio::piped()).stderr(Stdio::null());
    if apart {
        command.env(APART, "1");
    }
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said: Vec<String> = Vec::new();
    let told = |line: &str| line.split_once("written").map(|(_, rest)| rest.trim().to_owned());
    while u64::try_from(said.len()).unwrap() < 3 + round % 5 {
        let line = lines.next().expect("the child writes until it is killed").unwrap();
        said.extend(told(&line));
    }
    // A different moment within the next write each round.
    let moment = Instant::now() + Duration::from_micros(round * 370 % 4_100);
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it had said before it died, but for a last line that broke off.
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    said.extend(rest.iter().filter_map(|line| told(line)).filter(|line| line.split(' ').count() == 3));
    said
}

#[tokio::test]
async fn a_kill_leaves_no_row_without_its_entry() {
    let (directory, store) = testing::store().await;
    let rounds = std::env::var(KILLS).ok().and_then(|kills| kills.parse().ok()).unwrap_or(ROUNDS);
    let mut said = Vec::new();
    for round in 0..rounds {
        said.extend(write_and_kill(&testing::url(&directory), false, round));
        assert_eq!(store.ask_for_test(UNMATCHED).await, "0", "round {round}");
    }
    let rows: u64 =
        store.ask_for_test("SELECT count(*) FROM bw_audit WHERE event = 'row.created'").await.parse().unwrap();
    assert!(rows >= rounds, "{rows} rows: the children did write");
    // What was acknowledged is there: by the log, which was just seen to be of one mind with the rows.
    let there = "SELECT group_concat(CASE event WHEN 'row.created' THEN 'made ' WHEN 'row.updated' THEN 'saved ' ELSE \
                 'gone ' END || row_id, ',') FROM bw_audit WHERE model = 'Sample'";
    let there: BTreeSet<String> = store.ask_for_test(there).await.split(',').map(str::to_owned).collect();
    for line in &said {
        let (what, _) = line.rsplit_once(' ').expect("what, row and version");
        assert!(there.contains(what), "acknowledged and lost: {line}");
    }
    assert!(u64::try_from(said.len()).unwrap() >= 3 * rounds);
    let verified = store.verify_audit().await.unwrap();
    assert!(matches!(verified, crate::audit::chain::Verified::Whole { .. }), "{verified:?}");
}

#[tokio::test]
async fn written_apart_a_kill_would_be_seen() {
    let (directory, store) = testing::store().await;
    for round in 0..4 * ROUNDS {
        write_and_kill(&testing::url(&directory), true, round);
        if store.ask_for_test(UNMATCHED).await != "0" {
            return;
        }
    }
    panic!("{} kills between a row and its entry went unseen: the check sees nothing", 4 * ROUNDS);
}

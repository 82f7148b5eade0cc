//! A thousand random tamperings with the log, of every kind: all found, and the first bad entry named. Without the hash
//! of one entry in the next, or without the head, some of them would pass.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Row as _};

use crate::audit::chain::{Stored, Verified};
use crate::audit::{Change, Event, EventId};
use crate::panel::Sensitivity;
use crate::store::Store;
use crate::testing;

const ENTRIES: i64 = 40;
const TAMPERINGS: u32 = 1_000;

/// The same numbers each time (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, bound: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    /// Between both, both included.
    fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.up_to(to - from + 1)
    }
}

async fn log() -> (tempfile::TempDir, Store, SqliteConnection) {
    let (directory, store) = testing::store().await;
    for row in 2..=ENTRIES {
        // Some as a request makes them, some as the command line does.
        let mut context = testing::context(&testing::actor("Owner", None));
        context.origin.address = (row % 2 == 0).then(|| "198.51.100.7".to_owned());
        let mut write = store.write(context).await.unwrap();
        let event = Event::about(EventId::RowUpdated, "Patient", Some(row));
        let recorded = write.record(event.with(Change::fact("name", Sensitivity::Personal, format!("name {row}"))));
        write.commit(recorded).await.unwrap();
    }
    let options = SqliteConnectOptions::new()
        .filename(directory.path().join("clinic.db"))
        .synchronous(sqlx::sqlite::SqliteSynchronous::Off);
    let mut file = options.connect().await.unwrap();
    let copy = "CREATE TABLE log_copy AS SELECT * FROM bw_audit; CREATE TABLE head_copy AS SELECT * FROM bw_audit_head";
    sqlx::raw_sql(copy).execute(&mut file).await.unwrap();
    (directory, store, file)
}

async fn restore(file: &mut SqliteConnection) {
    let all = "BEGIN; DELETE FROM bw_audit; INSERT INTO bw_audit SELECT * FROM log_copy; DELETE FROM bw_audit_head; \
               INSERT INTO bw_audit_head SELECT * FROM head_copy; DELETE FROM bw_audit_anchor; COMMIT";
    sqlx::raw_sql(all).execute(file).await.unwrap();
}

async fn run(file: &mut SqliteConnection, sql: &'static str, bound: &[i64]) {
    let mut query = sqlx::query(sql);
    for value in bound {
        query = query.bind(*value);
    }
    let done = query.execute(file).await.unwrap();
    assert!(done.rows_affected() > 0, "{sql} changed nothing");
}

/// One column of an entry becomes something else.
const EDITS: [&str; 17] = [
    "UPDATE bw_audit SET at = at || '0' WHERE seq = $1",
    "UPDATE bw_audit SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = $1",
    "UPDATE bw_audit SET request_id = '018f0000-0000-7000-8000-000000000000' WHERE seq = $1",
    "UPDATE bw_audit SET actor = coalesce(actor, 0) + 1 WHERE seq = $1",
    "UPDATE bw_audit SET actor_email = 'eve@example.org' WHERE seq = $1",
    "UPDATE bw_audit SET actor_email = coalesce(actor_email, '') || ' ' WHERE seq = $1",
    "UPDATE bw_audit SET session = coalesce(session, 0) + 1 WHERE seq = $1",
    "UPDATE bw_audit SET address = coalesce(address, '') || '1' WHERE seq = $1",
    "UPDATE bw_audit SET address = CASE WHEN address IS NULL THEN '' END WHERE seq = $1",
    "UPDATE bw_audit SET event = 'row.created' WHERE seq = $1",
    "UPDATE bw_audit SET event = event || 'x' WHERE seq = $1",
    "UPDATE bw_audit SET model = 'Visit' WHERE seq = $1",
    "UPDATE bw_audit SET row_id = coalesce(row_id, 0) + 1 WHERE seq = $1",
    "UPDATE bw_audit SET row_key = coalesce(row_key, '') || 'text A' WHERE seq = $1",
    "UPDATE bw_audit SET changes = '[]' WHERE seq = $1",
    "UPDATE bw_audit SET changes = changes || ' ' WHERE seq = $1",
    "UPDATE bw_audit SET hash = zeroblob(32) WHERE seq = $1",
];

/// Tampers once; gives what was done and the entry that must be named.
async fn tamper(file: &mut SqliteConnection, dice: &mut Dice) -> (String, i64) {
    let kind = dice.up_to(12);
    let at = dice.between(1, ENTRIES);
    match kind {
        0..=2 => {
            let which = usize::try_from(dice.up_to(EDITS.len().try_into().unwrap())).unwrap();
            run(file, EDITS[which], &[at]).await;
            (format!("{} at {at}", EDITS[which]), at)
        }
        3 => {
            let to = dice.between(at, ENTRIES);
            run(file, "DELETE FROM bw_audit WHERE seq BETWEEN $1 AND $2", &[at, to]).await;
            (format!("entries {at} to {to} deleted"), at)
        }
        4 => {
            run(file, "DELETE FROM bw_audit WHERE seq >= $1", &[at]).await;
            (format!("cut off at {at}"), at)
        }
        5 => {
            let at = dice.between(1, ENTRIES - 1);
            let other = dice.between(at + 1, ENTRIES);
            run(file, "UPDATE bw_audit SET seq = -1 WHERE seq = $1", &[at]).await;
            run(file, "UPDATE bw_audit SET seq = $1 WHERE seq = $2", &[at, other]).await;
            run(file, "UPDATE bw_audit SET seq = $1 WHERE seq = -1", &[other]).await;
            (format!("{at} and {other} change places"), at)
        }
        6 => {
            // Another entry's copy comes in between, and what follows moves up.
            let at = dice.between(1, ENTRIES);
            let from = dice.between(1, ENTRIES);
            run(file, "UPDATE bw_audit SET seq = -seq - 1 WHERE seq >= $1", &[at]).await;
            run(file, "UPDATE bw_audit SET seq = -seq WHERE seq < 0", &[]).await;
            run(
                file,
                "INSERT INTO bw_audit SELECT $1, at, request_id, actor, actor_email, session, address, event, model, \
                 row_id, row_key, changes, prev_hash, hash FROM log_copy WHERE seq = $2",
                &[at, from],
            )
            .await;
            // Its own copy in its own place is itself; then the one behind it is the stranger.
            (format!("a copy of {from} inserted at {at}"), if from == at { at + 1 } else { at })
        }
        7 => {
            run(
                file,
                "INSERT INTO bw_audit SELECT $1, at, request_id, actor, actor_email, session, address, event, model, \
                 row_id, row_key, changes, (SELECT hash FROM bw_audit_head), hash FROM log_copy WHERE seq = $2",
                &[ENTRIES + 1, at],
            )
            .await;
            (format!("a copy of {at} added at the end"), ENTRIES + 1)
        }
        8 => {
            run(file, "UPDATE bw_audit SET prev_hash = zeroblob(31) WHERE seq = $1", &[at]).await;
            (format!("{at} follows something else"), at)
        }
        9 => {
            // By somebody who knows how an entry is hashed.
            let hash = rehashed(file, at).await;
            let query = sqlx::query("UPDATE bw_audit SET actor_email = 'eve@example.org', hash = $1 WHERE seq = $2");
            query.bind(hash.as_slice()).bind(at).execute(file).await.unwrap();
            (format!("{at} edited and hashed anew"), if at == ENTRIES { at } else { at + 1 })
        }
        10 => {
            let to = dice.between(1, ENTRIES - 1);
            run(file, "UPDATE bw_audit_head SET seq = $1", &[to]).await;
            (format!("the head set back to {to}"), to + 1)
        }
        _ => {
            // As if retention had removed the start.
            let to = dice.between(1, ENTRIES - 1);
            let anchor = "INSERT INTO bw_audit_anchor SELECT 1, seq, hash, at FROM bw_audit WHERE seq = $1";
            run(file, anchor, &[to]).await;
            run(file, "DELETE FROM bw_audit WHERE seq <= $1", &[to]).await;
            (format!("the start up to {to} removed with a forged anchor"), 1)
        }
    }
}

async fn rehashed(file: &mut SqliteConnection, seq: i64) -> [u8; 32] {
    let query = sqlx::query(
        "SELECT seq, at, request_id, actor, session, event, model, row_id, changes, prev_hash, address FROM bw_audit \
         WHERE seq = $1",
    );
    let row = query.bind(seq).fetch_one(file).await.unwrap();
    let entry = Stored {
        seq: row.get(0),
        at: row.get(1),
        request: row.get(2),
        actor: row.get(3),
        actor_email: Some("eve@example.org".to_owned()),
        session: row.get(4),
        address: row.get(10),
        event: row.get(5),
        model: row.get(6),
        row: row.get(7),
        key: None,
        changes: row.get(8),
    };
    let previous: Vec<u8> = row.get(9);
    entry.hash(&previous.try_into().unwrap())
}

#[tokio::test]
async fn a_thousand_random_tamperings_are_all_found_where_they_begin() {
    let (_directory, store, mut file) = log().await;
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for number in 0..TAMPERINGS {
        if number % 100 == 0 {
            let whole = Verified::Whole { entries: u64::try_from(ENTRIES).unwrap() };
            assert_eq!(store.verify_audit().await.unwrap(), whole, "the control");
        }
        let (what, bad) = tamper(&mut file, &mut dice).await;
        match store.verify_audit().await.unwrap() {
            Verified::Broken { seq, why } => assert_eq!(seq, bad, "{number}: {what}: {why}"),
            Verified::Whole { .. } => panic!("{number}: {what} went unseen"),
        }
        restore(&mut file).await;
    }
}

#[tokio::test]
async fn who_rewrites_the_whole_chain_is_found_by_a_checkpoint() {
    let (_directory, store, mut file) = log().await;
    let checkpoint = store.checkpoint().await.unwrap();
    let parsed = crate::audit::chain::Checkpoint::parse(&checkpoint.to_string());
    assert_eq!(parsed, Some(checkpoint));
    assert!(matches!(store.verify_audit_against(checkpoint).await.unwrap(), Verified::Whole { .. }), "the control");
    for seq in 20..=ENTRIES {
        let previous: Vec<u8> = sqlx::query_scalar("SELECT hash FROM bw_audit WHERE seq = $1")
            .bind(seq - 1)
            .fetch_one(&mut file)
            .await
            .unwrap();
        let chain = sqlx::query("UPDATE bw_audit SET prev_hash = $1 WHERE seq = $2").bind(previous).bind(seq);
        chain.execute(&mut file).await.unwrap();
        let hash = rehashed(&mut file, seq).await;
        let query = sqlx::query("UPDATE bw_audit SET actor_email = 'eve@example.org', hash = $1 WHERE seq = $2");
        query.bind(hash.as_slice()).bind(seq).execute(&mut file).await.unwrap();
        let head = sqlx::query("UPDATE bw_audit_head SET hash = $1").bind(hash.as_slice().to_vec());
        head.execute(&mut file).await.unwrap();
    }
    assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { .. }), "the chain alone does not tell");
    let against = store.verify_audit_against(checkpoint).await.unwrap();
    assert!(matches!(against, Verified::Broken { seq, .. } if seq == checkpoint.seq), "{against:?}");
    restore(&mut file).await;
    run(&mut file, "DELETE FROM bw_audit WHERE seq > $1", &[30]).await;
    run(&mut file, "UPDATE bw_audit_head SET seq = 30, hash = (SELECT hash FROM bw_audit WHERE seq = $1)", &[30]).await;
    assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { entries: 30 }));
    let against = store.verify_audit_against(checkpoint).await.unwrap();
    assert!(matches!(against, Verified::Broken { seq: 31, .. }), "{against:?}");
}

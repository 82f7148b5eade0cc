//! What breaks the chain, and where it is said to break.

use crate::audit::chain::Verified;
use crate::audit::{EntryPosition, EntryQuery, Event, EventId};
use crate::store::Store;
use crate::testing;

/// A store with eleven entries: the schema and ten exports.
async fn log() -> (tempfile::TempDir, Store) {
    let (directory, store) = testing::store().await;
    for row in 1..=10 {
        let mut write = store.write(testing::context(&testing::actor("Owner", None))).await.unwrap();
        let recorded = write.record(Event::about(EventId::RowsExported, "Patient", Some(row)));
        write.commit(recorded).await.unwrap();
    }
    (directory, store)
}

#[tokio::test]
async fn the_first_bad_entry_is_named() {
    let cases: &[(&str, &[&'static str], i64, &str)] = &[
        ("edit", &["UPDATE bw_audit SET actor_email = 'eve@example.org' WHERE seq = 5"], 5, "not as it was written"),
        ("edit to null", &["UPDATE bw_audit SET row_id = NULL WHERE seq = 6"], 6, "not as it was written"),
        (
            "text moved from one column to the next",
            &["UPDATE bw_audit SET event = event || model, model = '' WHERE seq = 4"],
            4,
            "not as it was written",
        ),
        ("delete", &["DELETE FROM bw_audit WHERE seq = 4"], 4, "entry 4 is missing"),
        ("delete the first", &["DELETE FROM bw_audit WHERE seq = 1"], 1, "entry 1 is missing"),
        (
            "insert in between",
            &[
                "UPDATE bw_audit SET seq = -seq WHERE seq >= 7",
                "UPDATE bw_audit SET seq = 1 - seq WHERE seq < 0",
                "INSERT INTO bw_audit SELECT 7, at, request_id, actor, actor_email, session, address, event, model, \
                 row_id, row_key, changes, prev_hash, hash FROM bw_audit WHERE seq = 9",
            ],
            7,
            "does not follow",
        ),
        (
            "insert before the start",
            &["INSERT INTO bw_audit SELECT 0, at, request_id, actor, actor_email, session, address, event, model, \
               row_id, row_key, changes, prev_hash, hash FROM bw_audit WHERE seq = 8"],
            0,
            "before the start",
        ),
        (
            "append",
            &["INSERT INTO bw_audit SELECT 12, at, request_id, actor, actor_email, session, address, event, model, \
               row_id, row_key, changes, hash, hash FROM bw_audit WHERE seq = 11"],
            12,
            "not as it was written",
        ),
        (
            "reorder",
            &[
                "UPDATE bw_audit SET seq = -3 WHERE seq = 3",
                "UPDATE bw_audit SET seq = 3 WHERE seq = 8",
                "UPDATE bw_audit SET seq = 8 WHERE seq = -3",
            ],
            3,
            "does not follow",
        ),
        ("truncate", &["DELETE FROM bw_audit WHERE seq > 8"], 9, "entries 9 to 11 are missing at the end"),
        ("empty", &["DELETE FROM bw_audit"], 1, "entries 1 to 11 are missing at the end"),
        ("head set back", &["UPDATE bw_audit_head SET seq = 10"], 11, "added after the end"),
        (
            "head of another log",
            &[
                "UPDATE bw_audit_head SET hash = seed FROM (SELECT prev_hash AS seed FROM bw_audit WHERE seq = 1) AS first",
            ],
            11,
            "not the one that ended",
        ),
        ("head gone", &["DELETE FROM bw_audit_head"], 11, "head of the chain is gone"),
    ];
    for (name, statements, seq, why) in cases {
        let (_directory, store) = log().await;
        // The control: untouched, it is whole.
        assert_eq!(store.verify_audit().await.unwrap(), Verified::Whole { entries: 11 }, "{name}");
        for statement in *statements {
            assert!(store.execute_for_test(statement).await > 0, "{name}: {statement} changed nothing");
        }
        match store.verify_audit().await.unwrap() {
            Verified::Broken { seq: at, why: said } => {
                assert_eq!(at, *seq, "{name}: {said}");
                assert!(said.contains(why), "{name}: {said}");
            }
            Verified::Whole { .. } => panic!("{name} went unseen"),
        }
    }
}

#[tokio::test]
async fn a_long_chain_is_read_to_its_end() {
    let (_directory, store) = testing::store().await;
    let mut write = store.write(testing::command_line()).await.unwrap();
    for _ in 0..2_499 {
        let _ = write.record(Event::plain(EventId::RowsExported));
    }
    let recorded = write.record(Event::plain(EventId::RowsExported));
    write.commit(recorded).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap(), Verified::Whole { entries: 2_501 });
    store.execute_for_test("UPDATE bw_audit SET event = 'x' WHERE seq = 2400").await;
    assert!(matches!(store.verify_audit().await.unwrap(), Verified::Broken { seq: 2_400, .. }));
}

#[tokio::test]
async fn without_a_head_nothing_is_recorded_any_more() {
    let (_directory, store) = log().await;
    store.execute_for_test("DELETE FROM bw_audit_head").await;
    let mut write = store.write(testing::command_line()).await.unwrap();
    let recorded = write.record(Event::plain(EventId::RowsExported));
    assert!(write.commit(recorded).await.is_err());
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_filtered() {
    let (_directory, store) = log().await;
    let query = EntryQuery { size: 4, ..EntryQuery::default() };
    let seqs = |page: &crate::audit::EntryPage| page.entries.iter().map(|e| e.seq).collect::<Vec<_>>();
    let newest = store.entries(&query).await.unwrap();
    assert_eq!((seqs(&newest), newest.older, newest.newer), (vec![11, 10, 9, 8], Some(8), None));
    let older = store.entries(&EntryQuery { position: EntryPosition::OlderThan(8), ..query.clone() }).await.unwrap();
    assert_eq!((seqs(&older), older.older, older.newer), (vec![7, 6, 5, 4], Some(4), Some(7)));
    let last = store.entries(&EntryQuery { position: EntryPosition::OlderThan(4), ..query.clone() }).await.unwrap();
    assert_eq!((seqs(&last), last.older), (vec![3, 2, 1], None));
    let back = store.entries(&EntryQuery { position: EntryPosition::NewerThan(7), ..query.clone() }).await.unwrap();
    assert_eq!((seqs(&back), back.newer), (vec![11, 10, 9, 8], None));

    let of_schema = EntryQuery { event: Some(EventId::SchemaMigrated), ..query.clone() };
    assert_eq!(seqs(&store.entries(&of_schema).await.unwrap()), [1]);
    let of_row = EntryQuery { model: Some("Patient"), row: Some(3.into()), ..query.clone() };
    assert_eq!(seqs(&store.entries(&of_row).await.unwrap()), [4]);
    assert!(seqs(&store.entries(&EntryQuery { person: Some(8), ..query.clone() }).await.unwrap()).is_empty());
    let later = EntryQuery { from: Some(testing::now() + chrono::Duration::seconds(1)), ..query.clone() };
    assert!(seqs(&store.entries(&later).await.unwrap()).is_empty());
    let entry = &store.entries(&query).await.unwrap().entries[0];
    assert_eq!(entry.actor.as_ref().map(|a| a.email.as_str()), Some("anna@example.org"));
    assert_eq!((entry.event.as_str(), entry.at), ("rows.exported", testing::now()));
}

//! The oldest entries go, the chain stays whole, and nobody else can make them go.

use chrono::Duration;

use crate::audit::chain::Verified;
use crate::audit::{Context, EntryQuery, Event, EventId};
use crate::error::Error;
use crate::store::Store;
use crate::testing;

/// Entries of `days` ago, one a day down to today; the schema's own entry is of today in the test, so that it is set
/// aside.
pub(super) async fn log(days: i64) -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&testing::PANEL, &testing::url(&directory)).await.unwrap();
    let ago = |days| Context::of_nobody(testing::nowhere(), testing::now() - Duration::days(days));
    store.migrate(ago(days)).await.unwrap();
    for day in (0..days).rev() {
        let mut write = store.write(ago(day)).await.unwrap();
        let recorded = write.record(Event::about(EventId::RowsExported, "Patient", Some(day)));
        write.commit(recorded).await.unwrap();
    }
    (directory, store)
}

pub(super) async fn prune(store: &Store, days: i64) -> Result<Option<u64>, Error> {
    let mut write = store.write(testing::command_line()).await.unwrap();
    match write.prune_audit(testing::now() - Duration::days(days)).await? {
        Some((removed, recorded)) => {
            write.commit(recorded).await?;
            Ok(Some(removed))
        }
        None => Ok(None),
    }
}

#[tokio::test]
async fn what_is_old_goes_and_the_chain_stays_whole() {
    let (_directory, store) = log(400).await;
    let early = store.checkpoint().await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap(), Verified::Whole { entries: 401 });
    assert!(matches!(prune(&store, 89).await, Err(Error::Beyond(_))), "what is young stays");
    assert_eq!(prune(&store, 500).await.unwrap(), None);
    assert_eq!(prune(&store, 300).await.unwrap(), Some(100));
    // 301 are left, and the entry that says so.
    assert_eq!(store.verify_audit().await.unwrap(), Verified::Whole { entries: 302 });
    assert!(
        matches!(store.verify_audit_against(early).await.unwrap(), Verified::Whole { .. }),
        "an old checkpoint holds"
    );
    assert_eq!(prune(&store, 200).await.unwrap(), Some(100), "and again");
    assert_eq!(store.verify_audit().await.unwrap(), Verified::Whole { entries: 203 });
    let query = EntryQuery { event: Some(EventId::AuditPruned), size: 10, ..EntryQuery::default() };
    assert_eq!(store.entries(&query).await.unwrap().entries.len(), 2);
    let (lines, last) = store.audit_lines(0, None, None).await.unwrap().unwrap();
    assert_eq!((lines.len(), last), (203, 403));
    for line in &lines {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(entry["seq"].as_i64() > Some(200) && entry["hash"].as_str().unwrap().len() == 64);
    }
    assert_eq!(store.audit_lines(403, None, None).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_removes_the_start_but_by_an_entry_that_says_so() {
    for (name, statements) in [
        ("without an anchor", &["DELETE FROM bw_audit WHERE seq <= 150"][..]),
        (
            "with another anchor",
            &[
                "UPDATE bw_audit_anchor SET seq = 150, hash = (SELECT hash FROM bw_audit WHERE seq = 150)",
                "DELETE FROM bw_audit WHERE seq <= 150",
            ],
        ),
        ("the anchor gone", &["DELETE FROM bw_audit_anchor"]),
        ("another hash", &["UPDATE bw_audit_anchor SET hash = zeroblob(32)"]),
        (
            "an entry below the anchor",
            &["INSERT INTO bw_audit SELECT 7, at, request_id, actor, actor_email, session, address, event, model, \
               row_id, row_key, changes, prev_hash, hash FROM bw_audit WHERE seq = 120"],
        ),
    ] {
        let (_directory, store) = log(200).await;
        assert_eq!(prune(&store, 100).await.unwrap(), Some(100));
        assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { .. }), "{name}: the control");
        for statement in statements {
            assert!(store.execute_for_test(statement).await > 0, "{name}");
        }
        let found = store.verify_audit().await.unwrap();
        assert!(matches!(found, Verified::Broken { .. }), "{name}: {found:?}");
    }
}

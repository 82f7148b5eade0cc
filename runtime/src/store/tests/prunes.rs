//! Two who remove the oldest entries at once.

use chrono::Duration;

use super::retention::{log, prune};
use crate::audit::chain::Verified;
use crate::store::Store;
use crate::testing::{self, place};

/// The second would otherwise find its own newest entry before the first is done, and put the anchor back behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_prunes_at_once_the_second_begins_where_the_first_ended() {
    let (directory, store) = log(400).await;
    let second = Store::open(&testing::PANEL, &testing::url(&directory)).await.unwrap();
    let mut first = store.write(testing::command_line()).await.unwrap();
    let (removed, recorded) = first.prune_audit(testing::now() - Duration::days(200)).await.unwrap().unwrap();
    assert_eq!(removed, 200);
    let waiting = tokio::spawn(async move { prune(&second, 300).await });
    if place::on_postgres() {
        let blocked = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND \
             wait_event_type = 'Lock'";
        while store.ask_for_test(blocked).await == "0" {
            tokio::task::yield_now().await;
        }
    }
    first.commit(recorded).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), None, "nothing that old is left");
    let found = store.verify_audit().await.unwrap();
    assert!(matches!(found, Verified::Whole { .. }), "{found:?}");
}

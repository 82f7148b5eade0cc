//! A database that an older version of the program made: it is given the columns that it lacks, and what it holds
//! counts as before.

use crate::audit::Origin;
use crate::audit::chain::Verified;
use crate::mail::Notice;
use crate::store::{NewPerson, Store};
use crate::testing::{self, command_line, place};

#[tokio::test]
async fn a_log_without_addresses_stays_whole_and_goes_on_with_them() {
    let directory = tempfile::tempdir().unwrap();
    let panel = &crate::tests::mail::MAILED;
    let store = Store::open(panel, &testing::url(&directory)).await.unwrap();
    store.migrate(command_line()).await.unwrap();
    let mut write = store.write(command_line()).await.unwrap();
    let new = NewPerson { email: "anna@example.org", role: "Owner", password_hash: None, attributes: "{}".to_owned() };
    let (anna, recorded) = write.create_person(&new).await.unwrap().unwrap();
    write.tell(anna, Notice::Unlocked, "").await.unwrap();
    write.commit(recorded).await.unwrap();
    for column in [
        "ALTER TABLE bw_audit DROP COLUMN address",
        "ALTER TABLE bw_jobs DROP COLUMN address",
        "ALTER TABLE bw_mail DROP COLUMN address",
        "ALTER TABLE bw_mail DROP COLUMN request_id",
        place::either("PRAGMA user_version = 4", "COMMENT ON TABLE bw_migrations IS 'bailiwick schema 4'"),
    ] {
        store.execute_for_test(column).await;
    }
    drop(store);

    let store = Store::open(panel, &testing::url(&directory)).await.unwrap();
    let plan = store.migrate(command_line()).await.unwrap();
    assert_eq!(plan.steps.len(), 4, "{plan:?}");
    assert!(store.plan().await.unwrap().is_empty());
    assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { entries: 3 }));
    // A mail that waited has an id of its own from here on, and no address.
    let later = testing::now() + chrono::Duration::minutes(1);
    let mail = store.claim_mail("claim", testing::now(), later).await.unwrap().unwrap();
    assert_eq!((mail.origin.request.get_version_num(), mail.origin.address), (7, None));

    let mut context = command_line();
    context.origin = Origin::of_request(uuid::Uuid::now_v7(), "198.51.100.7");
    let mut write = store.write(context).await.unwrap();
    let recorded = write.lock(anna).await.unwrap();
    write.commit(recorded).await.unwrap();
    assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { entries: 4 }));
    // Neither can an old entry be given an address, nor a new one lose its own.
    for (sql, at) in [
        ("UPDATE bw_audit SET address = '198.51.100.7' WHERE seq = 2", 2),
        ("UPDATE bw_audit SET address = CASE seq WHEN 2 THEN NULL END", 4),
    ] {
        store.execute_for_test(sql).await;
        assert!(matches!(store.verify_audit().await.unwrap(), Verified::Broken { seq, .. } if seq == at), "{sql}");
    }
}

#[tokio::test]
async fn a_database_of_before_is_given_what_keeps_api_tokens() {
    let directory = tempfile::tempdir().unwrap();
    let panel = &crate::tests::mail::MAILED;
    let store = Store::open(panel, &testing::url(&directory)).await.unwrap();
    store.migrate(command_line()).await.unwrap();
    for step in [
        "DROP TABLE bw_api_tokens",
        place::either("PRAGMA user_version = 5", "COMMENT ON TABLE bw_migrations IS 'bailiwick schema 5'"),
    ] {
        store.execute_for_test(step).await;
    }
    drop(store);
    let store = Store::open(panel, &testing::url(&directory)).await.unwrap();
    let plan = store.migrate(command_line()).await.unwrap();
    assert_eq!(plan.steps.len(), 2, "the table and its index: {plan:?}");
    assert!(store.plan().await.unwrap().is_empty());
    assert!(store.api_tokens_of(1, testing::now()).await.unwrap().is_empty());
}

//! Rights in hand, and what the bodies of actions may do with them.

use bailiwick::Error;
use bailiwick::audit::EntryQuery;
use bailiwick::prelude::*;

use super::office::{self, Archive, Desk, Letter, Mood, Role, roles};
use super::{person, world};

#[test]
fn a_token_needs_the_right() {
    assert!(May::<Archive, Letter>::ask(&person(Role::Owner)).is_ok());
    assert!(May::<Edit, Letter>::ask(&person(Role::Guest)).is_err());
    assert!(May::<office::Send, Letter>::ask(&person(Role::Guest)).is_err());
    let refused = May::<Delete, Letter>::ask(&person(Role::Owner)).expect_err("`reauth delete` holds in code too");
    assert!(refused.right.contains("fresh proof"), "{refused:?}");
    assert!(May::<Delete, Letter>::ask(&person(Role::Clerk)).is_err());
}

#[test]
fn a_role_type_is_had_by_whoever_holds_the_role() {
    assert!(As::<roles::Clerk>::of(&person(Role::Owner)).is_none());
    let clerk = As::<roles::Clerk>::of(&person(Role::Clerk)).expect("a clerk");
    assert!(Letter::may_edit(&clerk).is_ok() && Letter::may_send(&clerk).is_ok() && Desk::may_view(&clerk).is_ok());
    let owner = As::<roles::Owner>::of(&person(Role::Owner)).expect("an owner");
    assert!(Letter::may_delete(&owner).is_err());
}

#[tokio::test]
async fn an_action_may_carry_its_row_out_of_the_rows_in_which_it_is_held() {
    let world = world().await;
    let id = world.letter("Rent", Mood::Calm, None).await;
    let done = world.act(Role::Clerk, "send", id, Some(1)).await.expect("done");
    assert_eq!(done.message, "Sent Rent");
    assert!(world.read(id).await.sent);
    // Sent, it is out of the clerk's rows for this action.
    let again = world.act(Role::Clerk, "send", id, None).await;
    assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
}

#[tokio::test]
async fn an_action_writes_what_it_declares_or_nothing() {
    let world = world().await;
    let id = world.letter("Rent", Mood::Calm, None).await;
    let refused = world.act(Role::Owner, "archive", id, None).await;
    match refused {
        Err(Error::Bug(text)) => assert!(text.contains("archive") && text.contains("subject"), "{text}"),
        other => panic!("{other:?}"),
    }
    let letter = world.read(id).await;
    assert_eq!((letter.version, letter.sent), (1, false), "what it wrote before is undone");
}

#[tokio::test]
async fn an_action_is_refused_without_the_right_outside_the_rows_and_on_another_version() {
    let world = world().await;
    let (calm, cross) = (world.letter("A", Mood::Calm, None).await, world.letter("B", Mood::Cross, None).await);
    let guest = world.act(Role::Guest, "send", calm, None).await;
    assert!(matches!(guest, Err(Error::Refused(_))), "{guest:?}");
    let outside = world.act(Role::Clerk, "send", cross, None).await;
    assert!(matches!(outside, Err(Error::NotFound)), "{outside:?}");
    let stale = world.act(Role::Clerk, "send", calm, Some(9)).await;
    assert!(matches!(stale, Err(Error::Stale(_))), "{stale:?}");
    assert!(!world.read(calm).await.sent && !world.read(cross).await.sent);
}

#[tokio::test]
async fn an_action_is_recorded_with_its_writes() {
    let world = world().await;
    let id = world.letter("Rent", Mood::Calm, None).await;
    world.act(Role::Clerk, "send", id, None).await.expect("done");
    let query = EntryQuery { model: Some("Letter"), row: Some(id.key()), size: 10, ..Default::default() };
    let page = world.store.entries(&query).await.expect("entries");
    let events: Vec<&str> = page.entries.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(events, ["row.action", "row.updated", "row.created"]);
}

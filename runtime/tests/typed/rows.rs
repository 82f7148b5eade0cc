//! Rows, whole or not given, and the queries by which they are come by: never more than the token lets through.

use bailiwick::Error;
use bailiwick::prelude::*;
use bailiwick::store::Count;
use bailiwick::typed::{Page, PersonId};

use super::office::{Letter, LetterChange, Mood, Role};
use super::{ADA, person, world};

#[tokio::test]
async fn a_row_comes_back_as_it_was_given() {
    let world = world().await;
    let id = world.letter("Rent", Mood::Cross, Some("two lines\nof it")).await;
    let letter = world.read(id).await;
    assert_eq!((letter.id, letter.version), (id, 1));
    assert_eq!((letter.subject.as_str(), letter.desk, letter.mood), ("Rent", world.desk, Mood::Cross));
    assert_eq!((letter.note.as_deref(), letter.sent, letter.author), (Some("two lines\nof it"), false, PersonId(ADA)));
}

#[tokio::test]
async fn a_change_touches_what_it_names_and_asks_for_the_version() {
    let world = world().await;
    let id = world.letter("Rent", Mood::Calm, Some("x")).await;
    let may = May::<Edit, Letter>::ask(&person(Role::Clerk)).expect("the right");
    let change = LetterChange { subject: Some("Rent, May".to_owned()), note: Some(None), ..Default::default() };
    Letter::update(&world.store, &may, id, 1, change.clone()).await.expect("a change");
    let letter = world.read(id).await;
    assert_eq!((letter.version, letter.subject.as_str(), letter.note), (2, "Rent, May", None));
    let stale =
        Letter::update(&world.store, &may, id, 1, LetterChange { note: Some(Some("y".into())), ..change }).await;
    assert!(matches!(stale, Err(Error::Stale(_))), "{stale:?}");
    Letter::update(&world.store, &may, id, 2, LetterChange::default()).await.expect("nothing to do");
    assert_eq!(world.read(id).await.version, 2);
}

#[tokio::test]
async fn rows_outside_the_scope_are_not_there() {
    let world = world().await;
    let (calm, cross) = (world.letter("A", Mood::Calm, None).await, world.letter("B", Mood::Cross, None).await);
    let view = May::<View, Letter>::ask(&person(Role::Clerk)).expect("the right");
    assert!(Letter::get(&world.store, &view, calm).await.expect("an answer").is_some());
    assert!(Letter::get(&world.store, &view, cross).await.expect("an answer").is_none());
    let all = Letter::list(&world.store, &view, Letter::query()).await.expect("rows");
    assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [calm]);
    let edit = May::<Edit, Letter>::ask(&person(Role::Clerk)).expect("the right");
    let change = LetterChange { subject: Some("mine".to_owned()), ..Default::default() };
    let refused = Letter::update(&world.store, &edit, cross, 1, change).await;
    assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
}

#[tokio::test]
async fn a_row_with_hidden_fields_is_refused_and_not_given_with_holes() {
    let world = world().await;
    let id = world.letter("A", Mood::Calm, Some("for the owner's eyes")).await;
    let may = May::<View, Letter>::ask(&person(Role::Guest)).expect("the right");
    for refused in [
        Letter::get(&world.store, &may, id).await.map(|_| ()),
        Letter::list(&world.store, &may, Letter::query()).await.map(|_| ()),
    ] {
        match refused {
            Err(Error::Beyond(text)) => assert!(text.contains("Note") && !text.contains("eyes"), "{text}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn columns_filter_and_sort() {
    let world = world().await;
    for (subject, mood) in [("B", Mood::Calm), ("A", Mood::Cross), ("C", Mood::Calm)] {
        world.letter(subject, mood, None).await;
    }
    let may = May::<View, Letter>::ask(&person(Role::Owner)).expect("the right");
    let subjects = async |query: Query<Letter>| {
        let rows = Letter::list(&world.store, &may, query).await.expect("rows");
        rows.into_iter().map(|one| one.subject).collect::<String>()
    };
    assert_eq!(subjects(Letter::query()).await, "CAB");
    assert_eq!(subjects(Letter::query().order(Letter::SUBJECT.ascending())).await, "ABC");
    assert_eq!(subjects(Letter::query().order(Letter::SUBJECT.descending()).limit(2)).await, "CB");
    assert_eq!(subjects(Letter::query().filter(Letter::MOOD.eq(Mood::Cross))).await, "A");
    assert_eq!(subjects(Letter::query().filter(!Letter::MOOD.eq(Mood::Cross) & Letter::SUBJECT.gt("B"))).await, "C");
    assert_eq!(subjects(Letter::query().filter(Letter::SUBJECT.contains("a") | Letter::SUBJECT.eq("C"))).await, "CA");
    assert_eq!(
        subjects(Letter::query().filter(Letter::DESK.one_of([world.desk]) & Letter::NOTE.is_null())).await,
        "CAB"
    );
}

#[tokio::test]
async fn pages_lead_on_and_back_within_the_scope() {
    let world = world().await;
    for (subject, mood) in
        [("B", Mood::Calm), ("A", Mood::Calm), ("X", Mood::Cross), ("D", Mood::Calm), ("C", Mood::Calm)]
    {
        world.letter(subject, mood, None).await;
    }
    // Who sees calm letters alone.
    let may = May::<View, Letter>::ask(&person(Role::Clerk)).expect("the right");
    let query = Letter::query().filter(Letter::SUBJECT.ne("D")).order(Letter::SUBJECT.ascending()).limit(2);
    let subjects = |page: &Page<Letter>| page.rows.iter().map(|one| one.subject.as_str()).collect::<String>();
    let first = Letter::page(&world.store, &may, query).await.expect("a page");
    assert_eq!((subjects(&first).as_str(), first.total), ("AB", Count::Exactly(3)));
    assert!(first.previous.is_none());
    let last = Letter::page(&world.store, &may, first.next.expect("a way on")).await.expect("a page");
    assert_eq!((subjects(&last).as_str(), last.total), ("C", Count::Exactly(3)));
    assert!(last.next.is_none());
    let back = Letter::page(&world.store, &may, last.previous.expect("a way back")).await.expect("a page");
    assert_eq!(subjects(&back), "AB");
}

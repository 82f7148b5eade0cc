//! The typed shell over a real store: tokens, rows that are whole or not given, columns, actions, routes. The block stands
//! in a private module with every lint on: what `admin!` writes must not ask its user for an exception.

#![forbid(unsafe_code)]
#![deny(missing_docs, unreachable_pub, dead_code, unused, clippy::pedantic)]

#[allow(clippy::doc_markdown, reason = "product names in prose, as in the rest of the runtime")]
#[path = "../src/testing/place.rs"]
mod place;

use bailiwick::audit::{Context, Origin};
use bailiwick::authorize::{Actor, authorize};
use bailiwick::condition::Asker;
use bailiwick::panel::Verb;
use bailiwick::prelude::*;
use bailiwick::store::{Count, NewPerson};
use bailiwick::typed::{FieldType, Given, Input, Page, PersonId};
use bailiwick::value::Value;
use bailiwick::{Error, Store, action};
use chrono::{DateTime, Utc};
use tempfile::TempDir;
use uuid::Uuid;

use office::{
    Archive, Desk, DeskId, Letter, LetterAction, LetterChange, LetterId, Mood, NewDesk, NewLetter, Office, PANEL, Role,
    Route, roles,
};

mod office {
    use bailiwick::prelude::*;

    bailiwick::admin! {
        /// Letters of an office.
        panel Office {
            database "sqlite:office.db";
            public_url "http://127.0.0.1:8000";
            proxies none;
        }

        choice Mood { Calm, Cross "Rather cross" }

        model Desk {
            number: i32 min 1 label;
            list number;
        }

        model Letter {
            subject: String len 1..=80 label;
            desk: Desk restrict transfers;
            mood: Mood default Calm;
            note: Option<Text> sensitive;
            sent: bool default false readonly;
            author: Actor author;
            list subject, mood, sent;
            /// Sends it, once and for all.
            action send writes sent;
            action archive writes sent;
        }

        /// Runs the office.
        role Owner {
            all *;
            all Letter;
            send, archive Letter;
            view Audit;
            assign *, Owner; reset *; lock *; unlock *; revoke *;
        }

        role Clerk under Owner {
            view Desk;
            view, create, edit Letter when mood == Calm;
            send Letter when mood == Calm and sent == false;
            archive Letter when mood == Calm;
            accept scope_is_fixed "the tests try to carry a letter out of the rows, and are refused";
        }

        role Guest under Owner {
            view Desk;
            view Letter { subject, desk, mood };
        }

        throttle login 5 per 15min by account, 20 per 10min by address;
        throttle factor 5 per 10min by session;
        throttle reauth 5 per 10min by session;
        throttle recovery 3 per 1h by account, 5 per 15min by address;
        recovery { break_glass cli; }
        reauth delete, assign, reset;
    }

    impl LetterActions for Office {
        async fn send(letter: Letter, cx: &mut ActionCx<'_>, may: May<Send, Letter>) -> ActionResult {
            assert_eq!(may.actor().asker().person, cx.actor().asker().person);
            cx.update(letter.id, LetterChange { sent: Some(true), ..Default::default() }).await?;
            ActionResult::done(format!("Sent {}", letter.subject))
        }

        // Writes what its declaration does not name.
        async fn archive(letter: Letter, cx: &mut ActionCx<'_>, _may: May<Archive, Letter>) -> ActionResult {
            cx.update(letter.id, LetterChange { sent: Some(true), ..Default::default() }).await?;
            cx.update(letter.id, LetterChange { subject: Some("archived".to_owned()), ..Default::default() }).await?;
            ActionResult::done("Archived")
        }
    }
}

struct World {
    store: Store,
    _directory: TempDir,
    desk: DeskId,
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
}

/// The one person of these tests, in whichever role.
const ADA: i64 = 1;

fn person(role: Role) -> Actor {
    let asker = Asker { person: ADA, attributes: Vec::new(), now: now() };
    Actor::vouched_for_without_any_proof(role.table(), "ada@example.org".to_owned(), asker)
}

fn context(actor: &Actor) -> Context {
    Context::of(actor, Origin { request: Uuid::nil(), address: None })
}

async fn world() -> World {
    let directory = tempfile::tempdir().expect("a directory");
    let url = place::url(directory.path());
    let store = Store::open(&PANEL, &url).await.expect("a store");
    store.migrate(Context::of_nobody(Origin { request: Uuid::nil(), address: None }, now())).await.expect("a schema");
    let mut write = store
        .write(Context::of_nobody(Origin { request: Uuid::nil(), address: None }, now()))
        .await
        .expect("a transaction");
    let ada = NewPerson { email: "ada@example.org", role: "Owner", password_hash: None, attributes: "{}".to_owned() };
    let (number, recorded) = write.create_person(&ada).await.expect("an answer").expect("a person");
    assert_eq!(number, ADA);
    write.commit(recorded).await.expect("a commit");
    let may = May::<Create, Desk>::ask(&person(Role::Owner)).expect("the right");
    let desk = Desk::create(&store, &may, NewDesk { number: 3 }).await.expect("a desk");
    World { store, _directory: directory, desk }
}

impl World {
    async fn letter(&self, subject: &str, mood: Mood, note: Option<&str>) -> LetterId {
        let may = May::<Create, Letter>::ask(&person(Role::Owner)).expect("the right");
        let new = NewLetter {
            subject: subject.to_owned(),
            desk: self.desk,
            mood: Some(mood),
            note: note.map(str::to_owned),
            sent: None,
        };
        Letter::create(&self.store, &may, new).await.expect("a letter")
    }

    async fn read(&self, id: LetterId) -> Letter {
        let may = May::<View, Letter>::ask(&person(Role::Owner)).expect("the right");
        Letter::get(&self.store, &may, id).await.expect("an answer").expect("a letter")
    }

    async fn act(&self, role: Role, which: &str, id: LetterId, version: Option<i64>) -> ActionResult {
        let actor = person(role);
        let index = Letter::MODEL.actions.iter().position(|one| one.name == which).expect("an action");
        let terms = authorize(&PANEL, &actor, Verb::Act(index), Letter::MODEL).granted()?;
        action::perform(&self.store, &Office, context(&actor), &actor, terms, id.number(), version).await
    }
}

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
    let query =
        bailiwick::audit::EntryQuery { model: Some("Letter"), row: Some(id.number()), size: 10, ..Default::default() };
    let page = world.store.entries(&query).await.expect("entries");
    let events: Vec<&str> = page.entries.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(events, ["row.action", "row.updated", "row.created"]);
}

#[test]
fn every_path_is_printed_and_parsed() {
    for (route, path) in [
        (Route::Of(Fixed::Home), "/"),
        (Route::Of(Fixed::Policy), "/policy"),
        (Route::Desk(At::List), "/desks"),
        (Route::Letter(At::New), "/letters/new"),
        (Route::Letter(At::Row(LetterId(17))), "/letters/17"),
        (Route::Letter(At::Edit(LetterId(17))), "/letters/17/edit"),
        (Route::Desk(At::Delete(DeskId(1))), "/desks/1/delete"),
        (Route::Letter(At::Act(LetterId(17), LetterAction::Archive)), "/letters/17/do/archive"),
    ] {
        assert_eq!(route.to_string(), path);
        assert_eq!(path.parse(), Ok(route));
    }
    for unknown in
        ["/people/1", "/letters/x", "/letters/17/do/burn", "/desks/1/do/send", "letters", "/static/admin.css"]
    {
        assert!(unknown.parse::<Route>().is_err(), "{unknown}");
    }
}

#[test]
fn closed_sets_have_names_and_titles() {
    assert_eq!(
        (Mood::Cross.name(), Mood::Cross.title(), Mood::Cross.to_string().as_str()),
        ("Cross", "Rather cross", "Rather cross")
    );
    assert_eq!("Cross".parse(), Ok(Mood::Cross));
    assert!("Rather cross".parse::<Mood>().is_err());
    assert_eq!(Mood::ALL.len(), 2);
    assert_eq!(Mood::from_value(&Mood::Calm.into_value()), Some(Mood::Calm));
    assert_eq!(Mood::from_value(&Value::Text("Furious".to_owned())), None);
    assert_eq!("Clerk".parse::<Role>().map(|role| role.table().index), Ok(1));
}

#[test]
fn what_is_in_a_row_does_not_show_in_logs() {
    let new = NewLetter {
        subject: "Secret affairs".to_owned(),
        desk: DeskId(1),
        mood: None,
        note: Some("affair".to_owned()),
        sent: None,
    };
    let given: Given = new.clone().given();
    let change = LetterChange { note: Some(Some("affair".to_owned())), ..Default::default() };
    let letter = Letter {
        id: LetterId(1),
        version: 1,
        subject: "Secret affairs".to_owned(),
        desk: DeskId(1),
        mood: Mood::Calm,
        note: Some("affair".to_owned()),
        sent: false,
        author: PersonId(1),
    };
    let text = format!("{new:?} {given:?} {change:?} {letter:?}");
    assert!(!text.contains("affair"), "{text}");
}

#[test]
fn only_what_was_given_is_carried() {
    let change = LetterChange { note: Some(None), sent: Some(true), ..Default::default() };
    assert_eq!(change.given().into_values(), [(3, Value::Null), (4, Value::Bool(true))]);
}

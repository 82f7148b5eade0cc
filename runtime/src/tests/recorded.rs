//! What every entry of the log says beside what happened: who, in which session, when, and which request, by the id
//! that its answer carries, and where that came from.

use http::StatusCode;

use super::browser::{Answer, House, PASSWORD};
use crate::audit::{ActorRef, Context, Entry, EntryQuery, Event, EventId, Origin};
use crate::store::{NewLink, Purpose};

const ANNA: &str = "anna@clinic.example";
const PEER: &str = "198.51.100.7";

/// The newest entry of this kind, which tells of this request and of this moment.
async fn entry_of(house: &House, answer: &Answer, event: EventId) -> Entry {
    let query = EntryQuery { event: Some(event), size: 1, ..EntryQuery::default() };
    let entry = house.app().store.entries(&query).await.unwrap().entries.remove(0);
    assert_eq!(entry.origin.request.to_string(), answer.header("x-request-id"), "{event:?}");
    assert_eq!(entry.origin.address.as_deref(), Some(PEER), "{event:?}");
    assert_eq!(entry.at, house.app().clock.now(), "{event:?}");
    entry
}

fn said<'a>(entry: &'a Entry, name: &str) -> Option<&'a str> {
    entry.changes.iter().find(|change| change.field == name)?.after.as_deref()
}

#[tokio::test]
async fn every_entry_names_its_person_session_moment_and_request() {
    let house = House::open().await;
    let id = house.person(ANNA, "Owner").await;
    let mut anna = house.browser();
    anna.peer = format!("{PEER}:1").parse().unwrap();
    anna.get("/sign-in").await;
    let wrong = anna.sign_in(ANNA, "a lamp beside the sea").await;
    let failed = entry_of(&house, &wrong, EventId::SigninFailed).await;
    assert_eq!((failed.row, failed.actor.is_none()), (Some(id.into()), true));
    house.advance(7);
    let right = anna.sign_in(ANNA, PASSWORD).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.text);
    let started = entry_of(&house, &right, EventId::SessionStarted).await;
    assert_eq!(started.row, Some(id.into()));
    let session: i64 = said(&started, "session").unwrap().parse().unwrap();
    house.advance(7);
    anna.get("/doctors/new").await;
    let saved = anna.post("/doctors/new", &[("name", "Berg"), ("speciality", "General"), ("active", "true")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let who = entry_of(&house, &saved, EventId::RowCreated).await.actor.unwrap();
    assert_eq!((who.person, who.email.as_str(), who.session), (id, ANNA, Some(session)));
}

#[tokio::test]
async fn whoever_reads_the_log_sees_where_each_entry_came_from() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut anna = house.signed_in(ANNA).await;
    anna.peer = "203.0.113.9:1".parse().unwrap();
    anna.get("/doctors/new").await;
    anna.post("/doctors/new", &[("name", "Berg"), ("speciality", "General"), ("active", "true")]).await;
    // What the command line did came from nowhere.
    let mut write = house.app().store.write(crate::testing::command_line()).await.unwrap();
    let recorded = write.record(Event::plain(EventId::AuditPruned));
    write.commit(recorded).await.unwrap();
    let from = |entries: &[Entry], event: EventId| {
        let entry = entries.iter().find(|entry| entry.event == event.text()).unwrap();
        entry.origin.address.clone()
    };
    let store = &house.app().store;
    let entries = store.entries(&EntryQuery { size: 50, ..EntryQuery::default() }).await.unwrap().entries;
    assert_eq!(from(&entries, EventId::RowCreated).as_deref(), Some("203.0.113.9"));
    assert_eq!(from(&entries, EventId::SessionStarted).as_deref(), Some(PEER));
    assert_eq!(from(&entries, EventId::AuditPruned), None);
    let lines = store.audit_lines(0, None, None).await.unwrap().unwrap().0;
    let line = |event: &str| lines.iter().find(|line| line.contains(event)).unwrap();
    assert!(line("row.created").contains("\"address\":\"203.0.113.9\""));
    assert!(line("audit.pruned").contains("\"address\":null"));
}

#[tokio::test]
async fn one_s_own_page_tells_from_where_strangers_tried_and_not_where_others_work() {
    let house = House::open().await;
    let anna = house.person(ANNA, "Owner").await;
    let mut stranger = house.browser();
    stranger.peer = "203.0.113.66:1".parse().unwrap();
    stranger.sign_in(ANNA, "a lamp beside the sea").await;
    let mut context =
        Context::of_nobody(Origin::of_request(uuid::Uuid::nil(), "203.0.113.77"), house.app().clock.now());
    context.actor = Some(ActorRef { person: 4711, email: "bert@clinic.example".to_owned(), session: None });
    let mut write = house.app().store.write(context).await.unwrap();
    let recorded = write.unlock(anna).await.unwrap();
    write.commit(recorded).await.unwrap();
    // As the sender of mail makes a link that he asked for.
    let now = house.app().clock.now();
    let mailed = Context::of_nobody(Origin::of_request(uuid::Uuid::nil(), "203.0.113.77"), now);
    let token = crate::token::Token::fresh().unwrap().hash();
    let link = NewLink { token, purpose: Purpose::Join, person: Some(anna), expires_at: now };
    let mut write = house.app().store.write(mailed).await.unwrap();
    let recorded = write.issue_link(&link).await.unwrap();
    write.commit(recorded).await.unwrap();
    let page = house.signed_in(ANNA).await.get("/account").await.text;
    assert!(page.contains("from 203.0.113.66") && page.contains(&format!("from {PEER}")), "{page}");
    assert!(
        page.contains("link made") && page.contains("by an administrator") && !page.contains("203.0.113.77"),
        "{page}"
    );
}

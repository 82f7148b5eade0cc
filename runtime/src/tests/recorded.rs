//! What every entry of the log says beside what happened: who, in which session, when, and which request, by the id that
//! its answer carries; of each try to sign in also from where.

use http::StatusCode;

use super::browser::{Answer, House, PASSWORD};
use crate::audit::{Entry, EntryQuery, EventId};

const ANNA: &str = "anna@clinic.example";
const PEER: &str = "198.51.100.7";

/// The newest entry of this kind, which tells of this request and of this moment.
async fn entry_of(house: &House, answer: &Answer, event: EventId) -> Entry {
    let query = EntryQuery { event: Some(event), size: 1, ..EntryQuery::default() };
    let entry = house.app().store.entries(&query).await.unwrap().entries.remove(0);
    assert_eq!(entry.request.to_string(), answer.header("x-request-id"), "{event:?}");
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
    assert_eq!((failed.row, failed.actor.is_none(), said(&failed, "address")), (Some(id), true, Some(PEER)));
    house.advance(7);
    let right = anna.sign_in(ANNA, PASSWORD).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.text);
    let started = entry_of(&house, &right, EventId::SessionStarted).await;
    assert_eq!((started.row, said(&started, "address")), (Some(id), Some(PEER)));
    let session: i64 = said(&started, "session").unwrap().parse().unwrap();
    house.advance(7);
    anna.get("/doctors/new").await;
    let saved = anna.post("/doctors/new", &[("name", "Berg"), ("speciality", "General"), ("active", "true")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let who = entry_of(&house, &saved, EventId::RowCreated).await.actor.unwrap();
    assert_eq!((who.person, who.email.as_str(), who.session), (id, ANNA, Some(session)));
}

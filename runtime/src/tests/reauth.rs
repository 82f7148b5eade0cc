//! The wall in front of what the block's `reauth` lists: it can't be gone around, it can't be guessed through, and what
//! was being sent goes on behind it, once.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;

use super::browser::{Answer, Browser, House, NoActions, PASSWORD};
use crate::Limits;
use crate::action::{Actions, Call, Done, Running};
use crate::audit::EntryQuery;
use crate::error::Error;
use crate::panel::{By, Limit, Panel, Reauth, Throttle, ThrottleName, Verb};
use crate::testing::{CLINIC, DOCTOR, INVOICE, PATIENT, actor, add_patient, context, new_patient, seed, terms};
use crate::value::Value;

const ANNA: &str = "anna@clinic.example";
const WRONG: &str = "a lamp beside the sea";
const FRESH: i64 = 600;

static PANEL: Panel = Panel {
    reauth: &[Reauth::Verb(Verb::Delete), Reauth::Verb(Verb::Create), Reauth::Action(INVOICE, 0)],
    throttles: &[
        Throttle {
            name: ThrottleName::Login,
            limits: &[Limit { count: 5, window: 900, by: By::Account }],
            wait: Some((1, 900)),
            cap: Some(100),
        },
        Throttle {
            name: ThrottleName::Reauth,
            limits: &[Limit { count: 5, window: 600, by: By::Session }],
            wait: None,
            cap: None,
        },
    ],
    ..CLINIC
};

struct Counting(AtomicUsize);

impl Actions for Counting {
    fn run<'a>(&self, _: Call<'a>) -> Running<'a> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(Done { message: "Approved.".to_owned() }) })
    }
}

async fn house() -> House {
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    House::of(&PANEL, &NoActions, "http://127.0.0.1:8000", limits).await
}

async fn doctor(house: &House) -> i64 {
    seed(&house.app().store, DOCTOR, vec![vec![(0, Value::Text("Berg".to_owned()))]]).await[0]
}

/// How often this was recorded.
async fn recorded(house: &House, event: &str) -> usize {
    let query = EntryQuery { size: 200, ..EntryQuery::default() };
    let entries = house.app().store.entries(&query).await.unwrap().entries;
    entries.iter().filter(|entry| entry.event == event).count()
}

/// The hidden fields of the wall's form but the token, and where it goes.
fn form_of(answer: &Answer) -> (String, Vec<(String, String)>) {
    let (action, mut fields) = answer.hidden_form("bw.proof");
    fields.retain(|(name, _)| name != "_csrf");
    (action, fields)
}

/// Sends the wall's form, as the page has it.
async fn prove(browser: &mut Browser, wall: &Answer, password: &str) -> Answer {
    let (action, fields) = form_of(wall);
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("bw.proof", password));
    browser.post(&action, &fields).await
}

#[tokio::test]
async fn a_sign_in_is_a_proof_for_its_time_and_use_does_not_extend_it() {
    let house = house().await;
    house.person(ANNA, "Owner").await;
    let (first, second) = (doctor(&house).await, doctor(&house).await);
    let mut anna = house.signed_in(ANNA).await;
    house.advance(FRESH - 1);
    let answer = anna.post(&format!("/doctors/{first}/delete"), &[("bw.version", "1")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    // That was a use of the session, and so is this; a second later the proof is old all the same.
    assert_eq!(anna.get("/doctors").await.status, StatusCode::OK);
    house.advance(1);
    let path = format!("/doctors/{second}/delete");
    assert_eq!(anna.get(&path).await.status, StatusCode::OK, "the question is shown before the proof");
    let wall = anna.post(&path, &[("bw.version", "1")]).await;
    assert_eq!((wall.status, wall.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Form realm=\"panel\""));
    assert_eq!(anna.get(&format!("/doctors/{second}")).await.status, StatusCode::OK, "still there");
}

#[tokio::test]
async fn behind_the_wall_the_delete_goes_on_under_another_token() {
    let house = house().await;
    let me = house.person(ANNA, "Owner").await;
    let id = doctor(&house).await;
    let mut anna = house.signed_in(ANNA).await;
    house.advance(FRESH);
    let wall = anna.post(&format!("/doctors/{id}/delete"), &[("bw.version", "1")]).await;
    let mut thief = anna.clone();
    let answer = prove(&mut anna, &wall, PASSWORD).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/doctors?done=deleted"), "{}", answer.text);
    assert_eq!(anna.get(&format!("/doctors/{id}")).await.status, StatusCode::NOT_FOUND);
    assert_ne!(anna.cookies["bw"], thief.cookies["bw"]);
    assert_eq!(thief.get("/").await.status, StatusCode::SEE_OTHER, "the old token is no session's");
    assert_eq!(recorded(&house, "session.proved").await, 1);
    // The same session, proved for its time, and no longer.
    let next = doctor(&house).await;
    anna.get("/doctors").await;
    house.advance(FRESH - 1);
    assert_eq!(anna.get("/doctors").await.status, StatusCode::OK);
    house.advance(1);
    let wall = anna.post(&format!("/doctors/{next}/delete"), &[("bw.version", "1")]).await;
    assert_eq!(wall.status, StatusCode::UNAUTHORIZED);
    // The proof is of one session: another one of the same person has its own, new since its sign-in.
    let mut elsewhere = house.signed_in(ANNA).await;
    elsewhere.get("/doctors").await;
    let answer = anna.clone().post(&format!("/doctors/{next}/delete"), &[("bw.version", "1")]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let answer = elsewhere.post(&format!("/doctors/{next}/delete"), &[("bw.version", "1")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let ids = house.app().store.people().await.unwrap();
    assert_eq!(ids[0].id, me);
}

#[tokio::test]
async fn the_form_survives_letter_by_letter_wrong_passwords_too() {
    let house = house().await;
    house.person(ANNA, "Owner").await;
    let mut anna = house.signed_in(ANNA).await;
    house.advance(FRESH);
    anna.get("/doctors/new").await;
    let name = "\"><b>'Berg' & Töchter</b>";
    let fields = [("name", name), ("speciality", "General"), ("active", "true")];
    let wall = anna.post("/doctors/new?from=here", &fields).await;
    assert_eq!(wall.status, StatusCode::UNAUTHORIZED, "{}", wall.text);
    assert!(!wall.text.contains("<b>"), "text stays text");
    let again = prove(&mut anna, &wall, WRONG).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    assert!(again.text.contains("That is not your password") && !again.text.contains(WRONG));
    let kept: Vec<(String, String)> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    assert_eq!(form_of(&again), ("/doctors/new?from=here".to_owned(), kept));
    let answer = prove(&mut anna, &again, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let page = anna.get("/doctors").await.text;
    assert!(page.contains("&quot;&gt;&lt;b&gt;&#39;Berg&#39; &amp; Töchter"), "{page}");
    assert_eq!((recorded(&house, "proof.failed").await, recorded(&house, "row.created").await), (1, 1));
}

#[tokio::test]
async fn an_action_runs_once_however_often_its_proof_is_sent() {
    static RAN: Counting = Counting(AtomicUsize::new(0));
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    let house = House::of(&PANEL, &RAN, "http://127.0.0.1:8000", limits).await;
    house.person(ANNA, "Owner").await;
    let store = &house.app().store;
    let doctor = doctor(&house).await;
    let patient = seed(store, PATIENT, vec![new_patient("Anna Berg", doctor)]).await[0];
    let amount = Value::Decimal("12.50".parse().unwrap());
    let id = seed(store, INVOICE, vec![vec![(0, Value::Int(patient)), (1, amount)]]).await[0];
    let mut anna = house.signed_in(ANNA).await;
    house.advance(FRESH);
    let wall = anna.post(&format!("/invoices/{id}/do/approve"), &[("bw.version", "1")]).await;
    assert_eq!((wall.status, RAN.0.load(Ordering::SeqCst)), (StatusCode::UNAUTHORIZED, 0));
    let mut sent = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let mut tab = anna.clone();
        let wall = Answer { status: wall.status, headers: wall.headers.clone(), text: wall.text.clone() };
        sent.spawn(async move { prove(&mut tab, &wall, PASSWORD).await.location().to_owned() });
    }
    let went_on = sent.join_all().await.into_iter().filter(|to| to.ends_with("?done=acted")).count();
    assert_eq!((went_on, RAN.0.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_40_parallel_guesses_within_a_session_five_are_verified() {
    let house = house().await;
    house.person(ANNA, "Owner").await;
    let id = doctor(&house).await;
    let mut anna = house.signed_in(ANNA).await;
    let mut elsewhere = house.signed_in(ANNA).await;
    house.advance(FRESH);
    let path = format!("/doctors/{id}/delete");
    let wall = anna.post(&path, &[("bw.version", "1")]).await;
    let before = house.app().hasher.work().1;
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let mut tab = anna.clone();
        let path = path.clone();
        guesses.spawn(async move { tab.post(&path, &[("bw.version", "1"), ("bw.proof", WRONG)]).await.status });
    }
    let answers = guesses.join_all().await;
    let told = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((told(StatusCode::UNAUTHORIZED), told(StatusCode::TOO_MANY_REQUESTS)), (5, 35));
    assert_eq!(house.app().hasher.work().1 - before, 5);
    assert_eq!((recorded(&house, "proof.failed").await, recorded(&house, "proof.throttled").await), (5, 6));
    // The right one is not even tried, until the window is over; the person's other session is not held back.
    assert_eq!(prove(&mut anna, &wall, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    let other = elsewhere.post("/doctors/new", &[("name", "Adams")]).await;
    assert_eq!(prove(&mut elsewhere, &other, PASSWORD).await.status, StatusCode::SEE_OTHER);
    house.advance(600);
    assert_eq!(prove(&mut anna, &wall, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_proof_from_elsewhere_is_not_looked_at() {
    let house = house().await;
    house.person(ANNA, "Owner").await;
    let id = doctor(&house).await;
    let mut anna = house.signed_in(ANNA).await;
    house.advance(FRESH);
    let before = house.app().hasher.work().1;
    let path = format!("/doctors/{id}/delete");
    let fields = [("bw.version", "1"), ("bw.proof", PASSWORD)];
    assert_eq!(anna.clone().post_with(&path, Some("x"), &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.app().hasher.work().1, before);
    assert_eq!(anna.post(&path, &fields).await.status, StatusCode::SEE_OTHER, "the control");
}

#[tokio::test]
async fn without_the_right_nobody_is_asked_for_a_proof() {
    let house = house().await;
    house.person(ANNA, "Reception").await;
    let id = doctor(&house).await;
    let mut anna = house.signed_in(ANNA).await;
    house.advance(FRESH);
    let answer = anna.post(&format!("/doctors/{id}/delete"), &[("bw.version", "1")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_page_behind_the_wall_is_shown_after_the_proof() {
    static READING: Panel = Panel { reauth: &[Reauth::Verb(Verb::View)], ..CLINIC };
    let house = House::of(&READING, &NoActions, "http://127.0.0.1:8000", Limits::default()).await;
    house.person(ANNA, "Owner").await;
    doctor(&house).await;
    let mut anna = house.signed_in(ANNA).await;
    house.advance(FRESH);
    let wall = anna.get("/doctors?q=Berg").await;
    assert_eq!(wall.status, StatusCode::UNAUTHORIZED);
    let answer = prove(&mut anna, &wall, PASSWORD).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/doctors?q=Berg"));
    assert!(anna.get("/doctors?q=Berg").await.text.contains("/doctors/1\""));
}

#[tokio::test]
async fn the_store_itself_does_nothing_on_an_old_proof() {
    let house = house().await;
    let store = &house.app().store;
    let doctor = doctor(&house).await;
    let patient = add_patient(store, new_patient("Anna Berg", doctor)).await;
    let fresh = actor("Owner", None);
    let mut old = fresh.clone();
    old.fresh_until = old.asker.now;
    for (who, ok) in [(&old, false), (&fresh, true)] {
        let delete = crate::authorize::authorize(&PANEL, who, Verb::Delete, &PANEL.models[PATIENT]).granted().unwrap();
        assert!(delete.needs_fresh_proof());
        let mut write = store.write(context(who)).await.unwrap();
        match write.delete(&delete, patient.into(), None).await {
            Ok(recorded) => write.commit(recorded).await.unwrap(),
            Err(why) => assert_eq!((why, ok), (Error::ProofNeeded, false)),
        }
    }
    let view = terms(&fresh, Verb::View, PATIENT);
    let query = crate::store::CountQuery { terms: &view, filter: crate::condition::Condition::Always };
    assert_eq!(store.counts(&[query]).await.unwrap(), [crate::store::Count::Exactly(0)]);
}

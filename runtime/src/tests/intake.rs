//! How much of a form is read, and of whom: little of a stranger's, all of what somebody may write.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body::{Body, Frame};
use tower_service::Service as _;

use super::authenticator;
use super::browser::{Browser, House, NoActions, PANEL, PASSWORD};
use crate::Limits;
use crate::panel::Panel;
use crate::service::Peer;
use crate::testing::{CLINIC, add_patient, new_patient, two_doctors};

const ANNA: &str = "anna@clinic.example";
const DESK: &str = "desk@clinic.example";
const KIB: usize = 1_024;

/// A body of `x=aaa…`, a piece of 1 KiB at a time; it says how many bytes were asked for.
struct Drip {
    asked: Arc<AtomicUsize>,
    /// Bytes after which nothing more comes, and no end either.
    stalls: usize,
    /// Bytes after which it ends.
    ends: usize,
}

impl Body for Drip {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let so_far = self.asked.load(Ordering::SeqCst);
        if so_far >= self.ends {
            return Poll::Ready(None);
        }
        if so_far >= self.stalls {
            return Poll::Pending;
        }
        self.asked.fetch_add(KIB, Ordering::SeqCst);
        let piece = if so_far == 0 { format!("x={}", "a".repeat(KIB - 2)) } else { "a".repeat(KIB) };
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(piece)))))
    }
}

fn endless(asked: &Arc<AtomicUsize>) -> Drip {
    Drip { asked: Arc::clone(asked), stalls: usize::MAX, ends: usize::MAX }
}

fn stalling(asked: &Arc<AtomicUsize>) -> Drip {
    Drip { asked: Arc::clone(asked), stalls: 2 * KIB, ends: usize::MAX }
}

/// Posts that body as this browser; `announced` is what it says of its length.
async fn post(house: &House, browser: &Browser, path: &str, body: Drip, announced: Option<usize>) -> StatusCode {
    let mut request =
        Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body).unwrap();
    let jar: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    request.headers_mut().insert(header::COOKIE, jar.join("; ").parse().unwrap());
    if let Some(length) = announced {
        request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    request.extensions_mut().insert(Peer(browser.peer));
    house.service.clone().call(request).await.unwrap().status()
}

async fn house() -> House {
    house_with(Limits { hash_queue: 1_000, ..Limits::of(&PANEL) }).await
}

async fn house_with(limits: Limits) -> House {
    let house = House::with("http://127.0.0.1:8000", limits).await;
    house.person(ANNA, "Owner").await;
    house
}

fn of_kib(kib: usize) -> String {
    "a".repeat(kib * KIB)
}

#[tokio::test]
async fn nobody_s_form_is_small_wherever_it_goes() {
    let house = house().await;
    let mut browser = house.browser();
    for path in ["/sign-in", "/recovery", "/join", "/first"] {
        browser.get("/sign-in").await;
        let large = browser.post(path, &[("email", ANNA), ("password", &of_kib(16))]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(large.text.contains("larger than the panel takes here") && large.text.contains("Send less"), "{path}");
        let small = browser.post(path, &[("email", ANNA), ("password", &of_kib(15))]).await;
        assert_ne!(small.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}: the control");
    }
    // What leads to the sign-in is not even looked at.
    for path in ["/", "/patients/new", "/account/password", "/sign-out", "/people/invite", "/no/such/page"] {
        let answer = browser.post(path, &[("name", &of_kib(200))]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"), "{path}");
    }
    // A session that is over is nobody's.
    let mut anna = house.signed_in(ANNA).await;
    let old = anna.clone();
    assert_eq!(anna.post("/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
    let answer = old.clone().post("/sign-in", &[("email", &of_kib(20))]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    // What was typed in it comes back, as far as a usual form goes.
    let answer = old.clone().post("/patients/new", &[("notes", &of_kib(60))]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.text.contains(&of_kib(60)));
    let answer = old.clone().post("/patients/new", &[("notes", &of_kib(100))]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_password_alone_has_no_more_read_than_nobody() {
    let house = authenticator::house().await;
    authenticator::with_factor(&house, ANNA, "Owner").await;
    let mut half = authenticator::before_the_step(&house, ANNA).await;
    for path in ["/factor", "/doctors/new", "/sign-out"] {
        let answer = half.post(path, &[("name", &of_kib(20))]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
}

#[tokio::test]
async fn what_somebody_may_write_is_read_whole_and_nothing_that_was_typed_is_lost() {
    let house = house().await;
    house.person(DESK, "Reception").await;
    let doctor = two_doctors(&house.app().store).await.0;
    let id = add_patient(&house.app().store, new_patient("Omar Haddad", doctor)).await;
    let edit = format!("/patients/{id}/edit");
    let mut anna = house.signed_in(ANNA).await;
    anna.get(&edit).await;
    // A megabyte of notes, which have no bound of their own.
    let notes = of_kib(1_024);
    let saved = anna.post(&edit, &[("bw.version", "1"), ("notes", &notes)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let kept = house.app().store.ask_for_test("SELECT CAST(length(notes) AS TEXT) FROM patients").await;
    assert_eq!(kept, notes.len().to_string());
    // With something wrong beside them, they come back.
    let wrong = anna.post(&edit, &[("bw.version", "2"), ("notes", &notes), ("email", "nope")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains(&notes));
    // Larger than any form: a page of the panel, with what to do.
    let most = house.app().limits.largest();
    let asked = Arc::new(AtomicUsize::new(0));
    assert_eq!(post(&house, &anna, &edit, endless(&asked), Some(most + 1)).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(asked.load(Ordering::SeqCst), 0, "and not a byte of it is read");
    // Without the right of the page, or where no texts go, a form has its usual size.
    let mut desk = house.signed_in(DESK).await;
    let nowhere = [(false, "/doctors/new"), (true, "/account/password"), (true, "/people/invite"), (true, "/")];
    for (is_owner, path) in nowhere {
        let who = if is_owner { &mut anna } else { &mut desk };
        let answer = who.post(path, &[("name", &of_kib(65))]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(answer.text.contains("Sign out") && answer.text.contains("Go back"), "{path}: a page of the panel");
        let within = who.post(path, &[("name", &of_kib(60))]).await;
        assert_ne!(within.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}: the control");
    }
    assert_eq!(anna.post("/doctors/new", &[("name", &of_kib(65))]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn forms_without_an_end_are_read_no_further_than_they_may_be() {
    let house = house().await;
    let mut all = tokio::task::JoinSet::new();
    let asked: Vec<_> = (0..200).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let house = Arc::new(house);
    for asked in &asked {
        let (house, body) = (Arc::clone(&house), endless(asked));
        all.spawn(async move { post(&house, &house.browser(), "/sign-in", body, None).await });
    }
    assert_eq!(all.join_all().await, [StatusCode::PAYLOAD_TOO_LARGE; 200]);
    for asked in asked {
        assert_eq!(asked.load(Ordering::SeqCst), 17 * KIB, "the limit, and the piece that goes beyond it");
    }
    // Somebody who is signed in, and does not say how much it will be: the usual size.
    let anna = house.signed_in(ANNA).await;
    let asked = Arc::new(AtomicUsize::new(0));
    assert_eq!(post(&house, &anna, "/doctors/new", endless(&asked), None).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(asked.load(Ordering::SeqCst), 65 * KIB);
}

#[tokio::test]
async fn forms_that_do_not_arrive_hold_nobody_up() {
    let house = Arc::new(house().await);
    let mut anna = house.signed_in(ANNA).await;
    let asked: Vec<_> = (0..3 * crate::turn::AT_ONCE).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let mut slow = tokio::task::JoinSet::new();
    for asked in &asked {
        let (house, body) = (Arc::clone(&house), stalling(asked));
        slow.spawn(async move { post(&house, &house.browser(), "/sign-in", body, None).await });
    }
    while asked.iter().any(|asked| asked.load(Ordering::SeqCst) < 2 * KIB) {
        tokio::task::yield_now().await;
    }
    let mut other = house.browser();
    assert_eq!(other.sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(anna.get("/doctors").await.status, StatusCode::OK);
    assert!(slow.try_join_next().is_none(), "all of them are still sending");
}

#[tokio::test]
async fn a_stranger_s_form_has_its_time() {
    let limits = Limits { hash_queue: 1_000, head_time: Duration::from_millis(100), ..Limits::of(&PANEL) };
    let house = house_with(limits).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let status = post(&house, &house.browser(), "/sign-in", stalling(&asked), Some(4 * KIB)).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn large_forms_take_turns_and_small_ones_pass_them() {
    static SMALL: Panel = Panel { models: CLINIC.models, ..PANEL_AT_THE_DOOR };
    const PANEL_AT_THE_DOOR: Panel = super::browser::CLINIC_AT_THE_DOOR;
    let limits = Limits { hash_queue: 1_000, ..Limits::of(&SMALL) };
    let house = House::of(&SMALL, &NoActions, "http://127.0.0.1:8000", limits).await;
    house.person(ANNA, "Owner").await;
    let house = Arc::new(house);
    let mut anna = house.signed_in(ANNA).await;
    let most = house.app().limits.largest();
    let asked: Vec<_> = (0..crate::limits::LARGE_AT_ONCE).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let mut slow = tokio::task::JoinSet::new();
    for asked in &asked {
        let (house, browser, body) = (Arc::clone(&house), anna.clone(), stalling(asked));
        slow.spawn(async move { post(&house, &browser, "/doctors/new", body, Some(most)).await });
    }
    while asked.iter().any(|asked| asked.load(Ordering::SeqCst) < 2 * KIB) {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.app().large_forms.available_permits(), 0, "as many as there is room for");
    let one_more = Arc::new(AtomicUsize::new(0));
    let (waiting, browser, body) = (Arc::clone(&house), anna.clone(), endless(&one_more));
    let waiting = tokio::spawn(async move { post(&waiting, &browser, "/doctors/new", body, Some(most)).await });
    let answer = anna.post("/doctors/new", &[("name", "Dr. Berg"), ("speciality", "General")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(one_more.load(Ordering::SeqCst), 0, "not a byte before there is room");
    slow.shutdown().await;
    assert_eq!(waiting.await.unwrap(), StatusCode::PAYLOAD_TOO_LARGE, "its turn came, and it said less than it was");
}

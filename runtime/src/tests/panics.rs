//! A body that panics: its request gets a page like any other error, its row stays as it was, and neither the server
//! nor what works on jobs goes down with it. Each test fails where the panic is not caught.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use tower_service::Service as _;

use super::browser::{Browser, House};
use crate::Limits;
use crate::action::{Actions, Call, Done, Running};
use crate::app::App;
use crate::clock::Clock;
use crate::service::Service;
use crate::testing::{self, DOCTOR, INVOICE, PANEL, PATIENT, new_patient, seed};
use crate::value::Value;

const ANNA: &str = "anna@clinic.example";

/// Panics the first time.
pub(super) struct Once(pub(super) AtomicBool);

impl Actions for Once {
    fn run<'a>(&self, _: Call<'a>) -> Running<'a> {
        let panics = !self.0.swap(true, Ordering::SeqCst);
        Box::pin(async move {
            tokio::task::yield_now().await;
            assert!(!panics, "a panic of the test");
            Ok(Done { message: "Approved.".to_owned() })
        })
    }
}

/// Three invoices, and who may approve them.
pub(super) async fn scene(actions: &'static dyn Actions) -> (House, Vec<i64>, Browser) {
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    let house = House::of(&PANEL, actions, "http://127.0.0.1:8000", limits).await;
    house.person(ANNA, "Owner").await;
    let store = &house.app().store;
    let doctor = seed(store, DOCTOR, vec![vec![(0, Value::Text("Berg".to_owned()))]]).await[0];
    let patient = seed(store, PATIENT, vec![new_patient("Anna Berg", doctor)]).await[0];
    let invoice = || vec![(0, Value::Int(patient)), (1, Value::Decimal("12.50".parse().unwrap()))];
    let ids = seed(store, INVOICE, vec![invoice(), invoice(), invoice()]).await;
    let anna = house.signed_in(ANNA).await;
    (house, ids, anna)
}

async fn acted(house: &House) -> String {
    house.app().store.ask_for_test("SELECT count(*) FROM bw_audit WHERE event = 'row.action'").await
}

#[tokio::test]
async fn an_action_that_panics_is_an_error_of_its_request_alone() {
    static ACTIONS: Once = Once(AtomicBool::new(false));
    let (house, ids, mut anna) = scene(&ACTIONS).await;
    let path = format!("/invoices/{}/do/approve", ids[0]);
    let answer = anna.post(&path, &[("bw.version", "1")]).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", answer.text);
    assert!(answer.text.contains("Something went wrong on our side") && !answer.text.contains("a panic of the test"));
    assert!(!answer.header("x-request-id").is_empty());
    assert_eq!(acted(&house).await, "0");
    assert_eq!(anna.post(&path, &[("bw.version", "1")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(acted(&house).await, "1");
}

#[tokio::test]
async fn an_action_that_panics_fails_for_its_row_and_the_jobs_go_on() {
    static ACTIONS: Once = Once(AtomicBool::new(false));
    let (house, _, mut anna) = scene(&ACTIONS).await;
    let workers = house.work();
    for (jobs, done, failed) in [("1", "2", "1"), ("2", "5", "1")] {
        let asked = anna.post("/invoices/bulk", &[("do", "approve"), ("all", "1"), ("bw.sure", "1")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let store = &house.app().store;
        while store.ask_for_test("SELECT count(*) FROM bw_jobs WHERE ended_at IS NOT NULL").await != jobs {
            assert!(workers.iter().all(|worker| !worker.is_finished()), "what works on jobs went down");
            tokio::task::yield_now().await;
        }
        assert_eq!(store.ask_for_test("SELECT CAST(sum(done) AS bigint) FROM bw_jobs").await, done);
        assert_eq!(store.ask_for_test("SELECT CAST(sum(failed) AS bigint) FROM bw_jobs").await, failed);
        assert_eq!(acted(&house).await, done);
    }
}

/// Whatever else panics: the clock of this panel does, once.
#[tokio::test]
async fn a_request_that_panics_is_answered_under_its_id_and_the_next_one_too() {
    let house = House::open().await;
    let went_wrong = AtomicBool::new(false);
    let clock = Clock::new(move || {
        assert!(went_wrong.swap(true, Ordering::SeqCst), "a panic of the test");
        testing::now()
    });
    let app = house.app();
    let app = App::new(app.panel, app.actions, app.settings.clone(), clock, app.limits, app.store.clone());
    let mut service = Service::nested(Arc::new(app));
    for status in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::OK] {
        let request = Request::builder().uri("/sign-in").body(Full::<Bytes>::default()).unwrap();
        let answer = service.call(request).await.unwrap();
        assert_eq!(answer.status(), status);
        assert!(answer.headers().contains_key("x-request-id"));
        assert!(answer.headers().contains_key("content-security-policy"));
        let text = answer.into_body().collect().await.map(http_body_util::Collected::to_bytes);
        assert!(text.is_ok_and(|text| !text.is_empty()));
    }
}

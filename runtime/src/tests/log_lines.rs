//! Every line that the panel writes to the program's log names one request: the one that it was written for, also after
//! its answer, and else one of its own.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::LocalKey;

use http::StatusCode;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use uuid::Uuid;

use super::browser::{Answer, House};
use super::mail::MAILED;
use super::panics::{Once, scene};
use crate::audit::{EntryQuery, EventId};
use crate::mail::sender;
use crate::store::Store;

const ANNA: &str = "anna@clinic.example";
/// Where the browsers of the tests are.
const PEER: &str = "198.51.100.7";

/// What was said, and the requests that each line names.
type Said = RefCell<Vec<(String, Vec<String>)>>;

thread_local! {
    /// On this thread, on which all tasks of its test run.
    static SAID: Said = const { RefCell::new(Vec::new()) };
}

/// The log of the whole process: one that came and went with a test would miss lines, since what is not listened to is
/// remembered for all threads.
struct Everything;

/// What somebody listens to.
struct Lines(&'static LocalKey<Said>);

#[derive(Default)]
struct Named {
    said: String,
    requests: Vec<String>,
}

impl Visit for Named {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "request" {
            self.requests.push(format!("{value:?}").trim_matches('"').to_owned());
        } else {
            // Writing to a string can't fail.
            let _ = write!(self.said, "{}={value:?} ", field.name());
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Everything {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target().starts_with("bailiwick") { Interest::always() } else { Interest::never() }
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut named = Named::default();
        attributes.record(&mut named);
        context.span(id).expect("a span that began").extensions_mut().insert(named);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut named = Named::default();
        event.record(&mut named);
        for span in context.event_scope(event).into_iter().flatten() {
            named.requests.extend(span.extensions().get::<Named>().into_iter().flat_map(|span| span.requests.clone()));
        }
        SAID.with_borrow_mut(|said| said.push((named.said, named.requests)));
    }
}

impl Lines {
    fn heard() -> Self {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            let log = tracing_subscriber::registry().with(Everything);
            tracing::subscriber::set_global_default(log).expect("no other log in the tests");
        });
        SAID.with_borrow_mut(Vec::clear);
        Self(&SAID)
    }

    /// What was said since the last time: each line names one request.
    fn taken(&self) -> Vec<(String, Uuid)> {
        let lines = self.0.take();
        let named = lines.into_iter().map(|(said, requests)| match &requests[..] {
            [one] => (said, one.parse().unwrap()),
            other => panic!("{said} names {other:?}"),
        });
        named.collect()
    }

    /// All of them are of this answer's request; what they say.
    fn of(&self, answer: &Answer) -> String {
        let lines = self.taken();
        assert!(!lines.is_empty());
        for (said, request) in &lines {
            assert_eq!(request.to_string(), answer.header("x-request-id"), "{said}");
        }
        lines.into_iter().map(|(said, _)| said).collect()
    }

    /// The request of the first line that says this, once there is one.
    async fn until(&self, words: &str) -> Uuid {
        for _ in 0..1_000_000 {
            if let Some((_, request)) = self.taken().into_iter().find(|(said, _)| said.contains(words)) {
                return request;
            }
            tokio::task::yield_now().await;
        }
        panic!("nothing said {words}");
    }
}

fn id_of(answer: &Answer) -> Uuid {
    answer.header("x-request-id").parse().unwrap()
}

/// The newest audit entry of each of these events names the request of this answer, and the address that it came from.
async fn newest_are_of(store: &Store, events: [EventId; 2], asked: &Answer) {
    for event in events {
        let query = EntryQuery { event: Some(event), size: 1, ..EntryQuery::default() };
        let entry = store.entries(&query).await.unwrap().entries.remove(0);
        assert_eq!((entry.origin.request, entry.origin.address.as_deref()), (id_of(asked), Some(PEER)), "{event:?}");
    }
}

#[tokio::test]
async fn every_line_of_a_request_names_it() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let lines = Lines::heard();
    let mut browser = house.browser();
    let answer = browser.get("/sign-in").await;
    assert!(lines.of(&answer).contains("path"));
    let answer = browser.post_with("/sign-in", Some("x"), &[("email", ANNA)]).await;
    assert!(lines.of(&answer).contains("was not believed"));
    let mut anna = house.signed_in(ANNA).await;
    lines.taken();
    let answer = anna.get("/nothing/here").await;
    assert!(lines.of(&answer).contains("error"));
    let answer = anna.post("/doctors/new", &[("name", ""), ("speciality", "General")]).await;
    lines.of(&answer);
    house.sql("ALTER TABLE doctors RENAME TO gone").await;
    let answer = anna.get("/doctors").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(lines.of(&answer).contains("no such table") || crate::testing::place::on_postgres());
}

#[tokio::test]
async fn every_line_of_a_program_s_request_names_it_and_none_holds_its_token() {
    let (house, program, token) = crate::tests::api::one_program().await;
    let lines = Lines::heard();
    for (path, words) in [("/api/doctors", "path"), ("/api/nothing", "no such thing"), ("/api/patients/x", "path")] {
        let said = lines.of(&program.get(path).await);
        assert!(said.contains(words) && !said.contains(&token), "{said}");
    }
    house.sql("UPDATE bw_people SET inactive = TRUE").await;
    let said = lines.of(&program.get("/api/doctors").await);
    assert!(said.contains("an API token was refused") && said.contains("switched off"), "{said}");
    assert!(!said.contains(&token) && !said.contains(ANNA));
}

#[tokio::test]
async fn a_job_goes_on_under_the_request_that_asked_for_it() {
    static ACTIONS: Once = Once(AtomicBool::new(false));
    let (house, _, mut anna) = scene(&ACTIONS).await;
    let lines = Lines::heard();
    let asked = anna.post("/invoices/bulk", &[("do", "approve"), ("all", "1"), ("bw.sure", "1")]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    lines.of(&asked);
    let _workers = house.work();
    assert_eq!(lines.until("is being worked on").await, id_of(&asked));
    assert_eq!(lines.until("an action failed").await, id_of(&asked));
    let store = &house.app().store;
    while store.ask_for_test("SELECT count(*) FROM bw_jobs WHERE ended_at IS NOT NULL").await != "1" {
        tokio::task::yield_now().await;
    }
    lines.taken();
    newest_are_of(store, [EventId::RowActed, EventId::JobEnded], &asked).await;
}

#[tokio::test]
async fn a_mail_goes_out_or_is_given_up_under_the_request_that_queued_it() {
    // A port on which nothing listens.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let house = House::posting(&MAILED, "http://127.0.0.1:8000", &format!("smtp://{closed}")).await;
    house.person(ANNA, "Owner").await;
    house.sql("DELETE FROM bw_mail").await;
    let mut anna = house.browser();
    anna.get("/recovery").await;
    let lines = Lines::heard();
    let asked = anna.post("/recovery", &[("email", ANNA)]).await;
    lines.of(&asked);
    sender::deliver_due(house.app()).await.unwrap();
    assert_eq!(lines.until("was not sent").await, id_of(&asked));
    house.advance(7 * 86_400);
    sender::deliver_due(house.app()).await.unwrap();
    assert_eq!(lines.until("given up").await, id_of(&asked));
    newest_are_of(&house.app().store, [EventId::LinkIssued, EventId::MailGivenUp], &asked).await;
}

#[tokio::test]
async fn what_no_request_began_goes_under_an_id_of_its_own() {
    let house = House::posting(&MAILED, "http://127.0.0.1:8000", "smtp://127.0.0.1:9").await;
    for table in ["ALTER TABLE bw_jobs RENAME TO jobs_gone", "ALTER TABLE bw_mail RENAME TO mail_gone"] {
        house.sql(table).await;
    }
    house.sql("ALTER TABLE bw_loans RENAME TO loans_gone").await;
    let lines = Lines::heard();
    let _workers = house.work();
    let worker = lines.until("a job was not taken").await;
    let bell = house.app().store.bell();
    bell.notify_one();
    let sending = tokio::spawn(sender::run(Arc::downgrade(house.service.app()), bell));
    let queue = lines.until("could not be worked on").await;
    sending.abort();
    crate::cli::serve::swept(house.app()).await;
    let sweep = lines.until("the end of loans was not written").await;
    assert!([worker, queue, sweep].iter().all(|id| id.get_version_num() == 7));
    assert!(worker != queue && queue != sweep && worker != sweep);
}

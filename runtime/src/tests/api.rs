//! The API: a panel that has one, people with tokens, and programs that come with them.

mod described;
mod given;
mod reading;
mod tokens;
mod tries;
mod writing;

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use serde_json::Value as Json;
use tower_service::Service as _;

use super::authenticator::between;
use super::browser::{Answer, Browser, House};
use super::mail::MAILED_PARTS;
use crate::Limits;
use crate::action::{Actions, Call, Done, Running};
use crate::panel::{By, Limit, Panel, PeopleCell, PeopleVerb, Reauth, Role, Throttle, ThrottleName, Verb};
use crate::service::{Peer, Service};
use crate::testing::{DOCTOR, INVOICE, PATIENT, VISIT, minutes, new_patient, seed, text};
use crate::value::Value;

const OWNER: &str = "owner@clinic.example";
const ANNA: &str = "anna@clinic.example";
const DESK: &str = "desk@clinic.example";

const fn over(verb: PeopleVerb, target: usize) -> PeopleCell {
    PeopleCell { verb, target, lendable: false, grant: 0 }
}

/// Tries that let nobody in, by address.
const TRIES: u32 = 5;

const TOKEN: Throttle = Throttle {
    name: ThrottleName::Token,
    limits: &[Limit { count: 200, window: 60, by: By::Token }, Limit { count: TRIES, window: 600, by: By::Address }],
    wait: None,
    cap: None,
};

/// The clinic with mail and with an API; owners rule over the others.
static PANEL: Panel = PARTS;

const PARTS: Panel = Panel {
    roles: &[
        Role {
            people: &[
                over(PeopleVerb::Assign, 1),
                over(PeopleVerb::Assign, 2),
                over(PeopleVerb::Reset, 1),
                over(PeopleVerb::Lock, 1),
                over(PeopleVerb::Unlock, 1),
                over(PeopleVerb::Revoke, 1),
            ],
            ..MAILED_PARTS.roles[0]
        },
        Role { index: 1, ..MAILED_PARTS.roles[1] },
        Role { index: 2, ..MAILED_PARTS.roles[2] },
    ],
    throttles: &[Throttle { ..MAILED_PARTS.throttles[0] }, TOKEN],
    reauth: &[Reauth::Verb(Verb::Export)],
    ..MAILED_PARTS
};

/// Every action says who asked for it.
struct Says;

impl Actions for Says {
    fn run<'a>(&self, _: Call<'a>) -> Running<'a> {
        Box::pin(async { Ok(Done { message: "Approved.".to_owned() }) })
    }
}

async fn of(panel: &'static Panel) -> House {
    let limits = Limits { hash_queue: 1_000, ..Limits::of(panel) };
    House::of(panel, &Says, "http://127.0.0.1:8000", limits).await
}

/// Two doctors, Berg's patient with a visit, and Adams' with an invoice: the numbers of all but the visit's.
struct Clinic {
    house: House,
    berg: i64,
    adams: i64,
    of_berg: i64,
    of_adams: i64,
    invoice: i64,
}

async fn clinic() -> Clinic {
    let house = of(&PANEL).await;
    let store = &house.app().store;
    let doctors = ["Berg", "Adams"].map(|name| vec![(0, text(name))]);
    let doctors = seed(store, DOCTOR, doctors.to_vec()).await;
    let (berg, adams) = (doctors[0], doctors[1]);
    let of_berg = seed(store, PATIENT, vec![new_patient("Ida Holm", berg)]).await[0];
    let of_adams = seed(store, PATIENT, vec![new_patient("Jon Lund", adams)]).await[0];
    seed(store, VISIT, vec![vec![(0, Value::Int(of_berg)), (1, minutes(-60))]]).await;
    let invoice = vec![(0, Value::Int(of_adams)), (1, Value::Decimal("12.50".parse().unwrap()))];
    let invoice = seed(store, INVOICE, vec![invoice]).await[0];
    house.person(OWNER, "Owner").await;
    house.person_knowing(ANNA, "Clinician", &format!("{{\"doctor\":{berg}}}")).await;
    house.person(DESK, "Reception").await;
    Clinic { house, berg, adams, of_berg, of_adams, invoice }
}

impl Clinic {
    /// A program of this person that may do what they may.
    async fn program(&self, email: &str) -> Program {
        self.with_token(email, "write").await
    }

    async fn with_token(&self, email: &str, may: &str) -> Program {
        let mut browser = self.house.signed_in(email).await;
        Program::of(&self.house, Some(make(&mut browser, may).await))
    }
}

/// A house with one program, and what it holds without its prefix.
pub(super) async fn one_program() -> (House, Program, String) {
    let house = of(&PANEL).await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    let token = make(&mut browser, "read").await;
    let bare = token.strip_prefix("bwk_").unwrap().to_owned();
    let program = Program::of(&house, Some(token));
    (house, program, bare)
}

/// Makes a token on the account page.
async fn make(browser: &mut Browser, may: &str) -> String {
    browser.get("/account").await;
    let answer = browser.post("/account/tokens", &[("name", "Nightly"), ("days", "90"), ("may", may)]).await;
    token_on(&answer)
}

fn token_on(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    between(between(&answer.text, "id=\"token\"", ">"), "value=\"", "\"").to_owned()
}

/// A program: it knows its token and nothing else.
#[derive(Clone)]
pub(super) struct Program {
    service: Service,
    token: Option<String>,
    peer: SocketAddr,
    headers: HeaderMap,
}

impl Program {
    fn of(house: &House, token: Option<String>) -> Self {
        let peer = "198.51.100.7:4711".parse().unwrap();
        Self { service: house.service.clone(), token, peer, headers: HeaderMap::new() }
    }

    /// The same program, whose requests come to another process.
    fn at(&self, house: &House) -> Self {
        Self { service: house.service.clone(), ..self.clone() }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "").await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, body).await
    }

    async fn patch(&self, path: &str, body: &str) -> Answer {
        self.send(Method::PATCH, path, body).await
    }

    async fn send(&self, method: Method, path: &str, body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
            request = request.header(header::CONTENT_LENGTH, body.len());
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let mut request = request.body(Full::new(Bytes::from(body.to_owned()))).expect("a request");
        for name in self.headers.keys() {
            request.headers_mut().remove(name);
        }
        for (name, value) in &self.headers {
            request.headers_mut().append(name.clone(), value.clone());
        }
        request.extensions_mut().insert(Peer(self.peer));
        let (parts, body) = self.service.clone().call(request).await.expect("an answer, always").into_parts();
        let text = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8(text.to_vec()).expect("text");
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

impl Answer {
    fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|why| panic!("{why}: {}", self.text))
    }

    /// What it says of itself, all of it with the headers that every answer has.
    fn is(&self, status: u16) -> Json {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        for header in ["x-request-id", "content-security-policy", "x-content-type-options"] {
            assert!(!self.header(header).is_empty(), "{header}");
        }
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(self.headers.get("set-cookie").is_none());
        if self.text.is_empty() {
            return Json::Null;
        }
        let json = self.json();
        if status >= 400 {
            assert_eq!(self.header("content-type"), "application/problem+json");
            assert_eq!(json["status"], status);
        } else {
            assert_eq!(self.header("content-type"), "application/json");
        }
        json
    }
}

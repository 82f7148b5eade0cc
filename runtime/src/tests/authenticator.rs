//! An authenticator app: it reads the secret off the page of an enrolment, as a person would, and shows codes. And the
//! panel for it: owners must have a factor, others may.

use chrono::{DateTime, Utc};
use http::StatusCode;
use totp_rs::{Builder, Secret, Totp};

use super::browser::{Answer, Browser, House, NoActions, PASSWORD};
use crate::Limits;
use crate::panel::{By, Limit, Panel, PeopleCell, PeopleVerb, Reauth, Recovery, Role, Throttle, ThrottleName, Verb};
use crate::testing::CLINIC;

const fn over(verb: PeopleVerb, target: usize) -> PeopleCell {
    PeopleCell { verb, target, lendable: false, grant: 0 }
}

const fn throttle(name: ThrottleName, limits: &'static [Limit]) -> Throttle {
    Throttle { name, limits, wait: None, cap: None }
}

pub(super) static PANEL: Panel = PARTS;

/// The same, to vary.
pub(super) const PARTS: Panel = Panel {
    roles: &[
        Role {
            factor_required: true,
            people: &[over(PeopleVerb::Reset, 1), over(PeopleVerb::Unlock, 1), over(PeopleVerb::Assign, 1)],
            ..CLINIC.roles[0]
        },
        Role { people: &[over(PeopleVerb::Lock, 2)], ..CLINIC.roles[1] },
        Role { index: 2, ..CLINIC.roles[2] },
    ],
    reauth: &[Reauth::Verb(Verb::Delete), Reauth::Verb(Verb::Create)],
    recovery: Recovery { codes: Some(3), ..CLINIC.recovery },
    throttles: &[
        Throttle {
            wait: Some((1, 900)),
            cap: Some(100),
            ..throttle(ThrottleName::Login, &[Limit { count: 5, window: 900, by: By::Account }])
        },
        throttle(ThrottleName::Factor, &[Limit { count: 5, window: 600, by: By::Session }]),
        throttle(ThrottleName::Reauth, &[Limit { count: 5, window: 600, by: By::Session }]),
    ],
    ..CLINIC
};

pub(super) async fn house() -> House {
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    House::of(&PANEL, &NoActions, "http://127.0.0.1:8000", limits).await
}

/// The app on somebody's phone, and the paper with their recovery codes.
pub(super) struct App {
    totp: Totp,
    pub(super) secret: Vec<u8>,
    pub(super) codes: Vec<String>,
}

/// What stands in this element, or in this attribute, of a page.
pub(super) fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}")).1;
    rest.split_once(to).expect("an end").0
}

/// The codes that a page hands out.
pub(super) fn codes_on(answer: &Answer) -> Vec<String> {
    let list = between(&answer.text, "id=\"codes\"", "</ol>");
    list.split("<li>").skip(1).map(|item| item.split('<').next().unwrap().to_owned()).collect()
}

impl App {
    /// Scans the page of an enrolment.
    pub(super) fn scan(page: &Answer) -> Self {
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let text = between(&page.text, "id=\"secret\"", "readonly");
        let text = between(text, "value=\"", "\"").replace(' ', "");
        let secret = Secret::try_from_base32(&text).expect("base32");
        let bytes = secret.as_bytes().to_vec();
        Self { totp: Builder::new().with_secret(secret).build().expect("a secret"), secret: bytes, codes: Vec::new() }
    }

    pub(super) fn code_at(&self, now: DateTime<Utc>) -> String {
        self.totp.generate(u64::try_from(now.timestamp()).expect("after 1970")).to_string()
    }

    /// What it shows now.
    pub(super) fn code(&self, house: &House) -> String {
        self.code_at(house.app().clock.now())
    }

    /// Another code than those of now.
    pub(super) fn wrong(&self, house: &House) -> String {
        let code: u32 = self.code(house).parse().expect("digits");
        format!("{:06}", (code + 500_000) % 1_000_000)
    }
}

/// Sets a factor up in a session that may; the session goes on.
pub(super) async fn enrol(house: &House, browser: &mut Browser) -> App {
    let mut app = App::scan(&browser.get("/factor/enrol").await);
    let answer = browser.post("/factor/enrol", &[("code", &app.code(house))]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    app.codes = codes_on(&answer);
    // The next sign-in needs a code of a later step.
    house.advance(30);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    app
}

/// A person with a factor, and their browser after its enrolment.
pub(super) async fn with_factor(house: &House, email: &str, role: &str) -> (App, Browser) {
    house.person(email, role).await;
    let mut browser = house.browser();
    assert_eq!(browser.sign_in(email, PASSWORD).await.status, StatusCode::SEE_OTHER);
    let app = enrol(house, &mut browser).await;
    (app, browser)
}

/// A browser that proved the password and stands before the factor step.
pub(super) async fn before_the_step(house: &House, email: &str) -> Browser {
    let mut browser = house.browser();
    assert_eq!(browser.sign_in(email, PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/factor").await.status, StatusCode::OK);
    browser
}

/// How often this was recorded.
pub(super) async fn recorded(house: &House, event: &str) -> i64 {
    let query = crate::audit::EntryQuery { size: 200, ..crate::audit::EntryQuery::default() };
    let entries = house.app().store.entries(&query).await.expect("the log").entries;
    i64::try_from(entries.iter().filter(|entry| entry.event == event).count()).expect("few")
}

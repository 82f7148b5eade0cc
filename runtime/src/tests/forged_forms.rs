//! Forms that the panel did not send out itself, and the headers of every answer.

use http::{HeaderValue, StatusCode};

use super::browser::{Browser, House};
use crate::testing::DOCTOR;

const ANNA: &str = "anna@clinic.example";
const BERT: &str = "bert@clinic.example";
const NEW: &[(&str, &str)] = &[("name", "Dr. Berg"), ("speciality", "General"), ("active", "true")];

async fn two_people() -> (House, Browser, Browser) {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    house.person(BERT, "Owner").await;
    let mut anna = house.signed_in(ANNA).await;
    let mut bert = house.signed_in(BERT).await;
    anna.get("/doctors/new").await;
    bert.get("/doctors/new").await;
    (house, anna, bert)
}

async fn doctors(house: &House) -> usize {
    let owner = crate::testing::actor("Owner", None);
    let terms = crate::testing::terms(&owner, crate::panel::Verb::View, DOCTOR);
    let query = crate::store::CountQuery { terms: &terms, filter: crate::condition::Condition::Always };
    match house.app().store.counts(&[query]).await.unwrap()[0] {
        crate::store::Count::Exactly(n) | crate::store::Count::MoreThan(n) => usize::try_from(n).unwrap(),
    }
}

#[tokio::test]
async fn a_form_without_the_sessions_token_does_nothing() {
    let (house, mut anna, bert) = two_people().await;
    let foreign = bert.csrf.clone();
    let cookie = anna.cookies["bw"].clone();
    let door = {
        let mut stranger = house.browser();
        stranger.get("/sign-in").await;
        stranger.csrf
    };
    for carried in [None, Some(""), Some("x"), Some(foreign.as_str()), Some(cookie.as_str()), Some(door.as_str())] {
        let answer = anna.clone().post_with("/doctors/new", carried, NEW).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{carried:?}");
        assert!(answer.text.contains("load the page anew"), "says what to do");
    }
    let mut forged = anna.clone();
    assert_eq!(forged.post_with("/sign-out", None, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(doctors(&house).await, 0);
    // The control: with the token it is saved.
    let answer = anna.post("/doctors/new", NEW).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(doctors(&house).await, 1);
}

#[tokio::test]
async fn a_form_from_another_site_does_nothing() {
    let (house, anna, _) = two_people().await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:8001"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let mut lured = anna.clone();
        lured.headers.insert(name, HeaderValue::from_static(value));
        let answer = lured.post("/doctors/new", NEW).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(answer.text.contains("from another site"));
    }
    assert_eq!(doctors(&house).await, 0);
    let mut own = anna.clone();
    own.headers.insert("origin", HeaderValue::from_static("http://127.0.0.1:8000"));
    own.headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
    assert_eq!(own.post("/doctors/new", NEW).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_sign_in_itself_is_bound_to_the_browser_that_loaded_it() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let fields = [("email", ANNA), ("password", super::browser::PASSWORD)];
    // Without the cookie that the page came with, and with another browser's token.
    let mut bare = house.browser();
    assert_eq!(bare.post_with("/sign-in", Some("x"), &fields).await.status, StatusCode::FORBIDDEN);
    let (mut one, mut other) = (house.browser(), house.browser());
    one.get("/sign-in").await;
    other.get("/sign-in").await;
    let token = other.csrf.clone();
    assert_eq!(one.post_with("/sign-in", Some(&token), &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(one.post("/sign-in", &fields).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_answer_has_the_headers_errors_too() {
    for (url, https) in [("http://127.0.0.1:8000", false), ("https://admin.example", true)] {
        let house = House::with(url, crate::Limits::default()).await;
        house.person(ANNA, "Reception").await;
        let mut anna = house.signed_in(ANNA).await;
        let mut nobody = house.browser();
        let css = anna.get("/").await.text.split("/static/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let mut answers = vec![
            (StatusCode::OK, nobody.get("/sign-in").await),
            (StatusCode::SEE_OTHER, nobody.get("/patients").await),
            (StatusCode::FORBIDDEN, nobody.post_with("/sign-in", None, &[]).await),
            (StatusCode::NOT_FOUND, nobody.get("/static/none.css").await),
            (StatusCode::NOT_FOUND, nobody.get("/first").await),
            (StatusCode::METHOD_NOT_ALLOWED, nobody.send(http::Method::DELETE, "/", String::new()).await),
            (StatusCode::OK, anna.get("/").await),
            (StatusCode::NOT_FOUND, anna.get("/nonsense").await),
            (StatusCode::NOT_FOUND, anna.get("/patients/99").await),
            (StatusCode::FORBIDDEN, anna.get("/invoices").await),
            (StatusCode::PAYLOAD_TOO_LARGE, anna.send(http::Method::POST, "/sign-out", "a".repeat(70_000)).await),
        ];
        for (status, answer) in &answers {
            assert_eq!(answer.status, *status, "{}", answer.text);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        answers.push((StatusCode::OK, nobody.get(&format!("/static/{css}")).await));
        assert_eq!(answers.last().unwrap().1.header("cache-control"), "public, max-age=31536000, immutable");
        let mut ids = std::collections::BTreeSet::new();
        for (_, answer) in &answers {
            let policy = answer.header("content-security-policy");
            for part in [
                "default-src 'none'",
                "script-src 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
                "form-action 'self'",
            ] {
                assert!(policy.contains(part), "{policy}");
            }
            assert!(!policy.contains("unsafe"));
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("referrer-policy"), "same-origin");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
            assert!(answer.header("permissions-policy").contains("camera=()"));
            assert_eq!(answer.headers.contains_key("strict-transport-security"), https);
            let id: uuid::Uuid = answer.header("x-request-id").parse().unwrap();
            assert_eq!(id.get_version_num(), 7);
            assert!(ids.insert(id), "an id a request");
        }
    }
}

#[tokio::test]
async fn refusals_are_recorded() {
    let house = House::open().await;
    let id = house.person(ANNA, "Reception").await;
    let mut anna = house.signed_in(ANNA).await;
    assert_eq!(anna.get("/invoices").await.status, StatusCode::FORBIDDEN);
    let query = crate::audit::EntryQuery { size: 1, ..Default::default() };
    let entry = house.app().store.entries(&query).await.unwrap().entries.remove(0);
    assert_eq!((entry.event.as_str(), entry.model.as_deref()), ("right.refused", Some("Invoice")));
    assert_eq!(entry.actor.map(|actor| actor.person), Some(id));
    assert!(house.app().store.verify_audit().await.is_ok());
}

#[tokio::test]
async fn a_form_that_was_not_believed_is_recorded_and_a_flood_of_them_is_a_handful_of_entries() {
    let (house, mut anna, _) = two_people().await;
    let entries = async || {
        let query = crate::audit::EntryQuery {
            event: Some(crate::audit::EventId::FormForged),
            size: 200,
            ..crate::audit::EntryQuery::default()
        };
        house.app().store.entries(&query).await.unwrap().entries
    };
    for _ in 0..100 {
        assert_eq!(anna.post_with("/doctors/new", Some("x"), NEW).await.status, StatusCode::FORBIDDEN);
    }
    let told = entries().await;
    // 1, 2, 4 … 64.
    assert_eq!(told.len(), 7);
    assert!(told.iter().all(|entry| entry.actor.as_ref().is_some_and(|actor| actor.email == ANNA)));
    let said = |name: &str| told[0].changes.iter().find(|change| change.field == name).unwrap().after.clone().unwrap();
    assert_eq!(said("reason"), "wrong token");
    assert_eq!((said("page"), said("count in 10 minutes")), ("POST /doctors/new".to_owned(), "64".to_owned()));
    let mut stranger = house.browser();
    stranger.peer = "203.0.113.5:1".parse().unwrap();
    stranger.headers.insert("origin", HeaderValue::from_static("https://evil.example"));
    assert_eq!(stranger.post_with("/sign-in", None, &[]).await.status, StatusCode::FORBIDDEN);
    let told = entries().await;
    assert_eq!(told.len(), 8, "another address");
    assert!(told[0].actor.is_none() && told[0].changes.iter().any(|c| c.after.as_deref() == Some("another site")));
}

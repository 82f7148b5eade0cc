//! One's own account: sessions are one's own, and what weakens the account asks for proof.

use http::{HeaderValue, StatusCode};

use super::authenticator::{before_the_step, house, recorded, with_factor};
use super::browser::{Browser, House, PASSWORD};

const ANNA: &str = "anna@clinic.example";
const OMAR: &str = "omar@clinic.example";
const NEW: &str = "another lamp beside it";

async fn is_in(browser: &mut Browser) -> bool {
    browser.get("/account").await.status == StatusCode::OK
}

async fn session_of(house: &House, browser: &Browser) -> i64 {
    let token = crate::token::Token::parse(&browser.cookies["bw"]).unwrap();
    house.app().store.session(&token.hash(), house.app().clock.now()).await.unwrap().unwrap().session
}

#[tokio::test]
async fn one_sees_and_ends_one_s_own_sessions_and_nobody_else_s() {
    let house = house().await;
    house.person(ANNA, "Clinician").await;
    house.person(OMAR, "Reception").await;
    let mut phone = house.browser();
    let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1";
    phone.headers.insert("user-agent", HeaderValue::from_static(agent));
    phone.sign_in(ANNA, PASSWORD).await;
    house.advance(90);
    let mut desk = house.signed_in(ANNA).await;
    let mut omar = house.signed_in(OMAR).await;
    let page = desk.get("/account").await.text;
    for seen in ["Safari on iPhone", "198.51.100.7", "2026-11-21 12:00", "2026-11-21 12:01", "this one", "signed in"] {
        assert!(page.contains(seen), "{seen}: {page}");
    }
    assert!(!page.contains(OMAR));
    let (of_phone, of_omar, own) =
        (session_of(&house, &phone).await, session_of(&house, &omar).await, session_of(&house, &desk).await);
    for not_theirs in [of_omar, own, 4_711] {
        let answer = desk.post(&format!("/account/sessions/{not_theirs}/end"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    assert!(is_in(&mut omar).await && is_in(&mut phone).await);
    let answer = desk.post(&format!("/account/sessions/{of_phone}/end"), &[]).await;
    assert_eq!(answer.location(), "/account?done=session");
    assert!(!is_in(&mut phone).await);
    let (mut second, mut third) = (house.signed_in(ANNA).await, house.signed_in(ANNA).await);
    assert_eq!(desk.post("/account/sessions/end", &[]).await.location(), "/account?done=others");
    assert!(!is_in(&mut second).await && !is_in(&mut third).await && is_in(&mut desk).await && is_in(&mut omar).await);
    assert!(desk.get("/account").await.text.contains("ended by owner"));
}

#[tokio::test]
async fn another_password_asks_for_the_old_one_and_ends_the_other_sessions() {
    let house = house().await;
    house.person(ANNA, "Clinician").await;
    let mut elsewhere = house.signed_in(ANNA).await;
    let mut browser = house.signed_in(ANNA).await;
    let mut thief = browser.clone();
    let change =
        |old: &'static str, new: &'static str, again: &'static str| [("old", old), ("password", new), ("again", again)];
    for (fields, word) in [
        (change("a lamp beside the sea", NEW, NEW), "That is not your password"),
        (change(PASSWORD, "short", "short"), "Use at least 15"),
        (change(PASSWORD, NEW, "something else here"), "not the same as above"),
    ] {
        let answer = browser.post("/account/password", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(word), "{word}");
    }
    assert!(is_in(&mut elsewhere).await);
    assert_eq!(
        browser.post("/account/password", &change(PASSWORD, NEW, NEW)).await.location(),
        "/account?done=password"
    );
    assert!(is_in(&mut browser).await && !is_in(&mut elsewhere).await);
    assert!(!is_in(&mut thief).await, "the token is another one");
    assert_eq!(house.browser().sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.browser().sign_in(ANNA, NEW).await.status, StatusCode::SEE_OTHER);
    // The old one is guessed no more often than at the wall.
    for _ in 0..6 {
        browser.post("/account/password", &change("a lamp beside the sea", NEW, NEW)).await;
    }
    let answer = browser.post("/account/password", &change(NEW, PASSWORD, PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_factor_that_no_role_requires_comes_and_goes_behind_a_fresh_proof() {
    let house = house().await;
    let (app, mut browser) = with_factor(&house, ANNA, "Clinician").await;
    let mut elsewhere = before_the_step(&house, ANNA).await;
    assert_eq!(elsewhere.post("/factor", &[("code", &app.code(&house))]).await.location(), "/");
    house.advance(601);
    assert_eq!(browser.get("/factor/enrol").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.post("/account/factor-off", &[]).await.status, StatusCode::UNAUTHORIZED);
    let code = app.code(&house);
    let answer = browser.post("/account/factor-off", &[("bw.proof", PASSWORD), ("bw.code", &code)]).await;
    assert_eq!(answer.location(), "/account?done=no_factor", "{}", answer.text);
    assert!(is_in(&mut browser).await && !is_in(&mut elsewhere).await);
    assert_eq!(recorded(&house, "factor.removed").await, 1);
    let mut next = house.signed_in(ANNA).await;
    assert!(is_in(&mut next).await, "the password is enough again");
    // Whose role requires one keeps it.
    let (_, mut owner) = with_factor(&house, OMAR, "Owner").await;
    assert_eq!(owner.post("/account/factor-off", &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nobody_is_asked_for_the_address_of_a_button() {
    let house = house().await;
    house.person(ANNA, "Clinician").await;
    let mut browser = house.signed_in(ANNA).await;
    for path in [
        "/account/password",
        "/account/codes",
        "/account/factor-off",
        "/account/sessions/end",
        "/account/sessions/1/end",
    ] {
        assert_eq!(browser.get(path).await.location(), "/account", "{path}");
    }
    assert_eq!(browser.post("/account/codes", &[]).await.status, StatusCode::NOT_FOUND, "codes are beside a factor");
}

#[tokio::test]
async fn new_codes_wait_in_the_share_of_their_address() {
    let house = house().await;
    let (_, mut browser) = with_factor(&house, ANNA, "Clinician").await;
    let hasher = &house.app().hasher;
    let share: Vec<_> = std::iter::from_fn(|| hasher.place_for("198.51.100.7").ok()).collect();
    assert!(hasher.place().is_ok(), "there are places, for others");
    assert_eq!(browser.post("/account/codes", &[]).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let mut elsewhere = browser.clone();
    elsewhere.peer = "203.0.113.9:1".parse().unwrap();
    assert_eq!(elsewhere.post("/account/codes", &[]).await.status, StatusCode::OK, "the control");
    drop(share);
    assert_eq!(browser.post("/account/codes", &[]).await.status, StatusCode::OK);
}

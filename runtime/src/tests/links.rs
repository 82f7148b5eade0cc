//! One-use links: the first owner, an invitation, a new password.

use http::StatusCode;

use super::browser::{Browser, House, PASSWORD};
use crate::store::{NewLink, Purpose};
use crate::throttle::later;
use crate::token::Token;

const ANNA: &str = "anna@clinic.example";
const NEW: &str = "another lamp, another lake";

async fn link(house: &House, purpose: Purpose, person: Option<i64>) -> String {
    let token = Token::fresh().unwrap();
    let mut write = house.app().store.write(crate::testing::command_line()).await.unwrap();
    let expires_at = later(house.app().clock.now(), 86_400);
    let new = NewLink { token: token.hash(), purpose, person, expires_at };
    let recorded = write.issue_link(&new).await.unwrap();
    write.commit(recorded).await.unwrap();
    let path = if purpose == Purpose::First { "/first" } else { "/join" };
    format!("{path}?token={}", token.text())
}

/// Follows the link to its form.
async fn opened(browser: &mut Browser, link: &str) -> StatusCode {
    let answer = browser.get(link).await;
    let path = link.split('?').next().unwrap();
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, path), "the token leaves the address");
    browser.get(path).await.status
}

fn choice<'a>(email: &'a str, password: &'a str) -> [(&'a str, &'a str); 3] {
    [("email", email), ("password", password), ("again", password)]
}

#[tokio::test]
async fn the_first_owner_makes_their_account_and_is_in() {
    let house = House::open().await;
    let link = link(&house, Purpose::First, None).await;
    let mut browser = house.browser();
    assert_eq!(opened(&mut browser, &link).await, StatusCode::OK);
    let mut slower = house.browser();
    assert_eq!(opened(&mut slower, &link).await, StatusCode::OK);
    for bad in [choice("nonsense", NEW), choice(ANNA, "short"), choice(ANNA, ANNA)] {
        assert_eq!(browser.post("/first", &bad).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let unlike = [("email", ANNA), ("password", NEW), ("again", PASSWORD)];
    assert_eq!(browser.post("/first", &unlike).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = browser.post("/first", &choice("  Anna@Clinic.example", NEW)).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.text);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert_eq!(house.app().store.people().await.unwrap()[0].role, "Owner");
    // Used: for whoever had it open as well, and for a second visit.
    assert_eq!(slower.post("/first", &choice("eve@evil.example", NEW)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(opened(&mut house.browser(), &link).await, StatusCode::NOT_FOUND);
    assert_eq!(house.app().store.people().await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_becomes_first_while_somebody_is() {
    let house = House::open().await;
    let link = link(&house, Purpose::First, None).await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.browser();
    assert_eq!(opened(&mut browser, &link).await, StatusCode::OK);
    assert_eq!(browser.post("/first", &choice("eve@evil.example", NEW)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.app().store.people().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_link_ends_with_its_time_and_with_the_next_one() {
    let house = House::open().await;
    let id = house.person_with(ANNA, "Owner", None).await;
    let old = link(&house, Purpose::Join, Some(id)).await;
    let new = link(&house, Purpose::Join, Some(id)).await;
    assert_eq!(opened(&mut house.browser(), &old).await, StatusCode::NOT_FOUND);
    assert_eq!(opened(&mut house.browser(), &new).await, StatusCode::OK);
    // One purpose is not another.
    let swapped = new.replace("/join", "/first");
    assert_eq!(opened(&mut house.browser(), &swapped).await, StatusCode::NOT_FOUND);
    house.advance(86_400);
    assert_eq!(opened(&mut house.browser(), &new).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_and_the_old_password() {
    let house = House::open().await;
    let id = house.person(ANNA, "Owner").await;
    let mut stolen = house.signed_in(ANNA).await;
    let link = link(&house, Purpose::Join, Some(id)).await;
    let mut browser = house.browser();
    assert_eq!(opened(&mut browser, &link).await, StatusCode::OK);
    assert_eq!(browser.post("/join", &choice("ignored@x.example", NEW)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert_eq!(stolen.get("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.browser().sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.browser().sign_in(ANNA, NEW).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_link_is_kept_only_as_a_hash() {
    let house = House::open().await;
    let link = link(&house, Purpose::First, None).await;
    let text = link.split('=').nth(1).unwrap();
    let file = house.all_that_is_kept().await;
    assert!(!file.windows(text.len()).any(|part| part == text.as_bytes()));
    let hash = Token::parse(text).unwrap().hash();
    assert!(file.windows(hash.len()).any(|part| part == hash));
}

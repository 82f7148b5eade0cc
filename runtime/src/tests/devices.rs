//! A stranger's guessing does not hold somebody back where they signed in before. Each test fails when tries are all
//! counted on the account.

use http::StatusCode;

use super::browser::{Browser, House, PASSWORD};
use crate::Limits;

const ANNA: &str = "anna@clinic.example";
const WRONG: &str = "a lamp beside the sea";

/// As many wrong tries from as many addresses; how many of them were held against the account's hash.
async fn stranger(house: &House, net: u8, tries: u8) -> u64 {
    let before = house.app().hasher.work().1;
    for i in 0..tries {
        let mut browser = house.browser();
        browser.peer = format!("10.0.{net}.{i}:9").parse().unwrap();
        assert_eq!(browser.sign_in(ANNA, WRONG).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    house.app().hasher.work().1 - before
}

/// A browser without a session that is known by this one's device.
fn later(known: &Browser, house: &House) -> Browser {
    let mut browser = house.browser();
    browser
        .cookies
        .extend(known.cookies.iter().filter(|(name, _)| *name == "bw-device").map(|(n, v)| (n.clone(), v.clone())));
    assert_eq!(browser.cookies.len(), 1);
    browser
}

async fn house() -> House {
    let house = House::with("http://127.0.0.1:8000", Limits { hash_queue: 1_000, ..Limits::default() }).await;
    house.person(ANNA, "Owner").await;
    house
}

#[tokio::test]
async fn guessing_elsewhere_does_not_hold_a_known_device_back_and_the_other_way_round() {
    let house = house().await;
    let known = house.signed_in(ANNA).await;
    assert_eq!(stranger(&house, 0, 8).await, 5);
    let fresh = house.browser().sign_in(ANNA, PASSWORD).await;
    assert_eq!(fresh.status, StatusCode::UNPROCESSABLE_ENTITY, "the control: without the device");
    // Not even at the cap.
    house.sql("UPDATE bw_throttle SET failures = 100").await;
    let signed = later(&known, &house).sign_in(ANNA, PASSWORD).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER);
    assert_eq!(stranger(&house, 1, 3).await, 0, "its sign-in gives the stranger no new tries");
    // A stolen device has tries of its own, as few, and no more.
    let before = house.app().hasher.work().1;
    for i in 0..8 {
        let mut browser = later(&known, &house);
        browser.peer = format!("10.9.9.{i}:9").parse().unwrap();
        assert_eq!(browser.sign_in(ANNA, WRONG).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(house.app().hasher.work().1 - before, 5);
}

#[tokio::test]
async fn a_device_is_known_by_who_signed_in_with_it_and_by_nobody_else() {
    let house = house().await;
    house.person("omar@clinic.example", "Owner").await;
    let of_omar = house.signed_in("omar@clinic.example").await;
    stranger(&house, 0, 8).await;
    let with_his = later(&of_omar, &house).sign_in(ANNA, PASSWORD).await;
    assert_eq!(with_his.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A wrong try makes no device.
    let mut browser = house.browser();
    browser.sign_in("nobody@clinic.example", WRONG).await;
    assert!(!browser.cookies.contains_key("bw-device"));
    let mut made_up = house.browser();
    made_up.cookies.insert("bw-device".to_owned(), crate::token::Token::fresh().unwrap().text());
    assert_eq!(made_up.sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_device_is_worth_nothing_in_the_database_and_ends_with_the_sessions_and_with_its_time() {
    let house = house().await;
    let known = house.signed_in(ANNA).await;
    let text = known.cookies["bw-device"].clone();
    assert_ne!(text, known.cookies["bw"]);
    let kept = house.app().store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM bw_devices").await;
    assert_eq!(kept, "1");
    for file in ["clinic.db", "clinic.db-wal"] {
        let bytes = std::fs::read(house.directory.path().join(file)).unwrap_or_default();
        assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{file}");
    }
    stranger(&house, 0, 8).await;
    house.sql("UPDATE bw_throttle SET failures = 100").await;
    let try_it = async || later(&known, &house).sign_in(ANNA, PASSWORD).await.status;
    assert_eq!(try_it().await, StatusCode::SEE_OTHER, "the control");
    house.advance(91 * 86_400);
    assert_eq!(try_it().await, StatusCode::UNPROCESSABLE_ENTITY, "not used for too long");
    house.advance(-91 * 86_400);
    assert_eq!(try_it().await, StatusCode::SEE_OTHER);
    let id = house.app().store.person_by_email(ANNA).await.unwrap().unwrap().id;
    let mut write = house.app().store.write(crate::testing::command_line()).await.unwrap();
    let recorded = write.end_sessions(id, crate::session::EndReason::EndedByAdministrator).await.unwrap().unwrap();
    write.commit(recorded).await.unwrap();
    assert_eq!(try_it().await, StatusCode::UNPROCESSABLE_ENTITY, "sessions ended by somebody");
}

#[tokio::test]
async fn a_stranger_behind_the_same_address_does_not_hold_a_known_device_back() {
    let house = house().await;
    let known = house.signed_in(ANNA).await;
    house.person("omar@clinic.example", "Owner").await;
    for n in 0..20 {
        house.browser().sign_in(&format!("{n}@clinic.example"), WRONG).await;
    }
    let fresh = house.browser().sign_in(ANNA, PASSWORD).await;
    assert_eq!(fresh.status, StatusCode::UNPROCESSABLE_ENTITY, "the control: without the device");
    // It frees nobody else from there: it is hers.
    let omar = later(&known, &house).sign_in("omar@clinic.example", PASSWORD).await;
    assert_eq!(omar.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(later(&known, &house).sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nothing_that_is_typed_stands_for_a_device() {
    let house = house().await;
    let known = house.signed_in(ANNA).await;
    let id = house.app().store.ask_for_test("SELECT CAST(id AS TEXT) FROM bw_devices").await;
    for i in 0..8 {
        let mut browser = house.browser();
        browser.peer = format!("10.8.0.{i}:9").parse().unwrap();
        browser.sign_in(&format!("device {id}"), WRONG).await;
    }
    assert_eq!(later(&known, &house).sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_password_forgets_every_browser_but_the_one_it_was_changed_in() {
    let house = house().await;
    let thief = house.signed_in(ANNA).await;
    let mut mine = house.signed_in(ANNA).await;
    mine.get("/account").await;
    let new = "seven herons cross the lake";
    let answer = mine.post("/account/password", &[("old", PASSWORD), ("password", new), ("again", new)]).await;
    assert_eq!(answer.location(), "/account?done=password");
    stranger(&house, 3, 8).await;
    house.sql("UPDATE bw_throttle SET failures = 100").await;
    assert_eq!(later(&mine, &house).sign_in(ANNA, new).await.status, StatusCode::SEE_OTHER);
    assert_eq!(later(&thief, &house).sign_in(ANNA, new).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_devices_of_a_role_are_forgotten_when_its_sessions_end_together() {
    const OMAR: &str = "omar@clinic.example";
    let house = house().await;
    house.person(OMAR, "Clinician").await;
    let (anna, omar) = (house.signed_in(ANNA).await, house.signed_in(OMAR).await);
    let mut write = house.app().store.write(crate::testing::command_line()).await.unwrap();
    let reason = crate::session::EndReason::EndedByAdministrator;
    let recorded = write.end_sessions_of_role("Owner", reason).await.unwrap().unwrap();
    write.commit(recorded).await.unwrap();
    stranger(&house, 4, 8).await;
    for _ in 0..8 {
        house.browser().sign_in(OMAR, WRONG).await;
    }
    house.sql("UPDATE bw_throttle SET failures = 100").await;
    assert_eq!(later(&anna, &house).sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let of_another_role = later(&omar, &house).sign_in(OMAR, PASSWORD).await;
    assert_eq!(of_another_role.status, StatusCode::SEE_OTHER, "the control");
}

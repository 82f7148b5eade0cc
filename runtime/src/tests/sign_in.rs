//! Guessing: counted before anything is verified, in the database, whatever the visitor claims about their address.

use http::{HeaderValue, StatusCode};

use super::browser::{House, PASSWORD};
use crate::audit::{EntryQuery, EventId};
use crate::signin;

const ANNA: &str = "anna@clinic.example";
const WRONG: &str = "a lamp beside the sea";

/// Tries of wrong passwords, and how many of them were held against the account's hash.
async fn verified(house: &House, tries: usize, peer: impl Fn(usize) -> String) -> u64 {
    let before = house.app().hasher.work().1;
    for i in 0..tries {
        let mut browser = house.browser();
        browser.peer = peer(i).parse().unwrap();
        assert_eq!(browser.sign_in(ANNA, WRONG).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    house.app().hasher.work().1 - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_200_parallel_tries_exactly_the_allowed_are_verified() {
    let house = House::with("http://127.0.0.1:8000", crate::Limits::default()).await;
    house.person(ANNA, "Owner").await;
    // Two processes over one database.
    let second = house.again().await;
    let mut tries = tokio::task::JoinSet::new();
    let busy = StatusCode::SERVICE_UNAVAILABLE;
    for i in 0..200_u32 {
        let mut browser = if i % 2 == 0 { house.browser() } else { second.browser() };
        browser.peer = format!("10.{}.{}.1:9", i / 200, i % 200).parse().unwrap();
        tries.spawn(async move {
            browser.get("/sign-in").await;
            // Who is turned away because the queue of hashes is full tries again.
            loop {
                let answer = browser.post("/sign-in", &[("email", ANNA), ("password", WRONG)]).await;
                if answer.status != busy {
                    return answer.status;
                }
                tokio::task::yield_now().await;
            }
        });
    }
    let answers = tries.join_all().await;
    assert_eq!(answers, [StatusCode::UNPROCESSABLE_ENTITY; 200]);
    assert_eq!(house.app().hasher.work().1 + second.app().hasher.work().1, 5);
}

#[tokio::test]
async fn the_right_password_is_not_even_tried_while_the_account_waits() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    assert_eq!(verified(&house, 7, |i| format!("10.0.0.{i}:9")).await, 5);
    let mut anna = house.browser();
    assert_eq!(anna.sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The first wait is one second; then the right password passes, and the next failure is the first again.
    house.advance(1);
    assert_eq!(anna.sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(verified(&house, 7, |i| format!("10.0.1.{i}:9")).await, 5);
}

#[tokio::test]
async fn one_address_may_not_try_many_accounts() {
    let house = House::open().await;
    for i in 0..25 {
        house.person_with(&format!("p{i}@clinic.example"), "Owner", None).await;
    }
    house.person(ANNA, "Owner").await;
    let mut browser = house.browser();
    for i in 0..20 {
        browser.sign_in(&format!("p{i}@clinic.example"), WRONG).await;
    }
    assert_eq!(browser.sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The neighbour's sign-in is not in the way, and the window passes.
    let mut elsewhere = house.browser();
    elsewhere.peer = "198.51.100.8:1".parse().unwrap();
    assert_eq!(elsewhere.sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    house.advance(600);
    assert_eq!(browser.sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_claimed_address_is_not_believed() {
    let house = House::open().await;
    for i in 0..20 {
        let mut browser = house.browser();
        let claimed = HeaderValue::from_str(&format!("203.0.113.{i}")).unwrap();
        browser.headers.insert("x-forwarded-for", claimed);
        browser.sign_in(&format!("p{i}@clinic.example"), WRONG).await;
    }
    house.person(ANNA, "Owner").await;
    let mut browser = house.browser();
    browser.headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.77"));
    assert_eq!(browser.sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn many_good_sign_ins_from_one_address_are_no_attack() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    for _ in 0..25 {
        house.signed_in(ANNA).await;
    }
}

#[tokio::test]
async fn after_the_cap_only_somebody_else_helps() {
    let house = House::open().await;
    let id = house.person(ANNA, "Owner").await;
    house.sql("UPDATE bw_throttle SET failures = 100").await;
    verified(&house, 1, |i| format!("10.0.0.{i}:9")).await;
    house.sql("UPDATE bw_throttle SET failures = 100").await;
    house.advance(400 * 86_400);
    let mut anna = house.browser();
    assert_eq!(anna.sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The sweep of what is over leaves it off.
    house.app().store.sweep(house.app().clock.now(), 100).await.unwrap();
    assert_eq!(anna.sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut write = house.app().store.write(crate::testing::command_line()).await.unwrap();
    for key in signin::account_keys(house.app().panel, ANNA) {
        write.clear_throttle(&key).await.unwrap();
    }
    let recorded = write.unlock(id).await.unwrap();
    write.commit(recorded).await.unwrap();
    anna.peer = "198.51.100.99:1".parse().unwrap();
    assert_eq!(anna.sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_full_queue_turns_away_without_counting() {
    let limits = crate::Limits { hash_queue: 0, ..crate::Limits::default() };
    let house = House::with("http://127.0.0.1:8000", limits).await;
    house.person(ANNA, "Owner").await;
    let mut held = Vec::new();
    while let Ok(place) = house.app().hasher.place() {
        held.push(place);
        assert!(held.len() <= 4, "a bound at all");
    }
    let mut browser = house.browser();
    for _ in 0..8 {
        let answer = browser.sign_in(ANNA, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.header("retry-after"), "3");
    }
    held.clear();
    assert_eq!(browser.sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_way_back_leads_nowhere_else() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.browser();
    let answer = browser.get("/patients?q=b%C3%A4r&x=1").await;
    assert_eq!(answer.location(), "/sign-in?next=%2Fpatients%3Fq%3Db%25C3%25A4r%26x%3D1");
    let path = answer.location().to_owned();
    assert!(browser.get(&path).await.text.contains("value=\"/patients?q=b%C3%A4r&amp;x=1\""));
    for (next, to) in [("/patients?q=b", "/patients?q=b"), ("//evil.example", "/"), ("https://evil.example", "/")] {
        let mut browser = house.browser();
        browser.get("/sign-in").await;
        let fields = [("email", ANNA), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.post("/sign-in", &fields).await.location(), to);
    }
}

#[tokio::test]
async fn a_password_typed_into_the_wrong_field_is_not_kept() {
    let house = House::open().await;
    let mut browser = house.browser();
    for (typed, kept) in [("summer@2026!Secret", false), ("nobody@clinic.example", true)] {
        assert_eq!(browser.sign_in(typed, WRONG).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let query = EntryQuery { event: Some(EventId::SigninFailed), size: 1, ..EntryQuery::default() };
        let entry = house.app().store.entries(&query).await.unwrap().entries.remove(0);
        let account = entry.changes.iter().find(|change| change.field == "account").unwrap();
        let said = account.after.as_deref().unwrap();
        assert_eq!(said, if kept { typed } else { "(not an address)" });
    }
}

#[tokio::test]
async fn a_changed_pepper_is_taken_and_the_hash_moves_at_the_sign_in() {
    let key = |letter: &str| Some(letter.repeat(32));
    let peppers = |current, previous| crate::pepper::Peppers::new(current, previous).unwrap();
    let plain = House::open().await;
    plain.person(ANNA, "Owner").await;
    let hash = || async { plain.app().store.person_by_email(ANNA).await.unwrap().unwrap().password_hash.unwrap().0 };
    let mut hashes = vec![hash().await];
    for (current, previous) in [(key("a"), None), (key("b"), key("a")), (None, key("b"))] {
        let house = plain.peppered(peppers(current, previous)).await;
        assert_eq!(house.browser().sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
        hashes.push(hash().await);
        assert_eq!(house.browser().sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_eq!(hash().await, hashes[hashes.len() - 1], "it moves once");
    }
    let keyed: Vec<bool> = hashes.iter().map(|hash| hash.contains("keyid=")).collect();
    assert_eq!(keyed, [false, true, true, false]);
    let lost = plain.peppered(peppers(key("c"), None)).await;
    assert_eq!(lost.browser().sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER, "without a key by now");
}

/// Whether a sign-in that had its password verified, and had then to wait while this was done, was let in; and whether
/// the old password is good afterwards.
async fn overtaken(house: &House, by: impl AsyncFnOnce()) -> [StatusCode; 2] {
    let mut browser = house.browser();
    let before = house.app().hasher.work().0;
    let mut under_way = Box::pin(browser.sign_in(ANNA, PASSWORD));
    // Nothing goes on in it unless it is asked to.
    while house.app().hasher.work().0 == before {
        let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(under_way.as_mut().poll(cx))).await;
        assert!(polled.is_pending());
        tokio::task::yield_now().await;
    }
    by().await;
    let answer = under_way.await.status;
    [answer, house.browser().sign_in(ANNA, PASSWORD).await.status]
}

#[tokio::test]
async fn a_password_that_goes_while_it_is_verified_lets_nobody_in() {
    let (yes, no) = (StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY);
    let house = House::with("http://127.0.0.1:8000", crate::Limits::default()).await;
    let anna = house.person(ANNA, "Owner").await;
    assert_eq!(overtaken(&house, async || ()).await, [yes, yes], "the control");
    // Also where the sign-in would keep the password under a stronger hash: the key of the panel changed meanwhile.
    let plain = &house;
    let peppered = crate::pepper::Peppers::new(Some("a".repeat(32)), None).unwrap();
    for house in [plain, &plain.peppered(peppered).await] {
        plain.set_password(anna, PASSWORD).await;
        assert_eq!(overtaken(house, async || house.set_password(anna, WRONG).await).await, [no, no]);
        plain.set_password(anna, PASSWORD).await;
        let cleared = async || {
            let mut write = house.app().store.write(crate::testing::command_line()).await.unwrap();
            let recorded = write.clear_password(anna).await.unwrap();
            write.commit(recorded).await.unwrap();
        };
        assert_eq!(overtaken(house, cleared).await, [no, no]);
    }
}

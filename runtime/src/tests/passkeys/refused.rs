//! Answers that are not right, not asked for, too late or too many: each is refused, beside a right one that is taken.

use http::StatusCode;

use super::key::{Key, tampered, with};
use super::{ANNA, KEYS, alone, asked, at_the_step, house_of, reasons, with_key};
use crate::panel::{Factors, Panel};
use crate::store::heard;
use crate::tests::authenticator::{PARTS, before_the_step, enrol, recorded};
use crate::tests::browser::{Browser, CLINIC_AT_THE_DOOR, PASSWORD};

#[tokio::test]
async fn whatever_is_not_right_about_an_answer_refuses_it() {
    type Spoil = fn(&mut Key, &str) -> String;
    let wrong: [(&str, Spoil); 13] = [
        ("wrong origin", |key, asked| Key { origin: "https://localhost:8000".into(), ..key.clone() }.get(asked)),
        ("wrong origin", |key, asked| Key { origin: "http://localhost:8001".into(), ..key.clone() }.get(asked)),
        ("another site's frame", |key, asked| Key { cross_origin: true, ..key.clone() }.get(asked)),
        ("wrong relying party", |key, asked| Key { party: "evil.example".into(), ..key.clone() }.get(asked)),
        ("wrong kind of answer", |key, asked| Key { kind: Some("webauthn.create"), ..key.clone() }.get(asked)),
        ("person not verified", |key, asked| Key { verified: false, ..key.clone() }.get(asked)),
        ("wrong challenge", |key, asked| {
            key.clone().get(&asked.replacen("\"challenge\":\"", "\"challenge\":\"AAAA", 1))
        }),
        ("counter went back", |key, asked| key.get_at_this_count(asked)),
        ("counter went back", |key, asked| Key { counter: 0, ..key.clone() }.get_at_this_count(asked)),
        ("wrong signature", |key, asked| tampered(&key.clone().get(asked), "signature")),
        ("wrong signature", |key, asked| tampered(&key.clone().get(asked), "authenticatorData")),
        ("wrong handle", |key, asked| Key { handle: vec![7; 16], ..key.clone() }.get(asked)),
        ("unreadable", |key, asked| with(&key.clone().get(asked), "clientDataJSON", "AAAA")),
    ];
    let house = house_of(&KEYS).await;
    let (mut key, ..) = with_key(&house, ANNA, "Owner", 1).await;
    let mut browser = before_the_step(&house, ANNA).await;
    assert_eq!(at_the_step(&mut browser, &mut key).await.location(), "/");
    for (reason, spoil) in wrong {
        let mut browser = before_the_step(&house, ANNA).await;
        let options = asked(&mut browser, "/factor/challenge").await;
        let answer = browser.post("/factor", &[("passkey", &spoil(&mut key, &options))]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
        assert_eq!(reasons(&house).await[0], reason);
        // The control: the same key, the same session, another challenge.
        assert_eq!(at_the_step(&mut browser, &mut key).await.location(), "/", "{reason}");
    }
    assert_eq!(recorded(&house, "passkey.refused").await, 13);
}

#[tokio::test]
async fn a_challenge_is_for_one_session_and_one_purpose_and_for_five_minutes() {
    let house = house_of(&KEYS).await;
    let (mut key, mut inside, _) = with_key(&house, ANNA, "Owner", 1).await;
    let mut browser = before_the_step(&house, ANNA).await;
    let refused = async |browser: &mut Browser, answer: &str, reason: &str| {
        let answer = browser.post("/factor", &[("passkey", answer)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
        assert_eq!(reasons(&house).await[0], reason);
    };
    // Of another session, and one for another purpose.
    let mut other = before_the_step(&house, ANNA).await;
    let theirs = asked(&mut other, "/factor/challenge").await;
    refused(&mut browser, &key.get(&theirs), "no such challenge").await;
    let for_proof = asked(&mut inside, "/factor/challenge").await;
    asked(&mut browser, "/factor/challenge").await;
    refused(&mut browser, &key.get(&for_proof), "wrong challenge").await;
    // Of two the newer one.
    let older = asked(&mut other, "/factor/challenge").await;
    asked(&mut other, "/factor/challenge").await;
    refused(&mut other, &key.get(&older), "wrong challenge").await;
    // Too late, and in time.
    let options = asked(&mut other, "/factor/challenge").await;
    house.advance(300);
    refused(&mut other, &key.get(&options), "no such challenge").await;
    let options = asked(&mut other, "/factor/challenge").await;
    house.advance(299);
    let answer = key.get(&options);
    assert_eq!(other.post("/factor", &[("passkey", &answer)]).await.location(), "/");
    // Once.
    refused(&mut browser, &answer, "no such challenge").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answer_counts_once_however_many_send_it_at_once() {
    let house = house_of(&KEYS).await;
    let (mut key, ..) = with_key(&house, ANNA, "Owner", 1).await;
    let second = house.again().await;
    let mut browser = house.browser();
    browser.get("/sign-in").await;
    let options = asked(&mut browser, "/factor/challenge").await;
    let answer = key.get(&options);
    let mut tries = tokio::task::JoinSet::new();
    for i in 0..8 {
        let (mut tab, answer) = (if i % 2 == 0 { browser.clone() } else { browser.at(&second) }, answer.clone());
        tries.spawn(async move { tab.post("/sign-in", &[("passkey", &answer)]).await.status });
    }
    let answers = tries.join_all().await;
    let through = answers.iter().filter(|status| **status == StatusCode::SEE_OTHER).count();
    assert_eq!(through, 1, "{answers:?}");
    assert_eq!(recorded(&house, "passkey.refused").await, 7);
}

#[tokio::test]
async fn sign_ins_with_a_passkey_that_fail_look_and_cost_alike() {
    let house = house_of(&KEYS).await;
    let mut seen = Vec::new();
    for (number, state) in ["unknown", "wrong", "locked", "inactive", "norole", "nopassword"].into_iter().enumerate() {
        let number = u8::try_from(number).unwrap() + 1;
        let email = format!("{state}@clinic.example");
        let (mut key, ..) = with_key(&house, &email, "Owner", number).await;
        match state {
            "unknown" => house.sql("DELETE FROM bw_passkeys").await,
            "locked" => {
                house
                    .sql("UPDATE bw_people SET locked_until = '2027-01-01T00:00:00.000000Z' WHERE email LIKE 'locked%'")
                    .await;
            }
            "inactive" => house.sql("UPDATE bw_people SET inactive = TRUE WHERE email LIKE 'inactive%'").await,
            "norole" => house.sql("UPDATE bw_people SET role = 'Gone' WHERE email LIKE 'norole%'").await,
            "nopassword" => {
                house.sql("UPDATE bw_people SET password_hash = NULL WHERE email LIKE 'nopassword%'").await;
            }
            _ => key.origin = "https://evil.example".to_owned(),
        }
        let mut browser = house.browser();
        browser.peer = format!("10.0.0.{number}:1").parse().unwrap();
        browser.get("/sign-in").await;
        let options = asked(&mut browser, "/factor/challenge").await;
        assert!(options.contains("\"allowCredentials\":[]"), "no list of keys: {options}");
        let answer = key.get(&options);
        let (hashes, csrf) = (house.app().hasher.work().0, browser.csrf.clone());
        heard::take();
        let answer = browser.post("/sign-in", &[("passkey", &answer)]).await;
        let cost = (heard::take(), house.app().hasher.work().0 - hashes);
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{state}");
        seen.push((state, answer.text.replace(&csrf, "CSRF"), cost));
    }
    for (state, text, cost) in &seen {
        similar_asserts::assert_eq!(text, &seen[0].1, "{state}");
        similar_asserts::assert_eq!(cost, &seen[0].2, "{state}");
    }
    let mut expected = ["unknown key", "wrong origin", "locked", "inactive", "no_role", "no_password"];
    expected.reverse();
    assert_eq!(reasons(&house).await, expected);
}

#[tokio::test]
async fn tries_with_a_passkey_are_counted_and_other_tries_do_not_hold_it_back() {
    let house = house_of(&KEYS).await;
    let (mut key, mut inside, codes) = with_key(&house, ANNA, "Owner", 1).await;
    enrol(&house, &mut inside).await;
    drop(codes);
    // A stranger with the password uses up what the account has for codes.
    for _ in 0..3 {
        let mut stranger = before_the_step(&house, ANNA).await;
        for _ in 0..5 {
            stranger.post("/factor", &[("code", "000000")]).await;
        }
    }
    let mut browser = before_the_step(&house, ANNA).await;
    for _ in 0..5 {
        let options = asked(&mut browser, "/factor/challenge").await;
        browser.post("/factor", &[("passkey", &tampered(&key.get(&options), "signature"))]).await;
    }
    // The sixth of this session is not looked at, right as it is; another session's is.
    assert_eq!(at_the_step(&mut browser, &mut key).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reasons(&house).await[0], "held off");
    let mut browser = before_the_step(&house, ANNA).await;
    assert_eq!(at_the_step(&mut browser, &mut key).await.location(), "/");
    // At the door it is the address that counts, as with passwords; and so does asking for challenges.
    let mut stranger = house.browser();
    stranger.peer = "203.0.113.9:1".parse().unwrap();
    stranger.get("/sign-in").await;
    let mut last = StatusCode::OK;
    for _ in 0..61 {
        last = stranger.post("/factor/challenge", &[]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(alone(&house, &mut key).await.0.location(), "/", "from elsewhere");
}

/// The same with the clinic's limits on sign-ins, by account and by address.
static LIMITED: Panel = Panel {
    factors: Factors { totp: true, passkey: true, alone: true },
    throttles: CLINIC_AT_THE_DOOR.throttles,
    ..PARTS
};

#[tokio::test]
async fn a_stranger_behind_the_same_address_holds_nobody_back_where_they_signed_in_before() {
    let house = house_of(&LIMITED).await;
    let (mut key, known, _) = with_key(&house, ANNA, "Owner", 1).await;
    let address = "203.0.113.9:1".parse().unwrap();
    let again = || {
        let mut browser = house.browser();
        browser.peer = address;
        browser.cookies.extend(
            known.cookies.iter().filter(|(name, _)| name.contains("device")).map(|(n, v)| (n.clone(), v.clone())),
        );
        assert_eq!(browser.cookies.len(), 1);
        browser
    };
    let mut stranger = house.browser();
    stranger.peer = address;
    stranger.get("/sign-in").await;
    for _ in 0..61 {
        stranger.post("/factor/challenge", &[]).await;
    }
    for n in 0..25 {
        stranger.sign_in(&format!("{n}@clinic.example"), "a lamp beside the sea").await;
    }
    // The controls: a browser that nobody signed in with before, and one that says so of itself.
    let mut fresh = house.browser();
    fresh.peer = address;
    let mut made_up = fresh.clone();
    let name = known.cookies.keys().find(|name| name.contains("device")).unwrap();
    made_up.cookies.insert(name.clone(), crate::token::Token::fresh().unwrap().text());
    for browser in [&mut fresh, &mut made_up] {
        browser.get("/sign-in").await;
        assert_eq!(browser.post("/factor/challenge", &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
        let answer = browser.sign_in(ANNA, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // Where she signed in before: with the key alone, and with the password.
    let mut anna = again();
    anna.get("/sign-in").await;
    let options = asked(&mut anna, "/factor/challenge").await;
    let answer = anna.post("/sign-in", &[("passkey", &key.get(&options))]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.text);
    assert_eq!(again().sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    // A device has a bound of its own, as small: for challenges, and for answers.
    let mut stolen = again();
    stolen.get("/sign-in").await;
    let options = asked(&mut stolen, "/factor/challenge").await;
    for _ in 0..20 {
        stolen.post("/sign-in", &[("passkey", &tampered(&key.get(&options), "signature"))]).await;
    }
    let options = asked(&mut stolen, "/factor/challenge").await;
    let answer = stolen.post("/sign-in", &[("passkey", &key.get(&options))]).await;
    assert_eq!((answer.status, reasons(&house).await[0].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "held off"));
    let mut last = StatusCode::OK;
    for _ in 0..61 {
        last = stolen.post("/factor/challenge", &[]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

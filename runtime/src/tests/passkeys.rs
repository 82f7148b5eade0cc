//! Passkeys, with a key in software: added behind a proof, asked for at the step, at the wall and in place of a
//! password; whatever is not right about an answer refuses it, beside a right one that is taken.

mod key;
mod refused;

use http::StatusCode;

use self::key::{Key, ORIGIN};
use super::authenticator::{PARTS, before_the_step, codes_on, enrol, recorded};
use super::browser::{Answer, Browser, House, NoActions, PASSWORD};
use crate::Limits;
use crate::audit::EntryQuery;
use crate::panel::{Factors, Panel, Setting};

const ANNA: &str = "anna@clinic.example";
const OMAR: &str = "omar@clinic.example";

static KEYS: Panel = Panel {
    factors: Factors { totp: true, passkey: true, alone: true },
    mail: Setting { env: None, fallback: Some("file:outbox") },
    ..PARTS
};
static KEYS_ALONE: Panel = Panel { factors: Factors { totp: false, passkey: true, alone: false }, ..PARTS };

async fn house_of(panel: &'static Panel) -> House {
    House::of(panel, &NoActions, ORIGIN, Limits { hash_queue: 1_000, ..Limits::default() }).await
}

/// What a browser asks of a key.
async fn asked(browser: &mut Browser, path: &str) -> String {
    let answer = browser.post(path, &[]).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"), "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.text
}

async fn add(browser: &mut Browser, key: &mut Key, name: &str) -> Answer {
    assert_eq!(browser.get("/factor/passkey").await.status, StatusCode::OK);
    let options = asked(browser, "/factor/passkey/challenge").await;
    browser.post("/factor/passkey", &[("name", name), ("passkey", &key.create(&options))]).await
}

/// A person with a passkey and no app, and their browser.
async fn with_key(house: &House, email: &str, role: &str, number: u8) -> (Key, Browser, Vec<String>) {
    house.person(email, role).await;
    let mut browser = house.browser();
    assert_eq!(browser.sign_in(email, PASSWORD).await.status, StatusCode::SEE_OTHER);
    let mut key = Key::number(number);
    let answer = add(&mut browser, &mut key, "Blue key").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    (key, browser, codes_on(&answer))
}

async fn at_the_step(browser: &mut Browser, key: &mut Key) -> Answer {
    let options = asked(browser, "/factor/challenge").await;
    browser.post("/factor", &[("passkey", &key.get(&options))]).await
}

/// Signs in without a password.
async fn alone(house: &House, key: &mut Key) -> (Answer, Browser) {
    let mut browser = house.browser();
    browser.get("/sign-in").await;
    let options = asked(&mut browser, "/factor/challenge").await;
    (browser.post("/sign-in", &[("passkey", &key.get(&options))]).await, browser)
}

/// Reasons of what was refused, the newest first.
async fn reasons(house: &House) -> Vec<String> {
    let query = EntryQuery { size: 200, ..EntryQuery::default() };
    let entries = house.app().store.entries(&query).await.expect("the log").entries;
    let refused = entries.iter().filter(|entry| entry.event == "passkey.refused");
    let reason = |entry: &crate::audit::Entry| {
        entry.changes.iter().find(|change| change.field == "reason").and_then(|change| change.after.clone())
    };
    refused.filter_map(reason).collect()
}

#[tokio::test]
async fn a_passkey_is_added_and_then_proves_who_it_is_at_every_door() {
    let house = house_of(&KEYS).await;
    house.person(ANNA, "Owner").await;
    let mut elsewhere = house.browser();
    elsewhere.sign_in(ANNA, PASSWORD).await;
    let mut browser = house.browser();
    assert_eq!(browser.sign_in(ANNA, PASSWORD).await.location(), "/");
    assert_eq!(browser.get("/").await.location(), "/factor/enrol");
    assert!(browser.get("/factor/enrol").await.text.contains("href=\"/factor/passkey\""));
    let mut key = Key::number(1);
    let answer = add(&mut browser, &mut key, " Blue\nkey ").await;
    assert_eq!((answer.status, codes_on(&answer).len()), (StatusCode::OK, 3), "{}", answer.text);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert!(elsewhere.get("/factor/enrol").await.location().starts_with("/sign-in"), "other sessions end");
    assert!(browser.get("/account").await.text.contains("Blue key"));

    // The step after the password; the one before it is not open to a password alone.
    let mut second = before_the_step(&house, ANNA).await;
    for path in ["/factor/passkey", "/factor/passkey/challenge", "/factor/enrol", "/account"] {
        assert_eq!(second.post(path, &[]).await.location(), "/factor", "{path}");
    }
    let page = second.get("/factor").await;
    assert!(page.text.contains("data-passkey=\"/factor/challenge\"") && !page.text.contains("name=\"code\""));
    assert_eq!(at_the_step(&mut second, &mut key).await.location(), "/");
    assert_eq!(second.get("/doctors").await.status, StatusCode::OK);

    // The wall: nothing else than the key, and the form goes on.
    house.advance(600);
    let before = second.cookies.clone();
    assert_eq!(second.post("/doctors/new", &[("name", "Berg")]).await.status, StatusCode::UNAUTHORIZED);
    let options = asked(&mut second, "/factor/challenge").await;
    let fields = [("name", "Berg"), ("bw.passkey", &*key.get(&options)), ("bw.proof", ""), ("bw.code", "")];
    let answer = second.post("/doctors/new", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert!(answer.location().starts_with("/doctors/"), "{}", answer.location());
    assert_ne!(second.cookies, before, "another token");

    // In place of a password: nothing typed, and the trust of a factor.
    let (answer, mut third) = alone(&house, &mut key).await;
    assert_eq!(answer.location(), "/", "{}", answer.text);
    assert_eq!(third.get("/doctors").await.status, StatusCode::OK);
    assert_eq!((recorded(&house, "passkey.used").await, recorded(&house, "passkey.refused").await), (3, 0));
    assert_eq!((recorded(&house, "passkey.added").await, recorded(&house, "factor.proved").await), (1, 3));
}

#[tokio::test]
async fn a_key_is_its_person_s_alone() {
    let house = house_of(&KEYS).await;
    let (mut hers, mut anna, _) = with_key(&house, ANNA, "Owner", 1).await;
    let (mut his, mut omar, _) = with_key(&house, OMAR, "Reception", 2).await;
    // Signed for Anna's session by Omar's key.
    let mut browser = before_the_step(&house, ANNA).await;
    let options = asked(&mut browser, "/factor/challenge").await;
    let answer = browser.post("/factor", &[("passkey", &his.get(&options))]).await;
    assert_eq!((answer.status, &*reasons(&house).await[0]), (StatusCode::UNPROCESSABLE_ENTITY, "unknown key"));
    // The same at the wall, where nothing is done.
    house.advance(600);
    assert_eq!(anna.post("/doctors/new", &[("name", "Berg")]).await.status, StatusCode::UNAUTHORIZED);
    let options = asked(&mut anna, "/factor/challenge").await;
    let answer = anna.post("/doctors/new", &[("name", "Berg"), ("bw.passkey", &his.get(&options))]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.app().store.ask_for_test("SELECT count(*) FROM doctors").await, "0");
    // Nor can he add hers, name it or remove it; his own can be named.
    assert_eq!(at_the_step(&mut browser, &mut hers).await.location(), "/");
    let mut copy = hers.clone();
    let page = omar.get("/account").await;
    assert!(page.text.contains("/account/passkeys/2/name") && !page.text.contains("/account/passkeys/1/"));
    assert_eq!(omar.post("/account/passkeys/2/remove", &[]).await.status, StatusCode::UNAUTHORIZED, "an old proof");
    assert_eq!(
        omar.post("/account/passkeys/2/remove", &[("bw.proof", PASSWORD)]).await.status,
        StatusCode::UNAUTHORIZED
    );
    let options = asked(&mut omar, "/factor/challenge").await;
    let fields = [("name", "Green key"), ("bw.passkey", &*his.get(&options))];
    assert_eq!(omar.post("/account/passkeys/2/name", &fields).await.location(), "/account?done=saved");
    assert!(omar.get("/account").await.text.contains("Green key"));
    for path in ["/account/passkeys/1/name", "/account/passkeys/1/remove"] {
        assert_eq!(omar.post(path, &[("name", "Mine")]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let answer = add(&mut omar, &mut copy, "Mine").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("in use already"), "{}", answer.text);
    assert_eq!(alone(&house, &mut hers).await.0.location(), "/", "the control");
    assert_eq!(recorded(&house, "passkey.renamed").await, 1);
}

#[tokio::test]
async fn a_required_factor_stays_and_administrators_take_all_of_it_away() {
    let house = house_of(&KEYS).await;
    let (_, mut anna, _) = with_key(&house, ANNA, "Owner", 1).await;
    let (mut his, mut omar, codes) = with_key(&house, OMAR, "Clinician", 2).await;
    assert_eq!(codes.len(), 3);
    assert!(!anna.get("/account").await.text.contains("/account/passkeys/1/remove"), "her role requires it");
    assert_eq!(anna.post("/account/passkeys/1/remove", &[]).await.status, StatusCode::FORBIDDEN);
    // With a second one, the first may go.
    let mut another = Key::number(3);
    assert_eq!(add(&mut anna, &mut another, "Red key").await.location(), "/account?done=passkey");
    anna.get("/account").await;
    assert_eq!(anna.post("/account/passkeys/1/remove", &[]).await.location(), "/account?done=no_passkey");
    assert!(!anna.get("/account").await.text.contains("Blue key"));
    // A recovery code is the way back without the key.
    let mut browser = before_the_step(&house, OMAR).await;
    assert_eq!(browser.post("/factor", &[("recovery_code", &codes[0])]).await.location(), "/account?done=code_used");
    // And somebody with `reset` removes everything.
    enrol(&house, &mut omar).await;
    let id = house.app().store.person_by_email(OMAR).await.unwrap().unwrap().id;
    anna.get(&format!("/people/{id}")).await;
    assert_eq!(anna.post(&format!("/people/{id}/factor-off"), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(omar.get("/").await.location().starts_with("/sign-in"));
    assert_eq!(alone(&house, &mut his).await.0.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.app().store.codes(id).await.unwrap().left, 0);
    assert_eq!(
        house.signed_in(OMAR).await.get("/").await.status,
        StatusCode::OK,
        "the password alone, since none requires more"
    );
    assert_eq!((recorded(&house, "passkey.removed").await, recorded(&house, "factor.removed").await), (1, 1));
}

#[tokio::test]
async fn whoever_is_concerned_is_told_of_each_passkey() {
    let house = house_of(&KEYS).await;
    let (mut key, mut browser, _) = with_key(&house, OMAR, "Reception", 1).await;
    let mut step = before_the_step(&house, OMAR).await;
    at_the_step(&mut step, &mut key).await;
    let mut step = before_the_step(&house, OMAR).await;
    let options = asked(&mut step, "/factor/challenge").await;
    step.post("/factor", &[("passkey", &key.get_at_this_count(&options))]).await;
    browser.get("/account").await;
    assert_eq!(browser.post("/account/passkeys/1/remove", &[]).await.location(), "/account?done=no_passkey");
    let told = house
        .app()
        .store
        .ask_for_test("SELECT count(*) FROM bw_mail WHERE notice IN ('factor_added', 'factor_removed', 'passkey_suspect') AND detail LIKE '%Blue key%'")
        .await;
    assert_eq!(told, "3");
}

#[tokio::test]
async fn where_passkeys_alone_are_declared_an_app_is_a_way_to_the_first_one_and_no_more() {
    let house = house_of(&KEYS_ALONE).await;
    // Anna has an app from before.
    let person = house.person(ANNA, "Owner").await;
    let secret = house.app().secrets.to_seal(&house.app().store).await.unwrap();
    let plain = [9_u8; 20];
    let sealed = secret.seal(person, &plain).unwrap();
    let mut write = house.app().store.write(crate::testing::command_line()).await.unwrap();
    let (_, recorded) = write.enrol(person, &sealed, 0).await.unwrap();
    write.commit(recorded).await.unwrap();
    let code = totp_rs::Builder::new().with_secret(totp_rs::Secret::from(plain)).build().unwrap();
    let code = code.generate(u64::try_from(house.app().clock.now().timestamp()).unwrap()).to_string();

    let mut browser = before_the_step(&house, ANNA).await;
    assert_eq!(browser.get("/factor/passkey").await.location(), "/factor?next=%2Ffactor%2Fpasskey", "its proof first");
    browser.get("/factor").await;
    assert_eq!(browser.post("/factor", &[("code", &code)]).await.location(), "/");
    assert_eq!(browser.get("/").await.location(), "/factor/passkey", "the role requires one that counts");
    assert_eq!(browser.get("/factor/enrol").await.status, StatusCode::SEE_OTHER);
    let mut key = Key::number(1);
    assert_eq!(add(&mut browser, &mut key, "Blue key").await.location(), "/");
    assert_eq!(browser.get("/factor/enrol").await.status, StatusCode::NOT_FOUND);
    // The app is gone with it, and no passkey signs in without the password here.
    assert!(house.app().store.factor(person).await.unwrap().is_none());
    assert!(!before_the_step(&house, ANNA).await.get("/factor").await.text.contains("name=\"code\""));
    let mut door = house.browser();
    assert!(!door.get("/sign-in").await.text.contains("data-passkey"));
    assert_eq!(door.post("/factor/challenge", &[]).await.status, StatusCode::NOT_FOUND);
    let mut step = before_the_step(&house, ANNA).await;
    assert_eq!(at_the_step(&mut step, &mut key).await.location(), "/");
}

#[tokio::test]
async fn at_a_number_there_are_no_passkeys_and_a_block_that_needs_them_does_not_start() {
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    let house = House::of(&KEYS, &NoActions, "http://127.0.0.1:8000", limits).await;
    crate::passkey::check_setup(house.app()).unwrap();
    assert!(!house.browser().get("/sign-in").await.text.contains("data-passkey"));
    house.person(OMAR, "Reception").await;
    let page = house.signed_in(OMAR).await.get("/account").await;
    assert!(page.text.contains("reached at a number") && !page.text.contains("Add a passkey"));
    let house = House::of(&KEYS_ALONE, &NoActions, "http://127.0.0.1:8000", limits).await;
    let why = crate::passkey::check_setup(house.app()).unwrap_err().to_string();
    assert!(why.contains("http://127.0.0.1:8000") && why.contains("http://localhost"), "{why}");
}

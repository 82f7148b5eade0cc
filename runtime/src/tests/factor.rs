//! Codes: each once, counted before they are looked at, and worth nothing to whoever has the database alone.

mod removed;

use http::StatusCode;

use super::authenticator::{App, PARTS, before_the_step, between, codes_on, enrol, house, recorded, with_factor};
use super::browser::{Answer, Browser, House, PASSWORD};
use crate::panel::{By, Limit, Panel, Setting, Throttle, ThrottleName};
use crate::secret::Secret;

const ANNA: &str = "anna@clinic.example";
const OMAR: &str = "omar@clinic.example";

async fn try_code(browser: &mut Browser, field: &str, code: &str) -> Answer {
    browser.post("/factor", &[(field, code)]).await
}

#[tokio::test]
async fn an_enrolment_shows_one_secret_until_it_is_confirmed_and_ends_the_other_sessions() {
    let house = house().await;
    house.person(ANNA, "Owner").await;
    let mut elsewhere = house.browser();
    elsewhere.sign_in(ANNA, PASSWORD).await;
    let mut browser = house.browser();
    browser.sign_in(ANNA, PASSWORD).await;
    let page = browser.get("/factor/enrol").await;
    assert!(page.text.contains("<path d=\"M4 4h1v1h-1z") && page.text.contains("otpauth://totp/Clinic:anna%40clinic"));
    assert_eq!(page.header("cache-control"), "no-store");
    let app = App::scan(&page);
    let answer = browser.post("/factor/enrol", &[("code", &app.wrong(&house))]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(App::scan(&browser.get("/factor/enrol").await).secret, app.secret, "a page loaded anew shows the same");
    assert_ne!(App::scan(&elsewhere.get("/factor/enrol").await).secret, app.secret);
    assert_eq!(recorded(&house, "factor.enrolled").await, 0);
    enrol(&house, &mut browser).await;
    assert_eq!(elsewhere.get("/factor/enrol").await.location(), "/sign-in?next=%2Ffactor%2Fenrol");
    assert_eq!((recorded(&house, "factor.enrolled").await, recorded(&house, "codes.issued").await), (1, 1));
    // Another one instead: another secret, and the old one is worth nothing.
    let next = enrol(&house, &mut browser).await;
    assert_ne!(next.secret, app.secret);
    house.advance(60);
    let mut browser = before_the_step(&house, ANNA).await;
    assert_eq!(try_code(&mut browser, "code", &app.code(&house)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(try_code(&mut browser, "code", &next.code(&house)).await.location(), "/");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_counts_once_however_many_send_it_at_once() {
    let house = house().await;
    let (app, _) = with_factor(&house, ANNA, "Owner").await;
    let second = house.again().await;
    let code = app.code(&house);
    let mut tries = tokio::task::JoinSet::new();
    for i in 0..4 {
        let mut browser = before_the_step(if i % 2 == 0 { &house } else { &second }, ANNA).await;
        let code = code.clone();
        tries.spawn(async move { try_code(&mut browser, "code", &code).await.status });
    }
    let answers = tries.join_all().await;
    let through = answers.iter().filter(|status| **status == StatusCode::SEE_OTHER).count();
    assert_eq!(through, 1, "{answers:?}");
    // Nor does it count later, nor one from before it; the next one does.
    let mut browser = before_the_step(&house, ANNA).await;
    let before = app.code_at(house.app().clock.now() - chrono::Duration::seconds(30));
    for used in [&code, &before] {
        assert_eq!(try_code(&mut browser, "code", used).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let next = app.code_at(house.app().clock.now() + chrono::Duration::seconds(30));
    assert_eq!(try_code(&mut browser, "code", &next).await.location(), "/");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_200_parallel_guesses_over_two_processes_exactly_five_are_looked_at() {
    let house = house().await;
    let (app, _) = with_factor(&house, ANNA, "Owner").await;
    let second = house.again().await;
    let mut browser = before_the_step(&house, ANNA).await;
    let wrong = app.wrong(&house);
    let mut tries = tokio::task::JoinSet::new();
    // As many at once as are sure to get their turn at the writing connection on a busy machine: a try that was let in
    // and then turned away for want of it is used up and not looked at, and five would be fewer.
    let turn = std::sync::Arc::new(tokio::sync::Semaphore::new(16));
    for i in 0..200 {
        let mut tab = if i % 2 == 0 { browser.clone() } else { browser.at(&second) };
        let (wrong, turn) = (wrong.clone(), std::sync::Arc::clone(&turn));
        tries.spawn(async move {
            let _turn = turn.acquire().await.expect("nobody closes it");
            // The writing connection has room for so many at a time and no more; who is turned away tries again.
            loop {
                let status = try_code(&mut tab, "code", &wrong).await.status;
                if status != StatusCode::SERVICE_UNAVAILABLE {
                    return status;
                }
            }
        });
    }
    assert_eq!(tries.join_all().await, [StatusCode::UNPROCESSABLE_ENTITY; 200]);
    assert_eq!((recorded(&house, "factor.failed").await, recorded(&house, "factor.throttled").await), (5, 14));
    // Of 195 that were held off each process keeps the 1st, 2nd, 4th … 64th.
    // The right one is not even looked at until the window is over.
    let answer = try_code(&mut browser, "code", &app.code(&house)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.advance(600);
    assert_eq!(try_code(&mut browser, "code", &app.code(&house)).await.location(), "/");
}

#[tokio::test]
async fn new_sessions_give_no_new_tries() {
    let house = house().await;
    let (app, _) = with_factor(&house, ANNA, "Owner").await;
    for _ in 0..4 {
        let mut browser = before_the_step(&house, ANNA).await;
        for _ in 0..4 {
            try_code(&mut browser, "code", &app.wrong(&house)).await;
        }
    }
    assert_eq!(
        (recorded(&house, "factor.failed").await, recorded(&house, "factor.throttled").await),
        (10, 3),
        "of six"
    );
    // A recovery code is the way back that this does not block, and what it finds blocked is free again.
    let mut browser = before_the_step(&house, ANNA).await;
    assert_eq!(try_code(&mut browser, "code", &app.code(&house)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = try_code(&mut browser, "recovery_code", &app.codes[0]).await;
    assert_eq!(answer.location(), "/account?done=code_used");
    let mut browser = before_the_step(&house, ANNA).await;
    assert_eq!(try_code(&mut browser, "code", &app.code(&house)).await.location(), "/");
}

/// A block that counts codes by account, loosely.
static LOOSE: Panel = Panel {
    throttles: &[Throttle {
        name: ThrottleName::Factor,
        limits: &[Limit { count: 50, window: 600, by: By::Account }],
        wait: None,
        cap: None,
    }],
    ..PARTS
};

#[tokio::test]
async fn no_limit_of_the_block_and_no_link_loosens_the_one_that_always_holds() {
    let house = House::of_mailed(&LOOSE).await;
    let (app, _) = with_factor(&house, ANNA, "Owner").await;
    let id = house.app().store.person_by_email(ANNA).await.unwrap().unwrap().id;
    let mut failed = 0;
    for round in 0..3 {
        // Whoever reads the mail gets in by a link, as far as the factor.
        let token = crate::token::Token::fresh().unwrap();
        let mut write = house.app().store.write(crate::testing::command_line()).await.unwrap();
        let expires_at = house.app().clock.now() + chrono::Duration::hours(1);
        let purpose = crate::store::Purpose::Join;
        let new = crate::store::NewLink { token: token.hash(), purpose, person: Some(id), expires_at };
        let made = write.issue_link(&new).await.unwrap();
        write.commit(made).await.unwrap();
        let mut browser = house.browser();
        browser.get(&format!("/join?token={}", token.text())).await;
        browser.get("/join").await;
        let new = format!("seven herons cross the lake {round}");
        let answer = browser.post("/join", &[("password", &new), ("again", &new)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        for _ in 0..5 {
            browser.get("/factor").await;
            try_code(&mut browser, "code", &app.wrong(&house)).await;
        }
        failed = recorded(&house, "factor.failed").await;
    }
    assert_eq!(failed, 10, "looked at, of fifteen");
}

#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
    hashes: u64,
    statements: u64,
}

async fn seen(house: &House, browser: &mut Browser, field: &str, code: &str) -> Seen {
    let (hashes, statements) = (house.app().hasher.work().0, house.app().store.statements());
    let answer = try_code(browser, field, code).await;
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    Seen {
        status: answer.status.as_u16(),
        headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
        text: answer.text.replace(&browser.csrf, "TOKEN"),
        hashes: house.app().hasher.work().0 - hashes,
        statements: house.app().store.statements() - statements,
    }
}

#[tokio::test]
async fn refused_codes_look_and_cost_alike_whatever_was_wrong() {
    let house = house().await;
    let (app, _) = with_factor(&house, ANNA, "Owner").await;
    let mut browser = before_the_step(&house, ANNA).await;
    let used = app.code(&house);
    try_code(&mut browser, "code", &used).await;

    let mut limited = before_the_step(&house, ANNA).await;
    let wrong = seen(&house, &mut limited, "code", &app.wrong(&house)).await;
    assert_eq!((wrong.status, wrong.hashes), (422, 0));
    let mut all = vec![("used", seen(&house, &mut limited, "code", &used).await)];
    all.push(("no digits at all", seen(&house, &mut limited, "code", "").await));
    for _ in 0..2 {
        try_code(&mut limited, "code", "1").await;
    }
    house.advance(30);
    all.push(("over the session's limit", seen(&house, &mut limited, "code", &app.code(&house)).await));
    let mut other = before_the_step(&house, ANNA).await;
    for _ in 0..4 {
        try_code(&mut other, "code", "1").await;
    }
    let mut other = before_the_step(&house, ANNA).await;
    try_code(&mut other, "code", "1").await;
    all.push(("over the account's limit", seen(&house, &mut other, "code", &app.code(&house)).await));
    for (name, seen) in &all {
        similar_asserts::assert_eq!(seen, &wrong, "{name}");
    }

    let mut browser = before_the_step(&house, ANNA).await;
    try_code(&mut browser, "recovery_code", &app.codes[0]).await;
    let mut browser = before_the_step(&house, ANNA).await;
    let wrong = seen(&house, &mut browser, "recovery_code", "01-AAAA-AAAA-AAAA-AAAA").await;
    assert_eq!((wrong.status, wrong.hashes), (422, 1));
    let mut all = Vec::new();
    for (name, code) in
        [("used", app.codes[0].as_str()), ("unknown mark", "ZZ-AAAA-AAAA-AAAA-AAAA"), ("no code at all", "let me in")]
    {
        all.push((name, seen(&house, &mut browser, "recovery_code", code).await));
    }
    try_code(&mut browser, "recovery_code", "x").await;
    all.push(("over the limit", seen(&house, &mut browser, "recovery_code", &app.codes[1]).await));
    for (name, seen) in &all {
        similar_asserts::assert_eq!(seen, &wrong, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn recovery_codes_are_shown_once_and_count_once() {
    let house = house().await;
    let (app, mut browser) = with_factor(&house, ANNA, "Owner").await;
    assert_eq!(app.codes.len(), 3);
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let mut tab = before_the_step(&house, ANNA).await;
        let code = app.codes[1].to_lowercase().replace('-', " ");
        tries.spawn(async move { try_code(&mut tab, "recovery_code", &code).await.status });
    }
    let answers = tries.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::SEE_OTHER).count(), 1, "{answers:?}");
    assert_eq!(recorded(&house, "code.used").await, 1);
    let page = browser.get("/account").await;
    assert!(page.text.contains("2 of 3 are left") && page.text.contains("2 recovery codes are left. Make new ones"));
    assert!(app.codes.iter().all(|code| !page.text.contains(code.as_str())));
    // New ones: behind a fresh proof, and the old ones are no longer good.
    let answer = browser.post("/account/codes", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let codes = codes_on(&answer);
    let file = between(&answer.text, "href=\"data:text/plain;charset=utf-8,", "\"");
    let file = percent_encoding::percent_decode_str(file).decode_utf8().unwrap();
    assert!(codes.len() == 3 && codes.iter().all(|code| file.contains(code.as_str()) && !app.codes.contains(code)));
    let mut tab = before_the_step(&house, ANNA).await;
    assert_eq!(try_code(&mut tab, "recovery_code", &app.codes[2]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(try_code(&mut tab, "recovery_code", &codes[2]).await.status, StatusCode::SEE_OTHER);
    house.advance(601);
    assert_eq!(browser.post("/account/codes", &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(recorded(&house, "codes.issued").await, 2);
}

#[tokio::test]
async fn the_database_alone_holds_nothing_that_lets_somebody_in() {
    let house = house().await;
    let (app, _) = with_factor(&house, ANNA, "Owner").await;
    let file = house.all_that_is_kept().await;
    let holds = |needle: &[u8]| file.windows(needle.len()).any(|part| part == needle);
    let typed = base32_of(&app);
    assert!(!holds(&app.secret) && !holds(typed.as_bytes()));
    for code in &app.codes {
        assert!(!holds(code.as_bytes()) && !holds(code[3..].replace('-', "").as_bytes()));
    }
    // With the file beside it, it opens; without, it does not, and nobody makes another file in its place.
    let row = house.app().store.any_factor().await.unwrap().unwrap();
    let key = house.directory.path().join("clinic.db.key");
    let text = std::fs::read_to_string(&key).unwrap();
    assert_eq!(*Secret::from_text(&text, "x").unwrap().open(row.0, &row.1.sealed).unwrap(), app.secret);
    std::fs::remove_file(&key).unwrap();
    let second = house.again().await;
    assert!(second.app().secrets.check(&house.app().store).await.unwrap_err().to_string().contains("clinic.db.key"));
    let mut browser = before_the_step(&house, ANNA).await.at(&second);
    let answer = try_code(&mut browser, "code", &app.code(&house)).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.text.contains("clinic.db") && !key.exists());
}

fn base32_of(app: &App) -> String {
    totp_rs::Secret::new(app.secret.clone().into_boxed_slice()).to_base32()
}

#[tokio::test]
async fn the_wall_asks_for_the_factor_of_whoever_has_one_and_the_form_survives() {
    let house = house().await;
    let (app, mut browser) = with_factor(&house, ANNA, "Owner").await;
    house.advance(601);
    browser.get("/doctors/new").await;
    let fields = [("name", "Dr. Berg"), ("speciality", "General"), ("active", "true")];
    let wall = browser.post("/doctors/new", &fields).await;
    assert_eq!(wall.status, StatusCode::UNAUTHORIZED);
    assert!(wall.text.contains("name=\"bw.code\"") && wall.text.contains("value=\"Dr. Berg\""));
    let right = app.code(&house);
    let send = |proof: &'static str, code: String| {
        let mut tab = browser.clone();
        async move {
            let mut fields = fields.to_vec();
            fields.extend([("bw.proof", proof), ("bw.code", code.as_str())]);
            let answer = tab.post("/doctors/new", &fields).await;
            (answer.status, answer.text.contains("value=\"Dr. Berg\""), tab)
        }
    };
    for (proof, code) in [(PASSWORD, ""), (PASSWORD, "000000"), ("a lamp beside the sea", right.as_str())] {
        let (status, survives, _) = send(proof, code.to_owned()).await;
        assert_eq!((status, survives), (StatusCode::UNAUTHORIZED, true), "{proof} {code}");
    }
    // A wrong password did not use the code up; the right one does.
    let (status, _, mut tab) = send(PASSWORD, right.clone()).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(recorded(&house, "row.created").await, 1);
    house.advance(601);
    tab.get("/doctors/new").await;
    let code = app.codes[0].clone();
    let mut again = fields.to_vec();
    again.extend([("bw.proof", PASSWORD), ("bw.code", code.as_str())]);
    assert_eq!(tab.post("/doctors/new", &again).await.status, StatusCode::SEE_OTHER, "a recovery code is a proof too");
    assert_eq!(recorded(&house, "code.used").await, 1);
}

#[tokio::test]
async fn somebody_with_the_right_removes_a_lost_factor_on_a_fresh_proof() {
    let house = house().await;
    let (_, mut owner) = with_factor(&house, ANNA, "Owner").await;
    let (_, mut omar) = with_factor(&house, OMAR, "Clinician").await;
    let id = house.app().store.person_by_email(OMAR).await.unwrap().unwrap().id;
    let mine = house.app().store.person_by_email(ANNA).await.unwrap().unwrap().id;
    assert!(owner.get("/people").await.text.contains("set up"));
    assert!(owner.get(&format!("/people/{id}")).await.text.contains("Remove the second factor"));
    let path = format!("/people/{id}/factor-off");
    // Whoever may only lock may not; nobody their own; nobody on an old proof, whether or not the block lists it.
    assert_eq!(omar.post(&format!("/people/{mine}/factor-off"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(owner.post(&format!("/people/{mine}/factor-off"), &[]).await.status, StatusCode::FORBIDDEN);
    house.advance(601);
    assert_eq!(owner.post(&path, &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(recorded(&house, "factor.removed").await, 0);
    let mut owner = before_the_step(&house, ANNA).await;
    owner.post("/factor", &[("code", "000000")]).await;
    let app = house.app().store.factor(mine).await.unwrap().unwrap();
    let secret = house.app().secrets.get().unwrap().open(mine, &app.sealed).unwrap();
    let totp =
        totp_rs::Builder::new().with_secret(totp_rs::Secret::new(secret.to_vec().into_boxed_slice())).build().unwrap();
    let code = totp.generate(u64::try_from(house.app().clock.now().timestamp()).unwrap()).to_string();
    assert_eq!(owner.post("/factor", &[("code", &code)]).await.location(), "/");
    owner.get("/people").await;
    assert_eq!(owner.post(&path, &[]).await.location(), format!("/people/{id}?done=factor_off"));
    assert_eq!(omar.get("/").await.location(), "/sign-in");
    assert_eq!(house.app().store.codes(id).await.unwrap().made, 0);
    let mut omar = house.browser();
    omar.sign_in(OMAR, PASSWORD).await;
    assert_eq!(omar.get("/account").await.status, StatusCode::OK, "this role requires none");
}

/// What the queue of mail tells, in order.
async fn told(house: &House) -> Vec<String> {
    let all = "SELECT coalesce(string_agg(notice, ',' ORDER BY id), '') FROM bw_mail";
    let all: String = crate::testing::place::ask(&crate::testing::url(&house.directory), all, &[]).await;
    all.split(',').filter(|notice| !notice.is_empty()).map(str::to_owned).collect()
}

#[tokio::test]
async fn whoever_is_concerned_is_told_by_mail() {
    static MAILED: Panel = Panel { mail: Setting { env: None, fallback: Some("file:outbox") }, ..PARTS };
    let house = House::of_mailed(&MAILED).await;
    let (app, mut browser) = with_factor(&house, ANNA, "Clinician").await;
    let before = told(&house).await;
    assert!(before.ends_with(&["factor_added".to_owned(), "codes_made".to_owned()]), "{before:?}");
    let mut other = before_the_step(&house, ANNA).await;
    assert_eq!(told(&house).await[before.len()..], ["new_browser"], "whoever it is knows the password");
    let before = told(&house).await;
    assert_eq!(try_code(&mut other, "code", &app.wrong(&house)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(told(&house).await.len(), before.len(), "a wrong code fills nobody's mailbox");
    assert_eq!(try_code(&mut other, "recovery_code", &app.codes[0]).await.status, StatusCode::SEE_OTHER);
    browser.get("/account").await;
    assert_eq!(browser.post("/account/factor-off", &[]).await.location(), "/account?done=no_factor");
    assert_eq!(told(&house).await[before.len()..], ["code_used", "factor_removed"]);
}

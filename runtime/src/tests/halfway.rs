//! Between the password and the panel: nothing is open to somebody who lacks the second factor but that step and the
//! way out, and only a factor opens the rest.

use http::{HeaderValue, Method, StatusCode};

use super::authenticator::{PANEL, before_the_step, enrol, house, with_factor};
use super::browser::{Browser, House, PASSWORD};
use crate::store::{NewLink, Purpose};
use crate::testing::{DOCTOR, command_line, seed};
use crate::throttle::later;
use crate::token::Token;
use crate::value::Value;

const ANNA: &str = "anna@clinic.example";

/// A page of every kind.
fn every_path(person: i64, row: i64) -> Vec<String> {
    let mut paths: Vec<String> = [
        "/",
        "/sign-in",
        "/factor",
        "/factor/enrol",
        "/factor/passkey",
        "/factor/challenge",
        "/factor/passkey/challenge",
        "/account/passkeys/1/name",
        "/account/passkeys/1/remove",
        "/audit",
        "/policy",
        "/people",
        "/people/invite",
        "/account",
        "/account/password",
        "/account/factor-off",
        "/account/codes",
        "/account/sessions/end",
        "/nothing/here",
        "/doctors/pick/name",
        "/static/../doctors",
    ]
    .map(str::to_owned)
    .to_vec();
    for verb in ["", "/attributes", "/assign", "/reset", "/lock", "/unlock", "/revoke", "/factor-off"] {
        paths.push(format!("/people/{person}{verb}"));
    }
    paths.push("/account/sessions/1/end".to_owned());
    for model in PANEL.models {
        paths.extend(["", "/new"].map(|page| format!("/{}{page}", model.slug)));
        paths.extend(["", "/edit", "/delete", "/do/approve"].map(|page| format!("/{}/{row}{page}", model.slug)));
    }
    paths
}

/// Whatever is asked for leads to the step, and costs the one statement that says who asks.
async fn nothing_is_open(house: &House, browser: &mut Browser, step: &str, paths: &[String]) {
    for path in paths.iter().filter(|path| *path != step) {
        for method in [Method::GET, Method::POST] {
            let before = house.app().store.statements();
            let fields = [("bw.version", "1"), ("role", "Clinician"), ("bw.proof", PASSWORD), ("name", "x")];
            let answer =
                if method == Method::GET { browser.get(path).await } else { browser.post(path, &fields).await };
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{method} {path}: {}", answer.text);
            let to = answer.location().split('?').next().unwrap();
            assert_eq!((to, answer.text.as_str()), (step, ""), "{method} {path}");
            assert_eq!(house.app().store.statements() - before, 1, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_password_alone_reaches_the_step_and_nothing_else_route_by_route() {
    let house = house().await;
    let me = house.person(ANNA, "Owner").await;
    let row = seed(&house.app().store, DOCTOR, vec![vec![(0, Value::Text("Berg".to_owned()))]]).await[0];
    let paths = every_path(me, row);

    // The role requires a factor, and there is none.
    let mut browser = house.browser();
    browser.sign_in(ANNA, PASSWORD).await;
    assert_eq!(browser.get("/factor/enrol").await.status, StatusCode::OK);
    nothing_is_open(&house, &mut browser, "/factor/enrol", &paths).await;
    let app = enrol(&house, &mut browser).await;

    // There is one. Setting another one up is not a way round it.
    let mut second = before_the_step(&house, ANNA).await;
    nothing_is_open(&house, &mut second, "/factor", &paths).await;

    // The control: behind it the same pages are there.
    second.get("/factor").await;
    let answer = second.post("/factor", &[("code", &app.code(&house))]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
    for path in ["/", "/doctors", "/account", "/policy", &format!("/doctors/{row}")] {
        assert_eq!(second.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn parts_of_pages_and_ways_back_lead_through_the_step() {
    let house = house().await;
    let (app, _) = with_factor(&house, ANNA, "Owner").await;
    let mut browser = before_the_step(&house, ANNA).await;
    let mut htmx = browser.clone();
    htmx.headers.insert("hx-request", HeaderValue::from_static("true"));
    let answer = htmx.get("/doctors").await;
    assert_eq!((answer.status, answer.header("hx-redirect")), (StatusCode::UNAUTHORIZED, "/factor"));
    let answer = browser.get("/doctors?q=Berg").await;
    assert_eq!(answer.location(), "/factor?next=%2Fdoctors%3Fq%3DBerg");
    let page = browser.get("/factor?next=%2Fdoctors%3Fq%3DBerg").await;
    assert!(page.text.contains("name=\"next\" value=\"/doctors?q=Berg\""));
    let away = browser.clone().get("/factor?next=%2F%2Fevil.example").await;
    assert!(!away.text.contains("evil"));
    let answer = browser.post("/factor", &[("code", &app.code(&house)), ("next", "/doctors?q=Berg")]).await;
    assert_eq!(answer.location(), "/doctors?q=Berg");
}

#[tokio::test]
async fn every_step_gives_another_token_and_the_one_before_is_worth_nothing() {
    let house = house().await;
    let (app, enrolled) = with_factor(&house, ANNA, "Owner").await;
    let mut browser = before_the_step(&house, ANNA).await;
    let halfway = browser.cookies["bw"].clone();
    assert_ne!(halfway, enrolled.cookies["bw"]);
    let mut fixed = browser.clone();
    browser.post("/factor", &[("code", &app.code(&house))]).await;
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert_ne!(browser.cookies["bw"], halfway);
    assert_eq!(fixed.get("/").await.location(), "/sign-in", "whoever planted the token before has nothing");
}

#[tokio::test]
async fn one_may_leave_before_the_step() {
    let house = house().await;
    let _ = with_factor(&house, ANNA, "Owner").await;
    let mut browser = before_the_step(&house, ANNA).await;
    let mut copied = browser.clone();
    assert_eq!(browser.post("/sign-out", &[]).await.location(), "/sign-in");
    assert_eq!(copied.get("/factor").await.location(), "/sign-in?next=%2Ffactor");
}

#[tokio::test]
async fn a_form_from_elsewhere_is_not_believed_at_the_step_either() {
    let house = house().await;
    let (app, _) = with_factor(&house, ANNA, "Owner").await;
    let mut browser = before_the_step(&house, ANNA).await;
    let code = app.code(&house);
    let answer = browser.clone().post_with("/factor", Some("x"), &[("code", &code)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/factor", &[("code", &code)]).await.location(), "/", "the control: nothing was used up");
}

#[tokio::test]
async fn a_link_to_a_new_password_never_lifts_the_factor() {
    let house = house().await;
    let (app, mut browser) = with_factor(&house, ANNA, "Owner").await;
    let me = house.app().store.person_by_email(ANNA).await.unwrap().unwrap().id;
    let token = Token::fresh().unwrap();
    let mut write = house.app().store.write(command_line()).await.unwrap();
    let expires_at = later(house.app().clock.now(), 600);
    let link = NewLink { token: token.hash(), purpose: Purpose::Join, person: Some(me), expires_at };
    let recorded = write.issue_link(&link).await.unwrap();
    write.commit(recorded).await.unwrap();
    let mut thief = house.browser();
    thief.get(&format!("/join?token={}", token.text())).await;
    thief.get("/join").await;
    let fields = [("password", "another lamp beside it"), ("again", "another lamp beside it")];
    assert_eq!(thief.post("/join", &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(thief.get("/").await.location(), "/factor");
    assert_eq!(browser.get("/").await.location(), "/sign-in", "the link ended the other sessions");
    thief.get("/factor").await;
    assert_eq!(thief.post("/factor", &[("code", &app.code(&house))]).await.location(), "/");
}

#[tokio::test]
async fn who_stands_before_the_step_pushes_nobody_out() {
    let house = house().await;
    let (_, mut browser) = with_factor(&house, ANNA, "Owner").await;
    let mut first = before_the_step(&house, ANNA).await;
    for _ in 0..5 {
        before_the_step(&house, ANNA).await;
    }
    assert_eq!(first.get("/factor").await.location(), "/sign-in?next=%2Ffactor", "the oldest of its kind");
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_taken_away_is_gone_with_the_next_request_on_every_process() {
    for sql in [
        "UPDATE bw_people SET inactive = TRUE",
        "UPDATE bw_people SET locked_until = '2027-01-01T00:00:00.000000Z'",
        "UPDATE bw_people SET role = 'Gone'",
        "UPDATE bw_sessions SET revoked_at = '2026-11-21T12:00:00.000000Z'",
        "UPDATE bw_sessions SET expires_at = '2026-11-21T12:00:00.000000Z'",
    ] {
        let house = house().await;
        let (_, browser) = with_factor(&house, ANNA, "Owner").await;
        let halfway = before_the_step(&house, ANNA).await;
        let other = house.again().await;
        let mut asking = [browser.clone(), halfway.clone(), browser.at(&other), halfway.at(&other)];
        for one in &mut asking {
            assert!(one.get("/factor").await.location() != "/sign-in?next=%2Ffactor", "the control");
        }
        house.sql(sql).await;
        for one in &mut asking {
            let csrf = one.csrf.clone();
            let answer = one.post_with("/factor", Some(&csrf), &[("code", "000000")]).await;
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"), "{sql}");
        }
    }
}

#[tokio::test]
async fn another_role_that_requires_a_factor_asks_for_it_with_the_next_request() {
    let house = house().await;
    house.person(ANNA, "Reception").await;
    let mut browser = house.signed_in(ANNA).await;
    assert_eq!(browser.get("/patients").await.status, StatusCode::OK);
    house.sql("UPDATE bw_people SET role = 'Owner'").await;
    assert_eq!(browser.get("/patients").await.location(), "/factor/enrol?next=%2Fpatients");
}

/// Whoever needs a factor and has none is let to its enrolment, and to nothing else, without one.
#[tokio::test]
async fn a_role_that_requires_a_factor_can_set_it_up_without_one() {
    let house = house().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.browser();
    assert_eq!(browser.sign_in(ANNA, PASSWORD).await.status, StatusCode::SEE_OTHER);
    // The control: nothing else is open yet.
    assert_eq!(browser.get("/patients").await.location(), "/factor/enrol?next=%2Fpatients");
    // No proof stands before the page or its form, however old the sign-in is.
    house.advance(1_200);
    assert_eq!(browser.get("/factor/enrol").await.status, StatusCode::OK);
    enrol(&house, &mut browser).await;
    assert_eq!(browser.get("/patients").await.status, StatusCode::OK);
}

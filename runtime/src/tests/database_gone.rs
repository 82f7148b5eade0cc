//! The database goes away and comes back, or all that may speak with it are busy, or its disk is full. How a server stands
//! still or dies is in [`super::silent_server`].

use http::StatusCode;

use super::browser::{House, PANEL};
use super::resend::{kept, names, send_again};
use crate::Limits;
use crate::error::Error;
use crate::testing::{place, url};

const ANNA: &str = "anna@clinic.example";

#[tokio::test]
async fn while_the_server_is_gone_pages_say_so_and_after_it_they_come_at_once() {
    if !place::on_postgres() {
        return;
    }
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    let database = url(&house.directory);
    for round in 0..2 {
        browser.get("/doctors/new").await;
        let (csrf, name) = (browser.csrf.clone(), format!("Nobody {round}"));
        let typed = [("name", name.as_str()), ("speciality", "General")];
        place::let_in(&database, false).await;
        for _ in 0..3 {
            let answer = browser.get("/patients").await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
            assert!(!answer.header("retry-after").is_empty());
        }
        // What was typed comes back with the answer, though nobody can say now whose session it is.
        let answer = browser.post_with("/doctors/new", Some(&csrf), &typed).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!answer.header("retry-after").is_empty());
        let form = kept(&answer);
        let forged = browser.post_with("/doctors/new", Some("x"), &typed).await;
        assert!(
            forged.status == StatusCode::SERVICE_UNAVAILABLE && !forged.text.contains("Nobody"),
            "not of a session"
        );
        place::let_in(&database, true).await;
        // The first question after the return, on connections that are all dead, is answered.
        assert_eq!(browser.get("/patients").await.status, StatusCode::OK);
        assert!(!names(&house).await.contains(&format!("Nobody {round}")));
        let answer = send_again(&mut browser, &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert!(names(&house).await.contains(&format!("Nobody {round}")));
    }
}

#[tokio::test]
async fn connections_that_died_while_idle_cost_nobody_an_answer() {
    if !place::on_postgres() {
        return;
    }
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    for _ in 0..3 {
        place::let_in(&url(&house.directory), true).await;
        assert_eq!(browser.get("/patients").await.status, StatusCode::OK);
        place::let_in(&url(&house.directory), true).await;
        house.app().store.write(crate::testing::command_line()).await.unwrap().roll_back().await.unwrap();
    }
}

#[tokio::test]
async fn while_every_connection_is_taken_a_save_is_turned_away_in_time_and_afterwards_goes_through() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    let doctor = [("name", "Berg"), ("speciality", "General")];
    let mut taken = Vec::new();
    for _ in 0..place::either(1, 8) {
        taken.push(house.app().store.write(crate::testing::command_line()).await.unwrap());
    }
    // By that wait, and by no other: where it stands the compiler holds it to 2 s.
    assert_eq!(
        house.app().store.write(crate::testing::command_line()).await.unwrap_err(),
        Error::Unavailable("all connections to the database are busy".to_owned())
    );
    let answer = browser.post("/doctors/new", &doctor).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert!(!answer.header("retry-after").is_empty());
    let form = kept(&answer);
    for write in taken {
        write.roll_back().await.unwrap();
    }
    // What was typed stands in the page, and is saved by sending it again, once.
    assert_eq!(send_again(&mut browser, &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(names(&house).await, ["Berg"]);
}

/// There is no room for more patients: SQLite's file may not grow, PostgreSQL answers as it does on a full disk.
async fn fill_up(house: &House) {
    if !place::on_postgres() {
        return house.app().store.fill_up_for_test().await;
    }
    house
        .sql(
            "CREATE SEQUENCE met; CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM \
             nextval('met'); RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$; CREATE TRIGGER \
             no_room BEFORE INSERT OR UPDATE ON patients FOR EACH ROW EXECUTE FUNCTION no_room()",
        )
        .await;
}

async fn make_room(house: &House) {
    // On SQLite the connection that found no room was given up, and with it the bound.
    if place::on_postgres() {
        house.sql("DROP TRIGGER no_room ON patients; DROP FUNCTION no_room").await;
    }
}

#[tokio::test]
async fn on_a_full_disk_a_save_says_so_and_what_was_typed_goes_through_once_there_is_room() {
    let limits = Limits { hash_queue: 1_000, ..Limits::of(&PANEL) };
    let house = House::with("http://127.0.0.1:8000", limits).await;
    house.person(ANNA, "Owner").await;
    let doctor = crate::testing::two_doctors(&house.app().store).await.0.to_string();
    let mut browser = house.signed_in(ANNA).await;
    browser.get("/patients/new").await;
    let notes = "n".repeat(300 * 1024);
    let patient = [("name", "Zoe Lind"), ("born", "1980-01-01"), ("doctor", doctor.as_str()), ("notes", &notes)];
    fill_up(&house).await;
    let answer = browser.post("/patients/new", &patient).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text.len());
    assert!(!answer.header("retry-after").is_empty() && answer.text.contains("no room left on the disk"));
    let form = kept(&answer);
    let count = "SELECT CAST(count(*) AS TEXT) FROM patients";
    assert_eq!(house.app().store.ask_for_test(count).await, "0", "nothing half");
    // Reading goes on.
    assert_eq!(browser.get("/patients").await.status, StatusCode::OK);
    make_room(&house).await;
    let answer = send_again(&mut browser, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text.len());
    assert_eq!(house.app().store.ask_for_test(count).await, "1");
    assert!(matches!(house.app().store.verify_audit().await.unwrap(), crate::audit::chain::Verified::Whole { .. }));
}

#[tokio::test]
async fn work_that_finds_the_disk_full_goes_on_once_there_is_room_and_does_every_row_once() {
    let limits = Limits { hash_queue: 1_000, ..Limits::of(&PANEL) };
    let house = House::with("http://127.0.0.1:8000", limits).await;
    house.person(ANNA, "Owner").await;
    let store = &house.app().store;
    let doctor = crate::testing::two_doctors(store).await.0;
    let many = (0..60).map(|number| crate::testing::new_patient(&format!("Patient {number}"), doctor)).collect();
    crate::testing::seed(store, crate::testing::PATIENT, many).await;
    let mut browser = house.signed_in(ANNA).await;
    browser.get("/patients").await;
    // The rows grow by more than a page; what is kept of the job does not.
    let notes = "n".repeat(900);
    let all = [("do", "edit"), ("all", "1"), ("set.notes", "1"), ("notes", notes.as_str()), ("bw.sure", "1")];
    let started = browser.post("/patients/bulk", &all).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text);
    fill_up(&house).await;
    let workers = crate::work::start(house.service.app(), false);
    if place::on_postgres() {
        // It has met the full disk.
        while store.ask_for_test("SELECT CAST(is_called AS TEXT) FROM met").await != "true" {
            tokio::task::yield_now().await;
        }
    }
    make_room(&house).await;
    let page = loop {
        let page = browser.get(started.location()).await;
        if !page.text.contains("data-poll") {
            break page.text;
        }
        tokio::task::yield_now().await;
    };
    assert!(page.contains("60 done"), "{page}");
    let versions = "SELECT CAST(count(*) AS TEXT) FROM patients WHERE version = 2 AND length(notes) = 900";
    assert_eq!(store.ask_for_test(versions).await, "60");
    workers.iter().for_each(tokio::task::JoinHandle::abort);
}

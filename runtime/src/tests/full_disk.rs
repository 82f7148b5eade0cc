//! There is no room left where the database is: what was to be saved is not half there, says so, and goes through once
//! there is room; work waits, says that on its page, and does every row once.

use http::StatusCode;

use super::browser::{House, PANEL};
use super::importer::{ANNA, importer};
use super::resend::{kept, send_again};
use crate::Limits;
use crate::audit::chain::Verified;
use crate::testing::{command_line, place};

const NO_ROOM: &str = "no room left on the disk";

/// There is no room for more rows: SQLite's file may not grow, PostgreSQL answers for this table as it does on a full
/// disk.
async fn fill_up(house: &House, table: &str) {
    if !place::on_postgres() {
        return house.app().store.fill_up_for_test().await;
    }
    let sql = format!(
        "CREATE SEQUENCE met; CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('met'); \
         RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$; CREATE TRIGGER no_room BEFORE INSERT OR \
         UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()"
    );
    house.sql(String::leak(sql)).await;
}

async fn make_room(house: &House) {
    // On SQLite the connection that found no room was given up, and with it the bound.
    if place::on_postgres() {
        house.sql("DROP FUNCTION no_room CASCADE; DROP SEQUENCE met").await;
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
    fill_up(&house, "patients").await;
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
    assert!(matches!(house.app().store.verify_audit().await.unwrap(), Verified::Whole { .. }));
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
    fill_up(&house, "patients").await;
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

/// So many patients, more of them than a page of the database holds; born on this day.
fn file(rows: usize, born: &str) -> String {
    let notes = "n".repeat(900);
    let rows = (0..rows).map(|number| format!("Patient {number},{born},1,{notes}\n"));
    std::iter::once("name,born,doctor,notes\n".to_owned()).chain(rows).collect()
}

#[tokio::test]
async fn a_file_that_finds_no_room_is_not_kept_and_says_so() {
    let (house, mut browser) = importer().await;
    let store = &house.app().store;
    let file = file(500, "1980-01-01");
    fill_up(&house, "bw_upload_parts").await;
    let refused = browser.upload("/patients/import", "patients.csv", &file).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text);
    assert!(refused.text.contains(NO_ROOM) && !refused.header("retry-after").is_empty(), "{}", refused.text);
    for count in ["SELECT CAST(count(*) AS TEXT) FROM bw_uploads", "SELECT CAST(count(*) AS TEXT) FROM bw_upload_parts"]
    {
        assert_eq!(store.ask_for_test(count).await, "0", "{count}");
    }
    make_room(&house).await;
    let kept = browser.upload("/patients/import", "patients.csv", &file).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
}

#[tokio::test]
async fn an_import_that_finds_no_room_says_that_it_waits_keeps_nothing_half_and_goes_on() {
    for (how, step, rows, born, full, says, there) in [
        ("parts", "check", 400, "2999-01-01", "bw_job_faults", "400 failed", "0"),
        ("parts", "go", 60, "1980-01-01", "patients", "60 done", "60"),
        ("one", "go", 60, "1980-01-01", "patients", "60 done", "60"),
    ] {
        let (house, mut browser) = importer().await;
        let (app, store) = (house.app(), &house.app().store);
        let kept = browser.upload("/patients/import", "patients.csv", &file(rows, born)).await;
        let columns = browser.get(kept.location()).await;
        assert_eq!(columns.status, StatusCode::OK, "{}", columns.text);
        let typed = [
            ("m.0", "name"),
            ("m.1", "born"),
            ("m.2", "doctor"),
            ("m.3", "notes"),
            ("key", ""),
            ("how", how),
            ("step", step),
        ];
        let started = browser.post(kept.location(), &typed).await;
        assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text);
        let job: i64 = started.location().rsplit('/').next().and_then(|id| id.parse().ok()).expect("a job");
        fill_up(&house, full).await;
        let workers = house.work();
        while app.under_way.waits_for(job, crate::testing::now()).is_none() {
            tokio::task::yield_now().await;
        }
        // On SQLite the bound is gone with the connection; who holds the one writer keeps the job where it is.
        let held = if place::on_postgres() { None } else { Some(store.write(command_line()).await.unwrap()) };
        let page = browser.get(started.location()).await;
        assert!(page.text.contains(NO_ROOM) && page.text.contains("data-poll"), "{how} {step}: {}", page.text);
        assert!(page.text.contains(">waits<"), "{}", page.text);
        let patients = "SELECT CAST(count(*) AS TEXT) FROM patients";
        assert_eq!(store.ask_for_test(patients).await, "0", "{how} {step}: nothing half");
        make_room(&house).await;
        if let Some(held) = held {
            held.roll_back().await.unwrap();
        }
        // Whoever holds it may have given it up meanwhile: then it is taken anew once its lease is over.
        house.advance(20);
        let page = loop {
            let page = browser.get(started.location()).await;
            if !page.text.contains("data-poll") {
                break page.text;
            }
            tokio::task::yield_now().await;
        };
        assert!(page.contains(says) && !page.contains(NO_ROOM), "{how} {step}: {page}");
        assert_eq!(store.ask_for_test(patients).await, there, "{how} {step}");
        assert!(matches!(store.verify_audit().await.unwrap(), Verified::Whole { .. }));
        workers.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

#[tokio::test]
async fn work_that_can_not_even_be_taken_says_why_it_waits() {
    let (house, mut browser) = importer().await;
    let app = house.app();
    let kept = browser.upload("/patients/import", "patients.csv", &file(2, "1980-01-01")).await;
    let typed =
        [("m.0", "name"), ("m.1", "born"), ("m.2", "doctor"), ("m.3", ""), ("key", ""), ("how", "one"), ("step", "go")];
    let started = browser.post(kept.location(), &typed).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text);
    // What is changed in place finds room in a file of SQLite's that may not grow.
    if !place::on_postgres() {
        return;
    }
    fill_up(&house, "bw_jobs").await;
    let workers = house.work();
    while app.under_way.waits_for(0, crate::testing::now()).is_none() {
        tokio::task::yield_now().await;
    }
    let page = browser.get(started.location()).await;
    assert!(page.text.contains(NO_ROOM) && page.text.contains(">waits<"), "{}", page.text);
    make_room(&house).await;
    loop {
        let page = browser.get(started.location()).await;
        if !page.text.contains("data-poll") {
            assert!(page.text.contains("2 done"), "{}", page.text);
            break;
        }
        tokio::task::yield_now().await;
    }
    workers.iter().for_each(tokio::task::JoinHandle::abort);
}

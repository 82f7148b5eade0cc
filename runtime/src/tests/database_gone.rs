//! The database server goes away and comes back, or all that may speak with it are busy.

use std::time::{Duration, Instant};

use http::StatusCode;

use super::browser::House;
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
    for _ in 0..2 {
        place::let_in(&database, false).await;
        for _ in 0..3 {
            let started = Instant::now();
            let answer = browser.get("/patients").await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
            assert!(!answer.header("retry-after").is_empty());
            assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
        }
        let answer = browser.post("/doctors/new", &[("name", "Nobody"), ("speciality", "General")]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        place::let_in(&database, true).await;
        // The first question after the return, on connections that are all dead, is answered.
        assert_eq!(browser.get("/patients").await.status, StatusCode::OK);
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
    let started = Instant::now();
    let answer = browser.post("/doctors/new", &doctor).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert!(!answer.header("retry-after").is_empty());
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    for write in taken {
        write.roll_back().await.unwrap();
    }
    assert_eq!(browser.post("/doctors/new", &doctor).await.status, StatusCode::SEE_OTHER);
}

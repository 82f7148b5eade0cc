//! The database goes away and comes back, or all that may speak with it are busy. How a server stands still or dies is
//! in [`super::silent_server`], what a full disk does in [`super::full_disk`].

use http::StatusCode;

use super::browser::House;
use super::resend::{kept, names, send_again};
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

//! After a lost factor was removed by an administrator: what was guessed at the old one is not held against the next.

use http::StatusCode;

use super::{ANNA, OMAR, try_code};
use crate::tests::authenticator::{before_the_step, enrol, house, recorded, with_factor};
use crate::tests::browser::PASSWORD;

#[tokio::test]
async fn the_tries_at_a_factor_end_with_it() {
    let house = house().await;
    let (app, _) = with_factor(&house, OMAR, "Clinician").await;
    let (_, mut owner) = with_factor(&house, ANNA, "Owner").await;
    // Somebody who knows the password uses them all up, over as many sessions as it takes.
    for _ in 0..3 {
        let mut thief = before_the_step(&house, OMAR).await;
        for _ in 0..4 {
            try_code(&mut thief, "code", &app.wrong(&house)).await;
        }
    }
    assert_eq!(recorded(&house, "factor.failed").await, 10);
    let mut omar = before_the_step(&house, OMAR).await;
    assert_eq!(try_code(&mut omar, "code", &app.code(&house)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let id = house.app().store.person_by_email(OMAR).await.unwrap().unwrap().id;
    owner.get("/people").await;
    assert_eq!(owner.post(&format!("/people/{id}/factor-off"), &[]).await.status, StatusCode::SEE_OTHER);
    let mut omar = house.browser();
    assert_eq!(omar.sign_in(OMAR, PASSWORD).await.status, StatusCode::SEE_OTHER);
    let next = enrol(&house, &mut omar).await;
    let mut tab = before_the_step(&house, OMAR).await;
    // Whatever is still counted: as if they had gone on to the cap, from which no waiting leads back.
    house.sql("UPDATE bw_throttle SET failures = 100").await;
    assert_eq!(try_code(&mut tab, "code", &next.code(&house)).await.location(), "/");
}

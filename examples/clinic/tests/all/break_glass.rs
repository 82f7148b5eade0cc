//! The way back from the command line: it asks for no rank, keeps what the block keeps, and is recorded as what it is.

use crate::house::{House, PASSWORD, email};
use crate::program::clinic;

const WHY: &str = "she lost phone and paper at once";

/// How often this was recorded of whoever holds this role at first.
async fn recorded(house: &House, sql: &'static str, role: &str) -> i64 {
    house.number(sql, &[house.person_id(email(role)).await]).await
}

const USES: &str = "SELECT count(*) FROM bw_audit WHERE event = 'break_glass.used' AND row_id = $1 AND actor IS NULL";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_ends_the_password_and_prints_a_link_that_works_once() {
    let house = House::open().await;
    let mut owner = house.signed_in("Owner").await;
    clinic(house.directory(), &["user", "reset", email("Owner")]).expect(2);
    clinic(house.directory(), &["user", "reset", email("Owner"), "--why", " "]).fault(2);
    clinic(house.directory(), &["user", "reset", "nobody@example.org", "--why", WHY]).fault(1);
    assert_eq!(recorded(&house, USES, "Owner").await, 0, "nothing was done yet");
    owner.get("/patients").await.expect(200);

    let ran = clinic(house.directory(), &["user", "reset", email("Owner"), "--why", WHY]).expect(0);
    let link = ran.out.split_whitespace().find(|word| word.contains("/join?token=")).expect("a link");
    let path = link.find("/join").map(|at| link[at..].to_owned()).expect("a path");
    assert_eq!(owner.get("/patients").await.expect(303).location(), "/sign-in?next=%2Fpatients");
    house.visitor().sign_in("/sign-in", email("Owner"), PASSWORD).await.expect(422);
    let kept = "SELECT CAST(changes AS TEXT) FROM bw_audit WHERE event = 'break_glass.used' AND row_id = $1";
    let kept = house.text(kept, house.person_id(email("Owner")).await).await;
    assert!(kept.contains("user reset") && kept.contains(WHY), "{kept}");
    let cleared = "SELECT count(*) FROM bw_audit WHERE event = 'password.cleared' AND row_id = $1";
    assert_eq!(recorded(&house, cleared, "Owner").await, 1);

    // The two clocks differ: the command's is the real one, so that the link is good for this day.
    let mut anew = house.visitor();
    assert_eq!(anew.get(&path).await.expect(303).location(), "/join");
    anew.get("/join").await.expect(200);
    let words = [("password", "another lamp, another lake"), ("again", "another lamp, another lake")];
    anew.post("/join", &words).await.expect(303);
    // The factor stays: a link renews the password and nothing else.
    assert_eq!(anew.get("/patients").await.expect(303).location(), "/factor?next=%2Fpatients");
    let mut again = house.visitor();
    again.get(&path).await.expect(303);
    again.get("/join").await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_is_given_whoever_ranks_above_whom_and_the_last_owner_stays() {
    let house = House::open().await;
    let (owner, auditor) = (email("Owner"), email("Auditor"));
    let said = clinic(house.directory(), &["user", "role", owner, "Reception", "--why", WHY]).fault(1);
    assert!(said.contains("keeps 1 of Owner"), "{said}");
    clinic(house.directory(), &["user", "role", auditor, "Nurse", "--why", WHY]).fault(2);
    clinic(house.directory(), &["user", "role", auditor, "Auditor", "--why", WHY]).fault(1);
    assert_eq!(recorded(&house, USES, "Owner").await + recorded(&house, USES, "Auditor").await, 0);

    let mut watching = house.signed_in("Auditor").await;
    clinic(house.directory(), &["user", "role", auditor, "Owner", "--why", WHY]).expect(0);
    watching.get("/patients").await.expect(303);
    assert_eq!(house.store().person_by_email(auditor).await.expect("a statement").expect("somebody").role, "Owner");
    // Now there are two, and the first may go.
    clinic(house.directory(), &["user", "role", owner, "Reception", "--why", WHY]).expect(0);
    assert_eq!(recorded(&house, USES, "Owner").await, 1);
    let assigned = "SELECT count(*) FROM bw_audit WHERE event = 'person.assigned' AND row_id = $1 AND actor IS NULL";
    assert_eq!(recorded(&house, assigned, "Auditor").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_is_lifted_and_a_reset_of_the_locked_waits_for_it() {
    let house = House::open().await;
    let mut owner = house.signed_in("Owner").await;
    let manager = house.person_id(email("Manager")).await;
    owner.get(&format!("/people/{manager}")).await.expect(200);
    owner.post(&format!("/people/{manager}/lock"), &[]).await.expect(303);
    let said = clinic(house.directory(), &["user", "reset", email("Manager"), "--why", WHY]).fault(1);
    assert!(said.contains("user unlock"), "{said}");
    clinic(house.directory(), &["user", "unlock", email("Manager"), "--why", WHY]).expect(0);
    assert_eq!(recorded(&house, USES, "Manager").await, 1);
    house.visitor().sign_in("/sign-in", email("Manager"), PASSWORD).await.expect(303);
}

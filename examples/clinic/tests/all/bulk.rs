//! Many rows at once: those that were ticked, or all that match. Every row is asked about as if it had been done by
//! hand, the person as they are at that moment, and a process that dies in the middle loses nothing and does nothing
//! twice.

use std::time::{Duration, Instant};

use crate::clinic::{NewInvoice, NewPatient, PatientId};
use crate::house::number;
use crate::house::{House, PASSWORD, email};
use crate::import::over;
use crate::place;
use crate::program::Server;
use crate::visitor::{Answer, Form, Visitor, over_the_wire};

pub(crate) async fn patients(house: &House, count: usize) -> Vec<PatientId> {
    let mut ids = Vec::new();
    for place in 0..count {
        let new = NewPatient {
            name: format!("Patient {place}"),
            email: None,
            phone: None,
            born: "1980-02-03".parse().expect("a day"),
            doctor: house.doctors[place % 2],
            languages: None,
            notes: None,
        };
        ids.push(PatientId(number(house.row::<NewPatient>(new, &[]).await.id)));
    }
    ids
}

/// Chooses on the list, says yes on the next page; the job's page when it is over.
pub(crate) async fn bulk(visitor: &mut Visitor, list: &str, chosen: &[(&str, &str)], sure: &[(&str, &str)]) -> Answer {
    let job = start(visitor, list, chosen, sure).await;
    over(visitor, job.expect(303).location()).await
}

pub(crate) async fn start(visitor: &mut Visitor, list: &str, chosen: &[(&str, &str)], sure: &[(&str, &str)]) -> Answer {
    let page = visitor.get(list).await.expect(200);
    let action = Form::of(&page, "form#bulk").action;
    let question = visitor.post(&action, chosen).await.expect(200);
    let mut form = Form::of(&question, "main form");
    for (name, value) in sure {
        form.force(name, value);
    }
    visitor.submit(&form).await
}

const THERE: &str = "SELECT count(*) FROM patient";

#[tokio::test]
async fn ticked_rows_go_at_the_version_that_was_seen() {
    let house = House::open().await;
    let ids = patients(&house, 4).await;
    let mut manager = house.signed_in("Manager").await;
    let list = manager.get("/patients").await.expect(200);
    let ticks: Vec<String> = ids.iter().take(3).map(|id| format!("{}.1", id.0)).collect();
    for tick in &ticks {
        assert!(list.attributes("value").contains(tick), "{tick}");
    }
    let saved =
        manager.post(&format!("/patients/{}/edit", ids[0].0), &[("bw.version", "1"), ("phone", "030 123456")]).await;
    saved.expect(303);
    let chosen: Vec<(&str, &str)> = ticks.iter().map(|tick| ("row", tick.as_str())).chain([("do", "delete")]).collect();
    let page = bulk(&mut manager, "/patients", &chosen, &[]).await;
    assert!(page.words().contains("3 of 3 looked at, 2 done, 1 failed"), "{}", page.words());
    assert!(page.words().contains("Somebody changed this meanwhile"), "{}", page.words());
    assert_eq!(house.number(THERE, &[]).await, 2);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.deleted'", &[]).await, 2);
    manager.post("/patients/bulk", &[("do", "delete")]).await.expect(422);
    manager.post("/patients/bulk", &[("do", "explode"), ("all", "1")]).await.expect(400);
    manager.post("/patients/bulk", &[("do", "delete"), ("row", "1")]).await.expect(400);
}

#[tokio::test]
async fn all_that_match_means_the_list_and_many_need_a_word() {
    let house = House::open().await;
    patients(&house, 230).await;
    let mut manager = house.signed_in("Manager").await;
    let list = "/patients?f.doctor=1";
    let no =
        start(&mut manager, list, &[("do", "edit"), ("all", "1")], &[("set.phone", "1"), ("phone", "030 1234567")])
            .await;
    assert!(no.expect(422).words().contains("Type change, letter by letter"));
    let sure = [("set.phone", "1"), ("phone", "030 1234567"), ("bw.confirm", "change")];
    let page = bulk(&mut manager, list, &[("do", "edit"), ("all", "1")], &sure).await;
    assert!(page.words().contains("115 of 115 looked at, 115 done, 0 failed"), "{}", page.words());
    let changed = "SELECT count(*) FROM patient WHERE phone = '030 1234567' AND doctor = 1 AND version = 2";
    assert_eq!(house.number(changed, &[]).await, 115);
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE version > 1 AND doctor <> 1", &[]).await, 0);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.updated'", &[]).await, 115);
    let wrong = [("set.phone", "1"), ("phone", "no number"), ("bw.confirm", "change")];
    let no = start(&mut manager, list, &[("do", "edit"), ("all", "1")], &wrong).await;
    assert!(no.expect(422).words().contains("Digits and blanks, 6 to 20"));
    let notes = [("set.created_at", "1"), ("bw.confirm", "change")];
    start(&mut manager, list, &[("do", "edit"), ("all", "1")], &notes).await.expect(400);
}

#[tokio::test]
async fn a_row_that_can_not_be_written_is_undone_alone() {
    let house = House::open().await;
    patients(&house, 3).await;
    let mut manager = house.signed_in("Manager").await;
    let sure = [("set.email", "1"), ("email", "one@example.org")];
    let page = bulk(&mut manager, "/patients", &[("do", "edit"), ("all", "1")], &sure).await;
    assert!(page.words().contains("3 of 3 looked at, 1 done, 2 failed"), "{}", page.words());
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE email = 'one@example.org'", &[]).await, 1);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.updated'", &[]).await, 1);
}

#[tokio::test]
async fn an_action_runs_on_those_rows_on_which_it_may() {
    let house = House::open().await;
    let patient = patients(&house, 1).await[0];
    let manager_id = house.person_id(email("Manager")).await;
    let owner_id = house.person_id(email("Owner")).await;
    for author in [owner_id, manager_id, owner_id] {
        let new = NewInvoice { patient, amount: "10.00".parse().expect("an amount"), state: None };
        let author = (crate::clinic::PANEL.models[3].field_by_name("author").expect("it").index, author);
        house.row::<NewInvoice>(new, &[(author.0, bailiwick::value::Value::Int(author.1))]).await;
    }
    let mut manager = house.signed_in("Manager").await;
    let page = bulk(&mut manager, "/invoices", &[("do", "approve"), ("all", "1")], &[]).await;
    assert!(page.words().contains("2 done, 1 failed"), "{}", page.words());
    assert_eq!(
        house.number("SELECT count(*) FROM invoice WHERE state = 'Approved' AND author = $1", &[owner_id]).await,
        2
    );
    assert_eq!(
        house.number("SELECT count(*) FROM invoice WHERE state = 'Approved' AND author = $1", &[manager_id]).await,
        0
    );
    let mut auditor = house.signed_in("Auditor").await;
    auditor.post("/invoices/bulk", &[("do", "approve"), ("all", "1")]).await.expect(403);
    auditor.get("/work/1").await.expect(404);
}

/// Lets something happen past the panel within the first step of a job, whichever process does it.
macro_rules! in_the_first_step {
    ($house:expr, $statement:literal) => {
        place::run(
            &$house.url(),
            if place::on_postgres() {
                concat!(
                    "CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ",
                    $statement,
                    "; RETURN NULL; END $$; CREATE TRIGGER meanwhile AFTER UPDATE OF seen ON bw_jobs FOR EACH ROW \
                     EXECUTE FUNCTION meanwhile()"
                )
            } else {
                concat!("CREATE TRIGGER meanwhile AFTER UPDATE OF seen ON bw_jobs BEGIN ", $statement, "; END")
            },
        )
        .await
    };
}

#[tokio::test]
async fn who_is_demoted_on_the_way_does_nothing_more() {
    let house = House::open().await;
    patients(&house, 120).await;
    let mut manager = house.signed_in("Manager").await;
    in_the_first_step!(house, "UPDATE bw_people SET role = 'Auditor' WHERE email = 'manager@example.org'");
    let sure = [("set.phone", "1"), ("phone", "030 1234567"), ("bw.confirm", "change")];
    let page = bulk(&mut manager, "/patients", &[("do", "edit"), ("all", "1")], &sure).await;
    assert!(page.words().contains("The right was taken away"), "{}", page.words());
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE version = 2", &[]).await, 50, "what was done before");
    assert_eq!(house.number("SELECT done FROM bw_jobs", &[]).await, 50);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.updated'", &[]).await, 50);
}

#[tokio::test]
async fn a_job_ends_by_hand_and_keeps_what_is_done() {
    let house = House::open().await;
    patients(&house, 120).await;
    let mut manager = house.signed_in("Manager").await;
    // As if another process were at it.
    in_the_first_step!(house, "UPDATE bw_jobs SET lease_owner = 'another', lease_until = '2999-01-01 00:00:00+00'");
    let sure = [("set.phone", "1"), ("phone", "030 1234567"), ("bw.confirm", "change")];
    let job = start(&mut manager, "/patients", &[("do", "edit"), ("all", "1")], &sure).await.expect(303);
    while house.number("SELECT seen FROM bw_jobs", &[]).await == 0 {
        tokio::task::yield_now().await;
    }
    let mut owner = house.signed_in("Owner").await;
    owner.post("/work/1/cancel", &[]).await.expect(303);
    assert_eq!(house.number("SELECT count(*) FROM bw_jobs WHERE cancel", &[]).await, 0, "nobody ends another's work");
    assert!(manager.get(job.location()).await.expect(200).text.contains("data-poll"), "it is under way");
    manager.post("/work/1/cancel", &[]).await.expect(303);
    place::run(&house.url(), "UPDATE bw_jobs SET lease_until = NULL").await;
    let page = over(&mut manager, job.location()).await;
    assert!(page.words().contains("Ended by hand"), "{}", page.words());
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE version = 2", &[]).await, 50);
    assert_eq!(house.number("SELECT done FROM bw_jobs", &[]).await, 50);
    let list = manager.get("/work").await.expect(200);
    assert!(list.words().contains("Change of patients"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_is_gone_on_from() {
    let house = House::open().await;
    patients(&house, 1_500).await;
    let server = Server::start(house.directory());
    let mut manager = Visitor::new(over_the_wire(server.address));
    manager.sign_in_with_code("/sign-in", email("Manager"), PASSWORD, chrono::Utc::now()).await.expect(303);
    manager.get("/").await.expect(200);
    let sure = [("set.phone", "1"), ("phone", "030 1234567"), ("bw.confirm", "change")];
    let job = start(&mut manager, "/patients", &[("do", "edit"), ("all", "1")], &sure).await.expect(303);
    while house.number("SELECT seen FROM bw_jobs", &[]).await == 0 {
        tokio::task::yield_now().await;
    }
    server.kill();
    let between = house.number("SELECT count(*) FROM patient WHERE version = 2", &[]).await;
    assert_eq!(between, house.number("SELECT done FROM bw_jobs", &[]).await, "what is done and what is said are one");
    assert!(between < 1_500, "it was in the middle");
    let server = Server::start(house.directory());
    let mut manager = manager.going(over_the_wire(server.address));
    let started = Instant::now();
    // Once the lease of the dead process is over.
    while house.text("SELECT state FROM bw_jobs WHERE id = $1", 1).await != "done" {
        assert!(started.elapsed() < Duration::from_mins(2), "nobody went on with it");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let page = over(&mut manager, job.location()).await;
    assert!(page.words().contains("1,500 done, 0 failed"), "{}", page.words());
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE version = 2", &[]).await, 1_500, "each once");
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.updated'", &[]).await, 1_500);
}

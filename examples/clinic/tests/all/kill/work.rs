//! kill -9, over and over, while a file comes in by parts and many rows are changed: after each, rows, their events and
//! what the jobs say are of one mind, and in the end every row was done once.

use std::time::{Duration, Instant};

use crate::bulk::{patients, start};
use crate::house::{House, PASSWORD, email};
use crate::place;
use crate::program::{Server, clinic};
use crate::visitor::{Form, Visitor, over_the_wire};

/// Kills in an ordinary run, as long as there is work left; as many as one likes by `BAILIWICK_KILLS`.
const KILLS: u64 = 6;
/// Rows that are there and changed, half of them, and rows that come in.
const THERE: usize = 400;
const COMING: i64 = 4_000;

/// Rows that came in without the job's word for it, or the other way round, and the same of those that were changed.
const APART: &str = "SELECT abs((SELECT count(*) FROM patient WHERE name LIKE 'Coming %') - (SELECT done FROM bw_jobs \
     WHERE id = 2)) + abs((SELECT count(*) FROM patient WHERE phone = '030 1234567') - (SELECT done FROM bw_jobs WHERE id = \
     1))";
/// Rows whose version is not the number of their events, but that those that were there before came without one each.
const UNMATCHED: &str = "SELECT count(*) FROM patient p WHERE p.version - CASE WHEN p.name LIKE 'Coming %' THEN 0 ELSE 1 END \
     <> (SELECT count(*) FROM bw_audit a WHERE a.model = 'Patient' AND a.row_id = p.id AND a.event IN ('row.created', \
     'row.updated'))";
const SO_FAR: &str = "SELECT CAST(sum(seen) AS BIGINT) FROM bw_jobs";
const OPEN: &str = "SELECT count(*) FROM bw_jobs WHERE state <> 'done'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_work_that_is_killed_over_and_over_every_row_is_done_once() {
    let kills = std::env::var("BAILIWICK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let house = House::open().await;
    patients(&house, THERE).await;
    let mut server = Server::start(house.directory());
    let mut manager = Visitor::new(over_the_wire(server.address));
    manager.sign_in_with_code("/sign-in", email("Manager"), PASSWORD, chrono::Utc::now()).await.expect(303);
    // The second doctor's patients are changed; those that come in are the first one's.
    let sure = [("set.phone", "1"), ("phone", "030 1234567"), ("bw.confirm", "change")];
    start(&mut manager, "/patients?f.doctor=2", &[("do", "edit"), ("all", "1")], &sure).await.expect(303);
    let rows = (0..COMING).map(|n| format!("Coming {n},1980-01-01,1\n"));
    let file = std::iter::once("name,born,doctor\n".to_owned()).chain(rows).collect::<Vec<_>>().concat();
    manager.get("/patients/import").await.expect(200);
    let kept = manager.upload("/patients/import", "p.csv", file.as_bytes()).await.expect(303);
    let page = manager.get(kept.location()).await.expect(200);
    let mut form = Form::of(&page, "main form");
    for (name, value) in [("how", "parts"), ("step", "go"), ("key", "")] {
        form.force(name, value);
    }
    manager.submit(&form).await.expect(303);

    let (mut killed, mut seen) = (0, 0);
    while killed < kills && house.number(OPEN, &[]).await > 0 {
        while house.number(SO_FAR, &[]).await <= seen && house.number(OPEN, &[]).await > 0 {
            tokio::task::yield_now().await;
        }
        // A different moment within the next batch each time.
        let moment = Instant::now() + Duration::from_micros(killed * 7_300 % 60_000);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        server.kill();
        killed += 1;
        assert!(clinic(house.directory(), &["audit", "verify"]).expect(0).out.contains("whole"), "kill {killed}");
        assert_eq!(house.number(UNMATCHED, &[]).await, 0, "kill {killed}: rows and events");
        assert_eq!(house.number(APART, &[]).await, 0, "kill {killed}: rows and jobs");
        seen = house.number(SO_FAR, &[]).await;
        // As if the time of the dead process were over.
        place::run(&house.url(), "UPDATE bw_jobs SET lease_until = NULL").await;
        server = Server::start(house.directory());
    }
    assert!(killed >= 3.min(kills), "killed {killed} times only");
    let started = Instant::now();
    while house.number(OPEN, &[]).await > 0 {
        assert!(started.elapsed() < Duration::from_mins(2), "nobody went on with it");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(server);
    let there = i64::try_from(THERE).expect("few");
    let (changed, made) = (there / 2, there + COMING);
    assert_eq!(house.number("SELECT count(*) FROM patient", &[]).await, made);
    assert_eq!(house.number("SELECT count(*) FROM patient WHERE version = 2", &[]).await, changed, "each once");
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.updated'", &[]).await, changed);
    assert_eq!(house.number("SELECT CAST(sum(failed) AS BIGINT) FROM bw_jobs", &[]).await, 0);
    assert_eq!(house.number("SELECT count(*) FROM bw_uploads", &[]).await, 0);
}

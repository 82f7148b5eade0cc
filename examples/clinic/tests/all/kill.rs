//! kill -9 while several people write over HTTP. Afterwards every row has as many events as versions, the chain is
//! whole, and whatever somebody was told is saved is there. That the same counting sees a change written apart from its
//! event is shown in the store's own tests (`store::tests::crash`).

mod work;

use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::house::{House, PASSWORD, email};
use crate::program::{Server, clinic};
use crate::visitor::{Visitor, over_the_wire};

const ROUNDS: usize = 20;
const WRITERS: usize = 4;
/// A slow machine does fewer rounds.
const ENOUGH: Duration = Duration::from_secs(40);

/// What somebody was told.
#[derive(Debug, Clone, Copy)]
enum Told {
    Made(i64),
    /// With this version or a later one.
    Saved(i64, i64),
    Gone(i64),
}

/// Makes patients, changes each twice and removes every third, until the connection breaks.
async fn write(mut visitor: Visitor, doctor: i64, name: String, told: UnboundedSender<Told>) -> Result<(), String> {
    let doctor = doctor.to_string();
    for number in 0.. {
        let new = [("name", name.as_str()), ("born", "1980-01-01"), ("doctor", doctor.as_str())];
        let id = visitor.try_to_post("/patients/new", &new).await?.expect(303).row();
        let _ = told.send(Told::Made(id));
        for version in 1..=2 {
            let (seen, phone) = (version.to_string(), format!("030 {version}{number:05}"));
            let change = [("bw.version", seen.as_str()), ("phone", phone.as_str())];
            visitor.try_to_post(&format!("/patients/{id}/edit"), &change).await?.expect(303);
            let _ = told.send(Told::Saved(id, version + 1));
        }
        if number % 3 == 0 {
            visitor.try_to_post(&format!("/patients/{id}/delete"), &[("bw.version", "3")]).await?.expect(303);
            let _ = told.send(Told::Gone(id));
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_nothing_that_was_acknowledged() {
    let house = House::open().await;
    let doctor = house.doctors[0].0;
    let mut manager: Option<Visitor> = None;
    let mut all: Vec<Told> = Vec::new();
    let started = Instant::now();
    let mut rounds = 0;
    while rounds < ROUNDS && (started.elapsed() < ENOUGH || rounds < 5) {
        let server = Server::start(house.directory());
        let way = over_the_wire(server.address);
        // Sessions outlive the process: one sign-in is enough for all rounds.
        let mut visitor = if let Some(visitor) = manager.take() {
            visitor.going(way)
        } else {
            let mut visitor = Visitor::new(way);
            visitor.sign_in_with_code("/sign-in", email("Manager"), PASSWORD, chrono::Utc::now()).await.expect(303);
            visitor
        };
        visitor.get("/patients/new").await.expect(200);
        let (say, mut told) = unbounded_channel();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write(visitor.clone(), doctor, format!("Round {rounds} {writer}"), say.clone())))
            .collect();
        drop(say);
        // Somewhere within the writes that follow the first few answers; another place each round.
        for _ in 0..3 + rounds * 5 % 11 {
            all.extend(told.recv().await);
        }
        let moment = Instant::now() + Duration::from_micros(u64::try_from(rounds).expect("small") * 730 % 9_000);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        server.kill();
        while let Some(one) = told.recv().await {
            all.push(one);
        }
        for writer in writers {
            let ended = writer.await.expect("no answer was anything but a yes");
            assert!(ended.is_err(), "writers end because the connection does");
        }
        manager = Some(visitor);
        rounds += 1;
        let checked = clinic(house.directory(), &["audit", "verify"]);
        assert!(checked.expect(0).out.contains("whole"), "round {rounds}");
        assert_eq!(house.number(UNMATCHED, &[]).await, 0, "round {rounds}: rows and events are of one mind");
    }
    assert!(all.len() > 3 * rounds, "{} acknowledged writes in {rounds} rounds", all.len());
    for one in &all {
        match *one {
            Told::Made(id) => assert_eq!(house.number(EVER, &[id]).await, 1, "{one:?}"),
            Told::Saved(id, version) => assert!(house.number(VERSION, &[id]).await >= version, "{one:?}"),
            Told::Gone(id) => assert_eq!(house.number(THERE, &[id]).await, 0, "{one:?}"),
        }
    }
}

/// Rows whose version is not the number of their events, and rows gone or never there without the event that says so.
const UNMATCHED: &str = "SELECT \
     (SELECT count(*) FROM patient p WHERE p.version <> (SELECT count(*) FROM bw_audit a WHERE a.model = 'Patient' AND \
     a.row_id = p.id)) + \
     (SELECT count(*) FROM (SELECT row_id FROM bw_audit WHERE model = 'Patient' AND row_id NOT IN (SELECT id FROM \
     patient) GROUP BY row_id HAVING count(*) FILTER (WHERE event = 'row.deleted') <> 1 OR count(*) FILTER (WHERE event = \
     'row.created') <> 1) AS odd)";
/// 1: it is there, or it was and its end is recorded.
const EVER: &str = "SELECT count(*) FROM bw_audit WHERE model = 'Patient' AND event = 'row.created' AND row_id = $1 AND \
     (row_id IN (SELECT id FROM patient) OR row_id IN (SELECT row_id FROM bw_audit WHERE event = 'row.deleted' AND model \
     = 'Patient'))";
/// The version that it has, or had in the end.
const VERSION: &str = "SELECT count(*) FROM bw_audit WHERE model = 'Patient' AND row_id = $1 AND event IN ('row.created', \
     'row.updated')";
const THERE: &str = "SELECT count(*) FROM patient WHERE id = $1";

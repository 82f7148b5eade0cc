//! What the benchmarks share: somebody who is signed in without a password to hash, and what the system says that a
//! process spent. It measures nothing by itself.

#![allow(dead_code, reason = "each benchmark uses its part")]

use std::time::Instant;

use bailiwick::Service;
use bailiwick::audit::{Context, Origin};
use bailiwick::store::{NewPerson, NewSession};
use bailiwick::token::Token;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

/// A new person of this role with a session, of a role that needs no second factor.
pub(crate) async fn signed_in(panel: &Service, role: &'static str) -> Token {
    signed_in_with(panel, role, "{}".to_owned()).await
}

/// As [`signed_in`], with attributes (`me.…`) as a JSON object.
pub(crate) async fn signed_in_with(panel: &Service, role: &'static str, attributes: String) -> Token {
    start(panel, role, attributes).await.1
}

/// As [`signed_in`], of a role that needs a second factor: it is there and has been proved. `url` names the SQLite
/// file.
pub(crate) async fn signed_in_with_factor(panel: &Service, role: &'static str, url: &str) -> Token {
    let (person, token) = start(panel, role, "{}".to_owned()).await;
    let app = panel.app();
    let mut write = app.store.write(nobody(panel)).await.expect("a transaction");
    let sealed = app.secrets.get().expect("the panel made one").seal(person, &[7; 20]).expect("a seal");
    let (_, recorded) = write.enrol(person, &sealed, 0).await.expect("a factor");
    write.commit(recorded).await.expect("a commit");
    let path = url.strip_prefix("sqlite:").expect("a file");
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await.expect("the file");
    sqlx::query("UPDATE bw_sessions SET trust = 'factor' WHERE person = $1")
        .bind(person)
        .execute(&mut connection)
        .await
        .expect("a statement");
    token
}

async fn start(panel: &Service, role: &'static str, attributes: String) -> (i64, Token) {
    let email = format!("{}@example.org", role.to_lowercase());
    let mut write = panel.app().store.write(nobody(panel)).await.expect("a transaction");
    let new = NewPerson { email: &email, role, password_hash: None, attributes };
    let person = match write.create_person(&new).await.expect("a statement") {
        Some((person, _)) => person,
        None => write.person_by_email(&email).await.expect("a statement").expect("somebody of an earlier run").id,
    };
    let token = Token::fresh().expect("random bytes");
    let session = NewSession {
        token: token.hash(),
        person,
        expires_at: panel.app().clock.now() + chrono::Duration::hours(1),
        at_most: 1,
        address: "",
        agent: "",
    };
    let (_, recorded) = write.start_session(&session).await.expect("a session");
    write.commit(recorded).await.expect("a commit");
    (person, token)
}

fn nobody(panel: &Service) -> Context {
    Context::of_nobody(Origin::own(), panel.app().clock.now())
}

/// What a wall clock and what the processor says. On a machine that others use too, only the second means something.
pub(crate) struct Clock(Instant, f64);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now(), cpu_ms())
    }

    /// Seconds that all threads of this process worked.
    pub(crate) fn cpu(&self) -> f64 {
        ((cpu_ms() - self.1) / 1000.0).max(0.001)
    }

    /// Seconds that went by.
    pub(crate) fn wall(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    pub(crate) fn read(&self) -> String {
        format!("{:.2} s, {:.2} s of CPU", self.wall(), self.cpu())
    }
}

/// User and system time of this process, all threads, in milliseconds; Linux counts it in hundredths of a second.
pub(crate) fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit_once(')').expect("a name in brackets").1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().expect("a number");
    (ticks(11) + ticks(12)) * 10.0
}

/// As [`cpu_ms`], counted in nanoseconds; only of threads that are there still.
pub(crate) fn worked_ms() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux");
    threads.filter_map(|thread| ran_ms(&thread.ok()?.path().join("schedstat"))).sum()
}

fn ran_ms(schedstat: &std::path::Path) -> Option<f64> {
    let text = std::fs::read_to_string(schedstat).ok()?;
    Some(text.split_whitespace().next()?.parse::<f64>().ok()? / 1e6)
}

/// The server of a PostgreSQL on this machine: all of its processes.
pub(crate) struct Server(u32);

impl Server {
    /// The server behind this URL, once it has looked at what is new in the database, as it does by itself within
    /// minutes.
    pub(crate) async fn behind(url: &str) -> Self {
        let options: sqlx::postgres::PgConnectOptions = url.parse().expect("a URL");
        let mut connection = options.connect().await.expect("the server");
        sqlx::raw_sql("VACUUM (ANALYZE)").execute(&mut connection).await.expect("a look at all tables");
        let backend: i32 =
            sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await.expect("a statement");
        Self(parent_of(&backend.to_string()).expect("a server on this machine"))
    }

    /// What its processes worked, and those of them that are over.
    pub(crate) fn worked_ms(&self) -> f64 {
        let processes = std::fs::read_dir("/proc").expect("Linux").filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            (parent_of(&name)? == self.0)
                .then(|| ran_ms(&std::path::Path::new("/proc").join(name).join("schedstat")))?
        });
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0)).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let over = [13, 14].iter().filter_map(|at| fields.get(*at)?.parse::<f64>().ok()).sum::<f64>() * 10.0;
        processes.sum::<f64>() + over
    }
}

fn parent_of(process: &str) -> Option<u32> {
    process.parse::<u32>().ok()?;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Memory of a process (`VmRSS:` what it has, `VmHWM:` the most it had), KiB.
pub(crate) fn memory(process: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

pub(crate) fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

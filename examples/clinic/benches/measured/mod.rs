//! What the benchmarks share: somebody who is signed in without a password to hash, and what the system says that a process
//! spent. It measures nothing by itself.

#![allow(dead_code, reason = "each benchmark uses its part")]

use std::time::Instant;

use bailiwick::Service;
use bailiwick::audit::Context;
use bailiwick::store::{NewPerson, NewSession};
use bailiwick::token::Token;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

/// A new person of this role with a session, of a role that needs no second factor.
pub(crate) async fn signed_in(panel: &Service, role: &'static str) -> Token {
    start(panel, role).await.1
}

/// As [`signed_in`], of a role that needs a second factor: it is there and has been proved. `url` names the SQLite file.
pub(crate) async fn signed_in_with_factor(panel: &Service, role: &'static str, url: &str) -> Token {
    let (person, token) = start(panel, role).await;
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

async fn start(panel: &Service, role: &'static str) -> (i64, Token) {
    let email = format!("{}@example.org", role.to_lowercase());
    let mut write = panel.app().store.write(nobody(panel)).await.expect("a transaction");
    let new = NewPerson { email: &email, role, password_hash: None, attributes: "{}".to_owned() };
    let (person, _) = write.create_person(&new).await.expect("a statement").expect("a new person");
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
    Context::of_nobody(uuid::Uuid::now_v7(), panel.app().clock.now())
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

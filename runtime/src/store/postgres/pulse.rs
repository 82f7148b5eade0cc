//! Whether a server answers at all. A statement may be slow for a reason and has its own bound; a server that stands
//! still (stopped, out of memory, behind a network that swallows what is sent) answers nobody. The two are told apart
//! by asking on a connection of its own, and only once a statement has been waited for: a server at work pays nothing
//! for it.
//!
//! Nothing below could tell. The system of a stopped server goes on acknowledging what arrives, so that neither
//! keepalive nor a timeout of TCP ever fires, and on a socket of the same machine there is neither.
//!
//! ```text
//!  statement ── 1 s without an answer ──▶ asked: does it let anybody in? ──yes──▶ waited on (5 s, then the server ends it)
//!                                             │ 0.75 s without a word, from any connection
//!                                             ▼
//!                         silent: all who wait give up; who comes now asks first, for 1 s at most
//! ```

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Mutex;

use super::checks::Checks;

/// How long a statement is waited for before anybody asks whether the server is there.
pub(in crate::store) const PATIENCE: Duration = Duration::from_secs(1);
/// How long it then may say nothing.
pub(in crate::store) const PROOF: Duration = Duration::from_millis(750);
/// How long whoever comes to a server that was silent waits for a word from it.
pub(in crate::store) const RETURN: Duration = Duration::from_secs(1);

/// The server said nothing for as long as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Silent;

/// Where a connection leads to, and whether anybody answers there.
#[derive(Clone)]
pub(in crate::store) struct Way {
    pub(super) options: PgConnectOptions,
    /// None: what is said there may take as long as it needs.
    pub(super) pulse: Option<Arc<Pulse>>,
    /// What checks there are about.
    pub(super) checks: Arc<Checks>,
}

impl Way {
    /// Whether it is worth the trying: at once, unless nobody answered last time.
    pub(in crate::store) async fn answers(&self, within: Duration) -> bool {
        match &self.pulse {
            Some(pulse) if pulse.silent.load(Ordering::Relaxed) => Box::pin(pulse.answers(within.min(RETURN))).await,
            _ => true,
        }
    }
}

/// What a process heard of its server.
pub(super) struct Pulse {
    options: PgConnectOptions,
    /// Answers, on whichever connection, whatever they said.
    heard: AtomicU64,
    silent: AtomicBool,
    /// One asks for all.
    asking: Mutex<()>,
}

impl Pulse {
    pub(super) fn of(options: PgConnectOptions) -> Arc<Self> {
        Arc::new(Self { options, heard: AtomicU64::new(0), silent: AtomicBool::new(false), asking: Mutex::new(()) })
    }

    /// The answer to a statement, or to the wish for a connection, as long as the server answers anybody.
    pub(super) async fn wait<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<Result<T, sqlx::Error>, Silent> {
        let mut work = pin!(work);
        // What is rarely needed takes no room in what is done all the time.
        let answer = loop {
            if let Ok(answer) = tokio::time::timeout(PATIENCE, &mut work).await {
                break answer;
            }
            tokio::select! {
                biased;
                answer = &mut work => break answer,
                answers = Box::pin(self.answers(PROOF)) => if !answers {
                    return Err(Silent);
                },
            }
        };
        if is_an_answer(&answer) {
            self.hear();
        }
        Ok(answer)
    }

    fn hear(&self) {
        self.heard.fetch_add(1, Ordering::Relaxed);
        self.silent.store(false, Ordering::Relaxed);
    }

    /// Whether it says anything at all within this time.
    async fn answers(&self, within: Duration) -> bool {
        let before = self.heard.load(Ordering::Relaxed);
        let has_spoken = || self.heard.load(Ordering::Relaxed) != before;
        let ask = async {
            let _one = self.asking.lock().await;
            if has_spoken() {
                return;
            }
            let answer = self.options.connect().await;
            if is_an_answer(&answer) {
                self.hear();
            }
            if let Ok(connection) = answer {
                // Said out of politeness.
                let _ = connection.close().await;
            }
        };
        // Too late or not: what counts is whether anybody heard anything.
        let _ = tokio::time::timeout(within, ask).await;
        let answers = has_spoken();
        if !answers && !self.silent.swap(true, Ordering::Relaxed) {
            tracing::error!("the database does not answer on any connection");
        }
        answers
    }
}

/// Also a refusal is one, such as that there are too many connections.
fn is_an_answer<T>(answer: &Result<T, sqlx::Error>) -> bool {
    !matches!(answer, Err(sqlx::Error::Io(_)))
}

const _: () = {
    assert!(PATIENCE.as_millis() + PROOF.as_millis() <= 2_000, "503 within 2 s of a server's silence");
    assert!(RETURN.as_millis() <= 1_000, "it is there within 1 s of its return");
};

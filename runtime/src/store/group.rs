//! One commit for several, on SQLite: what waits for the disk is the commit, and whoever is done while others wait for
//! the one writer leaves the transaction open for the next, each in a savepoint of its own. Nobody is told that they
//! are done before the database has committed, and nobody loses anything by what another does: one that fails or goes
//! away undoes its own savepoint, and if the commit fails, all are told.
//!
//! ```text
//!  begin ─▶ work ─▶ nobody waits? ──yes──▶ COMMIT ─▶ all who are in it are told
//!    ▲                   │ no (and it is young and small)
//!    └── SAVEPOINT ◀── parked ──▶ nobody came: COMMIT, by a task that stood in line behind them
//! ```

use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::fault::Fault;
use super::lane::{self, Lane};
use super::pool::Loan;
use crate::error::Error;

/// Undoes what the one in the savepoint did.
const UNDO: &str = "ROLLBACK TO SAVEPOINT bw_part; RELEASE SAVEPOINT bw_part";
/// Most that one commit is for.
const MOST: usize = 64;
/// From then on nobody comes in any more: who was first does not wait for all the world.
const LONGEST: Duration = Duration::from_millis(10);

/// Those who are done and wait for the commit.
#[derive(Debug, Default)]
pub(super) struct Others {
    told: Vec<oneshot::Sender<Result<(), Error>>>,
    since: Option<Instant>,
}

/// An open transaction in which all are done.
#[derive(Debug)]
pub(super) struct Parked {
    pub(super) lane: Lane,
    pub(super) others: Others,
}

/// What one who is done waits for.
#[derive(Debug)]
pub(super) struct Kept(oneshot::Receiver<Result<(), Error>>);

impl Kept {
    /// Until it is committed.
    pub(super) async fn wait(self) -> Result<(), Fault> {
        let given_up = |_| Err(Error::Unavailable("the transaction was given up".to_owned()));
        self.0.await.unwrap_or_else(given_up).map_err(Fault::Other)
    }
}

impl Others {
    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    pub(super) fn may_grow(&self) -> bool {
        self.told.len() < MOST && self.since.is_none_or(|since| since.elapsed() < LONGEST)
    }

    /// One more.
    pub(super) fn join(&mut self) -> Kept {
        let (tell, told) = oneshot::channel();
        self.told.push(tell);
        self.since.get_or_insert_with(Instant::now);
        Kept(told)
    }

    /// What became of it.
    pub(super) fn tell(self, how: Result<(), &Fault>) {
        let how = how.map_err(|fault| match fault {
            Fault::Lost(why) => Error::Unavailable(why.clone()),
            Fault::Silent(why) => Error::Unavailable((*why).to_owned()),
            Fault::Other(error) if error.may_pass() => error.clone(),
            _ => Error::Unavailable("the transaction could not be committed".to_owned()),
        });
        for tell in self.told {
            // Who went away meanwhile has what they asked for all the same.
            let _ = tell.send(how.clone());
        }
    }
}

/// Commits, and tells everybody. The connection stays on loan.
pub(super) async fn settle(loan: &mut Loan, others: Others) -> Result<(), Fault> {
    let done = match loan.lane() {
        Ok(lane) => lane.control("COMMIT", "COMMIT").await,
        Err(fault) => Err(fault),
    };
    loan.keep = done.is_ok();
    others.tell(match &done {
        Ok(()) => Ok(()),
        Err(fault) => Err(fault),
    });
    done
}

/// Leaves it to whoever comes next; if nobody does, it is committed.
pub(super) fn park(mut loan: Loan, others: Others) {
    let Some(lane) = loan.lane.take() else { return };
    let pool = std::sync::Arc::clone(&loan.pool);
    pool.park(Parked { lane, others });
    drop(loan);
    let left_over = async move {
        if let Some((mut loan, others)) = pool.left_over().await {
            // They are told.
            let _ = settle(&mut loan, others).await;
        }
    };
    tokio::spawn(left_over.in_current_span());
}

/// Commits in a task of its own: the request of the last one may go away, and the others still want to know.
pub(super) fn commit(mut loan: Loan, others: Others) {
    let settling = async move {
        let _ = settle(&mut loan, others).await;
    };
    tokio::spawn(settling.in_current_span());
}

/// As [`settle`], also if whoever asked for it goes away meanwhile; the place and the connection.
pub(super) async fn settled(mut loan: Loan, others: Others) -> Result<Loan, Fault> {
    let done = async move {
        settle(&mut loan, others).await?;
        Ok(loan)
    };
    lane::through(done).await
}

/// One went away in the middle of its part: that is undone, and the rest committed. `begun`: there is something to
/// undo.
pub(super) fn leave_out(mut loan: Loan, others: Others, begun: bool) {
    // Without a runtime the program is at its end: the connection is closed, and they are told by that.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    let undoing = async move {
        let undone = match loan.lane() {
            Ok(lane) if begun => lane.control(UNDO, UNDO).await,
            Ok(_) => Ok(()),
            Err(fault) => Err(fault),
        };
        match undone {
            Ok(()) => {
                let _ = settle(&mut loan, others).await;
            }
            Err(fault) => others.tell(Err(&fault)),
        }
    };
    runtime.spawn(undoing.in_current_span());
}

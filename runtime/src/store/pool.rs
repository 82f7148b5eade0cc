//! The few connections that a store keeps, and who has one. A connection that was left in the middle of a statement
//! (its request went away) or broke is closed rather than lent again. Who waits is served in turn and not for long.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::answer::Answer;
use super::fault::{Fault, SILENT};
use super::group::{self, Others, Parked};
use super::lane::{Door, Lane};
use super::sql::Sql;
use super::transaction::Transaction;
use crate::error::Error;

/// Longest wait for a connection, whatever it takes: one's turn, a server that is silent, the connecting (defaults.md:
/// pool 2 s).
const WAIT: Duration = TURN.saturating_add(CONNECTING);
/// Of it, for one's turn.
const TURN: Duration = Duration::from_millis(1_750);
/// Of it, what is left at least for the connecting.
const CONNECTING: Duration = Duration::from_millis(250);
/// The same for a person's change while another is under way that was said to take long. Below the 30 s of a request.
const LONG_WAIT: Duration = Duration::from_secs(20);

/// For the log, and for the tests to tell by which way an answer came.
pub(in crate::store) const DRAINED: &str = "all connections to the database are busy";

const _: () =
    assert!(WAIT.as_millis() <= 2_000 && TURN.as_millis() < WAIT.as_millis(), "503 within 2 s of a drained pool");

/// Connections of one use, at most so many at once.
#[derive(Debug)]
pub(in crate::store) struct Pool {
    door: Door,
    statements: Arc<AtomicU64>,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Lane>>,
    /// Who waits for a connection to write on, and would share a transaction.
    joining: AtomicUsize,
    parked: Mutex<Option<Parked>>,
    /// A change that was said to take long is under way.
    long: AtomicBool,
}

/// How a transaction stands to others that wait beside it. Only SQLite, which has one writer, asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Among {
    /// Short: its commit may be one with that of others.
    Others,
    /// It takes a while: nobody who is done already waits for its end.
    None,
    /// It takes seconds: who comes meanwhile waits longer than usual.
    NoneForLong,
}

impl Pool {
    pub(in crate::store) fn new(door: Door, size: usize, statements: Arc<AtomicU64>) -> Arc<Self> {
        Arc::new(Self {
            door,
            statements,
            permits: Arc::new(Semaphore::new(size)),
            idle: Mutex::new(Vec::new()),
            joining: AtomicUsize::new(0),
            parked: Mutex::new(None),
            long: AtomicBool::new(false),
        })
    }

    /// A connection for reading.
    pub(in crate::store) async fn reading(self: &Arc<Self>) -> Result<Reading, Fault> {
        let (loan, idle) = self.loan().await?;
        let untried = idle && matches!(self.door, Door::Postgres(_));
        Ok(Reading { loan, untried })
    }

    /// A connection in a transaction; on SQLite it holds the write lock of the file from the start. `head`: the head of
    /// the audit log is read with it where nobody else can move it before the end.
    pub(in crate::store) async fn begin(self: &Arc<Self>, among: Among, head: bool) -> Result<Transaction, Fault> {
        let joins = (among == Among::Others).then(|| Joins::of(self));
        let mut loan = self.place(head).await?;
        drop(joins);
        if let Some(Parked { lane, others }) = self.take_parked() {
            loan.lane = Some(lane);
            if among == Among::Others {
                return Transaction::joined(loan, others, head).await;
            }
            loan = group::settled(loan, others).await?;
        }
        if loan.lane.is_none() {
            loan.lane = self.take_idle();
        }
        let was_idle = loan.lane.is_some();
        if !was_idle {
            loan.connect().await?;
        }
        Transaction::begun(loan, was_idle, among, head).await
    }

    /// As [`Pool::begin`], in the place of all of the pool's, on a connection through another door that is closed
    /// afterwards. Its statements take as long as they need.
    pub(in crate::store) async fn begin_through(self: &Arc<Self>, door: &Door) -> Result<Transaction, Fault> {
        let mut loan = self.place(false).await?;
        if let Some(Parked { lane, others }) = self.take_parked() {
            loan.lane = Some(lane);
            loan = group::settled(loan, others).await?;
            loan.keep = false;
        }
        let mut lane = Lane::open(door, Arc::clone(&self.statements)).await?;
        lane.take_time();
        loan.lane = Some(lane);
        Transaction::away(loan).await
    }

    /// Whether somebody waits who would share a transaction.
    pub(super) fn others_wait(&self) -> bool {
        self.joining.load(Ordering::Relaxed) > 0
    }

    /// A transaction that others are done with, left for the next or for whoever commits it.
    pub(super) fn park(&self, parked: Parked) {
        *self.parked.lock().unwrap_or_else(PoisonError::into_inner) = Some(parked);
    }

    fn take_parked(&self) -> Option<Parked> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// In turn, behind all who wait now: if the transaction is still left by then, its place and itself.
    pub(super) async fn left_over(self: &Arc<Self>) -> Option<(Loan, Others)> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok()?;
        let Parked { lane, others } = self.take_parked()?;
        let by = Instant::now() + WAIT;
        Some((Loan { lane: Some(lane), pool: Arc::clone(self), keep: false, by, _permit: permit }, others))
    }

    fn take_idle(&self) -> Option<Lane> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// A connection beside all others.
    #[cfg(test)]
    pub(in crate::store) async fn stranger(&self) -> Result<Lane, Fault> {
        Lane::open(&self.door, Arc::default()).await
    }

    /// A place, in turn. `patient`: longer while somebody holds the pool who was said to take long.
    async fn permit(&self, patient: bool) -> Result<OwnedSemaphorePermit, Fault> {
        let place = Arc::clone(&self.permits).acquire_owned();
        tokio::pin!(place);
        let is_held_for_long = || self.long.load(Ordering::Relaxed);
        let mut got = tokio::time::timeout(TURN, &mut place).await;
        if got.is_err() && patient && is_held_for_long() {
            got = tokio::time::timeout(LONG_WAIT, &mut place).await;
        }
        match got {
            Ok(Ok(permit)) => Ok(permit),
            _ if is_held_for_long() => Err(Fault::Other(Error::Busy)),
            _ => Err(Fault::Other(Error::Unavailable(DRAINED.to_owned()))),
        }
    }

    /// A place without a connection as yet. `patient`: as of [`Pool::permit`].
    async fn place(self: &Arc<Self>, patient: bool) -> Result<Loan, Fault> {
        let by = Instant::now() + WAIT;
        // Nobody takes another's place only to wait for a server that is known to be silent.
        self.answers(by).await?;
        let permit = self.permit(patient).await?;
        // Also for whoever waited longer than usual.
        let by = by.max(Instant::now() + CONNECTING);
        self.answers(by).await?;
        Ok(Loan { lane: None, pool: Arc::clone(self), keep: false, by, _permit: permit })
    }

    async fn answers(&self, by: Instant) -> Result<(), Fault> {
        let left = by.saturating_duration_since(Instant::now());
        if self.door.answers(left).await { Ok(()) } else { Err(Fault::Silent(SILENT)) }
    }

    /// A connection, and whether it was used before.
    async fn loan(self: &Arc<Self>) -> Result<(Loan, bool), Fault> {
        let mut loan = self.place(false).await?;
        loan.lane = self.take_idle();
        let was_idle = loan.lane.is_some();
        if !was_idle {
            loan.connect().await?;
        }
        loan.keep = true;
        Ok((loan, was_idle))
    }
}

/// Counts one who waits.
struct Joins<'a>(&'a Pool);

impl<'a> Joins<'a> {
    fn of(pool: &'a Pool) -> Self {
        pool.joining.fetch_add(1, Ordering::Relaxed);
        Self(pool)
    }
}

impl Drop for Joins<'_> {
    fn drop(&mut self) {
        self.0.joining.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Says, as long as it is there, that a pool is held for long.
#[derive(Debug)]
pub(super) struct Long(Arc<Pool>);

impl Drop for Long {
    fn drop(&mut self) {
        self.0.long.store(false, Ordering::Relaxed);
    }
}

/// A connection on loan; it goes back when dropped, if it is fit for the next.
#[derive(Debug)]
pub(super) struct Loan {
    /// There until dropped.
    pub(super) lane: Option<Lane>,
    pub(super) pool: Arc<Pool>,
    pub(super) keep: bool,
    /// Until when it has to have its connection.
    by: Instant,
    _permit: OwnedSemaphorePermit,
}

impl Loan {
    pub(super) fn lane(&mut self) -> Result<&mut Lane, Fault> {
        self.lane.as_mut().ok_or_else(|| Fault::Other(Error::Bug("a connection is gone".to_owned())))
    }

    /// A new connection in the place of one that was lost; the other idle ones were lost with it.
    pub(super) async fn replace(&mut self) -> Result<(), Fault> {
        self.lane = None;
        self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.connect().await
    }

    async fn connect(&mut self) -> Result<(), Fault> {
        let opened = Box::pin(Lane::open(&self.pool.door, Arc::clone(&self.pool.statements)));
        self.lane = Some(match tokio::time::timeout_at(self.by, opened).await {
            Ok(lane) => lane?,
            Err(_) => return Err(Fault::Silent(SILENT)),
        });
        Ok(())
    }

    /// From now on until the answer is dropped it is held for long.
    pub(super) fn long(&self) -> Long {
        self.pool.long.store(true, Ordering::Relaxed);
        Long(Arc::clone(&self.pool))
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(lane) = self.lane.take()
            && self.keep
            && lane.is_fit()
        {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(lane);
        }
    }
}

/// A reading connection.
#[derive(Debug)]
pub(in crate::store) struct Reading {
    loan: Loan,
    /// Not used since it was taken from among the idle ones, and leads to a server.
    untried: bool,
}

impl Reading {
    /// Whether it leads to a file.
    pub(in crate::store) fn is_sqlite(&self) -> bool {
        matches!(self.loan.pool.door, Door::Sqlite(_))
    }

    /// All rows.
    pub(in crate::store) async fn rows(&mut self, sql: Sql) -> Result<Vec<Answer>, Fault> {
        let again = std::mem::take(&mut self.untried).then(|| sql.clone());
        match (self.loan.lane()?.rows(sql).await, again) {
            // The server went away while the connection was idle. It may be back, and nothing was changed.
            (Err(Fault::Lost(_)), Some(sql)) => {
                self.loan.replace().await?;
                self.loan.lane()?.rows(sql).await
            }
            (answer, _) => answer,
        }
    }

    /// The first row.
    pub(in crate::store) async fn row(&mut self, sql: Sql) -> Result<Option<Answer>, Fault> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// From here to [`Reading::end`], every statement sees one state. Without the end the connection is closed.
    pub(in crate::store) async fn begin(&mut self) -> Result<(), Fault> {
        self.loan.keep = false;
        let snapshot = ["BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"];
        match self.loan.lane()?.control(snapshot[0], snapshot[1]).await {
            Err(Fault::Lost(_)) if std::mem::take(&mut self.untried) => {
                self.loan.replace().await?;
                self.loan.lane()?.control(snapshot[0], snapshot[1]).await
            }
            begun => begun,
        }
    }

    /// The end of what [`Reading::begin`] started.
    pub(in crate::store) async fn end(mut self) -> Result<(), Fault> {
        self.loan.lane()?.control("COMMIT", "COMMIT").await?;
        self.loan.keep = true;
        Ok(())
    }
}

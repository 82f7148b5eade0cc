//! Steps of jobs that this process is at and that the database does not tell of before their end: how far they are,
//! whether their person asked for the end, and what they wait for; a disk without room keeps no word of it. Only for
//! looking at and for ending sooner; nothing is decided by it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

/// All of a process.
#[derive(Debug, Default)]
pub(crate) struct UnderWay {
    steps: Mutex<HashMap<i64, Arc<State>>>,
    waiting: Mutex<HashMap<i64, Waits>>,
    /// No job can be taken at all.
    none: Mutex<Option<Waits>>,
}

/// A job that comes no further.
#[derive(Debug)]
struct Waits {
    why: &'static str,
    /// When it last tried.
    at: DateTime<Utc>,
}

#[derive(Debug, Default)]
struct State {
    seen: Arc<AtomicU64>,
    end: AtomicBool,
}

/// One step; while this is there it is under way.
#[derive(Debug)]
pub(crate) struct Way<'a> {
    all: &'a UnderWay,
    job: i64,
    state: Arc<State>,
}

impl UnderWay {
    pub(crate) fn begin(&self, job: i64) -> Way<'_> {
        let state = Arc::default();
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).insert(job, Arc::clone(&state));
        Way { all: self, job, state }
    }

    fn of(&self, job: i64) -> Option<Arc<State>> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).get(&job).cloned()
    }

    /// Rows looked at in a step of this job, if this process is at it.
    pub(crate) fn seen(&self, job: i64) -> Option<u64> {
        Some(self.of(job)?.seen.load(Ordering::Relaxed))
    }

    /// The person asks for its end. Who may ask is for the caller to know.
    pub(crate) fn end(&self, job: i64) {
        if let Some(state) = self.of(job) {
            state.end.store(true, Ordering::Relaxed);
        }
    }
}

impl UnderWay {
    /// This job tried to go on and could not.
    pub(crate) fn waits(&self, job: i64, why: &'static str, at: DateTime<Utc>) {
        self.waiting().insert(job, Waits { why, at });
    }

    /// Not even the next job can be asked for, so that whatever waits here goes on waiting; none: it can.
    pub(crate) fn none_is_taken(&self, why: Option<&'static str>, at: DateTime<Utc>) {
        if why.is_some() {
            self.waiting().values_mut().for_each(|waits| waits.at = at);
        }
        *self.none.lock().unwrap_or_else(PoisonError::into_inner) = why.map(|why| Waits { why, at });
    }

    pub(crate) fn goes_on(&self, job: i64) {
        self.waiting().remove(&job);
    }

    /// What this job waits for, unless this process has not tried it since then: another one may be at it.
    pub(crate) fn waits_for(&self, job: i64, since: DateTime<Utc>) -> Option<&'static str> {
        let mut waiting = self.waiting();
        waiting.retain(|_, waits| waits.at >= since);
        let none = self.none.lock().unwrap_or_else(PoisonError::into_inner);
        let of_all = none.as_ref().filter(|waits| waits.at >= since).map(|waits| waits.why);
        waiting.get(&job).map(|waits| waits.why).or(of_all)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<i64, Waits>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Way<'_> {
    pub(crate) fn has_seen(&self, rows: u64) {
        self.state.seen.store(rows, Ordering::Relaxed);
    }

    pub(crate) fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.state.seen)
    }

    pub(crate) fn is_to_end(&self) -> bool {
        self.state.end.load(Ordering::Relaxed)
    }
}

impl Drop for Way<'_> {
    fn drop(&mut self) {
        self.all.steps.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.job);
    }
}

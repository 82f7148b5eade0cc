//! Steps of jobs that this process is at and that the database does not tell of before their end: how far they are, and
//! whether their person asked for the end. Only for looking at and for ending sooner; nothing is decided by it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// All of a process.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<HashMap<i64, Arc<State>>>);

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
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(job, Arc::clone(&state));
        Way { all: self, job, state }
    }

    fn of(&self, job: i64) -> Option<Arc<State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&job).cloned()
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
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.job);
    }
}

//! How far behind everything else a hash is computed. Somebody who signs in alone stands a little behind pages; when
//! others wait already, the system lets a hash run only where nothing else wants to. It decides nobody's turn.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Niceness of a thread that computes a hash, beside the one of the process.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// A hash takes some tens of milliseconds. One that took longer than this while it waited for everything else, on a
/// machine with more to do than it has cores for, must not be the rule.
const STARVED: Duration = Duration::from_millis(500);

/// How long hashes take their part of a busy machine, after one was starved.
const FED: Duration = Duration::from_mins(10);

/// What is computed, and what is given back when it is done.
type Job = (Box<dyn FnOnce() + Send>, Box<dyn Send>);

/// The threads of hashes, and when one was starved last.
#[derive(Debug)]
pub(super) struct Ranks {
    since: Instant,
    /// Milliseconds after `since` until which no hash stands last.
    fed_until: Arc<AtomicU64>,
    behind: Crew,
    last: Crew,
}

impl Default for Ranks {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            fed_until: Arc::default(),
            behind: Crew::of(behind_the_others),
            last: Crew::of(last_of_all),
        }
    }
}

impl Ranks {
    /// Computes on a thread, last of all when others wait, and gives `held` back afterwards.
    pub(super) fn compute(
        &self,
        others_wait: bool,
        held: impl Send + 'static,
        work: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        if !others_wait || !self.may_be_starved(self.since.elapsed()) {
            return self.behind.compute((Box::new(work), Box::new(held)));
        }
        let (since, fed_until) = (self.since, Arc::clone(&self.fed_until));
        let watched = move || {
            let began = Instant::now();
            work();
            took(&fed_until, began.elapsed(), since.elapsed());
        };
        self.last.compute((Box::new(watched), Box::new(held)))
    }

    /// Whether a hash may stand last, so long after the start.
    fn may_be_starved(&self, now: Duration) -> bool {
        millis(now) >= self.fed_until.load(Ordering::Relaxed)
    }
}

/// A hash that stood last took so long.
fn took(fed_until: &AtomicU64, long: Duration, now: Duration) {
    if long > STARVED {
        fed_until.store(millis(now.saturating_add(FED)), Ordering::Relaxed);
    }
}

/// Threads of one rank. They stay: a new thread stands before old ones for its first moments, and one that stands
/// behind the others can't be brought back among them without the system's permission. There are as many as ever
/// computed at the same time.
struct Crew {
    jobs: mpsc::Sender<Job>,
    taken: Arc<Mutex<mpsc::Receiver<Job>>>,
    /// Threads with nothing to do; each job takes one from here, or starts one.
    free: Arc<AtomicUsize>,
    stands: fn(),
}

impl Crew {
    fn of(stands: fn()) -> Self {
        let (jobs, taken) = mpsc::channel();
        Self { jobs, taken: Arc::new(Mutex::new(taken)), free: Arc::default(), stands }
    }

    fn compute(&self, job: Job) -> io::Result<()> {
        let one_less = |free: usize| free.checked_sub(1);
        if self.free.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_err() {
            let (taken, free, stands) = (Arc::clone(&self.taken), Arc::clone(&self.free), self.stands);
            thread::Builder::new().name("hash".to_owned()).spawn(move || {
                stands();
                // Until whoever gives the jobs is gone.
                while let Some((work, held)) = next(&taken) {
                    work();
                    free.fetch_add(1, Ordering::SeqCst);
                    drop(held);
                }
            })?;
        }
        self.jobs.send(job).map_err(|_| io::Error::other("no thread takes it"))
    }
}

fn next(taken: &Mutex<mpsc::Receiver<Job>>) -> Option<Job> {
    taken.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crew({} free)", self.free.load(Ordering::Relaxed))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Pages go before hashes: this thread gets what the others of the process leave, and a tenth where they leave nothing.
fn behind_the_others() {
    // On Linux the number is each thread's own. Where it can't be had, the hash is computed all the same.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::getpriority_process(None)
        .and_then(|own| rustix::process::setpriority_process(None, own.saturating_add(NICE).min(19)));
}

/// `SCHED_IDLE`: a page that wakes where this thread runs goes on at once. Behind a thread that is only nicer it waits
/// until that one's slice of time is over, which takes some milliseconds. Where it can't be had, the thread is nicer.
fn last_of_all() {
    behind_the_others();
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy};
        let last = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        // It sets the niceness too, which may be refused and means nothing among those that stand last.
        let _ = thread_priority::set_thread_priority_and_policy(
            thread_priority::thread_native_id(),
            ThreadPriority::Min,
            last,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_that_was_starved_brings_those_after_it_forward_for_a_while() {
        let ranks = Ranks::default();
        let at = Duration::from_secs(100);
        took(&ranks.fed_until, STARVED, at);
        assert!(ranks.may_be_starved(at), "as long as a hash may take");
        took(&ranks.fed_until, STARVED + Duration::from_millis(1), at);
        assert!(!ranks.may_be_starved(at));
        assert!(!ranks.may_be_starved(at + Duration::from_secs(599)));
        assert!(ranks.may_be_starved(at + FED));
    }

    #[test]
    fn threads_stay_and_are_as_many_as_are_at_work() {
        let crew = Crew::of(|| {});
        let on_a_thread = || {
            let (tell, told) = mpsc::channel();
            let (done, held) = mpsc::channel::<()>();
            let job: Job = (Box::new(move || tell.send(thread::current().id()).unwrap()), Box::new(done));
            crew.compute(job).unwrap();
            // What was held is given back when the thread is free again.
            assert!(held.recv().is_err());
            told.recv().unwrap()
        };
        let first = on_a_thread();
        assert_eq!([on_a_thread(), on_a_thread()], [first, first]);
        let (go, wait) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        let until_told = move || {
            tell.send(thread::current().id()).unwrap();
            wait.recv().unwrap_or_default();
        };
        crew.compute((Box::new(until_told), Box::new(()))).unwrap();
        // Whichever thread is free takes what comes next: with the first at work that is another.
        assert_eq!(told.recv().unwrap(), first);
        assert_ne!(on_a_thread(), first, "the first is at work");
        drop(go);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_hash_stands_last_when_others_wait_and_a_little_behind_when_none_does() {
        use thread_priority::{NormalThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy};
        let ranks = Ranks::default();
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let stands = |others_wait| {
            let (tell, told) = mpsc::channel();
            let ask = move || tell.send((thread_schedule_policy().unwrap(), niceness())).unwrap();
            ranks.compute(others_wait, (), ask).unwrap();
            told.recv().unwrap()
        };
        assert_eq!(stands(true).0, ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle));
        let a_little = (niceness() + NICE).min(19);
        assert_eq!(stands(false), (ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other), a_little));
        ranks.fed_until.store(u64::MAX, Ordering::Relaxed);
        assert_eq!(stands(true), stands(false), "one was starved lately");
    }
}

//! Work that outlives its request: a few tasks of a serving process take jobs from the database, a step at a time. Each
//! step asks anew who the person is and what they may do, and commits what it did together with how far it came, so
//! that a process that dies in the middle has lost nothing and done nothing twice.
//!
//! ```text
//!  waiting ──claim──▶ running ──▶ done | cancelled | stopped (right lost) | failed
//!                       │  ▲
//!                       └──┘ a step; after a crash, once the lease is over, by whoever claims it
//! ```

mod bulk;
mod import;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::App;
use crate::audit::Context;
use crate::authorize::{Actor, Terms, authorize};
use crate::caught::caught;
use crate::clock::Clock;
use crate::error::Error;
use crate::panel::{Model, Verb};
use crate::session::{self, Fit};
use crate::store::{JobFault, JobRow, JobState, Lease, Met, Store, refused};

pub(crate) use bulk::{Asked as BulkAsked, verb as bulk_verb};

/// Jobs at once in one process.
const WORKERS: usize = 2;
/// How long a job is a process's own after each step.
pub(crate) const LEASE: chrono::Duration = chrono::Duration::seconds(10);
/// Between two renewals of it within a long step.
const HOLD: Duration = Duration::from_secs(3);
/// Between two looks for jobs that nobody rang for: those of a process that died.
const LOOK: Duration = Duration::from_secs(5);
/// After the database was not to be had; twice as long each time, up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_secs(1);
/// Below the lease: what starts over each time shall not keep the machine busy while a disk is full.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// Starts the tasks of a process that serves. `looks`: they also look by themselves for what other processes left;
/// without, they look once, and whenever somebody rings.
pub(crate) fn start(app: &Arc<App>, looks: bool) -> Vec<JoinHandle<()>> {
    (0..WORKERS)
        .map(|_| {
            let (app, bell) = (Arc::downgrade(app), Arc::clone(&app.bell));
            let owner = Uuid::now_v7().to_string();
            // What it says before it has a job goes under an id of its own.
            let span = tracing::error_span!("worker", request = owner);
            let working = async move {
                while let Some(app) = app.upgrade() {
                    let worked = Worker { app: &app, owner: &owner }.take().await;
                    app.under_way.none_is_taken(
                        worked.as_ref().err().filter(|why| why.may_pass()).map(waiting),
                        app.clock.now(),
                    );
                    drop(app);
                    match worked {
                        Ok(true) => {}
                        Ok(false) if looks => {
                            // A bell or the time, whichever is first.
                            let _ = tokio::time::timeout(LOOK, bell.notified()).await;
                        }
                        Ok(false) => bell.notified().await,
                        Err(error) => {
                            tracing::warn!(%error, "a job was not taken");
                            tokio::time::sleep(PAUSE).await;
                        }
                    }
                }
            };
            tokio::spawn(working.instrument(span))
        })
        .collect()
}

/// One of the tasks.
struct Worker<'a> {
    app: &'a App,
    owner: &'a str,
}

/// What became of a step.
enum Stepped {
    /// There may be more.
    More,
    /// It is over, and that is to be written down.
    Over(JobState, String),
    /// It is over, which was written down together with what it did.
    Ended,
    /// It is another process's job by now.
    Lost,
}

/// Who a job is done for, at this moment.
struct For<'a> {
    actor: &'a Actor,
    context: Context,
}

impl Worker<'_> {
    fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    fn lease(&self) -> Lease<'_> {
        Lease { owner: self.owner, until: self.now() + LEASE }
    }

    /// Takes a job and works on it to its end; whether there was one.
    async fn take(&self) -> Result<bool, Error> {
        let Some(job) = self.app.store.claim_job(self.lease(), self.now()).await? else { return Ok(false) };
        // The request that asked for it, and not the worker's own id beside it.
        let span = tracing::error_span!(parent: None, "job", job = job.id, request = %job.origin.request);
        self.work_on(job).instrument(span).await
    }

    async fn work_on(&self, mut job: JobRow) -> Result<bool, Error> {
        tracing::info!(kind = job.kind, "a job is being worked on");
        let mut met = Met::default();
        let mut pause = PAUSE;
        loop {
            let stepped = self.step_or_error(&job, &mut met).await;
            if !self.has_to_wait(&job, &stepped) {
                pause = PAUSE;
            }
            match stepped {
                // What the database says, not what this process believes. If it says nothing, whoever claims the job
                // once the lease is over asks it again.
                Ok(Stepped::More) => match self.app.store.job(job.person, job.id).await? {
                    Some(fresh) => job = fresh,
                    None => return Ok(true),
                },
                Ok(Stepped::Over(state, note)) => {
                    self.end(&job, state, &note).await?;
                    return Ok(true);
                }
                Ok(Stepped::Ended | Stepped::Lost) => return Ok(true),
                Err(error) if error.may_pass() => {
                    tracing::warn!(%error, "a step of a job is tried again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    // A commit without an answer may have been one: only the database knows how far the job is.
                    match self.app.store.hold_job(job.id, self.lease(), None).await? {
                        Some(fresh) => job = fresh,
                        None => return Ok(true),
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "a job can't go on");
                    self.end(&job, JobState::Failed, &error.visitor()).await?;
                    return Ok(true);
                }
            }
        }
    }

    /// Whether this went wrong for a while only, which the page of the job then says.
    fn has_to_wait<T>(&self, job: &JobRow, done: &Result<T, Error>) -> bool {
        let why = done.as_ref().err().filter(|error| error.may_pass()).map(waiting);
        match why {
            Some(why) => self.app.under_way.waits(job.id, why, self.now()),
            None => self.app.under_way.goes_on(job.id),
        }
        why.is_some()
    }

    async fn end(&self, job: &JobRow, state: JobState, note: &str) -> Result<(), Error> {
        let ended = self.try_to_end(job, state, note).await;
        self.has_to_wait(job, &ended);
        ended
    }

    async fn try_to_end(&self, job: &JobRow, state: JobState, note: &str) -> Result<(), Error> {
        let origin = job.origin.clone();
        let context = match self.who(job).await? {
            Ok(actor) => Context::of(&actor, origin),
            // Whoever is not there any more ends nothing; the panel does.
            Err(_) => Context::of_nobody(origin, self.now()),
        };
        let mut write = self.app.store.write(context).await?;
        if let Some(recorded) = write.end_job(job, self.owner, state, note).await? {
            write.commit(recorded).await?;
        }
        Ok(())
    }

    /// The person as they are now; else why nothing more is done for them.
    async fn who(&self, job: &JobRow) -> Result<Result<Actor, String>, Error> {
        let now = self.now();
        let Some((row, reason)) = self.app.store.session_of_work(job.session, now).await? else {
            return Ok(Err("The person is not in the panel any more.".to_owned()));
        };
        if row.person != job.person {
            return Err(Error::Bug(format!("job {} is of another person than its session", job.id)));
        }
        Ok(match session::judge_for_work(self.app.panel, &row, reason.as_deref(), now) {
            Fit::Yes(actor) => Ok(*actor),
            Fit::No(why) => Err(why.to_owned()),
        })
    }

    /// A step that panics ends its job, and not the task that works on all of them.
    async fn step_or_error(&self, job: &JobRow, met: &mut Met) -> Result<Stepped, Error> {
        let stepped = caught(self.step(job, met)).await;
        stepped.unwrap_or_else(|_| Err(Error::Bug(format!("a step of job {} panicked", job.id))))
    }

    async fn step(&self, job: &JobRow, met: &mut Met) -> Result<Stepped, Error> {
        if job.cancel {
            return Ok(Stepped::Over(JobState::Cancelled, "Ended by hand; what was done before stays.".to_owned()));
        }
        let actor = match self.who(job).await? {
            Ok(actor) => actor,
            Err(why) => return Ok(Stepped::Over(JobState::Stopped, why)),
        };
        let who = For { actor: &actor, context: Context::of(&actor, job.origin.clone()) };
        let stepped = match job.kind.as_str() {
            "import" => self.import(job, &who, met).await,
            "delete" | "edit" | "act" => self.bulk(job, &who).await,
            other => Err(Error::Bug(format!("nobody knows how to do a job of the kind {other}"))),
        };
        match stepped {
            // The right was taken away on the way.
            Err(Error::Refused(refusal)) => {
                Ok(Stepped::Over(JobState::Stopped, format!("The right was taken away: {}.", refusal.right)))
            }
            other => other,
        }
    }

    /// The terms of the person now.
    fn terms(&self, who: &For<'_>, verb: Verb, model: &'static Model) -> Result<Terms, Error> {
        Ok(authorize(self.app.panel, who.actor, verb, model).granted()?)
    }

    fn terms_if_any(&self, who: &For<'_>, verb: Verb, model: &'static Model) -> Option<Terms> {
        self.terms(who, verb, model).ok()
    }

    /// Their view terms over every model.
    fn views(&self, who: &For<'_>) -> Vec<Terms> {
        self.app.panel.models.iter().filter_map(|model| self.terms_if_any(who, Verb::View, model)).collect()
    }

    fn model(&self, job: &JobRow) -> Result<&'static Model, Error> {
        let model = self.app.panel.models.iter().find(|model| model.name == job.model);
        model.ok_or_else(|| Error::Bug(format!("the panel has no model {}", job.model)))
    }
}

/// What a job waits for, to the person whose it is.
fn waiting(why: &Error) -> &'static str {
    match why {
        Error::Full => {
            "There is no room left on the disk of the database. Nothing is lost: this goes on by itself once there is room."
        }
        Error::TooLong => "The database takes too long for the next rows. This is tried again by itself.",
        Error::TemporaryFile { full: true, .. } => {
            "There is no room left for temporary files where the panel runs. Nothing is lost: this goes on by itself once \
             there is room."
        }
        _ => "The database is not to be had at the moment. Nothing is lost: this goes on by itself.",
    }
}

/// Keeps the lease of a job whose step takes long, from beside it, until this is dropped.
struct Held(JoinHandle<()>);

impl Held {
    /// `seen`: rows that the step looked at so far, told along with it.
    fn of(app: &App, job: i64, owner: &str, seen: Arc<AtomicU64>) -> Self {
        Self::every(HOLD, app.store.clone(), app.clock.clone(), (job, owner.to_owned()), seen)
    }

    fn every(time: Duration, store: Store, clock: Clock, (job, owner): (i64, String), seen: Arc<AtomicU64>) -> Self {
        let holding = async move {
            loop {
                tokio::time::sleep(time).await;
                let until = clock.now() + LEASE;
                let seen = seen.load(Ordering::Relaxed);
                // SQLite has one writer: while the step is that, nobody can claim the job either.
                match store.hold_job(job, Lease { owner: &owner, until }, Some(seen)).await {
                    Ok(None) => return,
                    Ok(Some(_)) => {}
                    Err(error) => tracing::debug!(%error, "the lease of a job was not renewed"),
                }
            }
        };
        Self(tokio::spawn(holding.in_current_span()))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// An error of one row as its faults; any other goes on as it is.
fn faults(model: &'static Model, line: i64, error: Error) -> Result<Vec<JobFault>, Error> {
    Ok(spelled(model, line, refused(error)?))
}

fn spelled(model: &'static Model, line: i64, why: Vec<(Option<usize>, String)>) -> Vec<JobFault> {
    why.into_iter()
        .map(|(field, message)| JobFault {
            line,
            field: field.and_then(|field| model.fields.get(field)).map_or("", |field| field.title).to_owned(),
            message,
        })
        .collect()
}

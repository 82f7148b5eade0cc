//! Work that outlives a request, as data: jobs, what failed in them, and the uploads that an import reads. A job
//! belongs to one process at a time, by a lease that ends by itself; whoever lost it can't write for it any more, since
//! what a step did and how far the job came are committed together.

use chrono::{DateTime, Utc};

use super::statements::{jobs, uploads};
use super::{Recorded, Store, Write};
use crate::audit::{Change, Event, EventId, Origin};
use crate::error::Error;
use crate::panel::Sensitivity;

/// Faults that a job keeps; more are counted only.
pub const KEPT_FAULTS: u64 = 1_000;
/// Jobs of one person that may be under way.
pub(in crate::store) const MOST_UNDER_WAY: u64 = 20;
/// Files of one person that are kept; beyond, the oldest goes.
pub(in crate::store) const KEPT_UPLOADS: u32 = 20;
/// Jobs that a person is shown.
pub const SHOWN_JOBS: u32 = 50;

/// How a job stands. The text never changes once released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Nobody has begun it.
    Waiting,
    /// Somebody is at it, or was when their process ended.
    Running,
    /// It came to its end; some rows may have failed.
    Done,
    /// The person ended it.
    Cancelled,
    /// The person lost the right on the way.
    Stopped,
    /// It could not go on; nothing more of it will happen.
    Failed,
}

impl JobState {
    const ALL: [Self; 6] = [Self::Waiting, Self::Running, Self::Done, Self::Cancelled, Self::Stopped, Self::Failed];

    /// Its stable text.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    /// The state of this text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.text() == text)
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// A job to be made.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// `delete`, `edit`, `act`, `import`.
    pub kind: &'a str,
    /// Declared name of the model.
    pub model: &'a str,
    /// What exactly, as JSON that only the worker reads.
    pub params: String,
    /// Rows, as far as it is known.
    pub total: Option<u64>,
    /// What it is, for the record.
    pub facts: Vec<Change>,
}

/// A job.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// Primary key.
    pub id: i64,
    /// Whose.
    pub person: i64,
    /// The session in which it was asked for.
    pub session: i64,
    /// The request that asked for it: its events and its lines in the log carry the same.
    pub origin: Origin,
    /// `delete`, `edit`, `act`, `import`.
    pub kind: String,
    /// Declared name of the model.
    pub model: String,
    /// What exactly.
    pub params: String,
    /// How it stands.
    pub state: JobState,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub ended_at: Option<DateTime<Utc>>,
    /// Rows, as far as it is known.
    pub total: Option<u64>,
    /// Rows looked at.
    pub seen: u64,
    /// Rows that were done.
    pub done: u64,
    /// Rows that failed.
    pub failed: u64,
    /// How far it came, in the worker's own words; empty at the start.
    pub place: String,
    /// The person asked for its end.
    pub cancel: bool,
    /// Why it ended as it did, in a sentence.
    pub note: String,
}

/// What one step of a job did.
#[derive(Debug, Clone, Default)]
pub struct JobStep {
    /// How far it is now.
    pub place: String,
    /// Rows looked at in this step.
    pub seen: u64,
    /// Rows done.
    pub done: u64,
    /// Rows that failed.
    pub failed: u64,
    /// The first of those.
    pub faults: Vec<JobFault>,
}

/// A row that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFault {
    /// Line of the file, or id of the row.
    pub line: i64,
    /// Title of the field, if it is about one.
    pub field: String,
    /// A sentence for the person.
    pub message: String,
}

/// Who works on a job, and until when nobody else may.
#[derive(Debug, Clone, Copy)]
pub struct Lease<'a> {
    /// Name of the process.
    pub owner: &'a str,
    /// Its end.
    pub until: DateTime<Utc>,
}

/// A file that somebody uploaded, rows apart.
#[derive(Debug, Clone)]
pub struct UploadRow {
    /// Primary key.
    pub id: i64,
    /// Whose.
    pub person: i64,
    /// The session that it is bound to.
    pub session: i64,
    /// Declared name of the model.
    pub model: String,
    /// As the file was called.
    pub name: String,
    /// `csv`, `jsonl`, `xlsx`.
    pub format: String,
    /// Names of its columns.
    pub columns: Vec<String>,
    /// Rows in it.
    pub rows: u64,
}

/// Some rows of an upload, in order: what each cell says; none: not given.
#[derive(Debug, Clone)]
pub struct UploadPart {
    /// Number of the first row, from 1.
    pub first: u64,
    /// Line of the file and cells.
    pub rows: Vec<(u64, Vec<Option<String>>)>,
}

impl Write {
    /// Makes a job of whoever writes; it is done by any process that serves.
    pub async fn start_job(&mut self, new: &NewJob<'_>) -> Result<(i64, Recorded), Error> {
        let Some(actor) = self.context().actor.clone() else {
            return Err(Error::Bug("a job without a person".to_owned()));
        };
        let (origin, now) = (self.context().origin.clone(), self.context().now());
        let session = actor.session.unwrap_or(0);
        if jobs::under_way(self.transaction(), actor.person).await? >= MOST_UNDER_WAY {
            let why = format!("{MOST_UNDER_WAY} jobs of yours are under way; wait for one, or end one.");
            return Err(Error::BadRequest(why));
        }
        let id = jobs::insert(self.transaction(), new, actor.person, session, &origin, now).await?;
        let mut event = Event::about(EventId::JobStarted, new.model, None)
            .with(Change::fact("job", Sensitivity::Internal, id.to_string()))
            .with(Change::fact("kind", Sensitivity::Internal, new.kind));
        for fact in &new.facts {
            event = event.with(fact.clone());
        }
        Ok((id, self.record(event)))
    }

    /// Writes down, with what else this transaction does, how far the job is, and keeps the lease. Whether the person
    /// asked for its end meanwhile; `None`: it is no longer this process's, and nothing of this may be committed.
    pub async fn advance_job(&mut self, job: i64, lease: Lease<'_>, step: &JobStep) -> Result<Option<bool>, Error> {
        jobs::advance(self.transaction(), job, lease, step).await
    }

    /// Ends the job; `None`: it is no longer this process's.
    pub async fn end_job(
        &mut self,
        job: &JobRow,
        owner: &str,
        state: JobState,
        note: &str,
    ) -> Result<Option<Recorded>, Error> {
        let now = self.context().now();
        let Some((done, failed)) = jobs::end(self.transaction(), job.id, owner, state, note, now).await? else {
            return Ok(None);
        };
        let fact = |name, value: String| Change::fact(name, Sensitivity::Internal, value);
        let event = Event::about(EventId::JobEnded, &job.model, None)
            .with(fact("job", job.id.to_string()))
            .with(fact("kind", job.kind.clone()))
            .with(fact("ended", state.text().to_owned()))
            .with(fact("done", done.to_string()))
            .with(fact("failed", failed.to_string()));
        Ok(Some(self.record(event)))
    }

    /// As [`Store::rewind_job`], with what else this transaction does.
    pub async fn rewind_job(&mut self, job: i64, lease: Lease<'_>) -> Result<bool, Error> {
        jobs::rewind(self.transaction(), job, lease).await
    }

    /// Forgets an upload, with what else this transaction does.
    pub async fn drop_upload(&mut self, upload: i64) -> Result<(), Error> {
        uploads::remove(self.transaction(), upload).await
    }

    /// Asks for the end of one's own job; `None`: there is none under way.
    pub async fn cancel_job(&mut self, job: i64) -> Result<Option<Recorded>, Error> {
        let Some(person) = self.context().actor.as_ref().map(|actor| actor.person) else { return Ok(None) };
        if !jobs::cancel(self.transaction(), job, person).await? {
            return Ok(None);
        }
        let event = Event::about(EventId::JobCancelled, "Job", None).with(Change::fact(
            "job",
            Sensitivity::Internal,
            job.to_string(),
        ));
        Ok(Some(self.record(event)))
    }
}

impl Store {
    /// Takes a job that nobody is at.
    pub async fn claim_job(&self, lease: Lease<'_>, now: DateTime<Utc>) -> Result<Option<JobRow>, Error> {
        let mut tx = self.database.begin().await?;
        let claimed = jobs::claim(&mut tx, lease, now).await?;
        tx.commit_without_event().await?;
        Ok(claimed)
    }

    /// As [`Write::advance_job`], for a step that changed nothing else.
    pub async fn advance_job(&self, job: i64, lease: Lease<'_>, step: &JobStep) -> Result<Option<bool>, Error> {
        let mut tx = self.database.begin().await?;
        let kept = jobs::advance(&mut tx, job, lease, step).await?;
        match kept {
            Some(_) => tx.commit_without_event().await?,
            None => tx.rollback().await?,
        }
        Ok(kept)
    }

    /// Starts a job over that must see all of its rows in one go; whether it is still this process's.
    pub async fn rewind_job(&self, job: i64, lease: Lease<'_>) -> Result<bool, Error> {
        let mut tx = self.database.begin().await?;
        let is_mine = jobs::rewind(&mut tx, job, lease).await?;
        tx.commit_without_event().await?;
        Ok(is_mine)
    }

    /// Keeps the lease; the job as it stands, or `None`: it is no longer this process's.
    /// `seen`: rows looked at so far in a step that tells of them by this alone.
    pub async fn hold_job(&self, job: i64, lease: Lease<'_>, seen: Option<u64>) -> Result<Option<JobRow>, Error> {
        let mut tx = self.database.begin().await?;
        let held = jobs::hold(&mut tx, job, lease, seen).await?;
        tx.commit_without_event().await?;
        Ok(held)
    }

    /// One's own job.
    pub async fn job(&self, person: i64, id: i64) -> Result<Option<JobRow>, Error> {
        self.database.job(person, id).await
    }

    /// One's own jobs, newest first.
    pub async fn jobs(&self, person: i64) -> Result<Vec<JobRow>, Error> {
        self.database.jobs(person).await
    }

    /// Whether the person asked for the job's end.
    pub async fn job_is_cancelled(&self, id: i64) -> Result<bool, Error> {
        self.database.job_is_cancelled(id).await
    }

    /// What failed in a job, in order.
    pub async fn job_faults(&self, job: i64) -> Result<Vec<JobFault>, Error> {
        self.database.job_faults(job).await
    }

    /// Begins to keep an upload; nobody finds it before [`Store::finish_upload`]. Beyond 20 files of the person, the
    /// oldest goes.
    pub async fn begin_upload(&self, new: &UploadRow, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<i64, Error> {
        let mut tx = self.database.begin().await?;
        let id = uploads::insert(&mut tx, new, now, until).await?;
        uploads::keep_newest(&mut tx, new.person).await?;
        tx.commit_without_event().await?;
        Ok(id)
    }

    /// Keeps some rows of it.
    pub async fn add_to_upload(&self, upload: i64, part: &UploadPart) -> Result<(), Error> {
        let mut tx = self.database.begin().await?;
        uploads::add(&mut tx, upload, part).await?;
        Ok(tx.commit_without_event().await?)
    }

    /// It is whole. Recorded, as the beginning of an import.
    pub async fn finish_upload(&self, context: crate::audit::Context, upload: &UploadRow) -> Result<(), Error> {
        let fact = |name, value: String| Change::fact(name, Sensitivity::Internal, value);
        let event = Event::about(EventId::UploadKept, &upload.model, None)
            // Somebody's name may be the name of their file.
            .with(Change::fact("file", Sensitivity::Personal, upload.name.as_str()))
            .with(fact("format", upload.format.clone()))
            .with(fact("count", upload.rows.to_string()));
        let mut write = self.write(context).await?;
        uploads::finish(write.transaction(), upload).await?;
        let recorded = write.record(event);
        write.commit(recorded).await
    }

    /// Forgets an upload.
    pub async fn drop_upload(&self, upload: i64) -> Result<(), Error> {
        let mut tx = self.database.begin().await?;
        uploads::remove(&mut tx, upload).await?;
        Ok(tx.commit_without_event().await?)
    }

    /// A whole upload that is not too old.
    pub async fn upload(&self, id: i64, now: DateTime<Utc>) -> Result<Option<UploadRow>, Error> {
        self.database.upload(id, now).await
    }

    /// The part of an upload that follows this row; `None`: that was all.
    pub async fn upload_part(&self, upload: i64, after: u64) -> Result<Option<UploadPart>, Error> {
        self.database.upload_part(upload, after).await
    }
}

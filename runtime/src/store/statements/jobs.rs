//! Jobs. The lease is asked for in the condition of every statement that writes for a job, so that two processes never
//! both do.

use crate::audit::Origin;
use crate::error::Error;
use crate::store::answer::Answer;
use crate::store::database::Database;
use crate::store::sql::Sql;
use crate::store::transaction::Transaction;
use crate::store::work::{JobFault, JobRow, JobState, JobStep, KEPT_FAULTS, Lease, NewJob, SHOWN_JOBS};
use chrono::{DateTime, Utc};

const COLUMNS: &str = "id, person, session, request_id, kind, model, params, state, created_at, ended_at, total, seen, \
     done, failed, place, cancel, note, address";

impl Database {
    pub(in crate::store) async fn job(&self, person: i64, id: i64) -> Result<Option<JobRow>, Error> {
        let mut sql = Sql::new("SELECT ");
        sql.push(COLUMNS).push(" FROM bw_jobs WHERE id = ").push_bind(id).push(" AND person = ").push_bind(person);
        self.reading().await?.row(sql).await?.as_ref().map(read).transpose()
    }

    pub(in crate::store) async fn jobs(&self, person: i64) -> Result<Vec<JobRow>, Error> {
        let mut sql = Sql::new("SELECT ");
        sql.push(COLUMNS).push(" FROM bw_jobs WHERE person = ").push_bind(person);
        sql.push(" ORDER BY id DESC LIMIT ").number(i64::from(SHOWN_JOBS));
        self.reading().await?.rows(sql).await?.iter().map(read).collect()
    }

    pub(in crate::store) async fn job_is_cancelled(&self, id: i64) -> Result<bool, Error> {
        let sql = Sql::new("SELECT cancel FROM bw_jobs WHERE id = $1").bind(id);
        self.reading().await?.row(sql).await?.map_or(Ok(false), |found| found.yes(0))
    }

    pub(in crate::store) async fn job_faults(&self, job: i64) -> Result<Vec<JobFault>, Error> {
        let sql = Sql::new("SELECT line, field, message FROM bw_job_faults WHERE job = $1 ORDER BY id").bind(job);
        let found = self.reading().await?.rows(sql).await?;
        found
            .iter()
            .map(|one| Ok(JobFault { line: one.whole(0)?, field: one.words(1)?, message: one.words(2)? }))
            .collect()
    }
}

pub(in crate::store) async fn insert(
    tx: &mut Transaction,
    new: &NewJob<'_>,
    person: i64,
    session: i64,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<i64, Error> {
    let total = new.total.map(|total| i64::try_from(total).unwrap_or(i64::MAX));
    let sql = Sql::new(
        "INSERT INTO bw_jobs (person, session, request_id, kind, model, params, state, created_at, total, \
         address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
    )
    .bind(person)
    .bind(session)
    .bind(origin.request.to_string())
    .bind(new.kind)
    .bind(new.model)
    .bind(new.params.as_str())
    .bind(JobState::Waiting.text())
    .bind(now)
    .bind(total)
    .bind(origin.address.as_deref());
    match tx.row(sql).await? {
        Some(found) => found.whole(0),
        None => Err(Error::Bug("a job was made and has no id".to_owned())),
    }
}

/// The oldest that nobody is at. The condition stands twice: of two who chose the same, the second finds it leased.
pub(in crate::store) async fn claim(
    tx: &mut Transaction,
    lease: Lease<'_>,
    now: DateTime<Utc>,
) -> Result<Option<JobRow>, Error> {
    let mut sql = Sql::new("UPDATE bw_jobs SET state = 'running', lease_owner = ");
    sql.push_bind(lease.owner).push(", lease_until = ").push_bind(lease.until);
    sql.push(" WHERE ");
    push_free(&mut sql, now);
    sql.push(" AND id = (SELECT id FROM bw_jobs WHERE ");
    push_free(&mut sql, now);
    sql.push(" ORDER BY id LIMIT 1) RETURNING ").push(COLUMNS);
    tx.row(sql).await?.as_ref().map(read).transpose()
}

fn push_free(sql: &mut Sql, now: DateTime<Utc>) {
    sql.push("state IN ('waiting', 'running') AND (lease_until IS NULL OR lease_until < ");
    sql.push_bind(now).push(")");
}

pub(in crate::store) async fn advance(
    tx: &mut Transaction,
    job: i64,
    lease: Lease<'_>,
    step: &JobStep,
) -> Result<Option<bool>, Error> {
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let sql = Sql::new(
        "UPDATE bw_jobs SET place = $1, seen = seen + $2, done = done + $3, failed = failed + $4, lease_until = $5 \
         WHERE id = $6 AND lease_owner = $7 AND state = 'running' RETURNING cancel, failed",
    )
    .bind(step.place.as_str())
    .bind(whole(step.seen))
    .bind(whole(step.done))
    .bind(whole(step.failed))
    .bind(lease.until)
    .bind(job)
    .bind(lease.owner);
    let Some(found) = tx.row(sql).await? else { return Ok(None) };
    let cancel = found.yes(0)?;
    let before = found.count(1)?.saturating_sub(step.failed);
    let room = usize::try_from(KEPT_FAULTS.saturating_sub(before)).unwrap_or(0);
    for faults in step.faults.get(..step.faults.len().min(room)).unwrap_or_default().chunks(100) {
        let mut sql = Sql::new("INSERT INTO bw_job_faults (job, line, field, message) VALUES ");
        for (i, fault) in faults.iter().enumerate() {
            sql.push(if i == 0 { "(" } else { ", (" });
            sql.push_bind(job).push(", ").push_bind(fault.line).push(", ").push_bind(fault.field.as_str());
            sql.push(", ").push_bind(fault.message.as_str()).push(")");
        }
        tx.execute(sql).await?;
    }
    Ok(Some(cancel))
}

/// Back to the start, faults forgotten; whether it is this owner's.
pub(in crate::store) async fn rewind(tx: &mut Transaction, job: i64, lease: Lease<'_>) -> Result<bool, Error> {
    let sql = Sql::new(
        "UPDATE bw_jobs SET place = '', seen = 0, done = 0, failed = 0, lease_until = $1 \
         WHERE id = $2 AND lease_owner = $3 AND state = 'running'",
    )
    .bind(lease.until)
    .bind(job)
    .bind(lease.owner);
    if tx.execute(sql).await? != 1 {
        return Ok(false);
    }
    tx.execute(Sql::new("DELETE FROM bw_job_faults WHERE job = $1").bind(job)).await?;
    Ok(true)
}

/// The lease goes on; with how far the job is, if that is known.
pub(in crate::store) async fn hold(
    tx: &mut Transaction,
    job: i64,
    lease: Lease<'_>,
    seen: Option<u64>,
) -> Result<Option<JobRow>, Error> {
    let mut sql = Sql::new("UPDATE bw_jobs SET lease_until = ");
    sql.push_bind(lease.until);
    if let Some(seen) = seen {
        sql.push(", seen = ").push_bind(i64::try_from(seen).unwrap_or(i64::MAX));
    }
    sql.push(" WHERE id = ").push_bind(job).push(" AND lease_owner = ").push_bind(lease.owner);
    sql.push(" AND state = 'running' RETURNING ").push(COLUMNS);
    tx.row(sql).await?.as_ref().map(read).transpose()
}

/// How many jobs of this person are not over.
pub(in crate::store) async fn under_way(tx: &mut Transaction, person: i64) -> Result<u64, Error> {
    let sql =
        Sql::new("SELECT count(*) FROM bw_jobs WHERE person = $1 AND state IN ('waiting', 'running')").bind(person);
    tx.row(sql).await?.map_or(Ok(0), |found| found.count(0))
}

/// Rows done and failed of a job that ended just now.
pub(in crate::store) async fn end(
    tx: &mut Transaction,
    job: i64,
    owner: &str,
    state: JobState,
    note: &str,
    now: DateTime<Utc>,
) -> Result<Option<(u64, u64)>, Error> {
    let sql = Sql::new(
        "UPDATE bw_jobs SET state = $1, note = $2, ended_at = $3, lease_owner = NULL, lease_until = NULL \
         WHERE id = $4 AND lease_owner = $5 AND state = 'running' RETURNING done, failed",
    )
    .bind(state.text())
    .bind(note)
    .bind(now)
    .bind(job)
    .bind(owner);
    tx.row(sql).await?.map(|found| Ok((found.count(0)?, found.count(1)?))).transpose()
}

pub(in crate::store) async fn cancel(tx: &mut Transaction, job: i64, person: i64) -> Result<bool, Error> {
    let sql = Sql::new(
        "UPDATE bw_jobs SET cancel = $1 WHERE id = $2 AND person = $3 AND state IN ('waiting', 'running') \
         AND cancel <> $1",
    )
    .bind(true)
    .bind(job)
    .bind(person);
    Ok(tx.execute(sql).await? == 1)
}

/// Removes jobs that were over before then, with what failed in them.
pub(in crate::store) async fn forget(tx: &mut Transaction, before: DateTime<Utc>) -> Result<u64, Error> {
    let sql = Sql::new("DELETE FROM bw_jobs WHERE ended_at < $1").bind(before);
    Ok(tx.execute(sql).await?)
}

fn read(found: &Answer) -> Result<JobRow, Error> {
    let state = found.words(7)?;
    let total = found.int(10)?.map(|total| u64::try_from(total).unwrap_or(0));
    Ok(JobRow {
        id: found.whole(0)?,
        person: found.whole(1)?,
        session: found.whole(2)?,
        origin: Origin::kept(Some(&found.words(3)?), found.text(17)?),
        kind: found.words(4)?,
        model: found.words(5)?,
        params: found.words(6)?,
        state: JobState::from_text(&state).ok_or_else(|| Error::Bug(format!("no job stands at {state}")))?,
        created_at: found.moment(8)?,
        ended_at: found.optional_moment(9)?,
        total,
        seen: found.count(11)?,
        done: found.count(12)?,
        failed: found.count(13)?,
        place: found.words(14)?,
        cancel: found.yes(15)?,
        note: found.words(16)?,
    })
}

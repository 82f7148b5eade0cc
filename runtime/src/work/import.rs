//! Imports: the rows of an upload, part by part, tried or brought in. As one: all rows in one transaction or none. Else
//! each part by itself: good rows go in, the others are listed.

use super::{For, Held, Stepped, Worker, spelled};
use crate::authorize::{Terms, authorize_framework};
use crate::error::Error;
use crate::import::{Asked, Mapping, fields};
use crate::panel::{Framework, Model, Verb};
use crate::store::{Came, Importing, JobRow, JobState, JobStep, Met, Parents, UploadPart, UploadRow, Write};

struct Rights {
    import: Terms,
    create: Option<Terms>,
    edit: Option<Terms>,
    views: Vec<Terms>,
    people: bool,
}

impl Rights {
    fn how(&self, mapping: &Mapping, dry: bool) -> Importing<'_> {
        Importing {
            import: &self.import,
            create: self.create.as_ref(),
            edit: self.edit.as_ref(),
            key: mapping.key(),
            parents: Parents::Within { views: &self.views, people: self.people },
            dry,
        }
    }

    fn mapping(&self, asked: &Asked) -> Result<Mapping, Error> {
        Mapping::new(asked, self.import.model().key, &fields(&self.import, self.create.as_ref(), self.edit.as_ref()))
    }
}

impl Worker<'_> {
    pub(super) async fn import(&self, job: &JobRow, who: &For<'_>, met: &mut Met) -> Result<Stepped, Error> {
        let model = self.model(job)?;
        let asked: Asked = serde_json::from_str(&job.params)
            .map_err(|why| Error::Bug(format!("job {} does not read: {why}", job.id)))?;
        let upload = self.app.store.upload(asked.upload, self.now()).await?;
        let Some(upload) = upload.filter(|upload| upload.person == job.person && upload.model == model.name) else {
            return Ok(Stepped::Over(JobState::Failed, "The file is not kept any more; send it anew.".to_owned()));
        };
        if asked.dry {
            return self.try_out(job, who, model, &asked, &upload).await;
        }
        if asked.as_one {
            return self.as_one(job, who, model, &asked, &upload).await;
        }
        let rights = self.rights(who, model)?;
        let mapping = rights.mapping(&asked)?;
        let came_to = job.place.parse().unwrap_or(0);
        if met.through != came_to {
            // Another process brought in what is before, or a step of this one was undone.
            *met = self.met(upload.id, came_to, &mapping).await?;
        }
        let Some(part) = self.app.store.upload_part(upload.id, came_to).await? else {
            self.app.store.drop_upload(upload.id).await?;
            return Ok(Stepped::Over(JobState::Done, String::new()));
        };
        let through = last_of(&part);
        met.through = u64::MAX;
        let mut write = self.app.store.write_apart(who.context.clone()).await?;
        let step = self.part(&mut write, &rights, &mapping, false, met, part).await?;
        let kept = self.finish(job, write, &step).await?;
        met.through = through;
        Ok(if kept.is_some() { Stepped::More } else { Stepped::Lost })
    }

    /// What the rows up to here are matched by.
    async fn met(&self, upload: i64, through: u64, mapping: &Mapping) -> Result<Met, Error> {
        let mut met = Met::default();
        met.through = through;
        let mut after = 0;
        while mapping.key().is_some() && after < through {
            let Some(part) = self.app.store.upload_part(upload, after).await? else { break };
            after = last_of(&part);
            for (_, cells) in part.rows {
                if let Ok(row) = mapping.read(self.app.panel, &cells, self.app.clock.now()) {
                    met.is_first(None, &row.key);
                }
            }
        }
        Ok(met)
    }

    /// A dry run. It sees all rows, to find those that get into each other's way, and starts over if its process dies.
    async fn try_out(
        &self,
        job: &JobRow,
        who: &For<'_>,
        model: &'static Model,
        asked: &Asked,
        upload: &UploadRow,
    ) -> Result<Stepped, Error> {
        if !self.app.store.rewind_job(job.id, self.lease()).await? {
            return Ok(Stepped::Lost);
        }
        let mut met = Met::default();
        let mut after = 0;
        while let Some(part) = self.app.store.upload_part(upload.id, after).await? {
            after = last_of(&part);
            let Some((rights, mapping)) = self.still(job, who, model, asked).await? else { return Ok(Stepped::More) };
            let mut write = self.app.store.write_apart(who.context.clone()).await?;
            let step = self.part(&mut write, &rights, &mapping, true, &mut met, part).await?;
            write.roll_back().await?;
            match self.app.store.advance_job(job.id, self.lease(), &step).await? {
                None => return Ok(Stepped::Lost),
                Some(true) => return Ok(Stepped::More),
                Some(false) => {}
            }
        }
        Ok(Stepped::Over(JobState::Done, String::new()))
    }

    /// All rows in one transaction, with the end of the job; none if one can't go in. How far it is shows beside it.
    async fn as_one(
        &self,
        job: &JobRow,
        who: &For<'_>,
        model: &'static Model,
        asked: &Asked,
        upload: &UploadRow,
    ) -> Result<Stepped, Error> {
        if !self.app.store.rewind_job(job.id, self.lease()).await? {
            return Ok(Stepped::Lost);
        }
        let way = self.app.under_way.begin(job.id);
        let _held = Held::of(self.app, job.id, self.owner, way.counter());
        let mut sum = JobStep::default();
        let mut met = Met::default();
        let mut after = 0;
        let mut write = self.app.store.write_for_long(who.context.clone()).await?;
        while let Some(part) = self.app.store.upload_part(upload.id, after).await? {
            after = last_of(&part);
            if way.is_to_end() {
                write.roll_back().await?;
                return Ok(Stepped::Over(JobState::Cancelled, "Ended by hand; nothing was brought in.".to_owned()));
            }
            let Some((rights, mapping)) = self.still(job, who, model, asked).await? else {
                write.roll_back().await?;
                return Ok(Stepped::More);
            };
            let step = self.part(&mut write, &rights, &mapping, false, &mut met, part).await?;
            sum.seen += step.seen;
            sum.done += step.done;
            sum.place.clone_from(&step.place);
            way.has_seen(sum.seen);
            if step.failed > 0 {
                write.roll_back().await?;
                let step = JobStep { seen: sum.seen, done: 0, ..step };
                // What was told from beside counts no more.
                if !self.app.store.rewind_job(job.id, self.lease()).await?
                    || self.app.store.advance_job(job.id, self.lease(), &step).await?.is_none()
                {
                    return Ok(Stepped::Lost);
                }
                let why = "Nothing was brought in: all rows were to go in or none, and some can't.";
                return Ok(Stepped::Over(JobState::Failed, why.to_owned()));
            }
        }
        if !write.rewind_job(job.id, self.lease()).await?
            || write.advance_job(job.id, self.lease(), &sum).await?.is_none()
        {
            write.roll_back().await?;
            return Ok(Stepped::Lost);
        }
        // Together, so that no process that dies in between leaves a job that would bring all of it in once more.
        write.drop_upload(upload.id).await?;
        match write.end_job(job, self.owner, JobState::Done, "").await? {
            Some(recorded) => write.commit(recorded).await?,
            None => write.roll_back().await?,
        }
        Ok(Stepped::Ended)
    }

    /// The person's rights, asked for anew with every part; none: they may not go on, or asked for the end, and the
    /// next step says so.
    async fn still(
        &self,
        job: &JobRow,
        who: &For<'_>,
        model: &'static Model,
        asked: &Asked,
    ) -> Result<Option<(Rights, Mapping)>, Error> {
        if self.app.store.job_is_cancelled(job.id).await? {
            return Ok(None);
        }
        let Ok(actor) = self.who(job).await? else { return Ok(None) };
        let rights = self.rights(&For { actor: &actor, context: who.context.clone() }, model)?;
        let mapping = rights.mapping(asked)?;
        Ok(Some((rights, mapping)))
    }

    fn rights(&self, who: &For<'_>, model: &'static Model) -> Result<Rights, Error> {
        Ok(Rights {
            import: self.terms(who, Verb::Import, model)?,
            create: self.terms_if_any(who, Verb::Create, model),
            edit: self.terms_if_any(who, Verb::Edit, model),
            views: self.views(who),
            people: authorize_framework(self.app.panel, who.actor, Verb::View, Framework::People).is_ok(),
        })
    }

    /// The rows of one part.
    async fn part(
        &self,
        write: &mut Write,
        rights: &Rights,
        mapping: &Mapping,
        dry: bool,
        met: &mut Met,
        part: UploadPart,
    ) -> Result<JobStep, Error> {
        let model = rights.import.model();
        let mut step =
            JobStep { place: last_of(&part).to_string(), seen: part.rows.len() as u64, ..JobStep::default() };
        let (mut rows, mut lines) = (Vec::new(), Vec::new());
        for (line, cells) in part.rows {
            let line = i64::try_from(line).unwrap_or(i64::MAX);
            match mapping.read(self.app.panel, &cells, self.app.clock.now()) {
                Ok(row) => {
                    rows.push(row);
                    lines.push(line);
                }
                Err(why) => {
                    step.failed += 1;
                    step.faults.extend(spelled(model, line, why));
                }
            }
        }
        let came = write.import_rows(&rights.how(mapping, dry), met, rows).await?;
        for (line, came) in lines.into_iter().zip(came) {
            match came {
                Came::Created | Came::Changed | Came::Unchanged => step.done += 1,
                Came::Refused(why) => {
                    step.failed += 1;
                    step.faults.extend(spelled(model, line, why));
                }
            }
        }
        step.faults.sort_by_key(|fault| fault.line);
        Ok(step)
    }
}

/// Number of its last row.
fn last_of(part: &UploadPart) -> u64 {
    (part.first + part.rows.len() as u64).saturating_sub(1)
}

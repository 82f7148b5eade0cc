//! Imports: the rows of an upload, part by part, tried or brought in. As one: all rows in one transaction or none. Else
//! each part by itself: good rows go in, the others are listed.

use super::{For, Stepped, Worker, spelled};
use crate::authorize::{Terms, authorize_framework};
use crate::error::Error;
use crate::import::{Asked, Mapping, fields};
use crate::panel::{Framework, Model, Verb};
use crate::store::{Came, Importing, JobRow, JobState, JobStep, Lease, Met, Parents, UploadPart, UploadRow, Write};

/// How long all rows in one transaction may take before another process thinks that this one died.
const AS_ONE: chrono::Duration = chrono::Duration::minutes(10);

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
        Mapping::new(asked, &fields(&self.import, self.create.as_ref(), self.edit.as_ref()))
    }
}

impl Worker<'_> {
    pub(super) async fn import(&self, job: &JobRow, who: &For<'_>) -> Result<Stepped, Error> {
        let model = self.model(job)?;
        let asked: Asked = serde_json::from_str(&job.params)
            .map_err(|why| Error::Bug(format!("job {} does not read: {why}", job.id)))?;
        let upload = self.app.store.upload(asked.upload, self.now()).await?;
        let Some(upload) = upload.filter(|upload| upload.person == job.person && upload.model == model.name) else {
            return Ok(Stepped::Over(JobState::Failed, "The file is not kept any more; send it anew.".to_owned()));
        };
        if asked.dry || asked.as_one {
            return self.in_one_go(job, who, model, &asked, &upload).await;
        }
        let rights = self.rights(who, model)?;
        let mapping = rights.mapping(&asked)?;
        let Some(part) = self.app.store.upload_part(upload.id, came_to(job)).await? else {
            self.app.store.drop_upload(upload.id).await?;
            return Ok(Stepped::Over(JobState::Done, String::new()));
        };
        let mut write = self.app.store.write(who.context.clone()).await?;
        let step = self.part(&mut write, &rights, &mapping, false, &mut Met::new(), part).await?;
        Ok(match self.finish(job, write, &step).await? {
            Some(cancel) => Stepped::More { cancel },
            None => Stepped::Lost,
        })
    }

    /// A dry run, which must see all rows to find those that get into each other's way, or all rows in one transaction.
    /// Either starts over if its process dies.
    async fn in_one_go(
        &self,
        job: &JobRow,
        who: &For<'_>,
        model: &'static Model,
        asked: &Asked,
        upload: &UploadRow,
    ) -> Result<Stepped, Error> {
        // One transaction can tell nobody how far it is; a dry run does with every part.
        let lease = if asked.dry { self.lease() } else { Lease { owner: self.owner, until: self.now() + AS_ONE } };
        self.app.store.rewind_job(job.id, lease).await?;
        let job = &JobRow { place: String::new(), seen: 0, done: 0, failed: 0, ..job.clone() };
        if self.stay(job, lease).await?.is_none() {
            return Ok(Stepped::Lost);
        }
        let mut whole: Option<Write> = None;
        let mut sum = JobStep::default();
        let mut met = Met::new();
        let mut after = 0;
        while let Some(part) = self.app.store.upload_part(upload.id, after).await? {
            after = part.first + part.rows.len() as u64 - 1;
            // The right is asked for anew with every part, also within the one transaction.
            let actor = match self.who(job).await? {
                Ok(actor) => actor,
                Err(why) => return Ok(Stepped::Over(JobState::Stopped, why)),
            };
            let who = &For { actor: &actor, context: who.context.clone() };
            let rights = self.rights(who, model)?;
            let mapping = rights.mapping(asked)?;
            if asked.dry {
                let mut write = self.app.store.write(who.context.clone()).await?;
                let step = self.part(&mut write, &rights, &mapping, true, &mut met, part).await?;
                write.roll_back().await?;
                match self.app.store.advance_job(job.id, self.lease(), &step).await? {
                    None => return Ok(Stepped::Lost),
                    Some(true) => return Ok(Stepped::More { cancel: true }),
                    Some(false) => {}
                }
                continue;
            }
            if self.app.store.job_is_cancelled(job.id).await? {
                return Ok(Stepped::More { cancel: true });
            }
            let mut write = match whole.take() {
                Some(write) => write,
                None => self.app.store.write(who.context.clone()).await?,
            };
            let step = self.part(&mut write, &rights, &mapping, false, &mut met, part).await?;
            sum.seen += step.seen;
            sum.done += step.done;
            sum.place.clone_from(&step.place);
            if step.failed > 0 {
                write.roll_back().await?;
                let step = JobStep { seen: sum.seen, done: 0, ..step };
                if self.app.store.advance_job(job.id, self.lease(), &step).await?.is_none() {
                    return Ok(Stepped::Lost);
                }
                let why = "Nothing was brought in: all rows were to go in or none, and some can't.";
                return Ok(Stepped::Over(JobState::Failed, why.to_owned()));
            }
            whole = Some(write);
        }
        if let Some(write) = whole
            && self.finish(job, write, &sum).await?.is_none()
        {
            return Ok(Stepped::Lost);
        }
        if !asked.dry {
            self.app.store.drop_upload(upload.id).await?;
        }
        Ok(Stepped::Over(JobState::Done, String::new()))
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
        let mut step = JobStep {
            place: (part.first + part.rows.len() as u64 - 1).to_string(),
            seen: part.rows.len() as u64,
            ..JobStep::default()
        };
        let (mut rows, mut lines) = (Vec::new(), Vec::new());
        for (line, cells) in part.rows {
            let line = i64::try_from(line).unwrap_or(i64::MAX);
            match mapping.read(self.app.panel, &cells) {
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

fn came_to(job: &JobRow) -> u64 {
    job.place.parse().unwrap_or(0)
}

//! One's own work in progress: a list, a page for each job with what failed in it, and its end by hand. Nobody sees
//! another's.

use super::{frame, is_post, show, words};
use crate::context::Cx;
use crate::error::Error;
use crate::import;
use crate::panel::KeyKind;
use crate::panel::Model;
use crate::response::Response;
use crate::route::{Page, Route, WorkPage};
use crate::store::{JobRow, JobState};
use crate::views::{Again, FaultView, Hidden, JobLine, JobPage, Link, Text, WorkPage as WorkView};
use crate::work::{self, BulkAsked};

pub(super) async fn page(cx: &Cx<'_>, page: WorkPage) -> Result<Response, Error> {
    match page {
        WorkPage::List => list(cx).await,
        WorkPage::One(id) => one(cx, id).await,
        WorkPage::Cancel(id) => cancel(cx, id).await,
    }
}

fn me(cx: &Cx<'_>) -> i64 {
    cx.actor.asker.person
}

fn model(cx: &Cx<'_>, job: &JobRow) -> Option<&'static Model> {
    cx.panel().models.iter().find(|model| model.name == job.model)
}

async fn list(cx: &Cx<'_>) -> Result<Response, Error> {
    // Whoever looks may look for what a process left that died.
    cx.app.bell.notify_one();
    let jobs = cx.app.store.jobs(me(cx)).await?;
    let view = WorkView {
        jobs: jobs
            .iter()
            .map(|job| JobLine {
                href: cx.link(&Route::Work(WorkPage::One(job.id))).into(),
                label: label(cx, job).into(),
                count: format!("{} done, {} failed", words::number(job.done), words::number(job.failed)).into(),
                state: state(job.state),
                tone: tone(job),
                at: job.created_at.format("%Y-%m-%d %H:%M").to_string().into(),
                stamp: job.created_at.format("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
            })
            .collect(),
        frame: frame::frame(cx, "Your work in progress", Vec::new()),
    };
    show(&view)
}

async fn one(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let mut job = cx.app.store.job(me(cx), id).await?.ok_or(Error::NotFound)?;
    let running = !job.state.is_over();
    if running {
        cx.app.bell.notify_one();
        // All or none: the database tells of it at the end.
        job.seen = job.seen.max(cx.app.under_way.seen(id).unwrap_or_default());
    }
    let waits = if running { cx.app.under_way.waits_for(id, cx.now - work::LEASE) } else { None };
    let faults = cx.app.store.job_faults(job.id).await?;
    let model = model(cx, &job);
    let is_import = job.kind == "import";
    let of_total = job.total.map_or_else(String::new, |total| format!(" of {}", words::number(total)));
    let dry = import_of(&job).is_some_and(|asked| asked.dry);
    let done = if dry { "could go in" } else { "done" };
    let kept = u64::try_from(faults.len()).unwrap_or(u64::MAX);
    let back = match model {
        Some(model) => Link {
            label: format!("To {}", model.plural.to_lowercase()).into(),
            href: cx.link(&Route::Model(model, Page::List)).into(),
        },
        None => Link { label: "Home".into(), href: cx.link(&Route::Home).into() },
    };
    let view = JobPage {
        state: if waits.is_some() { "waits" } else { state(job.state) },
        tone: tone(&job),
        running,
        seen: job.seen,
        total: job.total,
        counts: format!(
            "{}{of_total} looked at, {} {done}, {} failed.",
            words::number(job.seen),
            words::number(job.done),
            words::number(job.failed)
        )
        .into(),
        note: waits.map_or_else(|| job.note.clone().into(), Text::from),
        faults: faults
            .into_iter()
            .map(|fault| FaultView {
                label: match model {
                    Some(model) if !is_import && model.key != KeyKind::Number => model.title.to_owned(),
                    Some(model) if !is_import => format!("{} {}", model.title, fault.line),
                    _ => format!("Line {}", fault.line),
                }
                .into(),
                href: model
                    .filter(|model| !is_import && model.key == KeyKind::Number)
                    .map(|model| cx.link(&Route::Model(model, Page::Detail(fault.line.into()))).into()),
                field: fault.field.into(),
                text: fault.message.into(),
            })
            .collect(),
        unnamed: (job.failed > kept).then(|| words::number(job.failed - kept).into()),
        cancel: (running && !job.cancel).then(|| cx.link(&Route::Work(WorkPage::Cancel(job.id))).into()),
        again: model.and_then(|model| again(cx, model, &job)),
        back,
        frame: frame::frame(
            cx,
            label(cx, &job),
            vec![Link { label: "Your work".into(), href: cx.link(&Route::Work(WorkPage::List)).into() }],
        ),
    };
    show(&view)
}

async fn cancel(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    if is_post(cx) {
        if cx.app.store.job(me(cx), id).await?.is_some() {
            // What holds the one writer ends first, else the end would wait for what it ends.
            cx.app.under_way.end(id);
        }
        let mut write = cx.app.store.write(cx.context()).await?;
        match write.cancel_job(id).await? {
            Some(recorded) => write.commit(recorded).await?,
            None => write.roll_back().await?,
        }
    }
    Ok(Response::see_other(&cx.link(&Route::Work(WorkPage::One(id)))))
}

fn import_of(job: &JobRow) -> Option<import::Asked> {
    if job.kind == "import" { serde_json::from_str(&job.params).ok() } else { None }
}

/// After a trial: the import itself, with the same columns.
fn again(cx: &Cx<'_>, model: &'static Model, job: &JobRow) -> Option<Again> {
    let asked = import_of(job).filter(|asked| asked.dry && job.state == JobState::Done)?;
    let action = cx.link(&Route::Model(model, Page::Upload(asked.upload)));
    let back = Link { label: "Back to the columns".into(), href: action.clone().into() };
    // All or none, and some can't: there is nothing to bring in.
    if job.done == 0 || (asked.as_one && job.failed > 0) {
        return Some(Again { action: "".into(), fields: Vec::new(), label: "".into(), back });
    }
    let mut fields: Vec<Hidden> = asked
        .columns
        .iter()
        .enumerate()
        .map(|(place, name)| Hidden {
            name: format!("m.{place}").into(),
            value: name.clone().unwrap_or_default().into(),
        })
        .collect();
    let hidden = |name: &'static str, value: String| Hidden { name: name.into(), value: value.into() };
    fields.push(hidden("key", asked.key.clone().unwrap_or_default()));
    fields.push(hidden("how", if asked.as_one { "one" } else { "parts" }.to_owned()));
    fields.push(hidden("step", "go".to_owned()));
    let label = format!("Import {}", words::rows(job.done));
    Some(Again { action: action.into(), fields, label: label.into(), back })
}

fn label(cx: &Cx<'_>, job: &JobRow) -> String {
    let model = model(cx, job);
    let plural = model.map_or_else(|| job.model.clone(), |model| model.plural.to_lowercase());
    match job.kind.as_str() {
        "import" if import_of(job).is_some_and(|asked| asked.dry) => format!("Trial import of {plural}"),
        "import" => format!("Import of {plural}"),
        "delete" => format!("Deletion of {plural}"),
        "edit" => format!("Change of {plural}"),
        _ => {
            let asked: Option<BulkAsked> = serde_json::from_str(&job.params).ok();
            let action = asked.and_then(|asked| {
                let of = model?.actions.iter().find(|action| action.name == asked.what)?;
                Some(of.title)
            });
            format!("{}: {plural}", action.unwrap_or("Action"))
        }
    }
}

fn state(state: JobState) -> &'static str {
    match state {
        JobState::Waiting => "waiting",
        JobState::Running => "under way",
        JobState::Done => "done",
        JobState::Cancelled => "ended by hand",
        JobState::Stopped => "stopped",
        JobState::Failed => "failed",
    }
}

fn tone(job: &JobRow) -> &'static str {
    match job.state {
        JobState::Done if job.failed == 0 => "yes",
        JobState::Waiting | JobState::Running | JobState::Done => "t1",
        JobState::Cancelled | JobState::Stopped | JobState::Failed => "no",
    }
}

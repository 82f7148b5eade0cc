//! The export of the audit log as it is filtered: the question which columns and which format, and the file. Both
//! rights over the log, a fresh proof where the block asks for one of exports, and the throttle stand before it.

use std::sync::Arc;

use http::StatusCode;

use super::asked::Asked;
use crate::audit::{Change, EntryPosition, Event, EventId};
use crate::authorize::{authorize_framework, lacks_proof_over_framework};
use crate::context::Cx;
use crate::error::Error;
use crate::export::log::{Column, LogExport, Which};
use crate::pages::export::{asks, formats, read_format, too_many};
use crate::pages::{frame, is_post, show};
use crate::panel::{Framework, Sensitivity, Verb};
use crate::response::{Body, Response};
use crate::route::Route;
use crate::views::{ExportColumn, ExportPage, Link};

pub(in crate::pages) async fn page(cx: &Cx<'_>) -> Result<Response, Error> {
    authorize_framework(cx.panel(), &cx.actor, Verb::View, Framework::Audit)?;
    authorize_framework(cx.panel(), &cx.actor, Verb::Export, Framework::Audit)?;
    let mut asked = Asked::read(cx)?;
    // All of it, whichever page was open.
    asked.position = EntryPosition::Newest;
    if is_post(cx) { file(cx, &asked).await } else { question(cx, &asked, None, StatusCode::OK) }
}

fn question(cx: &Cx<'_>, asked: &Asked, error: Option<&'static str>, status: StatusCode) -> Result<Response, Error> {
    let log = cx.link(&Route::Audit);
    let filter = asked.in_words();
    let view = ExportPage {
        action: asked.address(&cx.link(&Route::AuditExport), "", None).into(),
        cancel: asked.address(&log, "", None).into(),
        lead: if filter.is_empty() {
            "The whole audit log leaves the panel as a file, a row for each change. That is recorded."
        } else {
            "The entries that match leave the panel as a file, a row for each change. That is recorded."
        }
        .into(),
        filter: filter.into(),
        reasons: Vec::new(),
        columns: Column::ALL
            .into_iter()
            .map(|column| ExportColumn { name: column.name().into(), label: column.title().into(), checked: true })
            .collect(),
        formats: formats(),
        error: error.map(Into::into),
        frame: frame::frame(cx, "Export of the audit log", vec![Link { label: "Audit".into(), href: log.into() }]),
    };
    Ok(show(&view)?.with_status(status))
}

async fn file(cx: &Cx<'_>, asked: &Asked) -> Result<Response, Error> {
    let no = || Error::BadRequest("This export does not offer that.".to_owned());
    let format = read_format(cx)?;
    let mut columns = Vec::new();
    for name in cx.posted.all("column") {
        columns.push(Column::ALL.into_iter().find(|column| column.name() == name).ok_or_else(no)?);
    }
    if columns.is_empty() {
        return question(cx, asked, Some("Choose at least one column."), StatusCode::UNPROCESSABLE_ENTITY);
    }
    // Before anything is counted: who is asked for a proof has not exported yet.
    if lacks_proof_over_framework(cx.panel(), &cx.actor, Verb::Export) {
        return Err(Error::ProofNeeded);
    }
    let which = Which::of(&asked.query(cx, 1).await?);
    let Ok(place) = Arc::clone(&cx.app.exports).try_acquire_owned() else {
        return Err(Error::Unavailable("as many exports as may are under way".to_owned()));
    };
    if !cx.app.store.reserve(&asks(cx), cx.now).await? {
        let filter = Change::fact("filter", Sensitivity::Personal, asked.in_words());
        return too_many(cx, Event::about(EventId::ExportThrottled, "Audit", None).with(filter)).await;
    }
    let name = format!("audit-{}.{}", cx.now.format("%Y-%m-%d"), format.word());
    let export = LogExport { session: cx.actor.session, which, columns, format, in_words: asked.in_words() };
    let context = cx.context();
    let from = export.start(cx.app.store.clone(), cx.app.clock.clone(), context, place).await?;
    Ok(Response::file(format.media_type(), &name, Body::parts(from)))
}

//! DELETE of a row, as the delete page does it: what would go along is said first and has to be agreed to by its number, what
//! holds the row is named, and nothing goes that was changed since it was seen.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value as Json};

use super::saving::unversioned;
use super::{given, problem};
use crate::authorize::Terms;
use crate::context::Cx;
use crate::error::Error;
use crate::key::RowKey;
use crate::pages::terms;
use crate::panel::{Model, OnDelete, Verb};
use crate::response::{Body, Response};
use crate::store::{DeletePreview, GetQuery, proved};

pub(super) async fn remove(cx: &Cx<'_>, model: &'static Model, id: RowKey) -> Result<Response, Error> {
    let view = terms(cx, Verb::View, model)?;
    let delete = terms(cx, Verb::Delete, model)?;
    proved(&delete)?;
    let (version, along) = asked(cx)?;
    let Some(version) = version else { return Ok(unversioned()) };
    let query = GetQuery { terms: &view, id, columns: view.fields_somewhere().union(delete.reads()), labels: &[] };
    let found = cx.app.store.get(&query).await?.ok_or(Error::NotFound)?;
    if !delete.covers(&found.row) {
        let title = model.title.to_lowercase();
        return Err(Error::Beyond(format!("You may see this {title}, but your role may not delete it as it is now.")));
    }
    if version != found.row.version {
        return Ok(conflict("Somebody else changed this meanwhile. Nothing was deleted.", Map::new()));
    }
    let Some(told) = preview(cx, &delete, id).await? else { return Err(Error::NotFound) };
    let goes = counts(cx, &told, OnDelete::Cascade);
    let total: u64 = goes.iter().map(|(_, count)| count).sum();
    if told.held || (total > 0 && along != Some(total)) {
        return Ok(in_the_way(cx, &told, goes, total));
    }
    let mut write = cx.app.store.write(cx.context()).await?;
    let deleted = match write.delete(&delete, id, Some(version)).await {
        Ok(recorded) => write.commit(recorded).await,
        Err(error) => Err(error),
    };
    match deleted {
        Ok(()) => {
            Ok(Response { status: StatusCode::NO_CONTENT, headers: HeaderMap::new(), body: Body::from(Bytes::new()) })
        }
        Err(Error::Stale(_)) => Ok(conflict("Somebody else changed this meanwhile. Nothing was deleted.", Map::new())),
        // A rule of the table, or rows of a table that the panel does not know.
        Err(Error::Check(why)) => Ok(conflict(why, Map::new())),
        Err(other) => Err(other),
    }
}

/// The version that was seen, and how many rows may go along.
fn asked(cx: &Cx<'_>) -> Result<(Option<i64>, Option<u64>), Error> {
    let (mut version, mut along) = (given::version_of(cx)?, None);
    for (name, value) in cx.query.iter() {
        match name {
            "version" if version.is_none() => version = Some(given::said_version(value)?),
            "along" if along.is_none() => {
                let no = || Error::BadRequest("`along` is the number of rows that go along.".to_owned());
                along = Some(value.parse().map_err(|_| no())?);
            }
            _ => return Err(Error::BadRequest("A delete is asked for with `version` and `along` alone.".to_owned())),
        }
    }
    Ok((version, along))
}

async fn preview(cx: &Cx<'_>, delete: &Terms, id: RowKey) -> Result<Option<DeletePreview>, Error> {
    // Without views nothing is named, only counted.
    cx.app.store.delete_preview(delete, id, &[]).await
}

/// How many rows of which model, once each.
fn counts(cx: &Cx<'_>, told: &DeletePreview, effect: OnDelete) -> Vec<(&'static Model, u64)> {
    let mut counts: Vec<(&'static Model, u64)> = Vec::new();
    for group in told.groups.iter().filter(|group| group.effect == effect) {
        let Some(model) = cx.panel().models.get(group.model) else { continue };
        match counts.iter_mut().find(|(known, _)| known.index == model.index) {
            Some((_, count)) => *count += group.count,
            None => counts.push((model, group.count)),
        }
    }
    counts
}

fn in_the_way(cx: &Cx<'_>, told: &DeletePreview, goes: Vec<(&'static Model, u64)>, total: u64) -> Response {
    let by_slug = |counts: Vec<(&'static Model, u64)>| -> Json {
        Json::Object(counts.into_iter().map(|(model, count)| (model.slug.to_owned(), count.into())).collect())
    };
    let mut more = Map::new();
    if told.held {
        more.insert("held_by".to_owned(), by_slug(counts(cx, told, OnDelete::Restrict)));
    }
    more.insert("goes_along".to_owned(), by_slug(goes));
    more.insert("loses_its_link".to_owned(), by_slug(counts(cx, told, OnDelete::SetNull)));
    if told.held {
        return conflict("Other rows point at it, or at what would go along: move or delete those first.", more);
    }
    more.insert("along".to_owned(), total.into());
    conflict(&format!("{total} more would go along. To delete them all, ask again with `along={total}`."), more)
}

fn conflict(text: &str, more: Map<String, Json>) -> Response {
    problem::response(StatusCode::CONFLICT, text, more)
}

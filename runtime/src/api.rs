//! The panel for programs: rows as JSON under `/api`, in the name of whoever made the token that comes with each request.
//! It has no way of its own to any row: terms come from authorize.rs, changes go through what the forms go through. It
//! reads no cookie, sets none, and answers with no page.

mod bearer;
mod conflict;
mod given;
mod problem;
mod removing;
mod rows;
mod saving;

use std::net::IpAddr;

use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use uuid::Uuid;

use crate::app::App;
use crate::context::Cx;
use crate::error::Error;
use crate::intake::Posted;
use crate::key::RowKey;
use crate::pages::act;
use crate::panel::{Model, Panel};
use crate::response::Response;
use crate::route::{ApiPage, Route};

pub(crate) use self::problem::refuse;

/// Whether a request is for the API: of this path, where the block has a `throttle token`.
pub(crate) fn is_meant(panel: &Panel, target: &str) -> bool {
    let path = path_of(target);
    panel.has_api() && (path == "/api" || path.starts_with("/api/"))
}

fn path_of(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}

/// The answer to a program. `target` is path and query with the base path off; of `posted` nothing is read yet, and
/// nothing is before it is known who asks.
pub(crate) async fn answer(
    app: &App,
    parts: &Parts,
    target: &str,
    posted: &mut Posted,
    peer: Option<IpAddr>,
    id: Uuid,
) -> Response {
    let path = path_of(target);
    let page = match Route::parse(app.panel, path) {
        Some(Route::Api(page)) => page,
        _ => ApiPage::Nothing,
    };
    let cx = Cx::of_nobody(app, parts, (target, Route::Api(page)), peer, id);
    let actor = match bearer::who(&cx).await {
        Ok(Ok(actor)) => actor,
        Ok(Err(refused)) => return refused,
        Err(error) => return problem::of_nobody(&error),
    };
    let cx = cx.with_actor(*actor);
    match inside(&cx, page, posted).await {
        Ok(answer) => answer,
        Err(error) => problem::explained(&cx, error).await,
    }
}

async fn inside(cx: &Cx<'_>, page: ApiPage, posted: &mut Posted) -> Result<Response, Error> {
    let (allowed, method) = (allowed(page), cx.method);
    if matches!(page, ApiPage::Nothing) {
        return Err(Error::NotFound);
    }
    if !allowed.split(", ").any(|name| name == method.as_str()) {
        let text = format!("Only these methods have a meaning here: {allowed}.");
        let answer = problem::response(StatusCode::METHOD_NOT_ALLOWED, &text, serde_json::Map::new());
        return Ok(answer.with_header(header::ALLOW, HeaderValue::from_static(allowed)));
    }
    match (page, method) {
        (ApiPage::List(model), &Method::POST) => saving::create(cx, model, posted).await,
        (ApiPage::List(model), _) => rows::list(cx, model).await,
        (ApiPage::Row(model, id), &Method::PATCH) => saving::change(cx, model, id, posted).await,
        (ApiPage::Row(model, id), &Method::DELETE) => removing::remove(cx, model, id).await,
        (ApiPage::Row(model, id), _) => rows::one(cx, model, id).await,
        (ApiPage::Act(model, id, action), _) => run(cx, model, id, action, posted).await,
        (ApiPage::Nothing, _) => Err(Error::NotFound),
    }
}

fn allowed(page: ApiPage) -> &'static str {
    match page {
        ApiPage::List(_) => "GET, HEAD, POST",
        ApiPage::Row(..) => "GET, HEAD, PATCH, DELETE",
        ApiPage::Act(..) => "POST",
        ApiPage::Nothing => "",
    }
}

/// A declared action. It takes nothing but the version of the row, for who wants to be sure of what they saw.
async fn run(
    cx: &Cx<'_>,
    model: &'static Model,
    id: RowKey,
    action: usize,
    posted: &mut Posted,
) -> Result<Response, Error> {
    let (body, _place) = posted.json(cx.app, &cx.actor, cx.route).await?;
    let mut version = given::version_of(cx)?;
    if !body.is_empty() {
        let mut object = given::Object::parse(&body)?;
        version = object.version(version)?;
        if let Some(name) = object.names().next() {
            return Err(Error::BadRequest(format!("An action takes no `{}`.", given::told(name))));
        }
    }
    let done = act::perform(cx, model, id, action, version).await?;
    let mut body = serde_json::Map::new();
    body.insert("message".to_owned(), done.message.into());
    Ok(problem::json("application/json", body))
}

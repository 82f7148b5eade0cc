//! Every refusal and fault as a page that says what to do. It tells the right that is missing and who holds it, never
//! anything about a row.

use http::{HeaderValue, StatusCode, header};
use uuid::Uuid;

use super::frame::{bare, frame};
use super::{show, words};
use crate::app::App;
use crate::context::Cx;
use crate::error::Error;
use crate::response::Response;
use crate::route::{Page, Route};
use crate::views::{Link, RefusalPage, Text};

/// For somebody who is signed in.
pub(crate) fn inside(cx: &Cx<'_>, error: &Error) -> Result<Response, Error> {
    let status = error.status();
    let text = match error {
        Error::Refused(refusal) => format!("Your role, {}, may not {}.", cx.actor.role.title, refusal.right).into(),
        other => other.visitor().into(),
    };
    let mut view = refusal(frame(cx, title(status), Vec::new()), status, text);
    if let Error::Refused(refusal) = error {
        view.steps = vec![if refusal.held_by.is_empty() {
            "No role of this panel holds that right.".into()
        } else {
            format!("{} may; ask one of them to do it.", words::list(&refusal.held_by)).into()
        }];
    }
    view.links = links(cx);
    view.reference = reference(status, cx.request_id);
    finish(&view, status)
}

/// For somebody who is signed in, where no error of the crate stands behind it.
pub(super) fn with(cx: &Cx<'_>, status: StatusCode, title: &'static str, text: Text) -> Result<Response, Error> {
    let mut view = refusal(frame(cx, title, Vec::new()), status, text);
    view.links = links(cx);
    finish(&view, status)
}

/// For nobody, and for what was not even read as a request (too large, wrong method).
pub(crate) fn outside(app: &App, status: StatusCode, text: Text, request: Uuid) -> Result<Response, Error> {
    let mut view = refusal(bare(app, title(status)), status, text);
    view.links = vec![Link { label: "To the panel".into(), href: app.link(&Route::Home).into() }];
    view.reference = reference(status, request);
    finish(&view, status)
}

/// A refusal in front of the panel; if even its page fails, the bare words.
pub(crate) fn refuse(app: &App, status: StatusCode, text: &'static str, id: Uuid) -> Response {
    let answer = outside(app, status, text.into(), id).unwrap_or_else(|error| {
        tracing::error!(request = %id, %error, "the page of a refusal failed");
        Response::text(text).with_status(status)
    });
    if status == StatusCode::METHOD_NOT_ALLOWED {
        return answer.with_header(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    }
    answer
}

fn finish(view: &RefusalPage, status: StatusCode) -> Result<Response, Error> {
    let answer = show(view)?.with_status(status);
    Ok(if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.with_header(header::RETRY_AFTER, HeaderValue::from_static("2"))
    } else {
        answer
    })
}

fn refusal(frame: crate::views::Frame, status: StatusCode, text: Text) -> RefusalPage {
    let steps = match status.as_u16() {
        400 => vec!["Open the page anew from the navigation; the address was changed or cut short.".into()],
        404 => vec![
            "Look whether the address is whole.".into(),
            "It may have been deleted, or it lies outside what your role sees.".into(),
        ],
        405 => vec!["Go back and use the buttons of the page.".into()],
        408 => vec!["Send it once more; what you typed is still there when you go back.".into()],
        413 => vec![
            "Go back: what you typed is still there.".into(),
            "Send less at once: shorten the text, or save it in parts.".into(),
        ],
        429 => vec!["Wait a little and try again; every further try makes the wait longer.".into()],
        500 => vec!["Try once more. If it stays, tell whoever runs this panel the reference below.".into()],
        503 => vec!["Try again in a moment. What you typed is still there when you go back.".into()],
        _ => Vec::new(),
    };
    RefusalPage { frame, status: status.as_u16(), text, steps, links: Vec::new(), reference: None }
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "This address makes no sense here",
        403 => "Not within your rights",
        404 => "Nothing here",
        408 => "Too slow",
        405 => "This can't be done this way",
        409 => "Somebody was faster",
        413 => "Too much at once",
        422 => "This can't be saved",
        429 => "Too many tries",
        503 => "The panel is busy",
        _ => "Something went wrong",
    }
}

fn reference(status: StatusCode, request: Uuid) -> Option<Text> {
    status.is_server_error().then(|| request.to_string().into())
}

fn links(cx: &Cx<'_>) -> Vec<Link> {
    let mut links = Vec::new();
    if let Route::Model(model, page) = cx.route
        && page != Page::List
        && super::terms_if_any(cx, crate::panel::Verb::View, model).is_some()
    {
        links.push(Link {
            label: format!("To {}", model.plural).into(),
            href: cx.link(&Route::Model(model, Page::List)).into(),
        });
    }
    links.push(Link { label: "Home".into(), href: cx.link(&Route::Home).into() });
    links
}

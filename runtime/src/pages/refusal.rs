//! Every refusal and fault as a page that says what to do. It tells the right that is missing and who holds it, never
//! anything about a row.

use http::{HeaderValue, StatusCode, header};
use uuid::Uuid;

use super::frame::{bare, door, frame};
use super::{again, show, words};
use crate::app::App;
use crate::audit::{Change, Context, Event, EventId};
use crate::authorize::Actor;
use crate::context::{Cx, Nobody};
use crate::error::{Error, FieldFault};
use crate::forgery::Forged;
use crate::panel::{Model, Sensitivity, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::views::{Link, RefusalPage, SentAgain, Text};

/// For somebody who is signed in.
pub(crate) fn inside(cx: &Cx<'_>, error: &Error) -> Result<Response, Error> {
    let status = error.status();
    let text = match error {
        Error::Refused(refusal) => format!("Your role, {}, may not {}.", cx.actor.role.title, refusal.right).into(),
        other => other.visitor().into(),
    };
    let title = if let Error::InDoubt(_) = error { "Saved, or perhaps not" } else { title(status) };
    let mut view = refusal(frame(cx, title, Vec::new()), status, text);
    if let Error::Refused(refusal) = error {
        view.steps = vec![if refusal.held_by.is_empty() {
            "No role of this panel holds that right.".into()
        } else {
            format!("{} may; ask one of them to do it.", words::list(&refusal.held_by)).into()
        }];
    }
    if let (Error::Fields(faults), Route::Model(model, _)) = (error, cx.route) {
        view.steps = at_fields(cx, model, faults);
        view.text = "This can't be saved as it would be:".into();
    }
    view.links = links(cx);
    view.reference = reference(status, cx.request_id);
    if error.may_pass() {
        keep(&mut view, again::of(cx, None));
    }
    if let Error::InDoubt(_) = error {
        in_doubt(&mut view);
    }
    finish(&view, status)
}

/// What stands in the way where no form shows it at its field, as of an action.
fn at_fields(cx: &Cx<'_>, model: &'static Model, faults: &[FieldFault]) -> Vec<Text> {
    let view = super::terms_if_any(cx, Verb::View, model);
    let is_open = |field: usize| view.as_ref().is_some_and(|view| view.fields_somewhere().contains(field));
    let lines = faults.iter().map(|fault| match model.fields.get(fault.field).filter(|field| is_open(field.index)) {
        Some(field) => format!("{}: {}", field.title, fault.message).into(),
        None => "A field that is not open to you stands in the way.".into(),
    });
    lines.collect()
}

/// While nobody can say who asks: a form of theirs comes back to them.
pub(crate) fn away(cx: &Cx<'_, Nobody>, error: &Error) -> Result<Response, Error> {
    let status = error.status();
    let mut view = refusal(door(cx, title(status)), status, error.visitor().into());
    view.reference = reference(status, cx.request_id);
    keep(&mut view, again::of(cx, None));
    finish(&view, status)
}

/// For a form of a session that is over.
pub(crate) fn left<Who>(cx: &Cx<'_, Who>) -> Result<Response, Error> {
    let status = StatusCode::UNAUTHORIZED;
    let text = "Your session was over when you sent this, so nothing of it was saved. What you typed is kept in this page \
                until you leave it.";
    let mut view = refusal(door(cx, title(status)), status, text.into());
    view.again = again::of(cx, Some(cx.link(&Route::SignIn).into()));
    view.steps = vec![
        "Sign in again in another tab, within a quarter of an hour.".into(),
        "Come back to this page and send it again. It is taken from nobody but you.".into(),
    ];
    view.steps.extend(left_out(&view));
    Ok(finish(&view, status)?.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Form realm=\"panel\"")))
}

/// For a form that went out before its session got another token: with the new one, and nothing of it was done.
pub(crate) fn older(cx: &Cx<'_>) -> Result<Response, Error> {
    let status = StatusCode::CONFLICT;
    let text = "In another tab you proved meanwhile who you are, and forms from before that are not taken as they are. \
                Nothing of this one was saved.";
    let mut view = refusal(frame(cx, "Please send this once more", Vec::new()), status, text.into());
    view.again = again::of(cx, None);
    view.steps = vec![
        "What you typed is kept in this page until you leave it. If you meant to send it, do it from here.".into(),
    ];
    view.steps.extend(left_out(&view));
    view.links = links(cx);
    finish(&view, status)
}

/// With the form in it, the page says so.
fn keep(view: &mut RefusalPage, again: Option<SentAgain>) {
    if again.is_none() {
        return;
    }
    view.again = again;
    view.steps = vec!["What you typed is kept in this page until you leave it: send it again in a moment.".into()];
    view.steps.extend(left_out(view));
}

/// Sent twice it may be there twice.
fn in_doubt(view: &mut RefusalPage) {
    let look = "Look in another tab whether it is there, in a moment.";
    view.steps = match view.again {
        Some(_) => {
            let kept = "If it is not, send it again from here: what you typed is kept in this page until you leave it.";
            vec![look.into(), kept.into()]
        }
        None => vec![look.into(), "If it is not, do it again.".into()],
    };
    view.steps.extend(left_out(view));
}

fn left_out(view: &RefusalPage) -> Option<Text> {
    let comes_back = view.again.as_ref().is_some_and(|again| again.comes_back);
    comes_back.then(|| "A secret that you typed is not kept: the form comes back, for you to type it anew.".into())
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
        tracing::error!(%error, "the page of a refusal failed");
        Response::text(text).with_status(status)
    });
    if status == StatusCode::METHOD_NOT_ALLOWED {
        return answer.with_header(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    }
    answer
}

/// A form that can't be believed: 403, and what to do. Recorded, though not as often as somebody can send it.
pub(crate) async fn forged<Who>(cx: &Cx<'_, Who>, why: Forged, actor: Option<&Actor>) -> Response {
    tracing::warn!(?why, "a form was not believed");
    if let Some(count) = cx.app.forged.count(&cx.address, cx.now) {
        let fact = |name: &str, value: String| Change::fact(name, Sensitivity::Internal, value);
        let event = Event::plain(EventId::FormForged)
            .with(fact("reason", if why == Forged::ForeignSite { "another site" } else { "wrong token" }.to_owned()))
            .with(fact("page", format!("{} {}", cx.method, cx.route)))
            .with(fact("count in 10 minutes", count.to_string()));
        let context = match actor {
            Some(actor) => Context::of(actor, cx.origin()),
            None => Context::of_nobody(cx.origin(), cx.now),
        };
        if let Err(error) = cx.app.store.record(context, event).await {
            tracing::error!(%error, "a form that was not believed was not recorded");
        }
    }
    let text = match why {
        Forged::ForeignSite => {
            "This form was sent from another site, so nothing was done. Open the page in the panel itself and send it \
             from there."
        }
        Forged::WrongToken => {
            "This form is not of your present session, so nothing was done: it was opened before you signed in, or \
             cookies are off. Go back, load the page anew and send it again."
        }
    };
    refuse(cx.app, StatusCode::FORBIDDEN, text, cx.request_id)
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
        408 => vec![
            "Go back and send it once more: most browsers still hold long texts then, while single lines may be empty."
                .into(),
        ],
        413 => vec![
            "Go back: most browsers still hold long texts then, while single lines may be empty.".into(),
            "Send less at once: shorten the text, or save it in parts.".into(),
        ],
        429 => vec!["Wait a little and try again; every further try makes the wait longer.".into()],
        500 => vec!["Try once more. If it stays, tell whoever runs this panel the reference below.".into()],
        503 => vec!["Try again in a moment.".into()],
        _ => Vec::new(),
    };
    RefusalPage { frame, status: status.as_u16(), text, steps, links: Vec::new(), reference: None, again: None }
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "This address makes no sense here",
        401 => "You were signed out",
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
        && super::terms_if_any(cx, Verb::View, model).is_some()
    {
        links.push(Link {
            label: format!("To {}", model.plural).into(),
            href: cx.link(&Route::Model(model, Page::List)).into(),
        });
    }
    links.push(Link { label: "Home".into(), href: cx.link(&Route::Home).into() });
    links
}

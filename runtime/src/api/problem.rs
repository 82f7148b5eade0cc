//! Refusals and faults as `application/problem+json` (RFC 9457). They tell what a page would tell, and no more.

use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value as Json};

use crate::context::Cx;
use crate::error::{Error, Unread};
use crate::pages::{record_refusal, terms_if_any};
use crate::panel::{FieldSet, Model, Verb};
use crate::response::Response;
use crate::route::Route;

/// 200 with an object.
pub(super) fn json(media_type: &'static str, body: Map<String, Json>) -> Response {
    Response::new(media_type, Json::Object(body).to_string())
}

/// A problem; `more` are members of its own.
pub(super) fn response(status: StatusCode, detail: &str, more: Map<String, Json>) -> Response {
    let mut body = Map::new();
    body.insert("type".to_owned(), "about:blank".into());
    body.insert("title".to_owned(), status.canonical_reason().unwrap_or("Problem").into());
    body.insert("status".to_owned(), status.as_u16().into());
    body.insert("detail".to_owned(), detail.into());
    body.extend(more);
    let answer = json("application/problem+json", body).with_status(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return answer.with_header(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    answer
}

/// What was given up before it had an answer of its own.
pub(crate) fn refuse(status: StatusCode, detail: &str) -> Response {
    response(status, detail, Map::new())
}

/// 422 with a sentence for each name.
pub(super) fn at_fields(errors: impl IntoIterator<Item = (String, String)>) -> Response {
    let errors: Map<String, Json> = errors.into_iter().map(|(name, text)| (name, text.into())).collect();
    let more = Map::from_iter([("errors".to_owned(), Json::Object(errors))]);
    response(StatusCode::UNPROCESSABLE_ENTITY, "Nothing was saved: some fields need another look.", more)
}

/// Before it is known who asks.
pub(super) fn of_nobody(error: &Error) -> Response {
    log(error);
    refuse(error.status(), &error.visitor())
}

/// An error of a request: logged, recorded if it is a refusal, and told.
pub(super) async fn explained(cx: &Cx<'_>, error: Error) -> Response {
    log(&error);
    let refused = match &error {
        Error::Refused(refusal) => Some(refusal.right.as_str()),
        Error::Beyond(what) => Some(what.as_str()),
        // In a browser this is a question, here it is the end.
        Error::ProofNeeded => Some("do this with a token"),
        _ => None,
    };
    if let Some(right) = refused {
        record_refusal(cx, right).await;
    }
    let status = error.status();
    match error {
        Error::Refused(refusal) => {
            let mut detail = format!("Your role, {}, may not {}.", cx.actor.role.title, refusal.right);
            if !refusal.held_by.is_empty() {
                detail = format!("{detail} Held by: {}.", refusal.held_by.join(", "));
            }
            refuse(status, &detail)
        }
        Error::ProofNeeded => {
            let text =
                "This needs a fresh proof of who you are, which a token never is: it can be done in the browser only.";
            refuse(StatusCode::FORBIDDEN, text)
        }
        Error::Fields(faults) => {
            let model = of_what(cx);
            let open = model.map_or(FieldSet::NONE, |model| known(cx, model));
            let field = |index: usize| model?.fields.get(index).filter(|_| open.contains(index));
            at_fields(faults.into_iter().map(|fault| match field(fault.field) {
                Some(field) => (field.name.to_owned(), fault.message),
                None => (String::new(), "A field that is not open to you stands in the way.".to_owned()),
            }))
        }
        Error::Unread(why) => refuse(status, unread(why)),
        other => refuse(status, &other.visitor()),
    }
}

fn of_what(cx: &Cx<'_>) -> Option<&'static Model> {
    match cx.route {
        Route::Api(page) => page.about().map(|(model, _)| model),
        _ => None,
    }
}

/// Fields whose names the asker may be told.
fn known(cx: &Cx<'_>, model: &'static Model) -> FieldSet {
    let terms = [Verb::View, Verb::Create, Verb::Edit].into_iter().filter_map(|verb| terms_if_any(cx, verb, model));
    terms.fold(FieldSet::NONE, |all, terms| all.union(terms.fields_somewhere()))
}

fn unread(why: Unread) -> &'static str {
    match why {
        Unread::TooLarge => "This is larger than the panel takes here. Nothing of it was saved.",
        Unread::OtherKind => "The panel takes `Content-Type: application/json`, and nothing else, here.",
        Unread::BrokenOff => "What you sent did not arrive whole.",
        Unread::TooSlow => "What you sent did not arrive in time.",
        Unread::OtherMethod => "This method has no meaning here.",
    }
}

fn log(error: &Error) {
    if error.status().is_server_error() { tracing::error!(%error) } else { tracing::info!(%error) }
}

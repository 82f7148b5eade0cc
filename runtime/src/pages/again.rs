//! A form that could not be taken, kept in the page that says so, to be sent again as it was. It goes back to its own
//! sender and to nobody else, and secrets stay out of it, also those that the wall asks for.

use http::Method;

use super::prove::{CODE, PASSKEY, PROOF};
use crate::context::Cx;
use crate::panel::{Kind, Model};
use crate::route::{Page, Route};
use crate::views::{Hidden, SentAgain, Text};

/// Whether forms of this page hold what somebody typed.
pub(crate) fn keeps(route: Route<'_>) -> bool {
    matches!(route, Route::Model(_, Page::New | Page::Edit(_) | Page::Bulk))
}

/// The form of this request, which was found to be of the session whose token `cx.csrf` is.
pub(super) fn of<Who>(cx: &Cx<'_, Who>, sign_in: Option<Text>) -> Option<SentAgain> {
    let Route::Model(model, _) = cx.route else { return None };
    if cx.method != Method::POST || cx.posted.is_empty() || !keeps(cx.route) {
        return None;
    }
    let typed = cx.posted.iter().filter(|(name, _)| ![PROOF, CODE, PASSKEY].contains(name));
    let (secrets, kept): (Vec<_>, Vec<_>) = typed.partition(|(name, _)| is_secret(cx, model, name));
    let field = |(name, value): (&str, &str)| Hidden { name: name.to_owned().into(), value: value.to_owned().into() };
    Some(SentAgain {
        action: format!("{}{}", cx.app.settings.public_url.base_path(), cx.target).into(),
        csrf: cx.csrf.clone().into(),
        fields: kept.into_iter().map(field).collect(),
        comes_back: secrets.iter().any(|(_, value)| !value.is_empty()),
        sign_in,
    })
}

/// Of the model, or of the rows of another one in its form: those are named `in.….FIELD`.
fn is_secret<Who>(cx: &Cx<'_, Who>, model: &'static Model, name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or_default();
    let of = |model: &'static Model| model.field_by_name(name).is_some_and(|field| field.kind == Kind::Secret);
    let beside = model.inlines.iter().filter_map(|inline| cx.panel().models.get(inline.model));
    of(model) || beside.into_iter().any(of)
}

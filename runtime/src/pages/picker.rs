//! Candidates of a foreign key as JSON, for type-to-find. Only rows within the viewer's own view terms are ever
//! offered; people only to those who may view people.

use serde::Serialize;

use super::{target, terms_if_any};
use crate::authorize::{Refusal, Terms, authorize_framework};
use crate::context::Cx;
use crate::error::Error;
use crate::panel::{Field, Framework, Kind, Model, Verb};
use crate::response::Response;
use crate::store::{PickFrom, PickerQuery};

#[derive(Serialize)]
struct Answer {
    options: Vec<Choice>,
    more: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
}

pub(super) async fn answer(cx: &Cx<'_>, model: &'static Model, field: usize) -> Result<Response, Error> {
    let field = model.fields.get(field).ok_or(Error::NotFound)?;
    // Whoever meets the field nowhere has nothing to pick for it.
    let met = [Verb::View, Verb::Create, Verb::Edit]
        .into_iter()
        .filter_map(|verb| terms_if_any(cx, verb, model))
        .any(|terms| terms.fields_somewhere().contains(field.index));
    if !met {
        return Err(Error::Refused(Refusal { right: format!("view {}", model.plural), held_by: Vec::new() }));
    }
    let source = Source::of(cx, field)?.ok_or_else(|| {
        Error::Refused(Refusal { right: format!("choose {} here", field.title.to_lowercase()), held_by: Vec::new() })
    })?;
    let text = cx.query.get("q").map(str::trim).filter(|text| !text.is_empty());
    let pick = PickerQuery { from: source.from(), text, current: None };
    let candidates = cx.app.store.candidates(&[pick]).await?.into_iter().next().unwrap_or_default();
    let answer = Answer {
        options: candidates.rows.into_iter().map(|c| Choice { value: c.id.to_string(), label: c.label }).collect(),
        more: candidates.more,
    };
    let json = serde_json::to_vec(&answer).map_err(|fault| Error::Bug(format!("candidates: {fault}")))?;
    Ok(Response::new("application/json", json))
}

/// Where the candidates of a field come from.
#[derive(Debug)]
pub(super) enum Source {
    Rows(Terms),
    People { only: Option<i64> },
}

impl Source {
    /// `None`: the viewer may see no candidate at all.
    pub(super) fn of(cx: &Cx<'_>, field: &Field) -> Result<Option<Self>, Error> {
        Ok(match field.kind {
            Kind::Model(index, _, _) => terms_if_any(cx, Verb::View, target(cx, index)?).map(Self::Rows),
            Kind::Many(links) => terms_if_any(cx, Verb::View, target(cx, links.model)?).map(Self::Rows),
            // Who may not see the people of the panel may still choose themselves.
            Kind::Actor => {
                let all = authorize_framework(cx.panel(), &cx.actor, Verb::View, Framework::People).is_ok();
                Some(Self::People { only: (!all).then_some(cx.actor.asker.person) })
            }
            _ => return Err(Error::NotFound),
        })
    }

    pub(super) fn from(&self) -> PickFrom<'_> {
        match self {
            Self::Rows(terms) => PickFrom::Model(terms),
            Self::People { only } => PickFrom::People { only: *only },
        }
    }
}

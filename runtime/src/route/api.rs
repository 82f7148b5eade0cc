//! What programs ask for: a list, a row, a declared action of a row, and nothing else of the panel.

use std::fmt;

use percent_encoding::percent_decode_str;

use super::row_id;
use crate::panel::{Model, Panel};

/// Something below `/api`.
#[derive(Debug, Clone, Copy)]
pub enum ApiPage {
    /// `/api/SLUG`
    List(&'static Model),
    /// `/api/SLUG/ID`
    Row(&'static Model, i64),
    /// `/api/SLUG/ID/ACTION`: index into [`Model::actions`].
    Act(&'static Model, i64, usize),
    /// Anything else.
    Nothing,
}

impl ApiPage {
    pub(super) fn parse(panel: &'static Panel, segments: &[&str]) -> Self {
        Self::found(panel, segments).unwrap_or(Self::Nothing)
    }

    fn found(panel: &'static Panel, segments: &[&str]) -> Option<Self> {
        let (slug, rest) = segments.split_first()?;
        let model = panel.model_by_slug(&percent_decode_str(slug).decode_utf8().ok()?)?;
        Some(match rest {
            [] => Self::List(model),
            [id] => Self::Row(model, row_id(id)?),
            [id, action] => Self::Act(model, row_id(id)?, model.actions.iter().position(|a| a.name == *action)?),
            _ => return None,
        })
    }

    /// The model and the row that it is about.
    pub(crate) fn about(&self) -> Option<(&'static Model, Option<i64>)> {
        match *self {
            Self::List(model) => Some((model, None)),
            Self::Row(model, id) | Self::Act(model, id, _) => Some((model, Some(id))),
            Self::Nothing => None,
        }
    }
}

impl fmt::Display for ApiPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(model) => write!(f, "/api/{}", model.slug),
            Self::Row(model, id) => write!(f, "/api/{}/{id}", model.slug),
            Self::Act(model, id, action) => {
                write!(f, "/api/{}/{id}/{}", model.slug, model.actions.get(*action).map_or("", |action| action.name))
            }
            Self::Nothing => f.write_str("/api"),
        }
    }
}

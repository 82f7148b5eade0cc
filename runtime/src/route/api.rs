//! What programs ask for: a list, a row, a declared action of a row, and nothing else of the panel.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::key::RowKey;
use crate::panel::{KeyKind, Model, Panel};

/// Something below `/api`.
#[derive(Debug, Clone, Copy)]
pub enum ApiPage {
    /// `/api/SLUG`
    List(&'static Model),
    /// `/api/SLUG/ID`
    Row(&'static Model, RowKey),
    /// `/api/SLUG/ID/ACTION`: index into [`Model::actions`].
    Act(&'static Model, RowKey, usize),
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
            [id] => Self::Row(model, key(model, id)?),
            [id, action] => Self::Act(model, key(model, id)?, model.actions.iter().position(|a| a.name == *action)?),
            _ => return None,
        })
    }

    /// Whether a client's library asks for it as it is spelled: `.` and `..` are taken out of a path, encoded or not.
    pub(crate) fn is_asked_for(&self) -> bool {
        self.about().and_then(|(_, id)| id).is_none_or(|id| !matches!(id.to_string().as_str(), "." | ".."))
    }

    /// The model and the row that it is about.
    pub(crate) fn about(&self) -> Option<(&'static Model, Option<RowKey>)> {
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
            Self::Row(model, id) => write!(f, "/api/{}/{}", model.slug, spelled(*id)),
            Self::Act(model, id, action) => {
                let action = model.actions.get(*action).map_or("", |action| action.name);
                write!(f, "/api/{}/{}/{action}", model.slug, spelled(*id))
            }
            Self::Nothing => f.write_str("/api"),
        }
    }
}

/// The key that a segment names. Below `/api` no word stands where a key does, so that a text is percent-encoded and no
/// more, in whichever spelling a program's library has for it.
fn key(model: &Model, segment: &str) -> Option<RowKey> {
    match model.key {
        KeyKind::Text => model.key_of(&percent_decode_str(segment).decode_utf8().ok()?),
        KeyKind::Number | KeyKind::Uuid => model.key_of_segment(segment),
    }
}

fn spelled(key: RowKey) -> String {
    utf8_percent_encode(&key.to_string(), UNRESERVED).to_string()
}

/// Everything but what RFC 3986 calls unreserved.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

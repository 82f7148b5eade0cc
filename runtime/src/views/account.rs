//! One's own account.

use serde::Serialize;

use super::{Frame, Text};

#[derive(Debug, Serialize)]
pub(crate) struct AccountPage {
    pub(crate) frame: Frame,
    pub(crate) email: Text,
    pub(crate) sessions: Vec<OwnSession>,
    /// Ends all others; none: there is no other.
    pub(crate) end_others: Option<Text>,
    pub(crate) change_password: Text,
    pub(crate) old_error: Option<Text>,
    pub(crate) password_error: Option<Text>,
    pub(crate) again_error: Option<Text>,
    /// Shortest password, code points.
    pub(crate) min: u32,
    /// An app is set up.
    pub(crate) has_app: bool,
    /// Sets one up; none: the panel takes none.
    pub(crate) enrol: Option<Text>,
    pub(crate) passkeys: Vec<OwnPasskey>,
    /// Adds one; none: the panel takes none.
    pub(crate) add_passkey: Option<Text>,
    /// Why there can be none here, though the panel takes them.
    pub(crate) no_passkeys: Option<Text>,
    /// Takes the app away; none: the role requires a factor and there is no other, or there is no app.
    pub(crate) remove: Option<Text>,
    /// Makes new recovery codes; none: there is no factor, or the panel has no codes.
    pub(crate) new_codes: Option<Text>,
    /// "7 of 10 are left".
    pub(crate) codes: Text,
    pub(crate) few_codes: bool,
    /// None: the panel has no API.
    pub(crate) tokens: Option<TokensView>,
    pub(crate) events: Vec<OwnEvent>,
}

/// A session of the reader.
#[derive(Debug, Serialize)]
pub(crate) struct OwnSession {
    pub(crate) device: Text,
    pub(crate) address: Text,
    pub(crate) since: Text,
    pub(crate) seen: Text,
    /// Ends it; none: it is the one in hand.
    pub(crate) end: Option<Text>,
}

/// A passkey of the reader.
#[derive(Debug, Serialize)]
pub(crate) struct OwnPasskey {
    pub(crate) id: i64,
    pub(crate) name: Text,
    /// Whether there may be copies of it, in words.
    pub(crate) kind: Text,
    pub(crate) since: Text,
    pub(crate) used: Text,
    pub(crate) rename: Text,
    /// Removes it; none: the role requires a factor and there is no other.
    pub(crate) remove: Option<Text>,
}

/// Something that happened to the reader's account.
#[derive(Debug, Serialize)]
pub(crate) struct OwnEvent {
    pub(crate) at: Text,
    pub(crate) what: Text,
    pub(crate) tone: &'static str,
    pub(crate) by: Text,
    pub(crate) detail: Text,
}

/// The reader's API tokens, and the form of another.
#[derive(Debug, Serialize)]
pub(crate) struct TokensView {
    pub(crate) make: Text,
    pub(crate) lines: Vec<OwnToken>,
    pub(crate) error: Option<Text>,
    /// As it was typed.
    pub(crate) name: Text,
    pub(crate) days: Text,
    pub(crate) writes: bool,
    /// Longest life, days.
    pub(crate) longest: i64,
}

/// An API token of the reader.
#[derive(Debug, Serialize)]
pub(crate) struct OwnToken {
    pub(crate) name: Text,
    /// "reads", or "reads and changes".
    pub(crate) may: &'static str,
    pub(crate) since: Text,
    pub(crate) until: Text,
    pub(crate) used: Text,
    /// Where its last request came from; empty: there was none, or nobody knows.
    pub(crate) address: Text,
    pub(crate) end: Text,
}

/// A new API token, shown once.
#[derive(Debug, Serialize)]
pub(crate) struct TokenPage {
    pub(crate) frame: Frame,
    pub(crate) lead: Text,
    pub(crate) token: Text,
    /// A command to try it with; none: there is no model that the person may view.
    pub(crate) example: Option<Text>,
    pub(crate) back: Text,
}

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
    pub(crate) has_factor: bool,
    pub(crate) enrol: Text,
    /// Takes the factor away; none: the role requires one, or there is none.
    pub(crate) remove: Option<Text>,
    /// Makes new recovery codes; none: there is no factor, or the panel has no codes.
    pub(crate) new_codes: Option<Text>,
    /// "7 of 10 are left".
    pub(crate) codes: Text,
    pub(crate) few_codes: bool,
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

/// Something that happened to the reader's account.
#[derive(Debug, Serialize)]
pub(crate) struct OwnEvent {
    pub(crate) at: Text,
    pub(crate) what: Text,
    pub(crate) tone: &'static str,
    pub(crate) by: Text,
    pub(crate) detail: Text,
}

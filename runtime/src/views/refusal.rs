//! The page of every refusal and fault: what happened, and what to do.

use serde::Serialize;

use super::{Frame, Hidden, Link, Text};

/// A refusal. With a person in the frame it stands inside the panel, else in front of it.
#[derive(Debug, Serialize)]
pub(crate) struct RefusalPage {
    pub(crate) frame: Frame,
    pub(crate) status: u16,
    /// What happened, in a sentence.
    pub(crate) text: Text,
    /// What can be done, a sentence each.
    pub(crate) steps: Vec<Text>,
    pub(crate) links: Vec<Link>,
    /// Correlation id that the log names too.
    pub(crate) reference: Option<Text>,
    /// The form that was not taken, to be sent again.
    pub(crate) again: Option<SentAgain>,
}

/// A form as it was sent, kept in the page of its refusal.
#[derive(Debug, Serialize)]
pub(crate) struct SentAgain {
    /// Where it was going.
    pub(crate) action: Text,
    /// The token that it goes with.
    pub(crate) csrf: Text,
    /// As it came, but for secrets.
    pub(crate) fields: Vec<Hidden>,
    /// A secret was left out: the form comes back instead of being saved.
    pub(crate) comes_back: bool,
    /// Where to sign in first, in another tab; none: there is no need.
    pub(crate) sign_in: Option<Text>,
}

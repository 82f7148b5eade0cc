//! The page of every refusal and fault: what happened, and what to do.

use serde::Serialize;

use super::{Frame, Link, Text};

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
}

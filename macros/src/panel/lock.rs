//! What `policy.lock` says of a panel, resolved against the models that the block declares today.

use super::{Reauth, Role};

/// The policy as it was accepted last.
#[derive(Debug, Default)]
pub(crate) struct Lock {
    /// The panel that it is about.
    pub(crate) name: String,
    /// Why nothing can be learnt from it; everything counts as wider then.
    pub(crate) fault: Option<String>,
    /// By name: their indexes are the lock's own.
    pub(crate) roles: Vec<Role>,
    pub(crate) reauth: Vec<Reauth>,
    pub(crate) actions: Vec<LockedAction>,
    /// Steps of each `forbid one_person`: verb or action, and model.
    pub(crate) one_person: Vec<Vec<(String, String)>>,
}

/// What an action could do when the policy was accepted.
#[derive(Debug)]
pub(crate) struct LockedAction {
    pub(crate) model: String,
    pub(crate) action: String,
    pub(crate) writes: Vec<String>,
    pub(crate) mails: bool,
}

//! What `policy.lock` says of a panel, resolved against the models that the block declares today.

use super::{Factors, Password, Reauth, Recovery, Role, Session, Throttle};

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
    pub(crate) accepts: Vec<LockedAccept>,
    /// None, of these: the file says nothing of it, as one that an older build wrote.
    pub(crate) proxies: Option<Vec<String>>,
    pub(crate) factors: Option<Factors>,
    pub(crate) password: Option<Password>,
    pub(crate) session: Option<Session>,
    pub(crate) recovery: Option<Recovery>,
    /// Those that the file names.
    pub(crate) throttles: Vec<Throttle>,
}

/// An exception that was accepted along with the policy.
#[derive(Debug)]
pub(crate) struct LockedAccept {
    pub(crate) rule: String,
    pub(crate) of: LockedOwner,
    /// Year, month, day; none: for good.
    pub(crate) until: Option<(i32, u32, u32)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LockedOwner {
    Panel,
    Role(String),
    Model(String),
}

/// What an action could do when the policy was accepted.
#[derive(Debug)]
pub(crate) struct LockedAction {
    pub(crate) model: String,
    pub(crate) action: String,
    pub(crate) writes: Vec<String>,
    pub(crate) mails: bool,
}

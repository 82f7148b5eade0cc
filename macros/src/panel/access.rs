//! How people get in, stay in and get back in. Durations are seconds.

use super::{ActionId, ModelId, PeopleVerb, Place, Verb};

#[derive(Debug)]
pub(crate) struct Password {
    pub(crate) min: u32,
    pub(crate) min_with_factor: u32,
    pub(crate) blocklist: bool,
    pub(crate) place: Place,
}

/// Which second factors there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Factors {
    pub(crate) totp: bool,
    pub(crate) passkey: bool,
    /// A passkey signs in by itself, without a password.
    pub(crate) alone: bool,
    /// None: the block does not say.
    pub(crate) place: Option<Place>,
}

/// Durations in seconds.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) idle: u64,
    pub(crate) absolute: u64,
    pub(crate) reauth: u64,
    pub(crate) at_most: u32,
    /// Of roles that hold authority over people; what the block says holds for them too.
    pub(crate) ruling_idle: u64,
    pub(crate) ruling_absolute: u64,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ThrottleName {
    Login,
    Factor,
    Reauth,
    Recovery,
    Export,
    Token,
}

#[derive(Debug)]
pub(crate) struct Throttle {
    pub(crate) name: ThrottleName,
    pub(crate) limits: Vec<Limit>,
    /// `wait 1s to 15min`, in seconds.
    pub(crate) wait: Option<(u64, u64)>,
    pub(crate) cap: Option<u32>,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) count: u32,
    pub(crate) window: u64,
    pub(crate) by: By,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum By {
    Account,
    Address,
    Session,
    Actor,
    Token,
}

/// Lifetimes in seconds.
#[derive(Debug)]
pub(crate) struct Recovery {
    pub(crate) by_email: Option<(u64, Place)>,
    pub(crate) by_administrator: Option<(u64, Place)>,
    pub(crate) codes: Option<(u32, Place)>,
    pub(crate) break_glass: Option<Place>,
    pub(crate) place: Option<Place>,
}

/// One word of `reauth delete, export, assign, reset, approve;`.
#[derive(Debug)]
pub(crate) struct Reauth {
    pub(crate) what: ReauthWhat,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReauthWhat {
    Verb(Verb),
    /// Every action of this name, in whichever models declare it.
    Actions(Vec<(ModelId, ActionId)>),
    People(PeopleVerb),
}

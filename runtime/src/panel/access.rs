//! How people get in, stay in and get back in. Durations are seconds.

use crate::panel::role::{PeopleVerb, Role, Verb};

/// Length rules of passwords, in code points.
#[derive(Debug, Clone, Copy)]
pub struct Password {
    /// Without a second factor.
    pub min: u32,
    /// With one.
    pub min_with_factor: u32,
    /// The embedded list of common passwords is checked.
    pub blocklist: bool,
}

/// Which second factors there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// Codes of an authenticator app.
    pub totp: bool,
    /// Passkeys (WebAuthn).
    pub passkey: bool,
    /// A passkey signs in by itself, without a password.
    pub alone: bool,
}

/// Lifetimes of sessions, seconds.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Without a request.
    pub idle: u64,
    /// In all.
    pub absolute: u64,
    /// How long a proof of identity is fresh.
    pub reauth: u64,
    /// Sessions a person; the oldest ends.
    pub at_most: u32,
    /// `idle` of whoever rules over people.
    pub ruling_idle: u64,
    /// `absolute` of whoever rules over people.
    pub ruling_absolute: u64,
}

impl Session {
    /// Seconds without a request, for a holder of this role.
    #[must_use]
    pub fn idle_of(&self, role: &Role) -> u64 {
        if role.rules() { self.ruling_idle } else { self.idle }
    }

    /// Seconds in all, for a holder of this role.
    #[must_use]
    pub fn absolute_of(&self, role: &Role) -> u64 {
        if role.rules() { self.ruling_absolute } else { self.absolute }
    }
}

/// Limits on one kind of try.
#[derive(Debug)]
pub struct Throttle {
    /// Which.
    pub name: ThrottleName,
    /// All must allow.
    pub limits: &'static [Limit],
    /// Shortest and longest wait after the free tries, seconds.
    pub wait: Option<(u64, u64)>,
    /// Failures in a row after which only recovery helps.
    pub cap: Option<u32>,
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrottleName {
    /// Sign-in with a password.
    Login,
    /// The second factor.
    Factor,
    /// A fresh proof of identity.
    Reauth,
    /// Asking for and using a way back in.
    Recovery,
    /// Exports.
    Export,
    /// API tokens.
    Token,
}

/// So many in a window, counted by a key.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Tries allowed in the window.
    pub count: u32,
    /// Seconds.
    pub window: u64,
    /// What is counted.
    pub by: By,
}

/// What a limit counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The e-mail address tried, whether or not it exists.
    Account,
    /// The network address (IPv4 /32, IPv6 /64).
    Address,
    /// The session.
    Session,
    /// The person signed in.
    Actor,
    /// The API token.
    Token,
}

/// Ways back in; lifetimes in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Recovery {
    /// A mailed link.
    pub by_email: Option<u64>,
    /// A link that an administrator starts; also the lifetime of invitations.
    pub by_administrator: Option<u64>,
    /// Saved codes a person.
    pub codes: Option<u32>,
    /// From the command line.
    pub break_glass: bool,
}

/// What needs a fresh proof of identity.
#[derive(Debug, Clone, Copy)]
pub enum Reauth {
    /// A verb on any model.
    Verb(Verb),
    /// One action of one model.
    Action(usize, usize),
    /// A verb over people.
    People(PeopleVerb),
}

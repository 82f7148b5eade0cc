//! What a store keeps of people, sessions, one-use links and counted tries, as data. Every change of authority goes
//! through a [`Write`](super::Write) and leaves its event; each column that decides who may do what has one function
//! that writes it.

use chrono::{DateTime, Utc};

use crate::loan::Lent;
use crate::session::{Held, Trust};
pub use crate::throttle::Ask;
use crate::token;

/// A session and its person, as one statement found them.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Id of the session.
    pub session: i64,
    /// Id of the person.
    pub person: i64,
    /// Their address.
    pub email: String,
    /// Stored name of their role.
    pub role: String,
    /// Switched off.
    pub inactive: bool,
    /// Locked until then.
    pub locked_until: Option<DateTime<Utc>>,
    /// A JSON object by attribute name.
    pub attributes: String,
    /// Last request, to the minute.
    pub seen_at: DateTime<Utc>,
    /// Over at the latest then.
    pub expires_at: DateTime<Utc>,
    /// Ended before its time.
    pub revoked: bool,
    /// When the person last proved within it who they are; the sign-in is the first time.
    pub proved_at: DateTime<Utc>,
    /// What is lent to the person at the moment of the question, for the role that they hold.
    pub lent: Vec<Lent>,
    /// A loan's time is over, and nobody has written that down yet.
    pub lent_is_over: bool,
    /// What was proved when it began.
    pub trust: Trust,
    /// Which second factors the person has.
    pub held: Held,
}

/// A session as its person sees it.
#[derive(Debug, Clone)]
pub struct OwnSession {
    /// Primary key.
    pub id: i64,
    /// The sign-in.
    pub created_at: DateTime<Utc>,
    /// Last request, to the minute.
    pub seen_at: DateTime<Utc>,
    /// Where the sign-in came from.
    pub address: String,
    /// The browser's word about itself.
    pub agent: String,
}

/// A person.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Primary key.
    pub id: i64,
    /// Folded address.
    pub email: String,
    /// Stored name of the role.
    pub role: String,
    /// PHC string; none: no password yet.
    pub password_hash: Option<PasswordHash>,
    /// Switched off.
    pub inactive: bool,
    /// Locked until then.
    pub locked_until: Option<DateTime<Utc>>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}

/// A password's hash, which no log shall show.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A person to be made.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    /// Folded address.
    pub email: &'a str,
    /// Declared name of the role.
    pub role: &'a str,
    /// PHC string; none: they choose a password through a link.
    pub password_hash: Option<PasswordHash>,
    /// A JSON object by attribute name.
    pub attributes: String,
}

/// A session to be started.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// What is kept of its token.
    pub token: token::Hash,
    /// Whose.
    pub person: i64,
    /// Over at the latest then.
    pub expires_at: DateTime<Utc>,
    /// Sessions that the person may have, this one among them; the oldest end.
    pub at_most: u32,
    /// Where from.
    pub address: &'a str,
    /// The browser's word about itself, cut at 200 characters.
    pub agent: &'a str,
}

/// What a one-use link is for. The text never changes once released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The first owner makes their account.
    First,
    /// A person of the panel chooses a (new) password.
    Join,
}

impl Purpose {
    /// Its stable text.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Join => "join",
        }
    }
}

/// A one-use link to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewLink {
    /// What is kept of its token.
    pub token: token::Hash,
    /// What for.
    pub purpose: Purpose,
    /// For whom; none: for whoever holds it (the first owner).
    pub person: Option<i64>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// A link that may be used now.
#[derive(Debug, Clone)]
pub struct LinkRow {
    /// Primary key.
    pub id: i64,
    /// For whom.
    pub person: Option<PersonRow>,
}

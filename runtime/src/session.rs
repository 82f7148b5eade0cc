//! Sessions: the cookie that carries one, how long it lives, and whom it makes of a visitor. The judgement is pure; a
//! session's row is read anew with each request and nothing of it is remembered.

mod bearer;
mod jar;

use chrono::{DateTime, Utc};

use crate::authorize::Actor;
use crate::condition::Asker;
use crate::key::RowKey;
use crate::panel::KeyKind;
use crate::panel::{Attribute, Factors, Kind, Panel, Role};
use crate::store::SessionRow;
use crate::throttle::later;
use crate::value::Value;

pub(crate) use self::bearer::{Bearer, judge as judge_bearer};
pub(crate) use self::jar::DEVICE_DAYS;
pub use self::jar::Jar;

/// Why a session ended. The text never changes once released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The person signed out.
    SignedOut,
    /// The person ended it from another session.
    EndedByOwner,
    /// No request for too long.
    Idle,
    /// Its whole time is over.
    Expired,
    /// The person signed in elsewhere, once more than is allowed.
    Evicted,
    /// Their password was set anew.
    PasswordChanged,
    /// Their second factor was enrolled, replaced or removed.
    FactorChanged,
    /// Their role changed, or is no longer in the panel.
    RoleChanged,
    /// Somebody started a reset of their password.
    Reset,
    /// Their account was locked.
    Locked,
    /// Their account was switched off.
    Inactive,
    /// Somebody with the right ended it, or the command line.
    EndedByAdministrator,
}

impl EndReason {
    /// Its stable text.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::EndedByOwner => "ended_by_owner",
            Self::Idle => "idle",
            Self::Expired => "expired",
            Self::Evicted => "evicted",
            Self::PasswordChanged => "password_changed",
            Self::FactorChanged => "factor_changed",
            Self::RoleChanged => "role_changed",
            Self::Reset => "reset",
            Self::Locked => "locked",
            Self::Inactive => "inactive",
            Self::EndedByAdministrator => "ended_by_administrator",
        }
    }

    /// Whether it ends the API tokens of the person as well: whatever takes access away, or changes what it was given
    /// on. Signing out somewhere, or being idle, says nothing against a program that goes on.
    pub(crate) fn ends_api_tokens(self) -> bool {
        match self {
            Self::PasswordChanged
            | Self::FactorChanged
            | Self::RoleChanged
            | Self::Reset
            | Self::Locked
            | Self::Inactive
            | Self::EndedByAdministrator => true,
            Self::SignedOut | Self::EndedByOwner | Self::Idle | Self::Expired | Self::Evicted => false,
        }
    }
}

/// What was proved when a session began. It rises once, through a factor, and never otherwise. Beside it stands the
/// moment of the newest proof of identity: for the time that `session reauth` says, that session is *elevated*
/// ([`Actor::is_fresh`]).
///
/// ```text
///  password ──▶ Password ("authenticated") ──factor step, or enrolment──▶ Factor ("factor")
///                  │ nothing but that step is open to it, where the person has a factor or the role requires one
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trust {
    /// The password.
    Password,
    /// The password and the second factor.
    Factor,
}

impl Trust {
    /// Its stable text.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Password => "authenticated",
            Self::Factor => "factor",
        }
    }

    /// What a text says; the lower for one that this build does not know.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        if text == Self::Factor.text() { Self::Factor } else { Self::Password }
    }
}

/// Which second factors a person has, whatever the block asks for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    /// An authenticator app.
    pub totp: bool,
    /// Passkeys.
    pub passkeys: bool,
}

impl Held {
    /// Any: then a password alone reaches nothing.
    #[must_use]
    pub fn any(self) -> bool {
        self.totp || self.passkeys
    }

    /// One of a kind that the block declares, as `factor required` asks for.
    #[must_use]
    pub fn fits(self, declared: Factors) -> bool {
        (self.totp && declared.totp) || (self.passkeys && declared.passkey)
    }

    /// Whether a code of the app proves anything: where the block declares passkeys alone, only until there is one.
    #[must_use]
    pub fn codes_count(self, declared: Factors) -> bool {
        self.totp && (declared.totp || !self.passkeys)
    }
}

/// Somebody who proved the password of an account that asks for more. It is no [`Actor`], so that no page of the panel
/// can be asked for in its name.
#[derive(Debug, Clone)]
pub struct Halfway {
    pub(crate) person: i64,
    pub(crate) email: String,
    pub(crate) session: i64,
    pub(crate) held: Held,
    pub(crate) lacks: Lacks,
}

/// What stands between a session and the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacks {
    /// A code of the factor that the person has.
    Proof,
    /// A factor: the role requires one, and the person has none yet.
    Enrolment,
}

/// What a session's row says at this moment.
#[derive(Debug)]
pub enum Standing {
    /// It speaks for this person. `touch`: the time of the last request is old enough to be written anew.
    Alive {
        /// Who asks.
        actor: Box<Actor>,
        /// Write `seen`.
        touch: bool,
    },
    /// The factor is still to be proved, or to be enrolled: it speaks for nobody yet. `touch` as above.
    Halfway {
        /// Who is on the way in.
        half: Box<Halfway>,
        /// Write `seen`.
        touch: bool,
    },
    /// It is over; with a reason: nobody has written that down yet.
    Over(Option<EndReason>),
}

/// Seconds between two writings of `seen`.
const TOUCH: u64 = 60;

/// Judges a session's row, joined with its person's, as read for this request.
#[must_use]
pub fn judge(panel: &'static Panel, row: &SessionRow, now: DateTime<Utc>) -> Standing {
    if row.revoked {
        return Standing::Over(None);
    }
    if now >= row.expires_at {
        return Standing::Over(Some(EndReason::Expired));
    }
    let role = panel.roles.iter().find(|role| role.name == row.role);
    // A role that is no more gets the shortest of the times.
    let idle = role.map_or(panel.session.ruling_idle.min(panel.session.idle), |role| panel.session.idle_of(role));
    if now >= later(row.seen_at, idle) {
        return Standing::Over(Some(EndReason::Idle));
    }
    if row.inactive {
        return Standing::Over(Some(EndReason::Inactive));
    }
    if row.locked_until.is_some_and(|until| now < until) {
        return Standing::Over(Some(EndReason::Locked));
    }
    let Some(role) = role else {
        return Standing::Over(Some(EndReason::RoleChanged));
    };
    let touch = now >= later(row.seen_at, TOUCH.min(idle / 2));
    // The one place where a password alone is told from a factor: everything behind it asks for an `Actor`.
    if let Some(lacks) = lacks(panel, role, row) {
        let (person, email, session, held) = (row.person, row.email.clone(), row.session, row.held);
        return Standing::Halfway { half: Box::new(Halfway { person, email, session, held, lacks }), touch };
    }
    let attributes = attributes(panel, &row.attributes);
    let actor = Actor {
        role,
        email: row.email.clone(),
        session: row.session,
        held: row.held,
        fresh_until: fresh_until(panel, row.proved_at),
        lent: row.lent.clone(),
        through: None,
        asker: Asker { person: row.person, attributes, now },
    };
    Standing::Alive { actor: Box::new(actor), touch }
}

/// What a session lacks of what its person has, and of what their role asks for.
fn lacks(panel: &Panel, role: &Role, row: &SessionRow) -> Option<Lacks> {
    if row.held.any() && row.trust == Trust::Password {
        return Some(Lacks::Proof);
    }
    (role.factor_required && !row.held.fits(panel.factors)).then_some(Lacks::Enrolment)
}

/// Whether work that a session asked for may go on.
#[derive(Debug)]
pub(crate) enum Fit {
    /// For this person, as they are now. The proof of identity was given when the work was asked for.
    Yes(Box<Actor>),
    /// Not any more; why, as a sentence.
    No(&'static str),
}

/// Judges the session that asked for work that goes on after it. That the person signed out or was idle ends nothing;
/// that somebody took their access does, and so does another password: whoever had the old one may have asked.
#[must_use]
pub(crate) fn judge_for_work(panel: &'static Panel, row: &SessionRow, ended: Option<&str>, now: DateTime<Utc>) -> Fit {
    let harmless =
        [EndReason::SignedOut, EndReason::Idle, EndReason::Expired, EndReason::Evicted, EndReason::RoleChanged];
    if row.inactive || row.locked_until.is_some_and(|until| now < until) {
        return Fit::No("The account was locked.");
    }
    if row.revoked && !harmless.iter().any(|reason| ended == Some(reason.text())) {
        return Fit::No("The session that asked for this was ended.");
    }
    let Some(role) = panel.roles.iter().find(|role| role.name == row.role) else {
        return Fit::No("The role is not in the panel any more.");
    };
    if lacks(panel, role, row).is_some() {
        return Fit::No("The second factor was not proved in the session that asked for this.");
    }
    Fit::Yes(Box::new(Actor {
        role,
        email: row.email.clone(),
        session: row.session,
        held: row.held,
        fresh_until: later(now, 60),
        lent: row.lent.clone(),
        through: None,
        asker: Asker { person: row.person, attributes: attributes(panel, &row.attributes), now },
    }))
}

/// When a session of a holder of this role that starts now is over at the latest.
#[must_use]
pub fn expires_at(panel: &Panel, role: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    let role: Option<&Role> = panel.roles.iter().find(|held| held.name == role);
    later(now, role.map_or(panel.session.absolute, |role| panel.session.absolute_of(role)))
}

/// Until when a proof of identity of that moment is fresh. Using the session does not move it.
#[must_use]
pub fn fresh_until(panel: &Panel, proved_at: DateTime<Utc>) -> DateTime<Utc> {
    later(proved_at, panel.session.reauth)
}

/// `me.NAME` by index, from the JSON object that a person's row keeps. What is missing, or does not read as its kind,
/// is null, and null widens nothing.
#[must_use]
pub fn attributes(panel: &'static Panel, json: &str) -> Vec<Value> {
    let object: serde_json::Value = serde_json::from_str(json).unwrap_or(serde_json::Value::Null);
    panel
        .actor
        .iter()
        .map(|attribute| object.get(attribute.name).map_or(Value::Null, |json| attribute_value(attribute, json)))
        .collect()
}

fn attribute_value(attribute: &Attribute, json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match (attribute.kind, json) {
        (Kind::I32 | Kind::I64 | Kind::Actor | Kind::Model(_, _, KeyKind::Number), Json::Number(n)) => {
            n.as_i64().map_or(Value::Null, Value::Int)
        }
        (Kind::F64, Json::Number(n)) => n.as_f64().map_or(Value::Null, Value::Float),
        (Kind::Bool, Json::Bool(b)) => Value::Bool(*b),
        (kind, Json::String(text)) => read_attribute(kind, text).unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

/// An attribute as somebody wrote it, for `user create --set NAME=VALUE`; none when it does not read as its kind.
#[must_use]
pub fn read_attribute(kind: Kind, text: &str) -> Option<Value> {
    let value = match kind {
        Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Choice(_) => Value::Text(text.to_owned()),
        Kind::I32 => Value::Int(text.parse::<i32>().ok()?.into()),
        Kind::I64 | Kind::Actor => Value::Int(text.parse().ok()?),
        Kind::Model(_, _, key) => RowKey::read(key, text)?.into(),
        Kind::F64 => Value::Float(text.parse().ok().filter(|f: &f64| f.is_finite())?),
        Kind::Bool => Value::Bool(text.parse().ok()?),
        Kind::Decimal { .. } => Value::Decimal(text.parse().ok()?),
        Kind::Date => Value::Date(text.parse().ok()?),
        Kind::Time => Value::Time(text.parse().ok()?),
        Kind::Timestamp => Value::Timestamp(DateTime::parse_from_rfc3339(text).ok()?.to_utc()),
        Kind::Uuid => Value::Uuid(text.parse().ok()?),
        Kind::Json | Kind::Secret | Kind::Bytes | Kind::Many(_) => return None,
    };
    Some(value)
}

/// An attribute as the JSON object of a person's row keeps it.
#[must_use]
pub fn attribute_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Int(i) => (*i).into(),
        Value::Float(f) => (*f).into(),
        Value::Bool(b) => (*b).into(),
        Value::Null => serde_json::Value::Null,
        other => other.to_text().into(),
    }
}

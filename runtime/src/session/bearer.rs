//! Whom an API token speaks for at this moment. Its person is judged as for a session, on what was read with this
//! request; no token proves a factor, and none is ever a fresh proof of identity.

use chrono::{DateTime, Duration, Utc};

use super::attributes;
use crate::authorize::{Actor, Through};
use crate::condition::Asker;
use crate::panel::Panel;
use crate::store::ApiTokenRow;

/// Seconds between two writings of the last use.
const TOUCH: i64 = 60;

/// What a token's row says at this moment.
#[derive(Debug)]
pub(crate) enum Bearer {
    /// It speaks for this person. `touch`: the time of the last request is old enough to be written anew.
    Good {
        /// Who asks.
        actor: Box<Actor>,
        /// Write the last use.
        touch: bool,
    },
    /// It speaks for nobody; why, for the record alone.
    Refused(&'static str),
}

/// Judges a token's row, joined with its person's, as read for this request.
#[must_use]
pub(crate) fn judge(panel: &'static Panel, row: &ApiTokenRow, now: DateTime<Utc>) -> Bearer {
    if row.ended {
        return Bearer::Refused("ended");
    }
    if now >= row.expires_at {
        return Bearer::Refused("expired");
    }
    if row.inactive {
        return Bearer::Refused("account switched off");
    }
    if row.locked_until.is_some_and(|until| now < until) {
        return Bearer::Refused("account locked");
    }
    if !row.has_password {
        return Bearer::Refused("account without a password");
    }
    let Some(role) = panel.role_by_name(&row.role) else {
        return Bearer::Refused("role not in the panel");
    };
    // It was made with the factor, and with the factor it goes.
    if role.factor_required && !row.held.fits(panel.factors) {
        return Bearer::Refused("required factor missing");
    }
    let actor = Actor {
        role,
        email: row.email.clone(),
        session: 0,
        held: row.held,
        fresh_until: DateTime::<Utc>::MIN_UTC,
        lent: row.lent.clone(),
        through: Some(Through { token: row.id, name: row.name.clone(), reads_only: row.reads_only }),
        asker: Asker { person: row.person, attributes: attributes(panel, &row.attributes), now },
    };
    let touch = row.used_at.is_none_or(|used| now - used >= Duration::seconds(TOUCH));
    Bearer::Good { actor: Box::new(actor), touch }
}

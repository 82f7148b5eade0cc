//! What is to be signed: random, bound to one session (or, before one, to one browser) and to one purpose, answered
//! once and within five minutes, whichever process gets the answer.

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest as _, Sha256};

use super::Asked;
use crate::app::App;
use crate::error::Error;
use crate::panel::{By, ThrottleName};
use crate::store::NewChallenge;
use crate::throttle::{self, Ask, Rule};
use crate::token::Token;

/// How long a person may look for their key: what the browser is told as well.
const SECONDS: i64 = 300;

/// What an answer is good for, and for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Signing in, without a password.
    SignIn,
    /// The step between the password and the panel.
    Step,
    /// A fresh proof of identity.
    Proof,
    /// One more passkey.
    Add,
}

impl Purpose {
    /// In words for the log.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Step => "second factor",
            Self::Proof => "fresh proof",
            Self::Add => "new passkey",
        }
    }
}

/// Who is asked, and what for: a hash, since the one for a browser is made of its token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound([u8; 32]);

impl Bound {
    /// To this session, whatever its token is by then.
    pub(crate) fn to_session(session: i64, purpose: Purpose) -> Self {
        Self::made_of(purpose, &session.to_be_bytes())
    }

    /// To the browser that holds this token of the door.
    pub(crate) fn to_browser(door: &Token) -> Self {
        Self::made_of(Purpose::SignIn, &door.hash())
    }

    fn made_of(purpose: Purpose, whose: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"bailiwick challenge v1\0");
        hash.update(purpose.text().as_bytes());
        hash.update([0]);
        hash.update(whose);
        Self(hash.finalize().into())
    }
}

/// Challenges that one session, or in front of the door one known device, or all others behind one network address, may
/// ask for: room for everybody who means it, and a bound on the rows that a stranger makes.
const ASKED: Rule = Rule { by: By::Address, count: 60, window: 600, wait: None, cap: None };

/// Keeps what was asked; false: too many were asked for from there. `who` is the session, the device or the address.
pub(crate) async fn keep(app: &App, bound: Bound, who: &str, asked: &Asked, now: DateTime<Utc>) -> Result<bool, Error> {
    let ask = Ask { key: throttle::own_key(ThrottleName::Factor, "challenge", who), rule: ASKED };
    if !app.store.reserve(&[ask], now).await? {
        return Ok(false);
    }
    let expires_at = now + Duration::seconds(SECONDS);
    app.store.keep_challenge(&NewChallenge { bound: bound.0, state: &asked.state, expires_at }).await?;
    Ok(true)
}

/// What the answer is to be checked against, once; none: there is nothing to answer, any more.
pub(crate) async fn take(app: &App, bound: Bound, now: DateTime<Utc>) -> Result<Option<String>, Error> {
    app.store.take_challenge(&bound.0, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_session_browser_and_purpose_has_a_challenge_of_its_own() {
        let (token, other) = (Token::fresh().unwrap(), Token::fresh().unwrap());
        let bounds = [
            Bound::to_session(7, Purpose::Step),
            Bound::to_session(7, Purpose::Proof),
            Bound::to_session(7, Purpose::Add),
            Bound::to_session(8, Purpose::Step),
            Bound::to_browser(&token),
            Bound::to_browser(&other),
        ];
        for (i, one) in bounds.iter().enumerate() {
            assert!(bounds.iter().skip(i + 1).all(|other| other.0 != one.0), "{i}");
        }
        assert_eq!(Bound::to_browser(&token).0, Bound::to_browser(&token).0);
    }
}

//! What the panel knows again as its own: in which session a form went out, whatever the session's token is by now; and
//! when somebody was told that their session is over. Both are made with a key of the database and let nobody in: a
//! form that is known by them alone goes back to its sender and is not carried out.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq as _;

use crate::mac;
use crate::token::Token;

/// Seconds in which somebody whose session was over may sign in again and send what they typed.
pub(crate) const LEFT_SECONDS: i64 = 15 * 60;
/// Bytes of a session's mark: 128 bits are not guessed.
const MARK: usize = 16;

/// Makes marks and knows them again; the same in every process over one database.
#[derive(Clone)]
pub(crate) struct Marks([u8; 32]);

impl fmt::Debug for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Marks(…)")
    }
}

impl Marks {
    /// With the key that the database keeps.
    pub(crate) fn with(key: &[u8]) -> Self {
        Self(mac::of_parts(key, &[b"bailiwick marks v1"]))
    }

    /// The mark of a session: the same as long as it lives, and told to nobody but in its own forms.
    pub(crate) fn of_session(&self, session: i64) -> String {
        let whole = mac::of_parts(&self.0, &[b"session", &session.to_be_bytes()]);
        URL_SAFE_NO_PAD.encode(whole.get(..MARK).unwrap_or_default())
    }

    /// Whether this is the mark of that session, in constant time.
    pub(crate) fn is_of_session(&self, session: i64, mark: &str) -> bool {
        self.of_session(session).as_bytes().ct_eq(mark.as_bytes()).into()
    }

    /// The token of a session that is over, and that its browser was told so now.
    pub(crate) fn left(&self, token: &Token, now: DateTime<Utc>) -> String {
        let seconds = now.timestamp();
        format!("{}.{seconds}.{}", token.text(), self.seal_of(token, seconds))
    }

    /// The token in what [`Marks::left`] made; none: it did not, or too long ago.
    pub(crate) fn read_left(&self, text: &str, now: DateTime<Utc>) -> Option<Token> {
        let (token, rest) = text.split_once('.')?;
        let (seconds, seal) = rest.split_once('.')?;
        let (token, since) = (Token::parse(token)?, seconds.parse::<i64>().ok()?);
        let is_ours: bool = self.seal_of(&token, since).as_bytes().ct_eq(seal.as_bytes()).into();
        let age = now.timestamp().checked_sub(since)?;
        (is_ours && age < LEFT_SECONDS).then_some(token)
    }

    fn seal_of(&self, token: &Token, seconds: i64) -> String {
        URL_SAFE_NO_PAD.encode(mac::of_parts(&self.0, &[b"left", &token.hash(), &seconds.to_be_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::testing::now;

    #[test]
    fn a_session_is_known_by_its_own_mark_under_the_same_key_alone() {
        let (marks, others) = (Marks::with(b"a key"), Marks::with(b"another"));
        let mark = marks.of_session(7);
        assert!(marks.is_of_session(7, &mark) && Marks::with(b"a key").is_of_session(7, &mark));
        assert!(!marks.is_of_session(8, &mark) && !others.is_of_session(7, &mark) && !marks.is_of_session(7, ""));
        assert_eq!(mark.len(), 22);
        assert_eq!(format!("{marks:?}"), "Marks(…)");
    }

    #[test]
    fn marks_of_an_older_build_are_known() {
        let (marks, token) = (Marks::with(b"a key"), Token::parse(&"A".repeat(43)).unwrap());
        assert_eq!(marks.of_session(7), "Vv9LYWiD8_LRhnh_eDlRBw");
        let seal = "7kxOZ30vVX0tXTFGooJciuuPJPt7uMITe-LTnEmoA3c";
        let since = DateTime::from_timestamp(1_000, 0).unwrap();
        assert_eq!(marks.left(&token, since), format!("{}.1000.{seal}", token.text()));
    }

    #[test]
    fn what_was_left_is_known_for_a_quarter_of_an_hour() {
        let (marks, token) = (Marks::with(b"a key"), Token::fresh().unwrap());
        let text = marks.left(&token, now());
        let read = |text: &str, seconds| marks.read_left(text, now() + Duration::seconds(seconds));
        for seconds in [0, 1, LEFT_SECONDS - 1] {
            assert_eq!(read(&text, seconds).unwrap().hash(), token.hash());
        }
        assert!(read(&text, LEFT_SECONDS).is_none());
        // Nobody moves the time, takes another token along, or makes one.
        let later = text.replacen(&now().timestamp().to_string(), &(now().timestamp() + 600).to_string(), 1);
        assert_ne!(later, text);
        let other = text.replacen(&token.text(), &Token::fresh().unwrap().text(), 1);
        let made = Marks::with(b"another").left(&token, now());
        for bad in [later.as_str(), &other, &made, &token.text(), "", "..", &format!("{text}x")] {
            assert!(read(bad, 1).is_none(), "{bad}");
        }
    }
}

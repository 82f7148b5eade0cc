//! Secrets that a browser or a link carries: 256 bits from the operating system, written as base64url, kept only as
//! SHA-256. A token is never printed, logged or compared in a way whose time tells how much of it was right.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::mac;

const BYTES: usize = 32;
/// How an API token begins.
pub(crate) const API_PREFIX: &str = "bwk_";

/// What a database keeps of a token.
pub type Hash = [u8; 32];

/// A secret.
#[derive(Clone)]
pub struct Token(Zeroizing<[u8; BYTES]>);

impl Token {
    /// A new one.
    pub fn fresh() -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|why| Error::Bug(format!("the operating system gives no random bytes: {why}")))?;
        Ok(Self(bytes))
    }

    /// Reads what [`Token::text`] wrote; anything else is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // 43 letters of six bits are 258 bits; the decoder refuses the spare two unless they are zero, so that a token
        // has one spelling.
        if text.len() != 43 {
            return None;
        }
        let mut bytes = Zeroizing::new([0; BYTES]);
        let length = URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()).ok()?;
        (length == BYTES).then_some(Self(bytes))
    }

    /// For the cookie or the link: 43 letters, digits, `-` and `_`.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_slice())
    }

    /// For a program: as [`Token::text`], behind what tells people and scanners of secrets what it is.
    #[must_use]
    pub(crate) fn api_text(&self) -> String {
        format!("{API_PREFIX}{}", self.text())
    }

    /// Reads what [`Token::api_text`] wrote; anything else is none, a session's token as well.
    pub(crate) fn parse_api(text: &str) -> Option<Self> {
        Self::parse(text.strip_prefix(API_PREFIX)?)
    }

    /// For the database. 256 random bits need no salt and no slow hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.0.as_slice()).into()
    }

    /// A value that proves knowledge of the token without telling it, for one purpose.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac::of(self.0.as_slice(), purpose.as_bytes()))
    }

    /// Whether `text` is what [`Token::derive`] gives for this purpose, in constant time.
    #[must_use]
    pub fn derived(&self, purpose: &str, text: &str) -> bool {
        self.derive(purpose).as_bytes().ct_eq(text.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_spelling_and_comes_back_from_it() {
        let token = Token::fresh().unwrap();
        let text = token.text();
        assert_eq!(text.len(), 43);
        assert_eq!(Token::parse(&text).unwrap().hash(), token.hash());
        assert_ne!(token.hash(), Token::fresh().unwrap().hash());
        for bad in
            ["", "x", &text[1..], &format!("{text}A"), &format!("{}=", &text[..42]), &format!("{}B", "A".repeat(42))]
        {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_derived_value_belongs_to_one_token_and_one_purpose() {
        let (token, other) = (Token::fresh().unwrap(), Token::fresh().unwrap());
        let value = token.derive("a");
        assert!(token.derived("a", &value));
        assert!(!token.derived("b", &value) && !other.derived("a", &value) && !token.derived("a", ""));
        assert!(!value.contains(&token.text()));
    }

    #[test]
    fn what_an_older_build_derived_is_known() {
        let token = Token::parse(&"A".repeat(43)).unwrap();
        assert!(token.derived("a", "lhWpXUozYRjENbnNVMXoZEq5VrVzqikmJ0oSgLZnRxM"));
    }

    #[test]
    fn debug_tells_nothing() {
        assert_eq!(format!("{:?}", Token::fresh().unwrap()), "Token(…)");
    }
}

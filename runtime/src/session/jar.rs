//! The cookies: what each carries, how long, and that none of them leaves the panel or is read by a script.

use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::marks::LEFT_SECONDS;
use crate::public_url::PublicUrl;
use crate::token::Token;

/// The cookies of the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jar {
    /// The session.
    Session,
    /// Before a session: what forms of the sign-in are bound to.
    Door,
    /// The token of a one-use link, moved out of the address for as long as the form is filled in.
    Link,
    /// That somebody signed in with this browser before: tries from it are counted apart, and nothing else.
    Device,
    /// What the body of an action said, for the page after the redirect. Not in the address: it may name a person.
    Said,
    /// The session that was over when a form of it was sent: what was typed in it is taken from the same person alone.
    Left,
}

/// Seconds that a link's token stays in its cookie.
const LINK_SECONDS: i64 = 15 * 60;
/// Days that a device stays known without a sign-in from it.
pub(crate) const DEVICE_DAYS: i64 = 90;
/// Seconds that an action's words stay in theirs: one redirect's worth, and a reload's.
const SAID_SECONDS: i64 = 30;
/// Characters of an action's words that are kept; a cookie holds 4 KiB, percent-encoded.
const SAID_CHARS: usize = 300;

impl Jar {
    /// The cookie's name. `__Host-` keeps other hosts of the domain from setting it; browsers take it only with
    /// `Secure`, which plain http on loopback can't have.
    #[must_use]
    pub fn name(self, public_url: &PublicUrl) -> &'static str {
        match (self, public_url.is_https()) {
            (Self::Session, true) => "__Host-bw",
            (Self::Session, false) => "bw",
            (Self::Door, true) => "__Host-bw-door",
            (Self::Door, false) => "bw-door",
            (Self::Link, true) => "__Host-bw-link",
            (Self::Link, false) => "bw-link",
            (Self::Device, true) => "__Host-bw-device",
            (Self::Device, false) => "bw-device",
            (Self::Said, true) => "__Host-bw-said",
            (Self::Said, false) => "bw-said",
            (Self::Left, true) => "__Host-bw-left",
            (Self::Left, false) => "bw-left",
        }
    }

    /// Whether an answer with these headers hands this cookie out.
    #[must_use]
    pub(crate) fn is_set_by(self, headers: &HeaderMap, public_url: &PublicUrl) -> bool {
        let name = self.name(public_url);
        let handed = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        handed.filter_map(|cookie| cookie.split_once('=')).any(|(set, _)| set == name)
    }

    /// The token in the request's cookie.
    #[must_use]
    pub fn read(self, headers: &HeaderMap, public_url: &PublicUrl) -> Option<Token> {
        Token::parse(self.value(headers, public_url)?)
    }

    /// The words in the request's cookie.
    #[must_use]
    pub fn words(self, headers: &HeaderMap, public_url: &PublicUrl) -> Option<String> {
        let words = percent_decode_str(self.value(headers, public_url)?).decode_utf8().ok()?;
        (!words.is_empty()).then(|| words.into_owned())
    }

    /// The token of the browser that speaks: the one that it is known by, else the one of the door, which becomes it
    /// with a sign-in.
    #[must_use]
    pub fn device(headers: &HeaderMap, public_url: &PublicUrl) -> Option<Token> {
        Self::Device.read(headers, public_url).or_else(|| Self::Door.read(headers, public_url))
    }

    /// The name counts as it was sent. Decoded, `__%48ost-bw` would be ours too, and that one any host of the domain
    /// may set: browsers guard the prefix letter by letter.
    fn value<'h>(self, headers: &'h HeaderMap, public_url: &PublicUrl) -> Option<&'h str> {
        let name = self.name(public_url);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == name)
            .and_then(|cookie| cookie.value_raw())
    }

    /// Hands the token out.
    #[must_use]
    pub fn set(self, token: &Token, public_url: &PublicUrl) -> HeaderValue {
        let max_age = match self {
            Self::Link => Some(LINK_SECONDS),
            Self::Device => Some(DEVICE_DAYS * 86_400),
            _ => None,
        };
        self.header(&token.text(), max_age, public_url)
    }

    /// Hands words out.
    #[must_use]
    pub fn say(self, words: &str, public_url: &PublicUrl) -> HeaderValue {
        let words: String = words.chars().take(SAID_CHARS).collect();
        let words = utf8_percent_encode(&words, NON_ALPHANUMERIC).to_string();
        self.header(&words, Some(SAID_SECONDS), public_url)
    }

    /// Hands out what [`Marks::left`](crate::marks::Marks::left) made. The browser forgets it in time; the panel does
    /// not rely on that.
    #[must_use]
    pub(crate) fn leave(self, left: &str, public_url: &PublicUrl) -> HeaderValue {
        self.header(left, Some(LEFT_SECONDS), public_url)
    }

    /// Takes it back.
    #[must_use]
    pub fn clear(self, public_url: &PublicUrl) -> HeaderValue {
        self.header("", Some(0), public_url)
    }

    fn header(self, value: &str, max_age: Option<i64>, public_url: &PublicUrl) -> HeaderValue {
        let mut cookie = Cookie::build((self.name(public_url), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(public_url.is_https());
        if let Some(seconds) = max_age {
            cookie = cookie.max_age(cookie::time::Duration::seconds(seconds));
        }
        // Name, token, encoded words and attributes are all of letters that a header takes.
        HeaderValue::from_str(&cookie.build().to_string()).unwrap_or(HeaderValue::from_static(""))
    }
}

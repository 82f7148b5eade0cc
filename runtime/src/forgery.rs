//! Whether a POST comes from a page of the panel itself. Two answers must both be yes: the browser's own word about
//! where the request came from, and a token that only a page of this session could carry. It says nothing about rights.

use http::{HeaderMap, header};

use crate::public_url::PublicUrl;
use crate::token::Token;

const PURPOSE: &str = "bailiwick form v1";

/// Why a post is not believed; the sentence completes "This form was not accepted: …".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forged {
    /// The browser says that another site sent it.
    ForeignSite,
    /// It carries no token, or not one of this session.
    WrongToken,
}

/// What every form of a session carries: what only its token gives, and behind a point the mark by which the session is
/// known again under another token, where it has one. The mark makes no form genuine.
#[must_use]
pub fn form_token(session: &Token, mark: Option<&str>) -> String {
    match mark {
        Some(mark) => format!("{}.{mark}", session.derive(PURPOSE)),
        None => session.derive(PURPOSE),
    }
}

/// The mark in what a form carries.
pub(crate) fn mark_in(carried: &str) -> Option<&str> {
    carried.split_once('.').map(|(_, mark)| mark)
}

/// Whether the form carries the token of this session.
pub fn check_token(session: &Token, carried: Option<&str>) -> Result<(), Forged> {
    let token = carried.map(|carried| carried.split_once('.').map_or(carried, |(token, _)| token));
    if token.is_some_and(|token| session.derived(PURPOSE, token)) { Ok(()) } else { Err(Forged::WrongToken) }
}

/// What the browser says about the origin of a POST. `Origin`, where it is sent, must be the panel's own;
/// `Sec-Fetch-Site` must not name another site. A client that sends neither (no browser of today) is left to the token.
pub fn check_origin(headers: &HeaderMap, public_url: &PublicUrl) -> Result<(), Forged> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    if let Some(origin) = origins.next() {
        let own = origin.to_str().is_ok_and(|origin| public_url.is_own_origin(origin));
        if !own || origins.next().is_some() {
            return Err(Forged::ForeignSite);
        }
    }
    let mut sites = headers.get_all("sec-fetch-site").iter();
    if let Some(site) = sites.next() {
        // `none`: typed, bookmarked or sent again by the person themselves.
        let own = matches!(site.as_bytes(), b"same-origin" | b"none");
        if !own || sites.next().is_some() {
            return Err(Forged::ForeignSite);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(pairs: &[(&'static str, &'static str)]) -> Result<(), Forged> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, http::HeaderValue::from_static(value));
        }
        check_origin(&headers, &PublicUrl::parse("https://admin.example").unwrap())
    }

    #[test]
    fn only_the_panels_own_pages_post() {
        for good in [
            &[][..],
            &[("origin", "https://admin.example")],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none"), ("origin", "https://admin.example")],
        ] {
            assert_eq!(checked(good), Ok(()), "{good:?}");
        }
        for bad in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "http://admin.example")],
            &[("origin", "https://admin.example"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://admin.example")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        ] {
            assert_eq!(checked(bad), Err(Forged::ForeignSite), "{bad:?}");
        }
    }

    #[test]
    fn a_token_of_another_session_is_not_taken() {
        let (mine, theirs) = (Token::fresh().unwrap(), Token::fresh().unwrap());
        for mark in [None, Some("mark")] {
            let token = form_token(&mine, mark);
            assert_eq!((check_token(&mine, Some(&token)), mark_in(&token)), (Ok(()), mark));
            let other = form_token(&theirs, mark);
            for bad in [None, Some(""), Some("."), Some(".mark"), Some(other.as_str()), Some(mine.text().as_str())] {
                assert_eq!(check_token(&mine, bad), Err(Forged::WrongToken));
            }
        }
    }
}

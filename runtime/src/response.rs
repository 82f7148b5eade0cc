//! What a page answers with. Security headers, the request id and the cache rule of pages are put on in one place, by
//! the service, so no page can forget them; a page says status, kind and content.

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

/// An answer, not yet sealed with the headers that every answer has.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status.
    pub status: StatusCode,
    /// Headers beyond those that every answer has.
    pub headers: HeaderMap,
    /// Content.
    pub body: Bytes,
}

impl Response {
    /// 200 with this content of this media type.
    #[must_use]
    pub fn new(media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        Self { status: StatusCode::OK, headers, body: body.into() }
    }

    /// 200 with a page.
    #[must_use]
    pub fn html(page: String) -> Self {
        Self::new("text/html; charset=utf-8", page)
    }

    /// 200 with plain text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new("text/plain; charset=utf-8", text.into())
    }

    /// A file whose name changes with its content: kept by the browser for a year and never asked for again.
    #[must_use]
    pub fn immutable(media_type: &'static str, body: Bytes) -> Self {
        Self::new(media_type, body)
            .with_header(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"))
    }

    /// 303: look there now. `to` is a path with the base path on, as [`crate::context::Cx::link`] prints it; one that a
    /// header cannot carry becomes `/`.
    #[must_use]
    pub fn see_other(to: &str) -> Self {
        let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
        let mut answer = Self { status: StatusCode::SEE_OTHER, headers: HeaderMap::new(), body: Bytes::new() };
        answer.headers.insert(header::LOCATION, to);
        answer
    }

    /// With another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With one more header; `Set-Cookie` adds up, any other replaces.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if name == header::SET_COOKIE {
            self.headers.append(name, value);
        } else {
            self.headers.insert(name, value);
        }
        self
    }
}

//! What a page answers with. Security headers, the request id and the cache rule of pages are put on in one place, by
//! the service, so no page can forget them; a page says status, kind and content.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use http_body::{Frame, SizeHint};
use tokio::sync::mpsc;

/// An answer, not yet sealed with the headers that every answer has.
#[derive(Debug)]
pub struct Response {
    /// Status.
    pub status: StatusCode,
    /// Headers beyond those that every answer has.
    pub headers: HeaderMap,
    /// Content.
    pub body: Body,
}

/// Content, whole or as it comes.
#[derive(Debug)]
pub struct Body(Content);

#[derive(Debug)]
enum Content {
    Whole(Option<Bytes>),
    Parts(mpsc::Receiver<Part>),
    Over,
}

/// A piece of content that comes bit by bit.
#[derive(Debug)]
pub(crate) enum Part {
    /// More of it.
    Bytes(Bytes),
    /// That was all. Whoever sends parts and goes without it has broken off, and the visitor's connection breaks too.
    End,
}

/// The content broke off. The connection ends without the mark of its end, so that nobody takes a part for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the content broke off")
    }
}

impl std::error::Error for BrokenOff {}

impl Body {
    /// What comes through the channel, until [`Part::End`].
    pub(crate) fn parts(from: mpsc::Receiver<Part>) -> Self {
        Self(Content::Parts(from))
    }

    /// The content, if it is there as a whole.
    #[must_use]
    pub fn whole(&self) -> Option<&Bytes> {
        match &self.0 {
            Content::Whole(bytes) => bytes.as_ref(),
            Content::Parts(_) | Content::Over => None,
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Content::Whole(Some(bytes)))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let part = match &mut self.0 {
            Content::Whole(bytes) => {
                return Poll::Ready(bytes.take().filter(|b| !b.is_empty()).map(|b| Ok(Frame::data(b))));
            }
            Content::Parts(from) => ready!(from.poll_recv(cx)),
            Content::Over => return Poll::Ready(None),
        };
        Poll::Ready(match part {
            Some(Part::Bytes(bytes)) => Some(Ok(Frame::data(bytes))),
            Some(Part::End) => {
                self.0 = Content::Over;
                None
            }
            None => {
                self.0 = Content::Over;
                Some(Err(BrokenOff))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Content::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Content::Parts(_) => false,
            Content::Over => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64)),
            Content::Parts(_) => SizeHint::default(),
            Content::Over => SizeHint::with_exact(0),
        }
    }
}

impl Response {
    /// 200 with this content of this media type.
    #[must_use]
    pub fn new(media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        Self { status: StatusCode::OK, headers, body: Body::from(body.into()) }
    }

    /// 200 with a page.
    #[must_use]
    pub fn html(page: String) -> Self {
        Self::new("text/html; charset=utf-8", page)
    }

    /// 200 with a file to keep, as it comes. `name` is of letters, digits, points and dashes.
    #[must_use]
    pub(crate) fn file(media_type: &'static str, name: &str, body: Body) -> Self {
        let mut answer = Self::new(media_type, Bytes::new());
        answer.body = body;
        let disposition = format!("attachment; filename=\"{name}\"");
        let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
        answer.with_header(header::CONTENT_DISPOSITION, disposition)
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
        let mut answer =
            Self { status: StatusCode::SEE_OTHER, headers: HeaderMap::new(), body: Body::from(Bytes::new()) };
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

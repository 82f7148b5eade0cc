//! Reading a posted form within a limit: what is announced as too large is not read at all, what turns out too large is
//! not read on. How large it may be is the intake's to say.

use std::fmt::{self, Display};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use http_body::{Body, Frame};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyDataStream, BodyExt as _};
use multer::{Constraints, Multipart, SizeLimit};

use crate::error::Unread;
use crate::fields::Fields;
use crate::limits::Limits;

/// What a body says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyKind {
    Form,
    Json,
    Other,
}

impl BodyKind {
    fn of(headers: &HeaderMap) -> Self {
        if is_form(headers) {
            Self::Form
        } else if is_json(headers) {
            Self::Json
        } else {
            Self::Other
        }
    }
}

/// What comes with a request, of which nothing is read yet.
pub(crate) struct Arriving {
    body: UnsyncBoxBody<Bytes, String>,
    announced: Option<u64>,
    /// Whether the visitor sends it only once it is asked for.
    waits: bool,
    kind: BodyKind,
    /// Whether there is nothing more to wait for.
    over: bool,
}

impl fmt::Debug for Arriving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arriving").field("announced", &self.announced).field("over", &self.over).finish_non_exhaustive()
    }
}

impl Arriving {
    pub(crate) fn of<B>(headers: &HeaderMap, body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Display,
    {
        let announced = announced(headers).max(Some(body.size_hint().lower()).filter(|least| *least > 0));
        Self {
            body: body.map_err(|why| why.to_string()).boxed_unsync(),
            announced,
            waits: headers.contains_key(header::EXPECT),
            kind: BodyKind::of(headers),
            over: false,
        }
    }

    /// How many bytes it says that it has.
    pub(crate) fn announced(&self) -> Option<u64> {
        self.announced
    }

    /// Reads it, up to so many bytes and fields.
    pub(crate) async fn form(&mut self, most: usize, fields: usize) -> Result<Fields, Unread> {
        if self.announced.is_some_and(|length| length > most as u64) {
            return Err(Unread::TooLarge);
        }
        if self.kind != BodyKind::Form {
            return Err(Unread::OtherKind);
        }
        let read = self.bytes(most).await?;
        // Counted before anything is allocated for them.
        if read.split(|byte| *byte == b'&').nth(fields).is_some() {
            return Err(Unread::TooLarge);
        }
        Ok(Fields::parse(&read))
    }

    /// Reads what says of itself that it is JSON, up to so many bytes; nothing where nothing came.
    pub(crate) async fn json(&mut self, most: usize) -> Result<Vec<u8>, Unread> {
        if self.announced.is_some_and(|length| length > most as u64) {
            return Err(Unread::TooLarge);
        }
        let read = self.bytes(most).await?;
        if read.is_empty() || self.kind == BodyKind::Json { Ok(read) } else { Err(Unread::OtherKind) }
    }

    async fn bytes(&mut self, most: usize) -> Result<Vec<u8>, Unread> {
        let mut read = Vec::new();
        while let Some(frame) = self.body.frame().await {
            let frame = frame.map_err(|why| {
                tracing::debug!(%why, "a body broke off");
                self.over = true;
                Unread::BrokenOff
            })?;
            // Trailers are of no use to a form.
            let Ok(data) = frame.into_data() else { continue };
            if read.len() + data.len() > most {
                return Err(Unread::TooLarge);
            }
            read.extend_from_slice(&data);
        }
        self.over = true;
        Ok(read)
    }

    /// Nothing more of it is waited for.
    pub(crate) fn give_up(&mut self) {
        self.over = true;
    }

    /// Takes what is still on its way, and keeps none of it: who is in the middle of sending would see a broken
    /// connection in the place of the answer. Not of what is larger than any form, nor of what does not say how large
    /// it is.
    pub(crate) async fn discard(&mut self, most: usize) {
        if self.over || self.waits || self.announced.is_none_or(|length| length > most as u64) {
            return;
        }
        let mut left = most;
        while let Some(Ok(frame)) = self.body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                break;
            }
        }
        self.over = true;
    }
}

/// Whether a file may come with this request: only the import of a model takes one, at `/SLUG/import`.
pub(crate) fn has_file(parts: &Parts) -> bool {
    let path = parts.uri.path();
    parts.method == Method::POST
        && path.strip_suffix('/').unwrap_or(path).ends_with("/import")
        && kind_of(&parts.headers).is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// A form with a file, of which nothing is read yet; reading it keeps to the limit.
pub(crate) fn with_file<B>(headers: &HeaderMap, body: B, limits: &Limits) -> Result<Multipart<'static>, Unread>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Display,
{
    if announced(headers).is_some_and(|length| length > limits.upload) || body.size_hint().lower() > limits.upload {
        return Err(Unread::TooLarge);
    }
    let boundary = kind_of(headers).and_then(|kind| multer::parse_boundary(kind).ok()).ok_or(Unread::OtherKind)?;
    let body = body.map_err(|why| std::io::Error::other(why.to_string())).boxed_unsync();
    let stream = BodyDataStream::new(PieceByPiece { body, pauses: false });
    let limit = SizeLimit::new().whole_stream(limits.upload);
    Ok(Multipart::with_constraints(stream, boundary, Constraints::new().size_limit(limit)))
}

/// A body that lets each piece be looked at before the next one is taken: the reader of forms takes all that has
/// arrived before it gives any of it on, and of a large file over a fast line that is the whole.
struct PieceByPiece {
    body: UnsyncBoxBody<Bytes, std::io::Error>,
    pauses: bool,
}

impl Body for PieceByPiece {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if std::mem::take(&mut self.pauses) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let piece = Pin::new(&mut self.body).poll_frame(cx);
        self.pauses = matches!(piece, Poll::Ready(Some(Ok(_))));
        piece
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
}

fn kind_of(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

/// An empty body may come without a type.
fn is_form(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return headers.get(header::CONTENT_LENGTH).is_none_or(|length| length == "0")
            && !headers.contains_key(header::TRANSFER_ENCODING);
    };
    kind.to_str().is_ok_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    kind_of(headers).is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    })
}

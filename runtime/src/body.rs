//! Reading a posted form within its limits: what is announced as too large is not read at all, what turns out too large
//! is not read on.

use std::fmt::Display;
use std::pin::pin;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use http_body::Body;
use http_body_util::{BodyDataStream, BodyExt as _};
use multer::{Constraints, Multipart, SizeLimit};

use crate::fields::Fields;
use crate::limits::Limits;

/// Why there is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// More bytes or fields than a form may have: 413.
    TooLarge,
    /// Not a form: 415.
    OtherKind,
    /// The visitor went away in the middle of it: 400.
    BrokenOff,
}

/// Reads the form of a POST.
pub(crate) async fn form<B>(headers: &HeaderMap, body: B, limits: &Limits) -> Result<Fields, Unread>
where
    B: Body<Data = Bytes>,
    B::Error: Display,
{
    let announced = announced(headers);
    let most = limits.form as u64;
    if announced.is_some_and(|length| length > most) || body.size_hint().lower() > most {
        return Err(Unread::TooLarge);
    }
    if !is_form(headers) {
        return Err(Unread::OtherKind);
    }
    let mut read = Vec::new();
    let mut body = pin!(body);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|why| {
            tracing::debug!(%why, "a body broke off");
            Unread::BrokenOff
        })?;
        // Trailers are of no use to a form.
        let Ok(data) = frame.into_data() else { continue };
        if read.len() + data.len() > limits.form {
            return Err(Unread::TooLarge);
        }
        read.extend_from_slice(&data);
    }
    // Counted before anything is allocated for them.
    if read.split(|byte| *byte == b'&').nth(limits.fields).is_some() {
        return Err(Unread::TooLarge);
    }
    Ok(Fields::parse(&read))
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
    let stream = BodyDataStream::new(body.map_err(|why| std::io::Error::other(why.to_string())));
    let limit = SizeLimit::new().whole_stream(limits.upload);
    Ok(Multipart::with_constraints(stream, boundary, Constraints::new().size_limit(limit)))
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

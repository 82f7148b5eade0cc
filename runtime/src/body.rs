//! Reading a posted form within its limits: what is announced as too large is not read at all, what turns out too large
//! is not read on.

use std::fmt::Display;
use std::pin::pin;

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::Body;
use http_body_util::BodyExt as _;

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
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
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

//! How much and how long a request may be. Every number has its reason in the table of defaults; none can be set by a
//! visitor.

use std::time::Duration;

use crate::panel::{Field, Inline, Kind, Model, Panel};

/// Forms beyond the usual size that one process holds at once; with the largest that there is, 64 MiB.
pub(crate) const LARGE_AT_ONCE: usize = 8;

/// Bounds of the server and the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Request line and headers together, bytes.
    pub head: usize,
    /// A posted form of somebody who is not signed in, or lacks their second factor, bytes; it has as long as a head.
    pub form_at_the_door: usize,
    /// A posted form of somebody who is signed in, bytes.
    pub form: usize,
    /// The texts of a row in a form of somebody who may write them, bytes beyond `form`.
    pub texts: usize,
    /// Fields of a posted form.
    pub fields: usize,
    /// A file to be imported, bytes, with its form.
    pub upload: u64,
    /// From the end of the headers to the answer, where a file comes with it.
    pub upload_time: Duration,
    /// From the first byte of a request (or the end of the one before) to the end of its headers.
    pub head_time: Duration,
    /// From there to the answer.
    pub handler_time: Duration,
    /// For closing connections that are still busy when the server ends.
    pub drain_time: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Password hashes that may wait; more are answered with 503.
    pub hash_queue: usize,
}

/// Rows of an inline that a form shows; the others are on their own list.
pub(crate) const ROWS_IN_FORM: usize = 20;
/// Bytes that a character may take in a form: four in UTF-8, each percent-encoded.
const ENCODED: usize = 4 * 3;
/// Bytes that one link takes in a form, with the longest names around it.
const LINK: usize = 128;
/// Fields of a form that no declared links can exceed.
const MOST_FIELDS: usize = 20_000;
/// Bytes of a form that no declared length can exceed, and that texts without one may have.
const LARGEST_FORM: usize = 8 * 1024 * 1024;

impl Limits {
    /// The defaults, with room for the longest texts that a model of the panel declares.
    #[must_use]
    pub fn of(panel: &Panel) -> Self {
        let length = |field: &Field| match (field.max_len, field.kind) {
            (Some(length), _) => usize::try_from(length).unwrap_or(usize::MAX).saturating_mul(ENCODED),
            (None, Kind::Text | Kind::Json) => LARGEST_FORM,
            (None, _) => 0,
        };
        let texts = |model: &Model| -> usize {
            model.fields.iter().filter(|field| field.is_writable()).map(length).fold(0, usize::saturating_add)
        };
        // Each link is a field of the form, also of the rows that are filled in within it.
        let link_count = |field: &Field| field.links().and(field.max_len).map_or(0, |most| most as usize);
        let of_rows = |inline: &Inline| {
            let child = panel.models.get(inline.model).filter(|_| inline.in_form);
            let fields = inline.fields.iter().filter_map(|field| child?.fields.get(*field));
            fields.map(link_count).fold(0, usize::saturating_add).saturating_mul(ROWS_IN_FORM)
        };
        let links = |model: &Model| -> usize {
            model.fields.iter().map(link_count).chain(model.inlines.iter().map(of_rows)).fold(0, usize::saturating_add)
        };
        let limits = Self::default();
        let longest = panel.models.iter().map(|model| texts(model).saturating_add(links(model).saturating_mul(LINK)));
        let longest = longest.max().unwrap_or(0);
        let most = panel.models.iter().map(links).max().unwrap_or(0);
        Self {
            texts: longest.min(LARGEST_FORM.saturating_sub(limits.form)),
            fields: limits.fields.saturating_add(most).min(MOST_FIELDS),
            ..limits
        }
    }

    /// Bytes of the largest form, whoever sends it.
    #[must_use]
    pub fn largest(&self) -> usize {
        self.form.saturating_add(self.texts)
    }
}

impl Default for Limits {
    /// Headers 16 KiB (and hyper's own 100 of them) and 10 s, form 64 KiB (16 KiB at the door) and 1,000 fields, a file
    /// to be imported 64 MiB and 5 min, handler 30 s. hyper times the
    /// wait for the next request of a connection as part of its headers, so an idle connection is closed after 10 s,
    /// not 30.
    fn default() -> Self {
        Self {
            head: 16 * 1024,
            form_at_the_door: 16 * 1024,
            form: 64 * 1024,
            texts: 0,
            fields: 1_000,
            upload: 64 * 1024 * 1024,
            upload_time: Duration::from_mins(5),
            head_time: Duration::from_secs(10),
            handler_time: Duration::from_secs(30),
            drain_time: Duration::from_secs(10),
            connections: 1_024,
            hash_queue: crate::password::QUEUE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{CLINIC, DOCTORS, PANEL, PATIENTS, SAMPLES};

    #[test]
    fn a_form_has_room_for_what_its_model_declares() {
        static LONG: Panel = Panel { models: &[DOCTORS, PATIENTS, SAMPLES], ..CLINIC };
        static SHORT: Panel = Panel { models: &[DOCTORS], ..CLINIC };
        let limits = Limits::of(&SHORT);
        assert_eq!(limits.texts, 80 * 12, "the name of a doctor");
        assert_eq!(limits.largest(), 64 * 1024 + 80 * 12);
        // Notes that may be as long as they like.
        assert_eq!((Limits::of(&LONG).largest(), Limits::of(&PANEL).largest()), (LARGEST_FORM, LARGEST_FORM));
    }
}

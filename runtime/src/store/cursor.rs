//! A key of a list as text for an address, and back. An address ends up in histories and in the logs of proxies, so
//! that the value in it is sealed; what comes back is a visitor's word all the same: opened for the very order that it
//! was given out for, parsed, and only ever bound as a value. Of a value that is too long for an address, the row that
//! holds it stands there, with a digest by which it is known again.
//!
//! The key of the seal stands in the database and is never shown: whoever holds the database holds the values anyway,
//! and every process over it opens what another has given out.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key as SealKey, XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};

use crate::key::RowKey;
use crate::mac;
use crate::panel::{KeyKind, Kind, Model, Sort};
use crate::store::query::Key;
use crate::value::Value;

/// Bytes of the nonce of XChaCha20-Poly1305, in front of what is sealed.
const NONCE: usize = 24;
/// Longest text that is looked at.
const LONGEST: usize = 8_192;
/// Bytes of a value that still goes into an address: what surrounds it has to fit into a request's head, too.
const LONGEST_VALUE: usize = 3_000;

/// What a cursor stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// A place in the order.
    Key(Key),
    /// The place of this row, as long as its value is the one of this digest: see [`Place::is_of`].
    Row {
        /// Primary key.
        id: RowKey,
        /// Of the value.
        digest: [u8; 32],
    },
}

impl Place {
    /// Whether this is the value whose digest it is.
    #[must_use]
    pub fn is_of(digest: &[u8; 32], value: &Value) -> bool {
        *digest == digest_of(value)
    }
}

fn digest_of(value: &Value) -> [u8; 32] {
    Sha256::digest(value.to_text().as_bytes()).into()
}

/// Seals and opens the cursors of one database.
#[derive(Clone)]
pub struct Cursors {
    cipher: XChaCha20Poly1305,
    nonces: [u8; 32],
}

impl fmt::Debug for Cursors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursors(…)")
    }
}

impl Cursors {
    /// With the key that the database keeps.
    #[must_use]
    pub fn with(key: &[u8]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(&SealKey::from(mac::of(key, b"cursor"))),
            nonces: mac::of(key, b"nonces"),
        }
    }

    /// The key as text that needs no escaping in an address; the same key in the same order gives the same text.
    /// `None`: it could not be sealed, and nothing is given out instead.
    #[must_use]
    pub fn encode(&self, model: &Model, sort: Option<Sort>, key: &Key) -> Option<String> {
        let value = match &key.value {
            Value::Null => "n".to_owned(),
            value => match value.to_text() {
                text if text.len() > LONGEST_VALUE => format!("d{}", URL_SAFE_NO_PAD.encode(digest_of(value))),
                text => format!("v{text}"),
            },
        };
        let plain = format!("{}:{value}", key.id.segment());
        let order = order(model, sort);
        // Made of what is sealed: two that differ never share one.
        let whole = mac::of(&self.nonces, format!("{order}\n{plain}").as_bytes());
        let nonce: [u8; NONCE] = whole.first_chunk().copied()?;
        let payload = Payload { msg: plain.as_bytes(), aad: order.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What this text stands for in this order; `None` when it was not given out for it.
    #[must_use]
    pub fn decode(&self, model: &Model, sort: Option<Sort>, text: &str) -> Option<Place> {
        if text.len() > LONGEST {
            return None;
        }
        let whole = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = whole.split_first_chunk::<NONCE>()?;
        let order = order(model, sort);
        let payload = Payload { msg: sealed, aad: order.as_bytes() };
        let plain = self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
        read(model, sort, &String::from_utf8(plain).ok()?)
    }
}

/// What a cursor is good for: one list in one order.
fn order(model: &Model, sort: Option<Sort>) -> String {
    let field = |sort: Sort| model.fields.get(sort.field).map_or("", |field| field.name);
    match sort {
        None => model.name.to_owned(),
        Some(sort) => format!("{} {} {}", model.name, field(sort), if sort.descending { "down" } else { "up" }),
    }
}

fn read(model: &Model, sort: Option<Sort>, plain: &str) -> Option<Place> {
    let (id, value) = plain.split_once(':')?;
    let id = match model.key {
        KeyKind::Number => RowKey::Number(id.parse().ok()?),
        kind => RowKey::of_segment(kind, id)?,
    };
    if let (Some(digest), Some(_)) = (value.strip_prefix('d'), sort) {
        return Some(Place::Row { id, digest: URL_SAFE_NO_PAD.decode(digest).ok()?.try_into().ok()? });
    }
    let value = match (value.strip_prefix('v'), sort) {
        (None, None) if value == "n" => Value::Null,
        (None, Some(sort)) if value == "n" && model.fields.get(sort.field)?.optional => Value::Null,
        (Some(value), Some(sort)) => parse(model.fields.get(sort.field)?.kind, value)?,
        _ => return None,
    };
    Some(Place::Key(Key { value, id }))
}

/// Nothing is sorted by JSON.
fn parse(kind: Kind, text: &str) -> Option<Value> {
    if kind == Kind::Json { None } else { Value::from_text(kind, text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{PANEL, PATIENT, patient, text};

    fn by(field: usize) -> Sort {
        Sort { field, descending: false }
    }

    #[test]
    fn a_cursor_opens_for_its_order_and_its_database_alone() {
        let (here, elsewhere) = (Cursors::with(&[1; 32]), Cursors::with(&[2; 32]));
        let model = &PANEL.models[PATIENT];
        let key = Key { value: text("Berg"), id: 4.into() };
        let given = here.encode(model, Some(by(patient::NAME)), &key).unwrap();
        assert_eq!(here.decode(model, Some(by(patient::NAME)), &given), Some(Place::Key(key.clone())));
        assert_eq!(here.encode(model, Some(by(patient::NAME)), &key), Some(given.clone()), "the same each time");
        assert_eq!(here.decode(model, Some(by(patient::EMAIL)), &given), None, "another field");
        let down = Some(Sort { field: patient::NAME, descending: true });
        assert_eq!(here.decode(model, down, &given), None, "the other way");
        assert_eq!(here.decode(&PANEL.models[0], Some(by(0)), &given), None, "another list");
        assert_eq!(elsewhere.decode(model, Some(by(patient::NAME)), &given), None, "another database");
        for at in 0..given.len() {
            let mut bent = given.clone().into_bytes();
            bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bent).unwrap();
            assert!(
                bent == given
                    || here.decode(model, Some(by(patient::NAME)), &bent)
                        != Some(Place::Key(Key { id: 5.into(), ..key.clone() }))
            );
        }
    }

    #[test]
    fn what_an_older_build_gave_out_is_given_out_again() {
        let cursors = Cursors::with(&[1; 32]);
        let key = Key { value: text("Berg"), id: 4.into() };
        let given = cursors.encode(&PANEL.models[PATIENT], Some(by(patient::NAME)), &key);
        assert_eq!(given.as_deref(), Some("5VZ9l04USyfQVj4gjwIZzD1lTMD5d71i8O7tUPzrfrsQy5ZUpn50YhYGdh1YHpk"));
    }

    #[test]
    fn the_value_is_not_to_be_read_in_it() {
        let cursors = Cursors::with(&[1; 32]);
        let key = Key { value: text("Berg, of all people"), id: 4.into() };
        let given = cursors.encode(&PANEL.models[PATIENT], Some(by(patient::NAME)), &key).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&given).unwrap();
        assert!(!bytes.windows(4).any(|four| four == b"Berg"));
    }

    #[test]
    fn a_long_value_is_known_again_and_does_not_fill_the_address() {
        let cursors = Cursors::with(&[1; 32]);
        let (model, sort) = (&PANEL.models[PATIENT], Some(by(patient::NAME)));
        let long = text(&"ß".repeat(1_501));
        let given = cursors.encode(model, sort, &Key { value: long.clone(), id: 4.into() }).unwrap();
        assert!(given.len() < 200);
        let Some(Place::Row { id: RowKey::Number(4), digest }) = cursors.decode(model, sort, &given) else {
            panic!("a row")
        };
        assert!(Place::is_of(&digest, &long) && !Place::is_of(&digest, &text("ß")));
        // The longest that stands in the address itself comes back, too.
        let key = Key { value: text(&"ß".repeat(1_500)), id: 4.into() };
        let given = cursors.encode(model, sort, &key).unwrap();
        assert_eq!(cursors.decode(model, sort, &given), Some(Place::Key(key)));
    }

    #[test]
    fn what_was_sealed_by_mistake_is_none_too() {
        let cursors = Cursors::with(&[1; 32]);
        let model = &PANEL.models[PATIENT];
        for (sort, plain) in [
            (None, "1"),
            (None, "x:n"),
            (None, "1:vAbel"),
            (None, "99999999999999999999:n"),
            (Some(by(patient::NAME)), "1:n"),
            (Some(by(patient::BORN)), "1:vyesterday"),
            (Some(by(patient::BORN)), "1:v1980-13-01"),
            (Some(by(patient::CREATED_AT)), "1:v12"),
            (Some(by(patient::PIN)), "1:vx"),
            (Some(by(99)), "1:vx"),
            (None, "1:dAAAA"),
            (Some(by(patient::NAME)), "1:dAAAA"),
        ] {
            assert_eq!(read(model, sort, plain), None, "{plain}");
        }
        for unsealed in ["", "!!", "MTpu", &"A".repeat(9_000)] {
            assert_eq!(cursors.decode(model, None, unsealed), None, "{unsealed}");
        }
    }
}

//! What a row is known by: a number in the panel's own tables, and in adopted ones a UUID or a text, too. It is read by
//! the kind that the table has, or not at all: nothing here guesses a kind from what somebody typed.

mod text;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use self::text::{KeyText, NoKey};
use crate::kind::KeyKind;
use crate::value::Value;

/// Bytes that a text has at most that is a key. Keys stand in addresses, in lists of rows that go along with another,
/// and in the memory of both: what is longer is no name.
pub const LONGEST: usize = 64;

/// The key of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// A whole number.
    Number(i64),
    /// A UUID.
    Uuid(Uuid),
    /// A text.
    Text(KeyText),
}

impl RowKey {
    /// The key of this kind that a person or a program spelled, in its one spelling: a number without plus and leading
    /// zero, a UUID in small letters with its dashes, a text as it is.
    #[must_use]
    pub fn parse(kind: KeyKind, text: &str) -> Option<Self> {
        match kind {
            // A table that was there before may have numbers below one.
            KeyKind::Number => {
                let number: i64 = text.parse().ok()?;
                (number.to_string() == text).then_some(Self::Number(number))
            }
            KeyKind::Uuid => {
                let uuid: Uuid = text.parse().ok()?;
                (uuid.to_string() == text).then_some(Self::Uuid(uuid))
            }
            KeyKind::Text => KeyText::new(text).map(Self::Text),
        }
    }

    /// The key of this kind that [`RowKey`] printed, in any spelling of the same.
    #[must_use]
    pub fn read(kind: KeyKind, text: &str) -> Option<Self> {
        match kind {
            KeyKind::Number => text.parse().ok().map(Self::Number),
            KeyKind::Uuid => text.parse().ok().map(Self::Uuid),
            KeyKind::Text => KeyText::new(text).map(Self::Text),
        }
    }

    /// The key that a value is, of a row or of one that points at it; nulls and all that is no key are none.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Self::Number(*number)),
            Value::Uuid(uuid) => Some(Self::Uuid(*uuid)),
            Value::Text(text) => KeyText::new(text).map(Self::Text),
            _ => None,
        }
    }

    /// As the log keeps a key that is no number: by its kind and in full.
    #[must_use]
    pub(crate) fn kept(self) -> Option<String> {
        match self {
            Self::Number(_) => None,
            Self::Uuid(uuid) => Some(format!("uuid {uuid}")),
            Self::Text(text) => Some(format!("text {text}")),
        }
    }

    /// What the log keeps as a key.
    pub(crate) fn of_kept(text: &str) -> Option<Self> {
        let (kind, text) = text.split_once(' ')?;
        match kind {
            "uuid" => Self::read(KeyKind::Uuid, text),
            "text" => Self::read(KeyKind::Text, text),
            _ => None,
        }
    }

    /// Of which kind it is.
    #[must_use]
    pub fn kind(self) -> KeyKind {
        match self {
            Self::Number(_) => KeyKind::Number,
            Self::Uuid(_) => KeyKind::Uuid,
            Self::Text(_) => KeyKind::Text,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn number(self) -> Option<i64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// Where the log looks for it: the number, and of any other key one that is made of it. Two keys may share one.
    #[must_use]
    pub fn place(self) -> i64 {
        let digest = match self {
            Self::Number(number) => return number,
            Self::Uuid(uuid) => Sha256::digest(uuid.as_bytes()),
            Self::Text(text) => Sha256::digest(text.as_bytes()),
        };
        digest.iter().take(8).fold(0_i64, |number, byte| number << 8 | i64::from(*byte)) & i64::MAX
    }

    /// As one segment of a path. No key is spelled like a word of the panel's own paths, nor can one hold a slash: a
    /// text begins with `~`, and all but letters and digits is percent-encoded.
    #[must_use]
    pub fn segment(self) -> Segment {
        Segment(self)
    }

    /// What [`RowKey::segment`] printed, and nothing that only reads like it: no two paths name the same row.
    #[must_use]
    pub fn of_segment(kind: KeyKind, segment: &str) -> Option<Self> {
        if kind != KeyKind::Text {
            return Self::parse(kind, segment);
        }
        let text = percent_encoding::percent_decode_str(segment.strip_prefix('~')?).decode_utf8().ok()?;
        let key = Self::parse(kind, &text)?;
        (key.segment().to_string() == segment).then_some(key)
    }
}

/// A key as one segment of a path.
#[derive(Debug, Clone, Copy)]
pub struct Segment(RowKey);

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KEPT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_');
        match &self.0 {
            RowKey::Text(text) => write!(f, "~{}", percent_encoding::utf8_percent_encode(text, KEPT)),
            other => fmt::Display::fmt(other, f),
        }
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => fmt::Display::fmt(number, f),
            Self::Uuid(uuid) => fmt::Display::fmt(uuid, f),
            Self::Text(text) => fmt::Display::fmt(text, f),
        }
    }
}

impl fmt::Debug for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => fmt::Debug::fmt(number, f),
            Self::Uuid(uuid) => fmt::Debug::fmt(uuid, f),
            Self::Text(text) => fmt::Debug::fmt(text, f),
        }
    }
}

/// A key in little room, where there may be very many: most are numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Packed {
    /// A number.
    Number(i64),
    /// Anything else.
    Other(Box<RowKey>),
}

impl Packed {
    /// The key itself.
    pub(crate) fn key(&self) -> RowKey {
        match self {
            Self::Number(number) => RowKey::Number(*number),
            Self::Other(key) => **key,
        }
    }
}

impl From<RowKey> for Packed {
    fn from(key: RowKey) -> Self {
        match key {
            RowKey::Number(number) => Self::Number(number),
            other => Self::Other(Box::new(other)),
        }
    }
}

impl From<i64> for RowKey {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Uuid> for RowKey {
    fn from(uuid: Uuid) -> Self {
        Self::Uuid(uuid)
    }
}

impl From<KeyText> for RowKey {
    fn from(text: KeyText) -> Self {
        Self::Text(text)
    }
}

impl From<RowKey> for Value {
    fn from(key: RowKey) -> Self {
        match key {
            RowKey::Number(number) => Self::Int(number),
            RowKey::Uuid(uuid) => Self::Uuid(uuid),
            RowKey::Text(text) => Self::Text(text.to_string()),
        }
    }
}

/// As jobs keep it: a number as such.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Spelled {
    Number(i64),
    Other { key: String },
}

impl Serialize for RowKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self, self.kept()) {
            (Self::Number(number), _) => Spelled::Number(*number),
            (_, kept) => Spelled::Other { key: kept.unwrap_or_default() },
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RowKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Spelled::deserialize(deserializer)? {
            Spelled::Number(number) => Ok(Self::Number(number)),
            Spelled::Other { key } => Self::of_kept(&key).ok_or_else(|| serde::de::Error::custom(NoKey)),
        }
    }
}

impl PartialEq<i64> for RowKey {
    fn eq(&self, number: &i64) -> bool {
        *self == Self::Number(*number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> RowKey {
        RowKey::parse(KeyKind::Text, text).expect("a key")
    }

    #[test]
    fn a_segment_reads_back_and_is_never_a_word_of_the_panel() {
        for key in ["new", "import", "pick", "a/b", "a b", "..", ".", "%2F", "~", "Ä", "3", "x?y#z", "a+b", "\u{7f}"] {
            let segment = text(key).segment().to_string();
            assert!(segment.starts_with('~') && !segment.contains(['/', ' ', '?', '#', '+']), "{segment}");
            assert_eq!(RowKey::of_segment(KeyKind::Text, &segment), Some(text(key)), "{segment}");
        }
    }

    #[test]
    fn a_key_has_one_spelling() {
        for (kind, spelled) in [
            (KeyKind::Text, "~%61"),
            (KeyKind::Text, "~a%2fb"),
            (KeyKind::Text, "a"),
            (KeyKind::Text, "~"),
            (KeyKind::Text, "~%00"),
            (KeyKind::Text, "~%FF"),
            (KeyKind::Number, "03"),
            (KeyKind::Number, "+3"),
            (KeyKind::Number, "-03"),
            (KeyKind::Number, "-0"),
            (KeyKind::Number, "00"),
            (KeyKind::Number, "-"),
            (KeyKind::Number, " 3"),
            (KeyKind::Number, "9223372036854775808"),
            (KeyKind::Number, "3x"),
            (KeyKind::Number, ""),
            (KeyKind::Uuid, "67E55044-10B1-426F-9247-BB680E5FE0C8"),
            (KeyKind::Uuid, "67e5504410b1426f9247bb680e5fe0c8"),
            (KeyKind::Uuid, "{67e55044-10b1-426f-9247-bb680e5fe0c8}"),
            (KeyKind::Uuid, "new"),
        ] {
            assert_eq!(RowKey::of_segment(kind, spelled), None, "{spelled}");
        }
        let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        assert_eq!(RowKey::of_segment(KeyKind::Uuid, uuid).map(|key| key.to_string()).as_deref(), Some(uuid));
        for number in [30, 0, -1, i64::MIN, i64::MAX] {
            assert_eq!(RowKey::of_segment(KeyKind::Number, &number.to_string()), Some(RowKey::Number(number)));
        }
    }

    #[test]
    fn texts_that_are_no_keys_are_refused() {
        let longest = "x".repeat(LONGEST);
        assert_eq!(KeyText::new(&longest).as_deref(), Some(longest.as_str()));
        for wrong in [String::new(), "x".repeat(LONGEST + 1), "Ä".repeat(LONGEST / 2 + 1), "a\0b".to_owned()] {
            assert_eq!(KeyText::new(&wrong), None);
        }
    }

    #[test]
    fn keys_compare_as_values_do() {
        let words = ["a", "B", "aa", "Z", "ä", "~", "b", "A", "9", "10", " "];
        for one in words {
            for other in words {
                let order = Value::from(text(one)).compare(&Value::from(text(other)));
                assert_eq!(Some(text(one).cmp(&text(other))), order, "{one} {other}");
            }
        }
    }
}

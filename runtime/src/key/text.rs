//! A text that is a key, in place: it is copied as a number is. It refuses what is longer than a name.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::LONGEST;

/// A text that is a key: not empty, at most [`LONGEST`] bytes, without a NUL.
#[derive(Clone, Copy)]
pub struct KeyText {
    len: u8,
    bytes: [u8; LONGEST],
}

impl KeyText {
    /// `None`: it is empty, too long, or holds a NUL, which no column does.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        let len = u8::try_from(text.len()).ok()?;
        (len > 0 && !text.contains('\0')).then_some(Self { len, bytes })
    }

    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // It was made of a text, of all of it.
        self.bytes.get(..self.len.into()).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl std::ops::Deref for KeyText {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for KeyText {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for KeyText {}

impl PartialOrd for KeyText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for KeyText {
    /// By bytes, as both databases compare text.
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for KeyText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<&str> for KeyText {
    type Error = NoKey;

    fn try_from(text: &str) -> Result<Self, NoKey> {
        Self::new(text).ok_or(NoKey)
    }
}

/// A text that is no key: empty, longer than [`LONGEST`] bytes, or with a NUL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKey;

impl fmt::Display for NoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a key has 1 to {LONGEST} bytes and no NUL")
    }
}

impl std::error::Error for NoKey {}

//! A key outside the database that goes into every password's hash: whoever has the database alone can't even try
//! passwords. It may be changed: the one before is still taken, and the next sign-in moves the hash to the new one.

use std::fmt;

use argon2::KeyId;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::mac;

/// Shortest key, bytes: as long as what it makes.
const SHORTEST: usize = 32;

/// The key in use and the one before, if there are any.
#[derive(Clone, Default)]
pub struct Peppers {
    current: Option<Pepper>,
    previous: Option<Pepper>,
}

#[derive(Clone)]
pub(crate) struct Pepper {
    key: Zeroizing<Vec<u8>>,
    id: [u8; 8],
}

impl fmt::Debug for Peppers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Peppers({}, {})", self.current.is_some(), self.previous.is_some())
    }
}

impl Peppers {
    /// From the settings. The error completes "BAILIWICK_PEPPER …".
    pub fn new(current: Option<String>, previous: Option<String>) -> Result<Self, &'static str> {
        let pepper = |text: Option<String>| {
            let Some(text) = text.map(Zeroizing::new) else { return Ok(None) };
            if text.len() < SHORTEST {
                return Err("must hold at least 32 bytes, such as `openssl rand -base64 32` gives");
            }
            Ok(Some(Pepper::of(text.as_bytes())))
        };
        Ok(Self { current: pepper(current)?, previous: pepper(previous)? })
    }

    /// What new hashes are made with.
    pub(crate) fn current(&self) -> Option<&Pepper> {
        self.current.as_ref()
    }

    /// The key that a hash names; the outer none: nobody has that key any more.
    #[expect(clippy::option_option, reason = "no key is needed, and no such key, are two answers")]
    pub(crate) fn of_hash(&self, id: &[u8]) -> Option<Option<&Pepper>> {
        if id.is_empty() {
            return Some(None);
        }
        [&self.current, &self.previous].into_iter().flatten().find(|pepper| pepper.id == id).map(Some)
    }

    /// Whether a hash that names this key was made with the one in use.
    pub(crate) fn is_current(&self, id: &[u8]) -> bool {
        self.current.as_ref().map_or(&[][..], |pepper| &pepper.id) == id
    }
}

impl Pepper {
    fn of(key: &[u8]) -> Self {
        let mut id = [0; 8];
        let hash = Sha256::new().chain_update(b"bailiwick pepper ").chain_update(key).finalize();
        id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self { key: Zeroizing::new(key.to_vec()), id }
    }

    /// Its name in a hash: tells which key, and nothing about it.
    pub(crate) fn id(&self) -> Option<KeyId> {
        KeyId::new(&self.id).ok()
    }

    /// What is hashed instead of the password.
    pub(crate) fn applied(&self, password: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(mac::of(&self.key, password).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn passwords_that_an_older_build_hashed_are_known() {
        let applied = Pepper::of(b"a key").applied(b"a password");
        assert_eq!(URL_SAFE_NO_PAD.encode(&*applied), "Z22pJ04aOV0bghgO4WThLa2maqOahQmvjFIuR6nDmEc");
    }
}

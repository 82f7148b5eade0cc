//! HMAC-SHA-256: what only whoever has a key can make. Keys stay where they are; nothing is compared here, since
//! whoever compares does it in constant time.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Of a text as it stands.
pub(crate) fn of(key: &[u8], text: &[u8]) -> [u8; 32] {
    made(key, &[text])
}

/// Of parts of known number and length, a null byte behind each.
pub(crate) fn of_parts(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let ended: Vec<&[u8]> = parts.iter().flat_map(|part| [*part, &[0]]).collect();
    made(key, &ended)
}

fn made(key: &[u8], pieces: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length; there is no error to meet.
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mut mac| {
        for piece in pieces {
            mac.update(piece);
        }
        mac.finalize().into_bytes().into()
    })
}

#[cfg(test)]
mod tests {
    use super::{of, of_parts};

    /// RFC 4231, cases 1, 2 and 6: a key as it mostly is, a short one, and one longer than a block.
    #[test]
    fn it_is_what_the_standard_says() {
        for (key, text, begins) in [
            (&[0x0b; 20][..], &b"Hi There"[..], [0xb0, 0x34, 0x4c, 0x61]),
            (b"Jefe", b"what do ya want for nothing?", [0x5b, 0xdc, 0xc1, 0x46]),
            (&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First", [0x60, 0xe4, 0x31, 0x59]),
        ] {
            assert_eq!(of(key, text)[..4], begins);
        }
    }

    #[test]
    fn parts_end_where_they_end() {
        assert_eq!(of_parts(b"key", &[b"a", b"bc"]), of(b"key", b"a\0bc\0"));
        assert_ne!(of_parts(b"key", &[b"ab", b"c"]), of_parts(b"key", &[b"a", b"bc"]));
    }
}

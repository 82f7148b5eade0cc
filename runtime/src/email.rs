//! Addresses that people sign in with: one stated form, Unicode NFC in lower case, so that one person has one account
//! whatever they type.

use unicode_normalization::UnicodeNormalization as _;

/// Longest address, bytes (RFC 5321, 4.5.3.1.3, without the brackets).
pub const LONGEST: usize = 254;

/// The stored form of whatever was typed.
#[must_use]
pub fn fold(typed: &str) -> String {
    typed.trim().nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// Whether this (folded) text can be an address; else a sentence for whoever typed it.
pub fn check(folded: &str) -> Result<(), &'static str> {
    let halves = folded.split_once('@');
    let shaped = halves.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
    if !shaped || folded.chars().any(odd) {
        return Err("Enter an e-mail address such as anna@example.org.");
    }
    if folded.len() > LONGEST {
        return Err("Use an e-mail address of at most 254 bytes.");
    }
    Ok(())
}

/// Whether this (folded) text can hardly be anything but an address: its host is a name under a top-level domain. A
/// password that happens to hold an at sign is no such thing.
#[must_use]
pub fn is_plainly_one(folded: &str) -> bool {
    let host = folded.split_once('@').map_or("", |(_, host)| host);
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    check(folded).is_ok()
        && host.split('.').all(label)
        && host.rsplit_once('.').is_some_and(|(_, top)| {
            top.starts_with("xn--") || (top.chars().count() >= 2 && top.chars().all(char::is_alphabetic))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_spelling() {
        assert_eq!(fold("  Anna.BERG@Clinic.Example "), "anna.berg@clinic.example");
        assert_eq!(fold("U\u{308}nal@x.example"), fold("\u{dc}NAL@X.EXAMPLE"));
    }

    #[test]
    fn what_is_no_address_is_told_so() {
        assert_eq!(check("anna@clinic.example"), Ok(()));
        for bad in ["", "anna", "@x", "anna@", "a@b@c", "a b@c.d", "<a@b.c>", "a@b.c,d@e.f"] {
            assert!(check(bad).is_err(), "{bad}");
        }
        for plain in ["anna@clinic.example", "anna@klinik.xn--p1ai", "ana@клиника.рф"] {
            assert!(is_plainly_one(plain), "{plain}");
        }
        for password in ["summer@2026!secret", "p@ssword", "p@ss.w0rd", "correct@horse.", "a@b..cd", "anna"] {
            assert!(!is_plainly_one(password), "{password}");
        }
        assert!(check(&format!("{}@x.example", "a".repeat(260))).is_err());
    }
}

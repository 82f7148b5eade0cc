//! The second factor: time-based codes (RFC 6238: SHA-1, six digits, 30 s, one step of clock drift either way), and the
//! recovery codes beside them. Here a secret becomes codes, an address for an app and a picture; what counts, and how
//! often, is decided in [`check`] and in the database.

pub(crate) mod check;
pub(crate) mod codes;

use std::fmt::{self, Write as _};

use chrono::{DateTime, Utc};
use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Builder, Secret, Totp};

use crate::error::Error;
use crate::secret::FACTOR_BYTES;

/// A factor that is being set up.
pub(crate) struct Offer {
    /// For typing: base32, four letters a group.
    pub(crate) text: String,
    /// `otpauth://totp/…`, for a phone that shows the page itself.
    pub(crate) address: String,
    /// Modules a side, margin included.
    pub(crate) size: usize,
    /// The dark modules as the path of an SVG, one unit a module.
    pub(crate) path: String,
}

impl fmt::Debug for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Offer(…)")
    }
}

/// Modules of light margin that readers ask for (ISO/IEC 18004).
const MARGIN: usize = 4;

fn totp(secret: &[u8]) -> Result<Builder, Error> {
    let secret = <[u8; FACTOR_BYTES]>::try_from(secret)
        .map_err(|_| Error::Bug("a factor's secret has another length".to_owned()))?;
    Ok(Builder::new().with_secret(Secret::from(secret)))
}

fn built(builder: Builder) -> Result<Totp, Error> {
    builder.build().map_err(|why| Error::Bug(format!("a factor can't be built: {why}")))
}

/// The number of the time step that this code is right for now, or one step before or after. All are compared, and in
/// constant time, so that a wrong code does not tell how wrong it is.
pub(crate) fn step_of(secret: &[u8], code: &str, now: DateTime<Utc>) -> Result<Option<i64>, Error> {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(built(totp(secret)?)?.check(code, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// What the page of an enrolment shows.
pub(crate) fn offer(secret: &[u8], panel: &str, email: &str) -> Result<Offer, Error> {
    // A colon parts panel and account in the address of a factor.
    let plain = |text: &str| text.replace(':', " ");
    let totp = built(totp(secret)?.with_issuer(Some(plain(panel))).with_account_name(plain(email)))?;
    let bug = |why: String| Error::Bug(format!("a factor can't be drawn: {why}"));
    let address = totp.to_url().map_err(|why| bug(why.to_string()))?;
    let drawn = QrCode::with_error_correction_level(&address, EcLevel::M).map_err(|why| bug(why.to_string()))?;
    let width = drawn.width();
    let mut path = String::new();
    for (at, color) in drawn.to_colors().into_iter().enumerate() {
        if color == Color::Dark && width > 0 {
            // Writing to a string can't fail.
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + MARGIN, at / width + MARGIN);
        }
    }
    let base32 = totp.secret().to_base32();
    let groups: Vec<&str> = base32.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
    Ok(Offer { text: groups.join(" "), address, size: width + 2 * MARGIN, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of its eight digits.
    const RFC: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc_one_step_of_drift_allowed() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let step = seconds / 30;
            for (moment, right) in [(seconds, true), (seconds + 30, true), (seconds - 30, true), (seconds + 60, false)]
            {
                assert_eq!(step_of(RFC, code, at(moment)).unwrap(), right.then_some(step), "{code} at {moment}");
            }
        }
        for bad in ["", "28708", "2870820", "28708a", "+87082"] {
            assert_eq!(step_of(RFC, bad, at(59)).unwrap(), None, "{bad}");
        }
        assert!(step_of(b"short", "287082", at(59)).is_err());
    }

    #[test]
    fn an_offer_tells_its_secret_to_no_log() {
        let offer = offer(RFC, "Clinic", "anna@example.org").unwrap();
        let shown = format!("{offer:?}");
        assert!(!offer.text.is_empty() && !shown.contains(&offer.text) && !shown.contains("otpauth"), "{shown}");
    }

    #[test]
    fn an_offer_can_be_typed_opened_and_scanned() {
        let offer = offer(RFC, "Clinic", "anna@clinic.example").unwrap();
        assert_eq!(offer.text, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(offer.address.starts_with("otpauth://totp/Clinic:anna%40clinic.example?secret=GEZDGNBVGY3TQOJQ"));
        assert!(offer.address.contains("issuer=Clinic"));
        assert!(offer.size > 29 && offer.path.starts_with("M4 4h1v1h-1z"));
    }
}

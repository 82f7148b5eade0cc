//! Which values can be compared with each other, and where constants lie among them. A constant that the store might
//! read otherwise than it is written here has no place.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Timelike};

use crate::panel::{ChoiceId, Kind, Literal, ModelId};

/// In a second.
pub(super) const NANOS: i128 = 1_000_000_000;

/// Values that can be compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Text,
    Bool,
    Int,
    Float,
    Decimal(u8),
    Date,
    Time,
    Timestamp,
    Uuid,
    Bytes,
    Choice(ChoiceId),
    Person,
    Row(ModelId),
}

impl Family {
    pub(super) fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::String | Kind::Text | Kind::Email | Kind::Url => Self::Text,
            Kind::Bool => Self::Bool,
            Kind::I32 | Kind::I64 => Self::Int,
            Kind::F64 => Self::Float,
            Kind::Decimal { scale, .. } => Self::Decimal(scale),
            Kind::Date => Self::Date,
            Kind::Time => Self::Time,
            Kind::Timestamp => Self::Timestamp,
            Kind::Uuid => Self::Uuid,
            Kind::Bytes => Self::Bytes,
            Kind::Choice(choice) => Self::Choice(choice),
            Kind::Actor => Self::Person,
            Kind::Model(model, _) => Self::Row(model),
            Kind::Json | Kind::Secret | Kind::Many(_) => return None,
        })
    }

    /// Values follow each other with nothing between.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Int | Self::Date | Self::Bool | Self::Choice(_))
    }

    /// `<` means the same here and in both databases.
    pub(super) fn is_ordered(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Int | Self::Float | Self::Decimal(_) | Self::Date | Self::Time | Self::Timestamp
        )
    }

    /// Where a constant lies on the line of its family; `texts` are all texts that occur, sorted.
    pub(super) fn position(self, literal: &Literal, texts: &[String]) -> Option<i128> {
        match (literal, self) {
            (Literal::Bool(b), Self::Bool) => Some(i128::from(*b)),
            (Literal::Int(i), Self::Int) => Some(i128::from(*i)),
            (Literal::Choice(choice, variant), Self::Choice(of)) if *choice == of => i128::try_from(*variant).ok(),
            (Literal::Int(i), Self::Decimal(_)) => decimal_position(&i.to_string(), 18),
            (Literal::Number(n), Self::Decimal(scale)) => decimal_position(n, scale),
            (Literal::Int(i), Self::Float) => i.to_string().parse().ok().and_then(float_position),
            (Literal::Number(n), Self::Float) => n.parse().ok().and_then(float_position),
            (Literal::Text(text), Self::Text) => rank(text, texts),
            (Literal::Text(text), Self::Uuid) => rank(&uuid_digits(text)?, texts),
            (Literal::Text(text), Self::Date) => {
                text.parse::<NaiveDate>().ok().map(|day| i128::from(day.num_days_from_ce()))
            }
            (Literal::Text(text), Self::Time) => text.parse::<NaiveTime>().ok().and_then(|time| {
                let nanos = i128::from(time.num_seconds_from_midnight()) * NANOS + i128::from(time.nanosecond());
                (nanos % NANOS == 0).then_some(nanos)
            }),
            (Literal::Text(text), Self::Timestamp) => DateTime::parse_from_rfc3339(text)
                .ok()
                .map(|at| i128::from(at.timestamp()) * NANOS + i128::from(at.timestamp_subsec_nanos()))
                // The store keeps microseconds; what is finer may fall together there.
                .filter(|nanos| nanos % 1_000 == 0),
            _ => None,
        }
    }
}

fn rank(text: &str, texts: &[String]) -> Option<i128> {
    let rank = texts.binary_search_by(|known| known.as_str().cmp(text)).ok()?;
    i128::try_from(rank).ok()
}

/// The 32 digits of an identifier, whichever way it is spelled; `None` if it is none.
pub(crate) fn uuid_digits(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let bare = text.strip_prefix("urn:uuid:").unwrap_or(&text);
    let bare = bare.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(bare);
    let hyphens = bare.match_indices('-').map(|(at, _)| at);
    let digits: String = bare.chars().filter(|c| *c != '-').collect();
    let spelled = bare.len() == 32 || hyphens.eq([8, 13, 18, 23]);
    (spelled && digits.len() == 32 && digits.chars().all(|c| c.is_ascii_hexdigit())).then_some(digits)
}

/// In units of 10⁻¹⁸; `None` with more digits after the point than the field keeps.
fn decimal_position(text: &str, scale: u8) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if part.len() > usize::from(scale.min(18)) {
        return None;
    }
    let value: i128 = format!("{whole}{part:0<18}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// Floats in their order, as whole numbers.
fn float_position(float: f64) -> Option<i128> {
    let bits = (float + 0.0).to_bits();
    let magnitude = i128::from(bits & !(1 << 63));
    float.is_finite().then_some(if bits >> 63 == 1 { -magnitude } else { magnitude })
}

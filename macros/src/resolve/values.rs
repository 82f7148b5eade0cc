//! Literals as values of a field's type: defaults and bounds. What does not fit is reported and left out.

use chrono::{DateTime, NaiveDate, NaiveTime};

use super::names::{Names, plain};
use crate::ast::{Value, ValueKind};
use crate::diag::Diags;
use crate::panel::{Kind, Literal, Name};

/// The rule that a default, bound or modifier breaks when no value of the field could meet it.
pub(crate) const RULE: &str = "value_fits_field";

/// The value as one of this kind; reports what does not fit.
pub(crate) fn literal(names: &Names<'_>, kind: Kind, value: &Value, diags: &mut Diags) -> Option<Literal> {
    if let Kind::Choice(choice) = kind {
        match &value.kind {
            ValueKind::Name(name) => {
                return Some(Literal::Choice(choice, names.variant(choice, name, diags)?));
            }
            ValueKind::Path(owner, name) if names.find_choice(owner) == Some(choice) => {
                names.mention(Name::Choice(choice), owner);
                return Some(Literal::Choice(choice, names.variant(choice, name, diags)?));
            }
            _ => {}
        }
    }
    let fits = match (&value.kind, kind) {
        (ValueKind::Bool(value), Kind::Bool) => Some(Literal::Bool(*value)),
        (ValueKind::Int(int), Kind::I32) => i32::try_from(*int).ok().map(|int| Literal::Int(int.into())),
        (ValueKind::Int(int), Kind::I64) => Some(Literal::Int(*int)),
        (ValueKind::Int(int), Kind::F64) => Some(Literal::Number(int.to_string())),
        (ValueKind::Number(digits), Kind::F64) => Some(Literal::Number(digits.clone())),
        (ValueKind::Int(int), Kind::Decimal { precision, scale }) => decimal(&int.to_string(), precision, scale),
        (ValueKind::Number(digits), Kind::Decimal { precision, scale }) => decimal(digits, precision, scale),
        (ValueKind::Text(text), kind) if is_text_of(text, kind) => Some(Literal::Text(text.clone())),
        _ => None,
    };
    if fits.is_none() {
        let expected = expected(names, kind);
        diags.error(RULE, value.place, format!("the value does not fit: expected {expected}"));
    }
    fits
}

fn decimal(digits: &str, precision: u8, scale: u8) -> Option<Literal> {
    let (whole, fraction) =
        digits.trim_start_matches('-').split_once('.').unwrap_or((digits.trim_start_matches('-'), ""));
    let whole = whole.trim_start_matches('0');
    let fits = fraction.len() <= usize::from(scale) && whole.len() <= usize::from(precision - scale);
    fits.then(|| Literal::Number(digits.to_owned()))
}

/// Whether the text is written as values of this kind are: RFC 3339 for days and times.
fn is_text_of(text: &str, kind: Kind) -> bool {
    match kind {
        Kind::String => !text.contains(['\n', '\r']),
        Kind::Text => true,
        Kind::Email => text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
        Kind::Url => text.starts_with("http://") || text.starts_with("https://"),
        Kind::Date => NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        Kind::Time => {
            NaiveTime::parse_from_str(text, "%H:%M:%S").is_ok() || NaiveTime::parse_from_str(text, "%H:%M").is_ok()
        }
        Kind::Timestamp => DateTime::parse_from_rfc3339(text).is_ok(),
        Kind::Uuid => is_uuid(text),
        Kind::Json => !text.trim().is_empty(),
        _ => false,
    }
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// What a value of the kind looks like, with an example.
fn expected(names: &Names<'_>, kind: Kind) -> String {
    match kind {
        Kind::String => "one line of text in quotes".to_owned(),
        Kind::Text => "a text in quotes".to_owned(),
        Kind::Email => "an address such as \"anna@example.org\"".to_owned(),
        Kind::Url => "an address such as \"https://example.org\"".to_owned(),
        Kind::Bool => "`true` or `false`".to_owned(),
        Kind::I32 => format!("a whole number from {} to {}", i32::MIN, i32::MAX),
        Kind::I64 => "a whole number".to_owned(),
        Kind::F64 => "a number".to_owned(),
        Kind::Decimal { precision, scale } => {
            format!("a number of at most {precision} digits, {scale} of them after the point")
        }
        Kind::Date => "a day such as \"2026-01-31\"".to_owned(),
        Kind::Time => "a time such as \"14:30:00\"".to_owned(),
        Kind::Timestamp => "a moment such as \"2026-01-31T14:30:00Z\"".to_owned(),
        Kind::Uuid => "a UUID in quotes".to_owned(),
        Kind::Json => "JSON in quotes".to_owned(),
        Kind::Choice(choice) => format!("a variant of `{}`", plain(names.choices[choice.0].0)),
        Kind::Secret | Kind::Bytes | Kind::Actor | Kind::Model(..) | Kind::Many(_) => {
            "no value: there is no literal of this type".to_owned()
        }
    }
}

/// Whether `least` lies over `most`; both are literals of `kind`.
pub(crate) fn is_above(least: &Literal, most: &Literal) -> bool {
    match (least, most) {
        (Literal::Int(least), Literal::Int(most)) => least > most,
        (Literal::Number(least), Literal::Number(most)) => {
            matches!((least.parse::<f64>(), most.parse::<f64>()), (Ok(least), Ok(most)) if least > most)
        }
        // Days, and times of one length, sort as their text does.
        (Literal::Text(least), Literal::Text(most)) => least.len() == most.len() && least > most,
        _ => false,
    }
}

//! Whether a value may stand in a field: the modifiers of the block, and what a type can hold at all. Forms ask here
//! for the sentence at the field; the store asks again before it writes, whoever the writer is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Datelike as _, SubsecRound as _, Timelike as _, Utc};
use regex::Regex;

use crate::email;
use crate::key::KeyText;
use crate::panel::{Field, KeyKind, Kind, Panel};
use crate::value::{Literal, Value};

/// Longest address of mail, octets (RFC 5321, 4.5.3.1.3).
const LONGEST_EMAIL: usize = 254;

/// The value in the form that the store gives back: decimals with the field's scale, moments to the microsecond, times
/// to the second. What does not fit stays as it is, for [`violation`] to name.
#[must_use]
pub fn normal(kind: Kind, value: Value) -> Value {
    match (kind, value) {
        (Kind::Decimal { scale, .. }, Value::Decimal(mut decimal)) => {
            decimal = decimal.normalize();
            if decimal.scale() <= u32::from(scale) {
                decimal.rescale(u32::from(scale));
            }
            Value::Decimal(decimal)
        }
        (Kind::Timestamp, Value::Timestamp(at)) => Value::Timestamp(at.trunc_subsecs(6)),
        (Kind::Time, Value::Time(time)) => Value::Time(time.with_nanosecond(0).unwrap_or(time)),
        // One person has one spelling, so that `unique` finds them whatever was typed.
        (Kind::Email, Value::Text(text)) => Value::Text(email::fold(&text)),
        (Kind::Many(_), Value::Null) => Value::Links(Vec::new()),
        (Kind::Many(_), Value::Links(to)) => Value::links(to),
        (_, value) => value,
    }
}

/// Why the value may not stand in the field, as a sentence for whoever filled it in. `now` is the moment of the
/// request.
#[must_use]
pub fn violation(panel: &Panel, field: &Field, value: &Value, now: DateTime<Utc>) -> Option<String> {
    if value.is_null() {
        return if field.optional { None } else { Some("This is needed.".to_owned()) };
    }
    misfit(panel, field.kind, value)
        .or_else(|| wrong_length(field, value))
        .or_else(|| out_of_bounds(field, value))
        .or_else(|| wrong_time(field, value, now))
        .or_else(|| wrong_pattern(field, value))
}

fn misfit(panel: &Panel, kind: Kind, value: &Value) -> Option<String> {
    let say = |text: &str| Some(text.to_owned());
    match (kind, value) {
        (Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Choice(_), Value::Text(text)) => {
            if text.contains('\0') {
                return say("This holds a character that can't be stored (NUL).");
            }
            match kind {
                Kind::String if text.contains(['\n', '\r']) => say("This must be one line."),
                Kind::Email if !is_email(text) => say("This is no address of mail, as in anna@example.org."),
                Kind::Url if !is_url(text) => say("This is no address, as in https://example.org/."),
                Kind::Choice(choice)
                    if !panel.choices.get(choice).is_some_and(|c| c.variants.iter().any(|v| v.name == text)) =>
                {
                    say("Choose one of the values offered.")
                }
                _ => None,
            }
        }
        (Kind::Bool, Value::Bool(_))
        | (Kind::I64 | Kind::Actor | Kind::Model(_, _, KeyKind::Number), Value::Int(_))
        | (Kind::Time, Value::Time(_))
        | (Kind::Uuid | Kind::Model(_, _, KeyKind::Uuid), Value::Uuid(_))
        | (Kind::Secret, Value::SecretHash(_))
        | (Kind::Bytes, Value::Bytes(_))
        | (Kind::Many(_), Value::Links(_)) => None,
        (Kind::Model(_, _, KeyKind::Text), Value::Text(text)) => {
            if KeyText::new(text).is_some() {
                None
            } else {
                say("Choose one of the values offered.")
            }
        }
        (Kind::I32, Value::Int(int)) => {
            i32::try_from(*int).err().map(|_| format!("This must lie between {} and {}.", i32::MIN, i32::MAX))
        }
        (Kind::F64, Value::Float(float)) => {
            if float.is_finite() {
                None
            } else {
                say("This must be a finite number.")
            }
        }
        (Kind::Decimal { precision, scale }, Value::Decimal(decimal)) => {
            let decimal = decimal.normalize();
            let largest = 10_i128.pow(u32::from(precision.min(28)));
            if decimal.scale() > u32::from(scale) {
                Some(format!("At most {scale} digits after the point."))
            } else if decimal
                .mantissa()
                .checked_mul(10_i128.pow(u32::from(scale) - decimal.scale()))
                .is_none_or(|units| units.abs() >= largest)
            {
                Some(format!("At most {precision} digits in all, {scale} of them after the point."))
            } else {
                None
            }
        }
        (Kind::Date, Value::Date(date)) => {
            if (0..=9999).contains(&date.year()) {
                None
            } else {
                say("The year must have four digits.")
            }
        }
        (Kind::Timestamp, Value::Timestamp(at)) => {
            if (0..=9999).contains(&at.year()) {
                None
            } else {
                say("The year must have four digits.")
            }
        }
        (Kind::Json, Value::Json(text)) => no_json(text),
        _ => say("This value is of another type than the field."),
    }
}

/// What every reader of JSON takes: half a character, a number beyond all floating-point ones and more than 127 levels are
/// taken by some and stop others at the whole page. PostgreSQL keeps no NUL.
fn no_json(text: &str) -> Option<String> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => holds_nul(&value).then(|| "No text in it may hold the character NUL (\\u0000).".to_owned()),
        Err(why) => Some(format!("This is no JSON: line {}, column {}.", why.line(), why.column())),
    }
}

fn holds_nul(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(values) => values.iter().any(holds_nul),
        serde_json::Value::Object(pairs) => pairs.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn wrong_length(field: &Field, value: &Value) -> Option<String> {
    if let Value::Links(to) = value {
        // Not how many there are: some of them may be hidden from whoever reads this.
        let most = field.max_len.filter(|most| to.len() > *most as usize)?;
        return Some(format!("At most {most} of them."));
    }
    let (length, unit) = match value {
        Value::Text(text) | Value::Json(text) => (text.chars().count(), "characters"),
        Value::Bytes(bytes) => (bytes.len(), "bytes"),
        _ => return None,
    };
    let short = field.min_len.is_some_and(|min| length < min as usize);
    let long = field.max_len.is_some_and(|max| length > max as usize);
    match (field.min_len, field.max_len) {
        (Some(1), _) if short => Some("This is needed.".to_owned()),
        (Some(min), _) if short => Some(format!("At least {min} {unit}; this has {length}.")),
        (_, Some(max)) if long => Some(format!("At most {max} {unit}; this has {length}.")),
        _ => None,
    }
}

fn out_of_bounds(field: &Field, value: &Value) -> Option<String> {
    let bound = |literal: Option<Literal>| literal.map(|l| l.value(field.kind));
    if let Some(min) = bound(field.min)
        && value.compare(&min).is_some_and(std::cmp::Ordering::is_lt)
    {
        return Some(format!("At least {}.", min.to_text()));
    }
    if let Some(max) = bound(field.max)
        && value.compare(&max).is_some_and(std::cmp::Ordering::is_gt)
    {
        return Some(format!("At most {}.", max.to_text()));
    }
    None
}

fn wrong_time(field: &Field, value: &Value, now: DateTime<Utc>) -> Option<String> {
    let today = now.date_naive();
    let (is_future, is_past) = match value {
        Value::Date(date) => (*date > today, *date < today),
        Value::Timestamp(at) => (*at >= now, *at <= now),
        _ => return None,
    };
    if field.past && is_future {
        return Some("This must lie in the past.".to_owned());
    }
    if field.future && is_past {
        return Some("This must lie in the future.".to_owned());
    }
    None
}

fn wrong_pattern(field: &Field, value: &Value) -> Option<String> {
    let (Some(pattern), Value::Text(text)) = (field.pattern, value) else { return None };
    // The block's pattern compiled while compiling; should it not now, nothing passes.
    let matches = compiled(pattern).is_some_and(|regex| regex.is_match(text));
    if matches {
        return None;
    }
    Some(if field.help.is_empty() {
        format!("This must look like {pattern}.")
    } else {
        format!("This does not have the form that is asked for: {}", field.help)
    })
}

/// Compiled once a program. Shared rather than cloned: a clone of a `Regex` makes what it matches with anew.
fn compiled(pattern: &'static str) -> Option<Arc<Regex>> {
    type Compiled = HashMap<&'static str, Option<Arc<Regex>>>;
    static COMPILED: OnceLock<Mutex<Compiled>> = OnceLock::new();
    let mut compiled = COMPILED.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    compiled.entry(pattern).or_insert_with(|| Regex::new(&format!(r"\A(?:{pattern})\z")).ok().map(Arc::new)).clone()
}

/// One mailbox: something, an at sign, a domain; no white space. Whether it exists only mail can tell.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    text.len() <= LONGEST_EMAIL
        && !local.is_empty()
        && local.len() <= 64
        && !local.contains('@')
        && !domain.is_empty()
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && !domain.contains("..")
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '"'))
}

fn is_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// A default or bound of the block as a value of the field.
#[must_use]
pub fn default_of(field: &Field) -> Value {
    normal(field.kind, field.default.map_or(Value::Null, |literal| literal.value(field.kind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::OnDelete;
    use crate::testing::{PANEL, date, minutes, now, text};

    fn refused(field: &Field, value: &Value) -> bool {
        violation(&PANEL, field, value, now()).is_some()
    }

    #[test]
    fn every_modifier_refuses_and_lets_through() {
        let field = |kind| Field::new(0, "x", "X", kind);
        let decimal = |text: &str| Value::Decimal(text.parse().unwrap());
        let price = Kind::Decimal { precision: 5, scale: 2 };
        let cases = [
            (field(Kind::String), text("one line"), text("two\nlines")),
            (field(Kind::Text), text("two\nlines"), text("nul \0")),
            (field(Kind::Email), text("anna@example.org"), text("anna@@example.org")),
            (field(Kind::Email), text("a.b+c@sub.example.org"), text("anna@example.org, eve@example.org")),
            (field(Kind::Url), text("https://example.org/"), text("javascript:alert(1)")),
            (field(Kind::Choice(1)), text("Draft"), text("draft")),
            (field(Kind::I32), Value::Int(i32::MAX.into()), Value::Int(i64::from(i32::MAX) + 1)),
            (field(Kind::F64), Value::Float(1.5), Value::Float(f64::INFINITY)),
            (field(price), decimal("999.99"), decimal("1000.00")),
            (field(price), decimal("1.50"), decimal("1.505")),
            (field(price), decimal("-999.99"), decimal("79228162514264337593543950335")),
            (field(Kind::Json), Value::Json("{\"a\":1}".to_owned()), Value::Json("{a:1}".to_owned())),
            (field(Kind::Bool), Value::Bool(false), Value::Int(0)),
            (field(Kind::Model(0, OnDelete::Restrict, KeyKind::Number)), Value::Int(1), Value::Null),
            (Field { min_len: Some(2), ..field(Kind::String) }, text("öä"), text("ö")),
            (Field { max_len: Some(2), ..field(Kind::String) }, text("öä"), text("abc")),
            (Field { max_len: Some(2), ..field(Kind::Bytes) }, Value::Bytes(vec![0; 2]), Value::Bytes(vec![0; 3])),
            (Field { min: Some(Literal::Int(0)), ..field(price) }, decimal("0"), decimal("-0.01")),
            (Field { max: Some(Literal::Int(9)), ..field(Kind::I64) }, Value::Int(9), Value::Int(10)),
            (Field { past: true, ..field(Kind::Date) }, date("2026-11-21"), date("2026-11-22")),
            (Field { future: true, ..field(Kind::Date) }, date("2026-11-21"), date("2026-11-20")),
            (Field { past: true, ..field(Kind::Timestamp) }, minutes(-1), minutes(0)),
            (Field { future: true, ..field(Kind::Timestamp) }, minutes(1), minutes(0)),
            (Field { pattern: Some("[0-9]{3}|x"), ..field(Kind::String) }, text("123"), text("1234")),
            (Field { pattern: Some("[0-9]{3}|x"), ..field(Kind::String) }, text("x"), text("x1")),
        ];
        for (field, good, bad) in cases {
            assert!(!refused(&field, &good), "{:?} {} was refused", field.kind, good.to_text());
            assert!(refused(&field, &bad), "{:?} {} went through", field.kind, bad.to_text());
            assert!(!refused(&Field { optional: true, ..field }, &Value::Null), "null where it may be");
        }
    }

    #[test]
    fn json_that_stops_other_readers_is_refused_and_what_looks_like_it_is_not() {
        let json = |text: &str| refused(&Field::new(0, "x", "X", Kind::Json), &Value::Json(text.to_owned()));
        let levels = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        for bad in [r#""\ud800""#, r#"{"a":"\u0000"}"#, r#"{"\u0000":1}"#, "1e400", &levels(128), ""] {
            assert!(json(bad), "{bad}");
        }
        for good in [r#""\ud83c\udf3f""#, r#"{"a":"\\u0000"}"#, "1e300", "12345678901234567890123", &levels(127)] {
            assert!(!json(good), "{good}");
        }
    }

    #[test]
    fn the_normal_form_is_what_comes_back() {
        let decimal = |text: &str| Value::Decimal(text.parse().unwrap());
        let price = Kind::Decimal { precision: 10, scale: 2 };
        assert_eq!(normal(price, decimal("1.5")).to_text(), "1.50");
        assert_eq!(normal(price, decimal("1.5000")).to_text(), "1.50");
        assert_eq!(normal(price, decimal("1.505")).to_text(), "1.505", "never rounded in silence");
        let fine = Value::Timestamp(now() + chrono::Duration::nanoseconds(1_999));
        assert_eq!(normal(Kind::Timestamp, fine).to_text(), "2026-11-21T12:00:00.000001Z");
    }
}

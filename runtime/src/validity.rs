//! Whether a value may stand in a field: presence, length, bounds, pattern, past and future. It says why not in a sentence
//! for the person who filled it in; it does not parse text and knows nothing of rights.

use chrono::{DateTime, Utc};
use regex::Regex;
use rust_decimal::Decimal;

use crate::panel::{Field, Kind, Panel};
use crate::value::Value;

/// Longest address of mail, RFC 5321 4.5.3.1.3 less the angle brackets.
const LONGEST_EMAIL: usize = 254;

/// What is wrong with this value in this field; `None`: nothing. `now` is the moment of the request.
pub(crate) fn fault(panel: &Panel, field: &Field, value: &Value, now: DateTime<Utc>) -> Option<String> {
    match value {
        Value::Null if field.optional => None,
        Value::Null => Some("This is needed.".to_owned()),
        Value::Text(text) => text_fault(panel, field, text),
        Value::Json(text) => serde_json::from_str::<serde_json::Value>(text)
            .err()
            .map(|fault| format!("This isn't JSON: line {}, column {}.", fault.line(), fault.column())),
        Value::Bytes(bytes) => length_fault(field, bytes.len(), "bytes"),
        Value::Decimal(number) => decimal_fault(field, *number).or_else(|| bounds_fault(field, value)),
        Value::Float(number) if !number.is_finite() => Some("This isn't a number.".to_owned()),
        Value::Int(number) if field.kind == Kind::I32 && i32::try_from(*number).is_err() => {
            Some(format!("This must lie between {} and {}.", i32::MIN, i32::MAX))
        }
        _ => bounds_fault(field, value).or_else(|| moment_fault(field, value, now)),
    }
}

fn text_fault(panel: &Panel, field: &Field, text: &str) -> Option<String> {
    let many_lines = field.kind == Kind::Text;
    if text.chars().any(|c| c.is_control() && !(many_lines && matches!(c, '\n' | '\r' | '\t'))) {
        return Some(if many_lines {
            "This holds a control character.".to_owned()
        } else {
            "This must be one line without control characters.".to_owned()
        });
    }
    let of_kind = match field.kind {
        Kind::Email => email_fault(text),
        Kind::Url => url_fault(text),
        Kind::Choice(choice) => {
            let known = panel.choices.get(choice).is_some_and(|c| c.variants.iter().any(|v| v.name == text));
            (!known).then(|| "Choose one of the values offered.".to_owned())
        }
        _ => None,
    };
    of_kind.or_else(|| length_fault(field, text.chars().count(), "characters")).or_else(|| pattern_fault(field, text))
}

fn email_fault(text: &str) -> Option<String> {
    if text.len() > LONGEST_EMAIL {
        return Some(format!("A mail address has at most {LONGEST_EMAIL} characters."));
    }
    let fault = match text.split_once('@') {
        None => "there is no @",
        Some(("", _)) => "nothing stands before the @",
        Some((_, "")) => "nothing stands after the @",
        Some((_, domain)) if domain.contains('@') => "there is more than one @",
        Some((_, domain)) if domain.starts_with('.') || domain.ends_with('.') || domain.contains("..") => {
            "a part between the dots is missing"
        }
        Some(_) if text.chars().any(char::is_whitespace) => "there is a space in it",
        Some(_) => return None,
    };
    Some(format!("This isn't a mail address: {fault}."))
}

fn url_fault(text: &str) -> Option<String> {
    let fine = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    (!fine).then(|| "This must be a whole address that starts with https:// or http://.".to_owned())
}

fn length_fault(field: &Field, length: usize, unit: &str) -> Option<String> {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    match (field.min_len, field.max_len) {
        (Some(min), _) if length == 0 && min > 0 => Some("This is needed.".to_owned()),
        (Some(min), _) if length < min => Some(format!("At least {min} {unit}; these are {length}.")),
        (_, Some(max)) if length > max => Some(format!("At most {max} {unit}; these are {length}.")),
        _ => None,
    }
}

fn pattern_fault(field: &Field, text: &str) -> Option<String> {
    let pattern = field.pattern?;
    // `admin!` has compiled it; one that fails here lets nothing through rather than everything.
    let fits = Regex::new(&format!(r"\A(?:{pattern})\z")).is_ok_and(|regex| regex.is_match(text));
    (!fits).then(|| {
        if field.help.is_empty() {
            format!("This must match {pattern}.")
        } else {
            format!("This doesn't fit: {}", field.help)
        }
    })
}

fn decimal_fault(field: &Field, number: Decimal) -> Option<String> {
    let Kind::Decimal { precision, scale } = field.kind else { return None };
    let number = number.normalize();
    if number.scale() > u32::from(scale) {
        return Some(format!("At most {scale} digits after the point."));
    }
    let before = number.trunc().abs().mantissa().to_string();
    let room = usize::from(precision.saturating_sub(scale));
    (before != "0" && before.len() > room).then(|| format!("At most {room} digits before the point."))
}

fn bounds_fault(field: &Field, value: &Value) -> Option<String> {
    if let Some(min) = field.min.map(|min| min.value(field.kind))
        && value.compare(&min).is_some_and(std::cmp::Ordering::is_lt)
    {
        return Some(format!("At least {}.", min.to_text()));
    }
    if let Some(max) = field.max.map(|max| max.value(field.kind))
        && value.compare(&max).is_some_and(std::cmp::Ordering::is_gt)
    {
        return Some(format!("At most {}.", max.to_text()));
    }
    None
}

fn moment_fault(field: &Field, value: &Value, now: DateTime<Utc>) -> Option<String> {
    let (past, future) = match value {
        Value::Date(day) => (*day <= now.date_naive(), *day >= now.date_naive()),
        Value::Timestamp(at) => (*at < now, *at > now),
        _ => return None,
    };
    if field.past && !past {
        return Some("This must lie in the past.".to_owned());
    }
    (field.future && !future).then(|| "This must lie in the future.".to_owned())
}

//! What a program sends: a JSON object, name by name, each value as the text that a form would have brought for it, so that
//! one reader reads both. Nothing is guessed, bent or passed over: numbers keep their digits, a name stands there once.

use http::header;
use serde::de::IgnoredAny;

use crate::context::Cx;
use crate::error::{Error, Unread};
use crate::panel::KeyKind;
use crate::panel::{Field, FieldSet, Kind, Model};

/// The member that is no field.
const VERSION: &str = "version";

/// Names in one object: as many as a form may have fields, and far more than a model has.
const MOST_NAMES: usize = 1_000;

/// An object as it was sent; values are JSON that was looked through once.
#[derive(Debug)]
pub(super) struct Object<'b>(Vec<(String, &'b str)>);

/// What a body means for a row: what may be written, as text, and what is wrong with the rest.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) texts: Vec<(usize, String)>,
    pub(super) errors: Vec<(usize, String)>,
    /// Names that are no field, or none that this person may write here.
    pub(super) strange: Vec<String>,
}

impl<'b> Object<'b> {
    /// # Errors
    /// [`Error::BadRequest`] with line and column.
    pub(super) fn parse(body: &'b [u8]) -> Result<Self, Error> {
        let text = str::from_utf8(body).map_err(|_| Error::BadRequest("This is not UTF-8.".to_owned()))?;
        // The whole is looked through first, so that what follows meets nothing that is no JSON.
        serde_json::from_str::<IgnoredAny>(text).map_err(|why| {
            Error::BadRequest(format!("This is no JSON: it breaks at line {}, column {}.", why.line(), why.column()))
        })?;
        let mut rest = text.trim_start();
        let no_object =
            || Error::BadRequest("Send a JSON object: names of fields, and what they are to hold.".to_owned());
        rest = rest.strip_prefix('{').ok_or_else(no_object)?.trim_start();
        let mut pairs: Vec<(String, &str)> = Vec::new();
        while !rest.starts_with('}') {
            let (name, after) = one(rest).ok_or_else(no_object)?;
            let name: String = serde_json::from_str(name).map_err(|_| no_object())?;
            rest = after.trim_start().strip_prefix(':').ok_or_else(no_object)?.trim_start();
            let (value, after) = one(rest).ok_or_else(no_object)?;
            if pairs.len() == MOST_NAMES {
                return Err(Error::Unread(Unread::TooLarge));
            }
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(Error::BadRequest(format!("`{}` stands there twice.", told(&name))));
            }
            pairs.push((name, value));
            rest = after.trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        }
        Ok(Self(pairs))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Takes the version out; `header` is what `If-Match` said.
    pub(super) fn version(&mut self, header: Option<i64>) -> Result<Option<i64>, Error> {
        let Some(place) = self.0.iter().position(|(name, _)| name == VERSION) else { return Ok(header) };
        let (_, value) = self.0.remove(place);
        let said = said_version(value.trim_matches('"'))?;
        match header {
            Some(other) if other != said => {
                Err(Error::BadRequest("`If-Match` and `version` name different versions.".to_owned()))
            }
            _ => Ok(Some(said)),
        }
    }

    /// Sorts it out. `offered` are the fields that this person may fill in here.
    pub(super) fn texts(&self, model: &'static Model, offered: FieldSet) -> Sorted {
        let mut sorted = Sorted::default();
        for (name, value) in &self.0 {
            match model.field_by_name(name).filter(|field| offered.contains(field.index)) {
                None => sorted.strange.push(name.clone()),
                Some(field) => match as_typed(field, value) {
                    Ok(text) => sorted.texts.push((field.index, text)),
                    Err(why) => sorted.errors.push((field.index, why.to_owned())),
                },
            }
        }
        sorted
    }

    /// What was sent under this name, as it was.
    pub(super) fn value(&self, name: &str) -> Option<serde_json::Value> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        serde_json::from_str(value).ok()
    }
}

/// The JSON value at the start of a text, and what follows.
fn one(text: &str) -> Option<(&str, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    let end = values.byte_offset();
    Some((text.get(..end)?.trim(), text.get(end..)?))
}

/// A name that somebody sent, cut to what can be said again.
pub(super) fn told(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// The version that the request's header or address names.
///
/// # Errors
/// [`Error::BadRequest`] for what is no version, for more than one, and for `*`: any version is none that was seen.
pub(super) fn version_of(cx: &Cx<'_>) -> Result<Option<i64>, Error> {
    let no = || Error::BadRequest("`If-Match` names one version, in quotes, as `ETag` does.".to_owned());
    let mut tags = cx.headers.get_all(header::IF_MATCH).iter();
    let Some(tag) = tags.next() else { return Ok(None) };
    let version = tag.to_str().ok().and_then(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"')).and_then(number);
    if tags.next().is_some() { Err(no()) } else { version.map(Some).ok_or_else(no) }
}

/// The version that stands under its name.
pub(super) fn said_version(text: &str) -> Result<i64, Error> {
    let no = || Error::BadRequest("`version` is what the row's own `version` says.".to_owned());
    number(text).ok_or_else(no)
}

/// A whole number as [`i64`] prints it, and no other way.
fn number(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|number| number.to_string() == text)
}

/// The text that a form would bring for this.
fn as_typed(field: &Field, value: &str) -> Result<String, &'static str> {
    let text = || serde_json::from_str::<String>(value).ok();
    let is_number = value.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    let numeral = || is_number.then(|| value.to_owned());
    if value == "null" {
        return match field.kind {
            Kind::Secret => Err("A secret can be set, not emptied."),
            Kind::Many(_) => Err("This must be a list of numbers."),
            Kind::String | Kind::Text if !field.optional => Err("This is needed."),
            _ => Ok(String::new()),
        };
    }
    match field.kind {
        Kind::Bool => match value {
            "true" | "false" => Ok(value.to_owned()),
            _ => Err("This must be true or false."),
        },
        Kind::I32 | Kind::I64 | Kind::Actor | Kind::Model(_, _, KeyKind::Number) => {
            numeral().ok_or("This must be a whole number.")
        }
        Kind::F64 => numeral().ok_or("This must be a number."),
        Kind::Decimal { .. } => {
            numeral().or_else(text).ok_or("This must be a number, or a text that holds one and keeps its digits.")
        }
        Kind::Json => Ok(value.to_owned()),
        Kind::Many(_) => {
            let ids: Option<Vec<i64>> = serde_json::from_str(value).ok();
            Ok(crate::value::numbers(&ids.ok_or("This must be a list of numbers.")?, ","))
        }
        Kind::Secret => text().filter(|text| !text.is_empty()).ok_or("This must be a text that is not empty."),
        Kind::Bytes => Err("This can't be filled in here."),
        Kind::String
        | Kind::Text
        | Kind::Email
        | Kind::Url
        | Kind::Choice(_)
        | Kind::Date
        | Kind::Time
        | Kind::Timestamp
        | Kind::Uuid
        | Kind::Model(..) => text().ok_or("This must be a text."),
    }
}

#[cfg(test)]
mod tests {
    use super::{Object, as_typed, number};
    use crate::error::{Error, Unread};
    use crate::panel::{Field, Kind};

    #[test]
    fn values_keep_their_digits_and_names_stand_once() {
        let body = br#" { "a" : 12345678901234567.10 ,"b":{"x":[1,"}",2]}, "c\u0064":"\"\u00e9", "d":null,"e":true } "#;
        let object = Object::parse(body).unwrap();
        let pairs: Vec<(&str, &str)> = object.0.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert_eq!(
            pairs,
            [
                ("a", "12345678901234567.10"),
                ("b", r#"{"x":[1,"}",2]}"#),
                ("cd", r#""\"\u00e9""#),
                ("d", "null"),
                ("e", "true")
            ]
        );
        assert!(Object::parse(b"{}").unwrap().0.is_empty());
        for (bad, word) in [
            (&b"{\"a\":1,\"a\":2}"[..], "twice"),
            (b"{\"a\":1,\"\\u0061\":2}", "twice"),
            (b"[1]", "object"),
            (b"7", "object"),
            (b"", "line 1"),
            (b"{\"a\":\n 1 2}", "line 2, column 4"),
            (b"{\"a\":1} x", "line 1, column 9"),
            (b"{\"a\":1,}", "line 1"),
            (b"\xff", "UTF-8"),
        ] {
            let Err(Error::BadRequest(why)) = Object::parse(bad) else { panic!("{bad:?}") };
            assert!(why.contains(word), "{bad:?}: {why}");
        }
        let many = |names: usize| {
            let pairs: Vec<String> = (0..names).map(|n| format!("\"{n}\":0")).collect();
            Object::parse(format!("{{{}}}", pairs.join(",")).as_bytes()).map(|object| object.0.len())
        };
        assert_eq!(many(1_000), Ok(1_000));
        assert_eq!(many(1_001), Err(Error::Unread(Unread::TooLarge)), "each is compared with those before it");
        // As deep as anybody likes: it is looked through, not built.
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(50_000), "]".repeat(50_000));
        assert!(Object::parse(deep.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_of_another_type_is_refused_and_not_bent() {
        let field = |kind| Field { optional: true, ..Field::new(0, "x", "X", kind) };
        let good = [
            (Kind::String, r#""a b""#, "a b"),
            (Kind::Bool, "true", "true"),
            (Kind::I64, "-7", "-7"),
            (Kind::Decimal { precision: 18, scale: 2 }, "1234567890123456.78", "1234567890123456.78"),
            (Kind::Decimal { precision: 18, scale: 2 }, r#""12.50""#, "12.50"),
            (Kind::Json, r#"{"a": [1.0]}"#, r#"{"a": [1.0]}"#),
            (Kind::Date, "null", ""),
        ];
        for (kind, value, text) in good {
            assert_eq!(as_typed(&field(kind), value).unwrap(), text);
        }
        for (kind, value) in [
            (Kind::String, "7"),
            (Kind::String, "true"),
            (Kind::Bool, r#""true""#),
            (Kind::Bool, "1"),
            (Kind::I64, r#""7""#),
            (Kind::F64, r#""7""#),
            (Kind::Date, "20260101"),
            (Kind::Secret, "null"),
            (Kind::Secret, r#""""#),
            (Kind::Text, "[1]"),
        ] {
            assert!(as_typed(&field(kind), value).is_err(), "{kind:?} took {value}");
        }
        assert!(as_typed(&Field::new(0, "x", "X", Kind::String), "null").is_err(), "an empty text is not nothing");
        for bad in ["07", "+7", "", "7 ", "7.0", "9223372036854775808"] {
            assert_eq!(number(bad), None);
        }
    }
}

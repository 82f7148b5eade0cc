//! Reading a posted form: which fields came, what their text means by kind, and what came that the page never offered.
//! It refuses to guess: a name that was not offered refuses the whole form, a text that does not parse stays as it was
//! typed.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use sha2::{Digest, Sha256};

use crate::fields::Fields;
use crate::key::RowKey;
use crate::panel::KeyKind;
use crate::panel::{Field, FieldSet, Kind, Model};
use crate::value::Value;

/// Names of the form that are no fields; the dot keeps them apart from every field.
pub(crate) const VERSION: &str = "bw.version";
pub(crate) const THEN: &str = "bw.then";
pub(crate) const FIND: &str = "bw.find";
pub(crate) const CONFIRM: &str = "bw.confirm";
const WAS: &str = "was.";
const LOOK: &str = "find.";

/// A form as it came, sorted out.
#[derive(Debug, Default)]
pub(crate) struct Posted {
    /// Text by field index, line ends as `\n`.
    texts: Vec<(usize, String)>,
    was: Vec<(usize, String)>,
    looks: Vec<(usize, String)>,
    /// The version that the form started from.
    pub(crate) version: Option<i64>,
    /// `stay` or `another`.
    pub(crate) then: String,
    /// The person asked for other candidates of a foreign key; nothing is to be saved.
    pub(crate) find: bool,
}

impl Posted {
    /// Sorts out what came. `offered` are the fields that the page let this person fill in.
    ///
    /// # Errors
    /// The names that were not offered, or that came twice; nothing of such a form may be used.
    pub(crate) fn sort_out(model: &'static Model, offered: FieldSet, posted: &Fields) -> Result<Self, Vec<String>> {
        let mut form = Self::default();
        let mut strange = Vec::new();
        let field = |name: &str| model.field_by_name(name).filter(|field| offered.contains(field.index));
        for (name, text) in posted.iter() {
            let text = one_line_end(text);
            let known = if let Some(name) = name.strip_prefix(WAS) {
                field(name).is_some_and(|field| put(&mut form.was, field, text))
            } else if let Some(name) = name.strip_prefix(LOOK) {
                field(name).is_some_and(|field| put(&mut form.looks, field, text))
            } else {
                match name {
                    VERSION => text.parse().is_ok_and(|version| form.version.replace(version).is_none()),
                    THEN => {
                        form.then = text;
                        true
                    }
                    FIND => {
                        form.find = true;
                        true
                    }
                    _ => field(name).is_some_and(|field| put(&mut form.texts, field, text)),
                }
            };
            if !known {
                strange.push(name.to_owned());
            }
        }
        if !strange.is_empty() {
            return Err(strange);
        }
        for (field, text) in form.texts.iter_mut().chain(&mut form.was) {
            if let Some(spelled) = model.fields.get(*field).and_then(|field| spelled_anew(field, text)) {
                *text = spelled;
            }
        }
        Ok(form)
    }

    /// What came some other way than as a form, as the texts of one: each field once.
    pub(crate) fn of(texts: Vec<(usize, String)>) -> Self {
        let texts = texts.into_iter().map(|(field, text)| (field, one_line_end(&text))).collect();
        Self { texts, ..Self::default() }
    }

    /// The text that came for a field; `None`: the field was not on the form.
    pub(crate) fn text(&self, field: usize) -> Option<&str> {
        find(&self.texts, field)
    }

    /// The text that the form started from.
    pub(crate) fn was(&self, field: usize) -> Option<&str> {
        find(&self.was, field)
    }

    /// Whether each text is the one that the form started from.
    pub(crate) fn is_untouched(&self, model: &'static Model) -> bool {
        let mark = |field: usize, text| model.fields.get(field).map(|field| mark(field, text));
        self.texts.iter().all(|(field, text)| self.was(*field) == mark(*field, text).as_deref())
    }

    /// What to look for among the candidates of a foreign key.
    pub(crate) fn look(&self, field: usize) -> Option<&str> {
        find(&self.looks, field).map(str::trim).filter(|text| !text.is_empty())
    }
}

fn find(texts: &[(usize, String)], field: usize) -> Option<&str> {
    texts.iter().find(|(f, _)| *f == field).map(|(_, text)| text.as_str())
}

/// Links come one by one, behind an empty one that says that the field was there. A tick box comes as `false` from its
/// hidden twin and `true` from itself; any other field comes once.
fn put(texts: &mut Vec<(usize, String)>, field: &Field, text: String) -> bool {
    match texts.iter_mut().find(|(f, _)| *f == field.index) {
        Some((_, old)) if field.kind == Kind::Bool => {
            *old = text;
            true
        }
        Some((_, old)) if field.links().is_some() => {
            if !old.is_empty() && !text.is_empty() {
                old.push(',');
            }
            old.push_str(&text);
            true
        }
        Some(_) => false,
        None => {
            texts.push((field.index, text));
            true
        }
    }
}

/// What came, as [`spell`] has it, since texts are compared: links come in the order of their labels, and a browser
/// leaves out seconds that are zero. None: as it is, which may hold more than is ever spelled.
fn spelled_anew(field: &Field, text: &str) -> Option<String> {
    let is_respelled = field.links().is_some() || matches!(field.kind, Kind::Timestamp | Kind::Time);
    let value = read(field, text).ok().filter(|_| is_respelled)?;
    let spelled = spell(field, &value);
    (read(field, &spelled) == Ok(value)).then_some(spelled)
}

/// Browsers send `\r\n` for every line end of a text area, whatever stood there before.
pub(crate) fn one_line_end(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// The text that stands in the form for this value, so that an untouched field can be told from a changed one. It may
/// hold less than the value (a browser keeps milliseconds of a moment); then equal text means: leave the value alone.
pub(crate) fn spell(field: &Field, value: &Value) -> String {
    match value {
        Value::Timestamp(at) if at.timestamp_subsec_millis() == 0 => at.format("%Y-%m-%dT%H:%M:%S").to_string(),
        Value::Timestamp(at) => at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
        Value::SecretHash(_) => String::new(),
        Value::Text(text) | Value::Json(text) if matches!(field.kind, Kind::Text | Kind::Json) => one_line_end(text),
        other => other.to_text(),
    }
}

/// Texts beyond this many bytes are not sent to the browser a second time, only their hash.
const LONG: usize = 1_000;
const HASHED: &str = "sha256:";

/// What a form keeps of the text that it started from: the text, or of a long one its hash, which is enough to tell
/// whether it changed. Of links it must be told which.
pub(crate) fn mark(field: &Field, text: &str) -> String {
    if text.len() <= LONG || field.links().is_some() {
        return text.to_owned();
    }
    Sha256::digest(text.as_bytes()).iter().fold(HASHED.to_owned(), |mut mark, byte| {
        // Writing to a String can't fail.
        let _ = write!(mark, "{byte:02x}");
        mark
    })
}

/// A mark as words.
pub(crate) fn say_mark(mark: &str) -> &str {
    if mark.len() == HASHED.len() + 64 && mark.starts_with(HASHED) { "(a long text)" } else { mark }
}

/// The value that a text means in a field, bounds not looked at. An empty text is null where the field may be null or
/// where no text can be meant; so are blanks, but in a text and in a key that is one.
///
/// # Errors
/// A sentence for the person who typed it.
pub(crate) fn read(field: &Field, text: &str) -> Result<Value, String> {
    let trimmed = text.trim();
    let means_none = match field.kind {
        Kind::String | Kind::Text => text.is_empty() && field.optional,
        Kind::Model(_, _, KeyKind::Text) => text.is_empty(),
        _ => trimmed.is_empty(),
    };
    if means_none {
        return Ok(crate::constraint::normal(field.kind, Value::Null));
    }
    let no = |why: &str| Err(why.to_owned());
    Ok(match field.kind {
        Kind::String | Kind::Text => Value::Text(text.to_owned()),
        Kind::Email => Value::Text(crate::email::fold(trimmed)),
        Kind::Url | Kind::Choice(_) => Value::Text(trimmed.to_owned()),
        Kind::Bool => match trimmed {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return no("Choose yes or no."),
        },
        Kind::I32 | Kind::I64 => match trimmed.parse() {
            Ok(number) => Value::Int(number),
            Err(_) => return no("This must be a whole number."),
        },
        Kind::Model(_, _, KeyKind::Text) => match RowKey::read(KeyKind::Text, text) {
            Some(key) => key.into(),
            None => return no("Choose one of the values offered."),
        },
        Kind::Actor | Kind::Model(..) => match RowKey::read(field.kind.key().unwrap_or(KeyKind::Number), trimmed) {
            Some(key) => key.into(),
            None => return no("Choose one of the values offered."),
        },
        Kind::F64 => match trimmed.parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Float(number),
            _ => return no("This must be a number, with a point before the decimals."),
        },
        Kind::Decimal { .. } => match trimmed.parse() {
            Ok(number) => Value::Decimal(number),
            Err(_) => return no("This must be a number, with a point before the decimals."),
        },
        Kind::Date => match day(trimmed) {
            Some(day) => Value::Date(day),
            None => return no("This must be a day, as in 2026-11-21."),
        },
        Kind::Time => match time(trimmed) {
            Some(time) => Value::Time(time),
            None => return no("This must be a time of day, as in 14:02."),
        },
        Kind::Timestamp => match moment(trimmed) {
            Some(at) => Value::Timestamp(at),
            None => return no("This must be a day and a time in UTC, as in 2026-11-21T14:02."),
        },
        Kind::Uuid => match trimmed.parse() {
            Ok(id) => Value::Uuid(id),
            Err(_) => return no("This must be a UUID, as in 0190f5c6-4a2e-7c31-9d3b-1f0e8a6b2c4d."),
        },
        Kind::Json => Value::Json(text.to_owned()),
        Kind::Many(_) => {
            let separates = |c: char| matches!(c, ',' | ';' | '|' | '[' | ']') || c.is_whitespace();
            let to = trimmed.split(separates).filter(|part| !part.is_empty()).map(|part| part.parse().ok());
            match to.collect::<Option<Vec<i64>>>() {
                Some(to) => Value::links(to),
                None => return no("Choose from the values offered."),
            }
        }
        // A secret goes to the hasher and bytes need an upload; neither is read as text of a form.
        Kind::Secret | Kind::Bytes => return no("This can't be filled in here."),
    })
}

/// `2026-11-21`, four digits to the year.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10)
}

fn time(text: &str) -> Option<NaiveTime> {
    ["%H:%M:%S", "%H:%M", "%H:%M:%S%.f"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok())
}

/// What a browser sends for `datetime-local`, or RFC 3339 with its zone.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use super::{Posted, mark, moment, read, say_mark, spell, spelled_anew};
    use crate::fields::Fields;
    use crate::panel::{Field, FieldSet, Kind, Model};
    use crate::testing::{PANEL, PATIENT, patient};
    use crate::value::Value;

    fn model() -> &'static Model {
        &PANEL.models[PATIENT]
    }

    fn sort_out(offered: FieldSet, form: &str) -> Result<Posted, Vec<String>> {
        Posted::sort_out(model(), offered, &Fields::parse(form.as_bytes()))
    }

    #[test]
    fn only_what_was_offered_comes_in() {
        let offered = FieldSet::NONE.with(patient::NAME).with(patient::EMAIL);
        let form = sort_out(offered, "name=Anna&was.name=Ann&bw.version=3&bw.then=stay").expect("all offered");
        assert_eq!((form.text(patient::NAME), form.was(patient::NAME)), (Some("Anna"), Some("Ann")));
        assert_eq!((form.version, form.text(patient::EMAIL)), (Some(3), None));

        for strange in ["notes=x", "was.notes=x", "find.notes=x", "id=1", "version=1", "bw.confirm=x", "bw.version=x"] {
            let names = sort_out(offered, &format!("name=Anna&{strange}")).expect_err("not offered");
            assert_eq!(names, [strange.split('=').next().unwrap_or_default()]);
        }
    }

    #[test]
    fn a_field_that_comes_twice_is_refused() {
        let offered = FieldSet::NONE.with(patient::NAME);
        assert_eq!(sort_out(offered, "name=Anna&name=Berta").expect_err("twice"), ["name"]);
        assert_eq!(sort_out(offered, "bw.version=1&bw.version=2").expect_err("twice"), ["bw.version"]);
    }

    #[test]
    fn what_a_form_shows_reads_back_as_the_value() {
        let field = |kind, optional| Field { optional, ..Field::new(0, "x", "X", kind) };
        let at = moment("2026-11-21T14:02:33.250Z").expect("a moment");
        let decimal: rust_decimal::Decimal = "-12.50".parse().expect("a decimal");
        let cases = [
            (Kind::String, Value::Text("  two  spaces ".to_owned())),
            (Kind::Text, Value::Text("a\nb\n".to_owned())),
            (Kind::Bool, Value::Bool(false)),
            (Kind::I64, Value::Int(i64::MIN)),
            (Kind::F64, Value::Float(0.1)),
            (Kind::Decimal { precision: 10, scale: 2 }, Value::Decimal(decimal)),
            (Kind::Date, Value::Date(at.date_naive())),
            (Kind::Time, Value::Time(moment("2026-11-21T14:02:33Z").expect("a moment").time())),
            (Kind::Timestamp, Value::Timestamp(at)),
            (Kind::Uuid, Value::Uuid(uuid::Uuid::from_u128(7))),
            (Kind::Json, Value::Json("{\"a\": [1]}".to_owned())),
        ];
        for (kind, value) in cases {
            let field = field(kind, false);
            let text = spell(&field, &value);
            assert!(read(&field, &text) == Ok(value), "{kind:?}: {text}");
        }
        for kind in [Kind::String, Kind::Email, Kind::I32, Kind::Date, Kind::Timestamp, Kind::Bool] {
            let field = field(kind, true);
            assert!(read(&field, &spell(&field, &Value::Null)) == Ok(Value::Null), "{kind:?}");
        }
        assert!(read(&field(Kind::String, false), "") == Ok(Value::Text(String::new())), "empty is not null");
    }

    #[test]
    fn text_that_means_nothing_says_what_would() {
        for (kind, text) in [
            (Kind::I64, "12.5"),
            (Kind::F64, "NaN"),
            (Kind::F64, "1e999"),
            (Kind::Decimal { precision: 5, scale: 2 }, "1,5"),
            (Kind::Date, "21.11.2026"),
            (Kind::Date, "12026-01-01"),
            (Kind::Time, "25:00"),
            (Kind::Timestamp, "2025-01-02"),
            (Kind::Uuid, "7"),
            (Kind::Bool, "yes"),
            (Kind::Secret, "hunter2"),
        ] {
            let field = Field::new(0, "x", "X", kind);
            let Err(why) = read(&field, text) else { panic!("{kind:?} took {text}") };
            assert!(why.ends_with('.'), "{why}");
        }
    }

    #[test]
    fn what_came_is_spelled_as_a_form_has_it_unless_that_says_less() {
        let [moment, time] = [Kind::Timestamp, Kind::Time].map(|kind| Field::new(0, "x", "X", kind));
        for (field, came, spelled) in [
            (&moment, "2026-11-21T14:02", Some("2026-11-21T14:02:00")),
            (&moment, "2026-11-21T14:02:33.25", Some("2026-11-21T14:02:33.250")),
            (&moment, "2026-11-21T15:02:00+01:00", Some("2026-11-21T14:02:00")),
            (&moment, "2026-11-21T14:02:33.123456", None),
            (&moment, "soon", None),
            (&moment, "", Some("")),
            (&time, "14:02", Some("14:02:00")),
            (&time, "14:02:33.5", None),
            (&time, "2 pm", None),
            (&Field::new(0, "x", "X", Kind::Text), "14:02", None),
        ] {
            assert_eq!(spelled_anew(field, came).as_deref(), spelled, "{came}");
        }
    }

    #[test]
    fn a_long_text_is_kept_as_its_hash() {
        let mark = |text: &str| mark(&Field::new(0, "x", "X", Kind::Text), text);
        let long = "x".repeat(20_000);
        assert!(mark(&long).len() < 100 && mark(&long) == mark(&long) && mark(&long) != mark(&long[1..]));
        assert_eq!((mark("short").as_str(), say_mark(&mark(&long))), ("short", "(a long text)"));
    }

    #[test]
    fn line_ends_of_a_browser_change_nothing() {
        let field = Field::new(0, "x", "X", Kind::Text);
        let stored = Value::Text("a\r\nb\nc".to_owned());
        let form = Posted::sort_out(model(), FieldSet::ALL, &Fields::parse(b"notes=a%0D%0Ab%0D%0Ac")).expect("offered");
        assert_eq!(form.text(patient::NOTES), Some(spell(&field, &stored).as_str()));
    }
}

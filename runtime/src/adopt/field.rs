//! One column as a field of the block: its type, and the modifiers that say what the table says.

use std::collections::BTreeMap;

use super::checks::Rule;
use super::judged::{Choice, Field, Type};
use super::known::{KnownBy, known_by};
use super::names::{self, Given};
use super::{Column, Effect, Holds, Key, Schema, Start, Table};

/// Bytes that a file may have that a form takes in; longer ones stay until they are replaced.
const LARGEST_FILE: &str = "65_536";
/// One column on its way to a field.
pub(super) struct Making<'a> {
    pub(super) schema: &'a Schema,
    pub(super) table: &'a Table,
    pub(super) model: &'a str,
    pub(super) served: &'a BTreeMap<&'a str, String>,
    pub(super) types: &'a mut Given,
    pub(super) choices: &'a mut Vec<Choice>,
    pub(super) given: &'a mut Given,
}

impl Making<'_> {
    /// The field of this column.
    pub(super) fn field(&mut self, column: &Column, asked: &[&Rule]) -> Field {
        let snake = names::snake(&column.name);
        let (target, mut note) = self.target(column);
        let mut words = Vec::new();
        let is = match (&target, &column.holds) {
            (Some((model, key)), _) => {
                let nulls = key.effect == Effect::Nulls && !column.required;
                let effect = match key.effect {
                    Effect::Cascades => "cascade",
                    Effect::Nulls if nulls => "set_null",
                    Effect::Nulls | Effect::Refused => "restrict",
                };
                words.push(effect.to_owned());
                Type::Model(model.clone())
            }
            (None, holds) => self.plain(column, holds, asked, &mut words, &mut note),
        };
        let wanted = if target.is_some() { names::without_id(&snake) } else { &snake };
        let name = self.given.field_of(wanted);
        let unique = self.table.uniques.iter().any(|of| of.as_slice() == [column.name.clone()]);
        if unique && !matches!(is, Type::Plain("Json" | "Bytes") | Type::Long("Json" | "Bytes")) {
            words.push("unique".to_owned());
        }
        let odd = matches!(column.holds, Holds::Odd(_));
        let automatic = automatic(&snake, column);
        let mut optional = !column.required;
        if let Some(word) = automatic {
            words.push(word.to_owned());
        } else if column.computed || odd {
            words.push("readonly".to_owned());
            optional = true;
        } else {
            match self.default(column, &is) {
                Some(default) => words.push(format!("default {default}")),
                None => optional |= column.start != Start::Nothing && target.is_none(),
            }
        }
        let private = sensitivity(&snake).filter(|_| target.is_none());
        words.extend(private.map(str::to_owned));
        let writable = !column.computed && !odd && automatic.is_none();
        Field {
            name,
            column: column.name.clone(),
            is,
            optional,
            words,
            comment: column.comment.clone(),
            note,
            label: false,
            private: private.is_some(),
            writable,
        }
    }

    /// The field that is what rows are known by: a text, also where it points somewhere or takes one of a few.
    pub(super) fn key(&mut self, column: &Column, longest: u32) -> Field {
        let pointed = self.table.keys.iter().find(|key| key.columns.contains(&column.name));
        Field {
            name: self.given.field_of(&names::snake(&column.name)),
            column: column.name.clone(),
            is: Type::Line,
            optional: false,
            words: vec![format!("len ..={longest}")],
            comment: column.comment.clone(),
            note: pointed.map(|key| format!("it points at {}; as a key it is a plain value here", key.to)),
            label: false,
            private: false,
            writable: true,
        }
    }

    /// The model that the column points at; else why none.
    fn target(&self, column: &Column) -> (Option<(String, Key)>, Option<String>) {
        let is_alike = |points: &Table| {
            matches!(
                (&column.holds, known_by(points)),
                (Holds::Whole(_), Some(KnownBy::Number))
                    | (Holds::Uuid, Some(KnownBy::Uuid))
                    | (Holds::Text { .. }, Some(KnownBy::Text(_)))
            )
        };
        let of = self.table.keys.iter().find(|key| key.columns.contains(&column.name));
        let Some(key) = of else { return (None, None) };
        let to = &key.to;
        let points = self.schema.tables.iter().find(|table| table.name == *to);
        match (self.served.get(to.as_str()), points) {
            (Some(model), Some(points))
                if key.columns.len() == 1 && key.to_columns == points.key && is_alike(points) =>
            {
                (Some((model.clone(), key.clone())), None)
            }
            (None, _) => {
                (None, Some(format!("it points at {to}, which is left out, so that it is a plain value here")))
            }
            _ => (
                None,
                Some(format!("it points at {to} by something else than its key, so that it is a plain value here")),
            ),
        }
    }

    fn plain(
        &mut self,
        column: &Column,
        holds: &Holds,
        asked: &[&Rule],
        words: &mut Vec<String>,
        note: &mut Option<String>,
    ) -> Type {
        let listed = asked.iter().find_map(|rule| if let Rule::OneOf(texts) = rule { Some(texts) } else { None });
        match (holds, listed) {
            (Holds::Text { .. }, Some(texts)) => {
                let name = format!("{}{}", self.model, names::camel(&column.name));
                return Type::Choice(self.choice(&name, texts));
            }
            (Holds::OneOf(name, texts), _) => return Type::Choice(self.choice(&names::camel(name), texts)),
            (Holds::Whole(_), _) if asked.contains(&&Rule::YesNo) => return Type::Plain("bool"),
            _ => {}
        }
        let bits = match holds {
            Holds::Whole(bits) => Some(*bits),
            _ => None,
        };
        let mut bounds = [None, None];
        if bits == Some(16) {
            bounds = [Some("-32768".to_owned()), Some("32767".to_owned())];
        }
        for rule in asked {
            match rule {
                Rule::Least(number) => bounds[0] = Some(number.clone()),
                Rule::Most(number) => bounds[1] = Some(number.clone()),
                Rule::Above(number) if bits.is_some() => {
                    bounds[0] = number.parse().ok().and_then(|n: i64| n.checked_add(1)).map(|n| n.to_string());
                }
                _ => {}
            }
        }
        if matches!(holds, Holds::Whole(_) | Holds::Float | Holds::Decimal(..)) {
            let whole = |number: &String| bits.is_none() || !number.contains('.');
            for (word, bound) in ["min", "max"].iter().zip(bounds) {
                words.extend(bound.filter(whole).map(|bound| format!("{word} {bound}")));
            }
        }
        match holds {
            Holds::Text { longest, lines } => {
                words.extend(longest.map(|longest| format!("len ..={longest}")));
                if *lines { Type::Long("Text") } else { Type::Line }
            }
            Holds::Whole(64) => Type::Plain("i64"),
            Holds::Whole(_) => Type::Plain("i32"),
            Holds::Float => Type::Plain("f64"),
            Holds::Decimal(digits, scale) => Type::Decimal(*digits, *scale),
            Holds::YesNo => Type::Plain("bool"),
            Holds::Day => Type::Plain("Date"),
            Holds::Time => Type::Plain("Time"),
            Holds::Moment => Type::Plain("Timestamp"),
            Holds::Uuid => Type::Plain("Uuid"),
            Holds::Json => Type::Long("Json"),
            Holds::Bytes => {
                words.push(format!("len ..={LARGEST_FILE}"));
                Type::Long("Bytes")
            }
            Holds::Odd(why) | Holds::Nothing(why) => {
                note.get_or_insert_with(|| format!("{why}, so that it is shown as text and not written"));
                Type::Long("Text")
            }
            Holds::OneOf(..) => Type::Line,
        }
    }

    fn choice(&mut self, name: &str, texts: &[String]) -> String {
        if let Some(there) = self
            .choices
            .iter()
            .find(|choice| choice.name == name && choice.variants.iter().map(|(_, stored)| stored).eq(texts.iter()))
        {
            return there.name.clone();
        }
        let name = self.types.type_of(name);
        let mut given = Given::default();
        let variants = texts.iter().map(|text| (given.type_of(&names::camel(text)), text.clone())).collect();
        self.choices.push(Choice { name: name.clone(), variants });
        name
    }

    /// The block's word for the constant that a new row gets.
    fn default(&self, column: &Column, is: &Type) -> Option<String> {
        let Start::Constant(text) = &column.start else { return None };
        let number = || {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let fits = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
            (fits && digits.matches('.').count() <= 1 && !digits.starts_with('.') && !digits.ends_with('.'))
                .then(|| text.clone())
        };
        match is {
            Type::Line | Type::Long("Text") => Some(format!("{text:?}")),
            Type::Plain("bool") => match text.to_ascii_lowercase().as_str() {
                "1" | "true" | "t" => Some("true".to_owned()),
                "0" | "false" | "f" => Some("false".to_owned()),
                _ => None,
            },
            Type::Plain("i32" | "i64") => number().filter(|text| !text.contains('.')),
            Type::Plain("f64") => number(),
            Type::Decimal(_, scale) => {
                let fraction = |text: &String| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                number().filter(|text| fraction(text) <= usize::from(*scale))
            }
            Type::Choice(name) => {
                let choice = self.choices.iter().find(|choice| choice.name == *name)?;
                choice.variants.iter().find(|(_, stored)| stored == text).map(|(variant, _)| variant.clone())
            }
            _ => None,
        }
    }
}

/// Moments that the panel itself writes, as their names say.
fn automatic(name: &str, column: &Column) -> Option<&'static str> {
    if column.holds != Holds::Moment || column.computed {
        return None;
    }
    let is = |names: &[&str]| names.contains(&name);
    if is(&["created_at", "created_on", "created", "inserted_at", "date_created", "creation_date"]) {
        return Some("created");
    }
    is(&["updated_at", "updated_on", "updated", "modified_at", "modified_on", "last_modified", "last_update"])
        .then_some("updated")
}

/// Whether what is called so is about a person, or worse.
pub(super) fn is_private(column: &str) -> bool {
    sensitivity(&names::snake(column)).is_some()
}

/// How far what is called so may travel.
fn sensitivity(name: &str) -> Option<&'static str> {
    const SENSITIVE: [&str; 14] = [
        "salary",
        "wage",
        "iban",
        "ssn",
        "social_security",
        "national_id",
        "passport",
        "bank_account",
        "credit_card",
        "card_number",
        "tax_id",
        "medical",
        "diagnosis",
        "religion",
    ];
    const PERSONAL: [&str; 9] = ["email", "phone", "mobile", "fax", "address", "street", "birth", "dob", "born"];
    if SENSITIVE.iter().any(|word| name.contains(word)) {
        return Some("sensitive");
    }
    PERSONAL.iter().any(|word| format!("_{name}").contains(&format!("_{word}"))).then_some("personal")
}

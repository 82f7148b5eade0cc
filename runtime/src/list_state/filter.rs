//! What a list is asked of one field: texts of its address, and the condition that they mean. It refuses what the
//! field's kind can't be asked.

use chrono::{NaiveDate, NaiveTime};

use super::span::Span;
use crate::condition::{Condition, Term};
use crate::error::Error;
use crate::form;
use crate::panel::{Field, Kind};
use crate::predicate::Op;
use crate::value::Value;

/// What is asked of one field.
#[derive(Debug)]
pub(crate) struct FieldFilter {
    pub(crate) field: &'static Field,
    /// Texts of equality; several: any of them. Of days: one of them, or the word of a [`Span`].
    pub(crate) is: Vec<String>,
    /// A part of the text.
    pub(crate) has: String,
    pub(crate) from: String,
    pub(crate) to: String,
    /// Only where there is no value, or only where there is one.
    pub(crate) null: Option<bool>,
    /// What to look for among the candidates of a foreign key; no condition.
    pub(crate) look: String,
    condition: Condition,
}

impl FieldFilter {
    pub(super) fn new(field: &'static Field) -> Self {
        Self {
            field,
            is: Vec::new(),
            has: String::new(),
            from: String::new(),
            to: String::new(),
            null: None,
            look: String::new(),
            condition: Condition::Always,
        }
    }

    /// Whether it leaves rows out.
    pub(crate) fn is_active(&self) -> bool {
        !self.is.is_empty()
            || !self.has.is_empty()
            || !self.from.is_empty()
            || !self.to.is_empty()
            || self.null.is_some()
    }

    /// The span of days that it names, if it names one.
    pub(crate) fn span(&self) -> Option<Span> {
        match self.is.as_slice() {
            [word] if is_of_days(self.field) => Span::read(word),
            _ => None,
        }
    }

    /// What it asks in words: "contains berg", "2026-01-01 to 2026-01-31, not empty". `shown`: what a text of equality
    /// is called.
    pub(crate) fn in_words(&self, shown: impl Fn(&str) -> String) -> String {
        let mut words: Vec<String> = self.is.iter().map(|text| shown(text)).collect();
        if !self.has.is_empty() {
            words.push(format!("contains {}", self.has));
        }
        match (self.from.as_str(), self.to.as_str()) {
            ("", "") => {}
            (from, "") => words.push(format!("from {from}")),
            ("", to) => words.push(format!("up to {to}")),
            (from, to) => words.push(format!("{from} to {to}")),
        }
        match self.null {
            Some(true) => words.push("empty".to_owned()),
            Some(false) => words.push("not empty".to_owned()),
            None => {}
        }
        words.join(", ")
    }

    /// What the store is asked of the field.
    pub(super) fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Reads the texts.
    pub(super) fn bind(&mut self, today: NaiveDate) -> Result<(), Error> {
        self.condition = condition(self, today)?;
        Ok(())
    }
}

fn is_of_days(field: &Field) -> bool {
    matches!(field.kind, Kind::Date | Kind::Timestamp)
}

pub(super) fn is_text(field: &Field) -> bool {
    matches!(field.kind, Kind::String | Kind::Text | Kind::Email | Kind::Url)
}

/// Whether a list is asked for a span of its values: what has an order that means something to a reader.
pub(crate) fn is_filtered_by_span(field: &Field) -> bool {
    let numbers = matches!(field.kind, Kind::I32 | Kind::I64 | Kind::F64 | Kind::Decimal { .. });
    numbers || matches!(field.kind, Kind::Date | Kind::Time | Kind::Timestamp)
}

fn condition(filter: &FieldFilter, today: NaiveDate) -> Result<Condition, Error> {
    let field = filter.field;
    if field.links().is_some() {
        return linked(filter);
    }
    let term = || Term::Field(field.index);
    let compare = |op, value| Condition::Compare { left: term(), op, right: Term::Value(value) };
    let mut all = match (filter.is.as_slice(), is_of_days(field)) {
        ([], _) => Condition::Always,
        (texts, true) => Condition::Any(
            texts.iter().map(|text| on(field, text, texts.len() == 1, today)).collect::<Result<Vec<_>, _>>()?,
        ),
        ([text], _) => compare(Op::Eq, read(field, text)?),
        (texts, _) => {
            let set = texts.iter().map(|text| read(field, text)).collect::<Result<Vec<_>, _>>()?;
            Condition::In { term: term(), set }
        }
    };
    if !filter.has.is_empty() {
        all = all.and(Condition::Contains { field: field.index, text: filter.has.clone() });
    }
    if !filter.from.is_empty() {
        all = all.and(match (field.kind, form::day(&filter.from)) {
            (Kind::Timestamp, Some(day)) => since(field, day),
            _ => compare(Op::Ge, read(field, &filter.from)?),
        });
    }
    if !filter.to.is_empty() {
        all = all.and(match (field.kind, form::day(&filter.to)) {
            (Kind::Timestamp, Some(day)) => until(field, day),
            _ => compare(Op::Le, read(field, &filter.to)?),
        });
    }
    Ok(match filter.null {
        None => all,
        Some(true) => all.and(Condition::IsNull(term())),
        Some(false) => all.and(Condition::Not(Box::new(Condition::IsNull(term())))),
    })
}

/// Any of these links, or none at all, or any at all that the viewer sees.
fn linked(filter: &FieldFilter) -> Result<Condition, Error> {
    let field = filter.field;
    if !filter.from.is_empty() || !filter.to.is_empty() {
        return Err(Error::BadRequest("This list has no such filter.".to_owned()));
    }
    let leads = |to| Condition::Linked { field: field.index, to, among: None };
    let mut all = Condition::Always;
    if !filter.is.is_empty() {
        let values = filter.is.iter().map(|text| read(field, text)).collect::<Result<Vec<_>, _>>()?;
        all = all.and(leads(Some(values.iter().flat_map(Value::linked).copied().collect())));
    }
    Ok(match filter.null {
        None => all,
        Some(true) => all.and(Condition::Not(Box::new(leads(None)))),
        Some(false) => all.and(leads(None)),
    })
}

/// One day, one moment, or the span that a word means; a span stands alone.
fn on(field: &Field, text: &str, alone: bool, today: NaiveDate) -> Result<Condition, Error> {
    let (first, last) = match (Span::read(text), form::day(text)) {
        (Some(span), _) if alone => span.days(today).ok_or_else(|| {
            Error::BadRequest(format!("The filter {}: there are no such days in a calendar.", field.title))
        })?,
        (Some(_), _) => return Err(Error::BadRequest(format!("The filter {} takes one span of days.", field.title))),
        (None, Some(day)) => (day, Some(day)),
        (None, None) => {
            let (left, right) = (Term::Field(field.index), Term::Value(read(field, text)?));
            return Ok(Condition::Compare { left, op: Op::Eq, right });
        }
    };
    let from = since(field, first);
    Ok(match last {
        Some(last) => from.and(until(field, last)),
        None => from,
    })
}

fn since(field: &Field, day: NaiveDate) -> Condition {
    let right = Term::Value(if field.kind == Kind::Date { Value::Date(day) } else { midnight(day) });
    Condition::Compare { left: Term::Field(field.index), op: Op::Ge, right }
}

/// A day as the end of a span of moments means the whole day.
fn until(field: &Field, day: NaiveDate) -> Condition {
    let left = Term::Field(field.index);
    match (field.kind, day.succ_opt()) {
        (Kind::Date, _) => Condition::Compare { left, op: Op::Le, right: Term::Value(Value::Date(day)) },
        (_, Some(next)) => Condition::Compare { left, op: Op::Lt, right: Term::Value(midnight(next)) },
        // After the last of all days there is nothing to leave out but what has no value.
        (_, None) => Condition::Not(Box::new(Condition::IsNull(left))),
    }
}

fn midnight(day: NaiveDate) -> Value {
    Value::Timestamp(day.and_time(NaiveTime::MIN).and_utc())
}

fn read(field: &Field, text: &str) -> Result<Value, Error> {
    match form::read(field, text) {
        Ok(value) if !value.is_null() => Ok(value),
        Ok(_) => Err(Error::BadRequest(format!("The filter {} is empty.", field.title))),
        Err(why) => Err(Error::BadRequest(format!("The filter {}: {why}", field.title))),
    }
}

//! What the address of the audit log asks for. Everything in it is a visitor's word; what is no filter of the log is
//! refused with a sentence.

use chrono::{Days, NaiveTime};
use form_urlencoded::Serializer;

use super::PERSON;
use crate::audit::{EntryPosition, EntryQuery, EventId};
use crate::context::Cx;
use crate::error::Error;
use crate::form;
use crate::key::RowKey;
use crate::panel::KeyKind;
use crate::store::{PickFrom, PickerQuery};

/// The model of the row, as the form keeps it beside the row.
const OF: &str = "of";

/// What the address asks for, checked.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) who: String,
    pub(super) model: String,
    pub(super) event: Option<EventId>,
    pub(super) row: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) position: EntryPosition,
    pub(super) check: bool,
}

impl Asked {
    pub(super) fn read(cx: &Cx<'_>) -> Result<Self, Error> {
        let mut asked = Self::default();
        let no = || Error::BadRequest("The audit log has no such filter.".to_owned());
        let mut of = None;
        for (name, value) in cx.query.iter().filter(|(name, value)| !value.is_empty() || *name == OF) {
            match name {
                OF => of = Some(value),
                "who" => asked.who = value.trim().chars().take(254).collect(),
                "model" if value == PERSON || cx.panel().models.iter().any(|model| model.name == value) => {
                    value.clone_into(&mut asked.model);
                }
                "event" => asked.event = Some(EventId::from_text(value).ok_or_else(no)?),
                "id" => value.clone_into(&mut asked.row),
                "from" if form::day(value).is_some() => value.clone_into(&mut asked.from),
                "to" if form::day(value).is_some() => value.clone_into(&mut asked.to),
                "older" => asked.position = EntryPosition::OlderThan(value.parse().map_err(|_| no())?),
                "newer" => asked.position = EntryPosition::NewerThan(value.parse().map_err(|_| no())?),
                "check" => asked.check = true,
                _ => return Err(no()),
            }
        }
        // The form says of which model the row was: where another is chosen, the row stays behind.
        if of.is_some_and(|model| model != asked.model) {
            asked.row.clear();
        }
        Ok(asked)
    }

    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("who", self.who.clone()),
            ("model", self.model.clone()),
            ("event", self.event.map_or_else(String::new, |event| event.text().to_owned())),
            ("id", self.row.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    pub(super) fn address(&self, path: &str, without: &str, with: Option<(&str, i64)>) -> String {
        let mut query = Serializer::new(String::new());
        // What a row is known by says nothing without its model.
        let goes = |name: &str| name == without || (name == "id" && without == "model");
        for (name, value) in self.pairs().iter().filter(|(name, _)| !goes(name)) {
            query.append_pair(name, value);
        }
        if let Some((name, seq)) = with {
            query.append_pair(name, &seq.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// What rows of that model are known by.
    pub(super) fn key(&self, cx: &Cx<'_>) -> KeyKind {
        let model = cx.panel().models.iter().find(|model| model.name == self.model);
        model.map_or(KeyKind::Number, |model| model.key)
    }

    /// The row, by what rows of that model are known by.
    fn row_of(&self, cx: &Cx<'_>) -> Result<Option<RowKey>, Error> {
        if self.row.is_empty() {
            return Ok(None);
        }
        RowKey::read(self.key(cx), &self.row)
            .map(Some)
            .ok_or_else(|| Error::BadRequest("The audit log has no such filter.".to_owned()))
    }

    /// As it is filtered: "who: anna@clinic.example; model: Patient". Empty: all of it.
    pub(super) fn in_words(&self) -> String {
        let pairs: Vec<String> = self.pairs().into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        pairs.join("; ")
    }

    /// As a question to the store, `size` entries a page.
    pub(super) async fn query(&self, cx: &Cx<'_>, size: u32) -> Result<EntryQuery<'_>, Error> {
        let person = if self.who.is_empty() { None } else { Some(person(cx, &self.who).await?) };
        let midnight = |text: &str, after: u64| {
            form::day(text)?.checked_add_days(Days::new(after)).map(|day| day.and_time(NaiveTime::MIN).and_utc())
        };
        Ok(EntryQuery {
            // Nobody has the id 0: an address that nobody has finds nothing.
            person: person.map(|found| found.unwrap_or(0)),
            event: self.event,
            model: (!self.model.is_empty()).then_some(self.model.as_str()),
            row: self.row_of(cx)?,
            from: midnight(&self.from, 0),
            to: midnight(&self.to, 1),
            position: self.position,
            size,
        })
    }
}

/// The id of the person with exactly this address, letter case apart.
async fn person(cx: &Cx<'_>, email: &str) -> Result<Option<i64>, Error> {
    let pick = PickerQuery { from: PickFrom::People { only: None }, text: Some(email), current: None };
    let found = cx.app.store.candidates(&[pick]).await?.into_iter().next().unwrap_or_default();
    let exact = found.rows.iter().find(|one| one.label.eq_ignore_ascii_case(email));
    Ok(exact.or(if found.rows.len() == 1 { found.rows.first() } else { None }).and_then(|one| one.id.number()))
}

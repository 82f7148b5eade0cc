//! The record of what was done: typed events with stable text ids, who did it and when, and before and after by field.
//! It refuses to hold a secret: of one, only that it changed. How rows are chained stands in [`chain`].

pub mod chain;
mod event_id;
pub(crate) mod past;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::authorize::{Actor, Through};
use crate::condition::Asker;
use crate::key::RowKey;
use crate::panel::{Field, FieldSet, Kind, Model, Sensitivity};
use crate::session::Halfway;
use crate::value::{Row, Value};

pub use self::event_id::EventId;

/// What something is done for: a request and where it came from, also when it is done after it, in the background.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Id of the request; the program's log carries the same.
    pub request: Uuid,
    /// Address of the client, as far as the declared proxies are believed (IPv6: its /64); none: no request, or not
    /// known.
    pub address: Option<String>,
}

impl Origin {
    /// A request from this address; empty: not known.
    #[must_use]
    pub fn of_request(request: Uuid, address: &str) -> Self {
        Self { request, address: (!address.is_empty()).then(|| address.to_owned()) }
    }

    /// As it was kept with what was queued; where no request was, one of its own.
    pub(crate) fn kept(request: Option<&str>, address: Option<String>) -> Self {
        match request.and_then(|request| request.parse().ok()) {
            Some(request) => Self { request, address },
            None => Self::own(),
        }
    }

    /// What no request began, under an id of its own: the command line, a program of one's own, looking after the
    /// database.
    #[must_use]
    pub fn own() -> Self {
        Self { request: Uuid::now_v7(), address: None }
    }
}

/// Who does something, when, and in which request.
#[derive(Debug, Clone)]
pub struct Context {
    /// For which request.
    pub(crate) origin: Origin,
    /// The person; none: the command line, or nobody yet. Made of an [`Actor`] only: nobody signs for somebody else.
    pub(crate) actor: Option<ActorRef>,
    /// The API token that spoke for them; each entry names it.
    pub(crate) through: Option<Through>,
    /// Who asks, and when, for predicates of checks.
    pub(crate) asker: Asker,
}

/// What the fact about the token is called, beside the fields of any entry; no field has a blank in its name.
pub(crate) const TOKEN: &str = "API token";

/// A person as the log names them; it outlives the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorRef {
    /// Id of the person.
    pub person: i64,
    /// Address they signed in with.
    pub email: String,
    /// Id of the session.
    pub session: Option<i64>,
}

impl Context {
    /// For a request of a person who is signed in.
    #[must_use]
    pub fn of(actor: &Actor, origin: Origin) -> Self {
        Self {
            origin,
            actor: Some(ActorRef {
                person: actor.asker.person,
                email: actor.email.clone(),
                session: actor.through.is_none().then_some(actor.session),
            }),
            through: actor.through.clone(),
            asker: actor.asker.clone(),
        }
    }

    /// For a request of somebody whose session still lacks the second factor.
    #[must_use]
    pub fn of_halfway(half: &Halfway, origin: Origin, now: DateTime<Utc>) -> Self {
        let actor = ActorRef { person: half.person, email: half.email.clone(), session: Some(half.session) };
        Self { actor: Some(actor), ..Self::of_nobody(origin, now) }
    }

    /// For the command line, and for a request of nobody who is signed in.
    #[must_use]
    pub fn of_nobody(origin: Origin, now: DateTime<Utc>) -> Self {
        Self { origin, actor: None, through: None, asker: Asker { person: 0, attributes: Vec::new(), now } }
    }

    /// The same person and request at another moment: the end of something that took its time.
    #[must_use]
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.asker.now = now;
        self
    }

    /// The fact that names the token.
    pub(crate) fn token_fact(&self) -> Option<Change> {
        let through = self.through.as_ref()?;
        let which = format!("{} {}", through.token, through.name);
        Some(Change::fact(TOKEN, Sensitivity::Personal, which))
    }

    /// The moment that everything in it is dated with.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.asker.now
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What.
    pub id: EventId,
    /// To a row of which model, by its declared name; `Person` for people.
    pub model: Option<String>,
    /// To which row.
    pub row: Option<RowKey>,
    /// Before and after, and whatever else is worth keeping, by name.
    pub changes: Vec<Change>,
}

/// Before and after of one field.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Declared name of the field.
    pub field: String,
    /// How far the values may travel.
    #[serde(with = "sensitivity_text")]
    pub label: Sensitivity,
    /// Canonical text; none: null, or no row yet.
    pub before: Option<String>,
    /// Canonical text; none: null, or no row any more.
    pub after: Option<String>,
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Change({})", self.field)
    }
}

impl Change {
    /// A fact beside the fields of a row: `reason`, `count`.
    #[must_use]
    pub fn fact(name: &str, label: Sensitivity, value: impl Into<String>) -> Self {
        Self { field: name.to_owned(), label, before: None, after: Some(value.into()) }
    }

    /// Of a field of a model.
    #[must_use]
    pub fn of(field: &Field, before: Option<&Value>, after: Option<&Value>) -> Self {
        Self {
            field: field.name.to_owned(),
            label: if field.kind == Kind::Secret { Sensitivity::Secret } else { field.sensitivity },
            before: kept_text(field, before),
            after: kept_text(field, after),
        }
    }
}

/// Never the value of a secret, whatever the row in hand holds.
fn kept_text(field: &Field, value: Option<&Value>) -> Option<String> {
    match value {
        None => None,
        Some(value) if value.is_nothing() => None,
        Some(_) if field.kind == Kind::Secret || field.sensitivity == Sensitivity::Secret => {
            Some("(secret)".to_owned())
        }
        Some(value) => Some(value.to_text()),
    }
}

impl Event {
    /// Without a subject.
    #[must_use]
    pub fn plain(id: EventId) -> Self {
        Self { id, model: None, row: None, changes: Vec::new() }
    }

    /// About a row that has a number: of a model, or a person (`Person`).
    #[must_use]
    pub fn about(id: EventId, model: &str, row: Option<i64>) -> Self {
        Self { id, model: Some(model.to_owned()), row: row.map(RowKey::Number), changes: Vec::new() }
    }

    /// About a row of a model, whatever it is known by; none: about the model.
    #[must_use]
    pub fn about_row(id: EventId, model: &Model, row: impl Into<Option<RowKey>>) -> Self {
        Self { id, model: Some(model.name.to_owned()), row: row.into(), changes: Vec::new() }
    }

    /// With one more change or fact.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// A row was inserted; fields that are null are left out.
    #[must_use]
    pub fn created(model: &Model, row: &Row) -> Self {
        Self::of_row(EventId::RowCreated, model, row.id, |field| {
            row.get(field.index).filter(|v| !v.is_nothing()).map(|after| Change::of(field, None, Some(after)))
        })
    }

    /// A row was changed; only `changed` fields are named.
    #[must_use]
    pub fn updated(model: &Model, before: &Row, after: &Row, changed: FieldSet) -> Self {
        Self::of_row(EventId::RowUpdated, model, before.id, |field| {
            changed.contains(field.index).then(|| Change::of(field, before.get(field.index), after.get(field.index)))
        })
    }

    /// A row was removed; fields that were null are left out.
    #[must_use]
    pub fn deleted(model: &Model, row: &Row) -> Self {
        Self::of_row(EventId::RowDeleted, model, row.id, |field| {
            row.get(field.index).filter(|v| !v.is_nothing()).map(|before| Change::of(field, Some(before), None))
        })
    }

    fn of_row(id: EventId, model: &Model, row: RowKey, change: impl Fn(&Field) -> Option<Change>) -> Self {
        Self {
            id,
            model: Some(model.name.to_owned()),
            row: Some(row),
            changes: model.fields.iter().filter_map(change).collect(),
        }
    }
}

/// One row of the log as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Place in the chain, from 1, without gaps.
    pub seq: i64,
    /// When, UTC, in microseconds.
    pub at: DateTime<Utc>,
    /// For which request, and from where.
    pub origin: Origin,
    /// Who.
    pub actor: Option<ActorRef>,
    /// What; the stored text, also of ids that this build does not know.
    pub event: String,
    /// Declared name of the model.
    pub model: Option<String>,
    /// Which row.
    pub row: Option<RowKey>,
    /// Before and after by field.
    pub changes: Vec<Change>,
}

/// Which entries, newest first. Who may see which field is the page's concern.
#[derive(Debug, Clone, Default)]
pub struct EntryQuery<'a> {
    /// By this person.
    pub person: Option<i64>,
    /// Of this kind.
    pub event: Option<EventId>,
    /// About rows of this model.
    pub model: Option<&'a str>,
    /// About this row.
    pub row: Option<RowKey>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
    /// Which page.
    pub position: EntryPosition,
    /// Entries, 1 to 2,000; others are clamped.
    pub size: u32,
}

/// Which page of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EntryPosition {
    /// The newest entries.
    #[default]
    Newest,
    /// Entries older than this one.
    OlderThan(i64),
    /// Entries newer than this one, still newest first.
    NewerThan(i64),
}

/// One page of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryPage {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// There are older ones: [`EntryPosition::OlderThan`] this.
    pub older: Option<i64>,
    /// There are newer ones: [`EntryPosition::NewerThan`] this.
    pub newer: Option<i64>,
}

mod sensitivity_text {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::panel::Sensitivity;

    const NAMES: [(Sensitivity, &str); 5] = [
        (Sensitivity::Public, "public"),
        (Sensitivity::Internal, "internal"),
        (Sensitivity::Personal, "personal"),
        (Sensitivity::Sensitive, "sensitive"),
        (Sensitivity::Secret, "secret"),
    ];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub(super) fn serialize<S: Serializer>(label: &Sensitivity, to: S) -> Result<S::Ok, S::Error> {
        let name = NAMES.iter().find(|(l, _)| l == label).map_or("secret", |(_, name)| *name);
        to.serialize_str(name)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Sensitivity, D::Error> {
        let name = String::deserialize(from)?;
        // An unknown label hides the most.
        Ok(NAMES.iter().find(|(_, n)| *n == name).map_or(Sensitivity::Secret, |(label, _)| *label))
    }
}

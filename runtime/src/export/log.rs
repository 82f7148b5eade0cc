//! The audit log on its way out, newest first, a row for each change: what one reader may see of it at the moment at
//! which each part is read ([`crate::trail`]), and nothing that was recorded after it began.

use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::sending::{self, Ended, Walk};
use crate::audit::{Change, Context, Entry, EntryPosition, EntryQuery, Event, EventId};
use crate::authorize::authorize_framework;
use crate::clock::Clock;
use crate::error::Error;
use crate::file::{Cell, Format, Writer};
use crate::key::RowKey;
use crate::panel::{Framework, Sensitivity, Verb};
use crate::response::Part;
use crate::store::Store;
use crate::trail::{Reader, Told};
use crate::value::Value;

/// Entries read at once.
const STRIDE: u32 = 500;

/// A column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Seq,
    At,
    Who,
    Session,
    Address,
    Request,
    Event,
    Model,
    Row,
    Field,
    Before,
    After,
    Readable,
}

impl Column {
    /// In the order of the file.
    pub(crate) const ALL: [Self; 13] = [
        Self::Seq,
        Self::At,
        Self::Who,
        Self::Session,
        Self::Address,
        Self::Request,
        Self::Event,
        Self::Model,
        Self::Row,
        Self::Field,
        Self::Before,
        Self::After,
        Self::Readable,
    ];

    /// In the head of the file; the same word for good.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Seq => "seq",
            Self::At => "at",
            Self::Who => "who",
            Self::Session => "session",
            Self::Address => "address",
            Self::Request => "request",
            Self::Event => "event",
            Self::Model => "model",
            Self::Row => "row",
            Self::Field => "field",
            Self::Before => "before",
            Self::After => "after",
            Self::Readable => "readable",
        }
    }

    /// As shown.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Seq => "Number",
            Self::At => "Time",
            Self::Who => "Who",
            Self::Session => "Session",
            Self::Address => "Address",
            Self::Request => "Request",
            Self::Event => "Event",
            Self::Model => "Model",
            Self::Row => "Row",
            Self::Field => "Field",
            Self::Before => "Before",
            Self::After => "After",
            Self::Readable => "Visible to you",
        }
    }
}

/// Which entries; the owned form of an [`EntryQuery`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Which {
    pub(crate) person: Option<i64>,
    pub(crate) event: Option<EventId>,
    pub(crate) model: Option<String>,
    pub(crate) row: Option<RowKey>,
    pub(crate) from: Option<chrono::DateTime<chrono::Utc>>,
    pub(crate) to: Option<chrono::DateTime<chrono::Utc>>,
}

impl Which {
    /// What this question asks for, wherever its page is.
    pub(crate) fn of(query: &EntryQuery<'_>) -> Self {
        Self {
            person: query.person,
            event: query.event,
            model: query.model.map(str::to_owned),
            row: query.row,
            from: query.from,
            to: query.to,
        }
    }

    fn page(&self, position: EntryPosition) -> EntryQuery<'_> {
        EntryQuery {
            person: self.person,
            event: self.event,
            model: self.model.as_deref(),
            row: self.row,
            from: self.from,
            to: self.to,
            position,
            size: STRIDE,
        }
    }
}

/// The log, as it is filtered, for one reader. It does nothing before [`LogExport::start`].
#[derive(Debug)]
pub(crate) struct LogExport {
    /// The session that asked: its person's rights are asked for anew with every part that is read.
    pub(crate) session: i64,
    pub(crate) which: Which,
    pub(crate) columns: Vec<Column>,
    pub(crate) format: Format,
    /// The filter for the record.
    pub(crate) in_words: String,
}

impl LogExport {
    /// Records that it begins and lets it run; what comes through the channel is the file. Right and proof are the
    /// caller's to ask for.
    pub(crate) async fn start(
        self,
        store: Store,
        clock: Clock,
        context: Context,
        place: OwnedSemaphorePermit,
    ) -> Result<mpsc::Receiver<Part>, Error> {
        sending::start(self, store, clock, context, place).await
    }

    /// The log as the person may see it at this moment, if they may still take it away.
    async fn reader(&self, store: &Store, clock: &Clock) -> Result<Reader, Error> {
        let panel = store.panel();
        let actor = sending::who(store, self.session, clock.now()).await?;
        authorize_framework(panel, &actor, Verb::View, Framework::Audit)?;
        authorize_framework(panel, &actor, Verb::Export, Framework::Audit)?;
        Ok(Reader::of(panel, &actor))
    }

    fn row(&self, writer: &mut Writer, entry: &Entry, told: Option<&Told<'_>>) -> Result<(), Error> {
        let text = |text: &str| Value::Text(text.to_owned());
        let number = |number: Option<i64>| number.map_or(Value::Null, Value::Int);
        let kept = |of: fn(&Change) -> Option<&String>| match told {
            Some(told) if told.readable => of(told.change).map_or(Some(Value::Null), |value| Some(text(value))),
            Some(_) => None,
            None => Some(Value::Null),
        };
        let values: Vec<Option<Value>> = self
            .columns
            .iter()
            .map(|column| match column {
                Column::Seq => Some(Value::Int(entry.seq)),
                Column::At => Some(Value::Timestamp(entry.at)),
                Column::Who => Some(entry.actor.as_ref().map_or(Value::Null, |actor| text(&actor.email))),
                Column::Session => Some(number(entry.actor.as_ref().and_then(|actor| actor.session))),
                Column::Address => Some(entry.origin.address.as_deref().map_or(Value::Null, text)),
                Column::Request => Some(text(&entry.origin.request.to_string())),
                Column::Event => Some(text(&entry.event)),
                Column::Model => Some(entry.model.as_deref().map_or(Value::Null, text)),
                Column::Row => Some(entry.row.map_or(Value::Null, Value::from)),
                Column::Field => Some(told.map_or(Value::Null, |told| text(&told.change.field))),
                Column::Before => kept(|change| change.before.as_ref()),
                Column::After => kept(|change| change.after.as_ref()),
                Column::Readable => Some(told.map_or(Value::Null, |told| Value::Bool(told.readable))),
            })
            .collect();
        let cells: Vec<Cell<'_>> =
            values.iter().map(|value| value.as_ref().map_or(Cell::Hidden, Cell::Value)).collect();
        writer.row(&cells)
    }
}

impl Walk for LogExport {
    const ENDED: EventId = EventId::AuditExported;

    fn event(&self, id: EventId) -> Event {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name()).collect();
        let mut event = Event::about(id, "Audit", None)
            .with(Change::fact("format", Sensitivity::Internal, self.format.word()))
            .with(Change::fact("columns", Sensitivity::Internal, columns.join(", ")));
        if !self.in_words.is_empty() {
            event = event.with(Change::fact("filter", Sensitivity::Personal, self.in_words.as_str()));
        }
        event
    }

    async fn run(&self, store: &Store, clock: &Clock, to: &mpsc::Sender<Part>, sent: &mut u64) -> Result<Ended, Error> {
        let names = self.columns.iter().map(|column| column.name().to_owned()).collect();
        let mut writer = Writer::new(self.format, "Audit", names)?;
        let mut position = EntryPosition::Newest;
        loop {
            let reader = self.reader(store, clock).await?;
            let page = store.entries(&self.which.page(position)).await?;
            let seen = reader.seen_now(store, &page.entries).await?;
            for entry in &page.entries {
                let told = reader.told(&seen, entry);
                if told.is_empty() {
                    self.row(&mut writer, entry, None)?;
                }
                for told in &told {
                    self.row(&mut writer, entry, Some(told))?;
                }
                *sent += 1;
                if sending::hand_on(&mut writer, to).await == Ended::ReaderGone {
                    return Ok(Ended::ReaderGone);
                }
            }
            if to.is_closed() {
                return Ok(Ended::ReaderGone);
            }
            position = match page.older {
                Some(seq) => EntryPosition::OlderThan(seq),
                None => break,
            };
        }
        sending::finish(writer, to).await
    }
}

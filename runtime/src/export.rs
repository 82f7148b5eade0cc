//! Rows on their way out: a walk over the list by keyset pages, written to a file format while it is sent. Memory does
//! not grow with the rows, nothing leaves unrecorded, and an export that breaks off breaks the visitor's connection.
//!
//! What leaves a row is what the export terms and the view terms both hold in that row; of a key, the label only where
//! the viewer sees it and nothing personal travels in it without a reason that the block gives for that very row.

pub(crate) mod log;
mod sending;

use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::audit::{Change, Context, Event, EventId};
use crate::authorize::{Terms, authorize};
use crate::clock::Clock;
use crate::condition::Condition;
use crate::error::Error;
use crate::file::{Cell, Format, Writer};
use crate::panel::{Field, FieldSet, KeyKind, Kind, Links, Model, Panel, Sensitivity, Sort, Verb};
use crate::response::Part;
use crate::store::{Candidate, LARGEST_BATCH, Label, LabelOf, ListQuery, ListedRow, Position, Search, Store, proved};
use crate::value::Value;

use self::sending::{Ended, Walk};

/// Exports under way in one process; more are turned away.
pub(crate) const AT_ONCE: usize = 4;
/// Rows at once where one of them may be long.
const LONG_ROWS: u32 = 100;

/// A column of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Column {
    /// The primary key.
    Id,
    /// A field.
    Field(&'static Field),
    /// The words for what a key points at.
    Label(&'static Field),
}

impl Column {
    /// In the head of the file; the same word for good.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Id => "id".to_owned(),
            Self::Field(field) => field.name.to_owned(),
            Self::Label(field) => format!("{}.label", field.name),
        }
    }

    /// As shown, of rows that are known by this.
    pub(crate) fn title(self, key: KeyKind) -> String {
        match self {
            Self::Id => key.title().to_owned(),
            Self::Field(field) => field.title.to_owned(),
            Self::Label(field) => format!("{} in words", field.title),
        }
    }
}

/// The columns that may leave at all, in the order of the model.
pub(crate) fn columns(panel: &'static Panel, view: &Terms, export: &Terms, targets: &[Terms]) -> Vec<Column> {
    let fields = export.fields_somewhere().intersection(view.fields_somewhere());
    let revealed = export.revealed_somewhere();
    let mut columns = vec![Column::Id];
    for field in export.model().fields.iter().filter(|field| fields.contains(field.index)) {
        if field.kind == Kind::Secret || field.sensitivity == Sensitivity::Secret {
            continue;
        }
        columns.push(Column::Field(field));
        let said_why = revealed.contains(field.index);
        let label_may_leave = match field.kind {
            // Its label is somebody's address.
            Kind::Actor => said_why,
            Kind::Model(target, _, _) | Kind::Many(&Links { model: target, .. }) => {
                panel.models.get(target).is_some_and(|model| {
                    targets.iter().any(|terms| terms.model().index == target) && (said_why || !is_personal(model))
                })
            }
            _ => false,
        };
        if label_may_leave {
            columns.push(Column::Label(field));
        }
    }
    columns
}

/// Where links lead, in words.
fn in_words(listed: &ListedRow) -> Vec<(usize, String)> {
    let words = |linked: &[Candidate]| linked.iter().map(|one| one.label.as_str()).collect::<Vec<_>>().join("; ");
    listed.links.iter().map(|(field, linked)| (*field, words(linked))).collect()
}

fn is_personal(model: &Model) -> bool {
    let label = model.label.iter().filter_map(|field| model.fields.get(*field));
    label.into_iter().any(|field| field.sensitivity >= Sensitivity::Personal)
}

/// What is to be exported. Made with terms of the one who asks; it does nothing before [`Export::start`].
#[derive(Debug)]
pub(crate) struct Export {
    /// Over the list: its scope, search, filter and order.
    pub(crate) view: Terms,
    /// Over what leaves it.
    pub(crate) right: Terms,
    /// View terms over what the keys point at.
    pub(crate) targets: Vec<Terms>,
    pub(crate) columns: Vec<Column>,
    pub(crate) filter: Condition,
    /// Text, and the fields to look in.
    pub(crate) search: Option<(String, FieldSet)>,
    pub(crate) sort: Option<Sort>,
    pub(crate) format: Format,
    /// The filter for the record.
    pub(crate) in_words: String,
    /// The session that asked: its person's rights are asked for anew with every page of rows.
    pub(crate) session: Option<i64>,
    /// How far these words may travel: what was searched for is in them.
    pub(crate) label: Sensitivity,
}

impl Export {
    /// The rows, as a condition beside the list's own: those that may be exported, as far as that can be asked of the
    /// database without telling anything. What it leaves over is sorted out row by row.
    pub(crate) fn narrowed(filter: Condition, view: &Terms, export: &Terms) -> Condition {
        let hidden = export.reads().0 & !view.fields_everywhere().0 != 0;
        if hidden { filter } else { filter.and(export.scope()) }
    }

    /// Records that it begins and lets it run; what comes through the channel is the file.
    ///
    /// # Errors
    /// [`Error::ProofNeeded`] when the terms lack it; then nothing was recorded and nothing leaves.
    pub(crate) async fn start(
        self,
        store: Store,
        clock: Clock,
        context: Context,
        place: OwnedSemaphorePermit,
    ) -> Result<mpsc::Receiver<Part>, Error> {
        proved(&self.right)?;
        proved(&self.view)?;
        sending::start(self, store, clock, context, place).await
    }

    /// What the person may see and take away at this moment. Nothing is remembered: an export takes minutes, and who is
    /// locked or demoted meanwhile gets no more of it.
    async fn rights(&self, store: &Store, clock: &Clock) -> Result<(Terms, Terms), Error> {
        let Some(session) = self.session else { return Ok((self.view.clone(), self.right.clone())) };
        let (panel, model) = (store.panel(), self.view.model());
        let actor = sending::who(store, session, clock.now()).await?;
        let view = authorize(panel, &actor, Verb::View, model).granted()?;
        Ok((view, authorize(panel, &actor, Verb::Export, model).granted()?))
    }

    fn query<'a>(&'a self, view: &'a Terms, labels: &'a [LabelOf<'a>], position: Position) -> ListQuery<'a> {
        let fields = self.columns.iter().fold(FieldSet::NONE, |all, column| match column {
            Column::Field(field) | Column::Label(field) => all.with(field.index),
            Column::Id => all,
        });
        let long = self.columns.iter().any(|column| {
            matches!(column, Column::Field(field) if matches!(field.kind, Kind::Text | Kind::Json | Kind::Bytes))
        });
        ListQuery {
            terms: view,
            columns: fields.union(self.right.reads()),
            filter: self.filter.clone(),
            search: self.search.as_ref().map(|(text, fields)| Search { text, fields: *fields }),
            sort: self.sort,
            position,
            size: if long { LONG_ROWS } else { LARGEST_BATCH },
            labels,
            count: false,
        }
    }

    fn labels(&self) -> Vec<LabelOf<'_>> {
        let wanted = self.columns.iter().filter_map(|column| match column {
            Column::Label(field) if field.links().is_none() => Some(*field),
            _ => None,
        });
        wanted
            .map(|field| LabelOf {
                field: field.index,
                terms: match field.kind {
                    Kind::Model(target, _, _) => self.targets.iter().find(|terms| terms.model().index == target),
                    _ => None,
                },
            })
            .collect()
    }

    /// Fields whose label leaves a row only with a reason.
    fn personal_labels(&self) -> FieldSet {
        let is_personal_there = |target| {
            let seen = self.targets.iter().find(|terms| terms.model().index == target);
            seen.is_none_or(|terms| is_personal(terms.model()))
        };
        self.columns.iter().fold(FieldSet::NONE, |all, column| match column {
            Column::Label(field) => match field.kind {
                Kind::Model(target, _, _) | Kind::Many(&Links { model: target, .. }) if !is_personal_there(target) => {
                    all
                }
                _ => all.with(field.index),
            },
            Column::Id | Column::Field(_) => all,
        })
    }

    fn cells<'r>(
        &self,
        view: &Terms,
        right: &Terms,
        (labels, personal): (&[LabelOf<'_>], FieldSet),
        listed: &'r ListedRow,
        (id, linked): (&'r Value, &'r [(usize, String)]),
    ) -> Vec<Cell<'r>> {
        let open = right.fields_of(&listed.row).intersection(view.fields_of(&listed.row));
        // Another clause's reason is none for this row.
        let revealed = if personal.is_empty() { personal } else { right.revealed_of(&listed.row) };
        let may_tell = |field: usize| open.contains(field) && (!personal.contains(field) || revealed.contains(field));
        self.columns
            .iter()
            .map(|column| match column {
                Column::Id => Cell::Value(id),
                Column::Field(field) if open.contains(field.index) => {
                    listed.row.get(field.index).map_or(Cell::Hidden, Cell::Value)
                }
                Column::Label(field) if may_tell(field.index) && field.links().is_some() => {
                    let words = linked.iter().find(|(of, _)| *of == field.index);
                    words.map_or(Cell::Hidden, |(_, words)| Cell::Words(words))
                }
                Column::Label(field) if may_tell(field.index) => {
                    let place = labels.iter().position(|label| label.field == field.index);
                    match place.and_then(|place| listed.labels.get(place)) {
                        Some(Label::Text(text)) => Cell::Words(text),
                        _ => Cell::Hidden,
                    }
                }
                Column::Field(_) | Column::Label(_) => Cell::Hidden,
            })
            .collect()
    }
}

impl Walk for Export {
    const ENDED: EventId = EventId::RowsExported;

    fn event(&self, id: EventId) -> Event {
        let columns: Vec<String> = self.columns.iter().map(|column| column.name()).collect();
        let mut event = Event::about(id, self.view.model().name, None)
            .with(Change::fact("format", Sensitivity::Internal, self.format.word()))
            .with(Change::fact("columns", Sensitivity::Internal, columns.join(", ")));
        if !self.in_words.is_empty() {
            event = event.with(Change::fact("filter", self.label, self.in_words.as_str()));
        }
        for reason in self.right.reveal_reasons() {
            event = event.with(Change::fact("reveal", Sensitivity::Internal, reason));
        }
        event
    }

    /// Every row, page by page.
    async fn run(&self, store: &Store, clock: &Clock, to: &mpsc::Sender<Part>, sent: &mut u64) -> Result<Ended, Error> {
        let model = self.view.model();
        let names = self.columns.iter().map(|column| column.name()).collect();
        let mut writer = Writer::new(self.format, model.plural, names)?;
        let (labels, personal) = (self.labels(), self.personal_labels());
        let mut position = Position::First;
        loop {
            let (view, right) = self.rights(store, clock).await?;
            let page = store.batch(&self.query(&view, &labels, position)).await?;
            for listed in &page.rows {
                if right.covers(&listed.row) {
                    let (id, linked) = (Value::from(listed.row.id), in_words(listed));
                    writer.row(&self.cells(&view, &right, (&labels, personal), listed, (&id, &linked)))?;
                    *sent += 1;
                }
                if sending::hand_on(&mut writer, to).await == Ended::ReaderGone {
                    return Ok(Ended::ReaderGone);
                }
            }
            if to.is_closed() {
                return Ok(Ended::ReaderGone);
            }
            position = match page.next {
                Some(key) => Position::After(key),
                None => break,
            };
        }
        sending::finish(writer, to).await
    }
}

//! The audit log as one reader may see it: that something happened and who did it; the values only of fields that they
//! may see, on rows that they may see at this moment. A row that is gone is seen by whoever sees every row of its
//! model.

use std::collections::BTreeSet;

use crate::audit::{Change, Entry, EventId, TOKEN};
use crate::authorize::{Actor, Terms, authorize};
use crate::condition::Condition;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{Field, Model, Panel, Sensitivity, Verb};
use crate::store::{NamesQuery, PickFrom, Store, proved};

/// Who reads, as their view terms; nothing is known of a model without.
#[derive(Debug)]
pub(crate) struct Reader {
    panel: &'static Panel,
    views: Vec<Terms>,
}

/// Rows that the reader, who may not see every row of their model, may see at this moment: by model and number.
#[derive(Debug, Default)]
pub(crate) struct Seen(BTreeSet<(usize, RowKey)>);

/// One kept change, and whether its values are for this reader.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'e> {
    pub(crate) change: &'e Change,
    /// The field that it is about; none: a fact beside the fields, or a field of an older build.
    pub(crate) field: Option<&'static Field>,
    pub(crate) readable: bool,
}

impl Reader {
    /// This person, with the rights that they have at this moment.
    pub(crate) fn of(panel: &'static Panel, actor: &Actor) -> Self {
        let view = |model| authorize(panel, actor, Verb::View, model).granted().ok();
        let views = panel.models.iter().filter_map(view).filter(|view| proved(view).is_ok()).collect();
        Self { panel, views }
    }

    /// The model that an entry is about, and the reader's view of it.
    pub(crate) fn about(&self, entry: &Entry) -> (Option<&'static Model>, Option<&Terms>) {
        let model = entry.model.as_deref().and_then(|name| self.panel.models.iter().find(|model| model.name == name));
        (model, model.and_then(|model| self.views.iter().find(|view| view.model().index == model.index)))
    }

    /// Which rows of these entries are seen, in one statement.
    pub(crate) async fn seen_now(&self, store: &Store, entries: &[Entry]) -> Result<Seen, Error> {
        let asked: Vec<(&Terms, Vec<RowKey>)> = self
            .views
            .iter()
            .filter(|view| view.scope() != Condition::Always)
            .map(|view| {
                let about = entries.iter().filter(|entry| entry.model.as_deref() == Some(view.model().name));
                // A key of another kind is of a table of this name that was there before.
                let key = view.model().key;
                let ids: BTreeSet<RowKey> =
                    about.filter_map(|entry| entry.row).filter(|row| row.kind() == key).collect();
                (view, ids.into_iter().collect())
            })
            .collect();
        if asked.iter().all(|(_, ids)| ids.is_empty()) {
            return Ok(Seen::default());
        }
        let queries: Vec<NamesQuery<'_>> =
            asked.iter().map(|(view, ids)| NamesQuery { from: PickFrom::Model(view), ids }).collect();
        let found = store.names(&queries).await?;
        let rows = asked.iter().zip(found).flat_map(|((view, _), rows)| {
            let model = view.model().index;
            rows.into_iter().map(move |row| (model, row.id))
        });
        Ok(Seen(rows.collect()))
    }

    /// What an entry keeps, change by change.
    pub(crate) fn told<'e>(&self, seen: &Seen, entry: &'e Entry) -> Vec<Told<'e>> {
        let (model, view) = self.about(entry);
        let row_is_seen = |view: &&Terms| {
            view.scope() == Condition::Always
                || entry.row.is_some_and(|row| seen.0.contains(&(view.model().index, row)))
        };
        let view = view.filter(row_is_seen);
        let of_fields = [EventId::RowCreated, EventId::RowUpdated, EventId::RowDeleted]
            .iter()
            .any(|about| about.text() == entry.event);
        let told = entry.changes.iter().map(|change| {
            let field = model.and_then(|model| model.field_by_name(&change.field));
            let within = match field {
                // Which fields they may see of this very row is not known here; what they may see of every row is.
                // Links stand in the log by the numbers of where they lead.
                Some(field) => view.is_some_and(|view| {
                    view.fields_everywhere().contains(field.index)
                        && (field.links().is_none() || view.sees_every_link(field.index))
                }),
                // A model or field of an older build: nobody can say any more who may see it.
                None if of_fields && change.field != TOKEN => false,
                // A fact beside the fields, or an event about no model.
                None => change.label < Sensitivity::Sensitive,
            };
            Told { change, field, readable: within && change.label != Sensitivity::Secret }
        });
        told.collect()
    }
}

//! What goes along with a deleted row: the walk over the keys that point at it. Shown before, and carried out row by row
//! so that each leaves its event; the database's own cascades are only the net below.

use std::collections::HashSet;

use crate::audit::Event;
use crate::authorize::Terms;
use crate::error::Error;
use crate::panel::{Automatic, Field, FieldSet, Kind, Model, OnDelete, Panel};
use crate::store::Store;
use crate::store::lane::Transaction;
use crate::store::query::{DeleteGroup, DeletePreview, GetQuery};
use crate::store::statements::reach::Step;
use crate::value::{Row, Value};

/// Keys a preview follows below one another; rows that point at themselves in a circle end there.
const DEEPEST: usize = 8;

/// What is left in a field that pointed at these rows.
fn without(row: &Row, key: &Field, gone: &[i64]) -> Value {
    match row.get(key.index) {
        Some(Value::Links(to)) => Value::links(to.iter().copied().filter(|link| !gone.contains(link)).collect()),
        _ => Value::Null,
    }
}

/// Every key of the panel that points at this model, and every field whose links lead there.
fn keys_to(panel: &'static Panel, model: usize) -> impl Iterator<Item = (&'static Model, &'static Field, OnDelete)> {
    panel.models.iter().flat_map(move |from| {
        from.fields.iter().filter_map(move |field| match field.kind {
            Kind::Model(to, effect) if to == model => Some((from, field, effect)),
            // A link goes, and the row that it came from stays.
            Kind::Many(links) if links.model == model => Some((from, field, OnDelete::SetNull)),
            _ => None,
        })
    })
}

pub(super) async fn preview(
    store: &Store,
    terms: &Terms,
    id: i64,
    views: &[Terms],
) -> Result<Option<DeletePreview>, Error> {
    let query = GetQuery { terms, id, columns: FieldSet::NONE, labels: &[] };
    if store.get(&query).await?.is_none() {
        return Ok(None);
    }
    let mut preview = DeletePreview { groups: Vec::new(), held: false };
    let mut paths: Vec<Vec<Step>> = vec![Vec::new()];
    while let Some(path) = paths.pop() {
        let at = path.last().map_or(terms.model().index, |step| step.model.index);
        for (model, key, effect) in keys_to(store.panel(), at) {
            let mut path = path.clone();
            path.push(Step { model, key });
            let view = views.iter().find(|view| view.model().index == model.index);
            let (count, labels) = store.database.reached(store.panel(), id, &path, view).await?;
            if count == 0 {
                continue;
            }
            preview.held |= effect == OnDelete::Restrict;
            preview.groups.push(DeleteGroup { model: model.index, key: key.index, effect, count, labels });
            if effect == OnDelete::Cascade && path.len() < DEEPEST {
                paths.push(path);
            }
        }
    }
    Ok(Some(preview))
}

/// Removes the row with all that goes along; the events, in the order in which things happened.
pub(super) async fn carry_out(
    panel: &'static Panel,
    transaction: &mut Transaction,
    model: &'static Model,
    row: Row,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<Event>, Error> {
    let mut seen: HashSet<(usize, i64)> = HashSet::from([(model.index, row.id)]);
    let mut going: Vec<(&'static Model, Vec<Row>)> = vec![(model, vec![row])];
    let mut loosened: Vec<(&'static Model, &'static Field, Vec<i64>, Vec<Row>)> = Vec::new();
    let mut next = 0;
    while let Some((model, rows)) = going.get(next) {
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let at = model.index;
        next += 1;
        for (child, key, effect) in keys_to(panel, at) {
            match effect {
                OnDelete::Restrict => {
                    let count = transaction.count_pointing(child, key.index, &ids).await?;
                    if count > 0 {
                        return Err(Error::Held { by: child.plural, count });
                    }
                }
                OnDelete::Cascade => {
                    let mut rows = transaction.load_pointing(child, key.index, &ids).await?;
                    rows.retain(|row| seen.insert((child.index, row.id)));
                    if !rows.is_empty() {
                        going.push((child, rows));
                    }
                }
                OnDelete::SetNull => {
                    let rows = transaction.load_pointing(child, key.index, &ids).await?;
                    if !rows.is_empty() {
                        loosened.push((child, key, ids.clone(), rows));
                    }
                }
            }
        }
    }
    let mut events = Vec::new();
    for (model, key, gone, rows) in loosened {
        for row in rows.into_iter().filter(|row| !seen.contains(&(model.index, row.id))) {
            // Two keys of one row may point at what goes: the second change starts from the first.
            let Some(before) = transaction.load(model, row.id).await? else { continue };
            let mut after = before.clone();
            after.set(key.index, without(&before, key, &gone));
            let mut changed = FieldSet::NONE.with(key.index);
            for field in model.fields.iter().filter(|f| f.automatic == Some(Automatic::Updated)) {
                after.set(field.index, Value::Timestamp(now));
                changed = changed.with(field.index);
            }
            transaction.update(model, &after, changed, before.version).await?;
            events.push(Event::updated(model, &before, &after, changed));
        }
    }
    // What points goes before what it points at.
    for (model, rows) in going.iter().rev() {
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        transaction.remove(model, &ids).await?;
        events.extend(rows.iter().map(|row| Event::deleted(model, row)));
    }
    Ok(events)
}

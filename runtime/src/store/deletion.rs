//! What goes along with a deleted row: the walk over the keys that point at it. Shown before, and carried out some
//! hundreds of rows at a time so that each row leaves its event; the database's own cascades are only the net below. Of
//! rows that go along it holds their numbers, of those that are only loosened nothing.

use std::collections::HashSet;

use crate::audit::Event;
use crate::authorize::Terms;
use crate::error::Error;
use crate::key::{Packed, RowKey};
use crate::panel::{Automatic, Field, FieldSet, Kind, Model, OnDelete, Panel};
use crate::store::query::{DeleteGroup, DeletePreview, GetQuery};
use crate::store::statements::by_number::IDS;
use crate::store::statements::reach::Step;
use crate::store::{Store, Write};
use crate::value::{Row, Value};

/// Keys a preview follows below one another; rows that point at themselves in a circle end there.
const DEEPEST: usize = 8;

/// What is left in a field that pointed at these rows.
fn without(row: &Row, key: &Field, gone: &[RowKey]) -> Value {
    match row.get(key.index) {
        Some(Value::Links(to)) => {
            Value::links(to.iter().copied().filter(|link| !gone.contains(&RowKey::Number(*link))).collect())
        }
        _ => Value::Null,
    }
}

/// Every key of the panel that points at this model, and every field whose links lead there.
fn keys_to(panel: &'static Panel, model: usize) -> impl Iterator<Item = (&'static Model, &'static Field, OnDelete)> {
    panel.models.iter().flat_map(move |from| {
        from.fields.iter().filter_map(move |field| match field.kind {
            Kind::Model(to, effect, _) if to == model => Some((from, field, effect)),
            // A link goes, and the row that it came from stays.
            Kind::Many(links) if links.model == model => Some((from, field, OnDelete::SetNull)),
            _ => None,
        })
    })
}

pub(super) async fn preview(
    store: &Store,
    terms: &Terms,
    id: RowKey,
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

/// Rows of one model that go, all for the same reason.
struct Going {
    model: &'static Model,
    ids: Vec<Packed>,
}

/// Some of them, as statements take them.
fn keys(ids: &[Packed]) -> Vec<RowKey> {
    ids.iter().map(Packed::key).collect()
}

/// Removes the row with all that goes along; the events, in the order in which things happened, are left with the
/// change.
pub(super) async fn carry_out(write: &mut Write, model: &'static Model, row: Row) -> Result<(), Error> {
    let going = all_that_goes(write, model, row.id).await?;
    let mut gone: Vec<HashSet<Packed>> = write.panel().models.iter().map(|_| HashSet::new()).collect();
    for part in &going {
        if let Some(ids) = gone.get_mut(part.model.index) {
            ids.extend(part.ids.iter().cloned());
        }
    }
    // What points goes before what it points at. All of it is told before the first row goes: where rows point at each
    // other in a circle, the database's own cascade takes some along with the first.
    for Going { model, ids } in going.iter().rev() {
        for (child, key, effect) in keys_to(write.panel(), model.index) {
            if effect == OnDelete::SetNull {
                loosen(write, child, key, ids, gone.get(child.index)).await?;
            }
        }
        for ids in ids.chunks(IDS).map(keys) {
            let values: Vec<Value> = ids.iter().copied().map(Value::from).collect();
            let rows = write.transaction().load_having(model, None, &values).await?;
            if rows.len() != ids.len() {
                return Err(Error::Bug(format!("{} rows of {} were there of {}", rows.len(), model.name, ids.len())));
            }
            for row in &rows {
                write.note(Event::deleted(model, row)).await?;
            }
        }
    }
    for Going { model, ids } in going.iter().rev() {
        for ids in ids.chunks(IDS).map(keys) {
            write.transaction().remove(model, &ids).await?;
        }
    }
    Ok(())
}

/// The row, and what its removal takes along, nearest first.
///
/// # Errors
/// [`Error::Held`] when a row holds some of it.
async fn all_that_goes(write: &mut Write, model: &'static Model, id: RowKey) -> Result<Vec<Going>, Error> {
    let panel = write.panel();
    let mut seen: HashSet<(usize, Packed)> = HashSet::from([(model.index, id.into())]);
    let mut going = vec![Going { model, ids: vec![id.into()] }];
    let mut next = 0;
    while let Some(part) = going.get(next) {
        let (to, ids) = (part.model, part.ids.clone());
        next += 1;
        for (child, key, effect) in keys_to(panel, to.index) {
            if effect == OnDelete::Restrict || child.adopted.is_some() && key.links().is_none() {
                let (mut served, mut unserved) = (0, 0);
                for ids in ids.chunks(IDS).map(keys) {
                    let count = write.transaction().count_pointing(child, key, to, &ids).await?;
                    served += count.served;
                    unserved += count.unserved;
                }
                if effect == OnDelete::Restrict && served > 0 {
                    return Err(Error::Held { by: child.plural, count: served, served: true });
                }
                if unserved > 0 {
                    return Err(Error::Held { by: child.plural, count: unserved, served: false });
                }
            }
            match effect {
                OnDelete::Cascade => {
                    let mut children = Vec::new();
                    for ids in ids.chunks(IDS).map(keys) {
                        let mut after = None;
                        loop {
                            let more = write.transaction().ids_pointing(child, key.index, &ids, after).await?;
                            after = more.last().copied();
                            let more = more.into_iter().map(Packed::from);
                            children.extend(more.filter(|id| seen.insert((child.index, id.clone()))));
                            if after.is_none() {
                                break;
                            }
                        }
                    }
                    if !children.is_empty() {
                        going.push(Going { model: child, ids: children });
                    }
                }
                OnDelete::Restrict | OnDelete::SetNull => {}
            }
        }
    }
    Ok(going)
}

/// Empties a key of the rows that point at these and stay themselves, and takes away the links that lead to these.
async fn loosen(
    write: &mut Write,
    model: &'static Model,
    key: &'static Field,
    ids: &[Packed],
    gone: Option<&HashSet<Packed>>,
) -> Result<(), Error> {
    let now = write.context().now();
    let stamps: Vec<&Field> = model.fields.iter().filter(|f| f.automatic == Some(Automatic::Updated)).collect();
    let stamped = stamps.iter().fold(FieldSet::NONE, |all, field| all.with(field.index));
    let changed = stamped.with(key.index);
    for ids in ids.chunks(IDS).map(keys) {
        let mut after = None;
        loop {
            let mut rows = write.transaction().load_pointing(model, key.index, &ids, after).await?;
            after = rows.last().map(|row| row.id);
            if after.is_none() {
                break;
            }
            if let Some(links) = key.links() {
                // Also of rows that go later: a table that was there before the panel may hold on to what a link leads
                // to.
                let all: Vec<RowKey> = rows.iter().map(|row| row.id).collect();
                write.transaction().unlink(links, &all, &ids).await?;
            }
            rows.retain(|row| !gone.is_some_and(|gone| gone.contains(&row.id.into())));
            let Some(first) = rows.first() else { continue };
            // All of them get the same.
            let mut same = first.clone();
            if key.links().is_none() {
                same.set(key.index, Value::Null);
            }
            for field in &stamps {
                same.set(field.index, Value::Timestamp(now));
            }
            let these: Vec<RowKey> = rows.iter().map(|row| row.id).collect();
            let columns = if key.links().is_none() { changed } else { stamped };
            let written = write.transaction().update_alike(model, &these, &same, columns).await?;
            if written != rows.len() as u64 {
                return Err(Error::Bug(format!("{written} rows of {} were there of {}", model.name, rows.len())));
            }
            for before in &rows {
                let mut after = before.clone();
                after.set(key.index, without(before, key, &ids));
                for field in &stamps {
                    after.set(field.index, same.get(field.index).cloned().unwrap_or(Value::Null));
                }
                write.note(Event::updated(model, before, &after, changed)).await?;
            }
        }
    }
    Ok(())
}

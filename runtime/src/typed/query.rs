//! The typed queries: a token, a store, and rows as Rust types. A typed row is whole or it is not given: where the
//! token hides a field of a row, the answer is an error and not a row with a hole, which nobody could tell from an
//! empty field. Pages, which can show a hole as one, work on untyped rows.

use super::{Input, Model, Query, RowId};
use crate::audit::{Context, Origin};
use crate::authorize::{Actor, Terms, authorize, authorize_framework};
use crate::error::Error;
use crate::grant::{Create, Delete, Edit, May, View};
use crate::panel::{self, FieldSet, Framework, Kind, Verb};
use crate::store::{Count, GetQuery, ListQuery, Listed, Parents, Position, Store, Updated};
use crate::value::Row;

/// The row of this number, if it is within the token's rows.
///
/// # Errors
/// [`Error::Beyond`] when the token hides a field of it.
pub async fn get<M: Model>(db: &Store, may: &May<View, M>, id: M::Id) -> Result<Option<M>, Error> {
    let query = GetQuery { terms: may.terms(), id: id.key(), columns: readable_fields(M::MODEL), labels: &[] };
    let found = db.get(&query).await?;
    found.map(|found| whole(may.terms(), &found.row)).transpose()
}

/// Some rows of a query that follow each other.
#[derive(Debug)]
pub struct Page<M> {
    /// In its order.
    pub rows: Vec<M>,
    /// Of all pages: exactly up to 10,000.
    pub total: Count,
    /// The query of the page after this one; none on the last.
    pub next: Option<Query<M>>,
    /// The query of the page before this one; none on the first.
    pub previous: Option<Query<M>>,
}

/// The rows of the query that are within the token's rows.
///
/// # Errors
/// [`Error::Beyond`] when the token hides a field of one of them.
pub async fn list<M: Model>(db: &Store, may: &May<View, M>, query: Query<M>) -> Result<Vec<M>, Error> {
    let listed = db.list(&rows_of(may, &query, false)).await?;
    whole_rows(may, &listed)
}

/// The same with how many there are and with the ways on. Pages are sought by key: the last costs as much as the first,
/// and a row that comes or goes meanwhile shifts no other.
///
/// # Errors
/// [`Error::Beyond`] when the token hides a field of one of them.
pub async fn page<M: Model>(db: &Store, may: &May<View, M>, query: Query<M>) -> Result<Page<M>, Error> {
    let listed = db.list(&rows_of(may, &query, true)).await?;
    Ok(Page {
        rows: whole_rows(may, &listed)?,
        total: listed.count.ok_or_else(|| Error::Bug("a page was not counted".to_owned()))?,
        next: listed.next.map(|key| query.at(Position::After(key))),
        previous: listed.previous.map(|key| query.at(Position::Before(key))),
    })
}

fn rows_of<'a, M: Model>(may: &'a May<View, M>, query: &Query<M>, count: bool) -> ListQuery<'a> {
    ListQuery {
        terms: may.terms(),
        columns: readable_fields(M::MODEL),
        filter: query.filter.clone(),
        search: None,
        sort: query.sort,
        position: query.position.clone(),
        size: query.limit,
        labels: &[],
        count,
    }
}

fn whole_rows<M: Model>(may: &May<View, M>, listed: &Listed) -> Result<Vec<M>, Error> {
    listed.rows.iter().map(|one| whole(may.terms(), &one.row)).collect()
}

/// Inserts a row, and gives its number.
///
/// # Errors
/// [`Error::Beyond`] for a row or a field outside the token.
pub async fn create<M: Model>(db: &Store, may: &May<Create, M>, new: M::New) -> Result<M::Id, Error> {
    let views = visible_parents(may.actor(), may.terms(), M::PANEL);
    let parents = Parents::Within { views: &views, people: sees_people(may.actor(), M::PANEL) };
    let mut write = db.write(context(may.actor())).await?;
    let inserted = write.insert(may.terms(), new.given().into_values(), parents).await?;
    let id = inserted.row.id;
    write.commit(inserted.recorded).await?;
    M::Id::of_key(id).ok_or_else(|| Error::Bug(format!("a row of {} got a key of another kind", M::MODEL.name)))
}

/// Changes a row that still has this version; a change of nothing does nothing.
///
/// # Errors
/// [`Error::Stale`] when it has another one, [`Error::NotFound`] and [`Error::Beyond`] outside the token.
pub async fn update<M: Model>(
    db: &Store,
    may: &May<Edit, M>,
    id: M::Id,
    version: i64,
    change: M::Change,
) -> Result<(), Error> {
    let views = visible_parents(may.actor(), may.terms(), M::PANEL);
    let parents = Parents::Within { views: &views, people: sees_people(may.actor(), M::PANEL) };
    let mut write = db.write(context(may.actor())).await?;
    let values = change.given().into_values();
    match write.update(may.terms(), id.key(), Some(version), values, parents).await? {
        Updated::Changed(_, recorded) => write.commit(recorded).await,
        Updated::Unchanged(_) => Ok(()),
    }
}

/// Removes a row that still has this version, and what goes along with it.
///
/// # Errors
/// [`Error::Stale`] when it has another one, [`Error::Held`] when other rows hold it, [`Error::NotFound`] outside the
/// token.
pub async fn delete<M: Model>(db: &Store, may: &May<Delete, M>, id: M::Id, version: i64) -> Result<(), Error> {
    let mut write = db.write(context(may.actor())).await?;
    let recorded = write.delete(may.terms(), id.key(), Some(version)).await?;
    write.commit(recorded).await
}

fn context(actor: &Actor) -> Context {
    Context::of(actor, Origin::own())
}

/// A written key may point at what its writer may view, and at nothing else: else an error would tell which rows exist.
fn visible_parents(actor: &Actor, terms: &Terms, panel: &'static panel::Panel) -> Vec<Terms> {
    let mut models: Vec<usize> = terms
        .model()
        .fields
        .iter()
        .filter_map(|field| if let Kind::Model(model, _, _) = field.kind { Some(model) } else { None })
        .collect();
    models.sort_unstable();
    models.dedup();
    let views = models.into_iter().filter_map(|model| panel.models.get(model));
    views
        .filter_map(|model| authorize(panel, actor, Verb::View, model).granted().ok())
        .filter(|terms| !terms.lacks_proof())
        .collect()
}

fn sees_people(actor: &Actor, panel: &'static panel::Panel) -> bool {
    authorize_framework(panel, actor, Verb::View, Framework::People).is_ok()
}

/// Every field but secrets, which nothing reads.
pub(crate) fn readable_fields(model: &panel::Model) -> FieldSet {
    model
        .fields
        .iter()
        .filter(|field| field.kind != Kind::Secret)
        .fold(FieldSet::NONE, |all, field| all.with(field.index))
}

fn whole<M: Model>(terms: &Terms, row: &Row) -> Result<M, Error> {
    let (wanted, allowed) = (readable_fields(M::MODEL), terms.fields_of(row));
    let hidden: Vec<&str> = M::MODEL
        .fields
        .iter()
        .filter(|field| wanted.contains(field.index) && !allowed.contains(field.index))
        .map(|field| field.title)
        .collect();
    if hidden.is_empty() {
        return typed(row);
    }
    Err(Error::Beyond(format!("Of this {}, some is hidden from you: {}.", M::MODEL.title, hidden.join(", "))))
}

/// The row as its type, whoever asks.
pub(crate) fn typed<M: Model>(row: &Row) -> Result<M, Error> {
    M::from_row(row).ok_or_else(|| Error::Bug(format!("row {:?} of {} does not fit its type", row.id, M::MODEL.name)))
}

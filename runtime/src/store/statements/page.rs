//! One page of a list, with the count of all: which rows are wanted, how they are best come by, and what is told of them.

use super::finding::{self, Hits};
use super::select::{Columns, MAIN};
use super::walk::Walk;
use super::{condition, links};
use crate::authorize::Terms;
use crate::condition::Condition;
use crate::error::Error;
use crate::panel::{FieldSet, Kind, Model, Panel, Sort};
use crate::store::database::Database;
use crate::store::indexes::is_order;
use crate::store::query::{
    COUNT_BOUND, Count, FOUND_BOUND, GetQuery, LARGEST_PAGE, ListQuery, Listed, ListedRow, Search,
};
use crate::store::sql::Sql;

/// Rows that a count looks at: one more than it tells.
pub(super) const COUNTED: i64 = COUNT_BOUND.cast_signed() + 1;

impl Database {
    /// One page, and the count.
    pub(in crate::store) async fn list(
        &self,
        panel: &'static Panel,
        query: &ListQuery<'_>,
        largest: u32,
    ) -> Result<Listed, Error> {
        let model = query.terms.model();
        let size = query.size.clamp(1, largest) as usize;
        let mut wanted = query.columns.union(query.terms.reads());
        if let Some(sort) = query.sort {
            match model.fields.get(sort.field).map(|f| f.kind) {
                None => return Err(Error::Bug(format!("{} has no field {} to sort by", model.name, sort.field))),
                // The order of hashes would tell which two are the same.
                Some(Kind::Secret | Kind::Json | Kind::Bytes) => {
                    return Err(Error::BadRequest("This column can't be sorted by.".to_owned()));
                }
                Some(_) => {}
            }
            wanted = wanted.with(sort.field);
        }
        let columns = Columns::new(panel, model, wanted, query.labels)?;
        let mut walk = Walk::new(query);
        let mut lane = self.reading().await?;
        let mut otherwise = None;
        let (known, mut rows_wanted) = if let Some(search) = by_index(query) {
            let scope = within(query.terms, &query.filter, None, query.sort);
            match finding::look(&mut lane, query.terms, &scope, search).await? {
                Hits::These(ids) if ids.is_empty() => {
                    return Ok(Listed { rows: Vec::new(), count: Some(Count::Exactly(0)), next: None, previous: None });
                }
                Hits::These(ids) => {
                    let count = Count::Exactly(ids.len() as u64);
                    walk.only = Some(ids);
                    (Some(count), scope)
                }
                Hits::Many { about, rows } => {
                    let count = Some(Count::MoreThan(FOUND_BOUND));
                    let way = finding::way(query.terms, scope.clone(), search, query.sort, (about, rows));
                    if is_order(model, query.sort) {
                        // A scope is part of the way where an index leads through it in this order.
                        let (on_the_way, looked_at) =
                            if walk.is_usual(model) { (scope, Condition::Always) } else { (Condition::Always, scope) };
                        let looked_for = finding::looking(query.terms, looked_at, search);
                        walk.within = Some((finding::reach(rows, size + 1), looked_for));
                        otherwise = Some(way);
                        (count, on_the_way)
                    } else {
                        walk.passing_by = way.1;
                        (count, way.0)
                    }
                }
            }
        } else {
            let rows_wanted = within(query.terms, &query.filter, query.search, query.sort);
            if query.count && walk.could_pass_by(model, &rows_wanted) {
                let mut sql = Sql::new("SELECT (");
                push_count(&mut sql, model, &rows_wanted);
                sql.push("), ");
                finding::push_size(&mut sql, model);
                let answer = lane.row(sql).await?;
                let count = answer.as_ref().map_or(Ok(0), |answer| answer.count(0))?;
                let size = finding::size(answer.as_ref(), 1)?;
                walk.passing_by = count > finding::few(size);
                (Some(bounded(count)), rows_wanted)
            } else {
                (None, rows_wanted)
            }
        };

        // Of many rows it costs less to ask for one stretch after the other than to put them in order again.
        let in_turn = if largest > LARGEST_PAGE { walk.in_turn(model, &rows_wanted) } else { Vec::new() };
        let mut answers = Vec::new();
        for way in &in_turn {
            if answers.len() <= size {
                answers.extend(lane.rows(walk.stretch(&columns, model, way, size + 1 - answers.len())).await?);
            }
        }
        if in_turn.is_empty() {
            answers = lane.rows(walk.page(&columns, model, &rows_wanted, size + 1)).await?;
        }
        if answers.len() <= size
            && let Some((wanted, passing_by)) = otherwise
        {
            (walk.within, walk.passing_by, rows_wanted) = (None, passing_by, wanted);
            answers = lane.rows(walk.page(&columns, model, &rows_wanted, size + 1)).await?;
        }
        let mut rows = answers.iter().map(|a| columns.read(a)).collect::<Result<Vec<_>, _>>()?;

        let further = rows.len() > size;
        rows.truncate(size);
        links::attach(&mut lane, panel, query.terms, query.columns, &mut rows).await?;
        if walk.backwards {
            rows.reverse();
        }
        let key = |row: Option<&ListedRow>| row.map(|row| walk.key_of(row));
        let came_from_elsewhere = walk.from.is_some();
        let (more_before, more_after) =
            if walk.backwards { (further, came_from_elsewhere) } else { (came_from_elsewhere, further) };
        let next = if more_after { key(rows.last()) } else { None };
        let previous = if more_before { key(rows.first()) } else { None };

        let alone = !further && !came_from_elsewhere;
        let count = match (query.count, alone) {
            _ if known.is_some() => known,
            (false, _) => None,
            (true, true) => Some(Count::Exactly(rows.len() as u64)),
            (true, false) => {
                let mut sql = Sql::default();
                push_count(&mut sql, model, &rows_wanted);
                let answer = lane.row(sql).await?;
                Some(bounded(answer.as_ref().map_or(Ok(0), |a| a.count(0))?))
            }
        };
        Ok(Listed { rows, count, next, previous })
    }

    /// How many rows there are, however many.
    pub(in crate::store) async fn count_all(&self, query: &ListQuery<'_>) -> Result<u64, Error> {
        let model = query.terms.model();
        let mut sql = Sql::new("SELECT count(*) FROM ");
        sql.table(model).push(" AS ");
        MAIN.push(&mut sql);
        sql.push(" WHERE ");
        condition::push(&mut sql, MAIN, model, &within(query.terms, &query.filter, query.search, query.sort));
        self.reading().await?.row(sql).await?.map_or(Ok(0), |answer| answer.count(0))
    }

    /// One row within the terms.
    pub(in crate::store) async fn get(
        &self,
        panel: &'static Panel,
        query: &GetQuery<'_>,
    ) -> Result<Option<ListedRow>, Error> {
        let (sql, columns) = one_row(panel, query)?;
        let mut lane = self.reading().await?;
        let Some(answer) = lane.row(sql).await? else { return Ok(None) };
        let mut listed = columns.read(&answer)?;
        links::attach(&mut lane, panel, query.terms, query.columns, std::slice::from_mut(&mut listed)).await?;
        Ok(Some(listed))
    }
}

/// The statement for one row within the terms.
pub(in crate::store) fn one_row<'a>(panel: &'static Panel, query: &GetQuery<'a>) -> Result<(Sql, Columns<'a>), Error> {
    let model = query.terms.model();
    let columns = Columns::new(panel, model, query.columns.union(query.terms.reads()), query.labels)?;
    let mut sql = columns.select();
    MAIN.column(&mut sql, "id");
    sql.push(" = ").push_bind(query.id).push(" AND ");
    condition::push(&mut sql, MAIN, model, &query.terms.scope());
    Ok((sql, columns))
}

/// Scope, filter, search and sort as one condition: rows in which the viewer may read all that is asked about.
pub(in crate::store) fn within(
    terms: &Terms,
    filter: &Condition,
    search: Option<Search<'_>>,
    sort: Option<Sort>,
) -> Condition {
    let asked = filter.reads().union(sort.map_or(FieldSet::NONE, |s| FieldSet::NONE.with(s.field)));
    let filter = filter.clone().linked_among(&|field| links::visible_to(terms, field));
    let scope = terms.scope_with(asked).and(filter);
    match search {
        Some(search) if !search.text.trim().is_empty() => finding::looking(terms, scope, search),
        _ => scope,
    }
}

/// The search of this query, if an index is to be asked first: it also says how many there are.
fn by_index<'a>(query: &ListQuery<'a>) -> Option<Search<'a>> {
    let model = query.terms.model();
    query.search.filter(|search| query.count && finding::is_indexed(model, search.fields, search.text.trim()))
}

/// `SELECT count(*) …` that stops behind the bound.
pub(in crate::store) fn push_count(sql: &mut Sql, model: &'static Model, rows_wanted: &Condition) {
    sql.push("SELECT count(*) FROM (SELECT 1 FROM ").table(model).push(" AS ");
    MAIN.push(sql);
    sql.push(" WHERE ");
    condition::push(sql, MAIN, model, rows_wanted);
    sql.push(" LIMIT ").number(COUNTED).push(") AS counted");
}

pub(in crate::store) fn bounded(count: u64) -> Count {
    if count > COUNT_BOUND { Count::MoreThan(COUNT_BOUND) } else { Count::Exactly(count) }
}

//! By which ways the rows of a page are come by. The first that fills the page will do; the last one finds whatever
//! there is.

use super::finding::{self, Hits};
use super::near;
use super::walk::{Walk, Way};
use super::wanted::{bounded, push_count, within};
use crate::condition::Condition;
use crate::error::Error;
use crate::store::indexes::is_order;
use crate::store::pool::Reading;
use crate::store::query::{Count, FOUND_BOUND, ListQuery, Search};
use crate::store::sql::Sql;

/// The ways in the order in which they are to be tried, each for so many rows, and the count where it is known by then;
/// no way where there is nothing.
pub(super) async fn to_page(
    lane: &mut Reading,
    walk: &Walk<'_>,
    query: &ListQuery<'_>,
    limit: usize,
) -> Result<(Option<Count>, Vec<Way>), Error> {
    if let Some(search) = by_index(query) {
        return to_hits(lane, walk, query, search, limit).await;
    }
    let model = query.terms.model();
    let wanted = within(query.terms, &query.filter, query.search, query.sort);
    if !query.count || !walk.could_pass_by(model, &wanted) {
        return Ok((None, vec![Way::by(wanted)]));
    }
    let mut sql = Sql::new("SELECT (");
    push_count(&mut sql, model, &wanted);
    sql.push("), ");
    finding::push_size(&mut sql, model);
    let answer = lane.row(sql).await?;
    let count = answer.as_ref().map_or(Ok(0), |answer| answer.count(0))?;
    let size = finding::size(answer.as_ref(), 1)?;
    Ok((Some(bounded(count)), vec![Way { passing_by: count > finding::few(size), ..Way::by(wanted) }]))
}

async fn to_hits(
    lane: &mut Reading,
    walk: &Walk<'_>,
    query: &ListQuery<'_>,
    search: Search<'_>,
    limit: usize,
) -> Result<(Option<Count>, Vec<Way>), Error> {
    let (terms, model) = (query.terms, query.terms.model());
    let scope = within(terms, &query.filter, None, query.sort);
    let (about, rows) = match finding::look(lane, terms, &scope, search).await? {
        Hits::These(ids) if ids.is_empty() => return Ok((Some(Count::Exactly(0)), Vec::new())),
        Hits::These(ids) => {
            let count = Count::Exactly(ids.len() as u64);
            return Ok((Some(count), vec![Way { only: Some(ids), ..Way::by(scope) }]));
        }
        Hits::Many { about, rows } => (about, rows),
    };
    let count = Some(Count::MoreThan(FOUND_BOUND));
    let (wanted, passing_by) = finding::way(terms, scope.clone(), search, query.sort, (about, rows));
    let any = Way { passing_by, ..Way::by(wanted) };
    if !is_order(model, query.sort) {
        return Ok((count, vec![any]));
    }
    // A scope is part of the way where an index leads through it in this order.
    let (on_the_way, looked_at) =
        if walk.is_usual(model) { (scope.clone(), Condition::Always) } else { (Condition::Always, scope.clone()) };
    let reach = finding::reach(rows, limit);
    let near = near::way(walk, query, (&scope, on_the_way.clone()), search, (about, rows, limit));
    // The index of parts is a table of its own there alone.
    let near = near.filter(|_| lane.is_sqlite());
    let passed = (reach, finding::looking(terms, looked_at, search));
    let passing = Way { within: Some(passed), ..Way::by(on_the_way) };
    Ok((count, near.into_iter().chain([passing, any]).collect()))
}

/// The search of this query, if an index is to be asked first: it also says how many there are.
fn by_index<'a>(query: &ListQuery<'a>) -> Option<Search<'a>> {
    let model = query.terms.model();
    query.search.filter(|search| query.count && finding::is_indexed(model, search.fields, search.text.trim()))
}

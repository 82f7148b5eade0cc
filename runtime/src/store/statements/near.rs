//! What is found near a place of a list. Where rows came in about the order of the list, those that follow a place lie within
//! a narrow range of numbers, and the index of parts is asked for that range alone: no row is looked at that is not found.

use super::finding::{bound, reach, readable_parts, whole};
use super::walk::{Walk, Way};
use crate::condition::Condition;
use crate::error::Error;
use crate::store::pool::Reading;
use crate::store::query::{ListQuery, Search};
use crate::store::sql::Sql;

/// So many times the rows among which a page of hits is expected are gone through: hits don't lie evenly.
const MARGIN: u64 = 2;
/// The range of numbers may be so many times wider than the rows of the list that lie in it: a role that sees a twelfth of
/// all rows has eleven others between two of its own.
const SPREAD: u64 = 16;

/// The way to what the index finds near the place where the walk begins; none where rows lie otherwise, where hits are rare
/// there, and on a database that has no such index. It leads to rows alone that come before all others that are found.
/// `scope` is what is asked of the rows, `on_the_way` as much of it as an index leads through. `about` rows of `rows` are
/// found, and `limit` are wanted.
pub(super) async fn found(
    lane: &mut Reading,
    walk: &Walk<'_>,
    query: &ListQuery<'_>,
    (scope, on_the_way): (&Condition, Condition),
    search: Search<'_>,
    (about, rows, limit): (u64, u64, usize),
) -> Result<Option<Way>, Error> {
    let model = query.terms.model();
    let mut parts = readable_parts(query.terms, scope, search);
    let (Some(edge), 1, Some((readable, fields)), true) =
        (walk.edge(model), parts.len(), parts.pop(), lane.is_sqlite())
    else {
        return Ok(None);
    };
    let expected = (limit as u64).saturating_mul(rows) / about.max(1);
    let most = expected.saturating_mul(MARGIN).clamp(1, reach(rows, limit));

    let mut sql = Sql::new("WITH near AS MATERIALIZED (SELECT min(stretch.id) AS low, max(stretch.id) AS high, ");
    sql.push(edge.furthest()).push("(stretch.edge) AS edge FROM (");
    walk.push_next(&mut sql, model, &Way::by(on_the_way), most);
    sql.push(") AS stretch) SELECT count(*), string_agg(hits.id, ','), (SELECT edge FROM near) FROM (");
    sql.push_numbers_found(model, fields, search.text.trim(), false);
    sql.push(
        " AND rowid BETWEEN (SELECT low FROM near) AND (SELECT high FROM near) AND (SELECT high - low FROM near) < ",
    );
    sql.number(whole(most.saturating_mul(SPREAD))).push(" LIMIT ").number(whole(bound() + 1)).push(") AS hits");
    let Some(answer) = lane.row(sql).await? else { return Ok(None) };

    let found = answer.count(0)?;
    if found < limit as u64 || found > bound() {
        return Ok(None);
    }
    let only = Some(numbers(&answer.words(1)?)?);
    let end = answer.value(edge.kind(), 2)?;
    Ok(Some(Way { only, ..Way::by(scope.clone().and(readable).and(edge.before(end))) }))
}

/// The numbers of such a text.
pub(super) fn numbers(text: &str) -> Result<Vec<i64>, Error> {
    text.split(',')
        .map(|number| number.parse().map_err(|_| Error::Bug("the database told no numbers".to_owned())))
        .collect()
}

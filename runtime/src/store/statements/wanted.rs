//! Which rows somebody asks for, as one condition, and how many of them are counted. By which way they are come by is
//! not known here.

use super::select::MAIN;
use super::{condition, finding, links};
use crate::authorize::Terms;
use crate::condition::Condition;
use crate::panel::{FieldSet, Model, Sort};
use crate::store::query::{COUNT_BOUND, Count, ListQuery, Search};
use crate::store::sql::Sql;

/// Rows that a count looks at: one more than it tells.
pub(super) const COUNTED: i64 = COUNT_BOUND.cast_signed() + 1;

/// Scope, filter, search and sort as one condition: rows in which the viewer may read all that is asked about.
pub(super) fn within(terms: &Terms, filter: &Condition, search: Option<Search<'_>>, sort: Option<Sort>) -> Condition {
    let asked = filter.reads().union(sort.map_or(FieldSet::NONE, |s| FieldSet::NONE.with(s.field)));
    let filter = filter.clone().linked_among(&|field| links::visible_to(terms, field));
    let scope = terms.scope_with(asked).and(filter);
    match search {
        Some(search) if !search.text.trim().is_empty() => finding::looking(terms, scope, search),
        _ => scope,
    }
}

/// The same, by an index of parts where there is one, which is how all of many rows are come by.
pub(super) fn looked_up(query: &ListQuery<'_>) -> Condition {
    let terms = query.terms;
    match query.search.filter(|search| finding::is_indexed(terms.model(), search.fields, search.text.trim())) {
        Some(search) => finding::looking_up(terms, within(terms, &query.filter, None, query.sort), search),
        None => within(terms, &query.filter, query.search, query.sort),
    }
}

/// `SELECT count(*) …` that stops behind the bound.
pub(super) fn push_count(sql: &mut Sql, model: &'static Model, rows_wanted: &Condition) {
    sql.push("SELECT count(*) FROM (SELECT 1 FROM ").table(model).push(" AS ");
    MAIN.push(sql);
    sql.push(" WHERE ");
    condition::push(sql, MAIN, model, rows_wanted);
    sql.push(" LIMIT ").number(COUNTED).push(") AS counted");
}

/// What is told of so many.
pub(super) fn bounded(count: u64) -> Count {
    if count > COUNT_BOUND { Count::MoreThan(COUNT_BOUND) } else { Count::Exactly(count) }
}

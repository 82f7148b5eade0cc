//! What is found near a place of a list. Where rows came in about the order of the list, those that follow a place lie
//! within a narrow range of numbers, and the index of parts is asked for that range alone: no row is looked at that is
//! not found.

use super::finding::{bound, reach, readable_parts};
use super::walk::{Near, Walk, Way};
use crate::condition::Condition;
use crate::store::query::{ListQuery, Search};

/// So many times the rows among which a page of hits is expected are gone through: hits don't lie evenly.
const MARGIN: u64 = 2;
/// The range of numbers may be so many times wider than the rows of the list that lie in it: a role that sees a twelfth
/// of all rows has eleven others between two of its own.
const SPREAD: u64 = 16;

/// Hits in the range, of the bound of what is counted: a twelfth of them may be within the scope of whoever asks.
const HITS: u64 = 2;

/// The way to what the index finds near the place where the walk begins; none where different rows are seen by
/// different fields, and in an order that rows don't come in by. It leads to nothing where rows lie otherwise or hits
/// lie too thick. `scope` is what is asked of the rows, `on_the_way` as much of it as an index leads through. `about`
/// rows of `rows` are found, and `limit` are wanted.
pub(super) fn way(
    walk: &Walk<'_>,
    query: &ListQuery<'_>,
    (scope, on_the_way): (&Condition, Condition),
    search: Search<'_>,
    (about, rows, limit): (u64, u64, usize),
) -> Option<Way> {
    let mut parts = readable_parts(query.terms, scope, search);
    let (readable, fields) = parts.pop().filter(|_| parts.is_empty())?;
    let edge = walk.edge(query.terms.model())?;
    let expected = (limit as u64).saturating_mul(rows) / about.max(1);
    let most = expected.saturating_mul(MARGIN).clamp(1, reach(rows, limit));
    let text = search.text.trim().to_owned();
    let spread = most.saturating_mul(SPREAD);
    let near = Near { edge, on_the_way, rows: most, spread, fields, text, hits: HITS * bound() };
    Some(Way { near: Some(near), ..Way::by(scope.clone().and(readable)) })
}

//! Looking for a text by the index of its parts: what it finds, if that is not much, is fetched by its numbers; much of
//! it lies so close together that going through the list in its order finds a page of it soon.

use super::condition::{self, Alias};
use super::select::MAIN;
use crate::authorize::Terms;
use crate::condition::{Condition, is_short};
use crate::error::Error;
use crate::panel::{FieldSet, Model, Sort};
use crate::store::answer::Answer;
use crate::store::indexes::{is_order, searched};
use crate::store::parts::PART;
use crate::store::pool::Reading;
use crate::store::query::{COUNT_BOUND, FOUND_BOUND, Search};
use crate::store::sql::Sql;

/// Characters from which on a text is so rare that the rows are looked at again which the index finds roughly.
const LONG: usize = 8;

/// Rows of a table of this many that are rather fetched by their numbers than met on the way through a list: a page of
/// 50 takes so many numbers, and as a row that is fetched by itself and sorted costs a little more than one that is
/// passed by, both ways cost the same at the root of 34 times as many. In tests so few that both ways are gone.
pub(super) fn few(rows: u64) -> u64 {
    if cfg!(test) { 24 } else { rows.saturating_mul(34).isqrt().clamp(1_000, COUNT_BOUND) }
}

/// Whether an index holds what is to be found in these fields.
pub(super) fn is_indexed(model: &'static Model, fields: FieldSet, text: &str) -> bool {
    if model.adopted.is_some() {
        return false;
    }
    let held = searched(model).fold(FieldSet::NONE, |set, field| set.with(field.index));
    // No text of a row holds a NUL, and the question to the index would end there.
    fields != FieldSet::NONE
        && fields == fields.intersection(held)
        && (text.chars().count() >= PART || (is_short(text) && text.len() + 1 == PART))
        && !text.contains('\0')
}

/// Whether a text is looked for roughly, and what is found looked at again.
pub(super) fn is_long(text: &str) -> bool {
    text.trim().chars().count() >= LONG
}

/// What an index says of a search.
pub(super) enum Hits {
    /// All rows that there are, by their numbers.
    These(Vec<i64>),
    /// More than were asked for: about so many, in a table of about so many rows.
    Many { about: u64, rows: u64 },
}

/// Scope and search as one condition, without the index.
pub(super) fn looking(terms: &Terms, scope: Condition, search: Search<'_>) -> Condition {
    let text = search.text.trim();
    let each = (0..terms.model().fields.len()).filter(|field| search.fields.contains(*field)).map(|field| {
        let readable = terms.scope_with(FieldSet::NONE.with(field));
        readable.and(Condition::looked_for(field, text))
    });
    scope.and(Condition::Any(each.collect()))
}

/// The same by the index. Fields that may be read in the same rows are looked for together.
pub(super) fn looking_up(terms: &Terms, scope: Condition, search: Search<'_>) -> Condition {
    let mut parts: Vec<Condition> = readable_parts(terms, &scope, search)
        .into_iter()
        .map(|(readable, fields)| readable.and(Condition::Found { fields, text: search.text.trim().to_owned() }))
        .collect();
    scope.and(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
}

/// Fields of the search by the rows in which they may be read. What the whole scope asks is not asked twice.
pub(super) fn readable_parts(terms: &Terms, scope: &Condition, search: Search<'_>) -> Vec<(Condition, FieldSet)> {
    let mut parts: Vec<(Condition, FieldSet)> = Vec::new();
    for field in (0..terms.model().fields.len()).filter(|field| search.fields.contains(*field)) {
        let readable = terms.scope_with(FieldSet::NONE.with(field));
        let readable = if readable == *scope { Condition::Always } else { readable };
        match parts.iter_mut().find(|(known, _)| *known == readable) {
            Some((_, fields)) => *fields = fields.with(field),
            None => parts.push((readable, FieldSet::NONE.with(field))),
        }
    }
    parts
}

/// The fields of the search and the rows in which they may be read, where these are not all rows and the same for each
/// field.
pub(super) fn behind_a_scope(terms: &Terms, scope: &Condition, search: Search<'_>) -> Option<(FieldSet, Condition)> {
    let mut parts = readable_parts(terms, scope, search);
    let (readable, fields) = parts.pop().filter(|_| parts.is_empty())?;
    let seen = scope.clone().and(readable);
    (seen != Condition::Always).then_some((fields, seen))
}

/// Asks the index for what is found within the scope, so many rows at most.
pub(super) async fn look(
    lane: &mut Reading,
    terms: &Terms,
    scope: &Condition,
    search: Search<'_>,
    most: u64,
) -> Result<Hits, Error> {
    let model = terms.model();
    let mut parts = readable_parts(terms, scope, search);
    if parts.len() == 1
        && let Some((readable, fields)) = parts.pop()
    {
        let wanted = scope.clone().and(readable);
        return hits(lane, model, most, |sql| {
            push_some_found(sql, MAIN, model, (fields, search.text.trim()), &wanted, most + 1);
        })
        .await;
    }
    hits(lane, model, most, |sql| {
        sql.push("SELECT ");
        MAIN.column(sql, "id");
        sql.push(" AS id FROM ").table(model).push(" AS ");
        MAIN.push(sql);
        sql.push(" WHERE ");
        condition::push(sql, MAIN, model, &looking_up(terms, scope.clone(), search));
        sql.push(" LIMIT ").number(whole(most + 1));
    })
    .await
}

/// Asks the index for what is found at all, seen by whoever asks or not: what is told of it is for [`of_these`] alone.
pub(super) async fn look_anywhere(
    lane: &mut Reading,
    model: &'static Model,
    fields: FieldSet,
    search: Search<'_>,
) -> Result<Hits, Error> {
    let found = (fields, search.text.trim());
    hits(lane, model, bound(), |sql| push_some_found(sql, MAIN, model, found, &Condition::Always, bound() + 1)).await
}

/// Of these rows, the numbers of those within the scope.
pub(super) async fn of_these(
    lane: &mut Reading,
    model: &'static Model,
    ids: &[i64],
    scope: &Condition,
) -> Result<Vec<i64>, Error> {
    let mut sql = Sql::new("SELECT string_agg(CAST(");
    MAIN.column(&mut sql, "id");
    sql.push(" AS text), ',') FROM ").table(model).push(" AS ");
    MAIN.push(&mut sql);
    sql.push(" WHERE ");
    MAIN.column(&mut sql, "id");
    sql.push_in_numbers(ids);
    sql.push(" AND ");
    sql.pass_by(true);
    condition::push(&mut sql, MAIN, model, scope);
    sql.pass_by(false);
    let answer = lane.row(sql).await?;
    let kept = answer.map_or(Ok(None), |answer| answer.text(0))?;
    kept.map_or(Ok(Vec::new()), |ids| numbers(&ids))
}

/// The hits among the numbers that this `SELECT` tells, one more than `most` at most.
async fn hits(
    lane: &mut Reading,
    model: &'static Model,
    most: u64,
    push: impl FnOnce(&mut Sql),
) -> Result<Hits, Error> {
    // One row for all numbers: handing over a row costs more than finding it.
    let mut sql = Sql::new("SELECT count(*), max(found.id), ");
    push_size(&mut sql, model);
    sql.push(", CASE WHEN count(*) <= ").number(whole(most));
    sql.push(" THEN string_agg(CAST(found.id AS text), ',') END FROM (");
    push(&mut sql);
    sql.push(") AS found");
    let answer = lane.row(sql).await?;
    let Some(answer) = answer else { return Ok(Hits::These(Vec::new())) };
    let seen = answer.count(0)?;
    if seen <= most {
        return Ok(Hits::These(answer.text(3)?.map_or(Ok(Vec::new()), |ids| numbers(&ids))?));
    }
    let rows = size(Some(&answer), 2)?;
    // The index tells them by their numbers: where so many are among the first numbers, there are so many more behind.
    let passed = answer.int(1)?.and_then(|id| u64::try_from(id).ok()).unwrap_or(1).max(1);
    Ok(Hits::Many { about: seen.saturating_mul(rows) / passed, rows })
}

/// The numbers of a text that names them.
fn numbers(text: &str) -> Result<Vec<i64>, Error> {
    text.split(',')
        .map(|number| number.parse().map_err(|_| Error::Bug("the database told no numbers".to_owned())))
        .collect()
}

/// Numbers, as `id`, of rows that an index finds this text in and for which the condition holds, the first that come. A
/// database that would rather start from the condition is kept from it: rows beyond the limit are then not looked at.
pub(super) fn push_some_found(
    sql: &mut Sql,
    alias: Alias,
    model: &'static Model,
    (fields, text): (FieldSet, &str),
    wanted: &Condition,
    limit: u64,
) {
    let roughly = is_long(text);
    sql.push("SELECT ");
    alias.column(sql, "id");
    sql.push(" AS id FROM (");
    if *wanted == Condition::Always && !roughly {
        sql.push_numbers_found(model, fields, text);
    } else {
        sql.push_rows_found(model, fields, text, roughly);
    }
    sql.push(") AS ");
    alias.push(sql);
    sql.push(" WHERE ");
    condition::push(sql, alias, model, wanted);
    if roughly {
        let fields = (0..model.fields.len()).filter(|field| fields.contains(*field));
        let exactly = Condition::Any(fields.map(|field| Condition::looked_for(field, text)).collect());
        sql.push(" AND ").pass_by(true);
        condition::push(sql, alias, model, &exactly);
        sql.pass_by(false);
    }
    sql.push(" LIMIT ").number(whole(limit));
}

/// The condition by which all of many rows are best fetched, and whether they are met on the way through the list.
pub(super) fn way(
    terms: &Terms,
    scope: Condition,
    search: Search<'_>,
    sort: Option<Sort>,
    hits: (u64, u64),
) -> (Condition, bool) {
    let (about, rows) = hits;
    // Where the list has to be sorted anyway, the fewer rows the better.
    let walks = about > few(rows) && is_order(terms.model(), sort);
    (if walks { looking(terms, scope, search) } else { looking_up(terms, scope, search) }, walks)
}

/// Rows of a table of so many that are passed by for a page of this size, before the index is asked for all that there
/// are: rows so frequent that they are not met by then are so few that fetching them costs no more.
pub(super) fn reach(rows: u64, size: usize) -> u64 {
    if cfg!(test) { 3 * size as u64 } else { rows.saturating_mul(size as u64).isqrt().max(1_000) }
}

/// Rows that are passed by for a page of this size before the index is asked at all: among so many a text is met as
/// often as a page takes that stands in one row of a hundred.
pub(super) fn glance(size: usize) -> u64 {
    if cfg!(test) { 3 * size as u64 } else { (100 * size as u64).min(COUNT_BOUND) }
}

/// Rows that the index tells at first; in tests so few that all ways are gone.
pub(super) fn bound() -> u64 {
    if cfg!(test) { 12 } else { FOUND_BOUND }
}

pub(super) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whether there are at most so many rows within a scope.
pub(super) async fn is_small(
    lane: &mut Reading,
    model: &'static Model,
    scope: &Condition,
    most: u64,
) -> Result<bool, Error> {
    let mut sql = Sql::new("SELECT count(*) FROM (SELECT 1 FROM ");
    sql.table(model).push(" AS ");
    MAIN.push(&mut sql);
    sql.push(" WHERE ");
    condition::push(&mut sql, MAIN, model, scope);
    sql.push(" LIMIT ").number(whole(most + 1)).push(") AS some");
    Ok(lane.row(sql).await?.map_or(Ok(0), |answer| answer.count(0))? <= most)
}

/// About how many rows there are at all, by what is known without counting.
pub(super) fn push_size(sql: &mut Sql, model: &'static Model) {
    sql.push("(SELECT max(");
    MAIN.column(sql, "id");
    sql.push(") FROM ").table(model).push(" AS ");
    MAIN.push(sql);
    sql.push(")");
}

/// The answer to that.
pub(super) fn size(answer: Option<&Answer>, column: usize) -> Result<u64, Error> {
    let size = answer.map_or(Ok(None), |answer| answer.int(column))?;
    Ok(size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default())
}

//! Looking for a text by the index of its parts. The index is asked first how many rows there are: few are fetched by
//! their numbers; many lie so close together that going through the list in its order finds a page of them sooner.

use super::page::push_count;
use super::select::MAIN;
use crate::authorize::Terms;
use crate::condition::{Condition, is_short};
use crate::error::Error;
use crate::panel::{FieldSet, Model, Sort};
use crate::store::answer::Answer;
use crate::store::indexes::{is_order, searched};
use crate::store::pool::Reading;
use crate::store::query::{COUNT_BOUND, Search};
use crate::store::sql::Sql;

/// Characters of a part; what is shorter stands in no index, but for the beginnings of words.
const PART: usize = 3;

/// Rows of a table of this many that are rather fetched by their numbers than met on the way through a list: a page of 50
/// takes so many numbers, and as a row that is fetched by itself and sorted costs a little more than one that is passed
/// by, both ways cost the same at the root of 34 times as many. In tests so few that both ways are gone.
pub(super) fn few(rows: u64) -> u64 {
    if cfg!(test) { 12 } else { rows.saturating_mul(34).isqrt().clamp(1_000, COUNT_BOUND) }
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

/// Scope and search as one condition. Fields that may be read in the same rows are looked for together.
pub(super) fn looking(terms: &Terms, scope: Condition, search: Search<'_>, indexed: bool) -> Condition {
    let text = search.text.trim();
    let fields = (0..terms.model().fields.len()).filter(|field| search.fields.contains(*field));
    if !indexed {
        let each = fields.map(|field| {
            let readable = terms.scope_with(FieldSet::NONE.with(field));
            readable.and(Condition::looked_for(field, text))
        });
        return scope.and(Condition::Any(each.collect()));
    }
    let mut together: Vec<(Condition, FieldSet)> = Vec::new();
    for field in fields {
        let readable = terms.scope_with(FieldSet::NONE.with(field));
        match together.iter_mut().find(|(known, _)| *known == readable) {
            Some((_, fields)) => *fields = fields.with(field),
            None => together.push((readable, FieldSet::NONE.with(field))),
        }
    }
    let found = |(readable, fields): (Condition, FieldSet)| {
        // What the whole scope asks need not be asked twice.
        let readable = if readable == scope { Condition::Always } else { readable };
        readable.and(Condition::Found { fields, text: text.to_owned() })
    };
    let mut parts: Vec<Condition> = together.into_iter().map(found).collect();
    scope.and(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
}

/// How many rows there are, asked of the index, the condition by which a page of them is best fetched, and whether they are
/// met on the way through the list.
pub(super) async fn ways(
    lane: &mut Reading,
    terms: &Terms,
    scope: &Condition,
    search: Search<'_>,
    sort: Option<Sort>,
) -> Result<(u64, Condition, bool), Error> {
    let by_index = looking(terms, scope.clone(), search, true);
    let mut sql = Sql::new("SELECT (");
    match &by_index {
        Condition::Found { fields, text } => push_count_found(&mut sql, terms.model(), *fields, text),
        other => push_count(&mut sql, terms.model(), other),
    }
    push_size(&mut sql, terms.model());
    let (count, size) = counted(lane.row(sql).await?)?;
    // Where the list has to be sorted anyway, the fewer rows the better.
    let walks = count > few(size) && is_order(terms.model(), sort);
    Ok((count, if walks { looking(terms, scope.clone(), search, false) } else { by_index }, walks))
}

/// Behind `SELECT (`, a count: `), ` and about how many rows there are at all, by what is known without counting.
pub(super) fn push_size(sql: &mut Sql, model: &'static Model) {
    sql.push("), (SELECT max(");
    MAIN.column(sql, "id");
    sql.push(") FROM ").table(model).push(" AS ");
    MAIN.push(sql);
    sql.push(")");
}

/// The answer to both.
pub(super) fn counted(answer: Option<Answer>) -> Result<(u64, u64), Error> {
    let Some(answer) = answer else { return Ok((0, 0)) };
    let size = answer.int(1)?.and_then(|size| u64::try_from(size).ok());
    Ok((answer.count(0)?, size.unwrap_or_default()))
}

fn push_count_found(sql: &mut Sql, model: &'static Model, fields: FieldSet, text: &str) {
    sql.push("SELECT count(*) FROM (");
    sql.push_numbers_found(model, fields, text);
    sql.push(" LIMIT ").number(super::page::COUNTED).push(") AS counted");
}

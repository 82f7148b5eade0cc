//! Looking for a text by the index of its parts. The index is asked first how many rows there are: few are fetched by
//! their numbers; many lie so close together that going through the list in its order finds a page of them sooner.

use super::page::{bounded, push_count};
use crate::authorize::Terms;
use crate::condition::Condition;
use crate::error::Error;
use crate::panel::{FieldSet, Model};
use crate::store::indexes::searched;
use crate::store::lane::Reading;
use crate::store::query::{Count, Search};
use crate::store::sql::Sql;

/// Rows up to here are fetched by their numbers. In tests so few that both ways are gone.
const FEW: u64 = if cfg!(test) { 12 } else { 1_000 };
/// Characters of a part; what is shorter stands in no index.
const PART: usize = 3;

/// Whether an index holds what is to be found in these fields.
pub(super) fn is_indexed(model: &'static Model, fields: FieldSet, text: &str) -> bool {
    if model.adopted.is_some() {
        return false;
    }
    let held = searched(model).fold(FieldSet::NONE, |set, field| set.with(field.index));
    // No text of a row holds a NUL, and the question to the index would end there.
    fields != FieldSet::NONE
        && fields == fields.intersection(held)
        && text.chars().count() >= PART
        && !text.contains('\0')
}

/// Scope and search as one condition. Fields that may be read in the same rows are looked for together.
pub(super) fn looking(terms: &Terms, scope: Condition, search: Search<'_>, indexed: bool) -> Condition {
    let text = search.text.trim();
    let fields = (0..terms.model().fields.len()).filter(|field| search.fields.contains(*field));
    if !indexed {
        let each = fields.map(|field| {
            let readable = terms.scope_with(FieldSet::NONE.with(field));
            readable.and(Condition::Contains { field, text: text.to_owned() })
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

/// How many rows there are, asked of the index, and the condition by which a page of them is best fetched.
pub(super) async fn ways(
    lane: &mut Reading,
    terms: &Terms,
    scope: &Condition,
    search: Search<'_>,
) -> Result<(Count, Condition), Error> {
    let by_index = looking(terms, scope.clone(), search, true);
    let mut sql = Sql::default();
    match &by_index {
        Condition::Found { fields, text } => push_count_found(&mut sql, terms.model(), *fields, text),
        other => push_count(&mut sql, terms.model(), other),
    }
    let answer = lane.row(sql).await?;
    let count = answer.as_ref().map_or(Ok(0), |answer| answer.count(0))?;
    let way = if count <= FEW { by_index } else { looking(terms, scope.clone(), search, false) };
    Ok((bounded(count), way))
}

fn push_count_found(sql: &mut Sql, model: &'static Model, fields: FieldSet, text: &str) {
    sql.push("SELECT count(*) FROM (");
    sql.push_numbers_found(model, fields, text);
    sql.push(" LIMIT ").number(super::page::COUNTED).push(") AS counted");
}

//! One page of a list, with the count of all: which rows are wanted, how they are best come by, and what is told of
//! them.

use super::select::{Columns, MAIN};
use super::walk::{Walk, Way};
use super::wanted::{bounded, push_count, within};
use super::{condition, links, ways};
use crate::error::Error;
use crate::panel::{Kind, Model, Panel};
use crate::store::answer::Answer;
use crate::store::database::Database;
use crate::store::pool::Reading;
use crate::store::query::{Count, GetQuery, LARGEST_PAGE, ListQuery, Listed, ListedRow};
use crate::store::sql::Sql;

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
        let walk = Walk::new(query);
        let mut lane = self.reading().await?;
        let (known, ways) = ways::to_page(&mut lane, &walk, query, size + 1).await?;
        let Some(last) = ways.last() else {
            return Ok(Listed { rows: Vec::new(), count: known, next: None, previous: None });
        };
        let mut answers = Vec::new();
        for way in &ways {
            answers = ask(&mut lane, &walk, &columns, model, way, (size + 1, largest)).await?;
            if answers.len() > size {
                break;
            }
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
                push_count(&mut sql, model, &last.wanted);
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

/// The rows of a page by one way, so many at most.
async fn ask(
    lane: &mut Reading,
    walk: &Walk<'_>,
    columns: &Columns<'_>,
    model: &'static Model,
    way: &Way,
    (limit, largest): (usize, u32),
) -> Result<Vec<Answer>, Error> {
    // Of many rows it costs less to ask for one stretch after the other than to put them in order again.
    let in_turn = if largest > LARGEST_PAGE { walk.in_turn(model, way) } else { Vec::new() };
    if in_turn.is_empty() {
        return Ok(lane.rows(walk.page(columns, model, way, limit)).await?);
    }
    let mut answers = Vec::new();
    for range in in_turn {
        if answers.len() < limit {
            answers.extend(lane.rows(walk.stretch(columns, model, (way, &range), limit - answers.len())).await?);
        }
    }
    Ok(answers)
}

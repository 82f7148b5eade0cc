//! One page of a list, with the count of all: which rows are wanted, how they are best come by, and what is told of
//! them.

use super::select::{Columns, MAIN};
use super::walk::Walk;
use super::wanted::{bounded, looked_up, push_count};
use super::ways::{Asked, Counted};
use super::{condition, links};
use crate::error::Error;
use crate::panel::{Kind, Panel};
use crate::store::database::Database;
use crate::store::query::{Count, GetQuery, ListQuery, Listed, ListedRow};
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
        let asked = Asked { walk: &walk, columns: &columns, query, limit: size + 1, largest };
        let (answers, counted) = asked.page(&mut lane).await?;
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
        let count = match counted {
            Counted::Already(count) => Some(count),
            Counted::NotYet(_) if !query.count => None,
            Counted::NotYet(_) if alone => Some(Count::Exactly(rows.len() as u64)),
            Counted::NotYet(wanted) => {
                let mut sql = Sql::default();
                push_count(&mut sql, model, &wanted);
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
        condition::push(&mut sql, MAIN, model, &looked_up(query));
        self.reading().await?.row(sql).await?.map_or(Ok(0), |answer| answer.count(0))
    }

    /// How many rows there are, up to the bound.
    pub(in crate::store) async fn count_to_bound(&self, query: &ListQuery<'_>) -> Result<Count, Error> {
        let mut sql = Sql::default();
        push_count(&mut sql, query.terms.model(), &looked_up(query));
        let answer = self.reading().await?.row(sql).await?;
        Ok(bounded(answer.map_or(Ok(0), |answer| answer.count(0))?))
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
        // A column that takes letters of either case for the same finds a row by a key that it has not.
        if listed.row.id != query.id {
            return Ok(None);
        }
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

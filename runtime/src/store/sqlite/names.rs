//! The texts that name some rows, in one statement: only of rows whose label the viewer may read.

use super::Sqlite;
use super::condition::{self, Alias};
use super::row;
use super::select::{label_fields, label_scope, push_field, read_label};
use crate::error::Error;
use crate::panel::Panel;
use crate::store::query::{Candidate, NamesQuery, PickFrom};
use crate::store::sql::Sql;

const NAMED: Alias = Alias(0);

impl Sqlite {
    /// One answer for each question, in order; rows that are not there or not to be seen are left out.
    pub(in crate::store) async fn names(
        &self,
        panel: &'static Panel,
        queries: &[NamesQuery<'_>],
    ) -> Result<Vec<Vec<Candidate>>, Error> {
        let mut answers: Vec<Vec<Candidate>> = queries.iter().map(|_| Vec::new()).collect();
        let width = queries.iter().map(|query| words_of(query.from)).max().unwrap_or_default();
        let mut sql = Sql::default();
        let mut asked = false;
        for (index, query) in queries.iter().enumerate().filter(|(_, query)| !query.ids.is_empty()) {
            if asked {
                sql.push(" UNION ALL ");
            }
            asked = true;
            push_part(&mut sql, index, query, width);
        }
        if !asked {
            return Ok(answers);
        }
        for answer in self.reading().await?.rows(sql).await? {
            let index = usize::try_from(row::whole(&answer, 0)?).unwrap_or(usize::MAX);
            let (Some(query), Some(named)) = (queries.get(index), answers.get_mut(index)) else { continue };
            let found = match query.from {
                PickFrom::People { .. } => Some((row::whole(&answer, 1)?, row::words(&answer, 2)?)),
                PickFrom::Model(terms) => read_label(panel, terms.model(), &answer, 1)?,
            };
            named.extend(found.map(|(id, label)| Candidate { id, label }));
        }
        Ok(answers)
    }
}

fn words_of(from: PickFrom<'_>) -> usize {
    match from {
        PickFrom::People { .. } => 1,
        PickFrom::Model(terms) => label_fields(terms.model()).count(),
    }
}

fn push_part(sql: &mut Sql, index: usize, query: &NamesQuery<'_>, width: usize) {
    sql.push("SELECT ").number(i64::try_from(index).unwrap_or(i64::MAX)).push(", ");
    NAMED.column(sql, "id");
    match query.from {
        PickFrom::People { .. } => {
            sql.push(", ");
            NAMED.column(sql, "email");
        }
        PickFrom::Model(terms) => {
            for field in label_fields(terms.model()) {
                sql.push(", ");
                push_field(sql, NAMED, field);
            }
        }
    }
    for _ in words_of(query.from)..width {
        sql.push(", NULL");
    }
    sql.push(" FROM ");
    match query.from {
        PickFrom::People { .. } => sql.push("bw_people"),
        PickFrom::Model(terms) => sql.name(terms.model().table),
    };
    sql.push(" AS ");
    NAMED.push(sql);
    sql.push(" WHERE ");
    NAMED.column(sql, "id");
    for (i, id) in query.ids.iter().enumerate() {
        sql.push(if i == 0 { " IN (" } else { ", " }).push_bind(*id);
    }
    sql.push(")");
    match query.from {
        PickFrom::People { only: Some(person) } => {
            sql.push(" AND ");
            NAMED.column(sql, "id");
            sql.push(" = ").push_bind(person);
        }
        PickFrom::People { only: None } => {}
        PickFrom::Model(terms) => {
            sql.push(" AND ");
            condition::push(sql, NAMED, terms.model(), &label_scope(terms));
        }
    }
}

//! The texts that name some rows, in one statement, or in a few where there are many questions: only of rows whose
//! label the viewer may read.

use super::condition::{self, Alias};
use super::select::{TOGETHER, label_scope, push_names, read_named};
use crate::error::Error;
use crate::panel::Panel;
use crate::store::database::Database;
use crate::store::query::{Candidate, NamesQuery, PickFrom};
use crate::store::sql::Sql;

const NAMED: Alias = Alias(0);

impl Database {
    /// One answer for each question, in order; rows that are not there or not to be seen are left out.
    pub(in crate::store) async fn names(
        &self,
        panel: &'static Panel,
        queries: &[NamesQuery<'_>],
    ) -> Result<Vec<Vec<Candidate>>, Error> {
        let mut answers: Vec<Vec<Candidate>> = queries.iter().map(|_| Vec::new()).collect();
        let mut asked: Vec<(&NamesQuery<'_>, &mut Vec<Candidate>)> =
            queries.iter().zip(&mut answers).filter(|(query, _)| !query.ids.is_empty()).collect();
        for asked in asked.chunks_mut(TOGETHER) {
            let whose: Vec<PickFrom<'_>> = asked.iter().map(|(query, _)| query.from).collect();
            let mut sql = Sql::default();
            for (index, (query, _)) in asked.iter().enumerate() {
                if index > 0 {
                    sql.push(" UNION ALL ");
                }
                push_part(&mut sql, index, query, &whose);
            }
            for answer in self.reading().await?.rows(sql).await? {
                let index = usize::try_from(answer.whole(0)?).unwrap_or(usize::MAX);
                let Some((_, named)) = asked.get_mut(index) else { continue };
                let found = read_named(panel, &answer, 1, &whose, index)?;
                named.extend(found.map(|(id, label)| Candidate { id, label }));
            }
        }
        Ok(answers)
    }
}

fn push_part(sql: &mut Sql, index: usize, query: &NamesQuery<'_>, whose: &[PickFrom<'_>]) {
    sql.push("SELECT ").number(i64::try_from(index).unwrap_or(i64::MAX));
    push_names(sql, NAMED, whose, index);
    sql.push(" FROM ");
    match query.from {
        PickFrom::People { .. } => sql.push("bw_people"),
        PickFrom::Model(terms) => sql.table(terms.model()),
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

//! How many rows each value of some fields would leave, for all of the fields in one statement. Values are looked for
//! among the newest rows, as many as are soon gone through; where there are more rows, each value is counted by itself,
//! up to the bound of every count.

use super::condition;
use super::finding;
use super::links;
use super::select::MAIN;
use super::wanted::{COUNTED, bounded};
use crate::authorize::Terms;
use crate::condition::Condition;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{Field, KeyKind};
use crate::store::database::Database;
use crate::store::fit::stored;
use crate::store::query::{Count, FacetQuery, Search};
use crate::store::sql::Sql;

/// Rows that are gone through. In tests so few that both ways are gone.
const SAMPLE: i64 = if cfg!(test) { 20 } else { 100_000 };
/// Values that are told of a field with very many.
const TOP: i64 = 8;

impl Database {
    /// One answer for each question, in order: of listed values their places in the list, of others the most frequent
    /// ones as numbers; and how many rows.
    pub(in crate::store) async fn facets(
        &self,
        terms: &Terms,
        queries: &[FacetQuery],
        search: Option<Search<'_>>,
    ) -> Result<Vec<Vec<(RowKey, Count)>>, Error> {
        let mut answers: Vec<Vec<(RowKey, Count)>> = queries.iter().map(|_| Vec::new()).collect();
        let mut asked = Vec::new();
        for (number, query) in queries.iter().enumerate() {
            let field = terms.model().fields.get(query.field);
            let field =
                field.ok_or_else(|| Error::Bug(format!("{} has no field {}", terms.model().name, query.field)))?;
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            asked.push(Facet { number, terms, field, query, rows_wanted: rows_wanted(terms, query, search) });
        }
        if asked.is_empty() {
            return Ok(answers);
        }
        let mut sql = Sql::default();
        for (i, facet) in asked.iter().enumerate() {
            sql.push(if i == 0 { "WITH " } else { ", " });
            facet.push_sample(&mut sql);
        }
        for (i, facet) in asked.iter().enumerate() {
            sql.push(if i == 0 { " " } else { " UNION ALL " });
            facet.push_counts(&mut sql)?;
        }
        for answer in self.reading().await?.rows(sql).await? {
            let place = usize::try_from(answer.whole(0)?).unwrap_or(usize::MAX);
            if let Some(counts) = answers.get_mut(place) {
                let kind = asked.get(place).and_then(Facet::other);
                let value = match kind.zip(answer.text(3)?) {
                    Some((kind, text)) => RowKey::read(kind, &text),
                    None => Some(RowKey::Number(answer.whole(1)?)),
                };
                let count = bounded(answer.count(2)?);
                counts.extend(value.map(|value| (value, count)));
            }
        }
        Ok(answers)
    }
}

/// Rows in which the viewer may read all that is asked about, the field that is counted among it.
fn rows_wanted(terms: &Terms, query: &FacetQuery, search: Option<Search<'_>>) -> Condition {
    let there = Condition::Not(Box::new(Condition::IsNull(crate::condition::Term::Field(query.field))));
    let filter = query.filter.clone().linked_among(&|field| links::visible_to(terms, field));
    let wanted = filter.and(there);
    let scope = terms.scope_with(wanted.reads()).and(wanted);
    match search {
        Some(search) if !search.text.trim().is_empty() => {
            if finding::is_indexed(terms.model(), search.fields, search.text.trim()) {
                finding::looking_up(terms, scope, search)
            } else {
                finding::looking(terms, scope, search)
            }
        }
        _ => scope,
    }
}

struct Facet<'a> {
    number: i64,
    terms: &'a Terms,
    field: &'static Field,
    query: &'a FacetQuery,
    rows_wanted: Condition,
}

impl Facet<'_> {
    /// Of a key that is no number: what it is.
    fn other(&self) -> Option<KeyKind> {
        self.field.kind.key().filter(|key| *key != KeyKind::Number)
    }

    fn push_name(&self, sql: &mut Sql) {
        sql.push("s").number(self.number);
    }

    /// `s0 AS (SELECT … AS v …)`
    fn push_sample(&self, sql: &mut Sql) {
        self.push_name(sql);
        sql.push(" AS MATERIALIZED (SELECT ");
        MAIN.column(sql, self.field.name);
        sql.push(" AS v FROM ").table(self.terms.model()).push(" AS ");
        MAIN.push(sql);
        sql.push(" WHERE ");
        condition::push(sql, MAIN, self.terms.model(), &self.rows_wanted);
        sql.push(" ORDER BY ");
        MAIN.column(sql, "id");
        sql.push(" DESC LIMIT ").number(SAMPLE + 1).push(")");
    }

    /// `SELECT` of its number, a value and how many rows have it.
    fn push_counts(&self, sql: &mut Sql) -> Result<(), Error> {
        sql.push("SELECT ").number(self.number);
        sql.push(if self.other().is_some() { ", 0, " } else { ", k.o, " }).push("CASE WHEN (SELECT count(*) FROM ");
        self.push_name(sql);
        sql.push(") > ").number(SAMPLE).push(" THEN (SELECT count(*) FROM (SELECT 1 FROM ");
        sql.table(self.terms.model()).push(" AS ");
        MAIN.push(sql);
        sql.push(" WHERE ");
        condition::push(sql, MAIN, self.terms.model(), &self.rows_wanted);
        sql.push(" AND ");
        MAIN.column(sql, self.field.name);
        sql.push(" = k.v LIMIT ").number(COUNTED).push(") AS counted) ELSE k.n END, ");
        sql.push(if self.other().is_some() { "CAST(k.o AS text)" } else { "CAST(NULL AS text)" }).push(" FROM (");
        if self.query.values.is_empty() {
            sql.push("SELECT v AS o, v, count(*) AS n FROM ");
            self.push_name(sql);
            sql.push(" GROUP BY v ORDER BY 3 DESC, 1 LIMIT ").number(TOP);
        } else {
            sql.push("SELECT x.o, x.v, (SELECT count(*) FROM ");
            self.push_name(sql);
            sql.push(" AS s WHERE s.v = x.v) AS n FROM (");
            for (o, value) in (0..).zip(&self.query.values) {
                sql.push(if o == 0 { "SELECT " } else { " UNION ALL SELECT " }).number(o).push(" AS o, ");
                sql.push_bind(stored(self.field.kind, value)?).push(" AS v");
            }
            sql.push(") AS x");
        }
        sql.push(") AS k");
        Ok(())
    }
}

//! Counts and rows by day, for the home page.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::condition;
use super::select::MAIN;
use super::wanted::{bounded, push_count, within};
use crate::condition::{Condition, Term};
use crate::error::Error;
use crate::panel::{Field, FieldSet, Kind, Model, Sort};
use crate::predicate::Op;
use crate::store::database::Database;
use crate::store::fit::stored;
use crate::store::indexes::is_order;
use crate::store::query::{ChartQuery, Count, CountQuery};
use crate::store::sql::Sql;
use crate::value::Value;

/// Longest span of a chart, days.
const LONGEST_CHART: i64 = 3_660;

impl Database {
    /// One answer for each question, in order.
    pub(in crate::store) async fn counts(&self, queries: &[CountQuery<'_>]) -> Result<Vec<Count>, Error> {
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new("SELECT ");
        for (i, query) in queries.iter().enumerate() {
            sql.push(if i == 0 { "(" } else { ", (" });
            push_count(&mut sql, query.terms.model(), &within(query.terms, &query.filter, None, None));
            sql.push(")");
        }
        let answer = self.reading().await?.row(sql).await?;
        let Some(answer) = answer else { return Err(Error::Bug("counting gave no answer".to_owned())) };
        (0..queries.len()).map(|i| answer.count(i).map(bounded)).collect()
    }

    /// Every day of the span, in order.
    pub(in crate::store) async fn chart(&self, query: &ChartQuery<'_>) -> Result<Vec<(NaiveDate, u64)>, Error> {
        let model = query.terms.model();
        let Some(field) = model.fields.get(query.field) else {
            return Err(Error::Bug(format!("{} has no field {} to chart by", model.name, query.field)));
        };
        let begins: fn(NaiveDate) -> Value = match field.kind {
            Kind::Date => Value::Date,
            Kind::Timestamp => midnight,
            _ => return Err(Error::Bug(format!("{} of {} is no day", field.name, model.name))),
        };
        if (query.to - query.from).num_days() > LONGEST_CHART {
            return Err(Error::BadRequest("That span of days is too long.".to_owned()));
        }
        let days: Vec<NaiveDate> = query.from.iter_days().take_while(|day| *day <= query.to).collect();
        if days.is_empty() {
            return Ok(Vec::new());
        }
        let readable = query.terms.scope_with(FieldSet::NONE.with(query.field));
        let wanted = within(query.terms, &query.filter, None, None).and(readable);
        // By an index each day is one range of it; without one all rows are read, and that once.
        let by_day = is_order(model, Some(Sort { field: query.field, descending: false }));
        let sql = if by_day {
            each_day(field, model, &wanted, &days, begins)?
        } else {
            at_once(field, model, wanted, &days, begins)
        };
        let mut found = HashMap::new();
        for answer in self.reading().await?.rows(sql).await? {
            found.insert(answer.words(0)?, answer.count(1)?);
        }
        Ok(days.into_iter().map(|day| (day, found.get(&day.to_string()).copied().unwrap_or_default())).collect())
    }
}

fn each_day(
    field: &'static Field,
    model: &'static Model,
    wanted: &Condition,
    days: &[NaiveDate],
    begins: fn(NaiveDate) -> Value,
) -> Result<Sql, Error> {
    let mut sql = Sql::new("SELECT days.column1, (SELECT count(*) FROM ");
    sql.table(model).push(" AS ");
    MAIN.push(&mut sql);
    sql.push(" WHERE ");
    condition::push(&mut sql, MAIN, model, wanted);
    for (sign, column) in [(" >= ", "column2"), (" < ", "column3")] {
        sql.push(" AND ");
        MAIN.column(&mut sql, field.name);
        sql.push(sign).push("days.").push(column);
    }
    sql.push(") FROM (VALUES ");
    for (i, day) in days.iter().enumerate() {
        let next = day.succ_opt().ok_or_else(|| Error::BadRequest("There is no day behind the last.".to_owned()))?;
        sql.push(if i == 0 { "(" } else { ", (" }).push_bind(day.to_string());
        sql.push(", ").push_bind(stored(field.kind, &begins(*day))?);
        sql.push(", ").push_bind(stored(field.kind, &begins(next))?).push(")");
    }
    sql.push(") AS days");
    Ok(sql)
}

fn at_once(
    field: &'static Field,
    model: &'static Model,
    wanted: Condition,
    days: &[NaiveDate],
    begins: fn(NaiveDate) -> Value,
) -> Sql {
    let beside = |op, value| Condition::Compare { left: Term::Field(field.index), op, right: Term::Value(value) };
    let from = days.first().map(|day| beside(Op::Ge, begins(*day)));
    let behind = days.last().and_then(NaiveDate::succ_opt).map(|day| beside(Op::Lt, begins(day)));
    let wanted = [from, behind].into_iter().flatten().fold(wanted, Condition::and);
    let mut sql = Sql::new("SELECT ");
    sql.push_day(MAIN, field);
    sql.push(" AS day, count(*) FROM ").table(model).push(" AS ");
    MAIN.push(&mut sql);
    sql.push(" WHERE ");
    condition::push(&mut sql, MAIN, model, &wanted);
    // By place: a field of the model may be called `day`, too.
    sql.push(" GROUP BY 1");
    sql
}

fn midnight(day: NaiveDate) -> Value {
    Value::Timestamp(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

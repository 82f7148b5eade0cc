//! The way through a list, by key. A key splits what follows it into at most three stretches (same value and later id, later
//! values, nulls); each is one range of an index, so that the last page costs as much as the first.

use super::condition;
use super::select::{Columns, MAIN};
use crate::condition::{Condition, Term};
use crate::panel::{FieldSet, Kind, Model, Sort};
use crate::predicate::Op;
use crate::store::indexes::{has_few_values, is_order};
use crate::store::query::{Key, ListQuery, ListedRow, Position};
use crate::store::sql::Sql;
use crate::value::Value;

/// The way through the list: by which order, from where, and whether against it.
pub(super) struct Walk<'a> {
    sort: Option<Sort>,
    pub(super) from: Option<&'a Key>,
    pub(super) backwards: bool,
}

/// How rows are come by on the way.
pub(super) struct Way {
    /// What is asked of them.
    pub(super) wanted: Condition,
    /// They are many, and met on the way through the list in its order; not gathered first and sorted then.
    pub(super) passing_by: bool,
    /// Only these, by their numbers.
    pub(super) only: Option<Vec<i64>>,
    /// Of the rows on the way, so many at most are looked at for this.
    pub(super) within: Option<(u64, Condition)>,
}

impl Way {
    /// By what is asked of them.
    pub(super) fn by(wanted: Condition) -> Self {
        Self { wanted, passing_by: false, only: None, within: None }
    }
}

/// The end of some rows that follow each other in a list.
pub(super) struct Edge {
    term: Term,
    kind: Kind,
    descending: bool,
}

impl Edge {
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// The function of SQL that tells the last value of several.
    pub(super) fn furthest(&self) -> &'static str {
        if self.descending { "min" } else { "max" }
    }

    /// Rows that surely come before all that lie behind the edge: not those that are level with it.
    pub(super) fn before(self, edge: Value) -> Condition {
        let op = if self.descending { Op::Gt } else { Op::Lt };
        Condition::Compare { left: self.term, op, right: Term::Value(edge) }
    }
}

/// What is asked of the rows, and the stretch of the list: together one range of an index.
pub(super) type Range = (Condition, Condition);

/// Values of one field that are each looked for by themselves, so that each is one range of an index.
const EACH: usize = 8;

impl<'a> Walk<'a> {
    pub(super) fn new(query: &'a ListQuery<'_>) -> Self {
        let (from, backwards) = match &query.position {
            Position::First => (None, false),
            Position::Last => (None, true),
            Position::After(key) => (Some(key), false),
            Position::Before(key) => (Some(key), true),
        };
        Self { sort: query.sort, from, backwards }
    }

    /// Whether rows could be met on the way through the list, where they are chosen by something else than its usual order.
    pub(super) fn could_pass_by(&self, model: &Model, rows_wanted: &Condition) -> bool {
        self.sort.is_some()
            && !self.is_usual(model)
            && rows_wanted.reads() != FieldSet::NONE
            && is_order(model, self.sort)
    }

    /// Whether it is by the field that the list is sorted by unless it is told otherwise, which is part of many indexes.
    pub(super) fn is_usual(&self, model: &Model) -> bool {
        self.sort.map(|sort| sort.field) == model.sort.first().map(|sort| sort.field)
    }

    /// Whether the statement runs from large to small. Without a sort field the newest id comes first.
    fn descending(&self) -> bool {
        self.sort.is_none_or(|s| s.descending) != self.backwards
    }

    pub(super) fn key_of(&self, row: &ListedRow) -> Key {
        let value = self.sort.and_then(|s| row.row.get(s.field)).cloned().unwrap_or(Value::Null);
        Key { value, id: row.row.id }
    }

    /// The statement of the page.
    pub(super) fn page(&self, columns: &Columns<'_>, model: &'static Model, way: &Way, limit: usize) -> Sql {
        let mut sql = columns.select();
        self.push_page(&mut sql, model, way, limit);
        sql
    }

    /// The ranges for [`Walk::stretch`], nearest first, where all rows of one come before those of the next; else none.
    pub(super) fn in_turn(&self, model: &'static Model, way: &Way) -> Vec<Range> {
        let is_one = way.within.is_none() && each(model, way).len() == 1;
        if is_one { self.ranges(model, way) } else { Vec::new() }
    }

    /// The statement of a page that lies in one stretch of the list: its rows come in their order out of the index, and
    /// nothing is gathered and sorted.
    pub(super) fn stretch(
        &self,
        columns: &Columns<'_>,
        model: &'static Model,
        (way, range): (&Way, &Range),
        limit: usize,
    ) -> Sql {
        let mut sql = columns.select();
        push_range(&mut sql, model, way, range);
        self.push_order(&mut sql, model);
        push_limit(&mut sql, limit);
        sql
    }

    /// So many rows that come first on the way, as `id` and the value that the list is ordered by, `edge`.
    pub(super) fn push_next(&self, sql: &mut Sql, model: &'static Model, way: &Way, most: u64) {
        let sorted = self.sort.and_then(|sort| model.fields.get(sort.field)).map_or("id", |field| field.name);
        for (i, range) in self.ranges(model, way).iter().enumerate() {
            sql.push(if i == 0 { "SELECT " } else { " UNION ALL SELECT " });
            MAIN.column(sql, "id");
            sql.push(" AS id, ");
            MAIN.column(sql, sorted);
            sql.push(" AS edge FROM ").table(model).push(" AS ");
            MAIN.push(sql);
            sql.push(" WHERE ");
            push_range(sql, model, way, range);
        }
        let direction = if self.descending() { " DESC" } else { " ASC" };
        sql.push(" ORDER BY edge").push(direction).push(", id").push(direction);
        push_limit(sql, usize::try_from(most).unwrap_or(usize::MAX));
    }

    /// What the list is ordered by, where it is never null.
    pub(super) fn edge(&self, model: &'static Model) -> Option<Edge> {
        let descending = self.descending();
        let Some(sort) = self.sort else { return Some(Edge { term: Term::Id, kind: Kind::I64, descending }) };
        let field = model.fields.get(sort.field).filter(|field| !field.optional)?;
        Some(Edge { term: Term::Field(sort.field), kind: field.kind, descending })
    }

    /// The condition of the page, its order and its limit.
    fn push_page(&self, sql: &mut Sql, model: &'static Model, way: &Way, limit: usize) {
        let ranges = self.ranges(model, way);
        match ranges.as_slice() {
            [range] if way.within.is_none() => push_range(sql, model, way, range),
            several => {
                MAIN.column(sql, "id");
                for (i, range) in several.iter().enumerate() {
                    sql.push(if i == 0 { " IN (" } else { " UNION ALL " });
                    sql.push("SELECT id FROM (SELECT ");
                    MAIN.column(sql, "id");
                    sql.push(" AS id FROM ");
                    match &way.within {
                        None => {
                            sql.table(model).push(" AS ");
                            MAIN.push(sql);
                            sql.push(" WHERE ");
                            push_range(sql, model, way, range);
                        }
                        Some((most, looked_for)) => {
                            self.push_nearest(sql, model, looked_for.reads(), (way, range), *most);
                            sql.push(" AS ");
                            MAIN.push(sql);
                            sql.push(" WHERE ");
                            condition::push(sql, MAIN, model, looked_for);
                        }
                    }
                    self.push_order(sql, model);
                    push_limit(sql, limit);
                    sql.push(") AS stretch");
                }
                sql.push(")");
            }
        }
        self.push_order(sql, model);
        push_limit(sql, limit);
    }

    /// So many rows that come first on the way, with what is read of them.
    fn push_nearest(
        &self,
        sql: &mut Sql,
        model: &'static Model,
        reads: FieldSet,
        (way, range): (&Way, &Range),
        most: u64,
    ) {
        sql.push("(SELECT ");
        MAIN.column(sql, "id");
        let sorted = self.sort.map_or(reads, |sort| reads.with(sort.field));
        for field in model.columns().filter(|field| sorted.contains(field.index)) {
            sql.push(", ");
            MAIN.column(sql, field.name);
        }
        sql.push(" FROM ").table(model).push(" AS ");
        MAIN.push(sql);
        sql.push(" WHERE ");
        push_range(sql, model, way, range);
        self.push_order(sql, model);
        push_limit(sql, usize::try_from(most).unwrap_or(usize::MAX));
        sql.push(")");
    }

    /// The ranges that the way leads through.
    fn ranges(&self, model: &'static Model, way: &Way) -> Vec<Range> {
        let mut stretches = self.stretches(model);
        if stretches.is_empty() {
            stretches.push(Condition::Always);
        }
        let of_one = |wanted: Condition| {
            stretches.iter().map(move |stretch| (wanted.clone(), stretch.clone())).collect::<Vec<_>>()
        };
        each(model, way).into_iter().flat_map(of_one).collect()
    }

    /// Nulls are the smallest of all, as both readings of the order say: the index needs no second pass.
    fn push_order(&self, sql: &mut Sql, model: &'static Model) {
        let direction = if self.descending() { " DESC" } else { " ASC" };
        sql.push(" ORDER BY ");
        if let Some(field) = self.sort.and_then(|s| model.fields.get(s.field)) {
            MAIN.column(sql, field.name);
            sql.push(direction);
            sql.push(if self.descending() { " NULLS LAST, " } else { " NULLS FIRST, " });
        }
        MAIN.column(sql, "id");
        sql.push(direction);
    }

    /// What follows the key in the direction of the walk, nearest first; empty: everything.
    fn stretches(&self, model: &'static Model) -> Vec<Condition> {
        let Some(key) = self.from else { return Vec::new() };
        let op = if self.descending() { Op::Lt } else { Op::Gt };
        let later_id = Condition::Compare { left: Term::Id, op, right: Term::Value(Value::Int(key.id)) };
        let Some(sort) = self.sort else { return vec![later_id] };
        let field = || Term::Field(sort.field);
        let is_null = Condition::IsNull(field());
        let nullable = model.fields.get(sort.field).is_some_and(|f| f.optional);
        if key.value.is_null() {
            let mut stretches = vec![is_null.clone().and(later_id)];
            if !self.descending() {
                stretches.push(Condition::Not(Box::new(is_null)));
            }
            return stretches;
        }
        let beside = |op| Condition::Compare { left: field(), op, right: Term::Value(key.value.clone()) };
        let mut stretches = vec![beside(Op::Eq).and(later_id), beside(op)];
        if self.descending() && nullable {
            stretches.push(is_null);
        }
        stretches
    }
}

fn push_range(sql: &mut Sql, model: &'static Model, way: &Way, (rows_wanted, stretch): &Range) {
    if let Some(only) = &way.only {
        MAIN.column(sql, "id");
        sql.push_in_numbers(only);
        sql.push(" AND ");
    }
    sql.pass_by(way.passing_by || way.only.is_some());
    condition::push(sql, MAIN, model, rows_wanted);
    sql.pass_by(way.only.is_some());
    if *stretch != Condition::Always {
        sql.push(" AND ");
        condition::push(sql, MAIN, model, stretch);
    }
    sql.pass_by(false);
}

fn each(model: &Model, way: &Way) -> Vec<Condition> {
    if way.passing_by || way.only.is_some() { vec![way.wanted.clone()] } else { one_by_one(model, &way.wanted) }
}

/// The same rows, in as many parts as a field of few values is asked for several of them.
fn one_by_one(model: &Model, rows_wanted: &Condition) -> Vec<Condition> {
    let few = |field: usize| model.fields.get(field).is_some_and(has_few_values);
    let parts = match rows_wanted {
        Condition::All(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let several = parts.iter().enumerate().find_map(|(at, part)| match part {
        Condition::In { term: Term::Field(field), set } if few(*field) && (2..=EACH).contains(&set.len()) => {
            Some((at, *field, set))
        }
        _ => None,
    });
    let Some((at, field, set)) = several else { return vec![rows_wanted.clone()] };
    let one = |value: &Value| {
        let mut parts = parts.to_vec();
        parts[at] = Condition::Compare { left: Term::Field(field), op: Op::Eq, right: Term::Value(value.clone()) };
        Condition::All(parts)
    };
    set.iter().map(one).collect()
}

fn push_limit(sql: &mut Sql, limit: usize) {
    sql.push(" LIMIT ").number(i64::try_from(limit).unwrap_or(i64::MAX));
}

//! The way through a list, by key. A key splits what follows it into at most three stretches (same value and later id,
//! later values, nulls); each is one range of an index, so that the last page costs as much as the first.

use super::condition;
use super::select::{Columns, MAIN};
use crate::condition::{Condition, Term};
use crate::panel::{Field, FieldSet, KeyKind, Kind, Model, Sort};
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
    /// Only what an index finds among those that come next.
    pub(super) near: Option<Near>,
}

/// What an index finds in the range of numbers that the rows lie in which come next on the way.
pub(super) struct Near {
    /// The column that the list is ordered by, never null, and whether from large to small.
    pub(super) edge: (&'static str, bool),
    /// What is asked of the rows on the way.
    pub(super) on_the_way: Condition,
    /// How many of them.
    pub(super) rows: u64,
    /// How wide the range may be at most; a wider one holds nothing.
    pub(super) spread: u64,
    /// Where the index is asked for what.
    pub(super) fields: FieldSet,
    pub(super) text: String,
    /// Hits at most; where there are more, there are none.
    pub(super) hits: u64,
}

impl Way {
    /// By what is asked of them.
    pub(super) fn by(wanted: Condition) -> Self {
        Self { wanted, passing_by: false, only: None, within: None, near: None }
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

    /// Whether rows could be met on the way through the list, where they are chosen by something else than its usual
    /// order.
    pub(super) fn could_pass_by(&self, model: &Model, rows_wanted: &Condition) -> bool {
        self.sort.is_some()
            && !self.is_usual(model)
            && rows_wanted.reads() != FieldSet::NONE
            && is_order(model, self.sort)
    }

    /// Whether it is by the field that the list is sorted by unless it is told otherwise, which is part of many
    /// indexes.
    pub(super) fn is_usual(&self, model: &Model) -> bool {
        self.sort.map(|sort| sort.field) == model.sort.first().map(|sort| sort.field)
    }

    /// Whether an index leads through these rows in the order of the list: those of one value of a field, which scopes and
    /// filters have indexes for, or a range of what the list is ordered by.
    pub(super) fn leads_through(&self, rows_wanted: &Condition) -> bool {
        match rows_wanted {
            Condition::Always | Condition::In { term: Term::Field(_), .. } | Condition::IsNull(Term::Field(_)) => true,
            Condition::All(parts) => parts.is_empty() || parts.iter().any(|part| self.leads_through(part)),
            Condition::Compare { left: Term::Field(field), op, right: Term::Value(_) }
            | Condition::Compare { left: Term::Value(_), op, right: Term::Field(field) } => {
                *op == Op::Eq || *op != Op::Ne && self.sort.is_some_and(|sort| sort.field == *field)
            }
            _ => false,
        }
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
        let mut sql = Sql::default();
        if let Some(near) = &way.near {
            self.push_near(&mut sql, model, near);
        }
        columns.push_select(&mut sql);
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

    /// What the list is ordered by, and whether the statement runs from large to small; where it is a time that is
    /// never null, or the number itself. By anything else rows don't come in, not even about.
    pub(super) fn edge(&self, model: &'static Model) -> Option<(&'static str, bool)> {
        let Some(sort) = self.sort else { return Some(("id", self.descending())) };
        let is_time = |field: &&Field| !field.optional && matches!(field.kind, Kind::Timestamp | Kind::Date);
        let field = model.fields.get(sort.field).filter(is_time)?;
        Some((field.name, self.descending()))
    }

    /// `WITH near …, hits … `: the rows that come next, the range of their numbers, the last of them, and what is
    /// found.
    fn push_near(&self, sql: &mut Sql, model: &'static Model, near: &Near) {
        let (edge, descending) = near.edge;
        sql.push("WITH near AS MATERIALIZED (SELECT min(stretch.id) AS low, max(stretch.id) AS high, ");
        sql.push(if descending { "min" } else { "max" }).push("(stretch.edge) AS edge FROM (");
        let way = Way::by(near.on_the_way.clone());
        for (i, range) in self.ranges(model, &way).iter().enumerate() {
            sql.push(if i == 0 { "SELECT " } else { " UNION ALL SELECT " });
            MAIN.column(sql, "id");
            sql.push(" AS id, ");
            MAIN.column(sql, edge);
            sql.push(" AS edge FROM ").table(model).push(" AS ");
            MAIN.push(sql);
            sql.push(" WHERE ");
            push_range(sql, model, &way, range);
        }
        let direction = if descending { " DESC" } else { " ASC" };
        sql.push(" ORDER BY edge").push(direction).push(", id").push(direction);
        push_limit(sql, usize::try_from(near.rows).unwrap_or(usize::MAX));
        sql.push(") AS stretch), hits AS MATERIALIZED (");
        sql.push_numbers_found(model, near.fields, &near.text);
        sql.push(" AND rowid BETWEEN (SELECT low FROM near) AND (SELECT high FROM near)");
        sql.push(" AND (SELECT high - low FROM near) < ").number(i64::try_from(near.spread).unwrap_or(i64::MAX));
        push_limit(sql, usize::try_from(near.hits).unwrap_or(usize::MAX).saturating_add(1));
        sql.push(") ");
    }

    /// The condition of the page, its order and its limit.
    fn push_page(&self, sql: &mut Sql, model: &'static Model, way: &Way, limit: usize) {
        let ranges = self.ranges(model, way);
        match (&way.within, ranges.as_slice()) {
            (None, [range]) => push_range(sql, model, way, range),
            (None, several) => {
                MAIN.column(sql, "id");
                for (i, range) in several.iter().enumerate() {
                    sql.push(if i == 0 { " IN (" } else { " UNION ALL " });
                    sql.push("SELECT id FROM (SELECT ");
                    MAIN.column(sql, "id");
                    sql.push(" AS id FROM ").table(model).push(" AS ");
                    MAIN.push(sql);
                    sql.push(" WHERE ");
                    push_range(sql, model, way, range);
                    self.push_order(sql, model);
                    push_limit(sql, limit);
                    sql.push(") AS stretch");
                }
                sql.push(")");
            }
            (Some((most, looked_for)), ranges) => {
                MAIN.column(sql, "id");
                sql.push(" IN (SELECT id FROM (SELECT ");
                MAIN.column(sql, "id");
                sql.push(" AS id FROM ");
                self.push_nearest(sql, model, looked_for.reads(), (way, ranges), *most);
                sql.push(" AS ");
                MAIN.push(sql);
                sql.push(" WHERE ");
                condition::push(sql, MAIN, model, looked_for);
                self.push_order(sql, model);
                push_limit(sql, limit);
                sql.push(") AS stretch)");
            }
        }
        self.push_order(sql, model);
        push_limit(sql, limit);
    }

    /// So many rows that come first on the way, with what is read of them. Of several ranges those that come first of
    /// all: what is found in one must not be taken before what another would tell behind so many of its own.
    fn push_nearest(
        &self,
        sql: &mut Sql,
        model: &'static Model,
        reads: FieldSet,
        (way, ranges): (&Way, &[Range]),
        most: u64,
    ) {
        let sorted = self.sort.map_or(reads, |sort| reads.with(sort.field));
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let one = |sql: &mut Sql, range: &Range| {
            sql.push("(SELECT ");
            MAIN.column(sql, "id");
            for field in model.columns().filter(|field| sorted.contains(field.index)) {
                sql.push(", ");
                MAIN.column(sql, field.name);
            }
            sql.push(" FROM ").table(model).push(" AS ");
            MAIN.push(sql);
            sql.push(" WHERE ");
            push_range(sql, model, way, range);
            self.push_order(sql, model);
            push_limit(sql, most);
            sql.push(")");
        };
        if let [range] = ranges {
            return one(sql, range);
        }
        for (i, range) in ranges.iter().enumerate() {
            sql.push(if i == 0 { "(SELECT * FROM (" } else { " UNION ALL " }).push("SELECT * FROM ");
            one(sql, range);
            sql.push(" AS nearest");
        }
        sql.push(") AS ");
        MAIN.push(sql);
        self.push_order(sql, model);
        push_limit(sql, most);
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
            sql.by_bytes(field.kind.key().unwrap_or(KeyKind::Number)).push(direction);
            sql.push(if self.descending() { " NULLS LAST, " } else { " NULLS FIRST, " });
        }
        MAIN.column(sql, "id");
        sql.by_bytes(model.key).push(direction);
    }

    /// What follows the key in the direction of the walk, nearest first; empty: everything.
    fn stretches(&self, model: &'static Model) -> Vec<Condition> {
        let Some(key) = self.from else { return Vec::new() };
        let op = if self.descending() { Op::Lt } else { Op::Gt };
        let later_id = Condition::Compare { left: Term::Id, op, right: Term::Value(key.id.into()) };
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
    if let Some(near) = &way.near {
        push_hits(sql, near);
    }
    let is_known = way.only.is_some() || way.near.is_some();
    sql.pass_by(way.passing_by || is_known);
    condition::push(sql, MAIN, model, rows_wanted);
    sql.pass_by(is_known);
    if *stretch != Condition::Always {
        sql.push(" AND ");
        condition::push(sql, MAIN, model, stretch);
    }
    sql.pass_by(false);
}

/// Of what is found near, what surely comes before all that lies behind the edge: not what is level with it.
fn push_hits(sql: &mut Sql, near: &Near) {
    let (edge, descending) = near.edge;
    MAIN.column(sql, "id");
    sql.push(" IN (SELECT id FROM hits) AND (SELECT count(*) FROM hits) <= ");
    sql.number(i64::try_from(near.hits).unwrap_or(i64::MAX)).push(" AND ");
    sql.pass_by(true).push_passing_by();
    MAIN.column(sql, edge);
    sql.push(if descending { " > " } else { " < " }).push("(SELECT edge FROM near) AND ");
}

fn each(model: &Model, way: &Way) -> Vec<Condition> {
    let is_one = way.passing_by || way.only.is_some() || way.near.is_some();
    if is_one { vec![way.wanted.clone()] } else { one_by_one(model, &way.wanted) }
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
    let distinct = set.iter().enumerate().filter(|(at, value)| !set[..*at].contains(value));
    distinct.map(|(_, value)| one(value)).collect()
}

fn push_limit(sql: &mut Sql, limit: usize) {
    sql.push(" LIMIT ").number(i64::try_from(limit).unwrap_or(i64::MAX));
}

//! A [`Condition`] as SQL: the first of its two readings. It must agree with [`Condition::matches`] in every case,
//! nulls and values that a column can't hold included; a property test holds it to that.

use crate::condition::{Condition, Term};
use crate::panel::{Field, KeyKind, Kind, Model};
use crate::predicate::Op;
use crate::store::sql::Sql;
use crate::store::statements::links;
use crate::value::{Row, Value};

use crate::store::fit::{Class, Fit, class, fit, scale};

/// Which table of a statement: `t0`, `t1` ….
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Alias(pub(in crate::store) u32);

impl Alias {
    pub(in crate::store) fn push(self, sql: &mut Sql) {
        sql.push("t").number(i64::from(self.0));
    }

    /// `t0."name"`
    pub(in crate::store) fn column(self, sql: &mut Sql, name: &'static str) {
        self.push(sql);
        sql.push(".").name(name);
    }
}

/// One column of a model.
#[derive(Debug, Clone, Copy)]
struct Column {
    alias: Alias,
    name: &'static str,
    kind: Kind,
    /// What it holds, if that is the key of a row.
    key: KeyKind,
}

impl Column {
    /// As it is put in order, which may be another than that of its table.
    fn push_for(self, sql: &mut Sql, op: Op) {
        self.push(sql);
        if !matches!(op, Op::Eq | Op::Ne) {
            sql.by_bytes(self.key);
        }
    }

    fn push(self, sql: &mut Sql) {
        sql.push_passing_by();
        match class(self.kind) {
            Class::Json => sql.push_json(self.alias, self.name),
            _ => self.alias.column(sql, self.name),
        }
    }
}

enum Side<'a> {
    Column(Column),
    Value(&'a Value),
    /// A field that the model does not have.
    Unknown,
}

/// Writes the condition over `model`, whose table stands under `alias`.
pub(in crate::store) fn push(sql: &mut Sql, alias: Alias, model: &'static Model, condition: &Condition) {
    let side = |term| side(alias, model, term);
    match condition {
        Condition::Always => truth(sql, Some(true)),
        Condition::Never => truth(sql, Some(false)),
        Condition::All(parts) => join(sql, alias, model, parts, " AND ", true),
        Condition::Any(parts) => join(sql, alias, model, parts, " OR ", false),
        Condition::Not(inner) => {
            sql.push("(NOT ");
            push(sql, alias, model, inner);
            sql.push(")");
        }
        Condition::Compare { left, op, right } => match (side(left), side(right)) {
            (Side::Column(left), Side::Column(right)) => columns(sql, left, *op, right),
            (Side::Column(column), Side::Value(value)) => beside(sql, column, *op, value),
            (Side::Value(value), Side::Column(column)) => beside(sql, column, flipped(*op), value),
            (Side::Value(_), Side::Value(_)) => truth(sql, condition.matches(&Row::new(0, 0, 0))),
            (Side::Unknown, _) | (_, Side::Unknown) => truth(sql, None),
        },
        Condition::IsNull(term) => match side(term) {
            Side::Column(column) => {
                sql.push("(");
                column.push(sql);
                sql.push(" IS NULL)");
            }
            Side::Value(value) => truth(sql, Some(value.is_null())),
            Side::Unknown => truth(sql, None),
        },
        Condition::In { term, set } => match side(term) {
            Side::Column(column) => within(sql, column, set),
            Side::Value(_) => truth(sql, condition.matches(&Row::new(0, 0, 0))),
            Side::Unknown => truth(sql, None),
        },
        Condition::Found { fields, text } => sql.push_is_found(alias, model, *fields, text),
        Condition::Linked { field, to, among } => match (model.fields.get(*field).and_then(Field::links), among) {
            // Nothing that may be seen is linked.
            (Some(_), None) => truth(sql, Some(false)),
            (Some(_), Some(_)) if to.as_ref().is_some_and(Vec::is_empty) => truth(sql, Some(false)),
            (Some(links), Some(among)) => links::push_linked(sql, alias, links, to.as_deref(), among),
            (None, _) => truth(sql, None),
        },
        Condition::Begins { field, text } => match side(&Term::Field(*field)) {
            Side::Column(column) if class(column.kind) == Class::Text => {
                if text.contains('\0') {
                    return never_but_null(sql, column, " <> ");
                }
                sql.push_begins(alias, column.name, text);
            }
            _ => truth(sql, None),
        },
        Condition::Contains { field, text } => match side(&Term::Field(*field)) {
            Side::Column(column) if class(column.kind) == Class::Text => {
                if text.contains('\0') {
                    // No column holds a NUL.
                    return never_but_null(sql, column, " <> ");
                }
                sql.push_contains(alias, column.name, text);
            }
            _ => truth(sql, None),
        },
    }
}

fn side<'a>(alias: Alias, model: &'static Model, term: &'a Term) -> Side<'a> {
    match term {
        Term::Id => Side::Column(Column { alias, name: "id", kind: model.key.kind(), key: model.key }),
        Term::Field(field) => match model.fields.get(*field).filter(|field| field.links().is_none()) {
            Some(field) => {
                let key = field.kind.key().unwrap_or(KeyKind::Number);
                Side::Column(Column { alias, name: field.name, kind: field.kind, key })
            }
            None => Side::Unknown,
        },
        Term::Value(value) => Side::Value(value),
    }
}

fn truth(sql: &mut Sql, known: Option<bool>) {
    sql.push(match known {
        Some(true) => "(1 = 1)",
        Some(false) => "(1 = 0)",
        None => "(NULL = 1)",
    });
}

fn join(
    sql: &mut Sql,
    alias: Alias,
    model: &'static Model,
    parts: &[Condition],
    between: &'static str,
    when_empty: bool,
) {
    if parts.is_empty() {
        return truth(sql, Some(when_empty));
    }
    for (i, part) in parts.iter().enumerate() {
        sql.push(if i == 0 { "(" } else { between });
        push(sql, alias, model, part);
    }
    sql.push(")");
}

fn flipped(op: Op) -> Op {
    match op {
        Op::Lt => Op::Gt,
        Op::Le => Op::Ge,
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
        Op::Eq | Op::Ne => op,
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Eq => " = ",
        Op::Ne => " <> ",
        Op::Lt => " < ",
        Op::Le => " <= ",
        Op::Gt => " > ",
        Op::Ge => " >= ",
    }
}

fn columns(sql: &mut Sql, left: Column, op: Op, right: Column) {
    if class(left.kind) != class(right.kind) || class(left.kind) == Class::Secret {
        return truth(sql, None);
    }
    sql.push("(");
    for (column, other, between) in [(left, right, sign(op)), (right, left, ")")] {
        column.push_for(sql, op);
        // Decimals of different scale meet at the finer one. SQLite goes over to floats beyond 64 bits, where the other
        // side, of at most 18 digits, is smaller in any case.
        sql.push_scaling(scale(other.kind).saturating_sub(scale(column.kind)));
        sql.push(between);
    }
}

fn beside(sql: &mut Sql, column: Column, op: Op, value: &Value) {
    let (op, bound) = match (fit(column.kind, value), op) {
        (Fit::Exact(bound), op) => (op, bound),
        // Between two values that the column can hold: equal to none.
        (Fit::After(_), Op::Eq) => return never_but_null(sql, column, " <> "),
        (Fit::After(_), Op::Ne) => return never_but_null(sql, column, " = "),
        (Fit::After(bound), Op::Lt | Op::Le) => (Op::Le, bound),
        (Fit::After(bound), Op::Gt | Op::Ge) => (Op::Gt, bound),
        (Fit::Incomparable, _) => return truth(sql, None),
    };
    sql.push("(");
    column.push_for(sql, op);
    sql.push(sign(op)).push_bind(bound).push(")");
}

/// The column with itself: a plain no (`<>`) or yes (`=`) for a value, unknown for null.
fn never_but_null(sql: &mut Sql, column: Column, sign: &'static str) {
    sql.push("(");
    column.push(sql);
    sql.push(sign);
    column.push(sql);
    sql.push(")");
}

fn within(sql: &mut Sql, column: Column, set: &[Value]) {
    if set.is_empty() {
        return truth(sql, Some(false));
    }
    let fits: Vec<Fit> = set.iter().map(|value| fit(column.kind, value)).collect();
    let unknown = fits.contains(&Fit::Incomparable);
    let exact: Vec<_> =
        fits.into_iter().filter_map(|f| if let Fit::Exact(bound) = f { Some(bound) } else { None }).collect();
    if exact.is_empty() {
        return if unknown { truth(sql, None) } else { never_but_null(sql, column, " <> ") };
    }
    sql.push("(");
    column.push(sql);
    for (i, bound) in exact.into_iter().enumerate() {
        sql.push(if i == 0 { " IN (" } else { ", " }).push_bind(bound);
    }
    sql.push(if unknown { ", NULL))" } else { "))" });
}

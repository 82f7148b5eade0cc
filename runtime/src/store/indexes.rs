//! Which columns of a model are indexed: keys, unique fields, filters, orders and scopes.

use crate::panel::{Field, FieldSet, Kind, Model, Panel, Sort, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::store::sql::{Dialect, Sql, joined};

/// Characters that an index is sure to take: four bytes each, of the 2,704 that PostgreSQL gives a row of an index, and
/// room for the other columns. The block's `String` has no more unless it says so.
const LONGEST_INDEXED: u32 = 600;

/// An index over one field, or over one or two and the field that the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Index {
    table: &'static str,
    field: &'static str,
    beside: Option<&'static str>,
    then: Option<&'static str>,
    of: Of,
}

/// What kind of index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Values,
    UniqueValues,
    /// Of the parts of a text, for [`crate::condition::Condition::Contains`]; PostgreSQL alone.
    Trigrams,
}

impl Index {
    /// Over the parts of a text.
    pub(super) fn of_trigrams(model: &'static Model, field: &'static Field) -> Self {
        Self { table: model.table, field: field.name, beside: None, then: None, of: Of::Trigrams }
    }

    fn prefix(self) -> &'static str {
        match self.of {
            Of::Values => "ix",
            Of::UniqueValues => "uq",
            Of::Trigrams => "tg",
        }
    }

    fn names(self) -> Vec<&'static str> {
        [Some(self.table), Some(self.field), self.beside, self.then].into_iter().flatten().collect()
    }

    /// Its name in the file.
    pub(super) fn name(self) -> String {
        joined(self.prefix(), &self.names())
    }

    fn push_name(self, sql: &mut Sql) {
        sql.name_of(self.prefix(), &self.names());
    }

    /// The statement that makes it. It is in the order of the list pages, nulls first and the id last, which SQLite
    /// does without being told.
    pub(super) fn create(self, dialect: Dialect) -> String {
        let unique = self.of == Of::UniqueValues;
        let mut sql = Sql::new(if unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
        self.push_name(&mut sql);
        sql.push(" ON ").name(self.table);
        if self.of == Of::Trigrams {
            sql.push(" USING gin (lower(").name(self.field).push(") gin_trgm_ops)");
            return sql.into_text(dialect);
        }
        sql.push(" (").name(self.field).either("", " NULLS FIRST");
        for further in [self.beside, self.then].into_iter().flatten() {
            sql.push(", ").name(further).either("", " NULLS FIRST");
        }
        if !unique {
            sql.either("", ", \"id\"");
        }
        sql.push(")");
        sql.into_text(dialect)
    }

    /// The statement that drops it.
    pub(super) fn drop(self, dialect: Dialect) -> String {
        let mut sql = Sql::new("DROP INDEX ");
        self.push_name(&mut sql);
        sql.into_text(dialect)
    }
}

/// The indexes that the panel asks for. A field by which rows are chosen among few values (a key, a choice, yes or no)
/// is indexed together with the default order: a page of the rows of one doctor, newest first, is then one range, and
/// nothing is sorted. A key that decides which rows a role sees is indexed with each field of few values that the list
/// is filtered by, too: what a doctor has booked is one range then, and counted as one.
pub(super) fn wanted(panel: &'static Panel, model: &'static Model) -> Vec<Index> {
    if model.adopted.is_some() {
        return Vec::new();
    }
    let scopes = panel
        .roles
        .iter()
        .flat_map(|role| role.cells)
        .filter(|cell| cell.model == model.index)
        .filter_map(|cell| cell.when.as_ref())
        .fold(FieldSet::NONE, |all, when| all.union(when.reads()));
    let order = model.sort.first().and_then(|sort| model.fields.get(sort.field)).filter(|field| is_short(field));
    let pinned = panel
        .roles
        .iter()
        .flat_map(|role| role.cells)
        .filter(|cell| cell.model == model.index && cell.verb == Verb::View)
        .filter_map(|cell| cell.when.as_ref())
        .fold(FieldSet::NONE, |all, when| all.union(pinned(when)));
    let then = |field: &Field| order.filter(|order| has_few_values(field) && order.index != field.index);
    let pairs = keys(model).filter(|key| pinned.contains(key.index)).flat_map(|key| {
        choices(model).filter(|choice| model.filter.contains(&choice.index)).map(move |choice| Index {
            table: model.table,
            field: key.name,
            beside: Some(choice.name),
            then: then(choice).map(|order| order.name),
            of: Of::Values,
        })
    });
    let single = model
        .columns()
        .filter(|field| {
            field.unique
                || field.index_wanted
                || matches!(field.kind, Kind::Actor | Kind::Model(..))
                || model.filter.contains(&field.index)
                || model.sort.iter().any(|s| s.field == field.index)
                || scopes.contains(field.index)
                || names_rows(model, field)
        })
        .filter(|field| field.unique || is_short(field))
        .map(|field| Index {
            table: model.table,
            field: field.name,
            beside: None,
            then: then(field).map(|order| order.name),
            of: if field.unique { Of::UniqueValues } else { Of::Values },
        });
    single.chain(pairs).collect()
}

/// Fields that have one value in all rows for which this holds.
fn pinned(when: &Predicate) -> FieldSet {
    match when {
        Predicate::And(parts) => parts.iter().fold(FieldSet::NONE, |all, part| all.union(pinned(part))),
        Predicate::Compare { left: Operand::Field(field), op: Op::Eq, .. }
        | Predicate::Compare { right: Operand::Field(field), op: Op::Eq, .. } => FieldSet::NONE.with(*field),
        _ => FieldSet::NONE,
    }
}

fn keys(model: &'static Model) -> impl Iterator<Item = &'static Field> {
    model.columns().filter(|field| !field.unique && matches!(field.kind, Kind::Actor | Kind::Model(..)))
}

fn choices(model: &'static Model) -> impl Iterator<Item = &'static Field> {
    model.columns().filter(|field| !field.unique && matches!(field.kind, Kind::Choice(_) | Kind::Bool))
}

/// Whether rows are offered by this field where one of them is picked, and so in its order.
fn names_rows(model: &Model, field: &Field) -> bool {
    model.label.first() == Some(&field.index)
}

/// Whether rows can be read in the order of this field without sorting them; none: of their numbers.
pub(super) fn is_order(model: &Model, sort: Option<Sort>) -> bool {
    let Some(field) = sort.and_then(|sort| model.fields.get(sort.field)) else { return sort.is_none() };
    let asked = field.unique
        || field.index_wanted
        || model.filter.contains(&field.index)
        || model.sort.iter().any(|sort| sort.field == field.index)
        || names_rows(model, field);
    let alone = !has_few_values(field) || model.sort.first().is_none_or(|sort| sort.field == field.index);
    model.adopted.is_none() && asked && alone && is_short(field)
}

/// Whether an index of either database takes every value. A text that may be longer is read row by row; unless it is
/// unique, where the index is the rule itself and what does not fit is refused.
fn is_short(field: &Field) -> bool {
    match field.kind {
        Kind::String | Kind::Text | Kind::Url => field.max_len.is_some_and(|most| most <= LONGEST_INDEXED),
        Kind::Json | Kind::Bytes | Kind::Secret => false,
        _ => true,
    }
}

pub(super) fn has_few_values(field: &Field) -> bool {
    !field.unique && matches!(field.kind, Kind::Actor | Kind::Model(..) | Kind::Choice(_) | Kind::Bool)
}

/// Every index that this file could ever have made for this model.
pub(super) fn thinkable(model: &'static Model) -> impl Iterator<Item = Index> {
    let index = |field: &Field, beside: Option<&Field>, then: Option<&Field>, of| Index {
        table: model.table,
        field: field.name,
        beside: beside.map(|field| field.name),
        then: then.map(|field| field.name),
        of,
    };
    let single = model.columns().flat_map(move |field| {
        let pairs = model.columns().map(move |then| index(field, None, Some(then), Of::Values));
        [index(field, None, None, Of::UniqueValues), index(field, None, None, Of::Values)].into_iter().chain(pairs)
    });
    let pairs = keys(model).flat_map(move |key| {
        choices(model).flat_map(move |choice| {
            let thens = model.columns().map(Some).chain([None]);
            thens.map(move |then| index(key, Some(choice), then, Of::Values))
        })
    });
    single.chain(pairs)
}

/// Fields in whose text something is looked for: by the search box, and by pickers of these rows.
pub(super) fn searched(model: &'static Model) -> impl Iterator<Item = &'static Field> {
    let is_text = |field: &&Field| matches!(field.kind, Kind::String | Kind::Text | Kind::Email | Kind::Url);
    let asked = |field: &&Field| model.search.contains(&field.index) || model.label.contains(&field.index);
    model.fields.iter().filter(is_text).filter(asked)
}

#[cfg(test)]
mod tests {
    use super::{Index, thinkable, wanted};
    use crate::panel::{Cell, FieldSet, Model, Panel, Role, Verb};
    use crate::predicate::{Op, Operand, Predicate};
    use crate::testing::{CLINIC, VISIT};
    use crate::value::Literal;

    const fn of_a_patient(op: Op) -> Cell {
        let when = Predicate::Compare { left: Operand::Field(0), op, right: Operand::Literal(Literal::Int(1)) };
        Cell { when: Some(when), ..Cell::new(Verb::View, VISIT, FieldSet::ALL, 0) }
    }

    static ONE: Panel = Panel { roles: &[Role { cells: &[of_a_patient(Op::Eq)], ..CLINIC.roles[2] }], ..CLINIC };
    static ALL_BUT_ONE: Panel =
        Panel { roles: &[Role { cells: &[of_a_patient(Op::Ne)], ..CLINIC.roles[2] }], ..CLINIC };

    /// What is booked of one patient is one range, in the order of the list; and an index of an older build is known.
    #[test]
    fn a_key_that_decides_what_is_seen_is_indexed_with_each_choice_of_the_filters() {
        const BOTH: &str = "ix_visits_patient_state_at";
        let names = |panel: &'static Panel| {
            let visits: &'static Model = &panel.models[VISIT];
            wanted(panel, visits).into_iter().map(Index::name).collect::<Vec<_>>()
        };
        assert!(names(&ONE).iter().any(|name| name == BOTH), "{:?}", names(&ONE));
        assert!(!names(&ALL_BUT_ONE).iter().any(|name| name == BOTH), "all patients but one are no range");
        assert!(thinkable(&ONE.models[VISIT]).any(|index| index.name() == BOTH));
    }
}

//! Which columns of a model are indexed: keys, unique fields, filters, orders and scopes.

use crate::panel::{Field, FieldSet, Kind, Model, Panel};
use crate::store::sql::Sql;

/// An index over one field, or over one and the field that the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Index {
    table: &'static str,
    field: &'static str,
    then: Option<&'static str>,
    unique: bool,
}

impl Index {
    fn prefix(self) -> &'static str {
        if self.unique { "uq" } else { "ix" }
    }

    /// Its name in the file.
    pub(super) fn name(self) -> String {
        match self.then {
            None => format!("{}_{}_{}", self.prefix(), self.table, self.field),
            Some(then) => format!("{}_{}_{}_{then}", self.prefix(), self.table, self.field),
        }
    }

    fn push_name(self, sql: &mut Sql) {
        match self.then {
            None => sql.name_of(self.prefix(), &[self.table, self.field]),
            Some(then) => sql.name_of(self.prefix(), &[self.table, self.field, then]),
        };
    }

    /// The statement that makes it. The id is the last column of every index without being named, so that an index also
    /// serves an order by its fields and id.
    pub(super) fn create(self) -> String {
        let mut sql = Sql::new(if self.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
        self.push_name(&mut sql);
        sql.push(" ON ").name(self.table).push(" (").name(self.field);
        if let Some(then) = self.then {
            sql.push(", ").name(then);
        }
        sql.push(")");
        sql.into_text()
    }

    /// The statement that drops it.
    pub(super) fn drop(self) -> String {
        let mut sql = Sql::new("DROP INDEX ");
        self.push_name(&mut sql);
        sql.into_text()
    }
}

/// The indexes that the panel asks for. A field by which rows are chosen among few values (a key, a choice, yes or no) is
/// indexed together with the default order: a page of the rows of one doctor, newest first, is then one range, and
/// nothing is sorted.
pub(super) fn wanted(panel: &'static Panel, model: &'static Model) -> Vec<Index> {
    let scopes = panel
        .roles
        .iter()
        .flat_map(|role| role.cells)
        .filter(|cell| cell.model == model.index)
        .filter_map(|cell| cell.when.as_ref())
        .fold(FieldSet::NONE, |all, when| all.union(when.reads()));
    let order = model.sort.first().and_then(|sort| model.fields.get(sort.field));
    model
        .fields
        .iter()
        .filter(|field| {
            field.unique
                || field.index_wanted
                || matches!(field.kind, Kind::Actor | Kind::Model(..))
                || model.filter.contains(&field.index)
                || model.sort.iter().any(|s| s.field == field.index)
                || scopes.contains(field.index)
        })
        .map(|field| Index {
            table: model.table,
            field: field.name,
            then: order.filter(|order| has_few_values(field) && order.index != field.index).map(|order| order.name),
            unique: field.unique,
        })
        .collect()
}

fn has_few_values(field: &Field) -> bool {
    !field.unique && matches!(field.kind, Kind::Actor | Kind::Model(..) | Kind::Choice(_) | Kind::Bool)
}

/// Every index that this file could ever have made for this model.
pub(super) fn thinkable(model: &'static Model) -> impl Iterator<Item = Index> {
    model.fields.iter().flat_map(|field| {
        let index = |then, unique| Index { table: model.table, field: field.name, then, unique };
        let pairs = model.fields.iter().map(move |then| index(Some(then.name), false));
        [index(None, true), index(None, false)].into_iter().chain(pairs)
    })
}

//! Which columns of a statement hold what: the fields of a row, and the label texts of the rows that it points at,
//! which come along in the same statement, joined within the viewer's scope.

use super::adopted;
use super::condition::{self, Alias};
use crate::authorize::Terms;
use crate::error::Error;
use crate::key::RowKey;
use crate::panel::{FieldSet, Kind, Model, Panel};
use crate::store::answer::Answer;
use crate::store::query::{Label, LabelOf, ListedRow, PickFrom};
use crate::store::sql::Sql;
use crate::value::{Row, Value};

/// The table that is read.
pub(in crate::store) const MAIN: Alias = Alias(0);

/// The layout of an answer.
pub(in crate::store) struct Columns<'a> {
    panel: &'static Panel,
    model: &'static Model,
    fields: Vec<usize>,
    labels: &'a [LabelOf<'a>],
}

impl<'a> Columns<'a> {
    /// For these fields, what the terms read, and these labels.
    pub(in crate::store) fn new(
        panel: &'static Panel,
        model: &'static Model,
        wanted: FieldSet,
        labels: &'a [LabelOf<'a>],
    ) -> Result<Self, Error> {
        let mut wanted = wanted;
        for label in labels {
            match model.fields.get(label.field).map(|f| f.kind) {
                Some(Kind::Model(..) | Kind::Actor) => wanted = wanted.with(label.field),
                _ => return Err(Error::Bug(format!("field {} of {} points nowhere", label.field, model.name))),
            }
        }
        let fields = model.columns().map(|field| field.index).filter(|f| wanted.contains(*f)).collect();
        Ok(Self { panel, model, fields, labels })
    }

    /// `SELECT … FROM … WHERE `, up to the condition.
    pub(super) fn select(&self) -> Sql {
        let mut sql = Sql::default();
        self.push_select(&mut sql);
        sql
    }

    /// The same behind what stands there.
    pub(super) fn push_select(&self, sql: &mut Sql) {
        sql.push("SELECT ");
        self.push(sql);
        sql.push(" FROM ").table(self.model).push(" AS ");
        MAIN.push(sql);
        self.push_joins(sql);
        sql.push(" WHERE ");
    }

    /// `t0."id", t0."version", …`
    pub(in crate::store) fn push(&self, sql: &mut Sql) {
        MAIN.column(sql, "id");
        sql.push(", ");
        MAIN.column(sql, "version");
        for field in self.fields.iter().filter_map(|f| self.model.fields.get(*f)) {
            sql.push(", ");
            push_field(sql, MAIN, field);
        }
        for (alias, label) in self.joins() {
            match self.target(label) {
                Target::Person => {
                    sql.push(", ");
                    alias.column(sql, "email");
                }
                Target::Hidden => {}
                Target::Model(terms) => {
                    sql.push(", ");
                    alias.column(sql, "id");
                    for field in label_fields(terms.model()) {
                        sql.push(", ");
                        push_field(sql, alias, field);
                    }
                }
            }
        }
    }

    /// ` LEFT JOIN …` for each label.
    pub(in crate::store) fn push_joins(&self, sql: &mut Sql) {
        for (alias, label) in self.joins() {
            let Some(key) = self.model.fields.get(label.field) else { continue };
            match self.target(label) {
                Target::Hidden => continue,
                Target::Person => sql.push(" LEFT JOIN bw_people AS "),
                Target::Model(terms) => sql.push(" LEFT JOIN ").table(terms.model()).push(" AS "),
            };
            alias.push(sql);
            sql.push(" ON ");
            alias.column(sql, "id");
            sql.push(" = ");
            MAIN.column(sql, key.name);
            if let Target::Model(terms) = self.target(label) {
                sql.push(" AND ");
                condition::push(sql, alias, terms.model(), &label_scope(terms));
            }
        }
    }

    /// A row of the answer.
    pub(in crate::store) fn read(&self, answer: &Answer) -> Result<ListedRow, Error> {
        let mut row = Row::new(
            answer.row_key(self.model.key, 0)?,
            adopted::version(self.model, answer, 1)?,
            self.model.fields.len(),
        );
        let mut column = 2;
        for field in self.fields.iter().filter_map(|f| self.model.fields.get(*f)) {
            row.set(field.index, answer.value(field.kind, column)?);
            column += 1;
        }
        let mut labels = Vec::with_capacity(self.labels.len());
        for label in self.labels {
            let target = self.target(label);
            let text = match &target {
                Target::Hidden => None,
                Target::Person => {
                    column += 1;
                    answer.text(column - 1)?
                }
                Target::Model(terms) => {
                    let text = read_label(self.panel, terms.model(), answer, column)?;
                    column += 1 + label_fields(terms.model()).count();
                    text.map(|candidate| candidate.1)
                }
            };
            labels.push(match (row.get(label.field), text) {
                (None | Some(Value::Null), _) => Label::None,
                (Some(_), Some(text)) => Label::Text(text),
                (Some(_), None) => Label::Hidden,
            });
        }
        Ok(ListedRow { row, labels, links: Vec::new() })
    }

    fn joins(&self) -> impl Iterator<Item = (Alias, &LabelOf<'a>)> {
        (1..).map(Alias).zip(self.labels)
    }

    fn target(&self, label: &LabelOf<'a>) -> Target<'a> {
        match (self.model.fields.get(label.field).map(|f| f.kind), label.terms) {
            (Some(Kind::Actor), _) => Target::Person,
            (Some(Kind::Model(model, _, _)), Some(terms)) if terms.model().index == model => Target::Model(terms),
            _ => Target::Hidden,
        }
    }
}

enum Target<'a> {
    Hidden,
    Person,
    Model(&'a Terms),
}

/// A field as it is read: of a secret, only whether there is one.
pub(in crate::store) fn push_field(sql: &mut Sql, alias: Alias, field: &'static crate::panel::Field) {
    if field.kind == Kind::Secret {
        sql.push("CASE WHEN ");
        alias.column(sql, field.name);
        sql.push(" IS NULL THEN NULL ELSE '' END");
    } else {
        alias.column(sql, field.name);
    }
}

/// Fields whose text names a row, in the order of the label; a secret names nothing.
pub(in crate::store) fn label_fields(model: &'static Model) -> impl Iterator<Item = &'static crate::panel::Field> {
    model.label.iter().filter_map(|f| model.fields.get(*f)).filter(|f| f.kind != Kind::Secret)
}

/// Rows whose label the viewer may read.
pub(in crate::store) fn label_scope(terms: &Terms) -> crate::condition::Condition {
    terms.scope_with(label_fields(terms.model()).fold(FieldSet::NONE, |all, f| all.with(f.index)))
}

/// Id and text of a row whose id and label fields start at this column; `None` when it was not joined.
pub(in crate::store) fn read_label(
    panel: &'static Panel,
    model: &'static Model,
    answer: &Answer,
    start: usize,
) -> Result<Option<(RowKey, String)>, Error> {
    let Some(id) = answer.key(model.key, start)? else { return Ok(None) };
    let mut text = String::new();
    for (i, field) in label_fields(model).enumerate() {
        let word = in_words(panel, field.kind, answer.value(field.kind, start + 1 + i)?);
        if text.is_empty() {
            text = word;
        } else if !word.is_empty() {
            text.push(' ');
            text.push_str(&word);
        }
    }
    if text.is_empty() {
        text = format!("{} {id}", model.title);
    }
    Ok(Some((id, text)))
}

/// Questions of [`push_names`] in one statement, at two parts each: the columns of all stand in each part, and SQLite
/// takes 500 parts.
pub(in crate::store) const TOGETHER: usize = 40;

/// Of several questions in one statement: id and label columns of each, filled for this one and null for the others,
/// since two labels need not be of the same types.
pub(in crate::store) fn push_names(sql: &mut Sql, alias: Alias, whose: &[PickFrom<'_>], filled: usize) {
    for (i, from) in whose.iter().enumerate() {
        let mut column = |name: &'static str, kind: Kind| {
            sql.push(", ");
            if i == filled {
                alias.column(sql, name);
            } else {
                sql.push_null(kind);
            }
        };
        match from {
            PickFrom::People { .. } => column("id", Kind::I64),
            PickFrom::Model(terms) => column("id", terms.model().key.kind()),
        }
        match from {
            PickFrom::People { .. } => column("email", Kind::Email),
            PickFrom::Model(terms) => label_fields(terms.model()).for_each(|field| column(field.name, field.kind)),
        }
    }
}

/// What [`push_names`] put into a row of this question; its columns start here.
pub(in crate::store) fn read_named(
    panel: &'static Panel,
    answer: &Answer,
    start: usize,
    whose: &[PickFrom<'_>],
    filled: usize,
) -> Result<Option<(RowKey, String)>, Error> {
    let columns = |from: &PickFrom<'_>| match from {
        PickFrom::People { .. } => 2,
        PickFrom::Model(terms) => 1 + label_fields(terms.model()).count(),
    };
    let start = start + whose.iter().take(filled).map(columns).sum::<usize>();
    match whose.get(filled) {
        None => Ok(None),
        Some(PickFrom::People { .. }) => Ok(Some((answer.whole(start)?.into(), answer.words(start + 1)?))),
        Some(PickFrom::Model(terms)) => read_label(panel, terms.model(), answer, start),
    }
}

/// A value within a label: choices by their title, keys as a number.
fn in_words(panel: &'static Panel, kind: Kind, value: Value) -> String {
    match (kind, value) {
        (Kind::Choice(choice), Value::Text(name)) => {
            let variant = panel.choices.get(choice).and_then(|c| c.variants.iter().find(|v| v.name == name));
            variant.map_or(name, |v| v.title.to_owned())
        }
        (Kind::Model(..) | Kind::Actor, Value::Int(id)) => format!("#{id}"),
        (_, Value::Text(text)) => text,
        (_, value) => value.to_text(),
    }
}

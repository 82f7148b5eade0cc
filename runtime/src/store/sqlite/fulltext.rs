//! The index of the parts of texts: for each model in whose text something is looked for, an FTS5 table of trigrams
//! beside its own, kept right by triggers. It holds each text as `lower()` leaves it, so that what it finds is to the
//! letter what a comparison without it finds; and no text itself, only where its parts stand. A blank goes before each,
//! so that the beginning of every word is a part of its own.

use super::there::There;
use crate::migrate::Step;
use crate::panel::{Field, Model};
use crate::store::indexes::searched;
use crate::store::sql::{Dialect, Sql, joined};

/// Of the table, and of what is named after it.
pub(in crate::store) const PREFIX: &str = "ft";
/// Of a column: some names mean something else to FTS5. It is another letter whenever texts are laid down in another
/// way, so that an index of an older build is told apart and made anew (`x`: without the blank before them).
pub(in crate::store) const COLUMN: &str = "w";

const TRIGGERS: [&str; 3] = ["new", "changed", "gone"];

/// Names of the triggers on the model's own table.
pub(super) fn triggers(model: &'static Model) -> [String; 3] {
    TRIGGERS.map(|event| joined(PREFIX, &[model.table, event]))
}

/// Name of the table.
pub(super) fn name(model: &'static Model) -> String {
    joined(PREFIX, &[model.table])
}

/// What to run by hand before a column goes that the index holds; empty: it does not hold it.
pub(super) fn before_dropping(model: &'static Model, column: &str, there: &There) -> String {
    let holds = there.tables.get(&name(model)).is_some_and(|sql| sql.contains(&format!("\"{COLUMN}_{column}\"")));
    if !holds {
        return String::new();
    }
    let drops = triggers(model).map(|trigger| format!("DROP TRIGGER \"{trigger}\"; ")).concat();
    format!("{drops}DROP TABLE \"{}\"; ", name(model))
}

/// The steps that make the index, bring it up to the fields that are searched now, or take it away. `rebuilt`: the
/// model's own table is made anew, and its triggers went with the old one.
pub(super) fn steps(model: &'static Model, there: &There, rebuilt: bool, steps: &mut Vec<Step>) {
    let fields: Vec<&'static Field> = searched(model).collect();
    let mut push = |what: &str, sql: Sql| {
        let what = format!("{what} the search index of {}", model.table);
        steps.push(Step { what, sql: sql.into_text(Dialect::Sqlite) });
    };
    let wanted = (!fields.is_empty()).then(|| create(model, &fields));
    let found = there.tables.get(&name(model));
    let is_there = wanted.as_ref().is_some_and(|wanted| found == Some(&wanted.clone().into_text(Dialect::Sqlite)));
    if let Some(wanted) = wanted.filter(|_| !is_there) {
        if found.is_some() {
            drop_all(model, there, rebuilt, &mut push);
        }
        push("make", wanted);
        push("fill", fill(model, &fields));
        for (event, _) in TRIGGERS.iter().zip(triggers(model)) {
            push("keep", trigger(model, &fields, event));
        }
    } else if is_there {
        for (event, name) in TRIGGERS.iter().zip(triggers(model)) {
            if rebuilt || !there.attached.contains_key(&name) {
                push("keep", trigger(model, &fields, event));
            }
        }
    } else if found.is_some() {
        drop_all(model, there, rebuilt, &mut push);
    }
}

fn drop_all(model: &'static Model, there: &There, rebuilt: bool, push: &mut impl FnMut(&str, Sql)) {
    for (event, name) in TRIGGERS.iter().zip(triggers(model)) {
        if !rebuilt && there.attached.contains_key(&name) {
            let mut sql = Sql::new("DROP TRIGGER ");
            sql.name_of(PREFIX, &[model.table, event]);
            push("drop", sql);
        }
    }
    let mut sql = Sql::new("DROP TABLE ");
    sql.name_of(PREFIX, &[model.table]);
    push("drop", sql);
}

fn create(model: &'static Model, fields: &[&'static Field]) -> Sql {
    let mut sql = Sql::new("CREATE VIRTUAL TABLE ");
    sql.name_of(PREFIX, &[model.table]).push(" USING fts5(");
    push_columns(&mut sql, fields);
    // Case is folded by lower() before a text comes here, as the comparison without an index folds it: ASCII alone.
    sql.push(", content='', contentless_delete=1, tokenize='trigram case_sensitive 1')");
    sql
}

fn fill(model: &'static Model, fields: &[&'static Field]) -> Sql {
    let mut sql = insert(model, fields);
    sql.push(" SELECT \"id\"");
    for field in fields {
        sql.push(", ' ' || lower(").name(field.name).push(")");
    }
    sql.push(" FROM ").name(model.table);
    sql
}

fn insert(model: &'static Model, fields: &[&'static Field]) -> Sql {
    let mut sql = Sql::new("INSERT INTO ");
    sql.name_of(PREFIX, &[model.table]).push(" (rowid, ");
    push_columns(&mut sql, fields);
    sql.push(")");
    sql
}

fn push_columns(sql: &mut Sql, fields: &[&'static Field]) {
    for (i, field) in fields.iter().enumerate() {
        sql.push(if i == 0 { "" } else { ", " }).name_of(COLUMN, &[field.name]);
    }
}

fn trigger(model: &'static Model, fields: &[&'static Field], event: &'static str) -> Sql {
    let mut sql = Sql::new("CREATE TRIGGER ");
    sql.name_of(PREFIX, &[model.table, event]);
    match event {
        "new" => {
            sql.push(" AFTER INSERT ON ").name(model.table).push(" BEGIN INSERT INTO ");
            sql.name_of(PREFIX, &[model.table]).push(" (rowid, ");
            push_columns(&mut sql, fields);
            sql.push(") VALUES (new.\"id\"");
            for field in fields {
                sql.push(", ' ' || lower(new.").name(field.name).push(")");
            }
            sql.push(")");
        }
        "changed" => {
            sql.push(" AFTER UPDATE ON ").name(model.table).push(" WHEN ");
            for (i, field) in fields.iter().enumerate() {
                sql.push(if i == 0 { "old." } else { " OR old." }).name(field.name);
                sql.push(" IS NOT new.").name(field.name);
            }
            sql.push(" BEGIN UPDATE ").name_of(PREFIX, &[model.table]);
            for (i, field) in fields.iter().enumerate() {
                sql.push(if i == 0 { " SET " } else { ", " }).name_of(COLUMN, &[field.name]);
                sql.push(" = ' ' || lower(new.").name(field.name).push(")");
            }
            sql.push(" WHERE rowid = new.\"id\"");
        }
        _ => {
            sql.push(" AFTER DELETE ON ").name(model.table).push(" BEGIN DELETE FROM ");
            sql.name_of(PREFIX, &[model.table]).push(" WHERE rowid = old.\"id\"");
        }
    }
    sql.push("; END");
    sql
}

/// What FTS5 is asked for: this text, in these columns. It must have three characters at least, for a part has three.
pub(in crate::store) fn question(columns: &[&'static str], text: &str) -> String {
    format!("{} : {}", among(columns), quoted(&text.to_ascii_lowercase()))
}

/// The same for a long text, asked for these parts of it alone, in whatever order.
pub(in crate::store) fn rough_question(columns: &[&'static str], parts: &[String]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| quoted(part)).collect();
    format!("{} : ({})", among(columns), parts.join(" AND "))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn among(columns: &[&'static str]) -> String {
    let columns: Vec<String> = columns.iter().map(|column| quoted(&joined(COLUMN, &[column]))).collect();
    format!("{{{}}}", columns.join(" "))
}

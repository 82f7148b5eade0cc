//! Tables that the panel did not make: their keys and their columns, which may be called anything. What is said of such
//! a table elsewhere is refused where it stands.

use proc_macro2::Ident;

use super::names::{Names, plain};
use super::values::RULE;
use crate::ast;
use crate::diag::Diags;
use crate::panel::{Field, FieldId, Key, Kind, Model, ModelId, Place, Sensitivity};

/// Longest name that both databases take, bytes.
const LONGEST: usize = 63;

/// Longest text that rows are known by, characters: `bailiwick::key::LONGEST`, in bytes.
const LONGEST_KEY: u32 = 64;

/// The key of an adopted table and what it is; none: the panel makes the table itself.
pub(super) fn key(names: &Names<'_>, model: ModelId, fields: &mut [Field], diags: &mut Diags) -> Option<(String, Key)> {
    let adopted = names.models[model.0].1.adopted.as_ref()?;
    Some(match &adopted.key {
        None => ("id".to_owned(), Key::Number),
        Some(ast::Key::Number(column)) => (column.value.clone(), Key::Number),
        Some(ast::Key::Uuid(column)) => (column.value.clone(), Key::Uuid),
        Some(ast::Key::Field(name)) => match names.field(model, name, diags) {
            None => ("id".to_owned(), Key::Number),
            Some(id) => {
                let field = &mut fields[id.0];
                let column = field.column.as_ref().map_or_else(|| plain(&field.name), |(column, _)| column.clone());
                names_rows(field, name, diags);
                field.unique = true;
                (column, Key::Text(id))
            }
        },
    })
}

/// Says what a field is that can't be what rows are known by.
fn names_rows(field: &Field, name: &Ident, diags: &mut Diags) {
    let text = plain(name);
    if field.kind != Kind::String {
        let message = format!("rows are known by `{text}`, and a field that is a key is a `String`");
        diags
            .error(RULE, name, message)
            .help("write the key's column in quotes: `key \"…\"` for whole numbers, `key \"…\" Uuid`");
    } else if field.optional || field.default.is_some() || field.readonly {
        let message = format!("rows are known by `{text}`, so that whoever makes one has to type it");
        diags
            .error(RULE, name, message)
            .because("field", field.place)
            .help(format!("write `{text}: String len ..=40`"));
    } else if field.max_len.is_none_or(|most| most > LONGEST_KEY) {
        let message = format!("rows are known by `{text}`, which may be longer than {LONGEST_KEY} characters");
        diags
            .error(RULE, name, message)
            .because("field", field.place)
            .help(format!("write `{text}: String len ..={LONGEST_KEY}`"));
    } else if field.sensitivity >= Sensitivity::Personal {
        let message = format!("rows are known by `{text}`, which then stands in addresses and in logs");
        diags
            .error(RULE, name, message)
            .because("label", field.sensitivity_place)
            .help("serve this table without it, or take the label off");
    }
}

pub(super) fn check(names: &Names<'_>, models: &[Model], diags: &mut Diags) {
    for (model, (_, written)) in models.iter().zip(&names.models) {
        let adopted = model.adopted.as_ref().zip(written.adopted.as_ref());
        let mut columns: Vec<(String, Place)> = adopted.map(|(key, at)| (key.clone(), at.place)).into_iter().collect();
        for (at, field) in model.fields.iter().enumerate() {
            // Its links are kept elsewhere.
            if field.is_many() {
                continue;
            }
            let name = plain(&field.name);
            // The key stands where it is declared.
            if model.key == Key::Text(FieldId(at)) {
                continue;
            }
            let (column, place) = field.column.clone().unwrap_or_else(|| (name.clone(), Place::from(&field.name)));
            if adopted.is_none() {
                if field.column.is_some() {
                    diags
                        .error(
                            RULE,
                            place,
                            format!(
                                "`column` names a column of an adopted table, and the panel makes `{}` itself",
                                model.table
                            ),
                        )
                        .help("take it out, or write `adopted` behind the table's name");
                }
                continue;
            }
            if column.is_empty() || column.len() > LONGEST || column.contains('\0') {
                diags.error(RULE, place, format!("`{column}` is not a name that a column can have"));
            }
            if let Some((_, first)) = columns.iter().find(|(other, _)| other.eq_ignore_ascii_case(&column)) {
                let message = format!("the column `{column}` of table `{}` stands here twice", model.table);
                diags.error("duplicate_name", place, message).because("first", *first);
            }
            columns.push((column, place));
        }
    }
}

//! Tables that the panel did not make: their keys and their columns, which may be called anything. What is said of such
//! a table elsewhere is refused where it stands.

use super::names::{Names, plain};
use super::values::RULE;
use crate::ast;
use crate::diag::Diags;
use crate::panel::{Model, Place};

/// Longest name that both databases take, bytes.
const LONGEST: usize = 63;

/// The key of an adopted table; none: the panel makes the table itself.
pub(super) fn key(written: &ast::Model) -> Option<String> {
    let adopted = written.adopted.as_ref()?;
    Some(adopted.key.as_ref().map_or_else(|| "id".to_owned(), |text| text.value.clone()))
}

pub(super) fn check(names: &Names<'_>, models: &[Model], diags: &mut Diags) {
    for (model, (_, written)) in models.iter().zip(&names.models) {
        let adopted = model.adopted.as_ref().zip(written.adopted.as_ref());
        let mut columns: Vec<(String, Place)> = adopted.map(|(key, at)| (key.clone(), at.place)).into_iter().collect();
        for field in &model.fields {
            // Its links are kept elsewhere.
            if field.is_many() {
                continue;
            }
            let name = plain(&field.name);
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

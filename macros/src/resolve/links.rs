//! `tags: many Tag`: what may be said of such a field, and the table that its links are kept in. A field of this kind
//! is a set of rows and no value: it has no order, no default, and no condition reads it; whoever writes one is told
//! where.

use proc_macro2::Ident;

use super::names::{Names, plain};
use super::values::RULE;
use crate::ast::{self, Flag, ModifierKind};
use crate::diag::Diags;
use crate::panel::{Field, Key, Kind, Links, Model, ModelId, Name, Place};

/// Links of one row, unless `len` says otherwise; and the most that it may say.
const USUAL: u32 = 100;
const MOST: u32 = 500;

/// The type behind `many`, which is a model.
pub(super) fn kind(names: &Names<'_>, ty: &ast::Type, many: Place, diags: &mut Diags) -> Option<Kind> {
    let name = plain(&ty.name);
    if ty.optional {
        diags
            .error(RULE, ty.place, format!("`many {name}` may be none at all, so that `Option` says nothing more"))
            .help(format!("write `many {name}`"));
    }
    if let Some(choice) = names.find_choice(&ty.name) {
        names.mention(Name::Choice(choice), &ty.name);
        diags
            .error(RULE, many, format!("`many` leads to rows of a model, and `{name}` is a choice"))
            .help(format!("write `{name}` alone, or make it a model"));
        return None;
    }
    let model = names.model(&ty.name, diags)?;
    Some(Kind::Many(model))
}

/// An attribute of a person is one value.
pub(super) fn of_a_person(kind: Kind, written: &ast::Attribute, diags: &mut Diags) -> Kind {
    let Kind::Many(_) = kind else { return kind };
    let place = written.ty.as_ref().map_or(written.place, |ty| ty.place);
    let name = plain(&written.name);
    diags
        .error(
            RULE,
            place,
            format!("`me.{name}` would be many rows at once, and an attribute of a person is one value"),
        )
        .help("take `many` out");
    Kind::String
}

/// Whether the modifier means anything for a set of links.
pub(super) fn suits(modifier: &ModifierKind) -> bool {
    match modifier {
        ModifierKind::Flag(flag) => {
            matches!(flag, Flag::Readonly | Flag::Public | Flag::Personal | Flag::Sensitive)
        }
        ModifierKind::Len(..) | ModifierKind::Help(_) | ModifierKind::Through { .. } => true,
        ModifierKind::Default(_)
        | ModifierKind::Min(_)
        | ModifierKind::Max(_)
        | ModifierKind::Pattern(_)
        | ModifierKind::Column(_) => false,
    }
}

/// `len ..=20` bounds how many there are, from above: a form holds them all.
pub(super) fn check_count(field: &mut Field, seen: &[(String, Place)], diags: &mut Diags) {
    if !field.is_many() {
        return;
    }
    let name = plain(&field.name);
    let place = seen.iter().find(|(word, _)| word == "len").map_or(field.place, |(_, place)| *place);
    if field.min_len.is_some_and(|least| least > 0) {
        diags
            .error(RULE, place, format!("`len` says how many `{name}` there are at most, and nothing holds a least"))
            .help("write `len ..=20`")
            .note("a link goes with the row that it leads to, whoever deletes that");
        field.min_len = None;
    }
    match field.max_len {
        Some(most) if !(1..=MOST).contains(&most) => {
            diags
                .error(RULE, place, format!("{most} links of one row are asked for, and 1 to {MOST} are allowed"))
                .help(format!("write `len ..={USUAL}`, or a model of its own with a key each way"));
            field.max_len = Some(USUAL);
        }
        Some(_) => {}
        None => field.max_len = Some(USUAL),
    }
}

/// Said of `sort tags`.
pub(super) fn has_no_order(field: &Field, name: &Ident, diags: &mut Diags) -> bool {
    if field.is_many() {
        let text = plain(name);
        diags
            .error(RULE, name, format!("rows can't be sorted by `{text}`: a row may have many of them"))
            .help(format!("take `{text}` out of `sort`"));
    }
    field.is_many()
}

/// Said of a condition that reads such a field.
pub(super) fn no_value(field: &Field, name: &Ident, diags: &mut Diags) -> bool {
    if field.is_many() {
        let text = plain(name);
        diags
            .error(RULE, name, format!("a condition can't read `{text}`: a row may have many of them, or none"))
            .help("compare a field that holds one value")
            .note("what a link says of a row is seen by fewer people than the row: some may not view where it leads");
    }
    field.is_many()
}

/// A table of links that was there before.
pub(super) fn through(
    field: &Field,
    table: &ast::Text,
    ends: Option<&(ast::Text, ast::Text)>,
    diags: &mut Diags,
) -> Option<Links> {
    let Kind::Many(target) = field.kind else { return None };
    let Some((from, to)) = ends else {
        // What lacks was said where it lacks.
        return Some(Links {
            target,
            table: table.value.clone(),
            from: String::new(),
            to: String::new(),
            adopted: true,
        });
    };
    for text in [table, from, to] {
        if text.value.is_empty() || text.value.len() > 63 || text.value.contains('\0') {
            diags.error(RULE, text.place, format!("`{}` is not a name that a table or a column can have", text.value));
        }
    }
    if from.value.eq_ignore_ascii_case(&to.value) {
        diags
            .error("duplicate_name", to.place, format!("the column `{}` can't lead both ways", to.value))
            .because("first", from.place);
    }
    let (table, from, to) = (table.value.clone(), from.value.clone(), to.value.clone());
    Some(Links { target, table, from, to, adopted: true })
}

/// Names the table of each field's links, and says where that is no name or taken.
pub(super) fn tables(names: &Names<'_>, models: &mut [Model], diags: &mut Diags) {
    let ends: Vec<(String, bool)> = models.iter().map(|model| (model.table.clone(), model.adopted.is_some())).collect();
    let mut taken: Vec<(String, Place)> =
        models.iter().map(|model| (model.table.clone(), Place::from(&model.name))).collect();
    for index in 0..models.len() {
        let owner = names.model_name(ModelId(index));
        for place in 0..models[index].fields.len() {
            let field = &models[index].fields[place];
            let Kind::Many(target) = field.kind else { continue };
            let (name, at) = (plain(&field.name), field.place);
            for end in [index, target.0] {
                if models[end].key != Key::Number {
                    let message = format!("`{name}` would link rows of `{}`, which have no number", models[end].name);
                    diags
                        .error(RULE, at, message)
                        .help("leave it out")
                        .note("links are kept by the numbers of both ends");
                    break;
                }
            }
            let through = models[index].fields[place].links.take();
            if through.is_some() && !ends[index].1 {
                diags
                    .error(
                        RULE,
                        at,
                        format!("`through` names an adopted table of links, and the panel makes the table of `{owner}` itself"),
                    )
                    .help("take it out, or write `adopted` behind the table's name");
            }
            if through.is_none() && ends[index].1 {
                diags
                    .error(
                        RULE,
                        at,
                        format!(
                            "`{name}` would add a table to `{owner}`, whose own the panel did not make and never alters"
                        ),
                    )
                    .help("write `through \"table\" (\"column of this row\", \"column of the other\")`");
            }
            let links = through.unwrap_or_else(|| links(&ends[index].0, &name, target, &ends[target.0].0));
            for text in [&links.table, &links.from, &links.to] {
                if text.len() > 63 && !links.adopted {
                    diags
                        .error(
                            "reserved_name",
                            at,
                            format!("the links of `{name}` would stand under the name `{text}`, which not every database takes"),
                        )
                        .help("a shorter name for the field or its model; 63 letters in all");
                }
            }
            if let Some((_, first)) = taken.iter().find(|(other, _)| other.eq_ignore_ascii_case(&links.table)) {
                let message = format!("the links of `{name}` of `{owner}` would share the table `{}`", links.table);
                diags.error("duplicate_name", at, message).because("model", *first).help("another name for the field");
            }
            taken.push((links.table.clone(), at));
            models[index].fields[place].links = Some(links);
        }
    }
}

fn links(own: &str, field: &str, target: ModelId, other: &str) -> Links {
    let from = format!("{own}_id");
    let to = if own == other { format!("other_{other}_id") } else { format!("{other}_id") };
    Links { target, table: format!("{own}_{field}"), from, to, adopted: false }
}

//! What one verb needs of another: nobody changes, deletes, exports or acts on what they may not see, and who creates a
//! row can fill it in.

use super::policy::{Held, Policy};
use super::wording;
use crate::diag::Diags;
use crate::panel::{
    Cell, Field, FieldId, FieldSet, GrantId, Literal, ModelId, Op, Operand, OperandKind, Owner, Predicate, RoleId, Verb,
};

/// An editor who can't see a field overwrites it blind, and learns its value from what the form refuses.
pub(super) fn edit_needs_view(policy: &Policy, diags: &mut Diags) {
    needs_view(policy, diags, "edit_needs_view", &[], |verb| verb == Verb::Edit);
}

/// Deleting what one can't see is either a mistake or a way to destroy evidence.
pub(super) fn delete_needs_view(policy: &Policy, diags: &mut Diags) {
    needs_view(policy, diags, "delete_needs_view", &["edit_needs_view"], |verb| verb == Verb::Delete);
}

/// An export hands out a whole table at once; it may hold nothing that the pages hide.
pub(super) fn export_needs_view(policy: &Policy, diags: &mut Diags) {
    let before = ["edit_needs_view", "delete_needs_view"];
    needs_view(policy, diags, "export_needs_view", &before, |verb| verb == Verb::Export);
}

/// An action on rows out of sight is approval without looking.
pub(super) fn action_needs_view(policy: &Policy, diags: &mut Diags) {
    let before = ["edit_needs_view", "delete_needs_view", "export_needs_view"];
    needs_view(policy, diags, "action_needs_view", &before, |verb| matches!(verb, Verb::Act(_)));
}

fn needs_view(
    policy: &Policy,
    diags: &mut Diags,
    name_of_rule: &'static str,
    before: &[&'static str],
    is_meant: impl Fn(Verb) -> bool,
) {
    for role in policy.role_ids() {
        let mut blind: Vec<(GrantId, Verb, Vec<&Cell>)> = Vec::new();
        for cell in policy.panel().role(role).cells.iter().filter(|cell| is_meant(cell.verb)) {
            let wanted = if cell.verb.is_of_fields() {
                cell.fields.minus(policy.model(cell.model).secrets())
            } else {
                FieldSet::default()
            };
            match policy.holds(role, Verb::View, cell.model, wanted, cell.when.as_deref()) {
                Held::All => {}
                Held::Nothing => {
                    if !is_told(policy, role, cell.model, before) {
                        match blind.iter_mut().find(|(g, v, _)| *g == cell.grant && *v == cell.verb) {
                            Some((_, _, cells)) => cells.push(cell),
                            None => blind.push((cell.grant, cell.verb, vec![cell])),
                        }
                    }
                }
                held => report_part(policy, diags, name_of_rule, role, cell, held),
            }
        }
        for (_, _, cells) in blind {
            report_blind(policy, diags, name_of_rule, role, &cells);
        }
    }
}

/// One missing `view` is one mistake, however many verbs need it.
fn is_told(policy: &Policy, role: RoleId, model: ModelId, before: &[&'static str]) -> bool {
    before.iter().any(|rule| {
        let verb_of = |verb: Verb| match *rule {
            "edit_needs_view" => verb == Verb::Edit,
            "delete_needs_view" => verb == Verb::Delete,
            _ => verb == Verb::Export,
        };
        policy.role(role).cells.iter().any(|cell| cell.model == model && verb_of(cell.verb))
            && !policy.is_accepted(rule, &[Owner::Role(role), Owner::Model(model)])
    })
}

fn report_blind(policy: &Policy, diags: &mut Diags, name_of_rule: &'static str, role: RoleId, cells: &[&Cell]) {
    let [first, ..] = cells else { return };
    let name = wording::role(policy, role);
    let verb = wording::verb(policy.model(first.model), first.verb);
    let models = wording::names(cells.iter().map(|cell| wording::model(policy, cell.model)));
    let them = if cells.len() > 1 { "them" } else { "it" };
    let place = if cells.len() > 1 { first.verb_place } else { policy.place_of(role, first) };
    let diag = diags
        .error(name_of_rule, place, format!("role `{name}` may {verb} {models} but not view {them}"))
        .about(Owner::Role(role));
    let list: Vec<String> = cells.iter().map(|cell| wording::model(policy, cell.model)).collect();
    diag.help(format!("add `view {};` to `{name}`", list.join(", ")));
    for cell in cells {
        diag.about(Owner::Model(cell.model));
    }
}

fn report_part(policy: &Policy, diags: &mut Diags, name_of_rule: &'static str, role: RoleId, cell: &Cell, held: Held) {
    let name = wording::role(policy, role);
    let model = policy.model(cell.model);
    let verb = wording::verb(model, cell.verb);
    let (place, message, advice) = match held {
        Held::NotFields(set) => (
            cell.fields_place.unwrap_or_else(|| policy.place_of(role, cell)),
            format!(
                "role `{name}` may {verb} {} of `{}` but not view {}",
                wording::fields(model, set),
                model.name,
                if set.iter().count() > 1 { "them" } else { "it" },
            ),
            format!("add `view {} {{ {} }};` to `{name}`", model.name, wording::braces(model, set)),
        ),
        _ => (
            policy.place_of(role, cell),
            format!("role `{name}` may {verb} rows of `{}` that it may not view", model.name),
            format!("give `view {}` and `{verb} {}` the same condition", model.name, model.name),
        ),
    };
    let diag = diags.error(name_of_rule, place, message).help(advice);
    diag.about(Owner::Role(role)).about(Owner::Model(cell.model));
    let narrower = policy.cells(role, Verb::View, cell.model).next();
    if let Some(view) = narrower.filter(|view| view.grant != cell.grant) {
        diag.because("view", view.fields_place.unwrap_or_else(|| policy.place_of(role, view)));
    }
}

/// A form that can never be sent: the role is told that it may create, and every try fails on a field it can't reach.
pub(super) fn create_can_be_filled(policy: &Policy, diags: &mut Diags) {
    for role in policy.role_ids() {
        for id in policy.model_ids() {
            let Some(cell) = policy.cells(role, Verb::Create, id).next() else { continue };
            let model = policy.panel().model(id);
            let given = policy.fields(role, Verb::Create, id);
            let left_out: FieldSet = model
                .field_ids()
                .filter(|f| must_be_given(model.field(*f)) && (!given.contains(*f) || model.field(*f).readonly))
                .collect();
            let Some(first) = left_out.iter().next() else { continue };
            let name = wording::role(policy, role);
            let fields = wording::fields(model, left_out);
            let help = if model.field(first).readonly {
                format!("give {fields} a default, or take `readonly` out")
            } else if cell.by_star {
                format!("name the model, `create {};`: a star leaves sensitive fields out", model.name)
            } else {
                format!("add {fields} to the grant, or give it a default")
            };
            diags
                .error(
                    "create_can_be_filled",
                    cell.fields_place.unwrap_or_else(|| policy.place_of(role, cell)),
                    format!(
                        "role `{name}` may create `{}` but not fill in {fields}, which must have a value",
                        model.name
                    ),
                )
                .because("required", model.field(first).place)
                .help(help)
                .about(Owner::Role(role))
                .about(Owner::Model(id));
        }
    }
}

fn must_be_given(field: &Field) -> bool {
    !field.optional && field.default.is_none() && !field.is_automatic() && !field.is_many()
}

/// Who creates a row and never sees it again creates it a second time.
pub(super) fn created_row_is_visible(policy: &Policy, diags: &mut Diags) {
    for role in policy.role_ids() {
        for model in policy.model_ids() {
            let views: Vec<&Cell> = policy.cells(role, Verb::View, model).collect();
            let hidden = policy.cells(role, Verb::Create, model).find(|cell| may_vanish(policy, cell, &views));
            let Some(cell) = hidden else { continue };
            let (name, model_name) = (wording::role(policy, role), wording::model(policy, model));
            let (message, help) = if views.is_empty() {
                (
                    format!("role `{name}` may create `{model_name}` but not view it"),
                    format!("add `view {model_name};` to `{name}`"),
                )
            } else {
                (
                    format!("role `{name}` may create rows of `{model_name}` that it may not view afterwards"),
                    format!("give `create {model_name}` the condition of `view {model_name}`"),
                )
            };
            diags
                .warning("created_row_is_visible", policy.place_of(role, cell), message)
                .help(help)
                .about(Owner::Role(role))
                .about(Owner::Model(model));
        }
    }
}

/// Whether some row that the clause creates is reached by no view. What the form leaves out is known: the author is
/// oneself, a default is its value, everything else is empty.
fn may_vanish(policy: &Policy, cell: &Cell, views: &[&Cell]) -> bool {
    let Some(reached) = views.iter().map(|view| view.when.as_deref()).collect::<Option<Vec<&Predicate>>>() else {
        return false;
    };
    let model = policy.panel().model(cell.model);
    let known: Vec<Predicate> = model.field_ids().filter_map(|id| as_created(model.field(id), id, cell)).collect();
    let row: Vec<&Predicate> = cell.when.as_deref().into_iter().chain(&known).collect();
    policy.some_row(cell.model, &row, &reached)
}

fn as_created(field: &Field, id: FieldId, cell: &Cell) -> Option<Predicate> {
    let place = field.place;
    let operand = |kind| Operand { kind, place };
    let equal = |kind| {
        Some(Predicate::Compare { left: operand(OperandKind::Field(id)), op: Op::Eq, right: operand(kind), place })
    };
    match &field.default {
        _ if field.author => equal(OperandKind::Me),
        _ if field.is_automatic() || cell.fields.contains(id) => None,
        Some(value) if *value != Literal::Null => equal(OperandKind::Literal(value.clone())),
        _ if field.optional => {
            Some(Predicate::IsNull { operand: operand(OperandKind::Field(id)), negated: false, place })
        }
        _ => None,
    }
}

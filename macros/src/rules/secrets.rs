//! What is secret stays unread: a secret is written and compared by the framework, and shown, sorted or exported nowhere.

use super::policy::Policy;
use super::wording;
use crate::diag::Diags;
use crate::panel::{Cell, Field, FieldId, Kind, Model, ModelId, Owner, Place, Sensitivity, Verb, Widget};
use crate::predicate;

/// A secret that is listed, searched or exported is a password in a spreadsheet; one that is compared can be guessed.
pub(super) fn secret_is_never_read(policy: &Policy, diags: &mut Diags) {
    for id in policy.model_ids() {
        let model = policy.panel().model(id);
        if model.secrets().is_empty() {
            continue;
        }
        in_the_model(diags, id, model);
    }
    for parent in policy.model_ids() {
        for inline in &policy.model(parent).inlines {
            let child = policy.panel().model(inline.child);
            for field in inline.fields.iter().filter(|f| is_secret(child, **f)) {
                let shown = format!("`{}` shows `{}` of its", policy.model(parent).name, child.field(*field).name);
                let message = format!("{shown} `{}` rows, which is secret", child.name);
                report(diags, Owner::Model(parent), inline.place, child.field(*field), message);
            }
        }
    }
    in_grants(policy, diags);
    in_conditions(policy, diags);
    for widget in &policy.panel().dashboard {
        if let Widget::Chart { model: id, field, place, .. } = widget {
            let model = policy.panel().model(*id);
            if is_secret(model, *field) {
                let name = &model.field(*field).name;
                let message = format!("the dashboard counts `{}` by `{name}`, which is secret", model.name);
                report(diags, Owner::Panel, *place, model.field(*field), message);
            }
        }
    }
}

fn in_the_model(diags: &mut Diags, id: ModelId, model: &Model) {
    let mut uses: Vec<(FieldId, Place, String)> = Vec::new();
    let name = &model.name;
    uses.extend(model.list.iter().map(|(f, p)| (*f, *p, format!("the list of `{name}` shows"))));
    uses.extend(model.search.iter().map(|(f, p)| (*f, *p, format!("the search of `{name}` reads"))));
    uses.extend(model.filter.iter().map(|(f, p)| (*f, *p, format!("a filter of `{name}` reads"))));
    uses.extend(model.sort.iter().map(|sort| (sort.field, sort.place, format!("`{name}` is sorted by"))));
    let labels = model.field_ids().filter(|f| model.field(*f).is_label || model.label.contains(f));
    uses.extend(labels.map(|f| (f, model.field(f).place, format!("the label of `{name}` shows"))));
    for (field, place, verb) in uses {
        if is_secret(model, field) {
            let field = model.field(field);
            report(diags, Owner::Model(id), place, field, format!("{verb} `{}`, which is secret", field.name));
        }
    }
}

fn in_grants(policy: &Policy, diags: &mut Diags) {
    for role in policy.role_ids() {
        for cell in &policy.panel().role(role).cells {
            let named = cell.fields_place.filter(|_| matches!(cell.verb, Verb::View | Verb::Export));
            let Some(place) = named else { continue };
            let model = policy.panel().model(cell.model);
            for field in model.field_ids().filter(|f| cell.fields.contains(*f) && is_secret(model, *f)) {
                let verb = wording::verb(model, cell.verb);
                let message = format!(
                    "role `{}` may {verb} `{}` of `{}`, which is secret",
                    wording::role(policy, role),
                    model.field(field).name,
                    model.name
                );
                if !is_repeated(policy, role, cell, field) {
                    report(diags, Owner::Role(role), place, model.field(field), message);
                }
            }
        }
    }
}

/// `view, export Card { pin }` is one mistake: it is told of the first verb.
fn is_repeated(policy: &Policy, role: crate::panel::RoleId, cell: &Cell, field: FieldId) -> bool {
    let before = policy.panel().role(role).cells.iter().take_while(|other| !std::ptr::eq(*other, cell));
    before
        .filter(|other| matches!(other.verb, Verb::View | Verb::Export))
        .any(|other| other.grant == cell.grant && other.model == cell.model && other.fields.contains(field))
}

fn in_conditions(policy: &Policy, diags: &mut Diags) {
    for condition in policy.conditions() {
        let model = policy.panel().model(condition.model);
        predicate::reads(condition.predicate, &mut |field, place| {
            if is_secret(model, field) {
                let name = &model.field(field).name;
                let message = format!("a condition on `{}` reads `{name}`, which is secret", model.name);
                report(diags, condition.owner, place, model.field(field), message);
            }
        });
    }
}

fn is_secret(model: &Model, field: FieldId) -> bool {
    model.fields.get(field.0).is_some_and(|f| f.sensitivity == Sensitivity::Secret || f.kind == Kind::Secret)
}

fn report(diags: &mut Diags, owner: Owner, place: Place, field: &Field, message: String) {
    let because = if field.kind == Kind::Secret { field.kind_place } else { field.sensitivity_place };
    diags
        .error("secret_is_never_read", place, message)
        .because("secret", because)
        .help(format!("take `{}` out here", field.name))
        .about(owner);
}

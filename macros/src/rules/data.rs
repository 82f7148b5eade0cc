//! What happens to data beyond the one row: actions say what they touch, and deletes stay within what may be deleted.

use super::policy::Policy;
use super::{grants, wording};
use crate::diag::Diags;
use crate::panel::{Cell, FieldId, Kind, ModelId, OnDelete, Owner, Place, RoleId, Verb};

/// An action that says nothing of its effects is a hole in the matrix: nobody can tell what the right to it allows.
pub(super) fn action_declares_effects(policy: &Policy, diags: &mut Diags) {
    for id in policy.model_ids() {
        let model = policy.panel().model(id);
        for action in model.actions.iter().filter(|action| !action.declares_effects) {
            let name = &action.name;
            diags
                .error(
                    "action_declares_effects",
                    action.place,
                    format!("action `{name}` of `{}` does not say what it does", model.name),
                )
                .help(format!("write `action {name} writes FIELD;`, `action {name} mails;` or `action {name} pure;`"))
                .about(Owner::Model(id));
        }
    }
}

/// Deleting one row takes rows along that the role may not delete: the forbidden deletion by a detour.
pub(super) fn cascade_stays_within_rights(policy: &Policy, diags: &mut Diags) {
    let cascades = cascades(policy);
    for role in policy.role_ids() {
        let mut told: Vec<ModelId> = Vec::new();
        for start in policy.model_ids() {
            let allowed =
                policy.cells(role, Verb::Delete, start).find(|cell| !grants::is_forbidden(policy, role, cell));
            let Some(cell) = allowed else { continue };
            for &(parent, child, field) in cascades.iter().filter(|(parent, ..)| *parent == start) {
                if child == parent || told.contains(&child) {
                    continue;
                }
                let deletes: Vec<&Cell> = policy.cells(role, Verb::Delete, child).collect();
                // Which children belong to the deleted row no condition on the child can say: all or none.
                if policy.rows_within(child, None, &deletes) {
                    continue;
                }
                told.push(child);
                report_cascade(policy, diags, role, cell, (parent, child, field), !deletes.is_empty());
            }
        }
    }
}

/// Parent, child, and the child's key.
fn cascades(policy: &Policy) -> Vec<(ModelId, ModelId, FieldId)> {
    let mut all = Vec::new();
    for child in policy.model_ids() {
        let model = policy.model(child);
        for field in model.field_ids() {
            if let Kind::Model(parent, OnDelete::Cascade) = model.field(field).kind {
                all.push((parent, child, field));
            }
        }
    }
    all
}

fn report_cascade(
    policy: &Policy,
    diags: &mut Diags,
    role: RoleId,
    cell: &Cell,
    (parent, child, field): (ModelId, ModelId, FieldId),
    some_rows: bool,
) {
    let name = wording::role(policy, role);
    let (parent_name, child_name) = (wording::model(policy, parent), wording::model(policy, child));
    let key = policy.model(child).field(field);
    let place = policy.place_of(role, cell);
    let which = if some_rows { "not all of which it may delete" } else { "which it may not delete" };
    let steps: Vec<(Place, String)> = vec![
        (place, format!("`{name}` may delete `{parent_name}`")),
        (key.place, format!("`{child_name}` goes along by `{}`", key.name)),
    ];
    diags
        .error(
            "cascade_stays_within_rights",
            place,
            format!("when role `{name}` deletes `{parent_name}` it deletes `{child_name}`, {which}"),
        )
        .steps(steps)
        .help(format!("grant `delete {child_name}` to `{name}`, or write `restrict` in place of `cascade`"))
        .about(Owner::Role(role))
        .about(Owner::Model(child))
        .about(Owner::Model(parent));
}

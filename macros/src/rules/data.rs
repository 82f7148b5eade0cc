//! What happens to data beyond the one row: actions say what they touch, deletes stay within what may be deleted and
//! edited, and nothing that is stored is without a bound.

use super::policy::Policy;
use super::{grants, wording};
use crate::diag::Diags;
use crate::panel::{Cell, Field, FieldId, Kind, ModelId, OnDelete, Owner, Place, RoleId, Verb};

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
    let cascades = references(policy, OnDelete::Cascade);
    if cascades.is_empty() {
        return;
    }
    for role in policy.role_ids() {
        let mut told: Vec<ModelId> = Vec::new();
        for start in policy.model_ids() {
            let allowed =
                policy.cells(role, Verb::Delete, start).find(|cell| !grants::is_forbidden(policy, role, cell));
            let Some(cell) = allowed else { continue };
            for &(parent, child, field) in cascades.iter().filter(|(parent, ..)| *parent == start) {
                if told.contains(&child) {
                    continue;
                }
                let deletes: Vec<&Cell> = policy.cells(role, Verb::Delete, child).collect();
                // Which children belong to the deleted row no condition on the child can say: all or none. In a tree of
                // one model too: under a row that may go there are some that may not.
                if policy.rows_within(child, None, &deletes) {
                    continue;
                }
                told.push(child);
                report_cascade(policy, diags, role, cell, (parent, child, field), !deletes.is_empty());
            }
        }
    }
}

/// Parent, child, and the child's key, where that is what happens when the parent goes.
fn references(policy: &Policy, then: OnDelete) -> Vec<(ModelId, ModelId, FieldId)> {
    let keys = policy.references().iter().filter(|key| key.then == then);
    keys.map(|key| (key.parent, key.child, key.field)).collect()
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

/// Deleting one row empties a field of others that the role may not edit: the forbidden edit by a detour.
pub(super) fn set_null_is_an_edit(policy: &Policy, diags: &mut Diags) {
    let emptied = references(policy, OnDelete::SetNull);
    if emptied.is_empty() {
        return;
    }
    for role in policy.role_ids() {
        let mut told: Vec<(ModelId, FieldId)> = Vec::new();
        for start in policy.model_ids() {
            let allowed =
                policy.cells(role, Verb::Delete, start).find(|cell| !grants::is_forbidden(policy, role, cell));
            let Some(cell) = allowed else { continue };
            for &(parent, child, field) in emptied.iter().filter(|(parent, ..)| *parent == start) {
                // What is readonly nobody may edit: there the model itself says who empties it.
                if policy.model(child).field(field).readonly || told.contains(&(child, field)) {
                    continue;
                }
                let edits: Vec<&Cell> =
                    policy.cells(role, Verb::Edit, child).filter(|cell| cell.fields.contains(field)).collect();
                // Which rows point at the deleted one no condition on them can say: all or none.
                if policy.rows_within(child, None, &edits) {
                    continue;
                }
                told.push((child, field));
                report_set_null(policy, diags, role, cell, (parent, child, field), !edits.is_empty());
            }
        }
    }
}

fn report_set_null(
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
    let which = if some_rows { "which it may edit in some rows only" } else { "which it may not edit" };
    let steps: Vec<(Place, String)> = vec![
        (place, format!("`{name}` may delete `{parent_name}`")),
        (key.place, format!("`{}` of `{child_name}` is emptied", key.name)),
    ];
    diags
        .error(
            "set_null_is_an_edit",
            place,
            format!("when role `{name}` deletes `{parent_name}` it empties `{}` of `{child_name}`, {which}", key.name),
        )
        .steps(steps)
        .help(format!(
            "grant `edit {child_name} {{ {} }}` to `{name}`, or write `restrict` in place of `set_null`",
            key.name
        ))
        .about(Owner::Role(role))
        .about(Owner::Model(child))
        .about(Owner::Model(parent));
}

/// A file without a largest size is a disk that one form fills.
pub(super) fn everything_is_bounded(policy: &Policy, diags: &mut Diags) {
    for id in policy.model_ids() {
        let model = policy.panel().model(id);
        for field in model.fields.iter().filter(|field| field.kind == Kind::Bytes && field.max_len.is_none()) {
            let name = &field.name;
            diags
                .error(
                    "everything_is_bounded",
                    field.place,
                    format!("`{name}` of `{}` takes a file of any size", model.name),
                )
                .help(format!("write how many bytes it may hold: `{name}: {} len ..=65_536;`", bytes_as_written(field)))
                .about(Owner::Model(id));
        }
    }
}

fn bytes_as_written(field: &Field) -> &'static str {
    if field.optional { "Option<Bytes>" } else { "Bytes" }
}

//! What happens to data beyond the one row: actions say what they touch, deletes stay within what may be deleted and
//! edited, and nothing that is stored is without a bound.

use super::policy::Policy;
use super::{grants, wording};
use crate::diag::Diags;
use crate::panel::{
    ActionId, By, Cell, Field, FieldId, Kind, LONGEST_LINE, Limit, Model, ModelId, OnDelete, Owner, Place, RoleId,
    ThrottleName, Verb,
};

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
                if told.contains(&(child, field)) {
                    continue;
                }
                // What is readonly nobody edits: there an action that writes it is what counts.
                let edits: Vec<&Cell> = if policy.model(child).field(field).readonly {
                    writers(policy, role, child, field)
                } else {
                    policy.cells(role, Verb::Edit, child).filter(|cell| cell.fields.contains(field)).collect()
                };
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

/// Actions that write the field.
fn writers<'a>(policy: &Policy<'a>, role: RoleId, model: ModelId, field: FieldId) -> Vec<&'a Cell> {
    let actions = policy.panel().model(model).actions.iter().enumerate();
    let writing = actions.filter(|(_, action)| action.writes.iter().any(|(written, _)| *written == field));
    writing.flat_map(|(action, _)| policy.cells(role, Verb::Act(ActionId(action)), model)).collect()
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
    let many = key.is_many();
    let place = policy.place_of(role, cell);
    let which = if some_rows { "which it may edit in some rows only" } else { "which it may not edit" };
    let steps: Vec<(Place, String)> = vec![
        (place, format!("`{name}` may delete `{parent_name}`")),
        (
            key.place,
            format!("`{}` of `{child_name}` {}", key.name, if many { "loses its links" } else { "is emptied" }),
        ),
    ];
    let does = if many { "takes it out of" } else { "empties" };
    diags
        .error(
            "set_null_is_an_edit",
            place,
            format!("when role `{name}` deletes `{parent_name}` it {does} `{}` of `{child_name}`, {which}", key.name),
        )
        .steps(steps)
        .help(match (many, key.readonly) {
            (true, true) => format!("grant `{name}` an action that writes `{}` of `{child_name}`", key.name),
            (true, false) => format!("grant `edit {child_name} {{ {} }}` to `{name}`", key.name),
            (false, true) => {
                format!(
                    "write `restrict` in place of `set_null`, or grant `{name}` an action that writes `{}`",
                    key.name
                )
            }
            (false, false) => format!(
                "grant `edit {child_name} {{ {} }}` to `{name}`, or write `restrict` in place of `set_null`",
                key.name
            ),
        })
        .about(Owner::Role(role))
        .about(Owner::Model(child))
        .about(Owner::Model(parent));
}

/// A file without a largest size is a disk that one form fills; exports without a limit are the whole database by
/// evening; a text without a length is the one that no index takes, and then nobody can save it.
pub(super) fn everything_is_bounded(policy: &Policy, diags: &mut Diags) {
    const LARGEST: u32 = 8 * 1_024 * 1_024;
    for id in policy.model_ids() {
        let model = policy.panel().model(id);
        for field in model.fields.iter().filter(|field| field.kind == Kind::Bytes) {
            let name = &field.name;
            let message = match field.max_len {
                None => format!("`{name}` of `{}` takes a file of any size", model.name),
                Some(most) if most > LARGEST => {
                    format!("`{name}` of `{}` takes {most} bytes, and more than {LARGEST} are too many", model.name)
                }
                Some(_) => continue,
            };
            diags
                .error("everything_is_bounded", field.place, message)
                .help(format!("write how many bytes it may hold: `{name}: {} len ..=65_536;`", bytes_as_written(field)))
                .about(Owner::Model(id));
        }
    }
    indexed_texts_are_short(policy, diags);
    exports_are_bounded(policy, diags);
}

fn indexed_texts_are_short(policy: &Policy, diags: &mut Diags) {
    for id in policy.model_ids() {
        let model = policy.panel().model(id);
        // The panel makes no index over an adopted table.
        if model.adopted.is_some() {
            continue;
        }
        for (at, field) in model.fields.iter().enumerate() {
            let text = matches!(field.kind, Kind::String | Kind::Text | Kind::Url);
            let Some((why, clause)) = indexed(model, FieldId(at)).filter(|_| text) else { continue };
            let name = &field.name;
            let how_long = match field.max_len {
                Some(most) if most <= LONGEST_LINE => continue,
                Some(most) => format!("of up to {most} characters"),
                None => "of any length".to_owned(),
            };
            let message = format!(
                "`{name}` of `{}` {why}, and an index takes no text {how_long}: {LONGEST_LINE} is the most",
                model.name
            );
            let error = diags.error("everything_is_bounded", field.place, message);
            let error = match clause {
                Some((word, place)) => error.because(word, place),
                None => error,
            };
            error
                .help(format!("write how long it may be: `{name}: {};`", text_as_written(field)))
                .about(Owner::Model(id));
        }
    }
}

/// Why the schema has an index over the field, and the clause that asks for it where that is another one.
fn indexed(model: &Model, field: FieldId) -> Option<(&'static str, Option<(&'static str, Place)>)> {
    let written = &model.fields[field.0];
    // Of a long text a part is looked for, for which there is no such index.
    let filtered = model.filter.iter().find(|(other, _)| *other == field && written.kind != Kind::Text);
    let sorted = model.sort.iter().find(|sort| sort.field == field);
    match (written.unique, written.index, filtered, sorted) {
        (true, ..) => Some(("is unique", None)),
        (_, true, ..) => Some(("is indexed", None)),
        (_, _, Some((_, place)), _) => Some(("is filtered by", Some(("filter", *place)))),
        (.., Some(sort)) => Some(("is sorted by", Some(("sort", sort.place)))),
        _ => None,
    }
}

fn text_as_written(field: &Field) -> String {
    let plain = match field.kind {
        Kind::Text => "Text",
        Kind::Url => "Url",
        _ => "String",
    };
    let is = if field.optional { format!("Option<{plain}>") } else { plain.to_owned() };
    let least =
        field.min_len.filter(|least| *least <= LONGEST_LINE).map_or_else(String::new, |least| least.to_string());
    format!("{is} len {least}..={LONGEST_LINE}")
}

fn exports_are_bounded(policy: &Policy, diags: &mut Diags) {
    let Some(throttle) = policy.panel().throttles.iter().find(|throttle| throttle.name == ThrottleName::Export) else {
        return;
    };
    let of_one = |limit: &Limit| matches!(limit.by, By::Actor | By::Account | By::Session);
    if throttle.limits.iter().any(of_one) {
        return;
    }
    let export = policy.role_ids().find_map(|role| {
        let cell = policy.panel().role(role).cells.iter().find(|cell| cell.verb == Verb::Export)?;
        Some((role, cell))
    });
    let Some((role, cell)) = export else { return };
    let name = wording::role(policy, role);
    let model = wording::model(policy, cell.model);
    diags
        .error(
            "everything_is_bounded",
            throttle.place,
            format!("role `{name}` may export `{model}`, and nothing limits how often one person does"),
        )
        .because("export", policy.place_of(role, cell))
        .help("add `10 per 1h by actor` to `throttle export`")
        .about(Owner::Panel);
}

fn bytes_as_written(field: &Field) -> &'static str {
    if field.optional { "Option<Bytes>" } else { "Bytes" }
}

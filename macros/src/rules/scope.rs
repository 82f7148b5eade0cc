//! What a condition on rows holds back: nobody may write their way over it. That a write stays within the rows of the
//! grant it is made by is the run time's to refuse; here it is about the other grants of the same role.

use super::policy::Policy;
use super::wording;
use crate::diag::Diags;
use crate::panel::{Cell, FieldId, OperandKind, Owner, Place, Predicate, RoleId, Verb};
use crate::predicate;

/// A right over some rows, and the right to make any row one of them: the condition holds nobody back.
pub(super) fn scope_is_fixed(policy: &Policy, diags: &mut Diags) {
    for role in policy.role_ids() {
        let mut told: Vec<(usize, FieldId)> = Vec::new();
        for goal in &policy.panel().role(role).cells {
            // What is edited is viewed already: `edit_needs_view` holds that.
            let over_rows = !matches!(goal.verb, Verb::View | Verb::Create | Verb::Import);
            let Some(when) = goal.when.as_deref().filter(|_| over_rows) else { continue };
            let mut reads: Vec<(FieldId, Place)> = Vec::new();
            predicate::reads(when, &mut |field, place| reads.push((field, place)));
            for (field, place) in reads {
                if policy.model(goal.model).field(field).transfers || told.contains(&(goal.grant.0, field)) {
                    continue;
                }
                let edits = policy.cells(role, Verb::Edit, goal.model).filter(|cell| cell.fields.contains(field));
                if let Some(edit) = edits.into_iter().find(|edit| brings_rows_in(policy, role, edit, goal, when, field))
                {
                    told.push((goal.grant.0, field));
                    report(policy, diags, role, edit, goal, (field, place));
                }
            }
        }
    }
}

/// Whether a row that the edit reaches and the goal does not can be made one that the goal reaches, by this field alone.
fn brings_rows_in(policy: &Policy, role: RoleId, edit: &Cell, goal: &Cell, when: &Predicate, field: FieldId) -> bool {
    let alike = policy
        .cells(role, goal.verb, goal.model)
        .filter(|cell| !goal.verb.is_of_fields() || goal.fields.is_subset_of(cell.fields));
    let Some(reached) = alike.map(|cell| cell.when.as_deref()).collect::<Option<Vec<&Predicate>>>() else {
        return false;
    };
    let others = without(when, field);
    let before: Vec<&Predicate> = edit.when.as_deref().into_iter().chain([&others]).collect();
    let after: Vec<&Predicate> = edit.when.as_deref().into_iter().chain([when]).collect();
    policy.some_row(goal.model, &before, &reached) && policy.some_row(goal.model, &after, &[])
}

/// The condition with everything that reads the field left open.
fn without(condition: &Predicate, field: FieldId) -> Predicate {
    let all = |parts: &[Predicate]| parts.iter().map(|part| without(part, field)).collect();
    match condition {
        Predicate::And(parts) => Predicate::And(all(parts)),
        Predicate::Or(parts) => Predicate::Or(all(parts)),
        Predicate::Not(inner) => Predicate::Not(Box::new(without(inner, field))),
        Predicate::Compare { left, right, .. } if [left, right].iter().any(|o| o.kind == OperandKind::Field(field)) => {
            Predicate::Broken
        }
        Predicate::IsNull { operand, .. } | Predicate::In { operand, .. }
            if operand.kind == OperandKind::Field(field) =>
        {
            Predicate::Broken
        }
        other => other.clone(),
    }
}

fn report(policy: &Policy, diags: &mut Diags, role: RoleId, edit: &Cell, goal: &Cell, (field, at): (FieldId, Place)) {
    let model = policy.model(goal.model);
    let name = wording::role(policy, role);
    let (key, verb) = (&model.field(field).name, wording::verb(model, goal.verb));
    diags
        .error(
            "scope_is_fixed",
            edit.fields_place.unwrap_or_else(|| policy.place_of(role, edit)),
            format!("role `{name}` may edit `{key}`, which decides over which `{}` it may {verb}", model.name),
        )
        .because("when", at)
        .help(format!("leave `{key}` out of what it may edit, or write `transfers` behind the field if that is meant"))
        .about(Owner::Role(role))
        .about(Owner::Model(goal.model));
}

//! What a condition on rows holds back: nobody may write their way over it. That a write stays within the rows of the
//! grant it is made by is the run time's to refuse; here it is about the other grants of the same role.

use super::policy::{Held, Policy};
use super::wording;
use crate::diag::Diags;
use crate::panel::{
    ActionId, AttributeId, Cell, FieldId, FieldSet, Kind, ModelId, OperandKind, Owner, Place, Predicate, RoleId, Verb,
};
use crate::predicate;

/// A right over some rows, and the right to make any row one of them: the condition holds nobody back. The other way
/// round the row is gone for whoever edited it, and nobody else looks for it.
pub(super) fn scope_is_fixed(policy: &Policy, diags: &mut Diags) {
    for role in policy.role_ids() {
        let mut told: Vec<(usize, FieldId)> = Vec::new();
        for goal in &policy.panel().role(role).cells {
            // What is edited is viewed already: `edit_needs_view` holds that.
            let over_rows = !matches!(goal.verb, Verb::View | Verb::Create | Verb::Import);
            let Some(when) = goal.when.as_deref().filter(|_| over_rows) else { continue };
            let mut reads: Vec<(FieldId, Place)> = Vec::new();
            predicate::reads(when, &mut |field, place| {
                if !policy.model(goal.model).field(field).transfers {
                    reads.push((field, place));
                }
            });
            let written = |verb| policy.fields(role, verb, goal.model);
            let forms = written(Verb::Edit).union(written(Verb::Import));
            let is_reached = reads.iter().any(|(field, _)| forms.contains(*field));
            if !is_reached && policy.model(goal.model).actions.is_empty() {
                continue;
            }
            for way in ways(policy, role, goal.model) {
                let written = |(field, _): &&(FieldId, Place)| way.writes.contains(*field);
                let mut opened =
                    reads.iter().filter(written).filter(|(field, _)| !told.contains(&(goal.grant.0, *field)));
                let brings = |fields: FieldSet| brings_rows_in(policy, role, &way, goal, when, fields);
                let alone = opened.clone().find(|(field, _)| brings([*field].into_iter().collect()));
                // Where no field does it alone, several at once may.
                let all: FieldSet = reads.iter().filter(written).map(|(field, _)| *field).collect();
                let out =
                    |field: FieldId| std::ptr::eq(way.cell, goal) && lets_rows_out(policy, role, goal, when, field);
                let lost = opened.clone().find(|(field, _)| out(*field));
                let found = alone.or_else(|| opened.next().filter(|_| brings(all))).or(lost);
                if let Some(&(field, place)) = found {
                    told.push((goal.grant.0, field));
                    report(policy, diags, role, &way, goal, (field, place));
                }
            }
        }
        attributes_are_fixed(policy, diags, role);
    }
}

/// Whether a row that the edit reaches can be made one that no edit of the role reaches, by this field alone.
fn lets_rows_out(policy: &Policy, role: RoleId, edit: &Cell, when: &Predicate, field: FieldId) -> bool {
    let others = policy.cells(role, edit.verb, edit.model);
    let Some(reached) = others.map(|cell| cell.when.as_deref()).collect::<Option<Vec<&Predicate>>>() else {
        return false;
    };
    // A grant that never applies is told as such.
    policy.can_hold(edit.model, when)
        && policy.some_row(edit.model, &[&without(when, &|read| *read == OperandKind::Field(field))], &reached)
}

/// Whoever hands out accounts hands out what `me` says of them: a second account with another attribute has other rows.
fn attributes_are_fixed(policy: &Policy, diags: &mut Diags, role: RoleId) {
    let mut told: Vec<(RoleId, AttributeId)> = Vec::new();
    for edge in policy.paths.from(role) {
        for goal in &policy.panel().role(edge.to).cells {
            let Some(when) = goal.when.as_deref() else { continue };
            let mut reads: Vec<(AttributeId, Place)> = Vec::new();
            predicate::each_operand(when, &mut |operand, place| {
                if let OperandKind::MeAttribute(attribute) = operand {
                    reads.push((*attribute, place));
                }
            });
            let Some(&(attribute, place)) = reads.iter().find(|(read, _)| !told.contains(&(edge.to, *read))) else {
                continue;
            };
            let any = without(when, &|operand| *operand == OperandKind::MeAttribute(attribute));
            let fields = if goal.verb.is_of_fields() { goal.fields } else { FieldSet::default() };
            if policy.holds(role, goal.verb, goal.model, fields, Some(&any)) != Held::NotRows {
                // What is not held at all is `giver_holds_what_it_gives`'s to tell.
                continue;
            }
            told.push((edge.to, attribute));
            let model = policy.model(goal.model);
            let (name, other) = (wording::role(policy, role), wording::role(policy, edge.to));
            let (does, verb) = (wording::people_verb(edge.cell.verb), wording::verb(model, goal.verb));
            let read = &policy.actor[attribute.0].name;
            diags
                .error(
                    "scope_is_fixed",
                    edge.cell.place,
                    format!(
                        "role `{name}` may {does} `{other}` with any `me.{read}`, which decides over which `{}` one may {verb}",
                        model.name
                    ),
                )
                .because("when", place)
                .help(format!(
                    "grant `{name}` the `{verb} {}` without that condition, or leave `{other}` to a role that has it",
                    model.name
                ))
                .note(format!("a second account with another `me.{read}` sees other rows than one's own"))
                .about(Owner::Role(role))
                .about(Owner::Role(edge.to));
        }
    }
}

/// How a role writes rows that are there, and which fields.
struct Way<'a> {
    cell: &'a Cell,
    writes: FieldSet,
}

/// Edits, imports, and of what an action writes the fields that say whose a row is: that an action moves a row on in
/// its work is what it is for, that the row becomes one's own is not.
fn ways<'a>(policy: &Policy<'a>, role: RoleId, model: ModelId) -> Vec<Way<'a>> {
    let mut all: Vec<Way> = [Verb::Edit, Verb::Import]
        .into_iter()
        .flat_map(|verb| policy.cells(role, verb, model))
        .map(|cell| Way { cell, writes: cell.fields })
        .collect();
    for (index, action) in policy.panel().model(model).actions.iter().enumerate() {
        let people = action.writes.iter().map(|(field, _)| *field);
        let writes: FieldSet = people.filter(|f| policy.model(model).field(*f).kind == Kind::Actor).collect();
        all.extend(policy.cells(role, Verb::Act(ActionId(index)), model).map(|cell| Way { cell, writes }));
    }
    all
}

/// Whether a row that the way reaches and the goal does not can be made one that the goal reaches, by these fields
/// alone.
fn brings_rows_in(policy: &Policy, role: RoleId, way: &Way, goal: &Cell, when: &Predicate, fields: FieldSet) -> bool {
    let alike = policy
        .cells(role, goal.verb, goal.model)
        .filter(|cell| !goal.verb.is_of_fields() || goal.fields.is_subset_of(cell.fields));
    let Some(reached) = alike.map(|cell| cell.when.as_deref()).collect::<Option<Vec<&Predicate>>>() else {
        return false;
    };
    let others = without(when, &|read| matches!(read, OperandKind::Field(field) if fields.contains(*field)));
    let of_way = way.cell.when.as_deref();
    let before: Vec<&Predicate> = of_way.into_iter().chain([&others]).collect();
    // An edit that would carry the row out of all rows that may be edited is refused; an action may.
    let kept: Vec<Option<&Predicate>> = if way.cell.verb.is_of_fields() {
        policy.cells(role, way.cell.verb, goal.model).map(|cell| cell.when.as_deref()).collect()
    } else {
        vec![None]
    };
    let after = |kept: Option<&Predicate>| {
        let after: Vec<&Predicate> = kept.into_iter().chain([when]).collect();
        policy.some_row(goal.model, &after, &[])
    };
    policy.some_row(goal.model, &before, &reached) && kept.into_iter().any(after)
}

/// The condition with everything that reads such an operand left open.
fn without(condition: &Predicate, reads: &impl Fn(&OperandKind) -> bool) -> Predicate {
    let all = |parts: &[Predicate]| parts.iter().map(|part| without(part, reads)).collect();
    match condition {
        Predicate::And(parts) => Predicate::And(all(parts)),
        Predicate::Or(parts) => Predicate::Or(all(parts)),
        Predicate::Not(inner) => Predicate::Not(Box::new(without(inner, reads))),
        Predicate::Compare { left, right, .. } if reads(&left.kind) || reads(&right.kind) => Predicate::Broken,
        Predicate::IsNull { operand, .. } if reads(&operand.kind) => Predicate::Broken,
        Predicate::In { operand, set, .. } if reads(&operand.kind) || set.iter().any(|one| reads(&one.kind)) => {
            Predicate::Broken
        }
        other => other.clone(),
    }
}

fn report(policy: &Policy, diags: &mut Diags, role: RoleId, way: &Way, goal: &Cell, (field, at): (FieldId, Place)) {
    let model = policy.panel().model(goal.model);
    let name = wording::role(policy, role);
    let (key, verb) = (&model.field(field).name, wording::verb(model, goal.verb));
    let by = wording::verb(model, way.cell.verb);
    let place = way.cell.fields_place.unwrap_or_else(|| policy.place_of(role, way.cell));
    let decides = format!("which decides over which `{}` it may {verb}", model.name);
    let meant = "write `transfers` behind the field if that is meant";
    let diag = if let Verb::Act(action) = way.cell.verb {
        let writes = model.actions[action.0].writes.iter().filter(|(written, _)| *written == field);
        let mut steps: Vec<(Place, String)> = vec![(place, format!("`{name}` may {by} `{}`", model.name))];
        steps.extend(writes.map(|(_, place)| (*place, format!("`{by}` writes `{key}`"))));
        steps.push((at, format!("`{name}` may {verb} `{}` by its `{key}`", model.name)));
        let message = format!("role `{name}` may {by} `{}` and so write `{key}`, {decides}", model.name);
        diags.error("scope_is_fixed", place, message).steps(steps).help(meant)
    } else {
        diags
            .error("scope_is_fixed", place, format!("role `{name}` may {by} `{key}`, {decides}"))
            .help(format!("leave `{key}` out of what it may {by}, or {meant}"))
    };
    diag.because("when", at).about(Owner::Role(role)).about(Owner::Model(goal.model));
}

//! Two people for one thing: what `forbid one_person` keeps apart stays apart, and what is guarded has no second door
//! beside the guard. Whether both steps happened to one row is for the run time to see.

use super::paths::{How, Path};
use super::policy::Policy;
use super::wording;
use crate::diag::Diags;
use crate::panel::{
    ActionId, Cell, ModelId, OnePerson, Op, Operand, OperandKind, Owner, PeopleVerb, Place, Predicate, ReauthWhat,
    RoleId, Verb,
};

type Step = (Verb, ModelId, Place);

/// Whoever may do both steps checks their own work, as themselves or through a second account.
pub(super) fn one_person(policy: &Policy, diags: &mut Diags) {
    for apart in &policy.panel().one_person {
        for role in policy.role_ids() {
            let pairs =
                || apart.steps.iter().enumerate().flat_map(|(i, a)| apart.steps[i + 1..].iter().map(move |b| (a, b)));
            let both = pairs().find(|(a, b)| holds_both(policy, role, a, b));
            if let Some((a, b)) = both {
                report_both(policy, diags, role, apart, a, b);
                continue;
            }
            let turned = pairs().flat_map(|(a, b)| [(a, b), (b, a)]);
            let mut reached: Option<Vec<Path>> = None;
            for (own, other) in turned {
                let Some(held) = first_cell(policy, role, own) else { continue };
                let reached = reached.get_or_insert_with(|| second_accounts(policy, role));
                let second = reached.iter().find_map(|path| Some((path, first_cell(policy, path.0, other)?)));
                if let Some((path, cell)) = second {
                    report_second_account(policy, diags, role, apart, (own, held), (other, cell), path);
                    break;
                }
            }
        }
    }
}

/// The accounts that a holder of the role can come to act as, beside their own. That the first role may give itself is
/// what `two_people_exist` asks of it.
fn second_accounts<'a>(policy: &Policy<'a>, role: RoleId) -> Vec<Path<'a>> {
    let mut reached = policy.paths.reached(role);
    reached.retain(|(to, path)| !(*to == role && role.0 == 0 && path.len() == 1 && path[0].how == How::Gives));
    reached
}

fn first_cell<'a>(policy: &Policy<'a>, role: RoleId, step: &Step) -> Option<&'a Cell> {
    policy.cells(role, step.0, step.1).next()
}

fn holds_both(policy: &Policy, role: RoleId, a: &Step, b: &Step) -> bool {
    let holds = |step: &Step| first_cell(policy, role, step).is_some();
    holds(a) && holds(b) && !own_rows_are_left_out(policy, role, a, b)
}

/// One step creates the row, and the other is never held over rows of one's own.
fn own_rows_are_left_out(policy: &Policy, role: RoleId, a: &Step, b: &Step) -> bool {
    let (created, other) = match (a.0, b.0) {
        (Verb::Create, _) => (a, b),
        (_, Verb::Create) => (b, a),
        _ => return false,
    };
    let Some(author) = author(policy, other.1).filter(|_| created.1 == other.1) else { return false };
    policy
        .cells(role, other.0, other.1)
        .all(|cell| cell.when.as_deref().is_some_and(|when| !policy.some_row(other.1, &[when, &author], &[])))
}

/// `author == me`, where the model has such a field.
fn author(policy: &Policy, model: ModelId) -> Option<Predicate> {
    let of = policy.panel().model(model);
    let field = of.field_ids().find(|f| of.field(*f).author)?;
    let place = of.field(field).place;
    let side = |kind| Operand { kind, place };
    Some(Predicate::Compare { left: side(OperandKind::Field(field)), op: Op::Eq, right: side(OperandKind::Me), place })
}

fn report_both(policy: &Policy, diags: &mut Diags, role: RoleId, apart: &OnePerson, a: &Step, b: &Step) {
    let Some(cell) = first_cell(policy, role, b) else { return };
    let name = wording::role(policy, role);
    let (first, second) = (said(policy, a), said(policy, b));
    let diag = diags
        .error(
            "one_person",
            policy.place_of(role, cell),
            format!("role `{name}` may {first} and {second}, and no one person may do both"),
        )
        .because("forbid", apart.place)
        .about(Owner::Role(role))
        .about(Owner::Model(b.1));
    let of = policy.panel().model(b.1);
    let author = of.fields.iter().find(|f| f.author).filter(|_| a.0 == Verb::Create && a.1 == b.1);
    match author {
        Some(author) => diag.help(format!(
            "write `{} {} when {} != me;`, or take one of the two from `{name}`",
            wording::verb(of, b.0),
            of.name,
            author.name
        )),
        None => diag.help(format!("take one of the two from `{name}`")),
    };
}

fn said(policy: &Policy, step: &Step) -> String {
    let model = policy.model(step.1);
    format!("{} `{}`", wording::verb(model, step.0), model.name)
}

fn report_second_account(
    policy: &Policy,
    diags: &mut Diags,
    role: RoleId,
    apart: &OnePerson,
    (own, held): (&Step, &Cell),
    (other, cell): (&Step, &Cell),
    (target, path): &Path,
) {
    let Some(last) = path.last() else { return };
    let name = wording::role(policy, role);
    let (first, second) = (said(policy, own), said(policy, other));
    let mut steps: Vec<(Place, String)> = vec![(policy.place_of(role, held), format!("`{name}` may {first}"))];
    steps.extend(path.iter().map(|edge| edge.step(policy.panel())));
    let end = wording::role(policy, *target);
    steps.push((policy.place_of(*target, cell), format!("`{end}` may {second}")));
    let verb = wording::people_verb(last.cell.verb);
    diags
        .error(
            "one_person",
            last.cell.place,
            format!("a holder of `{name}` can {first}, and {second} through a second account"),
        )
        .because("forbid", apart.place)
        .steps(steps)
        .help(format!("take `{verb} {end}` from `{}`, or one of the two rights", wording::role(policy, last.from)))
        .about(Owner::Role(role))
        .about(Owner::Role(*target))
        .about(Owner::Model(other.1));
}

/// Where only one person can ever hold the right, nobody is left to be the second.
pub(super) fn two_people_exist(policy: &Policy, diags: &mut Diags) {
    let Some(first) = policy.role_ids().next() else { return };
    let another = policy.role_ids().any(|r| policy.can_be_held(r) && policy.has_people(r, PeopleVerb::Assign, first));
    if another {
        return;
    }
    for apart in &policy.panel().one_person {
        let only_first = apart.steps.iter().all(|step| {
            let mut who =
                policy.role_ids().filter(|r| policy.can_be_held(*r) && first_cell(policy, *r, step).is_some());
            who.next() == Some(first) && who.next().is_none()
        });
        if !only_first {
            continue;
        }
        let name = wording::role(policy, first);
        diags
            .error(
                "two_people_exist",
                &policy.panel().role(first).name,
                format!("one person alone can ever hold `{name}`, and it takes two of them to do both steps"),
            )
            .because("forbid", apart.place)
            .help(format!("add `assign {name};` to `{name}`, or grant one of the steps to another role"))
            .about(Owner::Role(first));
    }
}

/// A second person is asked for whom nobody can be: the first step is done, and what follows waits for good.
pub(super) fn guard_can_be_met(policy: &Policy, diags: &mut Diags) {
    for apart in &policy.panel().one_person {
        let nobody = |step: &&Step| {
            !policy.role_ids().any(|role| policy.can_be_held(role) && first_cell(policy, role, step).is_some())
        };
        let Some(step) = apart.steps.iter().find(nobody) else { continue };
        let step_said = said(policy, step);
        let first = policy.role_ids().next().map(|first| wording::role(policy, first)).unwrap_or_default();
        let grant = step_said.replace('`', "");
        diags
            .error("guard_can_be_met", step.2, format!("no role that somebody can hold may {step_said}"))
            .help(format!("grant `{grant}` to a role, such as `{first}`, or take the step out"))
            .note("the second of two people can be nobody")
            .about(Owner::Panel);
    }
}

/// What an action does behind a guard an edit does without it: then the guard guards nothing.
pub(super) fn guard_is_not_lost(policy: &Policy, diags: &mut Diags) {
    let mut told: Vec<(ModelId, ActionId)> = Vec::new();
    for (model, action, guard) in guarded(policy) {
        if !told.contains(&(model, action)) && report_lost(policy, diags, model, action, guard) {
            told.push((model, action));
        }
    }
}

/// The word of a guard's clause, and where that stands.
type Guard = (&'static str, Place);

fn guarded(policy: &Policy) -> Vec<(ModelId, ActionId, Guard)> {
    let mut all = Vec::new();
    for reauth in &policy.panel().reauth {
        if let ReauthWhat::Actions(actions) = &reauth.what {
            all.extend(actions.iter().map(|(model, action)| (*model, *action, ("reauth", reauth.place))));
        }
    }
    for apart in &policy.panel().one_person {
        all.extend(apart.steps.iter().filter_map(|(verb, model, _)| match verb {
            Verb::Act(action) => Some((*model, *action, ("forbid", apart.place))),
            _ => None,
        }));
    }
    all
}

fn report_lost(policy: &Policy, diags: &mut Diags, id: ModelId, action: ActionId, (word, place): Guard) -> bool {
    let model = policy.panel().model(id);
    let Some(guarded) = model.actions.get(action.0) else { return false };
    for verb in [Verb::Edit, Verb::Create, Verb::Import] {
        let asks_too = policy.reauth.iter().any(|reauth| reauth.what == ReauthWhat::Verb(verb));
        if word == "reauth" && asks_too {
            continue;
        }
        for (field, _) in &guarded.writes {
            let ways: Vec<(RoleId, &Cell)> = policy
                .role_ids()
                .filter_map(|role| {
                    Some((role, policy.cells(role, verb, id).find(|cell| cell.fields.contains(*field))?))
                })
                .collect();
            let Some((role, cell)) = ways.first() else { continue };
            let names = wording::names(ways.iter().map(|(role, _)| wording::role(policy, *role)));
            let key = &model.field(*field).name;
            let how =
                if word == "reauth" { "only after a fresh proof of identity" } else { "only with a second person" };
            diags
                .error(
                    "guard_is_not_lost",
                    cell.fields_place.unwrap_or_else(|| policy.place_of(*role, cell)),
                    format!(
                        "{names} may {} `{key}` of `{}`, which `{}` writes {how}",
                        wording::verb(model, verb),
                        model.name,
                        guarded.name
                    ),
                )
                .because(word, place)
                .help(format!("write `readonly` behind `{key}`: then only actions write it"))
                .about(Owner::Model(id));
            return true;
        }
    }
    false
}

//! Grants one by one: does each add something, can it apply, and does it stay clear of what is forbidden.

use super::policy::{Policy, Stands};
use super::wording;
use crate::diag::Diags;
use crate::panel::{Cell, FieldSet, Forbid, Grant, GrantId, OperandKind, Owner, Place, Predicate, RoleId, Verb};
use crate::predicate;

/// A clause that changes nothing is read as if it did: whoever takes it out believes that a right is gone.
pub(super) fn grant_adds_something(policy: &Policy, diags: &mut Diags) {
    for id in policy.role_ids() {
        let role = policy.role(id);
        let mut idle: Vec<GrantId> = Vec::new();
        for (i, grant) in role.grants.iter().enumerate().rev() {
            let own = GrantId(i);
            if let Some(other) = covered_by(policy, id, own, &idle)
                && !never_applies(policy, id, own)
            {
                idle.push(own);
                report_idle(policy, diags, id, grant, other);
            }
        }
    }
}

/// Another clause that already says it, if all of this one is said elsewhere. A star that stands for nothing yet is
/// left alone: `reset *` of the only role is there for the next one.
fn covered_by(policy: &Policy, id: RoleId, own: GrantId, idle: &[GrantId]) -> Option<GrantId> {
    let role = policy.role(id);
    let reveals = role.grants[own.0].reveal.is_some();
    let may_speak = |other: GrantId, lendable: bool, by_lendable: bool, star: bool, by_star: bool| {
        other != own
            && !idle.contains(&other)
            && (lendable || !by_lendable)
            // A star also stands for what is declared tomorrow.
            && (!star || by_star)
            && (!reveals || role.grants[other.0].reveal.is_some())
    };
    let mut by = None;
    for cell in policy.cells_of(id, own) {
        let others: Vec<&Cell> = policy
            .cells(id, cell.verb, cell.model)
            .filter(|other| may_speak(other.grant, cell.lendable, other.lendable, cell.by_star, other.by_star))
            .collect();
        if !is_within(policy, cell, &others) {
            return None;
        }
        by = by.or(others.first().map(|other| other.grant));
    }
    for cell in role.framework.iter().filter(|cell| cell.grant == own) {
        let other = role.framework.iter().find(|other| {
            may_speak(other.grant, false, false, false, false)
                && (other.verb, other.subject) == (cell.verb, cell.subject)
        })?;
        by = by.or(Some(other.grant));
    }
    for cell in role.people.iter().filter(|cell| cell.grant == own) {
        let other = role.people.iter().find(|other| {
            may_speak(other.grant, cell.lendable, other.lendable, cell.by_star, other.by_star)
                && (other.verb, other.target) == (cell.verb, cell.target)
        })?;
        by = by.or(Some(other.grant));
    }
    by
}

fn is_within(policy: &Policy, cell: &Cell, others: &[&Cell]) -> bool {
    let when = cell.when.as_deref();
    if !cell.verb.is_of_fields() || cell.fields.is_empty() {
        return policy.rows_within(cell.model, when, others);
    }
    let mut rest = cell.fields;
    while let Some(field) = rest.iter().next() {
        let with: Vec<&Cell> = others.iter().copied().filter(|other| other.fields.contains(field)).collect();
        if !policy.rows_within(cell.model, when, &with) {
            return false;
        }
        let same = with.iter().fold(rest, |same, other| same.minus(same.minus(other.fields)));
        rest = rest.minus(same);
    }
    true
}

fn report_idle(policy: &Policy, diags: &mut Diags, id: RoleId, grant: &Grant, other: GrantId) {
    let name = wording::role(policy, id);
    let clause = grant.text.trim_end_matches(';');
    let other = policy.grant(id, other);
    let word: String = other.text.chars().take_while(char::is_ascii_alphabetic).collect();
    diags
        .error("grant_adds_something", grant.place, format!("`{clause}` adds nothing to what `{name}` may do already"))
        .because(&word, other.place)
        .help("take the clause out")
        .about(Owner::Role(id));
}

/// All of the clause's conditions are never true: `grant_can_apply` tells that.
fn never_applies(policy: &Policy, id: RoleId, grant: GrantId) -> bool {
    let mut conditions = policy
        .role(id)
        .cells
        .iter()
        .filter(|cell| cell.grant == grant)
        .filter_map(|cell| cell.when.as_deref().map(|when| policy.can_hold(cell.model, when)));
    conditions.next().is_some_and(|first| !first && conditions.all(|can| !can))
}

/// A grant whose condition is never true looks like a right and is none; the next edit of it opens more than was meant.
pub(super) fn grant_can_apply(policy: &Policy, diags: &mut Diags) {
    for condition in policy.conditions() {
        let Stands::Grant(role, grant) = condition.stands else { continue };
        if policy.can_hold(condition.model, condition.predicate) {
            continue;
        }
        let clause = policy.grant(role, grant).text.trim_end_matches(';');
        let clause = clause.split(" when ").next().unwrap_or(clause);
        let name = wording::role(policy, role);
        let model = wording::model(policy, condition.model);
        let place = predicate::place_of(condition.predicate).unwrap_or(condition.place);
        let diag = diags
            .error(
                "grant_can_apply",
                place,
                format!("`{clause}` of `{name}` never applies: no row of `{model}` fulfils its condition"),
            )
            .help("write the condition that was meant, or take the clause out")
            .about(condition.owner)
            .about(Owner::Model(condition.model));
        if asks_who_lacks_it(condition.predicate) {
            diag.note("who lacks an attribute of `me` matches nothing: it is never null where a condition holds");
        }
    }
}

/// Whether an attribute of `me` is compared with null in it.
fn asks_who_lacks_it(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::IsNull { operand, negated: false, .. } => matches!(operand.kind, OperandKind::MeAttribute(_)),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().any(asks_who_lacks_it),
        Predicate::Not(part) => asks_who_lacks_it(part),
        _ => false,
    }
}

/// A `forbid` is what a reviewer relies on; a grant that reaches across it makes the review worthless.
pub(super) fn forbid_holds(policy: &Policy, diags: &mut Diags) {
    for forbid in &policy.panel().forbids {
        for &role in &forbid.roles {
            let mut told: Vec<(GrantId, Verb)> = Vec::new();
            for cell in &policy.panel().role(role).cells {
                if told.iter().any(|(grant, verb)| *grant == cell.grant && (cell.by_star || *verb == cell.verb)) {
                    continue;
                }
                let Some(reach) = reached(policy, forbid, cell) else { continue };
                told.push((cell.grant, cell.verb));
                report_forbidden(policy, diags, role, forbid, cell, &reach);
            }
        }
    }
}

/// Whether `forbid_holds` speaks of this cell: what else could be said of it is an echo.
pub(super) fn is_forbidden(policy: &Policy, role: RoleId, cell: &Cell) -> bool {
    let forbids = policy.panel().forbids.iter().filter(|forbid| forbid.roles.contains(&role));
    forbids.into_iter().any(|forbid| reached(policy, forbid, cell).is_some())
}

/// How a cell reaches across a forbid.
enum Reach {
    WholeRows,
    /// Only these fields are forbidden.
    Fields(FieldSet),
}

/// What of the forbid the cell reaches, if anything.
fn reached(policy: &Policy, forbid: &Forbid, cell: &Cell) -> Option<Reach> {
    let named = match cell.verb {
        Verb::Act(action) => {
            forbid.actions.contains(&(cell.model, action))
                || (forbid.verbs.contains(&cell.verb) && forbid.models.contains(&cell.model))
        }
        verb => forbid.verbs.contains(&verb) && forbid.models.contains(&cell.model),
    };
    let fields = forbid.fields.filter(|_| cell.verb.is_of_fields()).map(|set| set.minus(set.minus(cell.fields)));
    if !named || fields.is_some_and(FieldSet::is_empty) {
        return None;
    }
    let both: Vec<&Predicate> = [&cell.when, &forbid.when].into_iter().filter_map(|when| when.as_deref()).collect();
    policy.some_row(cell.model, &both, &[]).then(|| fields.map_or(Reach::WholeRows, Reach::Fields))
}

fn report_forbidden(policy: &Policy, diags: &mut Diags, role: RoleId, forbid: &Forbid, cell: &Cell, reach: &Reach) {
    let siblings: Vec<&Cell> = policy
        .panel()
        .role(role)
        .cells
        .iter()
        .filter(|c| {
            c.grant == cell.grant && (cell.by_star || c.verb == cell.verb) && reached(policy, forbid, c).is_some()
        })
        .collect();
    let verbs = wording::any_of(siblings.iter().map(|c| wording::verb(policy.model(c.model), c.verb)));
    let models = wording::names(siblings.iter().map(|c| wording::model(policy, c.model)));
    let what = match reach {
        Reach::Fields(set) => format!("{verbs} {} of {models}", wording::fields(policy.model(cell.model), *set)),
        Reach::WholeRows => format!("{verbs} {models}"),
    };
    let name = wording::role(policy, role);
    let how = match (cell.lendable, cell.by_star) {
        (true, _) => "could be lent the right to",
        (false, true) => "may, by a star,",
        (false, false) => "may",
    };
    let place: Place = match siblings.as_slice() {
        [_] => policy.place_of(role, cell),
        _ if cell.by_star => cell.verb_place.to(cell.model_place),
        _ => cell.verb_place,
    };
    let diag = diags.error("forbid_holds", place, format!("role `{name}` {how} {what}, which is forbidden"));
    diag.because("forbid", forbid.place).about(Owner::Role(role)).about(Owner::Model(cell.model));
    let help = if cell.by_star {
        "name the models in place of the star".to_owned()
    } else if forbid.when.is_some() {
        format!("leave those rows out by a condition of the grant, or take it from `{name}`")
    } else {
        format!("take that from `{name}`, or out of the forbid if it is meant")
    };
    diag.help(help);
}

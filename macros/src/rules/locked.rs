//! The policy beside the policy that somebody accepted: what is wider is an error, what is narrower passes. Without a
//! `policy.lock` there is nothing to say.

mod doors;

use super::policy::Policy;
use super::wording;
use crate::diag::Diags;
use crate::panel::{Cell, FieldSet, GrantId, Lock, ModelId, Owner, Place, Reauth, ReauthWhat, Role, RoleId, Verb};

const RULE: &str = "policy_is_locked";
const REVIEW: &str = "take it back, or have it reviewed and accept it: `BAILIWICK_ACCEPT=1 cargo run -- policy accept`";
/// Wider cells that one clause lists by name.
const LISTED: usize = 6;

/// A cell that `policy.lock` does not cover, a guard that it has and the block lacks.
pub(super) fn policy_is_locked(policy: &Policy, diags: &mut Diags) {
    let Some(lock) = &policy.panel().lock else { return };
    let name = Place::from(&policy.name);
    if let Some(fault) = &lock.fault {
        let message = format!("`policy.lock` does not read: {fault}");
        diags.error(RULE, name, message).help("write it anew: `BAILIWICK_ACCEPT=1 cargo run -- policy accept`");
        return;
    }
    let panel = wording::plain(&policy.name);
    if lock.name != panel {
        let message = format!("`policy.lock` is about panel `{}`, and this is `{panel}`", lock.name);
        diags.error(RULE, name, message).help(REVIEW);
        return;
    }
    for role in policy.role_ids() {
        let locked = lock.roles.iter().find(|locked| locked.name == policy.role(role).name);
        grants(policy, role, locked, diags);
        factor(policy, role, locked, diags);
        kept(policy, role, locked, diags);
    }
    doors::doors(policy, lock, name, diags);
    guards(policy, lock, name, diags);
    actions(policy, lock, diags);
}

/// What is wider, clause by clause: one message a clause, the other cells listed below it.
fn grants(policy: &Policy, id: RoleId, locked: Option<&Role>, diags: &mut Diags) {
    let role = &policy.panel().roles[id.0];
    let mut wider: Vec<(GrantId, Place, String)> = Vec::new();
    for cell in &role.cells {
        if let Some(how) = beyond(policy, role, cell, locked) {
            wider.push((cell.grant, policy.place_of(id, cell), how));
        }
    }
    for cell in &role.framework {
        let known =
            locked.is_some_and(|l| l.framework.iter().any(|c| (c.verb, c.subject) == (cell.verb, cell.subject)));
        if !known {
            let verb = if cell.verb == Verb::Export { "export" } else { "view" };
            wider.push((cell.grant, cell.place, format!("may {verb} `{}`", wording::framework(cell.subject))));
        }
    }
    for cell in &role.people {
        let target = &policy.role(cell.target).name;
        let known = locked.zip(policy.panel().lock.as_ref()).is_some_and(|(role, lock)| {
            let same = |c: &&crate::panel::PeopleCell| {
                c.verb == cell.verb && lock.roles[c.target.0].name == *target && (cell.lendable || !c.lendable)
            };
            role.people.iter().any(|c| same(&c))
        });
        if !known {
            let may = if cell.lendable { "may be lent" } else { "may" };
            wider.push((cell.grant, cell.place, format!("{may} {} `{target}`", wording::people_verb(cell.verb))));
        }
    }
    let name = wording::role(policy, id);
    while let Some((grant, place, how)) = wider.first().cloned() {
        let (of_clause, rest): (Vec<_>, Vec<_>) = wider.into_iter().partition(|(other, ..)| *other == grant);
        wider = rest;
        let diag = diags.error(RULE, place, format!("role `{name}` {how}, beyond `policy.lock`"));
        diag.help(REVIEW).about(Owner::Role(id));
        let mut others: Vec<&str> = of_clause.iter().skip(1).map(|(.., how)| how.as_str()).collect();
        others.dedup();
        if !others.is_empty() {
            let more = others.len().saturating_sub(LISTED);
            others.truncate(LISTED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            diag.note(format!("by the same clause it {}{more}", others.join(", ")));
        }
    }
}

/// In words, how a cell goes beyond what the lock says; `None` where it does not.
fn beyond(policy: &Policy, role: &Role, cell: &Cell, locked: Option<&Role>) -> Option<String> {
    let model = policy.model(cell.model);
    let alike = |lent_too: bool| -> Vec<&Cell> {
        let cells = locked.iter().flat_map(|role| &role.cells);
        cells
            .filter(|c| c.verb == cell.verb && c.model == cell.model && (lent_too || cell.lendable || !c.lendable))
            .collect()
    };
    let held = alike(false);
    let may = if cell.lendable { "may be lent" } else { "may" };
    let right = format!("{may} {} `{}`", wording::verb(model, cell.verb), model.name);
    if held.is_empty() {
        let lent = !alike(true).is_empty();
        return Some(if lent { format!("{right}, which was only lent") } else { right });
    }
    if !cell.verb.is_of_fields() {
        return (!policy.rows_within(cell.model, cell.when.as_deref(), &held)).then(|| format!("{right} in more rows"));
    }
    let (mut new, mut more_rows) = (FieldSet::default(), FieldSet::default());
    let mut rest = cell.fields;
    while let Some(field) = rest.iter().next() {
        let with: Vec<&Cell> = held.iter().copied().filter(|c| c.fields.contains(field)).collect();
        // Every field that the same clauses name has the same answer.
        let mut same = with.iter().fold(rest, |same, c| same.minus(same.minus(c.fields)));
        for other in held.iter().filter(|c| !c.fields.contains(field)) {
            same = same.minus(other.fields);
        }
        if with.is_empty() {
            same = std::iter::once(field).collect();
            new = new.union(same);
        } else if !policy.rows_within(cell.model, cell.when.as_deref(), &with) {
            more_rows = more_rows.union(same);
        }
        rest = rest.minus(same);
    }
    if !new.is_empty() {
        return Some(format!("{right} in {}", wording::fields(model, new)));
    }
    if !more_rows.is_empty() {
        return Some(format!("{right} in more rows"));
    }
    let in_the_lock = |c: &&&Cell| locked.is_some_and(|role| reveals(role, c));
    let revealed = held.iter().filter(in_the_lock).fold(FieldSet::default(), |all, c| all.union(c.fields));
    let bare = if reveals(role, cell) { cell.fields.minus(revealed) } else { FieldSet::default() };
    (!bare.is_empty()).then(|| format!("{right} with a `reveal` of {}", wording::fields(model, bare)))
}

/// Personal data may leave by it.
fn reveals(role: &Role, cell: &Cell) -> bool {
    role.grants.get(cell.grant.0).is_some_and(|grant| grant.reveal.is_some())
}

fn factor(policy: &Policy, id: RoleId, locked: Option<&Role>, diags: &mut Diags) {
    let role = policy.role(id);
    if role.factor_required.is_none() && locked.is_some_and(|locked| locked.factor_required.is_some()) {
        let message = format!("role `{}` needs no second factor, and by `policy.lock` it does", role.name);
        diags.error(RULE, role.place, message).help(REVIEW).about(Owner::Role(id));
    }
}

/// How many hold a role, always.
fn kept(policy: &Policy, id: RoleId, locked: Option<&Role>, diags: &mut Diags) {
    let role = policy.role(id);
    let Some((then, _)) = locked.and_then(|locked| locked.keep) else { return };
    let now = role.keep.map_or(0, |(count, _)| count);
    if now < then {
        let place = role.keep.map_or(role.place, |(_, place)| place);
        let message = format!("`keep` of role `{}` is {now}, and {then} by `policy.lock`", role.name);
        diags.error(RULE, place, message).help(REVIEW).about(Owner::Role(id));
    }
}

/// What asked for a fresh proof or for a second person, and asks no more.
fn guards(policy: &Policy, lock: &Lock, name: Place, diags: &mut Diags) {
    let asked = |what: &ReauthWhat| match what {
        ReauthWhat::Actions(actions) => actions.iter().all(|action| {
            policy.reauth.iter().any(|r| matches!(&r.what, ReauthWhat::Actions(others) if others.contains(action)))
        }),
        other => policy.reauth.iter().any(|r| r.what == *other),
    };
    for Reauth { what, .. } in lock.reauth.iter().filter(|reauth| !asked(&reauth.what)) {
        let word = match what {
            ReauthWhat::Verb(Verb::Act(_)) => String::new(),
            ReauthWhat::Verb(verb) => wording::verb_alone(*verb).to_owned(),
            ReauthWhat::People(verb) => wording::people_verb(*verb).to_owned(),
            ReauthWhat::Actions(actions) => actions
                .first()
                .map(|(model, action)| wording::verb(policy.model(*model), Verb::Act(*action)))
                .unwrap_or_default(),
        };
        let place = policy.reauth.first().map_or(name, |reauth| reauth.place);
        let message = format!("`{word}` asks for no fresh proof, and by `policy.lock` it does");
        diags.error(RULE, place, message).help(format!("write `reauth {word};`, or accept it after a review"));
    }
    let kept: Vec<Vec<(String, String)>> =
        policy.one_person.iter().map(|clause| steps(policy, &clause.steps)).collect();
    for steps in lock.one_person.iter().filter(|steps| !kept.iter().any(|k| steps.iter().all(|s| k.contains(s)))) {
        let clause = steps.iter().map(|(verb, model)| format!("{verb} {model}")).collect::<Vec<_>>().join(", ");
        let message = format!("one person may do both of `{clause}`, and by `policy.lock` they may not");
        diags
            .error(RULE, name, message)
            .help(format!("write `forbid one_person {clause};`, or accept it after a review"));
    }
}

fn steps(policy: &Policy, steps: &[(Verb, ModelId, Place)]) -> Vec<(String, String)> {
    let words = |(verb, model, _): &(Verb, ModelId, Place)| {
        (wording::verb(policy.model(*model), *verb), wording::model(policy, *model))
    };
    steps.iter().map(words).collect()
}

/// Whoever may take an action may do what it does: an action that does more is a wider right.
fn actions(policy: &Policy, lock: &Lock, diags: &mut Diags) {
    for id in policy.model_ids() {
        let model = policy.model(id);
        for action in &model.actions {
            let (of, word) = (wording::plain(&model.name), wording::plain(&action.name));
            let Some(locked) = lock.actions.iter().find(|l| l.model == of && l.action == word) else { continue };
            let more = action
                .writes
                .iter()
                .find(|(field, _)| !locked.writes.contains(&wording::plain(&model.field(*field).name)));
            let (place, does) = match more {
                Some((field, place)) => (*place, format!("writes `{}`", model.field(*field).name)),
                None if action.mails && !locked.mails => (action.place, "sends mail".to_owned()),
                None => continue,
            };
            let message = format!("action `{word}` of `{of}` {does}, beyond `policy.lock`");
            diags.error(RULE, place, message).help(REVIEW).about(Owner::Model(id));
        }
    }
}

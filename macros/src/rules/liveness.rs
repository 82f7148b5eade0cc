//! Nobody is locked out: the panel can always be run by somebody.

use super::policy::Policy;
use super::wording;
use crate::diag::Diags;
use crate::panel::{Framework, Owner, PeopleVerb, RoleId, Verb};

/// A panel in which nobody may unlock an account is one lost password away from its last day.
pub(super) fn somebody_can(policy: &Policy, diags: &mut Diags) {
    let anybody = |may: &dyn Fn(&crate::panel::Role) -> bool| {
        policy.role_ids().any(|role| policy.can_be_held(role) && may(policy.role(role)))
    };
    let over_people = |verb: PeopleVerb| anybody(&|role| role.people.iter().any(|cell| cell.verb == verb));
    // Nobody stands below the only role: there the way back is the command line.
    let one_alone = policy.roles.len() == 1;
    let missing: Vec<&str> = [PeopleVerb::Assign, PeopleVerb::Reset, PeopleVerb::Unlock, PeopleVerb::Revoke]
        .into_iter()
        .filter(|verb| *verb == PeopleVerb::Assign || !one_alone)
        .filter(|verb| !over_people(*verb))
        .map(wording::people_verb)
        .collect();
    let sees_audit =
        anybody(&|role| role.framework.iter().any(|cell| cell.subject == Framework::Audit && cell.verb == Verb::View));
    let mut add: Vec<String> = missing.iter().map(|verb| format!("{verb} *;")).collect();
    if one_alone && let Some(role) = policy.roles.first() {
        add = missing.iter().map(|verb| format!("{verb} {};", role.name)).collect();
    }
    let people = format!("{} anybody", wording::any_of(&missing));
    let say = match (missing.is_empty(), sees_audit) {
        (true, true) => return,
        (true, false) => "view the audit log".to_owned(),
        (false, true) => people,
        (false, false) => format!("{people}, or view the audit log"),
    };
    if !sees_audit {
        add.push("view Audit;".to_owned());
    }
    let (place, owner) = match policy.roles.first() {
        Some(first) => (&first.name, Owner::Role(crate::panel::RoleId(0))),
        None => (&policy.panel().name, Owner::Panel),
    };
    let diag = diags.error("somebody_can", place, format!("no role that somebody can hold may {say}")).about(owner);
    match policy.roles.first() {
        Some(first) => diag.help(format!("add `{}` to `{}`", add.join(" "), first.name)),
        None => diag.help("declare a role for whoever runs the panel"),
    };
}

/// Who forgets a password and has no way back is locked out for good, and takes along whatever only they could do.
pub(super) fn every_role_is_recoverable(policy: &Policy, diags: &mut Diags) {
    let recovery = &policy.panel().recovery;
    // Without the clause the command line stays: it is the way back that nothing on the web can close.
    let Some(place) = recovery.place.filter(|_| recovery.break_glass.is_none()) else { return };
    // Links that lead nowhere are told first.
    if policy.public_url.is_none() {
        return;
    }
    // A mailed link renews the password and never lifts the factor; codes stand for the factor.
    let alone = |role: RoleId| {
        let factor = policy.role(role).factor_required.is_some();
        recovery.by_email.is_some() && (!factor || recovery.codes.is_some())
    };
    let mut back: Vec<bool> = policy.role_ids().map(alone).collect();
    while recovery.by_administrator.is_some() {
        let helped = |role: &RoleId| {
            policy.role_ids().any(|by| {
                by != *role && back[by.0] && policy.can_be_held(by) && policy.has_people(by, PeopleVerb::Reset, *role)
            })
        };
        let Some(next) = policy.role_ids().filter(|role| !back[role.0]).find(helped) else { break };
        back[next.0] = true;
    }
    let lost: Vec<RoleId> = policy.role_ids().filter(|r| !back[r.0] && policy.can_be_held(*r)).collect();
    if lost.is_empty() {
        return;
    }
    let names = wording::names(lost.iter().map(|role| wording::role(policy, *role)));
    let what = if recovery.by_email.is_some() { "second factor" } else { "password" };
    diags
        .error(
            "every_role_is_recoverable",
            place,
            format!("there is no way back into {names} for whoever loses the {what}"),
        )
        .help("add `break_glass cli;` to it")
        .about(Owner::Panel);
}

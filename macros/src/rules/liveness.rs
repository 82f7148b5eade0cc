//! Nobody is locked out: the panel can always be run by somebody.

use super::policy::Policy;
use super::wording;
use crate::diag::Diags;
use crate::panel::{Framework, Owner, PeopleVerb, Verb};

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

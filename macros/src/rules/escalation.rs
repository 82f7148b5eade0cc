//! Who could climb: by giving roles, by starting resets, and over several steps of both.

use super::paths::{Edge, How};
use super::policy::{Lack, Policy};
use super::wording;
use crate::diag::Diags;
use crate::panel::{Owner, PeopleCell, PeopleVerb, RoleId};

/// Whoever may give a role can give it to an account of their own; a right that only the given role has is then theirs.
pub(super) fn giver_holds_what_it_gives(policy: &Policy, diags: &mut Diags) {
    if policy.ranks.go_in_a_circle() {
        return;
    }
    for giver in policy.role_ids() {
        let mut told: Vec<RoleId> = Vec::new();
        for cell in assigns(policy, giver) {
            let given = cell.target;
            if given == giver || told.contains(&given) {
                continue;
            }
            told.push(given);
            let owners = [Owner::Role(giver), Owner::Role(given)];
            // The same lack is told where the two are ranked, or where the giver stands too low to give at all.
            let told_by_rank =
                policy.ranks.is_compared(given, giver) && !policy.is_accepted("rank_is_monotone", &owners);
            let told_by_path = policy.climbs(giver, given) && !policy.is_accepted("no_upward_path", &owners);
            if told_by_rank || told_by_path {
                continue;
            }
            let lacks = policy.lacks(giver, given);
            if !lacks.is_empty() {
                report_giver(policy, diags, giver, cell, &lacks);
            }
        }
    }
}

fn report_giver(policy: &Policy, diags: &mut Diags, giver: RoleId, cell: &PeopleCell, lacks: &[Lack]) {
    let (name, other) = (wording::role(policy, giver), wording::role(policy, cell.target));
    let all: Vec<&Lack> = lacks.iter().collect();
    let what = wording::lacks(policy, cell.target, &all);
    let diag = diags
        .error(
            "giver_holds_what_it_gives",
            cell.place,
            format!("`{name}` may assign `{other}` but may not itself {what}"),
        )
        .help(format!("grant `{name}` what `{other}` may, or let a role assign it that holds it"))
        .note(format!("a holder of `{name}` can give `{other}` to a second account of their own"))
        .about(Owner::Role(giver))
        .about(Owner::Role(cell.target));
    match all.first() {
        Some(Lack::Cell(missing, _)) => {
            diag.because("grant", policy.place_of(cell.target, missing));
        }
        Some(Lack::Framework(missing)) => {
            diag.because("grant", missing.place);
        }
        Some(Lack::People(missing)) => {
            diag.because("grant", missing.place);
        }
        None => {}
    }
}

fn assigns<'p>(policy: &'p Policy, role: RoleId) -> impl Iterator<Item = &'p PeopleCell> {
    policy.role(role).people.iter().filter(|cell| cell.verb == PeopleVerb::Assign)
}

/// A chain of harmless-looking rights that ends in a role above one's own: reset a colleague, act as them, be promoted.
///
/// Ranks are an order, so a path that ends too high has one edge that leads up: the edge is the mistake, the path is
/// told. Up by a reset is `recovery_respects_rank`'s.
pub(super) fn no_upward_path(policy: &Policy, diags: &mut Diags) {
    if policy.ranks.go_in_a_circle() {
        return;
    }
    for giver in policy.role_ids() {
        let mut told: Vec<RoleId> = Vec::new();
        for edge in policy.paths.from(giver).iter().filter(|edge| edge.how == How::Gives) {
            if !policy.climbs(giver, edge.to) || told.contains(&edge.to) {
                continue;
            }
            told.push(edge.to);
            report_path(policy, diags, edge);
        }
    }
}

/// One giver that stands too low is one mistake. It is told from the lowest role that profits, over the shortest way.
fn report_path(policy: &Policy, diags: &mut Diags, last: &Edge) {
    let (giver, target) = (last.from, last.to);
    let mut best: Option<(RoleId, Vec<Edge>)> = None;
    for start in policy.role_ids().filter(|start| policy.climbs(*start, target)) {
        let Some(way) = policy.paths.shortest(start, giver) else { continue };
        let better = match &best {
            None => true,
            Some((known, shortest)) => {
                policy.ranks.is_below(start, *known)
                    || (!policy.ranks.is_below(*known, start) && way.len() < shortest.len())
            }
        };
        if better {
            best = Some((start, way));
        }
    }
    let (start, mut way) = best.unwrap_or((giver, Vec::new()));
    way.push(*last);
    let (name, high) = (wording::role(policy, start), wording::role(policy, target));
    let relation = if policy.ranks.is_below(start, target) { "above it" } else { "not under it" };
    let diag = diags
        .error(
            "no_upward_path",
            last.cell.place,
            format!("holding `{name}` leads to holding `{high}`, which is {relation}"),
        )
        .steps(way.iter().map(|edge| edge.step(policy.panel())))
        .help(format!("take `assign {high}` from `{}`", wording::role(policy, giver)))
        .about(Owner::Role(giver))
        .about(Owner::Role(target));
    if let Some(up) = policy.ranks.step(giver, target).filter(|_| policy.ranks.is_below(giver, target)) {
        diag.because(up.word, up.place);
    }
}

/// Who gives a peer's role to a second account is two people to everybody who looks at the log.
///
/// Whatever leads higher is an error already, and so are rights that the giver lacks.
pub(super) fn no_sideways_path(policy: &Policy, diags: &mut Diags) {
    if policy.ranks.go_in_a_circle() {
        return;
    }
    for role in policy.role_ids() {
        for (peer, way) in policy.paths.reached(role) {
            let gives = way.iter().all(|edge| edge.how == How::Gives);
            if peer == role || !policy.ranks.is_level(role, peer) || !gives {
                continue;
            }
            let [edge] = way.as_slice() else { continue };
            let owners = [Owner::Role(role), Owner::Role(peer)];
            if !policy.lacks(role, peer).is_empty() && !policy.is_accepted("giver_holds_what_it_gives", &owners) {
                continue;
            }
            let (name, other) = (wording::role(policy, role), wording::role(policy, peer));
            diags
                .warning(
                    "no_sideways_path",
                    edge.cell.place,
                    format!("holding `{name}` leads to holding `{other}`, which stands beside it"),
                )
                .help(format!("take `assign {other}` from `{name}`: leave it to a role above both"))
                .note("one person with two roles of one rank is two people in the log")
                .about(Owner::Role(role))
                .about(Owner::Role(peer));
        }
    }
}

/// Who may reset, lock or sign out a superior can take their place, or keep them out while something happens.
pub(super) fn recovery_respects_rank(policy: &Policy, diags: &mut Diags) {
    if policy.ranks.go_in_a_circle() {
        return;
    }
    for role in policy.role_ids() {
        let wrong: Vec<&PeopleCell> = policy
            .role(role)
            .people
            .iter()
            .filter(|cell| cell.verb != PeopleVerb::Assign && !policy.ranks.is_below(cell.target, role))
            .collect();
        let mut told: Vec<RoleId> = Vec::new();
        for cell in &wrong {
            if told.contains(&cell.target) {
                continue;
            }
            told.push(cell.target);
            let same: Vec<&&PeopleCell> = wrong.iter().filter(|c| c.target == cell.target).collect();
            let verbs = wording::all_of(same.iter().map(|c| wording::people_verb(c.verb)));
            let (name, target) = (wording::role(policy, role), wording::role(policy, cell.target));
            let relation = if cell.target == role {
                "not below itself".to_owned()
            } else if policy.ranks.is_below(role, cell.target) {
                "above it".to_owned()
            } else if policy.ranks.is_level(role, cell.target) {
                "beside it".to_owned()
            } else {
                "not below it".to_owned()
            };
            let message = format!("role `{name}` may {verbs} `{target}`, which is {relation}");
            let diag = diags
                .error("recovery_respects_rank", cell.place, message)
                .note("whoever starts a reset can be the one who ends it, and is that person then")
                .about(Owner::Role(role));
            if policy.ranks.is_below(role, cell.target)
                && let Some(up) = policy.ranks.step(role, cell.target)
            {
                diag.because(up.word, up.place);
                diag.help(format!("take `{} {target}` from `{name}`", verbs.replace(" and ", ", ")));
            } else if cell.target != role && !policy.ranks.is_level(role, cell.target) {
                diag.help(format!("write `role {target} under {name}` if it is meant to be below"));
            } else {
                diag.help(format!("take `{} {target}` from `{name}`", verbs.replace(" and ", ", ")));
            }
        }
    }
}

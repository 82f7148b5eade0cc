//! Roles as such: their order, whether anybody can hold them, and whether they are for anything.

use super::policy::{Lack, Policy};
use super::wording;
use crate::diag::Diags;
use crate::panel::{GrantId, Owner, PeopleVerb, Place, RoleId, Verb};
use crate::ranks::Step;

/// Two roles that stand above each other may each reset, lock and assign the other: then nobody is above anybody.
pub(super) fn ranks_have_no_circle(policy: &Policy, diags: &mut Diags) {
    let mut told: Vec<RoleId> = Vec::new();
    for role in policy.role_ids() {
        let in_circle = policy.ranks.is_below(role, role);
        let same_circle = |r: &RoleId| policy.ranks.is_below(role, *r) && policy.ranks.is_below(*r, role);
        if !in_circle || told.iter().any(same_circle) {
            continue;
        }
        told.push(role);
        let chain = way_round(policy, role);
        let Some((first, _)) = chain.first() else { continue };
        let name = wording::role(policy, role);
        diags
            .error("ranks_have_no_circle", *first, format!("role `{name}` stands above itself"))
            .steps(chain.iter().cloned())
            .help("take one of these steps out")
            .about(Owner::Role(role));
    }
}

/// The shortest way from a role over others up to itself.
fn way_round(policy: &Policy, start: RoleId) -> Vec<(Place, String)> {
    let level = policy.role_ids().flat_map(|role| {
        policy.role(role).beside.iter().flat_map(move |&(other, place)| [(role, other, place), (other, role, place)])
    });
    let mut edges: Vec<(RoleId, RoleId, Place, String, bool)> = Vec::new();
    for &Step { low, high, word, place } in policy.ranks.steps() {
        let (first, second) = if word == "under" { (low, high) } else { (high, low) };
        let text = format!("`{}` is {word} `{}`", wording::role(policy, first), wording::role(policy, second));
        edges.push((low, high, place, text, true));
    }
    edges.extend(level.map(|(a, b, place)| {
        let text = format!("`{}` is beside `{}`", wording::role(policy, a), wording::role(policy, b));
        (a, b, place, text, false)
    }));
    let mut seen = vec![(start, false)];
    let mut ways: Vec<(RoleId, bool, Vec<usize>)> = vec![(start, false, Vec::new())];
    let mut next = 0;
    while let Some((at, climbed, way)) = ways.get(next).cloned() {
        next += 1;
        for (i, (low, high, _, _, strict)) in edges.iter().enumerate() {
            let climbs = climbed || *strict;
            if *low != at || seen.contains(&(*high, climbs)) {
                continue;
            }
            let mut longer = way.clone();
            longer.push(i);
            if *high == start && climbs {
                return longer.into_iter().map(|i| (edges[i].2, edges[i].3.clone())).collect();
            }
            seen.push((*high, climbs));
            ways.push((*high, climbs, longer));
        }
    }
    Vec::new()
}

/// A superior who lacks what a subordinate has borrows the subordinate's account instead, and the log names the wrong
/// one.
pub(super) fn rank_is_monotone(policy: &Policy, diags: &mut Diags) {
    if policy.ranks.go_in_a_circle() {
        return;
    }
    for low in policy.role_ids() {
        for high in policy.role_ids().filter(|high| policy.ranks.is_next(low, *high)) {
            let lacks = policy.lacks(high, low);
            let mut grants: Vec<GrantId> = lacks.iter().map(Lack::grant).collect();
            grants.sort_unstable();
            grants.dedup();
            for grant in grants {
                let of_grant: Vec<&Lack> = lacks.iter().filter(|lack| lack.grant() == grant).collect();
                let (upper, lower) = (wording::role(policy, high), wording::role(policy, low));
                let what = wording::lacks(policy, low, &of_grant);
                let place = place_of_all(policy, low, &of_grant);
                let diag = diags
                    .error("rank_is_monotone", place, format!("`{upper}` is above `{lower}` but may not {what}"))
                    .help(format!(
                        "grant it to `{upper}` as well, or write `role {lower} beside …` if the two are not to be compared"
                    ))
                    .about(Owner::Role(high))
                    .about(Owner::Role(low));
                if let Some(step) = policy.ranks.step(low, high) {
                    diag.because(step.word, step.place);
                }
            }
        }
    }
}

/// One cell: its own place. Several: their whole clause.
fn place_of_all(policy: &Policy, role: RoleId, lacks: &[&Lack]) -> Place {
    match lacks {
        [Lack::Cell(cell, _)] => policy.place_of(role, cell),
        [Lack::Framework(cell)] => cell.place,
        [Lack::People(cell)] => cell.place,
        [lack, ..] => policy.grant(role, lack.grant()).place,
        [] => policy.role(role).place,
    }
}

/// A role that nobody can be given is a job description that no one reads: what it allows is never tested by use.
pub(super) fn role_is_reachable(policy: &Policy, diags: &mut Diags) {
    let mut open: Vec<RoleId> = policy.role_ids().filter(|role| !policy.can_be_held(*role)).collect();
    let gives = |a: RoleId, b: RoleId| a != b && policy.has_people(a, PeopleVerb::Assign, b);
    while !open.is_empty() {
        // Whom no other unreachable role could give is the cause; the others follow from it.
        let cause = open.iter().copied().find(|role| !open.iter().any(|other| gives(*other, *role)));
        let Some(role) = cause.or_else(|| open.first().copied()) else { return };
        let name = wording::role(policy, role);
        let first = policy.role_ids().next().map(|first| wording::role(policy, first)).unwrap_or_default();
        diags
            .error(
                "role_is_reachable",
                &policy.role(role).name,
                format!("nobody can ever hold `{name}`: no role that somebody can hold may assign it"),
            )
            .help(format!("add `assign {name};` to `{first}`, or to a role that is assigned"))
            .about(Owner::Role(role));
        let mut follow = vec![role];
        while let Some(role) = follow.pop() {
            open.retain(|other| *other != role);
            follow.extend(open.iter().copied().filter(|other| gives(role, *other)));
        }
    }
}

/// Whoever is given an empty role is signed in, sees nothing and calls it a bug.
pub(super) fn role_is_not_empty(policy: &Policy, diags: &mut Diags) {
    for id in policy.role_ids() {
        let role = policy.role(id);
        // A clause that is there and reaches nothing is `grant_adds_something`'s to tell.
        if role.grants.is_empty() && role.cells.is_empty() && role.framework.is_empty() && role.people.is_empty() {
            diags
                .error("role_is_not_empty", &role.name, format!("role `{}` is granted nothing", role.name))
                .help("grant it something, such as `view *;`, or take the role out")
                .about(Owner::Role(id));
        }
    }
}

/// Two roles that grant the same are one role under two names: a right is taken from one and stays with the other.
pub(super) fn roles_differ(policy: &Policy, diags: &mut Diags) {
    let lent = |role: RoleId| {
        let cells = policy.panel().role(role).cells.iter().filter(|cell| cell.lendable);
        let mut all: Vec<_> = cells.map(|cell| (cell.model, cell.verb)).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    // Who only looks does no harm under two names, and a role beside another is compared with nobody.
    let compared = |role: &RoleId| {
        let of = policy.role(*role);
        of.beside.is_empty() && of.cells.iter().any(|cell| cell.verb != Verb::View)
    };
    for second in policy.role_ids().filter(compared) {
        let first = policy.role_ids().take(second.0).filter(compared).find(|first| {
            let (a, b) = (policy.role(*first), policy.role(second));
            // A rank is a difference too: over whom they stand, and who stands over them.
            !policy.ranks.is_below(*first, second)
                && !policy.ranks.is_below(second, *first)
                && a.factor_required.is_some() == b.factor_required.is_some()
                && lent(*first) == lent(second)
                && policy.lacks(*first, second).is_empty()
                && policy.lacks(second, *first).is_empty()
        });
        let Some(first) = first else { continue };
        let (name, other) = (wording::role(policy, second), wording::role(policy, first));
        diags
            .warning(
                "roles_differ",
                &policy.panel().role(second).name,
                format!("`{name}` is granted the same as `{other}`, under the same guards"),
            )
            .help(format!("make it one role, or say what sets `{name}` apart"))
            .about(Owner::Role(second))
            .about(Owner::Role(first));
    }
}

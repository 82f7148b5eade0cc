//! Plays a small panel: which accounts one person comes to control in four steps among three people, what they can do
//! with them that their role alone does not allow, and who is left when a password is lost.

use std::collections::HashSet;

use super::access::{Access, OVER, VERBS};
use super::harm::{Found, Harm};
use super::leaks;
use super::small::{Kind, OverVerb, Small, Step, Verb};

/// Each kind of harm once, with its first example.
pub(super) fn harms(small: &Small) -> Vec<Found> {
    let access = Access::of(small);
    let mut found = Vec::new();
    let circle = access.roles().find(|role| access.below[*role][*role]);
    if let Some(role) = circle {
        found.push(Found { harm: Harm::Circle, how: format!("R{role}") });
    }
    for start in access.roles() {
        let states = accounts(&access, start);
        gains(&access, start, &states, &mut found);
        duties(&access, start, &states, &mut found);
        overreaches(&access, start, &mut found);
    }
    stuck(&access, &mut found);
    lost(&access, &mut found);
    leaks::leaks(&access, &mut found);
    found.sort_by_key(|found| found.harm);
    found.dedup_by_key(|found| found.harm);
    found
}

/// An account: its role, and whether the one person controls it.
type Account = (usize, bool);

const STEPS: usize = 4;
const ACCOUNTS: usize = 3;

/// Every set of accounts that a holder of `start` can control at once; their own comes first.
fn accounts(access: &Access, start: usize) -> Vec<Vec<usize>> {
    let mut seen: HashSet<Vec<Account>> = HashSet::new();
    let own = (start, true);
    let mut open: Vec<Vec<Account>> = vec![vec![own]];
    for a in access.roles() {
        open.push(vec![own, (a, false)]);
        open.extend((a..access.small.roles.len()).map(|b| vec![own, (a, false), (b, false)]));
    }
    for _ in 0..=STEPS {
        open.retain(|state| seen.insert(state.clone()));
        open = open.iter().flat_map(|state| steps(access, state)).collect();
    }
    let mut all: Vec<Vec<usize>> = seen
        .into_iter()
        .map(|state| {
            let mut controlled: Vec<usize> = state.into_iter().filter(|(_, is)| *is).map(|(role, _)| role).collect();
            controlled[1..].sort_unstable();
            controlled
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What one step makes of a state. Nobody acts on themselves.
fn steps(access: &Access, state: &[Account]) -> Vec<Vec<Account>> {
    let mut next = Vec::new();
    for (by, (role, controlled)) in state.iter().enumerate() {
        if !controlled {
            continue;
        }
        let may = |verb: OverVerb, whom: usize| access.may_over(*role, verb, whom);
        for given in access.roles().filter(|given| may(OverVerb::Assign, *given)) {
            if state.len() < ACCOUNTS {
                next.push([state, &[(given, true)]].concat());
            }
            for other in (1..state.len()).filter(|other| *other != by && may(OverVerb::Assign, state[*other].0)) {
                let mut after = state.to_vec();
                after[other].0 = given;
                next.push(after);
            }
        }
        for other in (1..state.len()).filter(|other| *other != by && may(OverVerb::Reset, state[*other].0)) {
            let mut after = state.to_vec();
            after[other].1 = true;
            next.push(after);
        }
    }
    for state in &mut next {
        state[1..].sort_unstable();
    }
    next
}

fn gains(access: &Access, start: usize, states: &[Vec<usize>], found: &mut Vec<Found>) {
    let own = access.own(start);
    let mut held: Vec<usize> = states.iter().flatten().copied().collect();
    held.sort_unstable();
    held.dedup();
    for &role in held.iter().filter(|role| !own.contains(role)) {
        if let Some(right) = gained(access, &own, role) {
            found.push(Found { harm: Harm::Gain, how: format!("R{start} comes to hold R{role} and may {right}") });
        }
    }
}

/// A right of the role that none of `own` has.
fn gained(access: &Access, own: &[usize], role: usize) -> Option<String> {
    for model in access.models() {
        let secret = leaks::secrets(&access.small.models[model]);
        for verb in VERBS {
            let hidden = if matches!(verb, Verb::View | Verb::Export) { secret } else { 0 };
            let theirs = access.masks(role, verb, model, 0);
            let row = (0..theirs.len()).find(|row| {
                let have = own.iter().fold(hidden, |all, own| all | access.masks(*own, verb, model, 0)[*row]);
                theirs[*row] & !have != 0
            });
            if let Some(row) = row {
                return Some(format!("{verb:?} M{model} {:?}", access.rows[model][row]));
            }
        }
    }
    if access.small.roles[role].log && !own.iter().any(|own| access.small.roles[*own].log) {
        return Some("view the log".to_owned());
    }
    OVER.iter().find_map(|verb| {
        access
            .roles()
            .find(|whom| {
                access.may_over(role, *verb, *whom) && !own.iter().any(|own| access.may_over(*own, *verb, *whom))
            })
            .map(|whom| format!("{verb:?} R{whom}"))
    })
}

fn overreaches(access: &Access, role: usize, found: &mut Vec<Found>) {
    for verb in OVER.into_iter().filter(|verb| *verb != OverVerb::Assign) {
        for whom in access.roles().filter(|whom| access.may_over(role, verb, *whom) && !access.below[*whom][role]) {
            found.push(Found { harm: Harm::Overreach, how: format!("R{role} may {verb:?} R{whom}") });
        }
    }
}

/// One of the two steps belongs to the role one starts with. That the first role may give itself is asked of it: it
/// takes two owners. Who does neither step and gives both roles away is no case of this.
fn duties(access: &Access, start: usize, states: &[Vec<usize>], found: &mut Vec<Found>) {
    for [a, b] in &access.small.apart {
        for state in states {
            for (i, first) in state.iter().enumerate() {
                for (j, second) in state.iter().enumerate() {
                    let two_owners = start == 0 && i != j && *first == 0 && *second == 0;
                    if i.min(j) != 0 || two_owners {
                        continue;
                    }
                    if both(access, (*first, a), (*second, b), i == j) {
                        let how = format!("R{start} does {a:?} as R{first} and {b:?} as R{second}");
                        found.push(Found { harm: Harm::Duties, how });
                        return;
                    }
                }
            }
        }
    }
}

/// Whether the first account can do the one and the second the other: to one row, where both are about the same model.
fn both(access: &Access, (first, a): (usize, &Step), (second, b): (usize, &Step), same: bool) -> bool {
    let (me, other) = (0, usize::from(!same));
    let done = access.masks(first, a.verb, a.model, me);
    let then = access.masks(second, b.verb, b.model, other);
    if a.model != b.model {
        return done.iter().any(|mask| *mask != 0) && then.iter().any(|mask| *mask != 0);
    }
    let author = access.small.models[a.model].fields.iter().position(|field| field.kind == Kind::Author);
    (0..done.len()).any(|row| {
        let of = |person: usize| author.is_none_or(|at| access.rows[a.model][row][at] == i8::try_from(person).ok());
        let created = match (a.verb, b.verb) {
            (Verb::Create, _) => of(me),
            (_, Verb::Create) => of(other),
            _ => true,
        };
        created && done[row] != 0 && then[row] != 0
    })
}

/// Whom the first owner, and whomever they give a role to, can make of somebody.
fn holdable(access: &Access) -> Vec<usize> {
    let mut all = vec![0];
    let mut next = 0;
    while let Some(role) = all.get(next).copied() {
        next += 1;
        let given = access.roles().filter(|given| access.may_over(role, OverVerb::Assign, *given));
        let new: Vec<usize> = given.filter(|given| !all.contains(given)).collect();
        all.extend(new);
    }
    all
}

fn stuck(access: &Access, found: &mut Vec<Found>) {
    let held = holdable(access);
    let anybody = |verb: OverVerb| held.iter().any(|r| access.roles().any(|whom| access.may_over(*r, verb, whom)));
    let needed: &[OverVerb] = if access.small.roles.len() == 1 {
        &[OverVerb::Assign]
    } else {
        &[OverVerb::Assign, OverVerb::Reset, OverVerb::Unlock, OverVerb::Revoke]
    };
    if let Some(verb) = needed.iter().find(|verb| !anybody(**verb)) {
        found.push(Found { harm: Harm::Stuck, how: format!("nobody may {verb:?}") });
    }
    if !held.iter().any(|role| access.small.roles[*role].log) {
        found.push(Found { harm: Harm::Stuck, how: "nobody sees the log".to_owned() });
    }
}

/// Everybody loses what they sign in with at once; who can come back, and then whom they can bring back.
fn lost(access: &Access, found: &mut Vec<Found>) {
    let Some(recovery) = access.small.recovery.filter(|recovery| !recovery.break_glass) else { return };
    let held = holdable(access);
    let mut back: Vec<usize> = Vec::new();
    loop {
        let returns = |role: usize| {
            let alone = recovery.by_email && (recovery.codes || !access.small.roles[role].factor);
            let helped = recovery.by_administrator
                && back.iter().any(|by| *by != role && access.may_over(*by, OverVerb::Reset, role));
            alone || helped
        };
        let Some(role) = held.iter().copied().find(|role| !back.contains(role) && returns(*role)) else { break };
        back.push(role);
    }
    if let Some(role) = held.iter().find(|role| !back.contains(role)) {
        found.push(Found { harm: Harm::Lost, how: format!("R{role}") });
    }
}

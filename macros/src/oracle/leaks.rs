//! What a role learns or changes that its grants do not say: by search, filter, order and label, by a deletion that
//! takes more along, by an edit that brings a row within reach, beside a guard, across a forbid.

use super::access::{Access, Mask, holds, reached};
use super::harm::{Found, Harm};
use super::small::{Kind, Model, Proof, Then, Verb};

/// Adds everything that is found.
pub(super) fn leaks(access: &Access, found: &mut Vec<Found>) {
    let mut add = |harm: Harm, how: String| found.push(Found { harm, how });
    for role in access.roles() {
        for model in access.models() {
            told(access, role, model, &mut add);
            labels(access, role, model, &mut add);
            blind(access, role, model, &mut add);
            taken_along(access, role, model, &mut add);
            brought_in(access, role, model, &mut add);
        }
        travels(access, role, &mut add);
    }
    shown(access, &mut add);
    unguarded(access, &mut add);
    forbidden(access, &mut add);
}

type Add<'f> = dyn FnMut(Harm, String) + 'f;

pub(super) fn secrets(model: &Model) -> Mask {
    let secret = model.fields.iter().enumerate().filter(|(_, field)| field.kind == Kind::Secret);
    secret.fold(0, |all, (at, _)| all | 1 << at)
}

/// A field that can be asked for at all is asked for over every row that one sees.
fn told(access: &Access, role: usize, id: usize, add: &mut Add) {
    let model = &access.small.models[id];
    let views = access.masks(role, Verb::View, id, 0);
    let sees = access.any(role, Verb::View, id);
    for &field in model.search.iter().chain(&model.filter).chain(&model.sort) {
        if sees >> field & 1 == 0 {
            continue;
        }
        if let Some(row) = (0..views.len()).find(|row| views[*row] != 0 && views[*row] >> field & 1 == 0) {
            add(Harm::Oracle, format!("R{role} asks for f{field} of M{id} {:?}", access.rows[id][row]));
        }
        if let Kind::Key(target, _) = model.fields[field].kind
            && access.any(role, Verb::View, target) == 0
        {
            add(Harm::Oracle, format!("R{role} chooses f{field} of M{id} among the labels of M{target}"));
        }
    }
}

/// A key that one sees is shown as the label of its row, where one sees anything of that row.
fn labels(access: &Access, role: usize, id: usize, add: &mut Add) {
    let sees = access.any(role, Verb::View, id);
    for (at, field) in access.small.models[id].fields.iter().enumerate() {
        let Kind::Key(target, _) = field.kind else { continue };
        let label = access.small.models[target].label;
        let views = access.masks(role, Verb::View, target, 0);
        let hidden = views.iter().position(|mask| *mask != 0 && mask >> label & 1 == 0);
        if let Some(row) = hidden.filter(|_| sees >> at & 1 == 1) {
            let row = &access.rows[target][row];
            add(Harm::Label, format!("R{role} reads f{label} of M{target} {row:?} in f{at} of M{id}"));
        }
    }
}

fn blind(access: &Access, role: usize, id: usize, add: &mut Add) {
    let model = &access.small.models[id];
    let views = access.masks(role, Verb::View, id, 0);
    let secrets = secrets(model);
    for verb in [Verb::Edit, Verb::Export, Verb::Delete, Verb::Act(0), Verb::Act(1)] {
        let does = access.masks(role, verb, id, 0);
        let unseen = (0..does.len()).find(|row| {
            if verb.is_of_fields() {
                does[*row] & !secrets & !views[*row] != 0
            } else {
                does[*row] != 0 && views[*row] == 0
            }
        });
        if let Some(row) = unseen {
            add(Harm::Blind, format!("R{role} {verb:?} M{id} {:?}", access.rows[id][row]));
        }
    }
}

/// Of the rows that point at a deleted one nothing but that is known.
fn taken_along(access: &Access, role: usize, parent: usize, add: &mut Add) {
    if access.any(role, Verb::Delete, parent) == 0 {
        return;
    }
    for child in access.models() {
        for (at, field) in access.small.models[child].fields.iter().enumerate() {
            let Kind::Key(_, then) = field.kind else { continue };
            if !matches!(field.kind, Kind::Key(to, _) if to == parent) {
                continue;
            }
            let (harm, verb, bits) = match then {
                Then::Cascade => (Harm::Cascade, Verb::Delete, Mask::MAX),
                // Whoever writes a readonly field, the model says it.
                Then::SetNull if !field.readonly => (Harm::Emptied, Verb::Edit, 1 << at),
                _ => continue,
            };
            let may = access.masks(role, verb, child, 0);
            let row = (0..may.len()).find(|row| access.rows[child][*row][at].is_some() && may[*row] & bits != bits);
            if let Some(row) = row {
                let row = &access.rows[child][row];
                add(harm, format!("R{role} deletes M{parent} and with it M{child} {row:?}"));
            }
        }
    }
}

/// One edit is enough: on the way from a row out of reach to one within, some edit is the one that did it.
fn brought_in(access: &Access, role: usize, id: usize, add: &mut Add) {
    let model = &access.small.models[id];
    let fixed =
        model.fields.iter().enumerate().filter(|(_, field)| field.transfers).fold(0, |all, (at, _)| all | 1 << at);
    let people = model.fields.iter().enumerate().filter(|(_, field)| field.kind == Kind::Person);
    let people: Mask = people.fold(0, |all, (at, _)| all | 1 << at);
    for by in [Verb::Edit, Verb::Import, Verb::Act(0), Verb::Act(1)] {
        let does = access.masks(role, by, id, 0);
        for (row, mask) in does.iter().enumerate().filter(|(_, mask)| **mask != 0) {
            let writes = match by {
                // What an action writes is its own; whose the row is, is not.
                Verb::Act(action) => model.actions[action].iter().fold(0, |all: Mask, at| all | 1 << at) & people,
                _ => *mask,
            };
            for after in changed(access, id, row, writes & !fixed) {
                // An edit that would carry the row out of one's own reach is refused.
                if by.is_of_fields() && does[after] == 0 {
                    continue;
                }
                if let Some(verb) = newly(access, role, id, row, after) {
                    let rows = (&access.rows[id][row], &access.rows[id][after]);
                    add(Harm::Scope, format!("R{role} may {verb:?} M{id} after {by:?} {rows:?}"));
                    return;
                }
            }
        }
    }
}

/// The rows that differ from this one in some of these fields.
fn changed(access: &Access, id: usize, row: usize, fields: Mask) -> Vec<usize> {
    let model = &access.small.models[id];
    let mut all = vec![row];
    let mut turn = 1;
    for (at, field) in model.fields.iter().enumerate().rev() {
        let values = field.kind.values().len() + usize::from(field.optional);
        if fields >> at & 1 == 1 {
            all = all
                .iter()
                .flat_map(|row| {
                    let base = row - row / turn % values * turn;
                    (0..values).map(move |value| base + value * turn)
                })
                .collect();
        }
        turn *= values;
    }
    all.retain(|other| *other != row);
    all
}

/// A verb that reaches more of the row after than before.
fn newly(access: &Access, role: usize, id: usize, before: usize, after: usize) -> Option<Verb> {
    [Verb::Edit, Verb::Delete, Verb::Export, Verb::Act(0), Verb::Act(1)].into_iter().find(|verb| {
        let masks = access.masks(role, *verb, id, 0);
        masks[after] & !masks[before] != 0
    })
}

fn travels(access: &Access, role: usize, add: &mut Add) {
    for grant in
        access.small.roles[role].grants.iter().filter(|grant| !grant.reveal && grant.verbs.contains(&Verb::Export))
    {
        for id in grant.model.map_or(access.models(), |one| one..one + 1) {
            let model = &access.small.models[id];
            let mask = reached(model, grant, Verb::Export);
            let field = (0..model.fields.len()).find(|at| model.fields[*at].sensitive && mask >> at & 1 == 1);
            if let Some(field) = field {
                add(Harm::Travel, format!("R{role} exports f{field} of M{id}"));
            }
        }
    }
}

fn shown(access: &Access, add: &mut Add) {
    for (id, model) in access.small.models.iter().enumerate() {
        let secrets = secrets(model);
        let places = model.search.iter().chain(&model.filter).chain(&model.sort).chain([&model.label]);
        if let Some(field) = places.into_iter().find(|field| secrets >> **field & 1 == 1) {
            add(Harm::Secret, format!("M{id} shows f{field}"));
        }
        for (role, of) in access.small.roles.iter().enumerate() {
            let reads = of.grants.iter().filter(|grant| grant.model == Some(id));
            let mut reads = reads.filter(|grant| grant.verbs.iter().any(|v| matches!(v, Verb::View | Verb::Export)));
            if reads.any(|grant| reached(model, grant, Verb::View) & secrets != 0) {
                add(Harm::Secret, format!("R{role} reads a secret of M{id}"));
            }
        }
    }
}

fn unguarded(access: &Access, add: &mut Add) {
    let proofs = access.small.reauth.iter().filter_map(|proof| match proof {
        Proof::Action(model, action) => Some((*model, *action, true)),
        Proof::Verb(_) => None,
    });
    let steps = access.small.apart.iter().flatten().filter_map(|step| match step.verb {
        Verb::Act(action) => Some((step.model, action, false)),
        _ => None,
    });
    for (model, action, by_proof) in proofs.chain(steps) {
        let writes: Mask = access.small.models[model].actions[action].iter().fold(0, |all, at| all | 1 << at);
        for role in access.roles() {
            for verb in [Verb::Edit, Verb::Create, Verb::Import] {
                let asks_too = by_proof && access.small.reauth.contains(&Proof::Verb(verb));
                if !asks_too && access.any(role, verb, model) & writes != 0 {
                    add(Harm::Guard, format!("R{role} may {verb:?} what action {action} of M{model} writes"));
                }
            }
        }
    }
}

fn forbidden(access: &Access, add: &mut Add) {
    for forbid in &access.small.forbids {
        for &role in &forbid.roles {
            for id in forbid.model.map_or(access.models(), |one| one..one + 1) {
                for &verb in &forbid.verbs {
                    let named = forbid.fields.as_ref().filter(|_| verb.is_of_fields());
                    let bits = named.map_or(Mask::MAX, |named| named.iter().fold(0, |all, at| all | 1 << at));
                    let masks = access.masks(role, verb, id, 0);
                    let row = (0..masks.len()).find(|row| {
                        masks[*row] & bits != 0
                            && forbid.when.as_ref().is_none_or(|w| holds(w, &access.rows[id][*row], 0) == Some(true))
                    });
                    if let Some(row) = row {
                        add(Harm::Forbidden, format!("R{role} {verb:?} M{id} {:?}", access.rows[id][row]));
                    }
                }
            }
        }
    }
}

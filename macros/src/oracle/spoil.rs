//! What the operators are made of: a panel with one of its parts changed, for every part where that can be done.

use super::small::{Field, Forbid, Grant, Kind, Model, Over, OverVerb, Recovery, Role, Small, Verb, When};

/// The role with the change, where it fits.
pub(super) fn changed(role: &Role, fits: bool, change: impl Fn(&mut Role)) -> Vec<Role> {
    let mut after = role.clone();
    change(&mut after);
    fits.then_some(after).into_iter().collect()
}

impl When {
    pub(super) fn reads(&self, field: usize) -> bool {
        match self {
            Self::Is(f, ..) | Self::Missing(f, _) | Self::Among(f, _) | Self::Mine(f, _) => *f == field,
            Self::And(a, b) | Self::Or(a, b) => a.reads(field) || b.reads(field),
            Self::Not(inner) => inner.reads(field),
        }
    }

    /// The condition with one of its parts changed, for every part where that can be done.
    fn changed(&self, change: fn(&Self) -> Option<Self>) -> Vec<Self> {
        let mut all: Vec<Self> = change(self).into_iter().collect();
        match self {
            Self::And(a, b) => all.extend(half_changed(Self::And, [a, b], change)),
            Self::Or(a, b) => all.extend(half_changed(Self::Or, [a, b], change)),
            Self::Not(inner) => all.extend(inner.changed(change).into_iter().map(|inner| Self::Not(Box::new(inner)))),
            _ => {}
        }
        all
    }
}

fn half_changed(
    join: fn(Box<When>, Box<When>) -> When,
    [a, b]: [&When; 2],
    change: fn(&When) -> Option<When>,
) -> Vec<When> {
    let first = a.changed(change).into_iter().map(|a| join(Box::new(a), Box::new(b.clone())));
    let second = b.changed(change).into_iter().map(|b| join(Box::new(a.clone()), Box::new(b)));
    first.chain(second).collect()
}

/// The whole with one entry of a list changed, for every entry and every change of it.
fn one_changed<W: Clone, T>(whole: &W, list: fn(&mut W) -> &mut Vec<T>, change: impl Fn(&T) -> Vec<T>) -> Vec<W> {
    let mut all = Vec::new();
    for (at, entry) in list(&mut whole.clone()).iter().enumerate() {
        for entry in change(entry) {
            let mut whole = whole.clone();
            list(&mut whole)[at] = entry;
            all.push(whole);
        }
    }
    all
}

/// The whole with one entry of a list left out, for every entry.
pub(super) fn one_left_out<W: Clone, T>(whole: &W, list: fn(&mut W) -> &mut Vec<T>) -> Vec<W> {
    let count = list(&mut whole.clone()).len();
    let without = |at: usize| {
        let mut whole = whole.clone();
        list(&mut whole).remove(at);
        whole
    };
    (0..count).map(without).collect()
}

impl Small {
    pub(super) fn without<T>(&self, list: fn(&mut Self) -> &mut Vec<T>) -> Vec<Self> {
        one_left_out(self, list)
    }

    pub(super) fn each_role(&self, change: impl Fn(&Role) -> Vec<Role>) -> Vec<Self> {
        one_changed(self, |small| &mut small.roles, change)
    }

    pub(super) fn each_model(&self, change: impl Fn(&Model) -> Vec<Model>) -> Vec<Self> {
        one_changed(self, |small| &mut small.models, change)
    }

    pub(super) fn forbids_changed(&self, change: impl Fn(&Self, &Forbid) -> Option<Forbid>) -> Vec<Self> {
        one_changed(self, |small| &mut small.forbids, |forbid| change(self, forbid).into_iter().collect())
    }

    fn each_grant(&self, change: impl Fn(&Grant) -> Vec<Grant>) -> Vec<Self> {
        self.each_role(|role| one_changed(role, |role| &mut role.grants, &change))
    }

    pub(super) fn grants_changed(&self, change: impl Fn(&Self, &Grant) -> Option<Grant>) -> Vec<Self> {
        self.each_grant(|grant| change(self, grant).into_iter().collect())
    }

    pub(super) fn conditions_changed(&self, change: fn(&When) -> Option<When>) -> Vec<Self> {
        self.each_grant(|grant| {
            let changed = grant.when.iter().flat_map(|when| when.changed(change));
            changed.map(|when| Grant { when: Some(when), ..grant.clone() }).collect()
        })
    }

    pub(super) fn with_verb(&self, verb: Verb) -> Vec<Self> {
        self.grants_changed(|small, grant| {
            let whole = !verb.is_of_fields();
            let there = match verb {
                Verb::Act(action) => grant.model.is_some_and(|model| action < small.models[model].actions.len()),
                _ => true,
            };
            let fits = there && !grant.verbs.contains(&verb) && !(whole && grant.fields.is_some());
            fits.then(|| Grant { verbs: [grant.verbs.as_slice(), &[verb]].concat(), ..grant.clone() })
        })
    }

    pub(super) fn copied(&self, lent: bool) -> Vec<Self> {
        let mut all = Vec::new();
        for (from, role) in self.roles.iter().enumerate() {
            for to in (1..self.roles.len()).filter(|to| *to != from) {
                for grant in &role.grants {
                    let mut small = self.clone();
                    small.roles[to].grants.push(Grant { lent, ..grant.clone() });
                    all.push(small);
                }
            }
        }
        all
    }

    fn with_people(&self, role: usize, verb: OverVerb, whom: usize, lent: bool) -> Self {
        let mut small = self.clone();
        small.roles[role].people.push(Over { verb, whom: Some(vec![whom]), lent });
        small
    }

    pub(super) fn over_superior(&self, verb: OverVerb, lent: bool) -> Vec<Self> {
        let pairs = self.roles.iter().enumerate().flat_map(|(role, of)| of.under.iter().map(move |high| (role, *high)));
        pairs.map(|(role, high)| self.with_people(role, verb, high, lent)).collect()
    }

    pub(super) fn over_others(&self, verb: OverVerb) -> Vec<Self> {
        let roles = 0..self.roles.len();
        let pairs = roles.clone().skip(1).flat_map(|role| roles.clone().map(move |whom| (role, whom)));
        pairs
            .filter(|(role, whom)| role != whom)
            .map(|(role, whom)| self.with_people(role, verb, whom, false))
            .collect()
    }

    pub(super) fn over_own(&self, verb: OverVerb) -> Vec<Self> {
        (1..self.roles.len()).map(|role| self.with_people(role, verb, role, false)).collect()
    }

    pub(super) fn each_field(&self, change: impl Fn(&Self, usize, usize) -> Option<Field>) -> Vec<Self> {
        let mut all = Vec::new();
        for (id, model) in self.models.iter().enumerate() {
            for at in 0..model.fields.len() {
                if let Some(field) = change(self, id, at) {
                    let mut small = self.clone();
                    small.models[id].fields[at] = field;
                    all.push(small);
                }
            }
        }
        all
    }

    pub(super) fn fields_changed(&self, change: fn(&Field) -> Option<Field>) -> Vec<Self> {
        self.each_field(|small, id, at| change(&small.models[id].fields[at]))
    }

    pub(super) fn listed(&self, list: fn(&mut Model) -> &mut Vec<usize>, fits: fn(Kind) -> bool) -> Vec<Self> {
        self.each_model(|model| {
            let free = |at: &usize| !list(&mut model.clone()).contains(at) && fits(model.fields[*at].kind);
            (0..model.fields.len())
                .filter(free)
                .map(|at| {
                    let mut model = model.clone();
                    list(&mut model).push(at);
                    model
                })
                .collect()
        })
    }

    pub(super) fn recovers(&self, by_email: bool, by_administrator: bool, codes: bool) -> Vec<Self> {
        let recovery = Some(Recovery { by_email, by_administrator, codes, break_glass: false });
        if self.recovery == recovery { Vec::new() } else { vec![Self { recovery, ..self.clone() }] }
    }
}

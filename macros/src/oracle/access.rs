//! What each role may do in a small panel, row by row and field by field, found by trying every row there can be. What
//! could be lent counts as held. It says nothing of whether that is wise.

use super::small::{Grant, Model, Order, OverVerb, Small, Value, Verb, When};

pub(super) type Row = Vec<Value>;

/// Fields of one model, a bit each; of a verb that takes whole rows all bits or none.
pub(super) type Mask = u8;

/// Two people are enough: who asks, and their second account.
pub(super) const PEOPLE: usize = 2;
/// The verbs of every model, two actions among them.
pub(super) const VERBS: [Verb; 8] =
    [Verb::View, Verb::Create, Verb::Edit, Verb::Delete, Verb::Export, Verb::Import, Verb::Act(0), Verb::Act(1)];
pub(super) const OVER: [OverVerb; 5] =
    [OverVerb::Assign, OverVerb::Reset, OverVerb::Lock, OverVerb::Unlock, OverVerb::Revoke];

pub(super) struct Access<'a> {
    pub(super) small: &'a Small,
    /// Every row that a model can hold.
    pub(super) rows: Vec<Vec<Row>>,
    /// By role, model, verb and person, over the rows.
    masks: Vec<Vec<Vec<[Vec<Mask>; PEOPLE]>>>,
    /// `below[low][high]`: strictly.
    pub(super) below: Vec<Vec<bool>>,
    /// `over[verb][role]`: over whom.
    over: Vec<Vec<Vec<bool>>>,
}

impl<'a> Access<'a> {
    pub(super) fn of(small: &'a Small) -> Self {
        let rows: Vec<Vec<Row>> = small.models.iter().map(every_row).collect();
        let below = below(small);
        let masks = (0..small.roles.len()).map(|role| masks_of(small, role, &rows)).collect();
        let over = OVER.iter().map(|verb| (0..small.roles.len()).map(|r| targets(small, r, *verb, &below)).collect());
        let over = over.collect();
        Self { small, rows, masks, below, over }
    }

    /// Which fields, of every row of the model in turn.
    pub(super) fn masks(&self, role: usize, verb: Verb, model: usize, me: usize) -> &[Mask] {
        let at = VERBS.iter().position(|other| *other == verb).expect("a known verb");
        &self.masks[role][model][at][me]
    }

    pub(super) fn may_over(&self, role: usize, verb: OverVerb, whom: usize) -> bool {
        let at = OVER.iter().position(|other| *other == verb).expect("a known verb");
        self.over[at][role][whom]
    }

    /// The role and every one strictly below it.
    pub(super) fn own(&self, role: usize) -> Vec<usize> {
        (0..self.small.roles.len()).filter(|other| *other == role || self.below[*other][role]).collect()
    }

    /// The same may be done by the same to the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.rows == other.rows && self.masks == other.masks && self.below == other.below && self.over == other.over
    }

    /// The role may do the same in a panel that differs in this role's clauses alone.
    pub(super) fn is_same_of(&self, role: usize, other: &Small) -> bool {
        masks_of(other, role, &self.rows) == self.masks[role]
            && OVER.iter().zip(&self.over).all(|(verb, over)| targets(other, role, *verb, &self.below) == over[role])
    }

    pub(super) fn roles(&self) -> std::ops::Range<usize> {
        0..self.small.roles.len()
    }

    pub(super) fn models(&self) -> std::ops::Range<usize> {
        0..self.small.models.len()
    }

    /// Some row of the model, in some field.
    pub(super) fn any(&self, role: usize, verb: Verb, model: usize) -> Mask {
        self.masks(role, verb, model, 0).iter().fold(0, |all, mask| all | mask)
    }
}

/// The first field turns slowest.
fn every_row(model: &Model) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![Vec::new()];
    for field in &model.fields {
        let mut values: Vec<Value> = field.kind.values().iter().copied().map(Some).collect();
        if field.optional {
            values.push(None);
        }
        rows = rows.iter().flat_map(|row| values.iter().map(|v| [row.as_slice(), &[*v]].concat())).collect();
    }
    rows
}

/// Which fields the clause reaches by the verb.
pub(super) fn reached(model: &Model, grant: &Grant, verb: Verb) -> Mask {
    if !verb.is_of_fields() {
        return Mask::MAX;
    }
    let mut mask = 0;
    for (at, field) in model.fields.iter().enumerate() {
        let secret = field.kind == super::small::Kind::Secret;
        let asked = match (&grant.fields, grant.model) {
            (Some(named), _) => named.contains(&at),
            (None, None) => !field.sensitive && !secret,
            (None, Some(_)) => verb.writes() || !secret,
        };
        if asked && !(verb.writes() && (field.readonly || field.is_automatic())) {
            mask |= 1 << at;
        }
    }
    mask
}

fn masks_of(small: &Small, role: usize, rows: &[Vec<Row>]) -> Vec<Vec<[Vec<Mask>; PEOPLE]>> {
    let mut all: Vec<Vec<[Vec<Mask>; PEOPLE]>> =
        rows.iter().map(|rows| VERBS.iter().map(|_| std::array::from_fn(|_| vec![0; rows.len()])).collect()).collect();
    for grant in &small.roles[role].grants {
        let models = grant.model.map_or(0..small.models.len(), |one| one..one + 1);
        for id in models {
            let model = &small.models[id];
            let verbs: Vec<(usize, Mask)> = grant
                .verbs
                .iter()
                .filter(|verb| !matches!(verb, Verb::Act(action) if *action >= model.actions.len()))
                .map(|verb| (VERBS.iter().position(|v| v == verb).expect("a known verb"), reached(model, grant, *verb)))
                .collect();
            for (at, row) in rows[id].iter().enumerate() {
                let through = |me| grant.when.as_ref().is_none_or(|when| holds(when, row, me) == Some(true));
                for me in (0..PEOPLE).filter(|me| through(*me)) {
                    for (verb, mask) in &verbs {
                        all[id][*verb][me][at] |= mask;
                    }
                }
            }
        }
    }
    all
}

/// As SQL has it: with a missing value a comparison is neither true nor false.
pub(super) fn holds(when: &When, row: &Row, me: usize) -> Option<bool> {
    let compare = |field: usize, order: Order, than: i8| {
        row[field].map(|value| match order {
            Order::Same => value == than,
            Order::Other => value != than,
            Order::Less => value < than,
            Order::More => value > than,
            Order::AtMost => value <= than,
            Order::AtLeast => value >= than,
        })
    };
    match when {
        When::Is(field, order, than) => compare(*field, *order, *than),
        When::Missing(field, is) => Some(row[*field].is_none() == *is),
        When::Among(field, set) => row[*field].map(|value| set.contains(&value)),
        When::Mine(field, is) => row[*field].map(|value| (usize::try_from(value) == Ok(me)) == *is),
        When::And(a, b) => match (holds(a, row, me), holds(b, row, me)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        When::Or(a, b) => match (holds(a, row, me), holds(b, row, me)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        When::Not(inner) => holds(inner, row, me).map(|is| !is),
    }
}

/// Roles beside each other share a step of the ladder; who is under one is under all that share it.
fn below(small: &Small) -> Vec<Vec<bool>> {
    let count = small.roles.len();
    let beside = |a: usize, b: usize| small.roles[a].beside == Some(b) || small.roles[b].beside == Some(a);
    let shares = closed(count, |a, b| a == b || beside(a, b));
    let up = |low: usize, high: usize| {
        (0..count).any(|l| shares[l][low] && (0..count).any(|h| shares[h][high] && small.roles[l].under.contains(&h)))
    };
    closed(count, up)
}

/// The relation, followed as far as it leads.
fn closed(count: usize, related: impl Fn(usize, usize) -> bool) -> Vec<Vec<bool>> {
    let mut all = Vec::new();
    for start in 0..count {
        let mut seen = vec![false; count];
        let mut open: Vec<usize> = (0..count).filter(|next| related(start, *next)).collect();
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut seen[at], true) {
                open.extend((0..count).filter(|next| related(at, *next)));
            }
        }
        all.push(seen);
    }
    all
}

fn targets(small: &Small, role: usize, verb: OverVerb, below: &[Vec<bool>]) -> Vec<bool> {
    let mut whom = vec![false; small.roles.len()];
    for over in small.roles[role].people.iter().filter(|over| over.verb == verb) {
        for (target, is) in whom.iter_mut().enumerate() {
            *is |= match &over.whom {
                None => target != role && below[target][role],
                Some(named) => named.contains(&target),
            };
        }
    }
    whom
}

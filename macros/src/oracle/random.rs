//! Small panels by chance, from a tape of numbers: proptest makes the tape and shrinks it, and a tape that ends early
//! gives the plainest panel. The first role is mostly an owner who may do everything, so that much of what comes out is
//! sound.

use proptest::prelude::*;

use super::small::{
    Field, Forbid, Grant, Kind, Model, Order, Over, OverVerb, Proof, Recovery, Role, Small, Step, Then, Verb, When,
};

/// Rows of one model beyond which no field is added.
const ROWS: usize = 200;

/// Any small panel.
pub(super) fn panels() -> impl Strategy<Value = Small> {
    prop::collection::vec(any::<u16>(), 40..240).prop_map(|tape| Tape { tape, at: 0 }.panel())
}

struct Tape {
    tape: Vec<u16>,
    at: usize,
}

impl Tape {
    fn pick(&mut self, count: usize) -> usize {
        let next = self.tape.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        usize::from(next) % count.max(1)
    }

    /// Once in so many.
    fn once_in(&mut self, count: usize) -> bool {
        self.pick(count) == count - 1
    }

    fn some_of(&mut self, from: &[usize], one_in: usize) -> Vec<usize> {
        from.iter().copied().filter(|_| self.once_in(one_in)).collect()
    }

    fn panel(&mut self) -> Small {
        let count = 1 + self.pick(3);
        let models: Vec<Model> = (0..count).map(|_| self.model(count)).collect();
        let roles = 1 + self.pick(4);
        let mut small = Small {
            models,
            roles: Vec::new(),
            forbids: Vec::new(),
            apart: Vec::new(),
            reauth: Vec::new(),
            recovery: None,
        };
        let owner = self.owner(&small);
        small.roles.push(owner);
        for id in 1..roles {
            let role = self.role(&small, id, roles);
            small.roles.push(role);
        }
        for _ in 0..self.pick(3) {
            let forbid = self.forbid(&small);
            small.forbids.extend(forbid);
        }
        if self.once_in(3) {
            let steps = [self.step(&small), self.step(&small)];
            if steps[0] != steps[1] {
                small.apart.push(steps);
            }
        }
        if self.once_in(4) {
            let verbs = [Verb::Edit, Verb::Create, Verb::Import];
            small.reauth.extend(verbs.into_iter().filter(|_| self.once_in(4)).map(Proof::Verb));
            for (model, of) in small.models.iter().enumerate() {
                small.reauth.extend((0..of.actions.len()).filter(|_| self.once_in(2)).map(|a| Proof::Action(model, a)));
            }
        }
        if self.once_in(4) {
            let mut flag = || self.once_in(2);
            let (by_email, by_administrator, codes) = (flag(), flag(), flag());
            let break_glass = flag() || !(by_email || by_administrator || codes);
            small.recovery = Some(Recovery { by_email, by_administrator, codes, break_glass });
        }
        small
    }

    fn model(&mut self, models: usize) -> Model {
        let mut fields = vec![Field::of(Kind::Text)];
        for _ in 0..self.pick(5) {
            let field = self.field(models, &fields);
            let rows = |field: &Field| field.kind.values().len() + usize::from(field.optional);
            if fields.iter().chain([&field]).map(rows).product::<usize>() <= ROWS {
                fields.push(field);
            }
        }
        let texts: Vec<usize> = (0..fields.len()).filter(|at| fields[*at].kind == Kind::Text).collect();
        let asked: Vec<usize> =
            (0..fields.len()).filter(|at| fields[*at].kind != Kind::Secret || self.once_in(12)).collect();
        let written: Vec<usize> = (0..fields.len()).filter(|at| !fields[*at].is_automatic()).collect();
        Model {
            label: texts[self.pick(texts.len())],
            search: self.some_of(&texts, 3),
            filter: self.some_of(&asked, 4),
            sort: self.some_of(&asked, 4),
            actions: (0..self.pick(3)).map(|_| self.some_of(&written, 2)).collect(),
            fields,
        }
    }

    fn field(&mut self, models: usize, before: &[Field]) -> Field {
        let mut kind = match self.pick(9) {
            0 => Kind::Flag,
            1 => Kind::Grade,
            2 => Kind::Count,
            3 => Kind::Person,
            4 => Kind::Author,
            5 => Kind::Text,
            6 => Kind::Secret,
            _ => {
                let then = [Then::Restrict, Then::Cascade, Then::SetNull][self.pick(3)];
                Kind::Key(self.pick(models), then)
            }
        };
        if kind == Kind::Author && before.iter().any(|field| field.kind == Kind::Author) {
            kind = Kind::Person;
        }
        let mut field = Field::of(kind);
        let may_be_missing = matches!(kind, Kind::Author) || self.once_in(4);
        field.optional = kind != Kind::Author && (may_be_missing || matches!(kind, Kind::Key(_, Then::SetNull)));
        if !field.is_automatic() {
            field.readonly = self.once_in(8);
            field.transfers = self.once_in(10);
        }
        field.sensitive = kind != Kind::Secret && self.once_in(8);
        field
    }

    fn owner(&mut self, small: &Small) -> Role {
        let grant = |verbs: &[Verb], model, reveal| Grant {
            verbs: verbs.to_vec(),
            model: Some(model),
            fields: None,
            when: None,
            lent: false,
            reveal,
        };
        let mut grants = Vec::new();
        for (id, model) in small.models.iter().enumerate() {
            grants.push(grant(&[Verb::View, Verb::Create, Verb::Edit, Verb::Delete], id, false));
            grants.push(grant(&[Verb::Export], id, true));
            grants.push(grant(&[Verb::Import], id, false));
            grants.extend((0..model.actions.len()).map(|action| grant(&[Verb::Act(action)], id, false)));
        }
        let over = |verb, whom| Over { verb, whom, lent: false };
        let mut people = vec![over(OverVerb::Assign, None), over(OverVerb::Assign, Some(vec![0]))];
        let rest = [OverVerb::Reset, OverVerb::Lock, OverVerb::Unlock, OverVerb::Revoke];
        people.extend(rest.into_iter().map(|verb| over(verb, None)));
        if self.once_in(5) {
            grants.remove(self.pick(grants.len()));
        }
        if self.once_in(6) {
            people.remove(self.pick(people.len()));
        }
        let log = !self.once_in(8);
        Role { under: Vec::new(), beside: None, grants, people, log, factor: self.once_in(6) }
    }

    fn role(&mut self, small: &Small, id: usize, roles: usize) -> Role {
        let mut under = vec![0];
        let mut beside = None;
        match self.pick(8) {
            0 | 1 => {}
            2 | 3 => under = vec![self.pick(id)],
            4 => beside = Some(self.pick(id)),
            5 => (under, beside) = (Vec::new(), Some(self.pick(id))),
            6 => under = self.some_of(&(0..id).collect::<Vec<_>>(), 2),
            _ => under = vec![self.pick(roles)],
        }
        under.retain(|above| *above != id);
        if beside.is_some_and(|beside| under.contains(&beside)) {
            under.clear();
        }
        let grants = (0..=self.pick(4)).filter_map(|_| self.grant(small)).collect();
        let mut people = Vec::new();
        for verb in super::access::OVER {
            if self.once_in(4) {
                let all: Vec<usize> = (0..roles).collect();
                let whom = match self.pick(4) {
                    0 | 1 => None,
                    2 => Some(vec![self.pick(roles)]),
                    _ => Some(self.some_of(&all, 2)).filter(|some| !some.is_empty()),
                };
                people.push(Over { verb, whom, lent: self.once_in(8) });
            }
        }
        Role { under, beside, grants, people, log: self.once_in(4), factor: self.once_in(8) }
    }

    fn grant(&mut self, small: &Small) -> Option<Grant> {
        let model = if self.once_in(8) { None } else { Some(self.pick(small.models.len())) };
        let mut verbs = match self.pick(14) {
            0 | 1 => vec![Verb::View],
            2 | 3 => vec![Verb::View, Verb::Edit],
            4 => vec![Verb::View, Verb::Create],
            5 => vec![Verb::Edit],
            6 => vec![Verb::Delete],
            7 => vec![Verb::View, Verb::Delete],
            8 => vec![Verb::View, Verb::Export],
            9 => vec![Verb::Import],
            10 => vec![Verb::View, Verb::Create, Verb::Edit, Verb::Delete],
            11 => vec![Verb::Act(self.pick(2))],
            12 => vec![Verb::View, Verb::Act(self.pick(2))],
            _ => vec![Verb::Create],
        };
        verbs.retain(|verb| match (verb, model) {
            (Verb::Act(action), Some(model)) => *action < small.models[model].actions.len(),
            (Verb::Act(action), None) => small.models.iter().any(|model| *action < model.actions.len()),
            _ => true,
        });
        if verbs.is_empty() {
            return None;
        }
        let mut grant = Grant { verbs, model, fields: None, when: None, lent: self.once_in(10), reveal: false };
        grant.reveal = grant.verbs.contains(&Verb::Export) && self.once_in(2);
        if let Some(model) = model {
            let of = &small.models[model];
            if grant.verbs.iter().all(|verb| verb.is_of_fields()) && self.once_in(3) {
                grant.fields = self.fields(of);
            }
            if self.once_in(2) {
                grant.when = Some(self.when(of, 2));
            }
        }
        Some(grant)
    }

    fn fields(&mut self, model: &Model) -> Option<Vec<usize>> {
        let usual: Vec<usize> =
            (0..model.fields.len()).filter(|at| model.fields[*at].kind != Kind::Secret || self.once_in(6)).collect();
        Some(self.some_of(&usual, 2)).filter(|fields| !fields.is_empty())
    }

    fn when(&mut self, model: &Model, depth: usize) -> When {
        if depth > 0 {
            match self.pick(7) {
                4 => return When::And(Box::new(self.when(model, depth - 1)), Box::new(self.when(model, depth - 1))),
                5 => return When::Or(Box::new(self.when(model, depth - 1)), Box::new(self.when(model, depth - 1))),
                6 => return When::Not(Box::new(self.when(model, depth - 1))),
                _ => {}
            }
        }
        let asked: Vec<usize> = (0..model.fields.len()).filter(|at| model.fields[*at].kind != Kind::Secret).collect();
        let field = asked[self.pick(asked.len())];
        let Field { kind, optional, .. } = model.fields[field];
        if optional && self.once_in(4) {
            return When::Missing(field, self.once_in(2));
        }
        let order = if self.once_in(2) { Order::Other } else { Order::Same };
        match kind {
            Kind::Text => When::Is(field, order, i8::from(self.once_in(2))),
            Kind::Flag => When::Is(field, Order::Same, i8::from(self.once_in(2))),
            Kind::Grade if self.once_in(3) => When::Among(field, vec![0, 2]),
            Kind::Grade => When::Is(field, order, [0, 1, 2][self.pick(3)]),
            Kind::Count if self.once_in(4) => When::Among(field, vec![1, 2]),
            Kind::Count => {
                let all = [Order::Same, Order::Other, Order::Less, Order::More, Order::AtMost, Order::AtLeast];
                When::Is(field, all[self.pick(6)], [1, 2][self.pick(2)])
            }
            Kind::Person | Kind::Author => When::Mine(field, !self.once_in(3)),
            Kind::Key(..) if optional => When::Missing(field, self.once_in(2)),
            Kind::Key(..) | Kind::Secret => When::Is(0, order, 0),
        }
    }

    fn forbid(&mut self, small: &Small) -> Option<Forbid> {
        let all: Vec<usize> = (1..small.roles.len()).collect();
        let roles = self.some_of(&all, 2);
        if roles.is_empty() {
            return None;
        }
        let of = [Verb::View, Verb::Create, Verb::Edit, Verb::Delete, Verb::Export, Verb::Import];
        let mut forbid = Forbid { roles, verbs: vec![of[self.pick(6)]], model: None, fields: None, when: None };
        if !self.once_in(4) {
            let id = self.pick(small.models.len());
            let model = &small.models[id];
            forbid.model = Some(id);
            if !model.actions.is_empty() && self.once_in(4) {
                forbid.verbs = vec![Verb::Act(self.pick(model.actions.len()))];
            }
            if self.once_in(3) && forbid.verbs.iter().all(|verb| verb.is_of_fields()) {
                forbid.fields = self.fields(model);
            }
            if self.once_in(3) {
                forbid.when = Some(self.when(model, 1));
            }
        }
        Some(forbid)
    }

    fn step(&mut self, small: &Small) -> Step {
        let model = self.pick(small.models.len());
        let actions = small.models[model].actions.len();
        let verb = match self.pick(4) {
            0 | 1 => Verb::Create,
            2 if actions > 0 => Verb::Act(self.pick(actions)),
            3 => Verb::Edit,
            _ => Verb::Delete,
        };
        Step { verb, model }
    }
}

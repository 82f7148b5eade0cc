//! Small panels in which nothing is wrong: what mutations start from.

use super::small::{
    Field, Forbid, Grant, Kind, Model, Order, Over, OverVerb, Proof, Recovery, Role, Small, Step, Then, Verb, When,
};

const ALL: &[Verb] = &[Verb::View, Verb::Create, Verb::Edit, Verb::Delete];
const RECOVERY: Recovery = Recovery { by_email: true, by_administrator: true, codes: true, break_glass: true };

/// Written with care, one for each trade.
pub(super) fn panels() -> Vec<Small> {
    vec![books(), desk(), depot()]
}

fn grant(verbs: &[Verb], model: usize) -> Grant {
    let reveal = verbs.contains(&Verb::Export);
    Grant { verbs: verbs.to_vec(), model: Some(model), fields: None, when: None, lent: false, reveal }
}

impl Grant {
    fn of(self, fields: &[usize]) -> Self {
        Self { fields: Some(fields.to_vec()), ..self }
    }

    fn when(self, when: When) -> Self {
        Self { when: Some(when), ..self }
    }

    fn lent(self) -> Self {
        Self { lent: true, ..self }
    }
}

fn forbid(roles: &[usize], verb: Verb, model: usize) -> Forbid {
    Forbid { roles: roles.to_vec(), verbs: vec![verb], model: Some(model), fields: None, when: None }
}

impl Forbid {
    fn of(self, fields: &[usize]) -> Self {
        Self { fields: Some(fields.to_vec()), ..self }
    }

    fn when(self, when: When) -> Self {
        Self { when: Some(when), ..self }
    }
}

fn over(verb: OverVerb, whom: &[usize]) -> Over {
    Over { verb, whom: Some(whom.to_vec()), lent: false }
}

fn role(under: &[usize], grants: Vec<Grant>, people: Vec<Over>) -> Role {
    Role { under: under.to_vec(), beside: None, grants, people, log: false, factor: false }
}

/// May do everything with so many models, and what else stands there.
fn owner(models: usize, more: Vec<Grant>) -> Role {
    let grants = (0..models).map(|model| grant(ALL, model)).chain(more).collect();
    let star = |verb| Over { verb, whom: None, lent: false };
    let verbs = [OverVerb::Assign, OverVerb::Reset, OverVerb::Lock, OverVerb::Unlock, OverVerb::Revoke];
    let people = verbs.into_iter().map(star).chain([over(OverVerb::Assign, &[0])]).collect();
    Role { log: true, factor: true, ..role(&[], grants, people) }
}

fn model(fields: &[Field], actions: &[&[usize]]) -> Model {
    Model {
        fields: fields.to_vec(),
        actions: actions.iter().map(|writes| writes.to_vec()).collect(),
        label: 0,
        search: vec![0],
        filter: Vec::new(),
        sort: vec![0],
    }
}

/// Customers and invoices; who writes an invoice does not approve it.
fn books() -> Small {
    let text = Field::of(Kind::Text);
    let customer = model(&[text, Field { sensitive: true, ..text }], &[]);
    let mut invoice = model(
        &[
            text,
            Field::of(Kind::Key(0, Then::Restrict)),
            Field::of(Kind::Grade),
            Field::of(Kind::Author),
            Field { readonly: true, ..Field::of(Kind::Flag) },
        ],
        &[&[4]],
    );
    invoice.filter = vec![1, 2];
    let not_own = When::Mine(3, false);
    let draft = When::Is(2, Order::Same, 0);
    Small {
        models: vec![customer, invoice],
        roles: vec![
            owner(
                2,
                vec![grant(&[Verb::Export], 0), grant(&[Verb::Export], 1), grant(&[Verb::Act(0)], 1).when(not_own)],
            ),
            role(
                &[0],
                vec![
                    Grant { model: None, ..grant(&[Verb::View], 0) },
                    grant(&[Verb::Delete], 0),
                    grant(&[Verb::Edit], 1).of(&[0]).when(draft.clone()),
                    grant(&[Verb::Delete], 1).when(draft),
                    grant(&[Verb::Export], 1).of(&[0, 2]),
                ],
                vec![over(OverVerb::Assign, &[2]), over(OverVerb::Reset, &[2]), over(OverVerb::Lock, &[2])],
            ),
            role(&[1], vec![grant(&[Verb::View], 0).of(&[0]), grant(&[Verb::View], 1).of(&[0, 1, 2])], Vec::new()),
        ],
        forbids: vec![Forbid { model: None, ..forbid(&[2], Verb::Delete, 0) }, forbid(&[1, 2], Verb::View, 0).of(&[1])],
        apart: vec![[Step { verb: Verb::Create, model: 1 }, Step { verb: Verb::Act(0), model: 1 }]],
        reauth: vec![Proof::Action(1, 0)],
        recovery: Some(RECOVERY),
    }
}

/// Tickets and notes; an agent works on their own tickets.
fn desk() -> Small {
    let text = Field::of(Kind::Text);
    let mut ticket = model(
        &[
            text,
            Field { optional: true, transfers: true, ..Field::of(Kind::Person) },
            Field::of(Kind::Grade),
            Field { sensitive: true, ..text },
        ],
        &[&[2]],
    );
    ticket.filter = vec![2];
    let note = model(&[text, Field::of(Kind::Key(0, Then::Cascade)), Field::of(Kind::Author)], &[]);
    let mine = When::Mine(1, true);
    let own_and_done = When::And(Box::new(mine.clone()), Box::new(When::Is(2, Order::Same, 2)));
    Small {
        models: vec![ticket, note],
        roles: vec![
            owner(2, vec![grant(&[Verb::Export], 0), grant(&[Verb::Import], 1), grant(&[Verb::Act(0)], 0)]),
            role(
                &[0],
                vec![
                    grant(&[Verb::View], 0).of(&[0, 1, 2]),
                    grant(&[Verb::View], 0).of(&[3]).when(mine.clone()),
                    grant(&[Verb::Edit], 0).of(&[0, 1]).when(mine),
                    grant(&[Verb::Act(0)], 0).when(own_and_done),
                    grant(&[Verb::View, Verb::Create], 1),
                    grant(&[Verb::Edit], 1).when(When::Mine(2, true)),
                    grant(&[Verb::Export], 0).of(&[0]).lent(),
                ],
                vec![
                    over(OverVerb::Reset, &[3]),
                    over(OverVerb::Lock, &[3]),
                    over(OverVerb::Unlock, &[3]),
                    over(OverVerb::Assign, &[3]),
                ],
            ),
            Role { beside: Some(1), ..role(&[], vec![grant(&[Verb::View], 0).of(&[0, 2])], Vec::new()) },
            role(&[1], vec![grant(&[Verb::View], 0).of(&[0]), grant(&[Verb::View], 1)], Vec::new()),
        ],
        forbids: vec![
            forbid(&[1, 2, 3], Verb::Delete, 0).when(When::Is(2, Order::Other, 2)),
            forbid(&[1], Verb::Act(0), 0).when(When::Is(2, Order::Other, 2)),
        ],
        apart: Vec::new(),
        reauth: vec![Proof::Verb(Verb::Import)],
        recovery: Some(Recovery { codes: false, ..RECOVERY }),
    }
}

/// Sites, shelves and boxes; what is heavy is not for everybody.
fn depot() -> Small {
    let text = Field::of(Kind::Text);
    let site = model(&[text, Field::of(Kind::Secret)], &[]);
    let shelf = model(&[text, Field::of(Kind::Key(0, Then::Restrict)), Field::of(Kind::Count)], &[]);
    let mut pack = model(
        &[
            text,
            Field { optional: true, ..Field::of(Kind::Key(1, Then::SetNull)) },
            Field::of(Kind::Count),
            Field { transfers: true, ..Field::of(Kind::Flag) },
        ],
        &[&[2], &[]],
    );
    pack.filter = vec![3];
    pack.sort = vec![2];
    let light = When::Is(2, Order::Less, 2);
    let light_here = When::And(Box::new(light.clone()), Box::new(When::Is(3, Order::Same, 1)));
    Small {
        models: vec![site, shelf, pack],
        roles: vec![
            owner(3, vec![grant(&[Verb::Import], 2), grant(&[Verb::Act(0)], 2), grant(&[Verb::Act(1)], 2)]),
            role(
                &[0],
                vec![
                    grant(&[Verb::View], 0),
                    grant(ALL, 1),
                    grant(&[Verb::View, Verb::Create, Verb::Edit], 2),
                    grant(&[Verb::Import], 2).of(&[0, 1]),
                    grant(&[Verb::Delete], 2),
                    grant(&[Verb::Act(1)], 2).when(When::Is(3, Order::Same, 1)),
                ],
                vec![
                    over(OverVerb::Assign, &[2, 3]),
                    over(OverVerb::Revoke, &[3]),
                    over(OverVerb::Lock, &[3]),
                    over(OverVerb::Reset, &[2]),
                ],
            ),
            role(
                &[1],
                vec![
                    grant(&[Verb::View], 1).of(&[0]),
                    grant(&[Verb::View], 2).when(light.clone()),
                    grant(&[Verb::Edit], 2).of(&[0, 3]).when(light),
                ],
                vec![over(OverVerb::Lock, &[3])],
            ),
            role(&[2], vec![grant(&[Verb::View], 2).of(&[0]).when(light_here)], Vec::new()),
        ],
        forbids: vec![forbid(&[2, 3], Verb::Edit, 2).of(&[2]), forbid(&[3], Verb::Edit, 1)],
        apart: Vec::new(),
        reauth: Vec::new(),
        recovery: None,
    }
}

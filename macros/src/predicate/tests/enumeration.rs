//! On random conditions over small domains with nulls the procedure agrees with plain enumeration: it never claims what
//! a row contradicts, and in this fragment it misses nothing either. Numbers, choices and attributes of the person;
//! moments and `now`; days; people, references and text: what is compared with each other is varied together.

use std::cell::RefCell;
use std::collections::HashMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{
    AT, COUNT, DUE, FLAG, HOME, KEY, NAME, OWNER, ROW, SIZE, SOME, STATE, can_hold, compare, here, implies, int, not,
    of, operand, panel, state, text,
};
use crate::panel::{Literal, Op, OperandKind, Predicate};
use crate::predicate::each_operand;

/// What a world has a value for, and what can be null there.
const THINGS: usize = 13;
const VARIED: [OperandKind; THINGS] = [
    of(SOME),
    of(COUNT),
    of(STATE),
    of(FLAG),
    OperandKind::MeAttribute(SIZE),
    of(AT),
    OperandKind::Now(0),
    of(DUE),
    of(OWNER),
    OperandKind::Me,
    of(KEY),
    OperandKind::MeAttribute(HOME),
    of(NAME),
];
const NOW: usize = 6;
const ATTRIBUTES: [usize; 2] = [4, 11];
const NULLABLE: [usize; 8] = [0, 2, 4, 7, 8, 10, 11, 12];

/// Texts and days that occur, in their order; the second text and the second day follow the first with others between.
const TEXTS: [&str; 2] = ["b", "d"];
const DAYS: [&str; 2] = ["2026-03-02", "2026-03-04"];
/// Two moments a minute apart, as the offsets of `now` are: all orders of two things fit on a grid of 20 seconds.
const MOMENTS: [&str; 2] = ["2026-03-02T12:00:00Z", "2026-03-02T12:01:00Z"];
const OFFSETS: [i64; 3] = [-60, 0, 60];

/// A row and who asks, and when: nulls are `None`.
type World = [Option<i64>; THINGS];

/// Everything that it can be there, null first where it can be null.
fn values(of: usize) -> Vec<Option<i64>> {
    let present: Vec<i64> = match of {
        // Literals lie in 1..=3, so three values below and above leave room for every order of three numbers.
        0 | 1 | 4 => (-2..=6).collect(),
        2 => (0..3).collect(),
        3 => vec![0, 1],
        5 | NOW => (-240..=300).step_by(20).collect(),
        // Two days, one between them, two on either side; `now` takes part as a day.
        7 => (0..=8).collect(),
        // Texts lie at 2 and 4.
        12 => (1..=5).collect(),
        _ => (0..3).collect(),
    };
    let null = NULLABLE.contains(&of).then_some(None);
    null.into_iter().chain(present.into_iter().map(Some)).collect()
}

/// Every world that differs in what is mentioned; the rest has one value.
fn worlds(mentioned: [bool; THINGS], days: bool) -> Vec<World> {
    let mut all: Vec<World> = vec![[Some(1); THINGS]];
    for thing in (0..THINGS).filter(|thing| mentioned[*thing]) {
        // Beside days `now` is a day.
        let values = values(if thing == NOW && days { 7 } else { thing });
        let values: Vec<_> = values.into_iter().filter(|value| thing != NOW || value.is_some()).collect();
        all = all
            .iter()
            .flat_map(|world| {
                values.iter().map(|value| {
                    let mut other = *world;
                    other[thing] = *value;
                    other
                })
            })
            .collect();
    }
    all
}

fn mentioned(predicates: [&Predicate; 2]) -> [bool; THINGS] {
    let mut found = [false; THINGS];
    for predicate in predicates {
        each_operand(predicate, &mut |operand, _| {
            let thing = if matches!(operand, OperandKind::Now(_)) { &VARIED[NOW] } else { operand };
            for (i, varied) in VARIED.iter().enumerate() {
                found[i] |= thing == varied;
            }
        });
    }
    found
}

fn value(world: &World, operand: &OperandKind) -> Option<i64> {
    match operand {
        OperandKind::Now(offset) => world[NOW].map(|now| now + offset),
        OperandKind::Literal(Literal::Int(i)) => Some(*i),
        OperandKind::Literal(Literal::Bool(b)) => Some(i64::from(*b)),
        OperandKind::Literal(Literal::Choice(_, variant)) => i64::try_from(*variant).ok(),
        OperandKind::Literal(Literal::Text(written)) => {
            let place = |all: [&str; 2]| all.iter().position(|one| one == written);
            let (text, day, moment) = (place(TEXTS), place(DAYS), place(MOMENTS));
            text.map(|i| [2, 4][i]).or(day.map(|i| [3, 5][i])).or(moment.map(|i| [0, 60][i]))
        }
        OperandKind::Literal(_) => None,
        thing => VARIED.iter().position(|varied| varied == thing).and_then(|thing| world[thing]),
    }
}

/// SQL's three values, written down a second time on purpose.
fn truth(world: &World, predicate: &Predicate) -> Option<bool> {
    match predicate {
        Predicate::And(parts) => {
            let mut all = Some(true);
            for part in parts {
                match truth(world, part) {
                    Some(false) => return Some(false),
                    None => all = None,
                    Some(true) => {}
                }
            }
            all
        }
        Predicate::Or(parts) => {
            let mut any = Some(false);
            for part in parts {
                match truth(world, part) {
                    Some(true) => return Some(true),
                    None => any = None,
                    Some(false) => {}
                }
            }
            any
        }
        Predicate::Not(inner) => truth(world, inner).map(|b| !b),
        Predicate::Compare { left, op, right, .. } => {
            let (a, b) = (value(world, &left.kind)?, value(world, &right.kind)?);
            Some(match op {
                Op::Eq => a == b,
                Op::Ne => a != b,
                Op::Lt => a < b,
                Op::Le => a <= b,
                Op::Gt => a > b,
                Op::Ge => a >= b,
            })
        }
        Predicate::IsNull { operand, negated, .. } => Some(value(world, &operand.kind).is_none() != *negated),
        Predicate::In { operand, set, .. } => {
            if set.is_empty() {
                return Some(false);
            }
            let own = value(world, &operand.kind)?;
            let mut unknown = false;
            for one in set {
                match value(world, &one.kind) {
                    Some(other) if other == own => return Some(true),
                    Some(_) => {}
                    None => unknown = true,
                }
            }
            (!unknown).then_some(false)
        }
        Predicate::Broken => None,
    }
}

/// Lets the row through: true, and nothing that is asked of the person is missing.
fn lets_through(world: &World, (predicate, asks): (&Predicate, [bool; THINGS])) -> bool {
    ATTRIBUTES.iter().all(|thing| world[*thing].is_some() || !asks[*thing]) && truth(world, predicate) == Some(true)
}

fn any_op() -> impl Strategy<Value = Op> {
    prop_oneof![Just(Op::Eq), Just(Op::Ne), Just(Op::Lt), Just(Op::Le), Just(Op::Gt), Just(Op::Ge)]
}

fn equal() -> impl Strategy<Value = Op> {
    prop_oneof![Just(Op::Eq), Just(Op::Ne)]
}

fn is_null(kinds: Vec<OperandKind>) -> impl Strategy<Value = Predicate> {
    (proptest::sample::select(kinds), any::<bool>()).prop_map(|(kind, negated)| Predicate::IsNull {
        operand: operand(kind),
        negated,
        place: here(),
    })
}

fn within(kind: OperandKind, set: impl Strategy<Value = Vec<OperandKind>>) -> impl Strategy<Value = Predicate> {
    set.prop_map(move |set| Predicate::In {
        operand: operand(kind.clone()),
        set: set.into_iter().map(operand).collect(),
        place: here(),
    })
}

fn number() -> impl Strategy<Value = OperandKind> {
    prop_oneof![
        2 => Just(of(SOME)),
        2 => Just(of(COUNT)),
        1 => Just(OperandKind::MeAttribute(SIZE)),
    ]
}

fn written(texts: [&'static str; 2]) -> impl Strategy<Value = OperandKind> {
    proptest::sample::select(texts.to_vec()).prop_map(text)
}

/// Numbers, choices, yes and no.
fn numbers() -> BoxedStrategy<Predicate> {
    let null = || OperandKind::Literal(Literal::Null);
    prop_oneof![
        4 => (number(), any_op(), (1i64..=3).prop_map(int)).prop_map(|(a, op, b)| compare(a, op, b)),
        1 => ((1i64..=3).prop_map(int), any_op(), number()).prop_map(|(a, op, b)| compare(a, op, b)),
        2 => (number(), any_op(), number()).prop_map(|(a, op, b)| compare(a, op, b)),
        2 => (equal(), (0usize..3).prop_map(state)).prop_map(|(op, b)| compare(of(STATE), op, b)),
        1 => (equal(), any::<bool>()).prop_map(|(op, b)| compare(of(FLAG), op, OperandKind::Literal(Literal::Bool(b)))),
        1 => is_null(vec![of(SOME), of(STATE), of(COUNT)]),
        1 => within(of(STATE), proptest::collection::vec((0usize..3).prop_map(state), 0..3)),
        1 => within(of(SOME), (1i64..=3).prop_map(move |i| vec![int(i), null()])),
    ]
    .boxed()
}

/// A moment, `now` and what is a minute from it.
fn moments() -> BoxedStrategy<Predicate> {
    let now = || proptest::sample::select(OFFSETS.to_vec()).prop_map(OperandKind::Now);
    prop_oneof![
        4 => (any_op(), now()).prop_map(|(op, b)| compare(of(AT), op, b)),
        1 => (any_op(), now()).prop_map(|(op, b)| compare(b, op, of(AT))),
        3 => (any_op(), written(MOMENTS)).prop_map(|(op, b)| compare(of(AT), op, b)),
        1 => (equal(), any::<bool>()).prop_map(|(op, b)| compare(of(FLAG), op, OperandKind::Literal(Literal::Bool(b)))),
    ]
    .boxed()
}

/// Days, and today.
fn days() -> BoxedStrategy<Predicate> {
    prop_oneof![
        3 => (any_op(), written(DAYS)).prop_map(|(op, b)| compare(of(DUE), op, b)),
        2 => any_op().prop_map(|op| compare(of(DUE), op, OperandKind::Now(0))),
        1 => within(of(DUE), proptest::collection::vec(written(DAYS), 0..3)),
        1 => is_null(vec![of(DUE)]),
        1 => (equal(), (0usize..3).prop_map(state)).prop_map(|(op, b)| compare(of(STATE), op, b)),
    ]
    .boxed()
}

/// Whose row it is, what it points to, what it says.
fn relations() -> BoxedStrategy<Predicate> {
    prop_oneof![
        2 => equal().prop_map(|op| compare(of(OWNER), op, OperandKind::Me)),
        2 => equal().prop_map(|op| compare(of(KEY), op, OperandKind::MeAttribute(HOME))),
        1 => equal().prop_map(|op| compare(OperandKind::MeAttribute(HOME), op, of(KEY))),
        3 => (any_op(), written(TEXTS)).prop_map(|(op, b)| compare(of(NAME), op, b)),
        1 => within(of(NAME), proptest::collection::vec(written(TEXTS), 0..3)),
        2 => is_null(vec![of(OWNER), of(KEY), of(NAME), OperandKind::MeAttribute(HOME)]),
    ]
    .boxed()
}

fn pair(atom: &BoxedStrategy<Predicate>) -> impl Strategy<Value = (Predicate, Predicate)> + use<> {
    let condition = || {
        atom.clone().prop_recursive(3, 6, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 1..4).prop_map(Predicate::And),
                proptest::collection::vec(inner.clone(), 1..4).prop_map(Predicate::Or),
                inner.prop_map(not),
            ]
        })
    };
    (condition(), condition())
}

/// How many conditions: 100,000 in all where `BAILIWICK_CASES` says so, a tenth of it without.
fn cases() -> u32 {
    std::env::var("BAILIWICK_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(10_000)
}

/// Cases that say much: conditions that nothing fulfils, implications that hold, conditions that all fulfil.
#[derive(Debug, Default, Clone, Copy)]
struct Telling {
    impossible: u32,
    implied: u32,
    always: u32,
}

fn agrees(atom: &BoxedStrategy<Predicate>, days: bool, cases: u32) -> Telling {
    let panel = panel();
    let by_mention: RefCell<HashMap<[bool; THINGS], Vec<World>>> = RefCell::default();
    let mut config = Config::with_cases(cases);
    config.failure_persistence = None;
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let telling = RefCell::new(Telling::default());
    let outcome = runner.run(&pair(atom), |(p, q)| {
        let (mut possible, mut escapes, mut always) = (false, false, true);
        let mentions = mentioned([&p, &q]);
        let (one, other) = ((&p, mentioned([&p, &p])), (&q, mentioned([&q, &q])));
        let mut known = by_mention.borrow_mut();
        for world in known.entry(mentions).or_insert_with(|| worlds(mentions, days)).iter() {
            let through = lets_through(world, one);
            possible |= through;
            always &= through;
            escapes |= through && !lets_through(world, other);
            if possible && escapes && !always {
                break;
            }
        }
        prop_assert_eq!(can_hold(&panel, ROW, &p), possible, "can_hold");
        prop_assert_eq!(implies(&panel, ROW, Some(&p), &[Some(&q)]), !escapes, "implies");
        prop_assert_eq!(implies(&panel, ROW, None, &[Some(&p)]), always, "always");
        let mut telling = telling.borrow_mut();
        telling.impossible += u32::from(!possible);
        telling.implied += u32::from(possible && !escapes);
        telling.always += u32::from(always);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    telling.into_inner()
}

/// So many percent of all conditions.
fn agrees_over(atom: &BoxedStrategy<Predicate>, days: bool, percent: u32) {
    let cases = cases() / 100 * percent;
    let told = agrees(atom, days, cases);
    println!("{cases} conditions: {told:?}");
    // Agreement on nothing but easy cases would prove little.
    assert!(told.impossible > cases / 100 && told.implied > cases / 100 && told.always > cases / 1_000, "{told:?}");
}

#[test]
fn agrees_with_enumeration_over_numbers_and_choices() {
    agrees_over(&numbers(), false, 40);
}

#[test]
fn agrees_with_enumeration_over_moments_and_now() {
    agrees_over(&moments(), false, 20);
}

#[test]
fn agrees_with_enumeration_over_days() {
    agrees_over(&days(), true, 20);
}

#[test]
fn agrees_with_enumeration_over_people_references_and_text() {
    agrees_over(&relations(), false, 20);
}

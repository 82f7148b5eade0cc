//! On random conditions over small domains with nulls the procedure agrees with plain enumeration: it never claims what a
//! row contradicts, and in this fragment it misses nothing either.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{
    COUNT, FLAG, ROW, SIZE, SOME, STATE, can_hold, compare, here, implies, int, not, of, operand, panel, state,
};
use crate::panel::{Literal, Op, OperandKind, Predicate};
use crate::predicate::each_operand;

/// A row and who asks: nulls are `None`.
#[derive(Debug, Clone, Copy)]
struct World {
    some: Option<i64>,
    count: i64,
    state: Option<i64>,
    flag: bool,
    size: Option<i64>,
}

/// What a condition can mention, in the order of [`World`].
const VARIED: [OperandKind; 5] = [of(SOME), of(COUNT), of(STATE), of(FLAG), OperandKind::MeAttribute(SIZE)];

/// Every world that differs in what is mentioned; the rest has one value.
fn worlds(mentioned: [bool; 5]) -> Vec<World> {
    // Literals lie in 1..=3, so three values below and above leave room for every order of three numbers.
    let numbers: Vec<Option<i64>> = std::iter::once(None).chain((-2..=6).map(Some)).collect();
    let choices: [Vec<Option<i64>>; 5] = [
        numbers.clone(),
        numbers[1..].to_vec(),
        vec![None, Some(0), Some(1), Some(2)],
        vec![Some(0), Some(1)],
        numbers,
    ];
    let choice = |i: usize| if mentioned[i] { choices[i].clone() } else { vec![Some(1)] };
    let mut all = Vec::new();
    for some in choice(0) {
        for count in choice(1) {
            for state in choice(2) {
                for flag in choice(3) {
                    all.extend(choice(4).into_iter().map(|size| World {
                        some,
                        count: count.unwrap_or(1),
                        state,
                        flag: flag == Some(1),
                        size,
                    }));
                }
            }
        }
    }
    all
}

fn mentioned(predicates: [&Predicate; 2]) -> [bool; 5] {
    let mut found = [false; 5];
    for predicate in predicates {
        each_operand(predicate, &mut |operand, _| {
            for (i, varied) in VARIED.iter().enumerate() {
                found[i] |= operand == varied;
            }
        });
    }
    found
}

fn value(world: &World, operand: &OperandKind) -> Option<i64> {
    match operand {
        OperandKind::Field(SOME) => world.some,
        OperandKind::Field(COUNT) => Some(world.count),
        OperandKind::Field(STATE) => world.state,
        OperandKind::Field(FLAG) => Some(i64::from(world.flag)),
        OperandKind::MeAttribute(SIZE) => world.size,
        OperandKind::Literal(Literal::Int(i)) => Some(*i),
        OperandKind::Literal(Literal::Bool(b)) => Some(i64::from(*b)),
        OperandKind::Literal(Literal::Choice(_, variant)) => i64::try_from(*variant).ok(),
        _ => None,
    }
}

/// SQL's three values, written down a second time on purpose.
fn truth(world: &World, predicate: &Predicate) -> Option<bool> {
    match predicate {
        Predicate::And(parts) => {
            let all: Vec<_> = parts.iter().map(|p| truth(world, p)).collect();
            if all.contains(&Some(false)) {
                Some(false)
            } else {
                all.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
            }
        }
        Predicate::Or(parts) => {
            let all: Vec<_> = parts.iter().map(|p| truth(world, p)).collect();
            if all.contains(&Some(true)) {
                Some(true)
            } else {
                all.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
            }
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

fn mentions_size(predicate: &Predicate) -> bool {
    let mut found = false;
    each_operand(predicate, &mut |operand, _| found |= *operand == OperandKind::MeAttribute(SIZE));
    found
}

/// Lets the row through: true, and nothing that is asked of the person is missing.
fn lets_through(world: &World, predicate: &Predicate) -> bool {
    truth(world, predicate) == Some(true) && (world.size.is_some() || !mentions_size(predicate))
}

fn any_op() -> impl Strategy<Value = Op> {
    prop_oneof![Just(Op::Eq), Just(Op::Ne), Just(Op::Lt), Just(Op::Le), Just(Op::Gt), Just(Op::Ge)]
}

fn number() -> impl Strategy<Value = OperandKind> {
    prop_oneof![
        2 => Just(of(SOME)),
        2 => Just(of(COUNT)),
        1 => Just(OperandKind::MeAttribute(SIZE)),
    ]
}

fn atom() -> impl Strategy<Value = Predicate> {
    let equal = || prop_oneof![Just(Op::Eq), Just(Op::Ne)];
    prop_oneof![
        4 => (number(), any_op(), (1i64..=3).prop_map(int)).prop_map(|(a, op, b)| compare(a, op, b)),
        1 => ((1i64..=3).prop_map(int), any_op(), number()).prop_map(|(a, op, b)| compare(a, op, b)),
        2 => (number(), any_op(), number()).prop_map(|(a, op, b)| compare(a, op, b)),
        2 => (equal(), (0usize..3).prop_map(state)).prop_map(|(op, b)| compare(of(STATE), op, b)),
        1 => (equal(), any::<bool>()).prop_map(|(op, b)| compare(of(FLAG), op, OperandKind::Literal(Literal::Bool(b)))),
        1 => (prop_oneof![Just(SOME), Just(STATE), Just(COUNT)], any::<bool>()).prop_map(|(field, negated)| {
            Predicate::IsNull { operand: operand(of(field)), negated, place: here() }
        }),
        1 => proptest::collection::vec(0usize..3, 0..3).prop_map(|set| Predicate::In {
            operand: operand(of(STATE)),
            set: set.into_iter().map(|v| operand(state(v))).collect(),
            place: here(),
        }),
        1 => (1i64..=3).prop_map(|i| Predicate::In {
            operand: operand(of(SOME)),
            set: vec![operand(int(i)), operand(OperandKind::Literal(Literal::Null))],
            place: here(),
        }),
    ]
}

fn condition() -> impl Strategy<Value = Predicate> {
    atom().prop_recursive(3, 6, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Predicate::And),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Predicate::Or),
            inner.prop_map(not),
        ]
    })
}

#[test]
fn agrees_with_enumeration() {
    let panel = panel();
    let by_mention: RefCell<HashMap<[bool; 5], Vec<World>>> = RefCell::default();
    let seed = [7; 32];
    let mut runner =
        TestRunner::new_with_rng(Config::with_cases(10_000), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let counts = Cell::new((0, 0, 0));
    let outcome = runner.run(&(condition(), condition()), |(p, q)| {
        let (mut possible, mut escapes, mut always) = (false, false, true);
        let mentions = mentioned([&p, &q]);
        let mut known = by_mention.borrow_mut();
        for world in known.entry(mentions).or_insert_with(|| worlds(mentions)).iter() {
            let through = lets_through(world, &p);
            possible |= through;
            always &= through;
            escapes |= through && !lets_through(world, &q);
            if possible && escapes && !always {
                break;
            }
        }
        prop_assert_eq!(can_hold(&panel, ROW, &p), possible, "can_hold");
        prop_assert_eq!(implies(&panel, ROW, Some(&p), &[Some(&q)]), !escapes, "implies");
        prop_assert_eq!(implies(&panel, ROW, None, &[Some(&p)]), always, "always");
        let (impossible, implied, tautologies) = counts.get();
        counts.set((
            impossible + u32::from(!possible),
            implied + u32::from(possible && !escapes),
            tautologies + u32::from(always),
        ));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    // Agreement on nothing but easy cases would prove little.
    let (impossible, implied, tautologies) = counts.get();
    assert!(impossible > 300 && implied > 300 && tautologies > 20, "{impossible} {implied} {tautologies}");
}

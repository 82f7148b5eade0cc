//! The decision procedure against plain enumeration: on random conditions over small domains with nulls it never claims
//! what a row contradicts, and in this fragment it misses nothing either.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use proc_macro2::{Ident, Span};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{can_hold, implies, some_row};
use crate::panel::{
    Attribute, AttributeId, Choice, ChoiceId, Field, FieldId, Kind, Literal, Model, ModelId, Op, Operand, OperandKind,
    Panel, Password, Place, Predicate, Recovery, Sensitivity, Session, Variant,
};

const SOME: FieldId = FieldId(0);
const COUNT: FieldId = FieldId(1);
const STATE: FieldId = FieldId(2);
const FLAG: FieldId = FieldId(3);
const AT: FieldId = FieldId(4);
const NAME: FieldId = FieldId(5);
const SIZE: AttributeId = AttributeId(0);
const ROW: ModelId = ModelId(0);

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn here() -> Place {
    Place::call_site()
}

fn field(name: &str, kind: Kind, optional: bool) -> Field {
    Field {
        name: ident(name),
        doc: String::new(),
        title: String::new(),
        kind,
        kind_place: here(),
        optional,
        is_label: false,
        search: None,
        unique: false,
        index: false,
        default: None,
        min_len: None,
        max_len: None,
        min: None,
        max: None,
        pattern: None,
        past: false,
        future: false,
        readonly: false,
        created: false,
        updated: false,
        author: false,
        sensitivity: Sensitivity::Internal,
        sensitivity_place: here(),
        transfers: false,
        help: String::new(),
        place: here(),
    }
}

fn panel() -> Panel {
    let variant = |name| Variant { name: ident(name), title: String::new(), doc: String::new() };
    let state = Choice {
        name: ident("State"),
        doc: String::new(),
        variants: vec![variant("A"), variant("B"), variant("C")],
        place: here(),
    };
    let fields = vec![
        field("some", Kind::I64, true),
        field("count", Kind::I32, false),
        field("state", Kind::Choice(ChoiceId(0)), true),
        field("flag", Kind::Bool, false),
        field("at", Kind::Timestamp, false),
        field("name", Kind::String, true),
    ];
    let model = Model {
        name: ident("Row"),
        doc: String::new(),
        title: String::new(),
        plural: String::new(),
        slug: String::new(),
        table: String::new(),
        fields,
        label: Vec::new(),
        list: Vec::new(),
        search: Vec::new(),
        filter: Vec::new(),
        sort: Vec::new(),
        sections: Vec::new(),
        inlines: Vec::new(),
        checks: Vec::new(),
        actions: Vec::new(),
        place: here(),
    };
    let size = Attribute { name: ident("size"), doc: String::new(), kind: Kind::I64, optional: true, place: here() };
    Panel {
        name: ident("Test"),
        doc: String::new(),
        brand: None,
        database: None,
        public_url: None,
        proxies: None,
        mail: None,
        actor: vec![size],
        choices: vec![state],
        models: vec![model],
        roles: Vec::new(),
        forbids: Vec::new(),
        one_person: Vec::new(),
        password: Password { min: 15, min_with_factor: 8, blocklist: true, place: here() },
        session: Session { idle: 1, absolute: 2, reauth: 1, at_most: 1, place: here() },
        throttles: Vec::new(),
        recovery: Recovery { by_email: None, by_administrator: None, codes: None, break_glass: None, place: None },
        reauth: Vec::new(),
        dashboard: Vec::new(),
        accepts: Vec::new(),
        mentions: Vec::new(),
        unresolved: Vec::new(),
    }
}

fn operand(kind: OperandKind) -> Operand {
    Operand { kind, place: here() }
}

fn compare(left: OperandKind, op: Op, right: OperandKind) -> Predicate {
    Predicate::Compare { left: operand(left), op, right: operand(right), place: here() }
}

fn int(value: i64) -> OperandKind {
    OperandKind::Literal(Literal::Int(value))
}

const fn of(field: FieldId) -> OperandKind {
    OperandKind::Field(field)
}

fn text(value: &str) -> OperandKind {
    OperandKind::Literal(Literal::Text(value.to_owned()))
}

fn state(variant: usize) -> OperandKind {
    OperandKind::Literal(Literal::Choice(ChoiceId(0), variant))
}

fn not(inner: Predicate) -> Predicate {
    Predicate::Not(Box::new(inner))
}

fn null(field: FieldId) -> Predicate {
    Predicate::IsNull { operand: operand(of(field)), negated: false, place: here() }
}

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
        super::each_operand(predicate, &mut |operand, _| {
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
    super::each_operand(predicate, &mut |operand, _| found |= *operand == OperandKind::MeAttribute(SIZE));
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

#[test]
fn several_grants_together_cover_what_none_covers_alone() {
    let panel = panel();
    let low = compare(of(COUNT), Op::Le, int(5));
    let high = compare(of(COUNT), Op::Ge, int(6));
    assert!(implies(&panel, ROW, None, &[Some(&low), Some(&high)]), "no whole number lies between 5 and 6");
    assert!(!implies(&panel, ROW, None, &[Some(&low)]));
    let (low, high) = (compare(of(SOME), Op::Le, int(5)), compare(of(SOME), Op::Ge, int(6)));
    assert!(!implies(&panel, ROW, None, &[Some(&low), Some(&high)]), "a null row is in neither");
    assert!(implies(&panel, ROW, None, &[Some(&low), Some(&high), Some(&null(SOME))]));
}

#[test]
fn a_missing_attribute_makes_the_whole_false_also_under_not() {
    let panel = panel();
    let own = compare(of(COUNT), Op::Eq, OperandKind::MeAttribute(SIZE));
    let other = not(own.clone());
    assert!(!implies(&panel, ROW, None, &[Some(&own), Some(&other)]), "whoever has no size sees neither");
    let lacking = Predicate::IsNull { operand: operand(OperandKind::MeAttribute(SIZE)), negated: false, place: here() };
    assert!(!can_hold(&panel, ROW, &lacking));
    let unless = Predicate::Or(vec![lacking, compare(of(COUNT), Op::Gt, int(0))]);
    assert!(can_hold(&panel, ROW, &unless));
    assert!(implies(&panel, ROW, Some(&unless), &[Some(&compare(of(COUNT), Op::Gt, int(0)))]));
}

#[test]
fn moments_keep_their_distance() {
    let panel = panel();
    let since = |seconds| compare(of(AT), Op::Gt, OperandKind::Now(seconds));
    assert!(implies(&panel, ROW, Some(&since(0)), &[Some(&since(-60))]));
    assert!(!implies(&panel, ROW, Some(&since(-60)), &[Some(&since(0))]));
    let both = Predicate::And(vec![since(60), not(since(-60))]);
    assert!(!can_hold(&panel, ROW, &both));
    let day = |text_of| compare(of(AT), Op::Ge, text(text_of));
    assert!(implies(&panel, ROW, Some(&day("2026-02-01T00:00:00Z")), &[Some(&day("2026-01-31T23:00:00-01:00"))]));
}

#[test]
fn texts_are_ordered_by_bytes() {
    let panel = panel();
    let is = |value| compare(of(NAME), Op::Eq, text(value));
    assert!(!some_row(&panel, ROW, &[&is("a"), &is("b")], &[]));
    assert!(implies(&panel, ROW, Some(&is("Zoe")), &[Some(&compare(of(NAME), Op::Lt, text("adam")))]));
}

#[test]
fn what_is_not_understood_is_opaque() {
    let panel = panel();
    // Text beside a number: at run time unknown, here anything; only itself follows from it.
    let odd = compare(of(COUNT), Op::Eq, text("three"));
    let even = compare(of(COUNT), Op::Ne, text("three"));
    assert!(can_hold(&panel, ROW, &Predicate::And(vec![odd.clone(), even.clone()])));
    assert!(implies(&panel, ROW, Some(&odd), &[Some(&odd)]));
    assert!(!implies(&panel, ROW, None, &[Some(&odd), Some(&even)]));
    assert!(can_hold(&panel, ROW, &Predicate::Broken));
    assert!(!implies(&panel, ROW, None, &[Some(&Predicate::Broken)]));
    assert!(!implies(&panel, ROW, Some(&Predicate::Broken), &[Some(&Predicate::Broken)]));
}

#[test]
fn beyond_twelve_comparisons_nothing_is_claimed_but_identity() {
    let panel = panel();
    let many: Vec<Predicate> = (0..13).map(|i| compare(of(COUNT), Op::Ne, int(i * 10))).collect();
    let all = Rc::new(Predicate::And(many.clone()));
    assert!(!implies(&panel, ROW, Some(&all), &[Some(&many[0])]));
    assert!(implies(&panel, ROW, Some(&all), &[Some(&all.clone())]));
    let twelve = Predicate::And(many[..12].to_vec());
    assert!(implies(&panel, ROW, Some(&twelve), &[Some(&many[0])]));
}

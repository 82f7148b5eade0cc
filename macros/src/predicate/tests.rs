//! The decision procedure on a panel of one model.

mod enumeration;

use std::rc::Rc;

use proc_macro2::{Ident, Span};

use super::some_row;
use crate::panel::{
    Attribute, AttributeId, Choice, ChoiceId, Field, FieldId, Kind, Literal, Model, ModelId, OnDelete, Op, Operand,
    OperandKind, Panel, Password, Place, Predicate, Recovery, Sensitivity, Session, Variant,
};

/// Whether the condition is true for some row; false is certain.
fn can_hold(panel: &Panel, model: ModelId, predicate: &Predicate) -> bool {
    some_row(panel, model, &[predicate], &[])
}

/// Whether every row that fulfils `given` fulfils one of `any` (`None`: all rows do); true is certain.
fn implies(panel: &Panel, model: ModelId, given: Option<&Predicate>, any: &[Option<&Predicate>]) -> bool {
    let Some(any) = any.iter().copied().collect::<Option<Vec<_>>>() else {
        return true;
    };
    !any.is_empty() && !some_row(panel, model, given.as_slice(), &any)
}

const SOME: FieldId = FieldId(0);
const COUNT: FieldId = FieldId(1);
const STATE: FieldId = FieldId(2);
const FLAG: FieldId = FieldId(3);
const AT: FieldId = FieldId(4);
const NAME: FieldId = FieldId(5);
const DUE: FieldId = FieldId(6);
const OWNER: FieldId = FieldId(7);
const KEY: FieldId = FieldId(8);
const SIZE: AttributeId = AttributeId(0);
const HOME: AttributeId = AttributeId(1);
const ROW: ModelId = ModelId(0);

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn here() -> Place {
    Place::call_site()
}

fn field(name: &str, kind: Kind, optional: bool) -> Field {
    Field {
        column: None,
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
        links: None,
        help: String::new(),
        place: here(),
    }
}

fn panel() -> Panel {
    let variant = |name| Variant { name: ident(name), title: String::new(), stored: String::new(), doc: String::new() };
    let state =
        Choice { name: ident("State"), doc: String::new(), variants: vec![variant("A"), variant("B"), variant("C")] };
    let fields = vec![
        field("some", Kind::I64, true),
        field("count", Kind::I32, false),
        field("state", Kind::Choice(ChoiceId(0)), true),
        field("flag", Kind::Bool, false),
        field("at", Kind::Timestamp, false),
        field("name", Kind::String, true),
        field("due", Kind::Date, true),
        field("owner", Kind::Actor, true),
        field("key", Kind::Model(ROW, OnDelete::Restrict), true),
    ];
    let model = Model {
        adopted: None,
        key: crate::panel::Key::Number,
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
    };
    let attribute = |name, kind| Attribute { name: ident(name), doc: String::new(), kind };
    let (size, home) = (attribute("size", Kind::I64), attribute("home", Kind::Model(ROW, OnDelete::Restrict)));
    Panel {
        name: ident("Test"),
        doc: String::new(),
        brand: None,
        database: None,
        public_url: None,
        proxies: None,
        mail: None,
        actor: vec![size, home],
        choices: vec![state],
        models: vec![model],
        roles: Vec::new(),
        forbids: Vec::new(),
        one_person: Vec::new(),
        password: Password { min: 15, min_with_factor: 8, blocklist: true, place: here() },
        factors: crate::panel::Factors { totp: true, passkey: false, alone: false, place: None },
        session: Session {
            idle: 1,
            absolute: 2,
            reauth: 1,
            at_most: 1,
            ruling_idle: 1,
            ruling_absolute: 2,
            place: here(),
        },
        throttles: Vec::new(),
        recovery: Recovery { by_email: None, by_administrator: None, codes: None, break_glass: None, place: None },
        reauth: Vec::new(),
        dashboard: Vec::new(),
        accepts: Vec::new(),
        lock: None,
        lock_passed_over: false,
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

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use proptest::prelude::*;

use super::parse;
use crate::ast::{Block, ModifierKind, Predicate, ValueKind};
use crate::diag::{Diags, Listed};

const CLINIC: &str = include_str!("../../tests-data/clinic.txt");

fn read(text: &str) -> (Block, Vec<Listed>) {
    let mut diags = Diags::new();
    let block = parse(text.parse().expect("the test's text lexes"), &mut diags);
    (block, diags.list())
}

/// The messages and what they underline.
fn said(text: &str) -> Vec<(String, String)> {
    read(text).1.into_iter().map(|diag| (diag.text, diag.at)).collect()
}

#[test]
fn the_whole_specimen_is_read() {
    let (block, said) = read(CLINIC);
    assert_eq!(said, []);
    assert_eq!(block.panels.len(), 1);
    assert_eq!(block.panels[0].settings.len(), 5);
    assert_eq!(block.actor.len(), 1);
    assert_eq!(block.choices.len(), 3);
    assert_eq!(block.models.iter().map(|model| model.fields.len()).collect::<Vec<_>>(), [4, 8, 5, 5, 1]);
    assert_eq!(block.roles.iter().map(|role| role.grants.len()).collect::<Vec<_>>(), [14, 13, 4, 5, 3]);
    assert_eq!(block.forbids.len(), 2);
    assert_eq!(block.one_person[0].steps.len(), 2);
    assert_eq!(block.throttles.iter().map(|throttle| throttle.limits.len()).collect::<Vec<_>>(), [2, 1, 1, 2, 1, 2]);
    assert_eq!(block.recoveries[0].ways.len(), 4);
    assert_eq!(block.reauths[0].words.len(), 5);
    assert_eq!(block.dashboard.len(), 4);
}

#[test]
fn a_clause_keeps_its_words() {
    let (block, _) = read(CLINIC);
    let texts: Vec<&str> = block.roles[2].grants.iter().map(|grant| grant.text.as_str()).collect();
    assert_eq!(texts[1], "view, edit Patient when doctor == me.doctor");
    assert_eq!(texts[3], "may export Patient { name, doctor } when doctor == me.doctor");
    assert_eq!(block.models[1].doc, "One person in care.");
    assert_eq!(block.models[1].fields[0].doc, "As in the passport.");
}

#[test]
fn values_and_units() {
    let (block, said) = read(
        "model M { a: Decimal(10, 2) min -1.50 max 20_000; b: Option<i64> default -3; c: String len 2..; d: Text len ..=5; }
         throttle login 5 per 7d by account, wait 1s to 12h;",
    );
    assert_eq!(said, []);
    let modifiers: Vec<String> = block.models[0]
        .fields
        .iter()
        .flat_map(|field| &field.modifiers)
        .map(|modifier| match &modifier.kind {
            ModifierKind::Len(least, most) => format!("{least:?} {most:?}"),
            ModifierKind::Min(value) | ModifierKind::Max(value) | ModifierKind::Default(value) => match &value.kind {
                ValueKind::Int(int) => int.to_string(),
                ValueKind::Number(digits) => digits.clone(),
                other => format!("{other:?}"),
            },
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(modifiers, ["-1.50", "20000", "-3", "Some(2) None", "None Some(5)"]);
    assert_eq!(block.throttles[0].limits[0].window, 7 * 86_400);
    assert_eq!(block.throttles[0].wait, Some((1, 43_200)));
}

#[test]
fn predicates_bind_as_people_read_them() {
    let (block, said) =
        read("model M { check \"m\" a == 1 or b and not (c in (X, Y) or d is not null) and e < now - 7d; }");
    assert_eq!(said, []);
    let Predicate::Or(parts) = &block.models[0].checks[0].predicate else { panic!("`or` binds loosest") };
    let Predicate::And(parts) = &parts[1] else { panic!("`and` binds tighter") };
    assert!(matches!(&parts[0], Predicate::Holds(_)));
    let Predicate::Not(inner) = &parts[1] else { panic!("`not` binds tightest") };
    assert!(matches!(&**inner, Predicate::Or(parts) if parts.len() == 2));
}

#[test]
fn one_mistake_gives_one_message_at_its_place() {
    let cases = [
        (
            "modle Patient { name: String; } role R { }",
            "there is no `modle` clause in a panel [unknown_name]\n\nhelp: did you mean `model`?",
            "modle",
        ),
        (
            "model M { lsit a, b; name: String; }",
            "there is no `lsit` clause in a model [unknown_name]\n\nhelp: did you mean `list`?",
            "lsit",
        ),
        (
            "model M { name: String lable; }",
            "there is no word `lable` for a field [unknown_name]\n\nhelp: did you mean `label`?",
            "lable",
        ),
        ("model M { name String; age: i32; }", "expected `:`, found `String`", "String"),
        ("model M { a: String; b: String; list a b, a; }", "expected `,` before `b`\n\nhelp: write `a, b`", "b"),
        ("reauth delete export;", "expected `,` before `export`\n\nhelp: write `delete, export`", "export"),
        (
            "forbid Clerk, delete, export *;",
            "expected a role behind the comma, found the verb `delete`\n\nhelp: write `forbid Clerk delete` without a comma",
            "delete",
        ),
        ("model M { a: String b: String; }", "expected `;` behind this", "String"),
        ("model M { a: String }", "expected `;` behind this", "String"),
        ("model M { a: String list a; }", "expected `;` behind this", "String"),
        ("role R { view M when a == approve M; }", "expected a field, `me`, `now` or a value behind this", "="),
        ("model M { a: ; b: String; }", "expected a type, found `;`", ";"),
        ("role R { view M when a = 1; }", "`=` has no meaning in a condition\n\nhelp: write `==`", "="),
        ("role R { view M when a && b; }", "`&&` has no meaning in a condition\n\nhelp: write `and`", "&"),
        (
            "role R { view M when doctor.name == 1; }",
            "a condition reads fields of its own row, and `doctor.` reaches into another\n\nnote: a condition that reads other rows could change its answer without this row changing",
            "doctor.name",
        ),
        (
            "role R { view A, create B; }",
            "one clause grants its verbs on all of its models\n\nhelp: end the clause with `;` before `create`",
            "create",
        ),
        ("throttle login 5 per 15 by account;", "`15` has no unit\n\nhelp: write `15min`", "15"),
        (
            "throttle login 5 per 15m by account;",
            "there is no unit `m` [unknown_name]\n\nhelp: the units are `s`, `min`, `h`, `d`",
            "15m",
        ),
        (
            "session idel 30min;",
            "there is no setting `idel` of `session` [unknown_name]\n\nhelp: did you mean `idle`?",
            "idel",
        ),
        ("model M { a: String len 1..80; }", "`..` leaves out the last length\n\nhelp: write `..=`", "80"),
        (
            "#[derive(Debug)] model M { a: String; }",
            "attributes have no meaning in a panel\n\nhelp: take it out",
            "#[derive(Debug)]",
        ),
        ("role R under { }", "expected a role, found `{`", "{"),
        ("accept one_person until \"2027-01-01\";", "expected the reason in quotes, found `until`", "until"),
    ];
    for (text, message, at) in cases {
        assert_eq!(said(text), [(message.to_owned(), at.to_owned())], "{text}");
    }
}

#[test]
fn what_follows_a_broken_clause_is_read() {
    let (block, said) = read(
        "model Patient { name: String len; born: Date; list name, ; sort born; }
         role Clerk { view ; edit Patient { name, , phone }; create Patient; }
         throttle login 5 per;
         role Owner { all *; }",
    );
    assert_eq!(said.len(), 5, "{said:#?}");
    assert_eq!(block.models[0].fields.len(), 2);
    assert_eq!(block.models[0].sorts.len(), 1);
    assert_eq!(block.roles.len(), 2);
    assert_eq!(block.roles[0].grants.len(), 3);
    assert_eq!(block.throttles.len(), 1);
}

#[test]
fn deep_brackets_are_refused_before_the_stack_ends() {
    let text = format!("role R {{ view M when {}a{}; }}", "(".repeat(200), ")".repeat(200));
    assert_eq!(said(&text)[0].0, "the condition is nested more than 32 deep");
}

/// The tokens up to the one numbered `end`, without those numbered in `gone`, brackets always closed: what an editor
/// hands over while somebody types.
fn half_typed(tokens: TokenStream, at: &mut usize, gone: &[usize], end: usize) -> TokenStream {
    let mut kept = TokenStream::new();
    for token in tokens {
        *at += 1;
        let here = *at;
        let token = match token {
            TokenTree::Group(group) => {
                let inside = half_typed(group.stream(), at, gone, end);
                let mut group = Group::new(group.delimiter(), inside);
                group.set_span(Span::call_site());
                TokenTree::Group(group)
            }
            other => other,
        };
        if here <= end && !gone.contains(&here) {
            kept.extend([token]);
        }
    }
    kept
}

fn clinic() -> TokenStream {
    CLINIC.parse().expect("the clinic lexes")
}

#[test]
fn the_whole_clinic_is_among_the_half_typed() {
    let mut count = 0;
    let whole = half_typed(clinic(), &mut count, &[], usize::MAX);
    assert_eq!(whole.to_string(), clinic().to_string());
    assert!((TOKENS - 100..TOKENS).contains(&count), "the clinic has {count} tokens");
}

/// A few more than the clinic has.
const TOKENS: usize = 960;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// All phases: what is left out by one must not be missed by the next.
    #[test]
    fn half_typed_panels_are_written_out_all_the_same(
        gone in proptest::collection::vec(1..TOKENS, 0..6),
        end in 1..TOKENS,
    ) {
        let tokens = half_typed(clinic(), &mut 0, &gone, end);
        let _ = crate::written_out(tokens, crate::lock::Found::Nothing);
    }
}

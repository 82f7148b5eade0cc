//! What a block means, read out of its text; what is wrong with one is in `tests/mistakes.rs`.

mod clinic;
mod mistakes;

use super::resolve;
use crate::diag::{Diags, Listed};
use crate::panel::{FieldId, Panel};
use crate::parse::parse;

pub(crate) const CLINIC: &str = include_str!("../../tests-data/clinic.txt");

/// A block's text as a panel, and what was said on the way: what tests of rules and of the expansion start from.
pub(crate) fn read(text: &str) -> (Panel, Diags) {
    let mut diags = Diags::new();
    let block = parse(text.parse().expect("the test's text lexes"), &mut diags);
    let panel = resolve(&block, &mut diags);
    (panel, diags)
}

fn said(text: &str) -> Vec<Listed> {
    read(text).1.list()
}

/// The fields of the first cell of a role with this verb's and model's words, by name.
fn names_in(panel: &Panel, role: &str, verb: crate::panel::Verb, model: &str) -> Vec<String> {
    let role = panel.roles.iter().find(|candidate| candidate.name == role).expect("the role is there");
    let cells = role.cells.iter().filter(|cell| cell.verb == verb && panel.model(cell.model).name == model);
    let mut fields: Vec<FieldId> = cells.flat_map(|cell| cell.fields.iter()).collect();
    fields.sort_unstable();
    fields.dedup();
    let model = panel.models.iter().find(|candidate| candidate.name == model).expect("the model is there");
    fields.into_iter().map(|field| model.field(field).name.to_string()).collect()
}

#[test]
fn a_block_without_a_panel_says_how_to_begin() {
    for text in ["", "role Head { all *; }"] {
        let said = said(text);
        assert_eq!(said.iter().map(|diag| diag.message.as_str()).collect::<Vec<_>>(), ["the block declares no panel"]);
    }
}

#[test]
fn what_is_left_out_gets_its_default() {
    let (panel, diags) = read(
        "panel P { public_url \"http://127.0.0.1:8000\"; } model A { title: String; text: Text; } role R { all *; }",
    );
    assert_eq!(diags.list(), []);
    assert_eq!((panel.password.min, panel.password.min_with_factor, panel.password.blocklist), (15, 8, true));
    assert_eq!(
        (panel.session.idle, panel.session.absolute, panel.session.reauth, panel.session.at_most),
        (1800, 43_200, 600, 5)
    );
    assert_eq!((panel.session.ruling_idle, panel.session.ruling_absolute), (900, 28_800), "who rules over people");
    let (panel, _) = read(
        "panel P { public_url \"http://127.0.0.1:8000\"; } model A { title: String; } role R { all *; } session idle 1h;",
    );
    assert_eq!((panel.session.idle, panel.session.ruling_idle), (3_600, 3_600), "as the block says");
    assert_eq!((panel.session.absolute, panel.session.ruling_absolute), (43_200, 28_800));
    let (panel, _) = read(
        "panel P { public_url \"http://127.0.0.1:8000\"; } model A { title: String; text: Text; } role R { all *; }",
    );
    assert_eq!((panel.throttles.len(), panel.reauth.len()), (5, 4));
    assert!(panel.proxies.is_none() && panel.recovery.by_email.is_none());
    assert_eq!(panel.database.and_then(|database| database.fallback).as_deref(), Some("sqlite:p.db"));
    let model = &panel.models[0];
    assert_eq!((model.label.as_slice(), model.list.len(), model.sections.len()), ([FieldId(0)].as_slice(), 1, 1));
}

#[test]
fn factors_are_as_the_block_says_and_passkeys_only_where_they_are_built_in() {
    let read = |clause: &str, built: bool| {
        let mut diags = Diags::new();
        let block = parse(clause.parse().expect("the test's text lexes"), &mut diags);
        let factors = super::settings::factors(block.factors.first(), built, &mut diags);
        let said: Vec<String> = diags.list().into_iter().map(|diag| diag.message).collect();
        ((factors.totp, factors.passkey, factors.alone), said)
    };
    assert_eq!(read("", false), ((true, false, false), vec![]));
    assert_eq!(read("factor totp;", false), ((true, false, false), vec![]));
    assert_eq!(read("factor passkey;", true), ((false, true, false), vec![]));
    assert_eq!(read("factor totp, passkey alone;", true), ((true, true, true), vec![]));
    let mut diags = Diags::new();
    let block = parse("factor otp;".parse().expect("the test's text lexes"), &mut diags);
    super::settings::factors(block.factors.first(), true, &mut diags);
    assert_eq!(diags.list()[0].text, "there is no factor `otp` [unknown_name]\n\nhelp: did you mean `totp`?");
    let (_, said) = read("factor totp, passkey;", false);
    assert_eq!(said, ["passkeys are not built into this program: the feature `passkeys` of `bailiwick` is off"]);
    for (clause, fault) in [
        ("factor totp alone;", "a code of an app signs nobody in `alone`: it does not say whose it is"),
        ("factor totp, totp;", "`totp` stands twice"),
        ("factor otp;", "there is no factor `otp`"),
    ] {
        assert_eq!(read(clause, true).1, [fault], "{clause}");
    }
}

#[test]
fn a_secret_is_written_and_not_read() {
    use crate::panel::Verb;
    let (panel, diags) = read("panel P { } model A { name: String; pin: Secret; } role R { all A; view A { pin }; }");
    assert_eq!(diags.list(), []);
    let fields = |cell: usize| panel.roles[0].cells[cell].fields.iter().map(|field| field.0).collect::<Vec<_>>();
    assert_eq!(panel.roles[0].cells[0].verb, Verb::View);
    assert_eq!(fields(0), [0]);
    assert_eq!(fields(1), [0, 1]);
    // Who names it gets it here, and an error from the rule that no secret is read.
    assert_eq!(fields(4), [1]);
}

#[test]
fn a_star_survives_a_circle_of_ranks() {
    let (panel, diags) = read(
        "panel P { } model M { a: i32; }
         role A under B { assign *; } role B under A { view M; }",
    );
    assert_eq!(diags.list(), []);
    assert_eq!(panel.roles[0].people.iter().map(|cell| cell.target.0).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_word_of_rust_is_reported_once_and_written_out_raw() {
    let (panel, diags) = read("panel P { } model M { type: i32; self: i32; } role R { all *; }");
    assert_eq!(diags.list().len(), 2);
    let names = panel.models[0].fields.iter().map(|field| field.name.to_string());
    assert_eq!(names.collect::<Vec<_>>(), ["r#type", "self_"]);
}

//! The clinic's expansion, pinned part by part as a person would read it, and what must hold of every expansion.

use proc_macro2::{TokenStream, TokenTree};

use super::{expand, parts};
use crate::diag::Diags;
use crate::panel::Panel;
use crate::resolve::tests::CLINIC;
use crate::{parse, resolve};

/// What a model's own code may at most be, in lines: types, columns, queries and its table together.
const LINES_A_MODEL: usize = 400;

fn panel_of(block: &str) -> (Panel, Diags) {
    let mut diags = Diags::new();
    let block = parse::parse(block.parse().expect("tokens"), &mut diags);
    let panel = resolve::resolve(&block, &mut diags);
    (panel, diags)
}

/// The block of examples/clinic: what is pinned is what a user builds.
fn clinic_block() -> TokenStream {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clinic/src/main.rs");
    let source = std::fs::read_to_string(path).expect("the clinic");
    let tokens: Vec<TokenTree> = source.parse::<TokenStream>().expect("tokens").into_iter().collect();
    let block = tokens.windows(3).find_map(|three| match three {
        [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(block)] if name == "admin" => {
            Some(block.stream())
        }
        _ => None,
    });
    block.expect("a block")
}

fn clinic() -> Panel {
    let mut diags = Diags::new();
    let block = parse::parse(clinic_block(), &mut diags);
    let panel = resolve::resolve(&block, &mut diags);
    assert!(!diags.has_errors(), "{:?}", diags.list());
    panel
}

#[test]
fn the_text_that_other_tests_read_is_the_clinics() {
    let text: TokenStream = CLINIC.parse().expect("tokens");
    assert_eq!(text.to_string(), clinic_block().to_string(), "tests-data/clinic.txt has fallen behind");
}

fn pretty(part: &str, tokens: &TokenStream) -> String {
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{part}: {error}\n{tokens}"));
    prettyplease::unparse(&file)
}

#[test]
fn the_clinic_reads_well() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, tokens) in parts(&clinic()) {
            insta::assert_snapshot!(format!("clinic_{name}"), pretty(&name, &tokens));
        }
    });
}

#[test]
fn a_model_stays_short() {
    let parts = parts(&clinic());
    let text_of = |wanted: &str| {
        let part = parts.iter().find(|(name, _)| name == wanted).map(|(name, tokens)| pretty(name, tokens));
        part.unwrap_or_else(|| panic!("no part {wanted}"))
    };
    let tables = text_of("tables");
    for model in ["doctor", "patient", "visit", "invoice"] {
        let own = text_of(&format!("model_{model}")).lines().count();
        let start = format!("pub(super) const {}_MODEL", model.to_uppercase());
        let (_, table) = tables.split_once(&start).expect("a table");
        let table = table.lines().take_while(|line| *line != "    };").count();
        assert!(own + table < LINES_A_MODEL, "{model}: {own} + {table}");
    }
}

#[test]
fn what_is_broken_is_written_out_all_the_same() {
    let (panel, diags) = panel_of(
        r#"panel P { database "sqlite:p.db"; }
           choice State { Open, Open }
           model Thing { id: String; name: String label; name: i64; owner: Nobody; state: State; list nme; }
           model Thing { other: bool; }
           role Boss { all Thnig; edit Thing when nam == "x"; }
           role Boss { view Thing; }"#,
    );
    assert!(diags.has_errors());
    let text = pretty("broken", &expand(&panel, Diags::new()));
    for (what, times) in [
        ("pub struct Thing ", 1),
        // In the row, in the new one and in the change.
        ("pub name:", 3),
        ("pub enum State ", 1),
        ("    Open,", 1),
        ("pub enum Role ", 1),
        ("pub struct Boss", 1),
    ] {
        assert_eq!(text.matches(what).count(), times, "{what}\n{text}");
    }
}

#[test]
fn errors_come_last() {
    let (panel, diags) = panel_of("panel P { } model Thing { name: Strng; }");
    assert!(diags.has_errors());
    let text = pretty("errors", &expand(&panel, diags));
    let (types, errors) = text.split_once("compile_error").expect("an error");
    assert!(types.contains("pub struct Thing") && !errors.contains("pub struct"), "{text}");
}

#[test]
fn nothing_at_all_still_has_its_types() {
    let (panel, diags) = panel_of("");
    assert!(diags.has_errors());
    let text = pretty("empty", &expand(&panel, Diags::new()));
    assert!(text.contains("pub enum Route") && text.contains("pub static PANEL"), "{text}");
}

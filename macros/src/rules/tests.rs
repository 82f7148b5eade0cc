//! Every rule over its fixtures in ui-tests/: what breaks it gives one message, of that rule; what passes right at the
//! border gives none. The compiler's own output over the same files is compared in ui-tests/.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::{BEFORE_RULES, BY_CONSTRUCTION, RULES, accepts, judge};
use crate::diag::{Diags, Level, Listed};
use crate::resolve::tests::{CLINIC, read};

/// What the rules say of a block's text.
pub(super) fn judged(text: &str) -> Vec<Listed> {
    let (panel, mut diags) = read(text);
    assert_eq!(diags.list(), [], "names and syntax are right in {text}");
    judge(&panel, &mut diags);
    diags.list()
}

/// The rule that speaks only where there is a file to compare with; its fixtures stand beside one.
const BESIDE_A_LOCK: &str = "policy_is_locked";

/// What the rules say of a block beside the lock of ui-tests/lock.
fn judged_beside_the_lock(text: &str) -> Vec<Listed> {
    let mut diags = Diags::new();
    let mut block = crate::parse::parse(text.parse().expect("the text lexes"), &mut diags);
    let mut panel = crate::resolve::resolve(&block, &mut diags);
    assert_eq!(diags.list(), [], "names and syntax are right in {text}");
    let lock = fs::read_to_string(ui_tests().join("lock/policy.lock")).expect("the lock");
    panel.lock = Some(crate::lock::read(&lock, &mut block));
    judge(&panel, &mut diags);
    diags.list()
}

#[test]
fn what_goes_beyond_the_lock_breaks_that_rule_and_no_other() {
    for (name, block) in fixtures("lock/break").into_values().flatten() {
        let said = judged_beside_the_lock(&block);
        assert!(!said.is_empty() && said.iter().all(|said| said.rule == BESIDE_A_LOCK), "{name}: {said:#?}");
        assert_eq!(judged(&block), [], "{name} without a lock");
    }
    for (name, block) in fixtures("lock/pass").into_values().flatten() {
        assert_eq!(judged_beside_the_lock(&block), [], "{name}");
    }
}

/// What is said of a block's text as `admin!` says it: rules are asked once all names mean something.
fn said(text: &str) -> Vec<Listed> {
    let (panel, mut diags) = read(text);
    if !diags.has_errors() {
        judge(&panel, &mut diags);
    }
    diags.list()
}

fn ui_tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests")
}

/// The blocks in a folder of fixtures by name of rule and file: `edit_needs_view_2.rs` belongs to `edit_needs_view`.
fn fixtures(folder: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let mut all: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for entry in fs::read_dir(ui_tests().join(folder)).expect("the fixtures are there") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let rule = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_').to_owned();
        let text = fs::read_to_string(&path).expect("a text");
        let (_, block) = text.split_once("bailiwick::admin! {").expect("a block");
        let (block, _) = block.split_once("\n}\n").expect("its end");
        all.entry(rule).or_default().push((name, block.to_owned()));
    }
    for files in all.values_mut() {
        files.sort();
    }
    all
}

#[test]
fn the_clinic_passes() {
    assert_eq!(judged(CLINIC), []);
}

#[test]
fn what_breaks_a_rule_gives_one_message_of_that_rule() {
    let mut wrong = Vec::new();
    for (rule, files) in fixtures("rules") {
        for (name, block) in files {
            let said = judged(&block);
            if said.len() != 1 || said[0].rule != rule || said[0].at.is_empty() {
                wrong.push(format!("{name}: {said:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_passes_at_the_border_gives_none() {
    let mut wrong = Vec::new();
    for (name, block) in fixtures("pass").into_values().flatten() {
        let said = judged(&block);
        if !said.is_empty() {
            wrong.push(format!("{name}: {said:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_two_fixtures_of_each_kind_and_its_heading() {
    let (mut broken, mut passing) = (fixtures("rules"), fixtures("pass"));
    broken.extend(fixtures("lock/break"));
    passing.extend(fixtures("lock/pass"));
    let docs = fs::read_to_string(ui_tests().join("../docs/rules.md")).expect("docs/rules.md");
    for rule in RULES {
        for (kind, fixtures) in [("break", &broken), ("pass", &passing)] {
            let count = fixtures.get(rule.name).map_or(0, Vec::len);
            assert!(count >= 2, "{} has {count} fixtures that {kind}", rule.name);
        }
        assert!(docs.contains(&format!("\n### {}\n", rule.name)), "docs/rules.md has no heading for {}", rule.name);
    }
    let before = fixtures("syntax");
    for rule in BEFORE_RULES {
        assert!(docs.contains(&format!("\n### {rule}\n")), "docs/rules.md has no heading for {rule}");
        let broken: Vec<&String> = before.keys().filter(|name| name.starts_with(rule)).collect();
        let broken: usize = broken.into_iter().map(|name| before[name].len()).sum();
        let passing = passing.get(*rule).map_or(0, Vec::len);
        assert!(broken >= 2 && passing >= 2, "{rule} has {broken} fixtures that break and {passing} that pass");
    }
}

/// Under each heading: the attack in a sentence, the two examples, and whether there is an exception; a warning says
/// so.
#[test]
fn every_heading_says_what_goes_wrong_and_what_may_be_accepted() {
    let docs = fs::read_to_string(ui_tests().join("../docs/rules.md")).expect("docs/rules.md");
    let parts: BTreeMap<&str, &str> = docs.split("\n### ").skip(1).filter_map(|part| part.split_once('\n')).collect();
    let broken = {
        let mut all = fixtures("rules");
        all.extend(fixtures("lock/break"));
        all
    };
    for rule in RULES {
        let part = parts[rule.name].split("\n## ").next().unwrap_or_default();
        let attack = part.split("```").next().unwrap_or_default().trim();
        assert!(
            attack.len() > 40 && attack.ends_with(['.', ')']) || rule.name == BESIDE_A_LOCK,
            "{}: {attack}",
            rule.name
        );
        let (yes, no) = (part.contains("Exception: "), part.contains("No exception."));
        assert!(yes == rule.opts_out && no != rule.opts_out, "docs/rules.md of {}: its exception", rule.name);
        if rule.name != BESIDE_A_LOCK {
            let warns = broken[rule.name].iter().all(|(_, block)| judged(block)[0].level == Level::Warning);
            assert_eq!(part.contains("A warning."), warns, "docs/rules.md of {}: whether it is a warning", rule.name);
        }
    }
}

/// The fenced examples of docs/rules.md by rule; the one before the first heading of a rule is what they stand in.
fn examples() -> (String, Vec<(String, Vec<String>)>) {
    let docs = fs::read_to_string(ui_tests().join("../docs/rules.md")).expect("docs/rules.md");
    let fenced = |text: &str| -> Vec<String> {
        let inside = text.split("```").skip(1).step_by(2);
        inside.filter_map(|block| block.strip_prefix("admin\n")).map(str::to_owned).collect()
    };
    let mut parts = docs.split("\n### ");
    let around = fenced(parts.next().unwrap_or_default()).join("\n");
    let of_rule = parts.filter_map(|part| Some((part.split_once('\n')?.0.to_owned(), fenced(part))));
    (around, of_rule.collect())
}

#[test]
fn the_docs_keep_their_word() {
    let (around, examples) = examples();
    let mut wrong = Vec::new();
    for (rule, blocks) in examples {
        if rule == BESIDE_A_LOCK || BY_CONSTRUCTION.iter().any(|held| held.0 == rule) {
            continue;
        }
        assert_eq!(blocks.len(), 2, "{rule} has an example that breaks it and one that mends it");
        for (block, broken) in blocks.iter().zip([true, false]) {
            let whole = if block.contains("panel ") { block.clone() } else { format!("{around}\n{block}") };
            let said = said(&whole);
            let as_told = if broken { said.len() == 1 && said[0].rule == rule } else { said.is_empty() };
            if !as_told {
                wrong.push(format!("{rule}, broken: {broken}: {said:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What README.md and docs/dsl.md show as right is right, and gives no warning either.
#[test]
fn the_panels_of_the_docs_pass() {
    for file in ["../README.md", "../docs/dsl.md"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("the page");
        let mut blocks = text.split("\nbailiwick::admin! {").skip(1).peekable();
        assert!(blocks.peek().is_some(), "{file} shows a panel");
        for block in blocks {
            let (block, _) = block.split_once("\n}\n").expect("its end");
            assert_eq!(judged(block), [], "in {file}");
        }
    }
}

#[test]
fn no_two_rules_share_a_name() {
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    names.extend(BY_CONSTRUCTION.iter().map(|rule| rule.0));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// The whole of every message, for whoever reads a change of wording.
#[test]
fn messages_read_well() {
    let mut all = String::new();
    for (name, block) in fixtures("rules").into_values().flatten() {
        for said in judged(&block) {
            let because = said.because.map(|text| format!("because {text}\n")).unwrap_or_default();
            let _ = write!(all, "== {name}\nat {}\n{because}{}\n\n", said.at, said.text);
        }
    }
    insta::assert_snapshot!(all);
}

mod accept {
    use super::*;

    const BLOCK: &str = r#"
        panel Shop { public_url "http://127.0.0.1:8000"; proxies none; PANEL }
        model Product { name: String label; MODEL }
        role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
        role Clerk under Owner { edit Product; CLERK }
    "#;

    fn said(panel: &str, model: &str, clerk: &str) -> Vec<(&'static str, String)> {
        let text = BLOCK.replace("PANEL", panel).replace("MODEL", model).replace("CLERK", clerk);
        let (panel, mut diags) = read(&text);
        assert_eq!(diags.list(), []);
        let policy = super::super::Policy::new(&panel);
        for rule in RULES {
            (rule.check)(&policy, &mut diags);
        }
        accepts::apply(&panel, NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day"), &mut diags);
        diags.list().into_iter().map(|said| (said.rule, said.message)).collect()
    }

    #[test]
    fn it_speaks_where_it_stands() {
        let accept = r#"accept edit_needs_view "they dictate it by telephone" until "2026-11-21";"#;
        assert_eq!(said("", "", "")[0].0, "edit_needs_view");
        assert_eq!(said("", "", accept), []);
        assert_eq!(said("", accept, ""), []);
        assert_eq!(said(accept, "", ""), []);
    }

    #[test]
    fn its_time_ends() {
        let said = said("", "", r#"accept edit_needs_view "until we move" until "2026-11-20";"#);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].0, "accept_is_not_past");
    }

    #[test]
    fn it_must_excuse_something() {
        let said = said("", "", r#"accept edit_needs_view "x"; accept delete_needs_view "y";"#);
        assert_eq!(said, [("accept_is_needed", "`accept delete_needs_view` excuses nothing here".to_owned())]);
        let stands_elsewhere = super::judged(
            &BLOCK
                .replace("CLERK", "view Product;")
                .replace("PANEL", "")
                .replace("MODEL", r#"accept edit_needs_view "x";"#),
        );
        assert_eq!(stands_elsewhere.len(), 1);
        assert_eq!(stands_elsewhere[0].rule, "accept_is_needed");
    }

    #[test]
    fn what_is_fixed_cannot_be_accepted() {
        let said = said(r#"accept forbid_holds "we know";"#, "", "view Product;");
        assert_eq!(said[0].0, "rule_can_be_accepted");
    }

    #[test]
    fn what_no_panel_can_break_is_not_excused() {
        let said = said("", "", r#"view Product; accept picker_is_scoped "x";"#);
        assert_eq!(said, [("accept_is_needed", "no panel can break `picker_is_scoped`".to_owned())]);
    }

    #[test]
    fn an_unknown_rule_is_told_with_the_nearest() {
        let said = said("", "", r#"view Product; accept edit_need_view "x";"#);
        assert_eq!(said, [("unknown_name", "there is no rule `edit_need_view`".to_owned())]);
    }
}

#[test]
fn a_broken_condition_stops_nothing() {
    let text = CLINIC.replace("doctor == me.doctor", "doctor == me.docto");
    let (panel, _) = read(&text);
    judge(&panel, &mut Diags::new());
}

/// As somebody types it: each slip is told once, where it stands, and nothing follows from it.
#[test]
fn one_slip_is_one_message() {
    const SLIPS: &[(&str, &str, &str)] = &[
        ("model Doctor {", "modle Doctor {", "modle"),
        ("role Reception", "rol Reception", "rol"),
        ("name: String len 1..=80", "name: Strng len 1..=80", "Strng"),
        ("default General", "defualt General", "defualt"),
        ("speciality: Speciality", "speciality Speciality", "Speciality"),
        ("list name, doctor", "lsit name, doctor", "lsit"),
        ("view Language, Doctor;", "view Language, Docter;", "Docter"),
        ("when doctor == me.doctor", "when doctr == me.doctor", "doctr"),
        ("when doctor == me.doctor", "where doctor == me.doctor", "where"),
        ("doctor == me.doctor", "doctor = me.doctor", "="),
        ("throttle login", "throttle logn", "logn"),
        ("per 15min by account", "per 15mins by account", "15mins"),
        ("forbid Auditor", "forbid Auditr", "Auditr"),
        ("forbid one_person", "forbid one_persn", "one_persn"),
        ("state == Draft", "state == Drafft", "Drafft"),
        ("approve Invoice;", "approve Invoice", "Invoice"),
        ("create, edit Invoice when", "create edit Invoice when", "edit"),
        ("Patient { phone, email, languages };", "Patient ( phone, email, languages );", "( phone, email, languages )"),
        ("link by email", "link by emial", "emial"),
        ("accept one_person", "acept one_person", "acept"),
        ("factor required;", "factor requried;", "requried"),
        ("reauth delete, export", "reauth delete, exprot", "exprot"),
        ("beside Manager", "beside Manger", "Manger"),
        ("keep 1;", "keep one;", "one"),
        ("until \"2027-06-30\"", "until \"30.06.2027\"", "\"30.06.2027\""),
        ("dashboard {", "dashbord {", "dashbord"),
        ("password min 15", "password minimum 15", "minimum"),
    ];
    let mut wrong = Vec::new();
    for (right, slip, at) in SLIPS {
        assert!(CLINIC.contains(right), "{right}");
        let said = said(&CLINIC.replacen(right, slip, 1));
        if said.len() != 1 || said[0].at != *at {
            wrong.push(format!("{slip}: {said:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

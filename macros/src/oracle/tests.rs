//! The two opinions side by side. What is unsafe must be told by the rule whose name it is; that some other rule
//! happens to speak as well does not count.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::test_runner::{Config, TestCaseError, TestRng, TestRunner};

use super::harm::{Found, Harm};
use super::play::harms;
use super::random::panels;
use super::small::Small;
use crate::diag::Listed;
use crate::resolve::tests::read;
use crate::rules::judge;

/// The rules whose business a kind of harm is; each has to be told by one of them.
fn rules_of(harm: Harm) -> &'static [&'static str] {
    match harm {
        Harm::Circle => &["ranks_have_no_circle"],
        Harm::Gain => &["no_upward_path", "giver_holds_what_it_gives", "recovery_respects_rank"],
        Harm::Overreach => &["recovery_respects_rank"],
        Harm::Duties => &["one_person"],
        // A view of no row counts for these as one, and is told first.
        Harm::Oracle => &["search_sees_no_more", "filter_sees_no_more", "sort_sees_no_more", "grant_can_apply"],
        Harm::Label => &["label_text_sees_no_more"],
        // One missing `view` is told of the first verb that needs it.
        Harm::Blind => &["edit_needs_view", "delete_needs_view", "export_needs_view", "action_needs_view"],
        Harm::Secret => &["secret_is_never_read"],
        Harm::Travel => &["label_fits_the_place"],
        // A forbidden deletion is told as such.
        Harm::Cascade => &["cascade_stays_within_rights", "forbid_holds"],
        Harm::Emptied => &["set_null_is_an_edit", "forbid_holds"],
        Harm::Scope => &["scope_is_fixed"],
        Harm::Guard => &["guard_is_not_lost"],
        Harm::Forbidden => &["forbid_holds"],
        Harm::Stuck => &["somebody_can"],
        Harm::Lost => &["every_role_is_recoverable"],
    }
}

/// What the checker says of the panel's text.
pub(super) fn said(small: &Small) -> Vec<Listed> {
    said_of(small).unwrap_or_else(|| panic!("a small panel is well-formed:\n{}", small.written()))
}

/// The same, where every name and value fits: an operator may have made one that does not.
pub(super) fn said_of(small: &Small) -> Option<Vec<Listed>> {
    let (panel, mut diags) = read(&small.written());
    if diags.has_errors() {
        return None;
    }
    judge(&panel, &mut diags);
    let said = diags.list();
    // Nobody asks where a panel stood once it is judged; else the texts of all of them are kept.
    proc_macro2::extra::invalidate_current_thread_spans();
    Some(said)
}

/// What could happen and no rule told, if anything.
pub(super) fn missed(small: &Small, found: &[Found], said: &[Listed]) -> Option<String> {
    // Where the ranks go in a circle the rules about ranks wait until that is mended.
    if said.iter().any(|said| said.rule == "ranks_have_no_circle") {
        return None;
    }
    let untold = found.iter().find(|found| !said.iter().any(|s| rules_of(found.harm).contains(&s.rule)))?;
    let rules: Vec<&str> = said.iter().map(|said| said.rule).collect();
    Some(format!("{:?} is not told: {}\n{}\nsaid: {rules:?}", untold.harm, untold.how, small.written()))
}

/// How often the two agreed, and how.
#[derive(Debug, Default)]
struct Count {
    panels: usize,
    of_harm: BTreeMap<Harm, usize>,
    /// Nothing is found, and nothing is said.
    clean: usize,
    /// Something is found, and told.
    unsafe_and_told: usize,
    /// Nothing is found, and something is said: order, or a doubt.
    told_alone: usize,
}

/// Panels that one run of proptest looks at; each run has a seed of its own.
const A_RUN: u32 = 5_000;

fn compare(cases: u32) {
    let count = RefCell::new(Count::default());
    let started = std::time::Instant::now();
    for run in 0..cases.div_ceil(A_RUN) {
        let cases = A_RUN.min(cases - run * A_RUN);
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
        let seed = [u8::try_from(run).expect("few runs"); 32];
        let rng = TestRng::from_seed(config.rng_algorithm, &seed);
        let outcome = TestRunner::new_with_rng(config, rng).run(&panels(), |small| one(&small, &count));
        println!("{:?} in {:?}", count.borrow(), started.elapsed());
        if let Err(error) = outcome {
            panic!("{error}");
        }
    }
}

fn one(small: &Small, count: &RefCell<Count>) -> Result<(), TestCaseError> {
    let said = said(small);
    let found = harms(small);
    if let Some(missed) = missed(small, &found, &said) {
        return Err(TestCaseError::fail(missed));
    }
    let mut count = count.borrow_mut();
    count.panels += 1;
    for found in &found {
        *count.of_harm.entry(found.harm).or_default() += 1;
    }
    match (found.is_empty(), said.is_empty()) {
        (true, true) => count.clean += 1,
        (true, false) => count.told_alone += 1,
        (false, _) => count.unsafe_and_told += 1,
    }
    Ok(())
}

/// Only this file and the table of mutants know the checker; everything else is an opinion of its own.
#[test]
fn the_second_opinion_shares_no_line_with_the_first() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/oracle");
    let mut read = 0;
    for file in fs::read_dir(folder).expect("this folder").map(|file| file.expect("a file").path()) {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        if ["tests.rs", "mutate.rs"].contains(&name.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a text");
        for way in ["crate::", "super::super", "super::tests", "super::mutate", "include!", "include_str!"] {
            assert!(!text.contains(way), "{name} reaches out by `{way}`");
        }
        read += 1;
    }
    assert_eq!(read, 11, "a file that comes or goes is counted here");
}

#[test]
fn no_harm_is_missed() {
    compare(2_000);
}

#[test]
#[ignore = "two minutes: `cargo test --release -p bailiwick-macros -- --ignored oracle --nocapture`"]
fn no_harm_is_missed_in_100_000_panels() {
    compare(100_000);
}

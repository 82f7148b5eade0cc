//! docs/security.md names a test for each promise: the tests that it names are there, and of the chapters of the
//! standard that it goes through it leaves out no requirement.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where tests stand, from the root of the repository.
const PLACES: [&str; 6] =
    ["runtime/src", "runtime/tests", "macros/src", "examples/clinic/tests", "examples/clinic/src", "ui-tests"];

/// Requirements of each section of OWASP ASVS 5.0.0, chapters 6, 7, 8 and 16.
const SECTIONS: [(&str, u32); 23] = [
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 8),
    ("6.4", 6),
    ("6.5", 8),
    ("6.6", 4),
    ("6.7", 2),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 3),
    ("7.6", 2),
    ("8.1", 4),
    ("8.2", 4),
    ("8.3", 3),
    ("8.4", 2),
    ("16.1", 1),
    ("16.2", 5),
    ("16.3", 4),
    ("16.4", 3),
    ("16.5", 4),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root").to_owned()
}

fn security() -> String {
    std::fs::read_to_string(root().join("docs/security.md")).expect("the page")
}

/// Every Rust file below, with its text.
fn sources(below: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(below).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            found.push((path, text));
        }
    }
}

/// What stands between backticks.
fn quoted(page: &str) -> impl Iterator<Item = &str> {
    page.split('`').skip(1).step_by(2).map(str::trim)
}

/// A name of a test, with or without its path; commands and clauses of the block are none.
fn is_a_test(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == ':');
    plain && (word.contains("::") || word.matches('_').count() >= 4)
}

/// Whether this function is there, and is run as a test.
fn is_run(text: &str, function: &str) -> bool {
    text.match_indices(function).any(|(at, _)| {
        let above = text[..at].rsplit("\n\n").next().unwrap_or_default();
        above.contains("#[test]") || above.contains("#[tokio::test")
    })
}

#[test]
fn every_module_of_the_clinic_that_the_page_names_is_there() {
    let page = security();
    let named = page.split("module `").skip(1).filter_map(|rest| rest.split('`').next());
    let named: BTreeSet<&str> = named.collect();
    assert!(named.len() > 8, "the page names modules: {named:?}");
    let tests = root().join("examples/clinic/tests/all");
    let missing: Vec<_> = named.into_iter().filter(|name| !tests.join(format!("{name}.rs")).is_file()).collect();
    assert!(missing.is_empty(), "docs/security.md names modules that are not there: {missing:?}");
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let mut files = Vec::new();
    for place in PLACES {
        sources(&root().join(place), &mut files);
    }
    let page = security();
    let named: BTreeSet<&str> = quoted(&page).filter(|word| is_a_test(word)).collect();
    assert!(named.len() > 80, "the page names tests: {}", named.len());
    let mut missing = Vec::new();
    for name in named {
        let (path, last) = name.rsplit_once("::").unwrap_or(("", name));
        let function = format!("fn {last}(");
        // `tests::recovery::NAME` stands in a file recovery.rs, `audit::chain::tests` in audit/chain.rs or below it.
        let within = |file: &Path| {
            path.split("::").filter(|part| !part.is_empty() && *part != "tests").all(|part| {
                file.components().any(|step| step.as_os_str().to_string_lossy().trim_end_matches(".rs") == part)
            })
        };
        // How something is held may be told by the function that does it.
        let is_told = name.contains("::") && !name.contains("tests");
        let is_function = files
            .iter()
            .any(|(file, text)| within(file) && (is_run(text, &function) || is_told && text.contains(&function)));
        let is_module = files.iter().any(|(file, text)| {
            within(file) && (file.file_stem().is_some_and(|stem| stem == last) || text.contains(&format!("mod {last}")))
        });
        if !is_function && !is_module {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "docs/security.md names what is not there: {missing:#?}");
}

#[test]
fn no_requirement_of_the_standard_is_left_out() {
    let page = security();
    let table = page.split_once("## OWASP ASVS").expect("the heading").1;
    let table = table.split("\n## ").next().unwrap_or_default();
    let mut told = BTreeSet::new();
    for row in table.lines().filter_map(|line| line.strip_prefix("| ")) {
        let head = row.split(" |").next().unwrap_or_default();
        for word in head.split([' ', ',']).filter(|word| word.contains('–') || word.matches('.').count() == 2) {
            let (first, last) = word.split_once('–').unwrap_or((word, word));
            let (section, from) = first.rsplit_once('.').expect("a number");
            let to = last.rsplit_once('.').map_or(last, |(_, number)| number);
            let (Ok(from), Ok(to)) = (from.parse::<u32>(), to.parse::<u32>()) else { continue };
            for number in from..=to {
                assert!(told.insert((section.to_owned(), number)), "{section}.{number} stands there twice");
            }
        }
    }
    let asked: BTreeSet<(String, u32)> =
        SECTIONS.iter().flat_map(|(section, count)| (1..=*count).map(|n| ((*section).to_owned(), n))).collect();
    let left_out: Vec<_> = asked.difference(&told).collect();
    let unknown: Vec<_> = told.difference(&asked).collect();
    assert!(left_out.is_empty() && unknown.is_empty(), "left out: {left_out:?}; not of the standard: {unknown:?}");
}

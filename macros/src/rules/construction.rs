//! What no block can say: the rules that hold by construction, each tried in every way that a block could try it.

use std::fs;
use std::path::Path;

use super::{BY_CONSTRUCTION, judge};
use crate::resolve::tests::read;

const BLOCK: &str = r#"
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; FIELD MODEL }
    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; GRANT }
    CLAUSE
"#;

fn is_refused(word: &str, clause: &str) -> bool {
    let text = ["FIELD", "MODEL", "GRANT", "CLAUSE"]
        .into_iter()
        .fold(BLOCK.to_owned(), |text, place| text.replace(place, if place == word { clause } else { "" }));
    let (panel, mut diags) = read(&text);
    if !diags.has_errors() {
        judge(&panel, &mut diags);
    }
    diags.has_errors()
}

#[test]
fn no_clause_writes_the_log_or_the_throttles() {
    assert!(!is_refused("GRANT", "export Audit;"), "the control: what may be said of the log is let through");
    for clause in [
        "create Audit;",
        "edit Audit;",
        "delete Audit;",
        "import Audit;",
        "all Audit;",
        "may delete Audit;",
        "edit Throttle;",
        "delete Session;",
        "edit People;",
        "delete People;",
        "import People;",
    ] {
        assert!(is_refused("GRANT", clause), "{clause}");
    }
    for clause in [
        r#"table "bw_audit";"#,
        r#"table "BW_AUDIT";"#,
        r#"table "Bw_throttle";"#,
        r#"table "main.bw_audit";"#,
        r#"table "bw_audit ";"#,
        r#"table "\"bw_audit\"";"#,
        r#"table "sqlite_master";"#,
    ] {
        assert!(is_refused("MODEL", clause), "{clause}");
    }
    for clause in
        ["log: Audit cascade;", "log: Audit restrict;", "log: Option<Audit> set_null;", "who: Person cascade;"]
    {
        assert!(is_refused("FIELD", clause), "{clause}");
    }
    for clause in ["model Audit { name: String label; }", "model People { name: String label; }"] {
        assert!(is_refused("CLAUSE", clause), "{clause}");
    }
}

#[test]
fn no_clause_guards_the_enrolment_of_a_factor() {
    assert!(!is_refused("CLAUSE", "reauth delete, export, assign, reset, lock;"), "the control");
    for clause in ["reauth delete, enrol;", "reauth delete, enroll;", "reauth delete, factor;"] {
        assert!(is_refused("CLAUSE", clause), "{clause}");
    }
    for clause in ["factor required for enrol;", "enrol Owner;", "factor required by Owner;"] {
        assert!(is_refused("GRANT", clause), "{clause}");
    }
}

#[test]
fn what_holds_by_construction_names_the_test_that_holds_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let docs = fs::read_to_string(root.join("docs/rules.md")).expect("docs/rules.md");
    for (rule, tests) in BY_CONSTRUCTION {
        let part = docs.split_once(&format!("\n### {rule}\n")).map(|(_, part)| part).unwrap_or_default();
        let part = part.split("\n### ").next().unwrap_or_default();
        assert!(part.contains("Held by construction"), "docs/rules.md of {rule}: {part}");
        for (file, test) in *tests {
            let text = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(text.contains(&format!("fn {test}(")), "{rule}: there is no test {test} in {file}");
            assert!(part.contains(test), "docs/rules.md of {rule} does not name {test}");
        }
    }
}

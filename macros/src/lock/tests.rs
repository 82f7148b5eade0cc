//! A block beside a lock: what the lock covers passes, what goes beyond it is told with its clause.

mod doors;

use super::{Found, find_in, read};
use crate::diag::{Diags, Listed};
use crate::panel::Panel;
use crate::parse::parse;
use crate::resolve::resolve;
use crate::resolve::tests::CLINIC;
use crate::rules;

const HEAD: &str = r#"
panel Small { public_url "https://small.example"; proxies none; }
actor { team: Option<i64>; }
choice State { Draft, Open, Done }
model Note {
    title: String len 1..=80 label;
    body: Text default "";
    state: State default Draft;
    team: i64 default 0;
    rank: Option<i64>;
    at: Timestamp created;
    action finish writes state;
}
throttle login 5 per 15min by account, 20 per 10min by address, cap 100;
throttle recovery 3 per 1h by account, 5 per 15min by address;
recovery { link by administrator for 24h; break_glass cli; }
"#;

fn locked(block: &str, lock: &str) -> Panel {
    let mut diags = Diags::new();
    let mut block = parse(block.parse().expect("the test's text lexes"), &mut diags);
    let mut panel = resolve(&block, &mut diags);
    assert_eq!(diags.list(), []);
    panel.lock = Some(read(lock, &mut block));
    panel
}

/// What `policy_is_locked` says of these clauses of role `Boss` beside these of the lock.
fn said(now: &str, then: &str) -> Vec<Listed> {
    let panel = locked(&format!("{HEAD} role Boss {{ {now} }}"), &format!("panel Small {{}} role Boss {{ {then} }}"));
    judged(&panel)
}

fn judged(panel: &Panel) -> Vec<Listed> {
    let mut diags = Diags::new();
    rules::judge(panel, &mut diags);
    diags.list().into_iter().filter(|said| said.rule == "policy_is_locked").collect()
}

/// The one message, and what it underlines.
fn one(now: &str, then: &str) -> (String, String) {
    let said = said(now, then);
    assert_eq!(said.len(), 1, "{said:#?}");
    (said[0].message.clone(), said[0].at.clone())
}

#[test]
fn the_same_and_what_is_narrower_pass() {
    for (now, then) in [
        ("view Note;", "view Note { title, body, state, team, rank, at };"),
        ("view Note { title };", "view Note { title, body };"),
        ("view Note { title } when team == me.team;", "view Note { title };"),
        ("view Note when state == Draft;", "view Note { title, body, state, team, rank, at } when state != Done;"),
        (
            "view Note when team == me.team and rank > 5;",
            "view Note { title, body, state, team, rank, at } when team == me.team and rank > 3;",
        ),
        (
            "view Note when state in (Draft, Open);",
            "view Note { title, body } when state in (Open, Draft); view Note { title, body, state, team, rank, at } when not (state == Done);",
        ),
        ("view Note; may delete Note;", "view Note { title, body, state, team, rank, at }; delete Note;"),
        ("view Note;", "view, create, delete Note; view Audit; assign Boss;"),
    ] {
        assert_eq!(said(now, then), [], "{now} beside {then}");
    }
}

#[test]
fn a_new_field_is_told_with_its_clause() {
    let (message, at) = one("view Note { title, body };", "view Note { title };");
    assert_eq!(message, "role `Boss` may view `Note` in `body`, beyond `policy.lock`");
    assert_eq!(at, "view Note");
}

#[test]
fn more_rows_are_told() {
    let all = "title, body, state, team, rank, at";
    for (now, then) in [
        ("view Note;", "when team == me.team"),
        ("view Note when state != Done;", "when state == Draft"),
        ("view Note when rank > 3;", "when rank > 5"),
        ("view Note when rank > 3 or rank is null;", "when rank > 3"),
        ("view Note when at > now - 7d;", "when at > now - 6d"),
    ] {
        let (message, _) = one(now, &format!("view Note {{ {all} }} {then};"));
        assert_eq!(message, "role `Boss` may view `Note` in more rows, beyond `policy.lock`", "{now} beside {then}");
    }
    let (message, _) =
        one("view Note; finish Note;", &format!("view Note {{ {all} }}; finish Note when state == Open;"));
    assert_eq!(message, "role `Boss` may finish `Note` in more rows, beyond `policy.lock`");
}

#[test]
fn what_was_lent_is_not_held() {
    let (message, _) =
        one("view Note; delete Note;", "view Note { title, body, state, team, rank, at }; may delete Note;");
    assert_eq!(message, "role `Boss` may delete `Note`, which was only lent, beyond `policy.lock`");
}

#[test]
fn one_message_a_clause_lists_all_its_cells() {
    let said = said("all Note; view Audit;", "view Note { title, body, state, team, rank, at };");
    let told: Vec<&str> = said.iter().map(|said| said.message.as_str()).collect();
    assert_eq!(
        told,
        ["role `Boss` may create `Note`, beyond `policy.lock`", "role `Boss` may view `Audit`, beyond `policy.lock`",]
    );
    assert!(said[0].text.contains("by the same clause it may edit `Note`, may delete `Note`"), "{}", said[0].text);
    assert!(said[0].text.contains("BAILIWICK_ACCEPT=1 cargo run -- policy accept"), "{}", said[0].text);
}

#[test]
fn authority_over_people_is_compared_by_name() {
    let block = format!("{HEAD} role Boss {{ view Note; assign Hand; }} role Hand under Boss {{ view Note; }}");
    let all = "view Note { title, body, state, team, rank, at };";
    let then = |boss: &str| format!("panel Small {{}} role Hand {{ {all} }} role Boss {{ {all} {boss} }}");
    assert_eq!(judged(&locked(&block, &then("assign Hand;"))), []);
    let said = judged(&locked(&block, &then("assign Boss; reset Hand;")));
    assert_eq!(said.len(), 1, "{said:#?}");
    assert_eq!(said[0].message, "role `Boss` may assign `Hand`, beyond `policy.lock`");
    let strange = judged(&locked(&block, &format!("panel Small {{}} role Boss {{ {all} assign Hand; }}")));
    assert_eq!(strange.len(), 2, "a role of which the lock knows nothing, and authority over it: {strange:#?}");
}

#[test]
fn guards_that_go_away_are_told() {
    let all = "view Note { title, body, state, team, rank, at }; delete Note; finish Note;";
    let then = |more: &str, role: &str| format!("panel Small {{}} {more} role Boss {{ {all} {role} }}");
    let now =
        |more: &str, role: &str| format!("{HEAD} {more} role Boss {{ view Note; delete Note; finish Note; {role} }}");
    let told = |now: &str, then: &str| -> Vec<String> {
        judged(&locked(now, then)).into_iter().map(|said| said.message).collect()
    };
    assert_eq!(told(&now("reauth delete, finish;", ""), &then("reauth delete, finish;", "")), [""; 0]);
    assert_eq!(told(&now("reauth delete, finish, edit;", "factor required;"), &then("reauth finish;", "")), [""; 0]);
    assert_eq!(
        told(&now("reauth delete;", ""), &then("reauth delete, finish;", "")),
        ["`finish` asks for no fresh proof, and by `policy.lock` it does"]
    );
    assert_eq!(
        told(&now("", ""), &then("", "factor required;")),
        ["role `Boss` needs no second factor, and by `policy.lock` it does"]
    );
    assert_eq!(
        told(&now("", ""), &then("forbid one_person create Note, finish Note;", "")),
        ["one person may do both of `create Note, finish Note`, and by `policy.lock` they may not"]
    );
}

#[test]
fn an_action_that_does_more_is_told() {
    let all = "role Boss { view Note { title, body, state, team, rank, at }; finish Note; }";
    let block = format!("{HEAD} role Boss {{ view Note; finish Note; }}");
    let then = |effects: &str| format!("panel Small {{}} model Note {{ action finish {effects}; }} {all}");
    assert_eq!(judged(&locked(&block, &then("writes state, body"))), []);
    let said = judged(&locked(&block, &then("writes body")));
    assert_eq!(said.len(), 1, "{said:#?}");
    assert_eq!(said[0].message, "action `finish` of `Note` writes `state`, beyond `policy.lock`");
    assert_eq!(said[0].at, "state");
}

#[test]
fn a_lock_that_does_not_read_locks_everything() {
    let block = format!("{HEAD} role Boss {{ view Note; }}");
    for (lock, why) in [
        ("panel Small {} role Boss { view Note", "`policy.lock` does not read"),
        ("<<<<<<< HEAD\npanel Small {}", "`policy.lock` does not read"),
        ("", "`policy.lock` does not read"),
        ("panel Other {} role Boss { all Note; }", "`policy.lock` is about panel `Other`, and this is `Small`"),
    ] {
        let said = judged(&locked(&block, lock));
        assert_eq!(said.len(), 1, "{lock}: {said:#?}");
        assert!(said[0].message.starts_with(why), "{lock}: {}", said[0].message);
        assert_eq!(said[0].at, "Small");
    }
}

#[test]
fn names_that_the_block_no_longer_has_lock_nothing() {
    assert_eq!(said("view Note { title };", "view Note { title, gone }; edit Gone { x } when y == 3;"), []);
    let (message, _) = one("view Note { title };", "view Note { gone };");
    assert_eq!(message, "role `Boss` may view `Note` in `title`, beyond `policy.lock`");
    // A condition that means nothing any more covers no row.
    assert_eq!(said("view Note { title };", "view Note { title } when gone == 3;").len(), 1);
}

/// What the clinic's binary wrote covers the clinic, and each of its lines is needed.
#[test]
fn the_clinics_lock_is_exact() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clinic/policy.lock"));
    let text = text.expect("the clinic's lock");
    assert_eq!(judged(&locked(CLINIC, &text)), []);
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.ends_with(';')) {
        let without: Vec<&str> =
            lines.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, line)| *line).collect();
        let said = judged(&locked(CLINIC, &without.join("\n")));
        // What has no line is not compared; of the ways back in, each that has none is told.
        let guards = ["factor ", "reauth ", "forbid one_person", "  action ", "  keep ", "  proxies "];
        let clauses = ["password ", "session ", "throttle "];
        // Where other throttles are named, tokens without theirs are an API that was not there.
        let opens = line.contains("throttle token");
        let is_guard = guards.iter().chain(&clauses).any(|word| line.contains(word)) && !opens;
        assert_eq!(said.is_empty(), is_guard, "without {line}: {said:#?}");
    }
}

#[test]
fn a_file_is_found_read_and_passed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(find_in(folder.path(), false), Found::Nothing));
    assert!(matches!(find_in(folder.path(), true), Found::Nothing));
    std::fs::write(folder.path().join("policy.lock"), "panel A {}").expect("written");
    assert!(matches!(find_in(folder.path(), false), Found::Text(Ok(text)) if text == "panel A {}"));
    assert!(find_in(folder.path(), true).is_passed_over());
    std::fs::write(folder.path().join("policy.lock"), [0xff, 0xfe]).expect("written");
    assert!(matches!(find_in(folder.path(), false), Found::Text(Err(_))), "what is no text locks everything");
}

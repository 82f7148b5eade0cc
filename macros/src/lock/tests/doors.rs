//! How one gets in, stays in and gets back in, exceptions and what roles keep, beside a lock.

use super::{HEAD, judged, locked, one, said};

/// What is said of these clauses of the panel beside these of the lock.
fn told(now: &str, then: &str) -> Vec<String> {
    let all = "role Boss { view Note { title, body, state, team, rank, at }; }";
    let bare = HEAD.replace("throttle", "//").replace("recovery {", "//");
    let block = format!("{bare} role Boss {{ view Note; }} {now}");
    judged(&locked(&block, &format!("panel Small {{}} {all} {then}"))).into_iter().map(|said| said.message).collect()
}

/// The lock's own words, narrower ones, weaker ones, and what is said of these.
type Case = (&'static str, &'static str, &'static str, &'static str);

fn each_weaker_one_is_told(cases: &[Case]) {
    for (then, passes, weaker, message) in cases {
        assert_eq!(told(then, then), [""; 0], "{then} beside itself");
        assert_eq!(told(passes, then), [""; 0], "{passes} beside {then}");
        assert_eq!(told(weaker, then), [*message], "{weaker} beside {then}");
    }
}

#[test]
fn weaker_factors_and_passwords_are_told() {
    each_weaker_one_is_told(&[
        (
            "factor totp, passkey;",
            "factor passkey;",
            "factor totp, passkey alone;",
            "a passkey signs in alone, beyond `policy.lock`",
        ),
        (
            "factor totp, passkey alone;",
            "factor passkey;",
            "factor totp;",
            "`passkey` is no second factor, and by `policy.lock` it is",
        ),
        (
            "factor totp, passkey alone;",
            "factor totp, passkey;",
            "",
            "`passkey` is no second factor, and by `policy.lock` it is",
        ),
        (
            "factor passkey;",
            "factor passkey;",
            "factor totp, passkey;",
            "`totp` is a second factor, beyond `policy.lock`",
        ),
        ("factor totp;", "", "factor totp, passkey;", "`passkey` is a second factor, beyond `policy.lock`"),
        (
            "password min 16, min_with_factor 9, blocklist common;",
            "password min 20, min_with_factor 9;",
            "password min 15, min_with_factor 9;",
            "`password min` is 15, and 16 by `policy.lock`",
        ),
        (
            "password min 15, min_with_factor 9;",
            "password min_with_factor 9;",
            "",
            "`password min_with_factor` is 8, and 9 by `policy.lock`",
        ),
        (
            "password blocklist common;",
            "",
            "password blocklist none;",
            "`password blocklist` is none, and common by `policy.lock`",
        ),
    ]);
}

#[test]
fn longer_sessions_and_more_ways_back_are_told() {
    each_weaker_one_is_told(&[
        (
            "session idle 20min, ruling_idle 10min;",
            "session idle 10min;",
            "session idle 25min, ruling_idle 10min;",
            "`session idle` is 25min, and 20min by `policy.lock`",
        ),
        (
            "session absolute 4h, ruling_absolute 4h;",
            "session absolute 3h;",
            "session absolute 5h, ruling_absolute 4h;",
            "`session absolute` is 5h, and 4h by `policy.lock`",
        ),
        (
            "session idle 30min, ruling_idle 15min;",
            "",
            "session idle 30min;",
            "`session ruling_idle` is 30min, and 15min by `policy.lock`",
        ),
        (
            "session absolute 12h, ruling_absolute 8h;",
            "",
            "session absolute 12h;",
            "`session ruling_absolute` is 12h, and 8h by `policy.lock`",
        ),
        (
            "session reauth 5min;",
            "session reauth 4min;",
            "session reauth 10min;",
            "`session reauth` is 10min, and 5min by `policy.lock`",
        ),
        (
            "session at_most 5;",
            "session at_most 1;",
            "session at_most 6;",
            "`session at_most` is 6, and 5 by `policy.lock`",
        ),
        (
            "recovery { link by email for 30min; break_glass cli; }",
            "recovery { link by email for 20min; }",
            "recovery { link by email for 1h; }",
            "`link by email` is 1h, and 30min by `policy.lock`",
        ),
        (
            "recovery { codes 10; }",
            "recovery { codes 8; }",
            "recovery { codes 12; }",
            "`codes` is 12, and 10 by `policy.lock`",
        ),
        (
            "recovery { codes 10; }",
            "recovery { codes 10; }",
            "recovery { codes 10; link by email; }",
            "`link by email` lets people back in, beyond `policy.lock`",
        ),
        (
            "recovery { codes 10; }",
            "recovery { codes 10; }",
            "recovery { codes 10; link by administrator; }",
            "`link by administrator` lets people back in, beyond `policy.lock`",
        ),
        (
            "recovery { link by email; }",
            "recovery { link by email; }",
            "recovery { link by email; codes 10; }",
            "`codes` let people back in, beyond `policy.lock`",
        ),
        (
            "recovery { codes 10; }",
            "recovery { codes 10; }",
            "recovery { codes 10; break_glass cli; }",
            "`break_glass cli` lets people back in, beyond `policy.lock`",
        ),
    ]);
    assert_eq!(
        told("", "recovery { codes 10; }"),
        ["`break_glass cli` lets people back in, beyond `policy.lock`"],
        "what stays where the block has no clause"
    );
}

#[test]
fn a_throttle_that_lets_more_through_is_told() {
    let then = "throttle login 5 per 15min by account, 20 per 10min by address, wait 1s to 15min, cap 100;";
    let told_gone = |what: &str| format!("`throttle login` no longer holds to `{what}`, and by `policy.lock` it does");
    for (now, gone) in [
        (then, None),
        ("", None),
        ("throttle login 4 per 20min by account, 20 per 10min by address, wait 2s to 15min, cap 50;", None),
        (
            "throttle login 6 per 15min by account, 20 per 10min by address, wait 1s to 15min, cap 100;",
            Some("5 per 15min by account"),
        ),
        (
            "throttle login 5 per 14min by account, 20 per 10min by address, wait 1s to 15min, cap 100;",
            Some("5 per 15min by account"),
        ),
        (
            "throttle login 5 per 15min by account, 21 per 10min by address, wait 1s to 15min, cap 100;",
            Some("20 per 10min by address"),
        ),
        ("throttle login 5 per 15min by account, wait 1s to 15min, cap 100;", Some("20 per 10min by address")),
        (
            "throttle login 5 per 15min by account, 20 per 10min by address, wait 1s to 10min, cap 100;",
            Some("wait 1s to 15min"),
        ),
        ("throttle login 5 per 15min by account, 20 per 10min by address, cap 100;", Some("wait 1s to 15min")),
        ("throttle login 5 per 15min by account, 20 per 10min by address, wait 1s to 15min;", Some("cap 100")),
    ] {
        assert_eq!(told(now, then), gone.map(told_gone).into_iter().collect::<Vec<String>>(), "{now}");
    }
    assert_eq!(
        told("", "throttle token 60 per 1min by token, 20 per 10min by address;").len(),
        2,
        "a throttle that the block does not have"
    );
}

#[test]
fn an_api_that_was_not_there_is_told() {
    let token = "throttle token 60 per 1min by token, 20 per 10min by address;";
    let login = "throttle login 5 per 15min by account, 20 per 10min by address;";
    let both = format!("{login} {token}");
    assert_eq!(told(&both, login), ["programs come in with API tokens, beyond `policy.lock`"]);
    assert_eq!(told(&both, &both), [""; 0]);
    assert_eq!(told(&both, ""), [""; 0], "a file that names no throttle compares none");
}

#[test]
fn keeping_fewer_believing_more_proxies_and_revealing_are_told() {
    assert_eq!(said("view Note; keep 2;", "view Note { title, body, state, team, rank, at }; keep 1;"), []);
    for (now, count) in [("view Note; keep 1;", 1), ("view Note;", 0)] {
        let (message, _) = one(now, "view Note { title, body, state, team, rank, at }; keep 2;");
        assert_eq!(message, format!("`keep` of role `Boss` is {count}, and 2 by `policy.lock`"));
    }
    let proxied = |range: &str| HEAD.replace("proxies none", &format!("proxies {range}"));
    let then = |range: &str| format!("panel Small {{ proxies {range}; }} role Boss {{ view Note {{ title }}; }}");
    let role = "role Boss { view Note { title }; }";
    for (now, before, told) in [
        ("none", "none", 0),
        ("\"10.1.0.0/16\"", "\"10.0.0.0/8\"", 0),
        ("\"10.0.0.0/8\"", "none", 1),
        ("\"10.0.0.0/8\"", "\"10.1.0.0/16\"", 1),
    ] {
        let said = judged(&locked(&format!("{} {role}", proxied(now)), &then(before)));
        assert_eq!(said.len(), told, "{now} beside {before}: {said:#?}");
    }
    let all = "view Note { title, body, state, team, rank, at };";
    let (message, _) = one(
        "view Note; export Note { title, body } reveal \"the letter\";",
        &format!("{all} export Note {{ title, body }}; export Note {{ title }} reveal \"another\";"),
    );
    assert_eq!(message, "role `Boss` may export `Note` with a `reveal` of `body`, beyond `policy.lock`");
}

#[test]
fn an_exception_more_is_told() {
    let all = "view Note { title, body, state, team, rank, at };";
    let accept = |until: &str| format!("accept role_is_not_empty \"why\"{until};");
    let day = " until \"2999-01-01\"";
    assert_eq!(said(&format!("view Note; {}", accept(day)), &format!("{all} {}", accept(day))), []);
    assert_eq!(said(&format!("view Note; {}", accept(day)), &format!("{all} {}", accept(""))), []);
    let (message, _) = one(&format!("view Note; {}", accept(day)), all);
    assert_eq!(message, "role `Boss` accepts `role_is_not_empty`, beyond `policy.lock`");
    for now in [accept(""), accept(" until \"2999-01-02\"")] {
        let (message, _) = one(&format!("view Note; {now}"), &format!("{all} {}", accept(day)));
        assert_eq!(message, "role `Boss` accepts `role_is_not_empty` for longer, beyond `policy.lock`");
    }
    let block = format!("{HEAD} role Boss {{ view Note; }} {}", accept(""));
    let lock = format!("panel Small {{}} role Boss {{ {all} {} }}", accept(""));
    assert_eq!(judged(&locked(&block, &lock)).len(), 1, "of a role it is none of the panel");
}

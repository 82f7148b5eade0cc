//! How one gets in, stays in and gets back in, and the accepted exceptions, as `policy.lock` writes them: every clause
//! that holds, also where the block leaves it to its default. Rights are written elsewhere.

use crate::clause::span;
use crate::panel::{By, Panel, Throttle, ThrottleName};

/// In this order, whatever the block's.
const THROTTLES: [ThrottleName; 6] = [
    ThrottleName::Login,
    ThrottleName::Factor,
    ThrottleName::Reauth,
    ThrottleName::Recovery,
    ThrottleName::Export,
    ThrottleName::Token,
];

pub(super) fn proxies(panel: &Panel) -> String {
    if panel.proxies.is_empty() {
        return "proxies none;".to_owned();
    }
    let ranges: Vec<String> = panel.proxies.iter().map(|range| format!("{range:?}")).collect();
    format!("proxies {};", ranges.join(", "))
}

pub(super) fn clauses(panel: &Panel) -> Vec<String> {
    let mut lines = vec![factors(panel), password(panel), session(panel)];
    for name in THROTTLES {
        lines.extend(panel.throttles.iter().filter(|throttle| throttle.name == name).map(throttle));
    }
    lines.extend(recovery(panel));
    lines
}

/// The exceptions of the panel, of a role or of a model. One from the lock itself is no part of it.
pub(super) fn accepts<'a>(panel: &'a Panel, owner: &'a str) -> impl Iterator<Item = String> + 'a {
    let of_owner =
        panel.accepts.iter().filter(move |accept| accept.owner == owner && accept.rule != "policy_is_locked");
    of_owner.map(|accept| {
        let until = accept.until.map_or_else(String::new, |day| format!(" until {day:?}"));
        format!("accept {} {:?}{until};", accept.rule, accept.reason)
    })
}

fn factors(panel: &Panel) -> String {
    let factors = panel.factors;
    let passkey = if factors.alone { "passkey alone" } else { "passkey" };
    let kinds: Vec<&str> = [(factors.totp, "totp"), (factors.passkey, passkey)]
        .into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, kind)| kind)
        .collect();
    format!("factor {};", kinds.join(", "))
}

fn password(panel: &Panel) -> String {
    let rules = panel.password;
    let blocklist = if rules.blocklist { "common" } else { "none" };
    format!("password min {}, min_with_factor {}, blocklist {blocklist};", rules.min, rules.min_with_factor)
}

fn session(panel: &Panel) -> String {
    let session = panel.session;
    let spans = [
        ("idle", session.idle),
        ("absolute", session.absolute),
        ("ruling_idle", session.ruling_idle),
        ("ruling_absolute", session.ruling_absolute),
        ("reauth", session.reauth),
    ];
    let spans: Vec<String> = spans.iter().map(|(word, seconds)| format!("{word} {}", span(*seconds))).collect();
    format!("session {}, at_most {};", spans.join(", "), session.at_most)
}

fn throttle(throttle: &Throttle) -> String {
    let name = match throttle.name {
        ThrottleName::Login => "login",
        ThrottleName::Factor => "factor",
        ThrottleName::Reauth => "reauth",
        ThrottleName::Recovery => "recovery",
        ThrottleName::Export => "export",
        ThrottleName::Token => "token",
    };
    let limits = throttle.limits.iter().map(|limit| {
        let by = match limit.by {
            By::Account => "account",
            By::Address => "address",
            By::Session => "session",
            By::Actor => "actor",
            By::Token => "token",
        };
        format!("{} per {} by {by}", limit.count, span(limit.window))
    });
    let mut parts: Vec<String> = limits.collect();
    parts.extend(throttle.wait.map(|(least, longest)| format!("wait {} to {}", span(least), span(longest))));
    parts.extend(throttle.cap.map(|cap| format!("cap {cap}")));
    format!("throttle {name} {};", parts.join(", "))
}

/// Also where there is none: a way back that comes later is one more.
fn recovery(panel: &Panel) -> Vec<String> {
    let recovery = panel.recovery;
    let mut lines = vec!["recovery {".to_owned()];
    lines.extend(recovery.by_email.map(|seconds| format!("    link by email for {};", span(seconds))));
    lines.extend(recovery.by_administrator.map(|seconds| format!("    link by administrator for {};", span(seconds))));
    lines.extend(recovery.codes.map(|count| format!("    codes {count};")));
    lines.extend(recovery.break_glass.then(|| "    break_glass cli;".to_owned()));
    lines.push("}".to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::{accepts, clauses, proxies};
    use crate::panel::{Accept, By, Factors, Limit, Panel, Recovery, Throttle, ThrottleName};
    use crate::testing::CLINIC;

    #[test]
    fn every_clause_is_written_as_the_block_would_have_it() {
        let panel = Panel {
            proxies: &["10.0.0.0/8", "::1"],
            factors: Factors { totp: true, passkey: true, alone: true },
            throttles: &[
                Throttle {
                    name: ThrottleName::Token,
                    limits: &[Limit { count: 60, window: 60, by: By::Token }],
                    wait: None,
                    cap: None,
                },
                Throttle {
                    name: ThrottleName::Login,
                    limits: &[
                        Limit { count: 5, window: 900, by: By::Account },
                        Limit { count: 20, window: 600, by: By::Address },
                    ],
                    wait: Some((1, 900)),
                    cap: Some(100),
                },
            ],
            recovery: Recovery { by_email: Some(1_800), by_administrator: None, codes: Some(10), break_glass: false },
            accepts: &[
                Accept { rule: "roles_differ", reason: "a \"pair\"", until: Some("2027-06-30"), owner: "Clinic" },
                Accept { rule: "policy_is_locked", reason: "today", until: None, owner: "Clinic" },
            ],
            ..CLINIC
        };
        assert_eq!(proxies(&panel), "proxies \"10.0.0.0/8\", \"::1\";");
        assert_eq!(
            clauses(&panel),
            [
                "factor totp, passkey alone;",
                "password min 15, min_with_factor 8, blocklist common;",
                "session idle 30min, absolute 12h, ruling_idle 30min, ruling_absolute 12h, reauth 10min, at_most 5;",
                "throttle login 5 per 15min by account, 20 per 10min by address, wait 1s to 15min, cap 100;",
                "throttle token 60 per 1min by token;",
                "recovery {",
                "    link by email for 30min;",
                "    codes 10;",
                "}",
            ]
        );
        let told: Vec<String> = accepts(&panel, "Clinic").collect();
        assert_eq!(told, ["accept roles_differ \"a \\\"pair\\\"\" until \"2027-06-30\";"]);
    }
}

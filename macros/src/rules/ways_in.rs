//! What the ways in rest on: lifetimes of sessions, passwords, proxies that are believed, where links lead.

use super::access::word;
use super::policy::Policy;
use crate::diag::Diags;
use crate::panel::{By, Owner};

/// A session that lives for days is a session that somebody else finds open.
pub(super) fn session_limits(policy: &Policy, diags: &mut Diags) {
    const HOUR: u64 = 3_600;
    let session = &policy.panel().session;
    let factor = policy.panel().roles.iter().find(|role| role.factor_required.is_some());
    let mut report = |message: String, note: &str| {
        diags.error("session_limits", session.place, message).note(note).about(Owner::Panel);
    };
    if session.reauth > session.idle {
        report("`reauth` is longer than `idle`".into(), "a session would end before its proof of identity does");
    }
    if session.idle >= session.absolute {
        report("`idle` is not shorter than `absolute`".into(), "one of the two limits would never be reached");
    }
    if session.reauth > 15 * 60 {
        report(
            "`reauth` is longer than 15min".into(),
            "a proof of identity is meant to be fresh: sudo asks again after 15 minutes",
        );
    }
    let rules = "whoever rules over people would stay signed in for longer than the others";
    if session.ruling_idle > session.idle {
        report("`ruling_idle` is longer than `idle`".into(), rules);
    }
    if session.ruling_absolute > session.absolute {
        report("`ruling_absolute` is longer than `absolute`".into(), rules);
    }
    if session.idle < session.absolute && session.ruling_idle >= session.ruling_absolute {
        report(
            "`ruling_idle` is not shorter than `ruling_absolute`".into(),
            "one of the two limits would never be reached",
        );
    }
    let Some(role) = factor else { return };
    if session.idle > HOUR {
        report(
            format!("`idle` is longer than 1h, and role `{}` needs a second factor", role.name),
            "NIST SP 800-63B-4, AAL2: at most 1 hour without activity",
        );
    }
    if session.absolute > 24 * HOUR {
        report(
            format!("`absolute` is longer than 24h, and role `{}` needs a second factor", role.name),
            "NIST SP 800-63B-4, AAL2: at most 24 hours in all",
        );
    }
}

/// A short password alone falls to a list of the most common ones; beside a factor it is one of two.
pub(super) fn password_fits_factors(policy: &Policy, diags: &mut Diags) {
    let password = &policy.panel().password;
    let without = policy.panel().roles.iter().find(|role| role.factor_required.is_none());
    if let Some(role) = without.filter(|_| password.min < 15) {
        diags
            .error(
                "password_fits_factors",
                password.place,
                format!(
                    "passwords of {} characters are too short for `{}`, which needs no second factor",
                    password.min, role.name
                ),
            )
            .help(format!("write `min 15`, or `factor required;` in `{}`", role.name))
            .note("NIST SP 800-63B-4, 3.1.1.2: at least 15 where the password stands alone")
            .about(Owner::Panel);
    }
    let beside = [("min_with_factor", password.min_with_factor), ("min", password.min)];
    // Without a factor the longer bound has been asked for already.
    let short = beside.into_iter().find(|(word, least)| *least < 8 && (*word != "min" || without.is_none()));
    if let Some((word, least)) = short {
        diags
            .error("password_fits_factors", password.place, format!("passwords of {least} characters are too short"))
            .help(format!("write `{word} 8`"))
            .note("NIST SP 800-63B-4, 3.1.1.2: at least 8, also beside a second factor")
            .about(Owner::Panel);
    }
}

/// Behind a proxy that nobody named every visitor has the proxy's address; and a header that nobody checks is the
/// visitor's own invention.
pub(super) fn proxies_are_stated(policy: &Policy, diags: &mut Diags) {
    if policy.panel().proxies.is_some() {
        return;
    }
    let limits = policy.panel().throttles.iter().flat_map(|t| t.limits.iter().map(move |limit| (t, limit)));
    let Some((throttle, limit)) = limits.into_iter().find(|(_, limit)| limit.by == By::Address) else { return };
    let word = word(throttle.name);
    diags
        .error(
            "proxies_are_stated",
            limit.place,
            format!("`throttle {word}` counts by address, and the panel does not say which proxies it believes"),
        )
        .help("add `proxies none;` to the panel, or the addresses of its proxies: `proxies \"10.0.0.0/8\";`")
        .about(Owner::Panel);
}

/// A link whose host comes from the request leads where the attacker says, with the token in it.
pub(super) fn links_have_a_fixed_host(policy: &Policy, diags: &mut Diags) {
    if policy.panel().public_url.is_some() {
        return;
    }
    let recovery = &policy.panel().recovery;
    let Some((_, place)) = recovery.by_email.or(recovery.by_administrator) else { return };
    diags
        .error(
            "links_have_a_fixed_host",
            place,
            "links are sent, and the panel has no `public_url` that they start with",
        )
        .help("add `public_url env \"PUBLIC_URL\" or \"http://127.0.0.1:8000\";` to the panel")
        .about(Owner::Panel);
}

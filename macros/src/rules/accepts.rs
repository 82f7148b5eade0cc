//! The one way to live with a violated rule: `accept RULE "reason" until "date"`. It silences that rule where it
//! stands, and is itself an error as soon as it has no rule, no violation or no time left.

use chrono::{Datelike, NaiveDate};

use super::{BEFORE_RULES, BY_CONSTRUCTION, RULES, Rule};
use crate::diag::Diags;
use crate::panel::{Accept, Owner, Panel};
use crate::similar;

/// Takes away what the accepts speak for, then judges the accepts.
pub(super) fn apply(panel: &Panel, today: NaiveDate, diags: &mut Diags) {
    for accept in &panel.accepts {
        let rule = RULES.iter().find(|rule| rule.name == accept.rule);
        let opts_out = match rule {
            Some(rule) => rule.opts_out,
            None if BY_CONSTRUCTION.iter().any(|held| held.0 == accept.rule) => {
                nothing_breaks_it(accept, diags);
                continue;
            }
            None if BEFORE_RULES.contains(&accept.rule.as_str()) => false,
            None => {
                unknown_rule(accept, diags);
                continue;
            }
        };
        accept_is_not_past(accept, today, diags);
        if !opts_out {
            rule_can_be_accepted(accept, diags);
        } else if let Some(rule) = rule {
            accept_is_needed(accept, rule, diags);
        }
    }
}

fn unknown_rule(accept: &Accept, diags: &mut Diags) {
    let known = RULES.iter().map(|rule| rule.name).chain(BY_CONSTRUCTION.iter().map(|rule| rule.0));
    let diag = diags.error("unknown_name", accept.rule_place, format!("there is no rule `{}`", accept.rule));
    if let Some(meant) = similar::nearest(&accept.rule, known) {
        diag.help(format!("did you mean `{meant}`?"));
    }
}

fn nothing_breaks_it(accept: &Accept, diags: &mut Diags) {
    diags
        .error("accept_is_needed", accept.place, format!("no panel can break `{}`", accept.rule))
        .help("take it out")
        .about(accept.owner);
}

/// An exception that was meant for a time outlives it unless somebody is made to look.
fn accept_is_not_past(accept: &Accept, today: NaiveDate, diags: &mut Diags) {
    let Some((year, month, day)) = accept.until else { return };
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(last) if last >= today => {}
        _ => {
            diags
                .error(
                    "accept_is_not_past",
                    accept.place,
                    format!("`accept {}` held until {year:04}-{month:02}-{day:02}, which is past", accept.rule),
                )
                .help("mend what it was about, or accept it anew with a later date")
                .about(accept.owner);
        }
    }
}

/// What can't be accepted is wrong in every panel.
fn rule_can_be_accepted(accept: &Accept, diags: &mut Diags) {
    diags
        .error(
            "rule_can_be_accepted",
            accept.rule_place,
            format!("`{}` has no exception: what it finds must be mended", accept.rule),
        )
        .about(accept.owner);
}

/// An exception that excuses nothing will excuse something one day, and nobody will have looked.
fn accept_is_needed(accept: &Accept, rule: &Rule, diags: &mut Diags) {
    let speaks = |owners: &[Owner]| accept.owner == Owner::Panel || owners.contains(&accept.owner);
    if diags.suppress(|diag| diag.rule == rule.name && speaks(&diag.owners)) == 0 {
        diags
            .error("accept_is_needed", accept.place, format!("`accept {}` excuses nothing here", accept.rule))
            .help("take it out")
            .about(accept.owner);
    }
}

/// The day that dates are compared with: today (UTC), or the one that reproducible builds set (`SOURCE_DATE_EPOCH`).
pub(super) fn today() -> NaiveDate {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.trim().parse::<i64>().ok());
    let now = set.and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0)).unwrap_or_else(chrono::Utc::now);
    NaiveDate::from_ymd_opt(now.year(), now.month(), now.day()).unwrap_or_default()
}

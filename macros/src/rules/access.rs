//! How often somebody may guess at a way in, and how long a link or a code can be guessed at.

use super::policy::Policy;
use super::wording;
use crate::diag::Diags;
use crate::panel::{By, Limit, Owner, Place, Throttle, ThrottleName};

/// Without a limit by account one password is guessed from many addresses; without one by address, many from one.
pub(super) fn secret_check_is_throttled(policy: &Policy, diags: &mut Diags) {
    let panel = policy.panel();
    let recovery = &panel.recovery;
    let lets_back_in = recovery.by_email.is_some() || recovery.by_administrator.is_some() || recovery.codes.is_some();
    let recovery_place = recovery.place.unwrap_or_else(|| (&panel.name).into());
    let factor = panel.roles.iter().find_map(|role| role.factor_required);
    let reauth = panel.reauth.first().map(|reauth| reauth.place);
    let anonymous: &[&[By]] = &[&[By::Account], &[By::Address]];
    let signed_in: &[&[By]] = &[&[By::Session, By::Account, By::Actor]];
    let by_token: &[&[By]] = &[&[By::Token, By::Account], &[By::Address]];
    let token = find(policy, ThrottleName::Token).map(|throttle| throttle.place);

    examine(policy, diags, ThrottleName::Login, Some((&panel.name).into()), anonymous);
    examine(policy, diags, ThrottleName::Recovery, lets_back_in.then_some(recovery_place), anonymous);
    examine(policy, diags, ThrottleName::Token, token, by_token);
    examine(policy, diags, ThrottleName::Factor, factor, signed_in);
    examine(policy, diags, ThrottleName::Reauth, reauth, signed_in);
}

/// `needed`: what asks for the throttle; of each group in `by` one limit must be there.
fn examine(policy: &Policy, diags: &mut Diags, name: ThrottleName, needed: Option<Place>, by: &[&[By]]) {
    let Some(needed) = needed else { return };
    let (word, what) = words(name);
    let Some(throttle) = find(policy, name) else {
        let limits: Vec<&str> = by.iter().map(|group| suggested(group)).collect();
        diags
            .error("secret_check_is_throttled", needed, format!("nothing limits {what}"))
            .help(format!("add `throttle {word} {};`", limits.join(", ")))
            .about(Owner::Panel);
        return;
    };
    for group in by.iter().filter(|group| !throttle.limits.iter().any(|limit| group.contains(&limit.by))) {
        let key = by_word(group);
        diags
            .error(
                "secret_check_is_throttled",
                throttle.place,
                format!("`throttle {word}` sets no limit by {key} on {what}"),
            )
            .help(format!("add `, {}` to it", suggested(group)))
            .about(Owner::Panel);
    }
}

fn find<'a>(policy: &Policy<'a>, name: ThrottleName) -> Option<&'a Throttle> {
    policy.panel().throttles.iter().find(|throttle| throttle.name == name)
}

/// As the block writes it.
pub(super) fn word(name: ThrottleName) -> &'static str {
    words(name).0
}

pub(super) fn key(by: By) -> &'static str {
    by_word(&[by])
}

fn words(name: ThrottleName) -> (&'static str, &'static str) {
    match name {
        ThrottleName::Login => ("login", "tries to sign in"),
        ThrottleName::Factor => ("factor", "tries of the second factor"),
        ThrottleName::Reauth => ("reauth", "tries to prove one's identity again"),
        ThrottleName::Recovery => ("recovery", "requests and tries of recovery"),
        ThrottleName::Export => ("export", "exports"),
        ThrottleName::Token => ("token", "tries of API tokens"),
    }
}

/// The limit that holds where the block sets none.
fn suggested(group: &[By]) -> &'static str {
    match group {
        [By::Account, ..] => "5 per 15min by account",
        [By::Address, ..] => "20 per 10min by address",
        [By::Token, ..] => "60 per 1min by token",
        _ => "5 per 10min by session",
    }
}

fn by_word(group: &[By]) -> &'static str {
    match group {
        [By::Account, ..] => "account",
        [By::Address, ..] => "address",
        [By::Session, ..] => "session",
        [By::Actor, ..] => "actor",
        [By::Token, ..] => "token",
        [] => "",
    }
}

/// Limits that contradict each other look like a defence: one is never reached, or locks out more people than it stops.
pub(super) fn throttle_adds_up(policy: &Policy, diags: &mut Diags) {
    for throttle in &policy.panel().throttles {
        if let Some((place, message, help)) = contradiction(throttle) {
            diags.error("throttle_adds_up", place, message).help(help).about(Owner::Panel);
        }
    }
}

fn contradiction(throttle: &Throttle) -> Option<(Place, String, String)> {
    let (word, what) = words(throttle.name);
    if let Some(limit) = throttle.limits.iter().find(|limit| limit.count == 0) {
        let message = format!("`throttle {word}` allows no {what} at all");
        return Some((limit.place, message, "write how many are allowed, 1 or more".into()));
    }
    if let Some(limit) = throttle.limits.iter().find(|limit| limit.window == 0) {
        let message = format!("`throttle {word}` counts {what} over no time at all");
        return Some((limit.place, message, "write over how long it counts, such as `15min`".into()));
    }
    if throttle.name == ThrottleName::Token && (throttle.wait.is_some() || throttle.cap.is_some()) {
        let message =
            "`throttle token` counts requests, and holds nobody off for longer by a `wait` or a `cap`".to_owned();
        return Some((throttle.place, message, "write its limits alone".into()));
    }
    if let Some((least, most)) = throttle.wait {
        if least > most {
            let message = format!(
                "`throttle {word}` waits {} at least and {} at most",
                wording::span(least),
                wording::span(most)
            );
            return Some((
                throttle.place,
                message,
                format!("write `wait {} to {}`", wording::span(most), wording::span(least)),
            ));
        }
        let longest = throttle.limits.iter().map(|limit| limit.window).max()?;
        if longest < most {
            let message = format!(
                "`throttle {word}` lets one wait {} and has forgotten why after {}",
                wording::span(most),
                wording::span(longest)
            );
            return Some((
                throttle.place,
                message,
                format!("write `wait {} to {}`", wording::span(least), wording::span(longest)),
            ));
        }
    }
    if let Some(limit) = throttle.limits.iter().find(|limit| !is_known(throttle.name, limit.by)) {
        let message = format!(
            "`throttle {word}` counts {what} {}, which nobody has there: it counts nothing",
            by_phrase(limit.by)
        );
        let other = match throttle.name {
            ThrottleName::Login | ThrottleName::Recovery => "by account` or `by address",
            ThrottleName::Token => "by token` or `by address",
            _ => "by session` or `by account",
        };
        return Some((limit.place, message, format!("write `{other}`")));
    }
    match throttle.cap {
        Some(0) => {
            let message = format!("`throttle {word}` locks every account before its first try");
            return Some((throttle.place, message, "write `cap 100`".into()));
        }
        Some(cap) if cap > 100 => {
            let message = format!("`throttle {word}` allows {cap} failures in a row, and more than 100 are too many");
            return Some((throttle.place, message, "write `cap 100` (NIST SP 800-63B-4, 3.2.2)".into()));
        }
        _ => {}
    }
    let account = throttle.limits.iter().find(|limit| limit.by == By::Account)?;
    let rate = |limit: &Limit, window: u64| u64::from(limit.count).saturating_mul(window);
    let address = throttle
        .limits
        .iter()
        .find(|limit| limit.by == By::Address && rate(limit, account.window) < rate(account, limit.window))?;
    Some((
        address.place,
        format!("`throttle {word}` allows an address less than one account: {what} of one person block a whole office"),
        format!("write `{} per {} by address`, or more of them", account.count, wording::span(account.window)),
    ))
}

/// Whether what a limit counts by is there when the try comes: nobody has a session before they signed in, and a token
/// is what programs come with.
fn is_known(name: ThrottleName, by: By) -> bool {
    match name {
        ThrottleName::Login | ThrottleName::Recovery => matches!(by, By::Account | By::Address),
        ThrottleName::Factor | ThrottleName::Reauth | ThrottleName::Export => by != By::Token,
        ThrottleName::Token => matches!(by, By::Token | By::Account | By::Address),
    }
}

/// Who guesses slowly has all year: what counts is how many guesses at one account fit in a day, over every way at
/// once.
pub(super) fn guess_budget(policy: &Policy, diags: &mut Diags) {
    const BUDGET: u64 = 1_000;
    let mut alone = Vec::new();
    for throttle in &policy.panel().throttles {
        // Exports are no guesses, and nobody guesses a token of 128 bits.
        if matches!(throttle.name, ThrottleName::Export | ThrottleName::Token) {
            continue;
        }
        let Some((limit, guesses)) = a_day(throttle) else { continue };
        if guesses <= BUDGET {
            alone.push((throttle.name, limit, guesses));
            continue;
        }
        let (word, what) = words(throttle.name);
        diags
            .error(
                "guess_budget",
                limit.place,
                format!("`throttle {word}` allows {guesses} {what} a day, and more than {BUDGET} are too many"),
            )
            .help(format!(
                "write fewer of them, or a longer window: `5 per 15min {}` are 480 a day",
                by_phrase(limit.by)
            ))
            .about(Owner::Panel);
    }
    // A stranger tries passwords and saved codes alike; what is asked of a session comes after.
    let of = |name: ThrottleName| alone.iter().find(|(other, ..)| *other == name);
    let (Some((_, login, first)), Some((_, recovery, second)), Some(_)) =
        (of(ThrottleName::Login), of(ThrottleName::Recovery), policy.panel().recovery.codes)
    else {
        return;
    };
    let guesses = first + second;
    if guesses > BUDGET {
        diags
            .error(
                "guess_budget",
                recovery.place,
                format!(
                    "a stranger has {first} passwords and {second} codes of one account a day, {guesses} guesses, and \
                     more than {BUDGET} are too many"
                ),
            )
            .because("throttle", login.place)
            .help(format!(
                "write fewer of them, or a longer window: `3 per 1h {}` are 72 a day",
                by_phrase(recovery.by)
            ))
            .about(Owner::Panel);
    }
}

/// The tightest limit on one account or session, and what it allows in a day: all limits must allow.
fn a_day(throttle: &Throttle) -> Option<(&Limit, u64)> {
    const A_DAY: u64 = 86_400;
    let of_one = throttle.limits.iter().filter(|limit| limit.by != By::Address && limit.window > 0);
    let daily = |limit: &Limit| u64::from(limit.count).saturating_mul(A_DAY.div_ceil(limit.window));
    of_one.map(|limit| (limit, daily(limit))).min_by_key(|(_, daily)| *daily)
}

fn by_phrase(by: By) -> String {
    format!("by {}", by_word(&[by]))
}

/// A link that lives for days lies in a mailbox until somebody else reads it; one of a minute is gone before it is
/// read; a short code that may be tried often enough is guessed while it holds.
pub(super) fn token_bounds(policy: &Policy, diags: &mut Diags) {
    const LEAST: u64 = 5 * 60;
    const MOST: u64 = 86_400;
    let recovery = &policy.panel().recovery;
    for (word, way) in [("email", recovery.by_email), ("administrator", recovery.by_administrator)] {
        let Some((seconds, place)) = way.filter(|(seconds, _)| !(LEAST..=MOST).contains(seconds)) else { continue };
        let (bound, use_) = if seconds < LEAST { ("5min", "the least") } else { ("24h", "the most") };
        diags
            .error(
                "token_bounds",
                place,
                format!("a link by {word} works for {}, and {bound} is {use_}", wording::span(seconds)),
            )
            .help(format!("write `link by {word} for {bound};`"))
            .about(Owner::Panel);
    }
    short_codes(policy, diags);
}

/// Six digits, of which three are right at a time (half a minute each, one before and one after): at most 1 in 10,000
/// to guess one while it holds.
fn short_codes(policy: &Policy, diags: &mut Diags) {
    const CODES: u64 = 1_000_000;
    const RIGHT_AT_A_TIME: u64 = 3;
    const HOLDS: u64 = 90;
    const ODDS: u64 = 10_000;
    if policy.panel().roles.iter().all(|role| role.factor_required.is_none()) {
        return;
    }
    let Some(throttle) = find(policy, ThrottleName::Factor) else { return };
    let of_one = throttle.limits.iter().filter(|limit| limit.by != By::Address && limit.window > 0);
    let tries = |limit: &Limit| u64::from(limit.count).saturating_mul(HOLDS.div_ceil(limit.window));
    let Some(limit) = of_one.min_by_key(|limit| tries(limit)) else { return };
    if tries(limit).saturating_mul(RIGHT_AT_A_TIME).saturating_mul(ODDS) > CODES {
        let most = CODES / ODDS / RIGHT_AT_A_TIME;
        diags
            .error(
                "token_bounds",
                limit.place,
                format!(
                    "a code of six digits can be tried {} times while it holds, and more than {most} are too many",
                    tries(limit)
                ),
            )
            .help(format!("write `5 per 10min {}`", by_phrase(limit.by)))
            .about(Owner::Panel);
    }
}

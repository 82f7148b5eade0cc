//! How one gets in, stays in and gets back in, beside the same clauses of `policy.lock`; and the exceptions from the
//! rules. Rights are compared elsewhere. What the file does not name is not compared, exceptions apart.

use std::net::IpAddr;

use super::{REVIEW, RULE};
use crate::diag::Diags;
use crate::panel::{
    Accept, Factors, Limit, Lock, LockedOwner, Owner, Password, Place, Recovery, Session, Throttle, ThrottleName,
};
use crate::rules::access;
use crate::rules::policy::Policy;
use crate::rules::wording::{plain, span};

pub(super) fn doors(policy: &Policy, lock: &Lock, name: Place, diags: &mut Diags) {
    let mut told: Vec<(Place, String)> = Vec::new();
    if let Some(then) = &lock.proxies {
        let now = policy.proxies.iter().flat_map(|proxies| &proxies.ranges);
        let new = now.filter(|range| !then.iter().any(|known| is_within(range, known)));
        told.extend(new.map(|range| (name, format!("forwarded addresses from `{range}` are believed, {BEYOND}"))));
    }
    if let Some(then) = &lock.factors {
        let place = policy.factors.place.unwrap_or(name);
        told.extend(factors(&policy.factors, then).into_iter().map(|what| (place, what)));
    }
    if let Some(then) = &lock.password {
        told.extend(password(&policy.password, then).into_iter().map(|what| (policy.password.place, what)));
    }
    if let Some(then) = &lock.session {
        told.extend(session(&policy.session, then).into_iter().map(|what| (policy.session.place, what)));
    }
    for then in &lock.throttles {
        throttle(policy.throttles.iter().find(|throttle| throttle.name == then.name), then, name, &mut told);
    }
    let api = |throttles: &[Throttle]| {
        throttles.iter().find(|throttle| throttle.name == ThrottleName::Token).map(|t| t.place)
    };
    // The file names every throttle that there was, so that one without this had no API.
    if let Some(place) = api(&policy.throttles).filter(|_| !lock.throttles.is_empty() && api(&lock.throttles).is_none())
    {
        told.push((place, format!("programs come in with API tokens, {BEYOND}")));
    }
    if let Some(then) = &lock.recovery {
        recovery(&policy.recovery, then, name, &mut told);
    }
    for (place, message) in told {
        diags.error(RULE, place, message).help(REVIEW).about(Owner::Panel);
    }
    for accept in policy.accepts.iter().filter(|accept| accept.rule != RULE) {
        accepted(policy, lock, accept, diags);
    }
}

const BEYOND: &str = "beyond `policy.lock`";

/// A kind of factor that was not there, one that can't be phished and is gone, a sign-in without a password.
fn factors(now: &Factors, then: &Factors) -> Vec<String> {
    let mut told = Vec::new();
    for (word, now, then) in [("totp", now.totp, then.totp), ("passkey", now.passkey, then.passkey)] {
        if now && !then {
            told.push(format!("`{word}` is a second factor, {BEYOND}"));
        }
    }
    if then.passkey && !now.passkey {
        told.push("`passkey` is no second factor, and by `policy.lock` it is".to_owned());
    }
    if now.alone && !then.alone {
        told.push(format!("a passkey signs in alone, {BEYOND}"));
    }
    told
}

fn password(now: &Password, then: &Password) -> Vec<String> {
    let lengths = [("min", now.min, then.min), ("min_with_factor", now.min_with_factor, then.min_with_factor)];
    let shorter = lengths.into_iter().filter(|(_, now, then)| now < then);
    let mut told: Vec<String> =
        shorter.map(|(word, now, then)| differs(&format!("password {word}"), &now, &then)).collect();
    if then.blocklist && !now.blocklist {
        told.push(differs("password blocklist", &"none", &"common"));
    }
    told
}

fn session(now: &Session, then: &Session) -> Vec<String> {
    let spans = [
        ("idle", now.idle, then.idle),
        ("absolute", now.absolute, then.absolute),
        ("ruling_idle", now.ruling_idle, then.ruling_idle),
        ("ruling_absolute", now.ruling_absolute, then.ruling_absolute),
        ("reauth", now.reauth, then.reauth),
    ];
    let longer = spans.into_iter().filter(|(_, now, then)| now > then);
    let mut told: Vec<String> =
        longer.map(|(word, now, then)| differs(&format!("session {word}"), &span(now), &span(then))).collect();
    if now.at_most > then.at_most {
        told.push(differs("session at_most", &now.at_most, &then.at_most));
    }
    told
}

fn differs(what: &str, now: &dyn std::fmt::Display, then: &dyn std::fmt::Display) -> String {
    format!("`{what}` is {now}, and {then} by `policy.lock`")
}

/// Each limit that the file names must still hold, or one by the same key that lets no more through.
fn throttle(now: Option<&Throttle>, then: &Throttle, name: Place, told: &mut Vec<(Place, String)>) {
    let (place, word) = (now.map_or(name, |now| now.place), access::word(then.name));
    let mut gone: Vec<String> = Vec::new();
    let as_strict =
        |limit: &Limit, then: &Limit| limit.by == then.by && limit.count <= then.count && limit.window >= then.window;
    for limit in &then.limits {
        if !now.iter().flat_map(|now| &now.limits).any(|other| as_strict(other, limit)) {
            gone.push(format!("{} per {} by {}", limit.count, span(limit.window), access::key(limit.by)));
        }
    }
    if let Some((least, longest)) = then.wait
        && !now.and_then(|now| now.wait).is_some_and(|now| now.0 >= least && now.1 >= longest)
    {
        gone.push(format!("wait {} to {}", span(least), span(longest)));
    }
    if let Some(cap) = then.cap
        && now.and_then(|now| now.cap).is_none_or(|now| now > cap)
    {
        gone.push(format!("cap {cap}"));
    }
    told.extend(
        gone.into_iter().map(|limit| {
            (place, format!("`throttle {word}` no longer holds to `{limit}`, and by `policy.lock` it does"))
        }),
    );
}

/// A way back in that was not there, or one that stays open for longer.
fn recovery(now: &Recovery, then: &Recovery, name: Place, told: &mut Vec<(Place, String)>) {
    let links = [
        ("link by email", now.by_email, then.by_email),
        ("link by administrator", now.by_administrator, then.by_administrator),
    ];
    for (word, now, then) in links {
        let Some((seconds, place)) = now else { continue };
        match then {
            None => told.push((place, format!("`{word}` lets people back in, {BEYOND}"))),
            Some((then, _)) if seconds > then => told.push((place, differs(word, &span(seconds), &span(then)))),
            Some(_) => {}
        }
    }
    if let Some((count, place)) = now.codes {
        match then.codes {
            None => told.push((place, format!("`codes` let people back in, {BEYOND}"))),
            Some((then, _)) if count > then => told.push((place, differs("codes", &count, &then))),
            Some(_) => {}
        }
    }
    // Without the clause the command line stays.
    let by_hand = |recovery: &Recovery| recovery.place.is_none() || recovery.break_glass.is_some();
    if by_hand(now) && !by_hand(then) {
        let place = now.break_glass.unwrap_or(name);
        told.push((place, format!("`break_glass cli` lets people back in, {BEYOND}")));
    }
}

/// An exception is a rule less; of the panel it stands for every role and model.
fn accepted(policy: &Policy, lock: &Lock, accept: &Accept, diags: &mut Diags) {
    let (of, whose) = match accept.owner {
        Owner::Panel => (LockedOwner::Panel, "the panel".to_owned()),
        Owner::Role(role) => {
            let name = plain(&policy.role(role).name);
            (LockedOwner::Role(name.clone()), format!("role `{name}`"))
        }
        Owner::Model(model) => {
            let name = plain(&policy.model(model).name);
            (LockedOwner::Model(name.clone()), format!("model `{name}`"))
        }
    };
    let rule = &accept.rule;
    let known = || lock.accepts.iter().filter(|l| l.rule == *rule && (l.of == of || l.of == LockedOwner::Panel));
    let lasts = |until: Option<(i32, u32, u32)>| until.is_none_or(|last| accept.until.is_some_and(|day| day <= last));
    let message = if known().next().is_none() {
        format!("{whose} accepts `{rule}`, {BEYOND}")
    } else if !known().any(|locked| lasts(locked.until)) {
        format!("{whose} accepts `{rule}` for longer, {BEYOND}")
    } else {
        return;
    };
    diags.error(RULE, accept.place, message).help(REVIEW).about(accept.owner);
}

/// Whether each address of the one range is in the other: `10.1.0.0/16` in `10.0.0.0/8`.
fn is_within(range: &str, known: &str) -> bool {
    let (Some((address, length)), Some((other, prefix))) = (bits(range), bits(known)) else { return false };
    address.len() == other.len() && length >= prefix && address[..prefix] == other[..prefix]
}

/// An address bit by bit, and how many of them count.
fn bits(range: &str) -> Option<(Vec<bool>, usize)> {
    let (address, length) = range.split_once('/').map_or((range, None), |(address, length)| (address, Some(length)));
    let bytes: Vec<u8> = match address.parse().ok()? {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let bits: Vec<bool> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let length =
        length.map_or(Some(bits.len()), |length| length.parse().ok().filter(|length| *length <= bits.len()))?;
    Some((bits, length))
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_range_lies_within_another_bit_by_bit() {
        for (range, known) in [("10.1.0.0/16", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3/32"), ("fd00:1::/32", "fd00::/8")]
        {
            assert!(is_within(range, known), "{range} in {known}");
        }
        for (range, known) in [("10.0.0.0/8", "10.1.0.0/16"), ("11.0.0.0/8", "10.0.0.0/8"), ("::/0", "0.0.0.0/0")] {
            assert!(!is_within(range, known), "{range} in {known}");
        }
    }
}

//! Limits on tries, as a pure state machine: a rule, what is known of a key, a moment. A try is counted before anything
//! is verified; whoever keeps the state does both in one transaction, so that parallel tries can't pass together.
//!
//! ```text
//!            count free tries             one try a wait: 1 s, 2 s, 4 s … longest
//!  none ──▶ counting ──────────▶ waiting ─────────────────▶ off (streak = cap; recovery or unlock only)
//!             ▲  ▲                  │
//!             │  └── a window passed since the last try
//!             └───── success (the streak ends too)
//! ```

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest as _, Sha256};

use crate::panel::{By, Limit, Panel, Throttle, ThrottleName};

/// One limit with what the throttle says for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What is counted.
    pub by: By,
    /// Free tries in a window.
    pub count: u32,
    /// Seconds.
    pub window: u64,
    /// Shortest and longest wait after the free tries, seconds; none: nothing more until the window is over.
    pub wait: Option<(u64, u64)>,
    /// Tries in a row without success after which nothing is allowed.
    pub cap: Option<u32>,
}

/// One key of a throttle that a try counts on.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// [`key`].
    pub key: [u8; 32],
    /// What holds for it.
    pub rule: Rule,
}

/// Who tries, as far as it is known: what a throttle may count by. What is not known counts on no key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tried<'a> {
    /// The folded address of mail that was tried, whether or not it exists.
    pub account: Option<&'a str>,
    /// [`crate::context::Cx::address`]: IPv4, or the /64 of IPv6.
    pub address: Option<&'a str>,
    /// Id of the session.
    pub session: Option<i64>,
    /// Id of the person signed in.
    pub actor: Option<i64>,
    /// Id of the API token; never the token itself.
    pub token: Option<i64>,
}

/// What a try of this name counts on; empty when the block declares no such throttle. Hand it to `Store::reserve`
/// before anything is verified or done, and go on only if that says yes.
#[must_use]
pub fn asks(panel: &Panel, name: ThrottleName, tried: &Tried<'_>) -> Vec<Ask> {
    panel.throttle(name).map_or_else(Vec::new, |throttle| asks_of(throttle, tried))
}

/// As [`asks`], for a throttle in hand: one that holds where the block declares none.
#[must_use]
pub fn asks_of(throttle: &Throttle, tried: &Tried<'_>) -> Vec<Ask> {
    rules(throttle)
        .into_iter()
        .filter_map(|rule| {
            let value = match rule.by {
                By::Account => tried.account.map(str::to_owned),
                By::Address => tried.address.map(str::to_owned),
                By::Session => tried.session.map(|id| id.to_string()),
                By::Actor => tried.actor.map(|id| id.to_string()),
                By::Token => tried.token.map(|id| id.to_string()),
            }?;
            Some(Ask { key: key(throttle.name, rule.by, &value), rule })
        })
        .collect()
}

/// What is kept of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Tries in the window.
    pub tries: u32,
    /// Tries in a row without success, however long ago.
    pub streak: u32,
    /// Start of the window: the first try in it; where waits grow, the newest.
    pub since: DateTime<Utc>,
}

/// May one more be tried?
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes, if it is counted first.
    Go,
    /// Not before this moment.
    Wait(DateTime<Utc>),
    /// Not until somebody lifts it.
    Off,
}

impl Answer {
    /// What two limits say together: the stricter of them.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Off, _) | (_, Self::Off) => Self::Off,
            (Self::Wait(one), Self::Wait(another)) => Self::Wait(one.max(another)),
            (Self::Go, stricter) | (stricter, Self::Go) => stricter,
        }
    }
}

/// The rules of a throttle. Waits and cap are for accounts: an address is shared by many, and its limit is the window.
/// So it is for requests with a token that is good: those are work and no guesses.
#[must_use]
pub fn rules(throttle: &Throttle) -> Vec<Rule> {
    throttle
        .limits
        .iter()
        .map(|&Limit { count, window, by }| {
            let own = by != By::Address && throttle.name != ThrottleName::Token;
            Rule { by, count, window, wait: throttle.wait.filter(|_| own), cap: throttle.cap.filter(|_| own) }
        })
        .collect()
}

/// What the store knows a key by: neither addresses of mail nor of machines stand in the table.
#[must_use]
pub fn key(throttle: ThrottleName, by: By, value: &str) -> [u8; 32] {
    hashed(throttle, &format!("{by:?}"), value)
}

/// As [`key`], for what is counted beside the limits of the block. `what` is none of their words ([`By`]), so that no
/// text that somebody types stands for such a key.
pub(crate) fn own_key(throttle: ThrottleName, what: &'static str, value: &str) -> [u8; 32] {
    hashed(throttle, what, value)
}

fn hashed(throttle: ThrottleName, what: &str, value: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    // Neither name holds a null byte, so no two keys run together.
    for part in [format!("{throttle:?}").as_str(), what, value] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().into()
}

impl Rule {
    /// May one more be tried now?
    pub fn ask(&self, tally: Option<&Tally>, now: DateTime<Utc>) -> Answer {
        let Some(tally) = tally else { return Answer::Go };
        if self.cap.is_some_and(|cap| tally.streak >= cap) {
            return Answer::Off;
        }
        if self.is_over(tally, now) || tally.tries < self.count {
            return Answer::Go;
        }
        let until = self.until(tally);
        if now >= until { Answer::Go } else { Answer::Wait(until) }
    }

    /// What is known after one more try.
    #[must_use]
    pub fn count(&self, tally: Option<&Tally>, now: DateTime<Utc>) -> Tally {
        let streak = tally.map_or(0, |t| t.streak).saturating_add(1);
        match tally.filter(|tally| !self.is_over(tally, now)) {
            None => Tally { tries: 1, streak, since: now },
            Some(tally) => Tally {
                tries: tally.tries.saturating_add(1),
                streak,
                since: if self.wait.is_some() { now.max(tally.since) } else { tally.since },
            },
        }
    }

    /// When the next try is allowed that goes beyond the free ones.
    #[must_use]
    pub fn until(&self, tally: &Tally) -> DateTime<Utc> {
        let seconds = match self.wait {
            Some(wait) => wait_after(wait, tally.tries.saturating_sub(self.count)),
            None => self.window,
        };
        later(tally.since, seconds)
    }

    /// Whether the free tries are free again. Where waits grow, more than a window must pass without a try: else the
    /// waits would start over each window, and a day would hold far more guesses than they say.
    fn is_over(&self, tally: &Tally, now: DateTime<Utc>) -> bool {
        let end = later(tally.since, self.window);
        if self.wait.is_some() { now > end } else { now >= end }
    }
}

impl Tally {
    /// A try that succeeded does not count against the others who share the key.
    #[must_use]
    pub fn given_back(self) -> Self {
        Self { tries: self.tries.saturating_sub(1), streak: self.streak.saturating_sub(1), ..self }
    }
}

/// The wait before the `excess`-th try beyond the free ones (from 0), seconds: doubles from the shortest to the
/// longest.
fn wait_after((shortest, longest): (u64, u64), excess: u32) -> u64 {
    let factor = 1_u64.checked_shl(excess).unwrap_or(u64::MAX);
    shortest.saturating_mul(factor).min(longest)
}

/// So many seconds later; the end of time where that is beyond it.
#[must_use]
pub fn later(at: DateTime<Utc>, seconds: u64) -> DateTime<Utc> {
    i64::try_from(seconds)
        .ok()
        .and_then(Duration::try_seconds)
        .and_then(|by| at.checked_add_signed(by))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: Rule = Rule { by: By::Account, count: 5, window: 900, wait: Some((1, 900)), cap: Some(100) };
    const ADDRESS: Rule = Rule { by: By::Address, count: 20, window: 600, wait: None, cap: None };

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    /// Tries at once as often as it is let; gives the moment from which the next is.
    fn exhaust(rule: &Rule, tally: &mut Option<Tally>, now: DateTime<Utc>) -> (u32, Answer) {
        let mut passed = 0;
        loop {
            match rule.ask(tally.as_ref(), now) {
                Answer::Go => {
                    *tally = Some(rule.count(tally.as_ref(), now));
                    passed += 1;
                }
                other => return (passed, other),
            }
        }
    }

    #[test]
    fn free_tries_then_waits_that_double_to_the_longest() {
        let mut tally = None;
        assert_eq!(exhaust(&ACCOUNT, &mut tally, at(0)), (5, Answer::Wait(at(1))));
        let mut now = 1;
        for wait in [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            assert_eq!(exhaust(&ACCOUNT, &mut tally, at(now)), (1, Answer::Wait(at(now + wait))), "at {now}");
            now += wait;
        }
    }

    #[test]
    fn a_quiet_window_makes_the_tries_free_again_but_not_the_streak() {
        let mut tally = None;
        let _ = exhaust(&ACCOUNT, &mut tally, at(0));
        assert_eq!(exhaust(&ACCOUNT, &mut tally, at(901)).0, 5);
        assert_eq!(tally.unwrap().streak, 10);
    }

    #[test]
    fn the_cap_ends_it_for_good() {
        let (mut tally, mut passed, mut now) = (None, 0, 0);
        loop {
            let (some, answer) = exhaust(&ACCOUNT, &mut tally, at(now));
            passed += some;
            match answer {
                Answer::Wait(_) => now += 901,
                Answer::Off => break,
                Answer::Go => unreachable!(),
            }
        }
        assert_eq!(passed, 100);
        assert_eq!(ACCOUNT.ask(tally.as_ref(), at(now + 400 * 86_400)), Answer::Off);
    }

    #[test]
    fn a_window_without_waits_lets_so_many_through_and_opens_again() {
        let mut tally = None;
        assert_eq!(exhaust(&ADDRESS, &mut tally, at(0)), (20, Answer::Wait(at(600))));
        assert_eq!(exhaust(&ADDRESS, &mut tally, at(599)).0, 0);
        assert_eq!(exhaust(&ADDRESS, &mut tally, at(600)).0, 20);
        tally = tally.map(Tally::given_back);
        assert_eq!(exhaust(&ADDRESS, &mut tally, at(601)).0, 1);
    }

    #[test]
    fn a_clock_that_goes_back_lets_nothing_more_through() {
        let mut tally = None;
        let _ = exhaust(&ACCOUNT, &mut tally, at(0));
        assert_eq!(exhaust(&ACCOUNT, &mut tally, at(-5_000)).0, 0);
    }

    #[test]
    fn keys_differ_by_throttle_by_kind_and_by_value() {
        let keys = [
            key(ThrottleName::Login, By::Account, "a"),
            key(ThrottleName::Login, By::Account, "b"),
            key(ThrottleName::Login, By::Address, "a"),
            key(ThrottleName::Recovery, By::Account, "a"),
        ];
        for (i, one) in keys.iter().enumerate() {
            assert!(keys.iter().skip(i + 1).all(|other| other != one));
        }
    }
}

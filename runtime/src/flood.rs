//! Things that a stranger can make happen as often as they like, for a record that must not fill up: of a stretch of
//! ten minutes, the first, second, fourth, eighth … of one kind is recorded (from one address, at one account), each
//! with the count so far. It forgets with
//! the process; the record is bounded a process, and nothing is allowed or refused by it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};

/// Keys that are told apart in a stretch; all others count together.
const APART: usize = 64;
/// Longest stretch of counting, minutes.
const MINUTES: i64 = 10;

/// Counts by key: an address, or what was tried from it.
#[derive(Debug, Default)]
pub(crate) struct Flood(Mutex<Stretch>);

#[derive(Debug, Default)]
struct Stretch {
    since: Option<DateTime<Utc>>,
    counts: BTreeMap<String, u64>,
}

impl Flood {
    /// One more of this key; the count so far, if this one is to be recorded.
    pub(crate) fn count(&self, of: &str, now: DateTime<Utc>) -> Option<u64> {
        let mut stretch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if stretch.since.is_none_or(|since| now < since || now >= since + Duration::minutes(MINUTES)) {
            *stretch = Stretch { since: Some(now), counts: BTreeMap::new() };
        }
        let key = if stretch.counts.contains_key(of) || stretch.counts.len() < APART { of } else { "" };
        let count = stretch.counts.entry(key.to_owned()).or_insert(0);
        *count += 1;
        count.is_power_of_two().then_some(*count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_a_handful_of_records_with_its_count() {
        let (flood, now) = (Flood::default(), crate::testing::now());
        let told: Vec<u64> = (0..1_000_000).filter_map(|_| flood.count("198.51.100.7", now)).collect();
        assert_eq!((told.len(), told.last()), (20, Some(&524_288)));
        // From very many addresses it is not much more.
        let many = (0..100_000).filter(|i| flood.count(&format!("a{i}"), now).is_some()).count();
        assert!(many < 100, "{many}");
        assert_eq!(flood.count("198.51.100.7", now + Duration::minutes(10)), Some(1), "another stretch");
    }
}

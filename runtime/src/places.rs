//! Places for work that costs much, so many in all, shared among those who wait: whoever holds more gets the next one
//! only while more than twice as many are free. One visitor with a thousand requests takes a third of them, two take
//! half, and somebody who holds none gets in as long as one is free.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// All places.
#[derive(Debug)]
pub(crate) struct Places {
    room: usize,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    by: HashMap<String, usize>,
}

/// One place. Dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Place {
    held: Arc<Mutex<Held>>,
    who: Option<String>,
}

impl Places {
    pub(crate) fn new(room: usize) -> Self {
        Self { room, held: Arc::default() }
    }

    /// A place for a visitor of this network address, at once or not at all; without an address, for this program's own
    /// work, which is only held to the number of all.
    pub(crate) fn take(&self, who: Option<&str>) -> Option<Place> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.room.saturating_sub(held.all);
        let own = who.and_then(|who| held.by.get(who)).copied().unwrap_or(0);
        if free == 0 || (own > 0 && own >= free / 2) {
            return None;
        }
        held.all += 1;
        if let Some(who) = who {
            *held.by.entry(who.to_owned()).or_default() += 1;
        }
        Some(Place { held: Arc::clone(&self.held), who: who.map(str::to_owned) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.all = held.all.saturating_sub(1);
        let Some(who) = &self.who else { return };
        if let Some(own) = held.by.get_mut(who) {
            *own -= 1;
            if *own == 0 {
                held.by.remove(who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(places: &Places, who: Option<&str>) -> Vec<Place> {
        std::iter::from_fn(|| places.take(who)).collect()
    }

    #[test]
    fn one_who_takes_all_they_can_get_leaves_most_to_others() {
        let places = Places::new(36);
        let first = fill(&places, Some("a"));
        assert_eq!(first.len(), 12);
        let second = fill(&places, Some("b"));
        assert_eq!(second.len(), 8);
        // However many there are, who holds none gets in while one is free.
        let others: Vec<Place> = (0..16).map_while(|i| places.take(Some(&format!("c{i}")))).collect();
        assert_eq!(others.len(), 16);
        assert!(places.take(Some("d")).is_none() && places.take(None).is_none());
        drop(first);
        assert!(places.take(Some("d")).is_some() && places.take(Some("a")).is_some());
    }

    #[test]
    fn places_come_back_and_nobody_is_remembered() {
        let places = Places::new(4);
        drop(fill(&places, Some("a")));
        assert_eq!(fill(&places, None).len(), 4);
        assert!(places.held.lock().unwrap().by.is_empty());
    }
}

//! Which orders of values exist: upper bounds on differences, closed over every path. It refuses an order in which
//! something would be smaller than itself; between two whole numbers that follow each other there is nothing.

/// An upper bound on a difference: at most so much, or less than it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bound {
    most: i128,
    strict: bool,
}

impl Bound {
    fn plus(self, other: Self) -> Self {
        Self { most: self.most.saturating_add(other.most), strict: self.strict || other.strict }
    }

    fn is_tighter_than(self, other: Option<Self>) -> bool {
        other.is_none_or(|o| self.most < o.most || (self.most == o.most && self.strict && !o.strict))
    }

    /// As a bound on `x - x`, which is 0.
    fn is_contradiction(self) -> bool {
        self.most < 0 || (self.most == 0 && self.strict)
    }
}

/// For each pair of things, how far the first may be above the second.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    things: usize,
    difference: Vec<Option<Bound>>,
}

/// How one thing stands to another.
pub(super) const LESS: u8 = 0;
pub(super) const EQUAL: u8 = 1;
pub(super) const GREATER: u8 = 2;

impl Bounds {
    pub(super) fn new(things: usize) -> Self {
        let mut difference = vec![None; things * things];
        for thing in 0..things {
            difference[thing * things + thing] = Some(Bound { most: 0, strict: false });
        }
        Self { things, difference }
    }

    /// `low - high` is less than, equal to or greater than `apart`; false when no values do that.
    #[must_use]
    pub(super) fn relate(&mut self, low: usize, high: usize, apart: i128, relation: u8, whole: bool) -> bool {
        let less = |most: i128| {
            if whole { Bound { most: most.saturating_sub(1), strict: false } } else { Bound { most, strict: true } }
        };
        let at_most = |most| Bound { most, strict: false };
        match relation {
            LESS => self.add(low, high, less(apart)),
            GREATER => self.add(high, low, less(-apart)),
            _ => self.add(low, high, at_most(apart)) && self.add(high, low, at_most(-apart)),
        }
    }

    /// `thing - zero` lies within these, both included.
    pub(super) fn within(&mut self, thing: usize, zero: usize, least: i128, most: i128) {
        let _ = self.add(thing, zero, Bound { most, strict: false })
            && self.add(zero, thing, Bound { most: -least, strict: false });
    }

    fn add(&mut self, a: usize, b: usize, bound: Bound) -> bool {
        let n = self.things;
        if let Some(back) = self.difference[b * n + a]
            && back.plus(bound).is_contradiction()
        {
            return false;
        }
        if !bound.is_tighter_than(self.difference[a * n + b]) {
            return true;
        }
        for from in 0..n {
            let Some(first) = self.difference[from * n + a] else { continue };
            for to in 0..n {
                let Some(last) = self.difference[b * n + to] else { continue };
                let way = first.plus(bound).plus(last);
                if way.is_tighter_than(self.difference[from * n + to]) {
                    self.difference[from * n + to] = Some(way);
                }
            }
        }
        true
    }
}

//! Who is below whom: `under`, `above` and `beside` closed over every path. It orders people; it hands no grant to
//! anybody and reports nothing.

use crate::panel::{Place, Role, RoleId};

/// One `under` or `above` as written: `low` is under `high`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) low: RoleId,
    pub(crate) high: RoleId,
    pub(crate) word: &'static str,
    pub(crate) place: Place,
}

/// The order of all roles.
#[derive(Debug)]
pub(crate) struct Ranks {
    roles: usize,
    steps: Vec<Step>,
    /// Role by role, the smallest role of those that stand `beside` each other.
    level: Vec<usize>,
    /// `low * roles + high`: over people, where a role is as high as the one it stands beside.
    below: Vec<bool>,
    /// The same without `beside`: which grants are compared.
    ladder: Vec<bool>,
    off_ladder: Vec<bool>,
}

impl Ranks {
    pub(crate) fn of(roles: &[Role]) -> Self {
        let count = roles.len();
        let mut steps = Vec::new();
        for (i, role) in roles.iter().enumerate() {
            let own = RoleId(i);
            steps.extend(role.under.iter().map(|&(high, place)| Step { low: own, high, word: "under", place }));
            steps.extend(role.above.iter().map(|&(low, place)| Step { low, high: own, word: "above", place }));
        }
        let level = levels(roles);
        let mut below = vec![false; count * count];
        let mut ladder = vec![false; count * count];
        for step in &steps {
            ladder[step.low.0 * count + step.high.0] = true;
            for low in (0..count).filter(|r| level[*r] == level[step.low.0]) {
                for high in (0..count).filter(|r| level[*r] == level[step.high.0]) {
                    below[low * count + high] = true;
                }
            }
        }
        close(&mut below, count);
        close(&mut ladder, count);
        let off_ladder = roles.iter().map(|role| !role.beside.is_empty()).collect();
        Self { roles: count, steps, level, below, ladder, off_ladder }
    }

    /// Over people, `low` stands strictly below `high`.
    pub(crate) fn is_below(&self, low: RoleId, high: RoleId) -> bool {
        self.below[low.0 * self.roles + high.0]
    }

    /// One role, or two that stand beside each other.
    pub(crate) fn is_level(&self, a: RoleId, b: RoleId) -> bool {
        self.level[a.0] == self.level[b.0]
    }

    /// Whether `high` must hold what `low` holds: `beside` takes a role off the ladder.
    pub(crate) fn is_compared(&self, low: RoleId, high: RoleId) -> bool {
        self.ladder[low.0 * self.roles + high.0] && !self.off_ladder[low.0] && !self.off_ladder[high.0]
    }

    /// Compared, and nobody between the two is.
    pub(crate) fn is_next(&self, low: RoleId, high: RoleId) -> bool {
        self.is_compared(low, high)
            && !(0..self.roles)
                .map(RoleId)
                .any(|mid| mid != low && mid != high && self.is_compared(low, mid) && self.is_compared(mid, high))
    }

    /// Some role stands above itself: then no order means anything.
    pub(crate) fn go_in_a_circle(&self) -> bool {
        (0..self.roles).map(RoleId).any(|role| self.is_below(role, role))
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The clause that puts `low` under `high`, or the first one on the way there.
    pub(crate) fn step(&self, low: RoleId, high: RoleId) -> Option<&Step> {
        let of_low = |step: &&Step| self.is_level(step.low, low);
        let exact = self.steps.iter().find(|step| step.low == low && step.high == high);
        exact.or_else(|| {
            self.steps
                .iter()
                .filter(of_low)
                .find(|step| self.is_level(step.high, high) || self.is_below(step.high, high))
        })
    }
}

fn levels(roles: &[Role]) -> Vec<usize> {
    let mut level: Vec<usize> = (0..roles.len()).collect();
    for (i, role) in roles.iter().enumerate() {
        for &(other, _) in &role.beside {
            let (a, b) = (level[i], level[other.0]);
            for l in &mut level {
                if *l == a.max(b) {
                    *l = a.min(b);
                }
            }
        }
    }
    level
}

fn close(reaches: &mut [bool], count: usize) {
    for mid in 0..count {
        for low in 0..count {
            if reaches[low * count + mid] {
                for high in 0..count {
                    if reaches[mid * count + high] {
                        reaches[low * count + high] = true;
                    }
                }
            }
        }
    }
}

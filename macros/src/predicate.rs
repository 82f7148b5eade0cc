//! The small decision procedure over conditions: can it hold, does it always hold, does one imply another. It answers
//! "no row" only when certain: an implication may be missed, never invented. It knows nothing of roles and rules.
//!
//! All possible rows are cut into finitely many *worlds*: which values are missing, how each pair of compared things is
//! ordered, and what the comparisons say that nothing is known of. A depth-first walk over the worlds, cut off where
//! the question is already decided, takes the place of a truth table; worlds that no order of values allows are left
//! out. Nulls follow SQL: a comparison with null is unknown, and only true lets a row through.

mod compiler;
mod family;
mod formula;
mod order;
#[cfg(test)]
mod tests;

use compiler::Compiler;
pub(crate) use family::uuid_digits;
use formula::{Truth, Variable, Whole};
use order::Bounds;

use crate::panel::{FieldId, ModelId, OperandKind, Panel, Place, Predicate};

/// Comparisons beyond which a question is not examined: 3¹² worlds is what one can wait for.
const MAX_ATOMS: usize = 12;
/// Worlds looked at before giving up; the walk cuts most branches, so this is far beyond any real condition.
const MAX_STEPS: usize = 60_000;

/// Whether some row may exist for which every condition of `all` is true and none of `none` is.
/// False is certain; true may only mean that nothing was found out.
pub(crate) fn some_row(panel: &Panel, model: ModelId, all: &[&Predicate], none: &[&Predicate]) -> bool {
    if all.iter().any(|p| none.iter().any(|q| same(p, q))) {
        return false;
    }
    let mut compiler = Compiler::new(panel, model, all.iter().chain(none).copied());
    let all: Vec<Whole> = all.iter().map(|p| compiler.whole(p)).collect();
    let none: Vec<Whole> = none.iter().map(|p| compiler.whole(p)).collect();
    let (variables, bounds) = compiler.finish();
    if variables.iter().filter(|v| !matches!(v, Variable::Missing)).count() > MAX_ATOMS {
        return true;
    }
    let mut walk = Walk { variables: &variables, all: &all, none: &none, steps: 0 };
    let mut values = vec![None; variables.len()];
    walk.finds(&mut values, bounds, 0)
}

/// Every field that the condition reads, and where.
pub(crate) fn reads(predicate: &Predicate, visit: &mut impl FnMut(FieldId, Place)) {
    each_operand(predicate, &mut |operand, place| {
        if let OperandKind::Field(field) = operand {
            visit(*field, place);
        }
    });
}

/// From its first word to its last; `None` where nothing of it could be read.
pub(crate) fn place_of(predicate: &Predicate) -> Option<Place> {
    let mut whole: Option<Place> = None;
    each_place(predicate, &mut |place| whole = Some(whole.map_or(place, |w| w.to(place))));
    whole
}

fn each_place(predicate: &Predicate, visit: &mut impl FnMut(Place)) {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| each_place(part, visit)),
        Predicate::Not(inner) => each_place(inner, visit),
        Predicate::Compare { place, .. } | Predicate::IsNull { place, .. } | Predicate::In { place, .. } => {
            visit(*place);
        }
        Predicate::Broken => {}
    }
}

/// Every operand of every comparison, and where it stands.
pub(crate) fn each_operand(predicate: &Predicate, visit: &mut impl FnMut(&OperandKind, Place)) {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| each_operand(part, visit)),
        Predicate::Not(inner) => each_operand(inner, visit),
        Predicate::Compare { left, right, .. } => {
            visit(&left.kind, left.place);
            visit(&right.kind, right.place);
        }
        Predicate::IsNull { operand, .. } => visit(&operand.kind, operand.place),
        Predicate::In { operand, set, .. } => {
            visit(&operand.kind, operand.place);
            for one in set {
                visit(&one.kind, one.place);
            }
        }
        Predicate::Broken => {}
    }
}

/// Word for word the same, places apart. A broken one is like no other.
pub(crate) fn same(a: &Predicate, b: &Predicate) -> bool {
    let all = |a: &[Predicate], b: &[Predicate]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
    match (a, b) {
        (Predicate::And(a), Predicate::And(b)) | (Predicate::Or(a), Predicate::Or(b)) => all(a, b),
        (Predicate::Not(a), Predicate::Not(b)) => same(a, b),
        (
            Predicate::Compare { left: al, op: ao, right: ar, .. },
            Predicate::Compare { left: bl, op: bo, right: br, .. },
        ) => al.kind == bl.kind && ao == bo && ar.kind == br.kind,
        (Predicate::IsNull { operand: a, negated: an, .. }, Predicate::IsNull { operand: b, negated: bn, .. }) => {
            a.kind == b.kind && an == bn
        }
        (Predicate::In { operand: a, set: aset, .. }, Predicate::In { operand: b, set: bset, .. }) => {
            a.kind == b.kind && aset.len() == bset.len() && aset.iter().zip(bset).all(|(a, b)| a.kind == b.kind)
        }
        _ => false,
    }
}

struct Walk<'a> {
    variables: &'a [Variable],
    all: &'a [Whole],
    none: &'a [Whole],
    steps: usize,
}

impl Walk<'_> {
    /// Whether a world that extends `values` answers the question; true too when it takes too long to find out.
    fn finds(&mut self, values: &mut [Option<u8>], bounds: Bounds, next: usize) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return true;
        }
        let mut certain = true;
        for whole in self.all {
            let truth = whole.truth(self.variables, values);
            if !truth.may_be(Truth::TRUE) {
                return false;
            }
            certain &= truth == Truth::TRUE;
        }
        for whole in self.none {
            let truth = whole.truth(self.variables, values);
            if truth == Truth::TRUE {
                return false;
            }
            certain &= !truth.may_be(Truth::TRUE);
        }
        // Whatever is still open can be chosen: an order without contradiction always has values.
        let Some(variable) = self.variables.get(next).filter(|_| !certain) else {
            return true;
        };
        if let Variable::Relation { low, high, .. } = variable
            && [low, high].into_iter().any(|thing| thing.is_missing(values))
        {
            return self.finds(values, bounds, next + 1);
        }
        for value in 0..variable.values() {
            let mut bounds = bounds.clone();
            if let Variable::Relation { low, high, apart, whole_numbers } = variable
                && !bounds.relate(low.node, high.node, *apart, value, *whole_numbers)
            {
                continue;
            }
            values[next] = Some(value);
            if self.finds(values, bounds, next + 1) {
                return true;
            }
        }
        values[next] = None;
        false
    }
}

//! What a block may declare and this version does not do yet: one list, which `doctor` prints for the clauses that a
//! panel uses, and which the docs print whole. What starts to work is taken off here.

use crate::panel::Panel;

/// A clause without its run-time side.
#[derive(Debug, Clone, Copy)]
pub struct Pending {
    /// The clause's words in the block.
    pub clause: &'static str,
    /// What does not happen.
    pub missing: &'static str,
    /// Whether a panel uses it.
    pub used: fn(&Panel) -> bool,
}

/// Every clause that is carried in the tables and not acted on.
pub const PENDING: &[Pending] = &[];

/// Those that this panel uses.
pub fn of(panel: &Panel) -> impl Iterator<Item = &'static Pending> {
    PENDING.iter().filter(move |pending| (pending.used)(panel))
}

#[cfg(test)]
mod tests {
    use super::PENDING;

    #[test]
    fn the_docs_name_every_clause_that_is_not_acted_on() {
        let docs = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/dsl.md"));
        let named = docs.split_once("not acted on yet").expect("the heading").1;
        for pending in PENDING {
            let row = format!("| `{}` | {} |", pending.clause, pending.missing);
            assert!(named.contains(&row), "docs/dsl.md lacks: {row}");
        }
        let rows = named.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, PENDING.len(), "docs/dsl.md names a clause that is acted on");
    }
}

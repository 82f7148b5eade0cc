//! Who can come to act as whom: a graph of roles with one edge for each declared way from holding one role to holding
//! an account of another, each with its place in the block. It answers and judges nothing.
//!
//! ```text
//! assign ─▶ a second account of one's own holds the role        reset ─▶ somebody's account is one's own
//! may assign, may reset ─▶ the same, once it is lent
//! ```
//!
//! What is not here leads to no account: the framework's people are no model, so that no edit, import, bulk edit,
//! inline, restore or action writes a role, an address, a password or a factor. `lock`, `unlock` and `revoke` end
//! access and open none. Rows that a change brings within reach are `scope_is_fixed`'s.

use std::collections::VecDeque;

use super::wording;
use crate::panel::{Panel, PeopleCell, PeopleVerb, Place, RoleId};

/// How one comes to act as a holder of another role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// By giving the role to a second account, which may be an invited one.
    Gives,
    /// By a link to a new password of an account that holds it.
    TakesOver,
}

/// One declared way from holding `from` to acting as a holder of `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge<'a> {
    pub(super) from: RoleId,
    pub(super) to: RoleId,
    pub(super) how: How,
    pub(super) cell: &'a PeopleCell,
}

/// All of them, by the role that they start from.
#[derive(Debug)]
pub(super) struct Paths<'a> {
    from: Vec<Vec<Edge<'a>>>,
}

/// Where a path ends, and its edges, at least one.
pub(super) type Path<'a> = (RoleId, Vec<Edge<'a>>);

/// Exhaustive on purpose: who adds a verb over people says here whether it leads into their accounts.
fn how(verb: PeopleVerb) -> Option<How> {
    match verb {
        PeopleVerb::Assign => Some(How::Gives),
        PeopleVerb::Reset => Some(How::TakesOver),
        PeopleVerb::Lock | PeopleVerb::Unlock | PeopleVerb::Revoke => None,
    }
}

impl<'a> Paths<'a> {
    pub(super) fn of(panel: &'a Panel) -> Self {
        let edges = |from: RoleId| {
            let cells = panel.roles[from.0].people.iter();
            cells.filter_map(|cell| how(cell.verb).map(|how| Edge { from, to: cell.target, how, cell })).collect()
        };
        Self { from: panel.role_ids().map(edges).collect() }
    }

    /// The edges that start at a role, in the order of the block.
    pub(super) fn from(&self, role: RoleId) -> &[Edge<'a>] {
        &self.from[role.0]
    }

    /// Every role that holding `from` leads to, each over a shortest path, the nearest first. `from` itself is among
    /// them only where a second account of the same role can be reached.
    pub(super) fn reached(&self, from: RoleId) -> Vec<Path<'a>> {
        let mut by: Vec<Option<Edge<'a>>> = vec![None; self.from.len()];
        let mut order = Vec::new();
        let mut open = VecDeque::from([from]);
        while let Some(at) = open.pop_front() {
            for edge in &self.from[at.0] {
                if by[edge.to.0].is_none() {
                    by[edge.to.0] = Some(*edge);
                    order.push(edge.to);
                    // The start has been opened already.
                    if edge.to != from {
                        open.push_back(edge.to);
                    }
                }
            }
        }
        order.into_iter().map(|to| (to, back(&by, from, to))).collect()
    }

    /// A shortest path, without an edge where both are one role; `None`: one never leads to the other.
    pub(super) fn shortest(&self, from: RoleId, to: RoleId) -> Option<Vec<Edge<'a>>> {
        if from == to {
            return Some(Vec::new());
        }
        self.reached(from).into_iter().find(|(end, _)| *end == to).map(|(_, path)| path)
    }
}

/// From the end to the start by the edges that were taken first, turned round.
fn back<'a>(by: &[Option<Edge<'a>>], from: RoleId, to: RoleId) -> Vec<Edge<'a>> {
    let mut path = Vec::new();
    let mut at = to;
    while let Some(edge) = by[at.0] {
        path.push(edge);
        at = edge.from;
        if at == from {
            break;
        }
    }
    path.reverse();
    path
}

impl Edge<'_> {
    /// A step of a chain: where it stands, and what it says.
    pub(super) fn step(&self, panel: &Panel) -> (Place, String) {
        let name = |role: RoleId| &panel.role(role).name;
        let may = if self.cell.lendable { "may be lent the right to" } else { "may" };
        let text = format!("`{}` {may} {} `{}`", name(self.from), wording::people_verb(self.cell.verb), name(self.to));
        (self.cell.place, text)
    }
}

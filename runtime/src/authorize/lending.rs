//! What a loan adds to a role, and who may make one. A loan adds nothing but cells that the block declares `may` for
//! the role that the person holds now, in the words in which they were lent. Nobody lends what they do not hold
//! themselves, by their own role and not by a loan, on at least those rows and fields.

use super::{Actor, Refusal, authorize_people, roles_with};
use crate::loan::{self, Right};
use crate::panel::{Cell, Panel, PeopleCell, PeopleVerb, Role};

/// Whether this cell of their role counts for this person: held, or lent to them now.
pub(super) fn counts(panel: &Panel, actor: &Actor, cell: &Cell) -> bool {
    !cell.lendable
        || actor.lent.iter().any(|lent| {
            panel.models.get(cell.model).is_some_and(|model| lent.right.is_over(model, cell.verb))
                && says_the_same(panel, actor, &lent.right, &lent.clauses)
        })
}

/// The same of authority over people.
pub(super) fn counts_over_people(panel: &Panel, actor: &Actor, cell: &PeopleCell) -> bool {
    !cell.lendable
        || actor.lent.iter().any(|lent| {
            panel.roles.get(cell.target).is_some_and(|target| lent.right.is_over_people(target, cell.verb))
                && says_the_same(panel, actor, &lent.right, &lent.clauses)
        })
}

/// The block was changed since: what it says now was not lent.
fn says_the_same(panel: &Panel, actor: &Actor, right: &Right, lent: &str) -> bool {
    loan::clauses(panel, actor.role, right).is_some_and(|now| now == lent)
}

/// May this person lend this right to holders of that role? They must be able to give that role, and hold the right by
/// themselves. That the block declares it is asked apart.
pub fn authorize_lending(panel: &'static Panel, actor: &Actor, role: &Role, right: &Right) -> Result<(), Refusal> {
    // Authority that was lent is not lent on.
    let own = Actor { lent: Vec::new(), ..actor.clone() };
    authorize_people(panel, &own, PeopleVerb::Assign, role)?;
    if holds_all(panel, actor, role, right) {
        return Ok(());
    }
    let held = |of: &Role| {
        of.cells.iter().any(|cell| {
            !cell.lendable && panel.models.get(cell.model).is_some_and(|model| right.is_over(model, cell.verb))
        }) || of.people.iter().any(|cell| {
            !cell.lendable && panel.roles.get(cell.target).is_some_and(|to| right.is_over_people(to, cell.verb))
        })
    };
    Err(Refusal {
        right: format!("lend `{right}` to {}, since it does not hold all of that itself", role.title),
        held_by: roles_with(panel, held),
    })
}

/// Whether the person's own role holds, on every row and field, what that right is for that role.
fn holds_all(panel: &Panel, actor: &Actor, role: &Role, right: &Right) -> bool {
    let over_models = role
        .cells
        .iter()
        .filter(|cell| cell.lendable)
        .filter(|cell| panel.models.get(cell.model).is_some_and(|model| right.is_over(model, cell.verb)))
        .all(|lent| actor.role.cells.iter().any(|own| covers(panel, actor, own, lent)));
    let over_people = role
        .people
        .iter()
        .filter(|cell| cell.lendable)
        .filter(|cell| panel.roles.get(cell.target).is_some_and(|target| right.is_over_people(target, cell.verb)))
        .all(|lent| {
            let same = |own: &PeopleCell| !own.lendable && own.verb == lent.verb && own.target == lent.target;
            actor.role.people.iter().any(same)
        });
    over_models && over_people
}

/// Whether one cell that is held gives at least what another one would. Rows that hang on `me` are other rows for
/// somebody else, so that the same words do not say the same.
fn covers(panel: &Panel, actor: &Actor, own: &Cell, lent: &Cell) -> bool {
    let same_right = !own.lendable && own.verb == lent.verb && own.model == lent.model;
    let Some(model) = panel.models.get(own.model).filter(|_| same_right) else { return false };
    let fields = own.fields.intersection(lent.fields) == lent.fields;
    let rows = match (&own.when, &lent.when) {
        (None, _) => true,
        (Some(own), Some(lent)) => {
            !own.names_me() && !lent.names_me() && own.bind(model, &actor.asker) == lent.bind(model, &actor.asker)
        }
        (Some(_), None) => false,
    };
    fields && rows
}

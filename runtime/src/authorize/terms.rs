//! What a yes allows, asked row by row and field by field. Only the file above makes one; nothing here widens it.

use crate::condition::Condition;
use crate::panel::{Field, FieldSet, Model, Verb};
use crate::value::Row;

/// What a yes allows: rows and fields of one model for one verb.
#[derive(Debug, Clone)]
pub struct Terms {
    pub(super) model: &'static Model,
    pub(super) verb: Verb,
    pub(super) cells: Vec<BoundCell>,
    pub(super) needs_fresh_proof: bool,
    pub(super) lacks_proof: bool,
    /// By field of links: the same person's view terms over where they lead, which decide which links there are for
    /// them.
    pub(super) links: Vec<(usize, Terms)>,
}

#[derive(Debug, Clone)]
pub(super) struct BoundCell {
    pub(super) fields: FieldSet,
    pub(super) condition: Condition,
    pub(super) reads: FieldSet,
    pub(super) reveal: Option<&'static str>,
}

impl Terms {
    /// Of which model.
    #[must_use]
    pub fn model(&self) -> &'static Model {
        self.model
    }

    /// For which verb.
    #[must_use]
    pub fn verb(&self) -> Verb {
        self.verb
    }

    /// The view terms of the same person over the rows that the links of this field lead to. None: they see none of
    /// them.
    #[must_use]
    pub fn over_links(&self, field: usize) -> Option<&Terms> {
        self.links.iter().find(|(of, _)| *of == field).map(|(_, terms)| terms)
    }

    /// Whether the person sees every row that these links can lead to, by its label: then their numbers tell nothing
    /// new.
    #[must_use]
    pub fn sees_every_link(&self, field: usize) -> bool {
        self.over_links(field).is_some_and(|seen| {
            let label = seen.model.label.iter().fold(FieldSet::NONE, |all, field| all.with(*field));
            seen.scope_with(label) == Condition::Always
        })
    }

    /// The block's `reauth` lists this.
    #[must_use]
    pub fn needs_fresh_proof(&self) -> bool {
        self.needs_fresh_proof
    }

    /// The block's `reauth` lists this, and the person has not proved who they are lately enough: the store changes
    /// nothing on these terms.
    #[must_use]
    pub fn lacks_proof(&self) -> bool {
        self.lacks_proof
    }

    /// The rows: any cell lets them through.
    #[must_use]
    pub fn scope(&self) -> Condition {
        self.scope_where(|_| true)
    }

    /// The rows in which all of these fields are within the terms. Whoever searches, filters or sorts by a field gets
    /// only rows in which they may read it; else the answer would tell what the page hides.
    #[must_use]
    pub fn scope_with(&self, fields: FieldSet) -> Condition {
        // Cell by cell would miss a row that two cells cover together, one field each; asking field by field does not.
        (0..self.model.fields.len())
            .filter(|f| fields.contains(*f))
            .map(|field| self.scope_where(|cell| cell.fields.contains(field)))
            .fold(self.scope(), |all, one| if all == one { all } else { all.and(one) })
    }

    fn scope_where(&self, wanted: impl Fn(&BoundCell) -> bool) -> Condition {
        let mut parts = Vec::new();
        for cell in self.cells.iter().filter(|cell| wanted(cell)) {
            match &cell.condition {
                Condition::Always => return Condition::Always,
                Condition::Never => {}
                other if parts.contains(other) => {}
                other => parts.push(other.clone()),
            }
        }
        match parts.len() {
            0 => Condition::Never,
            1 => parts.remove(0),
            _ => Condition::Any(parts),
        }
    }

    /// Fields that are within the terms in at least some rows.
    #[must_use]
    pub fn fields_somewhere(&self) -> FieldSet {
        self.cells.iter().fold(FieldSet::NONE, |all, cell| all.union(cell.fields))
    }

    /// Fields that are within the terms in every row of the scope.
    #[must_use]
    pub fn fields_everywhere(&self) -> FieldSet {
        let always = self
            .cells
            .iter()
            .filter(|c| c.condition == Condition::Always)
            .fold(FieldSet::NONE, |all, cell| all.union(cell.fields));
        let in_each = self.cells.iter().fold(FieldSet::ALL, |all, cell| all.intersection(cell.fields));
        always.union(in_each)
    }

    /// Fields of which the block says in some rows why they may leave although they are personal (`reveal`).
    #[must_use]
    pub fn revealed_somewhere(&self) -> FieldSet {
        self.cells.iter().filter(|cell| cell.reveal.is_some()).fold(FieldSet::NONE, |all, cell| all.union(cell.fields))
    }

    /// Those of them in this row: the reason of one clause is none for the rows of another. What was not fetched counts
    /// against, as in [`Terms::fields_of`].
    #[must_use]
    pub fn revealed_of(&self, row: &Row) -> FieldSet {
        self.cells
            .iter()
            .filter(|cell| cell.reveal.is_some() && cell.condition.lets_through(row))
            .fold(FieldSet::NONE, |all, cell| all.union(cell.fields))
    }

    /// The reasons that the block gives for it, each once.
    #[must_use]
    pub fn reveal_reasons(&self) -> Vec<&'static str> {
        let mut reasons: Vec<&'static str> = self.cells.iter().filter_map(|cell| cell.reveal).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// Fields that must be fetched to say what is within the terms in a row in hand.
    #[must_use]
    pub fn reads(&self) -> FieldSet {
        self.cells.iter().fold(FieldSet::NONE, |all, cell| all.union(cell.reads))
    }

    /// Fields within the terms in this row; empty: the row is outside the scope. The row must have [`Terms::reads`]
    /// fetched; what was not fetched counts against.
    #[must_use]
    pub fn fields_of(&self, row: &Row) -> FieldSet {
        self.cells
            .iter()
            .filter(|cell| cell.condition.lets_through(row))
            .fold(FieldSet::NONE, |all, cell| all.union(cell.fields))
    }

    /// Whether the row is within the scope.
    #[must_use]
    pub fn covers(&self, row: &Row) -> bool {
        self.cells.iter().any(|cell| cell.condition.lets_through(row))
    }

    /// Whether a change from `before` to `after` stays within the terms: the row was in scope, every changed field was
    /// within the terms, and the row is still in scope afterwards. A field that says `transfers` may carry the row out
    /// of the scope: that is what the word is for. The automatic fields are the framework's own writing.
    ///
    /// An action may write what its `writes` names and nothing else, and may carry the row out of the rows in which it
    /// is held: approving a draft makes it no draft.
    #[must_use]
    pub fn allow_change(&self, before: &Row, after: &Row) -> bool {
        if let Verb::Act(action) = self.verb {
            let writes = self.model.actions.get(action).map_or(&[][..], |action| action.writes);
            return self.covers(before)
                && self.model.fields.iter().all(|field| {
                    let changed = before.get(field.index) != after.get(field.index);
                    !changed || writes.contains(&field.index) || field.automatic.is_some()
                });
        }
        let allowed = self.fields_of(before);
        let mut held = after.clone();
        for field in self.model.fields {
            let changed = before.get(field.index) != after.get(field.index);
            if changed && !allowed.contains(field.index) && field.automatic.is_none() {
                return false;
            }
            if field.transfers
                && let Some(value) = before.get(field.index)
            {
                held.set(field.index, value.clone());
            }
        }
        self.covers(before) && self.covers(&held)
    }

    /// Whether a new row stays within the terms; `given` are the fields that the person filled in.
    #[must_use]
    pub fn allow_insert(&self, given: FieldSet, row: &Row) -> bool {
        let allowed = self.fields_of(row);
        self.covers(row)
            && self.model.fields.iter().all(|f: &Field| !given.contains(f.index) || allowed.contains(f.index))
    }
}

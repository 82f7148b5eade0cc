//! What several rules ask of a panel: who holds which right over what, who is above whom, who can ever be held. It
//! answers and judges nothing; lendable rights count as held.

use std::ops::Deref;

use super::conditions::Conditions;
pub(super) use super::conditions::{Condition, Stands};
use super::paths::Paths;
use crate::panel::{
    Cell, FieldId, FieldSet, Framework, FrameworkCell, Grant, GrantId, Kind, Model, ModelId, OnDelete, Owner, Panel,
    PeopleCell, PeopleVerb, Place, Predicate, RoleId, Sensitivity, Verb,
};
use crate::ranks::Ranks;

/// A panel, and what follows from it.
pub(super) struct Policy<'a> {
    panel: &'a Panel,
    pub(super) ranks: Ranks,
    /// Who can come to act as whom.
    pub(super) paths: Paths<'a>,
    /// By role, then by model.
    cells: Vec<Vec<Vec<&'a Cell>>>,
    /// What of a row is viewed at all, by role, then by model.
    viewed: Vec<Vec<FieldSet>>,
    /// Every foreign key to a model of the block.
    references: Vec<Reference>,
    /// Somebody can come to hold the role.
    held: Vec<bool>,
    conditions: Conditions<'a>,
}

/// A foreign key: whose, to what, and what happens to its row when that goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference {
    pub(super) child: ModelId,
    pub(super) field: FieldId,
    pub(super) parent: ModelId,
    pub(super) then: OnDelete,
}

impl Deref for Policy<'_> {
    type Target = Panel;

    fn deref(&self) -> &Panel {
        self.panel
    }
}

/// How far a right is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// These fields of these rows, and maybe more.
    All,
    /// Not in these fields, of any row.
    NotFields(FieldSet),
    /// Not in all of these rows.
    NotRows,
    /// Not at all.
    Nothing,
}

/// A right that one role has and another lacks.
pub(super) enum Lack<'a> {
    Cell(&'a Cell, Held),
    Framework(&'a FrameworkCell),
    People(&'a PeopleCell),
}

impl Lack<'_> {
    pub(super) fn grant(&self) -> GrantId {
        match self {
            Self::Cell(cell, _) => cell.grant,
            Self::Framework(cell) => cell.grant,
            Self::People(cell) => cell.grant,
        }
    }
}

impl<'a> Policy<'a> {
    pub(super) fn new(panel: &'a Panel) -> Self {
        let mut cells = vec![vec![Vec::new(); panel.models.len()]; panel.roles.len()];
        let mut viewed = vec![vec![FieldSet::default(); panel.models.len()]; panel.roles.len()];
        for (role, (cells, viewed)) in panel.roles.iter().zip(cells.iter_mut().zip(&mut viewed)) {
            for cell in &role.cells {
                // A view of no field is none.
                if cell.verb == Verb::View && cell.fields.is_empty() {
                    continue;
                }
                cells[cell.model.0].push(cell);
                if cell.verb == Verb::View {
                    viewed[cell.model.0] = viewed[cell.model.0].union(cell.fields);
                }
            }
        }
        Self {
            panel,
            ranks: Ranks::of(&panel.roles),
            paths: Paths::of(panel),
            cells,
            viewed,
            references: references(panel),
            held: holdable(panel),
            conditions: Conditions::of(panel),
        }
    }

    pub(super) fn panel(&self) -> &'a Panel {
        self.panel
    }

    /// What the role may do with the model by that verb, clause by clause.
    pub(super) fn cells(&self, role: RoleId, verb: Verb, model: ModelId) -> impl Iterator<Item = &'a Cell> + Clone {
        self.cells[role.0][model.0].iter().copied().filter(move |cell| cell.verb == verb)
    }

    /// In at least some rows.
    pub(super) fn fields(&self, role: RoleId, verb: Verb, model: ModelId) -> FieldSet {
        if verb == Verb::View {
            return self.viewed[role.0][model.0];
        }
        self.cells(role, verb, model).fold(FieldSet::default(), |all, cell| all.union(cell.fields))
    }

    /// How far the role holds the verb over these fields of these rows (no field: only the rows matter).
    pub(super) fn holds(
        &self,
        role: RoleId,
        verb: Verb,
        model: ModelId,
        fields: FieldSet,
        when: Option<&Predicate>,
    ) -> Held {
        // One clause that says it all is the usual case.
        let covers = |cell: &Cell| fields.is_subset_of(cell.fields) && self.rows_within(model, when, &[cell]);
        if self.cells(role, verb, model).any(covers) {
            return Held::All;
        }
        let cells: Vec<&Cell> = self.cells(role, verb, model).collect();
        if cells.is_empty() {
            return Held::Nothing;
        }
        let some = cells.iter().fold(FieldSet::default(), |all, cell| all.union(cell.fields));
        let everywhere = cells
            .iter()
            .filter(|cell| cell.when.is_none())
            .fold(FieldSet::default(), |all, cell| all.union(cell.fields));
        if !fields.is_subset_of(some) {
            return Held::NotFields(fields.minus(some));
        }
        if fields.is_empty() {
            return if self.rows_within(model, when, &cells) { Held::All } else { Held::NotRows };
        }
        let mut rest = fields.minus(everywhere);
        while let Some(field) = rest.iter().next() {
            let with: Vec<&Cell> = cells.iter().copied().filter(|cell| cell.fields.contains(field)).collect();
            if !self.rows_within(model, when, &with) {
                return Held::NotRows;
            }
            // Every field that the same clauses name has the same answer.
            let alike = with.iter().fold(rest, |alike, cell| alike.minus(alike.minus(cell.fields)));
            rest = rest.minus(alike);
        }
        Held::All
    }

    /// Whether every row that fulfils `when` is reached by one of the cells.
    pub(super) fn rows_within(&self, model: ModelId, when: Option<&Predicate>, cells: &[&Cell]) -> bool {
        if let [cell] = cells {
            return cell.when.as_deref().is_none_or(|reached| !self.some_row(model, when.as_slice(), &[reached]));
        }
        let reached: Option<Vec<&Predicate>> = cells.iter().map(|cell| cell.when.as_deref()).collect();
        let Some(reached) = reached else { return true };
        !reached.is_empty() && !self.some_row(model, when.as_slice(), &reached)
    }

    /// Whether some row may exist for which every condition of `all` is true and none of `none` is; false is certain.
    pub(super) fn some_row(&self, model: ModelId, all: &[&Predicate], none: &[&Predicate]) -> bool {
        self.conditions.some_row(model, all, none)
    }

    /// Whether the condition is true for some row; false is certain.
    pub(super) fn can_hold(&self, model: ModelId, predicate: &Predicate) -> bool {
        self.some_row(model, &[predicate], &[])
    }

    /// Every condition of the block, each once.
    pub(super) fn conditions(&self) -> &[Condition<'a>] {
        self.conditions.all()
    }

    /// Every foreign key to a model of the block.
    pub(super) fn references(&self) -> &[Reference] {
        &self.references
    }

    pub(super) fn has_framework(&self, role: RoleId, verb: Verb, subject: Framework) -> bool {
        self.role(role).framework.iter().any(|cell| cell.verb == verb && cell.subject == subject)
    }

    pub(super) fn has_people(&self, role: RoleId, verb: PeopleVerb, target: RoleId) -> bool {
        self.role(role).people.iter().any(|cell| cell.verb == verb && cell.target == target)
    }

    /// Somebody can come to hold the role: the first one, and what holders of such a role may assign.
    pub(super) fn can_be_held(&self, role: RoleId) -> bool {
        self.held[role.0]
    }

    /// What `of` may do and `role` may not.
    pub(super) fn lacks(&self, role: RoleId, of: RoleId) -> Vec<Lack<'a>> {
        let other = &self.panel.roles[of.0];
        let cells = other.cells.iter().filter_map(|cell| {
            let fields = match cell.verb {
                // That a secret is read at all is one mistake, not one for each role that does not.
                Verb::View | Verb::Export => cell.fields.minus(self.model(cell.model).secrets()),
                Verb::Create | Verb::Edit | Verb::Import => cell.fields,
                Verb::Delete | Verb::Act(_) => FieldSet::default(),
            };
            let held = self.holds(role, cell.verb, cell.model, fields, cell.when.as_deref());
            (held != Held::All).then_some(Lack::Cell(cell, held))
        });
        let framework = other.framework.iter().filter(|c| !self.has_framework(role, c.verb, c.subject));
        let people = other.people.iter().filter(|c| {
            // Authority that nobody of that rank should have is told by other rules, and not asked of anybody else.
            let proper = match c.verb {
                PeopleVerb::Assign => !self.climbs(of, c.target),
                _ => self.ranks.is_below(c.target, of),
            };
            proper && !self.has_people(role, c.verb, c.target)
        });
        cells.chain(framework.map(Lack::Framework)).chain(people.map(Lack::People)).collect()
    }

    /// Holding `low` and coming to hold `high` would be a gain.
    pub(super) fn climbs(&self, low: RoleId, high: RoleId) -> bool {
        low != high && !self.ranks.is_level(low, high) && !self.ranks.is_below(high, low)
    }

    /// What one clause grants; cells stand in the order of their clauses.
    pub(super) fn cells_of(&self, role: RoleId, grant: GrantId) -> &'a [Cell] {
        let cells = &self.panel.roles[role.0].cells;
        let first = cells.partition_point(|cell| cell.grant < grant);
        let count = cells[first..].partition_point(|cell| cell.grant == grant);
        &cells[first..first + count]
    }

    pub(super) fn grant(&self, role: RoleId, grant: GrantId) -> &'a Grant {
        &self.panel.roles[role.0].grants[grant.0]
    }

    /// The smallest part of the clause that stands for this cell: the verb where there are several, the model where
    /// there are several, else both.
    pub(super) fn place_of(&self, role: RoleId, cell: &Cell) -> Place {
        let siblings = || self.cells_of(role, cell.grant).iter();
        let text = self.grant(role, cell.grant).text.trim_start();
        let one_word = text.strip_prefix("may ").unwrap_or(text).starts_with("all ");
        let one_verb = one_word || siblings().all(|c| c.verb == cell.verb);
        let one_model = cell.by_star || siblings().all(|c| c.model == cell.model);
        match (one_verb, one_model) {
            (true, true) => cell.verb_place.to(cell.model_place),
            (true, false) => cell.model_place,
            (false, _) => cell.verb_place,
        }
    }

    /// An `accept` in one of these, or in the panel, speaks for the rule.
    pub(super) fn is_accepted(&self, rule: &str, owners: &[Owner]) -> bool {
        self.accepts.iter().any(|a| a.rule == rule && (a.owner == Owner::Panel || owners.contains(&a.owner)))
    }
}

impl Verb {
    /// Granted field by field; the other verbs take whole rows.
    pub(super) fn is_of_fields(self) -> bool {
        !matches!(self, Self::Delete | Self::Act(_))
    }
}

impl Model {
    /// Write-only fields: no right to view them exists.
    pub(super) fn secrets(&self) -> FieldSet {
        self.field_ids().filter(|f| self.field(*f).sensitivity == Sensitivity::Secret).collect()
    }
}

fn holdable(panel: &Panel) -> Vec<bool> {
    let mut held = vec![false; panel.roles.len()];
    let mut open: Vec<RoleId> = panel.role_ids().take(1).collect();
    while let Some(role) = open.pop() {
        if !std::mem::replace(&mut held[role.0], true) {
            let given = panel.role(role).people.iter().filter(|cell| cell.verb == PeopleVerb::Assign);
            open.extend(given.map(|cell| cell.target));
        }
    }
    held
}

fn references(panel: &Panel) -> Vec<Reference> {
    let mut all = Vec::new();
    for child in panel.model_ids() {
        for (field, of) in panel.model(child).fields.iter().enumerate() {
            let (parent, then) = match of.kind {
                Kind::Model(parent, then) => (parent, then),
                // Its links go with the row that they lead to: the field holds one less, and the row stays.
                Kind::Many(parent) => (parent, OnDelete::SetNull),
                _ => continue,
            };
            all.push(Reference { child, field: FieldId(field), parent, then });
        }
    }
    all
}

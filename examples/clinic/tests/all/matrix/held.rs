//! What the block's tables give a person, read straight from them: none of the code that the panel decides with is
//! asked, but for the reading of a predicate against a row in hand, which has its own tests against the store's.

use bailiwick::condition::Asker;
use bailiwick::panel::{Cell, Framework, Kind, Model, Role, Verb};
use bailiwick::value::Row;

use crate::clinic::PANEL;

/// What the tables give a person, read straight from them.
pub(super) struct Held {
    pub(super) role: &'static Role,
    pub(super) asker: Asker,
}

impl Held {
    pub(super) fn cells(&self, verb: Verb, model: &Model) -> impl Iterator<Item = &'static Cell> {
        let model = model.index;
        self.role.cells.iter().filter(move |cell| cell.verb == verb && cell.model == model && !cell.lendable)
    }

    pub(super) fn holds(&self, verb: Verb, model: &Model) -> bool {
        self.cells(verb, model).next().is_some()
    }

    pub(super) fn on<'a>(
        &'a self,
        verb: Verb,
        model: &'static Model,
        row: &'a Row,
    ) -> impl Iterator<Item = &'static Cell> + 'a {
        self.cells(verb, model)
            .filter(move |cell| cell.when.is_none_or(|when| when.bind(model, &self.asker).matches(row) == Some(true)))
    }

    pub(super) fn covers(&self, verb: Verb, model: &'static Model, row: &Row) -> bool {
        self.on(verb, model, row).next().is_some()
    }

    pub(super) fn audits(&self) -> bool {
        self.role.framework.iter().any(|cell| cell.subject == Framework::Audit && cell.verb == Verb::View)
    }

    pub(super) fn sees_people(&self) -> bool {
        self.role.framework.iter().any(|cell| cell.subject == Framework::People && cell.verb == Verb::View)
    }

    /// Sees everybody, or rules over some.
    pub(super) fn meets_people(&self) -> bool {
        self.sees_people() || self.role.people.iter().any(|cell| !cell.lendable)
    }

    /// The page of a row, and one that changes it.
    pub(super) fn page(&self, verb: Verb, model: &'static Model, row: &Row) -> u16 {
        if !self.holds(Verb::View, model) || !self.holds(verb, model) {
            403
        } else if !self.covers(Verb::View, model, row) {
            404
        } else if self.covers(verb, model, row) {
            200
        } else {
            403
        }
    }

    pub(super) fn pick(&self, model: &'static Model, field: usize) -> u16 {
        let met = [Verb::View, Verb::Create, Verb::Edit]
            .into_iter()
            .any(|verb| self.cells(verb, model).any(|cell| cell.fields.contains(field)));
        let seen = match model.fields[field].kind {
            Kind::Model(target, _, _) => self.holds(Verb::View, &PANEL.models[target]),
            Kind::Many(links) => self.holds(Verb::View, &PANEL.models[links.model]),
            // Who may not see the people may still choose themselves.
            Kind::Actor => true,
            _ => return if met { 404 } else { 403 },
        };
        if met && seen { 200 } else { 403 }
    }
}

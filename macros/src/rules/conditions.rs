//! Every condition of the block, and what has been found out about it: conditions that say the same of fields of the
//! same kinds share an answer, so that each question is put to the decision procedure once. It judges nothing.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use crate::panel::{GrantId, Model, ModelId, OperandKind, Owner, Panel, Place, Predicate, RoleId, Widget};
use crate::predicate;

/// A condition of the block.
pub(super) struct Condition<'a> {
    pub(super) model: ModelId,
    pub(super) predicate: &'a Predicate,
    pub(super) stands: Stands,
    pub(super) owner: Owner,
    /// Of the clause around it.
    pub(super) place: Place,
}

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Check,
    Grant(RoleId, GrantId),
    Forbid,
    Dashboard,
}

/// What a condition says, wherever it stands.
type Meaning = u32;

/// In the place of a meaning: no condition.
const NOTHING: Meaning = Meaning::MAX;

/// The macro runs unoptimised, and these keys come from the panel itself: a multiplication spreads them well enough.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26);
    }
}

/// What must be true of the row, and what none of may be.
type Sides = (Vec<Meaning>, Vec<Meaning>);

type Map<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

pub(super) struct Conditions<'a> {
    panel: &'a Panel,
    all: Vec<Condition<'a>>,
    /// By address; the panel outlives this.
    meanings: Map<*const Predicate, Meaning>,
    /// Questions with at most one condition on either side.
    asked: RefCell<Map<(Meaning, Meaning), bool>>,
    /// The others.
    asked_of_many: RefCell<Map<Sides, bool>>,
}

impl<'a> Conditions<'a> {
    pub(super) fn of(panel: &'a Panel) -> Self {
        let mut meanings: Map<*const Predicate, Meaning> = Map::default();
        let mut count: Meaning = 0;
        let mut known: Map<u64, Vec<(Meaning, &Condition)>> = Map::default();
        let written = written(panel);
        for condition in &written {
            let address = std::ptr::from_ref(condition.predicate);
            if meanings.contains_key(&address) {
                continue;
            }
            let model = panel.model(condition.model);
            let alike = known.entry(digest(model, condition.predicate)).or_default();
            let same = alike.iter().find(|(_, other)| {
                predicate::same(other.predicate, condition.predicate)
                    && alike_fields(panel.model(other.model), model, condition.predicate)
            });
            let meaning = same.map_or(count, |(meaning, _)| *meaning);
            if meaning == count {
                alike.push((meaning, condition));
                count += 1;
            }
            meanings.insert(address, meaning);
        }
        Self { panel, all: written, meanings, asked: RefCell::default(), asked_of_many: RefCell::default() }
    }

    pub(super) fn all(&self) -> &[Condition<'a>] {
        &self.all
    }

    /// As `predicate::some_row`, each question worked out once.
    pub(super) fn some_row(&self, model: ModelId, all: &[&Predicate], none: &[&Predicate]) -> bool {
        let ask = || predicate::some_row(self.panel, model, all, none);
        if let ([] | [_], [] | [_]) = (all, none) {
            let meaning = |side: &[&Predicate]| side.first().map_or(Some(NOTHING), |one| self.meaning(one));
            let Some(question) = meaning(all).zip(meaning(none)) else { return ask() };
            // What fulfils a condition fulfils it.
            if question.0 == question.1 {
                return question.0 == NOTHING;
            }
            let known = self.asked.borrow().get(&question).copied();
            return known.unwrap_or_else(|| *self.asked.borrow_mut().entry(question).or_insert_with(ask));
        }
        let meanings = |side: &[&Predicate]| side.iter().map(|one| self.meaning(one)).collect::<Option<Vec<Meaning>>>();
        let Some(question) = meanings(all).zip(meanings(none)) else { return ask() };
        let known = self.asked_of_many.borrow().get(&question).copied();
        known.unwrap_or_else(|| *self.asked_of_many.borrow_mut().entry(question).or_insert_with(ask))
    }

    fn meaning(&self, condition: &Predicate) -> Option<Meaning> {
        self.meanings.get(&std::ptr::from_ref(condition)).copied()
    }
}

fn digest(model: &Model, predicate: &Predicate) -> u64 {
    let mut hasher = Spread::default();
    each_field(model, predicate, &mut |operand, shape| {
        operand.hash(&mut hasher);
        shape.hash(&mut hasher);
    });
    hasher.finish()
}

type Shape = Option<(crate::panel::Kind, bool)>;

fn each_field(model: &Model, predicate: &Predicate, visit: &mut impl FnMut(&OperandKind, Shape)) {
    predicate::each_operand(predicate, &mut |operand, _| {
        let shape = match operand {
            OperandKind::Field(field) => model.fields.get(field.0).map(|field| (field.kind, field.optional)),
            _ => None,
        };
        visit(operand, shape);
    });
}

/// Whether the fields that the condition reads are of the same kinds in both models.
fn alike_fields(a: &Model, b: &Model, predicate: &Predicate) -> bool {
    let mut alike = true;
    predicate::reads(predicate, &mut |field, _| {
        let shape = |model: &Model| model.fields.get(field.0).map(|field| (field.kind, field.optional));
        alike &= shape(a) == shape(b);
    });
    alike
}

/// Every condition that stands in the block once, with the model whose rows it is about.
fn written(panel: &Panel) -> Vec<Condition<'_>> {
    let mut all: Vec<Condition> = Vec::new();
    for model in panel.model_ids() {
        for check in &panel.model(model).checks {
            let (predicate, place) = (&*check.predicate, check.place);
            all.push(Condition { model, predicate, stands: Stands::Check, owner: Owner::Model(model), place });
        }
    }
    for id in panel.role_ids() {
        let role = panel.role(id);
        // The verbs of one clause share its condition, and follow each other.
        let mut last: Option<*const Predicate> = None;
        for cell in &role.cells {
            let Some(predicate) = cell.when.as_deref() else { continue };
            if last.replace(std::ptr::from_ref(predicate)) == Some(std::ptr::from_ref(predicate)) {
                continue;
            }
            let (stands, place) = (Stands::Grant(id, cell.grant), role.grants[cell.grant.0].place);
            all.push(Condition { model: cell.model, predicate, stands, owner: Owner::Role(id), place });
        }
    }
    for forbid in &panel.forbids {
        for &model in &forbid.models {
            if let Some(predicate) = forbid.when.as_deref() {
                let place = forbid.place;
                all.push(Condition { model, predicate, stands: Stands::Forbid, owner: Owner::Panel, place });
            }
        }
    }
    for widget in &panel.dashboard {
        if let Widget::Count { model, when: Some(predicate), place }
        | Widget::Chart { model, when: Some(predicate), place, .. } = widget
        {
            let (model, place) = (*model, *place);
            all.push(Condition { model, predicate, stands: Stands::Dashboard, owner: Owner::Panel, place });
        }
    }
    all
}

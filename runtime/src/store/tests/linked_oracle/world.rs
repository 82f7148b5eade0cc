//! The panel of it, random people of it, and what their clauses say of a row.

use crate::authorize::{Actor, Terms, authorize};
use crate::panel::{Cell, Field, FieldSet, Kind, Links, Model, Panel, Role, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::store::tests::conditions::Dice;
use crate::testing::links::AS_IT_IS;
use crate::testing::{DOCTORS, INVOICES, MODEL, PATIENTS, SAMPLES, VISITS, actor};
use crate::value::{Literal, Row, Value};

pub(super) const NOTE: usize = 5;
pub(super) const SHEET: usize = 6;
pub(super) const TITLE: usize = 0;
pub(super) const COUNT: usize = 1;
pub(super) const NOTES: usize = 2;
pub(super) const KIN: usize = 3;
/// Links of one sheet, by each field.
pub(super) const MOST: usize = 5;
pub(super) const NAMES: [&str; 4] = ["a", "b", "c", "d"];

pub(super) static TO_NOTES: Links =
    Links { model: NOTE, table: "sheet_notes", from: "sheet_id", to: "note_id", adopted: false };
pub(super) static TO_KIN: Links =
    Links { model: SHEET, table: "sheet_kin", from: "sheet_id", to: "kin_id", adopted: false };

pub(super) static PANEL: Panel = Panel {
    models: &[
        DOCTORS,
        PATIENTS,
        VISITS,
        INVOICES,
        SAMPLES,
        Model {
            index: NOTE,
            name: "Note",
            title: "Note",
            plural: "Notes",
            slug: "notes",
            table: "note",
            fields: &[
                Field::new(0, "name", "Name", Kind::String),
                Field { optional: true, ..Field::new(1, "rank", "Rank", Kind::I64) },
                Field { optional: true, ..Field::new(2, "open", "Open", Kind::Bool) },
            ],
            // Two, so that a clause can give one of them in one row and another the other.
            label: &[0, 1],
            ..MODEL
        },
        Model {
            index: SHEET,
            name: "Sheet",
            title: "Sheet",
            plural: "Sheets",
            slug: "sheets",
            table: "sheet",
            fields: &[
                Field::new(TITLE, "title", "Title", Kind::String),
                Field { optional: true, ..Field::new(COUNT, "count", "Count", Kind::I64) },
                Field { max_len: Some(5), ..Field::new(NOTES, "notes", "Notes", Kind::Many(&TO_NOTES)) },
                Field { max_len: Some(5), ..Field::new(KIN, "kin", "Kin", Kind::Many(&TO_KIN)) },
            ],
            label: &[TITLE],
            ..MODEL
        },
    ],
    ..AS_IT_IS
};

pub(super) const LINKED: [(usize, usize); 2] = [(NOTES, NOTE), (KIN, SHEET)];

pub(super) fn literal(dice: &mut Dice, kind: Kind) -> Literal {
    match kind {
        Kind::Bool => Literal::Bool(dice.chance(50)),
        Kind::I64 => Literal::Int(i64::try_from(dice.below(4)).unwrap()),
        _ => Literal::Text(NAMES[dice.below(NAMES.len())]),
    }
}

pub(super) fn value(dice: &mut Dice, field: &Field) -> Value {
    if field.optional && dice.chance(30) { Value::Null } else { literal(dice, field.kind).value(field.kind) }
}

pub(super) fn leak<T>(one: T) -> &'static T {
    Box::leak(Box::new(one))
}

/// Over the fields of one value.
pub(super) fn predicate(dice: &mut Dice, model: &'static Model, depth: usize) -> Predicate {
    let plain: Vec<&Field> = model.fields.iter().filter(|field| field.links().is_none()).collect();
    let several = |dice: &mut Dice| {
        let parts: Vec<Predicate> = (0..=dice.below(2)).map(|_| predicate(dice, model, depth + 1)).collect();
        &*parts.leak()
    };
    let field = *dice.pick(&plain);
    match dice.below(if depth > 1 { 4 } else { 7 }) {
        0 => Predicate::IsNull(Operand::Field(field.index)),
        1..4 => {
            let op = *dice.pick(&[Op::Eq, Op::Ne, Op::Lt, Op::Ge]);
            let right = Operand::Literal(literal(dice, field.kind));
            Predicate::Compare { left: Operand::Field(field.index), op, right }
        }
        4 => Predicate::And(several(dice)),
        5 => Predicate::Or(several(dice)),
        _ => Predicate::Not(leak(predicate(dice, model, depth + 1))),
    }
}

/// Somebody whose role has some clauses of each verb over each model.
pub(super) fn somebody(dice: &mut Dice) -> Actor {
    let mut cells = Vec::new();
    for (verb, model, most) in
        [(Verb::View, NOTE, 4), (Verb::View, SHEET, 3), (Verb::Edit, SHEET, 3), (Verb::Create, SHEET, 2)]
    {
        for _ in 0..dice.below(most + 1) {
            let fields = if dice.chance(50) { FieldSet::ALL } else { FieldSet(u128::from(dice.next() & 15)) };
            let when = dice.chance(70).then(|| predicate(dice, &PANEL.models[model], 0));
            cells.push(Cell { when, ..Cell::new(verb, model, fields, 0) });
        }
    }
    Actor { role: leak(Role { cells: cells.leak(), ..AS_IT_IS.roles[0] }), ..actor("Owner", None) }
}

/// Who may do everything with both.
pub(super) fn keeper() -> Actor {
    let verbs = [Verb::View, Verb::Edit, Verb::Create, Verb::Delete];
    let cells: Vec<Cell> =
        [NOTE, SHEET].iter().flat_map(|model| verbs.map(|verb| Cell::new(verb, *model, FieldSet::ALL, 0))).collect();
    Actor { role: leak(Role { cells: cells.leak(), ..AS_IT_IS.roles[0] }), ..actor("Owner", None) }
}

pub(super) fn terms(who: &Actor, verb: Verb, model: usize) -> Option<Terms> {
    authorize(&PANEL, who, verb, &PANEL.models[model]).granted().ok()
}

/// The fields of a row that the clauses of a role give; none: the row is none of theirs.
pub(super) fn fields(who: &Actor, verb: Verb, model: usize, row: &Row) -> Option<FieldSet> {
    let cells = who.role.cells.iter().filter(|cell| cell.verb == verb && cell.model == model);
    let holds = |cell: &&Cell| {
        cell.when.as_ref().is_none_or(|when| when.bind(&PANEL.models[model], who.asker()).lets_through(row))
    };
    cells.filter(holds).fold(None, |all, cell| Some(all.unwrap_or(FieldSet::NONE).union(cell.fields)))
}

pub(super) fn has_all(fields: FieldSet, wanted: FieldSet) -> bool {
    fields.intersection(wanted) == wanted
}

//! Links in a model in hand, against the database: random roles see random rows of what sheets link to, ask for sheets
//! by what they see linked, write links, and delete rows that are linked. What each gets, and what is stored after it,
//! is worked out here from the roles' clauses and the rows alone.

mod world;

use std::collections::{BTreeMap, BTreeSet};

use self::world::{
    COUNT, KIN, LINKED, MOST, NOTE, NOTES, PANEL, SHEET, TITLE, fields, has_all, keeper, somebody, terms, value,
};
use super::conditions::Dice;
use crate::authorize::Actor;
use crate::condition::{Condition, Term};
use crate::error::Error;
use crate::panel::{FieldSet, Verb};
use crate::predicate::Op;
use crate::store::{ListQuery, Parents, Store, Updated};
use crate::testing::{self, context, number, seed};
use crate::value::{Row, Value};

/// Random people; each asks so many conditions, and their opposites.
const PEOPLE: usize = 120;
const CONDITIONS: usize = 8;

/// What came of a write.
#[derive(Debug, PartialEq)]
enum Outcome {
    NotFound,
    /// Refused at this field.
    AtField(usize),
    Beyond,
    Unchanged,
    Changed,
}

/// Everything that is stored, in hand.
struct Truth {
    rows: [BTreeMap<i64, Row>; 2],
}

impl Truth {
    fn of(&mut self, model: usize) -> &mut BTreeMap<i64, Row> {
        &mut self.rows[model - NOTE]
    }

    fn rows(&self, model: usize) -> &BTreeMap<i64, Row> {
        &self.rows[model - NOTE]
    }

    /// The rows that somebody may be told of as linked: whose whole label they may view.
    fn seen(&self, who: &Actor, model: usize) -> BTreeSet<i64> {
        let label = PANEL.models[model].label.iter().fold(FieldSet::NONE, |all, field| all.with(*field));
        let sees = |row: &Row| fields(who, Verb::View, model, row).is_some_and(|fields| has_all(fields, label));
        self.rows(model).iter().filter(|(_, row)| sees(row)).map(|(id, _)| *id).collect()
    }

    /// A sheet as somebody sees it.
    fn shown(&self, seen: &[BTreeSet<i64>; 2], id: i64) -> Row {
        let mut row = self.rows(SHEET)[&id].clone();
        for ((field, _), seen) in LINKED.iter().zip(seen) {
            let links = row.get(*field).unwrap().linked().iter().copied().filter(|link| seen.contains(link)).collect();
            row.set(*field, Value::links(links));
        }
        row
    }

    fn ids(&self, dice: &mut Dice, model: usize, most: usize) -> Vec<i64> {
        let mut all: Vec<i64> = self.rows(model).keys().copied().collect();
        // And one that was never there.
        all.push(9_999);
        (0..dice.below(most + 1)).map(|_| *dice.pick(&all)).collect()
    }
}

async fn stored(store: &Store, who: &Actor, model: usize, filter: Condition) -> BTreeMap<i64, Row> {
    let terms = terms(who, Verb::View, model).unwrap();
    let listed = store.list(&ListQuery { filter, ..testing::all(&terms) }).await.unwrap();
    assert!(listed.next.is_none(), "all of them");
    listed.rows.into_iter().map(|one| (number(one.row.id), one.row)).collect()
}

fn condition(dice: &mut Dice, truth: &Truth, depth: usize) -> Condition {
    let several = |dice: &mut Dice| (0..dice.below(3)).map(|_| condition(dice, truth, depth + 1)).collect();
    match dice.below(if depth > 2 { 6 } else { 9 }) {
        0..4 => {
            let (field, model) = *dice.pick(&LINKED);
            let to = dice.chance(75).then(|| truth.ids(dice, model, 4));
            Condition::Linked { field, to, among: None }
        }
        4 => Condition::IsNull(Term::Field(COUNT)),
        5 => {
            let right = Term::Value(Value::Int(i64::try_from(dice.below(4)).unwrap()));
            Condition::Compare { left: Term::Field(COUNT), op: *dice.pick(&[Op::Eq, Op::Lt, Op::Ne]), right }
        }
        6 => Condition::All(several(dice)),
        7 => Condition::Any(several(dice)),
        _ => Condition::Not(Box::new(condition(dice, truth, depth + 1))),
    }
}

/// Rows as somebody reads them, and which of them random conditions find: so many rows were let through and kept out.
async fn readings_agree(dice: &mut Dice, store: &Store, truth: &Truth, who: &Actor) -> (usize, usize) {
    let Some(view) = terms(who, Verb::View, SHEET) else { return (0, 0) };
    let seen = LINKED.map(|(_, model)| truth.seen(who, model));
    let shown: BTreeMap<i64, (FieldSet, Row)> = truth
        .rows(SHEET)
        .iter()
        .filter_map(|(id, row)| Some((*id, (fields(who, Verb::View, SHEET, row)?, truth.shown(&seen, *id)))))
        .collect();
    let listed = store.list(&testing::all(&view)).await.unwrap().rows;
    assert_eq!(listed.len(), shown.len(), "{:?}", who.role.cells);
    for one in listed {
        let (_, expected) = &shown[&number(one.row.id)];
        for (field, model) in LINKED {
            let links = expected.get(field).unwrap();
            assert_eq!(one.row.get(field).unwrap().to_text(), links.to_text(), "{:?}", who.role.cells);
            let told: BTreeSet<i64> = one.linked(field).iter().map(|link| number(link.id)).collect();
            assert_eq!(told, links.linked().iter().copied().collect(), "named are those and no others");
            let names = |id: &i64| truth.rows(model)[id].get(0).unwrap().to_text();
            assert!(one.linked(field).iter().all(|link| link.label.starts_with(&names(&number(link.id)))));
        }
    }
    let (mut through, mut out) = (0, 0);
    for _ in 0..CONDITIONS {
        let condition = condition(dice, truth, 0);
        for condition in [condition.clone(), Condition::Not(Box::new(condition))] {
            let reads = condition.reads();
            let expected: BTreeSet<i64> = shown
                .iter()
                .filter(|(_, (fields, row))| has_all(*fields, reads) && condition.lets_through(row))
                .map(|(id, _)| *id)
                .collect();
            let query = ListQuery { filter: condition.clone(), columns: FieldSet::NONE, ..testing::all(&view) };
            let found: BTreeSet<i64> =
                store.list(&query).await.unwrap().rows.iter().map(|one| number(one.row.id)).collect();
            assert_eq!(found, expected, "{condition:?} of {:?}", who.role.cells);
            assert_eq!(store.count(&query).await.unwrap(), expected.len() as u64, "{condition:?}");
            (through, out) = (through + found.len(), out + shown.len() - found.len());
        }
    }
    (through, out)
}

fn outcome<T>(result: &Result<T, Error>, changed: impl Fn(&T) -> bool) -> Outcome {
    match result {
        Ok(done) if changed(done) => Outcome::Changed,
        Ok(_) => Outcome::Unchanged,
        Err(Error::NotFound) => Outcome::NotFound,
        Err(Error::Beyond(_)) => Outcome::Beyond,
        Err(Error::Fields(faults)) => Outcome::AtField(faults[0].field),
        Err(other) => panic!("{other:?}"),
    }
}

/// Links as somebody wants them: all of a field, or some more and some no longer.
fn wanted(dice: &mut Dice, truth: &Truth, seen: &BTreeSet<i64>, (field, model): (usize, usize)) -> (usize, Value) {
    // Mostly what a form offers, so that most of it is taken.
    let ids = |dice: &mut Dice, most: usize| {
        let mut ids = truth.ids(dice, model, most);
        if dice.chance(80) {
            ids.retain(|id| seen.contains(id));
        }
        ids
    };
    let value = if dice.chance(50) {
        Value::links(ids(dice, MOST + 1))
    } else {
        Value::Relink { add: ids(dice, 3), remove: truth.ids(dice, model, 6) }
    };
    (field, value)
}

/// What the rules say becomes of an edit; the row is changed in hand where it is taken.
fn edited(who: &Actor, seen: &[BTreeSet<i64>; 2], row: &mut Row, values: &[(usize, Value)]) -> Outcome {
    let Some(open) = fields(who, Verb::Edit, SHEET, row) else { return Outcome::NotFound };
    let somewhere = terms(who, Verb::Edit, SHEET).unwrap().fields_somewhere();
    let mut after = row.clone();
    for (field, value) in values {
        let seen = &seen[*field - NOTES];
        let there: BTreeSet<i64> = row.get(*field).unwrap().linked().iter().copied().collect();
        let (named, next): (BTreeSet<i64>, BTreeSet<i64>) = match value {
            Value::Relink { add, remove } => {
                let stays = there.iter().filter(|link| !remove.contains(link) || !seen.contains(link));
                (add.iter().copied().collect(), stays.chain(add).copied().collect())
            }
            other => {
                let hidden = there.iter().filter(|link| !seen.contains(link));
                (other.linked().iter().copied().collect(), other.linked().iter().chain(hidden).copied().collect())
            }
        };
        if !named.is_subset(seen) {
            return Outcome::AtField(*field);
        }
        after.set(*field, Value::links(next.into_iter().collect()));
    }
    let changed: Vec<usize> =
        LINKED.iter().map(|(field, _)| *field).filter(|field| row.get(*field) != after.get(*field)).collect();
    if changed.is_empty() {
        return Outcome::Unchanged;
    }
    if changed.iter().any(|field| !somewhere.contains(*field)) {
        return Outcome::Beyond;
    }
    if let Some(field) = changed.iter().find(|field| after.get(**field).unwrap().linked().len() > MOST) {
        return Outcome::AtField(*field);
    }
    if changed.iter().any(|field| !open.contains(*field)) {
        return Outcome::Beyond;
    }
    after.version += 1;
    *row = after;
    Outcome::Changed
}

async fn an_edit_does_what_the_rules_say(dice: &mut Dice, store: &Store, truth: &mut Truth, who: &Actor) -> Outcome {
    let Some(edit) = terms(who, Verb::Edit, SHEET) else { return Outcome::NotFound };
    let seen = LINKED.map(|(_, model)| truth.seen(who, model));
    let id = *dice.pick(&truth.rows(SHEET).keys().copied().collect::<Vec<_>>());
    let mut values = Vec::new();
    for (place, field) in LINKED.into_iter().enumerate() {
        if dice.chance(70) {
            values.push(wanted(dice, truth, &seen[place], field));
        }
    }
    let mut write = store.write(context(who)).await.unwrap();
    let parents = Parents::Within { views: &[], people: false };
    let done = write.update(&edit, id.into(), None, values.clone(), parents).await;
    let came = outcome(&done, |done| matches!(done, Updated::Changed(..)));
    match done {
        Ok(Updated::Changed(_, recorded)) => write.commit(recorded).await.unwrap(),
        _ => write.roll_back().await.unwrap(),
    }
    let mut row = truth.rows(SHEET)[&id].clone();
    let before = row.clone();
    let expected = edited(who, &seen, &mut row, &values);
    let told: Vec<String> = values.iter().map(|(field, value)| format!("{field}: {}", value.to_text())).collect();
    let had = LINKED.map(|(field, _)| before.get(field).unwrap().to_text());
    assert_eq!(came, expected, "{told:?} onto {had:?}, of which {seen:?} are seen, by {:?}", who.role.cells);
    truth.of(SHEET).insert(id, row);
    came
}

async fn a_new_sheet_has_what_the_rules_say(dice: &mut Dice, store: &Store, truth: &mut Truth, who: &Actor) {
    let Some(create) = terms(who, Verb::Create, SHEET) else { return };
    let seen = truth.seen(who, NOTE);
    let mut ids = truth.ids(dice, NOTE, MOST + 1);
    if dice.chance(60) {
        ids.retain(|id| seen.contains(id));
    }
    let mut row = Row::new(0, 1, 4);
    let count = value(dice, &PANEL.models[SHEET].fields[COUNT]);
    let values = vec![(TITLE, testing::text("a")), (COUNT, count), (NOTES, Value::links(ids.clone()))];
    for (field, value) in values.iter().cloned().chain([(KIN, Value::links(Vec::new()))]) {
        row.set(field, value);
    }
    let given = FieldSet::NONE.with(TITLE).with(COUNT).with(NOTES);
    let links = row.get(NOTES).unwrap().linked().to_vec();
    let expected = if !has_all(create.fields_somewhere(), given) {
        Outcome::Beyond
    } else if links.len() > MOST {
        Outcome::AtField(NOTES)
    } else if !fields(who, Verb::Create, SHEET, &row).is_some_and(|open| has_all(open, given)) {
        Outcome::Beyond
    } else if links.iter().any(|link| !seen.contains(link)) {
        Outcome::AtField(NOTES)
    } else {
        Outcome::Changed
    };
    let mut write = store.write(context(who)).await.unwrap();
    let done = write.insert(&create, values, Parents::Within { views: &[], people: false }).await;
    assert_eq!(outcome(&done, |_| true), expected, "{links:?} of {seen:?} by {:?}", who.role.cells);
    match done {
        Ok(inserted) => {
            row.id = inserted.row.id;
            truth.of(SHEET).insert(number(row.id), row);
            write.commit(inserted.recorded).await.unwrap();
        }
        Err(_) => write.roll_back().await.unwrap(),
    }
}

/// Whoever deletes a row takes it out of all that link it, as an edit of each.
async fn a_row_that_goes_is_taken_out(dice: &mut Dice, store: &Store, truth: &mut Truth, who: &Actor) {
    let model = *dice.pick(&[NOTE, SHEET]);
    let id = *dice.pick(&truth.rows(model).keys().copied().collect::<Vec<_>>());
    let mut write = store.write(context(who)).await.unwrap();
    let recorded = write.delete(&terms(who, Verb::Delete, model).unwrap(), id.into(), None).await.unwrap();
    write.commit(recorded).await.unwrap();
    truth.of(model).remove(&id);
    let (field, _) = LINKED[model - NOTE];
    for row in truth.of(SHEET).values_mut() {
        let links = row.get(field).unwrap().linked().to_vec();
        if links.contains(&id) {
            row.set(field, Value::links(links.into_iter().filter(|link| *link != id).collect()));
            row.version += 1;
        }
    }
}

#[tokio::test]
async fn links_are_read_and_written_as_the_model_in_hand_says() {
    let (_directory, store) = testing::store_of(&PANEL).await;
    let (mut dice, keeper) = (Dice(20_261_123), keeper());
    let mut random = |model: usize| {
        let plain = PANEL.models[model].fields.iter().filter(|field| field.links().is_none());
        plain.map(|field| (field.index, value(&mut dice, field))).collect::<Vec<_>>()
    };
    let (notes, sheets) = ((0..16).map(|_| random(NOTE)).collect(), (0..30).map(|_| random(SHEET)).collect());
    seed(&store, NOTE, notes).await;
    seed(&store, SHEET, sheets).await;
    let mut truth = Truth { rows: [NOTE, SHEET].map(|_| BTreeMap::new()) };
    for model in [NOTE, SHEET] {
        *truth.of(model) = stored(&store, &keeper, model, Condition::Always).await;
    }
    let (mut through, mut out, mut came) = (0, 0, Vec::new());
    for person in 0..PEOPLE {
        let who = somebody(&mut dice);
        // The keeper's hand now and then, or what nobody sees would run out of links.
        for _ in 0..6 {
            let by = if dice.chance(40) { &keeper } else { &who };
            came.push(an_edit_does_what_the_rules_say(&mut dice, &store, &mut truth, by).await);
        }
        a_new_sheet_has_what_the_rules_say(&mut dice, &store, &mut truth, &who).await;
        if person % 6 == 5 {
            a_row_that_goes_is_taken_out(&mut dice, &store, &mut truth, &keeper).await;
        }
        for model in [NOTE, SHEET] {
            assert!(stored(&store, &keeper, model, Condition::Always).await == *truth.rows(model), "after {person}");
        }
        let (let_through, kept_out) = readings_agree(&mut dice, &store, &truth, &who).await;
        (through, out) = (through + let_through, out + kept_out);
    }
    // A generator that meets nothing would agree with anything.
    assert!(through > 5_000 && out > 10_000, "{through} let through, {out} kept out");
    for one in [Outcome::NotFound, Outcome::AtField(NOTES), Outcome::AtField(KIN), Outcome::Beyond, Outcome::Unchanged]
    {
        assert!(came.iter().filter(|came| **came == one).count() > 5, "{one:?}");
    }
    assert!(came.iter().filter(|came| **came == Outcome::Changed).count() > 60);
}

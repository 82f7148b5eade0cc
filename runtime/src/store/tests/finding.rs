//! What the index of parts finds, against the comparison without it, over random texts that are written, changed and
//! removed: the answers agree to the row, for everybody who asks.

use crate::authorize::{Actor, Terms, authorize};
use crate::condition::Condition;
use crate::panel::{Cell, Field, FieldSet, Kind, Model, Panel, Role, Sort, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::store::heard;
use crate::store::sql::Sql;
use crate::store::{Count, ListQuery, Parents, PickFrom, PickerQuery, Position, Search, Store};
use crate::testing::{self, CLINIC, DOCTORS, INVOICES, PATIENTS, SAMPLE, SAMPLES, VISITS, actor, command_line};
use crate::value::{Literal, Row, Value};

mod met;

const STRING: usize = 0;
const TEXT: usize = 1;
const NUMBER: usize = 2;
const RANK: usize = 3;
const STRING2: usize = 4;

const SEARCHED: Model = Model { search: &[STRING, TEXT], ..SAMPLES };

static PANEL: Panel = Panel { models: &[DOCTORS, PATIENTS, VISITS, INVOICES, SEARCHED], ..CLINIC };

/// Listed by a moment that is never null.
const RANKED: Model = Model {
    fields: &[
        Field { optional: true, ..Field::new(STRING, "string", "String", Kind::String) },
        Field { optional: true, ..Field::new(TEXT, "text", "Text", Kind::Text) },
        Field::new(NUMBER, "number", "Number", Kind::I32),
        Field::new(RANK, "rank", "Rank", Kind::Timestamp),
        Field { optional: true, ..Field::new(STRING2, "string2", "String2", Kind::String) },
    ],
    sort: &[Sort { field: RANK, descending: true }],
    search: &[STRING, TEXT, STRING2],
    filter: &[STRING2],
    ..SAMPLES
};

static LISTED: Panel = Panel { models: &[DOCTORS, PATIENTS, VISITS, INVOICES, RANKED], ..CLINIC };

const SMALL: Predicate =
    Predicate::Compare { left: Operand::Field(NUMBER), op: Op::Lt, right: Operand::Literal(Literal::Int(5)) };

/// Sees the first text everywhere, the second only in some rows, the third nowhere.
static PARTLY: Role = Role {
    cells: &[
        Cell::new(Verb::View, SAMPLE, FieldSet(1 << STRING | 1 << NUMBER | 1 << RANK), 0),
        Cell { when: Some(SMALL), ..Cell::new(Verb::View, SAMPLE, FieldSet(1 << TEXT), 0) },
    ],
    ..CLINIC.roles[2]
};

/// Sees some rows alone.
static FEW: Role =
    Role { cells: &[Cell { when: Some(SMALL), ..Cell::new(Verb::View, SAMPLE, FieldSet::ALL, 0) }], ..CLINIC.roles[2] };

/// SplitMix64: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).expect("below the bound")
    }

    /// Letters that fold, letters that fold elsewhere only (é, ſ, the sign of Kelvin), and signs that mean something to
    /// some engine.
    fn text(&mut self, longest: usize) -> String {
        const LETTERS: [char; 22] = [
            'a', 'A', 'b', 'B', 'k', 's', 'é', 'É', 'ſ', '\u{212a}', 'ß', ' ', '"', '\'', '*', '%', '_', '\\', '(',
            ':', '-', '^',
        ];
        (0..self.below(longest + 1)).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }

    fn value(&mut self) -> Value {
        if self.below(5) == 0 { Value::Null } else { Value::Text(self.text(9)) }
    }
}

fn may(who: &Actor, verb: Verb) -> Terms {
    authorize(&LISTED, who, verb, &LISTED.models[SAMPLE]).granted().expect("a right")
}

/// Everything that is found, in the order of the list, fetched page by page, forwards or from the end; and what the
/// first page told of their number. What any page tells of it is true.
async fn found(
    store: &Store,
    terms: &Terms,
    (text, fields): (&str, FieldSet),
    sort: Option<Sort>,
    (size, backwards): (u32, bool),
) -> (Vec<i64>, Option<Count>) {
    let mut position = if backwards { Position::Last } else { Position::First };
    let (mut ids, mut counts) = (Vec::new(), Vec::new());
    loop {
        let query = ListQuery {
            columns: fields.intersection(terms.fields_somewhere()),
            search: Some(Search { text, fields: fields.intersection(terms.fields_somewhere()) }),
            sort,
            position,
            size,
            count: true,
            ..testing::all(terms)
        };
        let listed = store.list(&query).await.expect("a page");
        counts.push(listed.count);
        let page = listed.rows.iter().map(|row| testing::number(row.row.id));
        ids.extend(if backwards { page.rev().collect::<Vec<_>>() } else { page.collect() });
        position = match if backwards { listed.previous } else { listed.next } {
            Some(key) if backwards => Position::Before(key),
            Some(key) => Position::After(key),
            None => break,
        };
    }
    if backwards {
        ids.reverse();
    }
    for count in &counts {
        let there = ids.len() as u64;
        let is_true = match count {
            Some(Count::Exactly(so_many)) => *so_many == there,
            Some(Count::MoreThan(so_many)) => *so_many < there,
            None => false,
        };
        assert!(is_true, "{text:?}: {count:?} of {there}");
    }
    (ids, counts.into_iter().next().flatten())
}

/// So many seconds later.
fn ranked(rank: i64) -> Value {
    Value::Timestamp(testing::now() + chrono::Duration::seconds(rank))
}

#[tokio::test]
async fn the_index_and_the_comparison_agree_on_random_texts() {
    let (_directory, store) = testing::store_of(&LISTED).await;
    let mut dice = Dice(2026);
    // Most come in about the order of the list, several level with each other; in between, one from elsewhere.
    let rows = (0..160).map(|n: i64| {
        let rank = if dice.below(20) == 0 { i64::from(dice.below(2) == 0) * 40 } else { n / 4 };
        vec![
            (STRING, dice.value()),
            (TEXT, dice.value()),
            (STRING2, dice.value()),
            (NUMBER, Value::Int(n % 10)),
            (RANK, ranked(rank)),
        ]
    });
    let ids = testing::seed(&store, SAMPLE, rows.collect()).await;
    let owner = actor("Owner", None);
    for id in &ids {
        let (edit, delete) = (may(&owner, Verb::Edit), may(&owner, Verb::Delete));
        let mut write = store.write(command_line()).await.expect("a transaction");
        let recorded = match dice.below(4) {
            0 => write.delete(&delete, (*id).into(), None).await.expect("a delete"),
            1 => {
                let change = vec![(STRING, dice.value()), (STRING2, dice.value()), (NUMBER, Value::Int(7))];
                match write.update(&edit, (*id).into(), None, change, Parents::AnyThatExists).await.expect("an update")
                {
                    crate::store::Updated::Changed(_, recorded) => recorded,
                    crate::store::Updated::Unchanged(_) => continue,
                }
            }
            _ => continue,
        };
        write.commit(recorded).await.expect("a commit");
    }

    // What is there, as the other reading of a condition sees it.
    let terms = may(&owner, Verb::View);
    let everything = testing::all(&terms);
    let rows: Vec<_> = store.list(&everything).await.expect("all").rows.into_iter().map(|listed| listed.row).collect();
    assert!((80..160).contains(&rows.len()));
    let people =
        [owner, Actor { role: &PARTLY, ..actor("Reception", None) }, Actor { role: &FEW, ..actor("Reception", None) }];
    let all_fields = FieldSet::NONE.with(STRING).with(TEXT).with(STRING2);
    let (mut hits, mut many) = (0, 0);
    for round in 0..700 {
        let needle = match round % 3 {
            // A part of something that is there, in other letters.
            0 => {
                let Some(Value::Text(text)) = rows[dice.below(rows.len())].get(STRING) else { continue };
                let from = dice.below(text.chars().count() + 1);
                text.chars().skip(from).take(1 + dice.below(10)).collect::<String>().to_ascii_uppercase()
            }
            1 => dice.text(4),
            _ => dice.text(2) + ["", "ab", "a b", "\0", "\"\"\""][dice.below(5)],
        };
        if needle.trim().is_empty() {
            continue;
        }
        let fields = if round % 4 == 3 { FieldSet::NONE.with(STRING2) } else { all_fields };
        for who in &people {
            let terms = may(who, Verb::View);
            let size = [200, 30, 5][round % 3];
            let by = |field, descending| Some(Sort { field, descending });
            let sort = [None, by(RANK, true), by(RANK, false), by(STRING2, false), by(TEXT, true)][dice.below(5)];
            // A field that is seen in some rows only orders those.
            let sort = sort.filter(|sort| terms.fields_everywhere().contains(sort.field));
            let (answer, count) = found(&store, &terms, (&needle, fields), sort, (size, round % 2 == 0)).await;
            let mut expected: Vec<&Row> = rows
                .iter()
                .filter(|row| {
                    let seen = terms.fields_of(row);
                    [STRING, TEXT, STRING2]
                        .into_iter()
                        .filter(|field| seen.intersection(fields).contains(*field))
                        .any(|field| Condition::looked_for(field, needle.trim()).lets_through(row))
                })
                .collect();
            expected.sort_by(|a, b| testing::in_list(a, b, sort));
            let expected: Vec<i64> = expected.into_iter().map(|row| testing::number(row.id)).collect();
            assert_eq!(answer, expected, "{needle:?} as {} by {sort:?}", who.role().name);
            // What is told less than exactly is more than a page, or than the 12 which the index tells in tests.
            let enough = expected.len() > 12.min(size as usize);
            assert!(count == Some(Count::Exactly(expected.len() as u64)) || enough, "{needle:?}: {count:?}");
            hits += expected.len();
            many += usize::from(expected.len() > 12);
        }
    }
    assert!(hits > 1_000 && many > 20, "{hits} hits, {many} times many: the texts are alike enough to mean something");
}

/// What a server keeps prepared on a connection it plans once for all values, after the fifth time; a text that nobody
/// has would be looked for as one that many have.
#[tokio::test]
async fn a_search_is_planned_for_the_text_that_is_looked_for() {
    if !testing::place::on_postgres() {
        return;
    }
    let (_directory, store) = testing::store_of(&LISTED).await;
    let rows = (0..40).map(|n| {
        let string = testing::text(if n % 2 == 0 { "needle" } else { "straw" });
        vec![(STRING, string), (NUMBER, Value::Int(0)), (RANK, ranked(n))]
    });
    testing::seed(&store, SAMPLE, rows.collect()).await;
    let terms = may(&actor("Owner", None), Verb::View);
    // One after the other, so that all of it goes over one connection.
    heard::take();
    for _ in 0..7 {
        store.list(&testing::all(&terms)).await.expect("a page");
        for text in ["needle", "nothing", "ne"] {
            found(&store, &terms, (text, FieldSet::NONE.with(STRING)), None, (10, false)).await;
        }
        let filter = Condition::looked_for(STRING, "straw");
        store.list(&ListQuery { filter, ..testing::all(&terms) }).await.expect("a page");
        let picker = PickerQuery { from: PickFrom::Model(&terms), text: Some("needle"), current: None };
        store.candidates(&[picker]).await.expect("an offer");
    }
    let searches = heard::take().iter().filter(|text| text.contains("found")).count();
    let mut lane = store.database.reading().await.expect("the connection");
    let mut kept = Vec::new();
    for answer in lane.rows(Sql::new("SELECT statement FROM pg_prepared_statements")).await.expect("an answer") {
        kept.push(answer.words(0).expect("a statement"));
    }
    let of_samples: Vec<&String> = kept.iter().filter(|text| text.contains("\"samples\"")).collect();
    assert!(searches > 20 && !of_samples.is_empty(), "{searches} searches, and of what is no search: {kept:?}");
    let looking: Vec<&&String> = of_samples.iter().filter(|text| text.contains("LIKE")).collect();
    assert!(looking.is_empty(), "{looking:?}");
}

#[tokio::test]
async fn an_index_comes_with_the_word_and_goes_with_it() {
    static WITHOUT: Panel = Panel { models: &[DOCTORS, PATIENTS, VISITS, INVOICES, SAMPLES], ..CLINIC };
    static OTHER: Panel =
        Panel { models: &[DOCTORS, PATIENTS, VISITS, INVOICES, Model { search: &[TEXT], ..SAMPLES }], ..CLINIC };
    // There, indexes are the database's own.
    if testing::place::on_postgres() {
        return;
    }
    let (directory, store) = testing::store_of(&WITHOUT).await;
    let rows = vec![vec![(STRING, testing::text("Anna Berg")), (TEXT, testing::text("likes tea"))]];
    testing::seed(&store, SAMPLE, rows).await;
    let indexes = "SELECT CAST(count(*) AS TEXT) FROM sqlite_schema WHERE name IN ('ft_samples', 'ft_samples_new')";
    assert_eq!(store.ask_for_test(indexes).await, "0");
    drop(store);
    for (panel, text, hits) in [(&PANEL, "nna b", 1), (&OTHER, "nna b", 0), (&OTHER, "KES T", 1), (&PANEL, "nna b", 1)]
    {
        let store = Store::open(panel, &testing::url(&directory)).await.expect("the file");
        store.migrate(command_line()).await.expect("a schema");
        assert!(store.plan().await.expect("a plan").is_empty());
        assert_eq!(store.ask_for_test(indexes).await, "2");
        let terms =
            authorize(panel, &actor("Owner", None), Verb::View, &panel.models[SAMPLE]).granted().expect("a view");
        let fields = panel.models[SAMPLE].search.iter().fold(FieldSet::NONE, |set, field| set.with(*field));
        assert_eq!(found(&store, &terms, (text, fields), None, (200, false)).await.0.len(), hits, "{text}");
    }
    let store = Store::open(&WITHOUT, &testing::url(&directory)).await.expect("the file");
    store.migrate(command_line()).await.expect("a schema");
    assert_eq!(store.ask_for_test(indexes).await, "0", "and nothing is left of it");
}

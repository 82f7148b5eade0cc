//! The two readings of a condition, against each other: the database's answer and [`Condition::matches`] on random rows
//! and random conditions, nulls and values that no column can hold included.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::authorize::authorize;
use crate::condition::{Condition, Term};
use crate::panel::{Field, FieldSet, Kind, Model, Panel, Verb};
use crate::predicate::Op;
use crate::store::{ListQuery, Store};
use crate::testing::{self, CLINIC, DOCTORS, INVOICES, PANEL, PATIENTS, SAMPLE, SAMPLES, VISITS, place};
use crate::value::{Row, Value};

const ROWS: usize = 120;
const CONDITIONS: usize = 1_500;

/// SplitMix64: the same numbers in every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub(super) fn chance(&mut self, of_100: usize) -> bool {
        self.below(100) < of_100
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Values that a column of this kind can hold.
fn storable(kind: Kind) -> Vec<Value> {
    let texts = [
        "",
        "a",
        "A",
        "a b",
        "a-c",
        "ab",
        "Abba",
        "B",
        "back\\slash",
        "Zürich",
        "zürich",
        "100%",
        "_",
        "é",
        "'; DROP TABLE samples; --",
    ];
    let moment = |s: &str| Value::Timestamp(DateTime::parse_from_rfc3339(s).unwrap().to_utc());
    match kind {
        Kind::String | Kind::Text | Kind::Email | Kind::Url => {
            texts.iter().map(|t| Value::Text((*t).to_owned())).collect()
        }
        Kind::Choice(_) => ["Draft", "Done"].map(|t| Value::Text(t.to_owned())).to_vec(),
        Kind::Bool => vec![Value::Bool(true), Value::Bool(false)],
        Kind::I32 => [i32::MIN, -1, 0, 1, 2, i32::MAX].map(|i| Value::Int(i.into())).to_vec(),
        Kind::I64 => [i64::MIN, -1, 0, 1, 2, 9_007_199_254_740_993, i64::MAX].map(Value::Int).to_vec(),
        Kind::F64 => [-1.5, -0.0, 0.0, 0.1, 1.0, 2.0, 1e300, f64::MIN_POSITIVE].map(Value::Float).to_vec(),
        Kind::Decimal { precision, scale } => [-100_000_i64, -1, 0, 1, 100_000, 123_456, 999_999_999_999_999_999]
            .into_iter()
            .filter(|i| i.unsigned_abs() < 10_u64.pow(precision.into()))
            .map(|i| Value::Decimal(Decimal::new(i, scale.into())))
            .collect(),
        Kind::Date => {
            ["0000-01-01", "1999-12-31", "2026-11-21", "9999-12-31"].map(|d| Value::Date(d.parse().unwrap())).to_vec()
        }
        Kind::Time => {
            ["00:00:00", "12:00:00", "12:00:01", "23:59:59"].map(|t| Value::Time(t.parse().unwrap())).to_vec()
        }
        Kind::Timestamp => [
            "0000-01-01T00:00:00Z",
            "2026-11-21T12:00:00Z",
            "2026-11-21T12:00:00.000001Z",
            "9999-12-31T23:59:59.999999Z",
        ]
        .map(moment)
        .to_vec(),
        Kind::Uuid => [0, 1, 0xabcd_0000_0000_0000, u128::MAX].map(|u| Value::Uuid(Uuid::from_u128(u))).to_vec(),
        Kind::Json => ["{}", "[1,2]", "\"a\""].map(|t| Value::Json(t.to_owned())).to_vec(),
        Kind::Bytes => [&b""[..], b"a", b"\xff\x00"].map(|b| Value::Bytes(b.to_vec())).to_vec(),
        Kind::Secret => vec![Value::SecretHash("$argon2id$".to_owned())],
        Kind::Model(..) | Kind::Actor => [1, 2, 3].map(Value::Int).to_vec(),
        // No column: see the tests of links.
        Kind::Many(_) => Vec::new(),
    }
}

/// Values that such a column is compared with: also those that lie between or beyond what it can hold.
fn comparable(kind: Kind) -> Vec<Value> {
    let mut values = storable(kind);
    match kind {
        Kind::Decimal { .. } => values.extend(
            ["0.001", "-0.001", "1.234567891", "1.23456", "1000000000000000000000", "-99999999999999999999999999"]
                .map(|d| Value::Decimal(d.parse().unwrap())),
        ),
        Kind::Date => values.extend([10_000, -1].map(|y| Value::Date(NaiveDate::from_ymd_opt(y, 1, 1).unwrap()))),
        Kind::Time => values.push(Value::Time(NaiveTime::from_hms_nano_opt(12, 0, 0, 500_000_000).unwrap())),
        Kind::Timestamp => {
            let noon = testing::now();
            values.extend([1, 999, 1_001].map(|n| Value::Timestamp(noon + Duration::nanoseconds(n))));
            let far = |y| NaiveDate::from_ymd_opt(y, 1, 1).unwrap().and_time(NaiveTime::MIN).and_utc();
            values.extend([10_000, -1].map(|y| Value::Timestamp(far(y))));
        }
        Kind::F64 => values.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Value::Float)),
        Kind::String | Kind::Text => values.extend(["\0", "a\0b"].map(|t| Value::Text(t.to_owned()))),
        _ => {}
    }
    values
}

fn operand(dice: &mut Dice, kind: Kind) -> Value {
    if dice.chance(10) {
        return Value::Null;
    }
    let kind = if dice.chance(8) { dice.pick(PANEL.models[SAMPLE].fields).kind } else { kind };
    let values = comparable(kind);
    dice.pick(&values).clone()
}

fn term(dice: &mut Dice, kind: Kind) -> Term {
    if dice.chance(25) {
        Term::Field(dice.below(PANEL.models[SAMPLE].fields.len()))
    } else {
        Term::Value(operand(dice, kind))
    }
}

fn condition(dice: &mut Dice, depth: usize) -> Condition {
    let fields = PANEL.models[SAMPLE].fields;
    let several = |dice: &mut Dice| (0..dice.below(4)).map(|_| condition(dice, depth + 1)).collect();
    let leaf = if depth > 3 { 3 } else { 0 };
    match dice.below(12 - leaf) + leaf {
        0 => Condition::All(several(dice)),
        1 => Condition::Any(several(dice)),
        2 => Condition::Not(Box::new(condition(dice, depth + 1))),
        3 => dice.pick(&[Condition::Always, Condition::Never]).clone(),
        4 => Condition::IsNull(Term::Field(dice.below(fields.len()))),
        5 => {
            let field = dice.pick(fields);
            let set = (0..dice.below(5)).map(|_| operand(dice, field.kind)).collect();
            let term = if dice.chance(5) { Term::Value(operand(dice, field.kind)) } else { Term::Field(field.index) };
            Condition::In { term, set }
        }
        6 => {
            let field = dice.below(fields.len());
            let text = (*dice.pick(&["", "a", "B", "ü", "%", "_", "'", "DR", "\\", "a\0"])).to_owned();
            if dice.chance(50) { Condition::Begins { field, text } } else { Condition::Contains { field, text } }
        }
        _ => {
            let field = dice.pick(fields);
            let op = *dice.pick(&[Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge]);
            let own = if dice.chance(5) { Term::Id } else { Term::Field(field.index) };
            let (left, right) = (own, term(dice, field.kind));
            if dice.chance(30) {
                Condition::Compare { left: right, op, right: left }
            } else {
                Condition::Compare { left, op, right }
            }
        }
    }
}

async fn rows_of(store: &Store, filter: Condition, columns: FieldSet) -> Vec<Row> {
    let owner = testing::actor("Owner", None);
    let panel = store.panel();
    let terms = authorize(panel, &owner, Verb::View, &panel.models[SAMPLE]).granted().unwrap();
    let query = ListQuery { columns, filter, ..testing::all(&terms) };
    store.list(&query).await.unwrap().rows.into_iter().map(|listed| listed.row).collect()
}

#[tokio::test]
async fn both_readings_agree() {
    let (_directory, store) = testing::store().await;
    agree(&store, CONDITIONS).await;
}

/// The same samples in a table that something else made: other names, other types, another collation.
#[tokio::test]
async fn both_readings_agree_over_an_adopted_table() {
    const FIELDS: usize = PANEL_FIELDS.len();
    const PANEL_FIELDS: &[Field] = SAMPLES.fields;
    const COLUMNS: [&str; 19] = [
        "A String", "Text", "Bool", "I32", "I64", "F64", "Dec2", "Dec5", "Date", "Time", "At", "Uuid", "Json",
        "Secret", "Bytes", "order", "Key", "String2", "At2",
    ];
    const ODD_FIELDS: [Field; FIELDS] = {
        let mut fields = [const { Field::new(0, "", "", Kind::String) }; FIELDS];
        let mut i = 0;
        while i < FIELDS {
            let kind = match PANEL_FIELDS[i].kind {
                // What a number of SQLite holds for sure.
                Kind::Decimal { scale, .. } => Kind::Decimal { precision: 12, scale },
                kind => kind,
            };
            fields[i] = Field { optional: true, column: COLUMNS[i], ..Field::new(i, PANEL_FIELDS[i].name, "", kind) };
            i += 1;
        }
        fields
    };
    static ADOPTED: Panel = Panel {
        models: &[
            DOCTORS,
            PATIENTS,
            VISITS,
            INVOICES,
            Model { table: "Odd samples", adopted: Some("Nr"), fields: &ODD_FIELDS, ..SAMPLES },
        ],
        ..CLINIC
    };
    let directory = tempfile::tempdir().unwrap();
    let url = testing::url(&directory);
    drop(Store::open(&PANEL, &url).await.unwrap());
    place::run(
        &url,
        place::either(
            "CREATE TABLE \"Odd samples\" (\"Nr\" INTEGER PRIMARY KEY, \"A String\" VARCHAR(20) COLLATE NOCASE, \"Text\" TEXT, \
             \"Bool\" BOOLEAN, \"I32\" INT, \"I64\" BIGINT, \"F64\" DOUBLE, \"Dec2\" NUMERIC(12,2), \"Dec5\" DECIMAL(12,5), \
             \"Date\" DATE, \"Time\" TIME, \"At\" DATETIME, \"Uuid\" UUID, \"Json\" JSON, \"Secret\" TEXT, \"Bytes\" BLOB, \
             \"order\" TEXT, \"Key\" INTEGER REFERENCES \"Odd samples\", \"String2\" NCHAR(20), \"At2\" TIMESTAMP)",
            "CREATE TYPE odd AS ENUM ('Done', 'Draft'); CREATE TABLE \"Odd samples\" (\"Nr\" serial PRIMARY KEY, \"A String\" \
             varchar(40), \"Text\" text, \"Bool\" boolean, \"I32\" integer, \"I64\" bigint, \"F64\" double precision, \"Dec2\" \
             numeric(12,2), \"Dec5\" numeric(20,5), \"Date\" date, \"Time\" time, \"At\" timestamp, \"Uuid\" uuid, \"Json\" json, \
             \"Secret\" text, \"Bytes\" bytea, \"order\" odd, \"Key\" smallint REFERENCES \"Odd samples\", \"String2\" \
             varchar, \"At2\" timestamptz)",
        ),
    )
    .await;
    let store = Store::open(&ADOPTED, &url).await.unwrap();
    store.migrate(testing::command_line()).await.unwrap();
    agree(&store, CONDITIONS / 3).await;
}

async fn seed(store: &Store, rows: Vec<Vec<(usize, Value)>>) {
    let mut write = store.write(testing::command_line()).await.unwrap();
    let (_, recorded) = write.seed(&store.panel().models[SAMPLE], rows).await.unwrap();
    write.commit(recorded).await.unwrap();
}

async fn agree(store: &Store, conditions: usize) {
    let mut dice = Dice(20_261_121);
    let mut random_row = |with_keys: bool| {
        let mut values = Vec::new();
        for field in store.panel().models[SAMPLE].fields {
            let is_key = matches!(field.kind, Kind::Model(..));
            if dice.chance(70) && (with_keys || !is_key) {
                values.push((field.index, dice.pick(&storable(field.kind)).clone()));
            }
        }
        values
    };
    let (first, second) = ((0..3).map(|_| random_row(false)).collect(), (3..ROWS).map(|_| random_row(true)).collect());
    seed(store, first).await;
    seed(store, second).await;
    let rows = rows_of(store, Condition::Always, FieldSet::ALL).await;
    assert_eq!(rows.len(), ROWS);

    let (mut let_through, mut kept_out, mut unknown) = (0, 0, 0);
    for number in 0..conditions {
        let condition = condition(&mut dice, 0);
        let ids = |rows: &[Row]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        let is_true = ids(&rows_of(store, condition.clone(), FieldSet::NONE).await);
        let is_false = ids(&rows_of(store, Condition::Not(Box::new(condition.clone())), FieldSet::NONE).await);
        for row in &rows {
            let by_hand = condition.matches(row);
            let by_database = match (is_true.contains(&row.id), is_false.contains(&row.id)) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                (false, false) => None,
                (true, true) => panic!("true and false at once"),
            };
            let values: Vec<String> = PANEL.models[SAMPLE]
                .fields
                .iter()
                .map(|f| format!("{}={:?}", f.name, row.get(f.index).map(Value::to_text)))
                .collect();
            assert_eq!(
                by_database,
                by_hand,
                "condition {number}: {condition:?}\nrow {}: {}",
                row.id,
                values.join(", ")
            );
            match by_hand {
                Some(true) => let_through += 1,
                Some(false) => kept_out += 1,
                None => unknown += 1,
            }
        }
    }
    // A generator that says nothing but no would agree with anything.
    for (what, count) in [("let through", let_through), ("kept out", kept_out), ("unknown", unknown)] {
        assert!(count > conditions * 6, "{what}: {count}");
    }
}

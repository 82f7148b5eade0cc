//! A walk over a whole list, as exports and jobs take it: one stretch of the list after the other, every row once and
//! in its order, also where rows come and go on the way.

use crate::authorize::Terms;
use crate::condition::{Condition, Term};
use crate::panel::{FieldSet, Panel, Sort, Verb};
use crate::predicate::Op;
use crate::store::query::LARGEST_PAGE;
use crate::store::{ListQuery, Listed, Position, Store, heard};
use crate::testing::{self, CLINIC, SAMPLE, text};
use crate::value::{Row, Value};

static PANEL: Panel = CLINIC;

const STRING: usize = 0;
const NUMBER: usize = 3;
const MOMENT: usize = 10;
const CHOICE: usize = 15;

/// Every field but the number is null here and there, and most are level with others.
fn values(n: i64) -> Vec<(usize, Value)> {
    let some = |field, value, one_in: i64| if n % one_in == 1 { (field, Value::Null) } else { (field, value) };
    vec![
        some(STRING, text(["x", "y", "Z"][usize::try_from(n % 3).unwrap()]), 4),
        some(NUMBER, Value::Int(n % 5), 3),
        some(MOMENT, testing::minutes(n / 4), 7),
        some(CHOICE, text(["Draft", "Done"][usize::from(n % 2 == 0)]), 6),
    ]
}

fn orders() -> impl Iterator<Item = Option<Sort>> {
    let by = |field| [false, true].map(|descending| Some(Sort { field, descending }));
    [STRING, NUMBER, MOMENT].into_iter().flat_map(by).chain([None])
}

/// The ids that a walk comes by, in the order of the list; `between` goes on after each batch.
async fn walk(
    store: &Store,
    query: &ListQuery<'_>,
    backwards: bool,
    mut between: impl AsyncFnMut(&Listed),
) -> Vec<i64> {
    let mut position = if backwards { Position::Last } else { Position::First };
    let mut seen = Vec::new();
    loop {
        let batch = ListQuery { position, filter: query.filter.clone(), ..*query };
        let batch = store.batch(&batch).await.unwrap();
        assert!(batch.rows.len() <= query.size as usize);
        let ids = batch.rows.iter().map(|listed| testing::number(listed.row.id));
        seen.extend(if backwards { ids.rev().collect::<Vec<_>>() } else { ids.collect() });
        assert!(seen.len() < 1_000, "round in circles: {seen:?}");
        between(&batch).await;
        position = match if backwards { batch.previous } else { batch.next } {
            Some(key) if backwards => Position::Before(key),
            Some(key) => Position::After(key),
            None => break,
        };
    }
    if backwards {
        seen.reverse();
    }
    seen
}

fn in_order(rows: &[Row], sort: Option<Sort>) -> Vec<i64> {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by(|a, b| testing::in_list(a, b, sort));
    rows.into_iter().map(|row| testing::number(row.id)).collect()
}

async fn there(store: &Store, terms: &Terms) -> Vec<Row> {
    let all = store.list(&testing::all(terms)).await.unwrap();
    assert!(all.next.is_none() && all.rows.len() < LARGEST_PAGE as usize);
    all.rows.into_iter().map(|listed| listed.row).collect()
}

#[tokio::test]
async fn a_walk_meets_every_row_once_and_in_order_whatever_its_stretches() {
    let (_directory, store) = testing::store_of(&PANEL).await;
    testing::seed(&store, SAMPLE, (0..31).map(values).collect()).await;
    let owner = testing::actor("Owner", None);
    let terms = testing::terms(&owner, Verb::View, SAMPLE);
    let rows = there(&store, &terms).await;
    let field = Term::Field;
    let filters = [
        Condition::Always,
        Condition::Compare { left: field(NUMBER), op: Op::Lt, right: Term::Value(Value::Int(3)) },
        Condition::IsNull(field(MOMENT)),
        // Each of these is a range of its own, so that what lies in one is not before what lies in the next.
        Condition::In { term: field(CHOICE), set: vec![text("Draft"), text("Done")] },
    ];
    for sort in orders() {
        for (nth, filter) in filters.iter().enumerate() {
            let wanted: Vec<Row> = rows.iter().filter(|row| filter.lets_through(row)).cloned().collect();
            let expected = in_order(&wanted, sort);
            assert!(expected.len() > 3);
            for size in [1, 4, 9, u32::try_from(expected.len()).unwrap(), 50] {
                for backwards in [false, true] {
                    let query = ListQuery { filter: filter.clone(), sort, size, ..testing::all(&terms) };
                    heard::take();
                    let seen = walk(&store, &query, backwards, async |_| {}).await;
                    assert_eq!(seen, expected, "{sort:?}, {size} at once, backwards: {backwards}, filter {nth}");
                    let heard = heard::take();
                    assert!(!heard.is_empty());
                    if nth < 3 {
                        let gathered = heard.iter().find(|text| text.contains("UNION ALL"));
                        assert_eq!(gathered, None, "one stretch after the other, and none put in order again");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn rows_that_come_and_go_on_the_way_lose_and_double_no_other() {
    let (_directory, store) = testing::store_of(&PANEL).await;
    testing::seed(&store, SAMPLE, (0..23).map(values).collect()).await;
    let owner = testing::actor("Owner", None);
    let (terms, delete) = (testing::terms(&owner, Verb::View, SAMPLE), testing::terms(&owner, Verb::Delete, SAMPLE));
    let mut n = 1_000;
    for sort in orders() {
        for size in [2, 5] {
            for backwards in [false, true] {
                let before = there(&store, &terms).await;
                let mut gone = Vec::new();
                let query = ListQuery { columns: FieldSet::NONE, sort, size, ..testing::all(&terms) };
                let seen = walk(&store, &query, backwards, async |batch| {
                    // The very row that the way goes on from, or one that lies behind or ahead.
                    n += 1;
                    let left: Vec<i64> =
                        before.iter().map(|row| testing::number(row.id)).filter(|id| !gone.contains(id)).collect();
                    let edge = if backwards { batch.rows.first() } else { batch.rows.last() };
                    let edge =
                        edge.map(|listed| testing::number(listed.row.id)).filter(|id| n % 2 == 0 && left.contains(id));
                    let goes = edge.unwrap_or(left[usize::try_from(n).unwrap() * 7 % left.len()]);
                    let mut write = store.write(testing::command_line()).await.unwrap();
                    let recorded = write.delete(&delete, goes.into(), None).await.unwrap();
                    write.commit(recorded).await.unwrap();
                    gone.push(goes);
                    testing::seed(&store, SAMPLE, vec![values(n)]).await;
                })
                .await;
                let how = format!("{sort:?}, {size} at once, backwards: {backwards}");
                let stayed: Vec<Row> =
                    before.iter().filter(|row| !gone.contains(&testing::number(row.id))).cloned().collect();
                let met: Vec<i64> = seen.iter().copied().filter(|id| stayed.iter().any(|row| row.id == *id)).collect();
                assert_eq!(met, in_order(&stayed, sort), "{how}");
                let mut once = seen.clone();
                once.sort_unstable();
                once.dedup();
                assert_eq!(once.len(), seen.len(), "{how}");
            }
        }
    }
}

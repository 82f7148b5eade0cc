//! What a search meets on the way through a list, before its index has told all that there is.

use super::Dice;
use super::{FEW, LISTED, NUMBER, RANK, SAMPLE, STRING, found, may, ranked};
use crate::authorize::Actor;
use crate::panel::{Cell, FieldSet, Role, Sort, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::store::{Count, heard};
use crate::testing::{self, actor};
use crate::value::{Literal, Row, Value};

/// Rows that came in about the order of the list, but not quite, and hits that lie thick here and thin there.
#[tokio::test]
async fn what_is_found_near_a_place_is_what_comes_next() {
    let (_directory, store) = testing::store_of(&LISTED).await;
    let mut dice = Dice(7);
    let rows = (0..200_usize).map(|n| {
        let text = if dice.below(1 + n / 40) == 0 { "needle" } else { "straw" };
        let rank = ranked((n + dice.below(9)).try_into().expect("a small number"));
        vec![(STRING, testing::text(text)), (NUMBER, Value::Int(0)), (RANK, rank)]
    });
    testing::seed(&store, SAMPLE, rows.collect()).await;
    let terms = may(&actor("Owner", None), Verb::View);
    let all = store.list(&testing::all(&terms)).await.expect("all").rows;
    let (mut near, mut filled) = (0, 0);
    for descending in [true, false] {
        let sort = Some(Sort { field: RANK, descending });
        let mut expected: Vec<&Row> = all.iter().map(|listed| &listed.row).collect();
        expected.retain(|row| row.get(STRING) == Some(&testing::text("needle")));
        expected.sort_by(|a, b| testing::in_list(a, b, sort));
        let expected: Vec<i64> = expected.into_iter().map(|row| testing::number(row.id)).collect();
        for size in 1..9 {
            for backwards in [true, false] {
                heard::take();
                let (answer, _) =
                    found(&store, &terms, ("needle", FieldSet::NONE.with(STRING)), sort, (size, backwards)).await;
                assert_eq!(answer, expected, "{size} at once, {descending}, {backwards}");
                let heard = heard::take();
                let is_near = |text: &String| text.starts_with("WITH near");
                near += heard.iter().filter(|text| is_near(text)).count();
                // Nothing was asked after it for this page.
                filled += heard.windows(2).filter(|two| is_near(&two[0]) && two[1].contains("max(found.id)")).count();
            }
        }
    }
    if !testing::place::on_postgres() {
        assert!(filled > 100 && near > filled + 10, "of {near}, {filled} filled the page, and others not");
    }
}

/// A frequent text is met on the way through the list: on PostgreSQL before its index has gathered all that there is, and
/// within a scope before so many rows were looked at as a count takes. What is rare there is found all the same.
#[tokio::test]
async fn a_page_of_a_frequent_text_does_not_wait_for_its_count() {
    const MANY: Predicate =
        Predicate::Compare { left: Operand::Field(NUMBER), op: Op::Gt, right: Operand::Literal(Literal::Int(4)) };
    static HAY: Role =
        Role { cells: &[Cell { when: Some(MANY), ..Cell::new(Verb::View, SAMPLE, FieldSet::ALL, 0) }], ..FEW };
    let (_directory, store) = testing::store_of(&LISTED).await;
    let rows = (0..200_i64).map(|n| {
        let text = if n % 2 == 0 { "needle" } else { "straw" };
        // Among the rows of some people it is rare.
        let number = if n % 24 == 0 || n % 2 == 1 { n % 5 } else { 5 + n % 5 };
        vec![(STRING, testing::text(text)), (NUMBER, Value::Int(number)), (RANK, ranked(n))]
    });
    testing::seed(&store, SAMPLE, rows.collect()).await;
    let owner = actor("Owner", None);
    let all = store.list(&testing::all(&may(&owner, Verb::View))).await.expect("all").rows;
    let sort = Some(Sort { field: RANK, descending: true });
    let mut counts = Vec::new();
    for role in [owner.role, &HAY, &FEW] {
        let terms = may(&Actor { role, ..actor("Reception", None) }, Verb::View);
        let mut expected: Vec<&Row> = all.iter().map(|listed| &listed.row).collect();
        let sees = |row: &Row| terms.fields_of(row).contains(STRING);
        expected.retain(|row| row.get(STRING) == Some(&testing::text("needle")) && sees(row));
        expected.sort_by(|a, b| testing::in_list(a, b, sort));
        let expected: Vec<i64> = expected.into_iter().map(|row| testing::number(row.id)).collect();
        heard::take();
        let search = ("needle", FieldSet::NONE.with(STRING));
        let (answer, count) = found(&store, &terms, search, sort, (5, false)).await;
        assert_eq!(answer, expected);
        let first: Vec<String> = heard::take().into_iter().take(3).collect();
        let counted = first.iter().position(|text| text.contains("max(found.id)"));
        counts.push((count, counted.is_some_and(|at| at == 0)));
    }
    let met = Some(Count::MoreThan(5));
    // Of rows that everybody sees SQLite's index tells the first at once.
    let of_all = testing::place::either((Some(Count::MoreThan(12)), true), (met, false));
    let of_many = testing::place::either((met, true), (met, false));
    let of_few = testing::place::either((Some(Count::Exactly(9)), true), (Some(Count::Exactly(9)), false));
    assert_eq!(counts, [of_all, of_many, of_few]);
}

/// A row of a number from elsewhere widens the range of numbers by rows that don't come next, and a hit from elsewhere
/// comes before them: only what lies before the edge is sure.
#[tokio::test]
async fn what_does_not_come_next_is_not_taken_for_it() {
    let (_directory, store) = testing::store_of(&LISTED).await;
    let rows = (0..200_i64).map(|n| {
        let hit = matches!(n, 10 | 100..=120 | 160 | 165 | 170 | 175 | 185 | 190 | 195 | 199);
        let rank = match n {
            // Among the first, and among the next.
            150 => 1995,
            10 => 1805,
            _ => 10 * n,
        };
        let text = testing::text(if hit { "needle" } else { "straw" });
        vec![(STRING, text), (NUMBER, Value::Int(0)), (RANK, ranked(rank))]
    });
    let ids = testing::seed(&store, SAMPLE, rows.collect()).await;
    let terms = may(&actor("Owner", None), Verb::View);
    let search = ("needle", FieldSet::NONE.with(STRING));
    let sort = Some(Sort { field: RANK, descending: true });
    let (answer, _) = found(&store, &terms, search, sort, (5, false)).await;
    let first: Vec<i64> = [199, 195, 190, 185, 10, 175].map(|n: usize| ids[n]).to_vec();
    assert_eq!(answer[..6], first);
}

/// Of many rows that are level with each other, as an import makes them, only those are passed by that come next: what
/// is found behind them must not come before what is found among the rest of them.
#[tokio::test]
async fn what_lies_level_is_not_left_behind() {
    let (_directory, store) = testing::store_of(&LISTED).await;
    let rows = (0..160_i64).map(|n| {
        // Frequent in the rows before and after, and rare at both ends of those that are level.
        let hit = if (60..130).contains(&n) { matches!(n, 60..=62 | 126..=129) } else { n % 2 == 0 };
        let rank = if (60..130).contains(&n) { 60 } else { n };
        let text = testing::text(if hit { "needle" } else { "straw" });
        vec![(STRING, text), (NUMBER, Value::Int(0)), (RANK, ranked(rank))]
    });
    testing::seed(&store, SAMPLE, rows.collect()).await;
    let terms = may(&actor("Owner", None), Verb::View);
    let all = store.list(&testing::all(&terms)).await.expect("all").rows;
    for descending in [true, false] {
        let sort = Some(Sort { field: RANK, descending });
        let mut expected: Vec<&Row> = all.iter().map(|listed| &listed.row).collect();
        expected.retain(|row| row.get(STRING) == Some(&testing::text("needle")));
        expected.sort_by(|a, b| testing::in_list(a, b, sort));
        let expected: Vec<i64> = expected.into_iter().filter_map(|row| row.id.number()).collect();
        for size in [3, 4, 5] {
            for backwards in [true, false] {
                let search = ("needle", FieldSet::NONE.with(STRING));
                let (answer, _) = found(&store, &terms, search, sort, (size, backwards)).await;
                assert_eq!(answer, expected, "{size} at once, {descending}, {backwards}");
            }
        }
    }
}

/// What stands in the oldest rows alone is not looked for through all newer ones: the index tells it.
#[tokio::test]
async fn what_lies_a_table_away_is_fetched_by_its_numbers() {
    let (_directory, store) = testing::store_of(&LISTED).await;
    let rows = (0..200_i64).map(|n| {
        let text = testing::text(if n < 20 { "needle" } else { "straw" });
        vec![(STRING, text), (NUMBER, Value::Int(0)), (RANK, ranked(n))]
    });
    let ids = testing::seed(&store, SAMPLE, rows.collect()).await;
    let terms = may(&actor("Owner", None), Verb::View);
    let search = ("needle", FieldSet::NONE.with(STRING));
    let sort = Some(Sort { field: RANK, descending: true });
    heard::take();
    let (answer, count) = found(&store, &terms, search, sort, (5, false)).await;
    assert_eq!(answer, ids[..20].iter().copied().rev().collect::<Vec<i64>>());
    // More than the index tells at first, and all of what it tells when it is asked for as many as are fetched.
    assert_eq!(count, Some(Count::Exactly(20)));
}

/// Who sees few rows has them looked at, and not what the index finds among everybody's.
#[tokio::test]
async fn within_few_rows_the_index_of_all_is_not_gone_through() {
    const FIRST: Predicate =
        Predicate::Compare { left: Operand::Field(NUMBER), op: Op::Lt, right: Operand::Literal(Literal::Int(1)) };
    static OWN: Role =
        Role { cells: &[Cell { when: Some(FIRST), ..Cell::new(Verb::View, SAMPLE, FieldSet::ALL, 0) }], ..FEW };
    let (_directory, store) = testing::store_of(&LISTED).await;
    let rows = (0..200_i64).map(|n| {
        let text = testing::text(if n % 3 == 0 { "straw" } else { "needle" });
        vec![(STRING, text), (NUMBER, Value::Int(i64::from(n % 20 != 0))), (RANK, ranked(n))]
    });
    let ids = testing::seed(&store, SAMPLE, rows.collect()).await;
    let terms = may(&Actor { role: &OWN, ..actor("Reception", None) }, Verb::View);
    let search = ("needle", FieldSet::NONE.with(STRING));
    for (descending, size) in [(true, 2), (true, 8), (false, 2)] {
        let sort = Some(Sort { field: RANK, descending });
        let mut expected: Vec<i64> = (0..200).step_by(20).filter(|n| n % 3 != 0).map(|n| ids[n]).collect();
        if descending {
            expected.reverse();
        }
        heard::take();
        let (answer, count) = found(&store, &terms, search, sort, (size, false)).await;
        let asked = heard::take();
        assert_eq!(answer, expected, "{size} at once");
        if size == 8 && !testing::place::on_postgres() {
            assert_eq!(count, Some(Count::Exactly(6)));
            assert_eq!(asked.iter().filter(|text| text.contains("max(found.id)")).count(), 1, "{asked:#?}");
        }
    }
}

/// Where no index leads through the rows that somebody sees, so many rows are passed by at most, seen or not: to look for
/// as many that are seen would be to read the table.
#[tokio::test]
async fn rows_that_no_index_leads_through_are_looked_at_within_the_bound() {
    const OWN: Predicate = Predicate::Or(&[
        Predicate::Compare { left: Operand::Field(NUMBER), op: Op::Eq, right: Operand::Literal(Literal::Int(7)) },
        Predicate::Compare { left: Operand::Field(NUMBER), op: Op::Eq, right: Operand::Literal(Literal::Int(8)) },
    ]);
    static EITHER: Role =
        Role { cells: &[Cell { when: Some(OWN), ..Cell::new(Verb::View, SAMPLE, FieldSet::ALL, 0) }], ..FEW };
    let (_directory, store) = testing::store_of(&LISTED).await;
    let rows = (0..200_i64).map(|n| {
        let text = testing::text(if n % 3 == 0 { "straw" } else { "needle" });
        vec![(STRING, text), (NUMBER, Value::Int(n % 10)), (RANK, ranked(n))]
    });
    let ids = testing::seed(&store, SAMPLE, rows.collect()).await;
    let terms = may(&Actor { role: &EITHER, ..actor("Reception", None) }, Verb::View);
    let sort = Some(Sort { field: RANK, descending: true });
    heard::take();
    let (answer, _) = found(&store, &terms, ("needle", FieldSet::NONE.with(STRING)), sort, (5, false)).await;
    let expected = (0..200).rev().filter(|n| n % 3 != 0 && matches!(n % 10, 7 | 8)).map(|n| ids[n]);
    assert_eq!(answer, expected.collect::<Vec<i64>>());
    let asked = heard::take();
    let mut bounded = asked.iter().filter_map(|text| text.split_once(" LIMIT 18)")).peekable();
    assert!(bounded.peek().is_some(), "{asked:#?}");
    for (passed, looked_at) in bounded {
        assert!(!passed.contains("\"number\" =") && looked_at.contains("\"number\" ="), "{passed}");
    }
}

/// Of two words that stand side by side an index is asked for parts of both and of what lies between: it finds all that
/// holds them so, and what holds them otherwise is none of it.
#[tokio::test]
async fn two_words_are_found_side_by_side() {
    const NAMES: [&str; 9] = [
        "Anna Haddad",
        "Dr. ANNA HADDADY",
        "Johanna Haddad-Khan",
        "Anna  Haddad",
        "Haddad Anna",
        "Anna Hedda Haddad",
        "Anna\tHaddad",
        "Anna H. Haddad",
        "anna a hadda dad",
    ];
    let (_directory, store) = testing::store_of(&LISTED).await;
    let rows = NAMES
        .iter()
        .zip(0_i64..)
        .map(|(name, n)| vec![(STRING, testing::text(name)), (NUMBER, Value::Int(0)), (RANK, ranked(n))]);
    let ids = testing::seed(&store, SAMPLE, rows.collect()).await;
    let terms = may(&actor("Owner", None), Verb::View);
    let sort = Some(Sort { field: RANK, descending: false });
    for text in ["anna haddad", "nna hadd", "anna had", "anna hadda", "haddad anna", "hedda haddad", "anna  haddad"] {
        let held = NAMES.iter().zip(&ids).filter(|(name, _)| name.to_ascii_lowercase().contains(text));
        let expected: Vec<i64> = held.map(|(_, id)| *id).collect();
        let (answer, _) = found(&store, &terms, (text, FieldSet::NONE.with(STRING)), sort, (20, false)).await;
        assert!(!expected.is_empty() && answer == expected, "{text}: {answer:?} {expected:?}");
    }
}

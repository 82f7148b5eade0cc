use chrono::NaiveDate;

use crate::authorize::{Terms, authorize};
use crate::condition::{Condition, Term};
use crate::key::RowKey;
use crate::panel::{FieldSet, Model, OnDelete, Panel, Sort, Verb};
use crate::predicate::Op;
use crate::store::cursor::Place;
use crate::store::{
    ChartQuery, Count, CountQuery, GetQuery, Key, Label, LabelOf, ListQuery, Listed, NamesQuery, PickFrom, PickerQuery,
    Position, Search, Store,
};
use crate::testing::{
    self, CLINIC, DOCTOR, DOCTORS, INVOICE, INVOICES, PATIENT, PATIENTS, SAMPLE, SAMPLES, VISIT, VISITS, invoice,
    new_patient, patient, text, visit,
};
use crate::value::Value;

fn query(terms: &Terms) -> ListQuery<'_> {
    ListQuery { size: 50, count: true, ..testing::all(terms) }
}

fn is(field: usize, value: Value) -> Condition {
    Condition::Compare { left: Term::Field(field), op: Op::Eq, right: Term::Value(value) }
}

fn names(listed: &Listed) -> Vec<String> {
    listed.rows.iter().filter_map(|l| l.row.get(patient::NAME).map(Value::to_text)).collect()
}

/// Two doctors; Abel, Bruno, Carl with Berg, Dora and Emil with Adams.
async fn practice() -> (tempfile::TempDir, Store, i64, i64) {
    let (directory, store) = testing::store().await;
    let (berg, adams) = testing::two_doctors(&store).await;
    for (name, doctor) in [("Abel", berg), ("Bruno", berg), ("Carl", berg), ("Dora", adams), ("Emil", adams)] {
        let mut values = new_patient(name, doctor);
        values.push((patient::EMAIL, text(&format!("{}@example.org", name.to_lowercase()))));
        values.push((patient::NOTES, text(&format!("{name} is allergic to wasps"))));
        testing::add_patient(&store, values).await;
    }
    (directory, store, berg, adams)
}

#[tokio::test]
async fn a_scope_holds_in_list_detail_and_count() {
    let (_directory, store, berg, _) = practice().await;
    let clinician = testing::actor("Clinician", Some(berg));
    let terms = testing::terms(&clinician, Verb::View, PATIENT);
    let before = store.statements();
    let listed = store.list(&query(&terms)).await.unwrap();
    assert_eq!(names(&listed), ["Carl", "Bruno", "Abel"]);
    assert_eq!(listed.count, Some(Count::Exactly(3)));
    assert_eq!(store.statements() - before, 1, "a list that fits on its page counts itself");
    for (id, seen) in [(1, true), (4, false), (99, false)] {
        let get = GetQuery { terms: &terms, id: id.into(), columns: FieldSet::ALL, labels: &[] };
        assert_eq!(store.get(&get).await.unwrap().is_some(), seen, "patient {id}");
    }
    let nobody_s = testing::actor("Clinician", None);
    let terms = testing::terms(&nobody_s, Verb::View, PATIENT);
    assert!(store.list(&query(&terms)).await.unwrap().rows.is_empty(), "without me.doctor: nothing");
}

#[tokio::test]
async fn neither_search_nor_filter_nor_order_tells_a_hidden_field() {
    let (_directory, store, ..) = practice().await;
    let reception = testing::actor("Reception", None);
    let owner = testing::actor("Owner", None);
    for (who, expected) in [(&reception, 0), (&owner, 5)] {
        let terms = testing::terms(who, Verb::View, PATIENT);
        let notes = FieldSet::NONE.with(patient::NOTES);
        let search = Some(Search { text: "WASPS", fields: notes });
        assert_eq!(store.list(&ListQuery { search, ..query(&terms) }).await.unwrap().rows.len(), expected, "search");
        let filter = Condition::Contains { field: patient::NOTES, text: "wasps".to_owned() };
        assert_eq!(store.list(&ListQuery { filter, ..query(&terms) }).await.unwrap().rows.len(), expected, "filter");
        let not = Condition::Not(Box::new(is(patient::NOTES, text("nothing"))));
        assert_eq!(store.list(&ListQuery { filter: not, ..query(&terms) }).await.unwrap().rows.len(), expected, "not");
        let sort = Some(Sort { field: patient::NOTES, descending: false });
        assert_eq!(store.list(&ListQuery { sort, ..query(&terms) }).await.unwrap().rows.len(), expected, "sort");
        let counts = [CountQuery { terms: &terms, filter: is(patient::NOTES, text("Abel is allergic to wasps")) }];
        let counted = store.counts(&counts).await.unwrap();
        assert_eq!(counted, [Count::Exactly(u64::from(expected == 5))], "count");
    }
    // The fields that may be read are searched, and text is text.
    let terms = testing::terms(&reception, Verb::View, PATIENT);
    let fields = FieldSet::NONE.with(patient::NAME).with(patient::NOTES);
    for (text, expected) in [("bru", 1), (" DORA ", 1), ("wasps", 0), ("%", 0), ("", 5)] {
        let search = Some(Search { text, fields });
        let found = store.list(&ListQuery { search, ..query(&terms) }).await.unwrap();
        assert_eq!(found.rows.len(), expected, "{text:?}");
    }
}

#[tokio::test]
async fn pages_meet_without_gap_or_overlap() {
    const I32: usize = 3;
    const STRING: usize = 0;
    let (_directory, store) = testing::store().await;
    let rows = (0..23_i64)
        .map(|i| {
            let mut row = vec![(STRING, text(["x", "y"][usize::from(i % 3 == 0)]))];
            if i % 4 != 0 {
                row.push((I32, Value::Int(i % 5)));
            }
            row
        })
        .collect();
    testing::seed(&store, SAMPLE, rows).await;
    let cursors = store.cursors().await.unwrap();
    let owner = testing::actor("Owner", None);
    let terms = testing::terms(&owner, Verb::View, SAMPLE);
    let ids = |listed: &Listed| listed.rows.iter().map(|l| testing::number(l.row.id)).collect::<Vec<_>>();
    let orders = [None, Some((I32, false)), Some((I32, true)), Some((STRING, false)), Some((STRING, true))];
    for sort in orders.map(|o| o.map(|(field, descending)| Sort { field, descending })) {
        let all = store.list(&ListQuery { sort, ..query(&terms) }).await.unwrap();
        let mut expected: Vec<_> = all.rows.iter().map(|l| l.row.clone()).collect();
        expected.sort_by(|a, b| testing::in_list(a, b, sort));
        let expected: Vec<i64> = expected.iter().map(|row| testing::number(row.id)).collect();
        assert_eq!(ids(&all), expected, "{sort:?}");
        for size in [1, 4, 7, 22, 23] {
            for backwards in [false, true] {
                let mut seen: Vec<i64> = Vec::new();
                let mut position = if backwards { Position::Last } else { Position::First };
                loop {
                    let page = store.list(&ListQuery { sort, position, size, ..query(&terms) }).await.unwrap();
                    assert_eq!(page.count, Some(Count::Exactly(23)));
                    let (step, other) = if backwards {
                        (page.previous.clone(), page.next.clone())
                    } else {
                        (page.next.clone(), page.previous.clone())
                    };
                    assert_eq!(other.is_some(), !seen.is_empty(), "the way back");
                    if backwards {
                        seen.splice(0..0, ids(&page));
                    } else {
                        seen.extend(ids(&page));
                    }
                    // Through the address and back, as a page does.
                    let through = |key: Key| {
                        let given = cursors.encode(terms.model(), sort, &key).unwrap();
                        match cursors.decode(terms.model(), sort, &given) {
                            Some(Place::Key(key)) => key,
                            other => panic!("{other:?}"),
                        }
                    };
                    position = match step {
                        None => break,
                        Some(key) if backwards => Position::Before(through(key)),
                        Some(key) => Position::After(through(key)),
                    };
                }
                assert_eq!(seen, expected, "{sort:?}, pages of {size}, backwards: {backwards}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_sorted_by_a_secret() {
    let (_directory, store, ..) = practice().await;
    let owner = testing::actor("Owner", None);
    let terms = testing::terms(&owner, Verb::View, PATIENT);
    let sort = Some(Sort { field: patient::PIN, descending: false });
    let refused = store.list(&ListQuery { sort, ..query(&terms) }).await;
    assert!(matches!(refused, Err(crate::Error::BadRequest(_))), "{refused:?}");
}

#[tokio::test]
async fn a_count_stops_at_its_bound() {
    let (_directory, store) = testing::store().await;
    testing::seed(&store, SAMPLE, vec![Vec::new(); 10_000]).await;
    let owner = testing::actor("Owner", None);
    let terms = testing::terms(&owner, Verb::View, SAMPLE);
    assert_eq!(store.list(&query(&terms)).await.unwrap().count, Some(Count::Exactly(10_000)));
    testing::seed(&store, SAMPLE, vec![Vec::new()]).await;
    let before = store.statements();
    assert_eq!(store.list(&query(&terms)).await.unwrap().count, Some(Count::MoreThan(10_000)));
    assert_eq!(store.statements() - before, 2);
}

#[tokio::test]
async fn a_label_is_there_only_within_the_viewer_s_scope() {
    let (_directory, store, berg, adams) = practice().await;
    let visits = [1, 4].map(|p| vec![(visit::PATIENT, Value::Int(p)), (visit::AT, testing::minutes(5))]);
    testing::seed(&store, VISIT, visits.to_vec()).await;
    let clinician = testing::actor("Clinician", Some(adams));
    let views = testing::terms(&clinician, Verb::View, VISIT);
    let patients = testing::terms(&clinician, Verb::View, PATIENT);
    let with = [LabelOf { field: visit::PATIENT, terms: Some(&patients) }];
    let before = store.statements();
    let listed = store.list(&ListQuery { labels: &with, ..query(&views) }).await.unwrap();
    assert_eq!(store.statements() - before, 1);
    let labels: Vec<_> = listed.rows.iter().map(|l| l.labels[0].clone()).collect();
    assert_eq!(labels, [Label::Text("Dora".to_owned()), Label::Hidden]);
    let without = [LabelOf { field: visit::PATIENT, terms: None }];
    let listed = store.list(&ListQuery { labels: &without, ..query(&views) }).await.unwrap();
    assert!(listed.rows.iter().all(|l| l.labels == [Label::Hidden]));

    let owner = testing::actor("Owner", None);
    let (views, doctors) = (testing::terms(&owner, Verb::View, PATIENT), testing::terms(&owner, Verb::View, DOCTOR));
    let with = [
        LabelOf { field: patient::SECOND, terms: Some(&doctors) },
        LabelOf { field: patient::DOCTOR, terms: Some(&doctors) },
    ];
    let get = GetQuery { terms: &views, id: 1.into(), columns: FieldSet::NONE, labels: &with };
    let row = store.get(&get).await.unwrap().unwrap();
    assert_eq!(row.labels, [Label::None, Label::Text("Berg General".to_owned())]);
    assert_eq!(row.row.get(patient::DOCTOR), Some(&Value::Int(berg)));
    assert_eq!(row.row.get(patient::NAME), None, "not asked for, not fetched");
}

#[tokio::test]
async fn a_person_is_named_by_their_address() {
    let (_directory, store, ..) = practice().await;
    store
        .execute_for_test(
            "INSERT INTO bw_people (id, email, role, created_at) VALUES (7, 'anna@example.org', 'Owner', \
             '2026-11-21T12:00:00.000000Z')",
        )
        .await;
    let amount = Value::Decimal("12.5".parse().unwrap());
    let by_anna = vec![(invoice::PATIENT, Value::Int(1)), (invoice::AMOUNT, amount), (invoice::AUTHOR, Value::Int(7))];
    testing::seed(&store, INVOICE, vec![by_anna]).await;
    let owner = testing::actor("Owner", None);
    let terms = testing::terms(&owner, Verb::View, INVOICE);
    let with = [LabelOf { field: invoice::AUTHOR, terms: None }];
    let listed = store.list(&ListQuery { labels: &with, ..query(&terms) }).await.unwrap();
    assert_eq!(listed.rows[0].labels, [Label::Text("anna@example.org".to_owned())]);
    let amount = listed.rows[0].row.get(invoice::AMOUNT).map(Value::to_text);
    assert_eq!(amount.as_deref(), Some("12.50"));
    let people = [PickerQuery { from: PickFrom::People { only: None }, text: Some("ANNA"), current: None }];
    assert_eq!(store.candidates(&people).await.unwrap()[0].rows[0].label, "anna@example.org");
    let another = [PickerQuery { from: PickFrom::People { only: Some(i64::MAX) }, text: None, current: None }];
    assert!(store.candidates(&another).await.unwrap()[0].rows.is_empty(), "nobody but the one asked for");
}

#[tokio::test]
async fn pickers_come_in_one_statement_and_keep_the_current_value() {
    let (_directory, store, berg, _) = practice().await;
    let more = (0..60).map(|i| vec![(0, text(&format!("Doctor {i:02}")))]).collect();
    let ids = testing::seed(&store, DOCTOR, more).await;
    let owner = testing::actor("Owner", None);
    let clinician = testing::actor("Clinician", Some(berg));
    let doctors = testing::terms(&owner, Verb::View, DOCTOR);
    let patients = testing::terms(&clinician, Verb::View, PATIENT);
    let before = store.statements();
    let offers = store
        .candidates(&[
            PickerQuery { from: PickFrom::Model(&doctors), text: None, current: Some(ids[59].into()) },
            PickerQuery { from: PickFrom::Model(&patients), text: None, current: Some(4.into()) },
            PickerQuery { from: PickFrom::Model(&doctors), text: Some("r 07"), current: Some(berg.into()) },
            PickerQuery { from: PickFrom::People { only: None }, text: None, current: None },
        ])
        .await
        .unwrap();
    assert_eq!(store.statements() - before, 1);
    assert_eq!(offers[0].rows.len(), 51, "fifty and the current one");
    assert_eq!(offers[0].rows[0].label, "Doctor 59 General");
    assert!(offers[0].more);
    let labels: Vec<_> = offers[1].rows.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(labels, ["Abel", "Bruno", "Carl"], "a current value out of scope is not offered");
    assert!(!offers[1].more);
    let labels: Vec<_> = offers[2].rows.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(labels, ["Berg General", "Doctor 07 General"]);
    assert!(offers[3].rows.is_empty());
}

#[tokio::test]
async fn hundreds_of_pickers_come_in_their_order() {
    let (_directory, store, berg, adams) = practice().await;
    let doctors = testing::terms(&testing::actor("Owner", None), Verb::View, DOCTOR);
    let ids = [RowKey::from(berg), RowKey::from(adams)];
    let picker =
        |n: usize| PickerQuery { from: PickFrom::Model(&doctors), text: Some("zz"), current: Some(ids[n % 2]) };
    let pickers: Vec<_> = (0..300).map(picker).collect();
    let before = store.statements();
    let offers = store.candidates(&pickers).await.unwrap();
    assert!(store.statements() - before < 10);
    assert_eq!(offers.len(), 300);
    assert!(offers.iter().enumerate().all(|(n, offer)| offer.rows.len() == 1 && offer.rows[0].id == ids[n % 2]));
    // A third of the questions asks for nothing.
    let asked = |n: usize| if n % 3 == 2 { &[][..] } else { &ids[n % 3..=n % 3] };
    let queries: Vec<_> = (0..900).map(|n| NamesQuery { from: PickFrom::Model(&doctors), ids: asked(n) }).collect();
    let named = store.names(&queries).await.unwrap();
    let named: Vec<Vec<RowKey>> = named.into_iter().map(|some| some.into_iter().map(|one| one.id).collect()).collect();
    assert_eq!(named.len(), 900);
    assert!(named.iter().enumerate().all(|(n, named)| named == asked(n)));
}

/// As the index of the list has them: on PostgreSQL all rows would be sorted for any other order.
#[tokio::test]
async fn a_picker_offers_rows_without_a_label_first() {
    const LABELLED: Model = Model { label: &[0], ..SAMPLES };
    static PANEL: Panel = Panel { models: &[DOCTORS, PATIENTS, VISITS, INVOICES, LABELLED], ..CLINIC };
    let (_directory, store) = testing::store_of(&PANEL).await;
    let mut rows: Vec<_> = (0..60).rev().map(|i| vec![(0, text(&format!("Sample {i:02}")))]).collect();
    rows[7].clear();
    rows[30].clear();
    let ids = testing::seed(&store, SAMPLE, rows).await;
    let owner = testing::actor("Owner", None);
    let samples = authorize(&PANEL, &owner, Verb::View, &PANEL.models[SAMPLE]).granted().unwrap();
    let picker = PickerQuery { from: PickFrom::Model(&samples), text: None, current: None };
    let offer = store.candidates(&[picker]).await.unwrap().remove(0);
    let offered: Vec<i64> = offer.rows.iter().map(|row| testing::number(row.id)).collect();
    let labelled = (0..60).rev().filter(|n| ![7, 30].contains(n)).map(|n: usize| ids[n]);
    let expected: Vec<i64> = [ids[7], ids[30]].into_iter().chain(labelled).take(50).collect();
    assert_eq!(offered, expected);
    assert!(offer.more);
}

#[tokio::test]
async fn a_delete_is_shown_before_it_is_done() {
    let (_directory, store, berg, adams) = practice().await;
    let visits = (0..25).map(|i| vec![(visit::PATIENT, Value::Int(1)), (visit::AT, testing::minutes(i))]).collect();
    testing::seed(&store, VISIT, visits).await;
    store.execute_for_test("UPDATE patients SET second = 2 WHERE id = 1").await;
    let owner = testing::actor("Owner", None);
    let views = [VISIT, PATIENT].map(|m| testing::terms(&owner, Verb::View, m));
    let delete = testing::terms(&owner, Verb::Delete, PATIENT);
    let preview = store.delete_preview(&delete, 1.into(), &views).await.unwrap().unwrap();
    assert!(!preview.held);
    let [group] = preview.groups.as_slice() else { panic!("{preview:?}") };
    assert_eq!((group.model, group.effect, group.count, group.labels.len()), (VISIT, OnDelete::Cascade, 25, 20));
    assert_eq!(group.labels[0].label, "Visit 1");

    let delete = testing::terms(&owner, Verb::Delete, DOCTOR);
    let preview = store.delete_preview(&delete, adams.into(), &views).await.unwrap().unwrap();
    assert!(preview.held);
    let groups: Vec<_> = preview.groups.iter().map(|g| (g.key, g.effect, g.count)).collect();
    assert_eq!(groups, [(patient::DOCTOR, OnDelete::Restrict, 2), (patient::SECOND, OnDelete::SetNull, 1)]);

    // Who may not see the rows gets their number, not their names.
    let clinician = testing::actor("Clinician", Some(berg));
    let views = [testing::terms(&clinician, Verb::View, PATIENT)];
    let preview = store.delete_preview(&delete, adams.into(), &views).await.unwrap().unwrap();
    assert_eq!((preview.groups[0].count, preview.groups[0].labels.len()), (2, 0));
    assert!(store.delete_preview(&delete, 99.into(), &[]).await.unwrap().is_none());
}

#[tokio::test]
async fn the_home_page_counts_within_the_scope() {
    let (_directory, store, berg, _) = practice().await;
    let clinician = testing::actor("Clinician", Some(berg));
    let terms = testing::terms(&clinician, Verb::View, PATIENT);
    let before = store.statements();
    let counts = store
        .counts(&[
            CountQuery { terms: &terms, filter: Condition::Always },
            CountQuery { terms: &terms, filter: is(patient::NAME, text("Carl")) },
            CountQuery { terms: &terms, filter: is(patient::NAME, text("Dora")) },
        ])
        .await
        .unwrap();
    assert_eq!(counts, [Count::Exactly(3), Count::Exactly(1), Count::Exactly(0)]);
    assert_eq!(store.statements() - before, 1);
    let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
    let chart =
        ChartQuery { terms: &terms, filter: Condition::Always, field: patient::CREATED_AT, from: day(20), to: day(22) };
    assert_eq!(store.chart(&chart).await.unwrap(), [(day(20), 0), (day(21), 3), (day(22), 0)]);
}

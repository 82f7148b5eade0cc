use crate::audit::{EntryQuery, Event, EventId};
use crate::authorize::Actor;
use crate::error::Error;
use crate::panel::{FieldSet, Verb};
use crate::store::{GetQuery, Parents, Store, Updated};
use crate::testing::{
    self, DOCTOR, INVOICE, PATIENT, VISIT, actor, add_patient, context, invoice, new_patient, patient, place, terms,
    text, visit,
};
use crate::value::{Row, Value};

async fn insert(store: &Store, who: &Actor, model: usize, values: Vec<(usize, Value)>) -> Result<Row, Error> {
    let mut write = store.write(context(who)).await?;
    let inserted = write.insert(&terms(who, Verb::Create, model), values, Parents::AnyThatExists).await?;
    write.commit(inserted.recorded).await?;
    Ok(inserted.row)
}

async fn update(
    store: &Store,
    who: &Actor,
    verb: Verb,
    (model, id, version): (usize, i64, i64),
    values: Vec<(usize, Value)>,
) -> Result<Row, Error> {
    let mut write = store.write(context(who)).await?;
    match write.update(&terms(who, verb, model), id.into(), Some(version), values, Parents::AnyThatExists).await? {
        Updated::Changed(row, recorded) => {
            write.commit(recorded).await?;
            Ok(row)
        }
        Updated::Unchanged(row) => Ok(row),
    }
}

async fn delete(store: &Store, who: &Actor, model: usize, id: i64, version: i64) -> Result<(), Error> {
    let mut write = store.write(context(who)).await?;
    let recorded = write.delete(&terms(who, Verb::Delete, model), id.into(), Some(version)).await?;
    write.commit(recorded).await
}

/// The fields named by a refusal.
fn at_fields(result: Result<Row, Error>) -> Vec<usize> {
    match result {
        Err(Error::Fields(faults)) => faults.iter().map(|f| f.field).collect(),
        other => panic!("expected refused fields, got {other:?}"),
    }
}

async fn rows_and_entries(store: &Store) -> (String, String) {
    (
        store.ask_for_test("SELECT count(*) FROM patients").await,
        store.ask_for_test("SELECT count(*) FROM bw_audit").await,
    )
}

async fn patient_now(store: &Store, id: i64) -> Row {
    let owner = actor("Owner", None);
    let terms = terms(&owner, Verb::View, PATIENT);
    let query = GetQuery { terms: &terms, id: id.into(), columns: FieldSet::ALL, labels: &[] };
    store.get(&query).await.unwrap().unwrap().row
}

#[tokio::test]
async fn what_lies_outside_the_terms_is_not_written() {
    let (_directory, store) = testing::store().await;
    let (berg, adams) = testing::two_doctors(&store).await;
    let (mine, other) =
        (add_patient(&store, new_patient("Abel", berg)).await, add_patient(&store, new_patient("Dora", adams)).await);
    let before = rows_and_entries(&store).await;
    let clinician = actor("Clinician", Some(berg));
    let reception = actor("Reception", None);

    let beyond = insert(&store, &clinician, PATIENT, new_patient("Zoe", adams)).await;
    assert!(matches!(beyond, Err(Error::Beyond(_))), "{beyond:?}");
    let mut with_notes = new_patient("Zoe", berg);
    with_notes.push((patient::NOTES, text("secret")));
    let beyond = insert(&store, &reception, PATIENT, with_notes).await;
    assert!(matches!(beyond, Err(Error::Beyond(_))), "{beyond:?}");
    let name = || vec![(patient::NAME, text("Zoe"))];
    let hidden = update(&store, &clinician, Verb::Edit, (PATIENT, other, 1), name()).await;
    assert_eq!(hidden, Err(Error::NotFound), "a row out of scope is no row");
    let missing = update(&store, &clinician, Verb::Edit, (PATIENT, 99, 1), name()).await;
    assert_eq!(hidden, missing, "and looks like one that never was");
    let beyond = update(&store, &reception, Verb::Edit, (PATIENT, mine, 1), name()).await;
    assert!(matches!(beyond, Err(Error::Beyond(_))), "{beyond:?}");
    let created = vec![(patient::CREATED_AT, testing::minutes(-99))];
    let beyond = update(&store, &clinician, Verb::Edit, (PATIENT, mine, 1), created).await;
    assert!(matches!(beyond, Err(Error::Beyond(_))), "an automatic field: {beyond:?}");
    assert_eq!(rows_and_entries(&store).await, before);

    // `transfers`: handing on is what the word is for, and afterwards it is somebody else's.
    let handed = vec![(patient::DOCTOR, Value::Int(adams))];
    assert!(update(&store, &clinician, Verb::Edit, (PATIENT, mine, 1), handed.clone()).await.is_ok());
    assert_eq!(update(&store, &clinician, Verb::Edit, (PATIENT, mine, 2), handed).await, Err(Error::NotFound));
}

#[tokio::test]
async fn terms_of_another_verb_open_nothing() {
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    let id = add_patient(&store, new_patient("Abel", berg)).await;
    let owner = actor("Owner", None);
    let view = terms(&owner, Verb::View, PATIENT);
    let mut write = store.write(context(&owner)).await.unwrap();
    let values = new_patient("Zoe", berg);
    assert!(matches!(write.insert(&view, values.clone(), Parents::AnyThatExists).await, Err(Error::Bug(_))));
    assert!(matches!(write.update(&view, id.into(), None, values, Parents::AnyThatExists).await, Err(Error::Bug(_))));
    assert!(matches!(write.delete(&view, id.into(), None).await, Err(Error::Bug(_))));
}

#[tokio::test]
async fn values_that_may_not_stand_are_named_at_their_fields() {
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    let owner = actor("Owner", None);
    let bad = vec![
        (patient::NAME, text(&"x".repeat(121))),
        (patient::EMAIL, text("not an address")),
        (patient::BORN, testing::date("2026-11-22")),
        (patient::NOTES, text("a\0b")),
    ];
    assert_eq!(
        at_fields(insert(&store, &owner, PATIENT, bad).await),
        [patient::NAME, patient::EMAIL, patient::BORN, patient::DOCTOR, patient::NOTES]
    );
    let mut values = new_patient("Abel", berg);
    values.push((patient::EMAIL, text("abel@example.org")));
    assert!(insert(&store, &owner, PATIENT, values.clone()).await.is_ok());
    assert_eq!(at_fields(insert(&store, &owner, PATIENT, values.clone()).await), [patient::EMAIL], "unique");
    values.pop();
    values.push((patient::EMAIL, text(" Abel@Example.ORG")));
    assert_eq!(at_fields(insert(&store, &owner, PATIENT, values).await), [patient::EMAIL], "however it is typed");
    assert_eq!(at_fields(insert(&store, &owner, PATIENT, new_patient("Zoe", 99)).await), [patient::DOCTOR], "no row");

    // A parent that the writer may not see is no parent, whether it exists or not.
    let mut write = store.write(context(&owner)).await.unwrap();
    let create = terms(&owner, Verb::Create, PATIENT);
    let hidden = write
        .insert(&create, new_patient("Zoe", berg), Parents::Within { views: &[], people: true })
        .await
        .map(|i| i.row);
    let missing = write
        .insert(&create, new_patient("Zoe", 99), Parents::Within { views: &[], people: true })
        .await
        .map(|i| i.row);
    assert_eq!(hidden.as_ref().err(), missing.as_ref().err());
    assert_eq!(at_fields(hidden), [patient::DOCTOR]);
    let doctors = [terms(&owner, Verb::View, DOCTOR)];
    assert!(
        write
            .insert(&create, new_patient("Zoe", berg), Parents::Within { views: &doctors, people: false })
            .await
            .is_ok()
    );
    drop(write);

    let id = 1;
    let future = vec![(visit::PATIENT, Value::Int(id)), (visit::AT, testing::minutes(1)), (visit::STATE, text("Done"))];
    assert_eq!(insert(&store, &owner, VISIT, future).await, Err(Error::Check("a visit in the future is not done")));
}

#[tokio::test]
async fn a_stale_save_loses_nothing() {
    let (_directory, store) = testing::store().await;
    let (berg, adams) = testing::two_doctors(&store).await;
    let id = add_patient(&store, new_patient("Abel", berg)).await;
    let owner = actor("Owner", None);
    let first = vec![(patient::NAME, text("Abel Berg"))];
    let second = vec![(patient::DOCTOR, Value::Int(adams))];
    assert!(update(&store, &owner, Verb::Edit, (PATIENT, id, 1), first).await.is_ok());
    let Err(Error::Stale(now)) = update(&store, &owner, Verb::Edit, (PATIENT, id, 1), second.clone()).await else {
        panic!("a stale save went through")
    };
    assert_eq!((now.version, now.get(patient::NAME)), (2, Some(&text("Abel Berg"))));
    assert!(update(&store, &owner, Verb::Edit, (PATIENT, id, 2), second).await.is_ok());
    let row = patient_now(&store, id).await;
    assert_eq!((row.version, row.get(patient::NAME)), (3, Some(&text("Abel Berg"))), "changed columns only");
    let stale = delete(&store, &owner, PATIENT, id, 1).await;
    assert!(matches!(stale, Err(Error::Stale(_))), "{stale:?}");
}

#[tokio::test]
async fn an_update_names_what_changed_and_nothing_else() {
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    let id = add_patient(&store, new_patient("Abel", berg)).await;
    let owner = actor("Owner", None);
    let before = rows_and_entries(&store).await;
    let same = update(&store, &owner, Verb::Edit, (PATIENT, id, 1), new_patient("Abel", berg)).await.unwrap();
    assert_eq!((same.version, rows_and_entries(&store).await), (1, before), "nothing differs, nothing happens");
    let statements = store.statements();
    update(&store, &owner, Verb::Edit, (PATIENT, id, 1), new_patient("Abel Berg", berg)).await.unwrap();
    assert!(store.statements() - statements <= 6, "{} statements", store.statements() - statements);
    let page = store.entries(&EntryQuery { size: 1, ..EntryQuery::default() }).await.unwrap();
    let entry = &page.entries[0];
    assert_eq!(
        (entry.event.as_str(), entry.model.as_deref(), entry.row),
        ("row.updated", Some("Patient"), Some(id.into()))
    );
    let [change] = entry.changes.as_slice() else { panic!("{:?}", entry.changes) };
    assert_eq!(
        (change.field.as_str(), change.before.as_deref(), change.after.as_deref()),
        ("name", Some("Abel"), Some("Abel Berg"))
    );
}

#[tokio::test]
async fn an_action_writes_what_it_declares() {
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    let owner = actor("Owner", None);
    let id = add_patient(&store, new_patient("Abel", berg)).await;
    store
        .execute_for_test(
            "INSERT INTO bw_people (id, email, role, created_at) VALUES (7, 'anna@example.org', 'Owner', \
             '2026-11-21T12:00:00.000000Z')",
        )
        .await;
    let amount = |text: &str| (invoice::AMOUNT, Value::Decimal(text.parse().unwrap()));
    let row = insert(&store, &owner, INVOICE, vec![(invoice::PATIENT, Value::Int(id)), amount("7")]).await.unwrap();
    assert_eq!(row.get(invoice::AUTHOR), Some(&Value::Int(7)));
    assert_eq!(row.get(invoice::STATE), Some(&text("Draft")));
    let done = || vec![(invoice::STATE, text("Done"))];
    let by_form = update(&store, &owner, Verb::Edit, (INVOICE, testing::number(row.id), 1), done()).await;
    assert!(matches!(by_form, Err(Error::Beyond(_))), "a read-only field: {by_form:?}");
    let more = update(&store, &owner, Verb::Act(0), (INVOICE, testing::number(row.id), 1), vec![amount("8")]).await;
    assert!(matches!(more, Err(Error::Beyond(_))), "beyond its `writes`: {more:?}");
    let row = update(&store, &owner, Verb::Act(0), (INVOICE, testing::number(row.id), 1), done()).await.unwrap();
    assert_eq!((row.version, row.get(invoice::STATE)), (2, Some(&text("Done"))));
    for (amount_given, what) in [("-0.01", "below min"), ("1.005", "too fine"), ("100000000", "too long")] {
        let refused =
            update(&store, &owner, Verb::Edit, (INVOICE, testing::number(row.id), 2), vec![amount(amount_given)]).await;
        assert_eq!(at_fields(refused), [invoice::AMOUNT], "{what}");
    }
}

#[tokio::test]
async fn what_goes_along_is_recorded_row_by_row() {
    let (_directory, store) = testing::store().await;
    let (berg, adams) = testing::two_doctors(&store).await;
    let owner = actor("Owner", None);
    let id = add_patient(&store, new_patient("Abel", berg)).await;
    let visits = (0..3).map(|i| vec![(visit::PATIENT, Value::Int(id)), (visit::AT, testing::minutes(i))]).collect();
    testing::seed(&store, VISIT, visits).await;
    assert_eq!(
        delete(&store, &owner, DOCTOR, berg, 1).await,
        Err(Error::Held { by: "Patients", count: 1, served: true })
    );

    // `set_null`: the row stays, its change is recorded and counts.
    update(&store, &owner, Verb::Edit, (PATIENT, id, 1), vec![(patient::SECOND, Value::Int(adams))]).await.unwrap();
    delete(&store, &owner, DOCTOR, adams, 1).await.unwrap();
    let row = patient_now(&store, id).await;
    assert_eq!((row.version, row.get(patient::SECOND)), (3, Some(&Value::Null)));
    let newest = EntryQuery { size: 4, ..EntryQuery::default() };
    let told = |page: &crate::audit::EntryPage| {
        page.entries.iter().map(|e| (e.event.clone(), e.model.clone().unwrap())).collect::<Vec<_>>()
    };
    let of = |event: &str, model: &str| (event.to_owned(), model.to_owned());
    let page = store.entries(&newest).await.unwrap();
    assert_eq!(told(&page)[..2], [of("row.deleted", "Doctor"), of("row.updated", "Patient")]);

    delete(&store, &owner, PATIENT, id, 3).await.unwrap();
    let page = store.entries(&newest).await.unwrap();
    assert_eq!(
        told(&page),
        [
            of("row.deleted", "Patient"),
            of("row.deleted", "Visit"),
            of("row.deleted", "Visit"),
            of("row.deleted", "Visit"),
        ]
    );
    assert_eq!(store.ask_for_test("SELECT count(*) FROM visits").await, "0");
}

#[tokio::test]
async fn a_secret_leaves_no_trace() {
    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    let owner = actor("Owner", None);
    let mut values = new_patient("Abel", berg);
    values.push((patient::PIN, Value::SecretHash(HASH.to_owned())));
    let row = insert(&store, &owner, PATIENT, values).await.unwrap();
    assert_eq!(row.get(patient::PIN), Some(&Value::SecretHash(String::new())));
    assert_eq!(
        patient_now(&store, testing::number(row.id)).await.get(patient::PIN),
        Some(&Value::SecretHash(String::new()))
    );
    let values = vec![(patient::PIN, Value::SecretHash(HASH.replace("aGFzaA", "aGFzaB")))];
    let row = update(&store, &owner, Verb::Edit, (PATIENT, testing::number(row.id), 1), values).await.unwrap();
    assert_eq!(row.get(patient::PIN), Some(&Value::SecretHash(String::new())));
    delete(&store, &owner, PATIENT, testing::number(row.id), 2).await.unwrap();
    let kept = store
        .ask_for_test(place::either(
            "SELECT group_concat(changes) FROM bw_audit",
            "SELECT string_agg(changes::text, ',') FROM bw_audit",
        ))
        .await;
    assert!(!kept.contains("argon2") && kept.contains("(secret)"), "{kept}");
}

#[tokio::test]
async fn without_its_commit_nothing_happened() {
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    let owner = actor("Owner", None);
    let before = rows_and_entries(&store).await;
    let create = terms(&owner, Verb::Create, PATIENT);
    let mut write = store.write(context(&owner)).await.unwrap();
    let dropped = write.insert(&create, new_patient("Abel", berg), Parents::AnyThatExists).await.unwrap();
    drop(write);
    assert_eq!(rows_and_entries(&store).await, before);
    let mut write = store.write(context(&owner)).await.unwrap();
    let undone = write.insert(&create, new_patient("Abel", berg), Parents::AnyThatExists).await.unwrap();
    write.roll_back().await.unwrap();
    assert_eq!(rows_and_entries(&store).await, before);

    // The proof of one change commits no other.
    for proof in [dropped.recorded, undone.recorded] {
        let mut write = store.write(context(&owner)).await.unwrap();
        let _ = write.record(Event::plain(EventId::RowsExported));
        assert!(matches!(write.commit(proof).await, Err(Error::Bug(_))));
    }
    assert_eq!(rows_and_entries(&store).await, before);
}

#[tokio::test]
async fn a_failing_event_takes_the_change_with_it() {
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    let before = rows_and_entries(&store).await;
    let no_events = place::either(
        "CREATE TRIGGER no_events BEFORE INSERT ON bw_audit BEGIN SELECT raise(ABORT, 'full'); END",
        "ALTER TABLE bw_audit ADD CONSTRAINT no_events CHECK (seq < 0) NOT VALID",
    );
    store.execute_for_test(no_events).await;
    let owner = actor("Owner", None);
    assert!(insert(&store, &owner, PATIENT, new_patient("Abel", berg)).await.is_err());
    assert_eq!(rows_and_entries(&store).await, before);
    let events = place::either("DROP TRIGGER no_events", "ALTER TABLE bw_audit DROP CONSTRAINT no_events");
    store.execute_for_test(events).await;
    assert!(insert(&store, &owner, PATIENT, new_patient("Abel", berg)).await.is_ok());
}

#[tokio::test]
async fn writers_take_turns_and_wait_only_so_long() {
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    let mut all = tokio::task::JoinSet::new();
    for i in 0..20 {
        let store = store.clone();
        all.spawn(async move {
            insert(&store, &actor("Owner", None), PATIENT, new_patient(&format!("Patient {i}"), berg)).await
        });
    }
    assert!(all.join_all().await.iter().all(Result::is_ok));
    assert_eq!(rows_and_entries(&store).await.0, "20");
    let whole = store.verify_audit().await.unwrap();
    assert!(matches!(whole, crate::audit::chain::Verified::Whole { .. }), "{whole:?}");

    let mut held = Vec::new();
    for _ in 0..place::either(1, 8) {
        held.push(store.write(testing::command_line()).await.unwrap());
    }
    let started = std::time::Instant::now();
    let waited = store.write(testing::command_line()).await;
    assert!(matches!(waited, Err(Error::Unavailable(_))));
    assert!(started.elapsed() < std::time::Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test]
async fn the_trail_outlives_the_person() {
    let (_directory, store) = testing::store().await;
    let (berg, _) = testing::two_doctors(&store).await;
    store
        .execute_for_test(
            "INSERT INTO bw_people (id, email, role, created_at) VALUES (7, 'anna@example.org', 'Owner', \
             '2026-11-21T12:00:00.000000Z')",
        )
        .await;
    insert(&store, &actor("Owner", None), PATIENT, new_patient("Abel", berg)).await.unwrap();
    store.execute_for_test("DELETE FROM bw_people WHERE id = 7").await;
    let by_anna = EntryQuery { person: Some(7), size: 10, ..EntryQuery::default() };
    assert_eq!(store.entries(&by_anna).await.unwrap().entries.len(), 1);
}

//! `policy simulate` beside the server: for every role, verb and row, the same answer.

use http::StatusCode;

use super::browser::House;
use crate::cli::policy::{Answer, Question, simulated};
use crate::panel::{Field, Model, Verb};
use crate::testing::{PATIENT, add_patient, new_patient, two_doctors};

/// What the pages of these verbs answer to a look; nothing is changed.
async fn served(house: &House, email: &str, verb: Verb, id: i64) -> StatusCode {
    let path = match verb {
        Verb::View => format!("/patients/{id}"),
        Verb::Edit => format!("/patients/{id}/edit"),
        Verb::Delete => format!("/patients/{id}/delete"),
        _ => "/patients/new".to_owned(),
    };
    house.signed_in(email).await.get(&path).await.status
}

#[tokio::test]
async fn what_is_simulated_is_what_is_served() {
    let house = House::open().await;
    let store = &house.app().store;
    let (berg, adams) = two_doctors(store).await;
    let hers = add_patient(store, new_patient("Ines", berg)).await;
    let his = add_patient(store, new_patient("Jon", adams)).await;
    let model: &'static Model = &house.app().panel.models[PATIENT];
    let mut seen = std::collections::BTreeSet::new();
    for (email, role, doctor) in [
        ("owner@clinic.example", "Owner", None),
        ("berg@clinic.example", "Clinician", Some(berg)),
        ("nobody@clinic.example", "Clinician", None),
        ("desk@clinic.example", "Reception", None),
    ] {
        let attributes = doctor.map_or("{}".to_owned(), |doctor| format!("{{\"doctor\":{doctor}}}"));
        house.person_knowing(email, role, &attributes).await;
        let person = store.person_by_email(email).await.unwrap().unwrap();
        for verb in [Verb::View, Verb::Create, Verb::Edit, Verb::Delete] {
            for id in [hers, his, 999] {
                let question = Question { model, verb, field: None };
                let row = (verb != Verb::Create).then_some(id);
                let now = house.app().clock.now();
                let told =
                    simulated(house.app().panel, store, &person, &question, row.map(Into::into), now).await.unwrap();
                let expected = match told.answer {
                    Answer::Yes => StatusCode::OK,
                    Answer::NoRight => StatusCode::FORBIDDEN,
                    Answer::NoRow => StatusCode::NOT_FOUND,
                    other => panic!("{other:?} without a field, for somebody who is there"),
                };
                let status = served(&house, email, verb, id).await;
                assert_eq!(status, expected, "{role} {verb:?} {id}: {:#?}", told.trace);
                seen.insert(status.as_u16());
            }
        }
        house.advance(1_000);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [200, 403, 404], "every answer was met");
}

#[tokio::test]
async fn fields_and_locked_people_are_told() {
    let house = House::open().await;
    let store = &house.app().store;
    let (berg, _) = two_doctors(store).await;
    let row = add_patient(store, new_patient("Ines", berg)).await;
    house.person("desk@clinic.example", "Reception").await;
    let person = store.person_by_email("desk@clinic.example").await.unwrap().unwrap();
    let model: &'static Model = &house.app().panel.models[PATIENT];
    let now = house.app().clock.now();
    let told = async |verb: Verb, field: &'static Field, person: &crate::store::PersonRow| {
        let question = Question { model, verb, field: Some(field) };
        simulated(house.app().panel, store, person, &question, Some(row.into()), now).await.unwrap()
    };
    let field = |name: &str| model.field_by_name(name).unwrap();
    assert_eq!(told(Verb::Edit, field("email"), &person).await.answer, Answer::Yes);
    assert_eq!(told(Verb::Edit, field("name"), &person).await.answer, Answer::NotField);
    assert_eq!(told(Verb::View, field("notes"), &person).await.answer, Answer::NotField);
    let mut locked = person.clone();
    locked.locked_until = Some(now + chrono::Duration::minutes(1));
    let told = told(Verb::View, field("name"), &locked).await;
    assert_eq!(told.answer, Answer::NoSession);
    assert!(told.trace[0].contains("locked"), "{:?}", told.trace);
    let values = ["Ines", "1980"];
    assert!(!told.trace.iter().any(|line| values.iter().any(|value| line.contains(value))), "no value of the row");
}

//! Paths, closed sets, and what a row, or what is to become one, says of itself.

use bailiwick::prelude::*;
use bailiwick::typed::{FieldType, Given, Input, PersonId};
use bailiwick::value::Value;

use super::office::{DeskId, Letter, LetterAction, LetterChange, LetterId, Mood, NewLetter, Role, Route};

#[test]
fn every_path_is_printed_and_parsed() {
    for (route, path) in [
        (Route::Of(Fixed::Home), "/"),
        (Route::Of(Fixed::Policy), "/policy"),
        (Route::Desk(At::List), "/desks"),
        (Route::Letter(At::New), "/letters/new"),
        (Route::Letter(At::Row(LetterId(17))), "/letters/17"),
        (Route::Letter(At::Edit(LetterId(17))), "/letters/17/edit"),
        (Route::Desk(At::Delete(DeskId(1))), "/desks/1/delete"),
        (Route::Letter(At::Act(LetterId(17), LetterAction::Archive)), "/letters/17/do/archive"),
    ] {
        assert_eq!(route.to_string(), path);
        assert_eq!(path.parse(), Ok(route));
    }
    for unknown in
        ["/people/1", "/letters/x", "/letters/17/do/burn", "/desks/1/do/send", "letters", "/static/admin.css"]
    {
        assert!(unknown.parse::<Route>().is_err(), "{unknown}");
    }
}

#[test]
fn closed_sets_have_names_and_titles() {
    assert_eq!(
        (Mood::Cross.name(), Mood::Cross.title(), Mood::Cross.to_string().as_str()),
        ("Cross", "Rather cross", "Rather cross")
    );
    assert_eq!("Cross".parse(), Ok(Mood::Cross));
    assert!("Rather cross".parse::<Mood>().is_err());
    assert_eq!(Mood::ALL.len(), 2);
    assert_eq!(Mood::from_value(&Mood::Calm.into_value()), Some(Mood::Calm));
    assert_eq!(Mood::from_value(&Value::Text("Furious".to_owned())), None);
    assert_eq!("Clerk".parse::<Role>().map(|role| role.table().index), Ok(1));
}

#[test]
fn what_is_in_a_row_does_not_show_in_logs() {
    let new = NewLetter {
        subject: "Secret affairs".to_owned(),
        desk: DeskId(1),
        mood: None,
        note: Some("affair".to_owned()),
        sent: None,
    };
    let given: Given = new.clone().given();
    let change = LetterChange { note: Some(Some("affair".to_owned())), ..Default::default() };
    let letter = Letter {
        id: LetterId(1),
        version: 1,
        subject: "Secret affairs".to_owned(),
        desk: DeskId(1),
        mood: Mood::Calm,
        note: Some("affair".to_owned()),
        sent: false,
        author: PersonId(1),
    };
    let text = format!("{new:?} {given:?} {change:?} {letter:?}");
    assert!(!text.contains("affair"), "{text}");
}

#[test]
fn only_what_was_given_is_carried() {
    let change = LetterChange { note: Some(None), sent: Some(true), ..Default::default() };
    assert_eq!(change.given().into_values(), [(3, Value::Null), (4, Value::Bool(true))]);
}

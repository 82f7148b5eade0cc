//! Languages of doctors and patients: links to any number of rows, from the form to the file, role by role.

use crate::bulk::{bulk, start};
use crate::clinic::{LanguageId, NewDoctor, NewLanguage, NewPatient};
use crate::export::export;
use crate::house::House;
use crate::house::number;
use crate::import::bring_in;
use crate::visitor::{Form, Visitor};

struct Spoken {
    house: House,
    languages: Vec<LanguageId>,
    patient: i64,
}

/// Four languages, and a patient who speaks the first two.
async fn spoken() -> Spoken {
    let house = House::open().await;
    let mut languages = Vec::new();
    for name in ["Arabic", "English", "French", "German"] {
        languages
            .push(LanguageId(number(house.row::<NewLanguage>(NewLanguage { name: name.to_owned() }, &[]).await.id)));
    }
    let new = NewPatient {
        name: "Lea Lingua".to_owned(),
        email: None,
        phone: None,
        born: "1980-02-03".parse().expect("a day"),
        doctor: house.doctors[0],
        languages: Some(languages[..2].to_vec()),
        notes: None,
    };
    let patient = house.row::<NewPatient>(new, &[]).await.id;
    Spoken { house, languages, patient: number(patient) }
}

const LINKS: &str = "SELECT count(*) FROM patient_languages WHERE patient_id = $1";

async fn save(visitor: &mut Visitor, patient: i64, version: i64, languages: &[LanguageId]) -> u16 {
    let (version, numbers) = (version.to_string(), languages.iter().map(|id| id.0.to_string()).collect::<Vec<_>>());
    let mut fields = vec![("bw.version", version.as_str()), ("languages", "")];
    fields.extend(numbers.iter().map(|number| ("languages", number.as_str())));
    visitor.post(&format!("/patients/{patient}/edit"), &fields).await.status()
}

#[tokio::test]
async fn each_role_links_as_far_as_it_may_edit_the_field() {
    let Spoken { house, languages, patient } = spoken().await;
    for (version, role) in (1..).zip(["Owner", "Manager", "Clinician", "Reception"]) {
        let mut visitor = house.signed_in(role).await;
        let page = visitor.get(&format!("/patients/{patient}")).await.expect(200);
        assert!(page.words().contains("Arabic"), "{role}");
        let to: Vec<LanguageId> = if version % 2 == 1 { languages[..3].to_vec() } else { languages[..2].to_vec() };
        assert_eq!(save(&mut visitor, patient, version, &to).await, 303, "{role}");
        assert_eq!(house.number(LINKS, &[patient]).await, i64::try_from(to.len()).expect("few"));
    }
    let mut auditor = house.signed_in("Auditor").await;
    assert_eq!(save(&mut auditor, patient, 5, &[]).await, 403);
    let page = auditor.get(&format!("/patients/{patient}")).await.expect(200);
    assert!(page.words().contains("Arabic English") && !page.words().contains("French"));
    // Somebody else's patient, and a language that is none.
    let mut reception = house.signed_in("Reception").await;
    assert_eq!(save(&mut reception, patient, 5, &[LanguageId(99)]).await, 422);
    assert_eq!(house.number(LINKS, &[patient]).await, 2);
    assert_eq!(house.number("SELECT count(*) FROM bw_audit WHERE event = 'row.updated'", &[]).await, 4);
}

#[tokio::test]
async fn a_language_that_goes_is_told_before_and_stands_in_the_history_of_who_spoke_it() {
    let Spoken { house, languages, patient } = spoken().await;
    let doctor = NewDoctor {
        name: "Dr. Polly Glott".to_owned(),
        speciality: None,
        active: None,
        languages: Some(languages[..1].to_vec()),
    };
    house.row::<NewDoctor>(doctor, &[]).await;
    let mut manager = house.signed_in("Manager").await;
    let path = format!("/languages/{}/delete", languages[0].0);
    let page = manager.get(&path).await.expect(200);
    assert!(page.words().contains("1 doctor stays and loses its link to it."), "{}", page.words());
    assert!(page.words().contains("1 patient stays and loses its link to it."), "{}", page.words());
    manager.submit(&Form::of(&page, "main form")).await.expect(303);
    assert_eq!(house.number(LINKS, &[patient]).await, 1);
    assert_eq!(house.number("SELECT version FROM patient WHERE id = $1", &[patient]).await, 2);
    let history = manager.get(&format!("/patients/{patient}/history")).await.expect(200);
    let texts = history.texts("main tr");
    assert!(texts.iter().any(|row| row == "Languages English, 1 that is gone English"), "{texts:?}");
}

#[tokio::test]
async fn links_leave_in_a_file_and_come_back_from_it() {
    let Spoken { house, languages, patient } = spoken().await;
    let mut manager = house.signed_in("Manager").await;
    let list = manager.get(&format!("/patients?f.languages={}", languages[1].0)).await.expect(200);
    assert!(list.words().contains("Lea Lingua"), "{}", list.words());
    let list = manager.get(&format!("/patients?f.languages={}", languages[3].0)).await.expect(200);
    assert!(!list.words().contains("Lea Lingua"));

    let doctor = NewDoctor {
        name: "Dr. Polly Glott".to_owned(),
        speciality: None,
        active: None,
        languages: Some(vec![languages[3], languages[0]]),
    };
    house.row::<NewDoctor>(doctor, &[]).await;
    let mut owner = house.signed_in("Owner").await;
    let columns = ["id", "name", "languages", "languages.label"];
    let file = export(&mut owner, "/doctors/export?q=Polly", &columns, "csv").await.expect(200);
    let row = format!("Dr. Polly Glott,{}|{},Arabic; German", languages[0].0, languages[3].0);
    assert!(file.text.contains(&row), "{}", file.text);
    let file = export(&mut owner, "/doctors/export?q=Polly", &columns, "jsonl").await.expect(200);
    assert!(file.text.contains(&format!("\"languages\":[{},{}]", languages[0].0, languages[3].0)), "{}", file.text);

    let rows = format!("id,languages\r\n{patient},{}|{}\r\n", languages[2].0, languages[3].0);
    let by_id = [("key", "id"), ("how", "one"), ("step", "go")];
    let page = bring_in(&mut manager, "/patients", "p.csv", rows.as_bytes(), &by_id).await;
    assert!(page.words().contains("1 done, 0 failed"), "{}", page.words());
    let now = "SELECT count(*) FROM patient_languages WHERE patient_id = $1 AND language_id > 2";
    assert_eq!(house.number(now, &[patient]).await, 2);
    assert_eq!(house.number(LINKS, &[patient]).await, 2);
}

#[tokio::test]
async fn many_rows_get_a_link_more_or_one_less() {
    let Spoken { house, languages, patient } = spoken().await;
    let mut manager = house.signed_in("Manager").await;
    let (german, english) = (languages[3].0.to_string(), languages[1].0.to_string());
    let chosen = [("do", "edit"), ("all", "1")];
    let sure = [("set.languages", "1"), ("how.languages", "add"), ("languages", german.as_str())];
    let page = bulk(&mut manager, "/patients", &chosen, &sure).await;
    assert!(page.words().contains("1 of 1 looked at, 1 done, 0 failed"), "{}", page.words());
    assert_eq!(house.number(LINKS, &[patient]).await, 3);
    let sure = [("set.languages", "1"), ("how.languages", "remove"), ("languages", english.as_str())];
    bulk(&mut manager, "/patients", &chosen, &sure).await;
    assert_eq!(house.number(LINKS, &[patient]).await, 2);
    let none = [("set.languages", "1"), ("how.languages", "add"), ("languages", "")];
    let page = start(&mut manager, "/patients", &chosen, &none).await.expect(422);
    assert!(page.words().contains("Choose at least one."), "{}", page.words());
}

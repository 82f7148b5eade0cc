//! The life of a row as each role may read it, and an earlier version brought back.

use http::StatusCode;

use super::{Clinic, html, refused};
use crate::audit::EventId;
use crate::authorize::Actor;
use crate::error::Error;
use crate::panel::{Cell, FieldSet, Role, Verb};
use crate::store::{Parents, Updated};
use crate::testing::{CLINIC, PATIENT, actor, add_patient, context, new_patient, patient, terms, text};
use crate::value::Value;

impl Clinic {
    /// Changes the patient as the owner; the number of the entry.
    async fn change(&self, values: Vec<(usize, Value)>) -> i64 {
        let owner = actor("Owner", None);
        let mut write = self.app.store.write(context(&owner)).await.expect("a transaction");
        let edit = terms(&owner, Verb::Edit, PATIENT);
        let updated =
            write.update(&edit, self.patient.into(), None, values, Parents::AnyThatExists).await.expect("an update");
        let Updated::Changed(_, recorded) = updated else { panic!("it differs") };
        write.commit(recorded).await.expect("a commit");
        self.app.store.ask_for_test("SELECT CAST(max(seq) AS TEXT) FROM bw_audit").await.parse().expect("a number")
    }

    fn at(&self, page: &str) -> String {
        format!("/patients/{}/{page}", self.patient)
    }
}

#[tokio::test]
async fn a_field_that_one_may_not_see_does_not_appear() {
    let clinic = Clinic::new().await;
    clinic.change(vec![(patient::NOTES, text("takes warfarin"))]).await;
    clinic.change(vec![(patient::EMAIL, text("new@example.org")), (patient::NOTES, text("takes aspirin"))]).await;
    let (owner, desk) = (actor("Owner", None), actor("Reception", None));
    let page = clinic.page(&owner, &clinic.at("history")).await;
    for seen in ["takes warfarin", "takes aspirin", "new@example.org", "omar@example.org", "Berg", "Version 3"] {
        assert!(page.contains(seen), "{seen}");
    }
    let page = clinic.page(&desk, &clinic.at("history")).await;
    assert!(page.contains("new@example.org") && page.contains("omar@example.org"));
    for hidden in ["takes", "penicillin", "Notes", "Version 2", "Berg"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    // Field by field; a field that is hidden is one that does not exist.
    let page = clinic.page(&owner, &clinic.at("history?field=email")).await;
    assert!(page.contains("new@example.org") && !page.contains("takes warfarin"));
    for question in ["history?field=notes", "history?field=shoe_size", "history?older=x", "history?x=1"] {
        assert_eq!(refused(clinic.get(&desk, &clinic.at(question)).await), StatusCode::BAD_REQUEST, "{question}");
    }
}

#[tokio::test]
async fn what_happened_while_the_row_was_somebody_else_s_stays_theirs() {
    let clinic = Clinic::new().await;
    let (first, second) = clinic.doctors;
    clinic.change(vec![(patient::NOTES, text("told to the first doctor"))]).await;
    let handed_over = clinic.change(vec![(patient::DOCTOR, Value::Int(second))]).await;
    let newest = clinic.change(vec![(patient::NOTES, text("told to the second doctor"))]).await;
    let mine = actor("Clinician", Some(second));
    let page = clinic.page(&mine, &clinic.at("history")).await;
    assert!(page.contains("told to the second doctor"));
    assert!(!page.contains("penicillin") && page.matches("told to the first doctor").count() == 1, "{page}");
    // Only as what the second doctor found; nothing of the time before comes back.
    for entry in 1..handed_over {
        assert_eq!(refused(clinic.get(&mine, &clinic.at(&format!("restore/{entry}"))).await), 404, "{entry}");
    }
    assert!(clinic.get(&mine, &clinic.at(&format!("restore/{newest}"))).await.is_ok());
    // And to whom the row is no more, it is not there.
    let was = actor("Clinician", Some(first));
    assert_eq!(refused(clinic.get(&was, &clinic.at("history")).await), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_earlier_version_comes_back_as_an_edit() {
    let clinic = Clinic::new().await;
    let first = clinic.change(vec![(patient::NAME, text("Omar H")), (patient::EMAIL, text("one@example.org"))]).await;
    clinic
        .change(vec![
            (patient::NAME, text("Omar Haddad-Berg")),
            (patient::EMAIL, text("two@example.org")),
            (patient::SECOND, Value::Int(clinic.doctors.1)),
        ])
        .await;
    let owner = actor("Owner", None);
    let restore = clinic.at(&format!("restore/{first}"));
    assert!(clinic.page(&owner, &clinic.at("history")).await.contains(&restore));
    let page = clinic.page(&owner, &restore).await;
    for part in ["Omar H<", "Omar Haddad-Berg", "one@example.org", "two@example.org", "Adams", "empty"] {
        assert!(page.contains(part), "{part}");
    }
    let before = clinic.row().await;
    // A form with more than the version is no form of this page.
    let strange = clinic.post(&owner, &restore, &format!("bw.version={}&name=Mallory", before.version)).await;
    assert_eq!(refused(strange), StatusCode::UNPROCESSABLE_ENTITY);
    let late = clinic.post(&owner, &restore, &format!("bw.version={}", before.version - 1)).await.expect("a page");
    assert!(late.status == StatusCode::CONFLICT && html(&late).contains("Somebody else saved meanwhile"));
    assert!(clinic.row().await == before && clinic.events(EventId::RowRestored).await == 0);

    let done = clinic.post(&owner, &restore, &format!("bw.version={}", before.version)).await;
    assert_eq!(refused(done), StatusCode::SEE_OTHER);
    let row = clinic.row().await;
    assert!(
        row.get(patient::NAME) == Some(&text("Omar H")) && row.get(patient::EMAIL) == Some(&text("one@example.org"))
    );
    assert!(row.get(patient::SECOND) == Some(&Value::Null) && row.version == before.version + 1);
    assert_eq!((clinic.events(EventId::RowRestored).await, clinic.events(EventId::RowUpdated).await), (1, 3));
    assert!(clinic.page(&owner, &clinic.at("history")).await.contains("restored"));
}

#[tokio::test]
async fn a_restore_writes_what_its_role_may_edit_and_names_the_rest() {
    static READER: Role = Role { cells: &[Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0)], ..CLINIC.roles[2] };
    let clinic = Clinic::new().await;
    let first = clinic.change(vec![(patient::NAME, text("Omar H")), (patient::EMAIL, text("one@example.org"))]).await;
    let later = vec![
        (patient::NAME, text("Omar Haddad-Berg")),
        (patient::EMAIL, text("two@example.org")),
        (patient::NOTES, text("takes warfarin")),
    ];
    clinic.change(later).await;
    let desk = actor("Reception", None);
    let restore = clinic.at(&format!("restore/{first}"));
    let page = clinic.page(&desk, &restore).await;
    assert!(page.contains("one@example.org") && page.contains("Name: your role may not edit it"));
    assert!(!page.contains("Notes") && !page.contains("warfarin"));
    let version = clinic.row().await.version;
    assert_eq!(refused(clinic.post(&desk, &restore, &format!("bw.version={version}")).await), StatusCode::SEE_OTHER);
    let row = clinic.row().await;
    assert!(row.get(patient::EMAIL) == Some(&text("one@example.org")));
    assert!(row.get(patient::NAME) == Some(&text("Omar Haddad-Berg")));
    assert!(row.get(patient::NOTES) == Some(&text("takes warfarin")));
    // Who may only look sees the history and no way to write.
    let reader = Actor { role: &READER, ..actor("Reception", None) };
    assert!(!clinic.page(&reader, &clinic.at("history")).await.contains("/restore/"));
    assert_eq!(refused(clinic.get(&reader, &restore).await), StatusCode::FORBIDDEN);
    assert_eq!(refused(clinic.post(&reader, &restore, "bw.version=4").await), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_no_longer_fits_does_not_come_back() {
    let clinic = Clinic::new().await;
    let owner = actor("Owner", None);
    let first = clinic.change(vec![(patient::NAME, text("Omar H"))]).await;
    clinic.change(vec![(patient::EMAIL, text("two@example.org"))]).await;
    let mut other = new_patient("Ida Kim", clinic.doctors.0);
    other.push((patient::EMAIL, text("omar@example.org")));
    add_patient(&clinic.app.store, other).await;
    let version = clinic.row().await.version;
    let restore = clinic.at(&format!("restore/{first}"));
    let answer = clinic.post(&owner, &restore, &format!("bw.version={version}")).await.expect("a page");
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html(&answer).contains("class=\"error\""), "at the field: the address is taken by now");
    assert_eq!(clinic.row().await.version, version);
    match clinic.get(&owner, &clinic.at("restore/99999")).await {
        Err(Error::NotFound) => {}
        other => panic!("{:?}", other.map(|answer| answer.status)),
    }
}

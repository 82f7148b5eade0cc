//! Visits in the form of their patient: added, changed and removed with it, each within its own right, or nothing at
//! all.

use http::StatusCode;

use super::{Clinic, html, refused};
use crate::audit::EventId;
use crate::authorize::Actor;
use crate::panel::{Cell, FieldSet, Inline, Model, Panel, Role, Verb};
use crate::store::{GetQuery, Parents, Updated};
use crate::testing::{
    CLINIC, DOCTORS, INVOICES, PATIENT, PATIENTS, SAMPLES, VISIT, VISITS, actor, add_patient, context, minutes,
    new_patient, patient, seed, terms, text, visit,
};
use crate::value::{Row, Value};

static PANEL: Panel = Panel {
    models: &[
        DOCTORS,
        Model { inlines: &[Inline { model: VISIT, key: 0, fields: &[1, 2], in_form: true }], ..PATIENTS },
        VISITS,
        INVOICES,
        SAMPLES,
    ],
    ..CLINIC
};

/// May edit patients and only these of the rights over visits.
const fn role(cells: &'static [Cell]) -> Role {
    Role { cells, ..CLINIC.roles[2] }
}

const EDIT: Cell = Cell::new(Verb::Edit, PATIENT, FieldSet::ALL, 0);
const SEE: Cell = Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0);
const SEE_VISITS: Cell = Cell::new(Verb::View, VISIT, FieldSet::ALL, 0);

static LOOKS: Role = role(&[SEE, EDIT, SEE_VISITS]);
static ADDS: Role = role(&[SEE, EDIT, SEE_VISITS, Cell::new(Verb::Create, VISIT, FieldSet::ALL, 0)]);
static STATES: Role = role(&[SEE, EDIT, SEE_VISITS, Cell::new(Verb::Edit, VISIT, FieldSet(1 << visit::STATE), 0)]);
static BLIND: Role = role(&[SEE, EDIT, Cell::new(Verb::Edit, VISIT, FieldSet::ALL, 0)]);

fn who(role: &'static Role) -> Actor {
    Actor { role, ..actor("Reception", None) }
}

impl Clinic {
    async fn visit(&self, id: i64) -> Option<Row> {
        let view = terms(&actor("Owner", None), Verb::View, VISIT);
        let query = GetQuery { terms: &view, id: id.into(), columns: view.fields_somewhere(), labels: &[] };
        self.app.store.get(&query).await.expect("an answer").map(|found| found.row)
    }

    async fn visits(&self) -> String {
        self.app.store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM visits").await
    }

    fn edit(&self) -> String {
        format!("/patients/{}/edit", self.patient)
    }
}

#[tokio::test]
async fn rows_are_added_changed_and_removed_with_the_form_in_one_transaction() {
    let clinic = Clinic::of(&PANEL).await;
    let owner = actor("Owner", None);
    let more = vec![vec![(visit::PATIENT, Value::Int(clinic.patient)), (visit::AT, minutes(-60))]];
    let second = seed(&clinic.app.store, VISIT, more).await[0];
    let page = clinic.page(&owner, &clinic.edit()).await;
    for part in ["name=\"in.0.1.state\"", "name=\"in.0.1.bw.version\"", "name=\"in.0.2.bw.remove\"", "Add a visit"] {
        assert!(page.contains(part), "{part}");
    }
    let row = clinic.row().await;
    let form = format!(
        "bw.version={}&name=Omar+H&in.0.1.bw.version=1&in.0.1.state=Done&in.0.{second}.bw.version=1\
         &in.0.{second}.bw.remove=1&in.0.n0.at=2026-11-20T10:00&in.0.n0.state=Draft&in.0.n1.at=&in.0.n1.state=Draft",
        row.version
    );
    let (created, updated) = (clinic.events(EventId::RowCreated).await, clinic.events(EventId::RowUpdated).await);
    assert_eq!(refused(clinic.post(&owner, &clinic.edit(), &form).await), StatusCode::SEE_OTHER);
    assert!(clinic.row().await.get(patient::NAME) == Some(&text("Omar H")));
    assert!(clinic.visit(1).await.expect("the first").get(visit::STATE) == Some(&text("Done")));
    assert!(clinic.visit(second).await.is_none());
    let added = clinic.visit(second + 1).await.expect("the new one");
    assert!(added.get(visit::PATIENT) == Some(&Value::Int(clinic.patient)));
    assert_eq!(clinic.visits().await, "2", "a row that nobody touched is no row");
    assert_eq!(clinic.events(EventId::RowCreated).await, created + 1);
    assert_eq!(clinic.events(EventId::RowUpdated).await, updated + 2);
    assert_eq!(clinic.events(EventId::RowDeleted).await, 1);
    // Alone, a row of the inline leaves its parent as it is.
    let form = format!("bw.version={}&in.0.1.bw.version=2&in.0.1.state=Draft", row.version + 1);
    assert_eq!(refused(clinic.post(&owner, &clinic.edit(), &form).await), StatusCode::SEE_OTHER);
    assert_eq!(clinic.row().await.version, row.version + 1);
    // And of a parent that is made with them.
    let form =
        format!("name=Ida&born=1980-01-01&doctor={}&in.0.n0.at=2026-11-20T11:00&in.0.n0.state=Draft", clinic.doctors.0);
    assert_eq!(refused(clinic.post(&owner, "/patients/new", &form).await), StatusCode::SEE_OTHER);
    assert_eq!(clinic.visits().await, "3");
}

#[tokio::test]
async fn each_row_asks_for_the_right_over_its_own_model() {
    let clinic = Clinic::of(&PANEL).await;
    let version = clinic.row().await.version;
    let cases: [(&'static Role, &str, bool); 9] = [
        (&LOOKS, "in.0.1.bw.version=1&in.0.1.state=Done", false),
        (&LOOKS, "in.0.n0.at=2026-11-20T10:00", false),
        (&BLIND, "in.0.1.bw.version=1&in.0.1.state=Done", false),
        (&ADDS, "in.0.1.bw.version=1&in.0.1.state=Done", false),
        (&ADDS, "in.0.n0.patient=2&in.0.n0.at=2026-11-20T10:00", false),
        (&ADDS, "in.1.n0.at=2026-11-20T10:00", false),
        (&STATES, "in.0.1.bw.version=1&in.0.1.at=2026-11-20T10:00", false),
        (&STATES, "in.0.1.bw.version=1&in.0.1.state=Done", true),
        (&ADDS, "in.0.n0.at=2026-11-20T10:00&in.0.n0.state=Draft", true),
    ];
    let before = clinic.visit(1).await;
    for (role, form, saved) in cases {
        let refusals = clinic.events(EventId::FormRefused).await;
        let answer = clinic.post(&who(role), &clinic.edit(), &format!("bw.version={version}&{form}")).await;
        let status = refused(answer);
        if saved {
            assert_eq!(status, StatusCode::SEE_OTHER, "{form}");
        } else {
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            assert!(clinic.visit(1).await == before && clinic.visits().await == "1", "{form}");
            assert_eq!(clinic.events(EventId::FormRefused).await, refusals + 1, "{form}");
        }
    }
    // Removing without the right over visits.
    let form = format!("bw.version={version}&in.0.1.bw.version=2&in.0.1.bw.remove=1");
    assert_eq!(refused(clinic.post(&who(&STATES), &clinic.edit(), &form).await), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(clinic.visits().await, "2");
    // Nothing is offered either.
    assert!(!clinic.page(&who(&LOOKS), &clinic.edit()).await.contains("in.0."));
    assert!(!clinic.page(&who(&BLIND), &clinic.edit()).await.contains("in.0."));
    let page = clinic.page(&who(&STATES), &clinic.edit()).await;
    assert!(page.contains("in.0.1.state") && !page.contains("in.0.1.at") && !page.contains("bw.remove"));
}

#[tokio::test]
async fn a_row_of_another_parent_is_not_reached() {
    let clinic = Clinic::of(&PANEL).await;
    let owner = actor("Owner", None);
    let other = add_patient(&clinic.app.store, new_patient("Ida Kim", clinic.doctors.0)).await;
    let theirs =
        seed(&clinic.app.store, VISIT, vec![vec![(visit::PATIENT, Value::Int(other)), (visit::AT, minutes(-9))]]).await
            [0];
    let version = clinic.row().await.version;
    for change in ["state=Done", "bw.remove=1"] {
        let form = format!("bw.version={version}&name=Gone&in.0.{theirs}.bw.version=1&in.0.{theirs}.{change}");
        clinic.post(&owner, &clinic.edit(), &form).await.expect("an answer");
        let row = clinic.visit(theirs).await.expect("still there");
        assert!(row.version == 1 && row.get(visit::PATIENT) == Some(&Value::Int(other)), "{change}");
    }
}

#[tokio::test]
async fn a_late_row_stops_the_whole_save_and_shows_both_sides() {
    let clinic = Clinic::of(&PANEL).await;
    let owner = actor("Owner", None);
    let version = clinic.row().await.version;
    let mut write = clinic.app.store.write(context(&owner)).await.expect("a transaction");
    let edit = terms(&owner, Verb::Edit, VISIT);
    let change = vec![(visit::AT, minutes(-600))];
    let Updated::Changed(_, recorded) =
        write.update(&edit, 1.into(), None, change, Parents::AnyThatExists).await.expect("an update")
    else {
        panic!("it differs")
    };
    write.commit(recorded).await.expect("a commit");
    let form = format!(
        "bw.version={version}&name=Omar+H&was.name=Omar+Haddad&in.0.1.bw.version=1&in.0.1.state=Done&was.in.0.1.state=Draft\
         &in.0.1.at=2026-11-19T09:30&was.in.0.1.at=2026-11-21T11:59:59"
    );
    let answer = clinic.post(&owner, &clinic.edit(), &form).await.expect("a page");
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let page = html(&answer);
    for part in ["Omar H", "2026-11-19T09:30", "2026-11-21 02:00", "name=\"in.0.1.bw.version\" value=\"2\"", "Done"] {
        assert!(page.contains(part), "{part} is lost");
    }
    assert_eq!(clinic.row().await.version, version, "nothing of it is saved");
    assert_eq!(clinic.visit(1).await.expect("there").version, 2);
    // Removed meanwhile: what was typed is offered as a new one, and nothing is saved.
    let mut write = clinic.app.store.write(context(&owner)).await.expect("a transaction");
    let recorded = write.delete(&terms(&owner, Verb::Delete, VISIT), 1.into(), None).await.expect("a delete");
    write.commit(recorded).await.expect("a commit");
    let answer = clinic.post(&owner, &clinic.edit(), &form).await.expect("a page");
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let page = html(&answer);
    assert!(page.contains("was removed by somebody else meanwhile") && page.contains("name=\"in.0.n0.at\""), "{page}");
    assert!(page.contains("2026-11-19T09:30") && clinic.row().await.version == version);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_the_row_and_nothing_is_lost() {
    let clinic = Clinic::of(&PANEL).await;
    let owner = actor("Owner", None);
    let version = clinic.row().await.version;
    let form = |rows: &str| format!("bw.version={version}&name=Typed+Name&{rows}");
    let answer =
        clinic.post(&owner, &clinic.edit(), &form("in.0.n0.at=soon&in.0.n0.state=Done")).await.expect("a page");
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = html(&answer);
    for part in ["id=\"f-in-0-n0-at-error\"", "href=\"#f-in-0-n0-at\"", "value=\"soon\"", "Typed Name"] {
        assert!(page.contains(part), "{part}");
    }
    // What only the store can tell, too; the parent's own change is undone with it.
    let answer = clinic
        .post(&owner, &clinic.edit(), &form("in.0.n0.at=2999-01-01T10:00&in.0.n0.state=Done"))
        .await
        .expect("a page");
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = html(&answer);
    assert!(page.contains("a visit in the future is not done") && page.contains("href=\"#in-0-n0\""));
    assert!(page.contains("Typed Name") && page.contains("2999-01-01T10:00"));
    assert_eq!((clinic.row().await.version, clinic.visits().await.as_str()), (version, "1"));
    // One more row, without a script: nothing is saved, nothing typed is lost.
    let answer =
        clinic.post(&owner, &clinic.edit(), &form("in.0.n0.at=2026-11-20T10:00&in.0.n0.state=Draft&bw.more=0")).await;
    let answer = answer.expect("a page");
    let page = html(&answer);
    assert_eq!(answer.status, StatusCode::OK);
    assert!(page.contains("in.0.n1.at") && page.contains("2026-11-20T10:00") && page.contains("Typed Name"));
    assert_eq!((clinic.row().await.version, clinic.visits().await.as_str()), (version, "1"));
}

#[tokio::test]
async fn a_form_with_rows_asks_once_more_whatever_their_number() {
    let clinic = Clinic::of(&PANEL).await;
    let rows = (0..30).map(|n| vec![(visit::PATIENT, Value::Int(clinic.patient)), (visit::AT, minutes(-n))]);
    seed(&clinic.app.store, VISIT, rows.collect()).await;
    let owner = actor("Owner", None);
    let before = clinic.app.store.statements();
    let page = clinic.page(&owner, &clinic.edit()).await;
    assert_eq!(clinic.app.store.statements() - before, 3, "the row, its visits, all candidates");
    assert!(page.contains("The first 20 are shown"));
}

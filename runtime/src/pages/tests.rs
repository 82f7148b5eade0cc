//! Pages over a real database, asked for as a role: what shows, what is refused, what is saved, and in how many
//! statements.

use std::sync::Arc;

use http::{HeaderMap, Method, StatusCode};
use tempfile::TempDir;
use uuid::Uuid;

use super::answer;
use crate::action::{Actions, Call, Running};
use crate::app::App;
use crate::audit::{EntryQuery, EventId};
use crate::authorize::Actor;
use crate::clock::Clock;
use crate::config::{Overrides, Settings};
use crate::context::Cx;
use crate::error::Error;
use crate::fields::Fields;
use crate::limits::Limits;
use crate::panel::{Panel, Verb};
use crate::response::Response;
use crate::route::{Page, Route};
use crate::store::{GetQuery, Parents, Updated};
use crate::testing::{
    PANEL, PATIENT, VISIT, actor, add_patient, context, date, minutes, new_patient, now, patient, seed, store_of,
    terms, text, two_doctors, visit,
};
use crate::value::{Row, Value};

mod audit;
mod form_rows;
mod history;
mod inlines;
mod linked_inlines;
mod links;
mod lists;
mod pickers;
mod refusals;

const SECRET: &str = "allergic to penicillin";

struct NoActions;

impl Actions for NoActions {
    fn run<'a>(&self, call: Call<'a>) -> Running<'a> {
        call.unknown()
    }
}

/// A clinic with two doctors, a patient of the first with notes, and a visit.
struct Clinic {
    app: Arc<App>,
    doctors: (i64, i64),
    patient: i64,
    _directory: TempDir,
}

impl Clinic {
    async fn new() -> Self {
        Self::of(&PANEL).await
    }

    async fn of(panel: &'static Panel) -> Self {
        let (directory, store) = store_of(panel).await;
        let doctors = two_doctors(&store).await;
        let mut values = new_patient("Omar Haddad", doctors.0);
        values.push((patient::NOTES, text(SECRET)));
        values.push((patient::EMAIL, text("omar@example.org")));
        let patient = add_patient(&store, values).await;
        let at = Value::Timestamp(now() + chrono::Duration::microseconds(-123_456));
        seed(&store, VISIT, vec![vec![(visit::PATIENT, Value::Int(patient)), (visit::AT, at)]]).await;
        let overrides = Overrides {
            listen: None,
            database: Some("sqlite:none".to_owned()),
            public_url: Some("http://127.0.0.1:8000".to_owned()),
            mail: None,
        };
        let settings = Settings::read(panel, &|_| None, &overrides).expect("settings");
        let clock = Clock::new(now);
        let app = Arc::new(App::new(panel, &NoActions, settings, clock, Limits::default(), store));
        Self { app, doctors, patient, _directory: directory }
    }

    async fn ask(&self, who: &Actor, method: Method, target: &str, form: &str) -> Result<Response, Error> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let cx = Cx {
            app: &self.app,
            actor: who.clone(),
            route: Route::parse(self.app.panel, path).expect("a page"),
            method: &method,
            target,
            query: Fields::parse(query.as_bytes()),
            posted: Fields::parse(form.as_bytes()),
            upload: std::sync::Mutex::new(None),
            headers: &HeaderMap::new(),
            address: String::new(),
            now: now(),
            request_id: Uuid::nil(),
            turn: crate::turn::Turn::default(),
            csrf: "token".to_owned(),
        };
        match cx.route {
            Route::Model(model, Page::Act(id, action)) => super::act::run(&cx, model, id, action).await,
            _ => answer(&cx).await,
        }
    }

    async fn get(&self, who: &Actor, target: &str) -> Result<Response, Error> {
        self.ask(who, Method::GET, target, "").await
    }

    async fn page(&self, who: &Actor, target: &str) -> String {
        html(&self.get(who, target).await.unwrap_or_else(|error| panic!("{target}: {error}")))
    }

    async fn post(&self, who: &Actor, target: &str, form: &str) -> Result<Response, Error> {
        self.ask(who, Method::POST, target, form).await
    }

    async fn row(&self) -> Row {
        let view = terms(&actor("Owner", None), Verb::View, PATIENT);
        let query = GetQuery { terms: &view, id: self.patient.into(), columns: view.fields_somewhere(), labels: &[] };
        self.app.store.get(&query).await.expect("an answer").expect("the patient").row
    }

    async fn events(&self, event: EventId) -> usize {
        let query = EntryQuery { event: Some(event), size: 50, ..EntryQuery::default() };
        self.app.store.entries(&query).await.expect("the log").entries.len()
    }
}

fn html(answer: &Response) -> String {
    String::from_utf8(answer.body.whole().expect("a whole page").to_vec()).expect("UTF-8")
}

fn refused(answer: Result<Response, Error>) -> StatusCode {
    match answer {
        Ok(answer) => answer.status,
        Err(error) => error.status(),
    }
}

#[tokio::test]
async fn what_a_role_may_not_see_is_on_no_page_of_it() {
    let clinic = Clinic::new().await;
    let (owner, desk) = (actor("Owner", None), actor("Reception", None));
    let id = clinic.patient;
    // The control: whoever may see the notes does.
    assert!(clinic.page(&owner, &format!("/patients/{id}")).await.contains(SECRET));
    assert!(clinic.page(&owner, &format!("/patients/{id}/edit")).await.contains(SECRET));
    for page in [
        "/".to_owned(),
        "/patients".to_owned(),
        "/patients?q=penicillin".to_owned(),
        format!("/patients/{id}"),
        format!("/patients/{id}/edit"),
        "/patients/new".to_owned(),
    ] {
        let html = clinic.page(&desk, &page).await;
        assert!(!html.contains(SECRET) && !html.contains(">Notes<"), "{page}");
    }
    // Doctors are not the desk's to see: neither names nor numbers of them show.
    let html = clinic.page(&desk, "/patients").await;
    assert!(html.contains("not visible to you") && !html.contains("Berg"), "a label of a hidden model");
    for question in ["/patients?f.notes=x", "/patients?sort=notes", "/patients?f.pin=x", "/patients?sort=-pin"] {
        assert_eq!(refused(clinic.get(&desk, question).await), StatusCode::BAD_REQUEST, "{question}");
    }
}

#[tokio::test]
async fn outside_the_rows_there_is_nothing_and_without_the_right_there_is_a_no() {
    let clinic = Clinic::new().await;
    let id = clinic.patient;
    let (mine, other) = (actor("Clinician", Some(clinic.doctors.0)), actor("Clinician", Some(clinic.doctors.1)));
    assert!(clinic.page(&mine, "/patients").await.contains("Omar"));
    assert!(!clinic.page(&other, "/patients").await.contains("Omar"));
    for page in [format!("/patients/{id}"), format!("/patients/{id}/edit")] {
        assert!(clinic.get(&mine, &page).await.is_ok(), "{page}");
        assert_eq!(refused(clinic.get(&other, &page).await), StatusCode::NOT_FOUND, "{page}");
        let absent = page.replace(&id.to_string(), "4711");
        assert_eq!(refused(clinic.get(&other, &absent).await), StatusCode::NOT_FOUND, "{absent}");
    }
    assert_eq!(refused(clinic.post(&other, &format!("/patients/{id}/edit"), "bw.version=1&name=X").await), 404);
    for page in
        [format!("/patients/{id}/delete"), "/invoices".to_owned(), "/invoices/new".to_owned(), "/audit".to_owned()]
    {
        assert_eq!(refused(clinic.get(&mine, &page).await), StatusCode::FORBIDDEN, "{page}");
    }
    assert_eq!(refused(clinic.post(&mine, &format!("/patients/{id}/delete"), "bw.version=1").await), 403);
}

#[tokio::test]
async fn a_field_that_was_not_offered_refuses_the_form_and_is_recorded() {
    let clinic = Clinic::new().await;
    let desk = actor("Reception", None);
    let edit = format!("/patients/{}/edit", clinic.patient);
    let before = clinic.row().await;
    let forms = ["name=Mallory", "notes=gone", "pin=1", "created_at=2020-01-01", "id=9", "version=9", "was.notes=x"];
    for (place, form) in forms.iter().enumerate() {
        let form = format!("bw.version={}&email=new@example.org&{form}", before.version);
        let answer = clinic.post(&desk, &edit, &form).await;
        assert_eq!(refused(answer), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert_eq!(clinic.events(EventId::FormRefused).await, place + 1, "{form}");
    }
    assert!(clinic.row().await == before, "nothing of a refused form is saved");
    // The control: the same form without the strange field is saved.
    let form = format!("bw.version={}&email=new@example.org", before.version);
    assert_eq!(refused(clinic.post(&desk, &edit, &form).await), StatusCode::SEE_OTHER);
    assert!(clinic.row().await.get(patient::EMAIL) == Some(&text("new@example.org")));
}

#[tokio::test]
async fn a_late_save_is_not_saved_and_shows_both_sides() {
    let clinic = Clinic::new().await;
    let owner = actor("Owner", None);
    let seen = clinic.row().await;
    let mut write = clinic.app.store.write(context(&owner)).await.expect("a transaction");
    let edit = terms(&owner, Verb::Edit, PATIENT);
    let change = vec![(patient::EMAIL, text("theirs@example.org"))];
    let updated = write.update(&edit, seen.id, None, change, Parents::AnyThatExists).await.expect("an update");
    let Updated::Changed(_, recorded) = updated else { panic!("it differs") };
    write.commit(recorded).await.expect("a commit");

    let form = format!(
        "bw.version={}&email=mine@example.org&was.email=omar@example.org&name=Omar+H&was.name=Omar+Haddad",
        seen.version
    );
    let target = format!("/patients/{}/edit", seen.id);
    let answer = clinic.post(&owner, &target, &form).await.expect("a page");
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let page = html(&answer);
    for text in ["mine@example.org", "theirs@example.org", "omar@example.org", "Omar H"] {
        assert!(page.contains(text), "{text} is lost");
    }
    let asking = clinic.post(&owner, &target, &format!("{form}&bw.find=doctor")).await;
    assert_eq!(refused(asking), StatusCode::CONFLICT, "what is looked for meanwhile does not hide it");
    let row = clinic.row().await;
    assert!(row.get(patient::EMAIL) == Some(&text("theirs@example.org")) && row.version == seen.version + 1);
    // Said again with the newer version, it is saved.
    let form = form.replace(&format!("bw.version={}", seen.version), &format!("bw.version={}", row.version));
    assert_eq!(refused(clinic.post(&owner, &target, &form).await), StatusCode::SEE_OTHER);
    assert!(clinic.row().await.get(patient::EMAIL) == Some(&text("mine@example.org")));
}

#[tokio::test]
async fn what_nobody_touched_stays_as_it_was() {
    let clinic = Clinic::new().await;
    let owner = actor("Owner", None);
    // The visit's moment has microseconds, which a browser's control drops.
    let view = terms(&owner, Verb::View, VISIT);
    let get = || async {
        let query = GetQuery { terms: &view, id: 1.into(), columns: view.fields_somewhere(), labels: &[] };
        clinic.app.store.get(&query).await.expect("an answer").expect("the visit").row
    };
    let before = get().await;
    let form =
        format!("bw.version={}&patient={}&at=2026-11-21T11:59:59.876&state=Draft", before.version, clinic.patient);
    assert_eq!(refused(clinic.post(&owner, "/visits/1/edit", &form).await), StatusCode::SEE_OTHER);
    assert!(get().await == before, "not even the version moves");
    let form = format!("bw.version={}&state=Done", before.version);
    assert_eq!(refused(clinic.post(&owner, "/visits/1/edit", &form).await), StatusCode::SEE_OTHER);
    assert!(get().await.get(visit::AT) == before.get(visit::AT));
}

#[tokio::test]
async fn text_that_does_not_fit_comes_back_with_the_error_at_its_field() {
    let clinic = Clinic::new().await;
    let owner = actor("Owner", None);
    let form = format!("name=Ida&email=nope&born=2999-01-01&doctor={}&notes=kept", clinic.doctors.0);
    let answer = clinic.post(&owner, "/patients/new", &form).await.expect("a page");
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = html(&answer);
    for part in [
        "value=\"nope\"",
        "value=\"2999-01-01\"",
        "kept",
        "id=\"f-email-error\"",
        "id=\"f-born-error\"",
        "href=\"#f-email\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // A check of the whole row is said on top.
    let form = format!("patient={}&at=2999-01-01T10:00&state=Done", clinic.patient);
    let answer = clinic.post(&owner, "/visits/new", &form).await.expect("a page");
    assert!(
        answer.status == StatusCode::UNPROCESSABLE_ENTITY
            && html(&answer).contains("a visit in the future is not done")
    );
}

#[tokio::test]
async fn pages_keep_to_their_number_of_statements() {
    let clinic = Clinic::new().await;
    let owner = actor("Owner", None);
    let rows = (0..120).map(|n| {
        let mut values = new_patient(&format!("Patient {n}"), clinic.doctors.0);
        values.push((patient::CREATED_AT, minutes(n)));
        values.push((patient::BORN, date("1980-02-03")));
        values.dedup_by_key(|(field, _)| *field);
        values
    });
    seed(&clinic.app.store, PATIENT, rows.collect()).await;
    // The session's own statement comes on top of each.
    for (page, most) in [
        ("/patients".to_owned(), 2),
        (format!("/patients?f.doctor={}&q=Pat&sort=name", clinic.doctors.0), 2),
        (format!("/patients/{}", clinic.patient), 2),
        (format!("/patients/{}/edit", clinic.patient), 2),
        ("/patients/new".to_owned(), 1),
    ] {
        let before = clinic.app.store.statements();
        clinic.page(&owner, &page).await;
        let statements = clinic.app.store.statements() - before;
        assert!(statements <= most, "{page}: {statements} statements");
    }
}

#[tokio::test]
async fn a_secret_goes_in_and_never_comes_out() {
    let clinic = Clinic::new().await;
    let owner = actor("Owner", None);
    let target = format!("/patients/{}/edit", clinic.patient);
    let version = clinic.row().await.version;
    let answer = clinic.post(&owner, &target, &format!("bw.version={version}&pin=open+sesame&born=nope")).await;
    assert!(!html(&answer.expect("the form again")).contains("sesame"), "not back to the browser either");
    let form = format!("bw.version={version}&pin=open+sesame");
    assert_eq!(refused(clinic.post(&owner, &target, &form).await), StatusCode::SEE_OTHER);
    let row = clinic.row().await;
    assert_eq!(row.version, version + 1);
    for page in [format!("/patients/{}", clinic.patient), target.clone()] {
        let html = clinic.page(&owner, &page).await;
        assert!(!html.contains("sesame") && !html.contains("$argon2"), "{page}");
    }
    // Left empty, it stays.
    assert_eq!(refused(clinic.post(&owner, &target, &format!("bw.version={}&pin=", row.version)).await), 303);
    assert_eq!(clinic.row().await.version, row.version);
}

#[tokio::test]
async fn the_policy_page_shows_one_s_own_role_and_the_whole_to_those_who_rule() {
    static RULER: crate::panel::Role = crate::panel::Role {
        index: 0,
        name: "Owner",
        title: "Owner",
        doc: "",
        under: &[],
        beside: &[],
        cells: &[],
        framework: &[],
        people: &[crate::panel::PeopleCell {
            verb: crate::panel::PeopleVerb::Lock,
            target: 2,
            lendable: false,
            grant: 0,
        }],
        grants: &[],
        factor_required: false,
        keep: 0,
    };
    let clinic = Clinic::new().await;
    let page = clinic.page(&actor("Reception", None), "/policy").await;
    assert!(page.contains("Reception") && !page.contains("Clinician") && !page.contains("Accepted exceptions"));
    let ruler = Actor { role: &RULER, ..actor("Owner", None) };
    let page = clinic.page(&ruler, "/policy").await;
    assert!(page.contains("Reception") && page.contains("Clinician") && page.contains("Accepted exceptions"));
}

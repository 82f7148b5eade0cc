//! `forbid one_person` on a row in hand. Each test fails when the look at the row's history is taken out.

use http::StatusCode;

use super::browser::{Browser, House};
use crate::Limits;
use crate::action::{Actions, Call, Done, Running};
use crate::audit::EntryQuery;
use crate::panel::{Accept, Apart, Cell, FieldSet, Panel, Role, Verb};
use crate::testing::{CLINIC, INVOICE, PATIENT, add_patient, new_patient};
use crate::value::Value;

struct Approving;

impl Actions for Approving {
    fn run<'a>(&self, _: Call<'a>) -> Running<'a> {
        Box::pin(async { Ok(Done { message: "Approved.".to_owned() }) })
    }
}

const CLERK: Role = Role {
    index: 0,
    name: "Clerk",
    title: "Clerk",
    cells: &[
        Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0),
        Cell::new(Verb::View, INVOICE, FieldSet::ALL, 0),
        Cell::new(Verb::Create, INVOICE, FieldSet::ALL, 0),
        Cell::new(Verb::Edit, INVOICE, FieldSet::ALL, 0),
        Cell::new(Verb::Act(0), INVOICE, FieldSet::ALL, 0),
    ],
    framework: &[],
    people: &[],
    keep: 0,
    ..CLINIC.roles[2]
};

const APART: Apart = Apart {
    text: "forbid one_person create Invoice, edit Invoice, approve Invoice",
    steps: &[(Verb::Create, INVOICE), (Verb::Edit, INVOICE), (Verb::Act(0), INVOICE)],
};

static PANEL: Panel = Panel { roles: &[CLERK], one_person: &[APART], ..CLINIC };

static EXCEPTED: Panel = Panel {
    roles: &[CLERK],
    one_person: &[APART],
    accepts: &[Accept { rule: "one_person", reason: "a small practice", until: Some("2026-11-22"), owner: "Clerk" }],
    ..CLINIC
};

struct Scene {
    house: House,
    patient: i64,
}

impl Scene {
    async fn of(panel: &'static Panel) -> Self {
        let limits = Limits { hash_queue: 1_000, ..Limits::default() };
        let house = House::of(panel, &Approving, "http://127.0.0.1:8000", limits).await;
        for name in ["anna", "omar", "zoe"] {
            house.person(&format!("{name}@clinic.example"), "Clerk").await;
        }
        let store = &house.app().store;
        let doctor = crate::testing::two_doctors(store).await.0;
        let patient = add_patient(store, new_patient("Berg", doctor)).await;
        Self { house, patient }
    }

    async fn browser(&self, name: &str) -> Browser {
        self.house.signed_in(&format!("{name}@clinic.example")).await
    }

    async fn creates(&self, by: &mut Browser) -> i64 {
        let patient = self.patient.to_string();
        by.get("/invoices/new").await;
        let made = by.post("/invoices/new", &[("patient", &*patient), ("amount", "10")]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        made.location().split(['/', '?']).find_map(|part| part.parse().ok()).expect("the row's number")
    }

    async fn events(&self, of: &str) -> usize {
        let query = EntryQuery { size: 200, ..EntryQuery::default() };
        let entries = self.house.app().store.entries(&query).await.unwrap().entries;
        entries.iter().filter(|entry| entry.event == of).count()
    }
}

async fn approves(by: &mut Browser, id: i64) -> (StatusCode, String) {
    let answer = by.post(&format!("/invoices/{id}/do/approve"), &[]).await;
    (answer.status, answer.text)
}

async fn edits(by: &mut Browser, id: i64, amount: &str) -> (StatusCode, String) {
    let path = format!("/invoices/{id}/edit");
    let page = by.get(&path).await.text;
    let version = page.split("name=\"bw.version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answer = by.post(&path, &[("bw.version", &version), ("amount", amount)]).await;
    (answer.status, answer.text)
}

#[tokio::test]
async fn one_person_takes_one_of_the_steps_on_a_row() {
    let scene = Scene::of(&PANEL).await;
    let (mut anna, mut omar, mut zoe) =
        (scene.browser("anna").await, scene.browser("omar").await, scene.browser("zoe").await);
    let id = scene.creates(&mut anna).await;
    let (status, text) = approves(&mut anna, id).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(text.contains("You created this invoice, so somebody else has to approve it"), "{text}");
    assert_eq!(edits(&mut anna, id, "11").await.0, StatusCode::FORBIDDEN);
    assert_eq!(scene.events("right.refused").await, 2);
    assert_eq!(edits(&mut omar, id, "12").await.0, StatusCode::SEE_OTHER);
    let (status, text) = approves(&mut omar, id).await;
    assert!(status == StatusCode::FORBIDDEN && text.contains("You changed this invoice"), "{text}");
    assert_eq!(approves(&mut zoe, id).await.0, StatusCode::SEE_OTHER);
    assert_eq!(approves(&mut zoe, id).await.0, StatusCode::SEE_OTHER, "the same step again");
    assert_eq!(edits(&mut zoe, id, "13").await.0, StatusCode::FORBIDDEN, "the other way round");
    assert_eq!(edits(&mut omar, id, "14").await.0, StatusCode::SEE_OTHER, "the same step again");
    // Another row is another thing.
    let other = scene.creates(&mut zoe).await;
    assert_eq!(approves(&mut anna, other).await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_author_of_a_row_that_came_in_bulk_created_it() {
    let scene = Scene::of(&PANEL).await;
    let mut anna = scene.browser("anna").await;
    let me = scene.house.app().store.person_by_email("anna@clinic.example").await.unwrap().unwrap().id;
    let model = &CLINIC.models[INVOICE];
    let field = |name: &str| model.field_by_name(name).unwrap().index;
    let values = vec![
        (field("patient"), Value::Int(scene.patient)),
        (field("amount"), Value::Decimal("10".parse().unwrap())),
        (field("author"), Value::Int(me)),
    ];
    let ids = crate::testing::seed(&scene.house.app().store, INVOICE, vec![values.clone()]).await;
    assert_eq!(approves(&mut anna, ids[0]).await.0, StatusCode::FORBIDDEN);
    let mut omar = scene.browser("omar").await;
    assert_eq!(approves(&mut omar, ids[0]).await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_accepted_exception_lets_it_through_until_its_day_and_is_recorded() {
    let scene = Scene::of(&EXCEPTED).await;
    let mut anna = scene.browser("anna").await;
    let id = scene.creates(&mut anna).await;
    assert_eq!(approves(&mut anna, id).await.0, StatusCode::SEE_OTHER);
    assert_eq!(scene.events("rule.excepted").await, 1);
    // From 2026-11-21 12:00 to the first second of the 23rd.
    scene.house.advance(36 * 3_600);
    let mut anna = scene.browser("anna").await;
    assert_eq!(approves(&mut anna, id).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_retention_removed_from_the_log_still_keeps_them_apart() {
    let scene = Scene::of(&PANEL).await;
    let mut anna = scene.browser("anna").await;
    let mut omar = scene.browser("omar").await;
    let id = scene.creates(&mut anna).await;
    assert_eq!(edits(&mut omar, id, "12").await.0, StatusCode::SEE_OTHER);
    let other = scene.creates(&mut omar).await;
    assert_eq!(approves(&mut anna, other).await.0, StatusCode::SEE_OTHER);
    // Nobody's name stands in the row itself any more.
    scene.house.sql("UPDATE invoices SET author = NULL").await;
    scene.house.advance(200 * 86_400);
    let now = scene.house.app().clock.now();
    let context = crate::audit::Context::of_nobody(crate::testing::nowhere(), now);
    let mut write = scene.house.app().store.write(context).await.unwrap();
    let (removed, recorded) = write.prune_audit(now - chrono::Duration::days(100)).await.unwrap().unwrap();
    write.commit(recorded).await.unwrap();
    assert!(removed > 5);
    let (mut anna, mut omar, mut zoe) =
        (scene.browser("anna").await, scene.browser("omar").await, scene.browser("zoe").await);
    assert_eq!(approves(&mut anna, id).await.0, StatusCode::FORBIDDEN);
    assert_eq!(approves(&mut omar, id).await.0, StatusCode::FORBIDDEN);
    assert_eq!(edits(&mut anna, other, "15").await.0, StatusCode::FORBIDDEN, "an action is kept by its name");
    assert_eq!(approves(&mut zoe, id).await.0, StatusCode::SEE_OTHER, "the control");
}

#[tokio::test]
async fn an_action_waits_for_whoever_changes_its_row() {
    let scene = Scene::of(&PANEL).await;
    let mut anna = scene.browser("anna").await;
    let mut zoe = scene.browser("zoe").await;
    let id = scene.creates(&mut anna).await;
    let store = &scene.house.app().store;
    let mut write = store.write(crate::testing::command_line()).await.unwrap();
    write.hold(&CLINIC.models[INVOICE], id.into()).await.unwrap();
    let mut action = Box::pin(approves(&mut zoe, id));
    // What it read now could be another row by the time that it is done.
    let early = tokio::time::timeout(std::time::Duration::from_millis(300), &mut action).await;
    assert!(early.is_err(), "{early:?}");
    write.roll_back().await.unwrap();
    assert_eq!(action.await.0, StatusCode::SEE_OTHER);
}

//! Loans: what counts, for whom, how long, and who may lend. Each test fails when its defence is taken out.

mod command_line;
mod judged;

use http::StatusCode;

use super::browser::{Browser, House, NoActions};
use crate::audit::EntryQuery;
use crate::panel::{
    Cell, Clause, FieldSet, Framework, FrameworkCell, Panel, PeopleCell, PeopleVerb, Reauth, Role, Verb,
};
use crate::predicate::{Op, Operand, Predicate};
use crate::testing::{CLINIC, DOCTOR, PATIENT, add_patient, new_patient, patient};
use crate::value::Literal;
use crate::{Limits, loan};

const fn over(verb: PeopleVerb, target: usize) -> PeopleCell {
    PeopleCell { verb, target, lendable: false, grant: 0 }
}

const BERG: Predicate = Predicate::Compare {
    left: Operand::Field(patient::NAME),
    op: Op::Eq,
    right: Operand::Literal(Literal::Text("Berg")),
};
const ALL_PATIENTS: Cell = Cell::new(Verb::View, PATIENT, FieldSet::ALL, 0);
const EDIT: Cell = Cell::new(Verb::Edit, PATIENT, FieldSet::ALL, 0);
const EMAIL_OF_BERG: Cell =
    Cell { when: Some(BERG), lendable: true, ..Cell::new(Verb::Edit, PATIENT, FieldSet(1 << patient::EMAIL), 0) };

const BARE: Role = Role { cells: &[], framework: &[], people: &[], keep: 0, ..CLINIC.roles[2] };

static PANEL: Panel = Panel {
    roles: &[
        Role {
            index: 0,
            name: "Owner",
            title: "Owner",
            cells: &[ALL_PATIENTS, EDIT, Cell::new(Verb::View, DOCTOR, FieldSet::ALL, 0)],
            framework: &[FrameworkCell { verb: Verb::View, subject: Framework::Audit, grant: 0 }],
            people: &[over(PeopleVerb::Assign, 1), over(PeopleVerb::Assign, 2), over(PeopleVerb::Reset, 2)],
            ..BARE
        },
        Role {
            index: 1,
            name: "Clinician",
            title: "Clinician",
            cells: &[ALL_PATIENTS, EMAIL_OF_BERG],
            people: &[PeopleCell { lendable: true, grant: 1, ..over(PeopleVerb::Reset, 2) }],
            grants: &[
                Clause { text: "may edit Patient { email } when name == \"Berg\"", line: 0 },
                Clause { text: "may reset Reception", line: 0 },
            ],
            ..BARE
        },
        Role { index: 2, name: "Reception", title: "Reception", cells: &[ALL_PATIENTS], ..BARE },
        // Over clinicians, but without what they may be lent.
        Role {
            index: 3,
            name: "Manager",
            title: "Manager",
            cells: &[
                ALL_PATIENTS,
                Cell::new(Verb::Edit, PATIENT, FieldSet(1 << patient::NAME), 0),
                Cell { when: Some(MINE), ..EDIT },
            ],
            people: &[over(PeopleVerb::Assign, 1)],
            ..BARE
        },
    ],
    ..CLINIC
};

const MINE: Predicate = Predicate::Compare { left: Operand::Field(patient::NAME), op: Op::Eq, right: Operand::Me };

static WALLED: Panel = Panel { reauth: &[Reauth::People(PeopleVerb::Assign)], roles: PANEL_ROLES, ..CLINIC };
const PANEL_ROLES: &[Role] = &[
    Role {
        index: 0,
        name: "Owner",
        title: "Owner",
        cells: &[ALL_PATIENTS, EDIT],
        people: &[over(PeopleVerb::Assign, 1)],
        ..BARE
    },
    Role { index: 1, name: "Clinician", title: "Clinician", cells: &[ALL_PATIENTS, EMAIL_OF_BERG], ..BARE },
];

const RIGHT: &str = "edit Patient Clinician";

struct Scene {
    house: House,
    owner: Browser,
    desk: i64,
    theirs: Browser,
    berg: i64,
    adams: i64,
}

async fn house_of(panel: &'static Panel) -> House {
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    House::of(panel, &NoActions, "http://127.0.0.1:8000", limits).await
}

fn address(name: &str) -> String {
    format!("{name}@clinic.example")
}

async fn scene() -> Scene {
    let house = house_of(&PANEL).await;
    house.person(&address("owner"), "Owner").await;
    let desk = house.person(&address("desk"), "Clinician").await;
    let store = &house.app().store;
    let doctor = crate::testing::two_doctors(store).await.0;
    let berg = add_patient(store, new_patient("Berg", doctor)).await;
    let adams = add_patient(store, new_patient("Adams", doctor)).await;
    let owner = house.signed_in(&address("owner")).await;
    let theirs = house.signed_in(&address("desk")).await;
    Scene { house, owner, desk, theirs, berg, adams }
}

fn form<'a>(until: &'a str, why: &'a str) -> [(&'a str, &'a str); 3] {
    [("right", RIGHT), ("until", until), ("why", why)]
}

impl Scene {
    async fn lend(&mut self) -> crate::tests::browser::Answer {
        self.owner.post(&format!("/people/{}/lend", self.desk), &form("2026-11-22", "anna is away")).await
    }

    /// Opens the form and saves another address.
    async fn edits(&mut self, id: i64) -> StatusCode {
        let path = format!("/patients/{id}/edit");
        let page = self.theirs.get(&path).await;
        if page.status != StatusCode::OK {
            return page.status;
        }
        let version = page.text.split("name=\"bw.version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let fields = [("bw.version", version), ("email", &*format!("v{version}@example.org"))];
        self.theirs.post(&path, &fields).await.status
    }

    async fn events(&self) -> Vec<String> {
        let query = EntryQuery { size: 200, ..EntryQuery::default() };
        let entries = self.house.app().store.entries(&query).await.unwrap().entries;
        entries.into_iter().map(|entry| entry.event).filter(|event| event.starts_with("gr")).collect()
    }
}

#[tokio::test]
async fn a_loan_gives_the_declared_cell_from_the_next_request_until_its_time_is_over() {
    let mut scene = scene().await;
    let (berg, adams) = (scene.berg, scene.adams);
    assert_eq!(scene.edits(berg).await, StatusCode::FORBIDDEN, "declared, and not lent");
    let lent = scene.lend().await;
    assert_eq!(lent.status, StatusCode::SEE_OTHER, "{}", lent.text);
    assert_eq!(scene.edits(berg).await, StatusCode::SEE_OTHER);
    assert_eq!(scene.edits(adams).await, StatusCode::FORBIDDEN, "a row outside of the loan");
    let form = scene.theirs.get(&format!("/patients/{berg}/edit")).await.text;
    assert!(form.contains("name=\"email\"") && !form.contains("name=\"name\""), "a field outside of the loan");
    let strange = [("bw.version", "2"), ("email", "a@example.org"), ("name", "Bergson")];
    let answer = scene.theirs.post(&format!("/patients/{berg}/edit"), &strange).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let policy = scene.theirs.get("/policy").await.text;
    assert!(policy.contains("Lent to you") && policy.contains("anna is away"));
    // The moment itself is no longer within: 2026-11-21 12:00 and 36 hours.
    scene.house.advance(36 * 3_600 - 1);
    let again = scene.house.signed_in(&address("desk")).await;
    scene.theirs = again;
    assert_eq!(scene.edits(berg).await, StatusCode::SEE_OTHER, "the last second");
    scene.house.advance(1);
    assert_eq!(scene.edits(berg).await, StatusCode::FORBIDDEN);
    assert_eq!(scene.edits(berg).await, StatusCode::FORBIDDEN);
    assert!(!scene.theirs.get("/policy").await.text.contains("Lent to you"));
    assert_eq!(scene.events().await, ["grant.expired", "grant.lent"], "its end is seen once");
}

#[tokio::test]
async fn a_loan_costs_no_statement() {
    let mut scene = scene().await;
    let store = scene.house.app().store.clone();
    let mut cost = Vec::new();
    for lent in [false, true] {
        if lent {
            scene.lend().await;
        }
        let before = store.statements();
        scene.theirs.get("/patients").await;
        cost.push(store.statements() - before);
    }
    assert!(cost[0] == cost[1] && cost[0] <= 3, "{cost:?}");
}

#[tokio::test]
async fn an_end_by_hand_holds_with_the_next_request_on_another_process_too() {
    let mut scene = scene().await;
    let berg = scene.berg;
    scene.lend().await;
    assert_eq!(scene.edits(berg).await, StatusCode::SEE_OTHER);
    let second = scene.house.again().await;
    let mut there = second.browser();
    there.cookies = scene.theirs.cookies.clone();
    assert_eq!(there.get(&format!("/patients/{berg}/edit")).await.status, StatusCode::OK, "the control");
    scene.owner.get("/people/loans").await;
    let ended = scene.owner.post("/people/loans/1/end", &[("why", "back from holiday")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text);
    assert_eq!(scene.edits(berg).await, StatusCode::FORBIDDEN);
    assert_eq!(there.get(&format!("/patients/{berg}/edit")).await.status, StatusCode::FORBIDDEN);
    let twice = scene.owner.post("/people/loans/1/end", &[("why", "again")]).await;
    assert_eq!(twice.status, StatusCode::FORBIDDEN);
    assert_eq!(scene.events().await, ["grant.ended", "grant.lent"]);
}

#[tokio::test]
async fn a_renewal_is_another_loan_and_nothing_is_written_over() {
    let mut scene = scene().await;
    scene.lend().await;
    let fields = [("until", "2026-12-31"), ("why", "still away")];
    assert_eq!(scene.owner.post("/people/loans/1/renew", &fields).await.status, StatusCode::SEE_OTHER);
    let loans = scene.house.app().store.loans(&crate::store::LoanQuery::default()).await.unwrap();
    let told: Vec<_> = loans.iter().map(|l| (l.id, l.renews, l.why.as_str(), l.ended_why.as_deref())).collect();
    assert_eq!(told, [(2, Some(1), "still away", None), (1, None, "anna is away", Some("renewed"))]);
    assert_eq!(loan::until_in_words(loans[1].until), "the end of 2026-11-22", "as it was lent");
    let twice = scene.lend().await;
    assert!(twice.status == StatusCode::FORBIDDEN && twice.text.contains("lent to them already"));
    assert!(matches!(
        scene.house.app().store.verify_audit().await.unwrap(),
        crate::audit::chain::Verified::Whole { .. }
    ));
}

#[tokio::test]
async fn only_who_may_give_the_role_and_holds_the_right_lends_and_never_to_themselves() {
    let mut scene = scene().await;
    let path = format!("/people/{}/lend", scene.desk);
    scene.house.person(&address("manager"), "Manager").await;
    scene.house.person(&address("front"), "Reception").await;
    let mut manager = scene.house.signed_in(&address("manager")).await;
    let mut front = scene.house.signed_in(&address("front")).await;
    let wanted = form("2026-12-31", "a reason");
    assert!(!manager.get(&format!("/people/{}", scene.desk)).await.text.contains("id=\"lend\""));
    assert_eq!(manager.post(&path, &wanted).await.status, StatusCode::FORBIDDEN, "less than the whole right");
    assert_eq!(front.post(&path, &wanted).await.status, StatusCode::NOT_FOUND, "whom they may not see");
    let own = format!("/people/{}/lend", scene.desk);
    scene.theirs.get("/").await;
    assert_eq!(scene.theirs.post(&own, &wanted).await.status, StatusCode::FORBIDDEN, "themselves");
    for wrong in ["delete Patient Clinician", "edit Doctor Clinician", "edit Patient Reception", "view Audit Clinician"]
    {
        let fields = [("right", wrong), ("until", "2026-12-31"), ("why", "a reason")];
        assert_eq!(scene.owner.post(&path, &fields).await.status, StatusCode::FORBIDDEN, "{wrong}");
    }
    for (until, why) in [("2026-11-20", "past"), ("2027-12-31", "far"), ("soon", "no day"), ("2026-12-31", "  ")] {
        let answer = scene.owner.post(&path, &form(until, why)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{until}");
        assert!(answer.text.contains(&format!("value=\"{why}\"")), "nothing that was typed is lost");
    }
    assert!(scene.events().await.is_empty());
    assert_eq!(scene.owner.post(&path, &wanted).await.status, StatusCode::SEE_OTHER, "the control");
    assert_eq!(manager.post("/people/loans/1/renew", &wanted[1..]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(front.post("/people/loans/1/end", &wanted[2..]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(manager.post("/people/loans/1/end", &wanted[2..]).await.status, StatusCode::SEE_OTHER);
    scene.lend().await;
    let given_back = scene.theirs.post("/people/loans/2/end", &[("why", "done")]).await;
    assert_eq!(given_back.status, StatusCode::SEE_OTHER, "{}", given_back.text);
}

#[tokio::test]
async fn what_is_lent_is_not_lent_on_and_not_used_after_its_end_within_a_request() {
    let mut scene = scene().await;
    let front = scene.house.person(&address("front"), "Reception").await;
    let reset = [("right", "reset Reception Clinician"), ("until", "2026-12-31"), ("why", "the desk forgets")];
    scene.owner.post(&format!("/people/{}/lend", scene.desk), &reset).await;
    let done = scene.theirs.post(&format!("/people/{front}/reset"), &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    let other = scene.house.person(&address("other"), "Clinician").await;
    assert_eq!(scene.theirs.post(&format!("/people/{other}/lend"), &reset).await.status, StatusCode::NOT_FOUND);
    // As the request began; then the loan ends.
    let token = crate::token::Token::parse(&scene.theirs.cookies["bw"]).unwrap();
    let store = &scene.house.app().store;
    let row = store.session(&token.hash(), scene.house.app().clock.now()).await.unwrap().unwrap();
    let crate::session::Standing::Alive { actor, .. } =
        crate::session::judge(&PANEL, &row, scene.house.app().clock.now())
    else {
        panic!("a session")
    };
    let context = || crate::testing::context(&actor);
    let link = crate::token::Token::fresh().unwrap();
    let act = crate::people::Act::Reset(crate::people::Handing::Shown(&link));
    crate::people::perform(store, context(), &actor, front, &act).await.unwrap();
    scene.house.sql("UPDATE bw_loans SET ended_at = lent_at, ended_why = 'x'").await;
    assert!(crate::people::perform(store, context(), &actor, front, &act).await.is_err());
}

#[tokio::test]
async fn another_role_ends_what_was_lent_and_the_old_role_does_not_bring_it_back() {
    let mut scene = scene().await;
    let berg = scene.berg;
    scene.lend().await;
    for role in ["Reception", "Clinician"] {
        let answer = scene.owner.post(&format!("/people/{}/assign", scene.desk), &[("role", role)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        scene.theirs = scene.house.signed_in(&address("desk")).await;
        assert_eq!(scene.edits(berg).await, StatusCode::FORBIDDEN, "{role}");
    }
    assert_eq!(scene.events().await, ["grant.ended", "grant.lent"]);
    // The role that the loan was made for is looked at too, whoever changed the person's row.
    scene.lend().await;
    scene.house.sql("UPDATE bw_loans SET role = 'Reception' WHERE ended_at IS NULL").await;
    assert_eq!(scene.edits(berg).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_block_that_says_something_else_now_has_lent_nothing() {
    let mut scene = scene().await;
    let berg = scene.berg;
    scene.lend().await;
    assert_eq!(scene.edits(berg).await, StatusCode::SEE_OTHER, "the control");
    scene.house.sql("UPDATE bw_loans SET clauses = 'may edit Patient { email } when name == \"Adams\"'").await;
    assert_eq!(scene.edits(berg).await, StatusCode::FORBIDDEN);
    assert!(scene.owner.get(&format!("/people/{}", scene.desk)).await.text.contains("not in force"));
}

#[tokio::test]
async fn a_group_gives_to_its_members_of_the_role_and_adding_somebody_is_lending_to_them() {
    let mut scene = scene().await;
    let berg = scene.berg;
    let front = scene.house.person(&address("front"), "Reception").await;
    scene.house.person(&address("manager"), "Manager").await;
    let made = scene.owner.post("/people/groups", &[("name", "Night shift")]).await;
    assert_eq!(made.location(), "/people/groups/1", "{}", made.text);
    let taken = scene.owner.post("/people/groups", &[("name", " night SHIFT ")]).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    let lent = scene.owner.post("/people/groups/1/lend", &form("2026-12-31", "nights")).await;
    assert_eq!(lent.status, StatusCode::SEE_OTHER, "{}", lent.text);
    assert_eq!(scene.edits(berg).await, StatusCode::FORBIDDEN, "not in it");
    let mut manager = scene.house.signed_in(&address("manager")).await;
    let desk = address("desk");
    let refused = manager.post("/people/groups/1/add", &[("email", &desk)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "adding is lending, which takes the right");
    for email in [&desk, &address("front")] {
        assert_eq!(scene.owner.post("/people/groups/1/add", &[("email", email)]).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(scene.edits(berg).await, StatusCode::SEE_OTHER);
    assert!(scene.theirs.get("/policy").await.text.contains("Night shift"));
    let mut reception = scene.house.signed_in(&address("front")).await;
    let theirs = reception.get(&format!("/patients/{berg}/edit")).await;
    assert_eq!(theirs.status, StatusCode::FORBIDDEN, "lent for another role");
    let page = scene.owner.get("/people/groups/1").await.text;
    assert!(page.contains(&desk) && page.contains("nights"));
    let id = scene.desk.to_string();
    assert_eq!(scene.owner.post("/people/groups/1/remove", &[("person", &id)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(scene.edits(berg).await, StatusCode::FORBIDDEN);
    let me = scene.house.app().store.person_by_email(&address("owner")).await.unwrap().unwrap().id;
    assert!(
        me != front
            && scene.owner.post("/people/groups/1/add", &[("email", &address("owner"))]).await.status
                == StatusCode::UNPROCESSABLE_ENTITY
    );
    let outsider = reception.get("/people/groups/1").await.status;
    assert_eq!(outsider, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn lending_is_behind_the_wall_where_assign_is() {
    let house = house_of(&WALLED).await;
    house.person(&address("owner"), "Owner").await;
    let desk = house.person(&address("desk"), "Clinician").await;
    let mut owner = house.signed_in(&address("owner")).await;
    house.advance(600);
    let wall = owner.post(&format!("/people/{desk}/lend"), &form("2026-12-31", "a reason")).await;
    assert_eq!(wall.status, StatusCode::UNAUTHORIZED);
    assert!(house.app().store.loans(&crate::store::LoanQuery::default()).await.unwrap().is_empty());
}

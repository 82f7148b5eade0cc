//! Authority over people: who rules over whom, that it is judged in the transaction, and what becomes of sessions.

use http::StatusCode;

use super::browser::{Browser, House, NoActions, PASSWORD};
use crate::Limits;
use crate::audit::EntryQuery;
use crate::panel::{Cell, FieldSet, Panel, PeopleCell, PeopleVerb, Reauth, Role, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::testing::{CLINIC, DOCTOR};
use crate::value::Literal;

const OWNER: usize = 0;
const CLINICIAN: usize = 1;
const RECEPTION: usize = 2;
const MANAGER: usize = 3;
const KEEPER: usize = 4;

const fn over(verb: PeopleVerb, target: usize) -> PeopleCell {
    PeopleCell { verb, target, lendable: false, grant: 0 }
}

const fn all_over<const N: usize>(targets: [usize; N]) -> [[PeopleCell; 5]; N] {
    let mut cells = [const { [const { over(PeopleVerb::Assign, 0) }; 5] }; N];
    let verbs = [PeopleVerb::Assign, PeopleVerb::Reset, PeopleVerb::Lock, PeopleVerb::Unlock, PeopleVerb::Revoke];
    let mut i = 0;
    while i < N {
        let mut v = 0;
        while v < 5 {
            cells[i][v] = over(verbs[v], targets[i]);
            v += 1;
        }
        i += 1;
    }
    cells
}

static OF_THE_OWNER: [[PeopleCell; 5]; 4] = all_over([OWNER, CLINICIAN, RECEPTION, MANAGER]);
static OF_THE_MANAGER: [[PeopleCell; 5]; 2] = all_over([CLINICIAN, RECEPTION]);

const BARE: Role = Role { cells: &[], framework: &[], people: &[], keep: 0, ..CLINIC.roles[2] };

static PANEL: Panel = Panel {
    roles: &[
        Role { index: OWNER, name: "Owner", title: "Owner", keep: 1, people: OF_THE_OWNER.as_flattened(), ..BARE },
        Role { index: CLINICIAN, name: "Clinician", title: "Clinician", ..BARE },
        Role { index: RECEPTION, name: "Reception", title: "Reception", ..BARE },
        Role { index: MANAGER, name: "Manager", title: "Manager", people: OF_THE_MANAGER.as_flattened(), ..BARE },
        Role {
            index: KEEPER,
            name: "Keeper",
            title: "Keeper",
            people: &[over(PeopleVerb::Assign, OWNER), over(PeopleVerb::Assign, CLINICIAN)],
            ..BARE
        },
    ],
    ..CLINIC
};

static LOOKING: Panel = Panel {
    roles: &[
        Role {
            index: 0,
            name: "Owner",
            title: "Owner",
            cells: &[Cell { when: Some(BERG), ..Cell::new(Verb::View, DOCTOR, FieldSet::ALL, 0) }],
            people: &[over(PeopleVerb::Assign, 1)],
            ..BARE
        },
        Role { index: 1, name: "Clinician", title: "Clinician", ..BARE },
    ],
    ..CLINIC
};

const BERG: Predicate =
    Predicate::Compare { left: Operand::Field(0), op: Op::Eq, right: Operand::Literal(Literal::Text("Berg")) };

static WALLED: Panel =
    Panel { reauth: &[Reauth::People(PeopleVerb::Assign), Reauth::People(PeopleVerb::Reset)], ..PANEL_PARTS };

const PANEL_PARTS: Panel = Panel {
    roles: &[
        Role {
            index: 0,
            name: "Owner",
            title: "Owner",
            people: &[over(PeopleVerb::Assign, 1), over(PeopleVerb::Reset, 1), over(PeopleVerb::Lock, 1)],
            ..BARE
        },
        Role { index: 1, name: "Clinician", title: "Clinician", ..BARE },
    ],
    ..CLINIC
};

async fn house() -> House {
    of(&PANEL).await
}

async fn of(panel: &'static Panel) -> House {
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    House::of(panel, &NoActions, "http://127.0.0.1:8000", limits).await
}

fn address(name: &str) -> String {
    format!("{name}@clinic.example")
}

async fn role(house: &House, id: i64) -> String {
    house.app().store.person(id).await.unwrap().unwrap().role
}

async fn does(browser: &mut Browser, id: i64, verb: &str, role: &str) -> StatusCode {
    browser.post(&format!("/people/{id}/{verb}"), &[("role", role)]).await.status
}

/// Event and reason of what was recorded, newest first.
async fn trail(house: &House) -> Vec<(String, Option<String>)> {
    let query = EntryQuery { size: 200, ..EntryQuery::default() };
    let entries = house.app().store.entries(&query).await.unwrap().entries;
    let reason = |entry: &crate::audit::Entry| entry.changes.iter().find(|c| c.field == "reason")?.after.clone();
    entries.iter().map(|entry| (entry.event.clone(), reason(entry))).collect()
}

#[tokio::test]
async fn who_rules_over_whom_is_what_the_block_says() {
    let house = house().await;
    let owner = house.person(&address("owner"), "Owner").await;
    let manager = house.person(&address("manager"), "Manager").await;
    let desk = house.person(&address("desk"), "Reception").await;
    let mut by = house.signed_in(&address("manager")).await;
    let page = by.get("/people").await;
    assert!(page.text.contains(&address("desk")) && page.text.contains(&address("manager")));
    assert!(!page.text.contains(&address("owner")), "who is not ruled over is not seen");
    assert_eq!(by.get(&format!("/people/{owner}")).await.status, StatusCode::NOT_FOUND);
    for verb in ["assign", "reset", "lock", "unlock", "revoke"] {
        assert_eq!(does(&mut by, owner, verb, "Reception").await, StatusCode::NOT_FOUND, "{verb}: above them");
        if verb != "revoke" {
            assert_eq!(does(&mut by, manager, verb, "Reception").await, StatusCode::FORBIDDEN, "{verb}: themselves");
        }
    }
    for given in ["Owner", "Manager", "Keeper"] {
        assert_eq!(does(&mut by, desk, "assign", given).await, StatusCode::FORBIDDEN, "{given} is not theirs to give");
    }
    assert_eq!(does(&mut by, desk, "assign", "Nonsense").await, StatusCode::BAD_REQUEST);
    assert_eq!(role(&house, desk).await, "Reception");
    assert_eq!(does(&mut by, desk, "assign", "Clinician").await, StatusCode::SEE_OTHER, "the control");
    assert_eq!(role(&house, desk).await, "Clinician");
    // Whom they may not make a role of any more, they don't rule over any more.
    house.sql("UPDATE bw_people SET role = 'Manager' WHERE email LIKE 'desk%'").await;
    assert_eq!(does(&mut by, desk, "lock", "").await, StatusCode::NOT_FOUND);
    let clerks = house.person(&address("clerk"), "Reception").await;
    let mut clerk = house.signed_in(&address("clerk")).await;
    assert_eq!(clerk.get("/people").await.status, StatusCode::FORBIDDEN);
    assert!(!clerk.get("/").await.text.contains("href=\"/people\""));
    assert_eq!(clerk.get("/people/invite").await.status, StatusCode::FORBIDDEN);
    for (id, answer) in [(owner, StatusCode::NOT_FOUND), (clerks, StatusCode::FORBIDDEN)] {
        assert_eq!(does(&mut clerk, id, "lock", "").await, answer);
    }
}

#[tokio::test]
async fn every_act_ends_the_sessions_with_its_reason() {
    let house = house().await;
    house.person(&address("owner"), "Owner").await;
    let desk = house.person(&address("desk"), "Reception").await;
    let mut owner = house.signed_in(&address("owner")).await;
    for (verb, event, reason) in [
        ("assign", "person.assigned", "role_changed"),
        ("reset", "link.issued", "reset"),
        ("revoke", "session.ended", "ended_by_administrator"),
        ("lock", "person.locked", "locked"),
    ] {
        let mut theirs = house.signed_in(&address("desk")).await;
        let second = house.again().await;
        let answer = does(&mut owner, desk, verb, "Clinician").await;
        assert!(answer == StatusCode::SEE_OTHER || answer == StatusCode::OK, "{verb}: {answer}");
        let trail = trail(&house).await;
        assert!(trail.iter().any(|(name, _)| name == event), "{verb}: {trail:?}");
        let ended = trail.iter().find(|(name, _)| name == "session.ended").unwrap();
        assert_eq!(ended.1.as_deref(), Some(reason));
        assert_eq!(theirs.get("/").await.status, StatusCode::SEE_OTHER, "{verb}");
        let mut there = second.browser();
        there.cookies = theirs.cookies.clone();
        assert_eq!(there.get("/").await.status, StatusCode::SEE_OTHER, "{verb}, another process");
        if verb == "reset" {
            // From here on, and not only once the link is used.
            let old = house.browser().sign_in(&address("desk"), PASSWORD).await;
            assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
            house.set_password(desk, PASSWORD).await;
        }
    }
    let locked = house.browser().sign_in(&address("desk"), PASSWORD).await;
    assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(does(&mut owner, desk, "unlock", "").await, StatusCode::SEE_OTHER);
    house.signed_in(&address("desk")).await;
    // One's own sessions are one's own to end.
    let me = house.app().store.person_by_email(&address("desk")).await.unwrap().unwrap().id;
    let mut mine = house.signed_in(&address("desk")).await;
    assert_eq!(does(&mut mine, me, "revoke", "").await, StatusCode::SEE_OTHER);
    assert!(mine.get("/").await.location().starts_with("/sign-in"));
    assert!(house.app().store.verify_audit().await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_at_once_leave_as_many_owners_as_the_block_keeps() {
    let house = house().await;
    let ids = [house.person(&address("a"), "Owner").await, house.person(&address("b"), "Owner").await];
    house.person(&address("keeper"), "Keeper").await;
    let keeper = house.signed_in(&address("keeper")).await;
    let mut tries = tokio::task::JoinSet::new();
    for i in 0..8 {
        let mut tab = keeper.clone();
        tries.spawn(async move { does(&mut tab, ids[i % 2], "assign", "Clinician").await });
    }
    let answers = tries.join_all().await;
    let done = answers.iter().filter(|answer| **answer == StatusCode::SEE_OTHER).count();
    assert_eq!((done, house.app().store.holders("Owner").await.unwrap()), (1, 1), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_demote_each_other_at_once_leave_one() {
    let house = house().await;
    let (a, b) = (house.person(&address("a"), "Owner").await, house.person(&address("b"), "Owner").await);
    house.person(&address("c"), "Owner").await;
    let (of_a, of_b) = (house.signed_in(&address("a")).await, house.signed_in(&address("b")).await);
    // The third keeps `keep` out of it.
    let mut tries = tokio::task::JoinSet::new();
    for i in 0..8 {
        let (mut tab, whom) = if i % 2 == 0 { (of_a.clone(), b) } else { (of_b.clone(), a) };
        tries.spawn(async move { does(&mut tab, whom, "assign", "Clinician").await });
    }
    let answers = tries.join_all().await;
    assert_eq!(house.app().store.holders("Owner").await.unwrap(), 2, "{answers:?}");
}

#[tokio::test]
async fn who_lost_their_role_in_mid_request_does_nothing() {
    let house = house().await;
    house.person(&address("a"), "Owner").await;
    let b = house.person(&address("b"), "Owner").await;
    let session = house.signed_in(&address("a")).await;
    let token = crate::token::Token::parse(&session.cookies["bw"]).unwrap();
    let store = &house.app().store;
    let row = store.session(&token.hash(), house.app().clock.now()).await.unwrap().unwrap();
    let crate::session::Standing::Alive { actor, .. } = crate::session::judge(&PANEL, &row, house.app().clock.now())
    else {
        panic!("a session")
    };
    let context = || crate::testing::context(&actor);
    let act = crate::people::Act::Lock;
    house.sql("UPDATE bw_people SET role = 'Reception' WHERE email LIKE 'a@%'").await;
    assert!(crate::people::perform(store, context(), &actor, b, &act).await.is_err());
    house.sql("UPDATE bw_people SET role = 'Owner' WHERE email LIKE 'a@%'").await;
    crate::people::perform(store, context(), &actor, b, &act).await.unwrap();
}

#[tokio::test]
async fn a_reset_and_an_invitation_are_links_that_work_once() {
    let house = house().await;
    house.person(&address("owner"), "Owner").await;
    let desk = house.person(&address("desk"), "Reception").await;
    let mut owner = house.signed_in(&address("owner")).await;
    let reset = owner.post(&format!("/people/{desk}/reset"), &[]).await;
    let invited = owner.post("/people/invite", &[("email", "New@Clinic.example"), ("role", "Manager")]).await;
    for (answer, email) in [(reset, address("desk")), (invited, address("new"))] {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let link = answer.text.split("value=\"http://127.0.0.1:8000").nth(1).unwrap().split('"').next().unwrap();
        let chosen = "another lamp, another lake";
        for again in [false, true] {
            let mut theirs = house.browser();
            theirs.get(link).await;
            theirs.get("/join").await;
            let done = theirs.post("/join", &[("password", chosen), ("again", chosen)]).await.status;
            assert_eq!(done == StatusCode::SEE_OTHER, !again, "{email}");
        }
        assert_eq!(house.browser().sign_in(&email, chosen).await.status, StatusCode::SEE_OTHER);
    }
    let taken = owner.post("/people/invite", &[("email", &address("desk")), ("role", "Manager")]).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut manager = house.browser();
    manager.sign_in(&address("new"), "another lamp, another lake").await;
    manager.get("/people/invite").await;
    for (given, answer) in [("Owner", StatusCode::FORBIDDEN), ("Reception", StatusCode::OK)] {
        let fields = [("email", "third@clinic.example"), ("role", given)];
        assert_eq!(manager.post("/people/invite", &fields).await.status, answer);
    }
}

#[tokio::test]
async fn what_reauth_lists_over_people_is_behind_the_wall() {
    let house = of(&WALLED).await;
    house.person(&address("owner"), "Owner").await;
    let desk = house.person(&address("desk"), "Clinician").await;
    let mut owner = house.signed_in(&address("owner")).await;
    house.advance(600);
    assert_eq!(does(&mut owner, desk, "reset", "").await, StatusCode::UNAUTHORIZED);
    let invite = [("email", "new@clinic.example"), ("role", "Clinician")];
    let wall = owner.post("/people/invite", &invite).await;
    assert_eq!(wall.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.app().store.people().await.unwrap().len(), 2);
    assert_eq!(does(&mut owner, desk, "lock", "").await, StatusCode::SEE_OTHER, "not listed");
    let proved = [("email", "new@clinic.example"), ("role", "Clinician"), ("bw.proof", PASSWORD)];
    assert_eq!(owner.post("/people/invite", &proved).await.status, StatusCode::OK);
}

#[tokio::test]
async fn attributes_point_only_where_the_administrator_may_look() {
    let house = of(&LOOKING).await;
    house.person(&address("owner"), "Owner").await;
    let desk = house.person(&address("desk"), "Clinician").await;
    let names = ["Berg", "Adams"].map(|name| vec![(0, crate::value::Value::Text(name.to_owned()))]);
    let doctors = crate::testing::seed(&house.app().store, crate::testing::DOCTOR, names.to_vec()).await;
    let mut owner = house.signed_in(&address("owner")).await;
    let page = owner.get(&format!("/people/{desk}")).await;
    assert!(page.text.contains("Berg") && !page.text.contains("Adams"), "{}", page.text);
    let path = format!("/people/{desk}/attributes");
    let (seen, hidden) = (doctors[0].to_string(), doctors[1].to_string());
    for (value, answer) in [
        (hidden.as_str(), StatusCode::FORBIDDEN),
        ("four", StatusCode::BAD_REQUEST),
        (seen.as_str(), StatusCode::SEE_OTHER),
    ] {
        assert_eq!(owner.post(&path, &[("a.doctor", value)]).await.status, answer, "{value}");
    }
    // PostgreSQL spells JSON with blanks.
    let kept = house.app().store.attributes(desk).await.unwrap().replace(' ', "");
    assert_eq!(kept, format!("{{\"doctor\":{seen}}}"));
    assert_eq!(trail(&house).await[0].0, "person.updated");
    let mut theirs = house.signed_in(&address("desk")).await;
    assert_eq!(theirs.post(&path, &[("a.doctor", "")]).await.status, StatusCode::FORBIDDEN, "one's own");
}

#[tokio::test]
async fn who_was_invited_and_never_came_is_nobody_who_stays() {
    let house = house().await;
    let owner = house.person(&address("a"), "Owner").await;
    let invited = house.person_with(&address("b"), "Owner", None).await;
    house.person(&address("keeper"), "Keeper").await;
    let mut keeper = house.signed_in(&address("keeper")).await;
    assert_eq!(does(&mut keeper, owner, "assign", "Clinician").await, StatusCode::FORBIDDEN);
    house.set_password(invited, PASSWORD).await;
    assert_eq!(does(&mut keeper, owner, "assign", "Clinician").await, StatusCode::SEE_OTHER);
}

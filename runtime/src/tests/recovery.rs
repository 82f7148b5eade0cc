//! The way back by mail, and that a reset happens whole or not at all.

use http::StatusCode;

use super::browser::{Browser, House, PASSWORD};
use super::sink::Sink;
use crate::audit::EntryQuery;
use crate::mail::sender;
use crate::panel::{Panel, PeopleCell, PeopleVerb, Role};
use crate::store::heard::cut_off;

const ANNA: &str = "anna@clinic.example";
const NEW: &str = "another lamp, another lake";

const OVER_ALL: [PeopleCell; 4] = [
    PeopleCell { verb: PeopleVerb::Assign, target: 2, lendable: false, grant: 0 },
    PeopleCell { verb: PeopleVerb::Reset, target: 2, lendable: false, grant: 0 },
    PeopleCell { verb: PeopleVerb::Lock, target: 2, lendable: false, grant: 0 },
    PeopleCell { verb: PeopleVerb::Revoke, target: 2, lendable: false, grant: 0 },
];

const BARE: Role = Role { cells: &[], framework: &[], people: &[], keep: 0, ..crate::testing::CLINIC.roles[2] };

static RULED: Panel = Panel {
    roles: &[
        Role { index: 0, name: "Owner", title: "Owner", people: &OVER_ALL, ..BARE },
        Role { index: 1, name: "Clinician", title: "Clinician", ..BARE },
        Role { index: 2, name: "Reception", title: "Reception", ..BARE },
    ],
    ..super::mail::MAILED_PARTS
};

async fn house(sink: &Sink) -> House {
    House::posting(&RULED, "http://127.0.0.1:8000", &sink.url()).await
}

async fn send(house: &House) {
    sender::deliver_due(house.app()).await.unwrap();
}

async fn asks(browser: &mut Browser, email: &str) -> StatusCode {
    browser.get("/recovery").await;
    browser.post("/recovery", &[("email", email)]).await.status
}

async fn chooses(browser: &mut Browser, link: &str, password: &str) -> StatusCode {
    browser.get(link).await;
    let form = browser.get("/join").await.status;
    if form != StatusCode::OK {
        return form;
    }
    browser.post("/join", &[("password", password), ("again", password)]).await.status
}

async fn trail(house: &House) -> Vec<String> {
    let query = EntryQuery { size: 200, ..EntryQuery::default() };
    let mut events: Vec<String> =
        house.app().store.entries(&query).await.unwrap().entries.into_iter().map(|entry| entry.event).collect();
    events.reverse();
    events
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_mailed_link() {
    let sink = Sink::open();
    let house = house(&sink).await;
    house.person(ANNA, "Reception").await;
    let mut stolen = house.signed_in(ANNA).await;
    send(&house).await;
    let mut browser = house.browser();
    assert!(browser.get("/sign-in").await.text.contains("href=\"/recovery\""));
    assert_eq!(asks(&mut browser, " Anna@Clinic.Example").await, StatusCode::OK);
    let before = sink.mails().len();
    send(&house).await;
    let link = sink.mails()[before].link().expect("a link");
    assert_eq!(browser.get(&link).await.location(), "/join", "the token leaves the address");
    assert_eq!(stolen.get("/").await.status, StatusCode::OK, "asking alone changes nothing");
    assert_eq!(chooses(&mut browser, &link, NEW).await, StatusCode::SEE_OTHER);
    assert_eq!(stolen.get("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.browser().sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.browser().sign_in(ANNA, NEW).await.status, StatusCode::SEE_OTHER);
    assert_eq!(chooses(&mut house.browser(), &link, PASSWORD).await, StatusCode::NOT_FOUND, "it works once");
    send(&house).await;
    let told: Vec<_> = sink.mails().iter().skip(before + 1).filter_map(|mail| mail.header("Subject")).collect();
    assert_eq!(told, ["Clinic: Your password was changed", "Clinic: A sign-in in another browser"]);
}

#[tokio::test]
async fn only_the_newest_link_works() {
    let sink = Sink::open();
    let house = house(&sink).await;
    house.person_with(ANNA, "Reception", None).await;
    let mut browser = house.browser();
    for _ in 0..2 {
        asks(&mut browser, ANNA).await;
        send(&house).await;
    }
    let links: Vec<String> = sink.mails().iter().filter_map(super::sink::Mail::link).collect();
    assert_eq!(links.len(), 2);
    assert_eq!(chooses(&mut house.browser(), &links[0], NEW).await, StatusCode::NOT_FOUND);
    assert_eq!(chooses(&mut house.browser(), &links[1], NEW).await, StatusCode::SEE_OTHER);
    asks(&mut browser, ANNA).await;
    send(&house).await;
    let late = sink.mails().iter().filter_map(super::sink::Mail::link).next_back().unwrap();
    house.advance(1_800);
    assert_eq!(chooses(&mut house.browser(), &late, NEW).await, StatusCode::NOT_FOUND, "after its time");
}

#[tokio::test]
async fn requests_are_counted_by_account_and_by_address() {
    let sink = Sink::open();
    let house = house(&sink).await;
    house.person_with(ANNA, "Reception", None).await;
    house.person_with("berg@clinic.example", "Reception", None).await;
    // The default, since the block says nothing: three an hour an account.
    for i in 0..5 {
        let mut elsewhere = house.browser();
        elsewhere.peer = format!("10.0.0.{i}:1").parse().unwrap();
        assert_eq!(asks(&mut elsewhere, ANNA).await, StatusCode::OK);
        send(&house).await;
    }
    assert_eq!(sink.mails().len(), 3);
    // And five in a quarter of an hour an address.
    let mut browser = house.browser();
    for i in 0..5 {
        asks(&mut browser, &format!("nobody{i}@clinic.example")).await;
    }
    asks(&mut browser, "berg@clinic.example").await;
    send(&house).await;
    assert_eq!(sink.mails().len(), 3);
    house.advance(900);
    asks(&mut browser, "berg@clinic.example").await;
    send(&house).await;
    assert_eq!(sink.mails().len(), 4);
    let events = trail(&house).await;
    assert_eq!(events.iter().filter(|event| *event == "recovery.throttled").count(), 3);
}

#[tokio::test]
async fn an_administrator_starts_a_reset_and_never_sees_the_link() {
    let sink = Sink::open();
    let house = house(&sink).await;
    house.person("owner@clinic.example", "Owner").await;
    let anna = house.person(ANNA, "Reception").await;
    let mut owner = house.signed_in("owner@clinic.example").await;
    let mut theirs = house.signed_in(ANNA).await;
    send(&house).await;
    let before = sink.mails().len();
    let answer = owner.post(&format!("/people/{anna}/reset"), &[]).await;
    assert_eq!(answer.location(), format!("/people/{anna}?done=mailed"));
    assert!(!answer.text.contains("token"));
    // From here on, and not only once the link is used.
    assert_eq!(theirs.get("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.browser().sign_in(ANNA, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    send(&house).await;
    let mails = sink.mails();
    assert_eq!((mails.len(), mails[before].to.as_str()), (before + 1, ANNA));
    assert_eq!(chooses(&mut house.browser(), &mails[before].link().unwrap(), NEW).await, StatusCode::SEE_OTHER);

    let invited = owner.post("/people/invite", &[("email", "new@clinic.example"), ("role", "Reception")]).await;
    assert_eq!(invited.location(), "/people?done=invited", "{}", invited.text);
    send(&house).await;
    let mail = sink.mails().into_iter().find(|mail| mail.to == "new@clinic.example").expect("an invitation");
    assert!(mail.text().contains("as Reception"), "{}", mail.text());
    assert_eq!(chooses(&mut house.browser(), &mail.link().unwrap(), NEW).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_act_on_an_account_is_told_to_its_person() {
    let sink = Sink::open();
    let house = house(&sink).await;
    house.person("owner@clinic.example", "Owner").await;
    let anna = house.person(ANNA, "Reception").await;
    let mut owner = house.signed_in("owner@clinic.example").await;
    let _theirs = house.signed_in(ANNA).await;
    for act in ["revoke", "reset", "lock"] {
        let answer = owner.post(&format!("/people/{anna}/{act}"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act}");
        send(&house).await;
    }
    let locked = owner.post(&format!("/people/{anna}/reset"), &[]).await;
    assert_eq!(locked.status, StatusCode::FORBIDDEN, "a link would not let them in");
    let told: Vec<String> =
        sink.mails().iter().filter(|mail| mail.to == ANNA).filter_map(|mail| mail.header("Subject")).collect();
    assert_eq!(
        told,
        [
            "Clinic: You have an account",
            "Clinic: You were signed out",
            "Clinic: Choose a new password",
            "Clinic: Your account is locked"
        ]
    );
}

#[tokio::test]
async fn who_may_not_sign_in_gets_no_link_and_uses_none() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let names = ["locked", "inactive", "norole"];
    for name in names {
        house.person_with(&format!("{name}@clinic.example"), "Reception", None).await;
        asks(&mut house.browser(), &format!("{name}@clinic.example")).await;
        send(&house).await;
    }
    let links: Vec<String> = sink.mails().iter().filter_map(super::sink::Mail::link).collect();
    house.sql("UPDATE bw_people SET locked_until = '2027-01-01T00:00:00.000000Z' WHERE email LIKE 'locked%'").await;
    house.sql("UPDATE bw_people SET inactive = TRUE WHERE email LIKE 'inactive%'").await;
    house.sql("UPDATE bw_people SET role = 'Gone' WHERE email LIKE 'norole%'").await;
    for (name, link) in names.iter().zip(&links) {
        assert_eq!(chooses(&mut house.browser(), link, NEW).await, StatusCode::NOT_FOUND, "{name}");
        let mut elsewhere = house.browser();
        elsewhere.peer = "10.0.0.1:1".parse().unwrap();
        asks(&mut elsewhere, &format!("{name}@clinic.example")).await;
    }
    send(&house).await;
    assert_eq!(sink.mails().len(), 3);
}

#[tokio::test]
async fn another_password_ends_the_links_for_the_older_one() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let anna = house.person(ANNA, "Reception").await;
    let mut browser = house.signed_in(ANNA).await;
    send(&house).await;
    let newest = || sink.mails().iter().filter_map(super::sink::Mail::link).next_back();
    asks(&mut house.browser(), ANNA).await;
    send(&house).await;
    let mailed = newest().expect("a link");
    browser.get("/account").await;
    let change = [("old", PASSWORD), ("password", NEW), ("again", NEW)];
    assert_eq!(browser.post("/account/password", &change).await.location(), "/account?done=password");
    assert_eq!(chooses(&mut house.browser(), &mailed, PASSWORD).await, StatusCode::NOT_FOUND);
    // One that waits to be sent is not sent.
    asks(&mut house.browser(), ANNA).await;
    house.set_password(anna, PASSWORD).await;
    send(&house).await;
    assert_eq!(newest(), Some(mailed));
}

/// What there is of a reset: password, sessions, link, mail, events.
async fn parts(house: &House, person: i64) -> [String; 5] {
    let store = &house.app().store;
    let hash = store.person(person).await.unwrap().unwrap().password_hash.map_or_else(String::new, |hash| hash.0);
    [
        hash,
        store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM bw_sessions WHERE revoked_at IS NULL").await,
        store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM bw_tokens WHERE used_at IS NULL").await,
        store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM bw_mail").await,
        store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM bw_audit").await,
    ]
}

#[tokio::test]
async fn cut_off_between_any_two_statements_a_reset_happened_or_it_did_not() {
    let sink = Sink::open();
    let house = house(&sink).await;
    let anna = house.person(ANNA, "Reception").await;
    let _stolen = house.signed_in(ANNA).await;
    asks(&mut house.browser(), ANNA).await;
    send(&house).await;
    let link = sink.mails().iter().find_map(super::sink::Mail::link).unwrap();
    let before = parts(&house, anna).await;
    let mut cuts = 0;
    for statements in 0.. {
        let mut browser = house.browser();
        browser.get(&link).await;
        browser.get("/join").await;
        let answer = cut_off(statements, browser.post("/join", &[("password", NEW), ("again", NEW)])).await;
        house.app().store.settled_for_test().await;
        let after = parts(&house, anna).await;
        if after == before {
            assert!(answer.is_none(), "it answered and nothing happened");
            cuts += 1;
            continue;
        }
        assert_ne!(after[0], before[0], "after {statements} statements");
        // The stolen session is over and there is the one that the reset began, or none if the answer was cut off
        // after.
        assert_eq!(after[1..4], ["1".to_owned(), "0".to_owned(), (before[3].parse::<u32>().unwrap() + 1).to_string()]);
        let events = trail(&house).await;
        let events: Vec<&str> = events[before[4].parse().unwrap()..].iter().map(String::as_str).collect();
        assert_eq!(events, ["link.used", "session.ended", "password.set", "session.started"]);
        break;
    }
    assert!(cuts >= 12, "cut off at {cuts} places before it happened");
}

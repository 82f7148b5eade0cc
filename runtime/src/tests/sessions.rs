//! Sessions: how long, how many, and that every end acts with the next request.

use http::{HeaderMap, StatusCode, header};

use super::browser::{Browser, CLINIC_AT_THE_DOOR, House, NoActions};
use crate::audit::EntryQuery;
use crate::panel::{Panel, PeopleCell, PeopleVerb, Role, Session};
use crate::public_url::PublicUrl;
use crate::session::Jar;
use crate::token::Token;

const ANNA: &str = "anna@clinic.example";

async fn is_in(browser: &mut Browser) -> bool {
    let answer = browser.get("/").await;
    match answer.status {
        StatusCode::OK => true,
        StatusCode::SEE_OTHER => {
            assert!(answer.location().starts_with("/sign-in"), "{}", answer.location());
            false
        }
        other => panic!("{other}: {}", answer.text),
    }
}

/// The reasons with which sessions ended, newest first, as the audit log has them.
async fn ends(house: &House) -> Vec<String> {
    let query = EntryQuery { size: 200, ..EntryQuery::default() };
    let entries = house.app().store.entries(&query).await.unwrap().entries;
    entries
        .iter()
        .filter(|entry| entry.event == "session.ended")
        .filter_map(|entry| entry.changes.iter().find(|change| change.field == "reason")?.after.clone())
        .collect()
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut used = house.signed_in(ANNA).await;
    let mut idle = house.signed_in(ANNA).await;
    for _ in 0..4 {
        house.advance(1_700);
        assert!(is_in(&mut used).await);
    }
    assert!(!is_in(&mut idle).await);
    assert_eq!(ends(&house).await, ["idle"]);
    // The cookie is taken back, and trying it again writes nothing more.
    assert!(!idle.cookies.contains_key("bw"));
}

#[tokio::test]
async fn a_session_ends_however_much_it_is_used() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    for _ in 0..28 {
        house.advance(1_500);
        assert!(is_in(&mut browser).await);
    }
    house.advance(1_200);
    assert!(!is_in(&mut browser).await);
    assert_eq!(ends(&house).await, ["expired"]);
}

#[tokio::test]
async fn the_last_use_is_written_at_most_once_a_minute() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    house.advance(59);
    let before = house.app().store.statements();
    browser.get("/sign-in").await;
    assert_eq!(house.app().store.statements() - before, 1, "a request costs one statement beside its page");
    house.advance(1);
    browser.get("/sign-in").await;
    assert_eq!(house.app().store.statements() - before, 3);
    browser.get("/sign-in").await;
    assert_eq!(house.app().store.statements() - before, 4);
}

#[tokio::test]
async fn the_oldest_session_makes_room() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browsers = Vec::new();
    for _ in 0..6 {
        house.advance(1);
        browsers.push(house.signed_in(ANNA).await);
    }
    assert!(!is_in(&mut browsers[0]).await);
    for browser in &mut browsers[1..] {
        assert!(is_in(browser).await);
    }
    assert_eq!(ends(&house).await, ["evicted"]);
}

#[tokio::test]
async fn signing_out_acts_at_once_also_on_a_copied_cookie() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    let mut copied = browser.clone();
    assert!(is_in(&mut copied).await);
    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(!browser.cookies.contains_key("bw"));
    assert!(!is_in(&mut copied).await);
    assert_eq!(ends(&house).await, ["signed_out"]);
}

#[tokio::test]
async fn authority_that_is_taken_away_is_gone_with_the_next_request() {
    for (sql, reason) in [
        ("UPDATE bw_people SET inactive = TRUE", "inactive"),
        ("UPDATE bw_people SET locked_until = '2027-01-01T00:00:00.000000Z'", "locked"),
        ("UPDATE bw_people SET role = 'Gone'", "role_changed"),
    ] {
        let house = House::open().await;
        house.person(ANNA, "Owner").await;
        let mut browser = house.signed_in(ANNA).await;
        house.sql(sql).await;
        assert!(!is_in(&mut browser).await, "{reason}");
        assert_eq!(ends(&house).await, [reason]);
    }
}

#[tokio::test]
async fn another_role_holds_with_the_next_request() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    assert_eq!(browser.get("/invoices").await.status, StatusCode::OK);
    house.sql("UPDATE bw_people SET role = 'Reception'").await;
    assert_eq!(browser.get("/invoices").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_is_new_with_every_sign_in_and_nowhere_in_the_database() {
    let house = House::open().await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.browser();
    // A token that somebody put there beforehand is not taken over.
    let planted = Token::fresh().unwrap().text();
    browser.cookies.insert("bw".to_owned(), planted.clone());
    browser.sign_in(ANNA, super::browser::PASSWORD).await;
    let first = browser.cookies["bw"].clone();
    assert_ne!(first, planted);
    let second = house.signed_in(ANNA).await.cookies["bw"].clone();
    assert_ne!(first, second);
    let file = house.all_that_is_kept().await;
    let holds = |needle: &[u8]| file.windows(needle.len()).any(|part| part == needle);
    let raw = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &first).unwrap();
    assert!(!holds(first.as_bytes()) && !holds(&raw), "the token itself");
    assert!(holds(&Token::parse(&first).unwrap().hash()), "its hash is what is kept");
    assert!(!holds(super::browser::PASSWORD.as_bytes()));
}

#[test]
fn a_cookie_counts_under_the_name_that_browsers_guard_and_no_other() {
    let url = PublicUrl::parse("https://admin.example").unwrap();
    let token = Token::fresh().unwrap();
    let sent = |name: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("{name}={}", token.text()).parse().unwrap());
        Jar::Session.read(&headers, &url).is_some()
    };
    assert!(sent("__Host-bw"));
    for name in ["bw", "__%48ost-bw", "%5F_Host-bw", "__Host%2Dbw", "__host-bw"] {
        assert!(!sent(name), "{name} can be set by any host of the domain");
    }
    // What an action says is encoded, and comes back as it was.
    let said = Jar::Said.say("Été; 100 %, \"done\"\r\n", &url);
    let pair = said.to_str().unwrap().split(';').next().unwrap();
    let headers = HeaderMap::from_iter([(header::COOKIE, pair.parse().unwrap())]);
    assert_eq!(Jar::Said.words(&headers, &url).as_deref(), Some("Été; 100 %, \"done\"\r\n"));
}

#[tokio::test]
async fn a_cookie_over_https_is_bound_to_its_host() {
    let house = House::with("https://admin.clinic.example/panel", crate::Limits::default()).await;
    house.person(ANNA, "Owner").await;
    let mut browser = house.browser();
    let answer = browser.sign_in(ANNA, super::browser::PASSWORD).await;
    assert_eq!(answer.location(), "/panel/");
    let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let session = cookies.iter().find(|cookie| cookie.starts_with("__Host-bw=")).unwrap();
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(session.contains(attribute), "{session}");
    }
    assert!(!session.contains("Domain") && !session.contains("Max-Age"), "{session}");
}

#[tokio::test]
async fn who_rules_over_people_is_signed_out_sooner() {
    const BARE: Role = Role { cells: &[], framework: &[], people: &[], keep: 0, ..crate::testing::CLINIC.roles[2] };
    const OVER: [PeopleCell; 1] = [PeopleCell { verb: PeopleVerb::Lock, target: 1, lendable: false, grant: 0 }];
    const LENT: [PeopleCell; 1] = [PeopleCell { verb: PeopleVerb::Lock, target: 1, lendable: true, grant: 0 }];
    static PANEL: Panel = Panel {
        roles: &[
            Role { index: 0, name: "Owner", title: "Owner", people: &OVER, ..BARE },
            Role { index: 1, name: "Reception", title: "Reception", people: &LENT, ..BARE },
        ],
        session: Session { ruling_idle: 900, ruling_absolute: 28_800, ..CLINIC_AT_THE_DOOR.session },
        ..CLINIC_AT_THE_DOOR
    };
    let limits = crate::Limits { hash_queue: 1_000, ..crate::Limits::default() };
    let house = House::of(&PANEL, &NoActions, "http://127.0.0.1:8000", limits).await;
    house.person("owner@clinic.example", "Owner").await;
    house.person("desk@clinic.example", "Reception").await;
    for (email, idle, absolute) in [("owner@clinic.example", 900, 28_800), ("desk@clinic.example", 1_800, 43_200)] {
        let mut browser = house.signed_in(email).await;
        house.advance(idle - 1);
        assert_eq!(browser.get("/").await.status, StatusCode::OK, "{email}: just in time");
        house.advance(idle);
        assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER, "{email}: idle");
        let mut browser = house.signed_in(email).await;
        for _ in 1..(absolute / 600) {
            house.advance(600);
            assert_eq!(browser.get("/").await.status, StatusCode::OK, "{email}: in use");
        }
        house.advance(600);
        assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER, "{email}: used up");
    }
}

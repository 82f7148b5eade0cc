//! Tokens: who makes them, what is kept of them, and what ends them with the next request, at every process.

use http::StatusCode;

use super::{ANNA, DESK, OWNER, Program, clinic, make, of, token_on};
use crate::audit::{EntryQuery, EventId};
use crate::mail::sender;
use crate::panel::{Panel, Recovery, Role};
use crate::tests::authenticator::with_factor;
use crate::tests::browser::{House, PASSWORD};
use crate::token::Token;

async fn entries(house: &House, event: EventId) -> Vec<crate::audit::Entry> {
    let query = EntryQuery { event: Some(event), size: 50, ..EntryQuery::default() };
    house.app().store.entries(&query).await.unwrap().entries
}

#[tokio::test]
async fn a_token_is_made_behind_the_wall_shown_once_and_told() {
    let clinic = clinic().await;
    let house = &clinic.house;
    let mut browser = house.signed_in(ANNA).await;
    let asked = [("name", "Nightly <b>"), ("days", "30"), ("may", "read")];
    // Whatever the block lists: once the proof is old, the password is asked for, and the form goes on behind it.
    house.advance(601);
    browser.get("/account").await;
    let wall = browser.post("/account/tokens", &asked).await;
    assert_eq!(wall.status, StatusCode::UNAUTHORIZED);
    assert!(entries(house, EventId::TokenMade).await.is_empty());
    let (_, mut fields) = wall.hidden_form("bw.proof");
    fields.retain(|(name, _)| name != "_csrf");
    fields.push(("bw.proof".to_owned(), PASSWORD.to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let shown = browser.post("/account/tokens", &fields).await;
    let token = token_on(&shown);
    assert!(token.starts_with("bwk_") && token.len() == 47, "{token}");
    assert!(shown.text.contains("may only read") && shown.text.contains("http://127.0.0.1:8000/api/doctors"));
    let program = Program::of(house, Some(token.clone()));
    program.get("/api/patients").await.is(200);
    let page = browser.get("/account").await.text;
    assert!(!page.contains(&token) && !page.contains("bwk_"), "never again");
    for seen in ["Nightly &lt;b&gt;", "reads", "2026-12-21 12:10", "198.51.100.7"] {
        assert!(page.contains(seen), "{seen}: {page}");
    }
    let made = &entries(house, EventId::TokenMade).await[0];
    let said = |name: &str| made.changes.iter().find(|change| change.field == name).unwrap().after.clone().unwrap();
    assert_eq!((said("name").as_str(), said("reads only").as_str()), ("Nightly <b>", "yes"));
    // The person hears of its making and of its end.
    let id = said("token");
    let ended = browser.post(&format!("/account/tokens/{id}/end"), &[]).await;
    assert_eq!(ended.location(), "/account?done=token");
    program.get("/api/patients").await.is(401);
    assert_eq!(entries(house, EventId::TokenEnded).await.len(), 1);
    assert_eq!(browser.post(&format!("/account/tokens/{id}/end"), &[]).await.status, StatusCode::NOT_FOUND);
    let told = "SELECT count(*) FROM bw_mail WHERE notice IN ('token_made', 'token_ended')";
    assert_eq!(house.app().store.ask_for_test(told).await, "2");
    sender::deliver_due(house.app()).await.unwrap();
}

#[tokio::test]
async fn a_token_without_a_name_an_end_or_a_limit_is_not_made() {
    let clinic = clinic().await;
    let house = &clinic.house;
    let mut browser = house.signed_in(ANNA).await;
    browser.get("/account").await;
    for (name, days) in [("", "90"), ("x", "0"), ("x", "366"), ("x", ""), ("x", "soon"), ("a\nb", "90")] {
        let answer = browser.post("/account/tokens", &[("name", name), ("days", days), ("may", "read")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {days}");
        assert!(!answer.text.contains("bwk_"));
    }
    // What the form does not say widens nothing.
    let answer = browser.post("/account/tokens", &[("name", "x"), ("days", "365")]).await;
    assert!(answer.text.contains("may only read"));
    for _ in 1..20 {
        make(&mut browser, "write").await;
    }
    browser.get("/account").await;
    let answer = browser.post("/account/tokens", &[("name", "x"), ("days", "90"), ("may", "read")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.app().store.ask_for_test("SELECT count(*) FROM bw_api_tokens").await, "20");
    // Somebody else's is not there.
    let mut desk = house.signed_in(DESK).await;
    desk.get("/account").await;
    assert_eq!(desk.post("/account/tokens/1/end", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_that_may_only_read_changes_nothing() {
    let clinic = clinic().await;
    let reads = clinic.with_token(OWNER, "read").await;
    let row = format!("/api/doctors/{}", clinic.berg);
    reads.get(&row).await.is(200);
    let change = "{\"name\":\"Kai\",\"version\":\"1\"}";
    let answer = reads.patch(&row, change).await.is(403);
    assert_eq!(answer["detail"], "Your role, Owner, may not edit Doctors with a token that may only read.");
    reads.post("/api/doctors", "{\"name\":\"Kai\"}").await.is(403);
    reads.send(http::Method::DELETE, &format!("{row}?version=1"), "").await.is(403);
    reads.post(&format!("/api/invoices/{}/approve", clinic.invoice), "").await.is(403);
    assert_eq!(entries(&clinic.house, EventId::RightRefused).await.len(), 4);
    // The control: another token of the same person.
    clinic.program(OWNER).await.patch(&row, change).await.is(200);
}

/// Each with the next request, at another process too.
#[tokio::test]
async fn whatever_takes_access_away_ends_the_tokens_with_the_next_request() {
    const WAYS: [&str; 7] = ["lock", "assign", "reset", "revoke", "password", "inactive", "expires"];
    for way in WAYS {
        let clinic = clinic().await;
        let house = &clinic.house;
        let second = house.again().await;
        let anna = clinic.program(ANNA).await;
        let beside = clinic.with_token(DESK, "read").await;
        anna.at(&second).get("/api/doctors").await.is(200);
        let id = house.app().store.person_by_email(ANNA).await.unwrap().unwrap().id;
        let mut owner = house.signed_in(OWNER).await;
        owner.get("/people").await;
        match way {
            "lock" | "reset" | "revoke" => {
                let answer = owner.post(&format!("/people/{id}/{way}"), &[]).await;
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{way}: {}", answer.text);
            }
            "assign" => {
                let answer = owner.post(&format!("/people/{id}/assign"), &[("role", "Reception")]).await;
                assert_eq!(answer.status, StatusCode::SEE_OTHER);
            }
            "password" => house.set_password(id, "another lamp beside it").await,
            "inactive" => house.sql("UPDATE bw_people SET inactive = TRUE WHERE email LIKE 'anna%'").await,
            _ => house.advance(90 * 86_400),
        }
        for at in [house, &second] {
            anna.at(at).get("/api/doctors").await.is(401);
        }
        // Of nobody else.
        beside.get("/api/patients").await.is(if way == "expires" { 401 } else { 200 });
        let ended = entries(house, EventId::TokenEnded).await;
        let by_itself = matches!(way, "inactive" | "expires");
        assert_eq!(ended.len(), usize::from(!by_itself), "{way}");
        let left = "SELECT count(*) FROM bw_api_tokens";
        assert_eq!(house.app().store.ask_for_test(left).await, "2", "rows stay for the record");
        // What let them in before does not come back with the account.
        if way == "lock" {
            owner.post(&format!("/people/{id}/unlock"), &[]).await;
            anna.get("/api/doctors").await.is(401);
        }
    }
}

/// The control of the test above: signing out, and what happens to one's browsers, ends no token; and the role holds now.
#[tokio::test]
async fn a_token_goes_on_where_its_person_is_signed_out_and_has_the_role_of_this_moment() {
    let clinic = clinic().await;
    let house = &clinic.house;
    let mut browser = house.signed_in(ANNA).await;
    let anna = Program::of(house, Some(make(&mut browser, "write").await));
    browser.get("/account").await;
    browser.post("/account/sessions/end", &[]).await;
    browser.post("/sign-out", &[]).await;
    anna.get("/api/doctors").await.is(200);
    // Beside the panel, so that nothing ended it: authority is read with each request.
    house.sql("UPDATE bw_people SET role = 'Reception' WHERE email LIKE 'anna%'").await;
    anna.get("/api/doctors").await.is(403);
    house.sql("UPDATE bw_people SET attributes = '{}', role = 'Clinician' WHERE email LIKE 'anna%'").await;
    assert_eq!(anna.get("/api/patients").await.is(200)["count"]["exact"], 0);
    house.sql("UPDATE bw_people SET role = 'Gone' WHERE email LIKE 'anna%'").await;
    anna.get("/api/doctors").await.is(401);
}

#[tokio::test]
async fn where_the_role_requires_a_factor_a_token_goes_with_it() {
    static STRICT: Panel = Panel {
        roles: &[
            Role { factor_required: true, ..super::PARTS.roles[0] },
            Role { index: 1, ..super::PARTS.roles[1] },
            Role { index: 2, ..super::PARTS.roles[2] },
        ],
        // With codes that are shown once it is set up.
        recovery: Recovery { codes: Some(3), ..super::PARTS.recovery },
        ..super::PARTS
    };
    let house = of(&STRICT).await;
    let (_, mut browser) = with_factor(&house, OWNER, "Owner").await;
    let owner = Program::of(&house, Some(make(&mut browser, "read").await));
    owner.get("/api/doctors").await.is(200);
    house.sql("UPDATE bw_factors SET removed_at = created_at").await;
    owner.get("/api/doctors").await.is(401);
}

#[tokio::test]
async fn nothing_that_is_kept_or_said_holds_a_token() {
    let clinic = clinic().await;
    let house = &clinic.house;
    let anna = clinic.program(ANNA).await;
    anna.get("/api/doctors").await.is(200);
    let held = anna.token.clone().unwrap();
    let token = Token::parse_api(&held).unwrap();
    let file = house.all_that_is_kept().await;
    let holds = |needle: &[u8]| file.windows(needle.len()).any(|part| part == needle);
    let bare = held.strip_prefix("bwk_").unwrap();
    let raw = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bare).unwrap();
    assert!(!holds(bare.as_bytes()) && !holds(&raw), "the token itself");
    let kept = house.app().store.api_token(&token.hash(), house.app().clock.now()).await.unwrap().unwrap();
    assert!(holds(&token.hash()) || crate::testing::place::on_postgres(), "its hash is what is kept");
    for said in [format!("{kept:?}"), format!("{token:?}"), format!("{:?}", house.app())] {
        assert!(!said.contains(bare), "{said}");
    }
    // What is kept lets nobody in.
    let hash = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, token.hash());
    Program::of(house, Some(format!("bwk_{hash}"))).get("/api/doctors").await.is(401);
}

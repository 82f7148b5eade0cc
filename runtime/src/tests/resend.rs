//! What somebody typed while their session was over, while it got another token, or while the database was away: it
//! comes back with the answer, and is taken from the same person, in the same browser, and from nobody else.

use http::{HeaderValue, StatusCode};

use super::browser::{Answer, Browser, CLINIC_AT_THE_DOOR, House, NoActions, PASSWORD};
use crate::Limits;
use crate::marks::LEFT_SECONDS;
use crate::panel::{Panel, Reauth, Verb};
use crate::session::EndReason;
use crate::testing::{DOCTOR, actor, all, terms};

const ANNA: &str = "anna@clinic.example";
const BERT: &str = "bert@clinic.example";
const NEW: &[(&str, &str)] = &[("name", "Dr. \"O'Neill\" <&>"), ("speciality", "General"), ("active", "true")];

/// The form that a page keeps.
pub(super) fn kept(answer: &Answer) -> (String, Vec<(String, String)>) {
    answer.hidden_form("data-held")
}

/// Sends it as it stands in the page, with the token that stands there.
pub(super) async fn send_again(browser: &mut Browser, (action, fields): &(String, Vec<(String, String)>)) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post_with(action, None, &fields).await
}

pub(super) async fn names(house: &House) -> Vec<String> {
    let owner = actor("Owner", None);
    let terms = terms(&owner, Verb::View, DOCTOR);
    let page = house.app().store.batch(&all(&terms)).await.unwrap();
    page.rows.iter().map(|row| row.row.get(0).unwrap().to_text()).collect()
}

/// Anna has a form open, and her session ends.
async fn left_open() -> (House, Browser) {
    let house = House::open().await;
    let anna = house.person(ANNA, "Owner").await;
    house.person(BERT, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    browser.get("/doctors/new").await;
    let mut write = house.app().store.write(crate::testing::command_line()).await.unwrap();
    let recorded = write.end_sessions(anna, EndReason::EndedByAdministrator).await.unwrap().unwrap();
    write.commit(recorded).await.unwrap();
    (house, browser)
}

/// Signs in beside the page that is open, as in another tab.
async fn in_another_tab(browser: &mut Browser, email: &str) {
    let answer = browser.sign_in(email, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

#[tokio::test]
async fn what_was_typed_in_a_session_that_is_over_is_taken_from_the_same_person_once() {
    let (house, mut browser) = left_open().await;
    let answer = browser.post("/doctors/new", NEW).await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Form realm=\"panel\""));
    assert!(answer.text.contains("You were signed out") && answer.text.contains("Sign in (opens another tab)"));
    assert!(!browser.cookies.contains_key("bw"), "the dead cookie is taken back");
    let form = kept(&answer);
    assert_eq!(form.0, "/doctors/new");
    for (name, value) in NEW {
        assert!(form.1.iter().any(|(n, v)| n == name && v == value), "{name}: {:?}", form.1);
    }
    // Before the sign-in it comes back once more.
    let early = send_again(&mut browser, &form).await;
    assert_eq!((early.status, kept(&early)), (StatusCode::UNAUTHORIZED, form.clone()));
    assert!(names(&house).await.is_empty(), "nothing was saved");
    in_another_tab(&mut browser, ANNA).await;
    let answer = send_again(&mut browser, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(names(&house).await, [NEW[0].1]);
    // Once: what it was taken by is taken back with it.
    assert!(!browser.cookies.contains_key("bw-left"));
    assert_eq!(send_again(&mut browser, &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(names(&house).await.len(), 1);
}

#[tokio::test]
async fn a_session_that_was_idle_too_long_loses_nothing_either() {
    let (house, _) = left_open().await;
    let mut browser = house.signed_in(ANNA).await;
    browser.get("/doctors/new").await;
    house.advance(13 * 3_600);
    let form = kept(&browser.post("/doctors/new", NEW).await);
    in_another_tab(&mut browser, ANNA).await;
    assert_eq!(send_again(&mut browser, &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(names(&house).await, [NEW[0].1]);
}

#[tokio::test]
async fn nobody_else_gets_or_saves_what_was_typed() {
    let (house, mut browser) = left_open().await;
    let form = kept(&browser.post("/doctors/new", NEW).await);
    // Somebody else signs in at the same browser, and finds the page still open.
    let mut bert = browser.clone();
    in_another_tab(&mut bert, BERT).await;
    let answer = send_again(&mut bert, &form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(!answer.text.contains("O'Neill") && !answer.text.contains("O&#"), "{}", answer.text);
    assert!(names(&house).await.is_empty());
    // The same person in another browser, which never held that session.
    let mut elsewhere = house.signed_in(ANNA).await;
    assert_eq!(send_again(&mut elsewhere, &form).await.status, StatusCode::FORBIDDEN);
    // A token that is of no session, in a browser that was given it, brings nothing back.
    let mut made_up = house.browser();
    let token = crate::token::Token::fresh().unwrap();
    let left = house.app().store.marks().await.unwrap().left(&token, house.app().clock.now());
    made_up.cookies.insert("bw-left".to_owned(), left);
    assert_eq!(send_again(&mut made_up, &form).await.status, StatusCode::SEE_OTHER, "to the sign-in");
    // Another site can't have it sent, whatever it knows.
    let mut lured = browser.clone();
    in_another_tab(&mut lured, ANNA).await;
    lured.headers.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
    assert_eq!(send_again(&mut lured, &form).await.status, StatusCode::FORBIDDEN);
    // A form that was not of that session is none of hers.
    let mut forged = browser.clone();
    in_another_tab(&mut forged, ANNA).await;
    assert_eq!(forged.post_with("/doctors/new", Some("x"), NEW).await.status, StatusCode::FORBIDDEN);
    assert!(names(&house).await.is_empty());
    // The control: from herself it is taken.
    in_another_tab(&mut browser, ANNA).await;
    assert_eq!(send_again(&mut browser, &form).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_is_no_form_of_a_row_leads_to_the_sign_in_as_before() {
    let (_house, mut browser) = left_open().await;
    let mut same = browser.clone();
    let answer = same.post("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    let answer = browser.clone().post_with("/doctors/new", Some("x"), NEW).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"), "not of that session");
    let answer = browser.post("/doctors/1/delete", &[("bw.version", "1")]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"));
}

#[tokio::test]
async fn a_secret_that_was_typed_is_not_kept_and_the_form_comes_back_for_it() {
    let (_house, mut browser) = left_open().await;
    let typed = [("name", "Zoe Lind"), ("born", "1980-01-01"), ("pin", "4711-secret")];
    let answer = browser.post("/patients/new", &typed).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(!answer.text.contains("4711-secret") && answer.text.contains("A secret that you typed is not kept"));
    let mut form = kept(&answer);
    in_another_tab(&mut browser, ANNA).await;
    form.1.push(("bw.find".to_owned(), "again".to_owned()));
    assert!(answer.text.contains("name=\"bw.find\" value=\"again\">Send it again"), "its button");
    let answer = send_again(&mut browser, &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(answer.text.contains("value=\"Zoe Lind\"") && answer.text.contains("name=\"pin\""));
}

#[tokio::test]
async fn a_quarter_of_an_hour_after_they_were_told_the_panel_takes_it_from_nobody() {
    let (house, mut browser) = left_open().await;
    let form = kept(&browser.post("/doctors/new", NEW).await);
    house.advance(LEFT_SECONDS - 1);
    // Sent before the sign-in, which does not give it more time.
    let early = send_again(&mut browser, &form).await;
    assert_eq!((early.status, kept(&early)), (StatusCode::UNAUTHORIZED, form.clone()));
    in_another_tab(&mut browser, ANNA).await;
    let mut late = browser.clone();
    assert_eq!(send_again(&mut browser, &form).await.status, StatusCode::SEE_OTHER, "the control");
    house.advance(1);
    // A browser that keeps the cookie for longer than it was told.
    assert!(late.cookies.contains_key("bw-left"));
    assert_eq!(send_again(&mut late, &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(names(&house).await.len(), 1);
}

#[tokio::test]
async fn what_the_wall_asks_for_is_not_kept_in_a_page() {
    let (_house, mut browser) = left_open().await;
    let mut typed = NEW.to_vec();
    typed.extend([("bw.proof", PASSWORD), ("bw.code", "123456"), ("bw.passkey", "signed")]);
    let answer = browser.post("/doctors/new", &typed).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(!answer.text.contains(PASSWORD) && !answer.text.contains("123456"), "{}", answer.text);
    assert!(kept(&answer).1.iter().all(|(name, _)| !["bw.proof", "bw.code", "bw.passkey"].contains(&name.as_str())));
}

/// Deletes ask for a fresh proof.
static PROVING: Panel = Panel { reauth: &[Reauth::Verb(Verb::Delete)], ..CLINIC_AT_THE_DOOR };

/// Anna has a form open, with this token, and proves in another tab who she is.
async fn proved_elsewhere() -> (House, Browser, String) {
    let limits = Limits { hash_queue: 1_000, ..Limits::default() };
    let house = House::of(&PROVING, &NoActions, "http://127.0.0.1:8000", limits).await;
    house.person(ANNA, "Owner").await;
    house.person(BERT, "Owner").await;
    let mut browser = house.signed_in(ANNA).await;
    browser.get("/doctors/new").await;
    let open = browser.csrf.clone();
    prove(&house, &mut browser).await;
    (house, browser, open)
}

/// The token of the session is another one afterwards.
async fn prove(house: &House, browser: &mut Browser) {
    house.advance(601);
    let before = browser.cookies["bw"].clone();
    let doctor =
        crate::testing::seed(&house.app().store, DOCTOR, vec![vec![(0, crate::testing::text("Gone"))]]).await[0];
    let path = format!("/doctors/{doctor}/delete");
    browser.get(&path).await;
    let answer = browser.post(&path, &[("bw.version", "1"), ("bw.proof", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_ne!(browser.cookies["bw"], before);
}

#[tokio::test]
async fn a_form_from_before_a_proof_in_another_tab_comes_back_and_is_saved_when_it_is_sent_again() {
    let (house, mut browser, open) = proved_elsewhere().await;
    // However often, and however long ago.
    prove(&house, &mut browser).await;
    prove(&house, &mut browser).await;
    let answer = browser.post_with("/doctors/new", Some(&open), NEW).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    assert!(
        answer.text.contains("Please send this once more") && answer.text.contains("Nothing of this one was saved")
    );
    assert!(names(&house).await.is_empty(), "nothing is saved before it is sent again");
    let form = kept(&answer);
    assert_eq!(form.0, "/doctors/new");
    for (name, value) in NEW {
        assert!(form.1.iter().any(|(n, v)| n == name && v == value), "{name}: {:?}", form.1);
    }
    assert!(form.1.iter().all(|(_, value)| *value != open), "with the token of now");
    let answer = send_again(&mut browser, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(names(&house).await, [NEW[0].1]);
}

#[tokio::test]
async fn no_other_form_comes_back_or_does_anything() {
    let (house, browser, open) = proved_elsewhere().await;
    let (token, mark) = open.split_once('.').unwrap();
    let mut bert = house.signed_in(BERT).await;
    bert.get("/doctors/new").await;
    let theirs = bert.csrf.split_once('.').unwrap().1.to_owned();
    // Without the mark of this session no token of before is anything.
    let another = format!("{token}.{theirs}");
    for carried in [None, Some(token), Some(another.as_str()), Some(""), Some("."), Some(mark), Some("x.y")] {
        let answer = browser.clone().post_with("/doctors/new", carried, NEW).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{carried:?}");
        assert!(!answer.text.contains("Neill"), "{carried:?}: {}", answer.text);
    }
    // Another site can't have it shown, let alone saved, whatever it knows.
    for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "null")] {
        let mut lured = browser.clone();
        lured.headers.insert(name, HeaderValue::from_static(value));
        let answer = lured.post_with("/doctors/new", Some(&open), NEW).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{value}");
        assert!(!answer.text.contains("Neill"), "{value}");
    }
    // Neither somebody else, nor the same person in another browser, nor nobody.
    let mut elsewhere = house.signed_in(ANNA).await;
    for browser in [&mut bert, &mut elsewhere] {
        let answer = browser.post_with("/doctors/new", Some(&open), NEW).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(!answer.text.contains("Neill"));
    }
    let answer = house.browser().post_with("/doctors/new", Some(&open), NEW).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    // What is no form that holds what somebody typed is refused as before, and so is the way out.
    for path in ["/sign-out", "/doctors/1/delete", "/people/1/lock"] {
        let answer = browser.clone().post_with(path, Some(&open), &[("bw.version", "1")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(names(&house).await.is_empty());
    // The control.
    assert_eq!(browser.clone().post_with("/doctors/new", Some(&open), NEW).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_form_from_before_a_proof_outlives_its_session_too() {
    let (house, mut browser, open) = proved_elsewhere().await;
    house.advance(13 * 3_600);
    let answer = browser.post_with("/doctors/new", Some(&open), NEW).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let form = kept(&answer);
    let mut bert = browser.clone();
    in_another_tab(&mut bert, BERT).await;
    let answer = send_again(&mut bert, &form).await;
    assert!(answer.status == StatusCode::FORBIDDEN && !answer.text.contains("Neill"));
    in_another_tab(&mut browser, ANNA).await;
    // It was never of the token that the session had last: once more with the one of now.
    let answer = send_again(&mut browser, &form).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    assert!(names(&house).await.is_empty());
    assert_eq!(send_again(&mut browser, &kept(&answer)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(names(&house).await, [NEW[0].1]);
}

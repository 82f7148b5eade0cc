//! What somebody typed while their session was over, or while the database was away: it comes back with the answer, and is
//! taken from the same person, in the same browser, and from nobody else.

use http::{HeaderValue, StatusCode};

use super::browser::{Answer, Browser, House, PASSWORD};
use crate::panel::Verb;
use crate::session::EndReason;
use crate::testing::{DOCTOR, actor, terms};

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
    let page = house
        .app()
        .store
        .batch(&crate::store::ListQuery {
            terms: &terms,
            columns: crate::panel::FieldSet::ALL,
            filter: crate::condition::Condition::Always,
            search: None,
            sort: None,
            position: crate::store::Position::First,
            size: 50,
            labels: &[],
            count: false,
        })
        .await
        .unwrap();
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
    made_up.cookies.insert("bw-left".to_owned(), crate::token::Token::fresh().unwrap().text());
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

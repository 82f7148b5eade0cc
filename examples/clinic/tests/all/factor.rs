//! The second factor of the clinic, as people meet it: asked to set an app up, later with a code, then without the
//! phone, then without anything.

use chrono::Duration;

use crate::authenticator::code_of;
use crate::house::{House, PASSWORD};
use crate::program::clinic;
use crate::visitor::{Answer, Form, Visitor, select};

const NINA: &str = "nina@example.org";

/// Signs in with the password, and follows where that leads.
async fn arrive(visitor: &mut Visitor) -> Answer {
    let mut answer = visitor.sign_in("/sign-in", NINA, PASSWORD).await.expect(303);
    while answer.status() == 303 {
        let to = answer.location().to_owned();
        answer = visitor.get(&to).await;
    }
    answer
}

/// The secret on the page of an enrolment, as an app reads it.
fn secret_of(page: &Answer) -> Vec<u8> {
    let html = page.page();
    let input = html.select(&select("#secret")).next().expect("a secret to type");
    let base32 = input.attr("value").expect("its text").replace(' ', "");
    totp_rs::Secret::try_from_base32(base32).expect("base32").as_bytes().to_vec()
}

async fn send(visitor: &mut Visitor, page: &Answer, selector: &str, field: &str, text: &str) -> Answer {
    let mut form = Form::of(page, selector);
    form.set(field, text);
    visitor.submit(&form).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_first_sign_in_to_a_lost_phone_and_lost_codes() {
    let house = House::open().await;
    let nina = house.person(NINA, "Manager", None).await;

    let mut visitor = house.visitor();
    let page = arrive(&mut visitor).await.expect(200);
    assert_eq!(page.texts("h1"), ["Set up your second factor"]);
    assert_eq!(page.page().select(&select("svg.qr path")).count(), 1);
    assert_eq!(visitor.get("/patients").await.expect(303).location(), "/factor/enrol?next=%2Fpatients");
    let secret = secret_of(&page);
    let page = send(&mut visitor, &page, "form.stack", "code", &code_of(&secret, house.now())).await.expect(200);
    let codes = page.texts("#codes li");
    assert_eq!(codes.len(), 10);
    visitor.get("/patients").await.expect(200);

    // The next time: a code of the app.
    house.wait(Duration::seconds(30));
    let mut visitor = house.visitor();
    let page = arrive(&mut visitor).await.expect(200);
    assert_eq!(page.texts("h1"), ["Your second factor"]);
    send(&mut visitor, &page, "form.stack", "code", "000000").await.expect(422);
    send(&mut visitor, &page, "form.stack", "code", &code_of(&secret, house.now())).await.expect(303);
    visitor.get("/patients").await.expect(200);

    // Without the phone: a recovery code, and they are told to set up another app.
    let mut visitor = house.visitor();
    let page = arrive(&mut visitor).await.expect(200);
    let answer = send(&mut visitor, &page, "details form", "recovery_code", &codes[3]).await.expect(303);
    let account = visitor.get(answer.location()).await.expect(200);
    assert!(account.words().contains("set up another one") && account.words().contains("9 of 10 are left"));

    // Without anything: whoever runs the panel, with a reason that stays.
    let why = "phone and paper lost on a train";
    clinic(house.directory(), &["user", "factor-off", NINA]).expect(2);
    clinic(house.directory(), &["user", "factor-off", NINA, "--why", why]).expect(0);
    clinic(house.directory(), &["user", "factor-off", NINA, "--why", why]).fault(1);
    assert_eq!(visitor.get("/account").await.expect(303).location(), "/sign-in?next=%2Faccount");
    let kept = house
        .text("SELECT CAST(changes AS TEXT) FROM bw_audit WHERE event = 'factor.removed' AND row_id = $1", nina)
        .await;
    assert!(kept.contains(why) && kept.contains("command line"), "{kept}");
    let mut visitor = house.visitor();
    let page = arrive(&mut visitor).await.expect(200);
    assert_eq!(page.texts("h1"), ["Set up your second factor"]);
    assert_ne!(secret_of(&page), secret);
}

#[tokio::test]
async fn an_owner_removes_a_manager_s_lost_factor() {
    let house = House::open().await;
    let mut owner = house.signed_in("Owner").await;
    let manager = house.person_id("manager@example.org").await;
    let mut there = house.signed_in("Manager").await;
    let page = owner.get(&format!("/people/{manager}")).await.expect(200);
    let form = Form::of(&page, "form[action$='/factor-off']");
    owner.submit(&form).await.expect(303);
    there.get("/").await.expect(303);
    let page = owner.get(&format!("/people/{manager}")).await.expect(200);
    assert!(page.texts("dd").contains(&"None".to_owned()));
}

#[test]
fn sessions_end_from_the_command_line() {
    let at = tempfile::tempdir().expect("a directory");
    clinic(at.path(), &["user", "create", NINA, "--role", "Reception"]).expect(0);
    assert!(clinic(at.path(), &["user", "end", NINA]).expect(0).out.contains("no session"));
    assert!(clinic(at.path(), &["user", "end", "--role", "Reception"]).expect(0).out.contains("no session"));
    clinic(at.path(), &["user", "end"]).expect(2);
    clinic(at.path(), &["user", "end", "--role", "Nurse"]).fault(2);
}

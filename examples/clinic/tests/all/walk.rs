//! One person's way through the authority of the clinic, in a browser and with mail over SMTP: invited, signed in for
//! the first time with a second factor, the password forgotten, the phone lost, locked by who manages them, unlocked.
//! Links are read from what the mail server received; whoever manages them sees none.

use chrono::{Duration, Utc};
use fantoccini::{Client, Locator};

use crate::authenticator::code_of;
use crate::chromium::{Driver, PATIENCE, browser, enrol, expect_in, fill, press, there, wanted};
use crate::house::PASSWORD;
use crate::place;
use crate::program::{Server, command};
use crate::sink::Sink;

const OWNER: &str = "first@example.org";
const MONA: &str = "mona@example.org";
const FIRST: &str = "herons wade where reeds bend";
const SECOND: &str = "lanterns drift along the quay";

/// Chooses a password at the door that a mailed link opens.
async fn choose(client: &Client, server: &Server, link: &str, password: &str) {
    client.goto(&format!("http://{}{link}", server.address)).await.expect("the link opens");
    let address = there(client, "#email").await.attr("value").await.expect("an attribute");
    assert_eq!(address.as_deref(), Some(MONA));
    let now = client.current_url().await.expect("an address");
    assert!(now.query().is_none(), "the token leaves the address: {now}");
    fill(client, "#password", password).await;
    fill(client, "#again", password).await;
    press(client, "form.stack button.primary").await;
}

async fn sign_in(client: &Client, password: &str) {
    fill(client, "#email", MONA).await;
    fill(client, "#password", password).await;
    press(client, "form.stack button.primary").await;
}

async fn sign_out(client: &Client) {
    press(client, "form[action='/sign-out'] button").await;
    there(client, "form[action='/sign-in']").await;
}

/// The code that the app shows next: the one of this half minute may be used up, and each counts once.
async fn next_code(client: &Client, secret: &[u8]) {
    fill(client, "#code", &code_of(secret, Utc::now() + Duration::seconds(30))).await;
    press(client, "form.stack button.primary").await;
}

async fn title(client: &Client, wanted: &str) {
    let title = format!("//h1[normalize-space() = '{wanted}']");
    let found = client.wait().at_most(PATIENCE).for_element(Locator::XPath(&title)).await;
    if let Err(why) = found {
        panic!("{wanted}: {why}; the page: {}", client.source().await.unwrap_or_default());
    }
}

/// What the server received for Mona, as soon as it has.
fn mailed(mails: &Sink, subject: &str) -> crate::sink::Mail {
    mails.wait_until(|mail| mail.to == MONA && mail.header("Subject").is_some_and(|it| it.ends_with(subject)))
}

#[tokio::test]
async fn invited_enrolled_forgotten_lost_locked_and_unlocked() {
    if !wanted() {
        return;
    }
    let home = tempfile::tempdir().expect("a directory");
    let mails = Sink::open();
    let mut words = command(home.path(), &["serve", "--listen", "127.0.0.1:0"]);
    words.env("SMTP_URL", mails.url());
    let server = Server::of(words);
    let link = server.said.iter().flat_map(|said| said.split_whitespace()).find(|word| word.contains("/first?token="));
    let link = link.expect("the first owner's link").to_owned();
    let driver = Driver::start(home.path());
    let owner = browser(&driver, &home.path().join("owner"), true).await;
    let mona = browser(&driver, &home.path().join("mona"), true).await;

    // The owner comes in and invites.
    owner.goto(&link).await.expect("the link opens");
    fill(&owner, "#email", OWNER).await;
    fill(&owner, "#password", PASSWORD).await;
    fill(&owner, "#again", PASSWORD).await;
    press(&owner, "form.stack button.primary").await;
    enrol(&owner).await;
    expect_in(&owner, OWNER).await;
    owner.goto(&format!("http://{}/people/invite", server.address)).await.expect("a page");
    fill(&owner, "#email", MONA).await;
    there(&owner, "#role").await.select_by_label("Manager").await.expect("an option");
    press(&owner, ".card form button.primary").await;
    there(&owner, ".note.good").await;

    // First sign-in: a password by the link, then the factor that the role requires.
    let invited = mailed(&mails, "You are invited");
    choose(&mona, &server, &invited.link().expect("a link"), FIRST).await;
    title(&mona, "Set up your second factor").await;
    let (secret, codes) = enrol(&mona).await;
    assert_eq!(codes.len(), 10);
    expect_in(&mona, MONA).await;
    mailed(&mails, "A second factor was added");
    sign_out(&mona).await;

    // The password is forgotten: the link comes by mail, and the factor is asked for as ever.
    press(&mona, "a[href='/recovery']").await;
    fill(&mona, "#email", MONA).await;
    press(&mona, "form.stack button.primary").await;
    let reset = mailed(&mails, "A new password").link().expect("a link");
    choose(&mona, &server, &reset, SECOND).await;
    title(&mona, "Your second factor").await;
    next_code(&mona, &secret).await;
    expect_in(&mona, MONA).await;
    mailed(&mails, "Your password was changed");
    sign_out(&mona).await;
    mona.goto(&format!("http://{}{reset}", server.address)).await.expect("a page");
    let used = there(&mona, "main").await.text().await.expect("a text");
    assert!(used.contains("This link is not good any more"), "{used}");

    // The phone is lost: the old password is worth nothing, the new one leads to the step, a saved code goes through
    // it.
    mona.goto(&format!("http://{}/sign-in", server.address)).await.expect("a page");
    sign_in(&mona, FIRST).await;
    there(&mona, ".note.bad").await;
    sign_in(&mona, SECOND).await;
    title(&mona, "Your second factor").await;
    press(&mona, "details summary").await;
    fill(&mona, "#recovery", &codes[3]).await;
    press(&mona, "details form button").await;
    title(&mona, "Your account").await;
    let account = there(&mona, "main").await.text().await.expect("a text");
    assert!(account.contains("9 of 10 are left"), "{account}");
    let told = mailed(&mails, "A recovery code was used");
    assert!(told.text().contains("9 are left"), "{}", told.text());
    press(&mona, "a[href='/factor/enrol']").await;
    let (secret, _) = enrol(&mona).await;
    title(&mona, "Your account").await;

    // Locked by the owner: the very next request leads to the door, and the door stays shut.
    owner.goto(&format!("http://{}/people", server.address)).await.expect("a page");
    let person = format!("//table//a[normalize-space() = '{MONA}']");
    let person = owner.wait().at_most(PATIENCE).for_element(Locator::XPath(&person)).await.expect("a person");
    person.click().await.expect("a link");
    press(&owner, "form[action$='/lock'] button").await;
    there(&owner, "form[action$='/unlock'] button").await;
    mona.goto(&format!("http://{}/patients", server.address)).await.expect("a page");
    there(&mona, "form[action='/sign-in']").await;
    mailed(&mails, "Your account is locked");
    sign_in(&mona, SECOND).await;
    there(&mona, ".note.bad").await;

    // And unlocked.
    press(&owner, "form[action$='/unlock'] button").await;
    there(&owner, "form[action$='/lock'] button").await;
    mailed(&mails, "Your account is open again");
    sign_in(&mona, SECOND).await;
    title(&mona, "Your second factor").await;
    next_code(&mona, &secret).await;
    there(&mona, "nav a[href='/patients']").await;
    expect_in(&mona, MONA).await;

    mona.close().await.expect("the browser closes");
    owner.close().await.expect("the browser closes");
    drop(driver);
    drop(server);
    // The whole way stands in the log, in this order.
    let order = "SELECT CAST(count(*) AS BIGINT) FROM bw_audit a JOIN bw_audit b ON b.row_id = a.row_id AND b.seq > a.seq \
                 WHERE a.event = 'person.locked' AND b.event = 'person.unlocked'";
    let pairs: i64 = place::ask(&place::url(home.path()), order, &[]).await;
    assert_eq!(pairs, 1);
}

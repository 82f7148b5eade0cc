//! Passkeys in a browser, with Chromium's virtual authenticator: enrolled at the first sign-in, signed in with without
//! a password, asked for behind the password, shown at the wall, and removed. The panel is reached by a name, as
//! passkeys ask for, at the port that it got.

use std::path::Path;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::authenticator::code_of;
use crate::chromium::{Driver, PATIENCE, browser, expect_in, fill, press, there, wanted};
use crate::house::PASSWORD;
use crate::place;
use crate::program::{Server, command};

const OWNER: &str = "first@example.org";

/// A command of WebDriver's extension for WebAuthn.
#[derive(Debug)]
struct WebAuthn {
    method: http::Method,
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for WebAuthn {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/webauthn/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (self.method.clone(), self.body.as_ref().map(Value::to_string))
    }
}

/// Plugs a key in: one that keeps what it signs for, and whose person unlocks it each time. Its name.
async fn plug_in(client: &Client) -> String {
    let options = json!({
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": true,
        "hasUserVerification": true,
        "isUserConsenting": true,
        "isUserVerified": true,
    });
    let command = WebAuthn { method: http::Method::POST, path: "authenticator".to_owned(), body: Some(options) };
    let answer = client.issue_cmd(command).await.expect("a virtual authenticator");
    answer.as_str().expect("its name").to_owned()
}

/// From now on its person unlocks it, or does not.
async fn unlocks(client: &Client, key: &str, yes: bool) {
    let path = format!("authenticator/{key}/uv");
    let command = WebAuthn { method: http::Method::POST, path, body: Some(json!({ "isUserVerified": yes })) };
    client.issue_cmd(command).await.expect("an answer");
}

async fn title(client: &Client, wanted: &str) {
    let title = format!("//h1[normalize-space() = '{wanted}']");
    if let Err(why) = client.wait().at_most(PATIENCE).for_element(Locator::XPath(&title)).await {
        panic!("{wanted}: {why}; the page: {}", client.source().await.unwrap_or_default());
    }
}

/// Waits for an element that holds these words. Asked for as a whole: one that was found first and read then may be of
/// a page that is on its way out.
async fn says(client: &Client, element: &str, words: &str) {
    let wanted = format!("//{element}[contains(., '{words}')]");
    if let Err(why) = client.wait().at_most(PATIENCE).for_element(Locator::XPath(&wanted)).await {
        panic!("{words}: {why}; the page: {}", client.source().await.unwrap_or_default());
    }
}

async fn sign_out(client: &Client) {
    press(client, "form[action='/sign-out'] button").await;
    there(client, "form[action='/sign-in']").await;
}

async fn sign_in(client: &Client) {
    fill(client, "#email", OWNER).await;
    fill(client, "#password", PASSWORD).await;
    press(client, "form.stack button.primary").await;
}

/// A clinic at a name: passkeys belong to one, and not to a number.
fn at_localhost(home: &Path) -> Server {
    let mut words = command(home, &["serve", "--listen", "127.0.0.1:0"]);
    words.env("PUBLIC_URL", "http://localhost:0");
    Server::of(words)
}

#[tokio::test]
async fn enrolled_signed_in_with_shown_at_the_wall_and_removed() {
    if !wanted() {
        return;
    }
    let home = tempfile::tempdir().expect("a directory");
    let server = at_localhost(home.path());
    let at = |path: &str| format!("http://localhost:{}{path}", server.address.port());
    let link = server.said.iter().flat_map(|said| said.split_whitespace()).find(|word| word.contains("/first?token="));
    let link = link.expect("the first owner's link").to_owned();
    assert!(link.starts_with(&at("/first")), "{link}");
    let driver = Driver::start(home.path());
    let client = browser(&driver, &home.path().join("owner"), true).await;
    let key = plug_in(&client).await;

    // The role asks for a factor: a passkey is one, and brings recovery codes.
    client.goto(&link).await.expect("the link opens");
    fill(&client, "#email", OWNER).await;
    fill(&client, "#password", PASSWORD).await;
    fill(&client, "#again", PASSWORD).await;
    press(&client, "form.stack button.primary").await;
    title(&client, "Set up your second factor").await;
    press(&client, "a[href='/factor/passkey']").await;
    title(&client, "Add a passkey").await;
    fill(&client, "#name", "Desk").await;
    press(&client, "[data-passkey]:not([hidden])").await;
    title(&client, "Your recovery codes").await;
    assert_eq!(client.find_all(Locator::Css("#codes li")).await.expect("codes").len(), 10);
    press(&client, "a.primary").await;
    expect_in(&client, OWNER).await;

    // Without a password; who does not unlock the key does not get in, and can try again on the same page.
    sign_out(&client).await;
    unlocks(&client, &key, false).await;
    press(&client, "[data-passkey]:not([hidden])").await;
    let said = there(&client, "[data-without]:not([hidden])").await.text().await.expect("a text");
    assert!(said.contains("No passkey came"), "{said}");
    unlocks(&client, &key, true).await;
    press(&client, "[data-passkey]:not([hidden])").await;
    expect_in(&client, OWNER).await;

    // Behind the password.
    sign_out(&client).await;
    sign_in(&client).await;
    title(&client, "Your second factor").await;
    press(&client, "[data-passkey]:not([hidden])").await;
    expect_in(&client, OWNER).await;

    // At the wall, once the proof is old: what was being done goes on.
    let old = "UPDATE bw_sessions SET proved_at = '2026-01-01T00:00:00.000000Z' WHERE revoked_at IS NULL";
    place::run(&place::url(home.path()), old).await;
    client.goto(&at("/factor/enrol")).await.expect("a page");
    title(&client, "Your password, once more").await;
    press(&client, "[data-passkey]:not([hidden])").await;
    title(&client, "Set up your second factor").await;

    // An app beside it, so that the passkey may go; then it is gone.
    let shown = there(&client, "#secret").await.attr("value").await.expect("an attribute").expect("a secret");
    let secret = totp_rs::Secret::try_from_base32(shown.replace(' ', "")).expect("base32").as_bytes().to_vec();
    client.goto(&at("/account")).await.expect("a page");
    says(&client, "main", "Desk").await;
    says(&client, "main", "required").await;
    client.goto(&at("/factor/enrol")).await.expect("a page");
    fill(&client, "#code", &code_of(&secret, chrono::Utc::now())).await;
    press(&client, "form.stack button.primary").await;
    title(&client, "Your recovery codes").await;
    press(&client, "a.primary").await;
    press(&client, "form[action$='/remove'] button").await;
    says(&client, "main", "The passkey is gone").await;
    sign_out(&client).await;
    press(&client, "[data-passkey]:not([hidden])").await;
    there(&client, ".note.bad").await;
    sign_in(&client).await;
    title(&client, "Your second factor").await;
    assert!(client.find_all(Locator::Css("[data-passkey]")).await.expect("an answer").is_empty());

    client.close().await.expect("the browser closes");
    drop(driver);
    drop(server);
    let counts = [
        ("SELECT CAST(count(*) AS BIGINT) FROM bw_audit WHERE event = 'passkey.added'", 1),
        ("SELECT CAST(count(*) AS BIGINT) FROM bw_audit WHERE event = 'passkey.used'", 3),
        ("SELECT CAST(count(*) AS BIGINT) FROM bw_audit WHERE event = 'passkey.removed'", 1),
        ("SELECT CAST(count(*) AS BIGINT) FROM bw_audit WHERE event = 'passkey.refused'", 1),
    ];
    for (count, wanted) in counts {
        let counted: i64 = place::ask(&place::url(home.path()), count, &[]).await;
        assert_eq!(counted, wanted, "{count}");
    }
}

#[tokio::test]
async fn without_the_script_the_page_says_what_a_passkey_needs_and_offers_the_rest() {
    if !wanted() {
        return;
    }
    let home = tempfile::tempdir().expect("a directory");
    let server = at_localhost(home.path());
    let driver = Driver::start(home.path());
    let client = browser(&driver, &home.path().join("owner"), false).await;
    client.goto(&format!("http://localhost:{}/sign-in", server.address.port())).await.expect("a page");
    let said = there(&client, "main").await.text().await.expect("a text");
    assert!(said.contains("A passkey needs JavaScript") && !said.contains("Sign in with a passkey"), "{said}");
    there(&client, "#password").await;
    client.close().await.expect("the browser closes");
    drop(driver);
    drop(server);
}

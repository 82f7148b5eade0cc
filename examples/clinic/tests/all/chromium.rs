//! Chromium by its driver: a browser of its own for each person of a test, with the script or without it, and waiting
//! for what a page shows, never for a time.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::Utc;
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::authenticator::code_of;

/// The longest that a page may take to be there, on a machine that compiles meanwhile.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// The driver, and with it the browser, go when this goes.
pub(crate) struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    pub(crate) fn start(home: &Path) -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("HOME", home);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = Self { child: command.spawn().expect("chromedriver starts"), port: 0 };
        let lines = BufReader::new(driver.child.stdout.as_mut().expect("its output")).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            line.strip_prefix("ChromeDriver was started successfully on port ")?.trim_end_matches('.').parse().ok()
        });
        driver.port = port.expect("chromedriver says where it listens");
        driver
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The driver's children first: they would outlive it.
        let children = Command::new("pgrep").args(["-P", &self.child.id().to_string()]).output();
        let children = children.map(|found| String::from_utf8_lossy(&found.stdout).into_owned()).unwrap_or_default();
        for id in children.split_whitespace() {
            let _ = Command::new("kill").args(["-KILL", id]).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) async fn browser(driver: &Driver, profile: &Path, script: bool) -> Client {
    let mut options = json!({
        "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--window-size=1280,800",
            format!("--user-data-dir={}", profile.display()),
        ],
    });
    if !script {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    let mut wanted = serde_json::Map::new();
    wanted.insert("browserName".to_owned(), json!("chrome"));
    wanted.insert("goog:chromeOptions".to_owned(), options);
    ClientBuilder::new(HttpConnector::new())
        .capabilities(wanted)
        .connect(&format!("http://127.0.0.1:{}", driver.port))
        .await
        .expect("a browser")
}

pub(crate) async fn there(client: &Client, selector: &str) -> Element {
    let found = client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await;
    match found {
        Ok(element) => element,
        Err(why) => panic!("{selector}: {why}; the page: {}", client.source().await.unwrap_or_default()),
    }
}

pub(crate) async fn fill(client: &Client, selector: &str, text: &str) {
    let control = there(client, selector).await;
    control.clear().await.expect("a control that can be emptied");
    control.send_keys(text).await.expect("a control that takes text");
}

/// Whether this browser ran, or may be missed.
pub(crate) fn wanted() -> bool {
    if std::env::var("BAILIWICK_TEST_BROWSER").is_ok_and(|set| set == "yes") {
        return true;
    }
    let ci = std::env::var("CI").is_ok_and(|set| set == "true");
    assert!(!ci, "CI runs the browser test: ./test installs chromium and its driver");
    eprintln!("NOT RUN: the browser test; ./test runs it");
    false
}

/// Presses a button or follows a link.
pub(crate) async fn press(client: &Client, selector: &str) {
    there(client, selector).await.click().await.expect("something to press");
}

/// Takes the secret off the page of an enrolment, as an authenticator app does, and confirms it with a code; what comes
/// back is the secret and the recovery codes that the next page shows.
pub(crate) async fn enrol(client: &Client) -> (Vec<u8>, Vec<String>) {
    let shown = there(client, "#secret").await.attr("value").await.expect("an attribute").expect("a secret");
    let secret = totp_rs::Secret::try_from_base32(shown.replace(' ', "")).expect("base32").as_bytes().to_vec();
    fill(client, "#code", &code_of(&secret, Utc::now())).await;
    press(client, "form.stack button.primary").await;
    there(client, "#codes li").await;
    let mut codes = Vec::new();
    for code in client.find_all(Locator::Css("#codes li")).await.expect("an answer") {
        codes.push(code.text().await.expect("a text"));
    }
    press(client, "a.primary").await;
    (secret, codes)
}

/// Whose name stands in the frame of the page: somebody who is in.
pub(crate) async fn expect_in(client: &Client, email: &str) {
    let who = there(client, ".me .who").await.text().await.expect("a text");
    assert!(who.contains(email), "{who}");
}

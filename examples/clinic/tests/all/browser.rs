//! A real browser: the first owner's link, a password, a patient made and changed, and both in the audit log; with the
//! script and without it. It runs where `BAILIWICK_TEST_BROWSER` is `yes`, as `./test` sets it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::authenticator::code_of;
use crate::house::PASSWORD;
use crate::program::Server;

/// The longest that a page may take to be there, on a machine that compiles meanwhile.
const PATIENCE: Duration = Duration::from_secs(40);

/// The driver, and with it the browser, go when this goes.
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    fn start(home: &Path) -> Self {
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

async fn browser(driver: &Driver, profile: &Path, script: bool) -> Client {
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

async fn there(client: &Client, selector: &str) -> Element {
    let found = client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await;
    match found {
        Ok(element) => element,
        Err(why) => panic!("{selector}: {why}; the page: {}", client.source().await.unwrap_or_default()),
    }
}

async fn fill(client: &Client, selector: &str, text: &str) {
    let control = there(client, selector).await;
    control.clear().await.expect("a control that can be emptied");
    control.send_keys(text).await.expect("a control that takes text");
}

/// Chooses a doctor: typed for where the script has dressed the select, else from the select itself.
async fn pick(client: &Client, script: bool, name: &str) {
    let dressed = client.find_all(Locator::Css("html.js")).await.expect("an answer").len();
    assert_eq!(dressed, usize::from(script), "the script runs where it may and nowhere else");
    if script {
        let control = there(client, "#f-doctor[role=combobox]").await;
        control.click().await.expect("a control");
        control.send_keys(name).await.expect("a control that takes text");
        let found = Locator::XPath("//li[@role='option' and starts-with(., 'Dr. Jonas')][count(../li) = 1]");
        let found = client.wait().at_most(PATIENCE).for_element(found).await.expect("the one that was looked for");
        found.click().await.expect("an option");
    } else {
        there(client, "select#f-doctor").await.select_by_label(name).await.expect("an option");
    }
}

/// Whether this browser ran, or may be missed.
fn wanted() -> bool {
    if std::env::var("BAILIWICK_TEST_BROWSER").is_ok_and(|set| set == "yes") {
        return true;
    }
    let ci = std::env::var("CI").is_ok_and(|set| set == "true");
    assert!(!ci, "CI runs the browser test: ./test installs chromium and its driver");
    eprintln!("NOT RUN: the browser test; ./test runs it");
    false
}

async fn the_first_owner_comes_in_and_works(script: bool) {
    if !wanted() {
        return;
    }
    let home = tempfile::tempdir().expect("a directory");
    let server = Server::start(home.path());
    let link = server.said.iter().flat_map(|said| said.split_whitespace()).find(|word| word.contains("/first?token="));
    let link = link.expect("the first owner's link").to_owned();
    let driver = Driver::start(home.path());
    let client = browser(&driver, &home.path().join("profile"), script).await;

    client.goto(&link).await.expect("the link opens");
    fill(&client, "#email", "first@example.org").await;
    fill(&client, "#password", PASSWORD).await;
    fill(&client, "#again", PASSWORD).await;
    there(&client, "form.stack button.primary").await.click().await.expect("a button");
    // Owners need a second factor: the app takes the secret off the page and shows a code.
    let secret = there(&client, "#secret").await.attr("value").await.expect("an attribute").expect("a secret");
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).expect("base32");
    fill(&client, "#code", &code_of(secret.as_bytes(), chrono::Utc::now())).await;
    there(&client, "form.stack button.primary").await.click().await.expect("a button");
    there(&client, "#codes li").await;
    there(&client, "a.primary").await.click().await.expect("a link");
    let who = there(&client, ".me .who").await.text().await.expect("a text");
    assert!(who.contains("first@example.org"), "{who}");

    there(&client, "nav a[href='/patients']").await.click().await.expect("a link");
    there(&client, "a[data-new]").await.click().await.expect("a link");
    fill(&client, "#f-name", "Carla Chromium").await;
    let born = there(&client, "#f-born").await;
    born.send_keys("05171984").await.expect("a date");
    pick(&client, script, "Dr. Jonas Keller").await;
    there(&client, ".savebar button.primary").await.click().await.expect("a button");
    there(&client, ".note.good").await;
    let title = there(&client, "h1").await.text().await.expect("a title");
    assert_eq!(title, "Carla Chromium");
    let row = client.current_url().await.expect("an address").path().to_owned();

    there(&client, "a[data-edit]").await.click().await.expect("a link");
    fill(&client, "#f-phone", "030 5550 4711").await;
    there(&client, ".savebar button.primary").await.click().await.expect("a button");
    there(&client, ".note.good").await;
    assert_eq!(client.current_url().await.expect("an address").path(), row);

    there(&client, "aside .more a[href*='/audit']").await.click().await.expect("a link");
    there(&client, "ol.logs").await;
    let log = there(&client, "ol.logs").await.html(false).await.expect("the log");
    for word in ["first@example.org", "030 5550 4711", "Carla Chromium"] {
        assert!(log.contains(word), "{word} in {log}");
    }
    assert_eq!(client.find_all(Locator::Css("ol.logs > li")).await.expect("entries").len(), 2, "{log}");
    client.close().await.expect("the browser closes");
    drop(driver);
    drop(server);
}

#[tokio::test]
async fn the_first_owner_works_with_the_script() {
    the_first_owner_comes_in_and_works(true).await;
}

#[tokio::test]
async fn the_first_owner_works_without_the_script() {
    the_first_owner_comes_in_and_works(false).await;
}

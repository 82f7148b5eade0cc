//! A real browser: the first owner's link, a password, a patient made and changed, and both in the audit log; with the
//! script and without it. It runs where `BAILIWICK_TEST_BROWSER` is `yes`, as `./test` sets it.

use fantoccini::{Client, Locator};

use crate::chromium::{Driver, PATIENCE, browser, enrol, expect_in, fill, press, there, wanted};
use crate::house::PASSWORD;
use crate::program::Server;

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
    press(&client, "form.stack button.primary").await;
    // Owners need a second factor: the app takes the secret off the page and shows a code.
    enrol(&client).await;
    expect_in(&client, "first@example.org").await;

    press(&client, "nav a[href='/patients']").await;
    press(&client, "a[data-new]").await;
    fill(&client, "#f-name", "Carla Chromium").await;
    let born = there(&client, "#f-born").await;
    born.send_keys("05171984").await.expect("a date");
    pick(&client, script, "Dr. Jonas Keller").await;
    press(&client, ".savebar button.primary").await;
    there(&client, ".note.good").await;
    let title = there(&client, "h1").await.text().await.expect("a title");
    assert_eq!(title, "Carla Chromium");
    let row = client.current_url().await.expect("an address").path().to_owned();

    press(&client, "a[data-edit]").await;
    fill(&client, "#f-phone", "030 5550 4711").await;
    press(&client, ".savebar button.primary").await;
    there(&client, ".note.good").await;
    assert_eq!(client.current_url().await.expect("an address").path(), row);

    press(&client, "aside .more a[href*='/audit']").await;
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

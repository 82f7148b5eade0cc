//! Every secret of a day's work — passwords, session, device and API tokens, links of resets and invitations — is in no
//! log at its most talkative, in no page but the one that hands it out, and in no file of the database.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;

use chrono::Utc;

use crate::house::{House, PASSWORD, email};
use crate::program::{Server, clinic, command};
use crate::visitor::{Form, Visitor, over_the_wire};

const WRONG: &str = "a guess that was typed wrongly";
const CHOSEN: &str = "a lantern over the harbour";

/// Whether a file holds this text.
fn holds(file: &Path, text: &str) -> bool {
    let bytes = std::fs::read(file).unwrap_or_default();
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_in_the_log_or_in_the_database() {
    let house = House::open().await;
    let log = house.directory().join("log");
    let mut talkative = command(house.directory(), &["serve", "--listen", "127.0.0.1:0"]);
    talkative.env("RUST_LOG", "trace").stderr(Stdio::from(File::create(&log).expect("a file")));
    let server = Server::of(talkative);
    let way = over_the_wire(server.address);
    let mut secrets: Vec<(&str, String)> = vec![
        ("a password", PASSWORD.to_owned()),
        ("a wrong password", WRONG.to_owned()),
        ("a chosen password", CHOSEN.to_owned()),
    ];

    let mut manager = Visitor::new(way.clone());
    manager.sign_in("/sign-in", email("Manager"), WRONG).await.expect(422);
    manager.sign_in_with_code("/sign-in", email("Manager"), PASSWORD, Utc::now()).await.expect(303);
    // The forgery tokens are made of the session's; the pages carry them.
    manager.get("/people").await.expect(200);
    let desk = house.person_id(email("Reception")).await;
    let made = clinic(house.directory(), &["user", "create", "new@example.org", "--role", "Reception"]).expect(0);
    let reset = clinic(house.directory(), &["user", "link", email("Reception")]).expect(0);
    for (name, ran) in [("a reset", &reset), ("an invitation", &made)] {
        let link = ran.out.split_whitespace().find(|word| word.contains("token=")).expect("a link");
        let token = link.split_once("token=").expect("a token").1.to_owned();
        let mut theirs = Visitor::new(way.clone());
        theirs.get(&format!("/join?token={token}")).await.expect(303);
        if name == "a reset" {
            let mut form = Form::of(&theirs.get("/join").await.expect(200), "form.stack");
            form.set("password", CHOSEN).set("again", CHOSEN);
            theirs.submit(&form).await.expect(303);
            theirs.get("/").await.expect(200);
        }
        secrets.push((name, token));
        secrets.extend(theirs.cookies().map(|value| ("a cookie of whoever joined", value.to_owned())));
    }
    let mut asked = Form::of(&manager.get("/account").await.expect(200), "#make-token");
    asked.set("name", "Nightly").set("days", "1");
    let shown = manager.submit(&asked).await.expect(200);
    let token =
        shown.text.split("bwk_").nth(1).and_then(|rest| rest.split('"').next()).expect("an API token").to_owned();
    for sent in [format!("bwk_{token}"), format!("bwk_{token}x")] {
        let request = http::Request::get("/api/doctors").header("authorization", format!("Bearer {sent}"));
        way(request.body(http_body_util::Full::default()).expect("a request")).await.expect("an answer");
    }
    secrets.push(("an API token", token));
    secrets.extend(manager.cookies().map(|value| ("a cookie of the manager", value.to_owned())));
    let page = manager.get("/people/999999").await.expect(404);
    manager.post(&format!("/people/{desk}/assign"), &[("role", "Nonsense")]).await.expect(400);
    server.kill();

    assert!(holds(&log, email("Manager")) || holds(&log, "/people"), "the control: the log was written");
    assert!(secrets.len() >= 9, "{} secrets", secrets.len());
    for (name, secret) in &secrets {
        assert!(secret.len() >= 20, "{name} is long enough to be looked for");
        for file in ["log", "clinic.db", "clinic.db-wal"] {
            assert!(!holds(&house.directory().join(file), secret), "{name} is in {file}");
        }
        assert!(!page.text.contains(secret), "{name} is in a page of an error");
    }
    // The control: what is not secret is found in the same files.
    let found =
        ["clinic.db", "clinic.db-wal"].iter().any(|file| holds(&house.directory().join(file), "new@example.org"));
    assert!(found, "the database was looked at");
}

//! `grants`: what the command line lends, and what it can't.

use std::ffi::OsString;
use std::process::ExitCode;

use super::PANEL;
use crate::builder::Builder;
use crate::cli;
use crate::testing::url;
use crate::tests::browser::NoActions;

#[test]
fn the_command_line_lends_what_is_declared_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let status = |words: &[&str]| {
        let builder = Builder::new(&PANEL, &NoActions).public_url("http://127.0.0.1:8000");
        let database = url(&directory);
        let all = ["clinic", "--database", &database].into_iter().chain(words.iter().copied()).map(OsString::from);
        cli::run(&builder, all)
    };
    let day = (chrono::Utc::now() + chrono::Duration::days(30)).format("%Y-%m-%d").to_string();
    let lend = |to: &'static str, right: &'static str, until: &str| {
        status(&["grants", "lend", "--to", to, right, "--until", until, "--why", "a reason"])
    };
    for (email, role) in [("anna@x.example", "Clinician"), ("omar@x.example", "Reception")] {
        assert_eq!(status(&["user", "create", email, "--role", role]), ExitCode::SUCCESS);
    }
    assert_eq!(lend("anna@x.example", "edit Patient", &day), ExitCode::SUCCESS);
    assert_eq!(lend("anna@x.example", "edit Patient", &day), ExitCode::from(1), "lent already");
    assert_eq!(lend("anna@x.example", "delete Patient", &day), ExitCode::from(2), "declared for nobody");
    assert_eq!(lend("omar@x.example", "edit Patient", &day), ExitCode::from(1), "not declared for that role");
    assert_eq!(lend("anna@x.example", "reset Reception", "2020-01-01"), ExitCode::from(1), "over already");
    assert_eq!(lend("anna@x.example", "reset Reception", "tomorrow"), ExitCode::from(2));
    assert_eq!(status(&["grants", "renew", "1", "--until", &day, "--why", "longer"]), ExitCode::SUCCESS);
    assert_eq!(status(&["grants", "end", "1", "--why", "done"]), ExitCode::from(1), "over: 2 continues it");
    assert_eq!(status(&["grants", "end", "2", "--why", "done"]), ExitCode::SUCCESS);
    for words in [
        &["grants", "group", "create", "Night shift"][..],
        &["grants", "group", "add", "night shift", "anna@x.example"],
        &["grants", "group", "list", "--members"],
        &["grants", "list"],
        &["grants", "history", "--to", "anna@x.example"],
    ] {
        assert_eq!(status(words), ExitCode::SUCCESS, "{words:?}");
    }
    assert_eq!(lend("group:Night shift", "edit patient", &day), ExitCode::SUCCESS);
    assert_eq!(status(&["grants", "group", "remove", "night shift", "anna@x.example"]), ExitCode::SUCCESS);
    assert_eq!(status(&["grants", "group", "remove", "night shift", "anna@x.example"]), ExitCode::from(1));
    assert_eq!(status(&["audit", "verify"]), ExitCode::SUCCESS);
}

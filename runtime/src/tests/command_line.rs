//! Exit status and the one line of every wrong start.

use std::ffi::OsString;
use std::process::ExitCode;

use tempfile::TempDir;

use super::browser::{CLINIC_AT_THE_DOOR as PANEL_PARTS, NoActions, PANEL};
use crate::builder::Builder;
use crate::cli;
use crate::config::{Overrides, Settings};
use crate::panel::{Panel, Recovery, Setting};
use crate::store::Store;
use crate::testing::{CLINIC, place, url};

static FROM_ENVIRONMENT: Panel = Panel {
    database: Setting { env: Some("DATABASE_URL"), fallback: None },
    public_url: Setting { env: Some("PUBLIC_URL"), fallback: Some("http://127.0.0.1:8000") },
    proxies: &["10.0.0.0/8"],
    ..CLINIC
};

fn read(pairs: &[(&str, &str)]) -> Result<Settings, String> {
    let table: Vec<(String, OsString)> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).into())).collect();
    let lookup = move |name: &str| table.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    Settings::read(&FROM_ENVIRONMENT, &lookup, &Overrides::default()).map_err(|wrong| wrong.0)
}

#[test]
fn every_wrong_setting_is_named_in_one_line() {
    let database = ("DATABASE_URL", "sqlite:a.db");
    for (pairs, name) in [
        (&[][..], "DATABASE_URL"),
        (&[database, ("DATABASE_URL_FILE", "/nowhere")], "DATABASE_URL_FILE"),
        (&[("DATABASE_URL_FILE", "/nowhere")], "DATABASE_URL_FILE"),
        (&[database, ("PUBLIC_URL", "admin.example")], "PUBLIC_URL"),
        (&[database, ("PUBLIC_URL", "http://admin.example")], "PUBLIC_URL"),
        (&[database, ("LISTEN", "8000")], "LISTEN"),
    ] {
        let line = read(pairs).unwrap_err();
        assert!(line.contains(name) && !line.contains('\n'), "{line}");
    }
    assert!(read(&[database, ("PUBLIC_URL", "http://admin.example")]).unwrap_err().contains("https"));
}

#[test]
fn a_panel_tried_on_another_port_links_there() {
    let settings = read(&[("DATABASE_URL", "sqlite:a.db"), ("LISTEN", "127.0.0.1:8001")]).unwrap();
    assert_eq!(settings.public_url.to_string(), "http://127.0.0.1:8001");
    let pairs = [("DATABASE_URL", "sqlite:a.db"), ("LISTEN", "127.0.0.1:8001"), ("PUBLIC_URL", "http://localhost:9")];
    assert_eq!(read(&pairs).unwrap().public_url.to_string(), "http://localhost:9");
}

fn builder() -> Builder {
    Builder::new(&PANEL, &NoActions).public_url("http://127.0.0.1:8000")
}

fn status(directory: &TempDir, words: &[&str]) -> ExitCode {
    let database = url(directory);
    let all = ["clinic", "--database", &database].into_iter().chain(words.iter().copied()).map(OsString::from);
    cli::run(&builder(), all)
}

#[test]
fn people_are_added_once_and_only_with_a_role_of_the_panel() {
    let directory = tempfile::tempdir().unwrap();
    let create = ["user", "create", "Anna@Clinic.example", "--role", "clinician", "--set", "doctor=4"];
    assert_eq!(status(&directory, &create), ExitCode::SUCCESS);
    assert_eq!(status(&directory, &create), ExitCode::from(1));
    for wrong in [
        &["user", "create", "b@x.example", "--role", "Admin"][..],
        &["user", "create", "nonsense", "--role", "Owner"],
        &["user", "create", "b@x.example", "--role", "Owner", "--set", "doctr=4"],
        &["user", "create", "b@x.example", "--role", "Owner", "--set", "doctor=four"],
        &["user", "create", "b@x.example"],
        &["nonsense"],
        &["serve", "--listen", "8000"],
    ] {
        assert_eq!(status(&directory, wrong), ExitCode::from(2), "{wrong:?}");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let people =
        runtime.block_on(async { Store::open(&PANEL, &url(&directory)).await.unwrap().people().await.unwrap() });
    assert_eq!(people.len(), 1);
    assert_eq!((people[0].email.as_str(), people[0].role.as_str()), ("anna@clinic.example", "Clinician"));
    for fine in [
        &["user", "list"][..],
        &["user", "link", "anna@clinic.example"],
        &["user", "unlock", "anna@clinic.example"],
        &["migrate"],
        &["migrate", "--dry-run"],
        &["policy", "show"],
        &["policy", "show", "--format", "json"],
        &["policy", "show", "--format", "markdown"],
        &["audit", "verify"],
        &["doctor"],
        // Also of the panel's own tables: they are tables like any.
        &["adopt"],
        &["--help"],
    ] {
        assert_eq!(status(&directory, fine), ExitCode::SUCCESS, "{fine:?}");
    }
    assert_eq!(status(&directory, &["user", "link", "nobody@x.example"]), ExitCode::from(1));
}

#[test]
fn where_the_block_declares_no_break_glass_the_command_line_lets_nobody_back_in() {
    static SHUT: Panel = Panel { recovery: Recovery { break_glass: false, ..PANEL_PARTS.recovery }, ..PANEL_PARTS };
    let directory = tempfile::tempdir().unwrap();
    let database = url(&directory);
    let shut = |words: &[&str]| {
        let builder = Builder::new(&SHUT, &NoActions).public_url("http://127.0.0.1:8000");
        let all = ["clinic", "--database", &database].into_iter().chain(words.iter().copied()).map(OsString::from);
        cli::run(&builder, all)
    };
    assert_eq!(shut(&["user", "create", "a@x.example", "--role", "Owner"]), ExitCode::SUCCESS);
    for words in [
        &["user", "link", "a@x.example"][..],
        &["user", "unlock", "a@x.example"],
        &["user", "reset", "a@x.example", "--why", "lost"],
        &["user", "role", "a@x.example", "Reception", "--why", "lost"],
        &["user", "factor-off", "a@x.example", "--why", "lost"],
    ] {
        assert_eq!(shut(words), ExitCode::from(1), "{words:?}");
    }
    // The control: over the same database, of a block that declares it.
    assert_eq!(status(&directory, &["user", "reset", "a@x.example", "--why", "lost"]), ExitCode::SUCCESS);
}

#[test]
fn a_broken_audit_log_and_a_file_that_is_no_database_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(status(&directory, &["user", "create", "a@x.example", "--role", "Owner"]), ExitCode::SUCCESS);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        place::run(&url(&directory), "UPDATE bw_audit SET actor_email = 'eve' WHERE seq = 2").await;
    });
    assert_eq!(status(&directory, &["audit", "verify"]), ExitCode::from(1));
    assert_eq!(status(&directory, &["doctor"]), ExitCode::from(1));
    if place::on_postgres() {
        return;
    }
    std::fs::write(directory.path().join("clinic.db"), "not a database at all, only words").unwrap();
    assert_eq!(status(&directory, &["migrate"]), ExitCode::from(2));
    assert_eq!(status(&directory, &["serve"]), ExitCode::from(2));
}

#[test]
fn an_application_adds_words_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let seed = clap::Command::new("seed").arg(clap::Arg::new("patients").long("patients").required(true));
    let builder = builder().command(seed, |store, given| async move {
        assert!(store.people().await?.is_empty(), "the schema is there");
        match given.get_one::<String>("patients").map(String::as_str) {
            Some("3") => Ok(()),
            _ => Err(crate::Error::BadRequest("three, please".to_owned())),
        }
    });
    let database = url(&directory);
    let status = |n: &str| {
        let words = ["clinic", "seed", "--patients", n, "--database", &database].map(OsString::from);
        cli::run(&builder, words)
    };
    assert_eq!(status("3"), ExitCode::SUCCESS);
    assert_eq!(status("4"), ExitCode::from(1));
}

static PAST_THE_LOCK: Panel = Panel { lock_passed_over: true, ..CLINIC };

#[test]
fn a_build_past_the_lock_serves_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let past = Builder::new(&PAST_THE_LOCK, &NoActions).public_url("http://127.0.0.1:8000");
    let database = url(&directory);
    let run = |words: &[&str]| {
        let all = ["clinic", "--database", &database].into_iter().chain(words.iter().copied()).map(OsString::from);
        cli::run(&past, all)
    };
    for refused in [&["serve", "--listen", "127.0.0.1:0"][..], &["user", "list"], &["migrate"]] {
        assert_eq!(run(refused), ExitCode::from(2), "{refused:?}");
    }
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0, "no database was made");
    let file = directory.path().join("policy.lock");
    let file = file.to_str().unwrap();
    assert_eq!(run(&["policy", "accept", "--file", file]), ExitCode::SUCCESS);
}

#[test]
fn a_lock_is_written_compared_and_told() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("policy.lock");
    let path = file.to_str().unwrap().to_owned();
    assert_eq!(status(&directory, &["policy", "diff", "--file", &path]), ExitCode::from(1), "there is none yet");
    assert_eq!(status(&directory, &["policy", "accept", "--file", &path]), ExitCode::SUCCESS);
    assert_eq!(status(&directory, &["policy", "diff", "--file", &path]), ExitCode::SUCCESS);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("    delete Patient;\n", "", 1)).unwrap();
    assert_eq!(status(&directory, &["policy", "diff", "--file", &path]), ExitCode::from(1));
    assert_eq!(status(&directory, &["policy", "accept", "--file", &path]), ExitCode::SUCCESS);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn a_question_about_the_policy_names_what_there_is() {
    let directory = tempfile::tempdir().unwrap();
    let ask = |as_whom, verb, model| ["policy", "explain", "--as", as_whom, "--verb", verb, "--model", model];
    assert_eq!(status(&directory, &ask("Reception", "edit", "Patient")), ExitCode::SUCCESS);
    for wrong in [ask("Nobody", "edit", "Patient"), ask("Owner", "eat", "Patient"), ask("Owner", "edit", "Patent")] {
        assert_eq!(status(&directory, &wrong), ExitCode::from(2), "{wrong:?}");
    }
    let look = ["policy", "simulate", "--as", "a@b.example", "--verb", "view", "--model", "Patient", "--row", "1"];
    assert_eq!(status(&directory, &look), ExitCode::from(1), "there is no database, and none is made");
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 0);
}

#[test]
fn a_panel_without_an_api_has_none_to_describe() {
    let directory = tempfile::tempdir().expect("a directory");
    assert_eq!(status(&directory, &["openapi"]), ExitCode::from(1));
}

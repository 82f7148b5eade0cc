//! The command line: what it does, what it says when it can't, and with which exit status. One line for each mistake,
//! and nothing is touched that was not meant.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use tempfile::TempDir;

use crate::place;
use crate::program::{Server, clinic, command, with_input};

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

fn create(at: &Path, words: &[&str], password: &str) -> crate::program::Ran {
    with_input(command(at, &[&["user", "create"], words].concat()), password)
}

#[test]
fn a_taken_address_is_said_before_anything_is_touched() {
    let at = directory();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let line = clinic(at.path(), &["serve", "--listen", &address]).fault(2);
    assert!(line.contains(&address) && line.contains("taken") && line.contains("--listen"), "{line}");
    assert_eq!(fs::read_dir(at.path()).expect("a directory").count(), 0, "no database was made");
}

#[test]
fn settings_that_are_wrong_are_named_in_one_line() {
    let at = directory();
    for (name, value, says) in [
        ("DATABASE_URL", "mysql://anna:hunter2@db/clinic", "sqlite:"),
        ("DATABASE_URL", "postgres://anna:hunter2@127.0.0.1:9/clinic", "127.0.0.1:9"),
        ("DATABASE_URL", "sqlite:nowhere/at/all/clinic.db", "nowhere/at/all"),
        ("PUBLIC_URL", "clinic.example.org", "PUBLIC_URL"),
        ("PUBLIC_URL", "http://clinic.example.org", "https"),
        ("LISTEN", "8000", "LISTEN"),
        ("DATABASE_URL_FILE", "/nowhere/at/all", "DATABASE_URL_FILE"),
    ] {
        let mut command = command(at.path(), &["migrate"]);
        command.env(name, value);
        let line = with_input(command, "").fault(2);
        assert!(line.contains(says), "{name}={value}: {line}");
        assert!(!line.contains("hunter2"), "a password in a message: {line}");
    }
    assert_eq!(fs::read_dir(at.path()).expect("a directory").count(), 0);
    let both = with_input(
        {
            let mut command = command(at.path(), &["migrate"]);
            command.env("DATABASE_URL", "sqlite:a.db").env("DATABASE_URL_FILE", "b");
            command
        },
        "",
    );
    assert!(both.fault(2).contains("keep one"));
}

#[test]
fn a_setting_may_stand_in_a_file() {
    let at = directory();
    fs::write(at.path().join("url"), "sqlite:elsewhere.db\n").expect("a file");
    let mut command = command(at.path(), &["migrate"]);
    command.env("DATABASE_URL_FILE", "url");
    with_input(command, "").expect(0);
    assert!(at.path().join("elsewhere.db").exists() && !at.path().join("clinic.db").exists());
}

#[test]
fn a_file_that_is_no_database_stays_as_it_is() {
    let at = directory();
    let letter = b"Dear colleagues, this is not a database, it is a letter.\n".repeat(300);
    fs::write(at.path().join("clinic.db"), &letter).expect("a file");
    for words in [
        &["migrate"][..],
        &["serve", "--listen", "127.0.0.1:0"],
        &["seed", "--patients", "1"],
        &["audit", "verify"],
        &["user", "list"],
    ] {
        let line = clinic(at.path(), words).fault(2);
        assert!(line.contains("not a SQLite database"), "{words:?}: {line}");
    }
    assert_eq!(fs::read(at.path().join("clinic.db")).expect("the file"), letter);
    assert_eq!(fs::read_dir(at.path()).expect("a directory").count(), 1, "nothing beside it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_of_a_newer_program_stays_as_it_is() {
    let at = directory();
    clinic(at.path(), &["migrate"]).expect(0);
    let newer = place::either(
        "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)",
        "COMMENT ON TABLE bw_migrations IS 'bailiwick schema 99'",
    );
    place::run(&place::url(at.path()), newer).await;
    if place::on_postgres() {
        let line = clinic(at.path(), &["serve", "--listen", "127.0.0.1:0"]).fault(2);
        assert!(line.contains("newer") && line.contains("99"), "{line}");
        return;
    }
    let before = fs::read(at.path().join("clinic.db")).expect("the file");
    let line = clinic(at.path(), &["serve", "--listen", "127.0.0.1:0"]).fault(2);
    assert!(line.contains("newer") && line.contains("99"), "{line}");
    assert_eq!(fs::read(at.path().join("clinic.db")).expect("the file"), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_takes_no_file_is_named() {
    let at = directory();
    let line = clinic(at.path(), &["migrate", "--database", "sqlite:/proc/clinic.db"]).fault(2);
    assert!(line.contains("/proc/clinic.db"), "{line}");
    clinic(at.path(), &["migrate"]).expect(0);
    let read_only = |yes: bool| {
        let mut rights = fs::metadata(at.path()).expect("a directory").permissions();
        rights.set_readonly(yes);
        if !yes {
            std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o700);
        }
        fs::set_permissions(at.path(), rights).expect("one's own directory");
    };
    read_only(true);
    // The super-user writes where nobody may; for them there is nothing to see here.
    if fs::write(at.path().join("probe"), "").is_err() {
        let line = clinic(at.path(), &["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:new.db"]).fault(2);
        assert!(line.contains("new.db"), "{line}");
        clinic(at.path(), &["serve", "--listen", "127.0.0.1:0"]).fault(2);
    }
    read_only(false);
}

#[test]
fn the_schema_is_shown_before_it_is_made() {
    let at = directory();
    let dry = clinic(at.path(), &["migrate", "--dry-run"]).expect(0);
    for part in ["CREATE TABLE \"patient\"", "CREATE TABLE bw_audit", "FOREIGN KEY"] {
        assert!(
            dry.out.contains(part) || part == "FOREIGN KEY" && dry.out.contains("REFERENCES"),
            "{part}: {}",
            dry.out
        );
    }
    let again = clinic(at.path(), &["migrate", "--dry-run"]).expect(0);
    assert_eq!(dry.out, again.out, "nothing was made");
    let done = clinic(at.path(), &["migrate"]).expect(0);
    assert!(done.out.contains("create table patient") && done.out.ends_with("up to date\n"), "{}", done.out);
    assert!(clinic(at.path(), &["migrate", "--dry-run"]).expect(0).out.starts_with("-- "));
    assert!(clinic(at.path(), &["migrate"]).expect(0).out.contains("was up to date"));
}

#[test]
fn people_are_added_and_listed() {
    let at = directory();
    let line = create(at.path(), &["anna@example.org", "--role", "Nurse"], "").fault(2);
    for role in ["Nurse", "Owner", "Manager", "Clinician", "Reception", "Auditor"] {
        assert!(line.contains(role), "{line}");
    }
    let line = create(at.path(), &["anna", "--role", "Owner"], "").fault(2);
    assert!(line.contains("`anna`"), "{line}");
    for (password, says) in [("short", "at least"), ("", "password"), ("aaaaaaaaaaaaaaaaaaaa", "")] {
        let line =
            create(at.path(), &["anna@example.org", "--role", "Reception", "--password-stdin"], password).fault(2);
        assert!(line.to_lowercase().contains(says), "{line}");
    }
    let line = create(at.path(), &["anna@example.org", "--role", "Clinician", "--set", "docter=1"], "").fault(2);
    assert!(line.contains("docter") && line.contains("doctor"), "{line}");
    assert!(clinic(at.path(), &["user", "list"]).expect(0).out.contains("nobody yet"), "nobody was made by a mistake");

    let secret = "a stone in the river, warm";
    let made = create(at.path(), &["Anna@Example.org", "--role", "owner", "--password-stdin"], secret).expect(0);
    assert!(made.out.contains("anna@example.org is Owner"), "{}", made.out);
    let invited = create(at.path(), &["ben@example.org", "--role", "Clinician", "--set", "doctor=1"], "").expect(0);
    assert!(invited.out.contains("/join?token="), "{}", invited.out);
    let line = create(at.path(), &["anna@example.org", "--role", "Owner"], "").fault(1);
    assert!(line.contains("already"), "{line}");
    let list = clinic(at.path(), &["user", "list"]).expect(0).out;
    assert!(
        list.contains("anna@example.org  Owner") && list.contains("ben@example.org   Clinician     no password"),
        "{list}"
    );
    for word in [secret, "argon2"] {
        assert!(!made.out.contains(word) && !made.err.contains(word) && !list.contains(word));
    }
    clinic(at.path(), &["user", "unlock", "anna@example.org"]).expect(0);
    clinic(at.path(), &["user", "link", "nobody@example.org"]).fault(1);
}

#[test]
fn the_policy_is_shown_in_four_ways_and_each_is_the_whole() {
    let at = directory();
    let show = |format: &str| clinic(at.path(), &["policy", "show", "--format", format]).expect(0).out;
    let text = clinic(at.path(), &["policy", "show"]).expect(0).out;
    insta::assert_snapshot!("policy_as_text", text);
    assert_eq!(show("text"), text);
    insta::assert_snapshot!("policy_as_markdown", show("markdown"));
    insta::assert_snapshot!("policy_as_svg", show("svg"));
    let json: serde_json::Value = serde_json::from_str(&show("json")).expect("JSON");
    assert_eq!(json["roles"].as_array().expect("roles").len(), 5, "{json:#}");
    let matrix = json["matrix"].as_array().expect("a matrix");
    let line = |model: &str, verb: &str| {
        let line = matrix.iter().find(|line| line["model"] == model && line["verb"] == verb);
        line.unwrap_or_else(|| panic!("{verb} {model}"))["reach"].clone()
    };
    let reach = serde_json::json!({
        "Owner": "some", "Manager": "some", "Clinician": "may", "Reception": "none", "Auditor": "none",
    });
    assert_eq!(line("Patient", "export"), reach);
    assert_eq!(line("Invoice", "approve")["Manager"], "some");
    assert_eq!(line("Audit", "view")["Auditor"], "all");
    let manager = json["roles"].as_array().expect("roles").iter().find(|role| role["role"] == "Manager").expect("it");
    assert_eq!(manager["under"], serde_json::json!(["Owner"]));
    assert_eq!(manager["authority"][0]["over"], serde_json::json!(["Clinician", "Reception"]));
    for (format, parts) in [
        (
            "text",
            ["Who rules over whom", "  Patients       view", "one_person in Owner", "  forbid Reception delete *"],
        ),
        ("markdown", ["## Who rules over whom", "| Patients | view |", "one_person in Owner", "- `forbid Reception"]),
        ("svg", ["Manager may assign", "Clinician: export Patients, can be lent", "one_person in Owner", "forbid Rec"]),
        ("json", ["\"authority\"", "\"matrix\"", "\"one_person\"", "forbid Reception delete *"]),
    ] {
        for part in parts {
            assert!(show(format).contains(part), "{format} does not say {part}");
        }
    }
    clinic(at.path(), &["policy", "show", "--format", "yaml"]).expect(2);
    assert_eq!(fs::read_dir(at.path()).expect("a directory").count(), 0, "it needs no database");
}

#[test]
fn a_right_is_explained_in_words_in_sql_and_as_json() {
    let at = directory();
    let explain = |role: &str, verb: &str, model: &str, more: &[&str]| {
        let words = ["policy", "explain", "--as", role, "--verb", verb, "--model", model];
        clinic(at.path(), &[&words[..], more].concat()).expect(0).out
    };
    let told = [
        explain("Clinician", "edit", "Patient", &["--field", "phone"]),
        explain("Reception", "edit", "Patient", &["--field", "notes"]),
        explain("Clinician", "export", "Patient", &[]),
        explain("Manager", "approve", "Invoice", &[]),
        explain("Auditor", "delete", "Invoice", &[]),
        explain("Clinician", "edit", "Patient", &["--field", "phone", "--format", "json"]),
        explain("Auditor", "delete", "Invoice", &["--format", "json"]),
    ];
    // The place of a clause is where it stands in the file today.
    let clause = "view, edit Patient when doctor == me.doctor";
    let line = include_str!("../../src/main.rs").lines().position(|line| line.contains(clause)).expect("it") + 1;
    assert!(told[0].contains(&format!("`{clause}` (examples/clinic/src/main.rs:{line})")), "{}", told[0]);
    assert!(told[5].contains(&format!("\"line\": {line},")) || told[5].contains(&format!("\"line\": {line}\n")));
    let mut text = told.join("\n");
    for before in ["main.rs:", "\"line\": "] {
        let parts = text.split(before).enumerate();
        let kept =
            parts.map(|(n, part)| if n == 0 { part } else { part.trim_start_matches(|c: char| c.is_ascii_digit()) });
        text = kept.collect::<Vec<_>>().join(&format!("{before}N"));
    }
    insta::assert_snapshot!("explained", text);
}

#[test]
fn what_is_no_command_is_said_with_status_two() {
    let at = directory();
    for words in [&["fly"][..], &["--fly"], &["user"], &["policy"], &["audit"], &["seed", "--patients", "none"]] {
        let ran = clinic(at.path(), words).expect(2);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{ran:?}");
    }
    let help = clinic(at.path(), &["--help"]).expect(0).out;
    for word in ["serve", "migrate", "user", "policy", "audit", "doctor", "seed", "--database"] {
        assert!(help.contains(word), "{word}: {help}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_past_the_panel_is_found_and_named() {
    let at = directory();
    create(at.path(), &["anna@example.org", "--role", "Owner"], "").expect(0);
    create(at.path(), &["ben@example.org", "--role", "Reception"], "").expect(0);
    clinic(at.path(), &["seed", "--patients", "5"]).expect(0);
    let whole = clinic(at.path(), &["audit", "verify"]).expect(0).out;
    assert!(whole.contains("whole"), "{whole}");
    clinic(at.path(), &["doctor"]).expect(0);
    let file = at.path().join("clinic.db");
    let url = place::url(at.path());
    // A command that ended may have left its last pages beside the file.
    let keep = "CREATE TABLE sound_log AS SELECT * FROM bw_audit";
    place::run(&url, place::either("PRAGMA wal_checkpoint(TRUNCATE)", keep)).await;
    let sound = place::either(fs::read(&file).ok(), None);
    for (meddle, named) in [
        ("UPDATE bw_audit SET actor_email = 'somebody@else.org' WHERE seq = 3", "entry 3"),
        ("UPDATE bw_audit SET at = '2001-01-01T00:00:00.000000Z' WHERE seq = 2", "entry 2"),
        ("DELETE FROM bw_audit WHERE seq = 2", "entry 2"),
        ("DELETE FROM bw_audit WHERE seq = (SELECT max(seq) FROM bw_audit)", "entr"),
        ("UPDATE bw_audit SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3)", "entry"),
    ] {
        place::run(&url, meddle).await;
        let line = clinic(at.path(), &["audit", "verify"]).fault(1);
        assert!(line.contains("broken") && line.contains(named), "{meddle}: {line}");
        let doctor = clinic(at.path(), &["doctor"]).expect(1);
        assert!(doctor.out.contains("BROKEN"), "{doctor:?}");
        let Some(sound) = &sound else {
            place::run(&url, "DELETE FROM bw_audit; INSERT INTO bw_audit SELECT * FROM sound_log").await;
            continue;
        };
        for beside in ["clinic.db-wal", "clinic.db-shm"] {
            let _ = fs::remove_file(at.path().join(beside));
        }
        fs::write(&file, sound).expect("as it was");
    }
    clinic(at.path(), &["audit", "verify"]).expect(0);
}

#[test]
fn the_doctor_says_what_is_missing_and_what_is_not_there_yet() {
    let at = directory();
    let before = clinic(at.path(), &["doctor"]).expect(1);
    assert!(before.out.contains("steps behind"), "{before:?}");
    clinic(at.path(), &["migrate", "--dry-run"]).expect(0);
    assert!(!at.path().join("clinic.db").exists(), "looking made the file");
    clinic(at.path(), &["migrate"]).expect(0);
    let after = clinic(at.path(), &["doctor"]).expect(0);
    for word in ["up to date", "whole", "nobody is Owner yet"] {
        assert!(after.out.contains(word), "{word}: {}", after.out);
    }
}

#[test]
fn it_serves_until_it_is_asked_to_end() {
    let at = directory();
    let server = Server::start(at.path());
    let said = server.said.join("\n");
    for word in ["demo data", "/first?token=", "Development", "one_person"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(said.contains(&format!("http://{}/first?token=", server.address)), "{said}");
    assert_eq!(server.ask_to_end(), 0);
    let again = Server::start(at.path());
    assert!(!again.said.join("\n").contains("demo data"), "only into a database that was made just now");
}

//! `policy accept` and `policy diff`: the file that the macro compares the block with. It is written whole or not at
//! all.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::cli::{Failure, Outcome, print};
use crate::lock;
use crate::panel::Panel;

pub(super) fn command() -> Command {
    Command::new("accept")
        .about("Write policy.lock: from then on a build that grants more fails")
        .arg(file().help("Where to write [default: policy.lock beside the Cargo.toml, under `cargo run`]"))
}

pub(super) fn diff_command() -> Command {
    Command::new("diff")
        .about("What differs between policy.lock and this build; status 1 if anything does")
        .arg(file().help("The file to compare with [default: policy.lock beside the Cargo.toml, under `cargo run`]"))
}

fn file() -> Arg {
    Arg::new("file").long("file").value_name("PATH").value_parser(value_parser!(PathBuf))
}

pub(super) fn run(panel: &'static Panel, given: &ArgMatches) -> Outcome {
    let path = path(given)?;
    let text = lock::text(panel);
    let before = read(&path)?;
    say(&lock::differences(before.as_deref().unwrap_or_default(), &text), before.is_some());
    if before.as_deref() == Some(text.as_str()) {
        print(format!("{} is as it should be", path.display()));
        return Ok(());
    }
    // Beside it first: a build that reads meanwhile sees the old file or the new one.
    let fresh = path.with_extension("lock.new");
    std::fs::write(&fresh, text).and_then(|()| std::fs::rename(&fresh, &path)).map_err(|why| wrong(&path, &why))?;
    print(format!("{} is written; commit it", path.display()));
    Ok(())
}

pub(super) fn diff(panel: &'static Panel, given: &ArgMatches) -> Outcome {
    let path = path(given)?;
    let Some(before) = read(&path)? else {
        return Err(Failure::Found(format!("there is no {}; `policy accept` writes it", path.display())));
    };
    let differences = lock::differences(&before, &lock::text(panel));
    if differences.is_empty() {
        print("nothing differs");
        return Ok(());
    }
    say(&differences, true);
    Err(Failure::Found(format!("{} differs; `policy accept` writes it anew", path.display())))
}

fn say(differences: &[(String, Vec<String>)], compared: bool) {
    for (section, lines) in differences.iter().filter(|_| compared) {
        print(if section.is_empty() { "guards" } else { section });
        for line in lines {
            print(format!("  {line}"));
        }
    }
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(wrong(path, &why)),
    }
}

fn wrong(path: &Path, why: &std::io::Error) -> Failure {
    Failure::Found(format!("{}: {why}", path.display()))
}

/// The macro looks beside the Cargo.toml, and only cargo knows where that is.
fn path(given: &ArgMatches) -> Result<PathBuf, Failure> {
    if let Some(path) = given.get_one::<PathBuf>("file") {
        return Ok(path.clone());
    }
    match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(folder) => Ok(PathBuf::from(folder).join(lock::FILE)),
        None => Err(Failure::Usage(
            "where policy.lock stands is known under `cargo run -- policy …`; else say --file PATH".to_owned(),
        )),
    }
}

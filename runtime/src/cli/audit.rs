//! `audit`: reads the whole log and names the first row that is not as it was written; prints what to keep outside;
//! writes the log out; removes its oldest entries.

use std::io::Write as _;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Arg, ArgMatches, Command};

use super::{Failure, Outcome, print, settings};
use crate::audit::chain::{Checkpoint, Verified};
use crate::audit::{Change, Event, EventId};
use crate::builder::Builder;
use crate::error::Error;
use crate::migrate::Part;
use crate::panel::Sensitivity;
use crate::store::Store;

pub(super) fn command() -> Command {
    let day = |name: &'static str, help: &'static str| Arg::new(name).long(name).value_name("DATE").help(help);
    let file = || Arg::new("file").value_name("FILE");
    Command::new("audit")
        .about("Look after the audit log")
        .subcommand_required(true)
        .subcommand(
            Command::new("verify").about("Check the whole chain; exit status 1 when it is broken").arg(
                Arg::new("since")
                    .long("since")
                    .value_name("CHECKPOINT")
                    .help("Also hold it against what `audit checkpoint` printed then, or against a file of such lines"),
            ),
        )
        .subcommand(
            Command::new("checkpoint")
                .about("Print number and hash of the newest entry, to be kept outside of the database")
                .arg(file().long("save").help("Append it to this file instead")),
        )
        .subcommand(
            Command::new("export")
                .about("Write the log out as JSON, one entry a line, oldest first")
                .arg(day("from", "From this day on, UTC"))
                .arg(day("to", "Up to this day, UTC"))
                .arg(file().long("output").help("Into this new file instead of the standard output")),
        )
        .subcommand(
            Command::new("prune")
                .about("Remove the entries from before a day; the chain stays whole, and an entry says so")
                .arg(day("before", "They end the day before, UTC; at least 90 days ago").required(true)),
        )
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    let Some((word, given)) = given.subcommand() else {
        return Err(Failure::Usage("`audit` takes verify, checkpoint, export or prune".to_owned()));
    };
    let url = settings(builder, given)?.database;
    match word {
        "verify" => verify(&of_this_version(builder, &url).await?, given.get_one::<String>("since")).await,
        "checkpoint" => checkpoint(&of_this_version(builder, &url).await?, given.get_one::<String>("file")).await,
        "export" => export(builder, &builder.open(&settings(builder, given)?).await?.0, given).await,
        _ => prune(builder, &builder.open(&settings(builder, given)?).await?.0, given).await,
    }
}

/// A log that is only looked at: its tables are changed by no such command.
async fn of_this_version(builder: &Builder, url: &str) -> Result<Store, Failure> {
    let store = Store::open(builder.panel, url).await?;
    match store.plan_of(Part::Framework).await?.steps.first() {
        None => Ok(store),
        Some(step) => Err(Failure::Of(Error::Setup(format!(
            "an older version of this program made the database ({}); `migrate` or `serve` bring it up to date, and \
             change no entry of the log",
            step.what
        )))),
    }
}

async fn verify(store: &Store, since: Option<&String>) -> Outcome {
    let checkpoints = since.map_or_else(|| Ok(Vec::new()), |since| checkpoints(since))?;
    let mut entries = whole(store.verify_audit().await?)?;
    for checkpoint in &checkpoints {
        entries = whole(store.verify_audit_against(*checkpoint).await?)?;
    }
    let held = match checkpoints.last() {
        Some(last) => format!("; entry {} is the one of the checkpoint", last.seq),
        None => String::new(),
    };
    print(format!("the audit log is whole: {entries} entries{held}"));
    Ok(())
}

fn whole(verified: Verified) -> Result<u64, Failure> {
    match verified {
        Verified::Whole { entries } => Ok(entries),
        Verified::Broken { seq, why } => Err(Failure::Found(format!("the audit log is broken at entry {seq}: {why}"))),
    }
}

/// One checkpoint, or the newest of a file of them: whoever was able to write the file then vouches for it.
fn checkpoints(text: &str) -> Result<Vec<Checkpoint>, Failure> {
    if let Some(one) = Checkpoint::parse(text) {
        return Ok(vec![one]);
    }
    let wrong = |why: String| Failure::Usage(format!("`{text}` is neither a checkpoint nor a file of them: {why}"));
    let lines = std::fs::read_to_string(text).map_err(|why| wrong(why.to_string()))?;
    let newest = lines.lines().rfind(|line| !line.trim().is_empty()).and_then(Checkpoint::parse);
    Ok(vec![newest.ok_or_else(|| wrong("its last line is none".to_owned()))?])
}

async fn checkpoint(store: &Store, file: Option<&String>) -> Outcome {
    let newest = store.checkpoint().await?;
    let Some(file) = file else {
        print(newest.to_string());
        return Ok(());
    };
    let mut open =
        std::fs::OpenOptions::new().create(true).append(true).open(file).map_err(|why| unwritten(file, &why))?;
    writeln!(open, "{newest}").and_then(|()| open.sync_all()).map_err(|why| unwritten(file, &why))?;
    print(format!("entry {} is kept in {file}", newest.seq));
    Ok(())
}

fn unwritten(file: &str, why: &std::io::Error) -> Failure {
    Failure::Found(format!("{file} can't be written: {why}"))
}

async fn export(builder: &Builder, store: &Store, given: &ArgMatches) -> Outcome {
    let day = |name: &str| given.get_one::<String>(name).map(|text| midnight(text)).transpose();
    let (from, to) = (day("from")?, day("to")?);
    let to = to.map(|to| to + chrono::Duration::days(1));
    let file = given.get_one::<String>("file");
    let mut out: Box<dyn std::io::Write> = match file {
        Some(file) => Box::new(std::io::BufWriter::new(new_file(file)?)),
        None => Box::new(std::io::BufWriter::new(std::io::stdout())),
    };
    let name = file.map_or("the standard output", String::as_str);
    let (mut after, mut count) = (0, 0_usize);
    while let Some((lines, last)) = store.audit_lines(after, from, to).await? {
        count += lines.len();
        for line in lines {
            writeln!(out, "{line}").map_err(|why| unwritten(name, &why))?;
        }
        after = last;
    }
    out.flush().map_err(|why| unwritten(name, &why))?;
    let mut write = store.write(builder.context()).await?;
    let event =
        Event::plain(EventId::AuditExported).with(Change::fact("count", Sensitivity::Internal, count.to_string()));
    let recorded = write.record(event);
    write.commit(recorded).await?;
    if file.is_some() {
        print(format!("{count} entries are in {name}"));
    }
    Ok(())
}

/// Readable for nobody but the account that runs the program: it holds what rows held.
fn new_file(name: &str) -> Result<std::fs::File, Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(name).map_err(|why| unwritten(name, &why))
}

async fn prune(builder: &Builder, store: &Store, given: &ArgMatches) -> Outcome {
    let before = midnight(given.get_one::<String>("before").map_or("", String::as_str))?;
    // What was tampered with is evidence.
    whole(store.verify_audit().await?)?;
    let mut write = store.write(builder.context()).await?;
    match write.prune_audit(before).await {
        Ok(Some((removed, recorded))) => {
            write.commit(recorded).await?;
            print(format!("{removed} entries were removed; the rest is chained to what they left"));
            Ok(())
        }
        Ok(None) => {
            print("there is nothing so old");
            Ok(())
        }
        Err(Error::Beyond(why)) => Err(Failure::Usage(why)),
        Err(why) => Err(why.into()),
    }
}

fn midnight(text: &str) -> Result<DateTime<Utc>, Failure> {
    let day: NaiveDate =
        text.parse().map_err(|_| Failure::Usage(format!("`{text}` is no date; write it as in 2026-12-31")))?;
    Ok(day.and_time(NaiveTime::MIN).and_utc())
}

//! The command line of a panel's own binary. Every command prints what it did, or one line that says what is wrong:
//! exit status 2 for the command line and the configuration, 1 for anything else.

mod adopt;
mod audit;
mod doctor;
mod grants;
mod migrate;
mod openapi;
pub(crate) mod policy;
pub(crate) mod serve;
mod user;

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::builder::Builder;
use crate::error::Error;

pub use serve::Running;

/// Why a command ended without what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Said on one line; its status follows from the error.
    Of(Error),
    /// Said on one line; status 2.
    Usage(String),
    /// Said on one line; status 1.
    Found(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Of(error)
    }
}

type Outcome = Result<(), Failure>;

impl Builder {
    /// Reads the command line and does what it says; without a word it serves. Exit status 0, 1 for a failure, 2 for a
    /// wrong command line or configuration.
    #[must_use]
    pub fn main(self) -> ExitCode {
        log_to_stderr();
        run(&self, std::env::args_os())
    }
}

/// Reads the words and does what they say.
pub(crate) fn run(builder: &Builder, words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let given = match commands(builder).try_get_matches_from(words) {
        Ok(given) => given,
        Err(usage) => {
            let _ = usage.print();
            return ExitCode::from(u8::from(usage.use_stderr()) * 2);
        }
    };
    let threads = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(threads) => threads,
        Err(why) => return say(&Failure::Found(format!("the program can't start its threads: {why}"))),
    };
    match threads.block_on(perform(builder, &given)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => say(&failure),
    }
}

async fn perform(builder: &Builder, given: &ArgMatches) -> Outcome {
    match given.subcommand() {
        None => serve::run(builder, given).await,
        Some(("serve", given)) => serve::run(builder, given).await,
        // One thing that no request began, from its start to its end.
        Some((name, given)) => {
            let span = tracing::error_span!("command", request = %Uuid::now_v7());
            command(builder, name, given).instrument(span).await
        }
    }
}

async fn command(builder: &Builder, name: &str, given: &ArgMatches) -> Outcome {
    match name {
        "migrate" => migrate::run(builder, given).await,
        "user" => user::run(builder, given).await,
        "grants" => grants::run(builder, given).await,
        "policy" => policy::run(builder, given).await,
        "audit" => audit::run(builder, given).await,
        "adopt" => adopt::run(given).await,
        "openapi" => openapi::run(builder, given),
        "doctor" => doctor::run(builder, given).await,
        name => {
            let own = builder.commands.iter().find(|command| command.words.get_name() == name);
            let own = own.ok_or_else(|| Failure::Usage(format!("there is no command `{name}`")))?;
            let (store, _) = builder.open(&settings(builder, given)?).await?;
            Ok((own.run)(store, given.clone()).await?)
        }
    }
}

fn commands(builder: &Builder) -> Command {
    let database = || {
        Arg::new("database")
            .long("database")
            .value_name("URL")
            .global(true)
            .help("The database, as in sqlite:clinic.db")
    };
    let mut all = Command::new(builder.panel.name)
        .bin_name(builder.panel.name.to_lowercase())
        .about(builder.panel.doc.trim())
        .arg(database())
        .args(serve::words())
        .subcommand(Command::new("serve").about("Serve the panel; also without any word").args(serve::words()))
        .subcommand(migrate::command())
        .subcommand(user::command())
        .subcommand(grants::command())
        .subcommand(policy::command())
        .subcommand(audit::command())
        .subcommand(doctor::command())
        .subcommand(openapi::command())
        .subcommand(adopt::command());
    for own in &builder.commands {
        all = all.subcommand(own.words.clone());
    }
    all
}

/// The settings, with what the command line says over what the environment says.
fn settings(builder: &Builder, given: &ArgMatches) -> Result<crate::config::Settings, Failure> {
    let mut overrides = builder.overrides.clone();
    if let Some(url) = given.get_one::<String>("database") {
        overrides.database = Some(url.clone());
    }
    if let Ok(Some(listen)) = given.try_get_one::<std::net::SocketAddr>("listen") {
        overrides.listen = Some(*listen);
    }
    crate::config::Settings::read(builder.panel, &|name| std::env::var_os(name), &overrides)
        .map_err(|wrong| Failure::Of(Error::Setup(wrong.0)))
}

fn say(failure: &Failure) -> ExitCode {
    let (line, status) = match failure {
        Failure::Of(error @ Error::Setup(_)) => (error.to_string(), 2),
        Failure::Usage(line) => (line.clone(), 2),
        Failure::Found(line) | Failure::Of(Error::BadRequest(line) | Error::Beyond(line)) => (line.clone(), 1),
        Failure::Of(error) => (error.to_string(), 1),
    };
    // Whoever reads this has one line to look for.
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = writeln!(std::io::stderr(), "error: {line}");
    ExitCode::from(status)
}

/// A line of a command's answer. A reader who went away (`| head`) is no error.
fn print(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout(), "{}", line.as_ref());
}

/// Once a process.
pub(crate) fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // An application that set up its own log keeps it.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init();
}

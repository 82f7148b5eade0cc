//! The clinic's binary as a person runs it: in a directory, with words, until it ends or is ended. Each run gets an
//! environment in which no setting stands but those that the test gives.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tokio::runtime::RuntimeFlavor;

const SETTINGS: [&str; 5] = ["DATABASE_URL", "PUBLIC_URL", "SMTP_URL", "LISTEN", "RUST_LOG"];

/// No command takes so long, on a machine that compiles meanwhile.
const PATIENCE: Duration = Duration::from_mins(2);

/// A run that ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// The one line that says what is wrong, where there is nothing else to read.
    #[track_caller]
    pub(crate) fn fault(self, status: i32) -> String {
        let ran = self.expect(status);
        let lines: Vec<&str> = ran.err.lines().collect();
        assert!(lines.len() == 1 && lines[0].starts_with("error: "), "one line: {ran:#?}");
        lines[0].to_owned()
    }
}

pub(crate) fn command(directory: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clinic"));
    for name in SETTINGS {
        command.env_remove(name).env_remove(format!("{name}_FILE"));
    }
    if crate::place::on_postgres() {
        command.env("DATABASE_URL", crate::place::url(directory));
    }
    command.current_dir(directory).args(words).env("RUST_LOG", "warn");
    command
}

/// Runs it to its end.
pub(crate) fn clinic(directory: &Path, words: &[&str]) -> Ran {
    with_input(command(directory, words), "")
}

pub(crate) fn with_input(mut command: Command, input: &str) -> Ran {
    // This call waits. On the only thread of a runtime, what else runs there (a mail on its way) would stand still in
    // the middle of a transaction, and the program wait for its end.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        assert_ne!(runtime.runtime_flavor(), RuntimeFlavor::CurrentThread, "the test needs flavor = \"multi_thread\"");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the clinic starts");
    // One that was to end and serves instead is a mistake that the test tells, and not one that it waits for.
    let (ended, waiting) = mpsc::channel::<()>();
    let id = child.id();
    thread::spawn(move || {
        if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        }
    });
    // A program that ends before it reads has said why.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the clinic ends");
    drop(ended);
    Ran {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The clinic while it serves; it is ended when this goes, also when the test fails.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) said: Vec<String>,
}

impl Server {
    /// Serves at a free port, the database in the directory.
    pub(crate) fn start(directory: &Path) -> Self {
        let mut command = command(directory, &["serve", "--listen", "127.0.0.1:0"]);
        command.stderr(Stdio::piped());
        Self::of(command)
    }

    /// Serves as this command says.
    pub(crate) fn of(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let child = command.spawn().expect("the clinic starts");
        let mut server = Self { child, address: SocketAddr::from(([0, 0, 0, 0], 0)), said: Vec::new() };
        let out = server.child.stdout.take().expect("its output");
        for line in BufReader::new(out).lines() {
            let line = line.expect("a line of UTF-8");
            let address = line.split_once(" listens on ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
            server.said.push(line);
            if let Some(address) = address {
                server.address = address;
                return server;
            }
        }
        let mut err = String::new();
        if let Some(mut said) = server.child.stderr.take() {
            let _ = said.read_to_string(&mut err);
        }
        panic!("the clinic does not serve: {:?} {err}", server.said);
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// As a power cut would: the process gets no chance to do anything more.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it was there");
        self.child.wait().expect("it is gone");
    }

    /// Its exit status after the signal to end.
    pub(crate) fn ask_to_end(mut self) -> i32 {
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().expect("kill runs");
        assert!(asked.success());
        self.child.wait().expect("it ends").code().unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

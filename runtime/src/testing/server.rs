//! A PostgreSQL server of one test's own, to be stopped in every way that a server stops: standing still, killed,
//! started again. `BAILIWICK_TEST_POSTGRES_BIN` names the directory of its programs; `./test` sets it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A server that is there as long as this is.
pub(crate) struct Server {
    directory: TempDir,
    programs: PathBuf,
}

impl Server {
    /// None: there are no programs to start one from, which the end of `./test` says.
    pub(crate) fn start() -> Option<Self> {
        let programs = PathBuf::from(std::env::var_os("BAILIWICK_TEST_POSTGRES_BIN")?);
        let server = Self { directory: tempfile::tempdir().expect("a directory for the server"), programs };
        if is_root() {
            let chown = Command::new("chown").arg("postgres").arg(server.directory.path()).status();
            assert!(chown.expect("chown runs").success());
        }
        let encoding = ["-E", "UTF8", "--locale=C.UTF-8"];
        server.run("initdb", &[&["-D", "data", "-U", "postgres", "-A", "trust", "--no-sync"], &encoding[..]].concat());
        server.start_again();
        Some(server)
    }

    /// The URL of its one database.
    pub(crate) fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=postgres", self.directory.path().display())
    }

    /// After [`Server::kill`].
    pub(crate) fn start_again(&self) {
        let here = self.directory.path().display();
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories={here} -c fsync=off -c full_page_writes=off -c \
             log_connections=on"
        );
        self.run("pg_ctl", &["-D", "data", "-w", "-l", "server.log", "-o", &options, "start"]);
    }

    /// How many were let in since it was made.
    pub(crate) fn connections(&self) -> usize {
        let log = fs::read_to_string(self.directory.path().join("server.log")).expect("what the server says");
        log.matches("connection authorized").count()
    }

    /// From now on nothing of it answers, and nothing of it is gone.
    pub(crate) fn freeze(&self) {
        // First what would start others.
        let first = self.first();
        signal("STOP", &[first]);
        until_stopped(first);
        let others = children(first);
        signal("STOP", &others);
        others.into_iter().for_each(until_stopped);
    }

    /// It goes on as if nothing had been.
    pub(crate) fn thaw(&self) {
        let first = self.first();
        signal("CONT", &children(first));
        signal("CONT", &[first]);
    }

    /// All of it, at once, as when the power goes.
    pub(crate) fn kill(&self) {
        let first = self.first();
        let all: Vec<u32> = [first].into_iter().chain(children(first)).collect();
        signal("KILL", &all);
        // One that nobody has asked after yet is dead all the same.
        while all.iter().any(|id| state(*id).is_some_and(|state| state != 'Z')) {
            std::thread::yield_now();
        }
        // The next one would take it for alive, as long as nobody has asked after its end.
        for left in ["data/postmaster.pid", ".s.PGSQL.5432.lock"] {
            let _ = fs::remove_file(self.directory.path().join(left));
        }
    }

    fn first(&self) -> u32 {
        let text = fs::read_to_string(self.directory.path().join("data/postmaster.pid")).expect("a server that runs");
        text.lines().next().and_then(|line| line.trim().parse().ok()).expect("the number of a process")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        // It refuses to run as root.
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // What it starts keeps its output open.
        command.args(arguments).current_dir(self.directory.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let done = command.status().expect("a program of PostgreSQL").success();
        let log = || fs::read_to_string(self.directory.path().join("server.log")).unwrap_or_default();
        assert!(done, "{command:?}\n{}", log());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.directory.path().join("data/postmaster.pid").exists() {
            self.kill();
        }
    }
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

fn children(of: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{of}/task/{of}/children")).expect("the children of a process");
    text.split_whitespace().map(|id| id.parse().expect("the number of a process")).collect()
}

fn signal(name: &str, to: &[u32]) {
    // One of them may have ended by itself.
    let mut kill = Command::new("kill");
    let _ = kill.arg(format!("-{name}")).args(to.iter().map(u32::to_string)).stderr(Stdio::null()).status();
}

/// As the system calls it; none: there is no such process.
fn state(id: u32) -> Option<char> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    text.rsplit_once(") ")?.1.chars().next()
}

fn until_stopped(id: u32) {
    while state(id).is_some_and(|state| !matches!(state, 'T' | 'Z')) {
        std::thread::yield_now();
    }
}

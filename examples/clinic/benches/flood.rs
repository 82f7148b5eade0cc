//! A flood of 500 sign-ins at once, and what it does to everybody else: the latency of a list page at rest and during
//! the flood, and the largest memory of the server. The flood comes from a process of its own with the least priority,
//! so that what is measured is the server and not the flood's own hunger for the machine.
//!
//! `cargo bench -p clinic --bench flood`

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

mod measured;

const EMAIL: &str = "desk@example.org";
const PASSWORD: &str = "sparrows nest above the gate";
const FLOOD: &str = "BAILIWICK_FLOOD";
const AT_ONCE: usize = 500;
const LASTS: Duration = Duration::from_secs(20);
const PAGES: usize = 400;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    if std::env::args().any(|word| word == "--test") {
        return;
    }
    match std::env::var(FLOOD) {
        Ok(address) => flood(&address),
        Err(_) => measure(),
    }
}

/// One browser: a connection that is kept, and its cookies.
struct Browser {
    address: String,
    stream: Option<BufReader<TcpStream>>,
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn new(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None, cookies: Vec::new() }
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
        let answer = self.try_to_ask(method, path, body);
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    fn try_to_ask(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {1}\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {2}\r\n\r\n",
            self.address,
            cookies.join("; "),
            body.len()
        );
        if self.stream.is_none() {
            self.stream = Some(BufReader::new(TcpStream::connect(&self.address)?));
        }
        let Some(stream) = self.stream.as_mut() else { return Err(std::io::ErrorKind::NotConnected.into()) };
        stream.get_mut().write_all(format!("{head}{body}").as_bytes())?;
        let (mut status, mut length, mut chunked) = (0, 0, false);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end();
            let lower = line.to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(0);
            } else if let Some(rest) = lower.strip_prefix("content-length:") {
                length = rest.trim().parse().unwrap_or(0);
            } else if lower.starts_with("transfer-encoding:") {
                chunked = true;
            } else if lower.starts_with("set-cookie:") {
                let cookie = line[11..].trim().split(';').next().unwrap_or_default();
                let (name, value) = cookie.split_once('=').unwrap_or((cookie, ""));
                self.cookies.retain(|(other, _)| other != name);
                if !value.is_empty() {
                    self.cookies.push((name.to_owned(), value.to_owned()));
                }
            } else if line.is_empty() {
                break;
            }
        }
        assert!(!chunked, "pages have a length");
        let mut page = vec![0; length];
        stream.read_exact(&mut page)?;
        Ok((status, String::from_utf8_lossy(&page).into_owned()))
    }

    fn sign_in(&mut self, password: &str) -> std::io::Result<u16> {
        let (_, page) = self.ask("GET", "/sign-in", "")?;
        let token = page.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("_csrf", token.unwrap_or_default())
            .append_pair("email", EMAIL)
            .append_pair("password", password)
            .finish();
        Ok(self.ask("POST", "/sign-in", &form)?.0)
    }
}

/// The flood: as many at once as it is called after, each again and again.
fn flood(address: &str) {
    let (refused, busy, lost) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let end = Instant::now() + LASTS;
    thread::scope(|all| {
        for _ in 0..AT_ONCE {
            let guess = || {
                let mut browser = Browser::new(address);
                while Instant::now() < end {
                    match browser.sign_in("a guess of many, and none is right") {
                        Ok(503) => &busy,
                        Ok(_) => &refused,
                        Err(_) => &lost,
                    }
                    .fetch_add(1, Ordering::Relaxed);
                }
            };
            thread::Builder::new().stack_size(128 * 1_024).spawn_scoped(all, guess).expect("a thread");
        }
    });
    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    println!(
        "flood: {} refused, {} turned away with 503, {} lost their connection",
        of(&refused),
        of(&busy),
        of(&lost)
    );
}

fn clinic(directory: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clinic"));
    for name in ["DATABASE_URL", "PUBLIC_URL", "SMTP_URL", "LISTEN"] {
        command.env_remove(name);
    }
    command.current_dir(directory).args(words).env("RUST_LOG", "off").stdout(Stdio::piped());
    command
}

/// The largest memory of a process so far, MiB.
fn most(server: &Child) -> u64 {
    measured::memory(server.id(), "VmHWM:") / 1_024
}

/// Median, 90th and 99th percentile of list pages one after the other, milliseconds; at least [`PAGES`], and as long as
/// it is told to go on.
fn pages(browser: &mut Browser, go_on: impl Fn() -> bool) -> [f64; 3] {
    let mut taken = Vec::new();
    while taken.len() < PAGES || go_on() {
        let start = Instant::now();
        let (status, _) = browser.ask("GET", "/doctors", "").expect("a page");
        assert_eq!(status, 200, "the list page");
        taken.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    taken.sort_by(f64::total_cmp);
    [50, 90, 99].map(|part| taken[taken.len() * part / 100])
}

fn measure() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut add = clinic(directory.path(), &["user", "create", EMAIL, "--role", "Reception", "--password-stdin"]);
    let mut add = add.stdin(Stdio::piped()).spawn().expect("the clinic starts");
    add.stdin.take().expect("its input").write_all(PASSWORD.as_bytes()).expect("a password");
    assert!(add.wait().expect("it ends").success());
    let mut server =
        clinic(directory.path(), &["serve", "--listen", "127.0.0.1:0"]).spawn().expect("the clinic starts");
    let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines();
    let address = lines
        .find_map(|line| Some(line.ok()?.split_once(" listens on ")?.1.split(' ').next()?.to_owned()))
        .expect("it says where it listens");
    let mut browser = Browser::new(&address);
    assert_eq!(browser.sign_in(PASSWORD).expect("an answer"), 303);
    pages(&mut browser, || false);
    let rest = pages(&mut browser, || false);
    let at_rest = most(&server);
    let myself = std::env::current_exe().expect("this program");
    let mut flooding =
        Command::new("chrt").args(["--idle", "0"]).arg(myself).env(FLOOD, &address).spawn().expect("a flood");
    let end = Instant::now() + LASTS;
    let flooded = pages(&mut browser, || Instant::now() < end);
    flooding.wait().expect("it ends");
    for (when, [median, p90, p99]) in [("at rest", rest), ("in the flood", flooded)] {
        println!("list page {when:12}: median {median:7.2} ms, p90 {p90:7.2} ms, p99 {p99:7.2} ms");
    }
    println!("p99 in the flood / at rest: {:.2}", flooded[2] / rest[2]);
    println!("memory at most:          {at_rest} MiB before, {} MiB after (VmHWM)", most(&server));
    server.kill().expect("it was there");
    server.wait().expect("it is gone");
}

//! A mail server on loopback that keeps what it is given: real SMTP over a real connection, and nothing but the
//! standard library, so that tests of other crates can take this file as a module.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// One mail as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    /// From the envelope.
    pub(crate) to: String,
    /// Head and body, lines ended by `\n`.
    pub(crate) raw: String,
}

impl Mail {
    /// The value of a header, folded lines joined.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let head = self.raw.split("\n\n").next()?.replace("\n ", " ").replace("\n\t", " ");
        let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::to_owned));
        found.map(|value| value.trim().to_owned())
    }

    /// The plain text, with the transfer encoding undone.
    pub(crate) fn text(&self) -> String {
        let part = self.raw.split("Content-Type: text/plain").nth(1).unwrap_or(&self.raw);
        let (head, body) = part.split_once("\n\n").unwrap_or(("", part));
        let boundary = self.raw.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("\0");
        let body = body.split(&format!("\n--{boundary}")).next().unwrap_or_default();
        if head.contains("quoted-printable") { unquoted(body) } else { body.to_owned() }
    }

    /// Path and query of the one-use link in it.
    pub(crate) fn link(&self) -> Option<String> {
        let text = self.text();
        let url = text.split_whitespace().find(|word| word.contains("token="))?;
        let path =
            url.find("://").and_then(|scheme| url.get(scheme + 3..)?.find('/').map(|slash| scheme + 3 + slash))?;
        url.get(path..).map(str::to_owned)
    }
}

fn unquoted(body: &str) -> String {
    let joined = body.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest: VecDeque<u8> = joined.bytes().collect();
    while let Some(byte) = rest.pop_front() {
        let hex = |at: usize| rest.get(at).and_then(|digit| (*digit as char).to_digit(16));
        match (byte, hex(0), hex(1)) {
            (b'=', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).expect("two hexadecimal digits"));
                rest.drain(..2);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Default)]
struct Inside {
    mails: Vec<Mail>,
    /// Answers to the next `RCPT TO`s, before it takes any.
    refusals: VecDeque<&'static str>,
    connections: usize,
}

/// The server. It ends with the test's process.
#[derive(Clone)]
pub(crate) struct Sink {
    address: SocketAddr,
    inside: Arc<(Mutex<Inside>, Condvar)>,
}

impl Sink {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new((Mutex::new(Inside::default()), Condvar::new()));
        let sink = Self { address, inside };
        let server = sink.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                thread::spawn(move || server.talk(&stream));
            }
        });
        sink
    }

    /// For the `mail` clause.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}?from=clinic%40clinic.example", self.address)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same, over TLS, which it does not speak.
    pub(crate) fn tls_url(&self, scheme: &str) -> String {
        format!("{scheme}://anna:hush@{}?from=clinic%40clinic.example&tls=required", self.address)
    }

    /// What it answers to the next recipient.
    pub(crate) fn refuse_next(&self, answer: &'static str) {
        self.inside.0.lock().expect("no panic").refusals.push_back(answer);
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.inside.0.lock().expect("no panic").mails.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.inside.0.lock().expect("no panic").connections
    }

    /// The newest mail of which this holds, once there is one; it panics when none comes in half a minute.
    pub(crate) fn wait_until(&self, wanted: impl Fn(&Mail) -> bool) -> Mail {
        let inside = self.inside.0.lock().expect("no panic");
        let none = |inside: &mut Inside| !inside.mails.iter().any(&wanted);
        let (inside, late) = self.inside.1.wait_timeout_while(inside, Duration::from_secs(30), none).expect("no panic");
        let found = inside.mails.iter().rfind(|mail| wanted(mail)).cloned();
        assert!(!late.timed_out(), "none of {} mails is the one", inside.mails.len());
        found.expect("one was there")
    }

    fn talk(&self, stream: &TcpStream) {
        self.inside.0.lock().expect("no panic").connections += 1;
        let mut lines = BufReader::new(stream);
        let mut say = stream;
        let mut to = String::new();
        let _ = say.write_all(b"220 sink\r\n");
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let word = line.split([' ', ':']).next().unwrap_or_default().trim().to_ascii_uppercase();
            let answer = match word.as_str() {
                "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8",
                "RCPT" => {
                    line.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut to);
                    self.inside.0.lock().expect("no panic").refusals.pop_front().unwrap_or("250 yes")
                }
                "DATA" => {
                    let _ = say.write_all(b"354 go on\r\n");
                    let Some(raw) = body(&mut lines) else { return };
                    self.inside.0.lock().expect("no panic").mails.push(Mail { to: to.clone(), raw });
                    self.inside.1.notify_all();
                    "250 kept"
                }
                "QUIT" => "221 bye",
                _ => "250 yes",
            };
            if say.write_all(format!("{answer}\r\n").as_bytes()).is_err() || word == "QUIT" {
                return;
            }
        }
    }
}

fn body(lines: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut raw = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end_matches(['\r', '\n']);
        if line == "." {
            return Some(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(line));
        raw.push('\n');
    }
}

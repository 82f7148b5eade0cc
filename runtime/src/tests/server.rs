//! The server on a real socket: what is too much or too slow is turned away, and the server stays.

use std::net::SocketAddr;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::browser::{NoActions, PANEL};
use crate::builder::Builder;
use crate::config::{Overrides, Settings};
use crate::error::Error;
use crate::{Limits, Running};

struct Served {
    _directory: TempDir,
    address: SocketAddr,
    end: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

fn settings(directory: &TempDir, listen: &str) -> Settings {
    let overrides = Overrides {
        listen: Some(listen.parse().unwrap()),
        database: Some(crate::testing::url(directory)),
        public_url: Some("http://127.0.0.1:8000/desk".to_owned()),
        mail: None,
    };
    Settings::read(&PANEL, &|_| None, &overrides).unwrap()
}

async fn served(limits: Limits) -> Served {
    let directory = tempfile::tempdir().unwrap();
    let builder = Builder::new(&PANEL, &NoActions).limits(limits);
    let running = Running::start(&builder, settings(&directory, "127.0.0.1:0")).await.unwrap();
    let address = running.address().unwrap();
    let (end, ended) = oneshot::channel();
    let done = tokio::spawn(running.until(async {
        let _ = ended.await;
    }));
    Served { _directory: directory, address, end, done }
}

/// Writes this, and reads until the server closes the connection or has answered as much as is waited for.
async fn answered(address: SocketAddr, request: &[u8], until: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    read_until(&mut stream, until).await
}

async fn read_until(stream: &mut TcpStream, until: &str) -> String {
    let mut text = Vec::new();
    let reading = async {
        let mut part = [0; 4_096];
        loop {
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => break,
                Ok(n) => text.extend_from_slice(&part[..n]),
            }
            if !until.is_empty() && String::from_utf8_lossy(&text).contains(until) {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("the server answers or closes in time");
    String::from_utf8_lossy(&text).into_owned()
}

const GET: &[u8] = b"GET /desk/sign-in HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn a_body_that_is_announced_as_too_large_is_not_waited_for() {
    let served = served(Limits::default()).await;
    // Not one byte of the body is sent.
    let request = b"POST /desk/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n";
    assert!(answered(served.address, request, "\r\n\r\n").await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_not_read_on() {
    let served = served(Limits { form_at_the_door: 1_000, ..Limits::default() }).await;
    let head = "POST /desk/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    // The chunks never come to an end.
    let request = format!("{head}3e9\r\n{}\r\n", "a".repeat(1_001));
    assert!(answered(served.address, request.as_bytes(), "\r\n\r\n").await.starts_with("HTTP/1.1 413"));
    let many = "a&".repeat(400);
    let within = Limits { form_at_the_door: 1_000, fields: 100, ..Limits::default() };
    let served = self::served(within).await;
    let request = format!("{head}{:x}\r\n{many}\r\n0\r\n\r\n", many.len());
    assert!(answered(served.address, request.as_bytes(), "\r\n\r\n").await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn who_sends_too_much_reads_why() {
    let served = served(Limits { texts: 4 << 20, ..Limits::default() }).await;
    // More than lies between two sockets: without somebody who takes it, the sender comes to no end.
    let body = "a".repeat(4 << 20);
    let head = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    for (path, status) in [("/sign-in", "413"), ("/doctors/new", "303")] {
        let request = format!("POST /desk{path} {head}Content-Length: {}\r\n\r\n{body}", body.len());
        let answer = answered(served.address, request.as_bytes(), "").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {}", &answer[..answer.len().min(200)]);
        assert_eq!(answer.contains("</html>"), status == "413", "{path}: whole");
    }
}

#[tokio::test]
async fn half_a_request_does_not_hold_a_connection() {
    let served = served(Limits { head_time: Duration::from_millis(200), ..Limits::default() }).await;
    let half = answered(served.address, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "").await;
    assert!(half.is_empty() || half.starts_with("HTTP/1.1 408"), "{half}");
    // A body that stops half-way is given up as well.
    let limits = Limits { handler_time: Duration::from_millis(200), ..Limits::default() };
    let served = self::served(limits).await;
    let request = b"POST /desk/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                    Content-Length: 10\r\n\r\nabc";
    assert!(answered(served.address, request, "\r\n\r\n").await.starts_with("HTTP/1.1 503"));
}

#[tokio::test]
async fn headers_are_bounded() {
    let served = served(Limits::default()).await;
    let request = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(20_000));
    assert!(answered(served.address, request.as_bytes(), "\r\n\r\n").await.starts_with("HTTP/1.1 431"));
    let request = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(200));
    assert!(answered(served.address, request.as_bytes(), "\r\n\r\n").await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn the_base_path_is_taken_off_and_put_on() {
    let served = served(Limits::default()).await;
    let page = answered(served.address, GET, "</html>").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("action=\"/desk/sign-in\""), "{page}");
    let root = answered(served.address, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n").await;
    assert!(root.starts_with("HTTP/1.1 303") && root.contains("location: /desk/\r\n"), "{root}");
    let other = answered(served.address, b"GET /deskphone HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n").await;
    assert!(other.starts_with("HTTP/1.1 404"), "{other}");
}

#[tokio::test]
async fn more_connections_than_places_wait_their_turn() {
    let limits = Limits { connections: 2, head_time: Duration::from_millis(300), ..Limits::default() };
    let served = served(limits).await;
    let _idle = [TcpStream::connect(served.address).await.unwrap(), TcpStream::connect(served.address).await.unwrap()];
    // Both places are held by visitors who say nothing; when their time is over, the third is answered.
    assert!(answered(served.address, GET, "\r\n\r\n").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn the_end_lets_a_request_finish_and_takes_no_new_ones() {
    let served = served(Limits { drain_time: Duration::from_secs(5), ..Limits::default() }).await;
    let mut busy = TcpStream::connect(served.address).await.unwrap();
    // A first answer shows that the connection was taken; then a request is half there when the end comes.
    busy.write_all(GET).await.unwrap();
    read_until(&mut busy, "</html>").await;
    let request = b"POST /desk/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                    Content-Length: 3\r\n\r\na=";
    busy.write_all(request).await.unwrap();
    busy.write_all(b"b").await.unwrap();
    let answer = read_until(&mut busy, "</html>").await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    served.end.send(()).unwrap();
    served.done.await.unwrap();
    assert!(read_until(&mut busy, "").await.is_empty(), "the idle connection was closed");
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[tokio::test]
async fn a_taken_address_is_said_plainly_before_the_database_is_touched() {
    let served = served(Limits::default()).await;
    let directory = tempfile::tempdir().unwrap();
    let builder = Builder::new(&PANEL, &NoActions);
    let error = Running::start(&builder, settings(&directory, &served.address.to_string())).await.unwrap_err();
    let Error::Setup(line) = error else { panic!("{error:?}") };
    assert!(line.starts_with(&format!("{} is taken by another program", served.address)), "{line}");
    assert!(std::fs::read_dir(directory.path()).unwrap().next().is_none());
}

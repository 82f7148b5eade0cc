//! Mail over TLS: it goes out when the server's certificate is for its name and of an authority that this machine
//! trusts, and not a word of it leaves otherwise. Whom a process trusts is read from its environment, so that each case
//! is one.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::browser::House;
use super::mail::MAILED;
use super::sink::Sink;
use crate::mail::{Notice, sender};
use crate::testing::command_line;

/// Names the server that the child sends to.
const URL: &str = "BAILIWICK_TLS_MAIL_URL";
/// Read by rustls' native certificates: whom this process trusts, and nobody else.
const TRUSTED: &str = "SSL_CERT_FILE";

/// The child: one mail, to the server that the environment names. As a test of its own it has nothing to do.
#[tokio::test]
async fn child() {
    let Ok(url) = std::env::var(URL) else { return };
    let house = House::posting(&MAILED, "https://clinic.example/admin", &url).await;
    let anna = house.person_with("anna@clinic.example", "Owner", None).await;
    let mut write = house.app().store.write(command_line()).await.unwrap();
    write.tell(anna, Notice::Unlocked, "").await.unwrap();
    let recorded = write.record(crate::audit::Event::plain(crate::audit::EventId::PersonUpdated));
    write.commit(recorded).await.unwrap();
    let sent = sender::deliver_due(house.app()).await.unwrap();
    let fault = house.app().store.ask_for_test("SELECT fault FROM bw_mail ORDER BY id DESC").await;
    println!("sent {sent} [{fault}]");
}

/// A certificate for this name, and its server in front of the sink, TLS from the first byte or after STARTTLS.
async fn server(sink: &Sink, name: &str, whole: bool) -> (SocketAddr, String) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a key that fits");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let behind = sink.address();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, acceptor.clone(), behind, whole));
        }
    });
    (address, cert.pem())
}

async fn talk(mut stream: TcpStream, acceptor: TlsAcceptor, behind: SocketAddr, whole: bool) -> std::io::Result<()> {
    if !whole {
        stream.write_all(b"220 tls\r\n").await?;
        let mut lines = BufReader::new(&mut stream);
        for answer in ["250-tls\r\n250 STARTTLS\r\n", "220 go\r\n"] {
            let mut line = String::new();
            lines.read_line(&mut line).await?;
            lines.get_mut().write_all(answer.as_bytes()).await?;
        }
    }
    let mut secured = acceptor.accept(stream).await?;
    let mut sink = TcpStream::connect(behind).await?;
    if !whole {
        // The greeting was said already.
        let mut greeting = [0; 10];
        sink.read_exact(&mut greeting).await?;
    }
    copy_bidirectional(&mut secured, &mut sink).await.map(drop)
}

/// What the child said, when it trusts this certificate and sends there.
async fn sends(url: String, trusted: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("trusted.pem");
    std::fs::write(&file, trusted).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "tests::mail_tls::child", "--nocapture", "--test-threads=1"]);
    command.env(URL, url).env(TRUSTED, &file).env_remove("SSL_CERT_DIR");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = out.lines().find_map(|line| line.split_once("sent ").map(|(_, rest)| rest.to_owned()));
    said.unwrap_or_else(|| panic!("{out} {}", String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_goes_to_the_server_of_the_name_and_to_no_other() {
    for (scheme, whole) in [("smtps", true), ("smtp", false)] {
        let sink = Sink::open();
        let (good, its_own) = server(&sink, "127.0.0.1", whole).await;
        let (other, of_other) = server(&sink, "elsewhere.example", whole).await;
        let url = |address: SocketAddr| {
            let more = if whole { "" } else { "&tls=required" };
            format!("{scheme}://{address}?from=clinic%40clinic.example{more}")
        };
        let said = sends(url(good), &of_other).await;
        assert!(said.starts_with('0') && said.contains("TLS"), "{scheme}, an authority that nobody trusts: {said}");
        let said = sends(url(other), &of_other).await;
        assert!(said.starts_with('0') && said.contains("TLS"), "{scheme}, another's certificate: {said}");
        assert_eq!(sink.mails().len(), 0, "{scheme}: nothing was said before the certificate was looked at");
        // The control: the same server, trusted.
        let said = sends(url(good), &its_own).await;
        assert!(said.starts_with('1'), "{scheme}: {said}");
        let mails = sink.mails();
        assert_eq!(mails.len(), 1, "{scheme}");
        assert_eq!(mails[0].header("Subject").as_deref(), Some("Clinic: Your account is open again"));
    }
}

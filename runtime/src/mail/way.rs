//! Which way mail goes: to an SMTP server, or as files into a directory. Beyond this machine nothing is sent without
//! TLS, and what a fault says holds neither address nor answer of a server.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Message;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{SUBMISSION_PORT, SUBMISSIONS_PORT};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use percent_encoding::percent_decode_str;
use tokio::io::AsyncWriteExt as _;
use url::{Host, Url};

use crate::public_url::PublicUrl;

/// For one answer of the server.
const ANSWER: Duration = Duration::from_secs(15);
/// For one mail, from the first byte of the connection to the last answer.
const WHOLE: Duration = Duration::from_mins(1);

/// What the `mail` clause names. It may hold a password, which nothing prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Way {
    kind: Kind,
    from: Address,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Files(PathBuf),
    Smtp { host: String, port: u16, credentials: Option<(String, String)>, tls: Transit },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transit {
    /// From the first byte (`smtps:`).
    Whole,
    /// STARTTLS, or nothing is sent (`smtp:`).
    Upgraded,
    /// None: to this machine only.
    Loopback,
}

impl Way {
    /// Reads `file:DIRECTORY`, `smtp://[USER:PASSWORD@]HOST[:PORT]` or `smtps://…`, each with `?from=ADDRESS`; without
    /// it mail comes from the panel's name at the host of `public_url`. The error completes "SMTP_URL is not usable:
    /// …".
    pub fn parse(text: &str, panel: &str, public_url: &PublicUrl) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix("file:") {
            let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err("file: needs the path of a directory, as in file:outbox".to_owned());
            }
            let options = Options::read(query)?;
            if options.tls_required {
                return Err("file: takes no `tls`".to_owned());
            }
            let from = options.from.map_or_else(|| usual_sender(panel, public_url), Ok)?;
            return Ok(Self { kind: Kind::Files(PathBuf::from(path)), from });
        }
        let url = Url::parse(text).map_err(|_| "it must be file:DIRECTORY, smtp://HOST or smtps://HOST".to_owned())?;
        let options = Options::read(url.query().unwrap_or_default())?;
        let whole = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err("it must start with file:, smtp: or smtps:".to_owned()),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("it names no host")?.to_owned();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err("it may hold nothing but user, password, host, port and `?from=`".to_owned());
        }
        let tls = match whole {
            true => Transit::Whole,
            false if is_loopback(&host) && !options.tls_required => Transit::Loopback,
            false => Transit::Upgraded,
        };
        let decoded = |part: &str| percent_decode_str(part).decode_utf8().map(std::borrow::Cow::into_owned);
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => match (decoded(user), decoded(password)) {
                (Ok(user), Ok(password)) => Some((user, password)),
                _ => return Err("user and password must be UTF-8, percent-encoded where needed".to_owned()),
            },
            _ => return Err("user and password go together".to_owned()),
        };
        let port = url.port().unwrap_or(if whole { SUBMISSIONS_PORT } else { SUBMISSION_PORT });
        let from = options.from.map_or_else(|| usual_sender(panel, public_url), Ok)?;
        Ok(Self { kind: Kind::Smtp { host, port, credentials, tls }, from })
    }

    /// Who mail comes from.
    pub(super) fn from(&self) -> &Address {
        &self.from
    }

    /// Hands one mail over; `name` is the file's, where it becomes one.
    ///
    /// # Errors
    /// What went wrong, in a few words for whoever runs the panel.
    pub(super) async fn send(&self, message: &Message, name: &str) -> Result<(), String> {
        match tokio::time::timeout(WHOLE, self.hand_over(message, name)).await {
            Ok(done) => done,
            Err(_) => Err("the server took too long".to_owned()),
        }
    }

    async fn hand_over(&self, message: &Message, name: &str) -> Result<(), String> {
        match &self.kind {
            Kind::Files(directory) => into_file(directory, name, &message.formatted())
                .await
                .map_err(|why| format!("the outbox can't be written ({})", why.kind())),
            Kind::Smtp { host, port, credentials, tls } => {
                let secured = || TlsParameters::new(host.clone()).map_err(|_| "TLS can't be set up".to_owned());
                let secured_by = match tls {
                    Transit::Whole => Tls::Wrapper(secured()?),
                    Transit::Upgraded => Tls::Required(secured()?),
                    Transit::Loopback => Tls::None,
                };
                let mut transport =
                    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.trim_matches(['[', ']']))
                        .port(*port)
                        .tls(secured_by)
                        .hello_name(ClientId::Domain(self.from.domain().to_owned()))
                        .timeout(Some(ANSWER));
                if let Some((user, password)) = credentials {
                    transport = transport.credentials(Credentials::new(user.clone(), password.clone()));
                }
                transport.build().send(message.clone()).await.map(drop).map_err(|error| in_short(&error, *tls))
            }
        }
    }
}

/// Without what the server said: it repeats addresses.
fn in_short(error: &lettre::transport::smtp::Error, tls: Transit) -> String {
    match error.status() {
        Some(code) => format!("the server refused it ({code})"),
        None if error.is_tls() => "no TLS with the server".to_owned(),
        None if error.is_timeout() => "the server took too long".to_owned(),
        None if error.is_client() => "the server can't do what this mail needs, or offers no TLS".to_owned(),
        None if tls != Transit::Loopback => "the server can't be reached over TLS".to_owned(),
        None => "the server can't be reached".to_owned(),
    }
}

/// Whole or not at all, and readable for nobody but the account that runs the program: links stand in it.
async fn into_file(directory: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut folder = tokio::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    folder.mode(0o700);
    folder.create(directory).await?;
    let unfinished = directory.join(format!(".{name}.part"));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&unfinished).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&unfinished, directory.join(name)).await
}

#[derive(Default)]
struct Options {
    from: Option<Address>,
    tls_required: bool,
}

impl Options {
    fn read(query: &str) -> Result<Self, String> {
        let mut options = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match (name.as_ref(), value.as_ref()) {
                ("from", address) => {
                    let parsed = address.parse().map_err(|_| format!("from is `{address}`, not an address of mail"))?;
                    options.from = Some(parsed);
                }
                ("tls", "required") => options.tls_required = true,
                (name, _) => return Err(format!("it takes `from` and `tls=required`, not `{name}`")),
            }
        }
        Ok(options)
    }
}

/// `clinic@admin.example.org`.
fn usual_sender(panel: &str, public_url: &PublicUrl) -> Result<Address, String> {
    let name: String = panel.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let name = if name.is_empty() { "panel" } else { &name };
    Address::new(name, public_url.mail_host()).map_err(|_| "say who mail comes from: `?from=ADDRESS`".to_owned())
}

fn is_loopback(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Ok(Host::Ipv4(ip)) => ip.is_loopback(),
        Ok(Host::Ipv6(ip)) => ip.is_loopback(),
        Err(_) => false,
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Files(directory) => write!(f, "as files into {}", directory.display())?,
            Kind::Smtp { host, port, tls, credentials } => {
                let tls = match tls {
                    Transit::Whole => "TLS",
                    Transit::Upgraded => "STARTTLS or nothing",
                    Transit::Loopback => "without TLS, on this machine only",
                };
                let who = if credentials.is_some() { ", with a password" } else { "" };
                write!(f, "over SMTP to {host}:{port} ({tls}{who})")?;
            }
        }
        write!(f, ", from {}", self.from)
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(text: &str) -> Result<String, String> {
        let public_url = PublicUrl::parse("https://admin.example.org/clinic").unwrap();
        Way::parse(text, "Clinic", &public_url).map(|way| way.to_string())
    }

    #[test]
    fn beyond_this_machine_there_is_tls_or_nothing() {
        for (text, expected) in [
            ("file:outbox", "as files into outbox, from clinic@admin.example.org"),
            ("smtps://mail.example.org", "over SMTP to mail.example.org:465 (TLS), from clinic@admin.example.org"),
            (
                "smtp://mail.example.org:2525?from=a%40b.example",
                "over SMTP to mail.example.org:2525 (STARTTLS or nothing), from a@b.example",
            ),
            (
                "smtp://127.0.0.1:25",
                "over SMTP to 127.0.0.1:25 (without TLS, on this machine only), from clinic@admin.example.org",
            ),
            (
                "smtp://localhost:25?tls=required",
                "over SMTP to localhost:25 (STARTTLS or nothing), from clinic@admin.example.org",
            ),
        ] {
            assert_eq!(way(text).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_password_is_never_printed_and_a_wrong_url_is_told_without_it() {
        let good = way("smtp://anna:hush%20hush@mail.example.org").unwrap();
        assert!(good.contains("with a password") && !good.contains("hush") && !good.contains("anna"), "{good}");
        for bad in [
            "smtp://anna:hush@mail.example.org?tls=none",
            "smtp://anna:hush@",
            "smtp://:hush@mail.example.org",
            "smtp://anna@mail.example.org",
            "http://anna:hush@mail.example.org",
            "smtp://anna:hush@mail.example.org/x",
            "smtp://mail.example.org?from=nobody",
            "file:",
            "outbox",
        ] {
            let why = way(bad).unwrap_err();
            assert!(!why.contains("hush"), "{why}");
        }
    }
}

//! The settings of a panel, read from the environment as the block names it: `NAME`, or a file that `NAME_FILE` names,
//! else the block's fallback. Everything is checked at the start and said in one line; nothing is guessed.

use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;
use zeroize::Zeroizing;

use crate::mail::way::Way;
use crate::panel::{Panel, Setting};
use crate::pepper::Peppers;
use crate::public_url::PublicUrl;

/// Where the panel listens when nothing says otherwise.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8000);

/// The key that goes into every password's hash, and the one before.
const PEPPER: &str = "BAILIWICK_PEPPER";
const PREVIOUS_PEPPER: &str = "BAILIWICK_PEPPER_PREVIOUS";

/// A setting that is missing or wrong: one line, without the value when that could hold a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong(pub String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

/// Looks a variable up; [`std::env::var_os`], or a table of a test.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// What holds beside the environment: options of the command line or of the builder.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--listen`
    pub listen: Option<SocketAddr>,
    /// `--database`
    pub database: Option<String>,
    /// The builder's.
    pub public_url: Option<String>,
    /// The builder's.
    pub mail: Option<String>,
}

/// All settings, checked.
#[derive(Clone)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// `sqlite:…`; may carry a password.
    pub database: String,
    /// Where the panel is reached from outside.
    pub public_url: PublicUrl,
    /// Whose forwarded addresses are believed.
    pub proxies: Vec<IpNet>,
    /// Where mail goes; none: the block has no `mail` clause.
    pub mail: Option<Way>,
    /// `BAILIWICK_SECRET`: what second factors are sealed with; none: a file beside the database.
    pub secret: Option<Zeroizing<String>>,
    /// Keys that go into every password's hash.
    pub peppers: Peppers,
    /// `MIGRATIONS`: the directory of migration files; none: `migrations`, or those within the program.
    pub migrations: Option<PathBuf>,
    /// No setting says how the panel is reached, or one says port 0: its port is the one it listens on.
    follows_listener: bool,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("proxies", &self.proxies)
            .field("mail", &self.mail)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Reads and checks everything that the block declares.
    pub fn read(panel: &Panel, lookup: Lookup<'_>, overrides: &Overrides) -> Result<Self, Wrong> {
        let listen = match (overrides.listen, variable("LISTEN", lookup)?) {
            (Some(listen), _) => listen,
            (None, Some(text)) => text
                .parse()
                .map_err(|_| Wrong(format!("LISTEN is `{text}`, not an address with a port such as 127.0.0.1:8000")))?,
            (None, None) => DEFAULT_LISTEN,
        };
        let database = match &overrides.database {
            Some(url) => url.clone(),
            None => setting("database", &panel.database, lookup)?.0,
        };
        let (url, fell_back) = match &overrides.public_url {
            Some(url) => (url.clone(), false),
            None => setting("public_url", &panel.public_url, lookup)?,
        };
        let at_any_port = Url::parse(&url).is_ok_and(|url| url.port() == Some(0));
        let public_url = PublicUrl::parse(&url).map_err(|why| {
            let name = panel.public_url.env.filter(|_| !fell_back).unwrap_or("public_url");
            Wrong(format!("{name} is `{url}`, {why}"))
        })?;
        let proxies = panel
            .proxies
            .iter()
            .map(|range| {
                range
                    .parse::<IpNet>()
                    .or_else(|_| range.parse::<IpAddr>().map(IpNet::from))
                    .map_err(|_| Wrong(format!("`{range}` in `proxies` is not an address range such as 10.0.0.0/8")))
            })
            .collect::<Result<_, _>>()?;
        let peppers = Peppers::new(variable(PEPPER, lookup)?, variable(PREVIOUS_PEPPER, lookup)?)
            .map_err(|why| Wrong(format!("{PEPPER} or {PREVIOUS_PEPPER} {why}")))?;
        let mail = mail(panel, &public_url, lookup, overrides)?;
        let secret = variable("BAILIWICK_SECRET", lookup)?.map(Zeroizing::new);
        let migrations = variable("MIGRATIONS", lookup)?.map(PathBuf::from);
        let mut settings = Self {
            listen,
            database,
            public_url,
            proxies,
            mail,
            secret,
            peppers,
            migrations,
            follows_listener: fell_back || at_any_port,
        };
        settings.listens_on(listen);
        Ok(settings)
    }

    /// The address that is listened on in the end. A panel tried out on another port would print links to, and take
    /// posts from, a place where nobody listens; what somebody set stays as they set it.
    pub fn listens_on(&mut self, address: SocketAddr) {
        self.listen = address;
        if self.follows_listener && self.public_url.is_plain_loopback() && address.ip().is_loopback() {
            self.public_url.set_port(address.port());
        }
    }
}

/// Where mail goes, if the block says that any does.
fn mail(
    panel: &Panel,
    public_url: &PublicUrl,
    lookup: Lookup<'_>,
    overrides: &Overrides,
) -> Result<Option<Way>, Wrong> {
    if !crate::mail::is_declared(panel) {
        return Ok(None);
    }
    let (text, fell_back) = match &overrides.mail {
        Some(url) => (url.clone(), false),
        None => setting("mail", &panel.mail, lookup)?,
    };
    let name = panel.mail.env.filter(|_| !fell_back).unwrap_or("mail");
    // The value may hold a password.
    Way::parse(&text, panel.name, public_url).map(Some).map_err(|why| Wrong(format!("{name} is not usable: {why}")))
}

/// The value, and whether it is the block's fallback.
fn setting(word: &str, setting: &Setting, lookup: Lookup<'_>) -> Result<(String, bool), Wrong> {
    if let Some(name) = setting.env
        && let Some(value) = variable(name, lookup)?
    {
        return Ok((value, false));
    }
    match (setting.fallback, setting.env) {
        (Some(fallback), _) => Ok((fallback.to_owned(), true)),
        (None, Some(name)) => Err(Wrong(format!("{name} is not set (or {name}_FILE, naming a file that holds it)"))),
        (None, None) => Err(Wrong(format!("the panel declares no `{word}`"))),
    }
}

/// `NAME`, or the first line of the file that `NAME_FILE` names; an empty value counts as not set.
fn variable(name: &str, lookup: Lookup<'_>) -> Result<Option<String>, Wrong> {
    let plain = lookup(name).filter(|value| !value.is_empty());
    let file_name = format!("{name}_FILE");
    let file = lookup(&file_name).filter(|value| !value.is_empty());
    match (plain, file) {
        (Some(_), Some(_)) => Err(Wrong(format!("both {name} and {file_name} are set; keep one"))),
        (Some(value), None) => {
            value.into_string().map(Some).map_err(|_| Wrong(format!("{name} is not readable as UTF-8 text")))
        }
        (None, Some(path)) => {
            let text = std::fs::read_to_string(&path)
                .map_err(|why| Wrong(format!("{file_name} names `{}`, which can't be read: {why}", path.display())))?;
            let value = text.trim_end_matches(['\r', '\n']).to_owned();
            if value.is_empty() || value.contains('\n') {
                return Err(Wrong(format!("{file_name} names `{}`, which must hold one line", path.display())));
            }
            Ok(Some(value))
        }
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Setting = Setting { env: None, fallback: None };

    fn table(pairs: &'static [(&'static str, &'static str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v))
    }

    #[test]
    fn the_environment_beats_the_fallback_and_a_missing_value_is_named() {
        let both = Setting { env: Some("DATABASE_URL"), fallback: Some("sqlite:a.db") };
        assert_eq!(
            setting("database", &both, &table(&[("DATABASE_URL", "sqlite:b.db")])),
            Ok(("sqlite:b.db".to_owned(), false))
        );
        assert_eq!(setting("database", &both, &table(&[("DATABASE_URL", "")])), Ok(("sqlite:a.db".to_owned(), true)));
        let bare = Setting { env: Some("DATABASE_URL"), fallback: None };
        let error = setting("database", &bare, &table(&[])).unwrap_err();
        assert_eq!(error.0, "DATABASE_URL is not set (or DATABASE_URL_FILE, naming a file that holds it)");
        assert!(setting("mail", &NONE, &table(&[])).is_err());
    }

    #[test]
    fn a_value_comes_from_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("url");
        std::fs::write(&path, "sqlite:c.db\n").unwrap();
        let found = variable("X", &|name| (name == "X_FILE").then(|| path.clone().into_os_string()));
        assert_eq!(found, Ok(Some("sqlite:c.db".to_owned())));
        std::fs::write(&path, "one\ntwo\n").unwrap();
        assert!(variable("X", &|name| (name == "X_FILE").then(|| path.clone().into_os_string())).is_err());
        assert!(variable("X", &table(&[("X_FILE", "/nowhere/at/all")])).unwrap_err().0.contains("X_FILE"));
        assert!(variable("X", &table(&[("X", "1"), ("X_FILE", "/a")])).is_err());
    }
}

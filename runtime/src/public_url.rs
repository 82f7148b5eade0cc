//! Where the panel is reached from outside, and which pages are its own by that. What a request says of where it went
//! is never believed.

use std::fmt;

use url::{Host, Url};

/// Where the panel is reached from outside: origin and base path. Plain http is taken for loopback only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    url: Url,
    base_path: String,
}

impl PublicUrl {
    /// Reads it; the error completes the sentence "PUBLIC_URL is `…`, …".
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "not an address such as https://admin.example.org")?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err("not an address such as https://admin.example.org");
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err("which may hold nothing but scheme, host, port and path");
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err("plain http on an address that others can reach: sign-ins would travel in clear, use https");
        }
        let base_path = url.path().trim_end_matches('/').to_owned();
        Ok(Self { url, base_path })
    }

    /// `https://admin.example.org`, port only where it is not the scheme's own: what a browser sends as `Origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// `/admin`, or empty at the root.
    #[must_use]
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// The domain that its mail comes from when nothing else is said.
    #[must_use]
    pub fn mail_host(&self) -> &str {
        self.url.domain().unwrap_or("localhost")
    }

    /// Whether browsers reach the panel over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Plain http on this machine: a development panel, whose cookies can't be `Secure`.
    #[must_use]
    pub fn is_plain_loopback(&self) -> bool {
        !self.is_https()
    }

    /// Whether a page of this `Origin` is a page of the panel. On a development panel every loopback name counts as the
    /// same host: people type `localhost` where the setting says `127.0.0.1`.
    #[must_use]
    pub fn is_own_origin(&self, origin: &str) -> bool {
        if origin == self.origin() {
            return true;
        }
        self.is_plain_loopback()
            && Url::parse(origin).is_ok_and(|url| {
                url.scheme() == "http"
                    && is_loopback(&url)
                    && url.port_or_known_default() == self.url.port_or_known_default()
                    && url.origin().ascii_serialization() == origin
            })
    }

    /// The panel listens on this port, and no setting says that it is reached through another.
    pub(crate) fn set_port(&mut self, port: u16) {
        // Fails only for addresses without a host, which `parse` refuses.
        let _ = self.url.set_port(Some(port));
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.base_path)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    #[test]
    fn plain_http_is_for_loopback_only() {
        for good in ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:9/", "https://a.example/admin/"] {
            assert!(PublicUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example",
            "http://192.168.1.4:8000",
            "ftp://a",
            "a.example",
            "https://u:p@a.example",
            "https://a/?x",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn origin_and_base_path_are_told_apart() {
        let url = PublicUrl::parse("https://a.example:443/admin/").unwrap();
        assert_eq!((url.origin().as_str(), url.base_path()), ("https://a.example", "/admin"));
        assert!(url.is_own_origin("https://a.example"));
        for foreign in
            ["https://a.example:444", "http://a.example", "https://b.example", "null", "https://a.example.evil"]
        {
            assert!(!url.is_own_origin(foreign), "{foreign}");
        }
    }

    #[test]
    fn every_loopback_name_of_the_same_port_is_the_development_panel() {
        let url = PublicUrl::parse("http://127.0.0.1:8000").unwrap();
        assert!(url.is_own_origin("http://localhost:8000"));
        for foreign in [
            "http://localhost:8001",
            "https://localhost:8000",
            "http://localhost.evil.example:8000",
            "http://localhost:8000/x",
        ] {
            assert!(!url.is_own_origin(foreign), "{foreign}");
        }
    }
}

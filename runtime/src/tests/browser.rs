//! A panel over a new database, and browsers in front of it: cookies are kept, the forgery token of the newest page is
//! sent along, and nothing goes over a network.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use tempfile::TempDir;
use tower_service::Service as _;

use crate::action::{Actions, Call, Running};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Overrides, Settings};
use crate::limits::Limits;
use crate::panel::{By, Limit, Panel, Throttle, ThrottleName};
use crate::password::Password;
use crate::pepper::Peppers;
use crate::service::{Peer, Service};
use crate::store::{NewPerson, PasswordHash, Store};
use crate::testing::{CLINIC, command_line, now, url};

/// The test panel with the clinic's limits on sign-ins.
pub(super) static PANEL: Panel = CLINIC_AT_THE_DOOR;

/// The same, to vary.
pub(super) const CLINIC_AT_THE_DOOR: Panel = Panel {
    throttles: &[Throttle {
        name: ThrottleName::Login,
        limits: &[Limit { count: 5, window: 900, by: By::Account }, Limit { count: 20, window: 600, by: By::Address }],
        wait: Some((1, 900)),
        cap: Some(100),
    }],
    ..CLINIC
};

pub(super) const PASSWORD: &str = "a lamp beside the lake";

pub(super) struct NoActions;

impl Actions for NoActions {
    fn run<'a>(&self, call: Call<'a>) -> Running<'a> {
        call.unknown()
    }
}

/// A panel that answers.
pub(super) struct House {
    pub(super) directory: TempDir,
    pub(super) service: Service,
    /// The URL of its database.
    database: String,
    seconds: Arc<AtomicI64>,
}

impl House {
    pub(super) async fn open() -> Self {
        Self::with("http://127.0.0.1:8000", Limits { hash_queue: 1_000, ..Limits::default() }).await
    }

    pub(super) async fn with(public_url: &str, limits: Limits) -> Self {
        Self::of(&PANEL, &NoActions, public_url, limits).await
    }

    /// Of another panel.
    pub(super) async fn of(
        panel: &'static Panel,
        actions: &'static dyn Actions,
        public_url: &str,
        limits: Limits,
    ) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the test");
        let database = url(&directory);
        Self::made(panel, actions, public_url, limits, None, (directory, database)).await
    }

    /// Over a database that is there already, and empty.
    pub(super) async fn over(database: String) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the test");
        let limits = Limits { hash_queue: 1_000, ..Limits::default() };
        Self::made(&PANEL, &NoActions, "http://127.0.0.1:8000", limits, None, (directory, database)).await
    }

    /// Of a panel that sends mail there.
    pub(super) async fn posting(panel: &'static Panel, public_url: &str, mail: &str) -> Self {
        let limits = Limits { hash_queue: 1_000, ..Limits::default() };
        let directory = tempfile::tempdir().expect("a directory for the test");
        let database = url(&directory);
        Self::made(panel, &NoActions, public_url, limits, Some(mail), (directory, database)).await
    }

    /// Of a panel that puts mail into `outbox` in its directory.
    pub(super) async fn of_mailed(panel: &'static Panel) -> Self {
        let limits = Limits { hash_queue: 1_000, ..Limits::default() };
        Self::of(panel, &NoActions, "http://127.0.0.1:8000", limits).await
    }

    async fn made(
        panel: &'static Panel,
        actions: &'static dyn Actions,
        public_url: &str,
        limits: Limits,
        mail: Option<&str>,
        (directory, database): (TempDir, String),
    ) -> Self {
        let outbox = format!("file:{}", directory.path().join("outbox").display());
        let store = Store::open(panel, &database).await.expect("a new database");
        store.migrate(command_line()).await.expect("a schema");
        let seconds = Arc::new(AtomicI64::new(0));
        let hands = Arc::clone(&seconds);
        let clock = Clock::new(move || now() + chrono::Duration::seconds(hands.load(Ordering::SeqCst)));
        let overrides = Overrides {
            database: Some(database.clone()),
            public_url: Some(public_url.to_owned()),
            mail: Some(mail.map_or(outbox, str::to_owned)),
            ..Overrides::default()
        };
        // Beside SQLite the key of the factors is a file; a server has no such place.
        let secret = |name: &str| {
            let asked = name == "BAILIWICK_SECRET" && crate::testing::place::on_postgres();
            asked.then(|| "a secret of the tests, and of them alone".into())
        };
        let settings = Settings::read(panel, &secret, &overrides).expect("settings that fit");
        let app = App::new(panel, actions, settings, clock, limits, store);
        Self { directory, service: Service::nested(Arc::new(app)), database, seconds }
    }

    /// Another process over the same database.
    pub(super) async fn again(&self) -> House {
        let app = self.app();
        let store = Store::open(app.panel, &self.database).await.expect("the same database");
        let app = App::new(app.panel, app.actions, app.settings.clone(), app.clock.clone(), app.limits, store);
        let directory = tempfile::tempdir().expect("a directory for the test");
        let (database, seconds) = (self.database.clone(), Arc::clone(&self.seconds));
        Self { directory, service: Service::nested(Arc::new(app)), database, seconds }
    }

    /// The same database, in a process that knows other keys.
    pub(super) async fn peppered(&self, peppers: Peppers) -> House {
        let app = self.app();
        let store = Store::open(app.panel, &self.database).await.expect("the same database");
        let mut settings = app.settings.clone();
        settings.peppers = peppers;
        let app = App::new(app.panel, app.actions, settings, app.clock.clone(), app.limits, store);
        let directory = tempfile::tempdir().expect("a directory for the test");
        let (database, seconds) = (self.database.clone(), Arc::clone(&self.seconds));
        Self { directory, service: Service::nested(Arc::new(app)), database, seconds }
    }

    pub(super) fn app(&self) -> &App {
        self.service.app()
    }

    /// Starts what works on jobs, as a process that serves does.
    pub(super) fn work(&self) -> Vec<tokio::task::JoinHandle<()>> {
        crate::work::start(self.service.app(), false)
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A person with [`PASSWORD`].
    pub(super) async fn person(&self, email: &str, role: &str) -> i64 {
        self.person_with(email, role, Some(PASSWORD)).await
    }

    pub(super) async fn person_with(&self, email: &str, role: &str, password: Option<&str>) -> i64 {
        self.add_person(email, role, password, "{}").await
    }

    /// A person with [`PASSWORD`] and these attributes, a JSON object.
    pub(super) async fn person_knowing(&self, email: &str, role: &str, attributes: &str) -> i64 {
        self.add_person(email, role, Some(PASSWORD), attributes).await
    }

    async fn add_person(&self, email: &str, role: &str, password: Option<&str>, attributes: &str) -> i64 {
        let password_hash = match password {
            Some(password) => Some(self.hashed(password).await),
            None => None,
        };
        let mut write = self.app().store.write(command_line()).await.expect("the writing connection");
        let new = NewPerson { email, role, password_hash, attributes: attributes.to_owned() };
        let (id, recorded) = write.create_person(&new).await.expect("a person").expect("a new address");
        write.commit(recorded).await.expect("a commit");
        id
    }

    async fn hashed(&self, password: &str) -> PasswordHash {
        let hasher = &self.app().hasher;
        let place = hasher.place().expect("a place");
        PasswordHash(hasher.hash(place, Password::typed(password)).await.expect("a hash"))
    }

    /// Gives a person another password, as a link would.
    pub(super) async fn set_password(&self, person: i64, password: &str) {
        let hash = self.hashed(password).await;
        let mut write = self.app().store.write(command_line()).await.expect("the writing connection");
        let recorded = write.set_password(person, &hash).await.expect("a person");
        write.commit(recorded).await.expect("a commit");
    }

    /// Runs statements on the database, beside the store: what an attacker or an administrator may have done.
    pub(super) async fn sql(&self, text: &'static str) {
        crate::testing::place::run(&self.database, text).await;
    }

    /// Every byte that the database keeps.
    pub(super) async fn all_that_is_kept(&self) -> Vec<u8> {
        if !crate::testing::place::on_postgres() {
            self.sql("PRAGMA wal_checkpoint(TRUNCATE)").await;
        }
        crate::testing::place::all_that_is_kept(self.directory.path()).await
    }

    pub(super) fn browser(&self) -> Browser {
        Browser {
            service: self.service.clone(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
            peer: "198.51.100.7:4711".parse().expect("an address"),
            headers: HeaderMap::new(),
        }
    }

    /// A browser with a session of this person.
    pub(super) async fn signed_in(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser.get("/").await;
        browser
    }
}

/// Somebody's browser.
#[derive(Clone)]
pub(super) struct Browser {
    service: Service,
    pub(super) cookies: BTreeMap<String, String>,
    /// Of the newest page.
    pub(super) csrf: String,
    pub(super) peer: SocketAddr,
    /// Sent along with every request.
    pub(super) headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    /// Of the form that holds this, where it goes and its hidden fields, as a browser would send them.
    pub(super) fn hidden_form(&self, holds: &str) -> (String, Vec<(String, String)>) {
        let form = self.text.split("<form").find(|form| form.contains(holds)).expect("a form");
        let plain = |text: &str| {
            text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#x27;", "'")
                .replace("&#39;", "'")
                .replace("&#x2f;", "/")
                .replace("&amp;", "&")
        };
        let between = |text: &str, from: &str| plain(text.split(from).nth(1).unwrap().split('"').next().unwrap());
        let fields = form.split("<input type=\"hidden\" ").skip(1);
        let fields = fields.map(|input| (between(input, "name=\""), between(input, "value=\""))).collect();
        (between(form, "action=\""), fields)
    }

    pub(super) fn location(&self) -> &str {
        self.header("location")
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Browser {
    /// The same person, whose requests come to another process.
    pub(super) fn at(&self, house: &House) -> Self {
        Self { service: house.service.clone(), ..self.clone() }
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, String::new()).await
    }

    /// Posts a form with the token of the newest page.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        self.post_with(path, Some(&csrf), fields).await
    }

    pub(super) async fn post_with(&mut self, path: &str, csrf: Option<&str>, fields: &[(&str, &str)]) -> Answer {
        let csrf = csrf.map(|csrf| ("_csrf", csrf));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(csrf).extend_pairs(fields).finish();
        self.send(Method::POST, path, body).await
    }

    pub(super) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.get("/sign-in").await;
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    pub(super) async fn send(&mut self, method: Method, path: &str, body: String) -> Answer {
        self.send_as("application/x-www-form-urlencoded", method, path, body).await
    }

    async fn send_as(&mut self, kind: &str, method: Method, path: &str, body: String) -> Answer {
        let mut request = Request::builder().method(&method).uri(path);
        if method == Method::POST {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if !self.cookies.is_empty() {
            let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, jar.join("; "));
        }
        let mut request = request.body(Full::new(Bytes::from(body))).expect("a request");
        for (name, value) in &self.headers {
            request.headers_mut().append(name, value.clone());
        }
        request.extensions_mut().insert(Peer(self.peer));
        let answer = self.service.call(request).await.expect("an answer, always");
        self.keep(answer).await
    }

    /// A file, with the token of the newest page.
    pub(super) async fn upload(&mut self, path: &str, name: &str, file: &str) -> Answer {
        let part =
            |rest: &str, text: &str| format!("--cut\r\nContent-Disposition: form-data; {rest}\r\n\r\n{text}\r\n");
        let (token, file) =
            (part("name=\"_csrf\"", &self.csrf), part(&format!("name=\"file\"; filename=\"{name}\""), file));
        self.send_as("multipart/form-data; boundary=cut", Method::POST, path, format!("{token}{file}--cut--\r\n")).await
    }

    async fn keep(&mut self, answer: http::Response<crate::response::Body>) -> Answer {
        let (parts, body) = answer.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie::Cookie::parse(cookie.to_str().expect("text")).expect("a cookie");
            if cookie.value().is_empty() {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        let text = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&text).into_owned();
        if let Some((_, rest)) = text.split_once("name=\"_csrf\" value=\"")
            && let Some((csrf, _)) = rest.split_once('"')
        {
            csrf.clone_into(&mut self.csrf);
        }
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

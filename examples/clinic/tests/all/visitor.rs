//! Somebody at a browser without a script: keeps cookies, fills in the forms that pages hold and follows their links.
//! It knows nothing of the panel beyond what pages say, and takes no answer that is a mistake of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use scraper::{ElementRef, Html, Selector};
use tower_service::Service;

type Answering = Pin<Box<dyn Future<Output = Result<Response<Bytes>, String>> + Send>>;

/// How a request gets to the panel and the answer back; the error is that of a connection that broke.
pub(crate) type Way = Arc<dyn Fn(Request<Full<Bytes>>) -> Answering + Send + Sync>;

/// Calls a service of this process; no socket is opened.
pub(crate) fn in_process<S, B>(service: S) -> Way
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Debug,
{
    Arc::new(move |request| {
        let mut service = service.clone();
        Box::pin(async move {
            let Ok(answer) = service.call(request).await;
            let (parts, body) = answer.into_parts();
            let body = body.collect().await.map_err(|why| format!("{why:?}"))?.to_bytes();
            Ok(Response::from_parts(parts, body))
        })
    })
}

/// Calls a panel that listens on this machine.
pub(crate) fn over_the_wire(address: SocketAddr) -> Way {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    Arc::new(move |mut request| {
        let client = client.clone();
        Box::pin(async move {
            let uri = format!("http://{address}{}", request.uri());
            *request.uri_mut() = uri.parse().map_err(|why| format!("{uri}: {why}"))?;
            let answer = client.request(request).await.map_err(|why| why.to_string())?;
            let (parts, body) = answer.into_parts();
            let body = body.collect().await.map_err(|why| why.to_string())?.to_bytes();
            Ok(Response::from_parts(parts, body))
        })
    })
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) asked: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// With this status, or the test ends here with the page.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.words());
        self
    }

    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Where a redirect leads, without what the page there shall say.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        let location = self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        location.unwrap_or_else(|| panic!("{} is no redirect: {}", self.asked, self.status))
    }

    /// The number of the row that a redirect leads to: `/patients/17?done=created` is 17.
    #[track_caller]
    pub(crate) fn row(&self) -> i64 {
        let path = self.location().split('?').next().unwrap_or_default();
        let id = path.split('/').find_map(|segment| segment.parse().ok());
        id.unwrap_or_else(|| panic!("{} leads to no row: {path}", self.asked))
    }

    pub(crate) fn page(&self) -> Html {
        Html::parse_document(&self.text)
    }

    /// The texts of all elements, white space made single.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.page().select(&select(selector)).map(text_of).collect()
    }

    /// All that a person reads of the page.
    pub(crate) fn words(&self) -> String {
        self.texts("main").join(" ")
    }

    /// Every value of this attribute, in whatever element.
    pub(crate) fn attributes(&self, name: &str) -> Vec<String> {
        let (page, marked) = (self.page(), select(&format!("[{name}]")));
        page.select(&marked).filter_map(|one| one.attr(name)).map(str::to_owned).collect()
    }

    /// Where links lead.
    pub(crate) fn hrefs(&self) -> Vec<String> {
        let (page, links) = (self.page(), select("a[href]"));
        page.select(&links).filter_map(|a| a.attr("href")).map(str::to_owned).collect()
    }
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

pub(crate) fn select(selector: &str) -> Selector {
    Selector::parse(selector).expect("a selector of CSS")
}

/// A form as a browser would send it.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) action: String,
    names: BTreeSet<String>,
    fields: Vec<(String, String)>,
}

impl Form {
    #[track_caller]
    pub(crate) fn of(answer: &Answer, selector: &str) -> Self {
        let page = answer.page();
        let form = page.select(&select(selector)).next();
        let form = form.unwrap_or_else(|| panic!("{}: no {selector} in {}", answer.asked, answer.words()));
        let action = form.attr("action").expect("a form leads somewhere").to_owned();
        let (mut names, mut fields) = (BTreeSet::new(), Vec::new());
        for control in form.select(&select("input[name], textarea[name], select[name]")) {
            let name = control.attr("name").unwrap_or_default().to_owned();
            let value = match control.value().name() {
                // A browser sends every line end as two characters.
                "textarea" => Some(control.text().collect::<String>().replace('\n', "\r\n")),
                "select" => {
                    let options: Vec<_> = control.select(&select("option")).collect();
                    let chosen = options.iter().find(|option| option.attr("selected").is_some()).or(options.first());
                    chosen.map(|option| option.attr("value").unwrap_or_default().to_owned())
                }
                _ => {
                    let ticked = matches!(control.attr("type"), Some("checkbox" | "radio"));
                    let sent = !ticked || control.attr("checked").is_some();
                    sent.then(|| control.attr("value").unwrap_or_default().to_owned())
                }
            };
            names.insert(name.clone());
            fields.extend(value.map(|value| (name, value)));
        }
        Self { action, names, fields }
    }

    /// Whether the page offers this control.
    pub(crate) fn offers(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Every control for a field of the row.
    pub(crate) fn offered(&self) -> BTreeSet<&str> {
        self.names.iter().map(String::as_str).filter(|name| *name != "_csrf" && !name.contains('.')).collect()
    }

    pub(crate) fn value(&self, name: &str) -> &str {
        self.fields.iter().rev().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Fills in a control that the page offers.
    #[track_caller]
    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        assert!(self.offers(name), "the form {} has no {name}", self.action);
        self.force(name, value)
    }

    /// What somebody sends who does not keep to the page.
    pub(crate) fn force(&mut self, name: &str, value: &str) -> &mut Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// One browser.
#[derive(Clone)]
pub(crate) struct Visitor {
    way: Way,
    cookies: BTreeMap<String, String>,
    csrf: String,
}

impl Visitor {
    pub(crate) fn new(way: Way) -> Self {
        Self { way, cookies: BTreeMap::new(), csrf: String::new() }
    }

    /// The values of all cookies.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = &str> {
        self.cookies.values().map(String::as_str)
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// The same person, after the panel moved.
    pub(crate) fn going(self, way: Way) -> Self {
        Self { way, ..self }
    }

    /// A form that no page offered, with the token that pages of this session carry.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.try_to_post(path, fields).await.unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    /// The error is that of a connection that broke.
    pub(crate) async fn try_to_post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let csrf = self.csrf.clone();
        let fields = fields.iter().copied().chain([("_csrf", csrf.as_str())]);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.try_to_send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn submit(&mut self, form: &Form) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.fields).finish();
        self.send(Method::POST, &form.action, Some(body)).await
    }

    /// The form of a page that must be there.
    pub(crate) async fn form(&mut self, path: &str) -> Form {
        Form::of(&self.get(path).await.expect(200), "form#record")
    }

    /// Signs in at the page of this path; what comes back is the answer to the form.
    pub(crate) async fn sign_in(&mut self, door: &str, email: &str, password: &str) -> Answer {
        let mut form = Form::of(&self.get(door).await.expect(200), "form.stack");
        form.set("email", email).set("password", password);
        self.submit(&form).await
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Option<String>) -> Answer {
        self.try_to_send(method, path, body).await.unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    /// A file, with the token that pages of this session carry.
    pub(crate) async fn upload(&mut self, path: &str, name: &str, file: &[u8]) -> Answer {
        let csrf = self.csrf.clone();
        self.upload_with(path, name, file, &csrf).await
    }

    /// A file with some token.
    pub(crate) async fn upload_with(&mut self, path: &str, name: &str, file: &[u8], csrf: &str) -> Answer {
        let mut body = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{csrf}\r\n--cut\r\nContent-Disposition: \
             form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let body = Some(("multipart/form-data; boundary=cut", Bytes::from(body)));
        self.deliver(Method::POST, path, body).await.unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    /// The error is that of a connection that broke.
    pub(crate) async fn try_to_send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, String> {
        let body = body.map(|body| ("application/x-www-form-urlencoded", Bytes::from(body)));
        self.deliver(method, path, body).await
    }

    async fn deliver(
        &mut self,
        method: Method,
        path: &str,
        body: Option<(&'static str, Bytes)>,
    ) -> Result<Answer, String> {
        let asked = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(path);
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let (kind, body) = body.map_or((None, Bytes::new()), |(kind, body)| (Some(kind), body));
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(Full::from(body)).expect("a request");
        let (parts, body) = (self.way)(request).await?.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().expect("a cookie of ASCII"));
        }
        let text = String::from_utf8(body.to_vec()).unwrap_or_default();
        let answer = Answer { asked, status: parts.status, headers: parts.headers, text };
        answer.is_sound();
        if let Some(token) = csrf_of(&answer) {
            self.csrf = token;
        }
        Ok(answer)
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie has a name");
        let gone = parts.any(|part| part.eq_ignore_ascii_case("max-age=0"));
        if gone || value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Answer {
    /// What holds for whatever the panel answers.
    #[track_caller]
    fn is_sound(&self) {
        assert_ne!(self.status, StatusCode::INTERNAL_SERVER_ERROR, "{}: {}", self.asked, self.words());
        for name in ["content-security-policy", "x-content-type-options", "x-request-id"] {
            assert!(self.headers.contains_key(name), "{} came without {name}", self.asked);
        }
        for leak in ["SELECT ", "sqlx", "bw_sessions", "$argon2"] {
            assert!(!self.text.contains(leak), "{} tells of {leak}", self.asked);
        }
    }
}

fn csrf_of(answer: &Answer) -> Option<String> {
    let rest = answer.text.split_once("name=\"_csrf\" value=\"")?.1;
    Some(rest.split_once('"')?.0.to_owned())
}

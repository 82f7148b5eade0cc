//! The panel as a tower service: one request in, one sealed answer out, whatever goes wrong in between. It keeps the
//! limits on body and time; what a path means is the dispatch's concern.

use std::convert::Infallible;
use std::fmt::Display;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, StatusCode};
use http_body::Body;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::App;
use crate::body;
use crate::caught::{Panicked, caught};
use crate::intake::Posted;
use crate::response::{self, Response};
use crate::seal::seal;
use crate::{api, dispatch, pages};

/// The address that a connection came from. The panel's own server puts it into the extensions of each request; whoever
/// nests the service elsewhere does the same, else all visitors count as one address.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The panel. Cheap to clone. Its paths start at `/`: whatever it is nested in takes the base path off, and
/// `public_url` says what the links carry.
#[derive(Debug, Clone)]
pub struct Service {
    app: Arc<App>,
    strips_base_path: bool,
}

/// What a call becomes.
pub type Answering = Pin<Box<dyn Future<Output = Result<http::Response<response::Body>, Infallible>> + Send>>;

impl Service {
    pub(crate) fn nested(app: Arc<App>) -> Self {
        Self { app, strips_base_path: false }
    }

    /// For the panel's own server, where nobody has taken the base path off before.
    pub(crate) fn at_the_root(app: Arc<App>) -> Self {
        Self { app, strips_base_path: true }
    }

    /// What all requests share.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }
}

impl<B> tower_service::Service<Request<B>> for Service
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Display,
{
    type Response = http::Response<response::Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answering {
        let this = self.clone();
        Box::pin(async move { Ok(this.answer(request).await) })
    }
}

impl Service {
    async fn answer<B>(self, request: Request<B>) -> http::Response<response::Body>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Display,
    {
        // Every line of it carries the id, whoever writes it.
        let id = Uuid::now_v7();
        self.answer_to(request, id).instrument(tracing::error_span!("request", request = %id)).await
    }

    async fn answer_to<B>(self, request: Request<B>, id: Uuid) -> http::Response<response::Body>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Display,
    {
        let started = Instant::now();
        let app = &self.app;
        let (parts, body) = request.into_parts();
        let answer = match self.target(&parts, id) {
            Ok(target) if api::is_meant(app.panel, target) => self.by_program(&parts, body, target, id).await,
            target => self.by_browser(&parts, body, target, id).await,
        };
        // Path without query: what people search for stays out of the log.
        tracing::info!(
            method = %parts.method,
            path = parts.uri.path(),
            status = answer.status.as_u16(),
            ms = started.elapsed().as_millis(),
        );
        seal(answer, id, app.settings.public_url.is_https())
    }

    /// What a program asks for. It has no cookies and no pages.
    async fn by_program<B>(&self, parts: &Parts, body: B, target: &str, id: Uuid) -> Response
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Display,
    {
        let app = &self.app;
        let mut posted = Posted::of_program(parts, body);
        let work = api::answer(app, parts, target, &mut posted, peer(parts), id);
        let answered = tokio::time::timeout(app.limits.handler_time, caught(work)).await;
        if answered.is_ok() {
            posted.let_go(&app.limits).await;
        }
        match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(Panicked)) => {
                tracing::error!("a request panicked");
                api::refuse(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. It has been logged.")
            }
            Err(_) => api::refuse(StatusCode::SERVICE_UNAVAILABLE, "This took too long and was given up."),
        }
    }

    async fn by_browser<B>(&self, parts: &Parts, body: B, target: Result<&str, Box<Response>>, id: Uuid) -> Response
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Display,
    {
        let app = &self.app;
        let mut posted = Posted::of(parts, body, &app.limits);
        let work = async {
            match (&mut posted, target) {
                (Ok(posted), Ok(target)) => dispatch::answer(app, parts, target, posted, peer(parts), id).await,
                (Ok(_), Err(elsewhere)) => *elsewhere,
                (Err(unread), _) => pages::refuse(app, unread.status(), unread.words(), id),
            }
        };
        let time = if body::has_file(parts) { app.limits.upload_time } else { app.limits.handler_time };
        let answered = tokio::time::timeout(time, caught(work)).await;
        if let (Ok(_), Ok(posted)) = (&answered, &mut posted) {
            posted.let_go(&app.limits).await;
        }
        match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(Panicked)) => {
                tracing::error!("a request panicked");
                let text = "Something went wrong on our side. It has been logged.";
                pages::refuse(app, StatusCode::INTERNAL_SERVER_ERROR, text, id)
            }
            Err(_) => pages::refuse(app, StatusCode::SERVICE_UNAVAILABLE, "This took too long and was given up.", id),
        }
    }

    /// Path and query with the base path off, or where else to look.
    fn target<'p>(&self, parts: &'p Parts, id: Uuid) -> Result<&'p str, Box<Response>> {
        let app = &self.app;
        let whole = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let base = app.settings.public_url.base_path();
        let mut target = whole;
        if self.strips_base_path && !base.is_empty() {
            match whole.strip_prefix(base) {
                Some("") => target = "/",
                Some(rest) if rest.starts_with('/') => target = rest,
                Some(rest) if rest.starts_with('?') => target = "/",
                _ if whole == "/" => return Err(Box::new(Response::see_other(&format!("{base}/")))),
                _ => {
                    let text = "The panel stands under another path.";
                    return Err(Box::new(pages::refuse(app, StatusCode::NOT_FOUND, text, id)));
                }
            }
        }
        if !target.starts_with('/') {
            target = "/";
        }
        Ok(target)
    }
}

fn peer(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<Peer>().map(|peer| peer.0.ip())
}

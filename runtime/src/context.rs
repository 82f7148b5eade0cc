//! One request as a page sees it: who asks, what for, when, and the application around it. It is made once a request
//! by the dispatch, after limits, session and forgery checks; a page never looks at a cookie or a raw body.

use std::net::IpAddr;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use http::request::Parts;
use http::{HeaderMap, Method};
use uuid::Uuid;

use crate::app::App;
use crate::audit::{Context, Origin};
use crate::authorize::Actor;
use crate::fields::Fields;
use crate::panel::Panel;
use crate::route::Route;
use crate::session::Halfway;
use crate::turn::Turn;
use crate::upload::Upload;

/// Nobody is signed in: the pages around the sign-in.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

/// A request. `Cx<'_>` has a person; `Cx<'_, Nobody>` has none.
#[derive(Debug)]
pub struct Cx<'a, Who = Actor> {
    /// The application.
    pub app: &'a App,
    /// Who asks.
    pub actor: Who,
    /// What for.
    pub route: Route<'a>,
    /// GET, HEAD or POST.
    pub method: &'a Method,
    /// Path and query as asked for, base path off: `/patients?q=berg`.
    pub target: &'a str,
    /// The query string, decoded.
    pub query: Fields,
    /// The posted form, decoded, without the forgery token; empty unless POST.
    pub posted: Fields,
    /// A file that comes with the form, not read yet.
    pub(crate) upload: Mutex<Option<Upload>>,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// Who speaks, as far as the declared proxies are believed: IPv4 or the /64 of IPv6; empty when not known.
    pub address: String,
    /// The moment of the request; everything in it happens then.
    pub now: DateTime<Utc>,
    /// UUID v7, in the log, in the audit and in the answer's `X-Request-Id`.
    pub request_id: Uuid,
    /// Its turn before the door; nothing for who is signed in.
    pub(crate) turn: Turn,
    /// What every form of the answer must carry in a hidden field named [`CSRF_FIELD`].
    pub csrf: String,
}

/// Name of the hidden field with the forgery token.
pub const CSRF_FIELD: &str = "_csrf";

impl Cx<'_> {
    /// What this person does in this request, for the record.
    #[must_use]
    pub fn context(&self) -> Context {
        Context::of(&self.actor, self.origin())
    }
}

impl Cx<'_, Halfway> {
    /// What somebody does who is on their way in.
    pub(crate) fn context(&self) -> Context {
        Context::of_halfway(&self.actor, self.origin(), self.now)
    }
}

impl<'a> Cx<'a, Nobody> {
    /// A request of which nothing is known but what came with it. `target` is path and query with the base path off; of
    /// what is posted nothing is read yet.
    pub(crate) fn of_nobody(
        app: &'a App,
        parts: &'a Parts,
        (target, route): (&'a str, Route<'a>),
        peer: Option<IpAddr>,
        request_id: Uuid,
    ) -> Self {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        Self {
            app,
            actor: Nobody,
            route,
            method: &parts.method,
            target,
            query: Fields::parse(query.as_bytes()),
            posted: Fields::default(),
            upload: Mutex::new(None),
            headers: &parts.headers,
            address: crate::address::of_visitor(peer, &parts.headers, &app.settings.proxies),
            now: app.clock.now(),
            request_id,
            turn: Turn::default(),
            csrf: String::new(),
        }
    }

    /// What is done while nobody is signed in.
    pub(crate) fn context(&self) -> Context {
        Context::of_nobody(self.origin(), self.now)
    }
}

impl<'a, Who> Cx<'a, Who> {
    /// Which request this is, and where it came from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::of_request(self.request_id, &self.address)
    }

    /// The panel.
    #[must_use]
    pub fn panel(&self) -> &'static Panel {
        self.app.panel
    }

    /// The path to a page, base path on.
    #[must_use]
    pub fn link(&self, route: &Route<'_>) -> String {
        self.app.link(route)
    }

    /// The day of the request, UTC.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        self.now.date_naive()
    }

    /// Whether htmx asks for a part of a page.
    #[must_use]
    pub fn is_htmx(&self) -> bool {
        self.headers.contains_key("hx-request")
    }

    /// The same request with somebody else in the seat.
    #[must_use]
    pub fn with_actor<Other>(self, actor: Other) -> Cx<'a, Other> {
        Cx {
            app: self.app,
            actor,
            route: self.route,
            method: self.method,
            target: self.target,
            query: self.query,
            posted: self.posted,
            upload: self.upload,
            headers: self.headers,
            address: self.address,
            now: self.now,
            request_id: self.request_id,
            turn: self.turn,
            csrf: self.csrf,
        }
    }
}

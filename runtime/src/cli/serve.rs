//! `serve`: applies the schema, says what must be known, and answers until it is asked to end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgMatches, value_parser};
use tokio::net::TcpListener;
use tracing::Instrument as _;

use super::{Outcome, print, settings};
use crate::app::App;
use crate::audit::{Context, Origin};
use crate::builder::Builder;
use crate::config::Settings;
use crate::error::Error;
use crate::http;
use crate::panel::Panel;
use crate::route::Route;
use crate::service::Service;
use crate::store::{NewLink, Purpose};
use crate::throttle::later;
use crate::token::Token;

/// How long the first owner's link is good.
const FIRST_LINK: u64 = 24 * 3_600;
/// Between two looks for sessions, links and counts that mean nothing any more.
const SWEEP: Duration = Duration::from_hours(1);

pub(super) fn words() -> [Arg; 1] {
    [Arg::new("listen")
        .long("listen")
        .value_name("ADDR")
        .value_parser(value_parser!(SocketAddr))
        .help("Where to listen [default: LISTEN, else 127.0.0.1:8000]")]
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    let running = Running::start(builder, settings(builder, given)?).await?;
    let end = http::asked_to_end();
    for line in &running.said {
        print(line);
    }
    running.until(end).await;
    Ok(())
}

/// A panel that listens, and has not answered yet.
#[derive(Debug)]
pub struct Running {
    app: Arc<App>,
    listener: TcpListener,
    /// What whoever started it must know, line by line; among it the first owner's link, which stands nowhere else.
    pub said: Vec<String>,
}

impl Running {
    /// Opens the database, applies the schema and takes the address.
    ///
    /// # Errors
    /// [`Error::Setup`] for a taken address, wrong settings and a database that can't be used.
    pub async fn start(builder: &Builder, mut settings: Settings) -> Result<Self, Error> {
        // The address first: a second start by mistake must not touch the database of the first.
        let listener = http::listen(settings.listen).await?;
        let address = listener.local_addr().map_err(|why| Error::Setup(format!("the address is not known: {why}")))?;
        settings.listens_on(address);
        let (store, plan) = builder.open(&settings).await?;
        let mut said = Vec::new();
        if !plan.is_empty() {
            said.push(format!("The schema was brought up to date: {} steps.", plan.steps.len()));
        }
        if builder.load_demo(&store, &plan).await? {
            said.push("The demo data was loaded.".to_owned());
        }
        let app = Arc::new(builder.app(settings, store));
        app.secrets.check(&app.store).await?;
        crate::passkey::check_setup(&app)?;
        swept(&app).await;
        said.extend(notices(&app, address).await?);
        Ok(Self { app, listener, said })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What all requests share.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Answers until `end` is done, then lets busy connections finish.
    pub async fn until(self, end: impl Future<Output = ()>) {
        let app = Arc::clone(&self.app);
        let sweeping = tokio::spawn(async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                swept(&app).await;
            }
        });
        let sending = tokio::spawn(crate::mail::sender::run(Arc::downgrade(&self.app), self.app.store.bell()));
        let working = crate::work::start(&self.app, true);
        let limits = self.app.limits;
        http::serve(self.listener, Service::at_the_root(self.app), limits, end).await;
        sweeping.abort();
        sending.abort();
        // A step that is broken off here was not committed; whoever serves next goes on with it.
        for worker in working {
            worker.abort();
        }
    }
}

/// What is of no use any more goes. That it can't go now is no reason not to serve.
pub(crate) async fn swept(app: &App) {
    let origin = Origin::own();
    let span = tracing::error_span!("sweep", request = %origin.request);
    store_is_clean(app, origin).instrument(span).await;
}

async fn store_is_clean(app: &App, origin: Origin) {
    // What a cap holds off stays off; the smallest of the caps keeps the most.
    let cap = app.panel.throttles.iter().filter_map(|throttle| throttle.cap).min().unwrap_or(u32::MAX);
    if let Err(error) = app.store.note_expired_loans(origin, None, app.clock.now()).await {
        tracing::warn!(%error, "the end of loans was not written");
    }
    if let Err(error) = app.store.sweep(app.clock.now(), cap).await {
        tracing::warn!(%error, "what is over was not removed");
    }
}

async fn notices(app: &App, address: SocketAddr) -> Result<Vec<String>, Error> {
    let public_url = &app.settings.public_url;
    let mut said = Vec::new();
    if public_url.is_plain_loopback() {
        said.push(
            "Development: plain http on this machine only, so cookies are without `Secure`. Set an https public_url \
             before anybody else signs in."
                .to_owned(),
        );
    }
    said.extend(accepted(app.panel));
    said.extend(first_link(app).await?);
    said.push(format!("{} listens on {address} and is reached at {public_url}/", app.panel.name));
    Ok(said)
}

/// Accepted exceptions of the policy are said at every start.
fn accepted(panel: &Panel) -> Vec<String> {
    panel
        .accepts
        .iter()
        .map(|accept| {
            let until = accept.until.map_or_else(String::new, |until| format!(" until {until}"));
            format!("Accepted in {}: {}, \"{}\"{until}.", accept.owner, accept.rule, accept.reason)
        })
        .collect()
}

/// While nobody holds the first role, a new link at each start; the one before is then no longer good.
async fn first_link(app: &App) -> Result<Option<String>, Error> {
    let Some(role) = app.panel.roles.first() else { return Ok(None) };
    if app.store.holders(role.name).await? > 0 {
        return Ok(None);
    }
    let now = app.clock.now();
    let token = Token::fresh()?;
    let mut write = app.store.write(Context::of_nobody(Origin::own(), now)).await?;
    let recorded = write
        .issue_link(&NewLink {
            token: token.hash(),
            purpose: Purpose::First,
            person: None,
            expires_at: later(now, FIRST_LINK),
        })
        .await?;
    write.commit(recorded).await?;
    let link = app.address(&Route::First);
    Ok(Some(format!(
        "Nobody is {} yet. Open this link once, within 24 hours, to be the first:\n  {link}?token={}",
        role.title,
        token.text()
    )))
}

//! What every request shares: the panel, its settings, the clock, the hasher and the store. It holds nothing about any
//! person: authority is read anew with each request.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};

use crate::action::Actions;
use crate::audit::{Change, Event};
use crate::clock::Clock;
use crate::config::Settings;
use crate::error::Error;
use crate::flood::Flood;
use crate::limits::Limits;
use crate::page::Assets;
use crate::panel::{Panel, Sensitivity};
use crate::passkey::RelyingParty;
use crate::password::Hasher;
use crate::route::Route;
use crate::secret::Secrets;
use crate::store::{Store, Write};
use crate::turn::Turns;
use crate::under_way::UnderWay;

/// The running application.
pub struct App {
    /// The block's tables.
    pub panel: &'static Panel,
    /// The bodies of the declared actions.
    pub actions: &'static dyn Actions,
    /// What the environment said.
    pub settings: Settings,
    /// What time it is.
    pub clock: Clock,
    /// Bounds of requests.
    pub limits: Limits,
    /// Makes and checks password hashes.
    pub hasher: Hasher,
    /// Where the rows are.
    pub store: Store,
    /// Places for exports under way.
    pub(crate) exports: Arc<Semaphore>,
    /// What second factors are sealed with.
    pub secrets: Secrets,
    /// Whom passkeys are made for; none: the block declares none, or this panel can have none.
    pub(crate) passkeys: Option<RelyingParty>,
    /// Forms that were not believed, for a record that they can't fill up.
    pub(crate) forged: Flood,
    /// Places for files on their way in.
    pub(crate) uploads: Semaphore,
    /// Places for forms beyond the usual size.
    pub(crate) large_forms: Semaphore,
    /// Rings when there is work.
    pub(crate) bell: Arc<Notify>,
    /// Long steps of jobs that this process is at.
    pub(crate) under_way: UnderWay,
    /// Tries that were held off, likewise.
    pub(crate) held_off: Flood,
    /// Whose turn it is before the door.
    pub(crate) turns: Turns,
    /// Stylesheet, script and icons, with the panel's brand in them.
    pub(crate) assets: Assets,
}

impl Drop for App {
    fn drop(&mut self) {
        // Whoever waits for work shall see that there is none any more.
        self.bell.notify_waiters();
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("panel", &self.panel.name).field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl App {
    /// An application over an open store.
    #[must_use]
    pub fn new(
        panel: &'static Panel,
        actions: &'static dyn Actions,
        settings: Settings,
        clock: Clock,
        limits: Limits,
        store: Store,
    ) -> Self {
        let hasher = Hasher::new(limits.hash_queue).with_peppers(settings.peppers.clone());
        let assets = Assets::for_brand(panel.brand);
        let secrets = Secrets::of(&settings);
        let passkeys = RelyingParty::of(panel, &settings.public_url);
        Self {
            panel,
            actions,
            settings,
            clock,
            limits,
            hasher,
            store,
            bell: Arc::default(),
            exports: Arc::new(Semaphore::new(crate::export::AT_ONCE)),
            uploads: Semaphore::new(crate::upload::AT_ONCE),
            large_forms: Semaphore::new(crate::limits::LARGE_AT_ONCE),
            secrets,
            passkeys,
            forged: Flood::default(),
            under_way: UnderWay::default(),
            held_off: Flood::default(),
            turns: Turns::default(),
            assets,
        }
    }

    /// Ends a transaction with the record of a try that a throttle held off: of a flood of them by `who`, a handful is
    /// kept, each with the count so far. What is not kept takes the same statements, so that nobody can tell it from a
    /// try that was looked at.
    pub(crate) async fn record_held_off(&self, mut write: Write, who: &str, event: Event) -> Result<(), Error> {
        let count = self.held_off.count(&format!("{} {who}", event.id.text()), write.context().now());
        let so_far = count.unwrap_or_default().to_string();
        let recorded = write.record(event.with(Change::fact("count in 10 minutes", Sensitivity::Internal, so_far)));
        if count.is_some() { write.commit(recorded).await } else { write.rehearse(recorded).await }
    }

    /// The path to a page, with the base path of the public URL on.
    #[must_use]
    pub fn link(&self, route: &Route<'_>) -> String {
        format!("{}{route}", self.settings.public_url.base_path())
    }

    /// The whole address of a page, for links that leave the panel.
    #[must_use]
    pub fn address(&self, route: &Route<'_>) -> String {
        format!("{}{}", self.settings.public_url.origin(), self.link(route))
    }
}

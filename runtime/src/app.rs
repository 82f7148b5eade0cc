//! What every request shares: the panel, its settings, the clock, the hasher and the store. It holds nothing about any
//! person: authority is read anew with each request.

use crate::clock::Clock;
use crate::config::Settings;
use crate::page::Assets;
use crate::panel::Panel;
use crate::route::Route;
use crate::store::Store;

/// The running application.
#[derive(Debug)]
pub struct App {
    /// The block's tables.
    pub panel: &'static Panel,
    /// What the environment said.
    pub settings: Settings,
    /// What time it is.
    pub clock: Clock,
    /// Where the rows are.
    pub store: Store,
    /// Stylesheet, script and icons, with the panel's brand in them.
    pub(crate) assets: Assets,
}

impl App {
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

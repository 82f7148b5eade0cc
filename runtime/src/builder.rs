//! A panel and the bodies of its actions, on the way to a command line or a service.

use std::fmt;
use std::process::ExitCode;

use crate::action::Actions;
use crate::panel::Panel;

/// What `Clinic::builder()` gives.
#[must_use]
pub struct Builder {
    /// The block's tables.
    pub(crate) panel: &'static Panel,
    /// What its actions do.
    pub(crate) actions: &'static dyn Actions,
}

impl Builder {
    /// For `admin!`.
    pub fn new(panel: &'static Panel, actions: &'static dyn Actions) -> Self {
        Self { panel, actions }
    }

    /// Reads the command line and does what it says.
    #[must_use]
    pub fn main(self) -> ExitCode {
        eprintln!("{}: this version has no commands yet", self.panel.name);
        ExitCode::from(2)
    }

    /// The tables.
    #[must_use]
    pub fn panel(&self) -> &'static Panel {
        self.panel
    }

    /// The bodies of the actions.
    #[must_use]
    pub fn actions(&self) -> &'static dyn Actions {
        self.actions
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("panel", &self.panel.name).finish_non_exhaustive()
    }
}

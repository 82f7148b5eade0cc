//! What an application says beside its block: a clock, settings, commands of its own, demo data. It holds them until
//! something is started; it starts nothing by itself.

use std::ffi::OsString;
use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use clap::ArgMatches;

use crate::action::Actions;
use crate::app::App;
use crate::audit::{Context, Origin};
use crate::clock::Clock;
use crate::config::{Overrides, Settings};
use crate::error::Error;
use crate::limits::Limits;
use crate::mail;
use crate::migrate::files::{Place, State, compare};
use crate::migrate::{Part, Plan};
use crate::panel::Panel;
use crate::service::Service;
use crate::store::Store;

/// Migration files beside a database.
pub(crate) struct Standing {
    /// There are files, and the schema does not grow by itself.
    pub(crate) governed: bool,
    /// What was applied, what is to be, and what must not be.
    pub(crate) state: State,
}

type Job = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// A command that the application adds to those of every panel.
pub(crate) struct OwnCommand {
    pub(crate) words: clap::Command,
    pub(crate) run: Box<dyn Fn(Store, ArgMatches) -> Job + Send + Sync>,
}

/// A panel before it starts.
pub struct Builder {
    pub(crate) panel: &'static Panel,
    pub(crate) actions: &'static dyn Actions,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) overrides: Overrides,
    pub(crate) commands: Vec<OwnCommand>,
    demo: Option<Box<dyn Fn(Store) -> Job + Send + Sync>>,
    migrations: Place,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("panel", &self.panel.name).finish_non_exhaustive()
    }
}

impl Builder {
    /// For the panel of a block; `admin!` writes the call.
    #[must_use]
    pub fn new(panel: &'static Panel, actions: &'static dyn Actions) -> Self {
        Self {
            panel,
            actions,
            clock: Clock::system(),
            limits: Limits::of(panel),
            overrides: Overrides::default(),
            commands: Vec::new(),
            demo: None,
            migrations: Place::Directory(PathBuf::from("migrations")),
        }
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

    /// Another source of the time, for tests.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Other bounds of requests.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where the panel is reached from outside, whatever the block and the environment say. Its path is the base path
    /// of a nested panel: links carry it.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.overrides.public_url = Some(url.into());
        self
    }

    /// Where mail goes, whatever the block's `mail` clause and the environment say: `file:DIRECTORY` or an SMTP URL.
    /// Nothing, for a block without that clause.
    #[must_use]
    pub fn mail(mut self, url: impl Into<String>) -> Self {
        self.overrides.mail = Some(url.into());
        self
    }

    /// A command of one's own: `clinic seed`. `run` gets the store, its schema applied, and what was given.
    #[must_use]
    pub fn command<F, Fut>(mut self, words: clap::Command, run: F) -> Self
    where
        F: Fn(Store, ArgMatches) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Error>> + Send + 'static,
    {
        self.commands.push(OwnCommand { words, run: Box::new(move |store, given| Box::pin(run(store, given))) });
        self
    }

    /// Demo data for a database that was made just now; `serve` loads it.
    #[must_use]
    pub fn demo<F, Fut>(mut self, load: F) -> Self
    where
        F: Fn(Store) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Error>> + Send + 'static,
    {
        self.demo = Some(Box::new(move |store| Box::pin(load(store))));
        self
    }

    /// Migration files within the program: name and text of each, as `include_str!` gives it. Without this they are
    /// read from the directory `migrations`, if there is one.
    #[must_use]
    pub fn migrations(mut self, files: &'static [(&'static str, &'static str)]) -> Self {
        self.migrations = Place::Program(files);
        self
    }

    /// Migration files in this directory, instead of `migrations`; the variable `MIGRATIONS` names yet another.
    #[must_use]
    pub fn migrations_in(mut self, directory: impl Into<PathBuf>) -> Self {
        self.migrations = Place::Directory(directory.into());
        self
    }

    /// The panel over the database at this URL, its schema applied, as a tower service.
    ///
    /// # Errors
    /// [`Error::Setup`] for wrong settings and a database that can't be used.
    pub async fn service(mut self, database: &str) -> Result<Service, Error> {
        self.overrides.database = Some(database.to_owned());
        let settings = self.settings(&|name| std::env::var_os(name))?;
        let (store, _) = self.open(&settings).await?;
        let app = Arc::new(self.app(settings, store));
        app.secrets.check(&app.store).await?;
        crate::passkey::check_setup(&app)?;
        // Ends by itself when the service is gone.
        tokio::spawn(mail::sender::run(Arc::downgrade(&app), app.store.bell()));
        // They end with the service.
        drop(crate::work::start(&app, false));
        Ok(Service::nested(app))
    }

    pub(crate) fn settings(&self, lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Settings, Error> {
        Settings::read(self.panel, lookup, &self.overrides).map_err(|wrong| Error::Setup(wrong.0))
    }

    /// Opens the database and applies what the schema lacks.
    pub(crate) async fn open(&self, settings: &Settings) -> Result<(Store, Plan), Error> {
        if self.panel.lock_passed_over {
            return Err(Error::Setup(
                "this build passed over policy.lock (BAILIWICK_ACCEPT was set), so it only accepts a policy: run `policy \
                 accept`, then build again without the variable"
                    .to_owned(),
            ));
        }
        let store = Store::open(self.panel, &settings.database).await?;
        let standing = self.standing(&store, settings).await?;
        if let Some(fault) = standing.state.faults.first() {
            return Err(Error::Setup(fault.clone()));
        }
        if !standing.governed {
            let plan = store.migrate(self.context()).await?;
            return Ok((store, plan));
        }
        if let Some(file) = standing.state.pending.first() {
            return Err(Error::Setup(format!(
                "the migration {} is not applied to this database; `migrate apply` does that",
                file.name
            )));
        }
        let plan = store.migrate_part(Part::Framework, self.context()).await?;
        if let Some(step) = store.plan_of(Part::Block).await?.steps.first() {
            return Err(Error::Setup(format!(
                "the block asks for more than the migration files made ({}); `migrate plan` writes the next one",
                step.what
            )));
        }
        Ok((store, plan))
    }

    /// Where the migration files are.
    pub(crate) fn place(&self, settings: &Settings) -> Place {
        settings.migrations.clone().map_or_else(|| self.migrations.clone(), Place::Directory)
    }

    /// How the migration files stand to what the database took.
    pub(crate) async fn standing(&self, store: &Store, settings: &Settings) -> Result<Standing, Error> {
        let files = self.place(settings).files()?;
        let governed = files.is_some();
        Ok(Standing { governed, state: compare(files, &store.taken().await?) })
    }

    /// Loads the demo data, if there is any and the database was empty before `plan`.
    pub(crate) async fn load_demo(&self, store: &Store, plan: &Plan) -> Result<bool, Error> {
        match &self.demo {
            Some(load) if plan.is_from_nothing() => {
                load(store.clone()).await?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    pub(crate) fn app(&self, settings: Settings, store: Store) -> App {
        App::new(self.panel, self.actions, settings, self.clock.clone(), self.limits, store)
    }

    /// For what the command line does.
    pub(crate) fn context(&self) -> Context {
        Context::of_nobody(Origin::own(), self.clock.now())
    }
}

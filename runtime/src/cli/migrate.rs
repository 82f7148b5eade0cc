//! `migrate`: brings the schema up to date, by itself or by migration files, and says what that would take.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::{Failure, Outcome, print, settings};
use crate::builder::{Builder, Standing};
use crate::config::Settings;
use crate::error::Error;
use crate::migrate::files::{File, written};
use crate::migrate::{Part, Plan};
use crate::store::Store;

pub(super) fn command() -> Command {
    Command::new("migrate")
        .about("Bring the database's schema up to date")
        .arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Print the statements and run none"))
        .arg(
            Arg::new("migrations")
                .long("migrations")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .global(true)
                .help("Where the migration files are [default: MIGRATIONS, else migrations]"),
        )
        .subcommand(
            Command::new("plan")
                .about("Write what the database lacks into a new migration file")
                .arg(
                    Arg::new("name").long("name").value_name("WORDS").help("What the file is called behind its number"),
                )
                .arg(
                    Arg::new("baseline").long("baseline").action(ArgAction::SetTrue).help(
                        "Write the whole schema, and record it as applied to this database, which has it already",
                    ),
                ),
        )
        .subcommand(Command::new("apply").about("Apply the migration files that were not applied yet"))
        .subcommand(Command::new("status").about("List the migration files; exit status 1 unless all are applied"))
        .subcommand(Command::new("drift").about("Compare the database with the block; exit status 1 when they differ"))
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    let mut settings = settings(builder, given)?;
    if let Some(directory) = given.get_one::<PathBuf>("migrations") {
        settings.migrations = Some(directory.clone());
    }
    match given.subcommand() {
        Some(("plan", given)) => plan(builder, &with_directory(settings, given), given).await,
        Some(("apply", given)) => apply(builder, &with_directory(settings, given)).await,
        Some(("status", given)) => status(builder, &with_directory(settings, given)).await,
        Some(("drift", given)) => drift(builder, &with_directory(settings, given)).await,
        _ if given.get_flag("dry-run") => dry_run(builder, &settings).await,
        _ if builder.place(&settings).files()?.is_some() => apply(builder, &settings).await,
        _ => by_itself(builder, &settings).await,
    }
}

/// The word may stand behind the command too.
fn with_directory(mut settings: Settings, given: &ArgMatches) -> Settings {
    if let Some(directory) = given.get_one::<PathBuf>("migrations") {
        settings.migrations = Some(directory.clone());
    }
    settings
}

async fn by_itself(builder: &Builder, settings: &Settings) -> Outcome {
    let (_, plan) = builder.open(settings).await?;
    for step in &plan.steps {
        print(&step.what);
    }
    print(if plan.is_empty() { "the schema was up to date" } else { "the schema is up to date" });
    Ok(())
}

async fn dry_run(builder: &Builder, settings: &Settings) -> Outcome {
    if let Some(files) = builder.place(settings).files()? {
        let pending = if Store::part_for_none(builder.panel, Part::Block, &settings.database)?.is_some() {
            files
        } else {
            let store = Store::open(builder.panel, &settings.database).await?;
            sound(builder, &store, settings).await?.state.pending
        };
        for file in &pending {
            print(format!("-- {}\n{}", file.name, file.sql.trim_end()));
        }
        if pending.is_empty() {
            print("-- all migration files are applied");
        }
        return Ok(());
    }
    // Looking must not make the file.
    let plan = match Store::plan_for_none(builder.panel, &settings.database)? {
        Some(whole) => whole,
        None => Store::open(builder.panel, &settings.database).await?.plan().await?,
    };
    print(if plan.is_empty() { "-- the schema is up to date".to_owned() } else { plan.sql().trim_end().to_owned() });
    Ok(())
}

/// How files and database stand, where nothing is wrong with that.
async fn sound(builder: &Builder, store: &Store, settings: &Settings) -> Result<Standing, Failure> {
    let standing = builder.standing(store, settings).await?;
    match standing.state.faults.first() {
        Some(fault) => Err(Failure::Found(fault.clone())),
        None => Ok(standing),
    }
}

async fn plan(builder: &Builder, settings: &Settings, given: &ArgMatches) -> Outcome {
    let place = builder.place(settings);
    let directory = place.directory()?;
    let files = place.files()?.unwrap_or_default();
    let name = given.get_one::<String>("name").map(String::as_str);
    if given.get_flag("baseline") {
        return baseline(builder, settings, directory, &files, name).await;
    }
    // Looking must not make the file.
    let none = Store::part_for_none(builder.panel, Part::Block, &settings.database)?;
    let (plan, database) = if let Some(whole) = none {
        if let Some(file) = files.first() {
            return Err(not_applied(file));
        }
        (whole, "SQLite")
    } else {
        let store = Store::open(builder.panel, &settings.database).await?;
        let standing = sound(builder, &store, settings).await?;
        if let Some(file) = standing.state.pending.first() {
            return Err(not_applied(file));
        }
        (lacks(&store).await?, store.database_name())
    };
    if plan.is_empty() {
        print("the database has all that the block asks for; no file was written");
        if files.is_empty() {
            print("to start with migration files here, `migrate plan --baseline` writes the whole schema as the first");
        }
        return Ok(());
    }
    write(directory, &written(&files, &plan, database, name), &plan)
}

/// What the block asks for and the database lacks; what is not this program's to decide is found, not a wrong setting.
async fn lacks(store: &Store) -> Result<Plan, Failure> {
    store.plan_of(Part::Block).await.map_err(|error| match error {
        Error::Setup(line) => Failure::Found(line),
        error => Failure::Of(error),
    })
}

fn not_applied(file: &File) -> Failure {
    Failure::Found(format!("the migration {} is not applied to this database; run `migrate apply` first", file.name))
}

async fn baseline(
    builder: &Builder,
    settings: &Settings,
    directory: &Path,
    files: &[File],
    name: Option<&str>,
) -> Outcome {
    if let Some(file) = files.first() {
        return Err(Failure::Found(format!("there are migration files already, {} among them", file.name)));
    }
    if Store::part_for_none(builder.panel, Part::Block, &settings.database)?.is_some() {
        return Err(Failure::Found("there is no database yet; `migrate plan` writes the first file".to_owned()));
    }
    let store = Store::open(builder.panel, &settings.database).await?;
    if let Some(taken) = store.taken().await?.first() {
        return Err(Failure::Found(format!("the database took the migration {} already", taken.name)));
    }
    if let Some(step) = lacks(&store).await?.steps.first() {
        return Err(Failure::Found(format!(
            "the database does not have the whole schema yet ({}); bring it up to date first",
            step.what
        )));
    }
    let whole = store.plan_from_nothing(Part::Block).await?;
    let file = written(&[], &whole, store.database_name(), Some(name.unwrap_or("baseline")));
    write(directory, &file, &whole)?;
    store.migrate_part(Part::Framework, builder.context()).await?;
    store.apply(&file, false, builder.context()).await?;
    print("it is recorded as applied to this database; nothing was run");
    Ok(())
}

fn write(directory: &Path, file: &File, plan: &Plan) -> Outcome {
    let path = directory.join(&file.name);
    let failed = |why: std::io::Error| Failure::Found(format!("{} can't be written: {why}", path.display()));
    std::fs::create_dir_all(directory).map_err(failed)?;
    let mut new = std::fs::File::create_new(&path).map_err(failed)?;
    std::io::Write::write_all(&mut new, file.sql.as_bytes()).map_err(failed)?;
    for step in &plan.steps {
        print(&step.what);
    }
    print(format!("written to {}: read it, then run `migrate apply`", path.display()));
    Ok(())
}

async fn apply(builder: &Builder, settings: &Settings) -> Outcome {
    let place = builder.place(settings);
    if place.files()?.is_none() {
        return Err(Failure::Found("there are no migration files here; `migrate plan` writes the first".to_owned()));
    }
    let store = Store::open(builder.panel, &settings.database).await?;
    let pending = sound(builder, &store, settings).await?.state.pending;
    for file in &pending {
        // All are looked at before the first is run.
        file.suits(store.database_name())?;
    }
    store.migrate_part(Part::Framework, builder.context()).await?;
    for file in &pending {
        let mine = store.apply(file, true, builder.context()).await?;
        print(format!("{} {}", if mine { "applied" } else { "was applied meanwhile:" }, file.name));
    }
    if pending.is_empty() {
        print("all migration files were applied already");
    }
    match lacks(&store).await?.steps.as_slice() {
        [] => Ok(()),
        [step, ..] => Err(Failure::Found(format!(
            "the block asks for more than the files made ({}); `migrate plan` writes the next one",
            step.what
        ))),
    }
}

async fn status(builder: &Builder, settings: &Settings) -> Outcome {
    let files = builder.place(settings).files()?;
    if Store::part_for_none(builder.panel, Part::Block, &settings.database)?.is_some() {
        for file in files.iter().flatten() {
            print(format!("pending  {}", file.name));
        }
        return Err(Failure::Found("there is no database yet".to_owned()));
    }
    let store = Store::open(builder.panel, &settings.database).await?;
    let Standing { governed, state } = builder.standing(&store, settings).await?;
    for taken in &state.applied {
        print(format!("applied  {}  {}", taken.name, taken.at));
    }
    for file in &state.pending {
        print(format!("pending  {}", file.name));
    }
    for fault in &state.faults {
        print(format!("wrong    {fault}"));
    }
    if !governed && state.faults.is_empty() {
        print("there are no migration files: the schema grows by itself when the panel starts");
    }
    match state.pending.len() + state.faults.len() {
        0 => Ok(()),
        wrong => Err(Failure::Found(format!("{wrong} of the migrations are not as they should be"))),
    }
}

async fn drift(builder: &Builder, settings: &Settings) -> Outcome {
    let plan = match Store::part_for_none(builder.panel, Part::Block, &settings.database)? {
        Some(whole) => whole,
        None => lacks(&Store::open(builder.panel, &settings.database).await?).await?,
    };
    if plan.is_empty() {
        print("the database has what the block asks for");
        return Ok(());
    }
    print(plan.sql().trim_end());
    Err(Failure::Found(format!("the database lacks {} of what the block asks for", plan.steps.len())))
}

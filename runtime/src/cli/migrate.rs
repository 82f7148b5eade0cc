//! `migrate`: brings the schema up to date, or says what that would take.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{Outcome, print, settings};
use crate::builder::Builder;
use crate::store::Store;

pub(super) fn command() -> Command {
    Command::new("migrate")
        .about("Bring the database's schema up to date")
        .arg(Arg::new("dry-run").long("dry-run").action(ArgAction::SetTrue).help("Print the statements and run none"))
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    let settings = settings(builder, given)?;
    if given.get_flag("dry-run") {
        // Looking must not make the file.
        let plan = match Store::plan_for_none(builder.panel, &settings.database)? {
            Some(whole) => whole,
            None => Store::open(builder.panel, &settings.database).await?.plan().await?,
        };
        if plan.is_empty() {
            print("-- the schema is up to date");
        } else {
            print(plan.sql().trim_end());
        }
        return Ok(());
    }
    let (_, plan) = builder.open(&settings).await?;
    for step in &plan.steps {
        print(&step.what);
    }
    print(if plan.is_empty() { "the schema was up to date" } else { "the schema is up to date" });
    Ok(())
}

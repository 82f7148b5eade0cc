//! `audit verify`: reads the whole audit log and names the first row that is not as it was written.

use clap::{ArgMatches, Command};

use super::{Failure, Outcome, print, settings};
use crate::audit::chain::Verified;
use crate::builder::Builder;
use crate::store::Store;

pub(super) fn command() -> Command {
    Command::new("audit")
        .about("Look after the audit log")
        .subcommand_required(true)
        .subcommand(Command::new("verify").about("Check the whole chain; exit status 1 when it is broken"))
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    let Some(("verify", given)) = given.subcommand() else {
        return Err(Failure::Usage("`audit` takes the word `verify`".to_owned()));
    };
    let store = Store::open(builder.panel, &settings(builder, given)?.database).await?;
    match store.verify_audit().await? {
        Verified::Whole { entries } => {
            print(format!("the audit log is whole: {entries} entries"));
            Ok(())
        }
        Verified::Broken { seq, why } => Err(Failure::Found(format!("the audit log is broken at entry {seq}: {why}"))),
    }
}

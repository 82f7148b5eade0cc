//! `adopt`: the block of a database that was there before, on the standard output. It has nothing to do with the panel
//! whose binary it stands in, and so takes the URL from the command line alone.

use clap::{ArgMatches, Command};

use super::{Failure, Outcome};

pub(super) fn command() -> Command {
    Command::new("adopt").about("Write a block for the tables of an existing database, which --database names")
}

pub(super) async fn run(given: &ArgMatches) -> Outcome {
    let Some(url) = given.get_one::<String>("database") else {
        return Err(Failure::Usage("say which database: adopt --database URL".to_owned()));
    };
    crate::adopt::tell(&crate::adopt::adopt(url).await?);
    Ok(())
}

//! `openapi`: the panel's API as an OpenAPI 3.1 document, for programs that write clients. It opens no database.

use clap::{ArgMatches, Command};

use super::{Failure, Outcome, print, settings};
use crate::builder::Builder;
use crate::openapi;

pub(super) fn command() -> Command {
    Command::new("openapi").about("Describe the API for machines, as OpenAPI 3.1")
}

pub(super) fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    if !builder.panel.has_api() {
        let why = "the panel has no API: its block has no `throttle token`";
        return Err(Failure::Found(why.to_owned()));
    }
    let url = settings(builder, given)?.public_url;
    let document = openapi::document(builder.panel, &format!("{}{}", url.origin(), url.base_path()));
    print(format!("{document:#}"));
    Ok(())
}

//! `policy`: who may do what. Every word but `simulate` answers from the tables alone, without a database.

mod accept;
mod explain;
mod graph;
mod json;
mod markdown;
mod show;
mod simulate;
mod svg;
mod told;

#[cfg(test)]
pub(crate) use simulate::{Answer, simulated};

use clap::{Arg, ArgMatches, Command};

use super::{Failure, Outcome};
use crate::builder::Builder;
use crate::matrix;
use crate::panel::{Field, Model, Panel, Role, Verb};

pub(super) fn command() -> Command {
    Command::new("policy")
        .about("Who may do what")
        .subcommand_required(true)
        .subcommand(show::command())
        .subcommand(explain::command())
        .subcommand(simulate::command())
        .subcommand(accept::command())
        .subcommand(accept::diff_command())
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    match given.subcommand() {
        Some(("show", given)) => {
            show::run(builder.panel, given);
            Ok(())
        }
        Some(("explain", given)) => explain::run(builder.panel, given),
        Some(("simulate", given)) => simulate::run(builder, given).await,
        Some(("accept", given)) => accept::run(builder.panel, given),
        Some(("diff", given)) => accept::diff(builder.panel, given),
        _ => Err(Failure::Usage("`policy` takes show, explain, simulate, accept or diff".to_owned())),
    }
}

/// `--verb`, `--model`, `--field`: what a question is about.
fn question(command: Command) -> Command {
    command
        .arg(Arg::new("verb").long("verb").value_name("VERB").required(true).help("view, edit, … or an action"))
        .arg(Arg::new("model").long("model").value_name("MODEL").required(true).help("A model of the panel"))
        .arg(Arg::new("field").long("field").value_name("FIELD").help("Only this field"))
}

/// What a question is about, looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) model: &'static Model,
    pub(crate) verb: Verb,
    pub(crate) field: Option<&'static Field>,
}

impl Question {
    fn word(&self) -> &'static str {
        crate::clause::verb(self.model, self.verb)
    }
}

fn asked(panel: &'static Panel, given: &ArgMatches) -> Result<Question, Failure> {
    let word = |name: &str| given.get_one::<String>(name).map_or("", String::as_str);
    let model = panel.models.iter().find(|model| model.name.eq_ignore_ascii_case(word("model")));
    let model = model.ok_or_else(|| unknown("model", word("model"), panel.models.iter().map(|model| model.name)))?;
    let verbs = matrix::verbs(model).map(|verb| (crate::clause::verb(model, verb), verb));
    let verb = verbs.clone().find(|(name, _)| name.eq_ignore_ascii_case(word("verb")));
    let (_, verb) = verb.ok_or_else(|| unknown("verb", word("verb"), verbs.map(|(name, _)| name)))?;
    let field = match given.get_one::<String>("field") {
        None => None,
        Some(name) => {
            let field = model.field_by_name(name);
            Some(field.ok_or_else(|| unknown("field", name, model.fields.iter().map(|field| field.name)))?)
        }
    };
    Ok(Question { model, verb, field })
}

fn role(panel: &'static Panel, name: &str) -> Result<&'static Role, Failure> {
    panel.role_by_name(name).ok_or_else(|| unknown("role", name, panel.roles.iter().map(|role| role.name)))
}

fn unknown<'a>(what: &str, given: &str, known: impl Iterator<Item = &'a str>) -> Failure {
    let known: Vec<&str> = known.collect();
    Failure::Usage(format!("there is no {what} `{given}`; there are {}", known.join(", ")))
}

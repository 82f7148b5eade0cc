//! `user`: people from the command line, for whoever can read the database file anyway. It sets no password that
//! somebody else could know unless asked to, and prints a link only here.

mod break_glass;

use std::io::Read as _;

use chrono::{DateTime, Utc};
use clap::{Arg, ArgAction, ArgMatches, Command};
use zeroize::Zeroizing;

use super::{Failure, Outcome, print, settings};
use crate::app::App;
use crate::builder::Builder;
use crate::email;
use crate::error::Error;
use crate::mail::Notice;
use crate::panel::{Panel, Role};
use crate::password::{Password, Rules};
use crate::route::Route;
use crate::session::{EndReason, attribute_json, read_attribute};
use crate::store::{NewLink, NewPerson, PasswordHash, PersonRow, Purpose, Recorded, Write};
use crate::throttle::later;
use crate::token::Token;

/// How long a link is good where the block says nothing.
const LINK: u64 = 24 * 3_600;

pub(super) fn command() -> Command {
    let email = || Arg::new("email").value_name("EMAIL").required(true);
    Command::new("user")
        .about("Add people and let them back in")
        .subcommand_required(true)
        .subcommand(
            Command::new("create")
                .about("Add a person")
                .arg(email())
                .arg(Arg::new("role").long("role").value_name("ROLE").required(true).help("A role of the panel"))
                .arg(
                    Arg::new("password-stdin")
                        .long("password-stdin")
                        .action(ArgAction::SetTrue)
                        .conflicts_with("link")
                        .help("Read the password from the standard input"),
                )
                .arg(
                    Arg::new("link")
                        .long("link")
                        .action(ArgAction::SetTrue)
                        .help("Print a one-use link with which they choose a password [default]"),
                )
                .arg(
                    Arg::new("set")
                        .long("set")
                        .value_name("NAME=VALUE")
                        .action(ArgAction::Append)
                        .help("An attribute of the `actor` clause"),
                ),
        )
        .subcommand(Command::new("list").about("Who there is"))
        .subcommand(Command::new("link").about("Print a new one-use link to a new password").arg(email()))
        .subcommands(break_glass::commands(&email))
        .subcommand(
            Command::new("end")
                .about("End every session of a person, or of everybody with a role")
                .arg(email().required(false).required_unless_present("role").conflicts_with("role"))
                .arg(Arg::new("role").long("role").value_name("ROLE").help("A role of the panel")),
        )
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    let Some((word, given)) = given.subcommand() else {
        return Err(Failure::Usage(
            "`user` takes create, list, link, reset, unlock, role, factor-off or end".to_owned(),
        ));
    };
    let settings = settings(builder, given)?;
    let (store, _) = builder.open(&settings).await?;
    let app = builder.app(settings, store);
    match word {
        "create" => create(builder, &app, given).await,
        "link" => link(builder, &app, given).await,
        "reset" | "unlock" | "role" | "factor-off" => break_glass::run(builder, &app, word, given).await,
        "end" => end(builder, &app, given).await,
        _ => list(&app).await,
    }
}

async fn create(builder: &Builder, app: &App, given: &ArgMatches) -> Outcome {
    let address = address(given)?;
    let wanted = given.get_one::<String>("role").map_or("", String::as_str);
    let role = role(app.panel, wanted)?;
    let attributes = attributes(app.panel, given.get_many::<String>("set").into_iter().flatten())?;
    let password_hash =
        if given.get_flag("password-stdin") { Some(password_from_stdin(app, &address, role).await?) } else { None };
    let needs_link = password_hash.is_none();

    let mut write = app.store.write(builder.context()).await?;
    let new = NewPerson { email: &address, role: role.name, password_hash, attributes };
    let Some((id, mut recorded)) = write.create_person(&new).await? else {
        return Err(Failure::Found(format!("{address} has an account already; `user link` makes a new link for it")));
    };
    let token = if needs_link {
        let (token, issued) = issue(app, &mut write, id).await?;
        recorded = issued;
        Some(token)
    } else {
        None
    };
    write.commit(recorded).await?;
    print(format!("{address} is {} now", role.title));
    if let Some(token) = token {
        say_link(app, &token);
    }
    Ok(())
}

async fn link(builder: &Builder, app: &App, given: &ArgMatches) -> Outcome {
    break_glass::is_declared(app.panel)?;
    let person = person(app, given).await?;
    let mut write = app.store.write(builder.context()).await?;
    let (token, recorded) = issue(app, &mut write, person.id).await?;
    write.tell(person.id, Notice::LinkMade, "").await?;
    write.commit(recorded).await?;
    say_link(app, &token);
    Ok(())
}

async fn end(builder: &Builder, app: &App, given: &ArgMatches) -> Outcome {
    let by = EndReason::EndedByAdministrator;
    let whose = match given.get_one::<String>("role") {
        Some(wanted) => Err(role(app.panel, wanted)?),
        None => Ok(person(app, given).await?),
    };
    let mut write = app.store.write(builder.context()).await?;
    let (ended, whose) = match &whose {
        Ok(person) => (write.end_sessions(person.id, by).await?, person.email.as_str()),
        Err(role) => (write.end_sessions_of_role(role.name, by).await?, role.title),
    };
    match ended {
        Some(recorded) => {
            write.commit(recorded).await?;
            print(format!("the sessions of {whose} are over"));
        }
        None => print(format!("{whose}: there is no session")),
    }
    Ok(())
}

fn role(panel: &'static Panel, wanted: &str) -> Result<&'static Role, Failure> {
    panel.role_by_name(wanted).ok_or_else(|| {
        let names: Vec<&str> = panel.roles.iter().map(|role| role.name).collect();
        Failure::Usage(format!("there is no role `{wanted}`; there are {}", names.join(", ")))
    })
}

async fn list(app: &App) -> Outcome {
    let people = app.store.people().await?;
    if people.is_empty() {
        print("nobody yet");
    }
    let width = people.iter().map(|person| person.email.chars().count()).max().unwrap_or(0);
    let now = app.clock.now();
    for person in people {
        print(format!("{:width$}  {:12}  {}", person.email, person.role, state(&person, now)).trim_end());
    }
    Ok(())
}

fn state(person: &PersonRow, now: DateTime<Utc>) -> &'static str {
    if person.inactive {
        "switched off"
    } else if person.locked_until.is_some_and(|until| now < until) {
        "locked"
    } else if person.password_hash.is_none() {
        "no password"
    } else {
        ""
    }
}

fn address(given: &ArgMatches) -> Result<String, Failure> {
    let address = email::fold(given.get_one::<String>("email").map_or("", String::as_str));
    email::check(&address).map_err(|_| Failure::Usage(format!("`{address}` is not an e-mail address")))?;
    Ok(address)
}

async fn person(app: &App, given: &ArgMatches) -> Result<PersonRow, Failure> {
    let address = address(given)?;
    let found = app.store.person_by_email(&address).await?;
    found.ok_or_else(|| Failure::Found(format!("nobody signs in as {address}")))
}

async fn issue(app: &App, write: &mut Write, person: i64) -> Result<(Token, Recorded), Error> {
    let token = Token::fresh()?;
    let seconds = app.panel.recovery.by_administrator.unwrap_or(LINK);
    let expires_at = later(app.clock.now(), seconds);
    let new = NewLink { token: token.hash(), purpose: Purpose::Join, person: Some(person), expires_at };
    let recorded = write.issue_link(&new).await?;
    Ok((token, recorded))
}

fn say_link(app: &App, token: &Token) {
    let hours = app.panel.recovery.by_administrator.unwrap_or(LINK).div_ceil(3_600);
    print(format!("One-use link to choose a password, good for {hours} hours:"));
    print(format!("  {}?token={}", app.address(&Route::Join), token.text()));
}

async fn password_from_stdin(app: &App, address: &str, role: &Role) -> Result<PasswordHash, Failure> {
    let mut text = Zeroizing::new(String::new());
    // More than any password may have, and not everything that a pipe could send.
    std::io::stdin()
        .take(16 * 1_024)
        .read_to_string(&mut text)
        .map_err(|why| Failure::Usage(format!("the password can't be read from the standard input: {why}")))?;
    let password = Password::typed(text.trim_end_matches(['\r', '\n']));
    password.may_be_chosen(&Rules::of(app.panel, address).for_role(app.panel, role.name)).map_err(Failure::Usage)?;
    let place = app.hasher.place().map_err(|_| Failure::Found("no thread is free for the hash".to_owned()))?;
    Ok(PasswordHash(app.hasher.hash(place, password).await?))
}

/// The JSON object of a person's row, from `NAME=VALUE`.
fn attributes<'a>(panel: &Panel, pairs: impl Iterator<Item = &'a String>) -> Result<String, Failure> {
    let mut object = serde_json::Map::new();
    for pair in pairs {
        let (name, text) =
            pair.split_once('=').ok_or_else(|| Failure::Usage(format!("--set takes NAME=VALUE, not `{pair}`")))?;
        let attribute = panel.actor.iter().find(|attribute| attribute.name == name).ok_or_else(|| {
            let names: Vec<&str> = panel.actor.iter().map(|attribute| attribute.name).collect();
            Failure::Usage(format!("the `actor` clause has no `{name}`; it has {}", names.join(", ")))
        })?;
        let value = read_attribute(attribute.kind, text)
            .ok_or_else(|| Failure::Usage(format!("`{text}` does not read as the attribute `{name}`")))?;
        object.insert(name.to_owned(), attribute_json(&value));
    }
    Ok(serde_json::Value::Object(object).to_string())
}

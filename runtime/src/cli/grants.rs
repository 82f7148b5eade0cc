//! `grants`: lending what the block declares with `may`, from the command line. It can't lend what is not declared.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{Failure, Outcome, print, settings};
use crate::builder::Builder;
use crate::email;
use crate::lending::{self, Giver, Terms};
use crate::loan::{self, Receiver, Right, until_in_words};
use crate::panel::Role;
use crate::store::{GroupRow, LoanQuery, LoanRow, Store};

pub(super) fn command() -> Command {
    let to = || {
        Arg::new("to").long("to").value_name("EMAIL|group:NAME").required(true).help("A person, or a group of people")
    };
    let until = || {
        Arg::new("until").long("until").value_name("DATE").required(true).help(
            "The last day of the loan, as in 2026-12-31 (UTC), or a moment, as in 2026-12-31T18:00:00Z; at most a year",
        )
    };
    let why = || Arg::new("why").long("why").value_name("TEXT").required(true).help("Kept with the loan");
    let id = || Arg::new("id").value_name("LOAN").required(true).value_parser(clap::value_parser!(i64));
    let name = || Arg::new("name").value_name("NAME").required(true);
    let who = || Arg::new("email").value_name("EMAIL").required(true);
    Command::new("grants")
        .about("Lend rights that the block declares with `may`, and take them back")
        .subcommand_required(true)
        .subcommand(
            Command::new("lend")
                .about("Lend a right until a date")
                .arg(to())
                .arg(Arg::new("right").value_name("RIGHT").required(true).help("As in \"export Patient\""))
                .arg(until())
                .arg(why())
                .arg(Arg::new("role").long("role").value_name("ROLE").help(
                    "To a group: for its members of this role; needed only when more than one role may be lent it",
                )),
        )
        .subcommand(Command::new("end").about("End a loan now").arg(id()).arg(why()))
        .subcommand(Command::new("renew").about("Continue a loan").arg(id()).arg(until()).arg(why()))
        .subcommand(Command::new("list").about("What is lent now").arg(to().required(false)))
        .subcommand(Command::new("history").about("Every loan, those that are over too").arg(to().required(false)))
        .subcommand(
            Command::new("group")
                .about("Groups to lend to")
                .subcommand_required(true)
                .subcommand(Command::new("create").about("Add a group").arg(name()))
                .subcommand(Command::new("add").about("Add a person to a group").arg(name()).arg(who()))
                .subcommand(Command::new("remove").about("Take a person out of a group").arg(name()).arg(who()))
                .subcommand(
                    Command::new("list").about("Groups and who belongs to them").arg(
                        Arg::new("members").long("members").action(ArgAction::SetTrue).help("Name the members too"),
                    ),
                ),
        )
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    let Some((word, given)) = given.subcommand() else {
        return Err(Failure::Usage("`grants` takes lend, end, renew, list, history or group".to_owned()));
    };
    let (store, _) = builder.open(&settings(builder, given)?).await?;
    match word {
        "lend" => lend(builder, &store, given).await,
        "end" => {
            let id = id(given);
            lending::end(&store, builder.context(), Giver::CommandLine, id, text(given, "why")).await?;
            print(format!("loan {id} is over"));
            Ok(())
        }
        "renew" => {
            let (old, until) = (id(given), moment(text(given, "until"))?);
            let why = text(given, "why");
            let new = lending::renew(&store, builder.context(), Giver::CommandLine, old, until, why).await?;
            print(format!("loan {new} continues loan {old}, until {}", until_in_words(until)));
            Ok(())
        }
        "list" => list(builder, &store, given, Some(builder.context().now())).await,
        "history" => list(builder, &store, given, None).await,
        _ => group(builder, &store, given).await,
    }
}

async fn lend(builder: &Builder, store: &Store, given: &ArgMatches) -> Outcome {
    let panel = builder.panel;
    let wanted = text(given, "right");
    let right = Right::parse(wanted).and_then(|typed| spelled(builder, &typed)).ok_or_else(|| {
        let mut there: Vec<String> = Vec::new();
        for role in panel.roles {
            there.extend(loan::lendable(panel, role).iter().map(|right| format!("\"{right}\" to {}", role.name)));
        }
        let there = if there.is_empty() { "nothing".to_owned() } else { there.join(", ") };
        Failure::Usage(format!("the block declares no `may {wanted}`; what can be lent: {there}"))
    })?;
    let (to, name) = receiver(store, text(given, "to")).await?;
    let role = match (to, given.get_one::<String>("role")) {
        (_, Some(name)) => {
            Some(panel.role_by_name(name).ok_or_else(|| Failure::Usage(format!("there is no role `{name}`")))?)
        }
        (Receiver::Person(_), None) => None,
        (Receiver::Group(_), None) => Some(only_role(builder, &right)?),
    };
    let until = moment(text(given, "until"))?;
    let terms = Terms { right: &right, until, why: text(given, "why") };
    let id = lending::lend(store, builder.context(), Giver::CommandLine, to, role, &terms).await?;
    print(format!("loan {id}: `{right}` is lent to {name} until {}", until_in_words(until)));
    Ok(())
}

/// The right as the block spells it, letter case apart.
fn spelled(builder: &Builder, typed: &Right) -> Option<Right> {
    let panel = builder.panel;
    panel.roles.iter().flat_map(|role| loan::lendable(panel, role)).find(|right| {
        right.verb.eq_ignore_ascii_case(&typed.verb) && right.subject.eq_ignore_ascii_case(&typed.subject)
    })
}

/// The one role that the right can be lent to.
fn only_role(builder: &Builder, right: &Right) -> Result<&'static Role, Failure> {
    let panel = builder.panel;
    let roles: Vec<&'static Role> =
        panel.roles.iter().filter(|role| loan::clauses(panel, role, right).is_some()).collect();
    if let [role] = roles.as_slice() {
        return Ok(role);
    }
    let names: Vec<&str> = roles.iter().map(|role| role.name).collect();
    Err(Failure::Usage(format!("say for which role with --role: {}", names.join(", "))))
}

async fn list(builder: &Builder, store: &Store, given: &ArgMatches, running_at: Option<DateTime<Utc>>) -> Outcome {
    let mut query = LoanQuery { running_at, ..LoanQuery::default() };
    if let Some(to) = given.get_one::<String>("to") {
        match receiver(store, to).await?.0 {
            Receiver::Person(id) => query.person = Some(id),
            Receiver::Group(id) => query.group = Some(id),
        }
    }
    let loans = store.loans(&query).await?;
    if loans.is_empty() {
        print(if running_at.is_some() { "nothing is lent" } else { "nothing was ever lent" });
    }
    let now = builder.context().now();
    for one in &loans {
        print(line(one, now));
    }
    if i64::try_from(loans.len()).is_ok_and(|count| count == LoanQuery::AT_MOST) {
        print(format!("… the newest {}; name a person or a group with --to", LoanQuery::AT_MOST));
    }
    Ok(())
}

fn line(one: &LoanRow, now: DateTime<Utc>) -> String {
    let to = match one.to {
        Receiver::Person(_) => one.name.clone(),
        Receiver::Group(_) => format!("group:{}", one.name),
    };
    let by = one.lent_by.as_deref().unwrap_or("the command line");
    let mut line = format!(
        "{:>4}  `{}`  {to} ({})  until {}  by {by} on {}: {}",
        one.id,
        one.right,
        one.role,
        until_in_words(one.until),
        one.lent_at.format("%Y-%m-%d"),
        one.why
    );
    if let Some(renews) = one.renews {
        // Writing to a string can't fail.
        let _ = write!(line, "  (continues loan {renews})");
    }
    match (one.ended_at, &one.ended_why) {
        (Some(at), Some(why)) => {
            let by = one.ended_by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
            let _ = write!(line, "  ended {}{by}: {why}", at.format("%Y-%m-%d %H:%M UTC"));
        }
        _ if one.runs(now) => {}
        _ => line.push_str("  over"),
    }
    // A reason may be of several lines; a loan is one.
    line.split(['\n', '\r']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

async fn group(builder: &Builder, store: &Store, given: &ArgMatches) -> Outcome {
    let Some((word, given)) = given.subcommand() else {
        return Err(Failure::Usage("`grants group` takes create, add, remove or list".to_owned()));
    };
    if word == "list" {
        return groups(store, given.get_flag("members")).await;
    }
    let name = text(given, "name");
    if word == "create" {
        return match lending::add_group(store, builder.context(), Giver::CommandLine, name).await? {
            Some(_) => {
                print(format!("the group {} is there", name.trim()));
                Ok(())
            }
            None => Err(Failure::Found(format!("there is a group {} already", name.trim()))),
        };
    }
    let group = find_group(store, name).await?;
    let address = text(given, "email");
    let (Receiver::Person(person), _) = receiver(store, address).await? else {
        return Err(Failure::Usage("a group belongs to no group; name a person".to_owned()));
    };
    if word == "add" {
        lending::join(store, builder.context(), Giver::CommandLine, group.id, person).await?;
        print(format!("{address} belongs to {} now", group.name));
    } else {
        lending::leave(store, builder.context(), Giver::CommandLine, group.id, person).await.map_err(
            |why| match why {
                crate::Error::NotFound => Failure::Found(format!("{address} does not belong to {}", group.name)),
                why => Failure::Of(why),
            },
        )?;
        print(format!("{address} does not belong to {} any more", group.name));
    }
    Ok(())
}

async fn groups(store: &Store, members: bool) -> Outcome {
    let groups = store.groups().await?;
    if groups.is_empty() {
        print("no groups");
    }
    for group in groups {
        print(format!("{}  {} members", group.name, group.members));
        if members {
            for id in store.members(group.id).await? {
                if let Some(person) = store.person(id).await? {
                    print(format!("  {}  {}", person.email, person.role));
                }
            }
        }
    }
    Ok(())
}

async fn find_group(store: &Store, name: &str) -> Result<GroupRow, Failure> {
    let key = name.trim().to_lowercase();
    let found = store.groups().await?.into_iter().find(|group| group.name.to_lowercase() == key);
    found.ok_or_else(|| Failure::Found(format!("there is no group {}; `grants group create` adds one", name.trim())))
}

async fn receiver(store: &Store, text: &str) -> Result<(Receiver, String), Failure> {
    if let Some(name) = text.strip_prefix("group:") {
        let group = find_group(store, name).await?;
        return Ok((Receiver::Group(group.id), format!("group:{}", group.name)));
    }
    let address = email::fold(text);
    let found = store.person_by_email(&address).await?;
    let person = found.ok_or_else(|| Failure::Found(format!("nobody signs in as {address}")))?;
    Ok((Receiver::Person(person.id), person.email))
}

fn text<'a>(given: &'a ArgMatches, name: &str) -> &'a str {
    given.get_one::<String>(name).map_or("", String::as_str)
}

fn id(given: &ArgMatches) -> i64 {
    given.get_one::<i64>("id").copied().unwrap_or_default()
}

fn moment(text: &str) -> Result<DateTime<Utc>, Failure> {
    let exact = || DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
    loan::end_of_day(text).or_else(exact).ok_or_else(|| {
        Failure::Usage(format!("`{text}` is no date; write it as in 2026-12-31 or 2026-12-31T18:00:00Z"))
    })
}

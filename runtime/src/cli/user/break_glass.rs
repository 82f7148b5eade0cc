//! The way back that nothing on the web can close (`break_glass cli`): whoever runs the panel resets, unlocks, gives a
//! role and takes a lost factor away, whoever ranks above whom. It knows no password, keeps as many holders of a role
//! as the block's `keep` says, tells the person, and each use is recorded as what it is, with its reason.

use clap::{Arg, ArgMatches, Command};

use super::{Failure, Outcome, issue, person, print, role, say_link};
use crate::app::App;
use crate::audit::{Change, Event, EventId};
use crate::builder::Builder;
use crate::factor::check::account_key;
use crate::mail::Notice;
use crate::panel::{Panel, Sensitivity};
use crate::session::EndReason;
use crate::store::{PERSON, PersonRow, Recorded, Write};
use crate::{people, signin};

/// `email` makes the argument that names the person.
pub(super) fn commands(email: &dyn Fn() -> Arg) -> [Command; 4] {
    let why = || Arg::new("why").long("why").value_name("TEXT").required(true).help("Why, for the audit log");
    [
        Command::new("reset")
            .about("End a person's password and sessions, and print a one-use link to a new password")
            .arg(email())
            .arg(why()),
        Command::new("unlock")
            .about("Lift a lock, and what failed sign-ins hold against the account")
            .arg(email())
            .arg(why().required(false)),
        Command::new("role")
            .about("Give a person another role; their sessions and what was lent to them end")
            .arg(email())
            .arg(Arg::new("role").value_name("ROLE").required(true).help("A role of the panel"))
            .arg(why()),
        Command::new("factor-off")
            .about("Take a lost second factor away; where the role requires one, the next sign-in sets up another")
            .arg(email())
            .arg(why()),
    ]
}

/// Where the block has a `recovery` clause without `break_glass cli`, the command line is no way back.
pub(super) fn is_declared(panel: &Panel) -> Result<(), Failure> {
    if panel.recovery.break_glass {
        return Ok(());
    }
    let why = "the block's `recovery` has no `break_glass cli`, so the command line lets nobody back in";
    Err(Failure::Found(why.to_owned()))
}

pub(super) async fn run(builder: &Builder, app: &App, word: &str, given: &ArgMatches) -> Outcome {
    is_declared(app.panel)?;
    let why = given.get_one::<String>("why").map(|why| why.trim());
    if why.is_some_and(str::is_empty) {
        return Err(Failure::Usage("--why takes a reason, for the audit log".to_owned()));
    }
    let named = person(app, given).await?;
    let mut write = app.store.write(builder.context()).await?;
    // As they are now that nobody else can write.
    let gone = || Failure::Found(format!("nobody signs in as {} any more", named.email));
    let target = write.person(named.id).await?.ok_or_else(gone)?;
    let event = Event::about(EventId::BreakGlassUsed, PERSON, Some(target.id))
        .with(Change::fact("command", Sensitivity::Internal, format!("user {word}")))
        .with(Change::fact("why", Sensitivity::Internal, why.unwrap_or_default()));
    let _: Recorded = write.record(event);
    match word {
        "reset" => reset(app, write, &target).await,
        "unlock" => unlock(app, write, &target).await,
        "role" => give(app, write, &target, given).await,
        _ => factor_off(write, &target, why.unwrap_or_default()).await,
    }
}

async fn reset(app: &App, mut write: Write, target: &PersonRow) -> Outcome {
    if target.locked_until.is_some_and(|until| write.context().now() < until) {
        let why = format!("{} is locked: no link would let them in; `user unlock` first", target.email);
        return Err(Failure::Found(why));
    }
    let _: Recorded = write.clear_password(target.id).await?;
    let (token, recorded) = issue(app, &mut write, target.id).await?;
    write.tell(target.id, Notice::LinkMade, "").await?;
    write.commit(recorded).await?;
    print(format!("the password and the sessions of {} are over", target.email));
    say_link(app, &token);
    Ok(())
}

async fn unlock(app: &App, mut write: Write, target: &PersonRow) -> Outcome {
    for key in signin::account_keys(app.panel, &target.email) {
        write.clear_throttle(&key).await?;
    }
    write.clear_throttle(&account_key(&target.email)).await?;
    let recorded = write.unlock(target.id).await?;
    write.commit(recorded).await?;
    print(format!("{} may try to sign in again", target.email));
    Ok(())
}

async fn give(app: &App, mut write: Write, target: &PersonRow, given: &ArgMatches) -> Outcome {
    let wanted = given.get_one::<String>("role").map_or("", String::as_str);
    let role = role(app.panel, wanted)?;
    if target.role == role.name {
        return Err(Failure::Found(format!("{} is {} already", target.email, role.title)));
    }
    people::keeps(&mut write, app.panel, target).await?;
    let recorded = write.assign(target, role.name).await?;
    write.commit(recorded).await?;
    print(format!("{} is {} now, and signs in anew", target.email, role.title));
    Ok(())
}

async fn factor_off(mut write: Write, target: &PersonRow, why: &str) -> Outcome {
    let Some(recorded) = write.remove_factors(target.id, "command line", why).await? else {
        return Err(Failure::Found(format!("{} has no second factor", target.email)));
    };
    write.end_sessions(target.id, EndReason::FactorChanged).await?;
    write.clear_throttle(&account_key(&target.email)).await?;
    write.commit(recorded).await?;
    print(format!("{} has no second factor any more, no recovery codes and no sessions", target.email));
    Ok(())
}

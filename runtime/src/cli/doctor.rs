//! `doctor`: looks at everything that a panel needs and says what is wrong with it, all of it, and changes nothing.

use clap::{ArgMatches, Command};

use super::{Failure, Outcome, print, settings};
use crate::audit::chain::Verified;
use crate::builder::Builder;
use crate::config::Settings;
use crate::error::Error;
use crate::migrate::Plan;
use crate::passkey::RelyingParty;
use crate::pending;
use crate::store::{MailState, Store};

pub(super) fn command() -> Command {
    Command::new("doctor")
        .about("Check settings, database, schema and audit log; exit status 1 when something is wrong")
}

pub(super) async fn run(builder: &Builder, given: &ArgMatches) -> Outcome {
    let settings = settings(builder, given)?;
    look_at_settings(&settings);
    if builder.panel.factors.passkey {
        let there = RelyingParty::of(builder.panel, &settings.public_url).is_some();
        let none = "none: public_url is a number, and they are made for a name";
        print(format!("passkeys  {}", if there { "are made for the name in public_url" } else { none }));
    }
    let faults = look_at_database(builder, &settings).await;
    let mut pending = pending::of(builder.panel).peekable();
    if pending.peek().is_some() {
        print("pending   clauses of the block without their run-time side in this version:");
        for clause in pending {
            print(format!("          {}: {}", clause.clause, clause.missing));
        }
    }
    if faults == 0 { Ok(()) } else { Err(Failure::Found(format!("{faults} of the checks failed"))) }
}

fn look_at_settings(settings: &Settings) {
    let transport =
        if settings.public_url.is_https() { "cookies are Secure" } else { "development, plain http on loopback" };
    print(format!("settings  listens on {}, reached at {}/ ({transport})", settings.listen, settings.public_url));
    let proxies = match settings.proxies.as_slice() {
        [] => "nobody's forwarded addresses are believed".to_owned(),
        ranges => {
            let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
            format!("forwarded addresses are believed from {}", ranges.join(", "))
        }
    };
    print(format!("proxies   {proxies}"));
    match &settings.mail {
        Some(way) => print(format!("mail      {way}")),
        None => print("mail      none is sent: the block has no `mail` clause"),
    }
}

fn look_at_mail(state: &MailState) -> u32 {
    let why = state.fault.as_ref().map_or_else(String::new, |fault| format!("; the newest fault: {fault}"));
    if let Some(oldest) = state.oldest {
        print(format!("mail      {} waiting since {}{why}", state.queued, oldest.format("%Y-%m-%d %H:%M UTC")));
    }
    if state.given_up > 0 {
        print(format!("mail      {} GIVEN UP in the last 30 days{why}", state.given_up));
        return 1;
    }
    0
}

fn behind(plan: &Plan) -> u32 {
    print(format!("schema    {} steps behind; `migrate` or `serve` applies them", plan.steps.len()));
    1
}

async fn look_at_database(builder: &Builder, settings: &Settings) -> u32 {
    match Store::plan_for_none(builder.panel, &settings.database) {
        Ok(Some(whole)) => {
            print("database  there is none yet");
            return behind(&whole);
        }
        Ok(None) => {}
        Err(error) => return fault("database", &error),
    }
    let store = match Store::open(builder.panel, &settings.database).await {
        Ok(store) => store,
        Err(error) => return fault("database", &error),
    };
    match store.version().await {
        Ok(version) => print(format!("database  {version}")),
        Err(error) => return fault("database", &error),
    }
    let mut faults = 0;
    match builder.standing(&store, settings).await {
        Ok(standing) => {
            let pending =
                standing.state.pending.iter().map(|file| format!("the migration {} is not applied", file.name));
            let said: Vec<String> = standing.state.faults.iter().cloned().chain(pending).collect();
            for line in &said {
                print(format!("schema    {line}"));
            }
            if !said.is_empty() {
                return u32::try_from(said.len()).unwrap_or(u32::MAX);
            }
        }
        Err(error) => return fault("schema", &error),
    }
    match store.plan().await {
        Ok(plan) if plan.is_empty() => print("schema    up to date"),
        // Without its tables there is nothing more to look at.
        Ok(plan) => return behind(&plan),
        Err(error) => return fault("schema", &error),
    }
    faults += match store.verify_audit().await {
        Ok(Verified::Whole { entries }) => {
            print(format!("audit     whole, {entries} entries"));
            0
        }
        Ok(Verified::Broken { seq, why }) => {
            print(format!("audit     BROKEN at entry {seq}: {why}"));
            1
        }
        Err(error) => fault("audit", &error),
    };
    if settings.mail.is_some() {
        match store.mail_state().await {
            Ok(state) => faults += look_at_mail(&state),
            Err(error) => faults += fault("mail", &error),
        }
    }
    if let Some(role) = builder.panel.roles.first() {
        match store.holders(role.name).await {
            Ok(0) => print(format!("people    nobody is {} yet; `serve` prints a link for the first", role.title)),
            Ok(holders) => print(format!("people    {holders} with the role {}", role.title)),
            Err(error) => faults += fault("people", &error),
        }
    }
    faults
}

fn fault(what: &str, error: &Error) -> u32 {
    print(format!("{what:8}  {error}"));
    1
}

//! Asking for a way back in: a request is counted, looked up, queued and recorded, in the same steps and statements for
//! every address that could be typed. What came of it is known to the mailbox and to the audit log alone.

use chrono::{DateTime, Utc};

use crate::audit::{Change, Event, EventId};
use crate::context::{Cx, Nobody};
use crate::error::Error;
use crate::mail::{self, Notice};
use crate::panel::{By, Limit, Panel, Sensitivity, Throttle, ThrottleName};
use crate::store::{PERSON, PersonRow};
use crate::throttle::{self, Tried};
use crate::{email, signin};

/// What holds where the block has no `throttle recovery`: three an hour an account, five in a quarter of an hour an
/// address.
static UNDECLARED: Throttle = Throttle {
    name: ThrottleName::Recovery,
    limits: &[Limit { count: 3, window: 3_600, by: By::Account }, Limit { count: 5, window: 900, by: By::Address }],
    wait: None,
    cap: None,
};

/// Whether people can ask for a link by themselves.
pub(crate) fn is_offered(panel: &Panel) -> bool {
    panel.recovery.by_email.is_some() && mail::is_declared(panel)
}

/// One request for a link to the address that was typed.
pub(crate) async fn ask(cx: &Cx<'_, Nobody>, typed: &str) -> Result<(), Error> {
    let app = cx.app;
    let panel = cx.panel();
    let email = email::fold(typed);
    let tried = Tried { account: Some(&email), address: Some(&cx.address), ..Tried::default() };
    let throttle = panel.throttle(ThrottleName::Recovery).unwrap_or(&UNDECLARED);
    let allowed = app.store.reserve(&throttle::asks_of(throttle, &tried), cx.now).await?;
    let person = app.store.person_by_email(&email).await?;
    let told = person.as_ref().filter(|person| allowed && signin::may_be_let_in(panel, person, cx.now));

    let id = if allowed { EventId::RecoveryAsked } else { EventId::RecoveryThrottled };
    // What belongs to nobody and does not look like an address may be a password in the wrong field.
    let is_address = person.is_some() || email::is_plainly_one(&email);
    let account = if is_address { email.as_str() } else { "(not an address)" };
    let event = Event::about(id, PERSON, person.as_ref().map(|person| person.id))
        .with(Change::fact("account", Sensitivity::Personal, account))
        .with(Change::fact("reason", Sensitivity::Internal, outcome(person.as_ref(), told.is_some(), allowed, cx.now)));
    let mut write = app.store.write(cx.context()).await?;
    // For nobody as well: the statements are the same, and the row is settled from the start.
    write.queue_mail(told.map(|person| person.id), Notice::ResetAsked, "").await?;
    if !allowed {
        return app.record_held_off(write, &format!("{account} {}", cx.address), event).await;
    }
    let recorded = write.record(event);
    write.commit(recorded).await
}

fn outcome(person: Option<&PersonRow>, told: bool, allowed: bool, now: DateTime<Utc>) -> &'static str {
    match person {
        _ if !allowed => "over_the_limit",
        None => "unknown",
        Some(_) if told => "mailed",
        Some(person) if person.inactive => "inactive",
        Some(person) if person.locked_until.is_some_and(|until| now < until) => "locked",
        Some(_) => "no_role",
    }
}

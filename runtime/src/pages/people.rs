//! The people of the panel, as far as the viewer rules over them, and what may be done to each. What may be done is
//! decided in people.rs, within the transaction; the buttons only show what would be.

use http::StatusCode;

use super::{frame, groups, is_post, loans, person_attributes, show};
use crate::authorize::{authorize_people, may_see_holders};
use crate::context::Cx;
use crate::email;
use crate::error::Error;
use crate::panel::{PeopleVerb, Role};
use crate::people::{self, Act, Handing};
use crate::response::Response;
use crate::route::{LoanPage, PeoplePage, Route};
use crate::store::{LoanQuery, PersonRow};
use crate::token::Token;
use crate::views::{
    AssignView, Cell, Fact, HandedLinkPage, InvitePage, Link, LoansView, OptionView, PeopleListPage, PersonAct,
    PersonLine, PersonPage, Text,
};

pub(super) async fn page(cx: &Cx<'_>, page: PeoplePage) -> Result<Response, Error> {
    match page {
        PeoplePage::List => list(cx).await,
        PeoplePage::Invite => invite(cx).await,
        PeoplePage::One(id) => one(cx, id, None).await,
        PeoplePage::Loans(page) => loans::page(cx, page).await,
        PeoplePage::Attributes(id) => person_attributes::save(cx, id).await,
        PeoplePage::FactorOff(id) => factor_off(cx, id).await,
        PeoplePage::Do(id, verb) => act(cx, id, verb).await,
    }
}

async fn list(cx: &Cx<'_>) -> Result<Response, Error> {
    let panel = cx.panel();
    if !panel.roles.iter().any(|role| may_see_holders(panel, &cx.actor, role)) {
        crate::authorize::authorize_framework(
            panel,
            &cx.actor,
            crate::panel::Verb::View,
            crate::panel::Framework::People,
        )?;
    }
    let everybody = cx.app.store.people().await?;
    let with_factor = cx.app.store.people_with_factor().await?;
    let people = everybody
        .iter()
        .filter_map(|person| Some((person, people::seen_role(panel, &cx.actor, person)?)))
        .map(|(person, role)| PersonLine {
            href: link(cx, PeoplePage::One(person.id)),
            email: person.email.clone().into(),
            role: role.title.into(),
            factor: if with_factor.contains(&person.id) { "set up" } else { "" }.into(),
            state: state(cx, person).into(),
        })
        .collect();
    let invite = (!assignable(cx).is_empty()).then(|| link(cx, PeoplePage::Invite));
    let loans = groups::are_of_use(cx).then(|| loans::link(cx, LoanPage::List));
    show(&PeopleListPage { frame: frame::frame(cx, "People", Vec::new()), invite, loans, people })
}

fn factors_in_words(app: bool, passkeys: usize) -> String {
    let keys = match passkeys {
        0 => None,
        1 => Some("a passkey".to_owned()),
        more => Some(format!("{more} passkeys")),
    };
    match (app, keys) {
        (false, None) => "None".to_owned(),
        (true, None) => "An app".to_owned(),
        (false, Some(keys)) => keys,
        (true, Some(keys)) => format!("An app, {keys}"),
    }
}

/// `fault`: what is wrong with what was to be lent.
pub(super) async fn one(cx: &Cx<'_>, id: i64, fault: Option<String>) -> Result<Response, Error> {
    let panel = cx.panel();
    let person = cx.app.store.person(id).await?.ok_or(Error::NotFound)?;
    let role = people::seen_role(panel, &cx.actor, &person).ok_or(Error::NotFound)?;
    let own = id == cx.actor.asker.person;
    let may = |verb| !own && authorize_people(panel, &cx.actor, verb, role).is_ok();
    let assign = may(PeopleVerb::Assign).then(|| AssignView {
        action: link(cx, PeoplePage::Do(id, PeopleVerb::Assign)),
        roles: options(assignable(cx).into_iter().filter(|given| given.index != role.index), None),
    });
    let button = |verb, label: &'static str, help: &'static str| PersonAct {
        action: link(cx, PeoplePage::Do(id, verb)),
        label: label.into(),
        help: help.into(),
    };
    let locked = is_locked(cx, &person);
    let has_app = cx.app.store.factor(id).await?.is_some();
    let passkeys = cx.app.store.passkeys_of(id).await?.len();
    let has_factor = has_app || passkeys > 0;
    let mut acts = Vec::new();
    if may(PeopleVerb::Reset) {
        let help = if sends_mail(cx) {
            "They get a one-use link by mail to choose a new password. The old one and their sessions end at once."
        } else {
            "You get a one-use link to hand over, with which they choose a new password. The old one and their sessions \
             end at once."
        };
        acts.push(button(PeopleVerb::Reset, "Reset the password", help));
    }
    if has_factor && may(PeopleVerb::Reset) {
        acts.push(PersonAct {
            action: link(cx, PeoplePage::FactorOff(id)),
            label: "Remove the second factor".into(),
            help: if role.factor_required {
                "App, passkeys and recovery codes, when they are lost. Their sessions end; after their password they set \
                 up another one."
            } else {
                "App, passkeys and recovery codes, when they are lost. Their sessions end; their password alone lets them \
                 in then."
            }
            .into(),
        });
    }
    if locked && may(PeopleVerb::Unlock) {
        let help = "They may sign in again; failed tries are forgotten.";
        acts.push(button(PeopleVerb::Unlock, "Unlock", help));
    }
    if !locked && may(PeopleVerb::Lock) {
        let help = "They can't sign in until somebody unlocks them. Their sessions end.";
        acts.push(button(PeopleVerb::Lock, "Lock", help));
    }
    if own || may(PeopleVerb::Revoke) {
        let (label, help) = if panel.has_api() {
            let help =
                "Wherever they are signed in, they have to anew, and programs with a token of theirs get no answer.";
            ("End all sessions and API tokens", help)
        } else {
            ("End all sessions", "Wherever they are signed in, they have to anew.")
        };
        acts.push(button(PeopleVerb::Revoke, label, help));
    }
    let fact = |label: &'static str, text: String| Fact {
        label: label.into(),
        cell: Cell { text: text.into(), ..Cell::default() },
        wide: false,
    };
    let mut facts = vec![
        fact("Role", role.title.to_owned()),
        fact("Second factor", factors_in_words(has_app, passkeys)),
        fact("Since", person.created_at.format("%Y-%m-%d").to_string()),
        fact(
            "State",
            match state(cx, &person) {
                "" => "May sign in".to_owned(),
                other => other.to_owned(),
            },
        ),
    ];
    if panel.has_api() {
        let tokens = cx.app.store.api_tokens_of(id, cx.now).await?.len();
        facts.push(fact("API tokens", tokens.to_string()));
    }
    let crumbs = vec![Link { label: "People".into(), href: link(cx, PeoplePage::List) }];
    let attributes = if may(PeopleVerb::Assign) { person_attributes::view(cx, id).await? } else { None };
    let loans = if groups::are_of_use(cx) {
        let query = LoanQuery { person: Some(id), ..LoanQuery::default() };
        let found = cx.app.store.loans(&query).await?;
        let form = if own { None } else { loans::form(cx, LoanPage::ToPerson(id), &[role], fault) };
        Some(LoansView { lines: loans::lines(cx, &found, false), form })
    } else {
        None
    };
    show(&PersonPage { frame: frame::frame(cx, person.email, crumbs), facts, assign, attributes, loans, acts })
}

async fn factor_off(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let back = link(cx, PeoplePage::One(id));
    if !is_post(cx) {
        return Ok(Response::see_other(&back));
    }
    let context = cx.context();
    people::perform(&cx.app.store, context, &cx.actor, id, &Act::RemoveFactor).await?;
    Ok(Response::see_other(&format!("{back}?{}=factor_off", frame::DONE)))
}

async fn act(cx: &Cx<'_>, id: i64, verb: PeopleVerb) -> Result<Response, Error> {
    let back = link(cx, PeoplePage::One(id));
    if !is_post(cx) {
        return Ok(Response::see_other(&back));
    }
    let token = Token::fresh()?;
    let (act, done) = match verb {
        PeopleVerb::Assign => {
            let role = cx.posted.get("role").and_then(|name| cx.panel().role_by_name(name));
            (Act::Assign(role.ok_or_else(|| Error::BadRequest("Choose a role.".to_owned()))?), "role")
        }
        PeopleVerb::Reset => (Act::Reset(handing(cx, &token)), "mailed"),
        PeopleVerb::Lock => (Act::Lock, "locked"),
        PeopleVerb::Unlock => (Act::Unlock, "unlocked"),
        PeopleVerb::Revoke => (Act::Revoke, "ended"),
    };
    people::perform(&cx.app.store, cx.context(), &cx.actor, id, &act).await?;
    if verb == PeopleVerb::Reset && !sends_mail(cx) {
        return handed(
            cx,
            "They choose a new password with this link. The old one and their sessions are over.",
            &token,
            back,
        );
    }
    Ok(Response::see_other(&format!("{back}?{}={done}", frame::DONE)))
}

async fn invite(cx: &Cx<'_>) -> Result<Response, Error> {
    let roles = assignable(cx);
    if roles.is_empty() {
        return Err(Error::Beyond("Your role may not give any role, so it can't invite anybody.".to_owned()));
    }
    let chosen = cx.posted.get("role");
    let typed = cx.posted.get("email").unwrap_or_default();
    let form = |fault: Option<Text>| {
        let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let crumbs = vec![Link { label: "People".into(), href: link(cx, PeoplePage::List) }];
        let view = InvitePage {
            frame: frame::frame(cx, "Invitation", crumbs),
            action: link(cx, PeoplePage::Invite),
            cancel: link(cx, PeoplePage::List),
            email: typed.chars().take(254).collect::<String>().into(),
            email_error: fault,
            roles: options(roles.iter().copied(), chosen),
        };
        Ok::<_, Error>(show(&view)?.with_status(status))
    };
    if !is_post(cx) {
        return form(None);
    }
    let address = email::fold(typed);
    if let Err(why) = email::check(&address) {
        return form(Some(why.into()));
    }
    let role = chosen.and_then(|name| cx.panel().role_by_name(name));
    let role = role.ok_or_else(|| Error::BadRequest("Choose a role.".to_owned()))?;
    let token = Token::fresh()?;
    let context = cx.context();
    if !people::invite(&cx.app.store, context, &cx.actor, &address, role, handing(cx, &token)).await? {
        return form(Some("This address has an account already.".into()));
    }
    if sends_mail(cx) {
        let list = link(cx, PeoplePage::List);
        return Ok(Response::see_other(&format!("{list}?{}=invited", frame::DONE)));
    }
    let lead = "They choose a password with this link, and are in.";
    handed(cx, lead, &token, link(cx, PeoplePage::List))
}

fn sends_mail(cx: &Cx<'_>) -> bool {
    crate::mail::is_declared(cx.panel())
}

/// By mail where the panel sends any: then nobody but the person ever sees the link.
fn handing<'t>(cx: &Cx<'_>, token: &'t Token) -> Handing<'t> {
    if sends_mail(cx) { Handing::ByMail } else { Handing::Shown(token) }
}

/// The link, on this page and nowhere else.
fn handed(cx: &Cx<'_>, lead: &'static str, token: &Token, back: Text) -> Result<Response, Error> {
    let hours = cx.panel().recovery.by_administrator.unwrap_or_default().div_ceil(3_600);
    show(&HandedLinkPage {
        frame: frame::frame(
            cx,
            "One-use link",
            vec![Link { label: "People".into(), href: link(cx, PeoplePage::List) }],
        ),
        lead: format!("{lead} It works once, for {hours} hours, and is shown only now: hand it over yourself.").into(),
        link: format!("{}?token={}", cx.app.address(&Route::Join), token.text()).into(),
        back,
    })
}

/// Roles that the asker may give.
fn assignable(cx: &Cx<'_>) -> Vec<&'static Role> {
    let panel = cx.panel();
    let may = |role: &&Role| authorize_people(panel, &cx.actor, PeopleVerb::Assign, role).is_ok();
    panel.roles.iter().filter(may).collect()
}

fn options(roles: impl Iterator<Item = &'static Role>, chosen: Option<&str>) -> Vec<OptionView> {
    roles
        .map(|role| OptionView {
            value: role.name.into(),
            label: role.title.into(),
            selected: chosen == Some(role.name),
        })
        .collect()
}

fn is_locked(cx: &Cx<'_>, person: &PersonRow) -> bool {
    person.locked_until.is_some_and(|until| cx.now < until)
}

fn state(cx: &Cx<'_>, person: &PersonRow) -> &'static str {
    if person.inactive {
        "switched off"
    } else if is_locked(cx, person) {
        "locked"
    } else if person.password_hash.is_none() {
        "no password"
    } else {
        ""
    }
}

fn link(cx: &Cx<'_>, page: PeoplePage) -> Text {
    cx.link(&Route::People(page)).into()
}

//! Groups to lend to, and who belongs to them. What may be done is decided in lending.rs, within the transaction.

use http::StatusCode;

use super::loans::{self, asked, context, link, only_for_who_sees_people};
use super::{frame, is_post, show};
use crate::authorize::authorize_people;
use crate::context::Cx;
use crate::email;
use crate::error::Error;
use crate::lending::{self, Giver, Terms};
use crate::loan::{self, Receiver};
use crate::panel::{PeopleVerb, Role};
use crate::people::seen_role;
use crate::response::Response;
use crate::route::{LoanPage, PeoplePage, Route};
use crate::store::{GroupRow, LoanQuery};
use crate::views::{GroupPage, GroupsPage, Link, LoansView, MemberLine};

/// What was typed into a form of the page and can't be, with its sentence.
#[derive(Debug, Default)]
pub(super) struct Typed {
    lend: Option<String>,
    join: Option<String>,
}

pub(super) async fn list(cx: &Cx<'_>) -> Result<Response, Error> {
    only_for_who_sees_people(cx)?;
    let may_add = lending::lends_anything(cx.panel(), &cx.actor);
    let typed = cx.posted.get("name").unwrap_or_default();
    let mut fault = None;
    if is_post(cx) {
        fault = match lending::check_name(typed) {
            Err(why) => Some(why),
            Ok(name) => match lending::add_group(&cx.app.store, context(cx), Giver::Person(&cx.actor), name).await? {
                Some(id) => return Ok(Response::see_other(&link(cx, LoanPage::Group(id)))),
                None => Some("There is a group of this name already."),
            },
        };
    }
    let groups = cx.app.store.groups().await?;
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = GroupsPage {
        frame: frame::frame(cx, "Groups", crumbs(cx, false)),
        loans: link(cx, LoanPage::List),
        groups: groups
            .into_iter()
            .map(|group| (Link { label: group.name.into(), href: link(cx, LoanPage::Group(group.id)) }, group.members))
            .collect(),
        add: may_add.then(|| link(cx, LoanPage::Groups)),
        name: typed.chars().take(200).collect::<String>().into(),
        error: fault.map(Into::into),
    };
    Ok(show(&view)?.with_status(status))
}

fn crumbs(cx: &Cx<'_>, below_groups: bool) -> Vec<Link> {
    let mut crumbs = vec![Link { label: "People".into(), href: cx.link(&Route::People(PeoplePage::List)).into() }];
    if below_groups {
        crumbs.push(Link { label: "Groups".into(), href: link(cx, LoanPage::Groups) });
    }
    crumbs
}

pub(super) async fn one(cx: &Cx<'_>, id: i64, typed: Typed) -> Result<Response, Error> {
    only_for_who_sees_people(cx)?;
    let panel = cx.panel();
    let group = group(cx, id).await?;
    let ids = cx.app.store.members(id).await?;
    let everybody = cx.app.store.people().await?;
    let members: Vec<MemberLine> = everybody
        .iter()
        .filter(|person| ids.contains(&person.id))
        .filter_map(|person| Some((person, seen_role(panel, &cx.actor, person)?)))
        .map(|(person, role)| MemberLine {
            id: person.id,
            person: Link {
                label: person.email.clone().into(),
                href: cx.link(&Route::People(PeoplePage::One(person.id))).into(),
            },
            role: role.title.into(),
            may_leave: person.id == cx.actor.asker.person
                || authorize_people(panel, &cx.actor, PeopleVerb::Assign, role).is_ok(),
        })
        .collect();
    let found = cx.app.store.loans(&LoanQuery { group: Some(id), ..LoanQuery::default() }).await?;
    let roles: Vec<&'static Role> = panel.roles.iter().collect();
    let is_member = ids.contains(&cx.actor.asker.person);
    let form = if is_member { None } else { loans::form(cx, LoanPage::ToGroup(id), &roles, typed.lend) };
    show(&GroupPage {
        frame: frame::frame(cx, group.name, crumbs(cx, true)),
        others: ids.len().saturating_sub(members.len()),
        members,
        join: link(cx, LoanPage::Join(id)),
        leave: link(cx, LoanPage::Leave(id)),
        email: cx.posted.get("email").unwrap_or_default().chars().take(254).collect::<String>().into(),
        join_error: typed.join.map(Into::into),
        loans: LoansView { lines: loans::lines(cx, &found, false), form },
    })
}

async fn group(cx: &Cx<'_>, id: i64) -> Result<GroupRow, Error> {
    cx.app.store.groups().await?.into_iter().find(|group| group.id == id).ok_or(Error::NotFound)
}

pub(super) async fn lend(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let back = link(cx, LoanPage::Group(id));
    if !is_post(cx) {
        return Ok(Response::see_other(&back));
    }
    let again = async |fault, status| {
        let typed = Typed { lend: Some(fault), ..Typed::default() };
        Ok(one(cx, id, typed).await?.with_status(status))
    };
    let (right, role, until, why) = match asked(cx) {
        Ok(asked) => asked,
        Err(fault) => return again(fault, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    let terms = Terms { right: &right, until, why: &why };
    let giver = Giver::Person(&cx.actor);
    match lending::lend(&cx.app.store, context(cx), giver, Receiver::Group(id), Some(role), &terms).await {
        Ok(_) => Ok(Response::see_other(&format!("{back}?{}=lent", frame::DONE))),
        Err(Error::Beyond(fault)) => {
            super::record_refusal(cx, &fault).await;
            again(fault, StatusCode::FORBIDDEN).await
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn join(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let back = link(cx, LoanPage::Group(id));
    if !is_post(cx) {
        return Ok(Response::see_other(&back));
    }
    let address = email::fold(cx.posted.get("email").unwrap_or_default());
    let person = cx.app.store.person_by_email(&address).await?;
    // Whom the viewer may not see is as good as not there.
    let person = person.filter(|person| seen_role(cx.panel(), &cx.actor, person).is_some());
    let fault = match person {
        None => "Nobody of the people that you see has this address.".to_owned(),
        Some(person) => {
            let giver = Giver::Person(&cx.actor);
            match lending::join(&cx.app.store, context(cx), giver, id, person.id).await {
                Ok(()) => return Ok(Response::see_other(&format!("{back}?{}=joined", frame::DONE))),
                Err(Error::Beyond(fault)) => {
                    super::record_refusal(cx, &fault).await;
                    fault
                }
                Err(error) => return Err(error),
            }
        }
    };
    let typed = Typed { join: Some(fault), ..Typed::default() };
    Ok(one(cx, id, typed).await?.with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

pub(super) async fn leave(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let back = link(cx, LoanPage::Group(id));
    if !is_post(cx) {
        return Ok(Response::see_other(&back));
    }
    let person = cx.posted.get("person").and_then(|text| text.parse().ok()).ok_or(Error::NotFound)?;
    lending::leave(&cx.app.store, context(cx), Giver::Person(&cx.actor), id, person).await?;
    Ok(Response::see_other(&format!("{back}?{}=left", frame::DONE)))
}

/// Whether the block declares anything that a group could be lent.
pub(super) fn are_of_use(cx: &Cx<'_>) -> bool {
    loan::is_declared(cx.panel())
}

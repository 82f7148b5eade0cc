//! What is lent, under People: the list, the form that lends, an end and a renewal. What may be done is decided in
//! lending.rs, within the transaction; the forms only show what would be.

use chrono::{DateTime, Days, Utc};
use http::StatusCode;

use super::{frame, groups, is_post, people, show};
use crate::audit::Context;
use crate::authorize::{authorize_people, may_see_holders};
use crate::context::Cx;
use crate::error::Error;
use crate::lending::{self, Giver, Terms};
use crate::loan::{self, LONGEST_DAYS, Receiver, Right};
use crate::panel::{PeopleVerb, Role};
use crate::response::Response;
use crate::route::{LoanPage, PeoplePage, Route};
use crate::store::{LoanQuery, LoanRow};
use crate::views::{LendForm, Link, LoanLine, LoansPage, LoansView, OptionView, Text};

pub(super) async fn page(cx: &Cx<'_>, page: LoanPage) -> Result<Response, Error> {
    match page {
        LoanPage::List => list(cx).await,
        LoanPage::ToPerson(id) => to_person(cx, id).await,
        LoanPage::End(id) => end(cx, id).await,
        LoanPage::Renew(id) => renew(cx, id).await,
        LoanPage::Groups => groups::list(cx).await,
        LoanPage::Group(id) => groups::one(cx, id, groups::Typed::default()).await,
        LoanPage::ToGroup(id) => groups::lend(cx, id).await,
        LoanPage::Join(id) => groups::join(cx, id).await,
        LoanPage::Leave(id) => groups::leave(cx, id).await,
    }
}

pub(super) fn link(cx: &Cx<'_>, page: LoanPage) -> Text {
    cx.link(&Route::People(PeoplePage::Loans(page))).into()
}

/// Whoever sees some of the people sees what is lent to them.
pub(super) fn only_for_who_sees_people(cx: &Cx<'_>) -> Result<(), Error> {
    let panel = cx.panel();
    if panel.roles.iter().any(|role| may_see_holders(panel, &cx.actor, role)) {
        return Ok(());
    }
    crate::authorize::authorize_framework(panel, &cx.actor, crate::panel::Verb::View, crate::panel::Framework::People)?;
    Ok(())
}

async fn list(cx: &Cx<'_>) -> Result<Response, Error> {
    only_for_who_sees_people(cx)?;
    let found = cx.app.store.loans(&LoanQuery::default()).await?;
    let cut = i64::try_from(found.len()).is_ok_and(|count| count >= LoanQuery::AT_MOST);
    let crumbs = vec![Link { label: "People".into(), href: cx.link(&Route::People(PeoplePage::List)).into() }];
    show(&LoansPage {
        frame: frame::frame(cx, "What is lent", crumbs),
        groups: link(cx, LoanPage::Groups),
        loans: LoansView { lines: lines(cx, &found, true), form: None },
        cut,
    })
}

/// The lines of those loans that the viewer may know of; `named`: with whom they are lent to.
pub(super) fn lines(cx: &Cx<'_>, found: &[LoanRow], named: bool) -> Vec<LoanLine> {
    lines_of(cx, found.iter().filter(|one| lending::may_see(cx.panel(), &cx.actor, one)), named)
}

fn lines_of<'a>(cx: &Cx<'_>, found: impl Iterator<Item = &'a LoanRow>, named: bool) -> Vec<LoanLine> {
    let panel = cx.panel();
    found
        .map(|one| {
            let role = panel.role_by_name(&one.role);
            let runs = one.runs(cx.now);
            let own = one.to == Receiver::Person(cx.actor.asker.person);
            let rules = role.is_some_and(|role| authorize_people(panel, &cx.actor, PeopleVerb::Assign, role).is_ok());
            let lends = |role: &Role| lending::lendable_by(panel, &cx.actor, role).contains(&one.right);
            LoanLine {
                right: one.right.to_string().into(),
                clauses: one.clauses.clone().into(),
                to: named.then(|| receiver(cx, one)),
                role: role.map_or_else(|| one.role.clone().into(), |role| role.title.into()),
                until: loan::until_in_words(one.until).into(),
                why: one.why.clone().into(),
                by: format!(
                    "{}, {}",
                    one.lent_by.as_deref().unwrap_or("the command line"),
                    one.lent_at.format("%Y-%m-%d")
                )
                .into(),
                state: state(cx, one, role).into(),
                runs,
                end: (runs && (own || rules)).then(|| link(cx, LoanPage::End(one.id))),
                renew: (runs && !own && role.is_some_and(lends)).then(|| link(cx, LoanPage::Renew(one.id))),
                id: one.id,
            }
        })
        .collect()
}

/// What is lent to the viewer for the role that they hold, by themselves or as one of a group, whoever may see the
/// others of the group.
pub(super) fn own_lines(cx: &Cx<'_>, found: &[LoanRow]) -> Vec<LoanLine> {
    let of_role: Vec<LoanRow> = found.iter().filter(|one| one.role == cx.actor.role.name).cloned().collect();
    let mut lines = lines_of(cx, of_role.iter(), false);
    for (line, one) in lines.iter_mut().zip(&of_role) {
        if let Receiver::Group(_) = one.to {
            line.by = format!("{} (to the group {})", line.by, one.name).into();
        }
    }
    lines
}

fn receiver(cx: &Cx<'_>, one: &LoanRow) -> Link {
    match one.to {
        Receiver::Person(id) => {
            Link { label: one.name.clone().into(), href: cx.link(&Route::People(PeoplePage::One(id))).into() }
        }
        Receiver::Group(id) => {
            Link { label: format!("Group {}", one.name).into(), href: link(cx, LoanPage::Group(id)) }
        }
    }
}

fn state(cx: &Cx<'_>, one: &LoanRow, role: Option<&Role>) -> String {
    if let (Some(at), Some(why)) = (one.ended_at, &one.ended_why) {
        let by = one.ended_by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
        return format!("ended {}{by}: {why}", at.format("%Y-%m-%d %H:%M"));
    }
    if !one.runs(cx.now) {
        return "over".to_owned();
    }
    match role.and_then(|role| loan::clauses(cx.panel(), role, &one.right)) {
        Some(now) if now == one.clauses => "in force".to_owned(),
        _ => "not in force: the block says something else now".to_owned(),
    }
}

/// The form that lends to holders of these roles; none: the viewer may lend them nothing.
pub(super) fn form(cx: &Cx<'_>, action: LoanPage, roles: &[&'static Role], fault: Option<String>) -> Option<LendForm> {
    let chosen = cx.posted.get("right").unwrap_or_default();
    let named = roles.len() > 1;
    let rights: Vec<OptionView> = roles
        .iter()
        .flat_map(|role| lending::lendable_by(cx.panel(), &cx.actor, role).into_iter().map(move |right| (role, right)))
        .map(|(role, right)| {
            let value = format!("{right} {}", role.name);
            OptionView {
                selected: value == chosen,
                label: if named { format!("{right} ({})", role.title) } else { right.to_string() }.into(),
                value: value.into(),
            }
        })
        .collect();
    let typed = |name: &str| cx.posted.get(name).unwrap_or_default().chars().take(2_000).collect::<String>();
    let today = cx.now.date_naive();
    let days = u64::try_from(LONGEST_DAYS).unwrap_or_default();
    (!rights.is_empty()).then(|| LendForm {
        action: link(cx, action),
        rights,
        until: typed("until").into(),
        why: typed("why").into(),
        from: today.to_string().into(),
        to: today.checked_add_days(Days::new(days)).unwrap_or(today).to_string().into(),
        error: fault.map(Into::into),
    })
}

/// What the form asked for: right, role, end and reason.
pub(super) fn asked(cx: &Cx<'_>) -> Result<(Right, &'static Role, DateTime<Utc>, String), String> {
    let chosen = cx.posted.get("right").unwrap_or_default();
    let (right, role) = chosen.rsplit_once(' ').ok_or("Choose what to lend.")?;
    let right = Right::parse(right).ok_or("Choose what to lend.")?;
    let role = cx.panel().role_by_name(role).ok_or("Choose what to lend.")?;
    let until = loan::end_of_day(cx.posted.get("until").unwrap_or_default()).ok_or("Choose the last day.")?;
    loan::check_until(until, cx.now)?;
    let why = loan::check_why(cx.posted.get("why").unwrap_or_default())?;
    Ok((right, role, until, why.to_owned()))
}

async fn to_person(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let back = cx.link(&Route::People(PeoplePage::One(id)));
    if !is_post(cx) {
        return Ok(Response::see_other(&back));
    }
    let (right, role, until, why) = match asked(cx) {
        Ok(asked) => asked,
        Err(fault) => return Ok(people::one(cx, id, Some(fault)).await?.with_status(StatusCode::UNPROCESSABLE_ENTITY)),
    };
    let terms = Terms { right: &right, until, why: &why };
    let giver = Giver::Person(&cx.actor);
    match lending::lend(&cx.app.store, context(cx), giver, Receiver::Person(id), Some(role), &terms).await {
        Ok(_) => Ok(Response::see_other(&format!("{back}?{}=lent", frame::DONE))),
        Err(Error::Beyond(fault)) => {
            super::record_refusal(cx, &fault).await;
            Ok(people::one(cx, id, Some(fault)).await?.with_status(StatusCode::FORBIDDEN))
        }
        Err(error) => Err(error),
    }
}

async fn end(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let list = link(cx, LoanPage::List);
    if !is_post(cx) {
        return Ok(Response::see_other(&list));
    }
    let why = cx.posted.get("why").unwrap_or_default();
    loan::check_why(why).map_err(Error::BadRequest)?;
    lending::end(&cx.app.store, context(cx), Giver::Person(&cx.actor), id, why).await?;
    Ok(Response::see_other(&format!("{}?{}=taken_back", after(cx), frame::DONE)))
}

async fn renew(cx: &Cx<'_>, id: i64) -> Result<Response, Error> {
    let list = link(cx, LoanPage::List);
    if !is_post(cx) {
        return Ok(Response::see_other(&list));
    }
    let until = loan::end_of_day(cx.posted.get("until").unwrap_or_default())
        .ok_or_else(|| Error::BadRequest("Choose the last day.".to_owned()))?;
    let why = cx.posted.get("why").unwrap_or_default();
    loan::check_why(why).and_then(|_| loan::check_until(until, cx.now)).map_err(Error::BadRequest)?;
    lending::renew(&cx.app.store, context(cx), Giver::Person(&cx.actor), id, until, why).await?;
    Ok(Response::see_other(&format!("{}?{}=renewed", after(cx), frame::DONE)))
}

/// Where to go after an act on a loan: who gives back what was lent to them may see no list.
fn after(cx: &Cx<'_>) -> Text {
    if only_for_who_sees_people(cx).is_ok() { link(cx, LoanPage::List) } else { cx.link(&Route::Policy).into() }
}

pub(super) fn context(cx: &Cx<'_>) -> Context {
    cx.context()
}

//! Lending what the block declares with `may`, and taking it back: each act judged and carried out in one transaction.
//! It refuses what is not declared for the receiver's role, what the giver does not hold by their own role, and whoever
//! lends to themselves.
//!
//! ```text
//!   may lend R's right to X:   `assign` over R  and  the whole right in the giver's own role  and  X is not the giver
//!   may add X to a group:      `assign` over X's role  and  the same for every loan of the group that X would get
//!   may take back:             `assign` over R,  or X themselves
//! ```

use chrono::{DateTime, Utc};

use crate::audit::Context;
use crate::authorize::{Actor, authorize_lending, authorize_people, lacks_proof_over_people, may_see_holders};
use crate::error::Error;
use crate::loan::{self, Receiver, Right};
use crate::panel::{Panel, PeopleVerb, Role};
use crate::people::seen_role;
use crate::store::{LoanQuery, LoanRow, NewLoan, PersonRow, RENEWED, Store, Write};

/// Who lends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Giver<'a> {
    /// Somebody who is signed in.
    Person(&'a Actor),
    /// Whoever runs the program could read the database anyway; what is not declared they can't lend either.
    CommandLine,
}

/// What is lent, until when, and why.
#[derive(Debug)]
pub(crate) struct Terms<'a> {
    /// A right that the block declares `may` for the role.
    pub(crate) right: &'a Right,
    /// Over at this moment.
    pub(crate) until: DateTime<Utc>,
    /// Why; kept with the loan and in the audit log.
    pub(crate) why: &'a str,
}

/// Lends; the loan's id. `role` is for a group: to its members of which role; a person gets what their own role may be
/// lent.
///
/// # Errors
/// [`Error::NotFound`] for somebody whom the giver may not see, [`Error::Refused`] without the authority,
/// [`Error::Beyond`] for what can't be lent so, as a sentence.
pub(crate) async fn lend(
    store: &Store,
    context: Context,
    giver: Giver<'_>,
    to: Receiver,
    role: Option<&'static Role>,
    terms: &Terms<'_>,
) -> Result<i64, Error> {
    let panel = store.panel();
    let why = loan::check_why(terms.why).map_err(Error::Beyond)?;
    loan::check_until(terms.until, context.now()).map_err(Error::Beyond)?;
    let mut write = begin(store, context, giver, true).await?;
    let role = receiver(&mut write, panel, giver, to, role).await?;
    let clauses = declared(panel, role, terms.right)?;
    may_lend(panel, giver, role, terms.right)?;
    let now = write.context().now();
    let query = match to {
        Receiver::Person(id) => LoanQuery { person: Some(id), running_at: Some(now), ..LoanQuery::default() },
        Receiver::Group(id) => LoanQuery { group: Some(id), running_at: Some(now), ..LoanQuery::default() },
    };
    let same = |one: &&LoanRow| one.to == to && one.role == role.name && one.right == *terms.right;
    if let Some(there) = write.loans(&query).await?.iter().find(same) {
        let until = loan::until_in_words(there.until);
        return Err(Error::Beyond(format!("That is lent to them already, until {until}; renew that loan.")));
    }
    let new =
        NewLoan { to, role: role.name, right: terms.right, clauses: &clauses, until: terms.until, why, renews: None };
    let (id, recorded) = write.lend(&new).await?;
    write.commit(recorded).await?;
    Ok(id)
}

/// Ends a loan before its time.
///
/// # Errors
/// As for [`lend`]; [`Error::Beyond`] when it is over already.
pub(crate) async fn end(store: &Store, context: Context, giver: Giver<'_>, id: i64, why: &str) -> Result<(), Error> {
    let panel = store.panel();
    let why = loan::check_why(why).map_err(Error::Beyond)?;
    let mut write = begin(store, context, giver, false).await?;
    let found = running(&mut write, panel, giver, id).await?;
    if let Giver::Person(actor) = giver
        && found.to != Receiver::Person(actor.asker.person)
    {
        // A role that is no longer in the panel is nobody's to rule over; its loans count for nothing.
        let role = panel.role_by_name(&found.role).ok_or(Error::NotFound)?;
        authorize_people(panel, actor, PeopleVerb::Assign, role)?;
    }
    match write.end_loan(id, why).await? {
        Some(recorded) => write.commit(recorded).await,
        None => Err(over_already()),
    }
}

/// Continues a loan: the old one ends, and a new one follows it. Its id.
///
/// # Errors
/// As for [`lend`] and [`end`].
pub(crate) async fn renew(
    store: &Store,
    context: Context,
    giver: Giver<'_>,
    id: i64,
    until: DateTime<Utc>,
    why: &str,
) -> Result<i64, Error> {
    let panel = store.panel();
    let why = loan::check_why(why).map_err(Error::Beyond)?;
    loan::check_until(until, context.now()).map_err(Error::Beyond)?;
    let mut write = begin(store, context, giver, true).await?;
    let old = running(&mut write, panel, giver, id).await?;
    let role = receiver(&mut write, panel, giver, old.to, panel.role_by_name(&old.role)).await?;
    let clauses = declared(panel, role, &old.right)?;
    may_lend(panel, giver, role, &old.right)?;
    if write.end_loan(id, RENEWED).await?.is_none() {
        return Err(over_already());
    }
    let new =
        NewLoan { to: old.to, role: role.name, right: &old.right, clauses: &clauses, until, why, renews: Some(id) };
    let (id, recorded) = write.lend(&new).await?;
    write.commit(recorded).await?;
    Ok(id)
}

/// Adds a group; none: the name is taken.
///
/// # Errors
/// [`Error::Beyond`] for a name that can't be, or for somebody who may lend nothing.
pub(crate) async fn add_group(
    store: &Store,
    context: Context,
    giver: Giver<'_>,
    name: &str,
) -> Result<Option<i64>, Error> {
    let name = check_name(name).map_err(|why| Error::Beyond(why.to_owned()))?;
    if let Giver::Person(actor) = giver
        && !lends_anything(store.panel(), actor)
    {
        return Err(Error::Beyond("Your role may lend nothing, so a group is of no use to it.".to_owned()));
    }
    let mut write = begin(store, context, giver, false).await?;
    let Some((id, recorded)) = write.add_group(name).await? else { return Ok(None) };
    write.commit(recorded).await?;
    Ok(Some(id))
}

/// Adds a person to a group, who then gets what is lent to those of their role in it.
///
/// # Errors
/// As for [`lend`].
pub(crate) async fn join(
    store: &Store,
    context: Context,
    giver: Giver<'_>,
    group: i64,
    person: i64,
) -> Result<(), Error> {
    let panel = store.panel();
    let mut write = begin(store, context, giver, true).await?;
    write.group(group).await?.ok_or(Error::NotFound)?;
    let role = receiver(&mut write, panel, giver, Receiver::Person(person), None).await?;
    if let Giver::Person(actor) = giver {
        authorize_people(panel, actor, PeopleVerb::Assign, role)?;
    }
    let now = write.context().now();
    let query = LoanQuery { group: Some(group), running_at: Some(now), ..LoanQuery::default() };
    for one in write.loans(&query).await?.iter().filter(|one| one.role == role.name) {
        may_lend(panel, giver, role, &one.right)?;
    }
    if write.is_member(group, person).await? {
        return Err(Error::Beyond("They belong to this group already.".to_owned()));
    }
    let recorded = write.join(group, person).await?;
    write.commit(recorded).await
}

/// Takes a person out of a group.
///
/// # Errors
/// As for [`end`].
pub(crate) async fn leave(
    store: &Store,
    context: Context,
    giver: Giver<'_>,
    group: i64,
    person: i64,
) -> Result<(), Error> {
    let panel = store.panel();
    let mut write = begin(store, context, giver, false).await?;
    if let Giver::Person(actor) = giver
        && actor.asker.person != person
    {
        let target = write.person(person).await?.ok_or(Error::NotFound)?;
        let role = seen_role(panel, actor, &target).ok_or(Error::NotFound)?;
        authorize_people(panel, actor, PeopleVerb::Assign, role)?;
    }
    match write.leave(group, person).await? {
        Some(recorded) => write.commit(recorded).await,
        None => Err(Error::NotFound),
    }
}

/// Whether there is anything that this person may lend to anybody.
pub(crate) fn lends_anything(panel: &'static Panel, actor: &Actor) -> bool {
    panel.roles.iter().any(|role| !lendable_by(panel, actor, role).is_empty())
}

/// What this person may lend to holders of that role.
pub(crate) fn lendable_by(panel: &'static Panel, actor: &Actor, role: &Role) -> Vec<Right> {
    let mut rights = loan::lendable(panel, role);
    rights.retain(|right| authorize_lending(panel, actor, role, right).is_ok());
    rights
}

/// A group's name, without what surrounds it.
pub(crate) fn check_name(name: &str) -> Result<&str, &'static str> {
    let name = name.trim();
    if name.is_empty() {
        return Err("A group needs a name.");
    }
    if name.chars().count() > 80 || name.chars().any(char::is_control) {
        return Err("A group's name is one line of at most 80 characters.");
    }
    Ok(name)
}

/// A transaction in which the giver still is who they were; what widens somebody's rights asks for a fresh proof where
/// `reauth` lists `assign`.
async fn begin(store: &Store, context: Context, giver: Giver<'_>, widens: bool) -> Result<Write, Error> {
    if let Giver::Person(actor) = giver
        && widens
        && lacks_proof_over_people(store.panel(), actor, PeopleVerb::Assign)
    {
        return Err(Error::ProofNeeded);
    }
    let mut write = store.write(context).await?;
    if let Giver::Person(actor) = giver {
        crate::people::stands(&mut write, actor).await?;
    }
    Ok(write)
}

/// The role for which something is lent to this receiver: the one that a person holds now, the one named for a group.
async fn receiver(
    write: &mut Write,
    panel: &'static Panel,
    giver: Giver<'_>,
    to: Receiver,
    named: Option<&'static Role>,
) -> Result<&'static Role, Error> {
    match to {
        Receiver::Person(id) => {
            let person = write.person(id).await?.ok_or(Error::NotFound)?;
            let role = match giver {
                Giver::Person(actor) => seen_role(panel, actor, &person),
                Giver::CommandLine => panel.role_by_name(&person.role),
            }
            .ok_or(Error::NotFound)?;
            not_themselves(giver, &person)?;
            if named.is_some_and(|named| named.index != role.index) {
                return Err(Error::Beyond(format!("They are {} now, so this can't be lent on.", role.title)));
            }
            Ok(role)
        }
        Receiver::Group(id) => {
            write.group(id).await?.ok_or(Error::NotFound)?;
            if let Giver::Person(actor) = giver
                && write.is_member(id, actor.asker.person).await?
            {
                return Err(Error::Beyond("You belong to this group; nobody lends to themselves.".to_owned()));
            }
            named.ok_or_else(|| Error::Beyond("Choose the role for which it is lent.".to_owned()))
        }
    }
}

fn not_themselves(giver: Giver<'_>, person: &PersonRow) -> Result<(), Error> {
    match giver {
        Giver::Person(actor) if actor.asker.person == person.id => {
            Err(Error::Beyond("Nobody lends to themselves; somebody else has to.".to_owned()))
        }
        _ => Ok(()),
    }
}

/// The clauses that declare it.
fn declared(panel: &'static Panel, role: &Role, right: &Right) -> Result<String, Error> {
    loan::clauses(panel, role, right).ok_or_else(|| {
        let there: Vec<String> = loan::lendable(panel, role).iter().map(|right| format!("`{right}`")).collect();
        let can = if there.is_empty() { "nothing".to_owned() } else { there.join(", ") };
        Error::Beyond(format!(
            "The block does not declare `may {right}` for {}, so it can't be lent to them. What can be: {can}.",
            role.title
        ))
    })
}

fn may_lend(panel: &'static Panel, giver: Giver<'_>, role: &Role, right: &Right) -> Result<(), Error> {
    match giver {
        Giver::Person(actor) => Ok(authorize_lending(panel, actor, role, right)?),
        Giver::CommandLine => Ok(()),
    }
}

/// A loan that runs and that the giver may know of.
async fn running(write: &mut Write, panel: &'static Panel, giver: Giver<'_>, id: i64) -> Result<LoanRow, Error> {
    let query = LoanQuery { id: Some(id), ..LoanQuery::default() };
    let found = write.loans(&query).await?.into_iter().next().ok_or(Error::NotFound)?;
    if let Giver::Person(actor) = giver
        && !may_see(panel, actor, &found)
    {
        return Err(Error::NotFound);
    }
    if !found.runs(write.context().now()) {
        return Err(over_already());
    }
    Ok(found)
}

/// Whether somebody may know of a loan: the person concerned, and whoever may see holders of its role.
pub(crate) fn may_see(panel: &'static Panel, actor: &Actor, loan: &LoanRow) -> bool {
    loan.to == Receiver::Person(actor.asker.person)
        || panel.role_by_name(&loan.role).is_some_and(|role| may_see_holders(panel, actor, role))
}

fn over_already() -> Error {
    Error::Beyond("This loan is over already.".to_owned())
}

//! Authority over people: each act is judged on the role that its target holds in the transaction that carries it out,
//! and on the role and session that the asker still has there. Nobody acts on themselves, but to end their own
//! sessions.

use crate::audit::{Change, Context};
use crate::authorize::{Actor, Terms, authorize_people, lacks_proof_over_people, may_see_holders};
use crate::error::Error;
use crate::factor::check::account_key;
use crate::key::RowKey;
use crate::mail::Notice;
use crate::panel::{Attribute, FieldSet, Kind, Panel, PeopleVerb, Role, Sensitivity};
use crate::session::{self, EndReason};
use crate::signin;
use crate::store::{GetQuery, NewLink, NewPerson, PersonRow, Purpose, Recorded, Store, Write};
use crate::throttle::later;
use crate::token::Token;
use crate::value::Value;

/// What is done to a person.
#[derive(Debug)]
pub(crate) enum Act<'a> {
    /// They get this role.
    Assign(&'static Role),
    /// Their password ends, and they get a one-use link to a new one.
    Reset(Handing<'a>),
    /// They can't sign in.
    Lock,
    /// They can again.
    Unlock,
    /// Their sessions end.
    Revoke,
    /// Their second factors and recovery codes go, and their sessions end. Where their role requires a factor, they set
    /// up another one when they sign in next, with the password that they have.
    RemoveFactor,
}

/// How a one-use link reaches the person.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Handing<'a> {
    /// By mail, which mints it: whoever asked for it never sees it.
    ByMail,
    /// The panel sends no mail: it has this token and is shown once.
    Shown(&'a Token),
}

impl Act<'_> {
    fn verb(&self) -> PeopleVerb {
        match self {
            Self::Assign(_) => PeopleVerb::Assign,
            Self::Reset(_) | Self::RemoveFactor => PeopleVerb::Reset,
            Self::Lock => PeopleVerb::Lock,
            Self::Unlock => PeopleVerb::Unlock,
            Self::Revoke => PeopleVerb::Revoke,
        }
    }
}

/// Carries out one act on one person, with its effects on their sessions, in one transaction.
///
/// # Errors
/// [`Error::NotFound`] for somebody whom the asker may not see, [`Error::Refused`] without the right over the role that
/// they hold now, [`Error::Beyond`] where it would leave a role with fewer holders than the block's `keep`.
pub(crate) async fn perform(
    store: &Store,
    context: Context,
    actor: &Actor,
    person: i64,
    act: &Act<'_>,
) -> Result<(), Error> {
    let panel = store.panel();
    let always = matches!(act, Act::RemoveFactor) && !actor.is_fresh();
    if always || lacks_proof_over_people(panel, actor, act.verb()) {
        return Err(Error::ProofNeeded);
    }
    let mut write = store.write(context).await?;
    stands(&mut write, actor).await?;
    let target = write.person(person).await?.ok_or(Error::NotFound)?;
    let own = target.id == actor.asker.person;
    if !(own && matches!(act, Act::Revoke)) {
        let held = over(panel, actor, &target, act.verb())?;
        if let Act::Assign(given) = act {
            may_give(panel, actor, held, given)?;
        }
    }
    if matches!(act, Act::Assign(_) | Act::Lock) {
        keeps(&mut write, panel, &target).await?;
    }
    let recorded = match act {
        Act::Assign(role) => Some(write.assign(&target, role.name).await?),
        Act::Reset(handing) => {
            if target.locked_until.is_some_and(|until| write.context().now() < until) {
                return Err(Error::Beyond("They are locked: no link would let them in. Unlock them first.".to_owned()));
            }
            let recorded = write.clear_password(target.id).await?;
            hand_out(&mut write, panel, target.id, *handing, Notice::ResetStarted, "").await?;
            Some(recorded)
        }
        Act::Lock => Some(write.lock(target.id).await?),
        Act::Unlock => {
            for key in signin::account_keys(panel, &target.email) {
                write.clear_throttle(&key).await?;
            }
            write.clear_throttle(&account_key(&target.email)).await?;
            Some(write.unlock(target.id).await?)
        }
        Act::RemoveFactor => {
            let removed = write.remove_factors(target.id, "administrator", "").await?;
            if removed.is_some() {
                write.end_sessions(target.id, EndReason::FactorChanged).await?;
                // What was tried at the old one is not held against the next.
                write.clear_throttle(&account_key(&target.email)).await?;
            }
            removed
        }
        Act::Revoke => {
            let ended = write.end_sessions(target.id, EndReason::EndedByAdministrator).await?;
            if ended.is_some() && !own {
                write.tell(target.id, Notice::SessionsEnded, "").await?;
            }
            ended
        }
    };
    match recorded {
        Some(recorded) => write.commit(recorded).await,
        None => write.roll_back().await,
    }
}

/// Adds a person who chooses a password with a one-use link; false: the address is taken.
///
/// # Errors
/// [`Error::Refused`] without the right to give this role.
pub(crate) async fn invite(
    store: &Store,
    context: Context,
    actor: &Actor,
    email: &str,
    role: &'static Role,
    handing: Handing<'_>,
) -> Result<bool, Error> {
    let panel = store.panel();
    authorize_people(panel, actor, PeopleVerb::Assign, role)?;
    if lacks_proof_over_people(panel, actor, PeopleVerb::Assign) {
        return Err(Error::ProofNeeded);
    }
    let mut write = store.write(context).await?;
    stands(&mut write, actor).await?;
    let new = NewPerson { email, role: role.name, password_hash: None, attributes: "{}".to_owned() };
    let Some((id, recorded)) = write.create_person(&new).await? else { return Ok(false) };
    hand_out(&mut write, panel, id, handing, Notice::Invited, role.title).await?;
    write.commit(recorded).await?;
    Ok(true)
}

/// Writes attributes of a person; false: nothing differs. They widen and narrow the rows that the person sees, so
/// whoever changes them must be able to assign over their role, and may point them only at rows within `views`.
///
/// # Errors
/// As for [`perform`].
pub(crate) async fn set_attributes(
    store: &Store,
    context: Context,
    actor: &Actor,
    person: i64,
    values: &[(usize, Value)],
    views: &[Terms],
) -> Result<bool, Error> {
    let panel = store.panel();
    if lacks_proof_over_people(panel, actor, PeopleVerb::Assign) {
        return Err(Error::ProofNeeded);
    }
    let mut write = store.write(context).await?;
    stands(&mut write, actor).await?;
    let target = write.person(person).await?.ok_or(Error::NotFound)?;
    over(panel, actor, &target, PeopleVerb::Assign)?;
    let stored = write.attributes(target.id).await?;
    let mut after = session::attributes(panel, &stored);
    let mut changes = Vec::new();
    for (index, value) in values {
        let (Some(attribute), Some(place)) = (panel.actor.get(*index), after.get_mut(*index)) else {
            return Err(Error::Bug(format!("no attribute {index}")));
        };
        if place == value {
            continue;
        }
        if !may_point(&mut write, panel, actor, attribute, value, views).await? {
            return Err(Error::Beyond(format!("`{}`: choose one from the list.", attribute.name)));
        }
        let text = |value: &Value| (!value.is_null()).then(|| value.to_text());
        changes.push(Change {
            field: attribute.name.to_owned(),
            label: Sensitivity::Personal,
            before: text(place),
            after: text(value),
        });
        *place = value.clone();
    }
    if changes.is_empty() {
        write.roll_back().await?;
        return Ok(false);
    }
    let object: serde_json::Map<String, serde_json::Value> = panel
        .actor
        .iter()
        .zip(&after)
        .filter(|(_, value)| !value.is_null())
        .map(|(attribute, value)| (attribute.name.to_owned(), session::attribute_json(value)))
        .collect();
    let json = serde_json::Value::Object(object).to_string();
    let recorded = write.set_attributes(target.id, &json, changes).await?;
    write.commit(recorded).await?;
    Ok(true)
}

/// A key to a row must name one that the asker may view, a choice one that is declared.
async fn may_point(
    write: &mut Write,
    panel: &'static Panel,
    actor: &Actor,
    attribute: &Attribute,
    value: &Value,
    views: &[Terms],
) -> Result<bool, Error> {
    Ok(match (attribute.kind, value) {
        (_, Value::Null) => true,
        (Kind::Model(model, _, _), value) if RowKey::of(value).is_some() => {
            match views.iter().find(|terms| terms.model().index == model) {
                Some(terms) => {
                    let Some(id) = RowKey::of(value) else { return Ok(false) };
                    let query = GetQuery { terms, id, columns: FieldSet::NONE, labels: &[] };
                    write.get(&query).await?.is_some()
                }
                None => false,
            }
        }
        (Kind::Actor, Value::Int(id)) => match write.person(*id).await? {
            Some(person) => seen_role(panel, actor, &person).is_some(),
            None => false,
        },
        (Kind::Choice(of), Value::Text(name)) => {
            panel.choices.get(of).is_some_and(|choice| choice.variants.iter().any(|variant| variant.name == name))
        }
        (Kind::Model(..) | Kind::Actor | Kind::Choice(_), _) => false,
        _ => true,
    })
}

/// The role that somebody holds, if the asker may see them.
pub(crate) fn seen_role(panel: &'static Panel, actor: &Actor, person: &PersonRow) -> Option<&'static Role> {
    let role = panel.role_by_name(&person.role)?;
    (person.id == actor.asker.person || may_see_holders(panel, actor, role)).then_some(role)
}

/// Two who act on each other at once: the second has lost what the first took.
pub(crate) async fn stands(write: &mut Write, actor: &Actor) -> Result<(), Error> {
    if write.still_stands(actor).await? {
        return Ok(());
    }
    Err(Error::Beyond("Your own role or session changed at this moment, so nothing was done.".to_owned()))
}

/// The role that the target holds, if the asker may do this with its holders and is not the target.
fn over(panel: &'static Panel, actor: &Actor, target: &PersonRow, verb: PeopleVerb) -> Result<&'static Role, Error> {
    let held = seen_role(panel, actor, target).ok_or(Error::NotFound)?;
    if target.id == actor.asker.person {
        return Err(Error::Beyond("Nobody does this to themselves; somebody else has to.".to_owned()));
    }
    authorize_people(panel, actor, verb, held)?;
    Ok(held)
}

fn may_give(panel: &'static Panel, actor: &Actor, held: &Role, given: &Role) -> Result<(), Error> {
    authorize_people(panel, actor, PeopleVerb::Assign, given)?;
    if given.index == held.index {
        return Err(Error::BadRequest(format!("They are {} already.", held.title)));
    }
    Ok(())
}

/// The block's `keep`, on the people as they are within the transaction.
pub(crate) async fn keeps(write: &mut Write, panel: &'static Panel, target: &PersonRow) -> Result<(), Error> {
    let Some(role) = panel.role_by_name(&target.role).filter(|role| role.keep > 0) else { return Ok(()) };
    if write.usable_holders_beside(role.name, target.id).await? < u64::from(role.keep) {
        return Err(Error::Beyond(format!(
            "The panel keeps {} of {}, so this one has to stay.",
            role.keep, role.title
        )));
    }
    Ok(())
}

/// The link goes into the queue of mail, or is made at once where there is no mail.
async fn hand_out(
    write: &mut Write,
    panel: &'static Panel,
    person: i64,
    handing: Handing<'_>,
    notice: Notice,
    detail: &str,
) -> Result<(), Error> {
    let seconds = panel
        .recovery
        .by_administrator
        .ok_or_else(|| Error::Beyond("The panel declares no `link by administrator`.".to_owned()))?;
    match handing {
        Handing::ByMail => write.tell(person, notice, detail).await,
        Handing::Shown(token) => {
            let expires_at = later(write.context().now(), seconds);
            let new = NewLink { token: token.hash(), purpose: Purpose::Join, person: Some(person), expires_at };
            let _: Recorded = write.issue_link(&new).await?;
            Ok(())
        }
    }
}

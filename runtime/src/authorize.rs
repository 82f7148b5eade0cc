//! The only place that says yes. A question (who, which verb, which model) is answered with a [`Verdict`]; a yes
//! carries its [`Terms`]: which rows, which fields, and what must be proved first. Everything that reads or writes rows
//! asks for terms, and only this file makes them. Nothing is remembered between two requests.

mod lending;
mod terms;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use crate::condition::{Asker, Condition};
use crate::loan::Lent;
use crate::panel::{Cell, FieldSet, Framework, Model, Panel, PeopleCell, PeopleVerb, Reauth, Role, Verb};
use crate::session::Held;

use self::terms::BoundCell;

pub use self::lending::authorize_lending;
pub use self::terms::Terms;

/// The person signed in, as the session lookup of this request found them. Only that lookup makes one, so that a token
/// says something about a person and not just about a role.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Their role, now.
    pub(crate) role: &'static Role,
    /// Address they sign in with.
    pub(crate) email: String,
    /// Id of the session that asks.
    pub(crate) session: i64,
    /// Which second factors they have; one of them was proved when the session began.
    pub(crate) held: Held,
    /// Until then the newest proof of identity within this session counts as fresh.
    pub(crate) fresh_until: DateTime<Utc>,
    /// What is lent to them at this moment.
    pub(crate) lent: Vec<Lent>,
    /// The API token that speaks for them; none: they are there themselves.
    pub(crate) through: Option<Through>,
    /// Who asks, and when, for predicates.
    pub(crate) asker: Asker,
}

/// The API token that a request came with. It takes rights away and never gives any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Through {
    /// Its id.
    pub(crate) token: i64,
    /// As its person calls it.
    pub(crate) name: String,
    /// It changes nothing.
    pub(crate) reads_only: bool,
}

impl Actor {
    /// Somebody who proved nothing: for tests of one's own code and for commands that act in a person's name. Whoever
    /// writes this call vouches for the person, their role and the moment; a review should ask why it stands there.
    #[must_use]
    pub fn vouched_for_without_any_proof(role: &'static Role, email: String, asker: Asker) -> Self {
        Self {
            role,
            email,
            session: 0,
            held: Held::default(),
            fresh_until: asker.now,
            lent: Vec::new(),
            through: None,
            asker,
        }
    }

    /// Their role, now.
    #[must_use]
    pub fn role(&self) -> &'static Role {
        self.role
    }

    /// Address they sign in with.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Who asks, and when, for predicates.
    #[must_use]
    pub fn asker(&self) -> &Asker {
        &self.asker
    }

    /// They are spoken for by a token that may only read.
    fn only_reads(&self) -> bool {
        self.through.as_ref().is_some_and(|through| through.reads_only)
    }

    /// Whether they proved who they are lately enough for what the block's `reauth` lists.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.asker.now < self.fresh_until
    }
}

/// The answer.
#[must_use]
#[derive(Debug)]
pub enum Verdict {
    /// Yes, on these terms.
    Granted(Terms),
    /// No.
    Refused(Refusal),
}

impl Verdict {
    /// The terms, or the refusal as an error for `?`.
    pub fn granted(self) -> Result<Terms, Refusal> {
        match self {
            Self::Granted(terms) => Ok(terms),
            Self::Refused(refusal) => Err(refusal),
        }
    }
}

/// A no: the right that is missing, and who could give it, without a word about any row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The missing right in words: "edit Patients".
    pub right: String,
    /// Titles of the roles that hold it.
    pub held_by: Vec<&'static str>,
}

/// May this person do this with rows of this model, and with which?
pub fn authorize(panel: &'static Panel, actor: &Actor, verb: Verb, model: &'static Model) -> Verdict {
    let cells: Vec<BoundCell> = held(panel, actor, verb, model).map(|cell| bound(cell, model, actor)).collect();
    if cells.is_empty() && actor.only_reads() && verb != Verb::View {
        return Verdict::Refused(Refusal {
            right: format!("{} {} with a token that may only read", verb_in_words(model, verb), model.plural),
            held_by: Vec::new(),
        });
    }
    if cells.is_empty() {
        return Verdict::Refused(Refusal {
            right: format!("{} {}", verb_in_words(model, verb), model.plural),
            held_by: roles_with(panel, |role| {
                role.cells.iter().any(|c| c.verb == verb && c.model == model.index && !c.lendable)
            }),
        });
    }
    let needs_fresh_proof = needs_fresh_proof(panel, verb, model);
    let lacks_proof = needs_fresh_proof && !actor.is_fresh();
    let links = links(panel, actor, model);
    Verdict::Granted(Terms { model, verb, cells, needs_fresh_proof, lacks_proof, links })
}

/// What the person sees of the rows that links of this model lead to. One step: where those lead in turn is asked for
/// where it is shown.
fn links(panel: &'static Panel, actor: &Actor, model: &'static Model) -> Vec<(usize, Terms)> {
    let of = |target: &'static Model| {
        let cells: Vec<BoundCell> =
            held(panel, actor, Verb::View, target).map(|cell| bound(cell, target, actor)).collect();
        let needs_fresh_proof = needs_fresh_proof(panel, Verb::View, target);
        let lacks_proof = needs_fresh_proof && !actor.is_fresh();
        (!cells.is_empty() && !lacks_proof).then_some(Terms {
            model: target,
            verb: Verb::View,
            cells,
            needs_fresh_proof,
            lacks_proof,
            links: Vec::new(),
        })
    };
    model.many().filter_map(|(field, links)| Some((field.index, of(panel.models.get(links.model)?)?))).collect()
}

/// The cells that count for this person.
fn held<'a>(
    panel: &'static Panel,
    actor: &'a Actor,
    verb: Verb,
    model: &'static Model,
) -> impl Iterator<Item = &'static Cell> + use<'a> {
    // The one place that a token's own limit is kept: whatever is not looking asks here as well.
    let within_token = verb == Verb::View || !actor.only_reads();
    let of_right = actor.role.cells.iter().filter(move |cell| cell.verb == verb && cell.model == model.index);
    of_right.filter(move |_| within_token).filter(|cell| lending::counts(panel, actor, cell))
}

fn bound(cell: &'static Cell, model: &'static Model, actor: &Actor) -> BoundCell {
    let (condition, reads) = match &cell.when {
        None => (Condition::Always, FieldSet::NONE),
        Some(when) => (when.bind(model, &actor.asker), when.reads()),
    };
    BoundCell { fields: cell.fields, condition, reads, reveal: cell.reveal }
}

/// The answer of [`authorize`] taken apart: each clause (index into the role's grants) with the terms that it gives
/// alone. For explaining; together they give what `authorize` gives.
#[must_use]
pub fn each_clause(panel: &'static Panel, actor: &Actor, verb: Verb, model: &'static Model) -> Vec<(usize, Terms)> {
    let needs_fresh_proof = needs_fresh_proof(panel, verb, model);
    let lacks_proof = needs_fresh_proof && !actor.is_fresh();
    held(panel, actor, verb, model)
        .map(|cell| {
            let cells = vec![bound(cell, model, actor)];
            let links = links(panel, actor, model);
            (cell.grant, Terms { model, verb, cells, needs_fresh_proof, lacks_proof, links })
        })
        .collect()
}

/// May this person see or export one of the framework's own tables?
pub fn authorize_framework(
    panel: &'static Panel,
    actor: &Actor,
    verb: Verb,
    subject: Framework,
) -> Result<(), Refusal> {
    let holds = |role: &Role| role.framework.iter().any(|c| c.verb == verb && c.subject == subject);
    // No page of the framework is open to a program; that its person sees people says whom it may name in a field.
    let in_person = actor.through.is_none() || (verb, subject) == (Verb::View, Framework::People);
    if holds(actor.role) && in_person {
        return Ok(());
    }
    let verb = if verb == Verb::Export { "export" } else { "view" };
    let what = match subject {
        Framework::Audit => "the audit log",
        Framework::People => "the people of the panel",
    };
    Err(Refusal { right: format!("{verb} {what}"), held_by: roles_with(panel, holds) })
}

/// Whether the block's `reauth` lists this verb and the person has not proved who they are lately enough to do it with
/// one of the framework's own tables.
#[must_use]
pub fn lacks_proof_over_framework(panel: &Panel, actor: &Actor, verb: Verb) -> bool {
    let listed = panel.reauth.iter().any(|what| matches!(what, Reauth::Verb(listed) if *listed == verb));
    listed && !actor.is_fresh()
}

/// May this person do this with holders of that role (assign: give it)?
pub fn authorize_people(panel: &'static Panel, actor: &Actor, verb: PeopleVerb, target: &Role) -> Result<(), Refusal> {
    let is_it = |cell: &&PeopleCell| cell.verb == verb && cell.target == target.index;
    // Nobody rules over people through a token.
    if actor.through.is_none()
        && actor.role.people.iter().filter(is_it).any(|cell| lending::counts_over_people(panel, actor, cell))
    {
        return Ok(());
    }
    let holds = |role: &Role| role.people.iter().filter(is_it).any(|cell| !cell.lendable);
    let verb = match verb {
        PeopleVerb::Assign => "assign",
        PeopleVerb::Reset => "reset",
        PeopleVerb::Lock => "lock",
        PeopleVerb::Unlock => "unlock",
        PeopleVerb::Revoke => "end sessions of",
    };
    Err(Refusal { right: format!("{verb} {}", target.title), held_by: roles_with(panel, holds) })
}

/// May this person see who holds that role? Whoever views people sees everybody; whoever rules over some sees those.
#[must_use]
pub fn may_see_holders(panel: &'static Panel, actor: &Actor, role: &Role) -> bool {
    authorize_framework(panel, actor, Verb::View, Framework::People).is_ok()
        || (actor.role.people.iter())
            .any(|cell| cell.target == role.index && lending::counts_over_people(panel, actor, cell))
}

/// Whether the block's `reauth` lists this verb over people and the person has not proved who they are lately enough.
#[must_use]
pub fn lacks_proof_over_people(panel: &Panel, actor: &Actor, verb: PeopleVerb) -> bool {
    let listed = panel.reauth.iter().any(|what| matches!(what, Reauth::People(over) if *over == verb));
    listed && !actor.is_fresh()
}

/// May this person read what every role may do, and what is forbidden and excepted? Those may who watch (any of the
/// framework's pages) or rule over people; to anybody else the names of the others' rights would be a map for an
/// attack.
#[must_use]
pub fn may_see_whole_policy(actor: &Actor) -> bool {
    !actor.role.framework.is_empty() || actor.role.people.iter().any(|cell| !cell.lendable)
}

fn roles_with(panel: &'static Panel, holds: impl Fn(&Role) -> bool) -> Vec<&'static str> {
    panel.roles.iter().filter(|role| holds(role)).map(|role| role.title).collect()
}

fn needs_fresh_proof(panel: &Panel, verb: Verb, model: &Model) -> bool {
    panel.reauth.iter().any(|what| match (what, verb) {
        (Reauth::Verb(listed), _) => *listed == verb,
        (Reauth::Action(of, action), Verb::Act(this)) => *of == model.index && *action == this,
        _ => false,
    })
}

/// "view", "create", …; an action by its title in small letters.
#[must_use]
pub fn verb_in_words(model: &Model, verb: Verb) -> String {
    match verb {
        Verb::View => "view".to_owned(),
        Verb::Create => "create".to_owned(),
        Verb::Edit => "edit".to_owned(),
        Verb::Delete => "delete".to_owned(),
        Verb::Export => "export".to_owned(),
        Verb::Import => "import".to_owned(),
        Verb::Act(action) => model.actions.get(action).map_or_else(String::new, |a| a.title.to_lowercase()),
    }
}

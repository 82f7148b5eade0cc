//! [`May`]: a right as a value. Whoever holds one has been through [`crate::authorize`], and the
//! typed queries ask for one. This file makes none on its own word; the traits at its end only say at compile time what
//! the block grants to a role.

use std::fmt;
use std::marker::PhantomData;

use crate::authorize::{Actor, Refusal, Terms, authorize};
use crate::panel::{Role, Verb};
use crate::typed::Model;

/// The right to do `V` with rows of `M`, and on which terms. It can't be made outside this crate:
///
/// ```compile_fail,E0451
/// # use bailiwick::{May, View};
/// # fn forge<M>(terms: bailiwick::authorize::Terms, actor: bailiwick::authorize::Actor) -> May<View, M> {
/// May { terms, actor, right: std::marker::PhantomData }
/// # }
/// ```
pub struct May<V, M> {
    terms: Terms,
    actor: Actor,
    right: PhantomData<fn() -> (V, M)>,
}

/// A token, or why there is none.
pub type Asked<V, M> = Result<May<V, M>, Refusal>;

impl<V: VerbOn<M>, M: Model> May<V, M> {
    /// The right of a person whose role is known to hold it.
    ///
    /// # Errors
    /// A refusal when the block's `reauth` lists the verb: what needs a fresh proof of identity is done on a page,
    /// which asks for one.
    pub fn of<R>(who: &As<R>) -> Asked<V, M> {
        Self::ask(&who.actor)
    }

    /// The right of any person, if their role holds it.
    ///
    /// # Errors
    /// A refusal when it does not, or when the block's `reauth` lists the verb.
    pub fn ask(actor: &Actor) -> Asked<V, M> {
        let terms = authorize(M::PANEL, actor, V::VERB, M::MODEL).granted()?;
        if terms.needs_fresh_proof() {
            let right = crate::authorize::verb_in_words(M::MODEL, V::VERB);
            return Err(Refusal {
                right: format!("{right} {} without a fresh proof of identity", M::MODEL.plural),
                held_by: Vec::new(),
            });
        }
        Ok(Self::on_terms(actor.clone(), terms))
    }

    /// For a page that has had the terms from [`authorize`] and the proof that they ask for; `None` when they are terms
    /// of something else.
    pub(crate) fn on(actor: &Actor, terms: Terms) -> Option<Self> {
        let fits = terms.verb() == V::VERB && terms.model().index == M::MODEL.index;
        fits.then(|| Self::on_terms(actor.clone(), terms))
    }

    fn on_terms(actor: Actor, terms: Terms) -> Self {
        Self { terms, actor, right: PhantomData }
    }
}

impl<V, M> May<V, M> {
    /// Which rows and fields.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Who holds it.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

impl<V, M> fmt::Debug for May<V, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("May")
            .field("verb", &self.terms.verb())
            .field("model", &self.terms.model().name)
            .finish_non_exhaustive()
    }
}

/// A person who holds the role `R`: what code for one role starts from.
#[derive(Debug, Clone)]
pub struct As<R> {
    actor: Actor,
    role: PhantomData<fn() -> R>,
}

impl<R: RoleType> As<R> {
    /// `None` when the person's role is another one.
    #[must_use]
    pub fn of(actor: &Actor) -> Option<Self> {
        let same = actor.role.index == R::ROLE.index && actor.role.name == R::ROLE.name;
        same.then(|| Self { actor: actor.clone(), role: PhantomData })
    }
}

impl<R> As<R> {
    /// The person.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

/// A role as a type; `admin!` writes one for each.
pub trait RoleType: Send + Sync + 'static {
    /// Its table.
    const ROLE: &'static Role;
}

/// A verb as a type, over a model that knows it; `admin!` writes one for each name of an action.
pub trait VerbOn<M>: Send + Sync + 'static {
    /// As data.
    const VERB: Verb;
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident, $may:ident, $message:literal, $label:literal, $note:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $verb;

        impl<M> VerbOn<M> for $verb {
            const VERB: Verb = Verb::$verb;
        }

        #[doc = concat!("Roles that hold the verb of [`", stringify!($verb), "`] over `M`, in some rows and fields at least.")]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $may<M>: RoleType {}
    )* };
}

verbs! {
    /// Read.
    View, MayView, "role `{Self}` may not view `{M}`", "`{Self}` holds no `view {M}`",
        "a right is granted in the role's clause of the block: `view {M};`";
    /// Insert.
    Create, MayCreate, "role `{Self}` may not create `{M}`", "`{Self}` holds no `create {M}`",
        "a right is granted in the role's clause of the block: `create {M};`";
    /// Change.
    Edit, MayEdit, "role `{Self}` may not edit `{M}`", "`{Self}` holds no `edit {M}`",
        "a right is granted in the role's clause of the block: `edit {M};`";
    /// Remove.
    Delete, MayDelete, "role `{Self}` may not delete `{M}`", "`{Self}` holds no `delete {M}`",
        "a right is granted in the role's clause of the block: `delete {M};`";
    /// Take away in bulk.
    Export, MayExport, "role `{Self}` may not export `{M}`", "`{Self}` holds no `export {M}`",
        "a right is granted in the role's clause of the block: `export {M};`";
    /// Bring in, in bulk.
    Import, MayImport, "role `{Self}` may not import `{M}`", "`{Self}` holds no `import {M}`",
        "a right is granted in the role's clause of the block: `import {M};`";
}

/// Roles that hold the action `A` over `M`, in some rows at least.
#[diagnostic::on_unimplemented(
    message = "role `{Self}` does not hold the action `{A}` of `{M}`",
    label = "`{Self}` does not hold `{A}`",
    note = "a right is granted in the role's clause of the block: the action's name, then `{M};`"
)]
pub trait MayAct<A, M>: RoleType {}

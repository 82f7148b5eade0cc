//! Roles: what they hold, stars spelled out, and what is forbidden to them.

use std::rc::Rc;

use proc_macro2::Ident;

use super::{ActionId, FieldSet, GrantId, ModelId, Place, Predicate, RoleId};

#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    pub(crate) title: String,
    pub(crate) under: Vec<(RoleId, Place)>,
    pub(crate) above: Vec<(RoleId, Place)>,
    pub(crate) beside: Vec<(RoleId, Place)>,
    /// As written, in order; `cells`, `framework` and `people` point back here.
    pub(crate) grants: Vec<Grant>,
    /// The effective E[role]: one entry per grant × verb × model that it reaches, stars spelled out.
    pub(crate) cells: Vec<Cell>,
    /// `view Audit`, `export Audit`, `view People`.
    pub(crate) framework: Vec<FrameworkCell>,
    /// Over people, one entry per verb and target role, stars spelled out.
    pub(crate) people: Vec<PeopleCell>,
    pub(crate) factor_required: Option<Place>,
    /// `keep N`.
    pub(crate) keep: Option<(u32, Place)>,
    pub(crate) place: Place,
}

/// One clause as written: `view, edit Patient { phone } when …;`.
#[derive(Debug)]
pub(crate) struct Grant {
    /// The whole clause as the user wrote it, for `policy show` and explain.
    pub(crate) text: String,
    pub(crate) reveal: Option<(String, Place)>,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) verb: Verb,
    pub(crate) model: ModelId,
    /// For view, create, edit, export, import: which; for delete and actions: all of the model. Without named fields,
    /// view and export leave out `Secret` ones. Create, edit and import never hold automatic and readonly ones.
    pub(crate) fields: FieldSet,
    pub(crate) when: Option<Rc<Predicate>>,
    /// `may`: not held, can be lent. Counts as held for every rule.
    pub(crate) lendable: bool,
    /// Reached through `*`, so without sensitive fields.
    pub(crate) by_star: bool,
    pub(crate) grant: GrantId,
    /// Over the verb and over the model (or star) of the clause.
    pub(crate) verb_place: Place,
    pub(crate) model_place: Place,
    /// Over the `{ … }` if fields are named.
    pub(crate) fields_place: Option<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Verb {
    View,
    Create,
    Edit,
    Delete,
    Export,
    Import,
    Act(ActionId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Framework {
    Audit,
    People,
}

#[derive(Debug, Clone)]
pub(crate) struct FrameworkCell {
    /// View or Export.
    pub(crate) verb: Verb,
    pub(crate) subject: Framework,
    pub(crate) grant: GrantId,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PeopleVerb {
    Assign,
    Reset,
    Lock,
    Unlock,
    Revoke,
}

#[derive(Debug, Clone)]
pub(crate) struct PeopleCell {
    pub(crate) verb: PeopleVerb,
    pub(crate) target: RoleId,
    pub(crate) by_star: bool,
    pub(crate) lendable: bool,
    pub(crate) grant: GrantId,
    /// Over the target's name (or the star).
    pub(crate) place: Place,
}

/// `forbid Auditor create, edit *;` with stars spelled out.
#[derive(Debug)]
pub(crate) struct Forbid {
    /// The whole clause as the user wrote it.
    pub(crate) text: String,
    pub(crate) roles: Vec<RoleId>,
    pub(crate) verbs: Vec<Verb>,
    /// An action is matched by its own model; verbs by every model here.
    pub(crate) models: Vec<ModelId>,
    /// Actions forbidden by name.
    pub(crate) actions: Vec<(ModelId, ActionId)>,
    /// `None`: every field.
    pub(crate) fields: Option<FieldSet>,
    pub(crate) when: Option<Rc<Predicate>>,
    pub(crate) place: Place,
}

/// `forbid one_person create Invoice, approve Invoice;`.
#[derive(Debug)]
pub(crate) struct OnePerson {
    /// The whole clause as the user wrote it.
    pub(crate) text: String,
    pub(crate) steps: Vec<(Verb, ModelId, Place)>,
    pub(crate) place: Place,
}

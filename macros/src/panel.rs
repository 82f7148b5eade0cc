//! What the block means: every name an index, every default filled in, every star spelled out. The one input of the
//! rules and of the expansion. It decides nothing and reports nothing.

mod access;
mod field_set;
mod lock;
mod model;
mod place;
mod predicate;
mod role;

use std::rc::Rc;

use proc_macro2::{Ident, Span};

pub(crate) use self::access::{
    By, Factors, Limit, Password, Reauth, ReauthWhat, Recovery, Session, Throttle, ThrottleName,
};
pub(crate) use self::field_set::FieldSet;
pub(crate) use self::lock::{Lock, LockedAccept, LockedAction, LockedOwner};
pub(crate) use self::model::{
    Action, Check, Choice, Field, Inline, Key, Kind, LONGEST_LINE, Links, Model, OnDelete, Section, Sensitivity, Sort,
    Variant,
};
pub(crate) use self::place::{ActionId, AttributeId, ChoiceId, FieldId, GrantId, ModelId, Place, RoleId};
pub(crate) use self::predicate::{Literal, Op, Operand, OperandKind, Predicate};
pub(crate) use self::role::{
    Cell, Forbid, Framework, FrameworkCell, Grant, OnePerson, PeopleCell, PeopleVerb, Role, Verb,
};

#[derive(Debug)]
pub(crate) struct Panel {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    pub(crate) brand: Option<Brand>,
    pub(crate) database: Option<Setting>,
    pub(crate) public_url: Option<Setting>,
    pub(crate) proxies: Option<Proxies>,
    pub(crate) mail: Option<Setting>,
    pub(crate) actor: Vec<Attribute>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) models: Vec<Model>,
    pub(crate) roles: Vec<Role>,
    pub(crate) forbids: Vec<Forbid>,
    pub(crate) one_person: Vec<OnePerson>,
    pub(crate) password: Password,
    pub(crate) session: Session,
    pub(crate) factors: Factors,
    pub(crate) throttles: Vec<Throttle>,
    pub(crate) recovery: Recovery,
    pub(crate) reauth: Vec<Reauth>,
    pub(crate) dashboard: Vec<Widget>,
    pub(crate) accepts: Vec<Accept>,
    /// The policy as accepted last, where there is a `policy.lock`.
    pub(crate) lock: Option<Lock>,
    /// There is one, and the build was told to pass over it; the binary serves nobody.
    pub(crate) lock_passed_over: bool,
    /// Every use of a declared name, as resolve meets it: the editor's goto, hover and rename come from these alone.
    pub(crate) mentions: Vec<Mention>,
    /// Names that nothing answers to; an error has been reported. The editor completes them.
    pub(crate) unresolved: Vec<Unresolved>,
}

/// One use of a name, apart from its declaration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention {
    pub(crate) name: Name,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Name {
    Model(ModelId),
    Field(ModelId, FieldId),
    Role(RoleId),
    Choice(ChoiceId),
    Variant(ChoiceId, usize),
    Action(ModelId, ActionId),
    Attribute(AttributeId),
}

/// A name as half typed, and what it would have to be.
#[derive(Debug, Clone)]
pub(crate) struct Unresolved {
    pub(crate) wanted: Wanted,
    pub(crate) ident: Ident,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Wanted {
    Model,
    Field(ModelId),
    Role,
    Choice,
    Variant(ChoiceId),
    Attribute,
}

/// `brand "#0b6e4f"`.
#[derive(Debug)]
pub(crate) struct Brand {
    pub(crate) rgb: [u8; 3],
    #[allow(dead_code, reason = "read by `brand_is_legible`, a rule that is yet to come")]
    pub(crate) place: Place,
}

/// `env "NAME" or "fallback"`; at least one of the two is there.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) env: Option<String>,
    pub(crate) fallback: Option<String>,
    pub(crate) place: Place,
}

/// `proxies none` is an empty list; CIDR ranges otherwise.
#[derive(Debug)]
pub(crate) struct Proxies {
    pub(crate) ranges: Vec<String>,
}

/// One `me.name` of the `actor` clause; always nullable at run time (a person may lack it).
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Widget {
    Count { model: ModelId, when: Option<Rc<Predicate>>, place: Place },
    Chart { model: ModelId, when: Option<Rc<Predicate>>, field: FieldId, days: u32, place: Place },
    Latest { model: ModelId, count: u32 },
}

/// `accept RULE "reason" until "2027-06-30";`.
#[derive(Debug)]
pub(crate) struct Accept {
    pub(crate) rule: String,
    pub(crate) rule_place: Place,
    pub(crate) reason: String,
    /// Year, month, day; none: for good.
    pub(crate) until: Option<(i32, u32, u32)>,
    pub(crate) owner: Owner,
    pub(crate) place: Place,
}

/// What an error is about, so that an `accept` in that place can speak for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Owner {
    Panel,
    Role(RoleId),
    Model(ModelId),
}

impl Panel {
    pub(crate) fn model(&self, id: ModelId) -> &Model {
        &self.models[id.0]
    }

    pub(crate) fn role(&self, id: RoleId) -> &Role {
        &self.roles[id.0]
    }

    pub(crate) fn choice(&self, id: ChoiceId) -> &Choice {
        &self.choices[id.0]
    }

    pub(crate) fn role_ids(&self) -> impl Iterator<Item = RoleId> + use<> {
        (0..self.roles.len()).map(RoleId)
    }

    pub(crate) fn model_ids(&self) -> impl Iterator<Item = ModelId> + use<> {
        (0..self.models.len()).map(ModelId)
    }
}

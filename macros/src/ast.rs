//! What the user wrote: one struct a clause, names as their own identifiers, places kept. Nothing is looked up here,
//! no default is filled in, and a half-read clause keeps what was read.

mod policy;

use proc_macro2::Ident;

pub(crate) use self::policy::{
    Accept, Factors, Forbid, Grant, Limit, OnePerson, Reauth, Recovery, Role, Setting, Settings, Target, Throttle, Way,
};
use crate::panel::Place;

/// The whole block.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) panels: Vec<Head>,
    pub(crate) actor: Vec<Attribute>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) models: Vec<Model>,
    pub(crate) roles: Vec<Role>,
    pub(crate) forbids: Vec<Forbid>,
    pub(crate) one_person: Vec<OnePerson>,
    pub(crate) passwords: Vec<Settings>,
    pub(crate) sessions: Vec<Settings>,
    pub(crate) factors: Vec<Factors>,
    pub(crate) throttles: Vec<Throttle>,
    pub(crate) recoveries: Vec<Recovery>,
    pub(crate) reauths: Vec<Reauth>,
    pub(crate) dashboard: Vec<Widget>,
    pub(crate) accepts: Vec<Accept>,
}

/// `panel Clinic { … }`.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) doc: String,
    pub(crate) name: Option<Ident>,
    pub(crate) settings: Vec<HeadSetting>,
    pub(crate) accepts: Vec<Accept>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) enum HeadSetting {
    Brand(Text, Place),
    Database(Source),
    PublicUrl(Source),
    Mail(Source),
    /// `none` is the empty list.
    Proxies(Vec<Text>, Place),
}

/// `env "NAME" or "fallback"`.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) env: Option<Text>,
    pub(crate) fallback: Option<Text>,
    pub(crate) place: Place,
}

/// A string literal, unquoted.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) place: Place,
}

/// `doctor: Option<Doctor>;` of the actor.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) doc: String,
    pub(crate) name: Ident,
    pub(crate) ty: Option<Type>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) doc: String,
    pub(crate) name: Option<Ident>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) doc: String,
    pub(crate) name: Ident,
    pub(crate) title: Option<Text>,
    /// `stored "text"`.
    pub(crate) stored: Option<Text>,
}

/// `adopted key …` behind the name of a table.
#[derive(Debug)]
pub(crate) struct Adopted {
    pub(crate) key: Option<Key>,
    pub(crate) place: Place,
}

/// What the rows of an adopted table are known by.
#[derive(Debug)]
pub(crate) enum Key {
    /// `"column"`: a number.
    Number(Text),
    /// `"column" Uuid`.
    Uuid(Text),
    /// `field`: a text.
    Field(Ident),
}

#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) doc: String,
    pub(crate) name: Option<Ident>,
    pub(crate) table: Option<Text>,
    pub(crate) adopted: Option<Adopted>,
    pub(crate) title: Option<Text>,
    pub(crate) plural: Option<Text>,
    pub(crate) fields: Vec<Field>,
    pub(crate) lists: Vec<Names>,
    pub(crate) filters: Vec<Names>,
    pub(crate) sorts: Vec<(Ident, bool)>,
    pub(crate) forms: Vec<Form>,
    pub(crate) inlines: Vec<Inline>,
    pub(crate) checks: Vec<Check>,
    pub(crate) actions: Vec<Action>,
    pub(crate) accepts: Vec<Accept>,
    /// Over `model Name`.
    pub(crate) place: Place,
}

/// A clause that is a list of names: `list a, b;`.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) names: Vec<Ident>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) title: Option<Text>,
    pub(crate) names: Vec<Ident>,
}

/// `inline Visit via patient at, doctor in form;`: `via` only where several keys point here.
#[derive(Debug)]
pub(crate) struct Inline {
    pub(crate) child: Option<Ident>,
    pub(crate) via: Option<Ident>,
    pub(crate) names: Vec<Ident>,
    /// The word `form` of `in form`.
    pub(crate) in_form: Option<Ident>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) message: Option<Text>,
    pub(crate) predicate: Predicate,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) doc: String,
    pub(crate) name: Option<Ident>,
    pub(crate) writes: Option<Vec<Ident>>,
    /// With the fields that hold the addresses, where they are named.
    pub(crate) mails: Option<Vec<Ident>>,
    pub(crate) pure: Option<Place>,
    pub(crate) place: Place,
}

/// `name: Type modifier modifier;`.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) doc: String,
    pub(crate) name: Ident,
    pub(crate) ty: Option<Type>,
    pub(crate) modifiers: Vec<Modifier>,
    pub(crate) place: Place,
}

/// `Option<Decimal(10, 2)>`, `many Tag`.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) name: Ident,
    pub(crate) arguments: Vec<Value>,
    pub(crate) optional: bool,
    /// The word `many` in front of it.
    pub(crate) many: Option<Place>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Modifier {
    pub(crate) word: Ident,
    pub(crate) kind: ModifierKind,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) enum ModifierKind {
    /// A word alone.
    Flag(Flag),
    Default(Value),
    /// Inclusive, in code points.
    Len(Option<u32>, Option<u32>),
    Min(Value),
    Max(Value),
    Pattern(Text),
    Help(Text),
    /// Of an adopted table.
    Column(Text),
    /// `through "table" ("column of this row", "column of the other")`.
    Through {
        table: Text,
        /// None: they did not read, and that was said.
        ends: Option<(Text, Text)>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flag {
    Label,
    Search,
    Unique,
    Index,
    Past,
    Future,
    Readonly,
    Created,
    Updated,
    Author,
    Public,
    Personal,
    Sensitive,
    Transfers,
    Restrict,
    Cascade,
    SetNull,
}

/// A literal, or a name that a literal may stand for (a variant).
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) kind: ValueKind,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum ValueKind {
    Null,
    Bool(bool),
    Int(i64),
    /// Digits with one point, maybe a sign.
    Number(String),
    Text(String),
    Name(Ident),
    /// `VisitState::Done`.
    Path(Ident, Ident),
}

#[derive(Debug, Clone)]
pub(crate) enum Predicate {
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
    Not(Box<Predicate>),
    Compare {
        left: Operand,
        op: crate::panel::Op,
        right: Operand,
        place: Place,
    },
    IsNull {
        operand: Operand,
        negated: bool,
        place: Place,
    },
    In {
        operand: Operand,
        negated: bool,
        set: Vec<Operand>,
        place: Place,
    },
    /// A field of type `bool` alone.
    Holds(Operand),
    /// Could not be read; reported.
    Broken,
}

#[derive(Debug, Clone)]
pub(crate) struct Operand {
    pub(crate) kind: OperandKind,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum OperandKind {
    Value(ValueKind),
    Me,
    MeAttribute(Ident),
    /// With an offset in seconds.
    Now(i64),
}

#[derive(Debug)]
pub(crate) enum Widget {
    Count { model: Ident, when: Option<Predicate>, place: Place },
    Chart { model: Ident, field: Option<Ident>, seconds: Option<u64>, when: Option<Predicate>, place: Place },
    Latest { model: Ident, count: Option<u32>, place: Place },
}

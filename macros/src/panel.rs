//! What the block means: every name an index, every default filled in, every star spelled out. The one input of the
//! rules and of the expansion. It decides nothing and reports nothing.

use std::rc::Rc;

use proc_macro2::{Ident, Span};

/// First and last token of what the user wrote; an error underlines from one to the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Place {
    pub(crate) fn of(span: Span) -> Self {
        Self { first: span, last: span }
    }

    pub(crate) fn to(self, end: Self) -> Self {
        Self { first: self.first, last: end.last }
    }

    pub(crate) fn call_site() -> Self {
        Self::of(Span::call_site())
    }
}

impl From<&Place> for Place {
    fn from(place: &Place) -> Self {
        *place
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self::of(span)
    }
}

impl From<&Ident> for Place {
    fn from(ident: &Ident) -> Self {
        Self::of(ident.span())
    }
}

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) usize);
    )* };
}

index! {
    /// Into [`Panel::models`].
    ModelId;
    /// Into [`Model::fields`].
    FieldId;
    /// Into [`Panel::roles`]; the first declared role is the one that the first owner gets.
    RoleId;
    /// Into [`Panel::choices`].
    ChoiceId;
    /// Into [`Model::actions`].
    ActionId;
    /// Into [`Panel::actor`].
    AttributeId;
    /// Into [`Role::grants`].
    GrantId;
}

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
    pub(crate) throttles: Vec<Throttle>,
    pub(crate) recovery: Recovery,
    pub(crate) reauth: Vec<Reauth>,
    pub(crate) dashboard: Vec<Widget>,
    pub(crate) accepts: Vec<Accept>,
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
    #[allow(dead_code, reason = "read by `no_literal_secret`, a rule that is yet to come")]
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
pub(crate) struct Choice {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: Ident,
    /// As shown: the given text, else the name in words.
    pub(crate) title: String,
    pub(crate) doc: String,
}

#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    /// "Patient", "Patients": in words.
    pub(crate) title: String,
    pub(crate) plural: String,
    /// Path segment: "patients".
    pub(crate) slug: String,
    /// Table name: snake case of the name unless `table "…"` is given.
    pub(crate) table: String,
    pub(crate) fields: Vec<Field>,
    /// The fields whose text names a row; never empty after resolve unless there is no candidate (then the id is shown).
    pub(crate) label: Vec<FieldId>,
    pub(crate) list: Vec<(FieldId, Place)>,
    pub(crate) search: Vec<(FieldId, Place)>,
    pub(crate) filter: Vec<(FieldId, Place)>,
    pub(crate) sort: Vec<Sort>,
    pub(crate) sections: Vec<Section>,
    pub(crate) inlines: Vec<Inline>,
    pub(crate) checks: Vec<Check>,
    pub(crate) actions: Vec<Action>,
}

#[derive(Debug)]
pub(crate) struct Sort {
    pub(crate) field: FieldId,
    pub(crate) descending: bool,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) fields: Vec<FieldId>,
}

#[derive(Debug)]
pub(crate) struct Inline {
    pub(crate) child: ModelId,
    /// The child's foreign key that points here.
    pub(crate) key: FieldId,
    pub(crate) fields: Vec<FieldId>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) message: String,
    pub(crate) predicate: Rc<Predicate>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    /// In words: "Approve".
    pub(crate) title: String,
    pub(crate) writes: Vec<(FieldId, Place)>,
    pub(crate) mails: bool,
    /// False when none of `writes`, `mails`, `pure` stands there.
    pub(crate) declares_effects: bool,
    pub(crate) place: Place,
}

#[allow(clippy::struct_excessive_bools, reason = "one for each modifier that is a word alone")]
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) doc: String,
    /// In words: "Created at".
    pub(crate) title: String,
    pub(crate) kind: Kind,
    pub(crate) kind_place: Place,
    pub(crate) optional: bool,
    pub(crate) is_label: bool,
    pub(crate) search: Option<Place>,
    pub(crate) unique: bool,
    pub(crate) index: bool,
    pub(crate) default: Option<Literal>,
    /// Characters (code points) for text; inclusive.
    pub(crate) min_len: Option<u32>,
    pub(crate) max_len: Option<u32>,
    pub(crate) min: Option<Literal>,
    pub(crate) max: Option<Literal>,
    pub(crate) pattern: Option<String>,
    pub(crate) past: bool,
    pub(crate) future: bool,
    pub(crate) readonly: bool,
    pub(crate) created: bool,
    pub(crate) updated: bool,
    pub(crate) author: bool,
    pub(crate) sensitivity: Sensitivity,
    /// Over the word that labels it, else over the name.
    pub(crate) sensitivity_place: Place,
    pub(crate) transfers: bool,
    pub(crate) help: String,
    pub(crate) place: Place,
}

impl Field {
    /// Written by the framework, never by a form.
    pub(crate) fn is_automatic(&self) -> bool {
        self.created || self.updated || self.author
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    String,
    Text,
    Email,
    Url,
    Bool,
    I32,
    I64,
    F64,
    /// At most 18 digits in all: SQLite keeps it as a scaled 64-bit integer.
    Decimal {
        precision: u8,
        scale: u8,
    },
    Date,
    Time,
    Timestamp,
    Uuid,
    Json,
    Secret,
    Bytes,
    Choice(ChoiceId),
    /// A person of the panel.
    Actor,
    Model(ModelId, OnDelete),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OnDelete {
    Restrict,
    Cascade,
    SetNull,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sensitivity {
    Public,
    Internal,
    Personal,
    Sensitive,
    Secret,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    /// As written, digits and one point: exact for decimals, parsed for floats.
    Number(String),
    Text(String),
    Choice(ChoiceId, usize),
}

#[derive(Debug, Clone)]
pub(crate) enum Predicate {
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
    Not(Box<Predicate>),
    Compare {
        left: Operand,
        op: Op,
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
        set: Vec<Operand>,
        place: Place,
    },
    /// Could not be resolved; an error has been reported. Opaque to every rule.
    Broken,
}

#[derive(Debug, Clone)]
pub(crate) struct Operand {
    pub(crate) kind: OperandKind,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum OperandKind {
    Field(FieldId),
    /// The person signed in, compared with an `Actor` field.
    Me,
    MeAttribute(AttributeId),
    /// With an offset in seconds: `now - 7d`.
    Now(i64),
    Literal(Literal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

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
    #[allow(dead_code, reason = "read by `one_person`, a rule that is yet to come")]
    pub(crate) steps: Vec<(Verb, ModelId, Place)>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Password {
    pub(crate) min: u32,
    pub(crate) min_with_factor: u32,
    pub(crate) blocklist: bool,
    pub(crate) place: Place,
}

/// Durations in seconds.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) idle: u64,
    pub(crate) absolute: u64,
    pub(crate) reauth: u64,
    pub(crate) at_most: u32,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ThrottleName {
    Login,
    Factor,
    Reauth,
    Recovery,
    Export,
    Token,
}

#[derive(Debug)]
pub(crate) struct Throttle {
    pub(crate) name: ThrottleName,
    pub(crate) limits: Vec<Limit>,
    /// `wait 1s to 15min`, in seconds.
    pub(crate) wait: Option<(u64, u64)>,
    pub(crate) cap: Option<u32>,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) count: u32,
    pub(crate) window: u64,
    pub(crate) by: By,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum By {
    Account,
    Address,
    Session,
    Actor,
    Token,
}

/// Lifetimes in seconds.
#[derive(Debug)]
pub(crate) struct Recovery {
    pub(crate) by_email: Option<(u64, Place)>,
    pub(crate) by_administrator: Option<(u64, Place)>,
    pub(crate) codes: Option<(u32, Place)>,
    pub(crate) break_glass: Option<Place>,
    pub(crate) place: Option<Place>,
}

/// One word of `reauth delete, export, assign, reset, approve;`.
#[derive(Debug)]
pub(crate) struct Reauth {
    pub(crate) what: ReauthWhat,
    pub(crate) place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReauthWhat {
    Verb(Verb),
    /// Every action of this name, in whichever models declare it.
    Actions(Vec<(ModelId, ActionId)>),
    People(PeopleVerb),
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

/// Fields of one model, by index; a model has at most 128 fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub(crate) struct FieldSet(pub(crate) u128);

impl FieldSet {
    pub(crate) const CAPACITY: usize = 128;

    pub(crate) fn insert(&mut self, field: FieldId) {
        self.0 |= 1 << field.0;
    }

    pub(crate) fn contains(self, field: FieldId) -> bool {
        self.0 >> field.0 & 1 == 1
    }

    pub(crate) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn is_subset_of(self, other: Self) -> bool {
        self.minus(other).is_empty()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = FieldId> {
        (0..Self::CAPACITY).map(FieldId).filter(move |f| self.contains(*f))
    }
}

impl FromIterator<FieldId> for FieldSet {
    fn from_iter<I: IntoIterator<Item = FieldId>>(fields: I) -> Self {
        let mut set = Self::default();
        for field in fields {
            set.insert(field);
        }
        set
    }
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

impl Model {
    pub(crate) fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.0]
    }

    pub(crate) fn field_ids(&self) -> impl Iterator<Item = FieldId> + use<> {
        (0..self.fields.len()).map(FieldId)
    }
}

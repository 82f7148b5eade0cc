//! The static tables that `admin!` fills in: one `Panel` with everything the block declares, as plain data. Behaviour
//! stands elsewhere; nothing here decides.
//!
//! Indexes (`usize`) point into the slice that the name says. Durations are seconds.

use crate::predicate::Predicate;
use crate::value::Literal;

/// A whole panel. There is one, `PANEL`, made by `admin!`; it is `'static` and never changes at run time.
#[derive(Debug)]
pub struct Panel {
    /// As declared: `Clinic`.
    pub name: &'static str,
    /// Doc comment of the panel.
    pub doc: &'static str,
    /// The accent colours, legible by construction.
    pub brand: Brand,
    /// Where the database is.
    pub database: Setting,
    /// Where the panel is reached from outside; mailed links start with it.
    pub public_url: Setting,
    /// CIDR ranges whose forwarded addresses are believed; empty: nobody's.
    pub proxies: &'static [&'static str],
    /// Where mail goes.
    pub mail: Setting,
    /// What is known of the person signed in: `me.NAME`.
    pub actor: &'static [Attribute],
    /// Closed sets of values.
    pub choices: &'static [Choice],
    /// In declared order.
    pub models: &'static [Model],
    /// In declared order; the first owner gets the first.
    pub roles: &'static [Role],
    /// What must never be true, as text, for the policy page.
    pub forbids: &'static [Clause],
    /// Length rules of passwords.
    pub password: Password,
    /// Lifetimes of sessions.
    pub session: Session,
    /// Limits on tries.
    pub throttles: &'static [Throttle],
    /// Ways back in.
    pub recovery: Recovery,
    /// What needs a fresh proof of identity.
    pub reauth: &'static [Reauth],
    /// The home page.
    pub dashboard: &'static [Widget],
    /// Exceptions from policy rules that the block accepts.
    pub accepts: &'static [Accept],
}

/// Accent colours as `#rrggbb`; `admin!` moves the brand's lightness until text on them reaches a contrast of 4.5:1
/// (WCAG 2.2, 1.4.3).
#[derive(Debug, Clone, Copy)]
pub struct Brand {
    /// On white surfaces.
    pub light: &'static str,
    /// Text upon `light`.
    pub on_light: &'static str,
    /// On dark surfaces.
    pub dark: &'static str,
    /// Text upon `dark`.
    pub on_dark: &'static str,
}

/// A value that comes from the environment (`NAME`, or a file named by `NAME_FILE`), else is the fallback.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Name of the variable.
    pub env: Option<&'static str>,
    /// What holds without it.
    pub fallback: Option<&'static str>,
}

/// One `me.NAME`.
#[derive(Debug)]
pub struct Attribute {
    /// As declared.
    pub name: &'static str,
    /// Doc comment.
    pub doc: &'static str,
    /// Its type; always nullable: a person may lack it.
    pub kind: Kind,
}

/// A closed set of values.
#[derive(Debug)]
pub struct Choice {
    /// As declared.
    pub name: &'static str,
    /// In declared order.
    pub variants: &'static [Variant],
}

/// One value of a [`Choice`].
#[derive(Debug)]
pub struct Variant {
    /// As declared and as stored.
    pub name: &'static str,
    /// As shown.
    pub title: &'static str,
}

/// One model: a table, its pages and its rules.
#[derive(Debug)]
pub struct Model {
    /// Index into [`Panel::models`].
    pub index: usize,
    /// As declared: `Patient`.
    pub name: &'static str,
    /// Doc comment.
    pub doc: &'static str,
    /// In words: "Patient".
    pub title: &'static str,
    /// In words: "Patients".
    pub plural: &'static str,
    /// Path segment: `patients`.
    pub slug: &'static str,
    /// Table name in the database.
    pub table: &'static str,
    /// Declared fields. Every table also has `id` (64-bit, never reused) and `version` (counts up with each change).
    pub fields: &'static [Field],
    /// Fields whose text names a row; empty: the title and id do.
    pub label: &'static [usize],
    /// Columns of the list page, before rights.
    pub list: &'static [usize],
    /// Fields that the search box looks in, before rights.
    pub search: &'static [usize],
    /// Fields offered as filters, before rights.
    pub filter: &'static [usize],
    /// Default order, before rights; ties are broken by id.
    pub sort: &'static [Sort],
    /// Groups of the form; every field is in one.
    pub sections: &'static [Section],
    /// Related rows shown with a row of this model.
    pub inlines: &'static [Inline],
    /// What every row must fulfil.
    pub checks: &'static [Check],
    /// Declared actions.
    pub actions: &'static [Action],
}

/// Default order by one field.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    /// Index into [`Model::fields`].
    pub field: usize,
    /// Largest first.
    pub descending: bool,
}

/// A titled group of fields of the form.
#[derive(Debug)]
pub struct Section {
    /// Empty for the one that collects fields in no declared group.
    pub title: &'static str,
    /// Indexes into [`Model::fields`].
    pub fields: &'static [usize],
}

/// Rows of another model that point at a row of this one.
#[derive(Debug)]
pub struct Inline {
    /// The other model.
    pub model: usize,
    /// Its foreign key that points here.
    pub key: usize,
    /// Its columns.
    pub fields: &'static [usize],
}

/// A condition on every row; checked before a write, in the same transaction.
#[derive(Debug)]
pub struct Check {
    /// Shown when it does not hold.
    pub message: &'static str,
    /// Must be true or unknown (a null operand).
    pub predicate: Predicate,
}

/// A declared action.
#[derive(Debug)]
pub struct Action {
    /// As declared: `approve`.
    pub name: &'static str,
    /// In words: "Approve".
    pub title: &'static str,
    /// Doc comment.
    pub doc: &'static str,
    /// Fields that it may write; any other write by its body is refused.
    pub writes: &'static [usize],
    /// Whether it may send mail.
    pub mails: bool,
}

/// One field.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a table of independent words of the block, not a state")]
pub struct Field {
    /// Index into [`Model::fields`].
    pub index: usize,
    /// As declared, and the column name.
    pub name: &'static str,
    /// In words: "Created at".
    pub title: &'static str,
    /// Doc comment or `help "…"`.
    pub help: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Null is a value of it.
    pub optional: bool,
    /// No two rows share a value.
    pub unique: bool,
    /// Asked for an index.
    pub index_wanted: bool,
    /// What a new row gets when the form leaves it out.
    pub default: Option<Literal>,
    /// Code points of text, bytes of `Bytes`; inclusive.
    pub min_len: Option<u32>,
    /// Code points of text, bytes of `Bytes`; inclusive.
    pub max_len: Option<u32>,
    /// Smallest value.
    pub min: Option<Literal>,
    /// Largest value.
    pub max: Option<Literal>,
    /// A regular expression that the whole text must match; it compiled while compiling.
    pub pattern: Option<&'static str>,
    /// Must lie before now (a date: not after today, UTC).
    pub past: bool,
    /// Must lie after now (a date: not before today, UTC).
    pub future: bool,
    /// Never written by a form.
    pub readonly: bool,
    /// Written by the framework.
    pub automatic: Option<Automatic>,
    /// How far the value may travel.
    pub sensitivity: Sensitivity,
    /// A change of it may carry the row out of the scope of whoever makes it.
    pub transfers: bool,
}

impl Field {
    /// A field with nothing said beyond its type.
    #[must_use]
    pub const fn new(index: usize, name: &'static str, title: &'static str, kind: Kind) -> Self {
        Self {
            index,
            name,
            title,
            help: "",
            kind,
            optional: false,
            unique: false,
            index_wanted: false,
            default: None,
            min_len: None,
            max_len: None,
            min: None,
            max: None,
            pattern: None,
            past: false,
            future: false,
            readonly: false,
            automatic: None,
            sensitivity: Sensitivity::Internal,
            transfers: false,
        }
    }

    /// Whether a form may ever write it, rights apart.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !self.readonly && self.automatic.is_none()
    }
}

/// Who writes an automatic field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// The time of the insert.
    Created,
    /// The time of the newest change.
    Updated,
    /// The person who inserts.
    Author,
}

/// Type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line of text.
    String,
    /// Many lines.
    Text,
    /// One address of mail.
    Email,
    /// An absolute http or https URL.
    Url,
    /// Yes or no.
    Bool,
    /// 32-bit signed.
    I32,
    /// 64-bit signed.
    I64,
    /// 64-bit float, finite.
    F64,
    /// Exact decimal; `precision` ≤ 18 digits in all, `scale` after the point.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// A day.
    Date,
    /// A time of day, to the second.
    Time,
    /// A moment, UTC in the store, to the microsecond.
    Timestamp,
    /// 128-bit identifier.
    Uuid,
    /// Any JSON value.
    Json,
    /// Write-only: kept as an Argon2id hash, never read.
    Secret,
    /// Bytes.
    Bytes,
    /// Index into [`Panel::choices`].
    Choice(usize),
    /// A person of the panel.
    Actor,
    /// A foreign key: index into [`Panel::models`].
    Model(usize, OnDelete),
}

/// What happens to a row when the row that it points at is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// The delete is refused.
    Restrict,
    /// It goes along.
    Cascade,
    /// Its key becomes null.
    SetNull,
}

/// How far a value may travel, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Anywhere.
    Public,
    /// Inside the panel: what a field is without a word.
    Internal,
    /// About a person.
    Personal,
    /// Granted only by naming the model.
    Sensitive,
    /// Never read.
    Secret,
}

/// Fields of one model, bit by index; a model has at most 128.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldSet(pub u128);

impl FieldSet {
    /// Without any field.
    pub const NONE: Self = Self(0);
    /// With every field that there can be.
    pub const ALL: Self = Self(u128::MAX);

    /// Whether the field is in.
    #[must_use]
    pub fn contains(self, field: usize) -> bool {
        field < 128 && self.0 >> field & 1 == 1
    }

    /// In either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// In both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether no field is in.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// With one more.
    #[must_use]
    pub fn with(self, field: usize) -> Self {
        Self(self.0 | 1 << field)
    }
}

/// One role and all that it holds.
#[derive(Debug)]
pub struct Role {
    /// Index into [`Panel::roles`].
    pub index: usize,
    /// As declared and as stored with a person.
    pub name: &'static str,
    /// In words.
    pub title: &'static str,
    /// Doc comment: the job description.
    pub doc: &'static str,
    /// The roles directly above (`under X`), as declared either way round.
    pub under: &'static [usize],
    /// As high as these over people.
    pub beside: &'static [usize],
    /// Every right over models, stars spelled out.
    pub cells: &'static [Cell],
    /// Rights over the framework's own tables.
    pub framework: &'static [FrameworkCell],
    /// Authority over people.
    pub people: &'static [PeopleCell],
    /// The clauses as written, for `policy show` and explain.
    pub grants: &'static [Clause],
    /// A second factor is required.
    pub factor_required: bool,
    /// At least so many people hold it, always.
    pub keep: u32,
}

/// One right: this verb on this model, these fields of these rows.
#[derive(Debug)]
pub struct Cell {
    /// What may be done.
    pub verb: Verb,
    /// Index into [`Panel::models`].
    pub model: usize,
    /// Which fields (all of the model for delete and actions).
    pub fields: FieldSet,
    /// Which rows; none: all.
    pub when: Option<Predicate>,
    /// `may`: not held, can be lent.
    pub lendable: bool,
    /// The clause that says so: index into [`Role::grants`].
    pub grant: usize,
}

impl Cell {
    /// A right that is held, in every row.
    #[must_use]
    pub const fn new(verb: Verb, model: usize, fields: FieldSet, grant: usize) -> Self {
        Self { verb, model, fields, when: None, lendable: false, grant }
    }
}

/// What may be done with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Read.
    View,
    /// Insert.
    Create,
    /// Change.
    Edit,
    /// Remove.
    Delete,
    /// Take away in bulk.
    Export,
    /// Bring in, in bulk.
    Import,
    /// A declared action: index into [`Model::actions`].
    Act(usize),
}

/// A right over a table of the framework.
#[derive(Debug)]
pub struct FrameworkCell {
    /// View or Export.
    pub verb: Verb,
    /// Which table.
    pub subject: Framework,
    /// The clause that says so.
    pub grant: usize,
}

/// The framework's own pages that can be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framework {
    /// The audit log.
    Audit,
    /// Who there is.
    People,
}

/// Authority over people who hold a role.
#[derive(Debug)]
pub struct PeopleCell {
    /// What may be done.
    pub verb: PeopleVerb,
    /// Over holders of this role (for assign: giving it).
    pub target: usize,
    /// `may`: not held, can be lent.
    pub lendable: bool,
    /// The clause that says so.
    pub grant: usize,
}

/// What may be done with people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeopleVerb {
    /// Give a role.
    Assign,
    /// Start a reset of the password.
    Reset,
    /// Lock an account.
    Lock,
    /// Unlock it.
    Unlock,
    /// End sessions.
    Revoke,
}

/// A clause of the block as written.
#[derive(Debug)]
pub struct Clause {
    /// Its text.
    pub text: &'static str,
    /// Line in the file that holds the block; 0 when the compiler does not tell.
    pub line: u32,
}

/// Length rules of passwords, in code points.
#[derive(Debug, Clone, Copy)]
pub struct Password {
    /// Without a second factor.
    pub min: u32,
    /// With one.
    pub min_with_factor: u32,
    /// The embedded list of common passwords is checked.
    pub blocklist: bool,
}

/// Lifetimes of sessions, seconds.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Without a request.
    pub idle: u64,
    /// In all.
    pub absolute: u64,
    /// How long a proof of identity is fresh.
    pub reauth: u64,
    /// Sessions a person; the oldest ends.
    pub at_most: u32,
}

/// Limits on one kind of try.
#[derive(Debug)]
pub struct Throttle {
    /// Which.
    pub name: ThrottleName,
    /// All must allow.
    pub limits: &'static [Limit],
    /// Shortest and longest wait after the free tries, seconds.
    pub wait: Option<(u64, u64)>,
    /// Failures in a row after which only recovery helps.
    pub cap: Option<u32>,
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrottleName {
    /// Sign-in with a password.
    Login,
    /// The second factor.
    Factor,
    /// A fresh proof of identity.
    Reauth,
    /// Asking for and using a way back in.
    Recovery,
    /// Exports.
    Export,
    /// API tokens.
    Token,
}

/// So many in a window, counted by a key.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Tries allowed in the window.
    pub count: u32,
    /// Seconds.
    pub window: u64,
    /// What is counted.
    pub by: By,
}

/// What a limit counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The e-mail address tried, whether or not it exists.
    Account,
    /// The network address (IPv4 /32, IPv6 /64).
    Address,
    /// The session.
    Session,
    /// The person signed in.
    Actor,
    /// The API token.
    Token,
}

/// Ways back in; lifetimes in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Recovery {
    /// A mailed link.
    pub by_email: Option<u64>,
    /// A link that an administrator starts; also the lifetime of invitations.
    pub by_administrator: Option<u64>,
    /// Saved codes a person.
    pub codes: Option<u32>,
    /// From the command line.
    pub break_glass: bool,
}

/// What needs a fresh proof of identity.
#[derive(Debug, Clone, Copy)]
pub enum Reauth {
    /// A verb on any model.
    Verb(Verb),
    /// One action of one model.
    Action(usize, usize),
    /// A verb over people.
    People(PeopleVerb),
}

/// One part of the home page.
#[derive(Debug)]
pub enum Widget {
    /// How many rows the viewer may see.
    Count {
        /// Of this model.
        model: usize,
        /// Only these rows.
        when: Option<Predicate>,
    },
    /// Rows by day.
    Chart {
        /// Of this model.
        model: usize,
        /// Only these rows.
        when: Option<Predicate>,
        /// A date or timestamp field.
        field: usize,
        /// So many days back.
        days: u32,
    },
    /// The newest rows.
    Latest {
        /// Of this model.
        model: usize,
        /// How many.
        count: u32,
    },
}

/// An accepted exception from a policy rule.
#[derive(Debug)]
pub struct Accept {
    /// The rule's name.
    pub rule: &'static str,
    /// Why.
    pub reason: &'static str,
    /// `YYYY-MM-DD`; none: for good.
    pub until: Option<&'static str>,
    /// Where it stands: the panel's, a role's or a model's name.
    pub owner: &'static str,
}

impl Panel {
    /// The model with this path segment.
    #[must_use]
    pub fn model_by_slug(&self, slug: &str) -> Option<&'static Model> {
        self.models.iter().find(|m| m.slug == slug)
    }

    /// The role with this stored name, letter case apart.
    #[must_use]
    pub fn role_by_name(&self, name: &str) -> Option<&'static Role> {
        self.roles.iter().find(|r| r.name.eq_ignore_ascii_case(name))
    }

    /// The limits on one kind of try.
    #[must_use]
    pub fn throttle(&self, name: ThrottleName) -> Option<&'static Throttle> {
        self.throttles.iter().find(|t| t.name == name)
    }
}

impl Model {
    /// The field of this name.
    #[must_use]
    pub fn field_by_name(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.name == name)
    }
}

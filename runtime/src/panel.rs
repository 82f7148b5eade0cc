//! The static tables that `admin!` fills in: one `Panel` with everything the block declares, as plain data. Behaviour
//! stands elsewhere; nothing here decides.
//!
//! Indexes (`usize`) point into the slice that the name says. Durations are seconds.

mod access;
mod model;
mod role;

pub use self::access::{By, Factors, Limit, Password, Reauth, Recovery, Session, Throttle, ThrottleName};
pub use self::model::{Action, Automatic, Check, Field, Inline, Model, Section, Sensitivity, Sort};
pub use self::role::{Cell, Framework, FrameworkCell, PeopleCell, PeopleVerb, Role, Verb};
pub use crate::kind::{FieldSet, KeyKind, Kind, Links, OnDelete};
use crate::predicate::Predicate;

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
    /// Steps that no one person takes on one row.
    pub one_person: &'static [Apart],
    /// Length rules of passwords.
    pub password: Password,
    /// Lifetimes of sessions.
    pub session: Session,
    /// Which second factors there are.
    pub factors: Factors,
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
    /// The source file that holds the block, as the compiler names it; [`Clause::line`] counts in it.
    pub file: &'static str,
    /// It was built past its `policy.lock`, only to accept a new one; it must not serve.
    pub lock_passed_over: bool,
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
    /// As stored: as declared, unless the block says `stored "…"`.
    pub name: &'static str,
    /// As shown.
    pub title: &'static str,
}

/// A clause of the block as written.
#[derive(Debug)]
pub struct Clause {
    /// Its text.
    pub text: &'static str,
    /// Line in the file that holds the block; 0 when the compiler does not tell.
    pub line: u32,
}

/// `forbid one_person a, b`.
#[derive(Debug)]
pub struct Apart {
    /// The clause as written.
    pub text: &'static str,
    /// What is kept apart: verb, and model by index.
    pub steps: &'static [(Verb, usize)],
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

    /// Whether programs may come with API tokens: only where the block limits how often.
    #[must_use]
    pub fn has_api(&self) -> bool {
        self.throttle(ThrottleName::Token).is_some()
    }

    /// The limits on one kind of try.
    #[must_use]
    pub fn throttle(&self, name: ThrottleName) -> Option<&'static Throttle> {
        self.throttles.iter().find(|t| t.name == name)
    }
}

//! The clauses about people: what a role may do, what must never be, how one gets in and back in. As they were written.

use proc_macro2::Ident;

use super::{Names, Predicate, Text};
use crate::panel::Place;

#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) doc: String,
    pub(crate) name: Option<Ident>,
    pub(crate) under: Vec<Ident>,
    pub(crate) above: Vec<Ident>,
    pub(crate) beside: Vec<Ident>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) factor_required: Option<Place>,
    pub(crate) keeps: Vec<(u32, Place)>,
    pub(crate) accepts: Vec<Accept>,
    /// Over `role Name`.
    pub(crate) place: Place,
}

/// `may view, edit Patient { name }, Visit when … reveal "…";`.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) text: String,
    pub(crate) may: Option<Place>,
    pub(crate) verbs: Vec<Ident>,
    pub(crate) targets: Vec<Target>,
    pub(crate) when: Option<Predicate>,
    pub(crate) reveal: Option<Text>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Target {
    /// None: `*`.
    pub(crate) name: Option<Ident>,
    pub(crate) fields: Option<Names>,
    /// Over the name or the star.
    pub(crate) place: Place,
}

/// `forbid Role, Role verb, verb Target, Target when …;`.
#[derive(Debug)]
pub(crate) struct Forbid {
    pub(crate) text: String,
    /// None: `*`, every role.
    pub(crate) roles: Option<Vec<Ident>>,
    pub(crate) verbs: Vec<Ident>,
    pub(crate) targets: Vec<Target>,
    pub(crate) when: Option<Predicate>,
    pub(crate) place: Place,
}

/// `forbid one_person create Invoice, approve Invoice;`.
#[derive(Debug)]
pub(crate) struct OnePerson {
    pub(crate) text: String,
    pub(crate) steps: Vec<(Ident, Ident)>,
    pub(crate) place: Place,
}

/// `factor totp, passkey alone;`: the kinds that there are, each with its `alone`, if it has one.
#[derive(Debug)]
pub(crate) struct Factors {
    pub(crate) kinds: Vec<(Ident, Option<Ident>)>,
    pub(crate) place: Place,
}

/// `password …;` and `session …;`: words with a value each.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) settings: Vec<(Ident, Setting)>,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Setting {
    Count(u32),
    Seconds(u64),
    Word(Ident),
}

#[derive(Debug)]
pub(crate) struct Throttle {
    pub(crate) name: Option<Ident>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) wait: Option<(u64, u64)>,
    pub(crate) cap: Option<u32>,
    pub(crate) place: Place,
}

/// `5 per 15min by account`.
#[derive(Debug)]
pub(crate) struct Limit {
    pub(crate) count: u32,
    pub(crate) window: u64,
    pub(crate) by: Option<Ident>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Recovery {
    pub(crate) ways: Vec<Way>,
    /// Over the word.
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) enum Way {
    /// `link by email for 30min;`.
    Link {
        by: Ident,
        seconds: Option<u64>,
        place: Place,
    },
    Codes(Option<u32>, Place),
    BreakGlass(Place),
}

#[derive(Debug)]
pub(crate) struct Reauth {
    pub(crate) words: Vec<Ident>,
}

/// `accept RULE "reason" until "2027-06-30";`.
#[derive(Debug)]
pub(crate) struct Accept {
    pub(crate) rule: Option<Ident>,
    pub(crate) reason: Option<Text>,
    pub(crate) until: Option<Text>,
    pub(crate) place: Place,
}

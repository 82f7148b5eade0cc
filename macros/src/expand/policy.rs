//! The tables of who may do what, and of how people get in: roles, forbids, limits, lifetimes, accepted exceptions.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;

use super::names::{index, optional, plain};
use super::predicates::predicate;
use crate::panel::{
    Accept, By, Framework, Owner, Panel, PeopleVerb, Place, ReauthWhat, Role, RoleId, Throttle, ThrottleName, Verb,
};

pub(super) fn role(panel: &Panel, number: usize, role: &Role) -> TokenStream {
    let name = plain(&role.name);
    let Role { title, doc, .. } = role;
    // `A above B` is `B under A`.
    let above_me = panel.roles.iter().enumerate().filter(|(other, over)| {
        let id = RoleId(number);
        role.under.iter().any(|(under, _)| under.0 == *other) || over.above.iter().any(|(under, _)| *under == id)
    });
    let under = above_me.map(|(other, _)| index(other));
    let beside = role.beside.iter().map(|(other, _)| index(other.0));
    let cells = role.cells.iter().map(|cell| {
        let (verb, model, grant) = (verb(cell.verb), index(cell.model.0), index(cell.grant.0));
        let fields = field_set(cell.fields.0);
        let plain = quote! { Cell::new(#verb, #model, #fields, #grant) };
        let when = cell.when.as_ref().map(|when| {
            let when = predicate(panel, when);
            quote! { when: Some(#when), }
        });
        let lendable = cell.lendable.then(|| quote! { lendable: true, });
        let reveal = role.grants.get(cell.grant.0).and_then(|grant| grant.reveal.as_ref()).map(|(reason, _)| {
            quote! { reveal: Some(#reason), }
        });
        if when.is_none() && lendable.is_none() && reveal.is_none() {
            plain
        } else {
            quote! { Cell { #when #lendable #reveal ..#plain } }
        }
    });
    let framework = role.framework.iter().map(|cell| {
        let (verb, grant) = (verb(cell.verb), index(cell.grant.0));
        let subject = match cell.subject {
            Framework::Audit => quote! { Audit },
            Framework::People => quote! { People },
        };
        quote! { FrameworkCell { verb: #verb, subject: Framework::#subject, grant: #grant } }
    });
    let people = role.people.iter().map(|cell| {
        let (verb, target, grant) = (people_verb(cell.verb), index(cell.target.0), index(cell.grant.0));
        let lendable = cell.lendable;
        quote! { PeopleCell { verb: #verb, target: #target, lendable: #lendable, grant: #grant } }
    });
    let grants = role.grants.iter().map(|grant| clause(&grant.text, grant.place));
    let (number, factor_required) = (index(number), role.factor_required.is_some());
    let keep = Literal::u32_unsuffixed(role.keep.map_or(0, |(keep, _)| keep));
    quote! {
        Role {
            index: #number,
            name: #name,
            title: #title,
            doc: #doc,
            under: &[#(#under),*],
            beside: &[#(#beside),*],
            cells: &[#(#cells),*],
            framework: &[#(#framework),*],
            people: &[#(#people),*],
            grants: &[#(#grants),*],
            factor_required: #factor_required,
            keep: #keep,
        }
    }
}

/// In hexadecimal, a bit a field.
fn field_set(bits: u128) -> TokenStream {
    let text = format!("{bits:#x}");
    let literal: Literal = text.parse().unwrap_or_else(|_| Literal::u128_unsuffixed(bits));
    quote! { FieldSet(#literal) }
}

fn clause(text: &str, place: Place) -> TokenStream {
    let line = Literal::u32_unsuffixed(line(place.first));
    quote! { Clause { text: #text, line: #line } }
}

/// 0 outside a compiler.
fn line(span: Span) -> u32 {
    if proc_macro::is_available() { u32::try_from(span.unwrap().line()).unwrap_or(0) } else { 0 }
}

/// The fields of `Panel` from `forbids` to `accepts`.
pub(super) fn of_panel(panel: &Panel) -> TokenStream {
    let forbids = panel.forbids.iter().map(|forbid| clause(&forbid.text, forbid.place));
    let one_person = panel.one_person.iter().map(|forbid| clause(&forbid.text, forbid.place));
    let apart = panel.one_person.iter().map(|forbid| {
        let text = &forbid.text;
        let steps = forbid.steps.iter().map(|(what, model, _)| {
            let (verb, model) = (verb(*what), index(model.0));
            quote! { (#verb, #model) }
        });
        quote! { Apart { text: #text, steps: &[#(#steps),*] } }
    });
    let (min, with_factor) =
        (Literal::u32_unsuffixed(panel.password.min), Literal::u32_unsuffixed(panel.password.min_with_factor));
    let blocklist = panel.password.blocklist;
    let crate::panel::Factors { totp, passkey, alone, .. } = panel.factors;
    let session = &panel.session;
    let [idle, absolute, reauth, ruling_idle, ruling_absolute] =
        [session.idle, session.absolute, session.reauth, session.ruling_idle, session.ruling_absolute]
            .map(Literal::u64_unsuffixed);
    let at_most = Literal::u32_unsuffixed(panel.session.at_most);
    let throttles = panel.throttles.iter().map(throttle);
    let seconds = |given: Option<u64>| optional(given.map(Literal::u64_unsuffixed));
    let by_email = seconds(panel.recovery.by_email.map(|(seconds, _)| seconds));
    let by_administrator = seconds(panel.recovery.by_administrator.map(|(seconds, _)| seconds));
    let codes = optional(panel.recovery.codes.map(|(codes, _)| Literal::u32_unsuffixed(codes)));
    // Without the clause the command line stays.
    let break_glass = panel.recovery.place.is_none() || panel.recovery.break_glass.is_some();
    let proofs = panel.reauth.iter().flat_map(|reauth| proof(&reauth.what));
    let accepts = panel.accepts.iter().map(|one| accept(panel, one));
    quote! {
        forbids: &[#(#forbids,)* #(#one_person),*],
        one_person: &[#(#apart),*],
        password: Password { min: #min, min_with_factor: #with_factor, blocklist: #blocklist },
        session: Session {
            idle: #idle,
            absolute: #absolute,
            reauth: #reauth,
            at_most: #at_most,
            ruling_idle: #ruling_idle,
            ruling_absolute: #ruling_absolute,
        },
        factors: Factors { totp: #totp, passkey: #passkey, alone: #alone },
        throttles: &[#(#throttles),*],
        recovery: Recovery {
            by_email: #by_email,
            by_administrator: #by_administrator,
            codes: #codes,
            break_glass: #break_glass,
        },
        reauth: &[#(#proofs),*],
        accepts: &[#(#accepts),*],
    }
}

fn throttle(throttle: &Throttle) -> TokenStream {
    let name = match throttle.name {
        ThrottleName::Login => quote! { Login },
        ThrottleName::Factor => quote! { Factor },
        ThrottleName::Reauth => quote! { Reauth },
        ThrottleName::Recovery => quote! { Recovery },
        ThrottleName::Export => quote! { Export },
        ThrottleName::Token => quote! { Token },
    };
    let limits = throttle.limits.iter().map(|limit| {
        let (count, window) = (Literal::u32_unsuffixed(limit.count), Literal::u64_unsuffixed(limit.window));
        let by = match limit.by {
            By::Account => quote! { Account },
            By::Address => quote! { Address },
            By::Session => quote! { Session },
            By::Actor => quote! { Actor },
            By::Token => quote! { Token },
        };
        quote! { Limit { count: #count, window: #window, by: By::#by } }
    });
    let wait = optional(throttle.wait.map(|(from, to)| {
        let (from, to) = (Literal::u64_unsuffixed(from), Literal::u64_unsuffixed(to));
        quote! { (#from, #to) }
    }));
    let cap = optional(throttle.cap.map(Literal::u32_unsuffixed));
    quote! { Throttle { name: ThrottleName::#name, limits: &[#(#limits),*], wait: #wait, cap: #cap } }
}

fn proof(what: &ReauthWhat) -> Vec<TokenStream> {
    match what {
        ReauthWhat::Verb(one) => {
            let verb = verb(*one);
            vec![quote! { Reauth::Verb(#verb) }]
        }
        ReauthWhat::Actions(actions) => actions
            .iter()
            .map(|(model, action)| {
                let (model, action) = (index(model.0), index(action.0));
                quote! { Reauth::Action(#model, #action) }
            })
            .collect(),
        ReauthWhat::People(one) => {
            let verb = people_verb(*one);
            vec![quote! { Reauth::People(#verb) }]
        }
    }
}

fn accept(panel: &Panel, accept: &Accept) -> TokenStream {
    let Accept { rule, reason, .. } = accept;
    let until = optional(accept.until.map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}")));
    let owner = plain(match accept.owner {
        Owner::Panel => &panel.name,
        Owner::Role(role) => &panel.role(role).name,
        Owner::Model(model) => &panel.model(model).name,
    });
    quote! { Accept { rule: #rule, reason: #reason, until: #until, owner: #owner } }
}

fn verb(verb: Verb) -> TokenStream {
    match verb {
        Verb::View => quote! { Verb::View },
        Verb::Create => quote! { Verb::Create },
        Verb::Edit => quote! { Verb::Edit },
        Verb::Delete => quote! { Verb::Delete },
        Verb::Export => quote! { Verb::Export },
        Verb::Import => quote! { Verb::Import },
        Verb::Act(action) => {
            let action = index(action.0);
            quote! { Verb::Act(#action) }
        }
    }
}

fn people_verb(verb: PeopleVerb) -> TokenStream {
    match verb {
        PeopleVerb::Assign => quote! { PeopleVerb::Assign },
        PeopleVerb::Reset => quote! { PeopleVerb::Reset },
        PeopleVerb::Lock => quote! { PeopleVerb::Lock },
        PeopleVerb::Unlock => quote! { PeopleVerb::Unlock },
        PeopleVerb::Revoke => quote! { PeopleVerb::Revoke },
    }
}

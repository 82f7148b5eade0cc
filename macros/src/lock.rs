//! `policy.lock`, the effective policy as somebody accepted it: found beside Cargo.toml, read with the grammar of the
//! block itself. It compares nothing; the rule `policy_is_locked` does.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::{Block, HeadSetting};
use crate::diag::{Diags, Level};
use crate::panel::{Lock, LockedAccept, LockedAction, LockedOwner};
use crate::resolve::{plain, resolve, settings};

/// Beside the Cargo.toml of the crate that holds the block.
const FILE: &str = "policy.lock";
/// Set while building what is to accept a wider policy; such a binary serves nobody.
const ACCEPTING: &str = "BAILIWICK_ACCEPT";

/// What there is to compare with.
#[derive(Debug)]
pub(crate) enum Found {
    /// No file: nothing is locked.
    Nothing,
    /// A file, and the build is told to pass over it.
    PassedOver,
    /// Its text, or why it can't be read.
    Text(Result<String, String>),
}

/// Looks beside the Cargo.toml of the crate that is being compiled.
pub(crate) fn find() -> Found {
    match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(folder) => find_in(&PathBuf::from(folder), std::env::var_os(ACCEPTING).is_some()),
        None => Found::Nothing,
    }
}

fn find_in(folder: &Path, accepting: bool) -> Found {
    let file = folder.join(FILE);
    match std::fs::read_to_string(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Found::Nothing,
        _ if accepting => Found::PassedOver,
        Ok(text) => Found::Text(Ok(text)),
        Err(error) => Found::Text(Err(error.to_string())),
    }
}

impl Found {
    /// Whether the binary may serve: not if it was built past the lock.
    pub(crate) fn is_passed_over(&self) -> bool {
        matches!(self, Self::PassedOver)
    }

    /// What makes cargo build anew when the file or the variable changes.
    pub(crate) fn watched(&self) -> TokenStream {
        let file = match self {
            Self::Nothing => None,
            _ => Some(quote! {
                const _: &[u8] = ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #FILE));
            }),
        };
        quote! {
            #file
            const _: ::core::option::Option<&str> = ::core::option_env!(#ACCEPTING);
        }
    }

    /// What the file says, with the block's own models, choices and attributes behind its names. A name that the block
    /// no longer has locks nothing.
    pub(crate) fn read(self, block: &mut Block) -> Option<Lock> {
        match self {
            Self::Nothing | Self::PassedOver => None,
            Self::Text(Err(error)) => Some(Lock { fault: Some(error), ..Lock::default() }),
            Self::Text(Ok(text)) => Some(read(&text, block)),
        }
    }
}

pub(crate) fn read(text: &str, block: &mut Block) -> Lock {
    let broken = |fault: String| Lock { fault: Some(fault), ..Lock::default() };
    let tokens: TokenStream = match text.parse() {
        Ok(tokens) => tokens,
        Err(_) => return broken("it is no text that a block could hold".to_owned()),
    };
    let mut said = Diags::new();
    let mut locked = crate::parse::parse(tokens, &mut said);
    if let Some(first) = said.iter().find(|diag| diag.level == Level::Error) {
        return broken(first.message.clone());
    }
    let name = match locked.panels.as_slice() {
        [head] => head.name.as_ref().map(plain).unwrap_or_default(),
        _ => return broken("it names no panel, or more than one".to_owned()),
    };
    let actions = locked.models.iter().flat_map(actions).collect();
    let one_person = locked
        .one_person
        .iter()
        .map(|clause| clause.steps.iter().map(|(verb, model)| (plain(verb), plain(model))).collect());
    let one_person = one_person.collect();
    let unheard = &mut Diags::new();
    let proxies = locked.panels.iter().flat_map(|head| &head.settings).find_map(|setting| match setting {
        HeadSetting::Proxies(ranges, _) => Some(ranges.iter().map(|range| range.value.clone()).collect()),
        _ => None,
    });
    let factors = locked.factors.first().map(|clause| settings::factors(Some(clause), true, unheard));
    let password = locked.passwords.first().map(|clause| settings::password(clause, unheard));
    let session = locked.sessions.first().map(|clause| settings::session(clause, unheard));
    let recovery = locked.recoveries.first().map(|clause| settings::recovery(Some(clause), unheard));
    let throttles = settings::declared_throttles(&locked.throttles, unheard);
    let accepts = accepts(&locked);
    // Rights and `reauth` of the lock speak of the block's own rows, fields and actions.
    let mut swap = |block: &mut Block| {
        std::mem::swap(&mut block.roles, &mut locked.roles);
        std::mem::swap(&mut block.reauths, &mut locked.reauths);
    };
    swap(block);
    let panel = resolve(block, &mut Diags::new());
    swap(block);
    Lock {
        name,
        fault: None,
        roles: panel.roles,
        reauth: panel.reauth,
        actions,
        one_person,
        accepts,
        proxies,
        factors,
        password,
        session,
        recovery,
        throttles,
    }
}

fn accepts(locked: &Block) -> Vec<LockedAccept> {
    let of_panel = locked.accepts.iter().chain(locked.panels.iter().flat_map(|head| &head.accepts));
    let mut all: Vec<LockedAccept> = of_panel.filter_map(|accept| one_accept(accept, LockedOwner::Panel)).collect();
    for role in &locked.roles {
        let name = || LockedOwner::Role(role.name.as_ref().map(plain).unwrap_or_default());
        all.extend(role.accepts.iter().filter_map(|accept| one_accept(accept, name())));
    }
    for model in &locked.models {
        let name = || LockedOwner::Model(model.name.as_ref().map(plain).unwrap_or_default());
        all.extend(model.accepts.iter().filter_map(|accept| one_accept(accept, name())));
    }
    all
}

fn one_accept(accept: &crate::ast::Accept, of: LockedOwner) -> Option<LockedAccept> {
    // A day that is none has passed.
    let until = accept.until.as_ref().map(|text| settings::day(&text.value).unwrap_or_default());
    Some(LockedAccept { rule: plain(accept.rule.as_ref()?), of, until })
}

fn actions(model: &crate::ast::Model) -> Vec<LockedAction> {
    let words =
        |names: &Option<Vec<proc_macro2::Ident>>| -> Vec<String> { names.iter().flatten().map(plain).collect() };
    let Some(name) = &model.name else { return Vec::new() };
    let named = model.actions.iter().filter_map(|action| Some((action, action.name.as_ref()?)));
    named
        .map(|(action, word)| LockedAction {
            model: plain(name),
            action: plain(word),
            writes: words(&action.writes),
            mails: action.mails.is_some(),
        })
        .collect()
}

#[cfg(test)]
mod tests;

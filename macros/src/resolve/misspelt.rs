//! A model that is misspelt where it is declared: told there, once, and not at each place that spells it right.

use std::collections::BTreeMap;

use super::names::{Names, plain};
use crate::diag::Diags;
use crate::panel::{ModelId, Name};
use crate::similar;

/// From so many places on it is the declaration that is to be looked at.
const SEVERAL: usize = 2;
/// How a name in vain is told, before the name.
const IN_VAIN: [&str; 2] = ["there is no model `", "there is no type, choice or model `"];

/// Several places name a model that is not there, and one that is nearly called so is named nowhere.
pub(super) fn declarations(names: &Names<'_>, diags: &mut Diags) {
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for diag in diags.iter().filter(|diag| diag.rule == "unknown_name") {
        if let Some(word) = word_of(&diag.message) {
            *wanted.entry(word.to_owned()).or_default() += 1;
        }
    }
    let is_named = |model: usize| {
        names.mentions.borrow().iter().any(|mention| matches!(mention.name, Name::Model(ModelId(of)) if of == model))
    };
    for (word, places) in wanted.into_iter().filter(|(_, places)| *places >= SEVERAL) {
        let lonely = names.models.iter().enumerate().filter(|(model, _)| !is_named(*model));
        let lonely: Vec<_> = lonely.map(|(_, (name, _))| (plain(name), *name)).collect();
        let Some(near) = similar::nearest(&word, lonely.iter().map(|(name, _)| name.as_str())) else { continue };
        let Some((_, declared)) = lonely.iter().find(|(name, _)| name == near) else { continue };
        let message =
            format!("{places} places name a model `{word}`, and `{near}`, which is declared, is named by none");
        diags.suppress(|diag| diag.rule == "unknown_name" && word_of(&diag.message) == Some(&word));
        diags
            .error("unknown_name", *declared, message)
            .help(format!("declare `model {word} {{ … }}`, or write `{near}` in those places"));
    }
}

fn word_of(message: &str) -> Option<&str> {
    IN_VAIN.iter().find_map(|before| message.strip_prefix(before))?.strip_suffix('`')
}

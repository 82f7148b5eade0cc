//! How rights are put in words, so that every rule says the same thing the same way.

use super::policy::{Held, Lack, Policy};
use crate::panel::{FieldSet, Framework, Model, ModelId, PeopleVerb, RoleId, Verb};

/// `view`, or the name of the action.
pub(super) fn verb(model: &Model, verb: Verb) -> String {
    match verb {
        Verb::Act(action) => model.actions.get(action.0).map(|a| plain(&a.name)).unwrap_or_default(),
        other => verb_alone(other).to_owned(),
    }
}

/// A verb that needs no model to have a name.
pub(super) fn verb_alone(verb: Verb) -> &'static str {
    match verb {
        Verb::View => "view",
        Verb::Create => "create",
        Verb::Edit => "edit",
        Verb::Delete => "delete",
        Verb::Export => "export",
        Verb::Import => "import",
        Verb::Act(_) => "act",
    }
}

pub(super) fn people_verb(verb: PeopleVerb) -> &'static str {
    match verb {
        PeopleVerb::Assign => "assign",
        PeopleVerb::Reset => "reset",
        PeopleVerb::Lock => "lock",
        PeopleVerb::Unlock => "unlock",
        PeopleVerb::Revoke => "revoke",
    }
}

pub(super) fn framework(subject: Framework) -> &'static str {
    match subject {
        Framework::Audit => "Audit",
        Framework::People => "People",
    }
}

/// `a`, `b` and `c`; each word once.
pub(super) fn names<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    joined(names.into_iter().map(|name| format!("`{}`", name.as_ref())), "and")
}

/// a, b or c; each word once.
pub(super) fn any_of<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    joined(words.into_iter().map(|word| word.as_ref().to_owned()), "or")
}

/// a, b and c; each word once.
pub(super) fn all_of<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    joined(words.into_iter().map(|word| word.as_ref().to_owned()), "and")
}

fn joined(words: impl Iterator<Item = String>, last: &str) -> String {
    let mut all: Vec<String> = Vec::new();
    for word in words {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    match all.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, start)) => format!("{} {last} {end}", start.join(", ")),
    }
}

/// `name` and `notes`.
pub(super) fn fields(model: &Model, set: FieldSet) -> String {
    names(model.field_ids().filter(|f| set.contains(*f)).map(|f| model.field(f).name.to_string()))
}

/// For `view Patient { name, notes };`: without backticks.
pub(super) fn braces(model: &Model, set: FieldSet) -> String {
    let names = model.field_ids().filter(|f| set.contains(*f)).map(|f| model.field(f).name.to_string());
    names.collect::<Vec<_>>().join(", ")
}

pub(super) fn model(policy: &Policy, id: ModelId) -> String {
    policy.model(id).name.to_string()
}

pub(super) fn role(policy: &Policy, id: RoleId) -> String {
    policy.role(id).name.to_string()
}

/// What is missing, as it follows "may not": at most three things, then how many more.
pub(super) fn lacks(policy: &Policy, of: RoleId, lacks: &[&Lack]) -> String {
    let mut all: Vec<String> = Vec::new();
    let mut wholes: Vec<(String, Vec<String>)> = Vec::new();
    for lack in lacks {
        let (verb, thing) = match lack {
            Lack::Cell(cell, held) => {
                let model = policy.model(cell.model);
                let verb = verb(model, cell.verb);
                match held {
                    Held::NotFields(set) => {
                        all.push(format!("{verb} {} of `{}`", fields(model, *set), model.name));
                        continue;
                    }
                    Held::NotRows => {
                        let other = role(policy, of);
                        all.push(format!("{verb} every row of `{}` that `{other}` may", model.name));
                        continue;
                    }
                    Held::Nothing | Held::All => (verb, model.name.to_string()),
                }
            }
            Lack::Framework(cell) => (verb_of_framework(cell.verb).to_owned(), framework(cell.subject).to_owned()),
            Lack::People(cell) => (people_verb(cell.verb).to_owned(), role(policy, cell.target)),
        };
        match wholes.iter_mut().find(|(_, things)| *things == [thing.clone()]) {
            Some((verbs, _)) => {
                if !verbs.split(", ").any(|v| v == verb) {
                    verbs.push_str(", ");
                    verbs.push_str(&verb);
                }
            }
            None => wholes.push((verb, vec![thing])),
        }
    }
    // The same verbs on several things are one phrase.
    let mut phrases: Vec<(String, Vec<String>)> = Vec::new();
    for (verbs, things) in wholes {
        match phrases.iter_mut().find(|(known, _)| *known == verbs) {
            Some((_, known)) => known.extend(things),
            None => phrases.push((verbs, things)),
        }
    }
    let whole = phrases.into_iter().map(|(verbs, things)| format!("{} {}", any_of(verbs.split(", ")), names(things)));
    let mut said: Vec<String> = whole.chain(all).collect();
    said.dedup();
    let more = said.len().saturating_sub(3);
    said.truncate(3);
    if more > 0 { format!("{} (and {more} more)", said.join(", ")) } else { any_of(said) }
}

fn verb_of_framework(verb: Verb) -> &'static str {
    if verb == Verb::Export { "export" } else { "view" }
}

/// The name as it is spoken of: without the mark that Rust wants before its own words.
pub(super) fn plain(name: &proc_macro2::Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}

/// As the block writes it: in the largest unit that leaves no rest.
pub(super) fn span(seconds: u64) -> String {
    [(86_400, "d"), (3_600, "h"), (60, "min")]
        .into_iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit))
        .map_or_else(|| format!("{seconds}s"), |(unit, word)| format!("{}{word}", seconds / unit))
}

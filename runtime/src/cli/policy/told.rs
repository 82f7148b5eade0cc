//! What is told of a policy, whichever form it is shown in: lines of the matrix, sentences about authority, exceptions.

use crate::authorize::verb_in_words;
use crate::clause;
use crate::matrix::{self, Authority, Reach};
use crate::panel::{Accept, Framework, Panel, Role, Verb};

/// What the marks of the matrix mean.
pub(super) const LEGEND: &str = "● everywhere, ◐ in some rows or fields, ○ can be lent";

pub(super) fn mark(reach: Reach) -> &'static str {
    match reach {
        Reach::None => "",
        Reach::Lendable => "○",
        Reach::Some => "◐",
        Reach::All => "●",
    }
}

/// One line of the matrix: a verb, and how far each role holds it.
pub(super) struct Line {
    /// The model's name as declared, or the framework's.
    pub(super) name: &'static str,
    /// The same in words, many of them.
    pub(super) title: &'static str,
    /// In words.
    pub(super) verb: String,
    /// As the block has it.
    pub(super) word: &'static str,
    /// By role.
    pub(super) reach: Vec<Reach>,
}

/// Every right that some role has, models first.
pub(super) fn lines(panel: &Panel) -> Vec<Line> {
    let mut lines = Vec::new();
    for model in panel.models {
        for verb in matrix::verbs(model) {
            let reach = panel.roles.iter().map(|role| matrix::reach(role, model, verb)).collect();
            let (verb, word) = (verb_in_words(model, verb), clause::verb(model, verb));
            lines.push(Line { name: model.name, title: model.plural, verb, word, reach });
        }
    }
    for right in matrix::FRAMEWORK {
        let (name, title) = match right.0 {
            Framework::Audit => ("Audit", "The audit log"),
            Framework::People => ("People", "The people"),
        };
        let word = if right.1 == Verb::Export { "export" } else { "view" };
        let reach = panel.roles.iter().map(|role| matrix::framework(role, right)).collect();
        lines.push(Line { name, title, verb: word.to_owned(), word, reach });
    }
    lines.retain(|line| line.reach.iter().any(|reach| *reach != Reach::None));
    lines
}

/// "Manager may assign, reset and lock Clinician, Reception", one sentence a kind of authority.
pub(super) fn authority(panel: &Panel, role: &Role) -> Vec<String> {
    matrix::authority(role).iter().map(|authority| rules_over(panel, role, authority)).collect()
}

fn rules_over(panel: &Panel, role: &Role, authority: &Authority) -> String {
    let verbs: Vec<&str> = authority.verbs.iter().map(|verb| clause::people_verb(*verb)).collect();
    let over: Vec<&str> =
        authority.over.iter().filter_map(|target| panel.roles.get(*target)).map(|role| role.title).collect();
    let may = if authority.lendable { "may be lent:" } else { "may" };
    format!("{} {may} {} {}", role.title, verbs.join(", "), over.join(", "))
}

/// "one_person in Owner: "a two-person practice" until 2027-06-30".
pub(super) fn accepted(accept: &Accept) -> String {
    let until = accept.until.map_or_else(String::new, |until| format!(" until {until}"));
    format!("{} in {}: \"{}\"{until}", accept.rule, accept.owner, accept.reason)
}

/// " (under Owner)", " (beside Manager)", or nothing.
pub(super) fn rank(panel: &Panel, role: &Role) -> String {
    let names = |indexes: &[usize]| -> Vec<&str> {
        indexes.iter().filter_map(|index| panel.roles.get(*index)).map(|role| role.title).collect()
    };
    let (under, beside) = (names(role.under), names(role.beside));
    match (under.is_empty(), beside.is_empty()) {
        (false, _) => format!(" (under {})", under.join(", ")),
        (true, false) => format!(" (beside {})", beside.join(", ")),
        (true, true) => String::new(),
    }
}

/// What the block says of a role, a clause at a time.
pub(super) fn clauses(role: &Role) -> impl Iterator<Item = String> {
    let grants = role.grants.iter().map(|clause| clause.text.to_owned());
    let factor = role.factor_required.then(|| "factor required".to_owned());
    grants.chain(factor).chain((role.keep > 0).then(|| format!("keep {}", role.keep)))
}

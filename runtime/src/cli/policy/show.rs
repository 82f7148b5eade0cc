//! `policy show`: the matrix, who rules over whom, what must never be true and the accepted exceptions, from the tables
//! that also decide them. Every form says all four.

use std::fmt::Write as _;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::{json, markdown, svg};
use crate::authorize::verb_in_words;
use crate::clause;
use crate::cli::print;
use crate::matrix::{self, Authority, Reach};
use crate::panel::{Accept, Framework, Panel, Role, Verb};

pub(super) fn command() -> Command {
    Command::new("show").about("Print the policy").arg(
        Arg::new("format")
            .long("format")
            .value_parser(PossibleValuesParser::new(["text", "json", "markdown", "svg"]))
            .default_value("text")
            .help("For a terminal, a program, a review, a picture"),
    )
}

pub(super) fn run(panel: &'static Panel, given: &ArgMatches) {
    match given.get_one::<String>("format").map(String::as_str) {
        Some("json") => print(serde_json::to_string_pretty(&json::policy(panel)).unwrap_or_default()),
        Some("markdown") => print(markdown::policy(panel).trim_end()),
        Some("svg") => print(svg::policy(panel).trim_end()),
        _ => print(as_text(panel).trim_end()),
    }
}

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

fn as_text(panel: &Panel) -> String {
    let mut out = String::new();
    for role in panel.roles {
        let _ = writeln!(out, "{}{}", role.title, rank(panel, role));
        if !role.doc.trim().is_empty() {
            let _ = writeln!(out, "  {}", role.doc.trim());
        }
        for clause in clauses(role) {
            let _ = writeln!(out, "  {clause}");
        }
        out.push('\n');
    }
    matrix_as_text(panel, &mut out);
    section(&mut out, "Who rules over whom", panel.roles.iter().flat_map(|role| authority(panel, role)));
    section(&mut out, "Never", panel.forbids.iter().map(|clause| clause.text.to_owned()));
    section(&mut out, "Accepted exceptions", panel.accepts.iter().map(accepted));
    out
}

/// What the block says of a role, a clause at a time.
pub(super) fn clauses(role: &Role) -> impl Iterator<Item = String> {
    let grants = role.grants.iter().map(|clause| clause.text.to_owned());
    let factor = role.factor_required.then(|| "factor required".to_owned());
    grants.chain(factor).chain((role.keep > 0).then(|| format!("keep {}", role.keep)))
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = writeln!(out, "{title}");
        for line in lines {
            let _ = writeln!(out, "  {line}");
        }
        out.push('\n');
    }
}

fn matrix_as_text(panel: &Panel, out: &mut String) {
    let lines = lines(panel);
    let width = |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| text.chars().count()).max().unwrap_or(0);
    let model = width(&mut lines.iter().map(|line| line.title));
    let verb = width(&mut lines.iter().map(|line| line.verb.as_str()));
    let _ = writeln!(out, "Who may do what ({LEGEND})");
    let mut row = |title: &str, of: &str, marks: &mut dyn Iterator<Item = &str>| {
        let mut line = format!("  {title:model$}  {of:verb$}");
        for (role, mark) in panel.roles.iter().zip(marks) {
            let _ = write!(line, "  {mark:^width$}", width = role.title.chars().count());
        }
        let _ = writeln!(out, "{}", line.trim_end());
    };
    row("", "", &mut panel.roles.iter().map(|role| role.title));
    let mut before = "";
    for line in &lines {
        // The name of a model stands once, beside its first verb.
        let title = if line.title == before { "" } else { line.title };
        row(title, &line.verb, &mut line.reach.iter().map(|reach| mark(*reach)));
        before = line.title;
    }
    out.push('\n');
}

//! `policy show`: the matrix, who rules over whom, what must never be true and the accepted exceptions, from the tables
//! that also decide them. Every form says all four.

use std::fmt::Write as _;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::told::{LEGEND, accepted, authority, clauses, lines, mark, rank};
use super::{json, markdown, svg};
use crate::cli::print;
use crate::panel::Panel;

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

//! The policy as Markdown, for a review or a wiki.

use std::fmt::Write as _;

use super::told::{LEGEND, accepted, authority, clauses, lines, mark, rank};
use crate::panel::Panel;

pub(super) fn policy(panel: &Panel) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# Who may do what in {}\n", panel.name);
    let _ = write!(out, "{LEGEND}\n\n| model | verb |");
    for role in panel.roles {
        let _ = write!(out, " {} |", cell(role.title));
    }
    let _ = writeln!(out, "\n|---|---|{}", ":-:|".repeat(panel.roles.len()));
    for line in lines(panel) {
        let marks: Vec<&str> = line.reach.iter().map(|reach| mark(*reach)).collect();
        let _ = writeln!(out, "| {} | {} | {} |", cell(line.title), cell(&line.verb), marks.join(" | "));
    }
    section(&mut out, "Who rules over whom", panel.roles.iter().flat_map(|role| authority(panel, role)));
    for role in panel.roles {
        let facts = clauses(role).map(|clause| code(&clause));
        section(&mut out, &format!("{}{}", role.title, rank(panel, role)), facts);
    }
    section(&mut out, "Never", panel.forbids.iter().map(|clause| code(clause.text)));
    section(&mut out, "Accepted exceptions", panel.accepts.iter().map(accepted));
    out
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = writeln!(out, "\n## {title}\n");
        for line in lines {
            let _ = writeln!(out, "- {line}");
        }
    }
}

fn code(text: &str) -> String {
    // A text in the clause may hold a backtick; two around it keep it whole.
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

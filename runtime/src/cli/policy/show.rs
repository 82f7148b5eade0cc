//! `policy show`: who may do what, from the tables that also decide it.

use std::fmt::Write as _;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Value, json};

use super::graph;
use crate::authorize::verb_in_words;
use crate::cli::print;
use crate::panel::{FieldSet, Model, Panel, Role, Verb};

pub(super) fn command() -> Command {
    Command::new("show").about("Print the policy").arg(
        Arg::new("format")
            .long("format")
            .value_parser(PossibleValuesParser::new(["text", "json", "markdown", "svg"]))
            .default_value("text")
            .help("svg: who rules over whom, as a picture"),
    )
}

pub(super) fn run(panel: &'static Panel, given: &ArgMatches) {
    match given.get_one::<String>("format").map(String::as_str) {
        Some("json") => print(serde_json::to_string_pretty(&as_json(panel)).unwrap_or_default()),
        Some("markdown") => print(as_markdown(panel).trim_end()),
        Some("svg") => print(graph::svg(panel).trim_end()),
        _ => print(as_text(panel).trim_end()),
    }
}

/// The verbs of a model, in reading order.
pub(super) fn verbs(model: &Model) -> impl Iterator<Item = Verb> + Clone + use<> {
    [Verb::View, Verb::Create, Verb::Edit, Verb::Delete, Verb::Export, Verb::Import]
        .into_iter()
        .chain((0..model.actions.len()).map(Verb::Act))
}

/// How far a role holds a verb: in some rows, in some fields, only lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    None,
    Lendable,
    Some,
    All,
}

fn reach(role: &Role, model: &Model, verb: Verb) -> Reach {
    let all = (0..model.fields.len()).fold(FieldSet::NONE, FieldSet::with);
    let cells = || role.cells.iter().filter(|cell| cell.model == model.index && cell.verb == verb);
    let held = || cells().filter(|cell| !cell.lendable);
    let everywhere = held().filter(|cell| cell.when.is_none()).fold(FieldSet::NONE, |set, cell| set.union(cell.fields));
    if held().next().is_none() {
        return if cells().next().is_some() { Reach::Lendable } else { Reach::None };
    }
    if everywhere.intersection(all) == all { Reach::All } else { Reach::Some }
}

fn as_text(panel: &Panel) -> String {
    let mut out = String::new();
    for role in panel.roles {
        let _ = writeln!(out, "{}{}", role.title, above(panel, role));
        if !role.doc.trim().is_empty() {
            let _ = writeln!(out, "  {}", role.doc.trim());
        }
        for clause in role.grants {
            let _ = writeln!(out, "  {}", clause.text);
        }
        if role.factor_required {
            out.push_str("  factor required\n");
        }
        if role.keep > 0 {
            let _ = writeln!(out, "  keep {}", role.keep);
        }
        out.push('\n');
    }
    if !panel.forbids.is_empty() {
        out.push_str("Never\n");
        for clause in panel.forbids {
            let _ = writeln!(out, "  {}", clause.text);
        }
        out.push('\n');
    }
    if !panel.accepts.is_empty() {
        out.push_str("Accepted exceptions\n");
        for accept in panel.accepts {
            let until = accept.until.map_or_else(String::new, |until| format!(" until {until}"));
            let _ = writeln!(out, "  {} in {}: \"{}\"{until}", accept.rule, accept.owner, accept.reason);
        }
    }
    out
}

fn above(panel: &Panel, role: &Role) -> String {
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

fn as_markdown(panel: &Panel) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# Who may do what in {}\n", panel.name);
    out.push_str("● everywhere, ◐ in some rows or fields, ○ can be lent\n\n| model | verb |");
    for role in panel.roles {
        let _ = write!(out, " {} |", role.title);
    }
    out.push_str("\n|---|---|");
    out.push_str(&":-:|".repeat(panel.roles.len()));
    out.push('\n');
    for model in panel.models {
        for verb in verbs(model) {
            let marks: Vec<&str> = panel
                .roles
                .iter()
                .map(|role| match reach(role, model, verb) {
                    Reach::None => "",
                    Reach::Lendable => "○",
                    Reach::Some => "◐",
                    Reach::All => "●",
                })
                .collect();
            if marks.iter().any(|mark| !mark.is_empty()) {
                let _ = writeln!(out, "| {} | {} | {} |", model.plural, verb_in_words(model, verb), marks.join(" | "));
            }
        }
    }
    for role in panel.roles {
        let _ = writeln!(out, "\n## {}{}\n", role.title, above(panel, role));
        for clause in role.grants {
            let _ = writeln!(out, "- `{}`", clause.text);
        }
    }
    out
}

fn as_json(panel: &Panel) -> Value {
    let names = |model: &Model, fields: FieldSet| -> Vec<&str> {
        model.fields.iter().filter(|field| fields.contains(field.index)).map(|field| field.name).collect()
    };
    let roles: Vec<Value> = panel
        .roles
        .iter()
        .map(|role| {
            let cells: Vec<Value> = role
                .cells
                .iter()
                .filter_map(|cell| {
                    let model = panel.models.get(cell.model)?;
                    Some(json!({
                        "verb": verb_in_words(model, cell.verb),
                        "model": model.name,
                        "fields": names(model, cell.fields),
                        "some_rows": cell.when.is_some(),
                        "lendable": cell.lendable,
                        "clause": role.grants.get(cell.grant).map(|clause| clause.text),
                    }))
                })
                .collect();
            json!({ "role": role.name, "keep": role.keep, "factor_required": role.factor_required, "cells": cells,
                "clauses": role.grants.iter().map(|clause| clause.text).collect::<Vec<_>>() })
        })
        .collect();
    json!({
        "panel": panel.name,
        "roles": roles,
        "forbids": panel.forbids.iter().map(|clause| clause.text).collect::<Vec<_>>(),
        "accepts": panel.accepts.iter().map(|accept| json!({
            "rule": accept.rule, "owner": accept.owner, "reason": accept.reason, "until": accept.until,
        })).collect::<Vec<_>>(),
    })
}

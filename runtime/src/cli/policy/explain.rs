//! `policy explain`: which clauses give a role a right, over which rows and fields, behind which guards; or why it has
//! none. From the tables alone.

use std::fmt::Write as _;

use chrono::DateTime;
use clap::{Arg, ArgMatches, Command};

use super::{asked, question, role};
use crate::authorize::{Actor, authorize};
use crate::clause;
use crate::cli::{Outcome, print};
use crate::condition::{Asker, Condition};
use crate::panel::{Cell, Clause, FieldSet, Kind, Model, Panel, Reauth, Role, Verb};
use crate::store::shown::{self, Shown};
use crate::value::Value;

pub(super) fn command() -> Command {
    question(Command::new("explain").about("Why a role may do something, or why not"))
        .arg(Arg::new("as").long("as").value_name("ROLE").required(true).help("A role of the panel"))
}

pub(super) fn run(panel: &'static Panel, given: &ArgMatches) -> Outcome {
    let question = asked(panel, given)?;
    let role = role(panel, given.get_one::<String>("as").map_or("", String::as_str))?;
    print(explained(panel, role, &question).trim_end());
    Ok(())
}

pub(super) fn explained(panel: &'static Panel, role: &Role, question: &super::Question) -> String {
    let super::Question { model, verb, field } = question;
    let right = clause::verb(model, *verb);
    let asked = field.map_or_else(|| model.name.to_owned(), |field| format!("{}.{}", model.name, field.name));
    let cells: Vec<&Cell> = cells(role, model, *verb)
        .filter(|cell| !verb.is_of_fields() || field.is_none_or(|field| cell.fields.contains(field.index)))
        .collect();
    let (lent, held): (Vec<&Cell>, Vec<&Cell>) = cells.into_iter().partition(|cell| cell.lendable);
    let mut out = String::new();
    if held.is_empty() {
        let _ = writeln!(out, "{} may not {right} {asked}.", role.name);
        if field.is_some() && cells_held(role, model, *verb).next().is_some() {
            let others = fields(cells_held(role, model, *verb));
            let _ = writeln!(out, "  It may {right} {}: {}.", model.name, clause::names(model, others).join(", "));
        }
    } else {
        let _ = writeln!(out, "{} may {right} {asked}.", role.name);
        for cell in &held {
            told(&mut out, panel, role, model, cell);
        }
        if let Some(sql) = in_sql(panel, role, model, *verb) {
            let _ = writeln!(out, "  in SQL: {sql}");
        }
        if panel.reauth.iter().any(|proof| is_about(proof, model, *verb)) {
            out.push_str("  It asks for a fresh proof of identity (`reauth`).\n");
        }
    }
    if !lent.is_empty() {
        out.push_str("It may be lent:\n");
        for cell in &lent {
            told(&mut out, panel, role, model, cell);
        }
    }
    forbidden(&mut out, panel, role, model);
    if held.is_empty() {
        let others = panel.roles.iter().filter(|other| {
            cells_held(other, model, *verb).any(|cell| field.is_none_or(|field| cell.fields.contains(field.index)))
        });
        let others: Vec<&str> = others.map(|role| role.name).collect();
        let _ = match others.as_slice() {
            [] => writeln!(out, "No role may."),
            names => writeln!(out, "Roles that may: {}.", names.join(", ")),
        };
    }
    out
}

/// The rows as a statement asks for them, with the words of the block for what is only known of a person: each gets a
/// value that nobody has, and is named where that value is bound. None where the rows are all of them, or where an
/// attribute has no such value.
fn in_sql(panel: &'static Panel, role: &Role, model: &'static Model, verb: Verb) -> Option<String> {
    const NOBODY: i64 = -2_000_000_017;
    let now = DateTime::from_timestamp(221_845_392_000, 0)?;
    let role = panel.roles.get(role.index)?;
    let attributes = panel.actor.iter().zip(1..).map(|(attribute, number)| match attribute.kind {
        Kind::I32 | Kind::I64 | Kind::Actor | Kind::Model(..) => Some(Value::Int(NOBODY - number)),
        Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Choice(_) => {
            Some(Value::Text(format!("\u{1a}{}", attribute.name)))
        }
        _ => None,
    });
    let attributes = attributes.collect::<Option<Vec<Value>>>()?;
    let asker = Asker { person: NOBODY, attributes, now };
    let actor = Actor::vouched_for_without_any_proof(role, String::new(), asker);
    let terms = authorize(panel, &actor, verb, model).granted().ok()?;
    if terms.scope() == Condition::Always {
        return None;
    }
    let (texts, values) = shown::scope(&terms, &|value| match value {
        Shown::Int(NOBODY) => Some("me".to_owned()),
        Shown::Int(number) => {
            let place = usize::try_from(NOBODY.checked_sub(*number)?.checked_sub(1)?).ok()?;
            panel.actor.get(place).map(|attribute| format!("me.{}", attribute.name))
        }
        Shown::Text(text) => text.strip_prefix('\u{1a}').map(|name| format!("me.{name}")),
        Shown::Moment(moment) => Some(match (*moment - now).num_seconds() {
            0 => "now".to_owned(),
            ahead if ahead > 0 => format!("now + {}", clause::span(ahead.unsigned_abs())),
            behind => format!("now - {}", clause::span(behind.unsigned_abs())),
        }),
        Shown::Other(_) => None,
    });
    Some(with_values(&texts, &values))
}

/// One text where the two databases agree, and what is bound.
pub(super) fn with_values([sqlite, postgres]: &[String; 2], values: &[String]) -> String {
    let mut text = if sqlite == postgres { sqlite.clone() } else { format!("{sqlite} (PostgreSQL: {postgres})") };
    for (number, value) in values.iter().enumerate() {
        let _ = write!(text, "{}${} = {value}", if number == 0 { "  with " } else { ", " }, number + 1);
    }
    text
}

fn cells<'r>(role: &'r Role, model: &Model, verb: Verb) -> impl Iterator<Item = &'r Cell> {
    let model = model.index;
    role.cells.iter().filter(move |cell| cell.model == model && cell.verb == verb)
}

fn cells_held<'r>(role: &'r Role, model: &Model, verb: Verb) -> impl Iterator<Item = &'r Cell> {
    cells(role, model, verb).filter(|cell| !cell.lendable)
}

fn fields<'r>(cells: impl Iterator<Item = &'r Cell>) -> FieldSet {
    cells.fold(FieldSet::NONE, |all, cell| all.union(cell.fields))
}

/// One cell: its rows, its fields, the clause and its place.
fn told(out: &mut String, panel: &Panel, role: &Role, model: &Model, cell: &Cell) {
    let rows = match &cell.when {
        None => "in every row".to_owned(),
        Some(when) => format!("in rows where {}", clause::predicate(panel, model, when)),
    };
    let _ = writeln!(out, "  {rows}");
    if cell.verb.is_of_fields() {
        let _ = writeln!(out, "    fields: {}", clause::names(model, cell.fields).join(", "));
    }
    if let Some(clause) = role.grants.get(cell.grant) {
        let _ = writeln!(out, "    by {}", with_place(panel, clause));
    }
}

/// `` `view Patient` (src/main.rs:120) ``
pub(super) fn with_place(panel: &Panel, clause: &Clause) -> String {
    match clause.line {
        0 => format!("`{}`", clause.text),
        line => format!("`{}` ({}:{line})", clause.text, panel.file),
    }
}

/// The forbids that speak of this role and model, as written: they are judged while compiling, and explain a no.
fn forbidden(out: &mut String, panel: &Panel, role: &Role, model: &Model) {
    let speaks = |clause: &Clause, name: &str| {
        clause.text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
    };
    let of_all = |clause: &Clause| clause.text.trim_start_matches("forbid").trim_start().starts_with('*');
    let over_all = |clause: &Clause| clause.text.trim_end_matches(';').trim_end().ends_with('*');
    for clause in panel.forbids {
        let role_named = speaks(clause, role.name) || of_all(clause) || clause.text.contains("one_person");
        if role_named && (speaks(clause, model.name) || over_all(clause)) {
            let _ = writeln!(out, "Never: {}", with_place(panel, clause));
        }
    }
}

fn is_about(proof: &Reauth, model: &Model, verb: Verb) -> bool {
    match proof {
        Reauth::Verb(listed) => *listed == verb,
        Reauth::Action(of, action) => *of == model.index && verb == Verb::Act(*action),
        Reauth::People(_) => false,
    }
}

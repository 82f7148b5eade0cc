//! `policy explain`: which clauses give a role a right, over which rows and fields, behind which guards; or why it has
//! none. From the tables alone.

use std::fmt::Write as _;

use chrono::DateTime;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Value as Json, json};

use super::{asked, json, question, role};
use crate::authorize::{Actor, authorize};
use crate::clause;
use crate::cli::{Outcome, print};
use crate::condition::{Asker, Condition};
use crate::pages::words;
use crate::panel::KeyKind;
use crate::panel::{Cell, Clause, FieldSet, Kind, Model, Panel, Reauth, Role, Verb};
use crate::store::shown::{self, Shown};
use crate::value::Value;

pub(super) fn command() -> Command {
    question(Command::new("explain").about("Why a role may do something, or why not"))
        .arg(Arg::new("as").long("as").value_name("ROLE").required(true).help("A role of the panel"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(PossibleValuesParser::new(["text", "json"]))
                .default_value("text")
                .help("For a terminal or a program"),
        )
}

pub(super) fn run(panel: &'static Panel, given: &ArgMatches) -> Outcome {
    let question = asked(panel, given)?;
    let role = role(panel, given.get_one::<String>("as").map_or("", String::as_str))?;
    let explained = explained(panel, role, question);
    if given.get_one::<String>("format").is_some_and(|format| format == "json") {
        print(serde_json::to_string_pretty(&explained.as_json()).unwrap_or_default());
    } else {
        print(explained.as_text().trim_end());
    }
    Ok(())
}

/// Why a role may do something, or why not.
pub(super) struct Explained {
    panel: &'static Panel,
    role: &'static Role,
    question: super::Question,
    held: Vec<Told>,
    lent: Vec<Told>,
    /// The rows, where they are not all of them.
    sql: Option<([String; 2], Vec<String>)>,
    fresh_proof: bool,
    /// Fields within the right where the one asked for is not.
    other_fields: Vec<&'static str>,
    forbids: Vec<&'static Clause>,
    /// Roles that hold what this one lacks.
    other_roles: Vec<&'static str>,
}

/// One clause that gives the right, over which rows and fields.
struct Told {
    /// As the block has it, and as one says it; none: every row.
    rows: Option<(String, String)>,
    /// None: the row as a whole.
    fields: Option<Vec<&'static str>>,
    reveal: Option<&'static str>,
    clause: Option<&'static Clause>,
}

pub(super) fn explained(panel: &'static Panel, role: &'static Role, question: super::Question) -> Explained {
    let super::Question { model, verb, field } = question;
    let reaches = |cell: &Cell| !verb.is_of_fields() || field.is_none_or(|field| cell.fields.contains(field.index));
    let (lent, held): (Vec<&Cell>, Vec<&Cell>) =
        cells(role, model, verb).filter(|cell| reaches(cell)).partition(|cell| cell.lendable);
    let all_told = |cells: &[&'static Cell]| cells.iter().map(|cell| told(panel, role, model, cell)).collect();
    let may = !held.is_empty();
    let others = cells_held(role, model, verb).fold(FieldSet::NONE, |all, cell| all.union(cell.fields));
    let may_too = |other: &&'static Role| cells_held(other, model, verb).any(reaches);
    Explained {
        panel,
        role,
        held: all_told(&held),
        lent: all_told(&lent),
        sql: may.then(|| in_sql(panel, role, model, verb)).flatten(),
        fresh_proof: may && panel.reauth.iter().any(|proof| is_about(proof, model, verb)),
        other_fields: if may || field.is_none() { Vec::new() } else { clause::names(model, others) },
        forbids: panel.forbids.iter().filter(|forbid| forbids(forbid, role, model, verb)).collect(),
        other_roles: if may { Vec::new() } else { panel.roles.iter().filter(may_too).map(|role| role.name).collect() },
        question,
    }
}

fn told(panel: &Panel, role: &'static Role, model: &'static Model, cell: &'static Cell) -> Told {
    let rows = |when| (clause::predicate(panel, model, when), words::plainly(panel, model, when));
    Told {
        rows: cell.when.as_ref().map(rows),
        fields: cell.verb.is_of_fields().then(|| clause::names(model, cell.fields)),
        reveal: cell.reveal,
        clause: role.grants.get(cell.grant),
    }
}

impl Explained {
    /// `Patient.phone`, or `Patient`.
    fn subject(&self) -> String {
        let model = self.question.model.name;
        self.question.field.map_or_else(|| model.to_owned(), |field| format!("{model}.{}", field.name))
    }

    pub(super) fn as_text(&self) -> String {
        let (right, asked, role) = (self.question.word(), self.subject(), self.role.name);
        let mut out = String::new();
        if self.held.is_empty() {
            let _ = writeln!(out, "{role} may not {right} {asked}.");
            if !self.other_fields.is_empty() {
                let fields = self.other_fields.join(", ");
                let _ = writeln!(out, "  It may {right} {}: {fields}.", self.question.model.name);
            }
        } else {
            let _ = writeln!(out, "{role} may {right} {asked}.");
            self.held.iter().for_each(|told| self.one(told, &mut out));
            if let Some((texts, values)) = &self.sql {
                let _ = writeln!(out, "  in SQL: {}", with_values(texts, values));
            }
            if self.fresh_proof {
                out.push_str("  It asks for a fresh proof of identity (`reauth`).\n");
            }
        }
        if !self.lent.is_empty() {
            out.push_str("It may be lent:\n");
            self.lent.iter().for_each(|told| self.one(told, &mut out));
        }
        for forbid in &self.forbids {
            let _ = writeln!(out, "Never: {}", with_place(self.panel, forbid));
        }
        if self.held.is_empty() {
            let _ = match self.other_roles.as_slice() {
                [] => writeln!(out, "No role may."),
                names => writeln!(out, "Roles that may: {}.", names.join(", ")),
            };
        }
        out
    }

    fn one(&self, told: &Told, out: &mut String) {
        let _ = match &told.rows {
            None => writeln!(out, "  in every row"),
            Some((_, words)) => writeln!(out, "  in rows where {words}"),
        };
        if let Some(fields) = &told.fields {
            let _ = writeln!(out, "    fields: {}", fields.join(", "));
        }
        if let Some(clause) = told.clause {
            let _ = writeln!(out, "    by {}", with_place(self.panel, clause));
        }
    }

    fn as_json(&self) -> Json {
        let told = |told: &Told| {
            json!({
                "when": told.rows.as_ref().map(|(when, _)| when),
                "rows": told.rows.as_ref().map_or_else(|| "every row".to_owned(), |(_, words)| format!("rows where {words}")),
                "fields": told.fields,
                "reveal": told.reveal,
                "clause": told.clause.map(|clause| json::placed(self.panel, clause)),
            })
        };
        json!({
            "role": self.role.name,
            "verb": self.question.word(),
            "model": self.question.model.name,
            "field": self.question.field.map(|field| field.name),
            "may": !self.held.is_empty(),
            "by": self.held.iter().map(told).collect::<Vec<_>>(),
            "may_be_lent": self.lent.iter().map(told).collect::<Vec<_>>(),
            "sql": self.sql.as_ref().map(|([sqlite, postgres], values)| json!({
                "sqlite": sqlite, "postgres": postgres, "values": values,
            })),
            "asks_for_fresh_proof": self.fresh_proof,
            "other_fields": self.other_fields,
            "never": self.forbids.iter().map(|clause| json::placed(self.panel, clause)).collect::<Vec<_>>(),
            "roles_that_may": self.other_roles,
        })
    }
}

/// The rows as a statement asks for them, with the words of the block for what is only known of a person: each gets a
/// value that nobody has, and is named where that value is bound. None where the rows are all of them, or where an
/// attribute has no such value.
fn in_sql(panel: &'static Panel, role: &Role, model: &'static Model, verb: Verb) -> Option<([String; 2], Vec<String>)> {
    const NOBODY: i64 = -2_000_000_017;
    let now = DateTime::from_timestamp(221_845_392_000, 0)?;
    let role = panel.roles.get(role.index)?;
    let attributes = panel.actor.iter().zip(1..).map(|(attribute, number)| match attribute.kind {
        Kind::I32 | Kind::I64 | Kind::Actor | Kind::Model(_, _, KeyKind::Number) => Some(Value::Int(NOBODY - number)),
        Kind::String | Kind::Text | Kind::Email | Kind::Url | Kind::Choice(_) | Kind::Model(_, _, KeyKind::Text) => {
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
    Some(shown::scope(&terms, &|value| match value {
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
    }))
}

/// One text where the two databases agree, and what is bound.
pub(super) fn with_values([sqlite, postgres]: &[String; 2], values: &[String]) -> String {
    let mut text = if sqlite == postgres { sqlite.clone() } else { format!("{sqlite} (PostgreSQL: {postgres})") };
    for (number, value) in values.iter().enumerate() {
        let _ = write!(text, "{}${} = {value}", if number == 0 { "  with " } else { ", " }, number + 1);
    }
    text
}

fn cells(role: &'static Role, model: &Model, verb: Verb) -> impl Iterator<Item = &'static Cell> {
    let model = model.index;
    role.cells.iter().filter(move |cell| cell.model == model && cell.verb == verb)
}

fn cells_held(role: &'static Role, model: &Model, verb: Verb) -> impl Iterator<Item = &'static Cell> {
    cells(role, model, verb).filter(|cell| !cell.lendable)
}

/// `` `view Patient` (src/main.rs:120) ``
pub(super) fn with_place(panel: &Panel, clause: &Clause) -> String {
    match clause.line {
        0 => format!("`{}`", clause.text),
        line => format!("`{}` ({}:{line})", clause.text, panel.file),
    }
}

/// Whether the forbid speaks of this role, model and verb, as written: it is judged while compiling, and explains a no.
fn forbids(clause: &Clause, role: &Role, model: &Model, verb: Verb) -> bool {
    let text = clause.text.trim_start_matches("forbid").trim_end_matches(';').trim();
    let names = |name: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    let of_role = text.starts_with('*') || text.starts_with("one_person") || names(role.name);
    let of_all = matches!(verb, Verb::View | Verb::Create | Verb::Edit | Verb::Delete) && names("all");
    of_role && (text.ends_with('*') || names(model.name)) && (of_all || names(clause::verb(model, verb)))
}

fn is_about(proof: &Reauth, model: &Model, verb: Verb) -> bool {
    match proof {
        Reauth::Verb(listed) => *listed == verb,
        Reauth::Action(of, action) => *of == model.index && verb == Verb::Act(*action),
        Reauth::People(_) => false,
    }
}

//! Who may do what: the block's own clauses as a grid and in words. Everybody may read what their own role may do, so
//! that they can say when it is wrong; the whole is for those who watch or rule over others. It shows no data.

use super::{frame, loans, show, words};
use crate::authorize::{may_see_whole_policy, verb_in_words};
use crate::clause;
use crate::context::Cx;
use crate::error::Error;
use crate::matrix::{self, Authority};
use crate::panel::{Accept, Cell, FieldSet, Framework, Model, Panel, PeopleVerb, Role, Verb};
use crate::response::Response;
use crate::store::LoanQuery;
use crate::views::{Accepted, GrantRow, Mark, MatrixCell, MatrixRow, PolicyPage, RoleView, Text};

pub(super) async fn page(cx: &Cx<'_>) -> Result<Response, Error> {
    let panel = cx.panel();
    let whole = may_see_whole_policy(&cx.actor);
    let roles: Vec<&'static Role> =
        panel.roles.iter().filter(|role| whole || role.index == cx.actor.role.index).collect();
    let mut rows: Vec<MatrixRow> = panel.models.iter().map(|model| models_row(panel, &roles, model)).collect();
    rows.extend([Framework::Audit, Framework::People].map(|subject| framework_row(&roles, subject)));
    let lent = if cx.actor.lent.is_empty() {
        Vec::new()
    } else {
        let query = LoanQuery { person: Some(cx.actor.asker.person), running_at: Some(cx.now), ..LoanQuery::default() };
        loans::own_lines(cx, &cx.app.store.loans(&query).await?)
    };
    let today = cx.now.date_naive().to_string();
    show(&PolicyPage {
        frame: frame::frame(cx, "Policy", Vec::new()),
        roles: roles.iter().map(|role| role_view(panel, role)).collect(),
        rows,
        letters: letters(panel).into(),
        lent,
        forbids: panel.forbids.iter().filter(|_| whole).map(|clause| clause.text.into()).collect(),
        accepted: whole.then(|| panel.accepts.iter().map(|accept| accepted(accept, &today)).collect()),
    })
}

fn accepted(accept: &Accept, today: &str) -> Accepted {
    Accepted {
        rule: accept.rule.into(),
        place: accept.owner.into(),
        reason: accept.reason.into(),
        until: accept.until.unwrap_or("for good").into(),
        // Both are YYYY-MM-DD, whose text order is their time order.
        overdue: accept.until.is_some_and(|until| until < today),
    }
}

fn letter(model: &Model, verb: Verb) -> String {
    match verb {
        Verb::View => "V".to_owned(),
        Verb::Create => "C".to_owned(),
        Verb::Edit => "E".to_owned(),
        Verb::Delete => "D".to_owned(),
        Verb::Export => "X".to_owned(),
        Verb::Import => "I".to_owned(),
        Verb::Act(action) => model.actions.get(action).map_or_else(String::new, |action| action.title.to_owned()),
    }
}

fn letters(panel: &Panel) -> String {
    let actions = panel.models.iter().any(|model| !model.actions.is_empty());
    let end = if actions { " A word is an action of the model." } else { "" };
    format!("V view, C create, E edit, D delete, X export, I import.{end} A letter leads to the clause in words.")
}

fn anchor(role: &Role) -> String {
    format!("r-{}", role.name.to_lowercase())
}

fn grant_anchor(role: &Role, place: usize) -> String {
    format!("g-{}-{place}", role.name.to_lowercase())
}

/// Whether a cell names every field that its verb can touch.
fn names_every_field(model: &Model, cell: &Cell) -> bool {
    let touched = matrix::touched(model, cell.verb);
    cell.fields.intersection(touched) == touched
}

fn models_row(panel: &'static Panel, roles: &[&'static Role], model: &'static Model) -> MatrixRow {
    let cells = roles.iter().map(|role| {
        let lines = lines(panel, role);
        let mut verbs: Vec<Verb> = Vec::new();
        for cell in role.cells.iter().filter(|cell| cell.model == model.index) {
            if !verbs.contains(&cell.verb) {
                verbs.push(cell.verb);
            }
        }
        verbs.sort_by_key(|verb| verb.place());
        let mark =
            |verb: &Verb| Mark { letter: letter(model, *verb).into(), reach: matrix::reach(role, model, *verb).word() };
        let marks: Vec<Mark> = verbs.iter().map(mark).collect();
        let told: Vec<String> = lines.iter().filter(|line| line.model.index == model.index).map(Line::told).collect();
        let first = lines.iter().position(|line| line.model.index == model.index);
        MatrixCell {
            href: first.map(|place| format!("#{}", grant_anchor(role, place)).into()),
            title: format!("{} on {}: {}", role.title, model.plural, told.join("; ")).into(),
            marks,
        }
    });
    MatrixRow { label: model.plural.into(), cells: cells.collect() }
}

fn framework_row(roles: &[&'static Role], subject: Framework) -> MatrixRow {
    let name = subject_name(subject);
    let cells = roles.iter().map(|role| {
        let verbs: Vec<Verb> = role.framework.iter().filter(|c| c.subject == subject).map(|c| c.verb).collect();
        let marks = verbs
            .iter()
            .map(|verb| Mark { letter: if *verb == Verb::Export { "X" } else { "V" }.into(), reach: "all" });
        let told: Vec<&str> = verbs.iter().map(|verb| if *verb == Verb::Export { "export" } else { "view" }).collect();
        MatrixCell {
            href: (!verbs.is_empty()).then(|| format!("#{}", anchor(role)).into()),
            title: format!("{} on {name}: {}", role.title, told.join(", ")).into(),
            marks: marks.collect(),
        }
    });
    MatrixRow { label: name.into(), cells: cells.collect() }
}

fn subject_name(subject: Framework) -> &'static str {
    match subject {
        Framework::Audit => "The audit log",
        Framework::People => "The people",
    }
}

/// Cells of a role that say the same about different verbs of one model, as one line.
struct Line {
    model: &'static Model,
    verbs: Vec<Verb>,
    rows: Option<String>,
    fields: Option<String>,
    lendable: bool,
}

impl Line {
    fn verbs_told(&self) -> String {
        self.verbs.iter().map(|verb| verb_in_words(self.model, *verb)).collect::<Vec<_>>().join(", ")
    }

    fn told(&self) -> String {
        let mut told = self.verbs_told();
        if let Some(fields) = &self.fields {
            told = format!("{told} {{ {fields} }}");
        }
        if let Some(rows) = &self.rows {
            told = format!("{told} when {rows}");
        }
        if self.lendable { format!("may be lent: {told}") } else { told }
    }
}

fn lines(panel: &'static Panel, role: &'static Role) -> Vec<Line> {
    let mut lines: Vec<(FieldSet, Line)> = Vec::new();
    for cell in role.cells.iter().filter(|cell| !role.cells.iter().any(|other| other.says_more(cell))) {
        let Some(model) = panel.models.get(cell.model) else { continue };
        let rows = cell.when.as_ref().map(|when| clause::predicate(panel, model, when));
        let all = names_every_field(model, cell);
        let set = if all { FieldSet::ALL } else { cell.fields };
        let same = lines.iter_mut().find(|(fields, line)| {
            *fields == set && line.model.index == model.index && line.rows == rows && line.lendable == cell.lendable
        });
        if let Some((_, line)) = same {
            if !line.verbs.contains(&cell.verb) {
                line.verbs.push(cell.verb);
            }
            continue;
        }
        let names = || {
            let held = model.fields.iter().filter(|field| cell.fields.contains(field.index));
            held.map(|field| field.name).collect::<Vec<_>>().join(", ")
        };
        lines.push((
            set,
            Line { model, verbs: vec![cell.verb], rows, fields: (!all).then(names), lendable: cell.lendable },
        ));
    }
    let mut lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    for line in &mut lines {
        line.verbs.sort_by_key(|verb| verb.place());
    }
    lines.sort_by_key(|line| (line.model.index, line.lendable));
    lines
}

fn role_view(panel: &'static Panel, role: &'static Role) -> RoleView {
    let titles = |indexes: &[usize]| -> Vec<&'static str> {
        indexes.iter().filter_map(|index| panel.roles.get(*index)).map(|role| role.title).collect()
    };
    let rank = match (role.under, role.beside) {
        ([], []) => String::new(),
        ([], beside) => format!("beside {}", words::list(&titles(beside))),
        (under, _) => format!("under {}", words::list(&titles(under))),
    };
    let mut facts: Vec<Text> = people(panel, role);
    for subject in [Framework::Audit, Framework::People] {
        let verbs: Vec<&str> = role
            .framework
            .iter()
            .filter(|cell| cell.subject == subject)
            .map(|cell| if cell.verb == Verb::Export { "export" } else { "view" })
            .collect();
        if !verbs.is_empty() {
            facts.push(format!("May {} {}.", words::list(&verbs), subject_name(subject).to_lowercase()).into());
        }
    }
    if role.factor_required {
        facts.push("A second factor is required.".into());
    }
    if role.keep > 0 {
        facts.push(format!("At least {} of them, always.", words::number(u64::from(role.keep))).into());
    }
    RoleView {
        anchor: anchor(role).into(),
        label: role.title.into(),
        doc: role.doc.into(),
        rank: rank.into(),
        facts,
        grants: lines(panel, role)
            .into_iter()
            .enumerate()
            .map(|(place, line)| GrantRow {
                anchor: grant_anchor(role, place).into(),
                model: line.model.plural.into(),
                verb: line.verbs_told().into(),
                rows: line.rows.map(Into::into),
                fields: line.fields.map(Into::into),
                lendable: line.lendable,
            })
            .collect(),
    }
}

/// Authority over people, verbs that reach the same roles in one sentence.
fn people(panel: &'static Panel, role: &'static Role) -> Vec<Text> {
    let told = |authority: Authority| {
        let verbs: Vec<&str> = authority.verbs.iter().map(|verb| in_words(*verb)).collect();
        let over = authority.over.iter().filter_map(|target| panel.roles.get(*target)).map(|role| role.title);
        let lent = if authority.lendable { ", when lent" } else { "" };
        format!("May {} {}{lent}.", words::list(&verbs), words::list(&over.collect::<Vec<_>>())).into()
    };
    matrix::authority(role).into_iter().map(told).collect()
}

fn in_words(verb: PeopleVerb) -> &'static str {
    match verb {
        PeopleVerb::Revoke => "end the sessions of",
        verb => clause::people_verb(verb),
    }
}

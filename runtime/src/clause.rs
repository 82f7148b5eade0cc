//! Rights and conditions as the block would write them: the grammar of `admin!`, from the tables. What this file
//! writes, the macro reads again (`policy.lock`), so it must not say less than the tables hold. For words a page shows
//! to people who never see the block, see `pages/words.rs`.

use crate::panel::{Cell, FieldSet, Framework, FrameworkCell, Kind, Model, Panel, PeopleVerb, Verb};
use crate::predicate::{Op, Operand, Predicate};
use crate::value::Literal;

/// `view`, or an action's name.
#[must_use]
pub fn verb(model: &Model, verb: Verb) -> &'static str {
    match verb {
        Verb::View => "view",
        Verb::Create => "create",
        Verb::Edit => "edit",
        Verb::Delete => "delete",
        Verb::Export => "export",
        Verb::Import => "import",
        Verb::Act(action) => model.actions.get(action).map_or("", |action| action.name),
    }
}

/// `assign`.
#[must_use]
pub fn people_verb(verb: PeopleVerb) -> &'static str {
    match verb {
        PeopleVerb::Assign => "assign",
        PeopleVerb::Reset => "reset",
        PeopleVerb::Lock => "lock",
        PeopleVerb::Unlock => "unlock",
        PeopleVerb::Revoke => "revoke",
    }
}

/// `view Audit`.
#[must_use]
pub fn framework(cell: &FrameworkCell) -> &'static str {
    match (cell.verb, cell.subject) {
        (Verb::Export, Framework::Audit) => "export Audit",
        (_, Framework::Audit) => "view Audit",
        (_, Framework::People) => "view People",
    }
}

/// `may edit Patient { phone, email } when doctor == me.doctor`, every field named.
#[must_use]
pub fn cell(panel: &Panel, model: &Model, cell: &Cell, fields: FieldSet) -> String {
    let mut text = String::new();
    if cell.lendable {
        text.push_str("may ");
    }
    text.extend([verb(model, cell.verb), " ", model.name]);
    if cell.verb.is_of_fields() {
        text.extend([" { ", &names(model, fields).join(", "), " }"]);
    }
    if let Some(when) = &cell.when {
        text.extend([" when ", &predicate(panel, model, when)]);
    }
    text
}

/// The names of these fields, in declared order.
#[must_use]
pub fn names(model: &Model, fields: FieldSet) -> Vec<&'static str> {
    model.fields.iter().filter(|field| fields.contains(field.index)).map(|field| field.name).collect()
}

/// `doctor == me.doctor and state != Done`.
#[must_use]
pub fn predicate(panel: &Panel, model: &Model, predicate: &Predicate) -> String {
    spell(panel, model, predicate, false)
}

fn spell(panel: &Panel, model: &Model, predicate: &Predicate, inner: bool) -> String {
    let join = |parts: &[Predicate], word: &str| {
        let text = parts.iter().map(|part| spell(panel, model, part, true)).collect::<Vec<_>>().join(word);
        if inner && parts.len() > 1 { format!("({text})") } else { text }
    };
    let side = |operand: &Operand, kind| side(panel, model, operand, kind);
    let set = |operand: &Operand, set: &[Operand]| {
        let kind = kind_of(panel, model, operand);
        set.iter().map(|one| side(one, kind)).collect::<Vec<_>>().join(", ")
    };
    match predicate {
        Predicate::And(parts) => join(parts, " and "),
        Predicate::Or(parts) => join(parts, " or "),
        Predicate::Not(Predicate::IsNull(operand)) => format!("{} is not null", side(operand, None)),
        Predicate::Not(Predicate::In { operand, set: values }) => {
            format!("{} not in ({})", side(operand, None), set(operand, values))
        }
        Predicate::Not(part @ (Predicate::And(_) | Predicate::Or(_))) => {
            format!("not ({})", spell(panel, model, part, false))
        }
        Predicate::Not(part) => format!("not {}", spell(panel, model, part, true)),
        Predicate::Compare { left, op, right } => {
            let kind = kind_of(panel, model, left).or_else(|| kind_of(panel, model, right));
            format!("{} {} {}", side(left, kind), sign(*op), side(right, kind))
        }
        Predicate::IsNull(operand) => format!("{} is null", side(operand, None)),
        Predicate::In { operand, set: values } => {
            format!("{} in ({})", side(operand, None), set(operand, values))
        }
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Eq => "==",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
    }
}

/// Beside what stands with it, a text is a variant's name or a text in quotes.
fn kind_of(panel: &Panel, model: &Model, operand: &Operand) -> Option<Kind> {
    match operand {
        Operand::Field(field) => model.fields.get(*field).map(|field| field.kind),
        Operand::MeAttribute(attribute) => panel.actor.get(*attribute).map(|attribute| attribute.kind),
        Operand::Me | Operand::Now { .. } | Operand::Literal(_) => None,
    }
}

/// One side of a comparison; `kind` is that of the field beside it.
#[must_use]
pub fn side(panel: &Panel, model: &Model, operand: &Operand, kind: Option<Kind>) -> String {
    match operand {
        Operand::Field(field) => model.fields.get(*field).map_or("?", |f| f.name).to_owned(),
        Operand::Me => "me".to_owned(),
        Operand::MeAttribute(index) => format!("me.{}", panel.actor.get(*index).map_or("?", |a| a.name)),
        Operand::Now { offset: 0 } => "now".to_owned(),
        Operand::Now { offset } => {
            format!("now {} {}", if *offset < 0 { "-" } else { "+" }, span(offset.unsigned_abs()))
        }
        Operand::Literal(Literal::Null) => "null".to_owned(),
        Operand::Literal(Literal::Bool(b)) => b.to_string(),
        Operand::Literal(Literal::Int(i)) => i.to_string(),
        Operand::Literal(Literal::Number(text)) => (*text).to_owned(),
        Operand::Literal(Literal::Text(text)) if matches!(kind, Some(Kind::Choice(_))) => (*text).to_owned(),
        // What Rust's Debug escapes, Rust's string literals read.
        Operand::Literal(Literal::Text(text)) => format!("{text:?}"),
    }
}

/// Seconds in the largest unit that divides them: `7d`, `12h`, `15min`, `30s`.
#[must_use]
pub fn span(seconds: u64) -> String {
    for (unit, size) in [("d", 86_400), ("h", 3_600), ("min", 60)] {
        if seconds != 0 && seconds.is_multiple_of(size) {
            return format!("{}{unit}", seconds / size);
        }
    }
    format!("{seconds}s")
}

#[cfg(test)]
mod tests {
    use super::{predicate, span};
    use crate::predicate::{Op, Operand, Predicate};
    use crate::testing::{PANEL, VISIT};
    use crate::value::Literal;

    #[test]
    fn spans_take_the_largest_unit() {
        assert_eq!([span(86_400), span(7_200), span(90), span(0)], ["1d", "2h", "90s", "0s"]);
    }

    #[test]
    fn a_condition_is_written_in_the_grammar_of_the_block() {
        const NAME: Operand = Operand::Literal(Literal::Text("a \"quoted\"\nname"));
        const NUMBER: Operand = Operand::Literal(Literal::Number("-12.50"));
        const SOON: Operand = Operand::Now { offset: -604_800 };
        const FIRST: Predicate = Predicate::Compare { left: Operand::Me, op: Op::Ne, right: NAME };
        const SECOND: Predicate = Predicate::Compare { left: NUMBER, op: Op::Le, right: SOON };
        const NULL: Predicate = Predicate::IsNull(Operand::Field(0));
        const SET: Predicate = Predicate::In { operand: Operand::Me, set: &[Operand::Me, NUMBER] };
        let visits = &PANEL.models[VISIT];
        let written = |p: &Predicate| predicate(&PANEL, visits, p);
        assert_eq!(written(&visits.checks[0].predicate), "not (state == Done and at > now)");
        assert_eq!(written(&FIRST), r#"me != "a \"quoted\"\nname""#);
        let first = visits.fields[0].name;
        assert_eq!(written(&Predicate::Not(&NULL)), format!("{first} is not null"));
        assert_eq!(
            written(&Predicate::And(&[Predicate::Or(&[SECOND, NULL]), FIRST])),
            format!(r#"(-12.50 <= now - 7d or {first} is null) and me != "a \"quoted\"\nname""#)
        );
        assert_eq!(written(&Predicate::Not(&SET)), "me not in (me, -12.50)");
        assert_eq!(written(&SET), "me in (me, -12.50)");
    }
}

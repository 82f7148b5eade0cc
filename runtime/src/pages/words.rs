//! Numbers and predicates of the block as words on a page.

use crate::panel::{Kind, Model, Panel};
use crate::predicate::{Op, Operand, Predicate};
use crate::store::Count;
use crate::value::Literal;

/// "1,234,567".
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1,234", or "10,000+" beyond the bound of counting.
pub(super) fn count(count: Count) -> String {
    match count {
        Count::Exactly(n) => number(n),
        Count::MoreThan(n) => format!("{}+", number(n)),
    }
}

/// "1 visit", "12 visits", from the titles of a model.
pub(super) fn so_many(model: &Model, n: u64) -> String {
    format!("{} {}", number(n), if n == 1 { model.title } else { model.plural }.to_lowercase())
}

/// "a, b and c".
pub(super) fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// A predicate as the block would write it.
pub(super) fn predicate(panel: &Panel, model: &Model, predicate: &Predicate) -> String {
    spell(panel, model, predicate, false)
}

/// A predicate in plain words, for those who never see the block: "state is Booked and at is after now".
pub(super) fn plainly(panel: &Panel, model: &Model, predicate: &Predicate) -> String {
    let join = |parts: &[Predicate], word: &str| {
        parts.iter().map(|part| plainly(panel, model, part)).collect::<Vec<_>>().join(word)
    };
    match predicate {
        Predicate::And(parts) => join(parts, " and "),
        Predicate::Or(parts) => join(parts, " or "),
        Predicate::Not(part) => format!("not {}", plainly(panel, model, part)),
        Predicate::Compare { left, op, right } => {
            let kind = [left, right].into_iter().find_map(|side| match side {
                Operand::Field(field) => model.fields.get(*field).map(|field| field.kind),
                _ => None,
            });
            let in_time = matches!(kind, Some(Kind::Date | Kind::Time | Kind::Timestamp));
            let op = match (op, in_time) {
                (Op::Eq, _) => "is",
                (Op::Ne, _) => "is not",
                (Op::Lt, true) => "is before",
                (Op::Le, true) => "is not after",
                (Op::Gt, true) => "is after",
                (Op::Ge, true) => "is not before",
                (Op::Lt, false) => "is below",
                (Op::Le, false) => "is at most",
                (Op::Gt, false) => "is above",
                (Op::Ge, false) => "is at least",
            };
            let say = |side: &Operand| plain_side(panel, model, side, kind);
            format!("{} {op} {}", say(left), say(right))
        }
        Predicate::IsNull(operand) => format!("{} is empty", plain_side(panel, model, operand, None)),
        Predicate::In { operand, set } => {
            let set: Vec<String> = set.iter().map(|one| plain_side(panel, model, one, None)).collect();
            format!("{} is one of {}", plain_side(panel, model, operand, None), set.join(", "))
        }
    }
}

fn plain_side(panel: &Panel, model: &Model, operand: &Operand, kind: Option<Kind>) -> String {
    match (operand, kind) {
        (Operand::Field(field), _) => model.fields.get(*field).map_or("?", |field| field.title).to_lowercase(),
        (Operand::Literal(Literal::Text(name)), Some(Kind::Choice(choice))) => {
            let variants = panel.choices.get(choice).map_or(&[][..], |choice| choice.variants);
            variants.iter().find(|variant| variant.name == *name).map_or(*name, |variant| variant.title).to_owned()
        }
        (Operand::Literal(Literal::Bool(yes)), _) => if *yes { "yes" } else { "no" }.to_owned(),
        (Operand::Me, _) => "you".to_owned(),
        (Operand::MeAttribute(index), _) => format!("your {}", panel.actor.get(*index).map_or("?", |a| a.name)),
        _ => side(panel, model, operand),
    }
}

fn spell(panel: &Panel, model: &Model, predicate: &Predicate, inner: bool) -> String {
    let join = |parts: &[Predicate], word: &str| {
        let text = parts.iter().map(|part| spell(panel, model, part, true)).collect::<Vec<_>>().join(word);
        if inner && parts.len() > 1 { format!("({text})") } else { text }
    };
    match predicate {
        Predicate::And(parts) => join(parts, " and "),
        Predicate::Or(parts) => join(parts, " or "),
        Predicate::Not(Predicate::IsNull(operand)) => format!("{} != null", side(panel, model, operand)),
        Predicate::Not(part) => format!("not {}", spell(panel, model, part, true)),
        Predicate::Compare { left, op, right } => {
            let op = match op {
                Op::Eq => "==",
                Op::Ne => "!=",
                Op::Lt => "<",
                Op::Le => "<=",
                Op::Gt => ">",
                Op::Ge => ">=",
            };
            format!("{} {op} {}", side(panel, model, left), side(panel, model, right))
        }
        Predicate::IsNull(operand) => format!("{} == null", side(panel, model, operand)),
        Predicate::In { operand, set } => {
            let set: Vec<String> = set.iter().map(|one| side(panel, model, one)).collect();
            format!("{} in [{}]", side(panel, model, operand), set.join(", "))
        }
    }
}

fn side(panel: &Panel, model: &Model, operand: &Operand) -> String {
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
        Operand::Literal(Literal::Number(text) | Literal::Text(text)) => (*text).to_owned(),
    }
}

/// Seconds in the largest unit that divides them: `7d`, `12h`, `15min`, `30s`.
fn span(seconds: u64) -> String {
    for (unit, size) in [("d", 86_400), ("h", 3_600), ("min", 60)] {
        if seconds != 0 && seconds.is_multiple_of(size) {
            return format!("{}{unit}", seconds / size);
        }
    }
    format!("{seconds}s")
}

#[cfg(test)]
mod tests {
    use super::{list, number, plainly, predicate, span};
    use crate::testing::{PANEL, VISIT};

    #[test]
    fn words_read_as_words() {
        assert_eq!([number(0), number(999), number(1_000), number(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!((list(&["a"]), list(&["a", "b", "c"])), ("a".to_owned(), "a, b and c".to_owned()));
        assert_eq!([span(86_400), span(7_200), span(90), span(0)], ["1d", "2h", "90s", "0s"]);
        let visits = &PANEL.models[VISIT];
        let check = &visits.checks[0].predicate;
        assert_eq!(predicate(&PANEL, visits, check), "not (state == Done and at > now)");
        assert_eq!(plainly(&PANEL, visits, check), "not state is Done and at is after now");
    }
}

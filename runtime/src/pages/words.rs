//! Numbers and predicates of the block as words on a page.

use crate::clause;
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

/// "1 row", "1,234 rows".
pub(super) fn rows(n: u64) -> String {
    format!("{} {}", number(n), if n == 1 { "row" } else { "rows" })
}

/// "a, b and c".
pub(super) fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// A predicate in plain words, for those who never see the block: "state is Booked and at is after now".
pub(crate) fn plainly(panel: &Panel, model: &Model, predicate: &Predicate) -> String {
    // Without brackets nobody could tell what belongs together.
    let within = |part: &Predicate| match part {
        Predicate::And(parts) | Predicate::Or(parts) if parts.len() > 1 => format!("({})", plainly(panel, model, part)),
        _ => plainly(panel, model, part),
    };
    let join = |parts: &[Predicate], word: &str| parts.iter().map(within).collect::<Vec<_>>().join(word);
    match predicate {
        Predicate::And(parts) => join(parts, " and "),
        Predicate::Or(parts) => join(parts, " or "),
        Predicate::Not(Predicate::IsNull(operand)) => {
            format!("{} is not empty", plain_side(panel, model, operand, None))
        }
        Predicate::Not(part) => format!("not {}", within(part)),
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
        _ => clause::side(panel, model, operand, kind),
    }
}

#[cfg(test)]
mod tests {
    use super::{list, number, plainly};
    use crate::testing::{PANEL, VISIT};

    #[test]
    fn words_read_as_words() {
        assert_eq!([number(0), number(999), number(1_000), number(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!((list(&["a"]), list(&["a", "b", "c"])), ("a".to_owned(), "a, b and c".to_owned()));
        let visits = &PANEL.models[VISIT];
        let check = &visits.checks[0].predicate;
        assert_eq!(plainly(&PANEL, visits, check), "not (state is Done and at is after now)");
    }
}

//! Predicates: `and`, `or`, `not`, comparisons, null tests, set tests and brackets. What the names in them stand for
//! is decided later.

use proc_macro2::Delimiter;

use super::input::{Input, Read, Reported};
use crate::ast::{Operand, OperandKind, Predicate, ValueKind};
use crate::panel::Op;

/// Two signs before one, so that `<=` is not taken for `<`.
const OPERATORS: [(&str, Op); 6] =
    [("==", Op::Eq), ("!=", Op::Ne), ("<=", Op::Le), (">=", Op::Ge), ("<", Op::Lt), (">", Op::Gt)];

/// Signs from other languages, and the word to write.
const FOREIGN: [(&str, &str); 4] = [("&&", "and"), ("||", "or"), ("!", "not"), ("=", "==")];

/// Brackets deeper than this are a mistake or an attack on the stack.
const DEEPEST: usize = 32;

pub(crate) fn predicate(input: &mut Input<'_, '_>) -> Read<Predicate> {
    either(input, 0)
}

/// `when …`, if it is there; a broken one counts as there.
pub(crate) fn when(input: &mut Input<'_, '_>, into: &mut Option<Predicate>) -> Read<()> {
    let other = input.peek_word().filter(|word| word == "where" || word == "if");
    if let Some(word) = &other {
        input.diags.syntax(word, format!("a condition begins with `when`, and this is `{word}`")).help("write `when`");
        input.skip_token();
    }
    if other.is_some() || input.eat_word("when").is_some() {
        *into = Some(Predicate::Broken);
        *into = Some(predicate(input)?);
    }
    Ok(())
}

fn either(input: &mut Input<'_, '_>, depth: usize) -> Read<Predicate> {
    let mut parts = vec![both(input, depth)?];
    while input.eat_word("or").is_some() {
        parts.push(both(input, depth)?);
    }
    foreign(input)?;
    Ok(if parts.len() == 1 { parts.remove(0) } else { Predicate::Or(parts) })
}

fn both(input: &mut Input<'_, '_>, depth: usize) -> Read<Predicate> {
    let mut parts = vec![unary(input, depth)?];
    while input.eat_word("and").is_some() {
        parts.push(unary(input, depth)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Predicate::And(parts) })
}

fn unary(input: &mut Input<'_, '_>, depth: usize) -> Read<Predicate> {
    if depth > DEEPEST {
        let here = input.here();
        input.diags.syntax(here, format!("the condition is nested more than {DEEPEST} deep"));
        return Err(Reported);
    }
    foreign(input)?;
    if input.eat_word("not").is_some() {
        return Ok(Predicate::Not(Box::new(unary(input, depth + 1)?)));
    }
    let inside = input.group(Delimiter::Parenthesis, |inside| {
        let read = either(inside, depth + 1)?;
        if inside.at_end() { Ok(read) } else { Err(inside.expected("`)`, `and` or `or`")) }
    });
    match inside {
        Some(read) => read,
        None => atom(input),
    }
}

fn atom(input: &mut Input<'_, '_>) -> Read<Predicate> {
    let first = input.here();
    let left = operand(input)?;
    if input.eat_word("is").is_some() {
        let negated = input.eat_word("not").is_some();
        input.keyword("null")?;
        return Ok(Predicate::IsNull { operand: left, negated, place: input.since(first) });
    }
    let negated = input.eat_word("not").is_some();
    if negated || input.is_word("in") {
        input.keyword("in")?;
        let set = input.group(Delimiter::Parenthesis, set);
        let Some(set) = set else { return Err(input.expected("the values in brackets: `(A, B)`")) };
        return Ok(Predicate::In { operand: left, negated, set: set?, place: input.since(first) });
    }
    if !input.is("==") {
        foreign(input)?;
    }
    for (sign, op) in OPERATORS {
        if input.eat(sign) {
            let right = operand(input)?;
            return Ok(Predicate::Compare { left, op, right, place: input.since(first) });
        }
    }
    match left.kind {
        OperandKind::Value(ValueKind::Name(_)) => Ok(Predicate::Holds(left)),
        _ => Err(input.expected("a comparison such as `==`")),
    }
}

fn set(input: &mut Input<'_, '_>) -> Read<Vec<Operand>> {
    let mut set = Vec::new();
    loop {
        set.push(operand(input)?);
        if !input.eat(",") || input.at_end() {
            break;
        }
    }
    if input.at_end() { Ok(set) } else { Err(input.expected("`,` or `)`")) }
}

fn operand(input: &mut Input<'_, '_>) -> Read<Operand> {
    let first = input.here();
    if is_next_clause(input) {
        let last = input.last;
        input.diags.syntax(last, "expected a field, `me`, `now` or a value behind this");
        return Err(Reported);
    }
    if input.eat_word("me").is_some() {
        let kind = if input.eat(".") {
            OperandKind::MeAttribute(input.word("a word of the `actor` clause")?)
        } else {
            OperandKind::Me
        };
        return Ok(Operand { kind, place: input.since(first) });
    }
    if input.eat_word("now").is_some() {
        let sign = if input.eat("-") {
            -1
        } else if input.eat("+") {
            1
        } else {
            return Ok(Operand { kind: OperandKind::Now(0), place: input.since(first) });
        };
        let seconds = i64::try_from(input.duration("a duration such as `7d`")?).unwrap_or(i64::MAX);
        return Ok(Operand { kind: OperandKind::Now(sign * seconds), place: input.since(first) });
    }
    let value = input.value("a field, `me`, `now` or a value")?;
    if let ValueKind::Name(name) = &value.kind
        && input.is(".")
    {
        input.eat(".");
        let _ = input.take_word();
        let place = input.since(first);
        input
            .diags
            .syntax(place, format!("a condition reads fields of its own row, and `{name}.` reaches into another"))
            .note("a condition that reads other rows could change its answer without this row changing");
        return Err(Reported);
    }
    Ok(Operand { kind: OperandKind::Value(value.kind), place: value.place })
}

/// Half-typed conditions end in front of the next clause: a word, and behind it what no operand has behind it.
fn is_next_clause(input: &Input<'_, '_>) -> bool {
    const BEHIND_OPERANDS: [&str; 6] = ["and", "or", "is", "in", "not", "reveal"];
    let Some((_, rest)) = input.cursor.ident() else { return false };
    let word = rest.ident().is_some_and(|(word, _)| !BEHIND_OPERANDS.iter().any(|known| word == known));
    let star = rest.punct().is_some_and(|(punct, _)| punct.as_char() == '*');
    word || star || input.is_declaration()
}

/// Reports a sign that other languages write where this one has a word.
fn foreign(input: &mut Input<'_, '_>) -> Read<()> {
    for (sign, word) in FOREIGN {
        if input.is(sign) && !input.is("!=") {
            let here = input.here();
            input.diags.syntax(here, format!("`{sign}` has no meaning in a condition")).help(format!("write `{word}`"));
            return Err(Reported);
        }
    }
    Ok(())
}

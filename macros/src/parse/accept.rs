//! `accept RULE "reason" until "2027-06-30";`, wherever it stands.

use proc_macro2::Ident;

use super::input::{Input, Read};
use crate::ast::Accept;

/// Behind the word.
pub(crate) fn accept(input: &mut Input<'_, '_>, word: &Ident) -> (Accept, Read<()>) {
    let mut accept = Accept { rule: None, reason: None, until: None, place: word.span().into() };
    let read = fill(input, &mut accept);
    accept.place = input.since(word.span());
    (accept, read)
}

fn fill(input: &mut Input<'_, '_>, accept: &mut Accept) -> Read<()> {
    accept.rule = Some(input.word("the name of a rule")?);
    accept.reason = Some(input.text("the reason in quotes")?);
    if input.eat_word("until").is_some() {
        accept.until = Some(input.text("a date in quotes, such as \"2027-06-30\"")?);
    }
    Ok(())
}

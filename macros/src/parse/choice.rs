//! `choice Name { Variant, Variant "as shown", Variant "as shown" stored "as kept" }`.

use proc_macro2::{Delimiter, Ident};

use super::input::{Input, Read};
use crate::ast::{Choice, Variant};

/// Behind the word `choice`.
pub(crate) fn choice(input: &mut Input<'_, '_>, doc: String, word: &Ident) -> (Choice, Read<()>) {
    let mut choice = Choice { doc, name: None, variants: Vec::new(), place: word.span().into() };
    let read = fill(input, word, &mut choice);
    (choice, read)
}

fn fill(input: &mut Input<'_, '_>, word: &Ident, choice: &mut Choice) -> Read<()> {
    choice.name = Some(input.word("the name of the choice")?);
    choice.place = input.since(word.span());
    match input.group(Delimiter::Brace, |inside| variants(inside, choice)) {
        Some(()) => Ok(()),
        None => Err(input.expected("`{` and the variants")),
    }
}

fn variants(input: &mut Input<'_, '_>, choice: &mut Choice) {
    while !input.at_end() {
        let doc = input.doc();
        let Some(name) = input.take_word() else {
            input.expected("a variant");
            input.skip_token();
            continue;
        };
        let title = input.take_text();
        let stored = match input.eat_word("stored") {
            Some(_) => input.text("the text that the table holds, in quotes").ok(),
            None => None,
        };
        choice.variants.push(Variant { doc, name, title, stored });
        if !input.eat(",") && !input.at_end() {
            input.expected("`,`");
            if input.peek_word().is_none() {
                input.skip_token();
            }
        }
    }
}

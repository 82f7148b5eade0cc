//! Tokens → what the user wrote. It never stops early: a broken clause is reported at its place and skipped, what was
//! read of it is kept. It looks nothing up.

mod accept;
mod choice;
mod dashboard;
mod field;
mod head;
mod input;
mod model;
mod predicate;
mod role;
mod settings;
mod text;

use proc_macro2::{Delimiter, Ident, Span, TokenStream};
use syn::buffer::TokenBuffer;

use self::input::{Input, Read, Reported};
use crate::ast::Block;
use crate::diag::Diags;

const WORDS: [&str; 14] = [
    "panel",
    "actor",
    "choice",
    "model",
    "role",
    "forbid",
    "password",
    "session",
    "factor",
    "throttle",
    "recovery",
    "reauth",
    "dashboard",
    "accept",
];

/// Those that end in a bracket, without a `;`.
const BRACKETED: [&str; 7] = ["panel", "actor", "choice", "model", "role", "recovery", "dashboard"];

/// Reads the whole block.
pub(crate) fn parse(tokens: TokenStream, diags: &mut Diags) -> Block {
    let buffer = TokenBuffer::new2(tokens);
    let mut block = Block::default();
    let mut input = Input::new(buffer.begin(), Span::call_site(), Span::call_site(), diags);
    while !input.at_end() {
        item(&mut input, &mut block);
    }
    block
}

fn item(input: &mut Input<'_, '_>, block: &mut Block) {
    let doc = input.doc();
    let Some(mut word) = input.take_word() else {
        if !input.at_end() {
            input.expected("a clause such as `model` or `role`");
            input.skip_token();
            skip_item(input);
        }
        return;
    };
    if !WORDS.iter().any(|known| word == known) {
        let Some(meant) = input.unknown_clause(&word, "a panel", &WORDS) else {
            skip_item(input);
            return;
        };
        word = meant;
    }
    match (read_item(input, block, doc, &word), BRACKETED.iter().any(|known| word == known)) {
        // A `;` behind a bracket does no harm.
        (Ok(()), true) => drop(input.eat(";")),
        (Ok(()), false) => input.end_clause(&WORDS),
        (Err(Reported), _) => skip_item(input),
    }
}

fn read_item(input: &mut Input<'_, '_>, block: &mut Block, doc: String, word: &Ident) -> Read<()> {
    match word.to_string().as_str() {
        "panel" => keep(head::head(input, doc, word), &mut block.panels),
        "actor" => match input.group(Delimiter::Brace, |inside| field::attributes(inside, &mut block.actor)) {
            Some(()) => Ok(()),
            None => Err(input.expected("`{` and what is known of a person")),
        },
        "choice" => keep(choice::choice(input, doc, word), &mut block.choices),
        "model" => keep(model::model(input, doc, word), &mut block.models),
        "role" => keep(role::role(input, doc, word), &mut block.roles),
        "forbid" if role::is_one_person(input) => keep(role::one_person(input, word), &mut block.one_person),
        "forbid" => keep(role::forbid(input, word), &mut block.forbids),
        "password" => keep(settings::settings(input, word), &mut block.passwords),
        "session" => keep(settings::settings(input, word), &mut block.sessions),
        "factor" => keep(settings::factors(input, word), &mut block.factors),
        "throttle" => keep(settings::throttle(input, word), &mut block.throttles),
        "recovery" => keep(settings::recovery(input, word), &mut block.recoveries),
        "reauth" => keep(settings::reauth(input), &mut block.reauths),
        "dashboard" => dashboard::dashboard(input, &mut block.dashboard),
        _ => keep(accept::accept(input, word), &mut block.accepts),
    }
}

/// A half-read clause is kept all the same: the editor knows its names.
fn keep<T>((clause, read): (T, Read<()>), into: &mut Vec<T>) -> Read<()> {
    into.push(clause);
    read
}

/// Skips to behind the next `;` or bracket, or to in front of a word that starts an item.
fn skip_item(input: &mut Input<'_, '_>) {
    while !input.at_end() {
        let bracket = input.is_group(Delimiter::Brace);
        if input.eat(";") || WORDS.iter().any(|word| input.is_word(word)) {
            return;
        }
        input.skip_token();
        if bracket {
            return;
        }
    }
}

#[cfg(test)]
mod tests;

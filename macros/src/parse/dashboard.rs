//! `dashboard { … }`: what the home page shows.

use proc_macro2::{Delimiter, Ident};

use super::input::{Input, Read};
use super::predicate::when;
use crate::ast::Widget;

const WORDS: [&str; 3] = ["count", "chart", "latest"];

/// Behind the word `dashboard`.
pub(crate) fn dashboard(input: &mut Input<'_, '_>, widgets: &mut Vec<Widget>) -> Read<()> {
    match input.group(Delimiter::Brace, |inside| clauses(inside, widgets)) {
        Some(()) => Ok(()),
        None => Err(input.expected("`{` and what the home page shows")),
    }
}

fn clauses(input: &mut Input<'_, '_>, widgets: &mut Vec<Widget>) {
    while !input.at_end() {
        let _ = input.doc();
        let Some(word) = input.take_word() else {
            if !input.at_end() {
                input.expected("`count`, `chart` or `latest`");
                input.skip_token();
                input.skip_clause(&WORDS);
            }
            continue;
        };
        if !WORDS.iter().any(|known| word == known) {
            input.unknown_clause(&word, "`dashboard`", &WORDS);
            input.skip_clause(&WORDS);
            continue;
        }
        let read = widget(input, &word, widgets);
        input.finish(&read, &WORDS);
    }
}

fn widget(input: &mut Input<'_, '_>, word: &Ident, widgets: &mut Vec<Widget>) -> Read<()> {
    let model = input.word("a model")?;
    let first = word.span();
    match word.to_string().as_str() {
        "count" => {
            let mut condition = None;
            let read = when(input, &mut condition);
            widgets.push(Widget::Count { model, when: condition, place: input.since(first) });
            read
        }
        "latest" => {
            let count = if input.is_number() { Some(input.count("a number of rows")?) } else { None };
            widgets.push(Widget::Latest { model, count, place: input.since(first) });
            Ok(())
        }
        _ => {
            let (mut field, mut seconds, mut condition) = (None, None, None);
            let read = chart(input, &mut field, &mut seconds).and_then(|()| when(input, &mut condition));
            widgets.push(Widget::Chart { model, field, seconds, when: condition, place: input.since(first) });
            read
        }
    }
}

fn chart(input: &mut Input<'_, '_>, field: &mut Option<Ident>, seconds: &mut Option<u64>) -> Read<()> {
    input.keyword("by")?;
    input.keyword("day")?;
    input.keyword("of")?;
    *field = Some(input.word("a date or timestamp")?);
    if input.eat_word("for").is_some() {
        *seconds = Some(input.duration("a duration such as `30d`")?);
    }
    Ok(())
}

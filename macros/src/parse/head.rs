//! `panel Name { … }`: where the panel lives and what it looks like.

use proc_macro2::{Delimiter, Ident};

use super::accept::accept;
use super::input::{Input, Read};
use crate::ast::{Head, HeadSetting, Source};

const WORDS: [&str; 6] = ["brand", "database", "public_url", "proxies", "mail", "accept"];

/// Behind the word `panel`.
pub(crate) fn head(input: &mut Input<'_, '_>, doc: String, word: &Ident) -> (Head, Read<()>) {
    let mut head = Head { doc, name: None, settings: Vec::new(), accepts: Vec::new(), place: word.span().into() };
    let read = fill(input, word, &mut head);
    (head, read)
}

fn fill(input: &mut Input<'_, '_>, word: &Ident, head: &mut Head) -> Read<()> {
    head.name = Some(input.word("the name of the panel")?);
    head.place = input.since(word.span());
    match input.group(Delimiter::Brace, |inside| clauses(inside, head)) {
        Some(()) => Ok(()),
        None => Err(input.expected("`{` and the panel's settings")),
    }
}

fn clauses(input: &mut Input<'_, '_>, head: &mut Head) {
    while !input.at_end() {
        let _ = input.doc();
        let Some(word) = input.take_word() else {
            if !input.at_end() {
                input.expected("a setting of the panel");
                input.skip_token();
                input.skip_clause(&WORDS);
            }
            continue;
        };
        let read = match word.to_string().as_str() {
            "brand" => brand(input, &word, head),
            "database" => source(input, &word).map(|source| head.settings.push(HeadSetting::Database(source))),
            "public_url" => source(input, &word).map(|source| head.settings.push(HeadSetting::PublicUrl(source))),
            "mail" => source(input, &word).map(|source| head.settings.push(HeadSetting::Mail(source))),
            "proxies" => proxies(input, &word, head),
            "accept" => {
                let (accept, read) = accept(input, &word);
                head.accepts.push(accept);
                read
            }
            _ => {
                input.unknown_clause(&word, "`panel`", &WORDS);
                input.skip_clause(&WORDS);
                continue;
            }
        };
        input.finish(&read, &WORDS);
    }
}

fn brand(input: &mut Input<'_, '_>, word: &Ident, head: &mut Head) -> Read<()> {
    let colour = input.text("a colour such as \"#0b6e4f\"")?;
    let place = input.since(word.span());
    head.settings.push(HeadSetting::Brand(colour, place));
    Ok(())
}

fn source(input: &mut Input<'_, '_>, word: &Ident) -> Read<Source> {
    let mut source = Source { env: None, fallback: None, place: word.span().into() };
    if input.eat_word("env").is_some() {
        source.env = Some(input.text("the name of an environment variable in quotes")?);
        if input.eat_word("or").is_some() {
            source.fallback = Some(input.text("the value without it, in quotes")?);
        }
    } else {
        source.fallback = Some(input.text("`env \"NAME\"` or a value in quotes")?);
    }
    source.place = input.since(word.span());
    Ok(source)
}

fn proxies(input: &mut Input<'_, '_>, word: &Ident, head: &mut Head) -> Read<()> {
    let mut ranges = Vec::new();
    if input.eat_word("none").is_none() {
        loop {
            ranges.push(input.text("`none`, or ranges such as \"10.0.0.0/8\"")?);
            if !input.eat(",") {
                break;
            }
        }
    }
    let place = input.since(word.span());
    head.settings.push(HeadSetting::Proxies(ranges, place));
    Ok(())
}

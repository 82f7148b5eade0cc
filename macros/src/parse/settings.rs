//! The clauses with numbers: `password`, `session`, `factor`, `throttle`, `recovery`, `reauth`. Bounds are checked
//! later.

use proc_macro2::{Delimiter, Ident};

use super::input::{Input, Read};
use crate::ast::{Factors, Limit, Reauth, Recovery, Setting, Settings, Throttle, Way};
use crate::similar;

const PASSWORD: [&str; 3] = ["min", "min_with_factor", "blocklist"];
const SESSION: [&str; 6] = ["idle", "absolute", "ruling_idle", "ruling_absolute", "reauth", "at_most"];

/// Behind the word `password` or `session`: words with a value each.
pub(crate) fn settings(input: &mut Input<'_, '_>, word: &Ident) -> (Settings, Read<()>) {
    let mut clause = Settings { settings: Vec::new(), place: word.span().into() };
    let read = fill_settings(input, word, &mut clause);
    clause.place = input.since(word.span());
    (clause, read)
}

fn fill_settings(input: &mut Input<'_, '_>, word: &Ident, clause: &mut Settings) -> Read<()> {
    let known: &[&str] = if word == "password" { &PASSWORD } else { &SESSION };
    loop {
        let name = input.word("a setting")?;
        let setting = match name.to_string().as_str() {
            "blocklist" if word == "password" => Setting::Word(input.word("`common` or `none`")?),
            "min" | "min_with_factor" | "at_most" if known.iter().any(|known| name == known) => {
                Setting::Count(input.count("a number")?)
            }
            "idle" | "absolute" | "ruling_idle" | "ruling_absolute" | "reauth" if word == "session" => {
                Setting::Seconds(input.duration("a duration such as `30min`")?)
            }
            other => {
                let help = similar::hint(other, "settings", known.iter().copied());
                let message = format!("there is no setting `{other}` of `{word}`");
                input.diags.error("unknown_name", &name, message).help(help);
                input.skip_token();
                if input.eat(",") {
                    continue;
                }
                return Ok(());
            }
        };
        clause.settings.push((name, setting));
        if !input.eat(",") {
            return Ok(());
        }
    }
}

/// Behind the word `factor`: the kinds of second factors that there are.
pub(crate) fn factors(input: &mut Input<'_, '_>, word: &Ident) -> (Factors, Read<()>) {
    let mut factors = Factors { kinds: Vec::new(), place: word.span().into() };
    let read = fill_factors(input, &mut factors);
    factors.place = input.since(word.span());
    (factors, read)
}

fn fill_factors(input: &mut Input<'_, '_>, factors: &mut Factors) -> Read<()> {
    loop {
        let kind = input.word("`totp` or `passkey`")?;
        factors.kinds.push((kind, input.eat_word("alone")));
        if !input.eat(",") {
            return Ok(());
        }
    }
}

/// Behind the word `throttle`.
pub(crate) fn throttle(input: &mut Input<'_, '_>, word: &Ident) -> (Throttle, Read<()>) {
    let mut throttle = Throttle { name: None, limits: Vec::new(), wait: None, cap: None, place: word.span().into() };
    let read = fill_throttle(input, &mut throttle);
    throttle.place = input.since(word.span());
    (throttle, read)
}

fn fill_throttle(input: &mut Input<'_, '_>, throttle: &mut Throttle) -> Read<()> {
    throttle.name = Some(input.word("what is limited, such as `login`")?);
    loop {
        if input.eat_word("wait").is_some() {
            let least = input.duration("the shortest wait, such as `1s`")?;
            input.keyword("to")?;
            throttle.wait = Some((least, input.duration("the longest wait, such as `15min`")?));
        } else if input.eat_word("cap").is_some() {
            throttle.cap = Some(input.count("a number of failures")?);
        } else if input.is_number() {
            let first = input.here();
            let mut limit = Limit { count: 0, window: 0, by: None, place: first.into() };
            let read = fill_limit(input, &mut limit);
            limit.place = input.since(first);
            throttle.limits.push(limit);
            read?;
        } else {
            return Err(input.expected("a limit such as `5 per 15min by account`, `wait` or `cap`"));
        }
        if !input.eat(",") {
            return Ok(());
        }
    }
}

fn fill_limit(input: &mut Input<'_, '_>, limit: &mut Limit) -> Read<()> {
    limit.count = input.count("a number of tries")?;
    input.keyword("per")?;
    limit.window = input.duration("a duration such as `15min`")?;
    input.keyword("by")?;
    limit.by = Some(input.word("what is counted, such as `account`")?);
    Ok(())
}

const WAYS: [&str; 3] = ["link", "codes", "break_glass"];

/// Behind the word `recovery`.
pub(crate) fn recovery(input: &mut Input<'_, '_>, word: &Ident) -> (Recovery, Read<()>) {
    let mut recovery = Recovery { ways: Vec::new(), place: word.span().into() };
    let read = match input.group(Delimiter::Brace, |inside| ways(inside, &mut recovery)) {
        Some(()) => Ok(()),
        None => Err(input.expected("`{` and the ways back in")),
    };
    (recovery, read)
}

fn ways(input: &mut Input<'_, '_>, recovery: &mut Recovery) {
    while !input.at_end() {
        let _ = input.doc();
        let Some(word) = input.take_word() else {
            if !input.at_end() {
                input.expected("a way back in");
                input.skip_token();
                input.skip_clause(&WAYS);
            }
            continue;
        };
        let read = match word.to_string().as_str() {
            "link" => link(input, &word, recovery),
            "codes" => codes(input, &word, recovery),
            "break_glass" => input.keyword("cli").map(|_| {
                let place = input.since(word.span());
                recovery.ways.push(Way::BreakGlass(place));
            }),
            _ => {
                input.unknown_clause(&word, "`recovery`", &WAYS);
                input.skip_clause(&WAYS);
                continue;
            }
        };
        input.finish(&read, &WAYS);
    }
}

fn link(input: &mut Input<'_, '_>, word: &Ident, recovery: &mut Recovery) -> Read<()> {
    input.keyword("by")?;
    let by = input.word("`email` or `administrator`")?;
    let seconds = match input.eat_word("for") {
        Some(_) => Some(input.duration("a duration such as `30min`")?),
        None => None,
    };
    let place = input.since(word.span());
    recovery.ways.push(Way::Link { by, seconds, place });
    Ok(())
}

fn codes(input: &mut Input<'_, '_>, word: &Ident, recovery: &mut Recovery) -> Read<()> {
    let count = if input.is_number() { Some(input.count("a number of codes")?) } else { None };
    let place = input.since(word.span());
    recovery.ways.push(Way::Codes(count, place));
    Ok(())
}

/// Behind the word `reauth`.
pub(crate) fn reauth(input: &mut Input<'_, '_>) -> (Reauth, Read<()>) {
    let mut reauth = Reauth { words: Vec::new() };
    let read = input.words_to_the_end("a verb or an action", &mut reauth.words);
    (reauth, read)
}

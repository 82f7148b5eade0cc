//! `role Name under Other { … }` with its grants, and `forbid …`, which is written like a grant.

use proc_macro2::{Delimiter, Ident};

use super::accept::accept;
use super::input::{Input, Read, Reported};
use super::{predicate, text};
use crate::ast::{Forbid, Grant, Names, OnePerson, Role, Target};
use crate::similar;

/// Words that start a clause of a role; an action's name may too.
const WORDS: [&str; 16] = [
    "view", "create", "edit", "delete", "export", "import", "all", "assign", "reset", "lock", "unlock", "revoke",
    "may", "factor", "keep", "accept",
];

/// Behind the word `role`.
pub(crate) fn role(input: &mut Input<'_, '_>, doc: String, word: &Ident) -> (Role, Read<()>) {
    let mut role = Role {
        doc,
        name: None,
        under: Vec::new(),
        above: Vec::new(),
        beside: Vec::new(),
        grants: Vec::new(),
        factor_required: None,
        keeps: Vec::new(),
        accepts: Vec::new(),
        place: word.span().into(),
    };
    let read = fill(input, word, &mut role);
    (role, read)
}

fn fill(input: &mut Input<'_, '_>, word: &Ident, role: &mut Role) -> Read<()> {
    role.name = Some(input.word("the name of the role")?);
    role.place = input.since(word.span());
    loop {
        let into = if input.eat_word("under").is_some() {
            &mut role.under
        } else if input.eat_word("above").is_some() {
            &mut role.above
        } else if input.eat_word("beside").is_some() {
            &mut role.beside
        } else {
            break;
        };
        input.words_into("a role", into)?;
    }
    match input.group(Delimiter::Brace, |inside| clauses(inside, role)) {
        Some(()) => Ok(()),
        None => Err(input.expected("`under`, `above`, `beside` or `{` and the grants")),
    }
}

fn clauses(input: &mut Input<'_, '_>, role: &mut Role) {
    while !input.at_end() {
        // A comment on a grant is for the reader of the block; it has no place in the tables.
        let _ = input.doc();
        let Some(word) = input.peek_word() else {
            if !input.at_end() {
                input.expected("a grant");
                input.skip_token();
                input.skip_clause(&WORDS);
            }
            continue;
        };
        let read = match word.to_string().as_str() {
            "factor" => factor(input, role),
            "keep" => keep(input, role),
            "accept" => {
                input.skip_token();
                let (accept, read) = accept(input, &word);
                role.accepts.push(accept);
                read
            }
            // No grant has a text behind its second word.
            _ if is_exception(input) => {
                input.unknown_clause(&word, "a role", &WORDS);
                input.skip_token();
                let (accept, read) = accept(input, &word);
                role.accepts.push(accept);
                read
            }
            _ => {
                let (grant, read) = grant(input);
                role.grants.push(grant);
                read
            }
        };
        input.finish(&read, &WORDS);
    }
}

/// `acept RULE "reason"`.
fn is_exception(input: &Input<'_, '_>) -> bool {
    let rest = input.cursor.ident().and_then(|(_, rest)| rest.ident());
    rest.is_some_and(|(_, rest)| rest.literal().is_some())
}

fn factor(input: &mut Input<'_, '_>, role: &mut Role) -> Read<()> {
    let first = input.here();
    input.skip_token();
    input.keyword("required")?;
    role.factor_required = Some(input.since(first));
    Ok(())
}

fn keep(input: &mut Input<'_, '_>, role: &mut Role) -> Read<()> {
    let first = input.here();
    input.skip_token();
    let count = input.count("how many people must always hold the role")?;
    role.keeps.push((count, input.since(first)));
    Ok(())
}

fn grant(input: &mut Input<'_, '_>) -> (Grant, Read<()>) {
    let first = input.here();
    let start = input.cursor;
    let mut grant = Grant {
        text: String::new(),
        may: None,
        verbs: Vec::new(),
        targets: Vec::new(),
        when: None,
        reveal: None,
        place: first.into(),
    };
    let read = fill_grant(input, &mut grant);
    grant.place = input.since(first);
    grant.text = text::of(start, input.cursor);
    (grant, read)
}

fn fill_grant(input: &mut Input<'_, '_>, grant: &mut Grant) -> Read<()> {
    grant.may = input.eat_word("may").map(|word| word.span().into());
    verbs(input, &mut grant.verbs)?;
    targets(input, &mut grant.targets)?;
    predicate::when(input, &mut grant.when)?;
    if input.eat_word("reveal").is_some() {
        grant.reveal = Some(input.text("the reason in quotes")?);
    }
    Ok(())
}

/// `create, edit`; where the comma is missing, the verb behind it is no model.
fn verbs(input: &mut Input<'_, '_>, verbs: &mut Vec<Ident>) -> Read<()> {
    loop {
        input.words_into("a verb such as `view`", verbs)?;
        let Some(word) = input.peek_word().filter(|word| WORDS.iter().any(|verb| word == verb)) else {
            return Ok(());
        };
        let message = format!("expected `,` before `{word}`, or a model");
        let before = verbs.last().map(ToString::to_string).unwrap_or_default();
        input.diags.syntax(&word, message).help(format!("write `{before}, {word}`"));
    }
}

/// `Patient { name, phone }, Visit`, or `*`.
fn targets(input: &mut Input<'_, '_>, targets: &mut Vec<Target>) -> Read<()> {
    loop {
        let first = input.here();
        let name = if input.eat("*") { None } else { Some(input.word("a model, a role or `*`")?) };
        let place = input.since(first);
        let start = input.here();
        let mut read = Ok(());
        let brackets = if input.is_group(Delimiter::Parenthesis) { Delimiter::Parenthesis } else { Delimiter::Brace };
        let fields = input.group(brackets, |inside| {
            let mut names = Vec::new();
            read = field_names(inside, &mut names);
            names
        });
        if fields.is_some() && brackets == Delimiter::Parenthesis {
            let place = input.since(start);
            input.diags.syntax(place, "fields stand in `{ }`").help("write `{ … }` in place of `( … )`");
        }
        let fields = fields.map(|names| Names { names, place: input.since(start) });
        targets.push(Target { name, fields, place });
        read?;
        if !input.eat(",") {
            return Ok(());
        }
        // `view Doctor, create Visit`: a verb behind the comma begins another grant.
        if let Some((word, rest)) = input.cursor.ident()
            && WORDS.iter().any(|verb| word == verb)
            && rest.ident().is_some()
        {
            input
                .diags
                .syntax(&word, "one clause grants its verbs on all of its models")
                .help(format!("end the clause with `;` before `{word}`"));
            return Err(Reported);
        }
    }
}

fn field_names(input: &mut Input<'_, '_>, names: &mut Vec<Ident>) -> Read<()> {
    while !input.at_end() {
        names.push(input.word("a field")?);
        if !input.eat(",") && !input.at_end() {
            return Err(input.expected("`,` or `}`"));
        }
    }
    Ok(())
}

/// Behind the word `forbid`, where `one_person` does not follow.
pub(crate) fn forbid(input: &mut Input<'_, '_>, word: &Ident) -> (Forbid, Read<()>) {
    let start = input.cursor;
    let text = String::new();
    let mut forbid =
        Forbid { text, roles: None, verbs: Vec::new(), targets: Vec::new(), when: None, place: word.span().into() };
    let read = fill_forbid(input, &mut forbid);
    forbid.place = input.since(word.span());
    forbid.text = format!("forbid {}", text::of(start, input.cursor));
    (forbid, read)
}

fn fill_forbid(input: &mut Input<'_, '_>, forbid: &mut Forbid) -> Read<()> {
    if !input.eat("*") {
        let roles = forbid.roles.insert(Vec::new());
        loop {
            roles.push(input.word("a role")?);
            if !input.eat(",") {
                break;
            }
            // No role has the name of a verb: the comma is one too many.
            if let Some(verb) = input.peek_word().filter(|word| WORDS.iter().any(|verb| word == verb)) {
                let last = roles.last().map(ToString::to_string).unwrap_or_default();
                let message = format!("expected a role behind the comma, found the verb `{verb}`");
                input.diags.syntax(&verb, message).help(format!("write `forbid {last} {verb}` without a comma"));
                break;
            }
        }
    }
    input.words_into("a verb such as `delete`", &mut forbid.verbs)?;
    targets(input, &mut forbid.targets)?;
    predicate::when(input, &mut forbid.when)
}

/// Whether `one_person` stands here, which is taken; a slip in it is reported.
pub(crate) fn is_one_person(input: &mut Input<'_, '_>) -> bool {
    const WORD: &str = "one_person";
    let Some(word) = input.peek_word() else { return false };
    let written = word.to_string();
    if written == WORD {
        input.skip_token();
        return true;
    }
    let is_meant = similar::nearest(&written, [WORD]).is_some();
    if is_meant {
        let message = format!("there is no `{written}` of a forbid");
        input.diags.error("unknown_name", &word, message).help(similar::hint(&written, "words", [WORD]));
        input.skip_token();
    }
    is_meant
}

/// Behind the words `forbid one_person`.
pub(crate) fn one_person(input: &mut Input<'_, '_>, word: &Ident) -> (OnePerson, Read<()>) {
    let start = input.cursor;
    let mut clause = OnePerson { text: String::new(), steps: Vec::new(), place: word.span().into() };
    let read = fill_one_person(input, &mut clause);
    clause.place = input.since(word.span());
    clause.text = format!("forbid one_person {}", text::of(start, input.cursor));
    (clause, read)
}

fn fill_one_person(input: &mut Input<'_, '_>, clause: &mut OnePerson) -> Read<()> {
    loop {
        let verb = input.word("a verb or an action")?;
        let model = input.word("a model")?;
        clause.steps.push((verb, model));
        if !input.eat(",") {
            return Ok(());
        }
    }
}

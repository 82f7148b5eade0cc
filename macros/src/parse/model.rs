//! `model Name { … }`: fields and the clauses about them.

use proc_macro2::{Delimiter, Ident};

use super::accept::accept;
use super::field::{CLAUSES as WORDS, field};
use super::input::{Input, Read};
use super::predicate::predicate;
use crate::ast::{Action, Adopted, Check, Form, Inline, Key, Model, Names, Predicate};
use crate::similar;

/// Behind the word `model`.
pub(crate) fn model(input: &mut Input<'_, '_>, doc: String, word: &Ident) -> (Model, Read<()>) {
    let mut model = Model {
        doc,
        name: None,
        table: None,
        adopted: None,
        title: None,
        plural: None,
        fields: Vec::new(),
        lists: Vec::new(),
        filters: Vec::new(),
        sorts: Vec::new(),
        forms: Vec::new(),
        inlines: Vec::new(),
        checks: Vec::new(),
        actions: Vec::new(),
        accepts: Vec::new(),
        place: word.span().into(),
    };
    let read = fill(input, word, &mut model);
    (model, read)
}

fn fill(input: &mut Input<'_, '_>, word: &Ident, model: &mut Model) -> Read<()> {
    model.name = Some(input.word("the name of the model")?);
    model.place = input.since(word.span());
    if input.eat_word("table").is_some() {
        table(input, model)?;
    }
    match input.group(Delimiter::Brace, |inside| clauses(inside, model)) {
        Some(()) => Ok(()),
        None => Err(input.expected("`{` and the fields")),
    }
}

fn clauses(input: &mut Input<'_, '_>, model: &mut Model) {
    while !input.at_end() {
        let doc = input.doc();
        let Some(mut word) = input.take_word() else {
            if !input.at_end() {
                input.expected("a field or a clause");
                input.skip_token();
                input.skip_clause(&WORDS);
            }
            continue;
        };
        let mut is_clause = WORDS.iter().any(|known| word == known) && !input.is(":");
        let is_field = input.is(":") || input.at_end() || input.is(";");
        if !is_clause && !is_field && similar::nearest(&word.to_string(), WORDS).is_some() {
            is_clause = true;
            word = input.unknown_clause(&word, "a model", &WORDS).unwrap_or(word);
        }
        if is_clause {
            let read = clause(input, model, doc, &word);
            input.finish(&read, &WORDS);
        } else if is_field || input.peek_word().is_some_and(|word| is_type(&word)) {
            // Where the colon is missing, the name is declared all the same.
            let (field, read) = field(input, doc, word);
            model.fields.push(field);
            input.finish(&read, &WORDS);
        } else {
            input.unknown_clause(&word, "a model", &WORDS);
            input.skip_clause(&WORDS);
        }
    }
}

/// As types are written.
fn is_type(word: &Ident) -> bool {
    let word = word.to_string();
    word.starts_with(char::is_uppercase) || ["bool", "i32", "i64", "f64"].contains(&word.as_str())
}

fn clause(input: &mut Input<'_, '_>, model: &mut Model, doc: String, word: &Ident) -> Read<()> {
    let first = word.span();
    match word.to_string().as_str() {
        "list" => names(input, first, &mut model.lists),
        "filter" => names(input, first, &mut model.filters),
        "sort" => sort(input, model),
        "form" => {
            model.forms.push(Form { title: input.take_text(), names: Vec::new() });
            let form = model.forms.len() - 1;
            input.words_to_the_end("a field", &mut model.forms[form].names)
        }
        "inline" => {
            let mut inline = Inline { child: None, via: None, names: Vec::new(), in_form: None, place: first.into() };
            let read = fill_inline(input, &mut inline);
            inline.place = input.since(first);
            model.inlines.push(inline);
            read
        }
        "check" => {
            let mut check = Check { message: None, predicate: Predicate::Broken, place: first.into() };
            let read = fill_check(input, &mut check);
            check.place = input.since(first);
            model.checks.push(check);
            read
        }
        "action" => {
            let mut action = Action { doc, name: None, writes: None, mails: None, pure: None, place: first.into() };
            let read = fill_action(input, &mut action);
            action.place = input.since(first);
            model.actions.push(action);
            read
        }
        "table" => table(input, model),
        "title" => {
            model.title = Some(input.text("the name of one, in quotes")?);
            if input.eat_word("plural").is_some() {
                model.plural = Some(input.text("the name of many, in quotes")?);
            }
            Ok(())
        }
        _ => {
            let (accept, read) = accept(input, word);
            model.accepts.push(accept);
            read
        }
    }
}

/// `"name"`, or `"name" adopted key …`: a column in quotes, with `Uuid` behind it or not, or a field.
fn table(input: &mut Input<'_, '_>, model: &mut Model) -> Read<()> {
    model.table = Some(input.text("the table's name in quotes")?);
    if let Some(word) = input.eat_word("adopted") {
        let mut adopted = Adopted { key: None, place: word.span().into() };
        let key = match input.eat_word("key") {
            Some(_) => key(input).map(|key| adopted.key = Some(key)),
            None => Ok(()),
        };
        adopted.place = input.since(word.span());
        model.adopted = Some(adopted);
        key?;
    }
    Ok(())
}

fn key(input: &mut Input<'_, '_>) -> Read<Key> {
    if let Some(field) = input.take_word() {
        return Ok(Key::Field(field));
    }
    let column = input.text("the name of its key, in quotes, or the field that is its key")?;
    Ok(if input.eat_word("Uuid").is_some() { Key::Uuid(column) } else { Key::Number(column) })
}

fn names(input: &mut Input<'_, '_>, first: proc_macro2::Span, into: &mut Vec<Names>) -> Read<()> {
    let mut names = Vec::new();
    let read = input.words_to_the_end("a field", &mut names);
    into.push(Names { names, place: input.since(first) });
    read
}

fn sort(input: &mut Input<'_, '_>, model: &mut Model) -> Read<()> {
    loop {
        let field = input.word("a field")?;
        let descending = input.eat_word("desc").is_some();
        if !descending {
            let _ = input.eat_word("asc");
        }
        model.sorts.push((field, descending));
        if !input.eat(",") {
            return Ok(());
        }
    }
}

fn fill_inline(input: &mut Input<'_, '_>, inline: &mut Inline) -> Read<()> {
    inline.child = Some(input.word("the model whose rows are shown")?);
    if input.eat_word("via").is_some() {
        inline.via = Some(input.word("the field that points here")?);
    }
    if !input.is(";") && !input.is_word("in") {
        input.words_to_the_end("a field", &mut inline.names)?;
    }
    if input.eat_word("in").is_some() {
        inline.in_form = Some(input.keyword("form")?);
    }
    Ok(())
}

fn fill_check(input: &mut Input<'_, '_>, check: &mut Check) -> Read<()> {
    check.message = Some(input.text("what to say when it does not hold, in quotes")?);
    check.predicate = predicate(input)?;
    Ok(())
}

fn fill_action(input: &mut Input<'_, '_>, action: &mut Action) -> Read<()> {
    action.name = Some(input.word("the name of the action")?);
    loop {
        if input.eat_word("writes").is_some() {
            let writes = action.writes.get_or_insert_default();
            effects(input, writes)?;
        } else if input.eat_word("mails").is_some() {
            let mails = action.mails.get_or_insert_default();
            if input.peek_word().is_some_and(|word| !EFFECTS.iter().any(|effect| word == effect)) {
                effects(input, mails)?;
            }
        } else if let Some(word) = input.eat_word("pure") {
            action.pure = Some(word.span().into());
        } else if !input.is(",") || !input.eat(",") {
            return Ok(());
        }
    }
}

const EFFECTS: [&str; 3] = ["writes", "mails", "pure"];

/// Fields, up to the next effect: `writes state, mails email`.
fn effects(input: &mut Input<'_, '_>, fields: &mut Vec<Ident>) -> Read<()> {
    loop {
        fields.push(input.word("a field")?);
        if !input.is(",") {
            return Ok(());
        }
        let next = input.cursor.punct().and_then(|(_, rest)| rest.ident());
        if next.is_some_and(|(word, _)| EFFECTS.iter().any(|effect| word == effect)) {
            return Ok(());
        }
        input.eat(",");
    }
}

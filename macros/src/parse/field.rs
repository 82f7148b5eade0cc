//! Fields: a name, a type and its modifiers. Whether a modifier suits the type is decided later.

use proc_macro2::{Delimiter, Ident};

use super::input::{Input, Read, Reported};
use crate::ast::{Attribute, Field, Flag, Modifier, ModifierKind, Type};
use crate::similar;

/// Words that start a clause of a model, and so end the modifiers of a field; none of them is a word behind a type.
pub(super) const CLAUSES: [&str; 10] =
    ["list", "filter", "sort", "form", "inline", "check", "action", "table", "title", "accept"];

const FLAGS: [(&str, Flag); 17] = [
    ("label", Flag::Label),
    ("search", Flag::Search),
    ("unique", Flag::Unique),
    ("index", Flag::Index),
    ("past", Flag::Past),
    ("future", Flag::Future),
    ("readonly", Flag::Readonly),
    ("created", Flag::Created),
    ("updated", Flag::Updated),
    ("author", Flag::Author),
    ("public", Flag::Public),
    ("personal", Flag::Personal),
    ("sensitive", Flag::Sensitive),
    ("transfers", Flag::Transfers),
    ("restrict", Flag::Restrict),
    ("cascade", Flag::Cascade),
    ("set_null", Flag::SetNull),
];

const VALUED: [&str; 8] = ["default", "len", "min", "max", "pattern", "help", "column", "through"];

/// Behind the name: `: Type modifier …`, without the `;`.
pub(crate) fn field(input: &mut Input<'_, '_>, doc: String, name: Ident) -> (Field, Read<()>) {
    let place = name.span().into();
    let mut field = Field { doc, name, ty: None, modifiers: Vec::new(), place };
    let read = fill(input, &mut field);
    field.place = input.since(field.name.span());
    (field, read)
}

fn fill(input: &mut Input<'_, '_>, field: &mut Field) -> Read<()> {
    if !input.eat(":") {
        let reported = input.expected("`:`");
        // A type stands there: it is read, so that nothing else is said of a field without one.
        let is_type = |word: &Ident| {
            let word = word.to_string();
            word.starts_with(char::is_uppercase) || ["bool", "i32", "i64", "f64"].contains(&word.as_str())
        };
        if !input.peek_word().as_ref().is_some_and(is_type) {
            return Err(reported);
        }
    }
    field.ty = Some(ty(input)?);
    let mut is_told = false;
    while let Some(word) = input.peek_word() {
        // The next field or clause: this one lacks its `;`.
        if input.is_declaration() || CLAUSES.iter().any(|clause| word == clause) {
            break;
        }
        if word == "through" {
            let (kind, read) = through(input)?;
            field.modifiers.push(Modifier { place: input.since(word.span()), word, kind });
            // Half of it is there: nobody is told that it lacks.
            read?;
            continue;
        }
        if let Some(kind) = modifier(input, &word)? {
            let place = input.since(word.span());
            field.modifiers.push(Modifier { word, kind, place });
            continue;
        }
        input.skip_token();
        // One unknown word is a slip, a row of them is something else that went wrong in front.
        if !is_told {
            is_told = true;
            let words = FLAGS.iter().map(|(flag, _)| *flag).chain(VALUED);
            let help = similar::hint(&word.to_string(), "words behind a type", words);
            let message = format!("there is no word `{word}` for a field");
            input.diags.error("unknown_name", &word, message).help(help);
        }
    }
    Ok(())
}

fn modifier(input: &mut Input<'_, '_>, word: &Ident) -> Read<Option<ModifierKind>> {
    let word = word.to_string();
    if let Some((_, flag)) = FLAGS.iter().find(|(name, _)| *name == word) {
        input.skip_token();
        return Ok(Some(ModifierKind::Flag(*flag)));
    }
    if !VALUED.contains(&word.as_str()) {
        return Ok(None);
    }
    input.skip_token();
    let kind = match word.as_str() {
        "default" => ModifierKind::Default(input.value("the value of a new row")?),
        "min" => ModifierKind::Min(input.value("the smallest value")?),
        "max" => ModifierKind::Max(input.value("the largest value")?),
        "pattern" => ModifierKind::Pattern(input.text("a regular expression in quotes")?),
        "help" => ModifierKind::Help(input.text("a text in quotes")?),
        "column" => ModifierKind::Column(input.text("the column's name in quotes")?),
        _ => {
            let (least, most) = range(input)?;
            ModifierKind::Len(least, most)
        }
    };
    Ok(Some(kind))
}

/// `"table" ("column of this row", "column of the other")`.
fn through(input: &mut Input<'_, '_>) -> Read<(ModifierKind, Read<()>)> {
    input.skip_token();
    let table = input.text("the name of the table that holds the links, in quotes")?;
    let ends = input.group(Delimiter::Parenthesis, |inside| {
        let from = inside.text("its column of this row, in quotes")?;
        inside.expect(",")?;
        Ok((from, inside.text("its column of the other row, in quotes")?))
    });
    Ok(match ends.unwrap_or_else(|| Err(input.expected("`(` and its two columns, in quotes"))) {
        Ok(ends) => (ModifierKind::Through { table, ends: Some(ends) }, Ok(())),
        Err(reported) => (ModifierKind::Through { table, ends: None }, Err(reported)),
    })
}

/// `1..=80`, `..=80`, `1..`.
fn range(input: &mut Input<'_, '_>) -> Read<(Option<u32>, Option<u32>)> {
    let least = if input.is_number() { Some(input.count("the shortest length")?) } else { None };
    if input.eat("..=") {
        return Ok((least, Some(input.count("the greatest length")?)));
    }
    if input.is("..") && least.is_some() {
        input.eat("..");
        if !input.is_number() {
            return Ok((least, None));
        }
        let here = input.here();
        input.diags.syntax(here, "`..` leaves out the last length").help("write `..=`");
        return Err(Reported);
    }
    Err(input.expected("a range of lengths such as `1..=80`"))
}

/// `String`, `Decimal(10, 2)`, `Option<Doctor>`, `many Tag`.
pub(crate) fn ty(input: &mut Input<'_, '_>) -> Read<Type> {
    let first = input.here();
    let name = input.word("a type")?;
    if name == "many" {
        let mut inner = ty(input)?;
        if inner.many.is_some() {
            input.diags.syntax(inner.place, "`many` stands there twice").help("take one of them out");
        }
        inner.many = Some(name.span().into());
        inner.place = input.since(first);
        return Ok(inner);
    }
    if name == "Option" && input.eat("<") {
        let mut inner = ty(input)?;
        input.expect(">")?;
        inner.optional = true;
        inner.place = input.since(first);
        return Ok(inner);
    }
    let arguments = input.group(Delimiter::Parenthesis, |inside| {
        let mut arguments = Vec::new();
        while !inside.at_end() {
            arguments.push(inside.value("a number")?);
            if !inside.eat(",") && !inside.at_end() {
                return Err(inside.expected("`,` or `)`"));
            }
        }
        Ok(arguments)
    });
    let arguments = arguments.transpose()?.unwrap_or_default();
    Ok(Type { name, arguments, optional: false, many: None, place: input.since(first) })
}

/// Inside `actor { … }`.
pub(crate) fn attributes(input: &mut Input<'_, '_>, attributes: &mut Vec<Attribute>) {
    while !input.at_end() {
        let doc = input.doc();
        let Some(name) = input.take_word() else {
            if !input.at_end() {
                input.expected("the name of an attribute");
                input.skip_token();
                input.skip_clause(&[]);
            }
            continue;
        };
        let mut attribute = Attribute { doc, place: name.span().into(), name, ty: None };
        let read = input.expect(":").and_then(|()| {
            attribute.ty = Some(ty(input)?);
            Ok(())
        });
        attribute.place = input.since(attribute.name.span());
        attributes.push(attribute);
        input.finish(&read, &[]);
    }
}

//! The text of the program: one `admin!` block, laid out as a person would.

use std::fmt::Write as _;

use super::Schema;
use super::judged::{Choice, Field, Judged, Model, Type};
use super::known::KnownBy;
use super::names;

/// Longest line, characters.
const WIDTH: usize = 120;

/// The whole source file.
pub(super) fn program(schema: &Schema, judged: &Judged) -> String {
    let mut text = String::from(
        "//! An admin panel over tables that were there before it. Written once by `adopt`, and from then on to be edited.\n",
    );
    for line in &judged.left_out {
        comment(&mut text, "", "//", line);
    }
    let panel = panel_name(schema, judged);
    text.push_str("\nbailiwick::admin! {\n");
    let _ = writeln!(text, "    panel {panel} {{");
    let fallback = schema.fallback.as_ref().map_or_else(String::new, |url| format!(" or {url:?}"));
    let _ = writeln!(text, "        database env \"DATABASE_URL\"{fallback};");
    text.push_str(
        "        public_url env \"PUBLIC_URL\" or \"http://127.0.0.1:8000\";\n        proxies none;\n    }\n",
    );
    for choice in &judged.choices {
        push_choice(&mut text, choice);
    }
    for model in &judged.models {
        push_model(&mut text, model);
    }
    push_role(&mut text, judged);
    text.push_str("\n    throttle login 5 per 15min by account, 20 per 10min by address;\n}\n");
    let _ = write!(text, "\nfn main() -> std::process::ExitCode {{\n    {panel}::main()\n}}\n");
    text
}

/// That of the database, unless a model or a choice is called so.
fn panel_name(schema: &Schema, judged: &Judged) -> String {
    let name = names::camel(&schema.name);
    let taken = judged.models.iter().map(|model| &model.name).chain(judged.choices.iter().map(|choice| &choice.name));
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric()) && name.len() > 1;
    if plain && taken.chain([&judged.role]).all(|other| !other.eq_ignore_ascii_case(&name)) && name != "Panel" {
        name
    } else {
        format!("{name}Panel")
    }
}

fn push_choice(text: &mut String, choice: &Choice) {
    let variants: Vec<String> = choice
        .variants
        .iter()
        .map(|(name, stored)| match stored {
            stored if stored == name => name.clone(),
            // The name says as much as the text.
            stored if names::snake(name).replace('_', " ") == stored.to_lowercase() => {
                format!("{name} stored {stored:?}")
            }
            stored => format!("{name} {stored:?} stored {stored:?}"),
        })
        .collect();
    let line = format!("    choice {} {{ {} }}", choice.name, variants.join(", "));
    if line.chars().count() <= WIDTH {
        let _ = write!(text, "\n{line}\n");
    } else {
        let _ = write!(text, "\n    choice {} {{\n        {},\n    }}\n", choice.name, variants.join(",\n        "));
    }
}

fn push_model(text: &mut String, model: &Model) {
    text.push('\n');
    comment(text, "    ", "///", &model.comment);
    let _ = writeln!(text, "    model {} {{", model.name);
    let named = model.fields.iter().find(|field| field.column == model.key).map(|field| field.name.as_str());
    let key = match model.known_by {
        KnownBy::Number if model.key == "id" => String::new(),
        KnownBy::Number => format!(" key {:?}", model.key),
        KnownBy::Uuid => format!(" key {:?} Uuid", model.key),
        KnownBy::Text(_) => format!(" key {}", named.unwrap_or(&model.key)),
    };
    let _ = writeln!(text, "        table {:?} adopted{key};", model.table);
    for note in &model.notes {
        comment(text, "        ", "//", note);
    }
    text.push('\n');
    for field in &model.fields {
        push_field(text, field);
    }
    text.push('\n');
    for (word, names) in [("list", &model.list), ("filter", &model.filter)] {
        if !names.is_empty() {
            let _ = writeln!(text, "        {word} {};", names.join(", "));
        }
    }
    if let (KnownBy::Text(_), Some(named)) = (model.known_by, named) {
        // Newest first, as lists of numbers begin, means nothing here.
        let _ = writeln!(text, "        sort {named};");
    }
    for (child, key) in &model.inlines {
        let _ = writeln!(text, "        inline {child} via {key};");
    }
    text.push_str("    }\n");
}

fn push_field(text: &mut String, field: &Field) {
    comment(text, "        ", "///", &field.comment);
    if let Some(note) = &field.note {
        comment(text, "        ", "//", note);
    }
    let plain = match &field.is {
        Type::Line => "String".to_owned(),
        Type::Plain(name) | Type::Long(name) => (*name).to_owned(),
        Type::Decimal(digits, scale) => format!("Decimal({digits}, {scale})"),
        Type::Choice(name) | Type::Model(name) => name.clone(),
        Type::Many(name) => format!("many {name}"),
    };
    let of = if field.optional { format!("Option<{plain}>") } else { plain };
    let mut words = field.words.clone();
    if field.column != field.name {
        words.push(format!("column {:?}", field.column));
    }
    words.insert(0, of);
    let _ = writeln!(text, "        {}: {};", field.name, words.join(" "));
}

/// All that can be done without a gap in the record; less where a table does not let it.
fn push_role(text: &mut String, judged: &Judged) {
    text.push_str("\n    /// To start from: whoever is first holds it. Narrower roles are yours to write.\n");
    let _ = writeln!(text, "    role {} {{", judged.role);
    for verbs in [
        [true, true, true],
        [true, true, false],
        [true, false, true],
        [true, false, false],
        [false, true, true],
        [false, true, false],
        [false, false, true],
        [false, false, false],
    ] {
        let [create, edit, delete] = verbs;
        // Without a field to fill in there is nothing to create from.
        let held = |model: &&Model| [model.creates && model.edits, model.edits, model.deletes] == verbs;
        let models: Vec<&str> = judged.models.iter().filter(held).map(|model| model.name.as_str()).collect();
        if models.is_empty() {
            continue;
        }
        let mut words = vec!["view"];
        for (word, holds) in [("create", create), ("edit", edit), ("delete", delete)] {
            if holds {
                words.push(word);
            }
        }
        let words = if verbs == [true; 3] { "all".to_owned() } else { words.join(", ") };
        wrapped(text, "        ", &format!("{words} {};", models.join(", ")));
    }
    let role = &judged.role;
    let _ = writeln!(text, "        assign *, {role}; reset *; lock *; unlock *; revoke *;");
    text.push_str("        view Audit;\n        keep 1;\n    }\n");
}

/// Text broken into lines at its blanks, those after the first further in.
fn wrapped(text: &mut String, indent: &str, line: &str) {
    let mut room = WIDTH - indent.len();
    let mut here = String::new();
    for word in line.split(' ') {
        if !here.is_empty() && here.len() + 1 + word.len() > room {
            let _ = writeln!(text, "{indent}{here}");
            here = String::from("   ");
            room = WIDTH - indent.len();
        }
        if !here.is_empty() {
            here.push(' ');
        }
        here.push_str(word);
    }
    let _ = writeln!(text, "{indent}{here}");
}

/// A comment of as many lines as it takes.
fn comment(text: &mut String, indent: &str, mark: &str, words: &str) {
    for line in words.lines().map(str::trim).filter(|line| !line.is_empty()) {
        // What would end a comment of another kind, or start one within, has no meaning here.
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        let mut here = String::new();
        for word in line.split_whitespace() {
            if !here.is_empty() && indent.len() + mark.len() + here.len() + 2 + word.len() > WIDTH {
                let _ = writeln!(text, "{indent}{mark}{here}");
                here.clear();
            }
            here.push(' ');
            here.push_str(word);
        }
        let _ = writeln!(text, "{indent}{mark}{here}");
    }
}

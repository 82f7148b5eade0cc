//! What of a schema a panel can serve, and how: models, fields, choices, and what a first role may do with them. What
//! it can't do right it leaves out and says why.

use std::collections::{BTreeMap, BTreeSet};

use super::checks::{Rule, rules};
use super::field::{Making, is_private};
use super::judged::{Choice, Field, Judged, Model, Type};
use super::known::{KnownBy, LONGEST_KEY, known_by};
use super::names::{self, Given};
use super::{Column, Effect, Holds, Key, Schema, Start, Table};

/// Fields that a model has at most.
const FIELDS: usize = 128;
/// Columns of a list page.
const LISTED: usize = 6;
/// Filters above it, and related rows shown with a row.
const FEW: usize = 4;
/// Bytes of a letter.
const LONGEST_LETTER: u32 = 4;
/// Longest name, bytes.
const LONGEST_NAME: usize = 63;

pub(super) fn judge(schema: &Schema) -> Judged {
    let mut judged = Judged::default();
    let mut types = Given::default();
    let mut served: BTreeMap<&str, String> = BTreeMap::new();
    for table in &schema.tables {
        match refusal(table) {
            Some(_) if link_ends(schema, table).is_some() => {}
            Some(why) => judged.left_out.push(why),
            None => {
                served.insert(&table.name, types.type_of(&names::one_of(&table.name)));
            }
        }
    }
    for table in &schema.tables {
        let Some(name) = served.get(table.name.as_str()) else { continue };
        let model = model(schema, table, name, &served, &mut types, &mut judged.choices);
        judged.models.push(model);
    }
    for table in &schema.tables {
        if let Some(ends) = link_ends(schema, table) {
            link(table, &ends, &served, &mut judged);
        }
    }
    inlines(&mut judged.models);
    deletions(schema, &served, &mut judged.models);
    judged.role = types.type_of("Administrator");
    judged
}

/// The two keys of a table that is nothing but links: both columns are its primary key, and each points at a row.
fn link_ends<'s>(schema: &'s Schema, table: &'s Table) -> Option<[&'s Key; 2]> {
    let [from, to] = table.key.as_slice() else { return None };
    if table.columns.len() != 2 || table.name.len() > LONGEST_NAME {
        return None;
    }
    let end = |column: &String| {
        let key = table.keys.iter().find(|key| key.columns == std::slice::from_ref(column))?;
        let target = schema.tables.iter().find(|other| other.name == key.to)?;
        // Links are kept by the numbers of both ends.
        (known_by(target) == Some(KnownBy::Number) && refusal(target).is_none() && key.to_columns == target.key)
            .then_some(key)
    };
    Some([end(from)?, end(to)?])
}

/// Such a table as a field of what its first column points at.
fn link(table: &Table, [from, to]: &[&Key; 2], served: &BTreeMap<&str, String>, judged: &mut Judged) {
    let (Some(owner), Some(target)) = (served.get(from.to.as_str()), served.get(to.to.as_str())) else { return };
    let Some(model) = judged.models.iter_mut().find(|model| model.name == *owner) else { return };
    let plural = names::many_of(&names::snake(target));
    let is_taken = |name: &str| model.fields.iter().any(|field| field.name == name);
    let name = if is_taken(&plural) { format!("linked_{plural}") } else { plural };
    if is_taken(&name) || model.fields.len() >= FIELDS {
        judged.left_out.push(format!("table {} is left out: its links have no name of their own", table.name));
        return;
    }
    let through = format!("through {:?} ({:?}, {:?})", table.name, from.columns.concat(), to.columns.concat());
    model.edits = true;
    model.fields.push(Field {
        column: name.clone(),
        name,
        is: Type::Many(target.clone()),
        optional: false,
        words: vec![through],
        comment: table.comment.clone(),
        note: None,
        label: false,
        private: false,
        writable: true,
    });
}

/// Why a table can't be served.
fn refusal(table: &Table) -> Option<String> {
    let name = &table.name;
    let left_out = |why: String| Some(format!("table {name} is left out: {why}"));
    if name.len() > LONGEST_NAME || name.to_lowercase().starts_with("pg_") {
        return left_out("its name is one that a panel can't use".to_owned());
    }
    if table.columns.len() > FIELDS {
        return left_out(format!("it has more than {FIELDS} columns"));
    }
    let [key] = table.key.as_slice() else {
        return left_out(if table.key.is_empty() {
            "it has no primary key, so that its rows can't be told apart".to_owned()
        } else {
            format!("its key is made of several columns ({}), and a panel numbers rows by one", table.key.join(", "))
        });
    };
    let Some(column) = table.columns.iter().find(|column| column.name == *key) else {
        return left_out("its key is no column that can be read".to_owned());
    };
    let is = if column.is.is_empty() { "of no type" } else { &column.is };
    match known_by(table) {
        None => {
            return left_out(format!(
                "its key {key} is {is}, and a panel knows rows by a whole number, a UUID or a text"
            ));
        }
        Some(KnownBy::Text(Some(longest))) if longest > LONGEST_KEY => {
            return left_out(format!(
                "its key {key} may be longer ({is}) than a text by which a panel knows rows: {LONGEST_KEY} bytes"
            ));
        }
        Some(KnownBy::Text(_)) if let Some(folded) = &column.folded => {
            return left_out(format!(
                "of its key {key} the database takes texts for the same that are spelled otherwise ({folded}), and a panel \
                 tells rows apart byte by byte"
            ));
        }
        Some(KnownBy::Text(_)) if column.computed || is_secret(key) || is_private(key) => {
            return left_out(format!(
                "its key {key} is a text that can't stand in addresses and logs, as its name says, or that nobody can type"
            ));
        }
        Some(_) => {}
    }
    if table.columns.len() < 2 {
        return left_out("it has nothing beside its key".to_owned());
    }
    None
}

fn model(
    schema: &Schema,
    table: &Table,
    name: &str,
    served: &BTreeMap<&str, String>,
    types: &mut Given,
    choices: &mut Vec<Choice>,
) -> Model {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let asked: Vec<(String, Rule)> = table.checks.iter().flat_map(|check| rules(check, &columns)).collect();
    let (mut fields, mut notes, mut given) = (Vec::new(), Vec::new(), Given::default());
    let known_by = known_by(table).unwrap_or(KnownBy::Number);
    let mut creates = table.numbered || known_by != KnownBy::Number;
    if let KnownBy::Text(longest) = known_by
        && longest.is_none_or(|longest| longest.saturating_mul(LONGEST_LETTER) > LONGEST_KEY)
    {
        let key = table.key.concat();
        let lets = longest.map_or_else(
            || "sets no bound".to_owned(),
            |longest| format!("lets it have {longest} letters, of up to {LONGEST_LETTER} bytes each"),
        );
        notes.push(format!("rows whose {key} has more than {LONGEST_KEY} bytes are not served: the table {lets}"));
    }
    if !creates {
        notes.push("no row can be added here: the database gives new ones no number".to_owned());
    }
    for column in &table.columns {
        if table.key.contains(&column.name) {
            if let KnownBy::Text(longest) = known_by {
                let mut made = Making { schema, table, model: name, served, types, choices, given: &mut given };
                fields.push(made.key(column, longest.unwrap_or(LONGEST_KEY)));
            }
            continue;
        }
        let lacks = column.required && !column.computed && column.start == Start::Nothing;
        if let Some(why) = is_left_out(column) {
            let also = if lacks { "; it is required, so that no row can be added here" } else { "" };
            notes.push(format!("column {} is left out: {why}{also}", column.name));
            creates &= !lacks;
            continue;
        }
        let asked: Vec<&Rule> = asked.iter().filter(|(of, _)| *of == column.name).map(|(_, rule)| rule).collect();
        let mut made = Making { schema, table, model: name, served, types, choices, given: &mut given };
        let field = made.field(column, &asked);
        if !field.writable && lacks {
            creates = false;
        }
        fields.push(field);
    }
    label(&mut fields, &table.key.concat());
    let shown = |field: &&Field| !field.private && !matches!(field.is, Type::Long(_));
    let labels = fields.iter().filter(|field| field.label);
    let others = fields.iter().filter(|field| !field.label).filter(shown);
    let list = labels.chain(others).take(LISTED).map(|field| field.name.clone()).collect();
    let few = |field: &&Field| matches!(field.is, Type::Choice(_) | Type::Model(_) | Type::Plain("bool"));
    let filter = fields.iter().filter(shown).filter(few).take(FEW).map(|field| field.name.clone()).collect();
    Model {
        name: name.to_owned(),
        table: table.name.clone(),
        key: table.key.concat(),
        known_by,
        comment: table.comment.clone(),
        edits: fields.iter().any(|field| field.writable),
        creates,
        deletes: true,
        fields,
        notes,
        list,
        filter,
        inlines: Vec::new(),
    }
}

fn is_left_out(column: &Column) -> Option<String> {
    if is_secret(&column.name) {
        return Some("its name says that it is a secret, which no page shall show".to_owned());
    }
    if column.name.len() > LONGEST_NAME {
        return Some("its name is longer than a name may be".to_owned());
    }
    match &column.holds {
        Holds::Nothing(why) => Some(why.clone()),
        _ => None,
    }
}

/// Names as whole words: a `tokenizer` is none.
fn is_secret(column: &str) -> bool {
    let name = names::snake(column);
    let has = |word: &str| format!("_{name}_").contains(&format!("_{word}_"));
    ["password", "passwd", "pwd", "passphrase", "passcode", "secret", "token", "apikey", "api_key", "access_key"]
        .iter()
        .chain(&["private_key", "hash", "salt", "otp", "totp", "pin", "cvv", "cvc", "credential", "credentials"])
        .any(|word| has(word))
        || name.contains("password")
        || name.ends_with("_hash")
}

/// The field by whose text a row is known: one that is called a name, else first and last name together.
fn label(fields: &mut [Field], key: &str) {
    let find = |fields: &[Field], wanted: &dyn Fn(&str) -> bool| {
        fields.iter().position(|field| field.is == Type::Line && !field.private && wanted(&field.name))
    };
    let one = |word: &'static str| move |name: &str| name == word;
    let called = |words: &[&'static str]| words.iter().find_map(|word| find(fields, &one(word)).map(|at| vec![at]));
    let named = called(&["name", "full_name", "display_name"]);
    let both = || Some(vec![find(fields, &one("first_name"))?, find(fields, &one("last_name"))?]);
    let ending = || find(fields, &|name: &str| name.ends_with("_name") || name.ends_with("_title")).map(|at| vec![at]);
    // What a row is known by says least of it.
    let other = || fields.iter().position(|field| field.is == Type::Line && !field.private && field.column != key);
    let any = || other().or_else(|| find(fields, &|_: &str| true));
    let any = || any().filter(|at| !fields[*at].optional).map(|at| vec![at]);
    for at in named
        .or_else(both)
        .or_else(|| called(&["title", "label", "subject"]))
        .or_else(ending)
        .or_else(any)
        .unwrap_or_default()
    {
        fields[at].label = true;
        let place = fields[at].words.iter().position(|word| word == "readonly").unwrap_or(fields[at].words.len());
        fields[at].words.insert(place, "label search".to_owned());
    }
}

/// Rows that point at a row are shown with it.
fn inlines(models: &mut [Model]) {
    let mut found: Vec<(String, (String, String))> = Vec::new();
    for child in models.iter() {
        for field in &child.fields {
            if let Type::Model(to) = &field.is {
                found.push((to.clone(), (child.name.clone(), field.name.clone())));
            }
        }
    }
    for model in models {
        let of_it = found.iter().filter(|(to, _)| *to == model.name).map(|(_, inline)| inline.clone());
        model.inlines = of_it.take(FEW).collect();
    }
}

/// No right to delete where the database would change rows that the panel has no field for, and so no record of.
fn deletions(schema: &Schema, served: &BTreeMap<&str, String>, models: &mut [Model]) {
    let mut kept: BTreeSet<String> = BTreeSet::new();
    for table in &schema.tables {
        let links = link_ends(schema, table).is_some();
        for key in table.keys.iter().filter(|key| key.effect != Effect::Refused && !links) {
            let Some(to) = served.get(key.to.as_str()) else { continue };
            let child = models.iter().find(|model| model.table == table.name);
            let is_field = child.is_some_and(|child| {
                let of = |field: &&Field| key.columns == [field.column.clone()];
                child.fields.iter().find(of).is_some_and(|field| matches!(field.is, Type::Model(_)))
            });
            if !is_field
                && kept.insert(to.clone())
                && let Some(model) = models.iter_mut().find(|model| model.name == *to)
            {
                let name = &table.name;
                model.notes.push(format!("no row can be deleted here: rows of {name} would go or change along unseen"));
            }
        }
    }
    // Whoever deletes a row deletes what goes along.
    loop {
        let mut further = Vec::new();
        for child in models.iter().filter(|child| kept.contains(&child.name)) {
            let cascades = child.fields.iter().filter(|field| field.words.iter().any(|word| word == "cascade"));
            further.extend(cascades.filter_map(|field| match &field.is {
                Type::Model(to) if !kept.contains(to) => Some((to.clone(), child.table.clone())),
                _ => None,
            }));
        }
        if further.is_empty() {
            break;
        }
        for (to, table) in further {
            if kept.insert(to.clone())
                && let Some(model) = models.iter_mut().find(|model| model.name == to)
            {
                model.notes.push(format!("no row can be deleted here: rows of {table} would go along, which can't"));
            }
        }
    }
    for model in models {
        model.deletes = !kept.contains(&model.name);
    }
}

//! Fields: their type, their modifiers, and which of those suit the type.

use super::links;
use super::names::{Names, plain, unknown, writable};
use super::values::{self, RULE};
use super::words;
use crate::ast::{self, Flag, ModifierKind, ValueKind};
use crate::diag::Diags;
use crate::panel::{Field, Kind, LONGEST_LINE, ModelId, Name, OnDelete, Place, Sensitivity};

const TYPES: [(&str, Kind); 15] = [
    ("String", Kind::String),
    ("Text", Kind::Text),
    ("Email", Kind::Email),
    ("Url", Kind::Url),
    ("bool", Kind::Bool),
    ("i32", Kind::I32),
    ("i64", Kind::I64),
    ("f64", Kind::F64),
    ("Date", Kind::Date),
    ("Time", Kind::Time),
    ("Timestamp", Kind::Timestamp),
    ("Uuid", Kind::Uuid),
    ("Json", Kind::Json),
    ("Secret", Kind::Secret),
    ("Bytes", Kind::Bytes),
];

/// All fields of a model.
pub(crate) fn fields(names: &Names<'_>, model: ModelId, diags: &mut Diags) -> Vec<Field> {
    // How long a text of an adopted table may be is for the table to say.
    let ours = names.models[model.0].1.adopted.is_none();
    names.fields[model.0].iter().map(|field| resolve(names, field, ours, diags)).collect()
}

/// The type; none if there is no such type, which has been reported.
pub(crate) fn kind(names: &Names<'_>, ty: Option<&ast::Type>, diags: &mut Diags) -> Option<Kind> {
    let ty = ty?;
    let name = plain(&ty.name);
    if let Some(many) = ty.many {
        return links::kind(names, ty, many, diags);
    }
    if name == "Decimal" {
        return Some(decimal(ty, diags));
    }
    if !ty.arguments.is_empty() {
        diags.error(RULE, ty.place, format!("`{name}` takes no numbers")).help(format!("write `{name}`"));
    }
    if name == "Actor" {
        return Some(Kind::Actor);
    }
    if let Some((_, kind)) = TYPES.iter().find(|(word, _)| *word == name) {
        return Some(*kind);
    }
    if let Some(choice) = names.find_choice(&ty.name) {
        names.mention(Name::Choice(choice), &ty.name);
        return Some(Kind::Choice(choice));
    }
    if let Some(model) = names.find_model(&ty.name) {
        names.mention(Name::Model(model), &ty.name);
        return Some(Kind::Model(model, OnDelete::Restrict));
    }
    let known = TYPES.iter().map(|(word, _)| (*word).to_owned());
    let known = known.chain(["Decimal", "Actor", "Option"].map(str::to_owned));
    let known = names
        .models
        .iter()
        .map(|(name, _)| plain(name))
        .chain(names.choices.iter().map(|(name, _)| plain(name)))
        .chain(known);
    unknown(&ty.name, "type, choice or model", "types", known, diags);
    None
}

fn decimal(ty: &ast::Type, diags: &mut Diags) -> Kind {
    let numbers: Vec<i64> = ty
        .arguments
        .iter()
        .filter_map(|value| if let ValueKind::Int(int) = value.kind { Some(int) } else { None })
        .collect();
    if let (&[precision, scale], 2) = (numbers.as_slice(), ty.arguments.len())
        && let (Ok(precision), Ok(scale)) = (u8::try_from(precision), u8::try_from(scale))
        && (1..=18).contains(&precision)
        && scale <= precision
    {
        return Kind::Decimal { precision, scale };
    }
    diags
        .error(
            RULE,
            ty.place,
            "`Decimal` takes how many digits it has in all, 1 to 18, and how many of them follow the point",
        )
        .help("write `Decimal(10, 2)`")
        .note("a decimal is kept as a whole number of 64 bits");
    Kind::Decimal { precision: 18, scale: 2 }
}

fn resolve(names: &Names<'_>, written: &ast::Field, ours: bool, diags: &mut Diags) -> Field {
    let known = kind(names, written.ty.as_ref(), diags);
    // A line of text in place of an unknown type keeps the expansion whole.
    let kind = known.unwrap_or(Kind::String);
    let name = plain(&written.name);
    let mut field = Field {
        name: writable(&written.name),
        column: None,
        doc: written.doc.clone(),
        title: words::title(&name),
        kind,
        kind_place: written.ty.as_ref().map_or_else(|| Place::from(&written.name), |ty| ty.place),
        optional: written.ty.as_ref().is_some_and(|ty| ty.optional),
        is_label: false,
        search: None,
        unique: false,
        index: false,
        default: None,
        min_len: None,
        max_len: None,
        min: None,
        max: None,
        pattern: None,
        past: false,
        future: false,
        readonly: false,
        created: false,
        updated: false,
        author: false,
        sensitivity: if kind == Kind::Secret { Sensitivity::Secret } else { Sensitivity::Internal },
        sensitivity_place: Place::from(&written.name),
        transfers: false,
        links: None,
        help: String::new(),
        place: written.place,
    };
    let mut seen: Vec<(String, Place)> = Vec::new();
    for modifier in &written.modifiers {
        let word = plain(&modifier.word);
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == word) {
            diags.syntax(modifier.place, format!("`{word}` stands twice at `{name}`")).because("first", *first);
            continue;
        }
        seen.push((word, modifier.place));
        if known.is_none() && !matches!(modifier.kind, ModifierKind::Flag(_) | ModifierKind::Help(_)) {
            continue;
        }
        if known.is_none() || suits(&modifier.kind, kind) {
            apply(names, &mut field, modifier, diags);
        } else {
            let ty = written.ty.as_ref().map_or_else(String::new, |ty| plain(&ty.name));
            let of = if matches!(kind, Kind::Many(_)) { format!("many {ty}") } else { ty };
            diags
                .error(
                    RULE,
                    modifier.place,
                    format!("`{}` does not suit `{name}`, which is of type `{of}`", modifier.word),
                )
                .help(format!("take `{}` out", modifier.word));
        }
    }
    if ours && kind == Kind::String && field.min_len.is_none_or(|least| least <= LONGEST_LINE) {
        field.max_len = field.max_len.or(Some(LONGEST_LINE));
    }
    check(&field, &seen, diags);
    links::check_count(&mut field, &seen, diags);
    field
}

/// Whether the modifier means anything for the type.
fn suits(modifier: &ModifierKind, kind: Kind) -> bool {
    let text = matches!(kind, Kind::String | Kind::Text | Kind::Email | Kind::Url);
    let number = matches!(kind, Kind::I32 | Kind::I64 | Kind::F64 | Kind::Decimal { .. });
    let time = matches!(kind, Kind::Date | Kind::Time | Kind::Timestamp);
    if matches!(kind, Kind::Many(_)) {
        return links::suits(modifier);
    }
    // A secret is let through where a rule has more to say about it.
    let secret = kind == Kind::Secret;
    match modifier {
        ModifierKind::Flag(flag) => match flag {
            Flag::Label => !matches!(kind, Kind::Json | Kind::Bytes | Kind::Actor | Kind::Model(..)),
            Flag::Search => text || secret,
            Flag::Unique | Flag::Index => !matches!(kind, Kind::Json | Kind::Bytes | Kind::Secret),
            Flag::Past | Flag::Future => matches!(kind, Kind::Date | Kind::Timestamp),
            Flag::Created | Flag::Updated => kind == Kind::Timestamp,
            Flag::Author => kind == Kind::Actor,
            Flag::Restrict | Flag::Cascade | Flag::SetNull => matches!(kind, Kind::Model(..)),
            Flag::Public | Flag::Personal | Flag::Sensitive => !secret,
            Flag::Readonly | Flag::Transfers => true,
        },
        ModifierKind::Len(..) => text || secret || kind == Kind::Bytes,
        ModifierKind::Min(_) | ModifierKind::Max(_) => number || time,
        ModifierKind::Pattern(_) => text,
        ModifierKind::Default(_) => !matches!(kind, Kind::Secret | Kind::Bytes | Kind::Actor | Kind::Model(..)),
        ModifierKind::Help(_) | ModifierKind::Column(_) => true,
        ModifierKind::Through { .. } => false,
    }
}

fn apply(names: &Names<'_>, field: &mut Field, modifier: &ast::Modifier, diags: &mut Diags) {
    match &modifier.kind {
        ModifierKind::Flag(flag) => apply_flag(field, *flag, modifier.place, diags),
        ModifierKind::Default(value) => {
            field.default = match value.kind {
                ValueKind::Null if field.optional => Some(crate::panel::Literal::Null),
                _ => values::literal(names, field.kind, value, diags),
            };
        }
        ModifierKind::Min(value) => field.min = values::literal(names, field.kind, value, diags),
        ModifierKind::Max(value) => field.max = values::literal(names, field.kind, value, diags),
        ModifierKind::Len(least, most) => (field.min_len, field.max_len) = (*least, *most),
        ModifierKind::Column(text) => field.column = Some((text.value.clone(), modifier.place)),
        ModifierKind::Help(text) => field.help.clone_from(&text.value),
        ModifierKind::Through { table, ends } => field.links = links::through(field, table, ends.as_ref(), diags),
        ModifierKind::Pattern(text) => match regex_syntax::parse(&text.value) {
            Ok(_) => field.pattern = Some(text.value.clone()),
            Err(error) => {
                // The parser draws the pattern with a caret below; the reason stands in the last line.
                let error = error.to_string();
                let reason = error.lines().last().unwrap_or("").trim_start_matches("error: ");
                diags.error(RULE, text.place, format!("the pattern is no regular expression: {reason}"));
            }
        },
    }
}

fn apply_flag(field: &mut Field, flag: Flag, place: Place, diags: &mut Diags) {
    match flag {
        Flag::Label => field.is_label = true,
        Flag::Search => field.search = Some(place),
        Flag::Unique => field.unique = true,
        Flag::Index => field.index = true,
        Flag::Past => field.past = true,
        Flag::Future => field.future = true,
        Flag::Readonly => field.readonly = true,
        Flag::Created => field.created = true,
        Flag::Updated => field.updated = true,
        Flag::Author => field.author = true,
        Flag::Transfers => field.transfers = true,
        Flag::Public | Flag::Personal | Flag::Sensitive => {
            field.sensitivity_place = place;
            field.sensitivity = match flag {
                Flag::Public => Sensitivity::Public,
                Flag::Personal => field.sensitivity.max(Sensitivity::Personal),
                _ => Sensitivity::Sensitive,
            };
        }
        Flag::Restrict | Flag::Cascade | Flag::SetNull => {
            let Kind::Model(model, _) = field.kind else { return };
            let then = match flag {
                Flag::Restrict => OnDelete::Restrict,
                Flag::Cascade => OnDelete::Cascade,
                _ => OnDelete::SetNull,
            };
            field.kind = Kind::Model(model, then);
            if then == OnDelete::SetNull && !field.optional {
                diags
                    .error(RULE, place, format!("`{}` cannot be set to null: it is required", field.name))
                    .help("make the type an `Option<…>`, or write `restrict`");
            }
        }
    }
}

/// Modifiers that exclude one another, and values outside of the bounds beside them.
fn check(field: &Field, seen: &[(String, Place)], diags: &mut Diags) {
    let place = |word: &str| seen.iter().find(|(other, _)| other == word).map(|(_, place)| *place);
    for group in [
        &["restrict", "cascade", "set_null"][..],
        &["public", "personal", "sensitive"],
        &["past", "future"],
        &["created", "updated"],
    ] {
        let mut there = group.iter().filter_map(|word| Some((*word, place(word)?)));
        if let (Some((one, first)), Some((other, second))) = (there.next(), there.next()) {
            diags.error(RULE, second, format!("`{one}` and `{other}` exclude one another")).because("other", first);
        }
    }
    if field.is_automatic()
        && let Some(default) = place("default")
    {
        diags
            .error(RULE, default, format!("`{}` has a default, and the panel itself writes it", field.name))
            .help("take the default out");
    }
    if let (Some(least), Some(most), Some(len)) = (field.min_len, field.max_len, place("len"))
        && least > most
    {
        diags.error(RULE, len, format!("no length lies between {least} and {most}"));
    }
    if let (Some(least), Some(most), Some(max)) = (&field.min, &field.max, place("max"))
        && values::is_above(least, most)
    {
        diags.error(RULE, max, format!("no value of `{}` lies between its `min` and its `max`", field.name));
    }
    if let (Some(default), Some(place)) = (&field.default, place("default")) {
        let low = field.min.as_ref().is_some_and(|min| values::is_above(min, default));
        let high = field.max.as_ref().is_some_and(|max| values::is_above(default, max));
        let length = match default {
            crate::panel::Literal::Text(text) => u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
            _ => field.min_len.unwrap_or(0),
        };
        let short = field.min_len.is_some_and(|least| length < least);
        let long = field.max_len.is_some_and(|most| length > most);
        if low || high || short || long {
            diags.error(RULE, place, format!("the default of `{}` lies outside of its own bounds", field.name));
        }
    }
}

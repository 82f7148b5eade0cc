//! Models: what their clauses name, and what stands in for a clause that is not there.

use std::rc::Rc;

use super::names::{Names, plain, writable};
use super::predicates::Conditions;
use super::reserved;
use super::values::RULE;
use super::words;
use super::{adoption, fields, links};
use crate::ast;
use crate::diag::Diags;
use crate::panel::{
    Action, Attribute, Check, Choice, Field, FieldId, Inline, Key, Kind, Model, ModelId, Place, Section, Sensitivity,
    Sort, Variant,
};

/// Columns of a list page that names none.
const COLUMNS: usize = 6;

pub(crate) fn choices(names: &Names<'_>, diags: &mut Diags) -> Vec<Choice> {
    let mut choices = Vec::new();
    for ((name, written), variants) in names.choices.iter().zip(&names.variants) {
        if variants.is_empty() {
            diags.syntax(written.place, format!("choice `{}` has no variant", plain(name)));
        }
        let variants = variants.iter().map(|variant| Variant {
            name: writable(&variant.name),
            title: variant
                .title
                .as_ref()
                .map_or_else(|| words::title(&plain(&variant.name)), |text| text.value.clone()),
            stored: variant.stored.as_ref().map_or_else(|| plain(&variant.name), |text| text.value.clone()),
            doc: variant.doc.clone(),
        });
        choices.push(Choice { name: writable(name), doc: written.doc.clone(), variants: variants.collect() });
    }
    choices
}

pub(crate) fn actor(names: &Names<'_>, diags: &mut Diags) -> Vec<Attribute> {
    let attribute = |written: &&ast::Attribute| Attribute {
        name: writable(&written.name),
        doc: written.doc.clone(),
        kind: fields::kind(names, written.ty.as_ref(), diags)
            .map_or(Kind::String, |kind| links::of_a_person(kind, written, diags)),
    };
    names.attributes.iter().map(attribute).collect()
}

pub(crate) fn models(names: &Names<'_>, diags: &mut Diags) -> Vec<Model> {
    let ids = (0..names.models.len()).map(ModelId);
    let all: Vec<Vec<Field>> = ids.clone().map(|model| fields::fields(names, model, diags)).collect();
    let mut models: Vec<Model> = Vec::new();
    for (id, mut fields) in ids.zip(all) {
        let (name, written) = names.models[id.0];
        let plain_name = plain(name);
        if written.fields.is_empty() {
            diags.syntax(written.place, format!("model `{plain_name}` has no field"));
        }
        let title = written.title.as_ref().map_or_else(|| words::title(&plain_name), |text| text.value.clone());
        let plural = written.plural.as_ref().map_or_else(|| words::plural(&title), |text| text.value.clone());
        let adopted = adoption::key(names, id, &mut fields, diags);
        let clauses = Clauses { names, id, fields: &fields };
        models.push(Model {
            name: writable(name),
            doc: written.doc.clone(),
            title,
            plural,
            slug: words::slug(&plain_name),
            table: written.table.as_ref().map_or_else(|| words::table(&plain_name), |text| text.value.clone()),
            adopted: adopted.as_ref().map(|(column, _)| column.clone()),
            key: adopted.map_or(Key::Number, |(_, key)| key),
            label: label(&fields),
            list: clauses.list(&written.lists, diags),
            search: searched(&fields),
            filter: clauses.listed(&written.filters, diags),
            sort: clauses.sort(&written.sorts, diags),
            sections: clauses.sections(&written.forms, diags),
            inlines: Vec::new(),
            checks: clauses.checks(&written.checks, diags),
            actions: clauses.actions(diags),
            fields,
        });
    }
    for id in (0..models.len()).map(ModelId) {
        models[id.0].inlines = inlines(names, &models, id, diags);
    }
    links::tables(names, &mut models, diags);
    adoption::check(names, &models, diags);
    check_tables(names, &models, diags);
    models
}

fn ids(fields: &[Field]) -> impl Iterator<Item = (FieldId, &Field)> {
    fields.iter().enumerate().map(|(index, field)| (FieldId(index), field))
}

/// The fields that say `label`; else the first required line of text that is not about a person or worse.
fn label(fields: &[Field]) -> Vec<FieldId> {
    let declared: Vec<FieldId> = ids(fields).filter(|(_, field)| field.is_label).map(|(id, _)| id).collect();
    if !declared.is_empty() {
        return declared;
    }
    let fits = |field: &Field| {
        matches!(field.kind, Kind::String) && !field.optional && field.sensitivity < Sensitivity::Personal
    };
    ids(fields).find(|(_, field)| fits(field)).map(|(id, _)| id).into_iter().collect()
}

fn searched(fields: &[Field]) -> Vec<(FieldId, Place)> {
    ids(fields).filter_map(|(id, field)| Some((id, field.search?))).collect()
}

struct Clauses<'a> {
    names: &'a Names<'a>,
    id: ModelId,
    fields: &'a [Field],
}

impl Clauses<'_> {
    fn field(&self, name: &proc_macro2::Ident, diags: &mut Diags) -> Option<FieldId> {
        self.names.field(self.id, name, diags)
    }

    fn listed(&self, clauses: &[ast::Names], diags: &mut Diags) -> Vec<(FieldId, Place)> {
        let mut fields: Vec<(FieldId, Place)> = Vec::new();
        for name in clauses.iter().flat_map(|clause| &clause.names) {
            let Some(field) = self.field(name, diags) else { continue };
            if let Some((_, first)) = fields.iter().find(|(other, _)| *other == field) {
                twice(name, *first, diags);
            } else {
                fields.push((field, name.into()));
            }
        }
        fields
    }

    fn list(&self, clauses: &[ast::Names], diags: &mut Diags) -> Vec<(FieldId, Place)> {
        if !clauses.is_empty() {
            return self.listed(clauses, diags);
        }
        let fits = |field: &Field| {
            field.sensitivity < Sensitivity::Sensitive
                && !matches!(field.kind, Kind::Text | Kind::Json | Kind::Bytes | Kind::Secret | Kind::Many(_))
        };
        let fitting = ids(self.fields).filter(|(_, field)| fits(field));
        fitting.take(COLUMNS).map(|(id, field)| (id, Place::from(&field.name))).collect()
    }

    fn sort(&self, sorts: &[(proc_macro2::Ident, bool)], diags: &mut Diags) -> Vec<Sort> {
        let mut sorted: Vec<Sort> = Vec::new();
        for (name, descending) in sorts {
            let Some(field) = self.field(name, diags) else { continue };
            if links::has_no_order(&self.fields[field.0], name, diags) {
                continue;
            }
            if let Some(first) = sorted.iter().find(|sort| sort.field == field) {
                twice(name, first.place, diags);
            } else {
                sorted.push(Sort { field, descending: *descending, place: name.into() });
            }
        }
        sorted
    }

    /// The declared groups, then a nameless one with every field in none of them.
    fn sections(&self, forms: &[ast::Form], diags: &mut Diags) -> Vec<Section> {
        let mut sections = Vec::new();
        let mut placed: Vec<(FieldId, Place)> = Vec::new();
        for form in forms {
            let mut section = Section {
                title: form.title.as_ref().map(|text| text.value.clone()).unwrap_or_default(),
                fields: Vec::new(),
            };
            for name in &form.names {
                let Some(field) = self.field(name, diags) else { continue };
                if let Some((_, first)) = placed.iter().find(|(other, _)| *other == field) {
                    twice(name, *first, diags);
                } else {
                    placed.push((field, name.into()));
                    section.fields.push(field);
                }
            }
            sections.push(section);
        }
        let rest = ids(self.fields).map(|(id, _)| id).filter(|id| placed.iter().all(|(other, _)| other != id));
        let rest: Vec<FieldId> = rest.collect();
        if !rest.is_empty() {
            sections.push(Section { title: String::new(), fields: rest });
        }
        sections
    }

    fn checks(&self, checks: &[ast::Check], diags: &mut Diags) -> Vec<Check> {
        let conditions = Conditions { names: self.names, model: self.id, fields: self.fields };
        let check = |written: &ast::Check| Check {
            message: written.message.as_ref().map(|text| text.value.clone()).unwrap_or_default(),
            predicate: Rc::new(conditions.resolve(&written.predicate, diags)),
            place: written.place,
        };
        checks.iter().map(check).collect()
    }

    fn actions(&self, diags: &mut Diags) -> Vec<Action> {
        let mut actions = Vec::new();
        for (name, written) in &self.names.actions[self.id.0] {
            let mut writes = Vec::new();
            for field in written.writes.iter().flatten() {
                if let Some(id) = self.field(field, diags) {
                    writes.push((id, Place::from(field)));
                }
            }
            for field in written.mails.iter().flatten() {
                self.field(field, diags);
            }
            let effects = written.writes.is_some() || written.mails.is_some();
            if let (Some(pure), true) = (written.pure, effects) {
                let message = format!("action `{}` is `pure` and has an effect as well", plain(name));
                diags.syntax(pure, message).help("take `pure` out");
            }
            actions.push(Action {
                name: writable(name),
                doc: written.doc.clone(),
                title: words::title(&plain(name)),
                writes,
                mails: written.mails.is_some(),
                declares_effects: effects || written.pure.is_some(),
                place: written.place,
            });
        }
        actions
    }
}

fn twice(name: &proc_macro2::Ident, first: Place, diags: &mut Diags) {
    let message = format!("field `{}` is named twice", plain(name));
    diags.error("duplicate_name", name, message).because("first", first);
}

fn inlines(names: &Names<'_>, models: &[Model], parent: ModelId, diags: &mut Diags) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for written in &names.models[parent.0].1.inlines {
        let Some(child_name) = &written.child else { continue };
        let Some(child) = names.model(child_name, diags) else { continue };
        let fields = &models[child.0].fields;
        let points_here = |field: &Field| matches!(field.kind, Kind::Model(model, _) if model == parent);
        let (child_text, parent_text) = (plain(child_name), names.model_name(parent));
        let key = if let Some(via) = &written.via {
            let Some(key) = names.field(child, via, diags) else { continue };
            if !points_here(&fields[key.0]) {
                diags.error(RULE, via, format!("`{}` of `{child_text}` does not point at `{parent_text}`", plain(via)));
                continue;
            }
            key
        } else {
            let keys: Vec<FieldId> = ids(fields).filter(|(_, field)| points_here(field)).map(|(id, _)| id).collect();
            match keys.as_slice() {
                [key] => *key,
                [] => {
                    diags.error(
                        RULE,
                        child_name,
                        format!("`{child_text}` has no field that points at `{parent_text}`"),
                    );
                    continue;
                }
                [first, ..] => {
                    diags
                        .error(RULE, child_name, format!("several fields of `{child_text}` point at `{parent_text}`"))
                        .help(format!("write `inline {child_text} via {} …`", plain(&fields[first.0].name)));
                    continue;
                }
            }
        };
        let clauses = Clauses { names, id: child, fields };
        let listed = [ast::Names { names: written.names.clone(), place: written.place }];
        let fields =
            if written.names.is_empty() { models[child.0].list.clone() } else { clauses.listed(&listed, diags) };
        let fields =
            fields.into_iter().map(|(field, _)| field).filter(|field| *field != key || !written.names.is_empty());
        let fields: Vec<FieldId> = fields.collect();
        if let Some(word) = &written.in_form {
            fits_a_form(names, models, (parent, child), key, &fields, word, diags);
        }
        let in_form = written.in_form.is_some();
        inlines.push(Inline { child, key, fields, in_form, place: written.place });
    }
    inlines
}

/// Rows that are filled in within another's form: their key is written there, and something of them can be filled in.
fn fits_a_form(
    names: &Names<'_>,
    models: &[Model],
    (parent, child): (ModelId, ModelId),
    key: FieldId,
    fields: &[FieldId],
    word: &proc_macro2::Ident,
    diags: &mut Diags,
) {
    let (child_text, parent_text) = (names.model_name(child), names.model_name(parent));
    let of_child = &models[child.0].fields;
    let is_written = |field: &Field| !field.readonly && !field.is_automatic();
    let key_text = plain(&of_child[key.0].name);
    if child == parent {
        diags
            .error(RULE, word, format!("`{child_text}` points at itself, so that its form would hold itself"))
            .help(format!("write `inline {child_text} …` without `in form`"));
    } else if !is_written(&of_child[key.0]) {
        diags
            .error(
                RULE,
                word,
                format!(
                    "`{key_text}` of `{child_text}` is written by no form, so that none of `{parent_text}` can add rows"
                ),
            )
            .help(format!("write `inline {child_text} …` without `in form`"));
    } else if !fields.iter().any(|field| *field != key && is_written(&of_child[field.0])) {
        diags
            .error(RULE, word, format!("nothing that this inline shows of `{child_text}` can be filled in"))
            .help(format!("name a field of `{child_text}` that a form may write"));
    }
}

/// Tables and path segments: each once, none of them the framework's.
fn check_tables(names: &Names<'_>, models: &[Model], diags: &mut Diags) {
    for (index, model) in models.iter().enumerate() {
        let written = names.models[index].1;
        let name = plain(&model.name);
        let place = written.table.as_ref().map_or_else(|| Place::from(&model.name), |text| text.place);
        let (table, adopted) = (&model.table, model.adopted.is_some());
        let suggested = format!("write `table \"{}s\";` in the model", words::table(&name));
        if table.starts_with("bw_") || table.starts_with("sqlite_") || table.starts_with("pg_") {
            let whose = if table.starts_with("bw_") { "the framework" } else { "the database" };
            diags
                .error("reserved_name", place, format!("table `{table}` of `{name}` lies in the space of {whose}"))
                .help(suggested);
        } else if reserved::is_sql(table) && !adopted {
            diags
                .error("reserved_name", place, format!("table `{table}` of `{name}` is a word of SQL"))
                .help(suggested);
        } else if table.len() > 63
            || !adopted && !table.chars().enumerate().all(|(at, c)| is_table_char(at, c, written.table.is_some()))
        {
            diags
                .error(
                    "reserved_name",
                    place,
                    format!("table `{table}` of `{name}` is not a name that every database takes"),
                )
                .help("use at most 63 of a-z, 0-9 and `_`, a letter first");
        }
        if reserved::is_route(&model.slug) {
            let message = format!("the pages of `{name}` would lie under `/{}`, a path of the framework", model.slug);
            diags.error("reserved_name", &model.name, message).help("another name for the model");
        }
        for other in &models[..index] {
            let there = plain(&other.name);
            if other.table.eq_ignore_ascii_case(table) {
                let message = format!("`{name}` and `{there}` share the table `{table}`");
                diags.error("duplicate_name", place, message).because("model", &other.name);
            } else if other.slug == model.slug {
                let message = format!("the pages of `{name}` and `{there}` would both lie under `/{}`", model.slug);
                diags.error("duplicate_name", &model.name, message).because("model", &other.name);
            }
        }
    }
}

/// A table named by hand keeps to plain letters; one made from the model's name may hold whatever that holds.
fn is_table_char(at: usize, c: char, by_hand: bool) -> bool {
    c == '_' || c.is_ascii_lowercase() || (at > 0 && c.is_ascii_digit()) || (!by_hand && !c.is_ascii())
}

//! `PANEL`: every declaration as static data, a constant for each model and role so that a person can read them.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::brand;
use super::names::{WHOLE, index, optional, plain, snake};
use super::policy;
use super::predicates::{literal, predicate};
use crate::panel::{Field, Key, Kind, Links, Model, OnDelete, Panel, Sensitivity, Setting, Widget};

pub(super) fn expand(panel: &Panel) -> TokenStream {
    let model_names = constants(panel.models.iter().map(|model| &model.name), "MODEL");
    let role_names = constants(panel.roles.iter().map(|role| &role.name), "ROLE");
    let models = panel.models.iter().zip(&model_names).enumerate().map(|(number, (model, name))| {
        let table = model_table(panel, number, model);
        quote! { pub(super) const #name: Model = #table; }
    });
    let roles = panel.roles.iter().zip(&role_names).enumerate().map(|(number, (role, name))| {
        let table = policy::role(panel, number, role);
        quote! { pub(super) const #name: Role = #table; }
    });
    let table = panel_table(panel, &model_names, &role_names);
    quote! {
        /// All that the block declares.
        pub static PANEL: ::bailiwick::panel::Panel = __tables::PANEL;

        #[doc(hidden)]
        #[allow(unused_imports, reason = #WHOLE)]
        mod __tables {
            use ::bailiwick::panel::{
                Accept, Action, Apart, Attribute, Automatic, Brand, By, Cell, Check, Choice, Clause, Factors, Field,
                FieldSet, Framework, FrameworkCell, Inline, KeyKind, Kind, Limit, Links, Model, OnDelete, Panel, Password, PeopleCell,
                PeopleVerb, Reauth, Recovery, Role, Section, Sensitivity, Session, Setting, Sort, Throttle,
                ThrottleName, Variant, Verb, Widget,
            };
            use ::bailiwick::predicate::{Op, Operand, Predicate};
            use ::bailiwick::value::Literal;

            #(#models)*
            #(#roles)*
            pub(super) const PANEL: Panel = #table;
        }
    }
}

/// `PATIENT_MODEL`; one that occurs twice gets its number.
fn constants<'p>(names: impl Iterator<Item = &'p Ident>, suffix: &str) -> Vec<Ident> {
    let mut seen = std::collections::HashSet::new();
    names
        .enumerate()
        .map(|(number, name)| {
            let upper = snake(name).to_uppercase();
            if seen.insert(upper.clone()) {
                Ident::new(&format!("{upper}_{suffix}"), Span::call_site())
            } else {
                format_ident!("{upper}_{suffix}_{number}")
            }
        })
        .collect()
}

fn panel_table(panel: &Panel, models: &[Ident], roles: &[Ident]) -> TokenStream {
    let (name, doc) = (plain(&panel.name), &panel.doc);
    let brand = brand::table(panel.brand.as_ref().map(|brand| brand.rgb));
    let database = setting(panel.database.as_ref());
    let public_url = setting(panel.public_url.as_ref());
    let mail = setting(panel.mail.as_ref());
    let proxies = panel.proxies.iter().flat_map(|proxies| &proxies.ranges);
    let actor = panel.actor.iter().map(|attribute| {
        let (name, doc, kind) = (plain(&attribute.name), &attribute.doc, kind(panel, attribute.kind));
        quote! { Attribute { name: #name, doc: #doc, kind: #kind } }
    });
    let choices = panel.choices.iter().map(|choice| {
        let name = plain(&choice.name);
        let variants = choice.variants.iter().map(|variant| {
            let (name, title) = (&variant.stored, &variant.title);
            quote! { Variant { name: #name, title: #title } }
        });
        quote! { Choice { name: #name, variants: &[#(#variants),*] } }
    });
    let policy = policy::of_panel(panel);
    let lock_passed_over = panel.lock_passed_over;
    let dashboard = panel.dashboard.iter().map(|one| widget(panel, one));
    quote! {
        Panel {
            name: #name,
            doc: #doc,
            brand: #brand,
            database: #database,
            public_url: #public_url,
            proxies: &[#(#proxies),*],
            mail: #mail,
            actor: &[#(#actor),*],
            choices: &[#(#choices),*],
            models: &[#(#models),*],
            roles: &[#(#roles),*],
            #policy
            dashboard: &[#(#dashboard),*],
            file: ::core::file!(),
            lock_passed_over: #lock_passed_over,
        }
    }
}

fn setting(setting: Option<&Setting>) -> TokenStream {
    let env = optional(setting.and_then(|setting| setting.env.as_ref()));
    let fallback = optional(setting.and_then(|setting| setting.fallback.as_ref()));
    quote! { Setting { env: #env, fallback: #fallback } }
}

fn widget(panel: &Panel, widget: &Widget) -> TokenStream {
    match widget {
        Widget::Count { model, when, .. } => {
            let (model, when) = (index(model.0), optional(when.as_ref().map(|when| predicate(panel, when))));
            quote! { Widget::Count { model: #model, when: #when } }
        }
        Widget::Chart { model, when, field, days, .. } => {
            let when = optional(when.as_ref().map(|when| predicate(panel, when)));
            let (model, field, days) = (index(model.0), index(field.0), Literal::u32_unsuffixed(*days));
            quote! { Widget::Chart { model: #model, when: #when, field: #field, days: #days } }
        }
        Widget::Latest { model, count, .. } => {
            let (model, count) = (index(model.0), Literal::u32_unsuffixed(*count));
            quote! { Widget::Latest { model: #model, count: #count } }
        }
    }
}

fn model_table(panel: &Panel, number: usize, model: &Model) -> TokenStream {
    let number = index(number);
    let name = plain(&model.name);
    let Model { doc, title, plural, slug, table, .. } = model;
    let adopted = optional(model.adopted.as_ref());
    let key = key_kind(model.key);
    let fields = model.fields.iter().enumerate().map(|(number, field)| field_table(panel, number, field));
    let label = model.label.iter().map(|field| index(field.0));
    let list = model.list.iter().map(|(field, _)| index(field.0));
    let search = model.search.iter().map(|(field, _)| index(field.0));
    let filter = model.filter.iter().map(|(field, _)| index(field.0));
    let sort = model.sort.iter().map(|sort| {
        let (field, descending) = (index(sort.field.0), sort.descending);
        quote! { Sort { field: #field, descending: #descending } }
    });
    let sections = model.sections.iter().map(|section| {
        let (title, fields) = (&section.title, section.fields.iter().map(|field| index(field.0)));
        quote! { Section { title: #title, fields: &[#(#fields),*] } }
    });
    let inlines = model.inlines.iter().map(|inline| {
        let (child, key) = (index(inline.child.0), index(inline.key.0));
        let fields = inline.fields.iter().map(|field| index(field.0));
        let in_form = inline.in_form;
        quote! { Inline { model: #child, key: #key, fields: &[#(#fields),*], in_form: #in_form } }
    });
    let checks = model.checks.iter().map(|check| {
        let (message, predicate) = (&check.message, predicate(panel, &check.predicate));
        quote! { Check { message: #message, predicate: #predicate } }
    });
    let actions = model.actions.iter().map(|action| {
        let (name, title, doc, mails) = (plain(&action.name), &action.title, &action.doc, action.mails);
        let writes = action.writes.iter().map(|(field, _)| index(field.0));
        quote! { Action { name: #name, title: #title, doc: #doc, writes: &[#(#writes),*], mails: #mails } }
    });
    quote! {
        Model {
            index: #number,
            name: #name,
            doc: #doc,
            title: #title,
            plural: #plural,
            slug: #slug,
            table: #table,
            adopted: #adopted,
            key: #key,
            fields: &[#(#fields),*],
            label: &[#(#label),*],
            list: &[#(#list),*],
            search: &[#(#search),*],
            filter: &[#(#filter),*],
            sort: &[#(#sort),*],
            sections: &[#(#sections),*],
            inlines: &[#(#inlines),*],
            checks: &[#(#checks),*],
            actions: &[#(#actions),*],
        }
    }
}

/// Only what differs from a plain field is spelled out.
fn field_table(panel: &Panel, number: usize, field: &Field) -> TokenStream {
    let (number, name, title) = (index(number), plain(&field.name), &field.title);
    let kind = match &field.links {
        Some(links) => links_table(links),
        None => kind(panel, field.kind),
    };
    let mut set = Vec::new();
    let help = if field.help.is_empty() { &field.doc } else { &field.help };
    if !help.is_empty() {
        set.push(quote! { help: #help });
    }
    if let Some((column, _)) = &field.column {
        set.push(quote! { column: #column });
    }
    for (holds, word) in [
        (field.optional, "optional"),
        (field.unique, "unique"),
        (field.index, "index_wanted"),
        (field.past, "past"),
        (field.future, "future"),
        (field.readonly, "readonly"),
        (field.transfers, "transfers"),
    ] {
        if holds {
            let word = Ident::new(word, Span::call_site());
            set.push(quote! { #word: true });
        }
    }
    for (value, word) in [(&field.default, "default"), (&field.min, "min"), (&field.max, "max")] {
        if let Some(value) = value {
            let (word, value) = (Ident::new(word, Span::call_site()), literal(panel, value));
            set.push(quote! { #word: Some(#value) });
        }
    }
    for (value, word) in [(field.min_len, "min_len"), (field.max_len, "max_len")] {
        if let Some(value) = value {
            let (word, value) = (Ident::new(word, Span::call_site()), Literal::u32_unsuffixed(value));
            set.push(quote! { #word: Some(#value) });
        }
    }
    if let Some(pattern) = &field.pattern {
        set.push(quote! { pattern: Some(#pattern) });
    }
    for (holds, word) in [(field.created, "Created"), (field.updated, "Updated"), (field.author, "Author")] {
        if holds {
            let word = Ident::new(word, Span::call_site());
            set.push(quote! { automatic: Some(Automatic::#word) });
            break;
        }
    }
    if let Some(sensitivity) = sensitivity(field.sensitivity) {
        set.push(quote! { sensitivity: Sensitivity::#sensitivity });
    }
    let plain = quote! { Field::new(#number, #name, #title, #kind) };
    if set.is_empty() {
        plain
    } else {
        quote! { Field { #(#set,)* ..#plain } }
    }
}

/// `None`: what a field is without a word.
fn sensitivity(sensitivity: Sensitivity) -> Option<TokenStream> {
    match sensitivity {
        Sensitivity::Internal => None,
        Sensitivity::Public => Some(quote! { Public }),
        Sensitivity::Personal => Some(quote! { Personal }),
        Sensitivity::Sensitive => Some(quote! { Sensitive }),
        Sensitivity::Secret => Some(quote! { Secret }),
    }
}

/// The table that holds the links of a field.
fn links_table(links: &Links) -> TokenStream {
    let (target, Links { table, from, to, adopted, .. }) = (index(links.target.0), links);
    quote! { Kind::Many(&Links { model: #target, table: #table, from: #from, to: #to, adopted: #adopted }) }
}

fn key_kind(key: Key) -> TokenStream {
    match key {
        Key::Number => quote! { KeyKind::Number },
        Key::Uuid => quote! { KeyKind::Uuid },
        Key::Text(_) => quote! { KeyKind::Text },
    }
}

fn kind(panel: &Panel, kind: Kind) -> TokenStream {
    match kind {
        Kind::String => quote! { Kind::String },
        Kind::Text => quote! { Kind::Text },
        Kind::Email => quote! { Kind::Email },
        Kind::Url => quote! { Kind::Url },
        Kind::Bool => quote! { Kind::Bool },
        Kind::I32 => quote! { Kind::I32 },
        // What is of many rows has its table; of anything else but a field it has been refused.
        Kind::I64 | Kind::Many(_) => quote! { Kind::I64 },
        Kind::F64 => quote! { Kind::F64 },
        Kind::Decimal { precision, scale } => {
            let (precision, scale) = (Literal::u8_unsuffixed(precision), Literal::u8_unsuffixed(scale));
            quote! { Kind::Decimal { precision: #precision, scale: #scale } }
        }
        Kind::Date => quote! { Kind::Date },
        Kind::Time => quote! { Kind::Time },
        Kind::Timestamp => quote! { Kind::Timestamp },
        Kind::Uuid => quote! { Kind::Uuid },
        Kind::Json => quote! { Kind::Json },
        Kind::Secret => quote! { Kind::Secret },
        Kind::Bytes => quote! { Kind::Bytes },
        Kind::Choice(choice) => {
            let choice = index(choice.0);
            quote! { Kind::Choice(#choice) }
        }
        Kind::Actor => quote! { Kind::Actor },
        Kind::Model(model, on_delete) => {
            let (key, model) = (panel.model(model).key, index(model.0));
            let on_delete = match on_delete {
                OnDelete::Restrict => quote! { Restrict },
                OnDelete::Cascade => quote! { Cascade },
                OnDelete::SetNull => quote! { SetNull },
            };
            match key {
                Key::Number => quote! { Kind::to(#model, OnDelete::#on_delete) },
                key => {
                    let key = key_kind(key);
                    quote! { Kind::Model(#model, OnDelete::#on_delete, #key) }
                }
            }
        }
    }
}

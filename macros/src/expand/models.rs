//! One model: its row, its id, what a new row and a change carry, its columns, and the queries that ask for a token.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::names::{
    AS_DECLARED, Names, WHOLE, braced, change_type, column, id_type, implemented, index, new_type, plain,
    readable_fields, unit, written_fields,
};
use super::queries;
use super::shell::{doc, doc_or};
use crate::panel::{Field, FieldId, Key, Kind, Model, Panel};

pub(super) fn expand(panel: &Panel, model: &Model, names: &Names) -> TokenStream {
    let id = id(model);
    let row = row(panel, model);
    let new = new(panel, model);
    let change = change(panel, model);
    let columns = columns(panel, model);
    let queries = queries::expand(model, names);
    quote! { #row #id #new #change #columns #queries }
}

/// The Rust type of a field's value, null apart.
pub(super) fn base_type(panel: &Panel, kind: Kind) -> TokenStream {
    match kind {
        Kind::String | Kind::Text | Kind::Email | Kind::Url => quote! { ::std::string::String },
        Kind::Bool => quote! { bool },
        Kind::I32 => quote! { i32 },
        Kind::I64 => quote! { i64 },
        Kind::F64 => quote! { f64 },
        Kind::Decimal { .. } => quote! { ::bailiwick::typed::Decimal },
        Kind::Date => quote! { ::bailiwick::typed::Date },
        Kind::Time => quote! { ::bailiwick::typed::Time },
        Kind::Timestamp => quote! { ::bailiwick::typed::Timestamp },
        Kind::Uuid => quote! { ::bailiwick::typed::Uuid },
        Kind::Json => quote! { ::bailiwick::typed::Json },
        Kind::Secret => quote! { ::bailiwick::typed::SecretHash },
        Kind::Bytes => quote! { ::std::vec::Vec<u8> },
        Kind::Choice(choice) => {
            let name = &panel.choice(choice).name;
            quote! { #name }
        }
        Kind::Actor => quote! { ::bailiwick::typed::PersonId },
        Kind::Model(model, _) => {
            let id = id_type(panel.model(model));
            quote! { #id }
        }
        Kind::Many(model) => {
            let id = id_type(panel.model(model));
            quote! { ::std::vec::Vec<#id> }
        }
    }
}

fn value_type(panel: &Panel, field: &Field) -> TokenStream {
    let base = base_type(panel, field.kind);
    if field.optional { option(&base) } else { base }
}

fn option(of: &TokenStream) -> TokenStream {
    quote! { ::std::option::Option<#of> }
}

fn doc_of(field: &Field) -> TokenStream {
    let help = doc_or(&field.doc, || field.help.clone());
    doc(&doc_or(&help, || format!("{}.", field.title)))
}

fn row(panel: &Panel, model: &Model) -> TokenStream {
    let name = &model.name;
    let number = index(panel.models.iter().position(|other| std::ptr::eq(other, model)).unwrap_or_default());
    let doc = doc(&doc_or(&model.doc, || format!("{}.", model.title)));
    let (id, new, change) = (id_type(model), new_type(model), change_type(model));
    let key = super::shell::doc(if model.key == Key::Number { "Its number." } else { "Its key." });
    let shown: Vec<_> = readable_fields(model).collect();
    let declared = shown.iter().map(|(_, field)| {
        let (doc, field_name, of) = (doc_of(field), &field.name, value_type(panel, field));
        quote! { #doc pub #field_name: #of }
    });
    let read = shown.iter().map(|(number, field)| {
        let index = index(*number);
        let field_name = &field.name;
        quote! { #field_name: ::bailiwick::typed::read(row, #index)? }
    });
    let declared = braced(
        "struct",
        name,
        quote! {
            #key
            pub id: #id,
            /// Counts up with each change.
            pub version: i64,
            #(#declared,)*
        },
    );
    let opaque = opaque_debug(name, &quote! { .field("id", &self.id.0).field("version", &self.version) });
    quote! {
        #doc
        #[derive(Clone, PartialEq)]
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        #[allow(clippy::struct_field_names, reason = #AS_DECLARED)]
        #declared

        impl ::bailiwick::typed::Model for #name {
            type Id = #id;
            type New = #new;
            type Change = #change;
            const PANEL: &'static ::bailiwick::panel::Panel = &PANEL;
            const MODEL: &'static ::bailiwick::panel::Model = &PANEL.models[#number];

            fn from_row(row: &::bailiwick::value::Row) -> ::std::option::Option<Self> {
                ::std::option::Option::Some(Self {
                    id: ::bailiwick::typed::RowId::of_key(row.id)?,
                    version: row.version,
                    #(#read,)*
                })
            }
        }

        #opaque
    }
}

/// `Debug` that tells which row, and nothing of what is in it: rows end up in logs.
fn opaque_debug(name: &Ident, fields: &TokenStream) -> TokenStream {
    let text = plain(name);
    quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#text) #fields .finish_non_exhaustive()
            }
        }
    }
}

fn id(model: &Model) -> TokenStream {
    let (name, id) = (&model.name, id_type(model));
    let of = match model.key {
        Key::Number => quote! { i64 },
        Key::Uuid => quote! { ::bailiwick::typed::Uuid },
        Key::Text(_) => quote! { ::bailiwick::typed::KeyText },
    };
    let from = implemented(
        &quote! { ::std::convert::From<#of> },
        &id,
        quote! {
            fn from(key: #of) -> Self {
                Self(key)
            }
        },
    );
    let declared = unit(&id, &quote! { (pub #of) });
    let word = if model.key == Key::Number { "number" } else { "key" };
    let doc = doc(&format!("The {word} of a [`{}`].", plain(name)));
    quote! {
        #doc
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        #declared

        impl ::bailiwick::typed::RowId for #id {
            type Model = #name;
            type Key = #of;

            fn inner(self) -> #of {
                self.0
            }
        }

        #from

        impl ::std::fmt::Display for #id {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::bailiwick::typed::FieldType for #id {
            fn from_value(value: &::bailiwick::value::Value) -> ::std::option::Option<Self> {
                ::bailiwick::typed::FieldType::from_value(value).map(Self)
            }

            fn into_value(self) -> ::bailiwick::value::Value {
                ::bailiwick::typed::FieldType::into_value(self.0)
            }
        }
    }
}

/// Whether `NewX` can leave it out.
fn can_be_left_out(field: &Field) -> bool {
    field.optional || field.default.is_some() || field.is_many()
}

fn new(panel: &Panel, model: &Model) -> TokenStream {
    let (name, new) = (&model.name, new_type(model));
    let doc =
        doc(&format!("What a new [`{}`] starts with; `None` is the field's default, else no value.", plain(name)));
    let default = written_fields(model).all(|(_, field)| can_be_left_out(field)).then(|| quote! { , Default });
    let declared = written_fields(model).map(|(_, field)| {
        let (doc, field_name, base) = (doc_of(field), &field.name, base_type(panel, field.kind));
        let of = if can_be_left_out(field) { option(&base) } else { base };
        quote! { #doc pub #field_name: #of }
    });
    let given = written_fields(model).map(|(number, field)| {
        let index = index(number);
        let field_name = &field.name;
        if can_be_left_out(field) {
            quote! { .with_some(#index, self.#field_name) }
        } else {
            quote! { .with(#index, self.#field_name) }
        }
    });
    let declared = braced("struct", &new, quote! { #(#declared,)* });
    let opaque = opaque_debug(&new, &TokenStream::new());
    quote! {
        #doc
        #[derive(Clone, PartialEq #default)]
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        #[allow(clippy::struct_field_names, reason = #AS_DECLARED)]
        #declared

        impl ::bailiwick::typed::Input for #new {
            type Model = #name;

            fn given(self) -> ::bailiwick::typed::Given {
                ::bailiwick::typed::Given::new() #(#given)*
            }
        }

        #opaque
    }
}

fn change(panel: &Panel, model: &Model) -> TokenStream {
    let (name, change) = (&model.name, change_type(model));
    let doc = doc(&format!("A change of a [`{}`]; `None` leaves a field as it is.", plain(name)));
    let declared = changed_fields(model).map(|(_, field)| {
        let (doc, field_name) = (doc_of(field), &field.name);
        let of = option(&value_type(panel, field));
        quote! { #doc pub #field_name: #of }
    });
    let given = changed_fields(model).map(|(number, field)| {
        let index = index(number);
        let field_name = &field.name;
        quote! { .with_some(#index, self.#field_name) }
    });
    let declared = braced("struct", &change, quote! { #(#declared,)* });
    let opaque = opaque_debug(&change, &TokenStream::new());
    quote! {
        #doc
        #[derive(Clone, PartialEq, Default)]
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        #[allow(clippy::option_option, clippy::struct_field_names, reason = #AS_DECLARED)]
        #declared

        impl ::bailiwick::typed::Input for #change {
            type Model = #name;

            fn given(self) -> ::bailiwick::typed::Given {
                ::bailiwick::typed::Given::new() #(#given)*
            }
        }

        #opaque
    }
}

/// What the rows are known by is written once.
fn changed_fields(model: &Model) -> impl Iterator<Item = (usize, &Field)> {
    written_fields(model).filter(|(at, _)| model.key != Key::Text(FieldId(*at)))
}

fn columns(panel: &Panel, model: &Model) -> TokenStream {
    let name = &model.name;
    let columns = readable_fields(model).map(|(number, field)| {
        let index = index(number);
        let (column, base) = (column(field), base_type(panel, field.kind));
        let doc = doc(&format!("The column of [`{}::{}`].", plain(name), plain(&field.name)));
        if let Kind::Many(target) = field.kind {
            let id = id_type(panel.model(target));
            return quote! {
                #doc
                pub const #column: ::bailiwick::typed::Links<Self, #id> = ::bailiwick::typed::Links::new(#index);
            };
        }
        quote! {
            #doc
            pub const #column: ::bailiwick::typed::Column<Self, #base> = ::bailiwick::typed::Column::new(#index);
        }
    });
    quote! {
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        impl #name {
            #(#columns)*
        }
    }
}

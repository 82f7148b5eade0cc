//! Each `choice` as an enum, and the roles as one.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::names::{Names, WHOLE, braced, index, plain};
use super::shell::{doc, doc_or};
use crate::panel::Panel;

pub(super) fn expand(panel: &Panel, names: &Names) -> TokenStream {
    let choices = names.numbered_choices(panel).map(|(number, choice)| {
        let index = index(number);
        let name = &choice.name;
        let about = doc_or(&choice.doc, || format!("One of the values that `{}` can have.", plain(name)));
        let mut seen = std::collections::HashSet::new();
        let variants: Vec<Variant<'_>> = choice
            .variants
            .iter()
            .filter(|variant| seen.insert(plain(&variant.name)))
            .map(|variant| Variant {
                name: &variant.name,
                title: &variant.title,
                stored: variant.stored.clone(),
                doc: &variant.doc,
            })
            .collect();
        let all = closed_set(name, &about, &variants);
        quote! {
            #all

            impl ::bailiwick::typed::Choice for #name {
                const CHOICE: &'static ::bailiwick::panel::Choice = &PANEL.choices[#index];
            }

            impl ::bailiwick::typed::FieldType for #name {
                fn from_value(value: &::bailiwick::value::Value) -> ::std::option::Option<Self> {
                    ::bailiwick::typed::text_of(value)?.parse().ok()
                }

                fn into_value(self) -> ::bailiwick::value::Value {
                    ::bailiwick::value::Value::Text(self.name().to_owned())
                }
            }
        }
    });
    let role_enum = role_enum(panel, names);
    quote! { #(#choices)* #role_enum }
}

fn role_enum(panel: &Panel, names: &Names) -> TokenStream {
    let name = format_ident!("Role");
    let variants: Vec<Variant<'_>> = names
        .numbered_roles(panel)
        .map(|(_, role)| Variant { name: &role.name, title: &role.title, stored: plain(&role.name), doc: &role.doc })
        .collect();
    let indexes = names.numbered_roles(panel).map(|(number, role)| {
        let index = index(number);
        let role = &role.name;
        quote! { Self::#role => &PANEL.roles[#index] }
    });
    let all = closed_set(&name, "The roles of the panel.", &variants);
    quote! {
        #all

        impl #name {
            /// All that the role holds.
            #[must_use]
            pub fn table(self) -> &'static ::bailiwick::panel::Role {
                match self {
                    #(#indexes,)*
                }
            }
        }
    }
}

struct Variant<'p> {
    name: &'p Ident,
    title: &'p str,
    stored: String,
    doc: &'p str,
}

/// The enum, its list, its names in the store and on the page, and the way back from the former.
fn closed_set(name: &Ident, about: &str, variants: &[Variant<'_>]) -> TokenStream {
    let about = doc(about);
    let idents: Vec<_> = variants.iter().map(|variant| variant.name).collect();
    let docs = variants.iter().map(|variant| doc(&doc_or(variant.doc, || format!("{}.", variant.title))));
    let stored: Vec<_> = variants.iter().map(|variant| &variant.stored).collect();
    let declared = braced("enum", name, quote! { #(#docs #idents,)* });
    let titles = variants.iter().map(|variant| variant.title);
    quote! {
        #about
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        #declared

        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        impl #name {
            /// In declared order.
            pub const ALL: &'static [Self] = &[#(Self::#idents),*];

            /// As stored: as declared, unless the block says `stored`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    #(Self::#idents => #stored,)*
                }
            }

            /// As shown.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self {
                    #(Self::#idents => #titles,)*
                }
            }
        }

        impl ::std::fmt::Display for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.title())
            }
        }

        impl ::std::str::FromStr for #name {
            type Err = ::bailiwick::typed::UnknownName;

            fn from_str(name: &str) -> ::std::result::Result<Self, Self::Err> {
                ::bailiwick::typed::by_name(Self::ALL, |one| one.name(), name)
            }
        }
    }
}

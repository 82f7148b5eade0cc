//! What only the editor reads: every use of a name once, so that goto, hover, rename and colours work inside the block,
//! and a room in which a half-typed name can be completed. It costs nothing at run time.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::names::{Names, at, readable_fields};
use crate::panel::{Choice, Model, Name, Panel, Wanted};

pub(super) fn expand(panel: &Panel, names: &Names) -> TokenStream {
    let mentions = mentions(panel, names);
    let rooms = rooms(panel, names);
    quote! { #mentions #rooms }
}

fn mentions(panel: &Panel, names: &Names) -> TokenStream {
    let (mut models, mut roles, mut choices, mut variants) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut fields: BTreeMap<usize, Vec<Ident>> = BTreeMap::new();
    for mention in &panel.mentions {
        let span = mention.span;
        match mention.name {
            Name::Model(model) if names.has_model(model.0) => models.push(at(&panel.model(model).name, span)),
            Name::Role(role) if names.has_role(role.0) => roles.push(at(&panel.role(role).name, span)),
            Name::Choice(choice) if names.has_choice(choice.0) => choices.push(at(&panel.choice(choice).name, span)),
            Name::Field(model, field) if names.has_model(model.0) && is_readable(panel.model(model), field.0) => {
                fields.entry(model.0).or_default().push(at(&panel.model(model).field(field).name, span));
            }
            Name::Variant(choice, variant) if names.has_choice(choice.0) => {
                let choice = panel.choice(choice);
                variants.push((&choice.name, at(&choice.variants[variant].name, span)));
            }
            // Actions and attributes of the actor have no type of their own to lead to.
            _ => {}
        }
    }
    let variants = variants.into_iter().map(|(choice, variant)| quote! { let _ = #choice::#variant; });
    let fields = fields.into_iter().map(|(model, fields)| {
        let model = &panel.models[model].name;
        quote! { let _ = |row: &#model| { #(let _ = &row.#fields;)* }; }
    });
    quote! {
        #[doc(hidden)]
        const _: () = {
            #(let _: ::std::option::Option<#models>;)*
            #(let _: ::std::option::Option<#choices>;)*
            #(let _ = Role::#roles;)*
            #(#variants)*
            #(#fields)*
        };
    }
}

fn is_readable(model: &Model, field: usize) -> bool {
    readable_fields(model).any(|(index, _)| index == field)
}

/// Under the editor alone: an unknown name, in a place where only the right kind of name is known.
fn rooms(panel: &Panel, names: &Names) -> TokenStream {
    if panel.unresolved.is_empty() {
        return TokenStream::new();
    }
    let models: Vec<_> = names.models(panel).map(|model| &model.name).collect();
    let choices: Vec<_> = names.numbered_choices(panel).map(|(_, choice)| &choice.name).collect();
    let wanted = panel.unresolved.iter().filter_map(|unresolved| {
        let ident = &unresolved.ident;
        Some(match unresolved.wanted {
            Wanted::Role => quote! { use super::roles::#ident as _; },
            Wanted::Model => quote! { use self::models::#ident as _; },
            Wanted::Choice => quote! { use self::choices::#ident as _; },
            Wanted::Field(model) if names.has_model(model.0) => {
                let model = &panel.model(model).name;
                quote! { const _: fn(&super::#model) = |row| { let _ = &row.#ident; }; }
            }
            Wanted::Variant(choice) if names.has_choice(choice.0) => {
                let Choice { name, .. } = panel.choice(choice);
                quote! { const _: super::#name = super::#name::#ident; }
            }
            Wanted::Field(_) | Wanted::Variant(_) | Wanted::Attribute => return None,
        })
    });
    // The compiler asks about the unknown `cfg` where it stands, so the `allow` has to stand one item further out.
    quote! {
        #[doc(hidden)]
        #[allow(unexpected_cfgs, unused_imports, reason = "rooms for the editor, which says so by its cfg")]
        mod __rooms {
            #[cfg(rust_analyzer)]
            mod models {
                pub use super::super::{#(#models),*};
            }
            #[cfg(rust_analyzer)]
            mod choices {
                pub use super::super::{#(#choices),*};
            }
            #(#[cfg(rust_analyzer)] #wanted)*
        }
    }
}

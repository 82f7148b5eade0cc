//! Which role types hold which rights: `MayEdit<Patient> for roles::Owner`. Rows and fields are the token's business;
//! what may only be lent is not held.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::names::{Names, WHOLE, implemented, index, plain, unit};
use super::shell::{doc, doc_or};
use crate::panel::{Panel, Role, Verb};

pub(super) fn expand(panel: &Panel, names: &Names) -> TokenStream {
    let types = names.numbered_roles(panel).map(|(number, role)| {
        let index = index(number);
        let name = &role.name;
        let doc = doc(&doc_or(&role.doc, || format!("The role `{}`.", plain(name))));
        let held = held(panel, names, role);
        let held = held.iter().map(|right| implemented(right, name, TokenStream::new()));
        let declared = unit(name, &TokenStream::new());
        quote! {
            #doc
            #[derive(Debug, Clone, Copy)]
            #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
            #declared

            impl ::bailiwick::grant::RoleType for #name {
                const ROLE: &'static ::bailiwick::panel::Role = &super::PANEL.roles[#index];
            }

            #(#held)*
        }
    });
    quote! {
        /// The roles as types, for code that is written for one role.
        pub mod roles {
            #(#types)*
        }
    }
}

fn held(panel: &Panel, names: &Names, role: &Role) -> Vec<TokenStream> {
    let cells: BTreeSet<_> = role
        .cells
        .iter()
        .filter(|cell| !cell.lendable && names.has_model(cell.model.0))
        .map(|cell| (cell.model, cell.verb))
        .collect();
    cells
        .into_iter()
        .filter_map(|(model, verb)| {
            let name = &panel.model(model).name;
            let word = match verb {
                Verb::View => "View",
                Verb::Create => "Create",
                Verb::Edit => "Edit",
                Verb::Delete => "Delete",
                Verb::Export => "Export",
                Verb::Import => "Import",
                Verb::Act(action) => {
                    let marker = names.right(&panel.model(model).actions.get(action.0)?.name);
                    return Some(quote! { ::bailiwick::grant::MayAct<super::#marker, super::#name> });
                }
            };
            let bound = format_ident!("May{word}");
            Some(quote! { ::bailiwick::grant::#bound<super::#name> })
        })
        .collect()
}

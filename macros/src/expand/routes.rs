//! `Route`: one variant a model, and the pages of the framework. How paths look is the runtime's business.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::{Names, WHOLE, action_enum, id_type, index, plain};
use super::shell::doc;
use crate::panel::Panel;

pub(super) fn expand(panel: &Panel, names: &Names) -> TokenStream {
    let (mut variants, mut to, mut from) = (Vec::new(), Vec::new(), Vec::new());
    for (number, model) in names.numbered_models(panel) {
        let index = index(number);
        let (name, id) = (&model.name, id_type(model));
        let doc = doc(&format!("A page of [`{}`].", plain(name)));
        let at = if model.actions.is_empty() {
            quote! { ::bailiwick::typed::At<#id> }
        } else {
            let action = action_enum(model);
            quote! { ::bailiwick::typed::At<#id, #action> }
        };
        variants.push(quote! { #doc #name(#at) });
        to.push(quote! { Self::#name(at) => ::std::result::Result::Err((#index, at.page())) });
        from.push(quote! { #index => ::bailiwick::typed::At::of(page).map(Self::#name) });
    }
    quote! {
        /// Every page of the panel: parses from its path and prints it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        pub enum Route {
            /// A page that every panel has.
            Of(::bailiwick::typed::Fixed),
            #(#variants,)*
        }

        impl ::bailiwick::typed::TypedRoute for Route {
            const PANEL: &'static ::bailiwick::panel::Panel = &PANEL;

            fn page(
                self,
            ) -> ::std::result::Result<::bailiwick::typed::Fixed, (usize, ::bailiwick::route::Page)> {
                match self {
                    Self::Of(fixed) => ::std::result::Result::Ok(fixed),
                    #(#to,)*
                }
            }

            fn fixed(page: ::bailiwick::typed::Fixed) -> Self {
                Self::Of(page)
            }

            fn of(model: usize, page: ::bailiwick::route::Page) -> ::std::option::Option<Self> {
                match model {
                    #(#from,)*
                    _ => ::std::option::Option::None,
                }
            }
        }

        impl ::std::fmt::Display for Route {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::bailiwick::typed::print_route(*self, f)
            }
        }

        impl ::std::str::FromStr for Route {
            type Err = ::bailiwick::typed::UnknownPath;

            fn from_str(path: &str) -> ::std::result::Result<Self, Self::Err> {
                ::bailiwick::typed::parse_route(path)
            }
        }
    }
}

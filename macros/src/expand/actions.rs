//! The declared actions: a marker for each name, a trait with a method for each action of a model, and the way from the
//! runtime to them, which leads through a token.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::names::{Names, WHOLE, action_enum, actions_trait, at, braced, index, plain, snake, unit};
use super::queries::distinct;
use super::shell::{doc, doc_or};
use crate::panel::{Model, Panel};

pub(super) fn expand(panel: &Panel, names: &Names) -> TokenStream {
    let markers = markers(panel, names);
    let traits = with_actions(panel, names).map(|(_, model)| action_trait(panel, names, model));
    let dispatch = dispatch(panel, names);
    quote! { #(#markers)* #(#traits)* #dispatch }
}

fn with_actions<'p>(panel: &'p Panel, names: &Names) -> impl Iterator<Item = (usize, &'p Model)> {
    names.numbered_models(panel).filter(|(_, model)| !model.actions.is_empty())
}

/// Two models may declare an action of one name; they share its marker.
fn markers(panel: &Panel, names: &Names) -> Vec<TokenStream> {
    let mut by_name: BTreeMap<String, (Ident, Vec<TokenStream>)> = BTreeMap::new();
    for (_, model) in with_actions(panel, names) {
        for action in distinct(model) {
            let index = position(model, action);
            let (marker, of) = (names.right(action), &model.name);
            let held = quote! {
                impl ::bailiwick::grant::VerbOn<#of> for #marker {
                    const VERB: ::bailiwick::panel::Verb = ::bailiwick::panel::Verb::Act(#index);
                }
            };
            by_name.entry(marker.to_string()).or_insert_with(|| (marker, Vec::new())).1.push(held);
        }
    }
    by_name
        .into_values()
        .map(|(marker, held)| {
            let doc = doc(&format!("The right to an action, as a type: `May<{marker}, …>`."));
            let declared = unit(&marker, &TokenStream::new());
            quote! {
                #doc
                #[derive(Debug, Clone, Copy)]
                #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
                #declared

                #(#held)*
            }
        })
        .collect()
}

fn position(model: &Model, action: &Ident) -> Literal {
    index(model.actions.iter().position(|other| other.name == *action).unwrap_or_default())
}

fn action_trait(panel: &Panel, names: &Names, model: &Model) -> TokenStream {
    let (name, of) = (actions_trait(model), &model.name);
    let row = Ident::new(&snake(of), of.span());
    let words: Vec<String> = distinct(model).map(|action| format!("`{}`", plain(action))).collect();
    let about = doc(&format!("What the actions of [`{}`] do.", plain(of)));
    let signatures: Vec<String> = distinct(model)
        .map(|action| {
            let (method, marker) = (plain(action), names.right(action));
            format!(
                "    async fn {method}({row}: {of}, cx: &mut ActionCx<'_>, may: May<{marker}, {of}>) -> ActionResult {{ … }}"
            )
        })
        .collect();
    let message = format!("`{}` lacks the body of {} of `{of}`", panel.name, words.join(" and "));
    let label = format!("no `impl {name} for {}` was found", panel.name);
    let note = format!("write it beside the block:\nimpl {name} for {} {{\n{}\n}}", panel.name, signatures.join("\n"));
    let methods = distinct(model).map(|action| {
        let declared = model.actions.iter().find(|other| other.name == *action);
        let words = doc_or(declared.map_or("", |action| &action.doc), || format!("The action `{}`.", plain(action)));
        let doc = doc(&words);
        let marker = names.right(action);
        let (head, end) = (quote_spanned! { action.span()=> fn #action }, quote_spanned! { action.span()=> ; });
        quote! {
            #doc
            #head(
                #row: #of,
                cx: &mut ::bailiwick::ActionCx<'_>,
                may: ::bailiwick::May<#marker, #of>,
            ) -> impl ::std::future::Future<Output = ::bailiwick::ActionResult> + ::std::marker::Send #end
        }
    });
    let table = action_enum(model);
    let variants: Vec<_> = distinct(model).map(|action| names.right(action)).collect();
    let indexes = distinct(model).map(|action| position(model, action));
    let docs = distinct(model).map(|action| doc(&format!("`{}`", plain(action))));
    let bodies = braced("trait", &name, quote! { #(#methods)* });
    let all = braced("enum", &table, quote! { #(#docs #variants,)* });
    let enum_doc = doc(&format!("The actions of [`{}`], for paths.", plain(of)));
    quote! {
        #about
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        #[allow(unreachable_pub, reason = #WHOLE)]
        #bodies

        #enum_doc
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        #all

        impl ::bailiwick::typed::ActionName for #table {
            const ALL: &'static [(Self, usize)] = &[#((Self::#variants, #indexes)),*];
        }
    }
}

fn dispatch(panel: &Panel, names: &Names) -> TokenStream {
    let name = &panel.name;
    let arms = with_actions(panel, names).flat_map(|(number, model)| {
        distinct(model).map(move |action| {
            let (number, index) = (index(number), position(model, action));
            let bodies = actions_trait(model);
            // Over the action's name: that is where a missing body shows.
            let panel_there = at(name, action.span());
            // Of the block, though a macro of the user's may have brought the action.
            let call = Ident::new("call", Span::call_site());
            let run = quote_spanned! { action.span()=>
                ::std::boxed::Box::pin(async move {
                    let (row, mut cx, may) = #call.open()?;
                    <#panel_there as #bodies>::#action(row, &mut cx, may).await
                })
            };
            quote! { (#number, #index) => #run }
        })
    });
    let arms: Vec<_> = arms.collect();
    let found = if arms.is_empty() {
        quote! { call.unknown() }
    } else {
        quote! {
            match (call.model(), call.action()) {
                #(#arms,)*
                _ => call.unknown(),
            }
        }
    };
    quote! {
        impl ::bailiwick::action::Actions for #name {
            fn run<'a>(&self, call: ::bailiwick::action::Call<'a>) -> ::bailiwick::action::Running<'a> {
                #found
            }
        }
    }
}

//! The queries of a model: each asks for the token of its verb, and the token for a role that holds the verb.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::names::{Names, WHOLE, change_type, id_type, new_type, plain, snake};
use super::shell::doc;
use crate::panel::Model;

pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let (name, id, new, change) = (&model.name, id_type(model), new_type(model), change_type(model));
    let tokens = tokens(model, names);
    // Over the model: that is where an editor should lead, and what rustc should show.
    let [get, list, page, create, update, delete] =
        ["get", "list", "page", "create", "update", "delete"].map(|word| Ident::new(word, name.span()));
    let (may, close) = (Ident::new("may", name.span()), quote_spanned! { name.span()=> > });
    quote! {
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        impl #name {
            /// The row of this number; none where the token's rows end.
            pub async fn #get(
                db: &::bailiwick::Store,
                #may: &::bailiwick::May<::bailiwick::View, Self #close,
                id: #id,
            ) -> ::std::result::Result<::std::option::Option<Self>, ::bailiwick::Error> {
                ::bailiwick::typed::get(db, #may, id).await
            }

            /// The rows that the query describes, among those of the token.
            pub async fn #list(
                db: &::bailiwick::Store,
                #may: &::bailiwick::May<::bailiwick::View, Self #close,
                query: ::bailiwick::typed::Query<Self>,
            ) -> ::std::result::Result<::std::vec::Vec<Self>, ::bailiwick::Error> {
                ::bailiwick::typed::list(db, #may, query).await
            }

            /// The same with how many there are and with the queries of the pages beside it.
            pub async fn #page(
                db: &::bailiwick::Store,
                #may: &::bailiwick::May<::bailiwick::View, Self #close,
                query: ::bailiwick::typed::Query<Self>,
            ) -> ::std::result::Result<::bailiwick::typed::Page<Self>, ::bailiwick::Error> {
                ::bailiwick::typed::page(db, #may, query).await
            }

            /// Inserts a row that the token covers.
            pub async fn #create(
                db: &::bailiwick::Store,
                #may: &::bailiwick::May<::bailiwick::Create, Self #close,
                new: #new,
            ) -> ::std::result::Result<#id, ::bailiwick::Error> {
                ::bailiwick::typed::create(db, #may, new).await
            }

            /// Changes the row if it still has this version.
            pub async fn #update(
                db: &::bailiwick::Store,
                #may: &::bailiwick::May<::bailiwick::Edit, Self #close,
                id: #id,
                version: i64,
                change: #change,
            ) -> ::std::result::Result<(), ::bailiwick::Error> {
                ::bailiwick::typed::update(db, #may, id, version, change).await
            }

            /// Deletes the row if it still has this version, and what goes along with it.
            pub async fn #delete(
                db: &::bailiwick::Store,
                #may: &::bailiwick::May<::bailiwick::Delete, Self #close,
                id: #id,
                version: i64,
            ) -> ::std::result::Result<(), ::bailiwick::Error> {
                ::bailiwick::typed::delete(db, #may, id, version).await
            }

            #tokens
        }
    }
}

/// `Patient::may_edit(&who)`: compiles for roles that hold the verb. The bound's punctuation lies over the model, so
/// that rustc shows the model beside the use and the role.
fn tokens(model: &Model, names: &Names) -> TokenStream {
    let verbs = ["View", "Create", "Edit", "Delete", "Export", "Import"].map(|verb| {
        let bound = format_ident!("May{verb}");
        let verb = Ident::new(verb, Span::call_site());
        token(model, &snake(&verb), &quote! { ::bailiwick::#verb }, &bound, &quote! { Self })
    });
    let actions = distinct(model).map(|action| {
        let marker = names.right(action);
        token(model, &plain(action), &quote! { #marker }, &format_ident!("MayAct"), &quote! { #marker, Self })
    });
    quote! { #(#verbs)* #(#actions)* }
}

/// The names of a model's actions, each once.
pub(super) fn distinct(model: &Model) -> impl Iterator<Item = &Ident> {
    let mut seen = std::collections::HashSet::new();
    model.actions.iter().map(|action| &action.name).filter(move |name| seen.insert(plain(name)))
}

fn token(model: &Model, word: &str, verb: &TokenStream, bound: &Ident, of: &TokenStream) -> TokenStream {
    let name = format_ident!("may_{word}", span = model.name.span());
    let doc = doc(&format!("The right to {} rows, for a person whose role holds it.", word.replace('_', " ")));
    let there = model.name.span();
    let from = quote_spanned! { there=> :: };
    let (open, close) = (quote_spanned! { there=> < }, quote_spanned! { there=> > });
    quote! {
        #doc
        pub fn #name<R>(
            who: &::bailiwick::As<R>,
        ) -> ::bailiwick::grant::Asked<#verb, Self>
        where
            R: #from bailiwick::grant::#bound #open #of #close,
        {
            ::bailiwick::May::of(who)
        }
    }
}

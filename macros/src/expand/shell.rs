//! The panel itself, `Clinic`: where the command line and the service start.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::{WHOLE, plain, unit};
use crate::panel::Panel;

pub(super) fn expand(panel: &Panel) -> TokenStream {
    let name = &panel.name;
    let doc = doc(&doc_or(&panel.doc, || format!("The panel `{}`.", plain(name))));
    let declared = unit(name, &TokenStream::new());
    quote! {
        #doc
        #[derive(Debug, Clone, Copy)]
        #[allow(dead_code, unreachable_pub, reason = #WHOLE)]
        #declared

        #[allow(dead_code, reason = #WHOLE)]
        impl #name {
            /// Reads the command line and does what it says; without a word it serves.
            #[must_use]
            pub fn main() -> ::std::process::ExitCode {
                Self::builder().main()
            }

            /// The panel over the database at this URL, its schema applied, as a tower service.
            pub async fn service(database: &str) -> ::std::result::Result<::bailiwick::Service, ::bailiwick::Error> {
                Self::builder().service(database).await
            }

            /// For a panel with commands of its own.
            #[must_use]
            pub fn builder() -> ::bailiwick::Builder {
                ::bailiwick::Builder::new(&PANEL, &#name)
            }
        }
    }
}

/// The user's words, else a sentence.
pub(super) fn doc_or(doc: &str, otherwise: impl FnOnce() -> String) -> String {
    if doc.trim().is_empty() { otherwise() } else { doc.to_owned() }
}

/// A doc comment as a person would have written it.
pub(super) fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #(#[doc = #lines])* }
}

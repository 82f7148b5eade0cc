//! `admin!`: reads a panel, resolves its names, judges its policy and writes its tables.

mod ast;
mod diag;
mod expand;
mod lock;
#[cfg(test)]
mod oracle;
mod panel;
mod parse;
mod predicate;
mod ranks;
mod resolve;
mod rules;
mod similar;

use diag::Diags;
use proc_macro2::TokenStream;

/// Declares an admin panel: its models, its roles, how people get in. See docs/dsl.md for every word.
#[proc_macro]
pub fn admin(block: proc_macro::TokenStream) -> proc_macro::TokenStream {
    written_out(block.into(), lock::find()).into()
}

fn written_out(block: TokenStream, lock: lock::Found) -> TokenStream {
    let mut diags = Diags::new();
    let mut block = parse::parse(block, &mut diags);
    let mut panel = resolve::resolve(&block, &mut diags);
    let watched = lock.watched();
    panel.lock_passed_over = lock.is_passed_over();
    panel.lock = lock.read(&mut block);
    // A policy with names that mean nothing has no verdict: the rules would echo the mistake.
    if !diags.has_errors() {
        rules::judge(&panel, &mut diags);
    }
    let mut tokens = expand::expand(&panel, diags);
    tokens.extend(watched);
    tokens
}

//! From a panel to tokens: types, tables, grants, routes, editor, errors last. It writes data and a thin typed shell,
//! and refuses to judge: a panel with errors is written out as well as one without, so that one mistake has one
//! message.

use proc_macro2::TokenStream;

use crate::diag::Diags;
use crate::panel::Panel;

mod actions;
mod brand;
mod choices;
mod editor;
mod grants;
mod models;
mod names;
mod policy;
mod predicates;
mod queries;
mod routes;
mod shell;
mod tables;
#[cfg(test)]
mod tests;

/// Everything that `admin!` puts in the place of the block.
pub(crate) fn expand(panel: &Panel, diags: Diags) -> TokenStream {
    let mut tokens: TokenStream = parts(panel).into_iter().map(|(_, part)| part).collect();
    tokens.extend(diags.into_tokens());
    tokens
}

/// The parts in order, by the names of their pins.
fn parts(panel: &Panel) -> Vec<(String, TokenStream)> {
    let names = names::Names::of(panel);
    let mut parts =
        vec![("panel".to_owned(), shell::expand(panel)), ("choices".to_owned(), choices::expand(panel, &names))];
    for model in names.models(panel) {
        parts.push((format!("model_{}", names::snake(&model.name)), models::expand(panel, model, &names)));
    }
    parts.extend([
        ("tables".to_owned(), tables::expand(panel)),
        ("roles".to_owned(), grants::expand(panel, &names)),
        ("routes".to_owned(), routes::expand(panel, &names)),
        ("actions".to_owned(), actions::expand(panel, &names)),
        ("editor".to_owned(), editor::expand(panel, &names)),
    ]);
    parts
}

//! The Rust names of what the user named: theirs where they wrote one, derived ones with their place, and each only
//! once. A name that occurs twice has been reported; writing it out twice would echo the report.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use crate::panel::{Choice, Field, Kind, Model, Panel, Role};
use crate::resolve::token;

/// Why what is written out allows what it may be warned of: it is all there, wherever it stands and whatever of it is
/// used.
pub(super) const WHOLE: &str = "a panel is written whole";
/// The same of names and shapes.
pub(super) const AS_DECLARED: &str = "as declared";

/// Which items are written out: the first of each name.
pub(super) struct Names {
    models: Vec<bool>,
    choices: Vec<bool>,
    roles: Vec<bool>,
    types: HashSet<String>,
}

impl Names {
    pub(super) fn of(panel: &Panel) -> Self {
        let mut types: HashSet<String> =
            ["Role", "Route", "PANEL", "roles", "__tables"].into_iter().map(str::to_owned).collect();
        types.insert(panel.name.to_string());
        let choices = panel.choices.iter().map(|choice| types.insert(choice.name.to_string())).collect();
        let models = panel
            .models
            .iter()
            .map(|model| {
                let taken = types_of(model);
                let free = taken.iter().all(|name| !types.contains(name));
                types.extend(if free { taken } else { Vec::new() });
                free
            })
            .collect();
        let mut roles = HashSet::new();
        let roles = panel.roles.iter().map(|role| roles.insert(role.name.to_string())).collect();
        Self { models, choices, roles, types }
    }

    /// `Approve`, the type of the right to an action; `ApproveRight` where something else has that name.
    pub(super) fn right(&self, action: &Ident) -> Ident {
        let token = token(action);
        let name = if self.types.contains(&token) { format!("{token}Right") } else { token };
        Ident::new(&name, action.span())
    }

    pub(super) fn models<'p>(&self, panel: &'p Panel) -> impl Iterator<Item = &'p Model> {
        self.numbered_models(panel).map(|(_, model)| model)
    }

    pub(super) fn numbered_models<'p>(&self, panel: &'p Panel) -> impl Iterator<Item = (usize, &'p Model)> {
        shown(&self.models, &panel.models)
    }

    pub(super) fn has_model(&self, index: usize) -> bool {
        self.models.get(index).copied().unwrap_or(false)
    }

    pub(super) fn has_choice(&self, index: usize) -> bool {
        self.choices.get(index).copied().unwrap_or(false)
    }

    pub(super) fn has_role(&self, index: usize) -> bool {
        self.roles.get(index).copied().unwrap_or(false)
    }

    pub(super) fn numbered_choices<'p>(&self, panel: &'p Panel) -> impl Iterator<Item = (usize, &'p Choice)> {
        shown(&self.choices, &panel.choices)
    }

    pub(super) fn numbered_roles<'p>(&self, panel: &'p Panel) -> impl Iterator<Item = (usize, &'p Role)> {
        shown(&self.roles, &panel.roles)
    }
}

fn shown<'p, T>(kept: &[bool], items: &'p [T]) -> impl Iterator<Item = (usize, &'p T)> {
    let kept = kept.to_vec();
    items.iter().enumerate().filter(move |(i, _)| kept[*i])
}

fn types_of(model: &Model) -> Vec<String> {
    let mut names = vec![model.name.to_string()];
    names.extend([id_type(model), new_type(model), change_type(model)].map(|name| name.to_string()));
    if !model.actions.is_empty() {
        names.extend([actions_trait(model), action_enum(model)].map(|name| name.to_string()));
    }
    names
}

/// `PatientId`
pub(super) fn id_type(model: &Model) -> Ident {
    format_ident!("{}Id", model.name)
}

/// `NewPatient`
pub(super) fn new_type(model: &Model) -> Ident {
    format_ident!("New{}", model.name)
}

/// `PatientChange`
pub(super) fn change_type(model: &Model) -> Ident {
    format_ident!("{}Change", model.name)
}

/// `InvoiceActions`
pub(super) fn actions_trait(model: &Model) -> Ident {
    format_ident!("{}Actions", model.name)
}

/// `InvoiceAction`
pub(super) fn action_enum(model: &Model) -> Ident {
    format_ident!("{}Action", model.name)
}

/// `NAME`, the column of a field.
pub(super) fn column(field: &Field) -> Ident {
    Ident::new(&field.name.unraw().to_string().to_uppercase(), field.name.span())
}

/// `VisitState` → `visit_state`.
pub(super) fn snake(ident: &Ident) -> String {
    let mut snake = String::new();
    for c in ident.unraw().to_string().chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// The name without `r#`: what the database, the pages and the log call it.
pub(super) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// The declared name over another place.
pub(super) fn at(ident: &Ident, span: Span) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(span);
    ident
}

/// The fields that the structs have, with their indexes: the first of each name, without `id` and `version`, which
/// every row has.
pub(super) fn fields(model: &Model) -> impl Iterator<Item = (usize, &Field)> {
    let mut seen: HashSet<String> = ["id", "version"].into_iter().map(str::to_owned).collect();
    model.fields.iter().enumerate().filter(move |(_, field)| seen.insert(plain(&field.name)))
}

/// Those that a row in hand shows.
pub(super) fn readable_fields(model: &Model) -> impl Iterator<Item = (usize, &Field)> {
    fields(model).filter(|(_, field)| field.kind != Kind::Secret)
}

/// Those that somebody fills in.
pub(super) fn written_fields(model: &Model) -> impl Iterator<Item = (usize, &Field)> {
    fields(model).filter(|(_, field)| !field.is_automatic())
}

/// A number as a person would write it.
pub(super) fn index(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}

/// `pub struct Patient { … }`, `pub enum …`, `pub trait …`. The words before the name and the last token lie over it
/// too: rustc shows an item from its first token to its last, and would show the whole block.
pub(super) fn braced(word: &str, name: &Ident, body: TokenStream) -> TokenStream {
    let head = head(word, name);
    let mut body = Group::new(Delimiter::Brace, body);
    body.set_span(name.span());
    quote! { #head #body }
}

/// `pub struct Owner;`, `pub struct PatientId(pub i64);`.
pub(super) fn unit(name: &Ident, body: &TokenStream) -> TokenStream {
    let (head, end) = (head("struct", name), quote_spanned! { name.span()=> ; });
    quote! { #head #body #end }
}

fn head(word: &str, name: &Ident) -> TokenStream {
    let word = Ident::new(word, name.span());
    quote_spanned! { name.span()=> pub #word #name }
}

/// `impl … { … }` over a name, for traits that rustc points at.
pub(super) fn implemented(of: &TokenStream, name: &Ident, body: TokenStream) -> TokenStream {
    let (word, target) = (Ident::new("impl", name.span()), Ident::new("for", name.span()));
    let mut body = Group::new(Delimiter::Brace, body);
    body.set_span(name.span());
    quote! { #word #of #target #name #body }
}

pub(super) fn optional(value: Option<impl quote::ToTokens>) -> TokenStream {
    value.map_or_else(|| quote! { None }, |value| quote! { Some(#value) })
}

//! `admin!`: reads a panel, resolves its names, judges its policy and writes its tables.

mod ast;
mod diag;
mod expand;
mod panel;
mod parse;
mod predicate;
mod ranks;
mod rules;
mod similar;

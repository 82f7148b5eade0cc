//! `admin!`: reads a panel, resolves its names, judges its policy and writes its tables.

mod diag;
mod panel;

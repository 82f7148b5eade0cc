//! Bailiwick: an admin panel from one `admin!` block, with a policy that is checked while compiling.

pub mod action;
pub mod address;
pub mod app;
pub mod audit;
pub mod authorize;
pub mod builder;
pub mod clock;
pub mod config;
pub mod constraint;
pub mod context;
pub mod error;
pub mod fields;
pub mod forgery;
mod form;
pub mod grant;
pub mod migrate;
mod page;
mod pages;
pub mod panel;
pub mod password;
pub mod predicate;
pub mod prelude;
pub mod response;
pub mod route;
pub mod store;
#[cfg(test)]
pub(crate) mod testing;
pub mod throttle;
pub mod token;
pub mod typed;
pub mod value;
mod views;

pub use bailiwick_macros::admin;

pub use crate::action::{ActionCx, ActionResult};
pub use crate::authorize::Refusal;
pub use crate::builder::Builder;
pub use crate::error::Error;
pub use crate::grant::{As, Create, Delete, Edit, Export, Import, May, View};
pub use crate::store::Store;

//! Bailiwick: an admin panel from one `admin!` block, with a policy that is checked while compiling.

pub mod action;
pub mod address;
pub mod app;
pub mod audit;
pub mod authorize;
mod body;
pub mod builder;
pub mod clause;
mod cli;
pub mod clock;
pub mod condition;
pub mod config;
pub mod constraint;
pub mod context;
mod device;
mod dispatch;
pub mod email;
pub mod error;
mod export;
mod factor;
pub mod fields;
mod file;
mod flood;
pub mod forgery;
mod form;
pub mod grant;
pub mod http;
pub mod kind;
mod lending;
pub mod limits;
pub mod loan;
pub mod lock;
pub mod mail;
pub mod migrate;
mod page;
mod pages;
pub mod panel;
pub mod password;
pub mod pending;
mod people;
pub mod predicate;
pub mod prelude;
mod prove;
mod recovery;
pub mod response;
pub mod route;
mod seal;
pub mod secret;
pub mod service;
pub mod session;
mod signin;
pub mod store;
pub mod throttle;
pub mod token;
pub mod typed;
pub mod value;
mod views;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use bailiwick_macros::admin;

pub use crate::action::{ActionCx, ActionResult};
pub use crate::authorize::Refusal;
pub use crate::builder::Builder;
pub use crate::cli::Running;
pub use crate::clock::Clock;
pub use crate::error::Error;
pub use crate::grant::{As, Create, Delete, Edit, Export, Import, May, View};
pub use crate::limits::Limits;
pub use crate::service::{Peer, Service};
pub use crate::store::Store;
pub use clap;

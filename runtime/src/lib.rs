//! Bailiwick: an admin panel from one `admin!` block, with a policy that is checked while compiling.

pub mod app;
pub mod audit;
pub mod authorize;
pub mod clock;
pub mod config;
pub mod context;
pub mod error;
pub mod fields;
pub mod migrate;
mod page;
pub mod panel;
pub mod predicate;
pub mod response;
pub mod route;
pub mod store;
pub mod value;
mod views;

//! Bailiwick: an admin panel from one `admin!` block, with a policy that is checked while compiling.

pub mod address;
pub mod app;
pub mod audit;
pub mod authorize;
pub mod clock;
pub mod config;
pub mod context;
pub mod error;
pub mod fields;
pub mod forgery;
pub mod migrate;
mod page;
pub mod panel;
pub mod password;
pub mod predicate;
pub mod response;
pub mod route;
pub mod store;
pub mod throttle;
pub mod token;
pub mod value;
mod views;

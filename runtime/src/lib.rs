//! Bailiwick: an admin panel from one `admin!` block, with a policy that is checked while compiling.

pub mod app;
pub mod authorize;
pub mod clock;
pub mod config;
pub mod context;
pub mod fields;
pub mod panel;
pub mod predicate;
pub mod response;
pub mod route;
pub mod value;

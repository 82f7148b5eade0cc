//! Bailiwick: an admin panel from one `admin!` block, with a policy that is checked while compiling.

pub mod authorize;
pub mod panel;
pub mod predicate;
pub mod value;

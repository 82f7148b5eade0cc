//! What is asked of a database and changed in it, composed once for both: standard SQL, with what differs behind the
//! named functions of [`super::dialect`]. Nothing here decides who may.

mod adopted;
pub(in crate::store) mod api_tokens;
pub(in crate::store) mod by_number;
pub(in crate::store) mod change;
pub(in crate::store) mod condition;
mod dashboard;
pub(in crate::store) mod devices;
mod facets;
pub(in crate::store) mod factors;
mod finding;
pub(in crate::store) mod hands;
pub(in crate::store) mod jobs;
pub(in crate::store) mod journal;
pub(super) mod links;
pub(in crate::store) mod loans;
pub(in crate::store) mod mail;
pub(in crate::store) mod migrations;
mod names;
mod near;
mod page;
pub(in crate::store) mod passkeys;
pub(in crate::store) mod people;
mod pickers;
mod pointing;
pub(in crate::store) mod reach;
pub(in crate::store) mod refused;
pub(in crate::store) mod retention;
pub(in crate::store) mod select;
pub(in crate::store) mod sessions;
mod settings;
pub(in crate::store) mod throttle;
pub(in crate::store) mod tokens;
pub(in crate::store) mod uploads;
mod walk;
mod wanted;
mod ways;

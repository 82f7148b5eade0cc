//! The store over real files, by what it promises.

mod chain;
mod conditions;
mod crash;
mod finding;
mod opening;
mod people;
mod reading;
mod retention;
mod schema;
mod tampering;
mod writing;

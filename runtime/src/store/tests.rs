//! The store over real files, by what it promises.

mod chain;
mod charts;
mod conditions;
mod crash;
mod deleting;
mod finding;
mod killed;
mod linked_oracle;
mod links;
mod older;
mod opening;
mod patience;
mod people;
mod prunes;
mod reading;
mod retention;
mod schema;
mod sharing;
mod stretches;
mod tampering;
mod tries;
mod writing;

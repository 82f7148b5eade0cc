//! A second opinion on the rules, for the tests alone: panels so small that everything anybody could do in them can be
//! tried out. It reads no block, no resolved panel and no predicate of the checker, and shares no line with them: a
//! panel is made here, written out for `admin!`, and played through on its own terms.
//!
//! ```text
//! small.rs ──written.rs──▶ the block's text ──▶ parse, resolve, judge ──▶ what the rules say ──┐
//!     └────── access.rs, play.rs, leaks.rs ──▶ what could happen ──────────────────────────────┴─▶ tests.rs compares
//! ```
//!
//! A world has at most three people, three rows and four steps. What it calls unsafe and the rules do not is a hole in
//! the rules. What it finds nothing in may still be wrong: the rules also ask for order, and for doubt to be settled.

mod access;
mod clean;
mod harm;
mod leaks;
mod mutate;
mod operators;
mod play;
mod random;
mod small;
mod spoil;
mod tests;
mod written;

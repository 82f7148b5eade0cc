//! The fixtures stand in rules/, syntax/, use/, editor/ and pass/; tests/ runs them. The block of each example in
//! docs/dsl.md and README.md is compiled here.

#[cfg(doctest)]
#[doc = include_str!("../../docs/dsl.md")]
mod dsl {}

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

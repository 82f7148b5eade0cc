//! Every example of docs/dsl.md and README.md compiles, without a warning.

#![deny(warnings)]
#![allow(missing_docs, reason = "an example shows what it is about")]
#![allow(dead_code, reason = "nobody calls the main of an example")]

include!(concat!(env!("OUT_DIR"), "/examples.rs"));

#[test]
fn the_examples_are_found() {
    assert!(include_str!(concat!(env!("OUT_DIR"), "/examples.rs")).matches("mod ").count() >= 7);
}

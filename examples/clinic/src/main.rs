//! The clinic.
fn main() {}

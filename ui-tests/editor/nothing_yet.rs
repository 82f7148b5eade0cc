//! The block is empty: the first thing anybody types.

bailiwick::admin! {}

fn main() {}

//! Every message of the compiler over a broken panel, to the letter. See README.md on when one may be overwritten.

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("rules/*.rs");
    cases.compile_fail("syntax/*.rs");
    cases.compile_fail("editor/*.rs");
    cases.compile_fail("use/*.rs");
}

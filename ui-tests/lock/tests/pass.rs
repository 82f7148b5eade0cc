//! Panels that give no more than `policy.lock` says: that this file compiles is the test.
#![allow(dead_code, reason = "the panels are compiled, not served")]

bailiwick_ui_tests::panels! {
    "../pass/policy_is_locked.rs" policy_is_locked,
    "../pass/policy_is_locked_2.rs" policy_is_locked_2,
    "../pass/policy_is_locked_3.rs" policy_is_locked_3,
}

//! Every message of the compiler over a broken panel, to the letter. See README.md on when one may be overwritten.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn messages() {
    drop(Lock(lock_of_trybuild()));
    let cases = trybuild::TestCases::new();
    cases.compile_fail("rules/*.rs");
    cases.compile_fail("syntax/*.rs");
    cases.compile_fail("editor/*.rs");
    cases.compile_fail("use/*.rs");
    drop(cases);
    beside_a_lock();
}

/// Where the macro looks for a `policy.lock`: beside the Cargo.toml that trybuild writes.
fn lock_of_trybuild() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild/bailiwick-ui-tests/policy.lock")
}

/// Panels beside a lock, once all others are compiled: the file would speak of them too.
fn beside_a_lock() {
    let lock = Lock(lock_of_trybuild());
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("lock/policy.lock"), &lock.0).expect("trybuild's folder");
    let cases = trybuild::TestCases::new();
    cases.compile_fail("lock/break/*.rs");
    // They run when they are dropped, and the file must stand until then.
    drop(cases);
    drop(lock);
}

/// A file that must not outlive the test: every other panel would be compared with it.
struct Lock(PathBuf);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

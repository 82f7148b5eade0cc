//! The panels stand in pass/ and break/. A crate of their own, because the macro looks for `policy.lock` beside Cargo.toml.

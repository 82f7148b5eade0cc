//! The examples of the docs, as modules that tests/docs.rs compiles: a page that a person reads holds no line that is
//! there for a test.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut modules = String::new();
    for (name, page) in [("dsl", "../docs/dsl.md"), ("readme", "../README.md")] {
        println!("cargo::rerun-if-changed={page}");
        // A package of this crate alone has no docs beside it; that the examples are there is a test of the workspace.
        let Ok(text) = fs::read_to_string(Path::new(page)) else { continue };
        for (number, example) in examples(&text).enumerate() {
            let file = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join(format!("{name}_{number}.rs"));
            fs::write(&file, example)?;
            // Writing to a string can't fail.
            let _ = writeln!(modules, "#[path = r\"{}\"]\nmod {name}_{number};", file.display());
        }
    }
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("examples.rs"), modules)
}

/// What stands between ```` ```rust ```` and ```` ``` ````.
fn examples(page: &str) -> impl Iterator<Item = &str> {
    page.split("```rust\n").skip(1).filter_map(|rest| rest.split_once("```").map(|(example, _)| example))
}

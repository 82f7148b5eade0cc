//! Writes a panel over the tables of an existing database: `cargo run --example adopt -- sqlite:shop.db > src/main.rs`.

fn main() -> std::process::ExitCode {
    bailiwick::adopt::main()
}

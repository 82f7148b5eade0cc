//! An action that does not say what it does.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; action approve; }

    role Owner { all *; approve Invoice; assign Owner; view Audit; }
}

fn main() {}

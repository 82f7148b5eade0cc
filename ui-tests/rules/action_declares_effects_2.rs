//! Nobody may use it yet, and still nobody knows what it does.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; paid: bool default false; action settle writes paid; action remind; }

    role Owner { all *; settle Invoice; assign Owner; view Audit; }
}

fn main() {}

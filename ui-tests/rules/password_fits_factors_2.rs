//! Too short even beside a second factor.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Owner; view Audit; factor required; }

    password min 15, min_with_factor 6;
}

fn main() {}

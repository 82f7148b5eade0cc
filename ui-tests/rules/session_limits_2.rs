//! Beside a second factor at most an hour without activity.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Owner; view Audit; factor required; }

    session idle 90min;
}

fn main() {}

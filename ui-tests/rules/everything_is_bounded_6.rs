//! A line that is allowed to be long, and filtered by.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product {
        name: String label;
        summary: String len 1..=2_000;
        filter summary;
    }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}

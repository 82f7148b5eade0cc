//! One address is one office, and one person is not bounded.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; export Product; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    throttle export 10 per 1h by address;
}

fn main() {}

//! Nobody may ever recover.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    throttle recovery 0 per 1h by account, 5 per 15min by address;
}

fn main() {}

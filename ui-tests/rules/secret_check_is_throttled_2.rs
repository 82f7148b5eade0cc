//! From one address every account can ask for a way back in.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    recovery { link by email for 30min; }
    throttle recovery 3 per 1h by account;
}

fn main() {}

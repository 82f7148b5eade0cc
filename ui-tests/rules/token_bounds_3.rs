//! One in ten thousand is the most that luck may have.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; factor required; }

    throttle factor 34 per 1h by session;
}

fn main() {}

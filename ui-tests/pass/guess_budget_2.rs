//! The tightest of two limits counts.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    throttle login 3 per 1min by account, 30 per 12h by account, 20 per 1min by address;
}

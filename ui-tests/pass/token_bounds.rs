//! The longest and the shortest that are allowed.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    recovery { link by email for 5min; link by administrator for 24h; break_glass cli; }
}

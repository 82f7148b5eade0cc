//! One day and one hour ahead lies between.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Visit { name: String label; at: Timestamp; check "at most a day ahead" at <= now + 1d; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    dashboard { count Visit when at > now + 1h and at < now + 1d; }
}

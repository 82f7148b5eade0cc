//! A count that is always zero.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Visit { name: String label; at: Timestamp; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    dashboard { count Visit when at > now + 7d and at < now; }
}

fn main() {}

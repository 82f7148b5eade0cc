//! The key is visible, and nothing of what it points to.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Doctor { name: String label; }
    model Visit { reason: String label; doctor: Doctor restrict; sort doctor; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Reception under Owner { view Visit; }
}

fn main() {}

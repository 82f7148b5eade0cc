//! The grant and the forbid name the same.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Reception under Owner { view Product; delete Product; }

    forbid Reception delete *;
}

fn main() {}

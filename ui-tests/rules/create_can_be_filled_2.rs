//! A star leaves the sensitive field out, and it has no default.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Patient { name: String label; diagnosis: Text sensitive; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}

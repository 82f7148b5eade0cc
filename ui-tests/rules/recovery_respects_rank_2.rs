//! A role may lock and sign out its own peers.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *, Owner; unlock *; revoke *, Owner; view Audit; }
}

fn main() {}

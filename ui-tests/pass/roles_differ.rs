//! One of them stands above the other.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Lead under Owner { view, edit Product; }
    role Clerk under Lead { view, edit Product; }
}

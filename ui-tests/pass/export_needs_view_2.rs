//! Fewer rows than the page.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; at: Timestamp; }

    role Owner { all *; export *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Courier under Owner { view Product when at > now - 30d; export Product when at > now - 7d; }
}

//! The export has what the page has.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; cost: i64; }

    role Owner { all *; export *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Courier under Owner { view Product { name }; export Product { name }; }
}

//! Not the first role alone: each of the powers may be another's.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *; reset *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view Product; reset *; unlock *; revoke *; }
    role Clerk under Manager { view Product; }
}

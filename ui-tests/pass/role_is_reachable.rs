//! Over two steps.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Manager, Owner; reset *; lock *; unlock *; revoke *; view Audit; assign Clerk; }
    role Manager under Owner { view Product; may assign Clerk; }
    role Clerk under Manager { view Product; }
}

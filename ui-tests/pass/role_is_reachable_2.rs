//! The first role is the first owner's: nobody has to assign it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; }
}

//! Who needs none lets back in who needs none.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; factor required; }
    role Manager under Owner { view Product; lock Clerk; reset Helper; }
    role Clerk under Manager { view Product; factor required; }
    role Helper under Manager { view Product; }
}
